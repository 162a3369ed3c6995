"""Whether an object or the camera of a clip changes place, and whether they come closer."""

import math

import numpy as np

from waywiser.scenes.scene import Object
from waywiser.tasks.base import View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import Floats, bearing, heading
from waywiser.tasks.trajectories import (
    camera_trajectory,
    clearly_visible_frames,
    max_distance_from_start,
    object_trajectory,
    object_yaws,
)

MIN_MOVE = 0.3
MAX_STILL_MOVE = 0.02
"""Metres: what gets this far from its start has moved, what stays within so few has not; between,
nothing is asked.
"""
MAX_STILL_TURN = 2.0
"""Degrees that a thing or a camera that stays may turn."""
MIN_DISTANCE_CHANGE = 0.20
MAX_SAME_CHANGE = 0.05
"""The distance has changed when it differs by this fraction, and stayed when it never differs by
more than this.
"""
NEARLY_CLEAR_PIXEL_SHARE = 0.008
NEARLY_CLEAR_FRACTION = 0.1
"""Share of the picture, and unhidden fraction, from which on some would call a thing plain to see.
"""


def classify_mover(clip_view: ClipView, obj: Object) -> tuple[str, float] | None:
    """("object", "camera", "both" or "neither", metres to the nearest bound), or None where people
    could disagree.
    """
    track = object_trajectory(clip_view, obj.id)
    visible_frames = clearly_visible_frames(clip_view, obj.id)
    object_turn = math.degrees(float(np.ptp(object_yaws(clip_view, obj.id))))
    turns = [
        bearing(heading(clip_view.cameras[0]), heading(camera)) for camera in clip_view.cameras
    ]
    tilts = [
        math.degrees(math.asin(np.clip(camera.pose[2, 2], -1, 1))) for camera in clip_view.cameras
    ]
    camera_turn = max(max(abs(turn) for turn in turns), float(np.ptp(tilts)))
    object_moves = _has_moved(
        max_distance_from_start(track[visible_frames]), max_distance_from_start(track), object_turn
    )
    camera_far = max_distance_from_start(camera_trajectory(clip_view))
    camera_moves = _has_moved(camera_far, camera_far, camera_turn)

    if object_moves is None or camera_moves is None:
        return None

    word = {
        (True, True): "both",
        (True, False): "object",
        (False, True): "camera",
        (False, False): "neither",
    }

    return word[object_moves[0], camera_moves[0]], min(object_moves[1], camera_moves[1])


def _has_moved(seen: float, whole: float, turn: float) -> tuple[bool, float] | None:
    """Whether a thing that gets `whole` metres from its start moves, and the margin; None in doubt.

    `seen` is how far it gets in the frames that show it plainly, `turn` its turn in degrees.
    """
    if min(seen, whole) >= MIN_MOVE:
        return True, whole - MIN_MOVE
    if whole <= MAX_STILL_MOVE and turn <= MAX_STILL_TURN:
        return False, MAX_STILL_MOVE - whole

    return None


def visible_span(clip_view: ClipView, obj: Object) -> tuple[int, int] | None:
    """The first and the last frame that show the object plainly; None where they are not told from
    others.
    """
    visible_frames = clearly_visible_frames(clip_view, obj.id)
    nearly = [index for index, view in enumerate(clip_view.views) if _is_nearly_clear(view, obj.id)]
    if len(visible_frames) < 2 or (visible_frames[0], visible_frames[-1]) != (
        nearly[0],
        nearly[-1],
    ):
        return None

    return visible_frames[0], visible_frames[-1]


def _is_nearly_clear(view: View, object_id: int) -> bool:
    return (
        view.pixel_share(object_id) >= NEARLY_CLEAR_PIXEL_SHARE
        and view.visible[object_id].fraction >= NEARLY_CLEAR_FRACTION
    )


def camera_distances(clip_view: ClipView, obj: Object) -> Floats | None:
    """(P,) metres from the camera to the middle of the object's box in the frames of its
    `visible_span`, None without one.
    """
    frames = visible_span(clip_view, obj)
    if frames is None:
        return None

    far_F = np.linalg.norm(
        object_trajectory(clip_view, obj.id) - camera_trajectory(clip_view), axis=1
    )

    return far_F[frames[0] : frames[1] + 1]


def classify_approach(clip_view: ClipView, obj: Object) -> tuple[str, float] | None:
    """("closer", "farther" or "about the same", how clearly as a fraction), or None where people
    could disagree.
    """
    far = camera_distances(clip_view, obj)
    if far is None:
        return None

    first = float(far[0])
    last = float(far[-1])
    spread = float(np.abs(far / first - 1).max())
    if spread <= MAX_SAME_CHANGE:
        return "about the same", MAX_SAME_CHANGE - spread

    change = last / first - 1
    low = min(first, last) * (1 - MAX_SAME_CHANGE)
    high = max(first, last) * (1 + MAX_SAME_CHANGE)
    if abs(change) < MIN_DISTANCE_CHANGE or far.min() < low or far.max() > high:
        return None

    return ("closer" if change < 0 else "farther"), abs(change) - MIN_DISTANCE_CHANGE
