"""Pictures for pages: labeled boxes, colored depth, and floor plans, as Pillow images."""

import colorsys
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from waywiser.errors import SceneError
from waywiser.scenes.scene import Camera, Scene, Vec3

Bounds = tuple[int, int, int, int]
Color = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
PlanProjection = Callable[[NDArray[np.float64]], tuple[float, float]]
"""From a world point to its pixel on the plan."""

# Near to far: a perceptually even ramp from warm to cold; NaN is drawn gray.
_DEPTH_STOPS = np.array(
    [(255, 241, 168), (249, 178, 80), (226, 101, 72), (155, 52, 110), (78, 32, 116), (19, 16, 58)],
    dtype=np.float64,
)
_NO_DEPTH = (128, 128, 128)


def id_color(object_id: int) -> Color:
    """A color for an object; neighbors in number are far apart in hue."""
    red, green, blue = colorsys.hsv_to_rgb(object_id * 0.61803398875 % 1.0, 0.72, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


def _load_font(size: int) -> Font:
    return ImageFont.load_default(size)


def draw_boxes(rgb: NDArray[np.uint8], boxes: Iterable[tuple[int, Bounds, str]]) -> Image.Image:
    """`rgb` (H, W, 3) with (id, (u0, v0, u1, v1) exclusive pixel bounds, label) drawn on it."""
    image = Image.fromarray(np.ascontiguousarray(rgb))
    draw = ImageDraw.Draw(image)
    size = max(10, image.height // 30)
    font = _load_font(size)
    line = max(1, image.height // 240)

    for object_id, (u0, v0, u1, v1), label in boxes:
        color = id_color(object_id)
        draw.rectangle((u0, v0, max(u0, u1 - 1), max(v0, v1 - 1)), outline=color, width=line)

        if label:
            _draw_label(draw, (u0, v0), label, color, font, size, image.width)

    return image


def _draw_label(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    text: str,
    color: Color,
    font: Font,
    size: int,
    width: int,
) -> None:
    """Text on a filled patch above the corner, or below if there is no room; inside the picture."""
    text = " ".join(text.split())  # one line
    length = draw.textlength(text, font=font)
    u = max(0, min(corner[0], width - int(length) - 4))
    v = corner[1] - size - 4 if corner[1] >= size + 4 else corner[1]
    draw.rectangle((u, v, u + length + 4, v + size + 3), fill=color)
    draw.text((u + 2, v), text, fill=(20, 20, 20), font=font)


def colorize_depth(
    depth: NDArray[np.float32], near: float | None = None, far: float | None = None
) -> Image.Image:
    """Depth as colors, from near (pale) to far (dark); NaN is gray.

    The range of the colors is from the 1st to the 99th percentile unless `near` and `far`, in
    meters,
    are given. `depth` is (H, W) in meters.
    """
    valid = np.isfinite(depth)
    if not valid.any():
        return Image.new("RGB", (depth.shape[1], depth.shape[0]), _NO_DEPTH)

    low = float(np.percentile(depth[valid], 1)) if near is None else near
    high = float(np.percentile(depth[valid], 99)) if far is None else far
    position = np.clip((np.where(valid, depth, low) - low) / max(high - low, 1e-6), 0, 1) * (
        len(_DEPTH_STOPS) - 1
    )
    index = np.minimum(position.astype(int), len(_DEPTH_STOPS) - 2)
    fraction = (position - index)[..., None]
    rgb = _DEPTH_STOPS[index] * (1 - fraction) + _DEPTH_STOPS[index + 1] * fraction
    rgb[~valid] = _NO_DEPTH

    return Image.fromarray(np.round(rgb).astype(np.uint8))


def draw_floor_plan(
    scene: Scene, camera: Camera | None = None, *, width: int = 480, labels: bool = True
) -> Image.Image:
    """A plan of the rooms from above, +Y up the page: walls, objects and the camera.

    Args:
        scene: The scene to draw; a tick on each object marks its front.
        camera: A camera to draw with its field of view, if any.
        width: Width of the plan in pixels; its height follows from the rooms.
        labels: Whether to write each object's category on it.

    Returns:
        An RGB image.

    Raises:
        SceneError: The scene has no rooms.
    """
    if not scene.rooms:
        raise SceneError("a scene without rooms has no plan: draw one with a room")

    outline = np.concatenate([np.asarray(room.polygon, dtype=float) for room in scene.rooms])
    low = outline.min(axis=0)
    high = outline.max(axis=0)
    margin = 14
    oversample = 2
    scale = (width - 2 * margin) / max(high[0] - low[0], 1e-6)
    height = round((high[1] - low[1]) * scale) + 2 * margin
    image = Image.new("RGB", (width * oversample, height * oversample), (250, 250, 248))
    draw = ImageDraw.Draw(image)

    def to_page(point: NDArray[np.float64]) -> tuple[float, float]:
        x, y = (point[:2] - low) * scale + margin
        return x * oversample, (height - y) * oversample

    for room in scene.rooms:
        corners = [to_page(np.asarray(corner)) for corner in room.polygon]
        draw.polygon(
            corners,
            fill=_lighten_color(room.floor_colour),
            outline=(60, 60, 60),
            width=4 * oversample,
        )

    font = _load_font(11 * oversample)

    for obj in sorted(scene.objects, key=lambda o: o.box.center[2] + o.box.size[2] / 2):
        corners = obj.box.corners
        bottom = [to_page(corners[i]) for i in (0, 2, 6, 4)]
        draw.polygon(bottom, fill=id_color(obj.id), outline=(50, 50, 50), width=oversample)
        center = np.asarray(obj.box.center)
        front = center - obj.box.axes[:, 1] * obj.box.size[1] / 2
        draw.line((to_page(center), to_page(front)), fill=(50, 50, 50), width=oversample)

        if labels:
            x, y = to_page(center)
            text = obj.category
            draw.text(
                (x - draw.textlength(text, font=font) / 2, y),
                text,
                fill=(15, 15, 15),
                font=font,
                stroke_width=oversample,
                stroke_fill=(255, 255, 255),
            )

    if camera is not None:
        _draw_camera(draw, camera, to_page, oversample)

    return image.resize((width, height), Image.Resampling.LANCZOS)


def _lighten_color(color: Vec3) -> Color:
    """A floor's color, light enough to write on."""
    red, green, blue = (round(255 - (1 - min(max(c, 0.0), 1.0)) * 60) for c in color)
    return red, green, blue


def _draw_camera(
    draw: ImageDraw.ImageDraw, camera: Camera, to_page: PlanProjection, oversample: int
) -> None:
    position = camera.position

    for u in (0, camera.width):
        ray = camera.pose[:3, :3] @ np.array([(u - camera.cx) / camera.fx, 0.0, 1.0])
        ray /= max(float(np.linalg.norm(ray[:2])), 1e-6)
        draw.line(
            (to_page(position), to_page(position + 1.4 * ray)),
            fill=(200, 30, 30),
            width=2 * oversample,
        )

    x, y = to_page(position)
    radius = 5 * oversample
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(200, 30, 30))
