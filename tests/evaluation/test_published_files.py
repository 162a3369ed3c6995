"""The authors' own files and other harnesses' tables of them, with all their oddities, become
items.
"""

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from helpers.layout_files import picture_file, png
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks import BenchmarkItem, load_benchmark
from waywiser.evaluation.benchmarks.row_fields import read_item_options
from waywiser.evaluation.profiles import WAYWISER_PROFILE, score_row
from waywiser.evaluation.profiles.option_parsing import parse_options, split_lettered_options
from waywiser.evaluation.profiles.requested_unit import find_requested_unit


def jpeg() -> bytes:
    sink = io.BytesIO()
    Image.new("CMYK", (24, 24)).save(sink, "JPEG")
    return sink.getvalue()


ENCODED = base64.b64encode(png()).decode()
JPEG = base64.b64encode(jpeg()).decode()
TINY = base64.b64encode(png(size=1)).decode()


def read(
    benchmark: str, folder: Path, *rows: dict[str, Any], name: str = "rows.jsonl"
) -> list[BenchmarkItem]:
    (folder / name).write_text("\n".join(map(json.dumps, rows)))
    return load_benchmark(benchmark, folder).items


def table(path: Path, *rows: dict[str, Any]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


def own_score(item: BenchmarkItem, answer: str) -> float:
    return score_row(item.row(f"<answer>{answer}</answer>"), WAYWISER_PROFILE).value


CV = {
    "idx": 1,
    "type": "2D",
    "task": "Count",
    "question": "How many?",
    "answer": "(B)",
    "source": "COCO",
}
CV |= {"choices": ["1", "2"], "prompt": "How many? (A) 1 (B) 2"}
VISTA = {
    "pid": "1",
    "question": "How much?",
    "image": "images/1.jpg",
    "choices": None,
    "unit": None,
}
VISTA |= {"precision": None, "answer": "3", "question_type": "free_form", "answer_type": "integer"}
WE = {"ID": "2steps_1", "key": "2steps_1", "question": "x?", "image_path": "1.png", "answer": "A"}


def test_logicvista_names_its_picture_and_its_picture_s_site(tmp_path: Path) -> None:
    row = {
        "imagename": "v1_0.png",
        "question": "Which?",
        "answer": "C",
        "skill": ["inductive"],
        "imagesource": "a site",
    }
    picture_file(tmp_path, "images/v1_0.png")
    (tmp_path / "dataset.json").write_text(json.dumps({"v1_0": row}))
    (item,) = load_benchmark("logicvista", tmp_path).items
    assert item.images == (tmp_path / "images" / "v1_0.png",)
    assert item.group == {"skill": "inductive"}


def test_pictures_beside_a_table_that_lies_deeper(tmp_path: Path) -> None:
    picture_file(tmp_path, "data/images/1.jpg")
    (tmp_path / "data" / "testmini.json").write_text(json.dumps([VISTA]))
    (item,) = load_benchmark("mathvista", tmp_path).items
    assert item.pictures()[0].size == (24, 24)


@pytest.mark.parametrize(
    "image",
    [
        f"data:image/png;base64,{ENCODED}",
        base64.encodebytes(png(size=200)).decode(),
        base64.encodebytes(png(size=200)).decode().replace("\n", "\r\n"),
        ENCODED.rstrip("="),
        TINY,
        JPEG,
        f"data:image/jpeg;base64,{JPEG}",
        json.dumps([ENCODED, TINY]),
        repr([ENCODED, TINY]),
        {"bytes": ENCODED, "path": None},
        {"bytes": None, "path": "img/1.png"},
        "img\\1.png",
    ],
    ids=[
        "data",
        "mime",
        "mime crlf",
        "no padding",
        "tiny",
        "jpeg",
        "jpeg data",
        "json list",
        "python list",
        "mapping",
        "path",
        "windows",
    ],
)
def test_every_form_of_a_picture(image: Any, tmp_path: Path) -> None:
    picture_file(tmp_path, "img/1.png")
    (item,) = read("cv-bench", tmp_path, CV | {"image": image})
    assert all(picture.mode == "RGB" for picture in item.pictures())
    assert len(item.images) == (2 if str(image).startswith("[") else 1)


def test_cv_bench_names_its_picture_in_filename(tmp_path: Path) -> None:
    picture_file(tmp_path, "img/1.png")
    (item,) = read("cv-bench", tmp_path, CV | {"filename": "img/1.png"})
    assert item.images == (tmp_path / "img" / "1.png",)


def test_links_out_of_the_folder_are_followed_and_paths_out_of_it_are_not(tmp_path: Path) -> None:
    picture_file(tmp_path / "disk", "1.jpg")
    data = tmp_path / "data"
    data.mkdir()
    (data / "images").symlink_to(tmp_path / "disk")
    (item,) = read("mathvista", data, VISTA)
    assert item.pictures()[0].mode == "RGB"
    for path in ("../disk/1.jpg", "images/../../disk/1.jpg", str(tmp_path / "disk" / "1.jpg")):
        with pytest.raises(DatasetError, match="is missing"):
            read("mathvista", data, VISTA | {"image": path})


@pytest.mark.parametrize(
    "image", ["x" * 5000, "http://host/1.png", base64.b64encode(b"no picture" * 40).decode()]
)
def test_what_is_no_picture_is_told_in_short(image: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        read("mathvista", tmp_path, VISTA | {"image": image})
    assert len(str(caught.value)) < 700
    assert "\n" not in str(caught.value)


def test_questions_in_text_only_are_counted_once(tmp_path: Path) -> None:
    row = {
        "problem_index": "1",
        "question": "x?",
        "image": "1.png",
        "answer": "A",
        "question_type": "free-form",
    }
    picture_file(tmp_path, "1.png")
    versions = ["Vision Only", "Text Only", "Text_Only", "Text Only"]
    rows = [
        row | {"sample_index": str(i), "problem_version": version}
        for i, version in enumerate(versions)
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    loaded = load_benchmark("mathverse", tmp_path)
    assert [item.id for item in loaded.items] == ["0"]
    assert not loaded.bad
    assert loaded.left_out == {"asked in text only, without a picture": 3}


def test_vlmevalkits_table_of_cv_bench(tmp_path: Path) -> None:
    rows = {
        "index": 0,
        "image": ENCODED,
        "question": "How many?",
        "A": "1",
        "B": "2",
        "C": "",
        "answer": "B",
    }
    rows |= {"hint": "look", "category": "Count", "split": "2D", "source": "COCO"}
    table(tmp_path / "CV-Bench-2D.tsv", rows, rows | {"index": 1, "image": "0"})
    table(tmp_path / "CV-Bench-3D.tsv", rows | {"split": "3D", "source": "Omni3D"})
    loaded = load_benchmark("cv-bench", tmp_path)
    assert len(loaded.items) == 3
    assert not loaded.bad
    first = next(item for item in loaded.items if item.id == "CV-Bench-2D-0")
    assert first.options == ("1", "2")
    assert first.group == {"source": "COCO", "type": "2D", "task": "Count"}
    assert "Hint: look" in first.prompt
    assert own_score(first, "B") == own_score(first, "2") == 1
    shared = next(item for item in loaded.items if item.id == "CV-Bench-2D-1")
    assert shared.images == first.images


def test_a_column_that_lost_its_none_keeps_the_letters() -> None:
    assert read_item_options({"A": float("nan"), "B": "Two", "C": "One"}) == ("None", "Two", "One")
    assert read_item_options({"B": "Two"}) == ()
    assert read_item_options({"choices": "nan", "A": "x", "B": "y"}, "choices") == ("x", "y")


def test_vlmevalkits_table_of_vsi_bench(tmp_path: Path) -> None:
    picture_file(tmp_path, "arkitscenes/1/0.png")
    row = {
        "index": 0,
        "video": "arkitscenes/1.mp4",
        "question": "Which?",
        "question_type": "object_rel_distance",
    }
    number = row | {"index": 1, "question_type": "object_counting", "candidates": "", "answer": "4"}
    table(
        tmp_path / "VSI-Bench.tsv",
        row | {"candidates": "['table', 'chair']", "answer": "B"},
        number,
        number | {"index": 2, "answer": "nan"},
    )
    loaded = load_benchmark("vsi-bench", tmp_path)
    first, second = loaded.items
    assert "B. chair" in first.prompt
    assert first.cluster == "arkitscenes/1"
    assert own_score(first, "B") == own_score(first, "chair") == own_score(second, "4") == 1
    assert list(loaded.bad.values()) == ["its truth 'nan' is not a number"]
    with pytest.raises(DatasetError, match="is missing"):
        read("vsi-bench", tmp_path / "arkitscenes", number | {"video": "x" * 9000})


def test_vlmevalkits_table_of_wemath_and_mathvista(tmp_path: Path) -> None:
    we = tmp_path / "we"
    vista = tmp_path / "vista"
    we.mkdir()
    vista.mkdir()
    table(
        we / "WeMath.tsv",
        {k: v for k, v in WE.items() if k != "image_path"} | {"image": ENCODED, "A": "4", "B": "5"},
    )
    (item,) = load_benchmark("wemath", we).items
    assert item.options == ("A. 4", "B. 5")
    table(
        vista / "MathVista_MINI.tsv",
        {
            "index": 7,
            "image": ENCODED,
            "question": "How long?",
            "choices": "['3 m', '4 m']",
            "answer": "4 m",
        }
        | {"question_type": "multi_choice", "answer_type": "text"},
    )
    (item,) = load_benchmark("mathvista", vista).items
    assert own_score(item, "B") == 1


def test_no_known_layout_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        read("cv-bench", tmp_path, {"frage": "wie viele?", "bild": "x"})
    message = str(caught.value)
    assert "its columns: frage, bild" in message
    assert "idx, type, task, image" in message
    assert "VLMEvalKit's tables (index, image, question, A, B, C" in message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("['yes' 'no']", ("yes", "no")),
        ("['a b'\n \"it's\"]", ("a b", "it's")),
        ("array(['a', 'b'], dtype=object)", ("a", "b")),
        ("[1 2 3]", ("1", "2", "3")),
        ("['a', 'b']", ("a", "b")),
        ('["a", "None"]', ("a", "None")),
        ("A. x; B. y", ("A. x", "B. y")),
        ({"A": "x", "B": "y"}, ("x", "y")),
        (["a", "b", None, None], ("a", "b")),
        (float("nan"), ()),
        ("None", ()),
        ("[]", ()),
    ],
)
def test_lists_of_options(value: Any, expected: tuple[str, ...]) -> None:
    assert parse_options(value) == expected


def test_wemaths_options_may_be_a_list_already(tmp_path: Path) -> None:
    picture_file(tmp_path, "1.png")
    (item,) = read("wemath", tmp_path, WE | {"option": ["A. 4", "B. 5"]})
    assert item.options == ("A. 4", "B. 5")


@pytest.mark.parametrize(
    "value", ["A", "3", "[f'a' 'b']", '{"B": "x"}', "['a', '']", ["a", None, "b"], ["x"] * 27]
)
def test_what_is_no_list_of_options(value: Any) -> None:
    with pytest.raises(DatasetError):
        parse_options(value)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (
            "A. 40° B. 70° ;C. 110°; D. No correct answer",
            ("40°", "70°", "110°", "No correct answer"),
        ),
        ("A. 4 B. 3 C. 2 ;D. 1", ("4", "3", "2", "1")),
        ("A. go to ;C.  ;B. to C. ;C. none", ("go to ;C.", "to C.", "none")),
        ("A. an angle ∠PQ;E.; B. none", ("an angle ∠PQ;E.", "none")),
        ("A. to ;B.; B. up; C. no", ("to ;B.", "up", "no")),
        ("(A) 1\n(B) 2", ("1", "2")),
        ("A、1；B、2", ("1", "2")),
        ("A. Turn A round B; A. x;C. Turn B; D. None", ()),
        ("A. Yes; B. No; C. Neither; F. None", ()),
        ("no letters at all", ()),
    ],
)
def test_lettered_options_in_one_text(text: str, options: tuple[str, ...]) -> None:
    expected = tuple(f"{letter}. {option}" for letter, option in zip("ABCD", options, strict=False))
    assert split_lettered_options(text) == expected


