"""What stands beside a box or block, in front of a statement, and behind an answer: read, or
refused.
"""

import pytest

from waywiser.answers import grade

METERS = {"kind": "number", "value": 3, "unit": "m"}
COUNT = {"kind": "integer", "value": 3}
EXPRESSION = {"kind": "expression", "value": "3"}
CHAIR = {"kind": "choice", "value": "chair", "options": ["table", "chair", "lamp", "sofa"]}


@pytest.mark.parametrize(
    "text",
    [
        "The distance is \\boxed{3} m.",
        "$\\boxed{3}\\,\\text{m}$",
        "It is \\boxed{300} cm away",
        "So $d = \\boxed{3}$ meters.",
        "In total: \\boxed{3}",
    ],
)
def test_a_unit_behind_a_box_belongs_to_it(text: str) -> None:
    assert grade(text, METERS).score == 1


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{3} cm",
        "$\\boxed{3}\\,\\text{cm}$",
        "\\boxed{3} m^2",
        "\\boxed{3} million",
        "-\\boxed{3}",
        "x \\ge \\boxed{3}",
    ],
)
def test_another_unit_behind_a_box_is_another_answer(text: str) -> None:
    assert grade(f"The distance is {text}", METERS).score == 0


@pytest.mark.parametrize(
    "text",
    [
        "$x = -\\boxed{3}$",
        "$\\pm\\boxed{3}$",
        "$2\\boxed{3}$",
        "$\\boxed{3}^2$",
        "$\\boxed{3}/4$",
        "$\\boxed{3}\\%$",
        "$\\boxed{3} \\times 10^5$",
        "$x \\ne \\boxed{3}$",
        "At least \\boxed{3}",
        "not \\boxed{3}",
        "Maybe \\boxed{3}",
        "\\boxed{3}?",
        "\\boxed{3} to 4",
        "between 2 and \\boxed{3}",
        "\\boxed{3} is wrong.",
        "First \\boxed{3}, then \\boxed{4",
    ],
)
@pytest.mark.parametrize("answer", [COUNT, EXPRESSION], ids=["count", "expression"])
def test_operators_and_words_beside_a_box_change_it(text: str, answer: dict) -> None:
    assert grade(text, answer).score == 0


@pytest.mark.parametrize(
    "text",
    [
        "I do not think the answer is B.",
        "The wrong answer is B.",
        "I doubt that the answer is B.",
        "Nobody would say that the answer is B.",
        "The second worst answer is B.",
        "Die falsche Antwort ist B.",
        "错误答案是B",
        "<answer>不选B</answer>",
        "<answer>B</answer> million",
        "The answer is B.\nSorry, I meant C.",
        "The answer is B.\nCorrection: C.",
        "The answer is B.\nNever mind, C.",
        "Suppose the answer is B.",
        "<answer>B</answer> No, C.",
        "**Answer: B**\n\nUpon checking, that is not right. It should be C.",
        "The answer is obviously the lamp.\n<answer>chair</answer>",
        '{"answer": "C", "answer": "B"}',
        '```json\n{"answer": "C"}\n```\n```json\n{"answer": "B"}\n```',
        "<|channel|>analysis<|message|>The answer is B.<|end|>",
        "<thinking>\nThe answer is B.\n</thinking>\nI cannot tell.",
    ],
)
def test_a_denied_or_retracted_statement_is_no_answer(text: str) -> None:
    assert grade(text, CHAIR).score == 0


@pytest.mark.parametrize(
    "text",
    [
        "Not the lamp, so the answer is B.",
        "Therefore, the correct answer is B.",
        "I think the answer is B.",
        "The answer is B.\nExplanation: A is behind it.",
        "B. Note that A is a common mistake.",
        "No, that was about A.\nThe answer is B.",
    ],
)
def test_words_about_others_take_nothing_back(text: str) -> None:
    assert grade(text, CHAIR).score == 1


@pytest.mark.parametrize(
    ("truth", "text"),
    [
        ("|x-5|", "5-x"),
        ("|x^2-1|", "x^2-1"),
        ("\\max(x,5)", "5"),
        ("\\lfloor x^2/9 \\rfloor", "0"),
        ("y=|x-3|", "y=3-x"),
    ],
)
def test_letters_take_values_far_from_zero(truth: str, text: str) -> None:
    assert grade(f"\\boxed{{{text}}}", {"kind": "expression", "value": truth}).score == 0
