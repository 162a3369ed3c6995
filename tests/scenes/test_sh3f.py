import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.furniture_files import MTL, box_obj, catalogue_entry, png, sample_library, write_sh3f
from waywiser.errors import AssetsError
from waywiser.scenes.furniture import model_archive
from waywiser.scenes.furniture.sh3f import CATALOG_FILE, Sh3fCatalog, parse_properties


def test_catalogue_is_read_in_metres_with_licence_and_creator(library_file: Path) -> None:
    library = Sh3fCatalog(library_file)
    assert library.name == "Café"
    entry = library.entries["test#table0"]
    assert entry.size == (1.2, 0.8, 0.74)
    assert (entry.creator, entry.license, entry.door_or_window) == ("Ann", "CC0", False)
    assert "test#sizeless" in library.skipped
    assert "test#sizeless" not in library.entries


def test_drop_elevation_and_own_licence(tmp_path: Path) -> None:
    text = catalogue_entry(1, id="a", dropOnTopElevation=-1, license="MIT", elevation=12)
    text += catalogue_entry(2, id="b", dropOnTopElevation=45)
    a, b = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", text, {})).entries.values()
    assert (a.supports_objects, a.drop_elevation, a.license, a.elevation) == (
        False,
        None,
        "MIT",
        0.12,
    )
    assert (b.supports_objects, b.drop_elevation) == (True, 0.45)


def test_equal_ids_are_told_apart(tmp_path: Path) -> None:
    text = catalogue_entry(1, id="same") + catalogue_entry(2, id="same") + catalogue_entry(3)
    assert list(Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", text, {})).entries) == [
        "same",
        "same~2",
        "x#3",
    ]


def test_properties_grammar() -> None:
    text = "! note\n  a = 1\nb: two\nc three\nlong=one \\\n   line\nkey\\ x=v\\u20ac\\ty\nempty=\nlatin=\xe9\r\nlast=1"
    assert parse_properties(text.encode("latin-1")) == {
        "a": "1",
        "b": "two",
        "c": "three",
        "long": "one line",
        "key x": "v€\ty",
        "empty": "",
        "latin": "é",
        "last": "1",
    }


@given(st.binary(max_size=400))
def test_properties_never_raise_on_bytes(data: bytes) -> None:
    assert isinstance(parse_properties(data), dict)


def test_mesh_fills_the_unit_box_with_its_front_towards_minus_y(library_file: Path) -> None:
    library = Sh3fCatalog(library_file)
    mesh = library.mesh(library.entries["test#table0"])
    assert mesh.vertices_V_3.min(axis=0) == pytest.approx([-0.5] * 3)
    assert mesh.vertices_V_3.max(axis=0) == pytest.approx([0.5] * 3)
    assert (mesh.vertices_V_3.dtype, mesh.faces_F_3.dtype) == (np.float32, np.int32)
    front = next(i for i, m in enumerate(mesh.materials) if m.opacity < 1)
    corners = mesh.vertices_V_3[mesh.faces_F_3[mesh.face_material_F == front]]
    assert corners[..., 1] == pytest.approx(-0.5)


def test_materials_are_linear_light_with_opacity(library_file: Path) -> None:
    library = Sh3fCatalog(library_file)
    wood, front = sorted(
        library.mesh(library.entries["test#chair0"]).materials, key=lambda m: -m.opacity
    )
    assert wood.albedo == pytest.approx((0.2140, 0.0509, 0.0), abs=1e-3)
    assert (wood.opacity, front.opacity) == (1.0, 0.25)


def test_model_rotation_turns_the_model(tmp_path: Path) -> None:
    text = catalogue_entry(
        1, id="a", width=40, depth=80, height=90, modelRotation="0 0 1 0 1 0 -1 0 0"
    )
    library = Sh3fCatalog(
        write_sh3f(tmp_path / "x.sh3f", text, {"m/1/m.obj": box_obj(8, 4, 9), "m/1/m.mtl": MTL})
    )
    entry = library.entries["a"]
    assert library.find_problem(entry) is None
    mesh = library.mesh(entry)
    front = next(i for i, m in enumerate(mesh.materials) if m.opacity < 1)
    corners = mesh.vertices_V_3[mesh.faces_F_3[mesh.face_material_F == front]]
    assert corners[..., 0] == pytest.approx(0.5)  # the face at +z has been turned to +x


