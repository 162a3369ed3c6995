"""Scores above the prior by category: what knowing the things that a question names is worth.

The blind baseline is the best of several guesses from the words, for any reason. The prior by
category (`waywiser.audit.balance.category_prior`) has one reason, which is legitimate: a fridge is
1.8 m tall. What a model scores above it, it owes to the picture.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from waywiser.audit.balance.category_prior import CategoryPrior, predict_on_other_scenes
from waywiser.audit.balance.category_text import CategoryItem, CategoryReader
from waywiser.evaluation._blind_models import ednm_table
from waywiser.evaluation.blind import format_guess
from waywiser.evaluation.bootstrap import paired_difference
from waywiser.evaluation.evaluate import ItemResult, score_completions, summarise
from waywiser.sample import Sample

PRIOR_ROW = "prior by category"
GAIN_ROW = "above prior by category"
GAIN_BOUND_ROWS = (f"{GAIN_ROW}, low", f"{GAIN_ROW}, high")
"""The 95 % interval of each gain, clustered by scene."""


def evaluate_category_prior(
    samples: Sequence[Sample], train_samples: Sequence[Sample] | None = None, *, seed: int = 0
) -> list[ItemResult]:
    """Score the prior by category on samples, in their order, by the code that scores models.

    Args:
        samples: The samples to answer.
        train_samples: Those that it is fitted on. None fits it on the other scenes of `samples`, in
            folds; then the samples of a task that has a single scene get no answer.
        seed: Seed of the folds.
    """
    reader = CategoryReader()
    rows_by_task: dict[str, list[int]] = defaultdict(list)
    train_items: dict[str, list[CategoryItem]] = defaultdict(list)

    for row, sample in enumerate(samples):
        rows_by_task[sample.task].append(row)
    for sample in train_samples or ():
        train_items[sample.task].append(reader.item(sample))

    guesses: list[Any] = [None] * len(samples)

    for task, rows in rows_by_task.items():
        items = [reader.item(samples[row]) for row in rows]
        if train_samples is None:
            answers = predict_on_other_scenes(items, ednm_table, seed)
        elif train_items[task]:
            prior = CategoryPrior(ednm_table).fit(train_items[task])
            answers = [prior.predict(item) for item in items]
        else:
            continue

        for row, answer in zip(rows, answers, strict=True):
            guesses[row] = answer

    return score_completions(
        samples, [[format_guess(guess, s)] for guess, s in zip(guesses, samples, strict=True)]
    )


def gains_over_prior(
    items: Sequence[ItemResult], prior: Sequence[ItemResult]
) -> dict[str, dict[str, float]]:
    """What a model scores above the prior, by task.

    Args:
        items: A model's results.
        prior: The prior's results on the same questions, in any order.

    Returns:
        The rows `PRIOR_ROW`, `GAIN_ROW` and, of tasks with two scenes or more, `GAIN_BOUND_ROWS`.
    """
    prior_of = {result.sample_id: result.score for result in prior}
    by_task: dict[str, list[ItemResult]] = defaultdict(list)
    low, high = GAIN_BOUND_ROWS

    for item in items:
        by_task[item.task].append(item)

    rows: dict[str, dict[str, float]] = {
        PRIOR_ROW: summarise(prior),
        GAIN_ROW: {},
        low: {},
        high: {},
    }

    for task, group in sorted(by_task.items()):
        scores = [item.score for item in group]
        prior_scores = [prior_of[item.sample_id] for item in group]
        rows[GAIN_ROW][task] = (sum(scores) - sum(prior_scores)) / len(group)

        scenes = [item.scene_id for item in group]
        if len(set(scenes)) > 1:
            interval = paired_difference(scores, prior_scores, scenes)
            rows[low][task] = interval.low
            rows[high][task] = interval.high

    return rows


def format_row(table: Mapping[str, Mapping[str, float]], name: str) -> str:
    """One row of a table of scores in a line, each score with its interval if the table has it."""
    lows, highs = (table.get(f"{name}, {end}", {}) for end in ("low", "high"))
    return "  ".join(
        f"{task} {value:.3f}" + (f" [{lows[task]:.3f}, {highs[task]:.3f}]" if task in lows else "")
        for task, value in table[name].items()
    )
