"""Failure signatures against planted cases: each is found where it is, and what is in order is left
alone.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.contradictions import extract_reasoning, find_contradiction
from waywiser.evaluation.failures import _spearman, measure_failures
from waywiser.evaluation.hallucinated_objects import find_absent_objects, find_named_objects
from waywiser.evaluation.loops import find_loop

GOOD = "<think>one two three</think>\n<answer>A</answer>"


@pytest.mark.parametrize("period", [1, 3, 7])
@pytest.mark.parametrize("after", ["", "</think><answer>A</answer>"])
def test_a_loop_is_found_where_it_begins_also_one_that_ends(period: int, after: str) -> None:
    start = [f"start{i}" for i in range(9)]
    loop = find_loop(" ".join(start + [f"w{i}" for i in range(period)] * 20) + " " + after)
    assert loop is not None
    assert (loop.start, loop.period, loop.times) == (9, period, 20)


def test_a_loop_far_into_a_long_output_keeps_its_place() -> None:
    loop = find_loop(" ".join([str(i) for i in range(20_000)] + ["stuck"] * 40))
    assert loop is not None
    assert (loop.start, loop.period, loop.times) == (20_000, 1, 40)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60))
def test_fresh_text_has_no_loop(words: list[int]) -> None:
    assert find_loop(" ".join(map(str, words))) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=80))
def test_every_loop_that_is_named_is_there(words: list[str]) -> None:
    loop = find_loop(" ".join(words))
    if loop is not None:
        told = words[loop.start : loop.start + loop.period * loop.times]
        assert told == told[: loop.period] * loop.times
        assert loop.times >= 3


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
def test_answers_that_contradict_their_reasoning(
    stated: str, final: str, contradicts: bool
) -> None:
    for thought in (f"So the answer is {stated}.", f"So \\boxed{{{stated}}} it is."):
        output = f"<think>{thought}</think><answer>{final}</answer>"
        assert (find_contradiction(output) is not None) == contradicts


@pytest.mark.parametrize(
    ("stated", "final", "contradicts"),
    [
        ("blue", "red", True),
        ("blue", "A", True),
        ("blue", "(B)", False),
        ("B", "blue", False),
        ("mauve", "A", False),
    ],
)
def test_options_are_compared_in_words_and_letters(
    stated: str, final: str, contradicts: bool
) -> None:
    output = f"<think>The answer must be {stated}.</think><answer>{final}</answer>"
    assert (find_contradiction(output, ["A. red", "B. blue"]) is not None) == contradicts


def test_the_end_of_a_trace_is_what_it_states() -> None:
    trace = "<think>Left to right, chair 0 1 1 1 2 2 2: 2.</think><answer>{}</answer>"
    assert find_contradiction(trace.format(2)) is None
    assert find_contradiction(trace.format(3)) == "2 in the reasoning, 3 as the answer"


def test_reasoning_without_thinking_tags_is_what_precedes_the_answer() -> None:
    output = "The answer is B. <answer>C</answer>"
    assert extract_reasoning(output) == "The answer is B. "
    assert find_contradiction(output) == "B in the reasoning, C as the answer"
    assert find_contradiction("The answer is B.") is None


def test_things_that_the_scene_lacks() -> None:
    scene_categories = {"chair", "table", "sofa"}
    assert find_absent_objects(
        "Left of two chairs and the Sofa stands a fridge.", scene_categories
    ) == ["fridge"]
    assert find_absent_objects("A desk.", scene_categories) == [], "people call a table a desk"
    assert find_absent_objects("No beds, no fridge.", scene_categories, "Is the bed near?") == [
        "fridge"
    ], "the question named it"
    assert find_absent_objects("The chairman fans himself abed.", set()) == ["fan"]
    assert find_named_objects("a coffee  table, boxes, benches") == ["coffee table", "box", "bench"]


def items(kinds: list[str], **more: object) -> list[BenchmarkItem]:
    return [
        BenchmarkItem("cv-bench", str(i), "x?", k, "(A)", ("x", "y"), **more)
        for i, k in enumerate(kinds)
    ]  # type: ignore[arg-type]


def test_a_run_is_summed_up_with_its_worst_items() -> None:
    asked = items(["easy", "middle", "hard"] * 4, scene_categories=frozenset({"chair"}))
    outputs = {i.id: GOOD for i in asked}
    outputs["1"] = "<think>" + "again and again " * 30
    outputs["2"] = "<think>the answer is B</think><answer>A</answer>"
    outputs["3"] = "<think>I see a bathtub.</think>\n<answer>A</answer>"
    found = measure_failures(asked, outputs, dict.fromkeys(outputs, 1.0), cut={"4"})
    twelfth = pytest.approx(1 / 12)
    assert (found["outputs"], found["known_scenes"]) == (12, 12)
    assert (
        found["loops"]
        == found["format_breaks"]
        == found["contradictions"]
        == found["hallucinations"]
        == twelfth
    )
    assert found["truncated"] == pytest.approx(2 / 12), "one never closed, one stopped by its limit"
    worst = {w["id"]: w for w in found["worst"]}
    assert list(worst) == ["1", "2", "3", "4"]
    assert worst["1"]["loop"]["start"] == 1  # the first word carries the tag
    assert worst["3"]["absent"] == ["bathtub"]


def test_a_rare_sign_is_shown_beside_a_common_one() -> None:
    asked = items(["easy"] * 40, scene_categories=frozenset())
    outputs = dict.fromkeys((i.id for i in asked), "<think>" + "again and again " * 30)
    outputs["39"] = "<think>I see a bathtub.</think>\n<answer>A</answer>"
    worst = measure_failures(asked, outputs, {})["worst"]
    assert len(worst) == 8
    assert "39" in [w["id"] for w in worst]


def test_scenes_that_are_not_known_are_not_counted() -> None:
    found = measure_failures(
        items(["easy"]), {"0": "<think>a bathtub</think><answer>A</answer>"}, {}
    )
    assert (found["known_scenes"], found["hallucinations"], found["worst"]) == (0, None, [])


def test_longer_chains_where_it_is_hard_correlate() -> None:
    asked = items(["easy", "middle", "hard"] * 4)
    words = {"easy": 3, "middle": 9, "hard": 20}
    right = {"easy": 1.0, "middle": 0.5, "hard": 0.0}
    outputs = {
        i.id: f"<think>{' w' * words[i.question_type]}</think><answer>A</answer>" for i in asked
    }
    found = measure_failures(asked, outputs, {i.id: right[i.question_type] for i in asked})
    table = found["length_against_difficulty"]
    assert table["spearman"] == pytest.approx(1)
    assert [row["question_type"] for row in table["types"]] == ["easy", "middle", "hard"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=20))
def test_the_rank_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    x = [float(a) for a, _ in pairs]
    y = [float(b) for _, b in pairs]
    if len(set(x)) > 1 and len(set(y)) > 1:
        assert _spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_no_outputs() -> None:
    assert measure_failures([], {}, {}) == {"outputs": 0}
