"""Every convention by which the eight benchmarks are averaged, each with an interval clustered by
scene or image.

All of them are weighted means of group means, over items, problems or question variants, so one
bootstrap serves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.bootstrap import mean_interval
from waywiser.evaluation.profiles.vsi_bench import CHOICE_TYPES, NUMERIC_TYPES

_DIRECTIONS = tuple(kind for kind in CHOICE_TYPES if kind.startswith("object_rel_direction"))
_NUM_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One scored item: `cluster` is its scene or image, `group` holds what the conventions group
    by.

    Keys of `group`: CV-Bench `source` and `type` (or `task`); VSI-Bench `question_type`; WeMath
    `problem` and `key`; DynaMath `problem` and `variant`; MathVerse `version`.
    """

    id: str
    score: float
    cluster: str
    group: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A score by one convention. `low` and `high` bound the 95 % interval, None with fewer than two
    clusters.

    `value` is None where the items do not cover the convention; `note` says what is missing or what
    was counted.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    items: int = 0
    clusters: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class _AveragedUnit:
    """What is averaged: a score, its cluster and the group whose mean it enters."""

    score: float
    cluster: str
    group: str = ""


def aggregate(benchmark: str, items: Sequence[ScoredItem], *, seed: int = 0) -> list[Aggregate]:
    """All conventions of a benchmark, the leaderboard's first; any other name gives accuracy alone.

    Raises DatasetError where two items have one id, where an item lacks what the benchmark groups
    by, or where there are none.
    """
    if not items:
        raise DatasetError(
            "no scored items to average: evaluate first, or check the benchmark and filters"
        )

    seen: set[str] = set()

    for item in items:
        if item.id in seen:
            raise DatasetError(f"two scores for item {item.id}: keep one")

        seen.add(item.id)

    return _AGGREGATORS.get(benchmark, _accuracy)(items, seed)


