from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture.library import ModelInfo, open_library
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glass, glow, hex_to_linear
from waywiser.scenes.furniture.natural_size import MAX_SCALE_CHANGE, sample_size
from waywiser.scenes.furniture.parametric import ParametricModel, build_parametric_models
from waywiser.scenes.furniture.parametric_library import list_parametric_models
from waywiser.scenes.mesh import Mesh

KEYS = sorted(model.key for model in list_parametric_models())


@cache  # not at import: a worker that runs none of these tests builds nothing
def models() -> dict[str, ParametricModel]:
    return dict(sorted(build_parametric_models().items()))


def test_every_category_has_six_forms() -> None:
    counts = Counter(design.category for design in models().values())
    assert set(counts) == set(CATEGORIES)
    assert set(counts.values()) == {6}


@pytest.mark.parametrize("key", KEYS)
def test_every_model_keeps_the_mesh_contract(key: str) -> None:
    design = models()[key]
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
    assert CATEGORIES[design.category].fits(design.size, slack=1e-4), design.size


@pytest.mark.parametrize("key", KEYS)
def test_every_mesh_is_sound(key: str) -> None:
    """Finite, light enough for a home of two hundred, and seen from outside."""
    design = models()[key]
    mesh = design.mesh
    assert np.isfinite(mesh.vertices_V_3).all()
    assert np.isfinite(mesh.face_uv_F_3_2).all()
    assert len(mesh.faces_F_3) < 3000
    assert all(len(set(face)) == 3 for face in mesh.faces_F_3.tolist())

    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(float) * design.size
    areas = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    assert (areas > 1e-12).mean() > 0.98
    assert signed_volume(corners) > 0


@settings(max_examples=300)
@given(
    seed=st.integers(0, 2**32),
    model=st.sampled_from(open_library("parametric").models),
    ceiling=st.floats(2.2, 3.0),
)
def test_sizes_are_natural_and_keep_proportions(
    seed: int, model: ModelInfo, ceiling: float
) -> None:
    size = sample_size(np.random.default_rng(seed), model, ceiling)
    scales = np.array(size) / model.size
    assert np.ptp(scales) < 2e-2
    assert size[2] <= ceiling
    assert scales.max() <= 1 + MAX_SCALE_CHANGE + 1e-2
    if model.size[2] * (1 - MAX_SCALE_CHANGE) <= ceiling:
        assert CATEGORIES[model.category].fits(size, slack=1e-2)
        assert scales.min() >= 1 - MAX_SCALE_CHANGE - 1e-2


@pytest.mark.parametrize("category", ["window", "ceiling lamp", "wall lamp", "floor lamp"])
def test_what_gives_light_shines(category: str) -> None:
    for design in (d for d in models().values() if d.category == category):
        assert max(material.emission for material in design.mesh.materials) > 1


def test_kitchen_units_form_a_row() -> None:
    """Worktops of base units are equally high and deep."""
    units = [d for d in models().values() if d.category == "kitchen cabinet"]
    assert np.ptp([unit.size[2] for unit in units]) < 1e-6
    assert np.ptp([unit.size[1] for unit in units]) < 0.02


def test_each_half_has_sinks_for_kitchens_and_for_bathrooms() -> None:
    library = open_library("parametric")
    for half in ("train", "heldout"):
        sinks = [model for model in library.models_for(half) if model.category == "sink"]
        assert {model.is_kitchen_unit for model in sinks} == {True, False}


def signed_volume(corners: np.ndarray) -> float:
    """Volume of closed parts whose faces are counter-clockwise from outside."""
    products = np.cross(corners[:, 1], corners[:, 2])
    return float(np.einsum("fi,fi->f", corners[:, 0], products).sum() / 6)


