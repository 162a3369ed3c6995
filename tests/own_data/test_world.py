"""Layouts and habits of datasets that people publish and train on, each reduced to rows of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.row_layouts import png, turn, write_lines, write_parquet
from waywiser.prompting import question_text
from waywiser.sample import Sample
from waywiser.sources.open_data import DataSource, open_data
from waywiser.training.config import DataConfig
from waywiser.training.data.dataset_export import export_dataset


def store_of(path: Path) -> Any:
    return open_data(DataSource(path=str(path)))


def read(path: Path) -> list[Sample]:
    store = store_of(path)
    return [store.sample(i) for i in range(len(store))]


def rows(folder: Path, *given: dict[str, Any]) -> list[Sample]:
    return read(write_lines(folder / "rows.jsonl", list(given)))


def shown(store: Any, index: int) -> list[bytes]:
    return [store.encoded(place) for place in store.places(index)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(3):
        (tmp_path / f"{i}.png").write_bytes(png(i))
    return tmp_path


@pytest.mark.parametrize("speaker", ["human", "user"])
def test_a_conversation_in_pairs_is_read(folder: Path, speaker: str) -> None:
    """The Cauldron and FineVision (`texts`), ms-swift's short ShareGPT (`conversation`)."""
    pairs = [
        {speaker: "Color?", "assistant": "red", "source": "s"},
        {speaker: "How many?", "assistant": "3"},
    ]
    key = "texts" if speaker == "user" else "conversation"
    samples = rows(folder, {key: pairs, "images": ["0.png"]})
    assert [(s.question, s.answer.value) for s in samples] == [("Color?", "red"), ("How many?", 3)]


def test_earlier_turns_in_a_history_are_questions_too(folder: Path) -> None:
    """ms-swift's `query`, `response`, `history`: the turns of the history were lost without a word."""
    samples = rows(folder, {"query": "How many?", "response": "3", "history": [["Color?", "red"]]})
    assert [(s.question, s.answer.value) for s in samples] == [("Color?", "red"), ("How many?", 3)]


def test_a_picture_named_in_the_text_is_shown(folder: Path) -> None:
    """Qwen-VL's `<img>path</img>`: the question was asked without its picture."""
    store = store_of(
        write_lines(
            folder / "r.jsonl",
            [
                {
                    "conversations": [
                        {"from": "user", "value": f"<img>{i}.png</img>\nColor?"},
                        {"from": "assistant", "value": "red"},
                    ]
                }
                for i in range(2)
            ]
            + [
                {
                    "conversations": [
                        {"from": "user", "value": "No picture?"},
                        {"from": "assistant", "value": "yes"},
                    ]
                }
            ],
        )
    )
    assert [shown(store, i) for i in range(3)] == [[png(0)], [png(1)], []]
    assert store.sample(0).question == "Color?"


@pytest.mark.parametrize(
    ("text", "question", "order"),
    [
        ("<image 2> or <image 1>?", "<image> or <image>?", [1, 0]),  # MMMU
        ("Is <|image_1|> like <|image_2|>?", "Is <image> like <image>?", [0, 1]),  # Phi
        (
            "<image 1> alone, <image 1> again",
            "<image 1> alone, <image 1> again",
            [0, 1],
        ),  # names, not places
    ],
)
def test_places_by_number_show_their_pictures(
    folder: Path, text: str, question: str, order: list[int]
) -> None:
    path = write_lines(
        folder / "r.jsonl", [{"question": text, "answer": "x", "images": ["0.png", "1.png"]}]
    )
    store = store_of(path)
    assert (store.sample(0).question, shown(store, 0)) == (question, [png(i) for i in order])


def test_marks_of_a_processor_are_places(folder: Path) -> None:
    """Prompts that were saved with a template's marks, which would count as a second picture."""
    text = "<|vision_start|><|image_pad|><|vision_end|>Color?"
    (sample,) = rows(folder, {"question": text, "answer": "red", "image": "0.png"})
    assert sample.question == "Color?"