def _accuracy(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    return [_mean("accuracy", _units(items), seed)]


def _spatial(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    return [
        _mean("mean over tasks", _units(items, lambda i: _group_value(i, "task")), seed),
        *_accuracy_by(items, "task", seed),
    ]


def _cv_bench(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    by_source = _units(items, lambda item: _group_value(item, "source"))
    by_dimension = _units(items, _dimension)
    card = {"ADE20K": 0.25, "COCO": 0.25, "Omni3D": 0.5}
    aggregates = [
        _mean("card: half of 2D (mean of ADE20K and COCO), half of Omni3D", by_source, seed, card),
        _mean("per sample", _units(items), seed),
        _mean("mean of 2D and 3D", by_dimension, seed, {"2D": 0.5, "3D": 0.5}),
    ]

    return aggregates + _accuracy_by(items, "task", seed)


def _vsi_bench(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    kinds = _units(items, lambda item: _group_value(item, "question_type"))
    weights = dict.fromkeys((*NUMERIC_TYPES, *CHOICE_TYPES), 1 / 8) | dict.fromkeys(
        _DIRECTIONS, 1 / 24
    )
    direction = [unit for unit in kinds if unit.group in _DIRECTIONS]
    aggregates = [_mean("mean of eight tasks", kinds, seed, weights)]

    if direction:
        equal = dict.fromkeys(_DIRECTIONS, 1 / 3)
        aggregates.append(
            _mean("object_rel_direction (mean of easy, medium, hard)", direction, seed, equal)
        )

    return aggregates + _accuracy_by(items, "question_type", seed)


def _mathverse(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    vision = [item for item in items if _group_value(item, "version") == "Vision Only"]
    only = (
        _mean("Vision Only", _units(vision), seed)
        if vision
        else Aggregate("Vision Only", None, note="no such items")
    )

    return [
        only,
        _mean("all versions", _units(items), seed),
        *_accuracy_by(items, "version", seed, skip="Vision Only"),
    ]


def _dynamath(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    problems = _by_problem(items)
    worst = [
        _AveragedUnit(min(i.score for i in variants), problem)
        for problem, variants in problems.items()
    ]

    variants = [_AveragedUnit(item.score, _group_value(item, "problem")) for item in items]
    sizes = {len(v) for v in problems.values()}
    note = "" if sizes == {10} else f"variants per problem: {min(sizes)} to {max(sizes)}, not 10"

    return [_mean("worst case", worst, seed, note=note), _mean("average", variants, seed)]


def _wemath(items: Sequence[ScoredItem], seed: int) -> list[Aggregate]:
    complete_problems, left_out = _complete_problems(items)
    note = f"{left_out} problems without all their steps left out" if left_out else ""

    if not complete_problems:
        return [
            Aggregate(f"score ({strictness})", None, note=note)
            for strictness in ("strict", "loose")
        ]

    aggregates: list[Aggregate] = []

    for strictness, is_enough in (("strict", all), ("loose", any)):
        masteries = {
            problem: _mastery(steps, multi, is_enough)
            for problem, (steps, multi) in complete_problems.items()
        }

        points = {"CM": 1.0, "IG": 0.5, "RM": 0.0, "IK": 0.0}
        units = [_AveragedUnit(points[mastery], problem) for problem, mastery in masteries.items()]
        aggregates.append(_mean(f"score ({strictness})", units, seed, note=note))

        for name in ("IK", "IG", "CM", "RM"):
            base = "rate of CM + RM" if name == "RM" else ""
            kept = [
                (p, mastery)
                for p, mastery in masteries.items()
                if name != "RM" or mastery in ("CM", "RM")
            ]

            rates = [_AveragedUnit(float(mastery == name), problem) for problem, mastery in kept]
            count = sum(mastery == name for mastery in masteries.values())
            description = ", ".join(
                part for part in (f"{count} of {len(masteries)} problems", base) if part
            )
            aggregates.append(
                _mean(f"{name} ({strictness})", rates, seed, note=description)
                if rates
                else Aggregate(f"{name} ({strictness})", None, note=description)
            )

    return aggregates


def _mastery(
    steps: Sequence[bool], multi: bool, is_enough: Callable[[Iterable[bool]], bool]
) -> str:
    """Complete mastery, rote memorisation, inadequate generalisation or insufficient knowledge."""
    if multi:
        return "CM" if is_enough(steps) else "RM"
    return "IG" if all(steps) else "IK"


def _complete_problems(
    items: Sequence[ScoredItem],
) -> tuple[dict[str, tuple[list[bool], bool]], int]:
    """Problem -> its steps' correctness and that of the whole question, and how many problems lack
    some.
    """
    complete_problems: dict[str, tuple[list[bool], bool]] = {}
    problems = _by_problem(items)
    for problem, parts in problems.items():
        right = {_group_value(item, "key"): item.score >= 1 for item in parts}
        multi = next((key for key in right if key.endswith("_multi")), None)
        steps = int(multi[0]) if multi and multi[0].isdigit() else 0
        keys = [f"{steps}steps_{i}" for i in range(1, steps + 1)]

        if multi and steps and all(key in right for key in keys):
            complete_problems[problem] = ([right[key] for key in keys], right[multi])

    return complete_problems, len(problems) - len(complete_problems)


def _by_problem(items: Sequence[ScoredItem]) -> dict[str, list[ScoredItem]]:
    problems: dict[str, list[ScoredItem]] = {}
    for item in items:
        problems.setdefault(_group_value(item, "problem"), []).append(item)
    return problems


def _dimension(item: ScoredItem) -> str:
    if kind := item.group.get("type"):
        return kind
    return "3D" if _group_value(item, "task") in ("Depth", "Distance") else "2D"


def _accuracy_by(
    items: Sequence[ScoredItem], key: str, seed: int, skip: str = ""
) -> list[Aggregate]:
    """Accuracy by the values of one key."""
    names = sorted({item.group.get(key, "") for item in items} - {"", skip})
    return [
        _mean(name, _units([i for i in items if i.group.get(key) == name]), seed) for name in names
    ]


def _units(
    items: Iterable[ScoredItem], group: Callable[[ScoredItem], str] = lambda _: ""
) -> list[_AveragedUnit]:
    return [_AveragedUnit(item.score, item.cluster, group(item)) for item in items]


def _group_value(item: ScoredItem, key: str) -> str:
    try:
        return item.group[key]
    except KeyError:
        raise DatasetError(
            f"item {item.id} has no {key}, which its benchmark averages by: load it again"
        ) from None


def _mean(
    name: str,
    units: Sequence[_AveragedUnit],
    seed: int,
    weights: Mapping[Any, float] | None = None,
    note: str = "",
) -> Aggregate:
    """The (weighted) mean over groups of their means, with its interval."""
    groups = dict.fromkeys(unit.group for unit in units)

    if weights is not None:
        if unknown := [group for group in groups if group not in weights]:
            raise DatasetError(
                f"{unknown[0]!r} is not a part of {name!r}; its parts are {', '.join(weights)}"
            )

        if missing := [group for group in weights if group not in groups]:
            return Aggregate(name, None, items=len(units), note=f"no items of {', '.join(missing)}")

    clusters = {unit.cluster for unit in units}
    if len(clusters) < 2:
        value = _mean_without_interval(units, weights)
        return Aggregate(
            name,
            value,
            items=len(units),
            clusters=len(clusters),
            note=note or "one cluster: no interval",
        )

    interval = mean_interval(
        [unit.score for unit in units],
        [unit.cluster for unit in units],
        tasks_N=[unit.group for unit in units],
        weights=weights,
        resamples=_NUM_RESAMPLES,
        seed=seed,
    )

    low = max(0.0, interval.low)
    high = min(1.0, interval.high)  # scores are shares: nothing lies beyond
    return Aggregate(name, interval.mean, low, high, len(units), interval.clusters, note)


def _mean_without_interval(
    units: Sequence[_AveragedUnit], weights: Mapping[Any, float] | None
) -> float:
    by_group: dict[str, list[float]] = {}
    for unit in units:
        by_group.setdefault(unit.group, []).append(unit.score)

    shares = {group: (weights or {}).get(group, 1.0) for group in by_group}
    return sum(shares[g] * sum(v) / len(v) for g, v in by_group.items()) / sum(shares.values())


_AGGREGATORS: dict[str, Callable[[Sequence[ScoredItem], int], list[Aggregate]]] = {
    "spatial": _spatial,
    "cv-bench": _cv_bench,
    "vsi-bench": _vsi_bench,
    "mathverse": _mathverse,
    "dynamath": _dynamath,
    "wemath": _wemath,
}
