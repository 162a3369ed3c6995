"""Depth, ids and colours of frames against what geometry says they must be."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.errors import AssetsError, SceneError
from waywiser.rendering import RenderOptions, RoomRenderer, backproject, render
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Camera, Light

MODELS = rooms.Models()


def pixel(camera: Camera, point) -> tuple[int, int]:
    """(row, column) of the pixel that shows a world point."""
    u, v = camera.project(np.array([point], dtype=float))[0]
    return int(v), int(u)


def test_box_ahead_has_its_depth_and_silhouette() -> None:
    camera = rooms.camera()
    frame = render(rooms.scene(rooms.thing(7, "box", (0, 0.5, 1), (1, 1, 1))), camera, MODELS)
    # The near face is the plane y = 0, 2.5 m ahead: 1 m wide and high about the centre of the
    # picture.
    half = camera.fx * 0.5 / 2.5
    u = np.abs(np.arange(160) + 0.5 - 80)[None, :] < half
    v = np.abs(np.arange(120) + 0.5 - 60)[:, None] < half
    np.testing.assert_array_equal(frame.ids == 7, u & v)
    np.testing.assert_allclose(frame.depth[u & v], 2.5, atol=1e-5)
    assert set(np.unique(frame.ids)) == {0, 7}


def test_room_depth_is_the_distance_to_its_planes() -> None:
    camera = rooms.camera(position=(0.3, -2.0, 1.2), target=(0.6, 1.0, 0.9))
    frame = render(rooms.scene(), camera, MODELS)
    points = backproject(frame.depth, camera).reshape(-1, 3)
    gaps = np.stack(
        [np.abs(points[:, 0]) - 2, np.abs(points[:, 1]) - 3, np.abs(points[:, 2] - 1.25) - 1.25],
        axis=1,
    )
    assert (gaps < 1e-5).all()
    assert (np.abs(gaps).min(axis=1) < 1e-5).all()


def test_sphere_silhouette_is_the_tangent_cone() -> None:
    camera = rooms.camera(position=(0, -2.5, 1), target=(0, 0, 1), width=320, height=240)
    frame = render(
        rooms.scene(rooms.thing(1, "sphere", (0.4, 0.2, 1.2), (0.8, 0.8, 0.8))), camera, MODELS
    )
    directions = backproject(np.ones((240, 320), np.float32), camera) - camera.position
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    to_centre = np.array([0.4, 0.2, 1.2]) - camera.position
    distance = np.linalg.norm(to_centre)
    miss = np.sqrt(
        np.maximum(distance**2 - (directions @ to_centre) ** 2, 0)
    )  # metres the ray passes by
    assert (frame.ids[miss < 0.4 * 0.995] == 1).all()
    assert (frame.ids[miss > 0.4 * 1.001] == 0).all()
    centre = pixel(camera, (0.4, 0.2, 1.2))
    range_there = frame.depth[centre] / (directions[centre] @ camera.pose[:3, 2])
    assert range_there == pytest.approx(distance - 0.4, abs=3e-3)


@settings(max_examples=25, deadline=None)
@given(
    x=st.floats(-0.8, 0.8),
    z=st.floats(0.5, 1.6),
    yaw=st.floats(-3.2, 3.2),
    roll=st.floats(-0.5, 0.5),
    tilt=st.floats(-0.3, 0.3),
)
def test_pixels_of_an_object_backproject_onto_it_and_project_back(x, z, yaw, roll, tilt) -> None:
    item = rooms.thing(3, "box", (x, 0.6, z), (0.7, 0.4, 0.5), yaw)
    camera = rooms.camera(target=(x / 2, 0.6, 1 + tilt), roll=roll, width=80, height=60)
    frame = render(rooms.scene(item), camera, MODELS, RenderOptions(rgb=False))
    points = backproject(frame.depth, camera)
    own = points[frame.ids == 3]
    assert len(own)
    local = (own - np.array(item.box.center)) @ item.box.axes
    reach = np.abs(local) / (np.array(item.box.size) / 2)
    np.testing.assert_allclose(reach.max(axis=1), 1, atol=1e-4)  # on the surface, nowhere else
    rows, columns = np.nonzero(frame.ids == 3)
    np.testing.assert_allclose(camera.project(own), np.stack([columns, rows], 1) + 0.5, atol=1e-6)
    np.testing.assert_allclose(camera.to_camera(own)[:, 2], frame.depth[rows, columns], rtol=1e-6)


def test_an_object_box_is_drawn_where_its_corners_project() -> None:
    item = rooms.thing(1, "box", (0.2, 0.5, 0.9), (0.8, 0.3, 0.6), 0.7)
    camera = rooms.camera(width=320, height=240)
    frame = render(rooms.scene(item), camera, MODELS)
    rows, columns = np.nonzero(frame.ids == 1)
    low = camera.project(item.box.corners).min(axis=0)
    high = camera.project(item.box.corners).max(axis=0)
    assert abs(columns.min() + 0.5 - low[0]) < 1.01
    assert abs(columns.max() + 0.5 - high[0]) < 1.01
    assert abs(rows.min() + 0.5 - low[1]) < 1.01
    assert abs(rows.max() + 0.5 - high[1]) < 1.01


def test_nearer_object_hides_the_farther_one() -> None:
    near = rooms.thing(1, "box", (0, -0.5, 1), (0.5, 0.2, 0.5))
    far = rooms.thing(2, "box", (0, 1, 1), (2, 0.2, 2))
    camera = rooms.camera()
    for order in ((near, far), (far, near)):
        frame = render(rooms.scene(*order), camera, MODELS)
        assert frame.ids[60, 80] == 1
        assert frame.depth[60, 80] == pytest.approx(1.9, abs=1e-5)
        assert frame.ids[pixel(camera, (0.8, 0.9, 1))] == 2


def test_shadow_lies_on_the_line_from_lamp_through_object() -> None:
    lamp = Light(position=(0.0, 0.0, 2.0), intensity=(2.0, 2.0, 2.0))
    block = rooms.thing(1, "box", (0.5, 0, 1.0), (0.3, 0.3, 0.05))
    camera = rooms.camera(position=(0, -2.8, 1.6), target=(0.5, 0, 0))
    lit = render(rooms.scene(block, lights=(lamp,)), camera, MODELS, RenderOptions(shadows=False))
    shaded = render(rooms.scene(block, lights=(lamp,)), camera, MODELS)
    inside = pixel(camera, (1.0, 0, 0))
    outside = pixel(camera, (-1.0, 0, 0))
    assert lit.ids[inside] == 0
    assert shaded.rgb[inside].sum() < 0.88 * lit.rgb[inside].sum()  # bounced light remains
    np.testing.assert_array_equal(shaded.rgb[outside], lit.rgb[outside])


def test_glass_casts_no_shadow_and_a_lamp_shade_does_not_darken_the_room() -> None:
    camera = rooms.camera(position=(0, -2.8, 1.6), target=(0.5, 0, 0))
    lamp = Light(position=(0.0, 0.0, 2.0), intensity=(2.0, 2.0, 2.0))
    pane = rooms.thing(1, "glass", (0.5, 0, 1.0), (0.3, 0.3, 0.05))
    shade = rooms.thing(2, "box", (0, 0, 2.0), (0.15, 0.15, 0.15))
    spot = pixel(camera, (1.0, 0, 0))
    bare = render(rooms.scene(lights=(lamp,)), camera, MODELS)
    for item in (pane, shade):
        frame = render(rooms.scene(item, lights=(lamp,)), camera, MODELS)
        # Not a shadow, but the thing bounces light too.
        np.testing.assert_allclose(frame.rgb[spot].astype(int), bare.rgb[spot], atol=4)


def test_surfaces_have_two_sides() -> None:
    camera = rooms.camera()
    frames = [
        render(rooms.scene(rooms.thing(1, model, (0, 0.5, 1), (1, 0.1, 1))), camera, MODELS)
        for model in ("sheet", "sheet flipped")
    ]
    assert (frames[0].ids == 1).sum() > 500
    np.testing.assert_array_equal(frames[0].rgb, frames[1].rgb)
    np.testing.assert_array_equal(frames[0].ids, frames[1].ids)


def test_glass_tints_the_picture_and_leaves_the_truth() -> None:
    camera = rooms.camera()
    behind = rooms.thing(1, "box", (0, 1, 1), (0.5, 0.2, 0.5))
    pane = rooms.thing(2, "glass", (0, -0.5, 1), (1.2, 0.02, 1.2))
    bare, glazed = (
        render(rooms.scene(*items), camera, MODELS) for items in ((behind,), (behind, pane))
    )
    np.testing.assert_array_equal(bare.ids, glazed.ids)
    np.testing.assert_array_equal(bare.depth, glazed.depth)
    red_before = bare.rgb[60, 80].astype(int)
    red_after = glazed.rgb[60, 80].astype(int)
    assert red_after[1] > red_before[1] + 10  # green glass
    assert red_after[0] != red_before[0]
    np.testing.assert_array_equal(bare.rgb[2, 2], glazed.rgb[2, 2])


def test_glass_is_drawn_on_top_of_nothing_too() -> None:
    camera = rooms.camera()
    pane = rooms.thing(2, "glass", (0, -0.5, 1), (0.5, 0.02, 0.5))
    frame = render(rooms.scene(pane, rooms=()), camera, MODELS)
    assert (frame.ids == -1).all()
    assert np.isnan(frame.depth).all()
    assert (frame.rgb[60, 80] != frame.rgb[2, 2]).any()


def test_texture_is_upright_and_not_mirrored() -> None:
    texture = np.zeros((64, 64, 3), np.uint8)
    texture[:32, :32], texture[:32, 32:] = (255, 0, 0), (0, 255, 0)  # top left, top right
    texture[32:, :32], texture[32:, 32:] = (0, 0, 255), (255, 255, 255)
    sheet = rooms.sheet_mesh()
    picture = Mesh(
        sheet.vertices_V_3,
        sheet.faces_F_3,
        sheet.face_material_F,
        sheet.face_uv_F_3_2,
        (Material((0, 0, 0), texture_H_W_3=texture),),
    )
    item = rooms.thing(1, "picture", (0, 0.5, 1), (1, 0.1, 1))
    frame = render(rooms.scene(item), rooms.camera(), rooms.Models(picture=picture))
    rgb = frame.rgb.astype(int)
    assert rgb[50, 70].argmax() == 0
    assert rgb[50, 70, 1:].max() < 40
    assert rgb[50, 90].argmax() == 1
    assert rgb[70, 70].argmax() == 2
    assert rgb[70, 90].min() > 80


def test_tint_multiplies_colour() -> None:
    item = rooms.thing(1, "box", (0, 0.5, 1), (1, 1, 1))
    plain = render(rooms.scene(item), rooms.camera(), MODELS)
    black = render(
        rooms.scene(item.model_copy(update={"tint": (0.0, 0.0, 0.0)})), rooms.camera(), MODELS
    )
    assert plain.rgb[60, 80, 0] > 60
    np.testing.assert_array_equal(black.rgb[60, 80], 0)


def test_more_rays_a_pixel_change_little_and_never_the_truth() -> None:
    renderer = RoomRenderer(rooms.scene(rooms.thing(1, "sphere", (0, 0.2, 1), (1, 1, 1))), MODELS)
    plain, fine = (
        renderer.render(rooms.camera(), RenderOptions(samples_per_axis=n)) for n in (1, 2)
    )
    np.testing.assert_array_equal(plain.ids, fine.ids)
    np.testing.assert_array_equal(plain.depth, fine.depth)
    changed = (np.abs(plain.rgb.astype(int) - fine.rgb) > 12).any(axis=-1)
    assert changed.mean() < 0.01  # edges of the plain picture are smooth already


def test_same_scene_same_bytes() -> None:
    items = [
        rooms.thing(i + 1, m, (i - 1, 0.5, 0.5), (0.6, 0.5, 1))
        for i, m in enumerate(("box", "sphere", "glass"))
    ]
    for options in (RenderOptions(), RenderOptions(samples_per_axis=2)):
        a, b = (
            render(rooms.scene(*items), rooms.camera(), rooms.Models(), options) for _ in range(2)
        )
        assert a.rgb.tobytes() == b.rgb.tobytes()
        assert a.depth.tobytes() == b.depth.tobytes()
        assert a.ids.tobytes() == b.ids.tobytes()


def test_types_and_a_picture_without_colours() -> None:
    frame = render(rooms.scene(), rooms.camera(), MODELS)
    assert (frame.rgb.dtype, frame.depth.dtype, frame.ids.dtype) == (np.uint8, np.float32, np.int32)
    truth = render(rooms.scene(), rooms.camera(), MODELS, RenderOptions(rgb=False))
    np.testing.assert_array_equal(frame.depth, truth.depth)
    assert not truth.rgb.any()


def test_smooth_ball_shades_smoothly() -> None:
    """Neighbouring pixels of a coarse ball differ less with bent normals than its facets would make
    them.
    """
    models = rooms.Models(ball=rooms.sphere_mesh(rings=12))
    item = rooms.thing(1, "ball", (0, 0.2, 1), (1.2, 1.2, 1.2))
    camera = rooms.camera(position=(0, -1.5, 1.0), width=240, height=180)
    lamp = Light(position=(1.5, -2.0, 1.5), intensity=(2.0, 2.0, 2.0))
    frame = render(rooms.scene(item, lights=(lamp,)), camera, models, RenderOptions(shadows=False))
    row = frame.rgb[70, :, 2].astype(int)
    inside = np.flatnonzero(frame.ids[70] == 1)[3:-3]
    assert np.abs(np.diff(row[inside])).max() <= 4
    assert np.ptp(row[inside]) > 15


@pytest.mark.parametrize("pattern", ["planks", "tiles", "carpet"])
def test_floor_patterns_vary_with_the_seed_only(pattern: str) -> None:
    camera = rooms.camera(position=(0, -2.5, 1.5), target=(0, 0, 0))
    pictures = [
        render(
            rooms.scene(rooms=(rooms.room(floor_pattern=pattern, pattern_seed=s),)), camera, MODELS
        ).rgb
        for s in (1, 1, 2)
    ]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert (pictures[0] != pictures[2]).any()
    plain = render(rooms.scene(), camera, MODELS).rgb
    floor = plain[100:].astype(float).mean()
    assert pictures[0][100:].astype(float).mean() == pytest.approx(floor, rel=0.15)


# What cannot be drawn is said in one line.


def broken(**changes) -> rooms.Models:
    mesh = rooms.box_mesh()
    fields = {n: changes.get(n, getattr(mesh, n)) for n in mesh.__dataclass_fields__}
    return rooms.Models(bad=Mesh(**fields))


NAN_VERTICES = rooms.box_mesh().vertices_V_3.copy()
NAN_VERTICES[2, 1] = np.nan


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (broken(faces_F_3=np.zeros((0, 3), np.int32)), "no faces"),
        (broken(vertices_V_3=NAN_VERTICES), "not finite"),
        (broken(vertices_V_3=np.zeros((0, 3), np.float32)), "missing vertices"),
        (broken(face_material_F=np.full(12, 5, np.int32)), "missing materials"),
        (broken(face_material_F=np.zeros(3, np.int32)), "another number"),
        (broken(materials=()), "missing materials"),
        (
            broken(materials=(Material((1, 1, 1), texture_H_W_3=np.zeros((0, 4, 3), np.uint8)),)),
            "empty texture",
        ),
    ],
)
def test_broken_model_is_named(models: rooms.Models, words: str) -> None:
    with pytest.raises(SceneError, match=words) as error:
        render(rooms.scene(rooms.thing(1, "bad", (0, 0, 1), (1, 1, 1))), rooms.camera(), models)
    assert "'bad'" in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_model_passes_the_source_error_on() -> None:
    with pytest.raises(AssetsError):
        render(rooms.scene(rooms.thing(1, "nowhere", (0, 0, 1), (1, 1, 1))), rooms.camera(), MODELS)


@pytest.mark.parametrize(
    "position", [(5.0, 0.0, 1.0), (0.0, 0.0, 3.0), (0.0, 0.0, -0.5), (0.0, -3.5, 1.0)]
)
def test_camera_outside_the_room(position) -> None:
    with pytest.raises(SceneError, match="outside every room"):
        render(rooms.scene(), rooms.camera(position=position, target=(0.0, 1.0, 1.0)), MODELS)


@pytest.mark.parametrize(
    "changes",
    [
        {"fx": 0.0},
        {"fx": math.nan},
        {"width": 0},
        {"height": 10**6},
        {"world_from_camera": ((1.0, 0, 0, 0), (0, 2.0, 0, 0), (0, 0, 1.0, 1), (0, 0, 0, 1.0))},
        {"world_from_camera": ((-1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 1), (0, 0, 0, 1.0))},
        {
            "world_from_camera": (
                (math.nan, 0, 0, 0),
                (0, 1.0, 0, 0),
                (0, 0, 1.0, 1),
                (0, 0, 0, 1.0),
            )
        },
        {"world_from_camera": ((1.0, 0, 0, 0),)},
    ],
)
def test_camera_that_cannot_see(changes) -> None:
    with pytest.raises(SceneError, match="camera"):
        render(rooms.scene(), rooms.camera().model_copy(update=changes), MODELS)


def test_scenes_that_cannot_be_drawn() -> None:
    one = rooms.thing(1, "box", (0, 0, 1), (1, 1, 1))
    bad = [
        rooms.scene(one, one),
        rooms.scene(rooms.thing(0, "box", (0, 0, 1), (1, 1, 1))),
        rooms.scene(rooms.thing(1, "box", (0, 0, 1), (1, 0, 1))),
        rooms.scene(rooms.thing(1, "box", (0, math.nan, 1), (1, 1, 1))),
        rooms.scene(rooms=(rooms.room(height=0.0),)),
        rooms.scene(rooms=(rooms.room(polygon=rooms.SQUARE[::-1]),)),
        rooms.scene(rooms=(rooms.room(polygon=rooms.SQUARE[:2]),)),
        rooms.scene(ambient=math.inf),
        rooms.scene(lights=(Light(position=(0, 0, math.nan), intensity=(1, 1, 1)),)),
    ]
    for one_scene in bad:
        with pytest.raises(SceneError):
            RoomRenderer(one_scene, MODELS)
    down = rooms.camera(target=(0, -1.0, 0.0))
    with pytest.raises(SceneError, match="marble"):
        render(rooms.scene(rooms=(rooms.room(floor_pattern="marble"),)), down, MODELS)
    with pytest.raises(SceneError):
        RenderOptions(samples_per_axis=0)
