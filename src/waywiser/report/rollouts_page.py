"""What the policy wrote in one step of RLVR: every completion of every prompt, with what it was
paid.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waywiser.report.embedded_images import embed_image
from waywiser.report.html_page import write_page
from waywiser.training.run.rollouts import RolloutGroup

_GROUP_NOTES = {
    "kept": "",
    "dropped": "dead: all completions scored the same, left out of the update",
    "redrawn": "dead: all completions scored the same, another prompt was drawn in its place",
}


def write_rollouts_page(path: Path, step: int, groups: Sequence[RolloutGroup]) -> Path:
    """Write the page of a step's groups to `path`, in the order of the batch, whole or not at all.

    Self-contained: pictures are inline, model text is escaped, nothing is loaded. Raises
    DatasetError where `path` cannot be written.
    """
    kept = sum(group.status == "kept" for group in groups)
    count = sum(len(group.completions) for group in groups)
    lead = f"{len(groups)} prompts, {kept} of them in the update, {count} completions."
    contexts = [_group_context(group) for group in groups]

    return write_page(
        path, "rollouts.html", title=f"Rollouts of step {step}", lead=lead, groups=contexts
    )


def _group_context(group: RolloutGroup) -> dict[str, Any]:
    names = list(group.rewards)
    rows = [
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
