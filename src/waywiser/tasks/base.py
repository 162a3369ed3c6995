"""What every spatial task shares: the `View` it looks at, the `Question` it proposes and the `Task`
itself.

A task is pure: it reads a view (scene, camera, rendered truth) and proposes questions whose answers
follow from the geometry, or none when a filter says that people could disagree. Definitions and
filters follow the public pipelines of VSI-Bench (arXiv 2412.14171) and CV-Bench (arXiv 2406.16860),
with margins on both sides.

In a trace every measure stands right behind the word it belongs to ("lamp 31"): a small model then
reads the picture with that word as its query, and needs no second look-up to find out whose number
comes next.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict

from waywiser import __version__
from waywiser.rendering.frame import Frame
from waywiser.rendering.marks import Mark
from waywiser.rendering.visibility import Visibility
from waywiser.sample import Answer, AnswerKind, Program, Sample
from waywiser.scenes.categories import are_confusable
from waywiser.scenes.scene import Camera, Object, Scene

MIN_PIXEL_SHARE = 0.004
"""An object is seen when it covers at least this share of the picture (14 x 14 of 224 x 224
pixels).
"""
NEGLIGIBLE_PIXEL_SHARE = 0.0005
"""What covers less than this share of the picture (5 x 5 pixels) is not seen by anyone."""
MIN_VISIBLE_FRACTION = 0.3
"""... and at least this fraction of its own silhouette is not hidden."""
MIN_CLEAR_PIXEL_SHARE = 0.01
"""Tasks of the second generation ask of objects that cover at least this share of a picture ..."""
MIN_OBJECT_SIZE = 0.15
"""... and whose longest side measures at least this many metres."""
MIN_OUTLINE_FRACTION = 0.5
"""What is asked about its extent shows at least this fraction of its silhouette."""
MAX_QUESTIONS = 12
"""Most drafts a task proposes for one view; more would only repeat the same picture."""

T = TypeVar("T")
Needs = Literal["image", "views", "video", "motion"]
"""What a task looks at: a picture, two pictures of a clip, a video, or a video in which something
moves.
"""
ScanNeed = Literal["objects", "boxes", "up", "floor", "frames", "times", "motion", "walkable"]
"""What a scan may lack: "boxes": every object named has one."""


@dataclass(frozen=True)
class View:
    """One picture and its truth: `visible` maps ids of objects with at least one pixel to how they
    show.
    """

    scene: Scene
    camera_index: int
    frame: Frame
    visible: Mapping[int, Visibility]

    @property
    def camera(self) -> Camera:
        return self.scene.cameras[self.camera_index]

    def object(self, object_id: int) -> Object:
        return self.scene.object(object_id)

    def pixel_share(self, object_id: int) -> float:
        """Share of the picture that the object covers, in [0, 1]; 0 where it is not seen."""
        return self._pixel_shares.get(object_id, 0.0)

    @cached_property
    def _pixel_shares(self) -> dict[int, float]:
        pixels = self.camera.width * self.camera.height
        return {object_id: seen.pixels / pixels for object_id, seen in self.visible.items()}

    def x_percent(self, object_id: int) -> int:
        """Where the middle of the object's visible pixels lies, from 0 (left edge) to 100 (right
        edge).
        """
        return round(100 * self.visible[object_id].centroid[0] / self.camera.width)


@dataclass(frozen=True)
class Question:
    """A question that a view can ask, before it is chosen and numbered.

    `subject` is what a blind reader could lean on (a category, or a pair of them) and
    `answer_class` the class of answer; `compared` names the categories (winner, loser) of a
    comparison. Balancing evens out buckets within topics, and wins against losses, so that the
    question's words do not give the answer away. Choices of one task that offer different kinds of
    answers name their `subtask`: each is balanced by itself.

    A question about a clip shows the clip's `frames`, in that order (None: all); `annotate` maps
    indices of those frames to what is drawn on their pictures before they are shown. `complexity`
    is how much it asks one to keep in mind: candidates, hidden turns, classes, instances, or frames
    between.
    """

    task: str
    question: str
    answer: Answer
    reasoning: str
    program: Program
    subject: str
    answer_class: str
    margin: float | None = None
    compared: tuple[str, str] | None = field(default=None)
    subtask: str = ""
    frames: tuple[int, ...] | None = None
    annotate: Mapping[int, tuple[Mark, ...]] | None = None
    complexity: int = 0

    def to_sample(
        self,
        sample_id: str,
        *,
        split: str,
        source: str,
        scene_id: str,
        seed: int,
        images: Sequence[bytes] = (),
        fps: float | None = None,
        timestamps: Sequence[float] | None = None,
    ) -> Sample:
        """The sample that asks this question.

        Args:
            sample_id: Its id, unique in its dataset.
            split: "train" or "heldout".
            source: What made it.
            scene_id: The id of the scene that it is about.
            seed: The seed that the scene was made with.
            images: Encoded pictures in the order shown.
            fps: Frames per second of a video.
            timestamps: Seconds of each picture of a video.

        Returns:
            The sample, with this version of waywiser.
        """
        return Sample(
            id=sample_id,
            split=split,
            domain="spatial",
            task=self.task,
            source=source,
            question=self.question,
            options=self.answer.options,
            answer=self.answer,
            images=list(images),
            fps=fps,
            timestamps=None if timestamps is None else list(timestamps),
            reasoning=self.reasoning,
            scene_id=scene_id,
            program=self.program,
            margin=self.margin,
            seed=seed,
            version=__version__,
        )


class _ObjectIdMark:
    """Marks the inputs that are ids of objects."""


ObjectId = Annotated[int, _ObjectIdMark()]
"""The id of an object of the scene: an input so annotated is followed by the filter of scans and
drawn on the audit's page.
"""


class TaskInputs(BaseModel):
    """What a question's answer is computed from: stored with the sample, and read back as typed.

    Fields are stored in the order in which they are declared; None is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def object_ids(self) -> tuple[int, ...]:
        """Ids in the fields that are annotated with `ObjectId`, in order and without repeats."""
        ids: dict[int, None] = {}

        for name in _object_id_fields(type(self)):
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            ids |= dict.fromkeys(i for i in values if isinstance(i, int))

        return tuple(ids)

    def to_dict(self) -> dict[str, Any]:
        """The inputs as plain data, as they are stored."""
        return self.model_dump(mode="json", exclude_none=True)


