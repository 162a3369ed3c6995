"""Libraries as other systems pack and write them, and the reasons that are given for what is left
out.
"""

import logging
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest

from helpers.furniture_files import MTL, box_obj, catalogue_entry, png, sample_library, write_sh3f
from waywiser.errors import AssetsError
from waywiser.scenes.furniture.library import Sh3fLibrary, open_library
from waywiser.scenes.furniture.sh3f import CATALOG_FILE, Sh3fCatalog

FAULTS = Path(__file__).parents[1] / "data" / "faults"
WORDS = {"armchair", "bed", "bookcase", "chair", "floor lamp", "sofa", "table"}


def area(library: Sh3fLibrary, key: str) -> float:
    """Square metres of a model's surface at its natural size."""
    mesh = library.mesh(key)
    corners = (mesh.vertices_V_3 * np.array(library.by_key[key].size))[mesh.faces_F_3]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(normals, axis=1).sum() / 2)


@pytest.mark.case(112, 114, 119, 120)
@pytest.mark.parametrize(
    "name", ["backslash_members", "german_names_en_file", "obj_negative_interleaved", "obj_tabs"]
)
def test_libraries_that_people_could_not_use(name: str) -> None:
    library = open_library(FAULTS / f"{name}.sh3f")
    assert {model.category for model in library.models} == WORDS
    assert len(library.models) == 14
    assert library.left_out == ""
    for model in library.models:
        assert area(library, model.key) > 0


@pytest.mark.case(119)
def test_blocks_that_count_back_are_not_tangled() -> None:
    plain = open_library(FAULTS / "backslash_members.sh3f")
    counting = open_library(FAULTS / "obj_negative_interleaved.sh3f")
    for model in plain.models:
        assert area(counting, model.key) == pytest.approx(area(plain, model.key), rel=1e-5)


@pytest.mark.case(112)
def test_backslashes_folders_and_all(tmp_path: Path) -> None:
    """Folders are members too, of no bytes and with a backslash at their end."""
    catalogue, members = sample_library()
    path = tmp_path / "x.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CATALOG_FILE, catalogue.encode("latin-1"))
        archive.writestr("m\\", b"")
        archive.writestr("m\\1\\", b"")
        for name, data in members.items():
            archive.writestr(name.replace("/", "\\"), data)
    plain = write_sh3f(tmp_path / "y.sh3f", catalogue, members)
    assert Sh3fCatalog(path).fingerprint == Sh3fCatalog(plain).fingerprint
    materials = open_library(path).mesh("test#chair0").materials
    assert materials == open_library(plain).mesh("test#chair0").materials


@pytest.mark.case(112)
def test_an_unpacked_library_may_hold_names_with_backslashes(tmp_path: Path) -> None:
    catalogue, members = sample_library()
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / CATALOG_FILE).write_text(catalogue)
    for name, data in members.items():
        (folder / name.replace("/", "\\")).write_text(str(data))
    assert len(open_library(folder).models) == 12


OTHER_NAMES = {
    "a blank as %20 in the catalogue": ("my chair/m.obj", "/my%20chair/m.obj"),
    "a blank as %20 in the zip": ("my%20chair/m.obj", "/my chair/m.obj"),
    "%20 in both": ("my%20chair/m.obj", "/my%20chair/m.obj"),
    "a percent sign": ("50% off/m.obj", "/50% off/m.obj"),
    "capitals": ("Chair/M.OBJ", "/chair/m.obj"),
    "accents apart": (unicodedata.normalize("NFD", "stühle/m.obj"), "/st\\u00fchle/m.obj"),
    "accents": ("stühle/m.obj", "/st\\u00fchle/m.obj"),
    "a dot in front": ("./chair/m.obj", "/chair/m.obj"),
}


