"""What a chain is, what is wrong with one, and the measures of its quality."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.curation.chain_measures import measure_chain, split_steps
from waywiser.curation.chains import (
    Chain,
    find_fault,
    foreign_letter_share,
    is_incomplete,
    parse_chain,
)
from waywiser.curation.config import ChainConfig
from waywiser.curation.equations import find_equations, find_false_equation
from waywiser.sample import Answer

QUESTION = "Ada has 3 marbles and finds 4 more. How many marbles does she have?"
ANSWER = Answer(kind="integer", value=7)
GOOD = (
    "Step 1: At first Ada has 3 marbles.\nStep 2: She finds 4, so there are 3 + 4 = 7.\n"
    "Check: putting it back, 7 - 4 = 3, as in the question."
)


def kind(thinking: str, answer: str = "7") -> str | None:
    found = find_fault(Chain(thinking, answer), QUESTION, ANSWER, ChainConfig())
    return None if found is None else found.partition(":")[0]


def test_a_good_chain_has_no_fault() -> None:
    assert kind(GOOD) is None


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [
        ("It is 7.", "short"),
        (GOOD + " As the answer key says, that is right.", "leak"),
        (GOOD + " The correct answer is given, so I only explain it.", "leak"),
        ("The answer is 7. " + GOOD, "leak"),
        (GOOD + " we add and add again" * 40, "repetition"),
        (GOOD + " 所以答案就是这么多，我们可以再检查一次。", "language"),
        (GOOD + " Поэтому получается именно столько.", "language"),
        (GOOD.replace("3 + 4 = 7", "3 + 4 = 8"), "contradiction"),
        (GOOD + " So the answer is 9.", "contradiction"),
    ],
)
def test_each_fault_is_found(thinking: str, expected: str) -> None:
    assert kind(thinking) == expected


def test_a_conclusion_that_agrees_is_no_contradiction() -> None:
    assert kind(GOOD + " So the answer is 7.") is None
    assert kind(GOOD + " Therefore the final answer is: 7") is None


def test_greek_letters_and_the_questions_own_script_are_not_foreign() -> None:
    assert foreign_letter_share("α + β = γ, so the angle is α", QUESTION) == 0
    assert foreign_letter_share("三加四等于七", "三加四等于多少？") == 0
    assert foreign_letter_share("三加四等于七", QUESTION) == 1


def test_a_chain_is_one_block_of_each_kind() -> None:
    assert parse_chain(" <think>a</think>\n<answer> 7 </answer> ") == Chain("a", "7")
    for text in (
        "7",
        "<think>a</think>",
        "<think>a</think><answer>7</answer> bye",
        "x<think>a</think><answer>7</answer>",
        "<think>a</think><answer>7</answer><answer>8</answer>",
        "<think><think>a</think></think><answer>7</answer>",
    ):
        assert parse_chain(text) is None
    assert is_incomplete("<think>and so on and", "stop")
    assert is_incomplete("<think>a</think><answer>7</answer>", "length")
    assert not is_incomplete("<think>a</think><answer>7</answer>", "stop")


@given(st.integers(0, 999), st.integers(0, 999), st.sampled_from("+-*×·x"), st.integers(-3, 3))
@settings(max_examples=60, deadline=None)
def test_equations_are_judged_by_their_value(a: int, b: int, operator: str, error: int) -> None:
    value = a + b if operator == "+" else a - b if operator == "-" else a * b
    found = list(find_equations(f"So we get {a} {operator} {b} = {value + error}."))
    assert [holds for _, holds in found] == [error == 0]


@pytest.mark.parametrize(
    "text",
    [
        "x2 - 3 = 4",
        "2^3 + 1 = 9",
        "(2 + 3) * 4 = 20",
        "10 / 3 = 3.33",
        "3 + 4 = 7 + 0",
        "√16 + 1 = 5",
        "1,200 + 300 = 1,500",
        "7 + 8 = 15x",
        "f(2) - 3 = 1",
        "1 / 0 = 5",
        "0.7 x 12 / 27 = 0.31",
        "2.1 x 1.07 - 0.15 = 2.10",
    ],
)
def test_what_is_true_or_no_plain_arithmetic_is_left_alone(text: str) -> None:
    assert find_false_equation(text) is None


def test_measures_prefer_steps_short_sentences_and_checks() -> None:
    good = measure_chain(Chain(GOOD, "7"), QUESTION)
    bare = measure_chain(
        Chain("It has to be 7 because that is how many there are then", "7"), QUESTION
    )
    unchecked = measure_chain(Chain(GOOD.split("\nCheck")[0], "7"), QUESTION)
    heavy = measure_chain(
        Chain("∀x∈X: " + "f(x)=∑ᵢ aᵢ·xⁱ∧∂f≠0→∃y " * 20 + "therefore 7", "7"), QUESTION
    )
    assert good.structure > bare.structure
    assert good.verification > unchecked.verification == 0
    assert good.cognitive_load > heavy.cognitive_load
    assert good.judge == "measures"


@given(st.text(max_size=300), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_is_measured_within_bounds_and_never_crashes(thinking: str, answer: str) -> None:
    scores = measure_chain(Chain(thinking, answer), QUESTION)
    assert all(0 <= s <= 1 for s in (scores.structure, scores.cognitive_load, scores.verification))
    find_fault(Chain(thinking, answer), QUESTION, ANSWER, ChainConfig())
    split_steps(thinking)