def test_wemath_is_read_where_its_options_cannot_be_told_apart(tmp_path: Path) -> None:
    picture_file(tmp_path, "1.png")
    (item,) = read(
        "wemath", tmp_path, WE | {"option": "A. Yes, round ;O.; B. No; F. None", "answer": "B"}
    )
    assert item.options == tuple("ABCDEF")
    assert item.prompt.endswith("F. None")
    assert (own_score(item, "B"), own_score(item, "A"), own_score(item, "F")) == (1, 0, 0)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How much did it cost? (Unit: $)", "dollars"),
        ("What is her age gap? (Unit: years)", "years"),
        ("How many grams does one cube weigh?", "grams"),
        ("A mouse runs 4.5 meters. How many meters per second does it run?", "meters per second"),
        ("How many meters per week does it run?", None),
        ("How many square feet are there?", "square feet"),
        ("What is the size, in degrees, of $\\angle CAB$ ?", "degrees"),
        ("What is the temperature in degrees Celsius?", None),
        ("Find the length of $AB$ (in cm) if $BC = 19$ cm. <image1>", "cm"),
        ("What is the degree of ∠A?", "degrees"),
        ("What is the degree of this function?", None),
        ("Find the square of the distance (in centimeters).", None),
        ("The sides are in cm. What is the angle?", None),
        ("How many blocks are there?", None),
        ("", None),
    ],
)
def test_the_unit_that_a_question_asks_for(question: str, unit: str | None) -> None:
    assert find_requested_unit(question) == unit


def test_units_of_the_data_and_of_the_question_are_part_of_the_answer(tmp_path: Path) -> None:
    picture_file(tmp_path, "images/1.jpg")
    years, pieces = read(
        "mathvista",
        tmp_path,
        VISTA | {"unit": "years"},
        VISTA | {"pid": "2", "question": "How many are left? (Unit: pieces of cake)"},
    )
    assert "(Unit: years)" in years.prompt
    assert (
        own_score(years, "3")
        == own_score(years, "3 years")
        == own_score(pieces, "3 pieces of cake")
        == 1
    )
    assert own_score(years, "3 months") == own_score(pieces, "3 kg") == 0
    row = {
        "benchmark": "dynamath",
        "question_type": "float",
        "ground_truth": "22.5",
        "question": "In degrees, what is it?",
    }
    assert score_row(row | {"model_output": "<answer>22.5°</answer>"}, WAYWISER_PROFILE).value == 1