def test_a_bad_rotation_skips_the_entry(tmp_path: Path) -> None:
    text = catalogue_entry(1, id="a", modelRotation="1 2 3") + catalogue_entry(2, id="b")
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", text, {}))
    assert list(library.entries) == ["b"]
    assert "modelRotation" in library.skipped["a"]


def test_textures_shrink_and_clear_pixels_take_the_leaf_colour(tmp_path: Path) -> None:
    members = {
        "m/1/m.obj": box_obj(5, 5, 9),
        "m/1/m.mtl": "newmtl wood\nmap_Kd t.PNG\n",
        "m/1/t.png": png(),
    }
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, id="a"), members))
    textures = [m.texture_H_W_3 for m in library.mesh(library.entries["a"]).materials]
    texture = next(t for t in textures if t is not None)
    assert texture.dtype == np.uint8
    assert max(texture.shape[:2]) == 128
    assert np.abs(texture.astype(int) - (200, 40, 40)).max() <= 1


def test_missing_mtl_and_texture_give_plain_colours(tmp_path: Path) -> None:
    members = {
        "m/1/m.obj": box_obj(5, 5, 9),
        "m/2/m.obj": box_obj(5, 5, 9),
        "m/2/m.mtl": "newmtl wood\nmap_Kd no.png\n",
    }
    text = catalogue_entry(1, id="a") + catalogue_entry(2, id="b")
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", text, members))
    for entry in library.entries.values():
        assert all(
            0 < m.albedo[0] < 1 and m.texture_H_W_3 is None for m in library.mesh(entry).materials
        )


def test_mtl_cannot_reach_files_outside_the_library(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    mtl = (
        f"newmtl wood\nmap_Kd {tmp_path / 'secret.png'}\nnewmtl front\nmap_Kd ../../../secret.png\n"
    )
    folder = tmp_path / "lib"
    (folder / "m" / "1").mkdir(parents=True)
    (folder / CATALOG_FILE).write_text(catalogue_entry(1, id="a"))
    (folder / "m" / "1" / "m.obj").write_text(box_obj(5, 5, 9))
    (folder / "m" / "1" / "m.mtl").write_text(mtl)
    library = Sh3fCatalog(folder)
    assert all(m.texture_H_W_3 is None for m in library.mesh(library.entries["a"]).materials)


def test_heavy_models_are_thinned_and_keep_filling_the_box(tmp_path: Path) -> None:
    n = 160
    grid = [
        (x / n, 0.3 * np.sin(9 * x / n) * np.sin(7 * y / n), y / n)
        for y in range(n)
        for x in range(n)
    ]
    faces = [
        (y * n + x + 1, y * n + x + 2, y * n + x + n + 2, y * n + x + n + 1)
        for y in range(n - 1)
        for x in range(n - 1)
    ]
    obj = "".join(f"v {x} {h} {z}\n" for x, h, z in grid) + "".join(
        "f {} {} {} {}\n".format(*f) for f in faces
    )
    library = Sh3fCatalog(
        write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, id="a"), {"m/1/m.obj": obj})
    )
    mesh = library.mesh(library.entries["a"])
    assert 5_000 < len(mesh.faces_F_3) <= 30_000
    assert np.ptp(mesh.vertices_V_3, axis=0) == pytest.approx([1, 1, 1], abs=1e-5)
    assert mesh.face_uv_F_3_2.shape == (len(mesh.faces_F_3), 3, 2)


@pytest.mark.parametrize(
    ("obj", "reason"),
    [
        (box_obj(5, 5, 30), "proportions"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n", "no faces"),
        (box_obj(5, 5, 9) + "f 1 2 99\n", "out of range"),
        (box_obj(5, 5, 9) + "f 1 2 99999999999999999999999\n", "damaged"),
        (box_obj(5, 5, 9) + "v 1 two 3\n", "damaged"),
        (box_obj(5, 5, 9) + "v nan 0 0\n", "out of range"),
        (box_obj(5, 0, 9), "flat"),
        ("", "no faces"),
    ],
)
def test_unusable_models_say_why(tmp_path: Path, obj: str, reason: str) -> None:
    library = Sh3fCatalog(
        write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, id="a"), {"m/1/m.obj": obj})
    )
    assert reason in (library.find_problem(library.entries["a"]) or "")


