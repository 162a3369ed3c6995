"""The audit's rasterizer against the plain test of every pixel, and against itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.studio import look
from waywiser.audit.geometry.pinhole import Array, pinhole_from_camera
from waywiser.audit.geometry.zbuffer import (
    NEAR_PLANE,
    DepthBuffer,
    draw_rectangle,
    draw_triangles,
)

WIDTH, HEIGHT = 23, 17
seeds = st.integers(0, 10_000)


def random_corners(seed: int, count: int) -> Array:
    """Triangles (T, 3, 3) in the image as (u z, v z, z), some of them partly behind the camera."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(-0.5, 3.0, (count, 3, 1))
    pixels = rng.uniform(-10, 30, (count, 3, 2))
    return np.concatenate([pixels * z, z], axis=2)


def draw_by_weights(corners_T_3_3: Array, left: int, top: int) -> tuple[Array, np.ndarray]:
    """Depth and number of the nearest triangle (H, W) at every pixel's center, -1 for none."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    pixels_3_N = np.stack([columns + left + 0.5, rows + top + 0.5, np.ones_like(rows)], dtype=float)
    weights_T_3_N = np.linalg.solve(
        corners_T_3_3.transpose(0, 2, 1), pixels_3_N.reshape(3, -1)[None]
    )
    nearness_T_N = weights_T_3_N.sum(axis=1)
    covers_T_N = (weights_T_3_N.min(axis=1) >= 0) & (nearness_T_N > 0)
    depth_T_N = np.where(covers_T_N, 1 / nearness_T_N, np.inf)
    depth_N = depth_T_N.min(axis=0)
    ids_N = np.where(np.isfinite(depth_N), depth_T_N.argmin(axis=0), -1)
    return depth_N.reshape(HEIGHT, WIDTH), ids_N.reshape(HEIGHT, WIDTH)


@given(seeds, st.integers(-5, 5), st.integers(-5, 5))
def test_triangles_cover_what_the_weights_of_each_pixel_say(seed: int, left: int, top: int) -> None:
    corners = random_corners(seed, 4)
    depth, ids = draw_by_weights(corners, left, top)
    buffer = DepthBuffer.empty(WIDTH, HEIGHT, left, top)
    draw_triangles(buffer, corners, np.arange(4, dtype=np.int32))
    ahead = depth > 1.01 * NEAR_PLANE
    np.testing.assert_array_equal(buffer.ids[ahead], ids[ahead])
    np.testing.assert_allclose(buffer.depth[ahead], depth[ahead], rtol=1e-6)


def test_objects_drawn_together_are_as_drawn_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    corners = random_corners(1, 60)
    ids = np.repeat(np.arange(6), 10).astype(np.int32)
    together, parted, alone = (DepthBuffer.empty(WIDTH, HEIGHT) for _ in range(3))
    draw_triangles(together, corners, ids)

    for number in range(6):
        draw_triangles(alone, corners[ids == number], number)

    monkeypatch.setattr("waywiser.audit.geometry.zbuffer._MAX_ROWS", 7)
    monkeypatch.setattr("waywiser.audit.geometry.zbuffer._MAX_PIXELS", 11)
    draw_triangles(parted, corners, ids)
    assert len(np.unique(together.ids)) > 3

    for other in (parted, alone):
        np.testing.assert_array_equal(together.ids, other.ids)
        np.testing.assert_array_equal(together.depth, other.depth)


@given(seeds)
def test_a_rectangle_is_two_triangles_and_leaves_what_is_nearer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    camera = pinhole_from_camera(look((0.0, 0.0), 30.0, -10.0))
    corner, sides = rng.uniform(-2, 2, 3), rng.uniform(-3, 3, (2, 3))
    ring = np.array([corner, corner + sides[0], corner + sides.sum(axis=0), corner + sides[1]])
    size = (camera.width // 4, camera.height // 4, 20, 10)
    drawn, expected = DepthBuffer.empty(*size), DepthBuffer.empty(*size)
    draw_rectangle(drawn, camera, corner, sides, 5)
    draw_triangles(expected, camera.to_image(ring)[[[0, 1, 2], [0, 2, 3]]], 5)
    same = drawn.ids == expected.ids
    assert same.mean() > 0.998  # pixels on an edge
    near = same & (drawn.ids == 5)
    np.testing.assert_allclose(drawn.depth[near], expected.depth[near], rtol=1e-6)
    nearer = DepthBuffer(np.full_like(drawn.depth, 1e-3), np.full_like(drawn.ids, 9))
    draw_rectangle(nearer, camera, corner, sides, 5)
    assert (nearer.ids == 9).all()
