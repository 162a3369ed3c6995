"""Two rooms and a door, by hand: one sees, walks and shines through the opening and nowhere else."""

import math

import numpy as np
import pytest

from waywiser.errors import SceneError
from waywiser.rendering import RenderOptions, RoomRenderer
from waywiser.rendering.embree.direct_lighting import direct_light
from waywiser.rendering.pointcloud import backproject
from waywiser.scenes.doorways import doorway_corners
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.scene import Box, Camera, Door, Light, Object, Room, Scene

GREY = (0.6, 0.6, 0.6)
LIBRARY = open_library("parametric")
DOOR = Door(rooms=(0, 1), ends=((4.1, 1.5), (4.1, 2.5)), height=2.0)


def room(x0: float, x1: float) -> Room:
    polygon = ((x0, 0.0), (x1, 0.0), (x1, 4.0), (x0, 4.0))
    return Room(polygon=polygon, height=2.5, wall_colour=GREY, floor_colour=GREY)


def home(lamp_x: float = 2.0, objects: tuple[Object, ...] = (), door: Door = DOOR) -> Scene:
    """Rooms 4 x 4 m on both sides of a wall 0.2 m thick at x = 4.1."""
    light = Light(position=(lamp_x, 2.0, 1.6), intensity=(3.0, 3.0, 3.0))
    return Scene(
        id="two",
        seed=0,
        split="train",
        furniture="parametric",
        rooms=(room(0, 4), room(4.2, 8.2)),
        objects=objects,
        lights=(light,),
        ambient=0.0,
        cameras=(),
        doors=(door,),
    )


def looking(x: float, y: float, yaw: float, z: float = 1.3) -> Camera:
    target = (x + math.cos(yaw), y + math.sin(yaw), z)
    return Camera.look_at((x, y, z), target, width=120, height=90, horizontal_fov=math.radians(80))


def test_one_sees_through_the_opening_to_the_far_wall_and_no_ray_leaves() -> None:
    renderer = RoomRenderer(home(), LIBRARY)
    frame = renderer.render(looking(1.0, 2.0, 0.0))
    assert (frame.ids == 0).all()
    assert frame.depth[45, 60] == pytest.approx(7.2, abs=1e-3)  # through the door
    assert frame.depth[45, 20] == pytest.approx(3.0, abs=1e-3)  # the wall beside it
    assert frame.depth[2, 60] < 3.1  # the ceiling, or the wall above the door
    columns = np.flatnonzero(frame.depth[45] > 3.2)
    half = 71.5 * 0.5 / 3.2  # pixels of half a metre where the passage ends
    assert columns[0] == pytest.approx(60 - half, abs=1)
    assert columns[-1] == pytest.approx(59 + half, abs=1)


def test_a_camera_may_stand_in_the_doorway_but_not_in_the_wall() -> None:
    renderer = RoomRenderer(home(), LIBRARY)
    assert (renderer.render(looking(4.1, 2.0, 1.0)).ids == 0).all()
    for y, z in ((0.5, 1.3), (2.0, 2.2)):
        with pytest.raises(SceneError, match="outside"):
            renderer.render(looking(4.1, y, 1.0, z))


def test_the_passage_has_the_walls_thickness_and_the_doors_width() -> None:
    corners = doorway_corners(home(), DOOR)
    assert sorted(map(tuple, corners.round(6).tolist())) == [
        (4.0, 1.5),
        (4.0, 2.5),
        (4.2, 1.5),
        (4.2, 2.5),
    ]


