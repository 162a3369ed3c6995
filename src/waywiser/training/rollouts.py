"""What a step drew, group by group, as people read it: two lines a prompt in rollouts.jsonl, or a whole page."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from waywiser.rewards import completion_text, messages_text

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RolloutGroup:
    """All completions of one prompt.

    `rewards[name][i]` is component `name` of completion i (None: does not apply), `advantages` are GRPO's before
    `weight` is multiplied in. `fate` says what became of the group: "kept", "dropped" (left out of the update) or
    "redrawn" (replaced by another prompt).
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
    fate: str = "kept"


Page = Callable[[Path, int, Sequence[RolloutGroup]], Any]
"""Writes a step's groups to a path; given by the floor that knows pages."""

Table = Callable[[int, Sequence[RolloutGroup]], None]
"""Sends a step's groups to a tracker."""


@dataclass
class RolloutWriter:
    """Where and how often rollouts are written: `lines` every `log_every` steps, pages every `page_every`.

    0 is never. `page` draws a step's groups; without it there are no pages. `tables` get all groups with the lines;
    one that fails is logged and does not stop the run.
    """

    lines: Path | None = None
    log_every: int = 0
    folder: Path | None = None
    page_every: int = 0
    page: Page | None = field(default=None, repr=False)
    tables: list[Table] = field(default_factory=list, repr=False)

    def due(self, step: int) -> bool:
        """Whether anything is written for `step`."""
        return self._logs(step) or self._draws(step)

    def write(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        """Two completions of the first two prompts as lines; all groups on the page."""
        if self._logs(step) and self.lines is not None:
            kept = [group for group in groups if group.fate == "kept"]
            with self.lines.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for group in kept[:2] for row in _rows(step, group, 2))
            self._fill_tables(step, groups)
        if self._draws(step) and self.page is not None and self.folder is not None:
            self.page(self.folder / f"step-{step:06d}.html", step, groups)

    def _fill_tables(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        for table in self.tables:
            try:
                table(step, groups)
            except Exception as error:  # whatever a tracker or its server raises
                logger.warning("rollouts of step %d did not reach a tracker: %s", step, error)

    def _logs(self, step: int) -> bool:
        return self.lines is not None and bool(self.log_every) and step % self.log_every == 0

    def _draws(self, step: int) -> bool:
        return self.page is not None and bool(self.page_every) and step % self.page_every == 0


def group_rollouts(
    inputs: Sequence[Mapping[str, Any]],
    completions: Sequence[Any],
    components: Sequence[str],
    rewards_B_F: np.ndarray,
    advantages_B: Sequence[float],
    weight_P: Sequence[float],
    fate: str = "kept",
) -> list[RolloutGroup]:
    """B rows of P prompts, each prompt's completions side by side, as groups."""
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
                rewards={name: [None if np.isnan(v) else v for v in values] for name, values in named},
                advantages=[float(a) for a in advantages_B[rows]],
                weight=float(weight),
                fate=fate,
            )
        )
    return groups


def _rows(step: int, group: RolloutGroup, most: int) -> list[dict[str, Any]]:
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
        for i, text in enumerate(group.completions[:most])
    ]
