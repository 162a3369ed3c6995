"""Each convention against a direct computation by hand, and intervals that hold their mean."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.errors import DatasetError
from waywiser.evaluation.aggregates import Aggregate, ScoredItem, aggregate
from waywiser.evaluation.profiles.vsi_bench import CHOICE_TYPES, NUMERIC_TYPES


def by_name(aggregates: list[Aggregate]) -> dict[str, Aggregate]:
    return {a.name: a for a in aggregates}


def cv_items(shares: dict[str, tuple[int, int]]) -> list[ScoredItem]:
    """`right` of `n` items for each source."""
    kinds = {"ADE20K": "2D", "COCO": "2D", "Omni3D": "3D"}
    return [
        ScoredItem(
            f"{source}{i}",
            float(i < right),
            f"{source}{i // 2}",
            {"source": source, "type": kinds[source]},
        )
        for source, (right, n) in shares.items()
        for i in range(n)
    ]


def test_cv_bench_three_ways() -> None:
    found = aggregate("cv-bench", cv_items({"ADE20K": (6, 10), "COCO": (3, 20), "Omni3D": (9, 10)}))
    card, micro, dimensions = found[:3]
    assert card.value == pytest.approx(((0.6 + 0.15) / 2 + 0.9) / 2)
    assert micro.value == pytest.approx(18 / 40)
    assert dimensions.value == pytest.approx((9 / 30 + 0.9) / 2)
    for item in found[:3]:
        assert item.low is not None
        assert item.high is not None
        assert item.low <= item.value <= item.high  # type: ignore[operator]


def test_a_convention_without_its_items_has_no_value_and_says_why() -> None:
    card, micro, _ = aggregate("cv-bench", cv_items({"ADE20K": (6, 10), "COCO": (3, 20)}))[:3]
    assert card.value is None
    assert "Omni3D" in card.note
    assert micro.value == pytest.approx(0.3)


def test_vsi_is_the_mean_of_eight_with_directions_averaged_first() -> None:
    rng = np.random.default_rng(0)
    kinds = [*NUMERIC_TYPES, *CHOICE_TYPES]
    items = [
        ScoredItem(f"{kind}{i}", float(rng.random()), f"scene{i % 5}", {"question_type": kind})
        for kind in kinds
        for i in range(3 + len(kind) % 4)
    ]
    means = {k: np.mean([i.score for i in items if i.group["question_type"] == k]) for k in kinds}
    direction = np.mean([means[k] for k in kinds if "rel_direction" in k])
    eight = [means[k] for k in kinds if "rel_direction" not in k] + [direction]
    found = aggregate("vsi-bench", items)
    assert len(eight) == 8
    assert found[0].value == pytest.approx(np.mean(eight))
    assert found[1].value == pytest.approx(direction)


def test_dynamath_worst_and_average() -> None:
    items = [
        ScoredItem(f"{p}-{v}", float(v != p), str(p), {"problem": str(p), "variant": str(v)})
        for p in range(12)
        for v in range(10)
    ]
    worst, average = aggregate("dynamath", items)
    assert worst.value == pytest.approx(2 / 12)  # problems 10 and 11 have no wrong variant
    assert average.value == pytest.approx(110 / 120)
    assert worst.note == ""
    assert "not 10" in aggregate("dynamath", items[:-1])[0].note


def test_mathverse_leads_with_vision_only() -> None:
    items = [
        ScoredItem(f"{v}{i}", float(i < 3 + k), str(i), {"version": v})
        for k, v in enumerate(("Vision Only", "Text Dominant"))
        for i in range(10)
    ]
    found = aggregate("mathverse", items)
    assert (found[0].name, found[0].value) == ("Vision Only", pytest.approx(0.3))
    assert found[1].value == pytest.approx(0.35)


def wemath_items(problems: dict[str, tuple[tuple[bool, ...], bool]]) -> list[ScoredItem]:
    items = []
    for problem, (steps, multi) in problems.items():
        keys = [f"{len(steps)}steps_{i}" for i in range(1, len(steps) + 1)] + [
            f"{len(steps)}steps_multi"
        ]
        for key, right in zip(keys, (*steps, multi), strict=True):
            items.append(
                ScoredItem(
                    f"{problem}-{key}", float(right), problem, {"problem": problem, "key": key}
                )
            )
    return items


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([2, 3]).flatmap(lambda n: st.tuples(*[st.booleans()] * n)),
            st.booleans(),
        ),
        min_size=2,
        max_size=20,
    )
)
def test_wemath_is_the_half_point_formula(problems: list[tuple[tuple[bool, ...], bool]]) -> None:
    found = by_name(aggregate("wemath", wemath_items({str(i): p for i, p in enumerate(problems)})))
    n = len(problems)
    ig = sum(all(steps) and not multi for steps, multi in problems)
    ik = sum(not all(steps) and not multi for steps, multi in problems)
    strict = sum(not all(steps) and multi for steps, multi in problems)
    loose = sum(not any(steps) and multi for steps, multi in problems)
    assert found["score (strict)"].value == pytest.approx((n - 0.5 * ig - strict - ik) / n)
    assert found["score (loose)"].value == pytest.approx((n - 0.5 * ig - loose - ik) / n)
    mastered = sum(multi for _, multi in problems)
    if mastered:
        assert found["RM (strict)"].value == pytest.approx(strict / mastered)
    assert found["IG (loose)"].value == pytest.approx(ig / n)


def test_wemath_leaves_out_problems_without_all_their_steps() -> None:
    items = wemath_items(
        {"a": ((True, True), True), "b": ((True, False), False), "c": ((True, True), False)}
    )
    found = by_name(aggregate("wemath", items[:-2]))
    assert "1 problems" in found["score (strict)"].note
    assert found["score (strict)"].value == pytest.approx(0.5)


def test_intervals_widen_when_items_share_a_scene() -> None:
    scores = [float(i % 10 < 5) for i in range(200)]
    alone = [ScoredItem(str(i), s, str(i)) for i, s in enumerate(scores)]
    together = [ScoredItem(str(i), s, str(i % 10)) for i, s in enumerate(scores)]
    widths = [a.high - a.low for a in (aggregate("mathvista", x)[0] for x in (alone, together))]  # type: ignore[operator]
    assert widths[1] > 2 * widths[0]


def test_one_cluster_has_a_value_and_no_interval() -> None:
    only = aggregate("mathvista", [ScoredItem("a", 1.0, "x"), ScoredItem("b", 0.0, "x")])[0]
    assert (only.value, only.low, only.high) == (0.5, None, None)


def test_two_scores_for_one_item_and_missing_groups_are_refused() -> None:
    with pytest.raises(DatasetError, match="two scores"):
        aggregate("mathvista", [ScoredItem("a", 1.0, "x"), ScoredItem("a", 0.0, "y")])
    for benchmark in ("cv-bench", "vsi-bench", "dynamath", "wemath", "mathverse"):
        with pytest.raises(DatasetError):
            aggregate(benchmark, [ScoredItem("a", 1.0, "x"), ScoredItem("b", 0.0, "y")])
    with pytest.raises(DatasetError, match="no scored items to average"):
        aggregate("mathvista", [])


def test_every_fate_of_a_two_step_problem() -> None:
    outcomes = list(itertools.product([True, False], repeat=3))
    items = wemath_items({str(i): ((a, b), multi) for i, (a, b, multi) in enumerate(outcomes)})
    found = by_name(aggregate("wemath", items))
    assert found["CM (strict)"].note == "1 of 8 problems"
    assert found["CM (loose)"].note == "3 of 8 problems"
    assert found["IK (strict)"].note == "3 of 8 problems"
