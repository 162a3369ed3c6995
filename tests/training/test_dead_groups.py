"""Dead groups leave before any forward pass is spent on them; others may be drawn in their place."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from training.test_rlvr import PLAIN, dynamic, scored
from waywiser.report.rollouts_page import write_rollouts_page
from waywiser.training.grpo.generation_output import replace_rows, select_rows
from waywiser.training.grpo.metrics import reward_metrics
from waywiser.training.run.rollouts import RolloutWriter


def passes(made: Any) -> list[int]:
    """Rows of each forward pass that scores completions with the reference."""
    seen: list[int] = []
    original = made.ref_model.forward

    def forward(*args: Any, **kwargs: Any) -> Any:
        seen.append(len(kwargs["input_ids"]))
        return original(*args, **kwargs)

    made.ref_model.forward = forward
    return seen


def test_a_dropped_group_costs_no_reference_pass_and_the_log_still_knows_it(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    whole = dynamic(dataset, model_folder, tmp_path / "a", PLAIN)
    less = dynamic(dataset, model_folder, tmp_path / "b", PLAIN, drop_zero_std_groups=True)
    rows = passes(less)
    scored(whole), scored(less)
    assert rows == [12]
    for name in (
        "reward",
        "reward_std",
        "rewards/accuracy/mean",
        "rewards/accuracy/std",
        "groups/dead",
    ):
        assert less._metrics["train"][name] == pytest.approx(whole._metrics["train"][name]), name
    assert less._metrics["train"]["groups/dead"] == [0.25]
    assert less._metrics["train"]["groups/dead_at_last"] == [0.25]


def test_others_are_drawn_in_place_of_dead_groups(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    """The reward of `test_rlvr` gives the first group of any call no hit: one that is redrawn stays
    dead there.
    """
    calls: list[list[str]] = []

    def alive_when_alone(
        completion_ids: list[list[int]], sample_id: list[str], **_: Any
    ) -> list[float]:
        calls.append(sample_id)
        again = len(completion_ids) == 4
        return [float(k % 4 < (2 if again else k // 4 % 4)) for k in range(len(completion_ids))]

    pages = RolloutWriter(page_dir=tmp_path / "pages", page_every=1, page=write_rollouts_page)
    made = dynamic(
        dataset,
        model_folder,
        tmp_path,
        PLAIN,
        max_resamples=2,
        drop_zero_std_groups=True,
        rollouts=pages,
    )
    made.reward_funcs = [alive_when_alone]
    rows = passes(made)
    batch = scored(made)
    first, second = calls
    assert (len(first), len(second), len(set(second))) == (16, 4, 1)
    assert not set(second) & set(first)
    assert second[0].split("-")[0] == first[0].split("-")[0]  # of the same task
    assert rows == [16]
    assert bool((batch["advantages"].reshape(-1, 4).abs().sum(dim=1) > 0).all())
    metrics = made._metrics["train"]
    assert (metrics["groups/dead"], metrics["groups/redrawn"], metrics["groups/dead_at_last"]) == (
        [0.25],
        [1],
        [0.0],
    )
    made.update_pass_rates()
    seen = {row[0] for row in made.pass_rate_estimator.state()["beliefs"]}
    assert {made.train_dataset[i]["sample_id"] for i in seen} == set(first) | set(second)
    page = (tmp_path / "pages" / "step-000000.html").read_text()
    assert page.count("another prompt was drawn in its place") == 1
    assert all(name in page for name in {*first, *second})


def test_a_batch_without_a_live_group_stays(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    made = dynamic(dataset, model_folder, tmp_path, PLAIN, drop_zero_std_groups=True)
    made.reward_funcs = [lambda completion_ids, **_: [1.0] * len(completion_ids)]
    batch = scored(made)
    assert batch["advantages"].tolist() == [0.0] * 16
    assert torch.isfinite(batch["num_items_in_batch"])


def test_rows_of_a_generated_batch() -> None:
    generated = ([1, 2, 3], ["a", "b", "c"], None, {}, [])
    assert select_rows(generated, [2, 0]) == ([3, 1], ["c", "a"], None, {}, [])
    other = ([9], ["z"], None, {}, [])
    assert replace_rows(generated, [1], other) == ([1, 9, 3], ["a", "z", "c"], None, {}, [])
    assert replace_rows(([1, 2], None), [0], ([7], ["new"])) == ([7, 2], ["new", None])


def test_reward_metrics_by_hand() -> None:
    rewards_B_F = np.array([[1.0, np.nan], [0.0, np.nan], [1.0, 0.5], [1.0, 0.5]])
    found = reward_metrics(rewards_B_F, ["a", "b"], np.array([[1.0, 0.0], [1.5, 1.5]]))
    assert found["rewards/a/mean"] == 0.75
    assert found["rewards/a/std"] == pytest.approx(0.5)
    assert (found["rewards/b/mean"], found["frac_reward_zero_std"]) == (0.5, 0.5)
    assert found["reward_std"] == pytest.approx(np.std([1, 0, 1.5, 1.5], ddof=1))
