"""Evaluate: let a model answer, score the answers with the rewards' own code, and summarise by
task.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from waywiser.answers import as_answer, grade_all
from waywiser.errors import DatasetError
from waywiser.evaluation.bootstrap import BootstrapInterval, paired_difference, z_distance
from waywiser.prompting import PromptFormat
from waywiser.rewards import RewardConfig, accuracy_of, format_reward, mra
from waywiser.sample import Sample

_DEFAULT_REWARDS = RewardConfig()


@dataclass(frozen=True)
class ItemResult:
    """What a model said to one question and what that scored.

    `scores` maps a component to a value per completion: "accuracy" (exact; for numbers EDNM with
    the paper's constants), "exact" (right within the tolerance), "format" and, for numbers, "mra".
    `score` is the mean accuracy over completions. Where the answer is of kind number, `truth` is it,
    in `unit`, and `said` the number in each completion in that unit, None where there is none.
    """

    sample_id: str
    scene_id: str
    task: str
    completions: list[str]
    scores: dict[str, list[float]]
    score: float
    said: list[float | None] = field(default_factory=list)
    truth: float | None = None
    unit: str | None = None


def evaluate_model(
    model: Any,
    processor: Any,
    samples: Sequence[Sample],
    *,
    temperature: float = 0.0,
    n: int = 1,
    seed: int = 0,
    batch_size: int = 32,
    max_new_tokens: int = 96,
    min_thought_tokens: int = 0,
    prompt: PromptFormat | None = None,
    pictures: Any = None,
) -> list[ItemResult]:
    """Sample completions for each question and score them.

    Args:
        model: A loaded model.
        processor: Its processor.
        samples: The questions with their answers.
        temperature: Sampling temperature; 0 is greedy.
        n: Completions for each question.
        seed: Seed of the sampling.
        batch_size: Completions generated together.
        max_new_tokens: Token limit of each completion.
        min_thought_tokens: As in `generate_completions`.
        prompt: As in `generate_completions`.
        pictures: As in `generate_completions`.

    Returns:
        One result for each sample, in their order.

    Raises:
        DatasetError: An answer is malformed; nothing has been generated then.
    """
    # Imported here so that scoring and statistics need no torch.
    from waywiser.models.generation import generate_completions

    for sample in samples:
        _check_answer(sample)

    completions = generate_completions(
        model,
        processor,
        samples,
        n=n,
        temperature=temperature,
        batch_size=batch_size,
        max_new_tokens=max_new_tokens,
        min_thought_tokens=min_thought_tokens,
        seed=seed,
        prompt=prompt,
        pictures=pictures,
    )

    return score_completions(samples, completions)


def score_completions(
    samples: Sequence[Sample], completions: Sequence[Sequence[str]]
) -> list[ItemResult]:
    """Score completions, one list per sample. Raises DatasetError for a malformed answer or another
    count.
    """
    if len(samples) != len(completions):
        raise DatasetError(
            f"{len(samples)} samples but completions for {len(completions)}: give one list per"
            " sample"
        )

    return [
        _score_sample(sample, list(texts))
        for sample, texts in zip(samples, completions, strict=True)
    ]


def _score_sample(sample: Sample, texts: list[str]) -> ItemResult:
    if not texts:
        raise DatasetError(f"sample {sample.id} has no completion to score")

    answer = _check_answer(sample)
    verdicts = grade_all(texts, [answer] * len(texts))
    scores = {
        "accuracy": [
            accuracy_of(verdict, answer, sample.task, _DEFAULT_REWARDS) for verdict in verdicts
        ],
        "exact": [verdict.score for verdict in verdicts],
        "format": [format_reward(text) for text in texts],
    }

    said: list[float | None] = []
    truth: float | None = None

    if answer.kind == "number":
        truth = float(answer.value)  # type: ignore[arg-type] - as_answer made it a number
        said = [None if v.value is None else float(v.value) for v in verdicts]
        scores["mra"] = [0.0 if value is None else mra(value, truth) for value in said]

    return ItemResult(
        sample_id=sample.id,
        scene_id=sample.scene_id or sample.id,
        task=sample.task,
        completions=texts,
        scores=scores,
        score=sum(scores["accuracy"]) / len(texts),
        said=said,
        truth=truth,
        unit=answer.unit if truth is not None else None,
    )


def _check_answer(sample: Sample) -> Any:
    try:
        return as_answer(sample.answer)
    except DatasetError as error:
        raise DatasetError(f"sample {sample.id}: {error}") from None


def summarise(items: Sequence[ItemResult], component: str = "accuracy") -> dict[str, float]:
    """Mean of a component by task, and under "mean" the mean over tasks. Tasks without it are left
    out.
    """
    by_task: dict[str, list[float]] = {}

    for item in items:
        values = item.scores.get(component)
        if values:
            by_task.setdefault(item.task, []).append(sum(values) / len(values))

    means = {task: sum(values) / len(values) for task, values in sorted(by_task.items())}
    return means | {"mean": sum(means.values()) / len(means)} if means else {}


def summarise_all(items: Sequence[ItemResult]) -> dict[str, dict[str, float]]:
    """`summarise` for each component that occurs: accuracy, exact, format and, for numbers, mra."""
    components = list(dict.fromkeys(name for item in items for name in item.scores))
    return {component: summarise(items, component) for component in components}


def paired_comparison(
    a: Sequence[ItemResult], b: Sequence[ItemResult], *, resamples: int = 4000, seed: int = 0
) -> BootstrapInterval:
    """Mean over tasks of a's score minus b's on the same questions, matched by sample id.

    Args:
        a: Results of the first model.
        b: Results of the second model on the same questions, in any order.
        resamples: Number of bootstrap resamples.
        seed: Seed of the resampling.

    Returns:
        The 95 % interval, clustered by scene.

    Raises:
        DatasetError: The questions differ.
    """
    a_scores, b_scores, items = _match_items(a, b)
    return paired_difference(
        a_scores,
        b_scores,
        [item.scene_id for item in items],
        tasks_N=[item.task for item in items],
        resamples=resamples,
        seed=seed,
    )


def z_scores_by_task(a: Sequence[ItemResult], b: Sequence[ItemResult]) -> dict[str, float]:
    """By how many clustered standard errors a exceeds b, per task, on the same questions."""
    a_scores, b_scores, items = _match_items(a, b)
    distances: dict[str, float] = {}

    for task in sorted({item.task for item in items}):
        rows = [i for i, item in enumerate(items) if item.task == task]
        distances[task] = z_distance(
            [a_scores[i] for i in rows],
            [b_scores[i] for i in rows],
            [items[i].scene_id for i in rows],
        )

    return distances


def _match_items(
    a: Sequence[ItemResult], b: Sequence[ItemResult]
) -> tuple[list[float], list[float], Sequence[ItemResult]]:
    other = {item.sample_id: item.score for item in b}
    if len(other) != len(b) or {item.sample_id for item in a} != other.keys() or len(a) != len(b):
        raise DatasetError("a paired comparison needs each question once on both sides")
    return [item.score for item in a], [other[item.sample_id] for item in a], a
