"""Candidate questions as balancing sees them, and contrast pairs among them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """The properties of a `Question` (see `waywiser.tasks`) that balancing uses.

    Attributes:
        view: Id of the image or clip that it is about.
        task: Its task.
        kind: Kind of its answer.
        subject: The category that it is about.
        answer_class: Class of its answer, such as a range of a number.
        compared: The winning and the losing category of a comparison.
        scene: Id of its scene.
        text: The whole question, or a digest of it, by which contrast pairs are found.
        answer: Its answer as text, by which contrast pairs are found.
        position: Position of the right answer among the options; if it is set, classes and
            positions are balanced separately, within each subtask.
        options: Number of options.
        subtask: Part of the task that is balanced on its own.
        value: Its answer as a number > 0, if the task is balanced by value within each category.
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
    value: float | None = None


def find_contrast_pairs(candidates: Sequence[Candidate]) -> list[int]:
    """Indices of questions that are asked word for word of another scene with another answer."""
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
    """How many questions are in a contrast pair; task by task, which takes less memory."""
    by_task: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_task[candidate.task].append(candidate)
    return sum(len(find_contrast_pairs(group)) for group in by_task.values())
