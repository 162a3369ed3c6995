"""`ClipView`: the pictures of a clip with their truth, in the order of its frames."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from waywiser.scenes.categories import are_confusable, is_askable
from waywiser.scenes.scene import Camera, Clip, Object, Scene
from waywiser.tasks.visible_objects import View, is_clearly_visible, is_noticeable


@dataclass(frozen=True)
class ClipView:
    """What a clip shows: `views[i]` is an ordinary `View` over `scene.at(clip_index, i)`, by its
    only camera.
    """

    scene: Scene
    clip_index: int
    views: tuple[View, ...]

    @property
    def clip(self) -> Clip:
        return self.scene.clips[self.clip_index]

    @property
    def cameras(self) -> tuple[Camera, ...]:
        return self.clip.cameras

    @property
    def times(self) -> tuple[float, ...]:
        """Seconds from the clip's start, one a frame."""
        return self.clip.times

    @property
    def moving_ids(self) -> frozenset[int]:
        """Ids of the objects that the clip's motions move."""
        return frozenset(motion.object for motion in self.clip.motions)

    def object(self, object_id: int) -> Object:
        """The object as it stands outside clips; raises KeyError."""
        return self.scene.object(object_id)

    def inputs(self, **more: Any) -> dict[str, Any]:
        """Program inputs of a question about this clip."""
        return {"clip": self.clip_index, **more}


def uniquely_named_in_clip(
    clip_view: ClipView, frames: Sequence[int] | None = None
) -> list[Object]:
    """Objects that `frames` (None: all) show well and that "the <category>" picks out in all of
    them, in id order.

    No other thing of that word, or of one that could be used for it, shows as more than a speck in
    any frame; in some frame the object is `is_clearly_visible`.
    """
    views = clip_view.views if frames is None else [clip_view.views[index] for index in frames]
    visible_ids = {
        object_id for view in views for object_id in view.visible if is_noticeable(view, object_id)
    }

    objects = [clip_view.object(object_id) for object_id in sorted(visible_ids)]
    categories = Counter(obj.category for obj in objects)

    return [
        obj
        for obj in objects
        if categories[obj.category] == 1
        and is_askable(obj.category)
        and not any(
            are_confusable(obj.category, other) for other in categories if other != obj.category
        )
        and any(is_clearly_visible(view, obj.id) for view in views)
    ]


def static_objects(clip_view: ClipView, frames: Sequence[int] | None = None) -> list[Object]:
    """The `uniquely_named_in_clip` objects that the clip does not move."""
    return [
        obj
        for obj in uniquely_named_in_clip(clip_view, frames)
        if obj.id not in clip_view.moving_ids
    ]