@pytest.mark.parametrize(
    ("options", "answer", "texts", "expected"),
    [
        (
            {"text": ["red", "blue"], "label": ["A", "B"]},
            "B",
            ["red", "blue"],
            "blue",
        ),  # ARC, CommonsenseQA
        (
            [{"label": "A", "text": "red"}, {"label": "B", "text": "blue"}],
            "B",
            ["red", "blue"],
            "blue",
        ),
        (["B. blue", "A. red"], "A", ["red", "blue"], "red"),  # labels out of order
        (
            {"1": "a", "2": "b", "10": "j"},
            "2",
            ["a", "b", "j"],
            "b",
        ),  # keys are what an answer names
        ({"A": "a", "B": None, "C": "c"}, "C", ["a", "c"], "c"),  # a table's gap moves no letter
        (["1. red", "2. blue"], "2", ["red", "blue"], "blue"),
        (["(1) red", "(2) blue"], "1", ["red", "blue"], "red"),
        (["A．red", "B．blue"], "B．", ["red", "blue"], "blue"),
        (["red", "blue", None], "B", ["red", "blue"], "blue"),
        (["1 m", "2 m", "3 m"], "2", ["1 m", "2 m", "3 m"], "2 m"),  # a number without its unit
        ([True, False], True, ["True", "False"], "True"),
        (["red", "blue"], "Option B", ["red", "blue"], "blue"),
        (["red", "blue"], "The answer is B.", ["red", "blue"], "blue"),
    ],
)
def test_an_option_is_found_by_what_it_is_called(
    folder: Path, options: Any, answer: Any, texts: list[str], expected: str
) -> None:
    (sample,) = rows(folder, {"question": "Which?", "options": options, "answer": answer})
    assert (sample.options, sample.answer.value) == (texts, expected)


def test_a_letter_and_words_that_disagree_are_no_answer(folder: Path) -> None:
    """Options shuffled after the answers were written: the words won in silence."""
    path = write_lines(
        folder / "r.jsonl",
        [
            {"question": f"{a}?", "options": ["red", "blue"], "answer": a}
            for a in ("B. red", "B. blue")
        ],
    )
    assert store_of(path).info.left_out == {"the answer's letter and its words name two options": 1}


def test_letters_of_the_question_are_those_of_its_options(folder: Path) -> None:
    """A question that lists the options in another order than their field, which was listed once
    more.
    """
    row = {"question": "Which? (A) blue (B) red", "options": ["red", "blue"]}
    samples = rows(folder, {**row, "answer": "A"}, {**row, "answer": "red"})
    assert [s.answer.value for s in samples] == ["blue", "red"]
    assert question_text(samples[0]) == "Which? (A) blue (B) red"


def test_an_option_of_two_lines_is_listed_once(folder: Path) -> None:
    question = "Which?\nA. the first\nB. the second\nbut one\nC. the third"
    (sample,) = rows(folder, {"question": question, "answer": "B"})
    assert sample.answer.value == "the second\nbut one"
    assert question_text(sample) == question


def test_options_in_a_line_end_where_the_request_begins(folder: Path) -> None:
    """LLaVA-Video's questions, and a sentence about persons A and B that lists nothing."""
    samples = rows(
        folder,
        {"question": "Which? A. x B. y. Answer with the letter.", "answer": "B"},
        {"question": "A. stands left of B. Who is taller?", "answer": "A"},
    )
    assert [(s.options, s.answer.value) for s in samples] == [(["x", "y"], "y"), (None, "A")]


def test_a_statement_by_letter_and_words_is_an_option(folder: Path) -> None:
    """Qwen's example of a reply: "Answer: (B) ..." was free text."""
    (sample,) = rows(
        folder, {"messages": turn("Which?\nOptions:\n(A) push\n(B) pull", "Answer: (B) pull")}
    )
    assert (sample.answer.kind, sample.answer.value) == ("choice", "pull")


def test_a_mapping_says_how_options_are_counted(folder: Path) -> None:
    """Options that are numbers themselves: the option's own text won over `kind: index`."""
    (folder / "m.yaml").write_text("question: q\noptions: o\nanswer: {field: a, kind: index}\n")
    path = write_lines(folder / "r.jsonl", [{"q": "How many?", "o": ["1", "2"], "a": "1"}])
    store = open_data(DataSource(path=str(path), mapping=str(folder / "m.yaml")))
    assert store.sample(0).answer.value == "2"


