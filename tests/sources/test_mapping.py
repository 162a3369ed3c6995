"""Datasets by a mapping: the layouts of GSM8K, Geometry3K, MathV360K and MMK12, in small files
written by us.
"""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from waywiser.errors import DatasetError, RecipeError
from waywiser.sample import Sample
from waywiser.sources import InvalidItem, SourceConfig, open_source
from waywiser.sources.answer_parsing import parse_answer
from waywiser.sources.row_readers import keep_images_encoded


def png(colour: str = "red", size: int = 8) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(sink, "PNG")
    return sink.getvalue()


def items(name: str, path: Path | str, **changes: object) -> list[Sample | InvalidItem]:
    source = open_source(
        SourceConfig.model_validate({"kind": "mapped", "name": name, "path": str(path), **changes})
    )
    found = list(source.items(0, len(source)))
    assert len(found) == len(source)
    assert list(source.items(1, len(source))) == found[1:]
    return found


def lines(path: Path, rows: list[object]) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    )
    return path


def test_gsm8k(tmp_path: Path) -> None:
    rows = [
        {
            "question": "Tom has 1,000 pens and buys 24.",
            "answer": "He has 1000+24=<<1000+24=1024>>1024.\n#### 1,024",
        },
        {"question": "No mark.", "answer": "twelve"},
        "{half a json",
        {"question": "", "answer": "#### 3"},
    ]
    first, *bad = items("gsm8k", lines(tmp_path / "train.jsonl", rows))
    assert isinstance(first, Sample)
    assert (first.answer.kind, first.answer.value, first.task) == ("integer", 1024, "word_problem")
    assert first.reasoning == "He has 1000+24=1024."  # without the calls of the calculator
    reasons = [item.reason for item in bad if isinstance(item, InvalidItem)]
    assert ["form" in reasons[0], "JSON" in reasons[1], "no text" in reasons[2]] == [True] * 3


def test_geometry3k_as_published(tmp_path: Path) -> None:
    for number, answer in ((0, "B"), (1, "Z")):
        folder = tmp_path / "train" / str(number)
        folder.mkdir(parents=True)
        (folder / "img_diagram.png").write_bytes(png())
        (folder / "logic_form.json").write_text('{"dissolved_text_logic_form": ""}')
        row = {
            "problem_text": "In triangle A B C, A B = 3. Find x.",
            "choices": ["3.0", "4.0", "5.0", "6.0"],
            "answer": answer,
            "detailed_solution": " ",
            "problem_type_graph": ["Triangle"],
            "problem_type_goal": ["Length"],
            "source": "ours",
            "comment": "",
            "id": number,
            "annot_id": "us_0",
            "is_standard": False,
            "compact_choices": ["3", "4", "5", "6"],
            "precise_value": [3.0, 4.0, 5.0, 6.0],
            "rough_value": [3, 4, 5, 6],
            "compact_text": "In triangle ABC, AB = 3. Find x.",
            "annotat_text": "In $\\triangle ABC$, $AB=3$. Find $x$",
            "unit": "",
            "img_width": 8,
            "img_height": 8,
            "data_type": "train",
            "date": "",
            "system": "linux",
        }
        (folder / "data.json").write_text(json.dumps(row))
    first, second = items("geometry3k", tmp_path / "train" / "*" / "data.json")
    assert isinstance(first, Sample)
    assert (first.id, first.question) == ("geometry3k-0", "In $\\triangle ABC$, $AB=3$. Find $x$")
    assert (first.answer.value, first.options) == ("4.0", ["3.0", "4.0", "5.0", "6.0"])
    assert first.images == [png()]
    assert isinstance(second, InvalidItem)
    assert "not one of the options" in second.reason


