"""What a step drew, group by group, as people read it: two lines a prompt in rollouts.jsonl, or a
whole page.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from waywiser.json_types import JsonObject
from waywiser.rewards import completion_text, messages_text

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RolloutGroup:
    """All completions of one prompt.

    `rewards[name][i]` is component `name` of completion i (None: does not apply), `advantages` are
    GRPO's before `weight` is multiplied in. `status` says what became of the group: "kept",
    "dropped" (left out of the update) or "redrawn" (replaced by another prompt).
    """

    sample_id: str
    task: str
    question: str
    answer: Mapping[str, Any]
    images: list[Image.Image]
    completions: list[str]
    rewards: dict[str, list[float | None]]
    advantages: list[float]
    weight: float
    status: str = "kept"


PageWriter = Callable[[Path, int, Sequence[RolloutGroup]], Any]
"""Writes a step's groups to a path; given by the floor that knows pages."""

TableWriter = Callable[[int, Sequence[RolloutGroup]], None]
"""Sends a step's groups to a tracker."""


@dataclass
class RolloutWriter:
    """Where and how often rollouts are written: `jsonl_path` every `log_every` steps, pages every
    `page_every`.

    0 is never. `page` draws a step's groups; without it there are no pages. `tables` get all groups
    with the lines; one that fails is logged and does not stop the run.
    """

    jsonl_path: Path | None = None
    log_every: int = 0
    page_dir: Path | None = None
    page_every: int = 0
    page: PageWriter | None = field(default=None, repr=False)
    tables: list[TableWriter] = field(default_factory=list, repr=False)

    def is_due(self, step: int) -> bool:
        """Whether anything is written for `step`."""
        return self._is_log_step(step) or self._is_page_step(step)

    def write(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        """Two completions of the first two prompts as lines; all groups on the page."""
        if self._is_log_step(step) and self.jsonl_path is not None:
            kept = [group for group in groups if group.status == "kept"]

            with self.jsonl_path.open("a") as file:
                file.writelines(
                    json.dumps(row) + "\n"
                    for group in kept[:2]
                    for row in _completion_rows(step, group, 2)
                )

            self._write_tables(step, groups)

        if self._is_page_step(step) and self.page is not None and self.page_dir is not None:
            self.page(self.page_dir / f"step-{step:06d}.html", step, groups)

    def _write_tables(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        for table in self.tables:
            try:
                table(step, groups)
            except Exception as error:  # whatever a tracker or its server raises
                logger.warning("rollouts of step %d did not reach a tracker: %s", step, error)

    def _is_log_step(self, step: int) -> bool:
        return self.jsonl_path is not None and bool(self.log_every) and step % self.log_every == 0

    def _is_page_step(self, step: int) -> bool:
        return self.page is not None and bool(self.page_every) and step % self.page_every == 0


def group_rollouts(
    inputs: Sequence[Mapping[str, Any]],
    completions: Sequence[Any],
    components: Sequence[str],
    rewards_B_F: np.ndarray,
    advantages_B: Sequence[float],
    weight_P: Sequence[float],
    status: str = "kept",
) -> list[RolloutGroup]:
    """B rows of P prompts, each prompt's completions side by side, as groups.

    Args:
        inputs: The B rows that were completed, each prompt's repeated.
        completions: Their B completions, as text or messages.
        components: Names of the F reward components.
        rewards_B_F: Rewards, shape (B, F); NaN where a component does not apply.
        advantages_B: Advantages, B of them.
        weight_P: Weights of the P prompts.
        status: What became of the groups, such as "kept".

    Returns:
        P groups of B / P completions.
    """
    size = len(inputs) // max(1, len(weight_P))
    groups = []

    for prompt, weight in enumerate(weight_P):
        rows = slice(prompt * size, (prompt + 1) * size)
        row = inputs[rows.start]
        named = zip(components, rewards_B_F[rows].T.tolist(), strict=True)
        groups.append(
            RolloutGroup(
                sample_id=row["sample_id"],
                task=row["task"],
                question=messages_text(row["prompt"][-1:]),
                answer=row.get("answer") or {},
                images=list(row.get("images") or []),
                completions=[completion_text(c) for c in completions[rows]],
                rewards={
                    name: [None if np.isnan(v) else v for v in values] for name, values in named
                },
                advantages=[float(a) for a in advantages_B[rows]],
                weight=float(weight),
                status=status,
            )
        )

    return groups


def _completion_rows(step: int, group: RolloutGroup, max_completions: int) -> list[JsonObject]:
    return [
        {
            "step": step,
            "sample_id": group.sample_id,
            "task": group.task,
            "question": group.question,
            "completion": text,
            "rewards": {name: values[i] for name, values in group.rewards.items()},
            "advantage": group.advantages[i],
            "weight": group.weight,
        }
        for i, text in enumerate(group.completions[:max_completions])
    ]
