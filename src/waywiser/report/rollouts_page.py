"""What the policy wrote in one step of RLVR: every completion of every prompt, with what it was paid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waywiser.report.page import write_page
from waywiser.report.pictures import picture
from waywiser.training.rollouts import RolloutGroup

_FATES = {
    "kept": "",
    "dropped": "dead: all completions scored the same, left out of the update",
    "redrawn": "dead: all completions scored the same, another prompt was drawn in its place",
}


def write_rollouts_page(path: Path, step: int, groups: Sequence[RolloutGroup]) -> Path:
    """Write the page of a step's groups to `path`, in the order of the batch, whole or not at all.

    Self-contained: pictures are inline, model text is escaped, nothing is loaded. Raises DatasetError where `path`
    cannot be written.
    """
    kept = sum(group.fate == "kept" for group in groups)
    count = sum(len(group.completions) for group in groups)
    lead = f"{len(groups)} prompts, {kept} of them in the update, {count} completions."
    shown = [_group(group) for group in groups]
    return write_page(path, "rollouts.html", title=f"Rollouts of step {step}", lead=lead, groups=shown)


def _group(group: RolloutGroup) -> dict[str, Any]:
    names = list(group.rewards)
    rows = [
        {
            "text": text,
            "rewards": [_number(group.rewards[name][i]) for name in names],
            "advantage": _number(group.advantages[i]),
        }
        for i, text in enumerate(group.completions)
    ]
    return {
        "task": group.task,
        "sample_id": group.sample_id,
        "question": group.question,
        "answer": _answer(group.answer),
        "images": [picture(image, "a picture asked about") for image in group.images],
        "components": names,
        "rows": rows,
        "weight": _number(group.weight),
        "note": _FATES[group.fate],
    }


def _answer(answer: Any) -> str:
    value, unit = answer.get("value", ""), answer.get("unit")
    return f"{value} {unit}" if unit else str(value)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
