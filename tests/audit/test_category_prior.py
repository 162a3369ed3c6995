"""What the category tells is measured and may be known; what the words tell beyond it is a leak."""

from collections.abc import Callable

import numpy as np
import pytest

from waywiser.audit.balance.category_prior import (
    BORROWED,
    CATEGORY_TELLS,
    CategoryPrior,
    predict_on_other_scenes,
)
from waywiser.audit.balance.category_text import CategoryReader
from waywiser.audit.balance.gate import GateThresholds
from waywiser.audit.balance.gates import blind_gates
from waywiser.audit.balance.number_scores import mra_matrix
from waywiser.audit.balance.text_only import TextOnlyTask
from waywiser.sample import Answer, Sample
from waywiser.tasks.registry import TASKS

MIDDLES = {"cup": 10.0, "armchair": 90.0, "wardrobe": 200.0}
PLAIN = "How tall is the {}, in centimeters?"
LEAKS = "What is the height of the {} in centimeters?", "How many centimeters tall is the {}?"


def asked(number: int, task: str, question: str, answer: Answer) -> Sample:
    return Sample(
        id=f"s{number}",
        split="train",
        domain="spatial",
        task=task,
        source="x",
        question=question,
        answer=answer,
        options=answer.options,
        scene_id=f"scene{number // 8}",
    )


def sizes(count: int, leak: bool, task: str = "object_size") -> list[Sample]:
    """Sizes within a third of the middle of their category; with `leak`, one wording asks of large
    things and the other of small ones.
    """
    rng = np.random.default_rng(0)
    samples = []
    for i in range(count):
        word = list(MIDDLES)[rng.integers(3)]
        factor = float(rng.uniform(0.67, 1.33))
        wording = LEAKS[factor > 1] if leak else LEAKS[rng.integers(2)]
        value = round(MIDDLES[word] * factor, 1)
        answer = Answer(kind="number", value=value, unit="cm")
        samples.append(asked(i, task, wording.format(word), answer))
    return samples


def forest_state(samples: list[Sample]) -> str:
    gates, _ = blind_gates(samples[0].task, samples, GateThresholds(), seed=0)
    return next(gate.state for gate in gates if gate.name == "blind forest")


def test_an_honest_category_may_tell_the_size_and_its_gain_is_reported() -> None:
    gates, scores = blind_gates("object_size", sizes(160, leak=False), GateThresholds(), seed=0)
    assert gates[0].state == "passed"
    assert gates[0].note == "beyond the prior by category"
    assert scores is not None
    assert scores.prior is not None
    assert scores.prior_gain is not None
    assert scores.prior_gain == pytest.approx(scores.prior - scores.reference, abs=1e-3)
    assert scores.prior_gain > 0.15
    for name in ("reference", "prior", "prior_gain", "forest"):
        low, high = getattr(scores, f"{name}_bounds")
        assert low < getattr(scores, name) < high
    assert scores == type(scores).model_validate_json(scores.model_dump_json())


def test_the_same_is_a_leak_in_a_task_whose_answer_no_category_may_tell() -> None:
    assert forest_state(sizes(160, leak=False, task="displacement")) == "failed"


def test_words_that_tell_more_than_the_category_fail() -> None:
    assert forest_state(sizes(160, leak=True)) == "failed"


def test_few_samples_are_undecided() -> None:
    gates, scores = blind_gates("object_size", sizes(24, leak=True), GateThresholds(), seed=0)
    assert gates[0].state == "undecided"
    assert scores is not None
    assert scores.prior is not None
    assert scores.prior_bounds is scores.forest_bounds is None


def comparisons(count: int, winner: Callable[[int, list[str]], str]) -> list[Sample]:
    rng = np.random.default_rng(1)
    samples = []
    for i in range(count):
        pair = [str(word) for word in rng.permutation(list(MIDDLES))[:2]]
        answer = Answer(kind="choice", value=winner(i, pair), options=pair)
        samples.append(
            asked(i, "size_comparison", "Which is taller, the {} or the {}?".format(*pair), answer)
        )
    return samples


