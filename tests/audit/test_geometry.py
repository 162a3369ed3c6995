"""The audit's own geometry against other ways to the same numbers."""

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from audit.studio import SHAPES, look, studio
from waywiser.audit.alignment import relation
from waywiser.audit.areas import area
from waywiser.audit.boxes import box_distance, bracket
from waywiser.audit.pinhole import pinhole
from waywiser.audit.sight import World
from waywiser.audit.stage import Thing, inside, moment, things
from waywiser.rendering.embree import render
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.geometry import inside_polygon, signed_area
from waywiser.scenes.library import ParametricLibrary

sizes = st.floats(0.1, 2.0)
places = st.floats(-3.0, 3.0)
angles = st.floats(-math.pi, math.pi)


@st.composite
def boxes(draw: st.DrawFn) -> Thing:
    middle, size = tuple(draw(places) for _ in range(3)), tuple(draw(sizes) for _ in range(3))
    return Thing(1, "box", "box", middle, size, cmath.exp(1j * draw(angles)), 0)  # type: ignore[arg-type]


@given(boxes(), boxes())
def test_box_distance_is_bracketed_and_below_any_sampled_one(a: Thing, b: Thing) -> None:
    low, high = bracket(a, b)
    assert -1e-9 <= high - low <= 1e-4
    axis = np.linspace(-0.5, 0.5, 6)
    lattice = np.stack([grid.ravel() for grid in np.meshgrid(axis, axis, axis)], axis=1)
    assert high <= cdist(a.place(lattice), b.place(lattice)).min() + 1e-9


def test_box_distance_of_aligned_boxes() -> None:
    a = Thing(1, "box", "box", (0, 0, 0), (1, 1, 1), 1 + 0j, 0)
    b = Thing(2, "box", "box", (2.0, 3.0, 0.2), (1, 1, 1), 1j, 0)
    assert box_distance(a, b) == pytest.approx(math.hypot(1, 2), abs=1e-6)
    assert box_distance(a, a) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0.5, 4.0), st.floats(0.05, 0.95)), min_size=3, max_size=9))
def test_area_and_inside_agree_with_other_formulas(spokes: list[tuple[float, float]]) -> None:
    turns = np.cumsum([share for _, share in spokes])
    turns *= 2 * math.pi / (turns[-1] + spokes[0][1])
    outline = tuple((r * math.cos(t), r * math.sin(t)) for (r, _), t in zip(spokes, turns, strict=True))
    polygon = np.array(outline)
    if abs(signed_area(polygon)) < 1e-3 or np.diff(turns, prepend=turns[-1] - 2 * math.pi).max() >= math.pi:
        return  # not star-shaped round the origin
    assert area(outline) == pytest.approx(abs(signed_area(polygon)), rel=1e-6, abs=1e-9)
    points = np.random.default_rng(0).uniform(-4, 4, (200, 2))
    assert (inside(outline, points) == inside_polygon(outline, points)).mean() > 0.99


def test_pixels_are_those_of_the_ray_caster() -> None:
    """The z-buffer and Embree see the same things at the same depth, but for pixels on an edge."""
    scene = studio()
    for camera in (scene.cameras[0], look((5.2, 4.3), 240, -20)):
        frame = render(scene, camera, ParametricLibrary(), RenderOptions(rgb=False))
        sight = World(scene.model_copy(update={"cameras": (camera,)}), SHAPES).image(0)
        same = sight.buffer.ids == frame.ids
        assert same.mean() > 0.998
        assert np.abs(sight.buffer.depth - frame.depth)[same].max() < 5e-3


@given(st.floats(0, 5), st.floats(0, 5), st.floats(-180, 180), st.floats(-40, 40))
def test_lifting_undoes_seeing(x: float, y: float, way: float, pitch: float) -> None:
    camera = pinhole(look((x, y), way, pitch))
    points = np.array([[x + 1.0, y + 2.0, 0.3], [x - 2.0, y + 0.5, 2.0]])
    uz, vz, z = camera.see(points).T
    assert np.allclose(camera.lift(uz / z, vz / z, z), points, atol=1e-9)
    assert np.allclose(camera.place, (x, y, 1.5), atol=1e-9)


def test_cameras_are_related_as_they_were_placed() -> None:
    scene = studio()
    world = World(scene, SHAPES)
    found = relation(world.frame(0, 0), world.frame(0, 3), set(things(scene)))
    assert found.turned == pytest.approx(-40, abs=1e-6)
    assert found.move == pytest.approx(np.zeros(3), abs=1e-9)
    assert found.tilts == pytest.approx((-10, -10), abs=1e-6)
    moved = relation(world.frame(0, 0), world.frame(0, 1), set(things(scene)))
    assert (moved.move @ moved.right, moved.move @ moved.forward) == pytest.approx((0.8, 0), abs=1e-9)


@given(st.floats(-1, 6))
def test_a_motion_is_read_as_the_scene_means_it(time: float) -> None:
    motion = studio().clips[2].motions[0]
    (middle, yaw), (center, turn) = moment(motion, time), motion.at(time)
    assert (*middle, yaw) == pytest.approx((*center, turn))