def test_geometry3k_of_the_hub(tmp_path: Path) -> None:
    rows = [
        {
            "images": [{"bytes": png(), "path": None}],
            "problem": "<image>Find $x$.",
            "answer": "\\sqrt{3}",
            "id": 1,
            "choices": ["\\sqrt{3}", "3"],
            "ground_truth": "A",
        },
        {
            "images": [{"bytes": png(), "path": None}],
            "problem": "<image>Find y.",
            "answer": "9.5",
            "id": 2,
            "choices": ["9.5", "3"],
            "ground_truth": "A",
        },
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train.parquet")
    first, second = items("geometry3k-hub", tmp_path)
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert (first.question, first.answer.kind) == ("Find $x$.", "expression")
    assert (second.answer.kind, second.answer.value) == ("number", 9.5)


def conversation(
    question: str, answer: str, image: str = "GeoQA+/images/a.png"
) -> dict[str, object]:
    said = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {"id": "same", "image": image, "conversations": said}


def test_mathv360k(tmp_path: Path) -> None:
    folder = tmp_path / "data_images" / "GeoQA+" / "images"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(png())
    hint = "<image>\nHint: Please answer the question and provide the correct option letter, e.g., A, at the end.\n"
    rows = [
        conversation(
            hint + "Question: What colour?\nChoices:\n(A) red\n(B) blue", "The answer is A"
        ),
        conversation("<image>\nHint: Give an integer.\nQuestion: How many?", "The answer is 12."),
        conversation("<image>\nIs the bar red?", "Yes"),
        conversation("Question: ?", "The answer is 12", "GeoQA+/images/gone.png"),
        conversation("Question: ?", "The answer is 12", "../../secret.png"),
    ]
    (tmp_path / "train_samples_all_tuning.json").write_text(json.dumps(rows))
    first, second, third, *bad = items("mathv360k", tmp_path / "train_samples_all_tuning.json")
    assert isinstance(first, Sample)
    assert (first.question, first.options, first.answer.value) == (
        "What colour?",
        ["red", "blue"],
        "red",
    )
    assert first.images == [png()]
    assert isinstance(second, Sample)
    assert (second.question, second.options, second.answer.value) == ("How many?", None, 12)
    assert isinstance(third, Sample)
    assert (third.question, third.answer.value) == ("Is the bar red?", "Yes")
    assert len({first.id, second.id, third.id}) == 3  # the file's own ids may say the same of all
    reasons = [item.reason for item in bad if isinstance(item, InvalidItem)]
    assert ["missing" in reasons[0], "outside" in reasons[1]] == [True] * 2


def test_mmk12(tmp_path: Path) -> None:
    rows = [
        {
            "id": "7",
            "question": "As in the figure, find the speed.",
            "answer": "2.5",
            "subject": "physics",
            "image": {"bytes": png(), "path": "7.png"},
        },
        {
            "id": "8",
            "question": "?",
            "answer": "x+1",
            "subject": "math",
            "image": {"bytes": b"no", "path": ""},
        },
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "mmk12.parquet", row_group_size=1)
    first, second = items("mmk12", tmp_path / "mmk12.parquet")
    assert isinstance(first, Sample)
    assert (first.id, first.task, first.answer.value) == ("mmk12-7", "physics", 2.5)
    assert isinstance(second, InvalidItem)
    assert "decoded" in second.reason


def test_hub_datasets_give_pictures_as_they_are_stored() -> None:
    datasets = pytest.importorskip("datasets")
    one = datasets.Image()
    several = datasets.List(datasets.Image())
    features = datasets.Features(
        {"image": one, "images": several, "answer": datasets.Value("string")}
    )
    stored = {"bytes": png(), "path": None}
    data = datasets.Dataset.from_list(
        [{"image": stored, "images": [stored], "answer": "1"}], features=features
    )
    row = keep_images_encoded(data)[0]
    assert row["image"]["bytes"] == png()
    assert [picture["bytes"] for picture in row["images"]] == [png()]


def test_a_picture_of_200_megabytes_is_set_aside_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(200 * 2**20)  # a hole: no disk is used
    mapping = tmp_path / "m.yaml"
    mapping.write_text("licence: none\nquestion: q\nimages: i\nanswer: {field: a}\n")
    (found,) = items(
        str(mapping), lines(tmp_path / "rows.jsonl", [{"q": "?", "a": "1", "i": "huge.png"}])
    )
    assert isinstance(found, InvalidItem)
    assert "200 MB" in found.reason


def test_hub_datasets_that_cannot_be_had_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DatasetError, match="cannot load"):
        items("gsm8k", f"hub:{tmp_path}/nothing")


def test_bad_requests_name_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="did you mean 'gsm8k'"):
        items("gsm8", tmp_path)
    with pytest.raises(DatasetError, match="nothing to read"):
        items("gsm8k", tmp_path)
    with pytest.raises(RecipeError, match="needs a path"):
        open_source(SourceConfig(kind="mapped", name="gsm8k"))
    with pytest.raises(RecipeError, match="give it a count"):
        open_source(SourceConfig(kind="drawn", name="table"))
    (tmp_path / "m.yaml").write_text(
        "licence: x\nquestion: q\nanswer: {field: a, pattern: 'no group'}\n"
    )
    with pytest.raises(RecipeError, match="group"):
        items(str(tmp_path / "m.yaml"), tmp_path)
    for field in ("reasoning_without", "question_pattern"):
        (tmp_path / "m.yaml").write_text(
            f"licence: x\nquestion: q\nanswer: {{field: a}}\n{field}: '(('\n"
        )
        with pytest.raises(RecipeError, match="not a regular expression"):
            items(str(tmp_path / "m.yaml"), tmp_path)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "integer", 12),
        ("-1,200", "integer", -1200),
        ("3.25", "number", 3.25),
        ("$\\frac{1}{2}$", "expression", "\\frac{1}{2}"),
        ("yes", "text", "yes"),
        ("north east", "text", "north east"),
    ],
)
def test_answers_are_typed_by_their_form(text: str, kind: str, value: object) -> None:
    answer = parse_answer(text)
    assert (answer.kind, answer.value) == (kind, value)
