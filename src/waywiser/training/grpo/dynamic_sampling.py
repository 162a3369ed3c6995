"""Zero-std groups, whose completions all earn the same reward, resampled or dropped before any pass
but the sampling itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from trl.data_utils import prepare_multimodal_messages

from waywiser.json_types import JsonObject
from waywiser.training.grpo.generation_output import (
    COMPLETION_IDS,
    COMPLETIONS,
    replace_rows,
    select_rows,
)
from waywiser.training.grpo.weighting import zero_std_groups
from waywiser.training.run.rollouts import RolloutGroup, group_rollouts
from waywiser.training.run.seeding import derive_seed

if TYPE_CHECKING:
    from waywiser.training.data.pass_rates import PassRateEstimator
    from waywiser.training.run.rollouts import RolloutWriter


class DynamicSamplingMixin:
    """Mix-in of `DynamicGRPOTrainer`: what it does with zero-std groups between sampling and
    scoring.
    """

    drop_zero_std_groups: bool
    max_resamples: int
    _step_inputs: list[JsonObject]
    _precomputed_rewards: torch.Tensor | None
    _initial_reward_metrics: dict[str, float]
    _removed_groups: list[RolloutGroup]
    _num_dropped_tokens: int

    if TYPE_CHECKING:
        tasks: Sequence[str]
        pass_rate_estimator: PassRateEstimator
        rollouts: RolloutWriter
        args: Any
        state: Any
        num_generations: int
        train_dataset: Any
        reward_func_names: list[str]
        eos_token_ids: Any
        mask_truncated_completions: bool
        _sample_completions: Any
        _score_completions: Any
        _observe_rewards: Any
        _reward_metrics: Any
        _total_rewards: Any
        _prompt_weights: Any
        _record_metrics: Any

    def _pick_replacements(
        self, tasks: Sequence[str], used_rows: set[int], attempt: int
    ) -> list[int | None]:
        """For each of these tasks the most uncertain of some prompts that are not `used_rows`; None
        where none is left.
        """
        rng = np.random.default_rng(derive_seed(self.args.seed, self.state.global_step, attempt))
        names = np.asarray(self.tasks)
        chosen: list[int | None] = []

        for task in tasks:
            candidates = [
                int(i)
                for i in rng.permutation(np.flatnonzero(names == task))[:256]
                if int(i) not in used_rows
            ]

            rate = self.pass_rate_estimator.estimate(candidates)
            best = candidates[int(np.argmax(rate * (1 - rate)))] if candidates else None
            chosen.append(best)

            if best is not None:
                used_rows.add(best)

        return chosen

    def _resample_zero_std_groups(
        self, prompts: list[Any], generated: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        """Resample and drop zero-std groups: in `generated`, and in place in TRL's `prompts` and
        the step's inputs.
        """
        inputs = self._step_inputs
        size = self.num_generations
        rewards = self._score_completions(inputs, prompts, generated)
        self._observe_rewards(inputs, as_array(rewards))
        self._initial_reward_metrics = self._reward_metrics(as_array(rewards))
        used_rows = {row["row"] for row in inputs}
        num_resampled = 0

        for attempt in range(self.max_resamples):
            zero_std = np.flatnonzero(
                zero_std_groups(self._total_rewards(as_array(rewards)))
            ).tolist()
            replacements = self._pick_replacements(
                [inputs[g * size]["task"] for g in zero_std], used_rows, attempt
            )
            replaced = [
                (group, index)
                for group, index in zip(zero_std, replacements, strict=True)
                if index is not None
            ]
            if not replaced:
                break

            positions = [g * size + k for g, _ in replaced for k in range(size)]
            rows = [row for _, index in replaced for row in [self.train_dataset[index]] * size]  # pyright: ignore
            new_prompts = [
                prepare_multimodal_messages(row["prompt"], images=row.get("images")) for row in rows
            ]
            new_generated = self._sample_completions(new_prompts)
            self._record_removed(positions, inputs, generated, rewards, "redrawn")
            generated = replace_rows(generated, positions, new_generated)

            for position, row, prompt in zip(positions, rows, new_prompts, strict=True):
                inputs[position], prompts[position] = row, prompt

            rewards[positions] = self._score_completions(rows, new_prompts, new_generated)
            self._observe_rewards(rows, as_array(rewards[positions]), first=False)
            num_resampled += len(replaced)

        zero_std = zero_std_groups(self._total_rewards(as_array(rewards)))
        self._record_metrics(
            {"groups/redrawn": num_resampled, "groups/dead_at_last": float(zero_std.mean())}
        )
        self._precomputed_rewards = rewards

        return (
            self._drop_zero_std_groups(zero_std, prompts, generated)
            if self.drop_zero_std_groups
            else generated
        )

    def _drop_zero_std_groups(
        self, zero_std_P: np.ndarray, prompts: list[Any], generated: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        zero_std_B = np.repeat(zero_std_P, self.num_generations)
        if zero_std_P.all() or not zero_std_P.any() or self._precomputed_rewards is None:
            return generated

        removed = np.flatnonzero(zero_std_B).tolist()
        remaining = np.flatnonzero(~zero_std_B).tolist()
        self._record_removed(
            removed, self._step_inputs, generated, self._precomputed_rewards, "dropped"
        )
        ids = [generated[COMPLETION_IDS][i] for i in removed]
        complete = (
            [row for row in ids if row[-1] in self.eos_token_ids]
            if self.mask_truncated_completions
            else ids
        )

        self._num_dropped_tokens = sum(map(len, complete))
        self._step_inputs[:] = [self._step_inputs[i] for i in remaining]
        prompts[:] = [prompts[i] for i in remaining]
        self._precomputed_rewards = self._precomputed_rewards[remaining]

        return select_rows(generated, remaining)

    def _record_removed(
        self,
        rows: list[int],
        inputs: Any,
        generated: tuple[Any, ...],
        rewards: torch.Tensor,
        status: str,
    ) -> None:
        """Keep groups that leave the batch for the page."""
        if not self.rollouts.is_due(self.state.global_step):
            return

        scored = as_array(rewards[rows])
        texts = [generated[COMPLETIONS][i] for i in rows]
        chosen = [inputs[i] for i in rows]
        weight_P = self._prompt_weights(scored).tolist()
        names = self.reward_func_names
        zeros = [0.0] * len(rows)
        self._removed_groups += group_rollouts(
            chosen, texts, names, scored, zeros, weight_P, status
        )


def as_array(rewards_B_F: torch.Tensor) -> np.ndarray:
    """Rewards (B, F) in double precision on the CPU."""
    return rewards_B_F.detach().double().cpu().numpy()