@pytest.mark.parametrize("key", ["answers", "multiple_choice_answer"])
def test_annotators_who_agree_give_one_answer(folder: Path, key: str) -> None:
    """VQAv2 (mappings), TextVQA as a table has it (the text of a list), and VQAv2's own choice."""
    several = [
        {"answer": "red", "answer_id": 1},
        {"answer": "blue" if key != "answers" else "red", "answer_id": 2},
    ]
    chosen = {} if key == "answers" else {key: "red"}
    samples = rows(
        folder,
        {"question": "Color?", "answers": several, **chosen},
        {"question": "Color again?", "answers": "['red', 'red']", **chosen},
    )
    assert [s.answer.value for s in samples] == ["red", "red"]


def test_an_answer_by_its_index_is_read(folder: Path) -> None:
    """A-OKVQA's `correct_choice_idx`; 1.0 as a table with gaps writes 1."""
    options = ["red", "blue", "tan"]
    samples = rows(
        folder,
        {"question": "a?", "choices": options, "correct_choice_idx": 2},
        {"question": "b?", "choices": options, "correct_choice_idx": 1.0},
    )
    assert [s.answer.value for s in samples] == ["tan", "blue"]


def test_what_is_to_be_read_before_a_question_stands_before_it(folder: Path) -> None:
    """ScienceQA's `hint`: the question alone has no answer."""
    path = write_lines(
        folder / "r.jsonl",
        [{"question": "Who won?", "hint": "Ann lost.", "choices": ["Ann", "Bo"], "answer": 1}],
    )
    assert read(path)[0].question == "Ann lost.\nWho won?"
    assert "a hint or a context stands before the question" in store_of(path).info.notes


def test_the_picture_itself_goes_before_its_path(folder: Path) -> None:
    """MathVista: `image` is a path of its own archive, `decoded_image` the picture."""
    row = {
        "question": "?",
        "answer": "3",
        "image": "images/9.jpg",
        "decoded_image": {"bytes": png(1), "path": None},
    }
    assert shown(store_of(write_parquet(folder / "r.parquet", [row])), 0) == [png(1)]


@pytest.mark.parametrize(
    "fields",
    [
        {"image_path_1": "0.png", "image_path_2": "1.png"},
        {"image": "0.png", "image_2": "1.png"},
        {"images": ["0.png", "1.png", None]},
        {"image_path": "['0.png', '1.png']"},
    ],
)
def test_two_pictures_in_fields_of_all_kinds(folder: Path, fields: dict[str, Any]) -> None:
    store = store_of(write_lines(folder / "r.jsonl", [{"question": "?", "answer": 1, **fields}]))
    assert shown(store, 0) == [png(0), png(1)]


def test_a_table_with_gaps_and_named_options(folder: Path) -> None:
    """VLMEvalKit's tables: "nan" is no option, spaces are no part of a name, a column an option."""
    path = folder / "r.csv"
    path.write_text("question, A, B, C, answer\nWhich?,x,y,nan,B\n")
    (sample,) = read(path)
    assert (sample.options, sample.answer.value) == (["x", "y"], "y")

    path.write_text("question,option_a,option_b,answer\nWhich?,x,y,B\n")
    assert read(path)[0].options == ["x", "y"]


def test_rows_by_their_names_are_rows(folder: Path) -> None:
    """Annotations of MathVista and ScienceQA: one mapping, an id a row."""
    path = folder / "r.json"
    path.write_text(
        json.dumps({"p1": {"question": "a?", "answer": 1}, "p2": {"question": "b?", "answer": 2}})
    )
    assert [(s.id, s.answer.value) for s in read(path)] == [("r-p1", 1), ("r-p2", 2)]


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "How many?", "chosen": "3", "rejected": "4"},
        {"chosen": turn("How many?", "3"), "rejected": turn("How many?", "4")},
        {
            "prompt": "How many?",
            "chosen": turn("How many?", "3"),
            "rejected": turn("How many?", "4"),
        },
        {"prompt": "How many?", "completion": [{"role": "assistant", "content": "3"}]},
        {
            "conversations": [{"from": "human", "value": "How many?"}],
            "chosen": {"from": "gpt", "value": "3"},
        },
        {"messages": str(turn("How many?", "3"))},
    ],
)
def test_the_chosen_reply_is_the_answer(folder: Path, row: dict[str, Any]) -> None:
    """Preference data of TRL and LLaMA-Factory; messages as a table of pandas writes them."""
    assert [(s.question, s.answer.value) for s in rows(folder, row)] == [("How many?", 3)]


