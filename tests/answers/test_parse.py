"""Where the final answer of a completion stands, whatever family of models wrote it."""

import pytest

from waywiser.answers import extract_answer, extract_boxed, grade

COUNT = {"kind": "integer", "value": 7}
CHAIR = {"kind": "choice", "value": "chair", "options": ["lamp", "chair", "sofa", "table"]}


@pytest.mark.parametrize(
    "completion",
    [
        "◁think▷7 or 8?◁/think▷7",
        "[THINK]Not 8.[/THINK]The answer is 7",
        "<seed:think>8</seed:think>\\boxed{7}",
        "<think>I see.</think>So it is\n<|begin_of_box|>7<|end_of_box|>",
        "<answer>7</answer><|im_end|>",
        "\\boxed{7}</s>",
        "<|channel|>analysis<|message|>8<|end|><|start|>assistant<|channel|>final<|message|>The answer is 7.<|return|>",
        '{"solution": "3 + 4", "short answer": "7"}',
        '```json\n{"answer": 7}\n```',
        'Here it is:\n```json\n{"final_answer": "7"}\n```',
        '<answer>{"answer": "7"}</answer>',
        "答案：7",
        "最终答案是：\\boxed{7}。",
        "Die Antwort ist 7.",
        "Ответ: 7",
        "La respuesta es 7",
        "Réponse : 7",
        "Answer:\n\\[\n7\n\\]",
        "The answer is 7!",
        "<think>zoom</think>\n<tool_call>{}</tool_call>\n<think>now</think>\n<answer>7</answer>",
        "rest of a thought</think>7",
    ],
)
def test_seven_as_many_families_say_it(completion: str) -> None:
    assert grade(completion, COUNT).score == 1, grade(completion, COUNT)


@pytest.mark.parametrize(
    "completion",
    [
        "◁think▷The answer is 7◁/think▷8",
        "◁think▷7",
        '{"thoughts": "7"}',
        '{"answer": "7", "final answer": "8"}',
        '{"answer": ["7", "8"]}',
        '{"answer": true}',
        '{"answer": {"value": 7}}',
        "答案：7 或 8",
        "<|begin_of_box|>7",
        "<think>a</think><think>b</think><answer>7</answer>",
        "<think>a</think>7<think>8",
        "Antwort: nicht 7",
    ],
)
def test_seven_is_not_said(completion: str) -> None:
    assert grade(completion, COUNT).score == 0


def test_an_answer_line_behind_a_box_of_the_working_counts() -> None:
    working = "It must satisfy \\boxed{x \\ll y} here.\n\n**Answer: {}**"
    assert grade(working.replace("{}", "B"), CHAIR).score == 1
    assert grade(working.replace("{}", "A"), CHAIR).score == 0
    assert grade("**Answer: B**\n\nIt must satisfy \\boxed{x \\ll y}.", CHAIR).score == 0


def test_or_before_a_box_that_says_the_same_again_is_no_hedge() -> None:
    half = {"kind": "expression", "value": "1/2"}
    assert grade("It is $0.5$, or \\boxed{\\frac{1}{2}}.", half).score == 1
    assert grade("It is $0.6$, or \\boxed{\\frac{1}{2}}.", half).score == 0
    assert grade("It is 8 or \\boxed{7}.", COUNT).outcome == "ambiguous"


def test_boxes_are_read_by_one_reader() -> None:
    assert extract_boxed("\\boxed{1} and \\boxed{\\boxed{2}} and \\fbox{ {3} }") == [
        "1",
        "\\boxed{2}",
        "{3}",
    ]
    assert extract_boxed("\\boxed{1") == []


def test_commands_escaped_twice_are_read() -> None:
    half = {"kind": "number", "value": 0.5, "unit": "m"}
    assert grade("<answer>\\\\frac{1}{2} \\\\text{ m}</answer>", half).score == 1
    assert grade("<answer>\\\\frac{1}{3} \\\\text{ m}</answer>", half).score == 0


def test_extract_gives_the_text_as_it_was_written() -> None:
    assert extract_answer("<|begin_of_box|>B. chair<|end_of_box|>") == "B. chair"
    assert extract_answer("Antwort: **C**") is not None
