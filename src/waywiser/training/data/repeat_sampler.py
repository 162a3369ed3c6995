"""TRL's own prompt order, made to survive a resume."""

from typing import Any

import torch
from trl.trainer.utils import RepeatSampler


class ResumableRepeatSampler(RepeatSampler):
    """The orders of TRL's RepeatSampler, epoch by epoch, each a function of (seed, epoch).

    TRL's goes on from its generator's state, so that a run resumed in a later epoch would get the
    first one's order again. The Trainer calls `set_epoch` before each epoch.
    """

    def __init__(self, *args: Any, seed: int, **kwargs: Any) -> None:
        super().__init__(*args, seed=seed, **kwargs)
        self.first_seed = seed

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next iteration draws."""
        self.generator.manual_seed(self.first_seed)
        for _ in range(epoch):
            torch.randperm(self.num_samples, generator=self.generator)
