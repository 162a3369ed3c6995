"""The blind baseline finds what words alone give away, and nothing where they give nothing away."""

from dataclasses import replace

import numpy as np
import pytest

from waywiser.errors import DatasetError
from waywiser.evaluation import BlindBaseline, summarise
from waywiser.evaluation._blind_models import ednm_table
from waywiser.rewards import ednm
from waywiser.sample import Answer, Program, Sample

NAMES = ["chair", "coffee table", "lamp", "sofa", "shelf", "plant", "bed", "desk"]


def sample(
    i: int, task: str, question: str, answer: Answer, program: Program | None = None
) -> Sample:
    return Sample(
        id=f"{task}-{i}",
        split="train",
        domain="spatial",
        task=task,
        source="test",
        question=question,
        options=answer.options,
        answer=answer,
        scene_id=f"room-{i // 3}",
        program=program,
    )


def closer(rng: np.random.Generator, count: int, strength: np.ndarray) -> list[Sample]:
    """Comparisons won by each category with log-odds of its strength, the options in a random
    order.
    """
    samples = []
    for i in range(count):
        a, b = rng.choice(len(NAMES), size=2, replace=False)
        first = rng.random() < 1 / (1 + np.exp(strength[b] - strength[a]))
        x = NAMES[a]
        y = NAMES[b]
        question = rng.choice(
            [f"Which is closer, the {x} or the {y}?", f"Is the {x} or the {y} nearer?"]
        )
        samples.append(
            sample(
                i,
                "closer",
                str(question),
                Answer(kind="choice", value=x if first else y, options=[x, y]),
            )
        )
    return samples


def score(baseline: BlindBaseline, samples: list[Sample], task: str) -> float:
    return summarise(baseline.evaluate(samples))[task]


def test_additive_strengths_are_found_for_unseen_pairs() -> None:
    rng = np.random.default_rng(0)
    strength = np.linspace(-3, 3, len(NAMES))
    held = {"lamp", "desk"}
    samples = closer(rng, 1500, strength)
    train = [s for s in samples if set(s.options or ()) != held]
    test = [s for s in samples if set(s.options or ()) == held]
    baseline = BlindBaseline.fit(train)
    assert all(baseline.predict(s) == "desk" for s in test)
    assert score(baseline, closer(rng, 600, strength), "closer") > 0.8


def test_nothing_to_find_scores_chance() -> None:
    rng = np.random.default_rng(1)
    baseline = BlindBaseline.fit(closer(rng, 1000, np.zeros(len(NAMES))))
    assert score(baseline, closer(rng, 2000, np.zeros(len(NAMES))), "closer") == pytest.approx(
        0.5, abs=0.05
    )


def test_a_favoured_place_is_found() -> None:
    rng = np.random.default_rng(2)
    samples = []
    for i in range(400):
        options = [NAMES[j] for j in rng.choice(len(NAMES), size=2, replace=False)]
        answer = Answer(kind="choice", value=options[int(rng.random() < 0.8)], options=options)
        samples.append(sample(i, "which", "Which one?", answer))
    baseline = BlindBaseline.fit(samples[:300])
    assert score(baseline, samples[300:], "which") > 0.7


def test_the_order_of_mention_is_found() -> None:
    rng = np.random.default_rng(3)
    samples = []
    for i in range(600):
        a, b = rng.choice(len(NAMES), size=2, replace=False)
        side = "left" if a < b else "right"
        answer = Answer(kind="choice", value=side, options=["left", "right"])
        samples.append(
            sample(i, "side", f"Is the {NAMES[a]} left or right of the {NAMES[b]}?", answer)
        )
    samples += closer(rng, 100, np.zeros(len(NAMES)))  # teaches the names
    baseline = BlindBaseline.fit([s for s in samples if int(s.id.split("-")[1]) < 450])
    assert (
        score(
            baseline,
            [s for s in samples if s.id.startswith("side") and int(s.id[5:]) >= 450],
            "side",
        )
        > 0.9
    )


def counts(rng: np.random.Generator, count: int) -> list[Sample]:
    """Counts that go with the category: mostly 1 + its place in the list, in the plural."""
    samples = []
    for i in range(count):
        which = int(rng.integers(4))
        value = 1 + which if rng.random() < 0.7 else int(rng.integers(1, 6))
        program = Program(name="count", inputs={"category": NAMES[which], "objects": [1, 2]})
        plural = {"shelf": "shelves"}.get(NAMES[which], NAMES[which] + "s")
        question = str(rng.choice([f"How many {plural} are there?", f"Count the {plural}."]))
        samples.append(sample(i, "count", question, Answer(kind="integer", value=value), program))
    return samples