def silhouette(mesh: Mesh) -> bytes:
    """A coarse picture of the front and the side: where faces are."""
    centres = mesh.vertices_V_3[mesh.faces_F_3].mean(axis=1)
    cells = ((centres + 0.5) * 6).astype(int).clip(0, 5)
    filled = np.zeros((6, 6, 6), dtype=bool)
    filled[tuple(cells.T)] = True
    return filled.tobytes()


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_variants_differ_in_form(category: str) -> None:
    forms = {(silhouette(d.mesh), d.size) for d in models().values() if d.category == category}
    assert len(forms) >= 4


@pytest.mark.parametrize("category", ["chair", "armchair", "sofa", "bed"])
def test_backs_are_behind(category: str) -> None:
    for design in (d for d in models().values() if d.category == category):
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
    assert signed_volume(corners) == pytest.approx(np.pi * 0.25 * 2, rel=0.01)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_shapes_turned_about_other_axes_face_outwards_too(axis: str) -> None:
    mesh, size = MeshBuilder().cylinder("#808080", (0, 0, 0), 0.3, 1.0, axis=axis).build()
    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(float) * size
    assert signed_volume(corners) > 0.2


def test_colours_are_linear_light() -> None:
    assert hex_to_linear("#ffffff") == pytest.approx((1, 1, 1))
    assert hex_to_linear("#808000") == pytest.approx((0.2159, 0.2159, 0), abs=1e-3)


BUILDS: dict[str, Callable[[MeshBuilder], MeshBuilder]] = {
    "soft box": lambda b: b.soft_box("#808080", (1, 2, 3), (0.4, 0.5, 0.6), 0.1),
    "tube": lambda b: b.tube("#808080", [(0, 0, 0), (0, 0, 1), (0.5, 0, 1.2)], 0.05),
    "prism z": lambda b: b.prism("#808080", [(0, 0), (1, 0), (1, 1)], 0, 1),
    "prism y": lambda b: b.prism("#808080", [(0, 0), (1, 0), (1, 1)], 0, 1, axis="y"),
    "prism x": lambda b: b.prism("#808080", [(0, 0), (1, 0), (1, 1)], 0, 1, axis="x"),
    "ribbon": lambda b: b.ribbon("#808080", [(0, 0), (0.5, 0.1), (1, 0)], 0.02, 0, 1),
    "pillow": lambda b: b.pillow("#808080", (0, 0, 0), (0.5, 0.2, 0.5)),
    "leaf": lambda b: b.leaf("#808080", (0, 0, 0), 0.3, 0.4, 0.3, 0.1),
    "turned box": lambda b: b.box("#808080", (0, 0, 0), (1, 2, 3), 0.1, 0.2, 0.3),
}


@pytest.mark.parametrize("name", BUILDS)
def test_every_shape_is_closed_and_faces_outwards(name: str) -> None:
    mesh, size = BUILDS[name](MeshBuilder()).build()
    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(float) * size
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert signed_volume(corners) > 0
    assert np.abs(normals.sum(axis=0)).max() < 1e-3


def test_materials_shine_let_light_through_and_carry_pictures() -> None:
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    builder = MeshBuilder().box(glow("#ffffff", 2), (0, 0, 0), (1, 1, 1))
    builder.box(glass("#ffffff", 0.25), (0, 0, 1), (1, 1, 1)).image(picture, (0, -1, 0), (1, 1))
    mesh, _ = builder.build()
    lit, clear, painted = mesh.materials
    assert (lit.emission, lit.opacity) == (2, 1)
    assert (clear.emission, clear.opacity) == (0, 0.25)
    assert painted.texture_H_W_3 is picture
    assert mesh.face_uv_F_3_2[-2:].min() == 0
    assert mesh.face_uv_F_3_2[-2:].max() == 1


def test_the_table_of_sizes_is_that_of_the_meshes() -> None:
    """`python tools/parametric_sizes.py` writes it anew."""
    listed = {model.key: (model.category, model.size) for model in list_parametric_models()}
    assert listed == {design.key: (design.category, design.size) for design in models().values()}
