"""Tone, textures, floor grain and baked occlusion, each on its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.rendering import RoomRenderer
from waywiser.rendering.embree.ambient_occlusion import bake_floor_occlusion, cosine_directions
from waywiser.rendering.embree.rays import RayTracer
from waywiser.rendering.embree.tone_mapping import tonemap_to_srgb
from waywiser.rendering.floor_patterns import floor_brightness, hash01
from waywiser.rendering.textures import MIN_ALBEDO, SRGB_TO_LINEAR, MaterialTable
from waywiser.scenes.mesh import Material


def test_tone_is_srgb_for_ordinary_light_and_never_falls() -> None:
    x = np.linspace(0, 8, 5000, dtype=np.float32)
    shown = tonemap_to_srgb(x).astype(int)
    assert (np.diff(shown) >= 0).all()
    assert shown[0] == 0
    assert shown[-1] > 245
    assert tonemap_to_srgb(np.array([40.0]))[0] == 255
    assert shown[x < 2].max() < 235  # a wall near a lamp keeps its shape
    ordinary = x < 0.34
    np.testing.assert_allclose(SRGB_TO_LINEAR[shown[ordinary]], x[ordinary], atol=0.006)


def sample(texture, uv, footprint=1e-6):
    table = MaterialTable()
    table.add(Material((0, 0, 0), texture_H_W_3=np.full((2, 2, 3), 7, np.uint8)))
    row = table.add(Material((0, 0, 0), texture_H_W_3=texture))
    materials = table.freeze()
    uv = np.asarray(uv, dtype=np.float32)
    chosen = np.full(len(uv), materials.texture_M[row])
    return materials.sample(chosen, uv.T, np.full(len(uv), footprint, np.float32)).T


@given(st.integers(0, 4), st.integers(0, 6), st.integers(-3, 3), st.integers(-3, 3))
def test_texels_by_place_and_repetition(row: int, column: int, shift_u: int, shift_v: int) -> None:
    texture = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    uv = [[(column + 0.5) / 7 + shift_u, 1 - (row + 0.5) / 5 + shift_v]]
    np.testing.assert_array_equal(sample(texture, uv)[0], SRGB_TO_LINEAR[texture[row, column]])


def test_a_far_checkerboard_is_grey() -> None:
    board = (
        (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, axis=2)
    )
    uv = np.random.default_rng(0).random((50, 2))
    near = sample(board, uv)
    far = sample(board, uv, footprint=0.5)
    assert set(np.unique(near)) == {0.0, 1.0}
    assert np.ptp(far) < 0.01
    assert 0.15 < far.mean() < 0.3


def test_textures_are_stored_once_and_large_ones_shrink() -> None:
    table = MaterialTable()
    texture = np.zeros((2048, 16, 3), np.uint8)
    rows = [
        table.add(Material((0, 0, 0), texture_H_W_3=texture), (1.0, t, 1.0)) for t in (0.2, 0.4)
    ]
    materials = table.freeze()
    assert materials.texture_M[rows].tolist() == [0, 0]
    assert materials.size_T_L_2[0, 0].tolist() == [512, 4]
    assert materials.size_T_L_2[0, -1].min() == 1
    np.testing.assert_allclose(materials.color_3_M[1, rows], [0.2, 0.4])


def test_black_paint_is_not_a_hole() -> None:
    table = MaterialTable()
    table.add(Material((0.0, 0.5, 1.0)), (0.5, 0.5, 0.5))
    np.testing.assert_allclose(table.freeze().color_3_M[:, 0], [MIN_ALBEDO / 2, 0.25, 0.5])


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**40))
def test_hash_is_uniform_enough_and_in_range(i: int, j: int, seed: int) -> None:
    cells = np.array([i], np.int32), np.array([j], np.int32)
    value = hash01(*cells, seed)
    assert 0 <= value[0] < 1
    np.testing.assert_array_equal(value, hash01(*cells, seed))


def test_hash_spreads() -> None:
    i, j = np.meshgrid(np.arange(-50, 50, dtype=np.int32), np.arange(-50, 50, dtype=np.int32))
    values = hash01(i.ravel(), j.ravel(), 3)
    assert values.mean() == pytest.approx(0.5, abs=0.02)
    assert values.std() == pytest.approx(12**-0.5, abs=0.02)


@pytest.mark.parametrize("pattern", ["planks", "tiles", "carpet"])
def test_grain_fades_where_pixels_are_large(pattern: str) -> None:
    xy = np.random.default_rng(0).uniform(-5, 5, (2, 4000)).astype(np.float32)
    near, far = (
        floor_brightness(pattern, 3, xy, np.full(4000, f, np.float32)) for f in (0.001, 2.0)
    )
    assert near.std() > far.std()
    assert near.min() > 0.2
    assert near.max() < 1.3


def test_directions_are_cosine_weighted() -> None:
    d = cosine_directions(2000)
    np.testing.assert_allclose(np.linalg.norm(d, axis=1), 1, atol=1e-5)
    assert d[:, 2].mean() == pytest.approx(
        2 / 3, abs=0.01
    )  # the mean cosine of a cosine-weighted half sphere
    np.testing.assert_allclose(d[:, :2].mean(axis=0), 0, atol=0.01)


def test_floor_is_dark_under_a_table_and_in_corners() -> None:
    table = rooms.thing(1, "box", (0.5, 0.5, 0.4), (1.2, 1.2, 0.05))
    static_soup = RoomRenderer(rooms.scene(table), rooms.Models()).static_soup
    baked = bake_floor_occlusion(
        rooms.room(), RayTracer(static_soup.vertices_V_3, static_soup.faces_F_3)
    )
    under, open_floor, corner = baked.sample(
        np.array([[0.5, -1.0, -1.98], [0.5, -1.0, -2.98]], np.float32)
    )
    assert open_floor > 0.95
    assert under < 0.75 * open_floor
    assert corner < 0.75 * open_floor
