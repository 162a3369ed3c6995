"""What every spatial task is: a `Task`, about one picture (`ImageTask`) or several (`ClipTask`).

A task is pure: it reads a view (scene, camera, rendered truth) and proposes questions whose answers
follow from the geometry, or none when a filter says that people could disagree.

Reasoning says what a viewer sees: where things are in the image, how large they look, what is
assumed of them, and the steps from there to the answer, which a reader can redo.

All that a task of one's own is written with can be imported from here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Literal

import numpy as np

from waywiser.errors import RecipeError
from waywiser.rendering.marks import Mark
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.tasks.inputs import ObjectId, TaskInputs
from waywiser.tasks.own_tasks import blame, check_answer, check_reasoning
from waywiser.tasks.question import Question
from waywiser.tasks.sampling import MAX_QUESTIONS, sample_one, sample_up_to
from waywiser.tasks.visible_objects import (
    MIN_CLEAR_PIXEL_SHARE,
    MIN_OBJECT_SIZE,
    MIN_OUTLINE_FRACTION,
    MIN_PIXEL_SHARE,
    MIN_VISIBLE_FRACTION,
    NEGLIGIBLE_PIXEL_SHARE,
    View,
    group_visible_by_category,
    is_clearly_visible,
    is_fully_visible,
    is_noticeable,
    is_visible,
    recognize,
    uniquely_named,
)

__all__ = [
    "MAX_QUESTIONS",
    "MIN_CLEAR_PIXEL_SHARE",
    "MIN_OBJECT_SIZE",
    "MIN_OUTLINE_FRACTION",
    "MIN_PIXEL_SHARE",
    "MIN_VISIBLE_FRACTION",
    "NEGLIGIBLE_PIXEL_SHARE",
    "ClipTask",
    "ImageTask",
    "Needs",
    "ObjectId",
    "Question",
    "ScanNeed",
    "Task",
    "TaskInputs",
    "View",
    "group_visible_by_category",
    "is_clearly_visible",
    "is_fully_visible",
    "is_noticeable",
    "is_visible",
    "recognize",
    "sample_one",
    "sample_up_to",
    "uniquely_named",
]

Needs = Literal["image", "views", "video", "motion"]
"""What a task looks at: a picture, two pictures of a clip, a video, or a video in which something
moves.
"""
ScanNeed = Literal[
    "objects", "boxes", "up", "floor", "frames", "times", "motion", "walkable", "uses"
]
"""What a scan may lack: "boxes": every object named has one; "uses": what its rooms are for."""


class Task(ABC):
    """One kind of question, in one class: derive from `ImageTask` or `ClipTask` and register it.

    A task says what it needs, which words it asks with and how its answer follows from typed
    inputs. Synthesis, the filter of scans, levels of difficulty, the audit's page and the catalogue
    read the rest from here. Methods are pure: words and order are drawn from `rng` alone.

    Attributes:
        name: Its name in datasets and on the command line: lower case, with underscores.
        kind: The kind of its answers.
        unit: The unit of its answers, None where they have none.
        needs: What it looks at.
        scan_needs: What a scan must offer, besides depth and poses, to be asked.
        single_rooms: Whether the picture of a single room does; otherwise homes are built.
        category_tells: Whether the categories asked about tell the answer in part, as a fridge is
            1.8 m tall. Numbers are then balanced within each category, by value.
        min_rooms: Fewest rooms of a home that allows such questions.
        templates: The ways to ask, with words in braces, or such by group.
        seed: Keeps its random choices apart from other tasks'. Set by `register_task`.
    """

    name: ClassVar[str]
    kind: ClassVar[AnswerKind]
    unit: ClassVar[str | None] = None
    needs: ClassVar[Needs]
    scan_needs: ClassVar[tuple[ScanNeed, ...]]
    single_rooms: ClassVar[bool] = False
    category_tells: ClassVar[bool] = False
    min_rooms: ClassVar[int] = 1
    templates: ClassVar[Sequence[str] | Mapping[str, Sequence[str]]]
    seed: ClassVar[int]

    class Inputs(TaskInputs):
        """What the answer is computed from."""

    @abstractmethod
    def propose(self, view: Any, rng: np.random.Generator, /) -> Iterable[Question]:
        """Questions that this view supports, none where the filters refuse.

        Args:
            view: A `View` of one picture, or a `ClipView`.
            rng: What words, order and choices are drawn from.

        Returns:
            What `question` builds, once for each question.
        """

    @abstractmethod
    def answer(self, view: Any, inputs: Any, /) -> Answer:
        """The answer that follows from the inputs alone, also on a freshly rendered view."""

    @abstractmethod
    def explain(self, view: Any, inputs: Any, answer: Answer, /) -> str:
        """The reasoning, in at most 120 words: where to look, what shows there, what follows.

        Empty where nothing that a viewer sees leads to the answer: the question is not asked then.
        """

    def questions(self, view: Any, rng: np.random.Generator, /) -> list[Question]:
        """The first MAX_QUESTIONS of what is proposed for this view and can be explained."""
        with blame(self):
            explained = (question for question in self.propose(view, rng) if question.reasoning)
            return list(islice(explained, MAX_QUESTIONS))

    def read_inputs(self, stored: Mapping[str, Any]) -> TaskInputs:
        """Stored program inputs as typed. Raises ValueError where they do not fit."""
        return self.Inputs.model_validate(stored)

    def derive(self, view: Any, stored: Mapping[str, Any]) -> Answer:
        """The answer that stored program inputs give. Raises ValueError where they do not fit."""
        return self.answer(view, self.read_inputs(stored))

    def ask(self, rng: np.random.Generator, group: str | None = None, /, **words: object) -> str:
        """One of the templates, drawn at random, with its words filled in.

        Args:
            rng: What the template is drawn from.
            group: Which of several groups of templates to draw from.
            **words: What to put in the places in braces.

        Raises:
            RecipeError: Where a template has a place that no word is given for.

        Returns:
            The question's text, without its options.
        """
        templates: Any = self.templates
        template: str = sample_one(rng, templates if group is None else templates[group])

        try:
            return template.format(**words)
        except (LookupError, ValueError) as error:
            given = ", ".join(words) or "nothing"
            raise RecipeError(
                f"the template {template!r} cannot be filled in with {given}: {error}"
            ) from error

    def question(
        self,
        view: Any,
        inputs: TaskInputs,
        text: str,
        *,
        subject: str,
        answer: Answer | None = None,
        answer_class: str | None = None,
        margin: float | None = None,
        compared: tuple[str, str] | None = None,
        subtask: str = "",
        complexity: int | None = None,
        frames: tuple[int, ...] | None = None,
        annotate: Mapping[int, tuple[Mark, ...]] | None = None,
    ) -> Question:
        """A question with its answer, trace and program, all three from the same inputs.

        Args:
            view: What the question is about.
            inputs: What its answer is computed from.
            text: The question as it is asked.
            subject: What a blind reader could lean on, such as a category.
            answer: The answer where it is known already.
            answer_class: The class of answer that balancing evens out. Default: the answer itself.
            margin: Distance to the nearest wrong answer, None for numbers.
            compared: Categories (winner, loser) of a comparison.
            subtask: What is balanced by itself.
            complexity: How much one has to keep in mind. Default: the value of a count, else 0.
            frames: The frames of a clip that are shown. Default: all.
            annotate: What is drawn on these frames.

        Returns:
            The question.
        """
        answer = self.answer(view, inputs) if answer is None else answer
        check_answer(self, answer)
        reasoning = self.explain(view, inputs, answer)
        check_reasoning(self, reasoning)

        if complexity is None:
            is_count = answer.kind == "integer" and isinstance(answer.value, int)
            complexity = int(answer.value) if is_count else 0  # type: ignore[arg-type] - an int

        return Question(
            task=self.name,
            question=text,
            answer=answer,
            reasoning=reasoning,
            program=Program(name=self.name, inputs=inputs.to_dict()),
            subject=subject,
            answer_class=str(answer.value) if answer_class is None else answer_class,
            margin=margin,
            compared=compared,
            subtask=subtask,
            complexity=complexity,
            frames=frames,
            annotate=annotate,
        )


class ImageTask(Task):
    """One kind of question about a picture: its methods get a `View`.

    Example:
        >>> @register_task()
        ... class Nearest(ImageTask):
        ...     name = "nearest"
        ...     kind = "choice"
    """

    needs = "image"
    scan_needs = ("objects",)

    class Inputs(Task.Inputs):
        """Inputs of a question about one picture."""

        camera: int


class ClipTask(Task):
    """One kind of question about several pictures: its methods get a `ClipView`.

    `needs` is "views", "video" or "motion".
    """

    scan_needs = ("objects", "frames")

    class Inputs(Task.Inputs):
        """Inputs of a question about a clip."""

        clip: int
