"""Gates fail on what they are for, pass without it, and say so where samples are too few."""

import numpy as np
import pytest

from waywiser.audit.balance.forest import Forest
from waywiser.audit.balance.gate import Gate, GateThresholds
from waywiser.audit.balance.gates import balance_gates, blind_gates
from waywiser.audit.balance.intervals import clustered_interval
from waywiser.audit.balance.number_scores import best_constant_number, mra_matrix
from waywiser.audit.balance.repeated_questions import contrast_pair_share, find_contradictions
from waywiser.audit.balance.text_only import TextOnlyTask
from waywiser.rewards.functions import mra
from waywiser.sample import Answer, Sample

LIMITS = GateThresholds()


def choice(
    number: int, question: str, value: str, options: tuple[str, ...] = ("left", "right")
) -> Sample:
    answer = Answer(kind="choice", value=value, options=list(options))
    return made(number, question, answer)


def made(number: int, question: str, answer: Answer) -> Sample:
    return Sample(
        id=f"s{number}",
        split="train",
        domain="spatial",
        task="t",
        source="x",
        question=question,
        answer=answer,
        options=answer.options,
        scene_id=f"scene{number // 2}",
    )


def states(gates: list[Gate]) -> dict[str, str]:
    return {gate.name: gate.state for gate in gates}


