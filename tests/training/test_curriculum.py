from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trl.trainer.utils import RepeatSampler

from waywiser.errors import RecipeError
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.length_grouping import LengthGroupedSampler

TASKS = [*"aaaaaaa", *"bbbbb", *"cccc"]


def sampler(tasks=TASKS, difficulty=None, **options) -> CurriculumSampler:
    options.setdefault("batch_size", 2)
    return CurriculumSampler(
        tasks, np.linspace(0, 1, len(tasks)) if difficulty is None else difficulty, **options
    )


@st.composite
def cases(draw):
    batch = draw(st.integers(1, 4))
    sizes = draw(st.lists(st.integers(batch, 12), min_size=1, max_size=4))
    tasks = [f"t{k}" for k, size in enumerate(sizes) for _ in range(size)]
    tasks = draw(st.permutations(tasks))
    difficulty = draw(
        st.lists(st.sampled_from([0, 0.25, 0.5, 1.0]), min_size=len(tasks), max_size=len(tasks))
    )
    return sampler(
        tasks,
        difficulty,
        batch_size=batch,
        order=draw(st.sampled_from(["random", "curriculum"])),
        mixing=draw(st.sampled_from(["shuffled", "task-homogeneous"])),
        num_generations=draw(st.integers(1, 3)),
        repeat_count=draw(st.integers(1, 3)),
        batches=draw(st.none() | st.integers(1, 6)),
        seed=draw(st.integers(0, 99)),
    )


@given(cases(), st.integers(0, 3))
def test_an_epoch_holds_each_sample_at_most_once_in_full_batches(
    s: CurriculumSampler, epoch: int
) -> None:
    s.set_epoch(epoch)
    batches = s.prompt_batches()
    flat = [index for batch in batches for index in batch]
    assert all(len(batch) == s.batch_size for batch in batches)
    assert len(batches) == s.batches_per_epoch
    assert max(Counter(flat).values()) == 1
    if s.batches is None or s.batches > len(batches):
        left_out = len(s.difficulty) - len(flat)
        groups = (
            [len(s.difficulty)] if s.mixing == "shuffled" else [len(g) for g in s.tasks.values()]
        )
        assert left_out == sum(size % s.batch_size for size in groups)


@given(cases(), st.integers(0, 3))
def test_order_and_mixing(s: CurriculumSampler, epoch: int) -> None:
    s.set_epoch(epoch)
    task_of = {i: name for name, group in s.tasks.items() for i in group.tolist()}
    last: dict[str, float] = {}
    for batch in s.prompt_batches():
        if s.mixing == "task-homogeneous":
            assert len({task_of[i] for i in batch}) == 1
        if s.order == "curriculum":
            for i in batch:
                assert s.difficulty[i] >= last.get(task_of[i], -1)
                last[task_of[i]] = s.difficulty[i]


@given(cases(), st.integers(0, 3))
def test_the_flat_order_is_laid_out_as_trl_lays_it_out(s: CurriculumSampler, epoch: int) -> None:
    s.set_epoch(epoch)
    flat = list(s)
    assert len(flat) == len(s)
    expected = [
        i
        for batch in s.prompt_batches()
        for _ in range(s.repeat_count)
        for i in batch
        for _ in range(s.num_generations)
    ]
    assert flat == expected
    trl = RepeatSampler(range(12), mini_repeat_count=3, batch_size=4, repeat_count=2, shuffle=False)
    ours = sampler(["a"] * 12, np.arange(12) / 12, batch_size=4, num_generations=3, repeat_count=2)
    assert list(ours) == list(trl)
    assert len(ours) == len(trl)


@given(cases())
def test_same_seed_and_epoch_same_order_and_iterating_changes_nothing(s: CurriculumSampler) -> None:
    s.set_epoch(2)
    first = list(s)
    s.set_epoch(0)
    list(s)
    s.set_epoch(2)
    assert list(s) == first