@pytest.mark.case(112)
@pytest.mark.parametrize("case", OTHER_NAMES)
def test_members_by_other_spellings_of_their_names(case: str, tmp_path: Path) -> None:
    stored, named = OTHER_NAMES[case]
    path = tmp_path / "x.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CATALOG_FILE, catalogue_entry(1, id="a", model=named).encode("latin-1"))
        archive.writestr(stored, box_obj(5, 5, 9, mtl="My%20Colors.MTL"))
        archive.writestr(stored.rpartition("/")[0] + "/my colors.mtl", MTL)
    library = Sh3fCatalog(path)
    assert library.find_problem(library.entries["a"]) is None
    assert {m.opacity for m in library.mesh(library.entries["a"]).materials} == {1.0, 0.25}


@pytest.mark.case(112)
def test_names_in_utf8_that_are_not_marked_as_such(tmp_path: Path) -> None:
    """As macOS packs them: zipfile reads the name as CP437."""
    stored = "stühle/m.obj".encode().decode("cp437")
    path = write_sh3f(
        tmp_path / "x.sh3f", catalogue_entry(1, id="a", model="/st\\u00fchle/m.obj"), {}
    )
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("x" * len(stored.encode("cp437")))
        archive.writestr(info, box_obj(5, 5, 9))
    path.write_bytes(
        path.read_bytes().replace(b"x" * len(stored.encode("cp437")), stored.encode("cp437"))
    )
    library = Sh3fCatalog(path)
    assert library.find_problem(library.entries["a"]) is None


@pytest.mark.parametrize(
    "model", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "..\\\\..\\\\secret"]
)
def test_other_spellings_reach_no_file_outside(model: str, tmp_path: Path) -> None:
    folder = tmp_path / "lib"
    folder.mkdir()
    (tmp_path / "secret").write_text(box_obj(5, 5, 9))
    (folder / CATALOG_FILE).write_text(catalogue_entry(1, id="a", model=model))
    library = Sh3fCatalog(folder)
    assert "has no member" in (library.find_problem(library.entries["a"]) or "")


def german(*languages: str, chairs: int = 2) -> tuple[str, dict[str, bytes | str]]:
    """German chairs, with translations of their names."""
    catalogue = "".join(
        catalogue_entry(i, id=f"s{i}", name=f"Stuhl {i}", category="Wohnzimmer")
        for i in range(chairs)
    )
    members: dict[str, bytes | str] = {f"m/{i}/m.obj": box_obj(5, 5, 9) for i in range(chairs)}
    for language in languages:
        names = "".join(f"name#{i}=Chair {i} {language}\n" for i in range(chairs))
        members[f"PluginFurnitureCatalog_{language}.properties"] = names
    return catalogue, members


@pytest.mark.case(114)
@pytest.mark.parametrize(
    "languages", [("en",), ("en", "fr"), ("en_US",), ("en_GB", "de"), ("en", "en_US")]
)
def test_english_names_beside_others_are_used(languages: tuple[str, ...], tmp_path: Path) -> None:
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", *german(*languages)))
    assert [entry.name for entry in library.entries.values()] == [
        f"Chair {i} {[name for name in languages if name.startswith('en')][-1]}" for i in range(2)
    ]
    assert {entry.group for entry in library.entries.values()} == {"Wohnzimmer"}
    assert len(open_library(tmp_path / "x.sh3f").models) == 2


@pytest.mark.case(114)
def test_names_that_no_english_word_is_in_are_said(tmp_path: Path) -> None:
    catalogue, members = german("fr")
    catalogue += "".join(
        catalogue_entry(i, id=f"sofa{i}", name="Sofa", width=180, depth=80, height=80)
        for i in (8, 9)
    )
    members |= {f"m/{i}/m.obj": box_obj(18, 8, 8) for i in (8, 9)}
    library = open_library(write_sh3f(tmp_path / "x.sh3f", catalogue, members))
    assert {model.category for model in library.models} == {"sofa"}
    assert library.left_out.startswith("2 of 4 furniture entries are not used: 2 x no English word")
    assert "'Stuhl 0'" in library.left_out
    assert "\n" not in library.left_out


def test_a_catalogue_in_utf8(tmp_path: Path) -> None:
    text = catalogue_entry(1, id="a", creator="Zoë")
    path = tmp_path / "x.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CATALOG_FILE, b"\xef\xbb\xbf" + text.encode())
    assert Sh3fCatalog(path).entries["a"].creator == "Zoë"


