"""`Footage`: the pictures of a clip with their truth, in the order of its frames."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from waywiser.scenes.categories import confusable
from waywiser.scenes.scene import Camera, Clip, Object, Scene
from waywiser.tasks._base import SPECK_SHARE, View, plain


@dataclass(frozen=True)
class Footage:
    """What a clip shows: `views[i]` is an ordinary `View` over `scene.at(clip_index, i)`, by its only camera."""

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
    def moving(self) -> frozenset[int]:
        """Ids of the objects that the clip's motions move."""
        return frozenset(motion.object for motion in self.clip.motions)

    def object(self, object_id: int) -> Object:
        """The object as it stands outside clips; raises KeyError."""
        return self.scene.object(object_id)

    def inputs(self, **more: Any) -> dict[str, Any]:
        """Program inputs of a question about this clip."""
        return {"clip": self.clip_index, **more}


def known(footage: Footage, frames: Sequence[int] | None = None) -> list[Object]:
    """Objects that `frames` (None: all) show well and that "the <category>" picks out in all of them, in id order.

    No other thing of that word, or of one that could be used for it, shows as more than a speck in any frame;
    in some frame the object is `plain`.
    """
    views = footage.views if frames is None else [footage.views[index] for index in frames]
    shown = {object_id for view in views for object_id in view.visible if view.share(object_id) >= SPECK_SHARE}
    things = [footage.object(object_id) for object_id in sorted(shown)]
    words = Counter(thing.category for thing in things)
    return [
        thing
        for thing in things
        if words[thing.category] == 1
        and not any(confusable(thing.category, other) for other in words if other != thing.category)
        and any(plain(view, thing.id) for view in views)
    ]


def still(footage: Footage, frames: Sequence[int] | None = None) -> list[Object]:
    """The `known` objects that the clip does not move."""
    return [thing for thing in known(footage, frames) if thing.id not in footage.moving]
