"""Shading by groups of faces: what is worked out once, left out or shared changes nothing in the
picture.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from rendering.test_doors import LIBRARY, home, looking
from waywiser.rendering import RenderOptions, RoomRenderer
from waywiser.rendering.embree import shading
from waywiser.rendering.embree.camera_rays import pixel_directions
from waywiser.rendering.embree.direct_lighting import picture_quantiles
from waywiser.rendering.embree.shading import ShadingCamera
from waywiser.rendering.embree.vectors import dot, points_along
from waywiser.scenes.scene import Box, Object

CHAIR = Object(
    id=1,
    category="chair",
    model="parametric#chair-1",
    box=Box(center=(2.5, 2.0, 0.45), size=(0.5, 0.5, 0.9)),
)
DOG = Object(
    id=2, category="dog", model="mover#dog-1", box=Box(center=(3.2, 1.4, 0.3), size=(0.3, 0.8, 0.6))
)
coordinates = st.floats(-8, 8, width=32)


@given(
    st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=1, max_size=20),
    st.integers(0, 7),
)
@settings(deadline=None)
def test_inner_products_with_one_vector_are_those_with_its_copies(
    rows: list[tuple[float, ...]], zeros: int
) -> None:
    many = np.array(rows, np.float32).T
    one = np.array([[0.0 if zeros >> k & 1 else 0.25 + k] for k in range(3)], np.float32)
    expected = sum(one[k] * many[k] for k in range(3))
    np.testing.assert_array_equal(dot(one, many), expected)
    np.testing.assert_array_equal(dot(np.repeat(one, many.shape[1], axis=1), many), expected)


def test_a_picture_does_not_depend_on_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = home(objects=(CHAIR, DOG))
    camera = looking(1.0, 1.7, 0.1)
    whole = RoomRenderer(scene, LIBRARY).render(camera)
    monkeypatch.setattr(shading, "MAX_RAYS_PER_CHUNK", 37)
    np.testing.assert_array_equal(RoomRenderer(scene, LIBRARY).render(camera).rgb, whole.rgb)


def test_rays_may_come_in_any_order_and_alone() -> None:
    renderer = RoomRenderer(home(objects=(CHAIR, DOG)), LIBRARY)
    camera = looking(1.0, 1.7, 0.1)
    sight = ShadingCamera(camera.position.astype(np.float32), 1 / camera.fx, RenderOptions())
    directions = pixel_directions(camera)
    quantiles = picture_quantiles(camera.height, camera.width)
    shader = renderer._shader
    whole = shader.shade(directions, renderer.trace(camera, directions), sight, [quantiles])
    chosen = np.random.default_rng(0).permutation(camera.width * camera.height)[:500]
    few = np.ascontiguousarray(directions[:, chosen])
    part = shader.shade(few, renderer.trace(camera, few), sight, [quantiles[chosen]])
    np.testing.assert_array_equal(part.steady_3_N, whole.steady_3_N[:, chosen])
    np.testing.assert_array_equal(part.direct_3_N, whole.direct_3_N[:, chosen])
    np.testing.assert_array_equal(part.visible_N, whole.visible_N[chosen])


def test_what_is_loosened_looks_as_if_it_had_been_loose_from_the_start() -> None:
    scene = home(objects=(CHAIR, DOG))
    camera = looking(1.0, 1.7, 0.1)
    away = DOG.model_copy(
        update={"box": Box(center=(3.0, 2.6, 0.3), size=(0.3, 0.8, 0.6), yaw=0.7)}
    )
    after = home(objects=(CHAIR, away))
    whole = RoomRenderer(scene, LIBRARY)
    before = whole.render(camera)
    with_movable = whole.with_movable(frozenset({2}))
    ours, theirs = (
        r.with_moved(after).render(camera)
        for r in (with_movable, RoomRenderer(scene, LIBRARY, frozenset({2})))
    )
    for name in ("rgb", "depth", "ids"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    np.testing.assert_array_equal(ours.ids, RoomRenderer(after, LIBRARY).render(camera).ids)
    assert (ours.ids != before.ids).any()
    np.testing.assert_array_equal(
        with_movable.render(camera).ids, before.ids
    )  # not changed by what was moved
    np.testing.assert_array_equal(whole.render(camera).rgb, before.rgb)


def test_glass_that_moves_is_seen_where_it_is() -> None:
    pane = rooms.thing(1, "glass", (0.0, 0.0, 1.0), (0.6, 0.1, 0.6))
    aside = rooms.thing(1, "glass", (0.8, 0.0, 1.0), (0.6, 0.1, 0.6))
    with_moved = (
        RoomRenderer(rooms.scene(pane), rooms.Models())
        .with_movable(frozenset({1}))
        .with_moved(rooms.scene(aside))
    )
    there = RoomRenderer(rooms.scene(aside), rooms.Models()).render(rooms.camera())
    np.testing.assert_array_equal(with_moved.render(rooms.camera()).rgb, there.rgb)
    assert (
        there.rgb != RoomRenderer(rooms.scene(pane), rooms.Models()).render(rooms.camera()).rgb
    ).any()


def test_points_along_rays() -> None:
    found = points_along(
        np.array([1, 2, 3], np.float32),
        np.eye(3, dtype=np.float32),
        np.array([1, 2, 3], np.float32),
    )
    np.testing.assert_array_equal(found, np.array([[2, 1, 1], [2, 4, 2], [3, 3, 6]], np.float32))