def refused(path: Path) -> str:
    with pytest.raises(AssetsError) as caught:
        open_library(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def chairs(count: int = 2, obj: str = "", **fields: object) -> tuple[str, dict[str, bytes | str]]:
    catalogue = "".join(catalogue_entry(i, **{"id": f"c{i}", **fields}) for i in range(count))
    return catalogue, {f"m/{i}/m.obj": obj or box_obj(5, 5, 9) for i in range(count)}


@pytest.mark.case(115)
@pytest.mark.parametrize(
    ("library", "words"),
    [
        (
            chairs(width=500, depth=500, height=900),
            ("2 x its size is not that of its word", "centimetres", "5 x 5 x 9"),
        ),
        (chairs(1), ("1 x the only usable model of its kind", "a chair")),
        (chairs(name="Stuhl"), ("2 x no English word that is known in its name", "'Stuhl'")),
        (chairs(category="Exterior"), ("2 x of no indoor furniture's group", "Exterior")),
        (chairs(elevation=120), ("2 x hangs above the floor", "1.2 m")),
        (chairs(doorOrWindow="true"), ("2 x a door or window",)),
        (chairs(name="Garden chair"), ("2 x a word in its name that is left out", "'Garden'")),
        (chairs(obj="v 0 0 0\n"), ("2 x no faces",)),
        (chairs(model="/none.obj"), ("2 x its model cannot be read", "has no member 'none.obj'")),
        (chairs(obj=box_obj(5, 5, 30)), ("2 x proportions unlike the catalogue's",)),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) and value[0][0].isdigit() else "",
)
def test_a_library_of_no_use_says_why(
    library: tuple[str, dict[str, bytes | str]], words: tuple[str, ...], tmp_path: Path
) -> None:
    message = refused(write_sh3f(tmp_path / "x.sh3f", *library))
    for word in ("no usable indoor furniture", *words):
        assert word in message


@pytest.mark.case(111, 115)
def test_entries_that_are_none_are_counted(tmp_path: Path) -> None:
    catalogue, members = chairs(3)
    catalogue = catalogue.replace("width#1=50\n", "") + "price#0=99,95\nmodelSize#0=12\r\n"
    library = open_library(write_sh3f(tmp_path / "x.sh3f", catalogue, members))
    assert len(library.models) == 2
    assert library.skipped == {"c1": "bad catalogue entry: it has no width"}
    with pytest.raises(AssetsError, match=r"1 x bad catalogue entry \(as c0: it has no width\)"):
        Sh3fCatalog(write_sh3f(tmp_path / "y.sh3f", chairs(1)[0].replace("width", "breadth"), {}))


@pytest.mark.case(115)
def test_synthesis_says_what_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from waywiser.dataset.config import SynthesisConfig
    from waywiser.dataset.synthesize import synthesize

    catalogue, members = sample_library()
    path = write_sh3f(tmp_path / "x.sh3f", catalogue, members)
    with caplog.at_level(logging.WARNING, logger="waywiser.dataset.synthesize"):
        synthesize(
            SynthesisConfig(out=tmp_path / "d", assets=path, rooms=2, seed=1, workers=1),
            progress=False,
        )
    (record,) = [r for r in caplog.records if r.name == "waywiser.dataset.synthesize"]
    assert record.getMessage().startswith("4 of 16 furniture entries are not used: ")
    assert "\n" not in record.getMessage()


@pytest.mark.case(122)
@pytest.mark.parametrize(
    "texture", ["my wood.png", "C:\\\\textures\\\\my wood.png", "My%20Wood.PNG", "sub\\my wood.png"]
)
def test_textures_by_the_names_that_exporters_write(texture: str, tmp_path: Path) -> None:
    members = {
        "m/1/m.obj": box_obj(5, 5, 9),
        "m/1/m.mtl": f"newmtl wood\nmap_Kd {texture}\n",
        "m/1/my wood.png": png(),
    }
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, id="a"), members))
    assert any(m.texture_H_W_3 is not None for m in library.mesh(library.entries["a"]).materials)
