"""What balancing knows of a question, and which questions are twins."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """What balancing needs to know of a `Draft` (see `waywiser.tasks`); `kind` is that of its
    answer.

    `position` is that of the right answer among the `options` (their number); where it is given,
    classes and places are levelled apart from each other, and apart in each `subtask`. `text` is
    the whole question, or a digest of it, and `answer` its answer in words, by which twins are
    found.
    """

    view: str
    task: str
    kind: str
    subject: str
    answer_class: str
    compared: tuple[str, str] | None = None
    scene: str = ""
    text: str = ""
    answer: str = ""
    position: str | None = None
    options: int = 0
    subtask: str = ""


def find_contrast_pairs(candidates: Sequence[Candidate]) -> list[int]:
    """Indices of those whose very words are asked about another scene, too, with another answer."""
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)

    for index, c in enumerate(candidates):
        if c.text:
            asked[c.task, c.text].append(index)

    members: list[int] = []

    for group in asked.values():
        seen = {(candidates[i].scene, candidates[i].answer) for i in group}

        for i in group:
            c = candidates[i]
            if any(scene != c.scene and answer != c.answer for scene, answer in seen):
                members.append(i)

    return sorted(members)


def count_in_contrast_pairs(candidates: Sequence[Candidate]) -> int:
    """How many have a twin; one task after the other, which takes less memory."""
    by_task: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_task[candidate.task].append(candidate)
    return sum(len(find_contrast_pairs(group)) for group in by_task.values())
