"""Polygons, normals and creases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.errors import SceneError
from waywiser.rendering.geometry import (
    corner_groups,
    corner_normals,
    face_normals,
    inside_polygon,
    signed_area,
    triangulate,
)

ELL = ((0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 5.0), (0.0, 5.0))


@st.composite
def stars(draw):
    """Simple star-shaped outlines, mostly not convex."""
    radii = draw(st.lists(st.floats(0.5, 3.0), min_size=3, max_size=12))
    angles = np.arange(len(radii)) * 2 * np.pi / len(radii)
    return tuple(
        (float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, angles, strict=True)
    )


@settings(max_examples=150)
@given(stars())
def test_triangles_tile_the_polygon(polygon) -> None:
    points = np.array(polygon)
    triangles = points[triangulate(polygon)]
    areas = np.array([signed_area(t) for t in triangles])
    assert (areas >= -1e-9).all()
    assert areas.sum() == pytest.approx(signed_area(points), rel=1e-9)
    centres = triangles[areas > 1e-3].mean(axis=1)
    assert inside_polygon(polygon, centres).all()


def test_ell_shaped_room_with_a_corner_on_a_straight_wall() -> None:
    polygon = (ELL[0], (2.0, 0.0), *ELL[1:])
    assert np.abs(
        [signed_area(np.array(polygon)[t]) for t in triangulate(polygon)]
    ).sum() == pytest.approx(14)
    np.testing.assert_array_equal(
        inside_polygon(polygon, np.array([[1, 1], [3, 1], [1, 4], [3, 4], [-1, 1], [1, 6]], float)),
        [True, True, True, False, False, False],
    )


@pytest.mark.parametrize(
    "polygon",
    [
        (),
        ((0, 0), (1, 0)),
        ELL[::-1],
        ((0, 0), (1, 0), (2, 0)),
        ((0, 0), (1, 0), (float("nan"), 1)),
        ((0, 0), (4, 0), (4, 4), (1, -2), (0, 4)),
    ],
)
def test_outlines_that_are_none(polygon) -> None:
    with pytest.raises(SceneError, match="polygon"):
        triangulate(polygon)


def test_cube_stays_sharp_and_ball_bends() -> None:
    for mesh, bent in ((rooms.box_mesh(), False), (rooms.sphere_mesh(), True)):
        triangles = mesh.vertices_V_3[mesh.faces_F_3]
        normals, areas = face_normals(triangles)
        corners, bends = corner_normals(
            normals, areas, corner_groups(mesh.vertices_V_3, mesh.faces_F_3)
        )
        assert bends.any() == bent
        np.testing.assert_allclose(np.linalg.norm(corners, axis=-1), 1, atol=1e-5)
        if bent:  # a ball's normals point away from its centre
            solid = areas > 1e-6
            outward = triangles[solid] / np.linalg.norm(triangles[solid], axis=-1, keepdims=True)
            assert np.einsum("fkc,fkc->fk", corners[solid], outward).min() > 0.99


def test_triangle_without_area_has_a_normal() -> None:
    normals, areas = face_normals(np.zeros((2, 3, 3), np.float32))
    np.testing.assert_array_equal(normals, [[0, 0, 1]] * 2)
    np.testing.assert_array_equal(areas, 0)


def test_corners_are_grouped_by_place() -> None:
    vertices = np.array([[0, 0, 0], [0.5, 0, 0], [0, 0.5, 0], [0, 0, 0], [0.5, 0, 0.1]], np.float32)
    (pairs,) = corner_groups(vertices, np.array([[0, 1, 2], [3, 4, 2]], np.int32))
    assert sorted(map(sorted, pairs.tolist())) == [[0, 3], [2, 5]]


def test_an_inner_corner_of_an_ell_stays_sharp() -> None:
    """Where one face fills 270 degrees round a point and two others 90, none pulls the others over."""
    x, y, z = np.eye(3, dtype=np.float32)
    normals = np.stack([z, z, z, x, y])
    groups = [np.array([[0, 3, 6, 9, 12]], np.int32)]
    corners, bends = corner_normals(normals, np.ones(5, np.float32), groups)
    assert not bends.any()
    np.testing.assert_array_equal(corners[:, 0], normals)
