"""`Take`: what a picture shows, so that another renderer can draw it later."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from waywiser.rendering.marks import Mark
from waywiser.scenes.scene import Camera, Scene


@dataclass(frozen=True)
class Take:
    """Camera `frame` of a scene, or that frame of clip `clip`, with `marks` drawn on it."""

    clip: int | None
    frame: int
    marks: tuple[Mark, ...] = ()

    def moment(self, scene: Scene) -> tuple[Camera, Scene]:
        """The camera, and the scene as it stands then."""
        if self.clip is None:
            return scene.cameras[self.frame], scene
        moment = scene.at(self.clip, self.frame)
        return moment.cameras[0], moment

    def text(self) -> bytes:
        """As JSON."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def read(cls, text: bytes) -> "Take":
        """The take that `text` wrote."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(Take)
