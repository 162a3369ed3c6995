"""`FrameRef`: what an image shows, so that another renderer can draw it later."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from waywiser.rendering.marks import Mark
from waywiser.scenes.scene import Camera, Scene


@dataclass(frozen=True)
class FrameRef:
    """An image that is still to be rendered.

    Attributes:
        clip: The clip's number; None for a single camera of the scene.
        frame: The frame's number in the clip, or the camera's number in the scene.
        marks: Marks to draw on it.
    """

    clip: int | None
    frame: int
    marks: tuple[Mark, ...] = ()

    def posed_scene(self, scene: Scene) -> tuple[Camera, Scene]:
        """The camera, and the scene with its objects posed as they are then."""
        if self.clip is None:
            return scene.cameras[self.frame], scene

        posed_scene = scene.at(self.clip, self.frame)
        return posed_scene.cameras[0], posed_scene

    def text(self) -> bytes:
        """As JSON."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def read(cls, text: bytes) -> "FrameRef":
        """The reference that `text` wrote."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(FrameRef)
