"""Where objects and the camera of a clip are over time."""

import numpy as np
from numpy.typing import NDArray

from waywiser.tasks._base import plain
from waywiser.tasks._footage import Footage

Floats = NDArray[np.float64]


def object_track(footage: Footage, object_id: int) -> Floats:
    """(F, 3) the middle of the object's box in each frame, metres."""
    return np.array([view.object(object_id).box.center for view in footage.views], dtype=np.float64)


def object_yaws(footage: Footage, object_id: int) -> Floats:
    """(F,) the turn of the object's box in each frame, radians."""
    return np.array([view.object(object_id).box.yaw for view in footage.views], dtype=np.float64)


def camera_track(footage: Footage) -> Floats:
    """(F, 3) where the camera is in each frame, metres: the translation of the camera-to-world pose as it stands."""
    return np.array([camera.position for camera in footage.cameras])


def path_length(track_F_3: Floats) -> float:
    """Length in metres of the way through the points in turn."""
    return float(np.linalg.norm(np.diff(track_F_3, axis=0), axis=1).sum())


def reach(track_F_3: Floats) -> float:
    """The farthest that the track ever is from where it began, metres."""
    return float(np.linalg.norm(track_F_3 - track_F_3[0], axis=1).max())


def plain_frames(footage: Footage, object_id: int) -> list[int]:
    """Frames in which the object is plain to see."""
    return [index for index, view in enumerate(footage.views) if plain(view, object_id)]
