"""Order `online`: each batch is chosen when it is needed, by what training has shown of the prompts so far."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from waywiser.training.curriculum import CurriculumSampler
from waywiser.training.pass_rates import PassRateMemory


class OnlineSampler(CurriculumSampler):
    """A CurriculumSampler that takes next the prompts that can teach most: p (1 - p) highest by `memory`.

    Ties go by lot. No prompt comes twice in an epoch, batches are homogeneous and tasks are drawn as there. A
    batch is chosen one batch ahead of its use (the data loader looks ahead), so it knows all steps but the last.
    The batches of the epoch are kept in `state`: a resumed run repeats them and chooses on from there.
    """

    def __init__(self, *args: Any, memory: PassRateMemory, **kwargs: Any) -> None:
        super().__init__(*args, order="random", **kwargs)
        self.memory = memory
        self._chosen: list[list[int]] = []

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; what was chosen in another one is forgotten."""
        if epoch != self.epoch:
            self._chosen = []
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        for batch in self._batches():
            for _ in range(self.repeat_count):
                for index in batch:
                    yield from [index] * self.num_generations

    def _batches(self) -> Iterator[list[int]]:
        rng = np.random.default_rng((self.seed, self.epoch))
        shuffled = self.mixing == "shuffled"
        turns = [""] * self.batches_per_epoch if shuffled else self._draw_tasks(rng)
        groups = {"": np.arange(len(self.difficulty))} if shuffled else self.tasks
        left = {name: rng.permutation(group).tolist() for name, group in groups.items()}
        for k, name in enumerate(turns):
            if k == len(self._chosen):
                self._chosen.append(self._choose(left[name]))
            taken = set(self._chosen[k])
            left[name] = [index for index in left[name] if index not in taken]
            yield self._chosen[k]

    def _choose(self, pool: list[int]) -> list[int]:
        rate = self.memory.estimate(pool)
        best = np.argsort(-rate * (1 - rate), kind="stable")[: self.batch_size]
        return [pool[i] for i in best]

    def state(self) -> dict[str, Any]:
        """The epoch and its batches so far, as plain JSON."""
        return {"epoch": self.epoch, "chosen": self._chosen}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.epoch, self._chosen = state["epoch"], [list(batch) for batch in state["chosen"]]