def test_a_pair_may_tell_which_is_larger_and_the_place_of_an_option_may_not() -> None:
    rng = np.random.default_rng(2)
    by_pair = comparisons(100, lambda _, pair: max(pair, key=MIDDLES.__getitem__))
    by_place = comparisons(100, lambda _, pair: pair[rng.random() < 0.1])
    gates, scores = blind_gates("size_comparison", by_pair, GateThresholds(), seed=0)
    assert scores is not None
    assert scores.prior == 1.0
    assert gates[0].state == "passed"
    assert forest_state(by_place) == "failed"


def test_the_constant_is_that_of_the_category_and_of_the_dimension_asked_for() -> None:
    reader = CategoryReader(["gizmo"])
    known = {("cup", "tall"): 10.0, ("cup", "long"): 14.0, ("gizmo", "tall"): 50.0}
    samples = [
        asked(
            i,
            "object_size",
            f"How {dimension} is the {word}?",
            Answer(kind="number", value=v, unit="cm"),
        )
        for i, ((word, dimension), v) in enumerate([*known.items()] * 5)
    ]
    items = [reader.item(sample) for sample in samples]
    assert {(item.categories, item.dimension) for item in items} == {
        (("cup",), "height"),
        (("cup",), "length"),
        (("gizmo",), "height"),
    }
    prior = CategoryPrior(mra_matrix).fit(items)
    assert [prior.predict(item) for item in items[:3]] == list(known.values())


def test_rare_pairs_lean_on_their_categories() -> None:
    """The sofa beats the stool and the armchair; the bed beats the sofa; bed and stool never met."""
    won = [("sofa", "stool"), ("sofa", "armchair"), ("bed", "sofa"), ("bed", "armchair")] * 3
    samples = [
        asked(
            i,
            "size_comparison",
            "Which is longer?",
            Answer(kind="choice", value=a, options=sorted((a, b))),
        )
        for i, (a, b) in enumerate(won)
    ]
    reader = CategoryReader()
    prior = CategoryPrior(mra_matrix).fit([reader.item(sample) for sample in samples])
    for options in (["bed", "stool"], ["stool", "bed"]):
        answer = Answer(kind="choice", value="stool", options=options)
        assert prior.predict(reader.item(asked(0, "t", "Which is longer?", answer))) == "bed"
    assert BORROWED > 3, "three meetings do not outweigh what both categories did elsewhere"


def test_an_order_of_three_follows_from_its_pairs() -> None:
    orders = ["cup, armchair, wardrobe", "armchair, cup, wardrobe", "wardrobe, armchair, cup"]
    answer = Answer(kind="choice", value=orders[0], options=orders)
    samples = [asked(i * 8, "size_order", "Order them by height.", answer) for i in range(12)]
    items = [CategoryReader().item(sample) for sample in samples]
    assert predict_on_other_scenes(items, mra_matrix) == [orders[0]] * 12
    assert predict_on_other_scenes(items[:1], mra_matrix) == [None], "no other scene"


def test_the_hinted_forest_is_about_as_good_as_the_prior_from_few_samples() -> None:
    text_only = TextOnlyTask(sizes(120, leak=False))
    reader = CategoryReader()
    hinted = text_only.hinted_forest_scores(reader).mean()
    assert hinted > text_only.prior_scores(reader).mean() - 0.08
    assert (text_only.hinted_forest_scores(reader) == text_only.hinted_forest_scores(reader)).all()


def test_the_audit_and_the_tasks_agree_on_which_categories_tell() -> None:
    """A task that says so must be in the audit's own list, and the other way round."""
    declared = {name for name, task in TASKS.items() if task.category_tells}
    assert declared == CATEGORY_TELLS & set(TASKS)
