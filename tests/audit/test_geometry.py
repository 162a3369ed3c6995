"""The audit's own geometry against other ways to the same numbers."""

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from helpers.studio import SHAPES, look, studio
from waywiser.audit.geometry.certified_distance import bound_box_distance, certified_box_distance
from waywiser.audit.geometry.pinhole import pinhole_from_camera
from waywiser.audit.geometry.polygon_area import outline_area
from waywiser.audit.geometry.posed_objects import (
    PosedObject,
    interpolate_motion,
    points_in_outline,
    posed_objects,
)
from waywiser.audit.geometry.relative_pose import estimate_relative_pose
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.rendering.embree.renderer import render
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.geometry import inside_polygon, signed_area
from waywiser.scenes.furniture.library import ParametricLibrary

sizes = st.floats(0.1, 2.0)
places = st.floats(-3.0, 3.0)
angles = st.floats(-math.pi, math.pi)


@st.composite
def boxes(draw: st.DrawFn) -> PosedObject:
    center = tuple(draw(places) for _ in range(3))
    size = tuple(draw(sizes) for _ in range(3))
    return PosedObject(1, "box", "box", center, size, cmath.exp(1j * draw(angles)), 0)  # type: ignore[arg-type]


@given(boxes(), boxes())
def test_box_distance_is_bracketed_and_below_any_sampled_one(
    a: PosedObject, b: PosedObject
) -> None:
    low, high = bound_box_distance(a, b)
    assert -1e-9 <= high - low <= 1e-4
    axis = np.linspace(-0.5, 0.5, 6)
    lattice = np.stack([grid.ravel() for grid in np.meshgrid(axis, axis, axis)], axis=1)
    assert high <= cdist(a.to_world(lattice), b.to_world(lattice)).min() + 1e-9


def test_box_distance_of_aligned_boxes() -> None:
    a = PosedObject(1, "box", "box", (0, 0, 0), (1, 1, 1), 1 + 0j, 0)
    b = PosedObject(2, "box", "box", (2.0, 3.0, 0.2), (1, 1, 1), 1j, 0)
    assert certified_box_distance(a, b) == pytest.approx(math.hypot(1, 2), abs=1e-6)
    assert certified_box_distance(a, a) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0.5, 4.0), st.floats(0.05, 0.95)), min_size=3, max_size=9))
def test_area_and_inside_agree_with_other_formulas(spokes: list[tuple[float, float]]) -> None:
    turns = np.cumsum([share for _, share in spokes])
    turns *= 2 * math.pi / (turns[-1] + spokes[0][1])
    outline = tuple(
        (r * math.cos(t), r * math.sin(t)) for (r, _), t in zip(spokes, turns, strict=True)
    )
    polygon = np.array(outline)
    if (
        abs(signed_area(polygon)) < 1e-3
        or np.diff(turns, prepend=turns[-1] - 2 * math.pi).max() >= math.pi
    ):
        return  # not star-shaped round the origin
    assert outline_area(outline) == pytest.approx(abs(signed_area(polygon)), rel=1e-6, abs=1e-9)
    points = np.random.default_rng(0).uniform(-4, 4, (200, 2))
    assert (points_in_outline(outline, points) == inside_polygon(outline, points)).mean() > 0.99


def test_pixels_are_those_of_the_ray_caster() -> None:
    """The z-buffer and Embree see the same things at the same depth, but for pixels on an edge."""
    scene = studio()
    for camera in (scene.cameras[0], look((5.2, 4.3), 240, -20)):
        frame = render(scene, camera, ParametricLibrary(), RenderOptions(rgb=False))
        raster = SceneRaster(scene.model_copy(update={"cameras": (camera,)}), SHAPES).image(0)
        same = raster.buffer.ids == frame.ids
        assert same.mean() > 0.998
        assert np.abs(raster.buffer.depth - frame.depth)[same].max() < 5e-3


@given(st.floats(0, 5), st.floats(0, 5), st.floats(-180, 180), st.floats(-40, 40))
def test_lifting_undoes_seeing(x: float, y: float, way: float, pitch: float) -> None:
    camera = pinhole_from_camera(look((x, y), way, pitch))
    points = np.array([[x + 1.0, y + 2.0, 0.3], [x - 2.0, y + 0.5, 2.0]])
    uz, vz, z = camera.to_image(points).T
    assert np.allclose(camera.unproject(uz / z, vz / z, z), points, atol=1e-9)
    assert np.allclose(camera.center, (x, y, 1.5), atol=1e-9)


def test_cameras_are_related_as_they_were_placed() -> None:
    scene = studio()
    scene_raster = SceneRaster(scene, SHAPES)
    pose = estimate_relative_pose(
        scene_raster.frame(0, 0), scene_raster.frame(0, 3), set(posed_objects(scene))
    )
    assert pose.heading_change == pytest.approx(-40, abs=1e-6)
    assert pose.translation == pytest.approx(np.zeros(3), abs=1e-9)
    assert pose.tilts == pytest.approx((-10, -10), abs=1e-6)
    moved = estimate_relative_pose(
        scene_raster.frame(0, 0), scene_raster.frame(0, 1), set(posed_objects(scene))
    )
    assert (moved.translation @ moved.right, moved.translation @ moved.forward) == pytest.approx(
        (0.8, 0), abs=1e-9
    )


@given(st.floats(-1, 6))
def test_a_motion_is_read_as_the_scene_means_it(time: float) -> None:
    motion = studio().clips[2].motions[0]
    (derived_center, yaw), (center, turn) = interpolate_motion(motion, time), motion.at(time)
    assert (*derived_center, yaw) == pytest.approx((*center, turn))
