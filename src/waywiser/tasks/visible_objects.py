"""What one picture shows: its `View`, and which of the objects in it stand out enough to ask about.

Filters follow the public pipelines of VSI-Bench (arXiv 2412.14171) and CV-Bench (arXiv 2406.16860),
with margins on both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from waywiser.rendering.frame import Frame
from waywiser.rendering.visibility import MIN_PIXELS, Visibility
from waywiser.scenes.categories import are_confusable, is_askable
from waywiser.scenes.scene import Camera, Object, Scene

Recognition = Literal["seen", "unsure", "unseen"]
"""What a viewer would say of an object in a picture: it is there; perhaps; nothing is there."""
MIN_PIXEL_SHARE = 0.004
"""An object is seen when it covers at least this share of the picture (25 x 25 of 448 x 336
pixels).
"""
MIN_VISIBLE_FRACTION = 0.3
"""... and at least this fraction of its own silhouette is neither hidden nor outside the frame."""
LARGE_PIXEL_SHARE = 0.02
"""What covers at least this share is recognized though most of it is hidden or outside ..."""
MIN_LARGE_FRACTION = 0.12
"""... as long as this fraction of its silhouette shows."""
NEGLIGIBLE_PIXEL_SHARE = 0.0005
"""What covers less than this share of the picture (9 x 9 of 448 x 336 pixels) is not seen."""
SLIVER_PIXEL_SHARE = 0.0015
"""Nor is what covers less than this share ..."""
SLIVER_FRACTION = 0.08
"""... with less than this fraction of its silhouette."""
THIN_SIDE = 0.012
"""A visible part narrower than this share of the picture's height is not surely seen ..."""
LONG_SIDE = 0.12
"""... and one longer than this, with half of the object, is not surely overlooked."""
MIN_CLEAR_PIXEL_SHARE = 0.01
"""Tasks of the second generation ask of objects that cover at least this share of a picture ..."""
MIN_OBJECT_SIZE = 0.15
"""... and whose longest side measures at least this many metres."""
MAX_FLOOR_GAP = 0.03
"""What begins within this height of the floor, in meters, stands on it."""
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


def recognize(view: View, object_id: int) -> Recognition:
    """Whether a viewer sees an object in a picture.

    What the frame's edge cuts, or what is partly hidden, is seen if enough of it is left. No
    question may depend on an object of which people could say either, which is "unsure".
    """
    seen = view.visible.get(object_id)
    if seen is None:
        return "unseen"

    share = view.pixel_share(object_id)
    left, top, right, bottom = seen.bbox
    sides = (right - left, bottom - top)
    is_long = max(sides) >= LONG_SIDE * view.camera.height and seen.fraction >= MIN_OUTLINE_FRACTION
    # The fraction of what has only a few pixels is not known.
    is_sliver = seen.pixels >= MIN_PIXELS and (
        share < SLIVER_PIXEL_SHARE and seen.fraction < SLIVER_FRACTION
    )
    if (share < NEGLIGIBLE_PIXEL_SHARE or is_sliver) and not is_long:
        return "unseen"

    is_whole_enough = share >= MIN_PIXEL_SHARE and seen.fraction >= MIN_VISIBLE_FRACTION
    is_large_enough = share >= LARGE_PIXEL_SHARE and seen.fraction >= MIN_LARGE_FRACTION
    is_wide_enough = min(sides) >= THIN_SIDE * view.camera.height
    return "seen" if (is_whole_enough or is_large_enough) and is_wide_enough else "unsure"


def is_visible(view: View, object_id: int) -> bool:
    """Whether a viewer surely sees the object in the picture."""
    return recognize(view, object_id) == "seen"


def is_noticeable(view: View, object_id: int) -> bool:
    """Whether a viewer may see the object in the picture."""
    return recognize(view, object_id) != "unseen"


def group_visible_by_category(view: View) -> dict[str, list[Object]]:
    """Objects that a viewer may see in the picture, by category, in id order."""
    groups: dict[str, list[Object]] = {}

    for obj in sorted(view.scene.objects, key=lambda o: o.id):
        if is_noticeable(view, obj.id):
            groups.setdefault(obj.category, []).append(obj)

    return groups


def group_countable_by_category(
    view: View, min_count: int, max_count: int
) -> dict[str, list[Object]]:
    """Categories of which so many objects show, every one surely, and whose word fits no other."""
    groups = group_visible_by_category(view)
    return {
        category: group
        for category, group in groups.items()
        if min_count <= len(group) <= max_count
        and is_askable(category)
        and all(is_visible(view, obj.id) for obj in group)
        and not any(are_confusable(category, other) for other in groups if other != category)
    }


def uniquely_named(view: View) -> list[Object]:
    """Seen objects that "the <category>" picks out: nothing else in view bears it or a confusable
    word.
    """
    groups = group_visible_by_category(view)
    return [
        group[0]
        for category, group in groups.items()
        if len(group) == 1
        and is_askable(category)
        and is_visible(view, group[0].id)
        and not any(are_confusable(category, other) for other in groups if other != category)
    ]


def is_clearly_visible(view: View, object_id: int) -> bool:
    """Whether the object is clearly visible: surely seen, at least 1 % of the picture, 30 % of it
    unhidden, 15 cm long.
    """
    return (
        is_visible(view, object_id)
        and view.pixel_share(object_id) >= MIN_CLEAR_PIXEL_SHARE
        and view.visible[object_id].fraction >= MIN_VISIBLE_FRACTION
        and max(view.object(object_id).box.size) >= MIN_OBJECT_SIZE
    )


def is_fully_visible(view: View, object_id: int) -> bool:
    """Whether the object is clearly visible, wholly inside the picture and at least half unhidden: its
    box can be told.
    """
    visibility = view.visible[object_id]
    return (
        is_clearly_visible(view, object_id)
        and not visibility.truncated
        and visibility.fraction >= MIN_OUTLINE_FRACTION
    )


def stands_on_floor(obj: Object) -> bool:
    """Whether the object's box begins at the floor."""
    return obj.on is None and obj.box.center[2] - obj.box.size[2] / 2 < MAX_FLOOR_GAP
