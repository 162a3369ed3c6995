"""Where objects and the camera of a clip are over time."""

import numpy as np
from numpy.typing import NDArray

from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.visible_objects import is_clearly_visible

Floats = NDArray[np.float64]


def object_trajectory(clip_view: ClipView, object_id: int) -> Floats:
    """(F, 3) the middle of the object's box in each frame, metres."""
    return np.array(
        [view.object(object_id).box.center for view in clip_view.views], dtype=np.float64
    )


def object_yaws(clip_view: ClipView, object_id: int) -> Floats:
    """(F,) the turn of the object's box in each frame, radians."""
    return np.array([view.object(object_id).box.yaw for view in clip_view.views], dtype=np.float64)


def camera_trajectory(clip_view: ClipView) -> Floats:
    """(F, 3) where the camera is in each frame, metres: the translation of the camera-to-world pose
    as it stands.
    """
    return np.array([camera.position for camera in clip_view.cameras])


def path_length(track_F_3: Floats) -> float:
    """Length in metres of the way through the points in turn."""
    return float(np.linalg.norm(np.diff(track_F_3, axis=0), axis=1).sum())


def max_distance_from_start(track_F_3: Floats) -> float:
    """The farthest that the track ever is from where it began, metres."""
    return float(np.linalg.norm(track_F_3 - track_F_3[0], axis=1).max())


def clearly_visible_frames(clip_view: ClipView, object_id: int) -> list[int]:
    """Frames in which the object is clearly visible."""
    return [
        index for index, view in enumerate(clip_view.views) if is_clearly_visible(view, object_id)
    ]
