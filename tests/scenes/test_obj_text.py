"""One plain form of OBJ: however a valid file is written, the survey and the parser read the same
model.
"""

import io
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.furniture_files import box_obj, catalogue_entry, write_sh3f
from waywiser.scenes.furniture.obj_normalization import normalize_obj
from waywiser.scenes.furniture.sh3f import Sh3fCatalog

BLANKS = st.sampled_from([" ", "  ", "\t", " \t ", " \\\n ", "\\\r\n "])
INDENTS = st.sampled_from(["", " ", "\t", "   "])
REMARKS = st.sampled_from(
    ["", "# a remark\n", "  # C:\\models\\\n", "\n", "vp 0.1 0.2\n", "l 1 2\n", "p 1\n"]
)


def triangles(text: bytes) -> np.ndarray:
    """Corners (F, 3, 3) as trimesh reads them, in an order of their own."""
    loaded = trimesh.load(io.BytesIO(text), file_type="obj", force="scene", process=False)
    found = np.concatenate([np.asarray(piece.triangles) for piece in loaded.geometry.values()])
    return found[np.lexsort(np.round(found.reshape(len(found), -1), 5).T)]


def boxes(count: int) -> list[tuple[str, list[list[str]]]]:
    """The lines of several boxes, as (keyword, words): vertices, textures and normals, then faces
    that name them.
    """
    lines: list[tuple[str, list]] = []
    for k in range(count):
        corners = [(x + 2 * k, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
        lines += [("v", [f"{value:.3f}" for value in corner]) for corner in corners]
        lines += [("vt", ["0", "0"]), ("vt", ["1", "0"]), ("vn", ["0", "0", "1"])]
        quads = ((1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4))
        lines += [("f", [(8 * k + i, 2 * k + 1 + i % 2, k + 1) for i in quad]) for quad in quads]
    return lines


def written(
    lines: list, kinds: int, relative: bool = False, data: st.DataObject | None = None
) -> str:
    """The lines as text; with `data` in a way that it draws, with `relative` indices that count
    back.
    """
    draw = data.draw if data is not None else lambda _: ""
    seen = {"v": 0, "vt": 0, "vn": 0}
    text = ""
    for keyword, words in lines:
        if keyword in seen:
            seen[keyword] += 1
        else:
            counts = list(seen.values())
            shown = [
                [i - counts[k] - 1 if relative else i for k, i in enumerate(corner)]
                for corner in words
            ]
            words = ["/".join(map(str, corner[:kinds])) for corner in shown]
        text += draw(REMARKS) + draw(INDENTS) + (draw(BLANKS) or " ").join([keyword, *words]) + "\n"
    return text


@pytest.mark.case(118, 119, 120)
@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.booleans(), st.data())
def test_a_model_is_the_same_however_it_is_written(
    count: int, kinds: int, relative: bool, data: st.DataObject
) -> None:
    lines = boxes(count)
    plain = written(lines, kinds).encode()
    assert normalize_obj(plain) == plain, "what is plain is left byte for byte"
    other = normalize_obj(written(lines, kinds, relative, data).encode())
    np.testing.assert_allclose(triangles(other), triangles(plain), atol=1e-6)
    assert normalize_obj(other) == other


@pytest.mark.case(118)
@pytest.mark.parametrize(
    "change",
    [
        lambda t: "\ufeff" + t,
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\r"),
        lambda t: "\ufeff" + t[t.index("v ") :],
        lambda t: t.replace("\nf ", " # corner\nf "),
        lambda t: t + "l 1 2\np 1\nvp 0 1\n",
        lambda t: t.replace("v ", "v  "),
        lambda t: "# made in C:\\models\\\n" + t,
        lambda t: t.replace("\n", " \n"),
    ],
)
def test_other_habits(change, tmp_path: Path) -> None:
    text = box_obj(5, 5, 9)
    files = {"m/1/m.obj": text, "m/2/m.obj": change(text).encode()}
    catalogue = catalogue_entry(1, id="a") + catalogue_entry(2, id="b")
    library = Sh3fCatalog(write_sh3f(tmp_path / "x.sh3f", catalogue, files))
    a, b = library.entries.values()
    assert library.find_problem(b) is None
    np.testing.assert_allclose(
        np.sort(library.mesh(b).vertices_V_3, axis=0),
        np.sort(library.mesh(a).vertices_V_3, axis=0),
        atol=1e-6,
    )


@pytest.mark.case(120)
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("f 1 2 3 99", "out of range"),
        ("f 1 2 0", "out of range"),
        ("f -1 -2 -99", "out of range"),
        ("f\t1\t2\t99", "out of range"),
        ("f 1 2 \\\n 99", "out of range"),
        ("f a b c", "not numbers"),
        ("v 1 2", "fewer than three"),
        ("v\t1\t2", "fewer than three"),
        ("v 1,5 2 3", "damaged"),
    ],
)
def test_what_the_parser_would_stumble_over_is_found_by_the_survey(
    line: str, reason: str, tmp_path: Path
) -> None:
    path = write_sh3f(
        tmp_path / "x.sh3f",
        catalogue_entry(1, id="a"),
        {"m/1/m.obj": f"{box_obj(5, 5, 9)}{line}\n"},
    )
    library = Sh3fCatalog(path)
    assert reason in (library.find_problem(library.entries["a"]) or "")


@pytest.mark.case(119)
def test_indices_without_textures_count_back_too() -> None:
    text = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 0 1\nf -3//-1 -2//-1 -1//-1\nv 5 5 5\n"
    assert b"\nf 1//1 2//1 3//1\n" in normalize_obj(text)


@given(st.binary(max_size=300))
def test_any_bytes_become_plain(data: bytes) -> None:
    once = normalize_obj(data)
    assert normalize_obj(once) == once
