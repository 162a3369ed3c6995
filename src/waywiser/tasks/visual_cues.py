"""What reasoning may say of an image: where things are, how large they look, what follows from it.

Everything here is what a viewer could read off the image or assume of a thing of that kind. Shares
of the image are written in percent, assumed sizes to 5 cm, and results to 0.1 m, so that a reader
can redo every step.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from waywiser.scenes.scene import Camera, Object
from waywiser.tasks.inputs import TaskInputs
from waywiser.tasks.visible_objects import View

EDGE_PERCENT = 2
"""What reaches this close to a side of the image is at its edge, in percent of that side."""
MAX_WORDS = 120
"""Nobody reads longer reasoning."""
Axis = Literal["width", "height"]
MIN_CUE_PERCENT = 3
"""What spans less of the image, in percent, is too small to measure."""
MAX_CUE_ERROR = 0.1
"""A cue is used only if its result is this close to the truth, as a fraction."""


def pick_style(inputs: TaskInputs, styles: Sequence[str]) -> str:
    """One of several wordings, always the same one for the same inputs."""
    return styles[zlib.crc32(repr(sorted(inputs.to_dict().items())).encode()) % len(styles)]


@dataclass(frozen=True)
class ImageSpan:
    """Bounds of what shows of an object, in whole percent of the width and height of the image."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Extent across the image, in percent of its width."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Extent down the image, in percent of its height."""
        return self.bottom - self.top

    @property
    def x(self) -> int:
        """Middle across the image, in percent of its width."""
        return round((self.left + self.right) / 2)

    @property
    def y(self) -> int:
        """Middle down the image, in percent of its height."""
        return round((self.top + self.bottom) / 2)


def image_span(view: View, object_id: int) -> ImageSpan:
    """Where an object shows in the image."""
    left, top, right, bottom = view.visible[object_id].bbox
    width = view.camera.width
    height = view.camera.height

    return ImageSpan(
        round(100 * left / width),
        round(100 * top / height),
        round(100 * right / width),
        round(100 * bottom / height),
    )


def position_in_words(view: View, object_id: int) -> str:
    """Where an object shows in the image, such as "at the left edge" or "in the lower right"."""
    span = image_span(view, object_id)
    if span.left <= EDGE_PERCENT and span.right < 50:
        return "at the left edge"
    if span.right >= 100 - EDGE_PERCENT and span.left > 50:
        return "at the right edge"

    across = "left" if span.x < 38 else "right" if span.x > 62 else ""
    down = "upper" if span.y < 38 else "lower" if span.y > 62 else ""
    if across and down:
        return f"in the {down} {across}"
    if across:
        return f"on the {across}"
    return {"upper": "near the top", "lower": "near the bottom", "": "near the center"}[down]


def object_id_at(view: View, pixel: tuple[float, float]) -> int:
    """Id of what a point of the image shows; 0 for the room."""
    return int(view.frame.ids[int(pixel[1]), int(pixel[0])])


def place_on_object(view: View, object_id: int, pixel: tuple[float, float]) -> str | None:
    """Where a point lies within the bounds of an object, such as "on the upper left part"."""
    left, top, right, bottom = view.visible[object_id].bbox
    x = (pixel[0] - left) / (right - left)
    y = (pixel[1] - top) / (bottom - top)
    if not (0 <= x <= 1 and 0 <= y <= 1):
        return None

    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    down = "upper" if y < 1 / 3 else "lower" if y > 2 / 3 else ""
    words = " ".join(word for word in (down, across) if word)
    return f"on the {words} part" if words else "on the middle part"


def is_partly_hidden(view: View, object_id: int) -> bool:
    """Whether something hides a part of the object that a viewer would notice."""
    seen = view.visible[object_id]
    return not seen.truncated and seen.fraction < 0.75


def view_factor(camera: Camera, axis: Axis) -> float:
    """Meters that the image spans for each meter of depth, to 0.01."""
    pixels, focal = (camera.width, camera.fx) if axis == "width" else (camera.height, camera.fy)
    return round(pixels / focal, 2)


def field_of_view(camera: Camera) -> int:
    """Horizontal field of view in whole degrees."""
    return round(camera.horizontal_fov_deg)


def round_assumed(meters: float) -> float:
    """A size as people assume it: to 5 cm, from 1.5 m on to 10 cm."""
    step = 0.05 if meters < 1.5 else 0.1
    return round(max(step, step * round(meters / step)), 2)


def format_meters(meters: float) -> str:
    """A length as it is written: 0.45, 1.2."""
    return f"{meters:.2f}".rstrip("0").rstrip(".") if meters < 1.5 else f"{meters:.1f}"


@dataclass(frozen=True)
class SizeCue:
    """The depth of an object that follows from an assumed size and from how large it looks."""

    axis: Axis
    assumed: float
    """Assumed extent along the axis, in meters."""
    percent: int
    """How much of the image it spans along the axis."""
    factor: float
    """`view_factor` of the axis."""

    @property
    def depth(self) -> float:
        """Depth of the object's middle in meters, to 0.1."""
        return round(self.assumed / (self.percent / 100 * self.factor), 1)

    def in_words(self, category: str) -> str:
        """The cue as a sentence with its arithmetic."""
        size_word = "tall" if self.axis == "height" else "wide as seen from here"
        return (
            f"{with_article(category)} like this is about {format_meters(self.assumed)} m {size_word} and spans"
            f" {self.percent} % of the image {self.axis}. At a depth of 1 m the image"
            f" {self.axis} covers {self.factor:.2f} m, so the depth is about"
            f" {format_meters(self.assumed)} / ({self.percent / 100:.2f} x {self.factor:.2f}) ="
            f" {self.depth:.1f} m."
        )


