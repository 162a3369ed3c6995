"""Pictures of rooms for pages: a large smooth view with boxes, its depth, and a plan."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from waywiser.media import decode_picture
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.meshes import MeshSource
from waywiser.rendering.overlay import colour_depth, draw_boxes, top_down
from waywiser.rendering.visibility import visibility
from waywiser.report.page import image_uri
from waywiser.scenes.scene import Camera, Scene

LARGE = 640


@dataclass(frozen=True)
class Picture:
    """A picture ready for a template."""

    image: str
    width: int
    height: int
    alt: str
    caption: str


def enlarged(camera: Camera, width: int = LARGE) -> Camera:
    """The same view with more pixels."""
    scale = width / camera.width
    return camera.model_copy(
        update={
            "width": width,
            "height": round(camera.height * scale),
            "fx": camera.fx * scale,
            "fy": camera.fy * scale,
            "cx": camera.cx * scale,
            "cy": camera.cy * scale,
        }
    )


def room_pictures(scene: Scene, source: MeshSource, *, camera: int = 0) -> list[Picture]:
    """The view as it is, with boxes, as depth, and the plan from above."""
    large = enlarged(scene.cameras[camera])
    renderer = RoomRenderer(scene, source)
    frame = renderer.render(large, RenderOptions(samples_per_axis=2))
    seen = visibility(scene, large, frame, renderer)
    boxes = [(i, v.bbox, f"{scene.object(i).category} {v.nearest_distance:.1f} m") for i, v in sorted(seen.items())]
    things = len(seen)
    return [
        picture(Image.fromarray(frame.rgb), "a furnished room", f"{scene.id}: {things} things in view"),
        picture(draw_boxes(frame.rgb, boxes), "the room with boxes", "boxes and distances, from the geometry"),
        picture(colour_depth(frame.depth), "its depth", "metric depth, pale near and dark far"),
        picture(top_down(scene, scene.cameras[camera]), "its plan", "the plan, with the camera's view"),
    ]


def picture(image: Image.Image, alt: str, caption: str = "") -> Picture:
    """An image as JPEG in a `data:` address."""
    return Picture(image_uri(jpeg(image), "jpeg"), image.width, image.height, alt, caption)


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """JPEG bytes."""
    sink = io.BytesIO()
    image.convert("RGB").save(sink, "JPEG", quality=quality)
    return sink.getvalue()


def encoded(images: Sequence[bytes]) -> Picture:
    """The first of a sample's pictures, as it was shown to the model."""
    return picture(decode_picture(images[0]), "the picture asked about")
