"""Intervals over scenes: they cover what they claim, respect clusters and pair what belongs
together.
"""

import math

import numpy as np
import pytest

from waywiser.errors import DatasetError
from waywiser.evaluation import mean_interval, paired_difference, standard_error, z_distance


def clustered(
    rng: np.random.Generator, clusters: int, each: int, effect: float
) -> tuple[np.ndarray, list[int]]:
    """Differences with a shared part per cluster (sd 1) and an own part (sd 1), around `effect`."""
    shared = np.repeat(rng.normal(size=clusters), each)
    return effect + shared + rng.normal(size=clusters * each), np.repeat(
        np.arange(clusters), each
    ).tolist()


def test_the_interval_covers_the_true_mean_about_95_times_in_100() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        values, scenes = clustered(rng, clusters=40, each=5, effect=0.3)
        interval = mean_interval(values, scenes, resamples=500, seed=int(rng.integers(2**31)))
        hits += interval.low <= 0.3 <= interval.high
    # A correct interval gives 380 +- 4.4; forgetting the clusters gives about 270.
    assert 364 <= hits <= 396


def test_the_paired_interval_covers_and_is_narrower_than_two_unpaired_ones() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        difference, scenes = clustered(rng, clusters=50, each=4, effect=0.1)
        common = rng.normal(scale=5, size=len(difference))
        interval = paired_difference(common + difference, common, scenes, resamples=400, seed=3)
        hits += interval.low <= 0.1 <= interval.high
        assert interval.standard_error < mean_interval(common, scenes, resamples=400).standard_error
    assert 180 <= hits <= 199


def test_bootstrap_and_analytic_standard_errors_agree() -> None:
    values, scenes = clustered(np.random.default_rng(2), clusters=300, each=4, effect=0.0)
    bootstrap = mean_interval(values, scenes, resamples=4000).standard_error
    assert bootstrap == pytest.approx(standard_error(values, scenes), rel=0.06)
    assert bootstrap == pytest.approx(math.sqrt((1 + 1 / 4) / 300), rel=0.15)


def test_copies_within_a_scene_add_no_certainty() -> None:
    rng = np.random.default_rng(3)
    once = rng.normal(size=100)
    single = standard_error(once, list(range(100)))
    assert standard_error(
        np.repeat(once, 7), np.repeat(np.arange(100), 7).tolist()
    ) == pytest.approx(single)


def test_the_mean_is_over_tasks_not_over_questions() -> None:
    scores = [1.0] * 30 + [0.0] * 10
    scenes = [i % 10 for i in range(40)]
    tasks = ["many"] * 30 + ["few"] * 10
    assert mean_interval(scores, scenes, tasks_N=tasks).mean == 0.5
    assert mean_interval(scores, scenes).mean == 0.75


def test_a_task_seen_in_few_scenes_does_not_break_a_resample() -> None:
    interval = mean_interval(
        [1.0, 0.0, 1.0, 0.0], ["a", "b", "c", "d"], tasks_N=["x", "x", "x", "rare"]
    )
    assert all(math.isfinite(v) for v in (interval.low, interval.high, interval.standard_error))
    assert interval.low <= interval.mean <= interval.high


def test_the_same_seed_gives_the_same_interval() -> None:
    values, scenes = clustered(np.random.default_rng(4), clusters=20, each=3, effect=0.0)
    assert mean_interval(values, scenes, seed=5) == mean_interval(values, scenes, seed=5)
    assert mean_interval(values, scenes, seed=5) != mean_interval(values, scenes, seed=6)


def test_z_distance() -> None:
    rng = np.random.default_rng(5)
    scenes = [i // 2 for i in range(400)]
    blind = rng.random(400)
    assert z_distance(blind + 0.2 + rng.normal(scale=0.1, size=400), blind, scenes) > 8
    assert abs(z_distance(blind + rng.normal(scale=0.1, size=400), blind, scenes)) < 4
    assert z_distance([1, 1], [0, 0], ["a", "b"]) == math.inf
    assert z_distance([1, 1], [1, 1], ["a", "b"]) == 0.0


@pytest.mark.parametrize(
    ("scores", "scenes"),
    [
        ([], []),
        ([1.0], ["a"]),
        ([1.0, 2.0], ["a", "a"]),
        ([1.0, 2.0], ["a"]),
        ([1.0, math.nan], ["a", "b"]),
    ],
)
def test_what_gives_no_interval_is_refused(scores: list[float], scenes: list[str]) -> None:
    with pytest.raises(DatasetError):
        mean_interval(scores, scenes)


def test_unpaired_lists_are_refused() -> None:
    with pytest.raises(DatasetError, match="same questions"):
        paired_difference([1.0, 2.0], [1.0], ["a", "b"])
