"""The page of one step of RLVR: every completion of every prompt, with its rewards."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from waywiser.report.embedded_images import EmbeddedImage, embed_image
from waywiser.report.html_page import write_page
from waywiser.training.run.rollouts import RolloutGroup

_GROUP_NOTES = {
    "kept": "",
    "dropped": "dead: all completions scored the same, left out of the update",
    "redrawn": "dead: all completions scored the same, another prompt was drawn in its place",
}


class _CompletionRow(TypedDict):
    """A completion, for the template."""

    text: str
    rewards: list[str]
    advantage: str


class _GroupContext(TypedDict):
    """A group of completions of one prompt, for the template."""

    task: str
    sample_id: str
    question: str
    answer: str
    images: list[EmbeddedImage]
    components: list[str]
    rows: list[_CompletionRow]
    weight: str
    note: str


def write_rollouts_page(path: Path, step: int, groups: Sequence[RolloutGroup]) -> Path:
    """Write the page of a step's groups, atomically and in the order of the batch.

    The page is self-contained: images are inline, model text is escaped, nothing is loaded.

    Args:
        path: The page's file.
        step: The training step.
        groups: The step's groups of completions.

    Raises:
        DatasetError: The page cannot be written.
    """
    num_kept = sum(group.status == "kept" for group in groups)
    count = sum(len(group.completions) for group in groups)
    lead = f"{len(groups)} prompts, {num_kept} of them in the update, {count} completions."
    contexts = [_group_context(group) for group in groups]

    return write_page(
        path, "rollouts.html", title=f"Rollouts of step {step}", lead=lead, groups=contexts
    )


def _group_context(group: RolloutGroup) -> _GroupContext:
    names = list(group.rewards)
    rows: list[_CompletionRow] = [
        {
            "text": text,
            "rewards": [_format_number(group.rewards[name][i]) for name in names],
            "advantage": _format_number(group.advantages[i]),
        }
        for i, text in enumerate(group.completions)
    ]

    return {
        "task": group.task,
        "sample_id": group.sample_id,
        "question": group.question,
        "answer": _format_gold(group.answer),
        "images": [embed_image(image, "a picture asked about") for image in group.images],
        "components": names,
        "rows": rows,
        "weight": _format_number(group.weight),
        "note": _GROUP_NOTES[group.status],
    }


def _format_gold(answer: Any) -> str:
    value = answer.get("value", "")
    unit = answer.get("unit")
    return f"{value} {unit}" if unit else str(value)


def _format_number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
