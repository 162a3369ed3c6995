from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.furniture_files import box_obj, catalogue_entry, write_sh3f
from waywiser.errors import AssetsError
from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture import disk_cache
from waywiser.scenes.furniture.library import (
    FurnitureLibrary,
    ModelInfo,
    ParametricLibrary,
    Sh3fLibrary,
    held_out_keys,
    open_library,
    reopen_library,
)


def keys(models: list[ModelInfo]) -> list[str]:
    return [model.key for model in models]


def test_models_are_sorted_sound_and_named(library_file: Path) -> None:
    library = open_library(library_file)
    assert keys(library.models) == sorted(keys(library.models))
    assert {model.category for model in library.models} == {"chair", "table"}
    assert len(library.models) == 12
    assert "proportions" in library.skipped["test#stretched"]
    assert "test#broken" in library.skipped
    assert "test#sizeless" in library.skipped
    table = library.by_key["test#table0"]
    assert (table.size, table.surface_height, table.license, table.creator) == (
        (1.2, 0.8, 0.74),
        1.0,
        "CC0",
        "Ann",
    )
    assert table.source == "Café"
    assert library.by_key["test#chair0"].surface_height is None


def test_surface_height_is_a_share_of_the_height(tmp_path: Path) -> None:
    text = "".join(
        catalogue_entry(
            i, name="Desk", width=120, depth=60, height=75, dropOnTopElevation=drop, id=f"d{i}"
        )
        for i, drop in ((1, 60), (2, -1))
    )
    members = {f"m/{i}/m.obj": box_obj(12, 6, 7.5) for i in (1, 2)}
    models = open_library(write_sh3f(tmp_path / "x.sh3f", text, members)).models
    assert [m.surface_height for m in models] == [pytest.approx(0.8), None]


def test_a_category_with_one_model_is_left_out(tmp_path: Path) -> None:
    text = catalogue_entry(1, id="a") + catalogue_entry(2, id="b")
    text += catalogue_entry(3, name="Vase", width=20, depth=20, height=40)
    members = {
        "m/1/m.obj": box_obj(5, 5, 9),
        "m/2/m.obj": box_obj(5, 5, 9),
        "m/3/m.obj": box_obj(2, 2, 4),
    }
    assert keys(open_library(write_sh3f(tmp_path / "x.sh3f", text, members)).models) == ["a", "b"]


def test_a_library_with_nothing_to_use(tmp_path: Path) -> None:
    path = write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, name="Boat"), {})
    with pytest.raises(AssetsError, match="no usable indoor furniture"):
        open_library(path)


@pytest.mark.parametrize("which", ["parametric", "file"])
def test_halves_share_no_model_and_both_have_every_category(which: str, library_file: Path) -> None:
    library = open_library(library_file if which == "file" else "parametric")
    train = library.models_for("train")
    heldout = library.models_for("heldout")
    assert not set(keys(train)) & set(keys(heldout))
    assert set(keys(train) + keys(heldout)) == set(library.by_key)
    categories = {model.category for model in library.by_key.values()}
    assert {m.category for m in train} == {m.category for m in heldout} == categories
    with pytest.raises(AssetsError, match="unknown split 'test'"):
        library.models_for("test")


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.sampled_from("ab")),
        min_size=2,
        max_size=40,
        unique_by=lambda t: t[0],
    )
)
def test_holding_out_depends_only_on_the_keys(pairs: list[tuple[str, str]]) -> None:
    models = [ModelInfo(key, word, (1, 1, 1), None, "", "", "") for key, word in pairs]
    held = held_out_keys(models)
    assert held == held_out_keys(reversed(models))
    for word in "ab":
        group = [m.key for m in models if m.category == word]
        if len(group) >= 2:
            assert 1 <= len(held & set(group)) < len(group)


def test_about_a_quarter_is_held_out() -> None:
    models = [ModelInfo(f"k{i}", "chair", (1, 1, 1), None, "", "", "") for i in range(2000)]
    assert 0.21 < len(held_out_keys(models)) / 2000 < 0.29


def test_the_name_opens_the_same_library_again(library_file: Path, tmp_path: Path) -> None:
    library = open_library(library_file)
    moved = library_file.rename(tmp_path / "moved.sh3f")
    assert reopen_library(library.name, moved).name == library.name
    assert reopen_library("parametric", None).name == "parametric"
    with pytest.raises(AssetsError, match="made with furniture sh3f-000"):
        reopen_library("sh3f-000000000000", moved)
    other = write_sh3f(
        tmp_path / "o.sh3f",
        catalogue_entry(1, id="a") + catalogue_entry(2, id="b"),
        {f"m/{i}/m.obj": box_obj(5, 5, 9) for i in (1, 2)},
    )
    assert open_library(other).name != library.name


