import numpy as np
import pytest

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, hex_to_linear
from waywiser.scenes.furniture.parametric import ParametricModel, build_parametric_models
from waywiser.scenes.mesh import Mesh

ALL = sorted(build_parametric_models().values(), key=lambda d: d.key)


def test_enough_categories_and_variants() -> None:
    counts: dict[str, int] = {}
    for design in ALL:
        counts[design.category] = counts.get(design.category, 0) + 1
    assert len(counts) >= 12
    assert min(counts.values()) >= 4
    assert set(counts) <= set(CATEGORIES)


@pytest.mark.parametrize("design", ALL, ids=lambda d: d.key)
def test_every_model_keeps_the_mesh_contract(design: ParametricModel) -> None:
    mesh = design.mesh
    assert np.abs(mesh.vertices_V_3).max() <= 0.5 + 1e-6
    assert np.ptp(mesh.vertices_V_3[np.unique(mesh.faces_F_3)], axis=0) == pytest.approx(
        [1, 1, 1], abs=1e-5
    )
    assert mesh.faces_F_3.min() >= 0
    assert mesh.faces_F_3.max() < len(mesh.vertices_V_3)
    assert mesh.face_material_F.shape == (len(mesh.faces_F_3),)
    assert mesh.face_uv_F_3_2.shape == (len(mesh.faces_F_3), 3, 2)
    assert set(mesh.face_material_F) == set(range(len(mesh.materials)))
    assert all(0 <= c <= 1 for m in mesh.materials for c in m.albedo)
    assert CATEGORIES[design.category].fits(design.size, slack=0.0), design.size


def silhouette(mesh: Mesh) -> bytes:
    """A coarse picture of the front and the side: where faces are."""
    centres = mesh.vertices_V_3[mesh.faces_F_3].mean(axis=1)
    cells = ((centres + 0.5) * 6).astype(int).clip(0, 5)
    filled = np.zeros((6, 6, 6), dtype=bool)
    filled[tuple(cells.T)] = True
    return filled.tobytes()


@pytest.mark.parametrize("category", sorted({d.category for d in ALL}))
def test_variants_differ_in_form(category: str) -> None:
    forms = {(silhouette(d.mesh), d.size) for d in ALL if d.category == category}
    assert len(forms) >= 4


@pytest.mark.parametrize("category", ["chair", "armchair", "sofa", "bed"])
def test_backs_are_behind(category: str) -> None:
    for design in (d for d in ALL if d.category == category):
        corners = (design.mesh.vertices_V_3 * design.size)[design.mesh.faces_F_3]
        areas = np.linalg.norm(
            np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
        )
        centres = corners.mean(axis=1)
        top = centres[:, 2] > (0.3 if category == "bed" else 0.2) * design.size[2]
        assert np.average(centres[top, 1], weights=areas[top]) > 0.05 * design.size[1], design.key


def test_turned_shapes_are_closed_and_face_outwards() -> None:
    mesh, size = (
        MeshBuilder().lathe("#808080", (0, 0, 0), [(0.5, 0), (0.5, 2.0)], segments=64).build()
    )
    assert size == pytest.approx((1, 1, 2), abs=2e-3)
    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(float) * size
    volume = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(np.pi * 0.25 * 2, rel=0.01)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_shapes_turned_about_other_axes_face_outwards_too(axis: str) -> None:
    mesh, size = MeshBuilder().cylinder("#808080", (0, 0, 0), 0.3, 1.0, axis=axis).build()
    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(float) * size
    volume = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume > 0.2


def test_colours_are_linear_light() -> None:
    assert hex_to_linear("#ffffff") == pytest.approx((1, 1, 1))
    assert hex_to_linear("#808000") == pytest.approx((0.2159, 0.2159, 0), abs=1e-3)
