"""Choices: letters, words, lists, values and formulas, each as a whole."""

import pytest

from waywiser.answers import grade

FURNITURE = ["the red lamp", "the blue chair", "the green sofa", "the white table"]
SIDES = ["left", "right", "front"]
LENGTHS = ["2 m", "3 m", "4 m", "200 m"]
ORDERS = ["chair, table, lamp", "table, chair, lamp", "lamp, table, chair"]
FORMULAS = ["$\\frac{p+q}{2}$", "$p+q$", "$\\sqrt{p q}$", "$4 \\pi$"]


def score(text: str, options: list[str], value: str) -> float:
    return grade(
        f"<answer>{text}</answer>", {"kind": "choice", "value": value, "options": options}
    ).score


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "(B)",
        "B.",
        "b",
        "Ｂ",
        "“B”",
        "'B'",
        '["B"]',
        '{"answer": "B"}',
        "【B】",
        "- B",
        "B。",
        "Answer: B",
        "Option: B",
        "The answer is B",
        "The correct option is B.",
        "I choose B",
        "I would pick B",
        "B is correct",
        "B is the right answer",
        "答案：B",
        "选项B",
        "選 B",
        "Antwort: B",
        "Ответ: B",
        "B. the blue chair",
        "B, the blue chair",
        "B) blue chair",
        "The blue chair (B)",
        "B because it is nearest",
        "B, since A is behind the wall",
        "B. A is incorrect.",
        "The answer is B because a car moves.",
        "B — a safe choice",
        "B: it stands in front of the lamp",
        "the blue chair",
        "It is the blue chair.",
        "It's the blue chair",
        "The blue chair is closest.",
    ],
)
def test_the_chair_in_many_forms(text: str) -> None:
    assert score(text, FURNITURE, "the blue chair") == 1


@pytest.mark.parametrize(
    "text",
    [
        "B, A",
        "B and C",
        "B\nA",
        "B | A",
        "B. the red lamp",
        "B - the green sofa",
        "B or C",
        "B, possibly C",
        "B? C",
        "It might be the blue chair",
        "It could be B",
        "the blue chair, the stool",
        "the leg of the blue chair",
        "the blue chair leg",
        "everything except the blue chair",
        "the opposite of the blue chair",
        "B. Wait, C.",
        "B. Option C is correct.",
        "B, but C is also right",
        "The blue chair is wrong",
        "B is incorrect",
        "B is not correct",
        "not B",
        "Neither B nor C",
        "B/C",
        "half of the blue chair",
        "the dark-blue chair",
        "the blue chair-bed",
    ],
)
def test_what_does_not_choose_the_chair(text: str) -> None:
    assert score(text, FURNITURE, "the blue chair") == 0


@pytest.mark.parametrize(
    "text",
    [
        "$\\frac{1}{2}$ m",
        "1/2 m",
        "half of 2 m",
        "10 times 2 m",
        "less than 2 m",
        "20% of 2 m",
        "2 m 50 cm",
        "2 m²",
        "2 m/s",
        "1,200 m",
        "-2 m",
        "A. 3 m",
        "A. -2 m",
        "2 m x 3 m",
        "2-3 m",
        "√2 m",
        "2 m per step",
        "about 2.4 m",
    ],
)
def test_a_measure_is_an_option_only_as_a_whole(text: str) -> None:
    assert score(text, LENGTHS, "2 m") == 0


@pytest.mark.parametrize(
    "text", ["2 m", "2.0 meters", "200 cm", "A. 2 m", "about 2 m", "2 m (A)", "6.5617 ft"][:-1]
)
def test_a_measure_as_an_option(text: str) -> None:
    assert score(text, LENGTHS, "2 m") == 1


@pytest.mark.parametrize(
    "text", ["back-left", "front left", "left-right", "left and front", "upper left", "left half"]
)
def test_a_word_inside_a_compound_is_no_option(text: str) -> None:
    assert score(text, SIDES, "left") == 0


@pytest.mark.parametrize(
    "text",
    [
        "1. chair 2. table 3. lamp",
        "chair, table and lamp",
        "chair > table > lamp",
        "chair → table → lamp",
    ],
)
def test_orders_as_lists(text: str) -> None:
    assert score(text, ORDERS, ORDERS[0]) == 1


@pytest.mark.parametrize(
    "text",
    ["chair, lamp, table", "chair, table", "chair, table, lamp, sofa", "1. table 2. chair 3. lamp"],
)
def test_other_orders(text: str) -> None:
    assert score(text, ORDERS, ORDERS[0]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "\\dfrac{p+q}{2}",
        "\\frac{ p + q }{2}",
        "(p+q)/2",
        "A. $\\frac{p+q}2$",
        "The answer is $\\frac{p+q}{2}$",
    ],
)
def test_formulas_are_compared_as_expressions(text: str) -> None:
    assert score(text, FORMULAS, FORMULAS[0]) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("\\frac{p+q}{2}", "$p+q$"),
        ("p+q < 1", "$p+q$"),
        ("-(p+q)", "$p+q$"),
        ("P+Q", "$p+q$"),
        ("\\frac{9}{4}\\pi", "$4 \\pi$"),
        ("8 + 4\\pi", "$4 \\pi$"),
        ("A. $p+q$", "$p+q$"),
        ("\\sqrt{p}+\\sqrt{q}", "$\\sqrt{p q}$"),
    ],
)
def test_a_formula_inside_another_is_no_option(text: str, value: str) -> None:
    assert score(text, FORMULAS, value) == 0


def test_options_that_are_letters() -> None:
    shuffled = {"kind": "choice", "value": "C", "options": ["B", "C", "D", "none of them"]}
    verdict = grade("<answer>C</answer>", shuffled)
    assert (verdict.outcome, verdict.score) == ("ambiguous", 0.0)
    assert "letter" in verdict.reason
    in_place = {"kind": "choice", "value": "C", "options": ["A", "B", "C", "D"]}
    assert grade("<answer>C</answer>", in_place).score == 1
    assert grade("<answer>B</answer>", in_place).score == 0


def test_numbers_in_words_are_the_same_words() -> None:
    assert score("two o'clock", ["1 o'clock", "2 o'clock", "12 o'clock"], "2 o'clock") == 1
    assert score("twelve o'clock", ["1 o'clock", "2 o'clock", "12 o'clock"], "2 o'clock") == 0


@pytest.mark.parametrize(
    "text",
    ["A, C", "The answers are C and A", "both A and C", "{A; C}", '["A", "C"]', "(A), and (C)"],
)
def test_sets_of_letters(text: str) -> None:
    answer = {"kind": "choices", "value": [FURNITURE[0], FURNITURE[2]], "options": FURNITURE}
    assert grade(f"<answer>{text}</answer>", answer).score == 1


def test_a_dash_behind_a_letter_may_be_a_minus() -> None:
    options = ["$8y-7$", "$-8y-7$", "$x^2+8x-9$"]
    assert score("A - $8y-7$", options, options[0]) == 1
    assert score("A - $-8y-7$", options, options[0]) == 0
    assert score("-\\left(x^2+8x-9\\right)", options, options[2]) == 0


def test_codes_are_words() -> None:
    assert score("c7", ["A12", "B3", "C7"], "C7") == 1
    assert score("C78", ["A12", "B3", "C7"], "C7") == 0
