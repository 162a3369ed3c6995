"""Where further rays pass, and what they may share, against the plain loops."""

import numpy as np
import pytest

from helpers import box_rooms as rooms
from waywiser.rendering import RoomRenderer
from waywiser.rendering.embree.antialiasing import (
    NEIGHBOR_REACH,
    SUBPIXEL_OFFSETS,
    matching_pixels,
    pad_border,
    undone_neighbors,
)
from waywiser.scenes.scene import Light

SHAPE = (9, 13)


def test_neighbors_are_those_within_reach_that_are_not_done() -> None:
    rng = np.random.default_rng(0)
    done = rng.random(SHAPE) < 0.3
    pixels = rng.choice(done.size, 5, replace=False)
    rows, columns = np.indices(SHAPE)
    near = [
        np.maximum(abs(rows - pixel // SHAPE[1]), abs(columns - pixel % SHAPE[1])) <= NEIGHBOR_REACH
        for pixel in pixels
    ]
    expected = np.flatnonzero(np.any(near, axis=0) & ~done)
    np.testing.assert_array_equal(undone_neighbors(pixels, done.ravel(), SHAPE), expected)


@pytest.mark.parametrize("offset", SUBPIXEL_OFFSETS)
def test_a_ray_finds_the_nearest_pixel_of_its_surface(offset: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    key = rng.integers(0, 3, SHAPE, dtype=np.int32)
    pixels = np.arange(key.size)
    ray_key = rng.integers(0, 3, key.size, dtype=np.int32)
    found = matching_pixels(ray_key, pixels, offset, pad_border(key))
    right, down = (1 if part > 0.5 else -1 for part in offset)

    for pixel, wanted, match in zip(pixels, ray_key, found, strict=True):
        row, column = divmod(int(pixel), SHAPE[1])
        steps = ((0, 0), (0, right), (down, 0), (down, right))
        places = [
            (min(max(row + i, 0), SHAPE[0] - 1), min(max(column + j, 0), SHAPE[1] - 1))
            for i, j in steps
        ]
        expected = next((i * SHAPE[1] + j for i, j in places if key[i, j] == wanted), -1)
        assert match == expected


def test_a_picture_does_not_depend_on_how_its_rays_are_parted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two walls of an L-shaped room look the same way from different places."""
    corner = ((-3.0, -3.0), (3.0, -3.0), (3.0, 0.0), (1.0, 0.0), (1.0, 3.0), (-3.0, 3.0))
    lamp = Light(position=(-1.0, 1.5, 2.2), intensity=(3.0, 3.0, 3.0))
    scene = rooms.scene(rooms=(rooms.room(polygon=corner),), lights=(lamp,))
    camera = rooms.camera(position=(-2.5, -2.0, 1.5), target=(3.0, 0.5, 1.2))
    whole = RoomRenderer(scene, rooms.Models()).render(camera).rgb
    monkeypatch.setattr("waywiser.rendering.embree.shading.MAX_RAYS_PER_CHUNK", 500)
    parted = RoomRenderer(scene, rooms.Models()).render(camera).rgb
    np.testing.assert_array_equal(whole, parted)
