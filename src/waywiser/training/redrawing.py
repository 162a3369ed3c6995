"""Dead groups, whose completions all earn the same, redrawn or dropped before any pass but the sampling itself."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from trl.data_utils import prepare_multimodal_messages

from waywiser.training.generated import COMPLETION_IDS, COMPLETIONS, put_rows, take_rows
from waywiser.training.rollouts import RolloutGroup, group_rollouts
from waywiser.training.seeding import seed_of
from waywiser.training.weighting import dead_groups

if TYPE_CHECKING:
    from waywiser.training.pass_rates import PassRateMemory
    from waywiser.training.rollouts import RolloutWriter


class DeadGroupTending:
    """Mix-in of `DynamicGRPOTrainer`: what it does with dead groups between sampling and scoring."""

    drop_dead_groups: bool
    redraws: int
    _inputs: list[dict[str, Any]]
    _known_rewards: torch.Tensor | None
    _first_metrics: dict[str, float]
    _left_out: list[RolloutGroup]
    _dropped_tokens: int

    if TYPE_CHECKING:
        tasks: Sequence[str]
        memory: PassRateMemory
        rollouts: RolloutWriter
        args: Any
        state: Any
        num_generations: int
        train_dataset: Any
        reward_func_names: list[str]
        eos_token_ids: Any
        mask_truncated_completions: bool
        _sample: Any
        _score: Any
        _observe: Any
        _reward_metrics: Any
        _totals: Any
        _weights: Any
        _note: Any

    def _spare_prompts(self, tasks: Sequence[str], taken: set[int], attempt: int) -> list[int | None]:
        """For each of these tasks the most uncertain of some prompts that are not `taken`; None where none is left."""
        rng = np.random.default_rng(seed_of(self.args.seed, self.state.global_step, attempt))
        names = np.asarray(self.tasks)
        chosen: list[int | None] = []
        for task in tasks:
            pool = [int(i) for i in rng.permutation(np.flatnonzero(names == task))[:256] if int(i) not in taken]
            rate = self.memory.estimate(pool)
            best = pool[int(np.argmax(rate * (1 - rate)))] if pool else None
            chosen.append(best)
            if best is not None:
                taken.add(best)
        return chosen

    def _tend(self, prompts: list[Any], generated: tuple[Any, ...]) -> tuple[Any, ...]:
        """Redraw and drop dead groups: in `generated`, and in place in TRL's `prompts` and the step's inputs."""
        inputs, size = self._inputs, self.num_generations
        rewards = self._score(inputs, prompts, generated)
        self._observe(inputs, as_array(rewards))
        self._first_metrics = self._reward_metrics(as_array(rewards))
        taken, redrawn = {row["row"] for row in inputs}, 0
        for attempt in range(self.redraws):
            dead = np.flatnonzero(dead_groups(self._totals(as_array(rewards)))).tolist()
            spare = self._spare_prompts([inputs[g * size]["task"] for g in dead], taken, attempt)
            found = [(group, index) for group, index in zip(dead, spare, strict=True) if index is not None]
            if not found:
                break
            places = [g * size + k for g, _ in found for k in range(size)]
            rows = [row for _, index in found for row in [self.train_dataset[index]] * size]  # pyright: ignore
            asked = [prepare_multimodal_messages(row["prompt"], images=row.get("images")) for row in rows]
            drawn = self._sample(asked)
            self._set_aside(places, inputs, generated, rewards, "redrawn")
            generated = put_rows(generated, places, drawn)
            for place, row, prompt in zip(places, rows, asked, strict=True):
                inputs[place], prompts[place] = row, prompt
            rewards[places] = self._score(rows, asked, drawn)
            self._observe(rows, as_array(rewards[places]), first=False)
            redrawn += len(found)
        dead = dead_groups(self._totals(as_array(rewards)))
        self._note({"groups/redrawn": redrawn, "groups/dead_at_last": float(dead.mean())})
        self._known_rewards = rewards
        return self._drop(dead, prompts, generated) if self.drop_dead_groups else generated

    def _drop(self, dead_P: np.ndarray, prompts: list[Any], generated: tuple[Any, ...]) -> tuple[Any, ...]:
        dead_B = np.repeat(dead_P, self.num_generations)
        if dead_P.all() or not dead_P.any() or self._known_rewards is None:
            return generated
        out, kept = np.flatnonzero(dead_B).tolist(), np.flatnonzero(~dead_B).tolist()
        self._set_aside(out, self._inputs, generated, self._known_rewards, "dropped")
        ids = [generated[COMPLETION_IDS][i] for i in out]
        whole = [row for row in ids if row[-1] in self.eos_token_ids] if self.mask_truncated_completions else ids
        self._dropped_tokens = sum(map(len, whole))
        self._inputs[:] = [self._inputs[i] for i in kept]
        prompts[:] = [prompts[i] for i in kept]
        self._known_rewards = self._known_rewards[kept]
        return take_rows(generated, kept)

    def _set_aside(
        self, rows: list[int], inputs: Any, generated: tuple[Any, ...], rewards: torch.Tensor, fate: str
    ) -> None:
        """Keep groups that leave the batch for the page."""
        if not self.rollouts.due(self.state.global_step):
            return
        scored = as_array(rewards[rows])
        texts = [generated[COMPLETIONS][i] for i in rows]
        chosen, weight_P = [inputs[i] for i in rows], self._weights(scored).tolist()
        names, zeros = self.reward_func_names, [0.0] * len(rows)
        self._left_out += group_rollouts(chosen, texts, names, scored, zeros, weight_P, fate)


def as_array(rewards_B_F: torch.Tensor) -> np.ndarray:
    """Rewards (B, F) in double precision on the CPU."""
    return rewards_B_F.detach().double().cpu().numpy()
