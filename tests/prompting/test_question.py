"""One text of a question: options and units exactly once."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.prompting import (
    add_option_letters,
    content_parts,
    letters_options,
    question_text,
    shows_options,
    strip_option_list,
)
from waywiser.sample import Answer, Sample

WORDS = st.text(string.ascii_letters + " ", min_size=2, max_size=12).map(str.strip).filter(bool)
OPTIONS = st.lists(WORDS, min_size=2, max_size=5, unique_by=str.casefold)


def sample(question: str, options: list[str] | None = None, unit: str | None = None) -> Sample:
    answer = (
        Answer(kind="choice", value=options[0], options=options)
        if options
        else Answer(kind="number", value=1.0)
    )
    return Sample(
        id="a",
        split="train",
        domain="general",
        task="t",
        source="s",
        question=question,
        options=options,
        answer=answer.model_copy(update={"unit": unit}),
    )


@pytest.mark.parametrize(
    "question",
    [
        "Is it left or right? Answer with 'left' or 'right'.",
        "Which side? left, right",
        "Which?\nA. left\nB. right",
        "Which? (A) left (B) right",
        "Options: A. left; B. right.",
        'Choose "left" / "right"',
        "Which? A) Left B) Right",
    ],
)
def test_options_that_a_question_lists_are_not_listed_again(question: str) -> None:
    assert question_text(sample(question, ["left", "right"])) == question


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("A bag holds 4 red, 3 blue and 2 green discs. How many?", ["4", "3", "2"]),
        ("Turn left at the door, then look right. Where is it?", ["left", "right"]),
        ("Which is the chair?", ["chair", "armchair"]),
        ("right or left?", ["left", "right"]),  # another order: letters would mean other options
    ],
)
@pytest.mark.case(35)
def test_options_that_only_occur_in_a_question_are_listed(
    question: str, options: list[str]
) -> None:
    assert question_text(sample(question, options)) == "\n".join(
        [question, *add_option_letters(options)]
    )


@given(OPTIONS)
def test_options_are_in_every_prompt_and_adding_them_twice_changes_nothing(
    options: list[str],
) -> None:
    text = question_text(sample("Which one?", options))
    assert shows_options(text, options)
    assert letters_options(text, options)
    assert question_text(sample(text, options)) == text


@given(OPTIONS, st.sampled_from([None, "m", "deg"]))
def test_what_is_added_can_be_taken_away(options: list[str], unit: str | None) -> None:
    question = sample("Which one?", options, unit)
    assert strip_option_list(question_text(question), options, unit) == "Which one?"


def test_letters_that_stand_in_the_picture_are_not_listed() -> None:
    assert question_text(sample("Which point?", ["A", "B", "C"])) == "Which point?"


@pytest.mark.parametrize(
    ("question", "unit", "added"),
    [
        ("How far, in meters?", "m", False),
        ("How far, in metres?", "m", False),
        ("How far?", "m", True),
        ("How far do arms reach?", "m", True),
        ("By how many degrees?", "deg", False),
        ("What is the room's area in square metres?", "m2", False),
        ("How fast, in m/s?", "m/s", False),
        ("How much?", "barn", True),
    ],
)
def test_a_unit_is_named_once(question: str, unit: str, added: bool) -> None:
    expected = f"{question}\nGive the answer in {unit}." if added else question
    assert question_text(sample(question, None, unit)) == expected


def test_more_options_than_letters_are_numbered() -> None:
    lines = add_option_letters([f"option {i}" for i in range(28)])
    assert (lines[25], lines[26]) == ("Z. option 25", "27. option 26")


def test_pictures_stand_where_the_text_places_them() -> None:
    parts = content_parts("Left <image> and right <image>?", ["a", "b"])
    assert [part.get("image", part.get("text")) for part in parts] == [
        "Left ",
        "a",
        " and right ",
        "b",
        "?",
    ]


@given(st.text(max_size=40), st.integers(0, 3))
def test_every_picture_is_shown_once_in_order(text: str, count: int) -> None:
    parts = content_parts(text, list(range(count)))
    assert [part["image"] for part in parts if part["type"] == "image"] == list(range(count))


def test_a_typed_place_without_a_picture_is_text() -> None:
    assert content_parts("What does <image> mean?", []) == [
        {"type": "text", "text": "What does <image> mean?"}
    ]
