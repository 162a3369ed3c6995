"""With order random, mixing shuffled, weight none and KL constant it is TRL's GRPO step by step,
sharing included.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from trl.trainer.grpo_trainer import GRPOTrainer

from helpers.qwen_tiny import tiny_qwen
from training.test_rlvr import PLAIN, dynamic, parameters, trainer
from waywiser.training.grpo.shared_compute import share_computation

SEEN = ("loss", "kl", "reward", "grad_norm", "entropy", "completions/mean_length", "learning_rate")


@pytest.fixture(scope="module")
def qwen_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("qwen") / "model"
    tiny_qwen(folder, "qwen2_5_vl")
    return folder


def steps(made: Any) -> list[dict[str, float]]:
    """What each step logged; the model ends trained."""
    made.train()
    return [row for row in made.state.log_history if "loss" in row]


@pytest.mark.parametrize("kind", ["starter", "qwen"])
def test_losses_and_weights_are_those_of_trl(
    kind: str, dataset: Path, model_folder: Path, qwen_folder: Path, tmp_path: Path
) -> None:
    folder = {"starter": model_folder, "qwen": qwen_folder}[kind]
    plain = trainer(GRPOTrainer, dataset, folder, tmp_path / "plain", steps=3)
    start = parameters(plain)
    expected = steps(plain)
    ours = dynamic(dataset, folder, tmp_path / "ours", PLAIN, steps=3)
    share_computation(ours, cache_bytes=2**20)
    found = steps(ours)
    assert len(found) == len(expected) == 3
    for one, other in zip(found, expected, strict=True):
        for name in SEEN:
            assert one[name] == pytest.approx(other[name], abs=2e-5, rel=2e-4), name
    assert expected[-1]["kl"] > 1e-6
    moved = [float((value - start[name]).abs().max()) for name, value in parameters(plain).items()]
    assert max(moved) > 1e-3
    for name, value in parameters(plain).items():
        torch.testing.assert_close(parameters(ours)[name], value, atol=1e-4, rtol=1e-3, msg=name)
