"""Score a run's replies under every profile and average them by every convention."""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from waywiser.errors import DatasetError
from waywiser.evaluation.aggregates import Aggregate, ScoredItem, aggregate
from waywiser.evaluation.answer_judge import AnswerJudge, JudgedScores
from waywiser.evaluation.backends import ItemReply
from waywiser.evaluation.benchmarks import EXPECTED_ITEMS, BenchmarkItem, LoadedBenchmark
from waywiser.evaluation.failures import FailureReport, measure_failures
from waywiser.evaluation.profiles import WAYWISER_PROFILE, profiles_of
from waywiser.evaluation.scoring import missing_requirement, try_score
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject

SCORES_FILE = "scores.json"
_QUOTED_TEXT = re.compile(r"(?<= )'[^']*'|(?<= )\"[^\"]*\"")


class ReasonCounts(TypedDict):
    """How many reasons there are, and how often each of the most frequent kinds occurs."""

    count: int
    commonest: dict[str, int]


class ProfileSummary(TypedDict):
    """The aggregates of a run under one profile, and the items that it cannot score."""

    scored: int
    needs: str
    unscorable: ReasonCounts
    expected_values: int
    aggregates: list[JsonObject]


class JudgeSummary(TypedDict):
    """The aggregates with the judge's verdicts, and how many answers each side settled."""

    model: str
    by_rule: int
    by_judge: int
    share_of_judge: float
    failed: int
    failures: dict[str, int]
    aggregates: list[JsonObject]


class RunSummary(TypedDict):
    """The content of `scores.json`."""

    model: str
    benchmark: str
    sha256: str
    licence: str
    items: int
    of: int | None
    answered: int
    errors: ReasonCounts
    bad_rows: ReasonCounts
    left_out: dict[str, int]
    profiles: dict[str, ProfileSummary]
    judge: JudgeSummary | None
    signatures: FailureReport
    prompts: NotRequired[str]
    parameters: NotRequired[JsonObject]
    data: NotRequired[str]


@dataclass
class ProfileScores:
    """The scores of a run's items under one profile.

    `scores` maps an item to its score, `unscorable` maps an item to the reason why it has none.
    `expected` counts scores that are the expected value of a random draw.
    """

    profile: str
    scores: dict[str, float] = field(default_factory=dict)
    unscorable: dict[str, str] = field(default_factory=dict)
    expected: int = 0
    aggregates: list[Aggregate] = field(default_factory=list)


def score_profile(
    items: Sequence[BenchmarkItem], replies: Sequence[ItemReply], profile: str
) -> ProfileScores:
    """Scores of all answered items with their aggregates.

    Items that cannot be scored are listed, never counted as 0.
    """
    outputs = {reply.id: reply.output for reply in replies}
    found = ProfileScores(profile)
    scored: list[ScoredItem] = []

    for item in items:
        output = outputs.get(item.id)
        if output is None:
            continue

        result = try_score(item.row(output), profile)
        if isinstance(result, str):
            found.unscorable[item.id] = result
            continue

        found.scores[item.id] = result.value
        found.expected += result.expected
        scored.append(ScoredItem(item.id, result.value, item.cluster, item.group))

    if scored:
        found.aggregates = _aggregate_or_mean(items[0].benchmark, scored)

    return found


def _aggregate_or_mean(benchmark: str, scored: Sequence[ScoredItem]) -> list[Aggregate]:
    """The aggregate by every convention, or the noted plain mean if the data lacks a group."""
    try:
        return aggregate(benchmark, scored)
    except DatasetError as error:
        return [replace(mean, note=str(error)) for mean in aggregate("", scored)]


