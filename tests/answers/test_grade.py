"""The grader: what is right in any dress, what is worth nothing, and that hostile text is only a
verdict.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.answers import Verdict, as_answer, extract_answer, grade
from waywiser.errors import DatasetError
from waywiser.sample import Answer

COUNT = {"kind": "integer", "value": 3}
METRES = {"kind": "number", "value": 2.5, "unit": "m"}
NEARER = {"kind": "choice", "value": "chair", "options": ["table", "chair"]}
VALUES = {"kind": "choice", "value": "22.6", "options": ["21", "22.6", "30"]}
SEVERAL = {
    "kind": "choices",
    "value": ["red box", "tall lamp"],
    "options": ["red box", "stool", "tall lamp"],
}
CAPITAL = {"kind": "text", "value": "San José"}
HALF = {"kind": "expression", "value": "\\frac{1}{2}"}
ALL = [COUNT, METRES, NEARER, VALUES, SEVERAL, CAPITAL, HALF]


def outcome(completion: str, answer: dict) -> str:
    return grade(completion, answer).outcome


def inside(text: str) -> str:
    return f"<think>because</think><answer>{text}</answer>"


@pytest.mark.parametrize(
    "completion",
    [
        "<think>x</think><answer>3</answer>",
        "<answer> **3** </answer>",
        "blah </think><answer>3</answer>",
        "so \\boxed{3}",
        "$\\boxed{\\text{3}}$",
        "The answer is 3.",
        "The final answer is: 3",
        "**Answer:** 3",
        "Answer to the question is three",
        "3",
        "<think>4?</think>\nThe answer is 3",
        "The answer is 3.\n<answer>3</answer>",
        "<think>a <answer>9</answer></think><answer>3</answer>",
        "<ANSWER>3</ANSWER>",
    ],
)
def test_the_one_final_answer_is_found(completion: str) -> None:
    assert grade(completion, COUNT) == Verdict(1.0, extract_answer(completion), "right", "", 3)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "three",
        "3.0",
        "+3",
        "3 chairs",
        "There are 3 chairs.",
        "x = 3",
        "6/2",
        "3e0",
        "3 in total",
        '"3"',
    ],
)
def test_integers_in_many_styles(text: str) -> None:
    assert outcome(inside(text), COUNT) == "right"


@pytest.mark.parametrize(
    "text",
    [
        "2.5",
        "2.5 m",
        "2.5m",
        "250 cm",
        "2,500 mm",
        "2.5 meters",
        "about 2.5 metres away",
        "2 m 50 cm",
        "5/2 m",
        "2 1/2 m",
        "2½ m",
        "0.25 × 10^1 m",
        "2.5 × 10⁰ m",
        "\\frac{5}{2}",
        "98.4 in",
        "8' 2\"",
        "8 ft 2 in",
        "2.5\\,\\mathrm{m}",
        "2.5 M",
        "2.5 m (250 cm)",
        "d ≈ 2.5 m",
        "0.0025 km",
        "The distance is 2.5 meters",
        "2.6",
    ],
)
def test_numbers_are_converted_and_right_within_five_percent(text: str) -> None:
    assert outcome(inside(text), METRES) == "right"


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "(B)",
        "B.",
        "B)",
        "[b]",
        "B. chair",
        "(B) chair",
        "B: the chair",
        "option B",
        "chair",
        "The chair",
        "**Chair**",
        "the chair is closer",
        "\\boxed{B. chair}",
        "\\text{chair}",
        "B - chair",
        "`B`",
    ],
)
def test_choices_by_letter_or_words(text: str) -> None:
    assert outcome(inside(text), NEARER) == "right"


@pytest.mark.parametrize("text", ["B", "22.6", "B. 22.6", "\\boxed{B. 22.6}", "22.60"])
def test_numeric_options(text: str) -> None:
    assert outcome(inside(text), VALUES) == "right"


@pytest.mark.parametrize("text", ["A, C", "AC", "(A) and (C)", "C,A", "tall lamp; red box"])
def test_sets_of_choices_in_any_order(text: str) -> None:
    assert outcome(inside(text), SEVERAL) == "right"


@pytest.mark.parametrize(("text", "answer"), [("SAN JOSÉ.", CAPITAL), ("1/2", HALF), ("0.5", HALF)])
def test_text_and_expressions(text: str, answer: dict) -> None:
    assert outcome(inside(text), answer) == "right"


@pytest.mark.parametrize(
    "completion",
    [
        "Final answer: 3 or 4",
        "\\boxed{3} or \\boxed{4}",
        "\\boxed{4} \\boxed{3}",
        "<answer>3</answer><answer>3</answer>",
        "The answer is 4. Wait, the answer is 3.",
        "The answer is 4\nThe answer is 3",
        "The answer is 3.\nOr maybe 4.",
        "<answer>3</answer> or maybe 4",
        "<answer>3</answer> The answer is 4.",
        "\\boxed{4} <answer>3</answer>",
        inside("3, 4"),
        inside("3-4"),
        inside("not 3"),
        inside("maybe 3"),
        inside("3?"),
        inside("2 to 3"),
        inside("at least 3"),
        inside("over 3"),
        inside("0/1"),
        inside("3 and a half"),
        inside("3 4"),
    ],
)
def test_hedges_lists_and_contradictions_are_ambiguous(completion: str) -> None:
    verdict = grade(completion, COUNT)
    assert (verdict.score, verdict.outcome) == (0.0, "ambiguous")
    assert verdict.reason


@pytest.mark.parametrize(
    "completion",
    [
        "\\boxed{4=3}",
        inside("3^2"),
        inside("3²"),
        inside("3!"),
        inside("3*1"),
        inside("3rd"),
        inside("3k"),
        inside("1.2.3"),
        inside("nan"),
        inside("inf"),
        inside("√9"),
        inside("x3"),
        inside("1e999"),
        inside("3/0"),
        inside("9" * 5000),
        "<answer><answer>3</answer></answer>",
        "<answer>3",
        "3</answer>",
        "\\boxed{3",
        "<think>a</think><think>b</think><answer>3</answer>",
        "<think><think></think><answer>3</answer>",
        "<answer><think>a</think>3</answer>",
        "<think>a</think><answer>3</answer></think>",
    ],
)
def test_what_cannot_be_read_is_malformed(completion: str) -> None:
    assert grade(completion, COUNT).score == 0.0
    assert outcome(completion, COUNT) == "malformed"


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "   ",
        "<think>3</think>",
        "<think>The answer is 3</think>",
        "<think><answer>3</answer></think>",
        "<answer></answer>",
        "<answer> \n</answer>",
        "<think>the answer is 3",
        "<think>\\boxed{3}</think>\nso\nyes",
        "\\boxed{}",
        "The answer isn't\n3 as said\nbefore",
    ],
)
def test_no_answer_outside_the_thinking(completion: str) -> None:
    assert outcome(completion, COUNT) == "no_answer"


@pytest.mark.parametrize("text", ["300%", "300\\%", "3 m", "3 cm", "3°"])
def test_a_count_has_no_unit(text: str) -> None:
    assert outcome(inside(text), COUNT) == "wrong_unit"


@pytest.mark.parametrize(
    "text",
    [
        "2.5 m2",
        "2.5 m²",
        "2.5 square meters",
        "2.5 kg",
        "2.5 m/s",
        "2.5 s",
        "2.5°",
        "2.5%",
        "2.5 bananas",
    ],
)
def test_a_unit_of_another_dimension(text: str) -> None:
    assert outcome(inside(text), METRES) == "wrong_unit"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("-3", COUNT),
        ("−3", COUNT),
        ("minus three", COUNT),
        ("twenty-three", COUNT),
        ("3 million", COUNT),
        ("3,000", COUNT),
        ("2.9999", COUNT),
        ("2.5 cm", METRES),
        ("2.5 ft", METRES),
        ("2.5 million", METRES),
        ("-2.5 m", METRES),
        ("2.64", METRES),
        ("A", NEARER),
        ("table", NEARER),
        ("A. table", NEARER),
        ("A. 21", VALUES),
        ("A", SEVERAL),
        ("ABC", SEVERAL),
        ("San Jose", CAPITAL),
        ("1/3", HALF),
    ],
)
def test_wrong(text: str, answer: dict) -> None:
    verdict = grade(inside(text), answer)
    assert (verdict.score, verdict.outcome, verdict.extracted) == (0.0, "wrong", text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A or B", NEARER),
        ("B or C", NEARER),
        ("A, B", NEARER),
        ("B/A", NEARER),
        ("B. table", NEARER),
        ("chair or table", NEARER),
        ("chair, not the table", NEARER),
        ("not the chair", NEARER),
        ("chair?", NEARER),
        ("the chair (A)", NEARER),
        ("C", NEARER),
        ("sofa", NEARER),
        ("-22.6", VALUES),
        ("22.6/2", VALUES),
        ("B. 21", VALUES),
        ("22.6 cm", VALUES),
        ("AA", SEVERAL),
        ("red box or tall lamp", SEVERAL),
    ],
)
def test_choices_that_do_not_choose_earn_nothing(text: str, answer: dict) -> None:
    verdict = grade(inside(text), answer)
    assert verdict.score == 0.0
    assert verdict.outcome in ("ambiguous", "malformed")


def test_a_wrong_number_keeps_its_reading_in_the_unit_of_the_question() -> None:
    verdict = grade(inside("300 cm"), METRES)
    assert (verdict.outcome, verdict.value) == ("wrong", 3.0)


def test_tolerance_of_the_answer_replaces_the_default() -> None:
    assert outcome(inside("2.54"), METRES | {"tolerance": 0.01}) == "wrong"
    assert outcome(inside("2.52"), METRES | {"tolerance": 0.01}) == "right"
    assert outcome(inside("4"), COUNT | {"tolerance": 0.5}) == "right"


def test_zero_needs_zero() -> None:
    zero = {"kind": "number", "value": 0.0, "unit": "m"}
    assert outcome(inside("0 cm"), zero) == "right"
    assert outcome(inside("0.001"), zero) == "wrong"


def test_long_completions_are_read_at_head_and_tail() -> None:
    filler = "word " * 100_000
    assert outcome(f"<think>{filler}</think><answer>3</answer>", COUNT) == "right"
    assert outcome(f"<think>{filler}<answer>3</answer>", COUNT) == "no_answer"
    assert outcome(f"<answer>3</answer>{filler}<answer>4</answer>", COUNT) == "ambiguous"


decorations = st.sampled_from(
    ["{}", "**{}**", " {} ", "\n{}\n", "`{}`", "${}$", "__{}__", "*{}*", "{}.", "\\boxed{{{}}}"]
)
golds = st.sampled_from(
    [
        (COUNT, "3"),
        (METRES, "2.5 m"),
        (METRES, "250 cm"),
        (NEARER, "chair"),
        (NEARER, "B"),
        (NEARER, "(B) chair"),
        (SEVERAL, "A, C"),
        (CAPITAL, "San José"),
    ]
)


@settings(deadline=None)
@given(golds, decorations, st.sampled_from([str, str.upper, str.lower, str.title]))
def test_case_white_space_and_markdown_do_not_matter(gold, decoration, case) -> None:
    answer, text = gold
    assert grade(inside(decoration.format(case(text))), answer).score == 1.0


@settings(deadline=None, max_examples=400)
@given(
    st.text(max_size=300)
    | st.binary(max_size=300).map(lambda b: b.decode("utf-8", "surrogateescape"))
)
def test_any_text_gets_a_verdict(text: str) -> None:
    for answer in ALL:
        for completion in (text, inside(text), f"\\boxed{{{text}}}", f"The answer is {text}"):
            verdict = grade(completion, answer)
            assert 0.0 <= verdict.score <= 1.0
            assert (verdict.score == 1.0) == (verdict.outcome == "right")


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "<think>",
                "</think>",
                "<answer>",
                "</answer>",
                "\\boxed{",
                "}",
                "{",
                "3",
                "4",
                " or ",
                "m",
                "cm",
                "-",
                "/",
                "^",
                "chair",
                "table",
                "A",
                "(B)",
                "\n",
                "The answer is ",
                "\\frac{",
                "e",
                ".",
                ",",
                "²",
                "½",
                "×10",
            ]
        ),
        max_size=24,
    )
)
def test_scraps_of_markup_get_a_verdict(scraps: list[str]) -> None:
    for answer in ALL:
        assert grade("".join(scraps), answer).score in (0.0, 1.0)


@pytest.mark.parametrize(
    "hostile",
    [
        "<think>" * 200_000,
        "<answer>" * 200_000,
        "\\boxed{" * 200_000,
        "{" * 10**6,
        "9" * 5_000_000,
        "answer is " * 10**5,
        inside("1,111" * 100),
        inside("9" * 500),
        inside("( " * 250),
        inside(" a" * 250),
        inside("\\frac{" * 80),
        inside("ﷺ" * 500),
        inside("9^9^9^9^9^9"),
        inside("1" + "0" * 400),
        inside("1e" + "9" * 300),
        "* _" * 10**6,
        inside("٣"),
        "\x00" * 1000,
        "\ud800" * 1000,
    ],
)
def test_hostile_text_is_only_worth_nothing(hostile: str) -> None:
    for answer in ALL:
        assert grade(hostile, answer).score == 0.0


def test_mutations_of_a_right_answer_never_become_right_by_a_second_number() -> None:
    rng = random.Random(0)
    for _ in range(300):
        other = rng.choice([n for n in range(20) if n != 3])
        glue = rng.choice(
            [
                " or ",
                ", ",
                " ",
                " and ",
                "/",
                "-",
                " to ",
                "; ",
                " vs ",
                " (",
                "\n",
                "=",
                "*",
                "^",
                ":",
            ]
        )
        pair = [3, other]
        rng.shuffle(pair)
        text = inside(f"{pair[0]}{glue}{pair[1]}")
        verdict = grade(text, COUNT)
        # 6/2 and the like may truly be 3; anything else has two numbers.
        assert verdict.score == 0.0 or (glue == "/" and pair[0] == 3 * pair[1]), text


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"kind": "integer"},
        {"kind": "colour", "value": "red"},
        {"kind": "integer", "value": 2.5},
        {"kind": "integer", "value": "three or four"},
        {"kind": "number", "value": float("nan")},
        {"kind": "number", "value": "wide"},
        {"kind": "number", "value": 1.0, "x": 1},
        {"kind": "choice", "value": "sofa", "options": ["chair", "table"]},
        {"kind": "choice", "value": ""},
        {"kind": "choices", "value": ["a", "z"], "options": ["a", "b"]},
        {"kind": "text", "value": ["a"]},
        {"kind": "number", "value": 1.0, "tolerance": -1.0},
        "not json",
        "[1, 2]",
        "{",
        "[" * 100_000,
        3,
        None,
    ],
)
def test_a_malformed_answer_is_a_dataset_error(row) -> None:
    with pytest.raises(DatasetError):
        grade(inside("3"), row)


def test_rows_as_dataset_files_hold_them() -> None:
    absent = {"unit": None, "options": None, "tolerance": None}
    assert as_answer({"kind": "integer", "value": "3", **absent}).value == 3
    assert as_answer({"kind": "number", "value": "2.5", **absent, "unit": "m"}).value == 2.5
    assert as_answer('{"kind": "choice", "value": "b", "options": ["a", "b"]}').value == "b"
    assert as_answer({"kind": "choices", "value": '["b"]', "options": ["a", "b"]}).value == ["b"]
    assert as_answer(Answer(kind="integer", value=3)) == Answer(kind="integer", value=3)