def test_assets_left_in_the_data_folder_are_found(library_file: Path, tmp_path: Path) -> None:
    assert isinstance(open_library(None), ParametricLibrary)
    folder = tmp_path / "home" / "assets"
    folder.mkdir(parents=True)
    library_file.rename(folder / "a.sh3f")
    library = open_library(None)
    assert isinstance(library, Sh3fLibrary)
    assert open_library(library.name).name == library.name
    assert open_library(folder).name == library.name
    with pytest.raises(AssetsError, match="made with furniture"):
        open_library("sh3f-123456789abc")


def test_empty_folders_and_missing_paths(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssetsError, match=r"no \.sh3f library in"):
        open_library(tmp_path / "empty")
    with pytest.raises(AssetsError, match="no furniture at"):
        open_library(tmp_path / "missing.sh3f")


def test_equal_keys_in_two_libraries_count_once(library_file: Path, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    for name in ("a.sh3f", "b.sh3f"):
        (tmp_path / "two" / name).write_bytes(library_file.read_bytes())
    assert len(open_library(tmp_path / "two").models) == 12


def test_meshes_come_from_the_cache_the_second_time(library_file: Path) -> None:
    first = open_library(library_file)
    mesh = first.mesh("test#chair0")
    assert first.mesh("test#chair0") is mesh
    [stored] = (disk_cache.cache_dir() / "meshes").glob("*.npz")
    again = disk_cache.load_mesh(stored)
    assert again is not None
    assert again.materials == mesh.materials
    for name in ("vertices_V_3", "faces_F_3", "face_material_F", "face_uv_F_3_2"):
        assert np.array_equal(getattr(again, name), getattr(mesh, name))
        assert getattr(again, name).dtype == getattr(mesh, name).dtype


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_cache_is_made_again(library_file: Path, damage: bytes | None) -> None:
    mesh = open_library(library_file).mesh("test#chair0")
    [stored] = (disk_cache.cache_dir() / "meshes").glob("*.npz")
    stored.write_bytes(stored.read_bytes()[:200] if damage is None else damage)
    for survey in disk_cache.cache_dir().glob("survey-*.json"):
        survey.write_text("{")
    again = open_library(library_file)
    assert len(again.models) == 12
    assert np.array_equal(again.mesh("test#chair0").vertices_V_3, mesh.vertices_V_3)
    assert disk_cache.load_mesh(stored) is not None


def test_a_cache_that_cannot_be_written_is_passed_over(
    library_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WAYWISER_CACHE", str(tmp_path / "file" / "cache"))
    assert len(open_library(library_file).mesh("test#chair0").faces_F_3) == 12


@pytest.mark.parametrize("which", ["parametric", "file"])
def test_unknown_models(which: str, library_file: Path) -> None:
    library: FurnitureLibrary = open_library(library_file if which == "file" else "parametric")
    with pytest.raises(AssetsError, match="no model 'nothing#1'"):
        library.mesh("nothing#1")


def test_attribution_names_source_creator_and_licence_once(library_file: Path) -> None:
    text = open_library(library_file).attribution(
        ["test#chair1", "test#chair0", "test#chair1", "unknown"]
    )
    assert text.splitlines() == [
        "Furniture models used:",
        "Café: Ann (CC0): test#chair0, test#chair1",
    ]


def test_a_file_lends_what_it_lacks_from_the_parametric_library(library_file: Path) -> None:
    library = open_library(library_file)
    own = {model.category for model in library.models}
    lent = {model.category for model in library.lent_models}
    assert {"window", "rug", "cup", "bed"} <= lent
    assert not own & lent
    assert own | lent == set(CATEGORIES)
    assert library.mesh("parametric#window-1").materials
    assert "parametric#window-1" in keys(library.models_for("train"))


def test_parametric_models_are_held_out_by_their_number() -> None:
    held_out = keys(open_library("parametric").models_for("heldout"))
    assert held_out
    assert {key[-1] for key in held_out} == {"5", "6"}


def test_ceiling_lamps_of_files_are_replaced_as_they_do_not_shine(tmp_path: Path) -> None:
    text = "".join(
        catalogue_entry(
            i, name="Hanging light", width=40, depth=40, height=60, elevation=180, id=f"l{i}"
        )
        for i in (1, 2)
    )
    text += catalogue_entry(3, id="a") + catalogue_entry(4, id="b")
    members = {f"m/{i}/m.obj": box_obj(4, 4, 6) for i in (1, 2)}
    members |= {f"m/{i}/m.obj": box_obj(5, 5, 9) for i in (3, 4)}
    library = open_library(write_sh3f(tmp_path / "x.sh3f", text, members))
    assert keys(library.models) == ["a", "b"]
    assert "has to shine" in library.skipped["l1"]