def size_cues(view: View, obj: Object) -> list[SizeCue]:
    """The size cues of an object that are near the truth, the best first; none if it is cut off."""
    seen = view.visible[obj.id]
    if seen.truncated or seen.fraction < 0.6:
        return []

    span = image_span(view, obj.id)
    depth = float(view.camera.to_camera(np.asarray(obj.box.center)[None])[0, 2])
    if depth <= 0:
        return []

    across = apparent_width(view.camera, obj)
    measures: tuple[tuple[Axis, float, int], ...] = (
        ("height", obj.box.size[2], span.height),
        ("width", across, span.width),
    )
    cues = [
        SizeCue(axis, round_assumed(meters), percent, view_factor(view.camera, axis))
        for axis, meters, percent in measures
        if percent >= MIN_CUE_PERCENT
    ]

    errors = {cue.axis: abs(cue.depth / depth - 1) for cue in cues}
    fitting = [cue for cue in cues if errors[cue.axis] <= MAX_CUE_ERROR]
    return sorted(fitting, key=lambda cue: errors[cue.axis])


def apparent_width(camera: Camera, obj: Object) -> float:
    """Extent of an object's box across the line of sight, in the floor plan, in meters."""
    right_3 = camera.pose[:3, 0]
    along_2 = np.abs(obj.box.axes.T @ right_3)[:2]
    return float(along_2 @ np.asarray(obj.box.size[:2]))


def extent_in_depth(camera: Camera, obj: Object) -> float:
    """Extent of an object's box along the line of sight, in the floor plan, in meters."""
    sight_2 = np.asarray(obj.box.center[:2]) - camera.position[:2]
    sight_3 = np.array([*sight_2 / max(float(np.linalg.norm(sight_2)), 1e-9), 0.0])
    along_2 = np.abs(obj.box.axes.T @ sight_3)[:2]
    return float(along_2 @ np.asarray(obj.box.size[:2]))


def with_article(category: str) -> str:
    """A category at the start of a sentence: "A chair", "An oven"."""
    return f"{'An' if category[0] in 'aeiou' else 'A'} {category}"


def keep_short(reasoning: str) -> str:
    """The reasoning, or nothing where it has more than MAX_WORDS words."""
    return reasoning if len(reasoning.split()) <= MAX_WORDS else ""
