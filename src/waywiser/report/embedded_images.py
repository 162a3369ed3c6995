"""Images for pages: encoded inline, and large views of rooms with boxes, depth and floor plan."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from waywiser.media import decode_picture
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshSource
from waywiser.rendering.overlay import colorize_depth, draw_boxes, draw_floor_plan
from waywiser.rendering.visibility import visibility
from waywiser.report.html_page import image_data_uri
from waywiser.scenes.scene import Camera, Scene

ENLARGED_WIDTH = 640


@dataclass(frozen=True)
class EmbeddedImage:
    """An image ready for a template.

    Attributes:
        image: Its `data:` URI.
        width: Its width in pixels.
        height: Its height in pixels.
        alt: Its alternative text.
        caption: Its caption.
    """

    image: str
    width: int
    height: int
    alt: str
    caption: str


def enlarge_camera(camera: Camera, width: int = ENLARGED_WIDTH) -> Camera:
    """The same view with another width in pixels."""
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


def render_room_images(scene: Scene, source: MeshSource, *, camera: int = 0) -> list[EmbeddedImage]:
    """A camera's view as it is, with boxes and as depth, and the floor plan."""
    large = enlarge_camera(scene.cameras[camera])
    renderer = RoomRenderer(scene, source)
    frame = renderer.render(large, RenderOptions(samples_per_axis=2))
    visible = visibility(scene, large, frame, renderer)
    boxes = [
        (i, v.bbox, f"{scene.object(i).category} {v.nearest_distance:.1f} m")
        for i, v in sorted(visible.items())
    ]

    num_objects = len(visible)
    return [
        embed_image(
            Image.fromarray(frame.rgb),
            "a furnished room",
            f"{scene.id}: {num_objects} things in view",
        ),
        embed_image(
            draw_boxes(frame.rgb, boxes),
            "the room with boxes",
            "boxes and distances, from the geometry",
        ),
        embed_image(
            colorize_depth(frame.depth), "its depth", "metric depth, pale near and dark far"
        ),
        embed_image(
            draw_floor_plan(scene, scene.cameras[camera]),
            "its plan",
            "the plan, with the camera's view",
        ),
    ]


def embed_image(image: Image.Image, alt: str, caption: str = "") -> EmbeddedImage:
    """An image as JPEG in a `data:` URI."""
    return EmbeddedImage(
        image_data_uri(_encode_jpeg(image), "jpeg"), image.width, image.height, alt, caption
    )


def _encode_jpeg(image: Image.Image, quality: int = 85) -> bytes:
    sink = io.BytesIO()
    image.convert("RGB").save(sink, "JPEG", quality=quality)
    return sink.getvalue()


def embed_first_image(images: Sequence[bytes]) -> EmbeddedImage:
    """The first image of a sample, as the model sees it."""
    return embed_image(decode_picture(images[0]), "the picture asked about")