@cache
def _object_id_fields(inputs: type[TaskInputs]) -> tuple[str, ...]:
    hints = get_type_hints(inputs, include_extras=True)
    return tuple(name for name in inputs.model_fields if _is_object_id(hints[name]))


def _is_object_id(hint: Any) -> bool:
    """Whether a type is `ObjectId` or is made with it."""
    if any(isinstance(mark, _ObjectIdMark) for mark in getattr(hint, "__metadata__", ())):
        return True
    return any(_is_object_id(part) for part in get_args(hint))


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
        templates: The ways to ask, with words in braces, or such by group.
        seed: Keeps its random choices apart from other tasks'. Set by `register_task`.
    """

    name: ClassVar[str]
    kind: ClassVar[AnswerKind]
    unit: ClassVar[str | None] = None
    needs: ClassVar[Needs]
    scan_needs: ClassVar[tuple[ScanNeed, ...]]
    single_rooms: ClassVar[bool] = False
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
        """The reasoning trace: measures that lead to the answer, in at most 70 words."""

    def questions(self, view: Any, rng: np.random.Generator, /) -> list[Question]:
        """The first MAX_QUESTIONS of what is proposed for this view."""
        return list(self.propose(view, rng))[:MAX_QUESTIONS]

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

        Returns:
            The question's text, without its options.
        """
        templates: Any = self.templates
        return sample_one(rng, templates if group is None else templates[group]).format(**words)

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
        if complexity is None:
            is_count = answer.kind == "integer" and isinstance(answer.value, int)
            complexity = int(answer.value) if is_count else 0  # type: ignore[arg-type] - an int

        return Question(
            task=self.name,
            question=text,
            answer=answer,
            reasoning=self.explain(view, inputs, answer),
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


def sample_one(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of `items`, uniformly."""
    return items[int(rng.integers(len(items)))]


def sample_up_to(
    rng: np.random.Generator, items: Sequence[T], limit: int = MAX_QUESTIONS
) -> list[T]:
    """At most `limit` of `items`, in a random order."""
    return [items[i] for i in rng.permutation(len(items))[:limit]]


def group_visible_by_category(view: View) -> dict[str, list[Object]]:
    """Objects that show as more than a speck, by category, in id order.

    Between a speck and the visibility floor lies what people may or may not notice; no task asks
    about it.
    """
    groups: dict[str, list[Object]] = {}

    for obj in sorted(view.scene.objects, key=lambda o: o.id):
        if view.pixel_share(obj.id) >= NEGLIGIBLE_PIXEL_SHARE:
            groups.setdefault(obj.category, []).append(obj)

    return groups


def uniquely_named(view: View) -> list[Object]:
    """Seen objects that "the <category>" picks out: nothing else in view bears it or a confusable
    word.
    """
    groups = group_visible_by_category(view)
    return [
        group[0]
        for category, group in groups.items()
        if len(group) == 1
        and is_visible(view, group[0].id)
        and not any(are_confusable(category, other) for other in groups if other != category)
    ]


def is_visible(view: View, object_id: int) -> bool:
    """Whether the object stands above the visibility floor."""
    return (
        view.pixel_share(object_id) >= MIN_PIXEL_SHARE
        and view.visible[object_id].fraction >= MIN_VISIBLE_FRACTION
    )


def is_clearly_visible(view: View, object_id: int) -> bool:
    """Whether the object is plain to see: at least 1 % of the picture, 30 % of it unhidden, 15 cm
    long.
    """
    return (
        view.pixel_share(object_id) >= MIN_CLEAR_PIXEL_SHARE
        and view.visible[object_id].fraction >= MIN_VISIBLE_FRACTION
        and max(view.object(object_id).box.size) >= MIN_OBJECT_SIZE
    )


def is_fully_visible(view: View, object_id: int) -> bool:
    """Whether the object is plain to see, wholly inside the picture and at least half unhidden: its
    box can be told.
    """
    visibility = view.visible[object_id]
    return (
        is_clearly_visible(view, object_id)
        and not visibility.truncated
        and visibility.fraction >= MIN_OUTLINE_FRACTION
    )
