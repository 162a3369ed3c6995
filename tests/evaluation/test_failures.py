"""Failure signatures: loops with their place, contradictions, and chain length against difficulty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.failures import contradiction, failure_signatures, find_loop

GOOD = "<think>one two three</think>\n<answer>A</answer>"


@pytest.mark.parametrize("period", [1, 3, 7])
def test_a_loop_is_found_where_it_begins(period: int) -> None:
    start = [f"start{i}" for i in range(9)]
    loop = find_loop(" ".join(start + [f"w{i}" for i in range(period)] * 20))
    assert loop is not None
    assert (loop.start, loop.period, loop.times) == (9, period, 20)


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60))
def test_fresh_text_has_no_loop(words: list[int]) -> None:
    assert find_loop(" ".join(map(str, words))) is None


@pytest.mark.parametrize(
    ("stated", "final", "contradicts"),
    [
        ("B", "C", True),
        ("B", "B. chair", False),
        ("3.0 m", "2.0 m", True),
        ("2.0", "2.01", False),
        ("blue", "red", False),
    ],
)
def test_answers_that_contradict_their_reasoning(stated: str, final: str, contradicts: bool) -> None:
    output = f"<think>So the answer is {stated}.</think><answer>{final}</answer>"
    assert (contradiction(output) is not None) == contradicts


def items(kinds: list[str]) -> list[BenchmarkItem]:
    return [BenchmarkItem("cv-bench", str(i), "x?", kind, "(A)", ("x", "y")) for i, kind in enumerate(kinds)]


def test_a_run_is_summed_up_with_its_worst_items() -> None:
    asked = items(["easy", "middle", "hard"] * 4)
    outputs = {i.id: GOOD for i in asked}
    outputs["1"] = "<think>" + "again and again " * 30
    outputs["2"] = "<think>the answer is B</think><answer>A</answer>"
    found = failure_signatures(asked, outputs, dict.fromkeys(outputs, 1.0))
    assert found["outputs"] == 12
    assert found["loops"] == found["truncated"] == found["format_breaks"] == pytest.approx(1 / 12)
    assert found["contradictions"] == pytest.approx(1 / 12)
    assert [w["id"] for w in found["worst"]] == ["1", "2"]
    assert found["worst"][0]["loop"]["start"] == 1  # the first word carries the tag


def test_longer_chains_where_it_is_hard_correlate() -> None:
    asked = items(["easy", "middle", "hard"] * 4)
    words, right = {"easy": 3, "middle": 9, "hard": 20}, {"easy": 1.0, "middle": 0.5, "hard": 0.0}
    outputs = {i.id: f"<think>{' w' * words[i.question_type]}</think><answer>A</answer>" for i in asked}
    found = failure_signatures(asked, outputs, {i.id: right[i.question_type] for i in asked})
    table = found["length_against_difficulty"]
    assert table["spearman"] == pytest.approx(1)
    assert [row["question_type"] for row in table["types"]] == ["easy", "middle", "hard"]


def test_no_outputs() -> None:
    assert failure_signatures([], {}, {}) == {"outputs": 0}
