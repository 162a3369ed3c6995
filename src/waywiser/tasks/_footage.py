"""`Footage`: the pictures of a clip with their truth, in the order of its frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.scenes.scene import Camera, Clip, Object, Scene
from waywiser.tasks._base import View


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

    def best_share(self, object_id: int) -> float:
        """Largest share of a picture that the object covers in any frame, in [0, 1]."""
        return max(view.share(object_id) for view in self.views)

    def inputs(self, **more: Any) -> Mapping[str, Any]:
        """Program inputs of a question about this clip."""
        return {"clip": self.clip_index, **more}