def test_epochs_and_seeds_differ() -> None:
    s = sampler(order="random")
    orders = set()
    for epoch in range(4):
        s.set_epoch(epoch)
        orders.add(tuple(s))
    orders.add(tuple(sampler(order="random", seed=1)))
    assert len(orders) == 5


def test_tasks_are_drawn_uniformly_whatever_their_size() -> None:
    tasks = ["big"] * 900 + ["small"] * 300
    counts: Counter[str] = Counter()
    for seed in range(60):
        s = sampler(tasks, np.zeros(1200), batch_size=10, batches=20, seed=seed)
        counts.update(tasks[batch[0]] for batch in s.prompt_batches())
    share = counts["small"] / counts.total()
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / counts.total())


def test_a_short_run_still_ends_on_hard_prompts() -> None:
    difficulty = np.linspace(0, 1, 1000)
    s = sampler(["a"] * 1000, difficulty, batch_size=10, batches=10)
    means = [difficulty[batch].mean() for batch in s.prompt_batches()]
    assert len(s) == 100
    assert all(a < b for a, b in pairwise(means))
    assert means[0] < 0.15
    assert means[-1] > 0.85


def test_what_is_left_out_changes_with_the_epoch() -> None:
    s = sampler(["a"] * 5, np.arange(5) / 5, batch_size=2)
    left = set()
    for epoch in range(100):
        s.set_epoch(epoch)
        left |= set(range(5)) - set(s)
    assert left == set(range(5))


def test_shuffled_curriculum_mixes_equal_ranks() -> None:
    tasks = ["easy"] * 40 + ["hard"] * 40
    difficulty = np.concatenate([np.linspace(0, 0.3, 40), np.linspace(0.6, 1, 40)])
    batches = sampler(tasks, difficulty, batch_size=8, mixing="shuffled").prompt_batches()
    assert all(Counter(tasks[i] for i in batch) == {"easy": 4, "hard": 4} for batch in batches)


def test_bad_requests() -> None:
    with pytest.raises(RecipeError, match="unknown order 'curiculum'; did you mean 'curriculum'"):
        sampler(order="curiculum")
    with pytest.raises(RecipeError, match="unknown order 'online'; choose from random, curriculum"):
        sampler(order="online")
    with pytest.raises(RecipeError, match="unknown mixing"):
        sampler(mixing="none")
    with pytest.raises(RecipeError, match="c has 4 samples, fewer than the 5"):
        sampler(batch_size=5)
    with pytest.raises(RecipeError, match="the dataset has 16 samples"):
        sampler(batch_size=17, mixing="shuffled")
    with pytest.raises(RecipeError, match="which 2 samples lack"):
        sampler(difficulty=[np.nan] * 2 + [0.5] * 14)
    with pytest.raises(ValueError, match="16 tasks but 3"):
        sampler(difficulty=[0.1] * 3)
    assert len(list(sampler(difficulty=[np.nan] * 16, order="random"))) == 14


@given(st.lists(st.integers(1, 500), min_size=0, max_size=80), st.integers(1, 8), st.integers(0, 5))
def test_length_groups_hold_every_row_once(lengths: list[int], batch: int, seed: int) -> None:
    s = LengthGroupedSampler(lengths, batch, seed=seed)
    assert sorted(s) == list(range(len(lengths)))
    assert list(s) == list(s)
    assert len(s) == len(lengths)


def test_length_groups_waste_less_padding_than_chance() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(50, 400, size=512)

    def padded(order: np.ndarray) -> int:
        return int(lengths[order].reshape(-1, 16).max(axis=1).sum())

    s = LengthGroupedSampler(lengths.tolist(), 16)
    assert padded(np.array(list(s))) < 0.75 * padded(rng.permutation(512))
    s.set_epoch(1)
    assert list(s) != list(LengthGroupedSampler(lengths.tolist(), 16))
