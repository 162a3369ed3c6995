"""What a video shows of who moves: against what stands still, and by how large it looks."""

from collections.abc import Sequence

from waywiser.scenes.scene import Object
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.mover_geometry import visible_span
from waywiser.tasks.trajectories import clearly_visible_frames
from waywiser.tasks.visible_objects import is_visible
from waywiser.tasks.visual_cues import image_span

MIN_SHIFT = 8
"""Percent of the image by which something must shift to say that it does."""
MAX_STILL_SHIFT = 2
"""Percent of the image within which something that stays may seem to shift."""


def explain_mover(clip_view: ClipView, obj: Object, answer: str) -> str:
    """Who moves, by a landmark that stands still: empty if no landmark tells it."""
    frames = clearly_visible_frames(clip_view, obj.id)
    for landmark in static_objects(clip_view):
        shared = [i for i in frames if is_whole_in(clip_view, i, landmark)]
        if landmark.id == obj.id or len(shared) < 2:
            continue

        text = _compare_with_landmark(clip_view, obj, landmark, shared, answer)
        if text:
            return text

    return ""


def _compare_with_landmark(
    clip_view: ClipView, obj: Object, landmark: Object, frames: Sequence[int], answer: str
) -> str:
    first, last = frames[0], max(frames, key=lambda i: _shift(clip_view, landmark, frames[0], i))
    if last == first:
        last = frames[-1]

    camera_shift = _shift(clip_view, landmark, first, last)
    gaps = [_gap(clip_view, obj, landmark, i) for i in frames]
    widest = max(frames, key=lambda i: abs(_gap(clip_view, obj, landmark, i) - gaps[0]))
    gap_change = abs(_gap(clip_view, obj, landmark, widest) - gaps[0])
    camera_moves = answer in ("only the camera", "both")
    object_moves = answer in (f"only the {obj.category}", "both")

    if camera_moves != (camera_shift >= MIN_SHIFT) or (
        not camera_moves and camera_shift > MAX_STILL_SHIFT
    ):
        return ""
    if object_moves and gap_change < MIN_SHIFT:
        return ""
    if not camera_moves and not object_moves and gap_change > MAX_STILL_SHIFT:
        return ""

    one, two = (image_span(clip_view.views[i], landmark.id) for i in (first, last))
    times = [f"{clip_view.times[i]:g} s" for i in (first, last, widest)]
    steps = [f"The {landmark.category} stands still in the room."]
    if camera_moves:
        steps.append(
            f"In the image it goes from {one.x} % of the width and {one.height} % of the height at"
            f" {times[0]} to {two.x} % and {two.height} % at {times[1]}, so the camera moves."
        )
    else:
        steps.append(
            f"It stays at {one.x} % of the image width from {times[0]} to {times[1]}, so the"
            " camera stands still."
        )

    gap = _gap(clip_view, obj, landmark, widest)
    if object_moves:
        steps.append(
            f"The {obj.category} is {_gap_in_words(gaps[0])} of it at {times[0]} and"
            f" {_gap_in_words(gap)} at {times[2]}, so it moves."
        )
    else:
        steps.append(
            f"The {obj.category} keeps its place beside it, {_gap_in_words(gaps[0])} at"
            f" {times[0]}, apart from the changing view, so it does not move."
        )
    return f"{' '.join(steps)} Answer: {answer}."


def is_whole_in(clip_view: ClipView, frame: int, obj: Object) -> bool:
    """Whether a frame surely shows the object and does not cut it off."""
    view = clip_view.views[frame]
    return is_visible(view, obj.id) and not view.visible[obj.id].truncated


def _shift(clip_view: ClipView, landmark: Object, first: int, last: int) -> int:
    """Percent of the image by which a landmark moves or grows between two frames."""
    one, two = (image_span(clip_view.views[i], landmark.id) for i in (first, last))
    return max(abs(two.x - one.x), abs(two.height - one.height))


def _gap(clip_view: ClipView, obj: Object, landmark: Object, frame: int) -> int:
    """Percent of the image width from the landmark's middle to the object's, to the right."""
    view = clip_view.views[frame]
    return image_span(view, obj.id).x - image_span(view, landmark.id).x


def _gap_in_words(gap: int) -> str:
    return f"{abs(gap)} % of the width to the {'right' if gap > 0 else 'left'}"


def explain_approach(clip_view: ClipView, obj: Object, answer: str) -> str:
    """How the object's height in the image changes; empty if it does not tell the answer."""
    span = visible_span(clip_view, obj)
    if span is None or not all(is_whole_in(clip_view, i, obj) for i in span):
        return ""

    first, last = (image_span(clip_view.views[i], obj.id).height for i in span)
    change = last / max(first, 1) - 1
    says = "closer" if change > 0.1 else "farther" if change < -0.1 else "about the same"
    if says != answer:
        return ""

    times = [clip_view.times[i] for i in span]
    looks = {"closer": "larger", "farther": "smaller", "about the same": "about as large"}[answer]
    meaning = {
        "closer": "it has come closer",
        "farther": "it is farther away",
        "about the same": "its distance is about the same",
    }[answer]
    return (
        f"The first clear view of the {obj.category} is at {times[0]:g} s, where it spans"
        f" {first} % of the image height; the last is at {times[1]:g} s with {last} %. It looks"
        f" {looks}, and the thing itself keeps its size, so {meaning}: {answer}."
    )