def test_replies_labelled_as_bad_are_left_out(folder: Path) -> None:
    """Rows of KTO: `label` is no answer."""
    path = write_lines(
        folder / "r.jsonl",
        [
            {"prompt": "How many?", "completion": str(i), "label": i == 3, "image": "0.png"}
            for i in (3, 4)
        ],
    )
    assert [s.answer.value for s in read(path)] == [3]
    assert store_of(path).info.left_out == {"the reply is labelled as a bad one": 1}


@pytest.mark.parametrize(
    "row",
    [
        {
            "messages": [
                {"role": "user", "content": "?"},
                {"role": "assistant", "content": "3", "reasoning_content": "one and two"},
            ]
        },
        {
            "messages": turn("?", "<think>one and two</think><answer>3</answer>"),
            "solution": "<answer>3</answer>",
        },
        {"question": "?", "answer": "<REASONING>one and two</REASONING><CONCLUSION>3</CONCLUSION>"},
        {"question": "?", "solution": "<answer>3</answer>", "thinking": "one and two"},
    ],
)
def test_chains_are_kept(folder: Path, row: dict[str, Any]) -> None:
    """Chains beside a reply, in a reply with a solution beside it (ms-swift), in LLaVA-CoT's tags."""
    (sample,) = rows(folder, row)
    assert sample.answer.value == 3
    assert "one and two" in (sample.reasoning or "")


@pytest.mark.parametrize(
    ("row", "kind", "value", "unit"),
    [
        ({"solution": "We count all of them. The answer is 3."}, "integer", 3, None),
        ({"answer": "\u22123"}, "integer", -3, None),
        ({"answer": "5.5 cm", "unit": "m"}, "number", 5.5, "cm"),
        ({"answer": "[10, 20]"}, "text", "[10, 20]", None),
    ],
)
def test_numbers_as_people_write_them(
    folder: Path, row: dict[str, Any], kind: str, value: Any, unit: str | None
) -> None:
    (sample,) = rows(folder, {"question": "?", **row})
    assert (sample.answer.kind, sample.answer.value, sample.answer.unit) == (kind, value, unit)


ROUND = [
    {
        "question": "<image 2> or <image 1>?",
        "options": ["left", "right"],
        "answer": "B",
        "images": ["0.png", "1.png"],
    },
    {"question": "Which?\nA. one\nB. two\nlines\nC. three", "answer": "B", "images": ["0.png"]},
    {"question": "Which letter?", "options": ["C", "A", "B"], "answer": "A", "images": ["2.png"]},
    {"question": "How many?", "options": ["2", "1", "0"], "answer": "2"},
    {"question": "How far?", "answer": "2.5", "unit": "m", "images": ["0.png"]},
    {"question": "What is <image> in a page?", "answer": "a tag", "images": ["0.png", "1.png"]},
]


@pytest.mark.parametrize(
    ("to", "ending"),
    [
        ("messages", "jsonl"),
        ("llava", "json"),
        ("easyr1", "parquet"),
        ("trl", "parquet"),
        ("verl", "parquet"),
    ],
)
def test_what_is_exported_is_read_back(folder: Path, to: str, ending: str) -> None:
    source = write_lines(folder / "source.jsonl", ROUND)
    export_dataset(DataConfig(path=[source]), to, folder / f"out.{ending}")
    before = store_of(source)
    after = store_of(folder / f"out.{ending}")
    assert len(after) == len(before) == len(ROUND)
    for index in range(len(before)):
        old = before.sample(index)
        new = after.sample(index)
        assert question_text(new) == question_text(old)
        assert (new.answer.value, new.answer.options) == (old.answer.value, old.answer.options)
        assert shown(after, index) == shown(before, index)