def test_the_threshold_is_laid_as_the_floor_is_and_the_rest_of_the_passage_is_lined() -> None:
    scene = home(lamp_x=3.0)
    red = scene.rooms[0].model_copy(update={"floor_colour": (0.7, 0.1, 0.1)})
    scene = scene.model_copy(update={"rooms": (red, scene.rooms[1])})
    camera = Camera.look_at(
        (3.2, 2.0, 1.3), (4.1, 2.0, 1.0), width=240, height=320, horizontal_fov=math.radians(90)
    )
    frame = RoomRenderer(scene, LIBRARY).render(camera, RenderOptions(shadows=False))
    x, y, z = np.moveaxis(backproject(frame.depth, camera), -1, 0)
    passage = (x > 4.01) & (x < 4.19)
    redness = frame.rgb[..., 0] / np.maximum(frame.rgb.mean(axis=-1), 1)
    threshold = passage & (z < 0.01) & (np.abs(y - 2) < 0.49)
    lining = passage & (z > 0.12)  # above the skirting board
    assert min(threshold.sum(), (lining & (z < 1.9)).sum(), (lining & (z > 1.9)).sum()) > 200
    assert redness[threshold].min() > 1.5
    assert redness[lining].max() < 1.15


def test_light_comes_through_the_door_softly() -> None:
    """Nothing lights the far room but its doorway, which throws no edge of light on its walls."""
    frame = RoomRenderer(home(), LIBRARY).render(looking(5.0, 2.0, 0.0), RenderOptions())
    wall = frame.rgb[45].mean(axis=1)  # a line across the far wall of the dark room
    assert wall.min() > 15
    assert np.abs(np.diff(wall)).max() < 10


def test_each_room_is_lit_by_its_own_lamp_and_not_through_the_wall() -> None:
    """The same exposure for both, so that a dark room looks dark."""
    lights = []
    for lamp_x in (2.0, 6.0):
        renderer = RoomRenderer(home(lamp_x=lamp_x), LIBRARY)
        place = np.array([[2.0], [3.5], [1.2]], np.float32)
        toward_lamp = np.array([[0.0], [-1.0], [0.0]], np.float32)
        room_light = renderer._shader.room_light
        direct, visible = direct_light(
            renderer._shader.tracer,
            room_light.lamp_sets[0],
            place,
            toward_lamp,
            toward_lamp,
            [np.array([0.5], np.float32)],
        )
        lights.append(float((direct * visible + room_light.indirect(0, place, toward_lamp)).mean()))

    assert lights[1] < 0.1 * lights[0]


def test_what_moved_looks_as_if_gathered_anew() -> None:
    box = Box(center=(2.5, 2.0, 0.45), size=(0.5, 0.5, 0.9))
    still = Object(id=1, category="chair", model="parametric#chair-1", box=box)
    mover = Object(
        id=2,
        category="dog",
        model="mover#dog-1",
        room=1,
        box=Box(center=(6.0, 2.0, 0.3), size=(0.3, 0.8, 0.6)),
    )
    with_moved = mover.model_copy(
        update={"box": Box(center=(6.5, 2.4, 0.3), size=(0.3, 0.8, 0.6), yaw=1.0)}
    )
    camera = looking(1.0, 1.7, 0.1)
    after = home(objects=(still, with_moved))
    shared = (
        RoomRenderer(home(objects=(still, mover)), LIBRARY, movable=frozenset({2}))
        .with_moved(after)
        .render(camera)
    )
    fresh = RoomRenderer(after, LIBRARY).render(camera)
    assert (fresh.ids == 2).sum() > 20
    np.testing.assert_array_equal(shared.ids, fresh.ids)
    np.testing.assert_array_equal(shared.depth, fresh.depth)


@pytest.mark.parametrize(
    ("door", "words"),
    [
        (Door(rooms=(0, 2), ends=DOOR.ends), "two rooms"),
        (Door(rooms=(0, 0), ends=DOOR.ends), "two rooms"),
        (Door(rooms=(0, 1), ends=DOOR.ends, height=3.0), "ceiling"),
        (Door(rooms=(0, 1), ends=((2.0, 1.0), (2.0, 2.0))), "no wall"),
        (Door(rooms=(0, 1), ends=((4.1, 3.5), (4.1, 4.5))), "no wall"),
    ],
)
def test_a_door_that_cannot_be_is_one_line(door: Door, words: str) -> None:
    with pytest.raises(SceneError, match=words) as caught:
        RoomRenderer(home(door=door), LIBRARY)
    assert "\n" not in str(caught.value)
