"""What one picture shows: its `View`, and which of the objects in it stand out enough to ask about.

Filters follow the public pipelines of VSI-Bench (arXiv 2412.14171) and CV-Bench (arXiv 2406.16860),
with margins on both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from waywiser.rendering.frame import Frame
from waywiser.rendering.visibility import Visibility
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


def group_visible_by_category(view: View) -> dict[str, list[Object]]:
    """Objects that cover more than a negligible share of the picture, by category, in id order.

    Between NEGLIGIBLE_PIXEL_SHARE and MIN_PIXEL_SHARE people may or may not notice one; no task
    asks about it.
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
