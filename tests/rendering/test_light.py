"""Lamps, windows, doorways, bounced light, glow and exposure against what physics says."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.rendering import RenderOptions, RoomRenderer
from waywiser.rendering.embree.direct_lighting import (
    TILE_SIDE,
    direct_light,
    picture_quantiles,
    pixel_quantiles,
)
from waywiser.rendering.embree.lamps import LampSet, make_lamp, rectangle_axes
from waywiser.rendering.embree.light_field import (
    LightField,
    ProbeGrid,
    fit_field,
    sphere_directions,
)
from waywiser.rendering.embree.rays import RayTracer
from waywiser.rendering.embree.room_light import choose_exposure
from waywiser.rendering.embree.shadow_filter import smooth_visibility
from waywiser.rendering.frame import CameraEffects
from waywiser.scenes.mesh import Material
from waywiser.scenes.scene import Light

NOTHING = RayTracer(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
QUARTERS = np.linspace(0.03, 0.97, 16, dtype=np.float32)
angle = st.floats(-1.2, 1.2)


def square(height: float, half: float, x: float = 0.0) -> RayTracer:
    """A level square that hides what is above it."""
    corners = [(x - half, -half), (x + half, -half), (x + half, half), (x - half, half)]
    vertices = np.array([(*c, height) for c in corners], np.float32)
    return RayTracer(vertices, np.array([[0, 1, 2], [0, 2, 3]], np.int32))


def irradiance(light: Light, points, normal, tracer: RayTracer = NOTHING) -> np.ndarray:
    """Green irradiance of points with one normal, over all quantiles."""
    points_3_N = np.asarray(points, np.float32).reshape(-1, 3).T.copy()
    normal_3_1 = np.asarray(normal, np.float32)[:, None]
    total = np.zeros(points_3_N.shape[1])

    for quantile in QUARTERS:
        lit, visible = direct_light(
            tracer,
            LampSet.of([make_lamp(light, 0)]),
            points_3_N,
            normal_3_1,
            normal_3_1,
            [np.full(points_3_N.shape[1], quantile, np.float32)],
        )
        total += lit[1] * visible / len(QUARTERS)

    return total


def panel(size=(0.6, 0.4), normal=(0.0, 0.0, -1.0), intensity=1.0, height=2.0) -> Light:
    return Light(
        position=(0, 0, height),
        intensity=(intensity, intensity, intensity),
        size=size,
        normal=normal,
    )


def test_a_light_of_one_gives_one_at_a_meter_and_a_quarter_at_two() -> None:
    lamp = Light(position=(0, 0, 2), intensity=(1, 1, 1))
    near, far = (irradiance(lamp, (0, 0, 2 - d), (0, 0, 1))[0] for d in (1.0, 2.0))
    assert near == pytest.approx(1, rel=0.04)
    assert near / far == pytest.approx(4, rel=0.04)


@settings(max_examples=30, deadline=None)
@given(tilt=angle, width=st.floats(0.05, 0.5), height=st.floats(0.05, 0.5))
def test_a_far_rectangle_is_a_point_that_shines_to_one_side(tilt, width, height) -> None:
    place = (8 * math.sin(tilt), 0.0, 2 - 8 * math.cos(tilt))
    rectangle = irradiance(panel((width, height)), place, (0, 0, 1))[0]
    point = irradiance(Light(position=(0, 0, 2), intensity=(1, 1, 1)), place, (0, 0, 1))[0]
    assert rectangle == pytest.approx(point * math.cos(tilt), rel=0.03)


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-3, 3), y=st.floats(-3, 3), above=st.floats(0.01, 3))
def test_nothing_behind_a_rectangle_is_lit(x, y, above) -> None:
    for normal in ((0, 0, -1), (0, 0, 1), (-x, -y, -2)):
        assert irradiance(panel(), (x, y, 2 + above), normal)[0] == 0


def test_a_rectangle_sends_out_as_much_light_as_its_intensity_says() -> None:
    """Over a half sphere at 3 m: pi times the intensity, in units where a white wall is 1."""
    directions = sphere_directions(4000)
    directions = directions[directions[:, 2] < 0]
    total = sum(irradiance(panel(), np.array([0, 0, 2]) + 3 * d, -d)[0] for d in directions[::20])
    mean = total / len(directions[::20])
    assert mean * 2 * math.pi * 9 == pytest.approx(math.pi, rel=0.05)


def test_brightness_grows_with_intensity() -> None:
    values = [irradiance(panel(intensity=i), (1, 0, 0), (0, 0, 1))[0] for i in (0.2, 1.0, 3.0)]
    assert values[1] == pytest.approx(5 * values[0], rel=1e-4)
    assert values[2] == pytest.approx(15 * values[0], rel=1e-4)


def test_a_larger_light_has_wider_half_shadows() -> None:
    x = np.linspace(-2, 2, 401)
    floor = np.stack([x, 0 * x, 0 * x], 1)
    widths = []

    for side in (0.05, 0.4, 1.0):
        light = panel((side, side))
        lit = irradiance(light, floor, (0, 0, 1), square(1.0, 0.5))
        share = lit / irradiance(light, floor, (0, 0, 1))
        widths.append(int(((share > 0.05) & (share < 0.95)).sum()))
        assert share[200] == 0  # straight under the square
        assert share[0] == pytest.approx(1)

    assert widths[0] < widths[1] < widths[2]
    assert widths[2] == pytest.approx(2 * 100, rel=0.25)  # a meter on each side


@settings(max_examples=20, deadline=None)
@given(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)))
def test_a_rectangle_lies_square_to_its_normal(normal) -> None:
    if np.linalg.norm(normal) < 0.1:
        return
    across, up = rectangle_axes(normal, (2.0, 3.0))
    assert np.linalg.norm(across) == pytest.approx(1)
    assert np.linalg.norm(up) == pytest.approx(1.5)
    if np.hypot(*normal[:2]) >= 1e-3 * np.linalg.norm(normal):
        assert abs(across @ normal) < 1e-9
        assert abs(across[2]) < 1e-12  # the height is the upright side
    assert abs(across @ up) < 1e-9


def test_any_tile_of_pixels_holds_every_quantile() -> None:
    quantiles = picture_quantiles(20, 24).reshape(20, 24)
    for row, column in ((0, 0), (3, 5), (7, 10), (15, 19)):
        tile = quantiles[row : row + TILE_SIDE, column : column + TILE_SIDE]
        np.testing.assert_allclose(np.sort(tile.ravel()), (np.arange(16) + 0.5) / 16)
    np.testing.assert_array_equal(
        pixel_quantiles(np.array([3, 7]), np.array([1, 5])), quantiles[[3, 7], [1, 5]]
    )


def test_shadows_are_smoothed_on_a_surface_and_not_across_its_edge() -> None:
    visible = (picture_quantiles(32, 32).reshape(32, 32) < 0.5).astype(np.float32)
    visible[:, 16:] = 1
    key = np.repeat([[1, 2]], 16, axis=1).repeat(32, axis=0)
    smooth = smooth_visibility(visible, key)
    np.testing.assert_array_equal(smooth[:, 16:], 1)
    np.testing.assert_allclose(smooth[8:-8, 8:10], 0.5, atol=0.01)
    assert np.abs(smooth[:, :16] - 0.5).max() < 0.2


def test_a_field_of_even_light_is_even_and_one_from_below_lights_what_looks_down() -> None:
    grid = ProbeGrid.of(rooms.room())
    directions = sphere_directions(64)
    count = len(grid.points())
    usable = np.arange(count) % 5 > 0  # the rest get their neighbors' light
    even = np.where(usable[:, None, None], np.ones((count, 64, 3)), 0).astype(np.float32)
    below = even * (directions[:, 2] < 0)[:, None]
    points = np.random.default_rng(0).uniform(-2, 2, (3, 50)).astype(np.float32)
    up = np.array([[0], [0], [1]], np.float32)

    for normal in (up, -up, np.repeat(up, 50, axis=1)):
        light = fit_field(grid, even, directions, usable).irradiance(points, normal)
        np.testing.assert_allclose(light, 1, atol=0.03)

    from_below = fit_field(grid, below, directions, usable)
    points[2] = 1.0
    assert (from_below.irradiance(points, -up) > 0.9).all()
    assert (from_below.irradiance(points, up) < 0.1).all()


def test_walls_near_the_floor_take_on_its_color() -> None:
    red = rooms.room(floor_colour=(0.7, 0.1, 0.1))
    light = RoomRenderer(rooms.scene(rooms=(red,)), rooms.Models())._shader.room_light
    wall = np.array([[1.0, 0.0, 0.0]], np.float32).T
    place = np.array([[-2.0, 0.0, 0.1], [-2.0, 0.0, 2.3]], np.float32).T
    low, high = light.indirect(0, place, wall).T
    assert low[0] / low[2] > 1.1 * high[0] / high[2] > 1.1


def luminance(rgb: np.ndarray) -> np.ndarray:
    return rgb.astype(float).mean(axis=-1)


@pytest.mark.parametrize("power", [0.3, 2.0, 20.0])
@pytest.mark.parametrize("paint", [0.15, 0.5, 0.9])
def test_exposure_suits_dark_and_bright_rooms(power: float, paint: float) -> None:
    room = rooms.room(wall_colour=(paint,) * 3, floor_colour=(paint,) * 3)
    lamp = Light(position=(0, 0, 2.2), intensity=(power, power, power))
    scene = rooms.scene(rooms=(room,), lights=(lamp,), ambient=0.1 * power)
    shown = luminance(RoomRenderer(scene, rooms.Models()).render(rooms.camera()).rgb)
    assert 60 < np.median(shown) < 205
    assert (shown > 250).mean() < 0.01


def test_exposure_falls_as_radiance_grows_and_keeps_within_bounds() -> None:
    radiance = np.random.default_rng(0).uniform(0, 1, (3, 500)).astype(np.float32)
    factors = [choose_exposure(radiance * np.float32(g)) for g in (0, 0.01, 0.3, 1, 3, 1000)]
    assert factors == sorted(factors, reverse=True)
    assert 0 < factors[-1] < factors[0] < 10


def test_glow_is_seen_in_a_dark_room_and_keeps_its_texture() -> None:
    stripes = np.full((8, 8, 3), 250, np.uint8)
    stripes[:, 4:] = (120, 160, 220)
    sheet = rooms.sheet_mesh()
    pane = rooms.box_mesh(Material((0, 0, 0), texture_H_W_3=stripes, emission=2.0))
    pane = type(sheet)(
        sheet.vertices_V_3,
        sheet.faces_F_3,
        sheet.face_material_F,
        sheet.face_uv_F_3_2,
        pane.materials,
    )
    item = rooms.thing(1, "pane", (0, 0.5, 1), (1, 0.1, 1))
    scene = rooms.scene(item, lights=(), ambient=0.02)
    frame = RoomRenderer(scene, rooms.Models(pane=pane)).render(rooms.camera())
    shown = luminance(frame.rgb)
    assert np.median(shown[frame.ids == 1]) > np.median(shown[frame.ids == 0]) + 60
    left, right = frame.rgb[60, 70].astype(int), frame.rgb[60, 90].astype(int)
    assert left.sum() - right.sum() > 30
    assert right[2] > right[0] + 10


@pytest.mark.parametrize("width", [160, 320])
def test_a_rod_thinner_than_a_pixel_is_not_dotted(width: int) -> None:
    black = rooms.box_mesh(Material((0.02, 0.02, 0.02)))
    rod = rooms.thing(1, "rod", (0.3, 0.5, 1.0), (0.008, 0.008, 1.6), yaw=0.2)
    camera = rooms.camera(width=width, height=width * 3 // 4, roll=0.1)
    models = rooms.Models(rod=black)
    with_rod = RoomRenderer(rooms.scene(rod), models).render(camera)
    without = RoomRenderer(rooms.scene(), models).render(camera)
    darker = (luminance(without.rgb) - luminance(with_rod.rgb)).sum(axis=1)
    middle = darker[width // 4 : width // 2]
    assert middle.min() > 0.35 * middle.mean() > 0
    hits = (with_rod.ids == 1).any(axis=1)[width // 4 : width // 2]
    assert hits.mean() < 1  # some rows' pixel centers miss it


def test_a_rectangular_light_makes_no_difference_to_the_truth() -> None:
    item = rooms.thing(1, "sphere", (0.2, 0.3, 1), (0.5, 0.5, 0.5))
    cases: list[tuple[tuple[Light, ...] | None, CameraEffects]] = [
        (None, "none"),
        ((panel(),), "none"),
        (None, "strong"),
    ]
    frames = [
        RoomRenderer(rooms.scene(item, lights=lights), rooms.Models()).render(
            rooms.camera(), RenderOptions(camera_effects=effects)
        )
        for lights, effects in cases
    ]
    for frame in frames[1:]:
        assert frame.depth.tobytes() == frames[0].depth.tobytes()
        assert frame.ids.tobytes() == frames[0].ids.tobytes()
        assert frame.rgb.tobytes() != frames[0].rgb.tobytes()


@pytest.mark.parametrize("effects", ["mild", "strong"])
def test_camera_effects_are_the_same_each_time_and_keep_the_picture(
    effects: CameraEffects,
) -> None:
    scene = rooms.scene(rooms.thing(1, "box", (0, 0.5, 1), (1, 1, 1)))
    options = RenderOptions(camera_effects=effects)
    clean = RoomRenderer(scene, rooms.Models()).render(rooms.camera())
    one, two = (
        RoomRenderer(scene, rooms.Models()).render(rooms.camera(), options) for _ in range(2)
    )
    assert one.rgb.tobytes() == two.rgb.tobytes()
    assert 0.3 < np.abs(one.rgb.astype(int) - clean.rgb).mean() < 60
    assert np.corrcoef(luminance(one.rgb).ravel(), luminance(clean.rgb).ravel())[0, 1] > 0.9
    other = RoomRenderer(scene, rooms.Models()).render(rooms.camera(target=(0.01, 0, 1)), options)
    assert other.rgb.tobytes() != one.rgb.tobytes()


def test_a_field_is_linear_between_the_points_of_its_grid() -> None:
    grid = ProbeGrid.of(rooms.room())
    slopes = np.random.default_rng(2).uniform(0.1, 1, (3, 12)).astype(np.float32)
    field = LightField(grid, (grid.points() - grid.low_3) @ slopes)
    share = np.random.default_rng(3).uniform(0, 1, (40, 3)).astype(np.float32)
    points = grid.low_3 + share * (grid.high_3 - grid.low_3)
    normal = np.array([0.0, 0.6, 0.8], np.float32)
    values = (points - grid.low_3) @ slopes
    expected = values[:, :3] + values[:, 6:9] * normal[1] + values[:, 9:] * normal[2]
    normals = np.repeat(normal[:, None], 40, axis=1)
    np.testing.assert_allclose(field.irradiance(points.T, normals), expected.T, rtol=1e-3)