@pytest.mark.parametrize("whole", [True, False])
def test_balance_of_letters_and_classes(whole: bool) -> None:
    rng = np.random.default_rng(0)
    draws = rng.integers(2, size=(400, 2))
    words = ("left", "right")
    orders = (("left", "right"), ("right", "left"))
    fair = [choice(i, "?", words[value], orders[order]) for i, (value, order) in enumerate(draws)]
    found = states(balance_gates("t", fair, GateThresholds(imbalance=0.15), whole=whole))
    assert found == {"option letters": "passed", "answer classes": "passed"}
    skewed = [choice(i, "?", words[i % 4 == 0], orders[i // 4 % 2]) for i in range(400)]
    assert states(balance_gates("t", skewed, LIMITS, whole=whole))["answer classes"] == "failed"
    first = [choice(i, "?", words[value], orders[value]) for i, (value, _) in enumerate(draws)]
    found = states(balance_gates("t", first, GateThresholds(imbalance=0.15), whole=whole))
    assert found == {"option letters": "failed", "answer classes": "passed"}


@pytest.mark.parametrize("whole", [True, False])
def test_counts_that_are_mostly_two(whole: bool) -> None:
    values = [2 if i % 2 else 1 + i % 7 for i in range(300)]
    samples = [made(i, "?", Answer(kind="integer", value=v)) for i, v in enumerate(values)]
    (gate,) = balance_gates("t", samples, LIMITS, whole=whole)
    assert (gate.state, gate.note) == ("failed", "most: 2")
    (few,) = balance_gates("t", samples[:20], LIMITS, whole=whole)
    assert few.state == "undecided"
    assert "too few" in few.note


def test_a_share_of_all_samples_is_a_fact_and_one_of_a_draw_is_not() -> None:
    def counts(fives: int) -> list[Sample]:
        values = [5] * fives + [1 + i % 4 for i in range(200 - fives)]
        return [made(i, "?", Answer(kind="integer", value=v)) for i, v in enumerate(values)]

    for fives, state in ((68, "passed"), (69, "passed"), (70, "failed")):
        (gate,) = balance_gates("t", counts(fives), LIMITS, whole=True)
        assert (gate.state, gate.low) == (state, None), fives
    (gate,) = balance_gates("t", counts(70), LIMITS, whole=False)
    assert gate.state == "undecided"
    assert gate.low is not None


def test_shuffling_is_repeated_where_samples_are_few() -> None:
    rng = np.random.default_rng(4)
    samples = [
        choice(i, f"Where is {i % 7}?", ("left", "right")[rng.integers(2)]) for i in range(120)
    ]
    scores = TextOnlyTask(samples).shuffled_scores(0)
    assert len(set(scores.tolist())) > 2, "means over several deals"
    assert abs(scores.mean() - 0.5) < 0.05
    many = TextOnlyTask(samples * 10).shuffled_scores(0)
    assert set(many.tolist()) <= {0.0, 0.5, 1.0}, "two deals"


def test_words_that_give_the_answer_away_fail_the_forest() -> None:
    rng = np.random.default_rng(1)
    things = ("lamp", "chair", "plant", "sofa")
    drawn = [(things[rng.integers(4)], ("left", "right")[rng.integers(2)]) for _ in range(240)]
    blind = [choice(i, f"Where is the {thing}?", value) for i, (thing, value) in enumerate(drawn)]
    given = [
        choice(i, f"Where is the {thing}?", "left" if thing in ("lamp", "chair") else "right")
        for i, (thing, _) in enumerate(drawn)
    ]
    gates, baseline = blind_gates("t", given, LIMITS, seed=0)
    assert states(gates)["blind forest"] == "failed"
    assert states(gates)["blind forest, answers shuffled"] != "failed"
    assert baseline is not None
    assert baseline.forest > 0.95
    assert states(blind_gates("t", blind, LIMITS, seed=0)[0])["blind forest"] != "failed"


def test_sizes_that_follow_the_word_fail_the_forest() -> None:
    rng = np.random.default_rng(2)
    centres = {"cup": 10.0, "chair": 60.0, "bed": 200.0}
    words = [list(centres)[i] for i in rng.integers(3, size=200)]
    samples = [
        made(
            i,
            f"How long is the {word}?",
            Answer(kind="number", value=centres[word] * rng.uniform(0.9, 1.1), unit="cm"),
        )
        for i, word in enumerate(words)
    ]
    gates, baseline = blind_gates("t", samples, LIMITS, seed=0)
    assert states(gates)["blind forest"] == "failed"
    assert baseline is not None
    assert baseline.metric == "MRA"
    assert baseline.forest > baseline.reference + 0.2


def test_earned_is_mean_relative_accuracy() -> None:
    values = np.array([0.0, 1.0, 1.5, 2.0, -1.0])
    truths = np.array([0.0, 1.0, 2.0, 3.7])
    table = mra_matrix(values, truths)
    for i, value in enumerate(values):
        assert table[i] == pytest.approx([mra(value, truth) for truth in truths])
    assert best_constant_number(np.array([1.0, 1.0, 1.0, 9.0])) == 1.0


def test_a_forest_learns_what_a_line_cannot() -> None:
    x = np.random.default_rng(0).random((400, 6)) < 0.5
    y = (x[:, 0] ^ x[:, 1]).astype(float)
    guess = Forest(0).fit(x[:300], y[:300]).weights(x[300:]) @ y[:300]
    assert ((guess > 0.5) == (y[300:] > 0.5)).mean() > 0.9
    assert Forest(0).fit(x, y).weights(x[:5]).sum(axis=1) == pytest.approx(np.ones(5))


def test_bounds_widen_with_scenes_that_agree_within() -> None:
    values = np.repeat(np.random.default_rng(0).random(20), 10)
    apart = clustered_interval(values, [str(i) for i in range(200)])
    together = clustered_interval(values, [str(i // 10) for i in range(200)])
    assert together.low is not None
    assert apart.low is not None
    assert together.low < apart.low < apart.mean
    assert clustered_interval(values[:10], ["a"] * 10).low is None


def test_contradictions_and_twins() -> None:
    one = choice(0, "Which side?", "left")
    two = choice(1, "Which side?", "right")
    assert find_contradictions([one, two], {"s0": "p", "s1": "p"}) == [("s0", "s1")]
    assert find_contradictions([one, two], {"s0": "p", "s1": "q"}) == []
    assert contrast_pair_share([one, two]) == 0, "the same scene is no twin"
    assert contrast_pair_share([one, choice(2, "Which side?", "right")]) == 1
