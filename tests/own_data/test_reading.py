"""What is read of other people's data: questions, options, typed answers, pictures, and what is
left out and why.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from helpers.row_layouts import LAYOUTS, png, turn, write_lines, write_parquet
from waywiser.cli import main
from waywiser.errors import DatasetError, RecipeError
from waywiser.prompting import question_text
from waywiser.sample import Sample
from waywiser.sources.open_data import DataSource, open_data
from waywiser.tasks.completion import gold_completion


def read(path: Path | str, **keys: Any) -> list[Sample]:
    store = open_data(DataSource(path=str(path), **keys))
    return [store.sample(i) for i in range(len(store))]


def info(path: Path | str, **keys: Any) -> Any:
    return open_data(DataSource(path=str(path), **keys)).info


def one(folder: Path, row: dict[str, Any], **keys: Any) -> Sample:
    (sample,) = read(write_lines(folder / "rows.jsonl", [row]), **keys)
    return sample


@pytest.mark.case(32)
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_row_of_a_layout_is_read(tmp_path: Path, name: str) -> None:
    path = LAYOUTS[name](tmp_path)
    images = {"images": tmp_path / "elsewhere"} if name == "vlm_r1" else {}
    store = open_data(DataSource(path=str(path), **images))
    assert (len(store), store.info.left_out) == (8, {})
    assert all(store.images(i) for i in range(8) if store.places(i))
    assert all("<answer>" in gold_completion(store.sample(i)) for i in range(8))


@pytest.mark.case(34)
def test_a_solution_in_tags_becomes_an_integer(tmp_path: Path) -> None:
    sample = read(LAYOUTS["r1_v"](tmp_path))[1]
    assert (sample.question, sample.answer.kind, sample.answer.value) == (
        "How many items are there?",
        "integer",
        1,
    )


@pytest.mark.case(35)
def test_options_of_a_field_are_in_the_prompt(tmp_path: Path) -> None:
    row = {"question": "How many?", "choices": ["2 discs", "3 discs"], "answer": 1}
    sample = one(tmp_path, row)
    assert question_text(sample) == "How many?\nA. 2 discs\nB. 3 discs"
    assert sample.answer.value == "3 discs"
    assert gold_completion(sample) == "<think></think><answer>B</answer>"


@pytest.mark.case(36)
def test_options_cut_from_the_question_are_in_the_prompt(tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "question: problem\noptions_pattern: '^\\(([A-Z])\\) (.+)$'\n"
        "answer: {field: solution, pattern: '<answer>(.+?)</answer>'}\n"
    )
    row = {"problem": "What is it? Options:\n(A) red\n(B) blue", "solution": "<answer>B</answer>"}
    sample = one(tmp_path, row, mapping=str(mapping))
    assert question_text(sample).endswith("Options:\n\nA. red\nB. blue") or question_text(
        sample
    ).endswith("Options:\nA. red\nB. blue")
    assert sample.answer.value == "blue"


@pytest.mark.case(37)
def test_an_answer_by_number_is_the_option_of_that_number(tmp_path: Path) -> None:
    sample = one(tmp_path, {"question": "Which?", "choices": [2, 0, 1], "answer": 0})
    assert sample.answer.value == "2"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([0, 1, 2], ["red", "green", "blue"]),  # counted from 0
        ([1, 2, 3], ["red", "green", "blue"]),  # 3 of three options: counted from 1
        (["0", "2"], ["red", "blue"]),  # digits as text that are no option's own text
        (["A", "(C)", "B."], ["red", "blue", "green"]),
        (["red", "Green"], ["red", "green"]),
        (["C. blue"], ["blue"]),
    ],
)
@pytest.mark.case(37)
def test_letters_numbers_and_texts_name_options(
    tmp_path: Path, answers: list[Any], expected: list[str]
) -> None:
    rows = [
        {"question": f"{n}?", "options": ["red", "green", "blue"], "answer": a}
        for n, a in enumerate(answers)
    ]
    samples = read(write_lines(tmp_path / "rows.jsonl", rows))
    assert [sample.answer.value for sample in samples] == expected


def test_digits_that_are_options_are_taken_by_their_text(tmp_path: Path) -> None:
    sample = one(tmp_path, {"question": "How many?", "options": ["2", "0", "1"], "answer": "0"})
    assert sample.answer.value == "0"


def test_a_guess_about_numbers_is_said(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "r.jsonl", [{"question": "?", "choices": ["a", "b"], "answer": 1}]
    )
    assert info(path).notes == {"answers are options by number, counted from 0": 1}


@pytest.mark.case(38)
def test_pictures_lie_where_data_images_says(tmp_path: Path) -> None:
    path = LAYOUTS["vlm_r1"](tmp_path)
    with pytest.raises(
        DatasetError,
        match=r"no usable rows in .*: 8 x a picture is missing \(row 0: images/0.png\)",
    ):
        open_data(DataSource(path=str(path)))
    assert len(read(path, images=tmp_path / "elsewhere")) == 8


@pytest.mark.case(40)
def test_pictures_keep_their_places_in_the_text(tmp_path: Path) -> None:
    sample = read(LAYOUTS["llava"](tmp_path))[1]
    assert sample.question == "Left: <image> right: <image> How long are both?"


@pytest.mark.case(41)
def test_rows_without_a_picture_are_questions_of_text(tmp_path: Path) -> None:
    store = open_data(DataSource(path=str(LAYOUTS["llava"](tmp_path))))
    assert [len(store.places(i)) for i in range(3)] == [0, 2, 1]


@pytest.mark.case(42)
def test_a_system_turn_is_left_out_and_said(tmp_path: Path) -> None:
    path = LAYOUTS["ms_swift"](tmp_path)
    assert info(path).notes == {"a system message was left out: set prompt.system to use one": 8}
    sample = read(path)[0]
    assert (sample.question, sample.reasoning, sample.answer.value) == (
        "How many discs?",
        "I count 0 and one more.",
        1,
    )


@pytest.mark.case(43)
def test_problem_types_tell_how_to_read_an_answer(tmp_path: Path) -> None:
    rows = [
        {
            "problem": "?",
            "problem_type": "multiple choice",
            "options": ["A. x", "B. y"],
            "solution": "<answer>B</answer>",
        },
        {"problem": "?", "problem_type": "numerical", "solution": "<answer>12</answer>"},
        {"problem": "?", "problem_type": "regression", "solution": "<answer>1.25</answer>"},
        {"problem": "?", "problem_type": "OCR", "solution": "<answer>12 a</answer>"},
        {"problem": "?", "problem_type": "free-form", "solution": "<answer>On the left.</answer>"},
    ]
    found = [(s.answer.kind, s.answer.value) for s in read(write_lines(tmp_path / "r.jsonl", rows))]
    assert found == [
        ("choice", "y"),
        ("integer", 12),
        ("number", 1.25),
        ("text", "12 a"),
        ("text", "On the left."),
    ]


@pytest.mark.case(44)
def test_videos_become_frames(tmp_path: Path) -> None:
    store = open_data(DataSource(path=str(LAYOUTS["video_r1"](tmp_path))))
    assert [len(store.images(i)) for i in range(2)] == [1, 6]


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.case(45, 46)
def test_data_addresses_and_base64_are_pictures(tmp_path: Path, bare: bool) -> None:
    text = base64.b64encode(png(1)).decode()
    row = {
        "question": "?",
        "answer": "3",
        "image": text if bare else f"data:image/png;base64,{text}",
    }
    store = open_data(DataSource(path=str(write_lines(tmp_path / "r.jsonl", [row]))))
    assert store.encoded(store.places(0)[0]) == png(1)


@pytest.mark.parametrize("form", ["wrapped", "urlsafe", "unpadded"])
@pytest.mark.case(46)
def test_base64_in_common_forms(tmp_path: Path, form: str) -> None:
    forms = {
        "wrapped": base64.encodebytes(png(1)).decode(),
        "urlsafe": base64.urlsafe_b64encode(png(1)).decode(),
        "unpadded": base64.b64encode(png(1)).decode().rstrip("="),
    }
    store = open_data(
        DataSource(
            path=str(
                write_lines(
                    tmp_path / "r.jsonl", [{"question": "?", "answer": 1, "image": forms[form]}]
                )
            )
        )
    )
    assert store.encoded(store.places(0)[0]) == png(1)


@pytest.mark.case(47)
def test_a_path_that_no_file_can_have_costs_its_row_alone(tmp_path: Path) -> None:
    rows = [{"question": "?", "answer": i, "image": "x.png"} for i in range(100)]
    (tmp_path / "x.png").write_bytes(png(0))
    rows[5]["image"] = "a" * 300 + ".png"
    rows[6]["image"] = "nul\0.png"
    found = info(write_lines(tmp_path / "r.jsonl", rows))
    assert (found.rows, found.left_out) == (100, {"a picture is missing": 2})
    assert len(read(tmp_path / "r.jsonl")) == 98


@pytest.mark.case(48)
def test_other_line_separators_stay_in_their_texts(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    rows = [{"question": "a\u2028b?", "answer": 1}, {"question": "c\u0085d?", "answer": 2}]
    path.write_text(
        "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        encoding="utf-8",
        newline="",
    )
    assert [sample.question for sample in read(path)] == ["a\u2028b?", "c\u0085d?"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "tsv"])
@pytest.mark.case(49)
def test_byte_order_marks_are_no_part_of_a_name(tmp_path: Path, ending: str) -> None:
    texts = {
        "csv": "question,answer\nhow many?,3\n",
        "tsv": "question\tanswer\nhow many?\t3\n",
        "jsonl": '{"question": "how many?", "answer": 3}\n',
        "json": '[{"question": "how many?", "answer": 3}]',
    }
    path = tmp_path / f"r.{ending}"
    path.write_text(texts[ending], encoding="utf-8-sig")
    assert [(s.question, s.answer.value) for s in read(path)] == [("how many?", 3)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, None),
        ([], None),
        ("", None),
        ("https://example.org/a.png", "a picture is an address"),
        (7, "neither"),
    ],
)
@pytest.mark.case(51)
def test_null_pictures_are_none_and_addresses_are_set_aside(
    tmp_path: Path, value: Any, reason: str | None
) -> None:
    rows = [{"question": "?", "answer": 1, "image": value}, {"question": "?", "answer": 2}]
    found = info(write_lines(tmp_path / "r.jsonl", rows))
    assert [reason in text for text in found.left_out] == [True] * len(found.left_out)
    assert len(found.left_out) == (reason is not None)


@pytest.mark.case(53)
def test_no_usable_row_is_one_line_with_reasons_by_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"question": "?", "image": f"{i}.png", "answer": i} for i in range(5)] + [
        {"question": "?"}
    ] * 2
    path = write_lines(tmp_path / "r.jsonl", rows)
    assert main(["show", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "5 x a picture is missing (row 0: 0.png); 2 x the row has no answer" in error


def test_half_of_the_pictures_missing_is_counted(tmp_path: Path) -> None:
    path = LAYOUTS["ms_swift"](tmp_path)
    for i in range(0, 8, 2):
        (tmp_path / f"images/{i}.png").unlink()
    found = info(path)
    assert (found.left_out, len(read(path))) == ({"a picture is missing": 4}, 4)


def test_a_damaged_picture_and_a_video_without_frames_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_text("<html>")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    rows = [
        {"question": "?", "answer": 1, "image": "bad.jpg"},
        {"question": "?", "answer": 1, "video": "empty.mp4"},
        {"question": "?", "answer": 1, "video": "folder"},
        {"question": "?", "answer": 1, "video": "gone.mp4"},
        {"question": "fine?", "answer": 1},
    ]
    found = info(write_lines(tmp_path / "r.jsonl", rows))
    assert found.left_out == {"a picture or video cannot be read": 3, "a picture is missing": 1}


def test_a_layout_that_nothing_recognizes_names_what_was_found(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r.jsonl", [{"foto": "a.png", "frage": "?", "antwort": "3"}])
    with pytest.raises(DatasetError, match=r"its fields are foto, frage, antwort.*data.mapping"):
        open_data(DataSource(path=str(path)))


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r.jsonl", [{"question": "?", "answer": 1}])
    with pytest.raises(DatasetError, match=r"unknown data\.format 'lava'"):
        open_data(DataSource(path=str(path), format="lava"))


def test_a_mapping_reads_fields_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "question: q.text\nimages: pics\noptions: q.alternatives\nanswer: {field: q.right, kind: index1}\n"
    )
    (tmp_path / "p.png").write_bytes(png(0))
    row = {"q": {"text": "Which?", "alternatives": ["x", "y"], "right": 2}, "pics": ["p.png"]}
    sample = one(tmp_path, row, mapping=str(tmp_path / "m.yaml"))
    assert (sample.answer.value, sample.options) == ("y", ["x", "y"])


def test_a_missing_mapping_is_a_recipe_error(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r.jsonl", [{"question": "?", "answer": 1}])
    with pytest.raises(RecipeError):
        open_data(DataSource(path=str(path), mapping="nowhere.yaml"))


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("3", "integer", 3, None),
        ("1,200", "integer", 1200, None),
        ("2.4 m", "number", 2.4, "m"),
        ("about 2.4 meters", "number", 2.4, "m"),
        ("120 cm", "number", 120.0, "cm"),
        ("35 degrees", "number", 35.0, "deg"),
        ("12.5 square meters", "number", 12.5, "m2"),
        ("\\boxed{42}", "integer", 42, None),
        ("Long story.\n#### 18", "integer", 18, None),
        ("\\frac{1}{2}", "expression", "\\frac{1}{2}", None),
        ("on the left", "text", "on the left", None),
    ],
)
def test_answers_are_typed_by_looking(
    tmp_path: Path, text: str, kind: str, value: Any, unit: str | None
) -> None:
    sample = one(tmp_path, {"messages": turn("Question?", text)})
    assert (sample.answer.kind, sample.answer.value, sample.answer.unit) == (kind, value, unit)


def test_several_turns_become_questions_of_their_own(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "r.jsonl", [{"messages": [*turn("How many?", "3"), *turn("What color?", "red")]}]
    )
    assert [(s.question, s.answer.value) for s in read(path)] == [
        ("How many?", 3),
        ("What color?", "red"),
    ]
    assert list(info(path).notes) == [
        "a conversation had several questions: each became one of its own, without the turns before it"
    ]


def test_a_place_without_its_picture_is_set_aside(tmp_path: Path) -> None:
    rows = [{"messages": turn("<image>How many?", "3")}, {"messages": turn("How many?", "3")}]
    assert list(info(write_lines(tmp_path / "r.jsonl", rows)).left_out) == [
        "the question places a picture, but the row has none"
    ]


def test_options_as_text_of_lists(tmp_path: Path) -> None:
    for text in (
        "['red', 'blue']",
        "['red' 'blue']",
        '["red", "blue"]',
        "A. red\nB. blue",
        "(A) red (B) blue",
    ):
        sample = one(tmp_path, {"question": "Which?", "options": text, "answer": "B"})
        assert (sample.options, sample.answer.value) == (["red", "blue"], "blue"), text


def test_a_file_that_is_edited_is_read_again(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r.jsonl", [{"question": "one?", "answer": 1}])
    assert len(read(path)) == 1
    write_lines(path, [{"question": "one?", "answer": 1}, {"question": "two?", "answer": 2}])
    assert len(read(path)) == 2


def test_a_folder_of_files_is_read_by_split(tmp_path: Path) -> None:
    write_parquet(tmp_path / "train-00000.parquet", [{"question": "a?", "answer": "1"}])
    write_parquet(tmp_path / "test-00000.parquet", [{"question": "b?", "answer": "2"}])
    (tmp_path / "dataset_info.json").write_text("{}")
    assert [s.question for s in read(tmp_path, split="test")] == ["b?"]
    assert len(read(tmp_path)) == 2


def test_a_folder_that_datasets_saved_is_read(tmp_path: Path) -> None:
    from datasets import Dataset

    Dataset.from_list([{"question": "a?", "answer": "1"}]).save_to_disk(str(tmp_path / "saved"))
    assert [s.question for s in read(tmp_path / "saved")] == ["a?"]


@pytest.mark.parametrize("content", ["", "not json", "[1, 2]", "{", "\x00\x01"])
def test_files_of_no_rows_are_one_line(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(content)
    assert main(["show", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_two_rows_of_one_name_have_two_ids(tmp_path: Path) -> None:
    rows = [{"id": "x", "question": f"{i}?", "answer": i} for i in range(3)]
    assert len({sample.id for sample in read(write_lines(tmp_path / "r.jsonl", rows))}) == 3


def test_pictures_that_come_later_are_found(tmp_path: Path) -> None:
    rows = [
        {"question": "?", "answer": 1, "image": "a.png"},
        {"question": "?", "answer": 2, "image": "b.png"},
    ]
    path = write_lines(tmp_path / "r.jsonl", [*rows, {"question": "?", "answer": 3}])
    (tmp_path / "b.png").write_text("<html>")
    assert len(read(path)) == 1
    (tmp_path / "a.png").write_bytes(png(0))
    assert len(read(path)) == 2
    (tmp_path / "b.png").write_bytes(png(1))
    assert len(read(path)) == 3


def test_rows_of_several_layouts_in_one_file_are_all_read(tmp_path: Path) -> None:
    rows = [
        {"messages": turn("How many?", "3")},
        {"problem": "How many?", "solution": "<answer>4</answer>"},
    ]
    assert [s.answer.value for s in read(write_lines(tmp_path / "r.jsonl", rows))] == [3, 4]


def test_places_that_do_not_match_the_pictures_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(0))
    row = {"messages": turn("Is <image> like <image>?", "no"), "images": ["a.png"]}
    path = write_lines(tmp_path / "r.jsonl", [row])
    assert list(info(path).notes) == [
        "the text names another number of places than there are pictures: they go before it"
    ]
