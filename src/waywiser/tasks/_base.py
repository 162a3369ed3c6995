"""What every spatial task shares: the `View` it looks at, the `Draft` it proposes and the `Task` protocol.

A task is pure: it reads a view (scene, camera, rendered truth) and proposes questions whose answers follow
from the geometry, or none when a filter says that people could disagree. Definitions and filters follow the
public pipelines of VSI-Bench (arXiv 2412.14171) and CV-Bench (arXiv 2406.16860), with margins on both sides.

In a trace every measure stands right behind the word it belongs to ("lamp 31"): a small model then reads the
picture with that word as its query, and needs no second look-up to find out whose number comes next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np

from waywiser.rendering.frame import Frame
from waywiser.rendering.marks import Mark
from waywiser.rendering.visibility import Visibility
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.categories import confusable
from waywiser.scenes.scene import Camera, Object, Scene

if TYPE_CHECKING:
    from waywiser.tasks._footage import Footage

FLOOR_SHARE = 0.004
"""An object is seen when it covers at least this share of the picture (14 x 14 of 224 x 224 pixels)."""
SPECK_SHARE = 0.0005
"""What covers less than this share of the picture (5 x 5 pixels) is not seen by anyone."""
FLOOR_FRACTION = 0.3
"""... and at least this fraction of its own silhouette is not hidden."""
CLEAR_SHARE = 0.01
"""Tasks of the second generation ask of objects that cover at least this share of a picture ..."""
SMALLEST = 0.15
"""... and whose longest side measures at least this many metres."""
OUTLINE_FRACTION = 0.5
"""What is asked about its extent shows at least this fraction of its silhouette."""
MAX_DRAFTS = 12
"""Most drafts a task proposes for one view; more would only repeat the same picture."""

T = TypeVar("T")
Needs = Literal["image", "views", "video", "motion"]
"""What a task looks at: a picture, two pictures of a clip, a video, or a video in which something moves."""


@dataclass(frozen=True)
class View:
    """One picture and its truth: `visible` maps ids of objects with at least one pixel to how they show."""

    scene: Scene
    camera_index: int
    frame: Frame
    visible: Mapping[int, Visibility]

    @property
    def camera(self) -> Camera:
        return self.scene.cameras[self.camera_index]

    def object(self, object_id: int) -> Object:
        return self.scene.object(object_id)

    def share(self, object_id: int) -> float:
        """Share of the picture that the object covers, in [0, 1]; 0 where it is not seen."""
        return self._shares.get(object_id, 0.0)

    @cached_property
    def _shares(self) -> dict[int, float]:
        pixels = self.camera.width * self.camera.height
        return {object_id: seen.pixels / pixels for object_id, seen in self.visible.items()}

    def across(self, object_id: int) -> int:
        """Where the middle of the object's visible pixels lies, from 0 (left edge) to 100 (right edge)."""
        return round(100 * self.visible[object_id].centroid[0] / self.camera.width)


@dataclass(frozen=True)
class Draft:
    """A question that a view can ask, before it is chosen and numbered.

    `topic` is what a blind reader could lean on (a category, or a pair of them) and `bucket` the class of
    answer; `rivals` names the categories (winner, loser) of a comparison. Balancing evens out buckets within
    topics, and wins against losses, so that the question's words do not give the answer away. Choices of one task
    that offer different kinds of answers name their `family`: each is balanced by itself.

    A question about a clip shows the clip's `frames`, in that order (None: all); `annotate` maps indices of those
    frames to what is drawn on their pictures before they are shown.
    """

    task: str
    question: str
    answer: Answer
    reasoning: str
    program: Program
    topic: str
    bucket: str
    margin: float | None = None
    rivals: tuple[str, str] | None = field(default=None)
    family: str = ""
    frames: tuple[int, ...] | None = None
    annotate: Mapping[int, tuple[Mark, ...]] | None = None


class _Task(Protocol):
    name: str
    kind: AnswerKind
    unit: str | None
    needs: Needs


class ImageTask(_Task, Protocol):
    """One kind of question about a picture. Methods are pure; `questions` draws words and order from `rng` alone."""

    def questions(self, view: View, rng: np.random.Generator) -> list[Draft]:
        """Every question that this view supports (at most MAX_DRAFTS), none where the filters refuse."""
        ...

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        """The answer that the stored program inputs give on a (freshly rendered) view."""
        ...


class ClipTask(_Task, Protocol):
    """One kind of question about several pictures; `needs` is not "image". Otherwise as an `ImageTask`."""

    def questions(self, footage: "Footage", rng: np.random.Generator) -> list[Draft]:
        """Every question that this footage supports (at most MAX_DRAFTS), none where the filters refuse."""
        ...

    def answer(self, footage: "Footage", inputs: Mapping[str, Any]) -> Answer:
        """The answer that the stored program inputs give on a (freshly filmed) clip."""
        ...


Task = ImageTask | ClipTask


def draw(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of `items`, uniformly."""
    return items[int(rng.integers(len(items)))]


def some(rng: np.random.Generator, items: Sequence[T], most: int = MAX_DRAFTS) -> list[T]:
    """At most `most` of `items`, in a random order."""
    return [items[i] for i in rng.permutation(len(items))[:most]]


def by_category(view: View) -> dict[str, list[Object]]:
    """Objects that show as more than a speck, by category, in id order.

    Between a speck and the visibility floor lies what people may or may not notice; no task asks about it.
    """
    groups: dict[str, list[Object]] = {}
    for thing in sorted(view.scene.objects, key=lambda o: o.id):
        if view.share(thing.id) >= SPECK_SHARE:
            groups.setdefault(thing.category, []).append(thing)
    return groups


def nameable(view: View) -> list[Object]:
    """Seen objects that "the <category>" picks out: nothing else in view bears it or a confusable word."""
    groups = by_category(view)
    return [
        group[0]
        for category, group in groups.items()
        if len(group) == 1
        and seen(view, group[0].id)
        and not any(confusable(category, other) for other in groups if other != category)
    ]


def seen(view: View, object_id: int) -> bool:
    """Whether the object stands above the visibility floor."""
    return view.share(object_id) >= FLOOR_SHARE and view.visible[object_id].fraction >= FLOOR_FRACTION


def plain(view: View, object_id: int) -> bool:
    """Whether the object is plain to see: at least 1 % of the picture, 30 % of it unhidden, 15 cm long."""
    return (
        view.share(object_id) >= CLEAR_SHARE
        and view.visible[object_id].fraction >= FLOOR_FRACTION
        and max(view.object(object_id).box.size) >= SMALLEST
    )


def outlined(view: View, object_id: int) -> bool:
    """Whether the object is plain to see, wholly inside the picture and at least half unhidden: its box can be told."""
    shown = view.visible[object_id]
    return plain(view, object_id) and not shown.truncated and shown.fraction >= OUTLINE_FRACTION
