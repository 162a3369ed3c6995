"""Order `online`: each batch is chosen when it is needed, by what training has shown of the prompts
so far.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from waywiser.json_types import JsonObject
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.pass_rates import PassRateEstimator


class OnlineSampler(CurriculumSampler):
    """A CurriculumSampler that takes next the prompts that can teach most: p (1 - p) highest by
    `pass_rate_estimator`.

    Ties are broken at random. No prompt comes twice in an epoch, batches are homogeneous and tasks are drawn
    as there. A batch is chosen one batch ahead of its use (the data loader looks ahead), so it
    knows all steps but the last. The batches of the epoch are kept in `state`: a resumed run
    repeats them and chooses on from there.
    """

    def __init__(self, *args: Any, pass_rate_estimator: PassRateEstimator, **kwargs: Any) -> None:
        super().__init__(*args, order="random", **kwargs)
        self.pass_rate_estimator = pass_rate_estimator
        self._chosen_batches: list[list[int]] = []

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; what was chosen in another one is forgotten."""
        if epoch != self.epoch:
            self._chosen_batches = []
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        for batch in self._batches():
            for _ in range(self.repeat_count):
                for index in batch:
                    yield from [index] * self.num_generations

    def _batches(self) -> Iterator[list[int]]:
        rng = np.random.default_rng((self.seed, self.epoch))
        shuffled = self.mixing == "shuffled"
        task_order = [""] * self.batches_per_epoch if shuffled else self._sample_task_order(rng)
        groups = {"": np.arange(len(self.difficulty))} if shuffled else self.tasks
        remaining = {name: rng.permutation(group).tolist() for name, group in groups.items()}

        for k, name in enumerate(task_order):
            if k == len(self._chosen_batches):
                self._chosen_batches.append(self._choose_batch(remaining[name]))

            used = set(self._chosen_batches[k])
            remaining[name] = [index for index in remaining[name] if index not in used]
            yield self._chosen_batches[k]

    def _choose_batch(self, candidates: list[int]) -> list[int]:
        rate = self.pass_rate_estimator.estimate(candidates)
        hardest_to_call = np.argsort(-rate * (1 - rate), kind="stable")[: self.batch_size]
        return [candidates[i] for i in hardest_to_call]

    def state(self) -> JsonObject:
        """The epoch and its batches so far, as plain JSON."""
        return {"epoch": self.epoch, "chosen": self._chosen_batches}

    def load(self, state: JsonObject) -> None:
        """Go on from what `state` gave."""
        self.epoch = state["epoch"]
        self._chosen_batches = [list(batch) for batch in state["chosen"]]