def test_a_folder_and_its_zip_are_the_same_library(library_file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(library_file) as archive:
        archive.extractall(tmp_path / "unpacked")
    zipped = Sh3fCatalog(library_file)
    folder = Sh3fCatalog(tmp_path / "unpacked")
    assert zipped.fingerprint == folder.fingerprint
    assert zipped.entries == folder.entries
    a, b = (lib.mesh(lib.entries["test#chair1"]) for lib in (zipped, folder))
    assert np.array_equal(a.vertices_V_3, b.vertices_V_3)


def one_line(error: pytest.ExceptionInfo[AssetsError]) -> bool:
    return len(str(error.value)) > 20 and "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a zip at all", b"PK\x03\x04" + b"\0" * 50])
def test_files_that_are_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.sh3f"
    path.write_bytes(content)
    with pytest.raises(AssetsError) as error:
        Sh3fCatalog(path)
    assert one_line(error)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match=r"no furniture at .*none\.sh3f"):
        Sh3fCatalog(tmp_path / "none.sh3f")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.999))
def test_truncated_files(library_file: Path, share: float) -> None:
    data = library_file.read_bytes()
    cut = library_file.with_name("cut.sh3f")
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(AssetsError) as error:
        Sh3fCatalog(cut)
    assert one_line(error)


def test_damaged_catalogue_bytes(library_file: Path) -> None:
    data = bytearray(library_file.read_bytes())
    data[60:90] = b"\xff" * 30  # inside the first member, the compressed catalogue
    library_file.write_bytes(data)
    with pytest.raises(AssetsError, match="cannot read"):
        Sh3fCatalog(library_file)


@pytest.mark.parametrize("catalogue", ["", "name=x\n", "width#1=3\n"])
def test_catalogues_without_furniture(tmp_path: Path, catalogue: str) -> None:
    with pytest.raises(AssetsError, match="no usable furniture"):
        Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue, {}))


def test_a_zip_without_catalogue(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.sh3f", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(AssetsError, match="no PluginFurnitureCatalog"):
        Sh3fCatalog(tmp_path / "x.sh3f")


@pytest.mark.parametrize(
    "name", ["../x.obj", "/etc/x.obj", "a/../../x.obj", "..\\x.obj", "C:/x.obj"]
)
def test_members_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    catalogue, members = sample_library()
    with pytest.raises(AssetsError, match="leaves its folder"):
        Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue, {**members, name: "v 0 0 0"}))


def test_links_that_leave_an_unpacked_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / CATALOG_FILE).write_text(catalogue_entry(1))
    (tmp_path / "lib" / "link.obj").symlink_to(tmp_path / "secret")
    with pytest.raises(AssetsError, match="leaves"):
        Sh3fCatalog(tmp_path / "lib")


def test_zip_bombs_are_refused_before_unpacking(tmp_path: Path) -> None:
    path = write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1), {"bomb": b"\0" * 1000})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")  # the central directory's record of the last member: claim 3 GB
    data[at + 24 : at + 28] = struct.pack("<I", 3 << 30)
    path.write_bytes(data)
    with pytest.raises(AssetsError, match="would unpack to"):
        Sh3fCatalog(path)


def test_one_huge_member_spoils_only_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_archive, "MAX_MEMBER_BYTES", 10_000)
    members = {"m/1/m.obj": b"\0" * 20_000, "m/2/m.obj": box_obj(5, 5, 9)}
    library = Sh3fCatalog(
        write_sh3f(
            tmp_path / "x.sh3f", catalogue_entry(1, id="a") + catalogue_entry(2, id="b"), members
        )
    )
    assert "larger than" in (library.find_problem(library.entries["a"]) or "")
    assert library.find_problem(library.entries["b"]) is None


def test_a_texture_that_is_no_picture_is_left_out(tmp_path: Path) -> None:
    broken = io.BytesIO(png()).getvalue()[:60]
    members = {
        "m/1/m.obj": box_obj(5, 5, 9),
        "m/1/m.mtl": "newmtl wood\nKd 1 0 0\nmap_Kd t.png\n",
        "m/1/t.png": broken,
    }
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue_entry(1, id="a"), members))
    assert all(m.texture_H_W_3 is None for m in library.mesh(library.entries["a"]).materials)