def test_counts_are_the_mode_of_their_category() -> None:
    rng = np.random.default_rng(4)
    train = counts(rng, 600)
    test = counts(rng, 600)
    baseline = BlindBaseline.fit(train)
    assert baseline.chosen["count"] == "constant by subjects"
    assert score(baseline, test, "count") > 0.65
    assert baseline.predict(test[0].model_copy(update={"question": "Count the lamps."})) == 3


def sizes(rng: np.random.Generator, count: int) -> list[Sample]:
    samples = []
    for i in range(count):
        which = int(rng.integers(len(NAMES)))
        value = round(float(20 * (which + 1) * np.exp(rng.normal(scale=0.15))), 1)
        program = Program(name="size", inputs={"category": NAMES[which]})
        question = f"How long is the {NAMES[which]}, in centimetres?"
        samples.append(
            sample(i, "size", question, Answer(kind="number", value=value, unit="cm"), program)
        )
    return samples


def test_numbers_go_with_their_category_and_beat_the_best_single_constant() -> None:
    rng = np.random.default_rng(5)
    train = sizes(rng, 500)
    test = sizes(rng, 500)
    baseline = BlindBaseline.fit(train)
    truths = np.array([float(s.answer.value) for s in test])  # type: ignore[arg-type]
    single = ednm_table(np.linspace(1, 300, 600), truths).mean(1).max()
    assert score(baseline, test, "size") > single + 0.2


def test_the_best_constant_of_a_skewed_prior_beats_its_mean_and_median() -> None:
    rng = np.random.default_rng(6)
    values = np.exp(rng.normal(scale=1.0, size=300))
    samples = [
        sample(i, "d", "How far?", Answer(kind="number", value=float(v), unit="m"))
        for i, v in enumerate(values)
    ]
    constant = float(BlindBaseline.fit(samples).predict(samples[0]))
    rewards = ednm_table(
        np.array([constant, values.mean(), float(np.median(values))]), values
    ).mean(1)
    assert rewards[0] >= rewards[1:].max() - 1e-3
    assert rewards[0] > rewards[1] + 0.02


def test_it_is_fitted_on_the_training_samples_only() -> None:
    rng = np.random.default_rng(7)
    train = counts(rng, 300)
    test = counts(rng, 50)
    baseline = BlindBaseline.fit(train)
    lied = [s.model_copy(update={"answer": Answer(kind="integer", value=99)}) for s in test]
    blinded = [s.model_copy(update={"images": [], "program": None, "scene_id": None}) for s in lied]
    assert [baseline.predict(s) for s in test] == [baseline.predict(s) for s in blinded]


def test_the_same_seed_gives_the_same_baseline() -> None:
    samples = sizes(np.random.default_rng(8), 200)
    one = BlindBaseline.fit(samples, seed=1)
    two = BlindBaseline.fit(samples, seed=1)
    assert one.validation == two.validation
    assert [one.predict(s) for s in samples] == [two.predict(s) for s in samples]


def test_tasks_and_words_never_seen_are_answered() -> None:
    rng = np.random.default_rng(9)
    baseline = BlindBaseline.fit(closer(rng, 60, np.zeros(len(NAMES))) + sizes(rng, 60))
    options = ["piano", "harp"]
    strange = sample(
        0, "closer", "Which is closer?", Answer(kind="choice", value="harp", options=options)
    )
    assert baseline.predict(strange) in options
    assert baseline.predict(strange.model_copy(update={"task": "other"})) == "piano"
    unknown = sample(1, "other", "How far?", Answer(kind="number", value=1.0, unit="m"))
    assert baseline.evaluate([unknown])[0].score == 0.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_samples_is_enough_to_fit(count: int) -> None:
    samples = sizes(np.random.default_rng(10), count)
    assert float(BlindBaseline.fit(samples).predict(samples[0])) > 0


def test_no_samples_is_a_bad_request() -> None:
    with pytest.raises(DatasetError, match="training samples"):
        BlindBaseline.fit([])


def test_the_table_of_rewards_is_the_reward() -> None:
    values = np.array([0.0, 1.0, 2.5])
    truths = np.array([0.0, 2.0, 3.0])
    expected = [[ednm(v, t) for t in truths] for v in values]
    assert ednm_table(values, truths) == pytest.approx(np.array(expected))


def test_results_are_scored_by_the_common_grader() -> None:
    samples = sizes(np.random.default_rng(11), 50)
    result = BlindBaseline.fit(samples).evaluate(samples)[0]
    assert set(result.scores) == {"accuracy", "exact", "format", "mra"}
    assert result.scores["format"] == [1.0]
    assert replace(result, score=result.scores["accuracy"][0]) == result