def summarize_run(
    loaded: LoadedBenchmark,
    items: Sequence[BenchmarkItem],
    replies: Sequence[ItemReply],
    *,
    model: str,
    profiles: Sequence[str] | None = None,
    judge: AnswerJudge | None = None,
    official_prompts: bool = False,
) -> RunSummary:
    """Everything that a report says about a run, as plain data.

    Args:
        loaded: The benchmark, with its hash, license and unusable rows.
        items: The items of it that were to be asked.
        replies: The replies to them, with errors.
        model: The model's name for the report.
        profiles: The profiles to score under; by default all that the benchmark has.
        judge: Decides answers that the rule cannot decide; None to use the rule alone.
        official_prompts: Whether the items were asked in the benchmark's own form.

    Returns:
        The summary, ready for `write_summary`.
    """
    chosen = list(profiles or profiles_of(loaded.benchmark))
    by_profile = {profile: score_profile(items, replies, profile) for profile in chosen}

    needs = {
        name: missing_requirement(name, loaded.benchmark, official_prompts=official_prompts)
        for name in chosen
    }

    outputs = {reply.id: reply.output for reply in replies if reply.output is not None}
    answered = [item for item in items if item.id in outputs]
    own = by_profile.get(WAYWISER_PROFILE) or score_profile(items, replies, WAYWISER_PROFILE)

    return {
        "model": model,
        "benchmark": loaded.benchmark,
        "sha256": loaded.sha256,
        "licence": loaded.license,
        "items": len(items),
        "of": EXPECTED_ITEMS.get(loaded.benchmark),
        "answered": len(answered),
        "errors": _count_reasons([reply.error for reply in replies if reply.output is None]),
        "bad_rows": _count_reasons(list(loaded.bad.values())),
        "left_out": dict(loaded.left_out),
        "profiles": {
            name: _summarize_profile(found, needs[name]) for name, found in by_profile.items()
        },
        "judge": _summarize_judge(judge, answered, outputs, own),
        "signatures": measure_failures(
            answered, outputs, own.scores, cut={r.id for r in replies if r.cut}
        ),
    }


def write_summary(folder: Path, summary: RunSummary) -> Path:
    """Write `scores.json`, whole or not at all."""
    path = folder / SCORES_FILE
    write_atomically(
        path,
        json.dumps(_replace_non_finite(summary), indent=1, ensure_ascii=False).encode(
            errors="replace"
        ),
    )

    return path


def read_summary(folder: Path) -> JsonObject:
    """The summary that `write_summary` wrote. Raises DatasetError for a folder without it."""
    try:
        return json.loads((folder / SCORES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{folder} holds no scores ({SCORES_FILE} is missing or damaged): evaluate again"
        ) from error


def _summarize_profile(found: ProfileScores, needs: str) -> ProfileSummary:
    return {
        "scored": len(found.scores),
        "needs": needs,
        "unscorable": _count_reasons(list(found.unscorable.values())),
        "expected_values": found.expected,
        "aggregates": [asdict(a) for a in found.aggregates],
    }


def _summarize_judge(
    judge: AnswerJudge | None,
    items: Sequence[BenchmarkItem],
    outputs: dict[str, str],
    own: ProfileScores,
) -> JudgeSummary | None:
    """The score with the judge, and how many answers the rule and the judge each settled."""
    usable = [item for item in items if item.id in own.scores]
    if judge is None or not usable:
        return None

    judged: JudgedScores = judge.judge(usable, [outputs[item.id] for item in usable])
    scored = [
        ScoredItem(i.id, v, i.cluster, i.group) for i, v in zip(usable, judged.scores, strict=True)
    ]

    return {
        "model": judged.model,
        "by_rule": judged.by_rule,
        "by_judge": judged.by_judge,
        "share_of_judge": judged.by_judge / len(usable),
        "failed": judged.failed,
        "failures": dict(judged.failures),
        "aggregates": [asdict(a) for a in _aggregate_or_mean(usable[0].benchmark, scored)],
    }


def _count_reasons(reasons: Sequence[str | None]) -> ReasonCounts:
    """Count reasons by kind; the kind is the text before the part that differs between items."""
    kinds = Counter(_reason_kind(reason or "unknown") for reason in reasons)
    return {"count": len(reasons), "commonest": dict(kinds.most_common(8))}


def _reason_kind(reason: str) -> str:
    return _QUOTED_TEXT.sub("...", reason).split(":")[0][:80]


def _replace_non_finite(value: Any) -> Any:
    """JSON has no nan."""
    if isinstance(value, dict):
        return {key: _replace_non_finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_non_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
