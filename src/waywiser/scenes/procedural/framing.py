"""Which pieces of a room a camera shows whole.

Dimensions: N pieces.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.categories import are_confusable, is_askable
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.furniture_piece import FurniturePiece
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.scene import Camera

MIN_LANDMARK_HEIGHT = 0.05
"""Share of the picture's height that a landmark spans at least."""


def nameable_pieces(pieces: Sequence[FurniturePiece]) -> NDArray[np.bool_]:
    """Which pieces (N,) the word for them picks out among all, and may be asked about."""
    words = [piece.category for piece in pieces]
    return np.array(
        [
            is_askable(word) and sum(are_confusable(word, other) for other in words) == 1
            for word in words
        ],
        dtype=bool,
    )


def fully_framed(camera: Camera, pieces: Sequence[FurniturePiece]) -> NDArray[np.bool_]:
    """Which pieces' boxes (N,) are inside the picture, hidden or not."""
    is_inside_N_8, _ = _project_corners(camera, pieces)
    return np.all(is_inside_N_8, axis=1)


def find_landmarks(
    camera: Camera, room: FurnishedRoom, surroundings: Surroundings
) -> NDArray[np.bool_]:
    """Which pieces (N,) are whole in the picture, unhidden and not tiny.

    Args:
        camera: The camera, in room coordinates.
        room: The room.
        surroundings: The same room as boxes and walls.
    """
    is_inside_N_8, row_N_8 = _project_corners(camera, room.pieces)
    is_large_N = np.ptp(row_N_8, axis=1) >= MIN_LANDMARK_HEIGHT * camera.height
    hits_N, _ = surroundings.cast(camera.position, surroundings.centers_N_3 - camera.position)

    return np.all(is_inside_N_8, axis=1) & is_large_N & (hits_N == np.arange(len(room.pieces)))


def _project_corners(
    camera: Camera, pieces: Sequence[FurniturePiece]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether the corners (N, 8) of the pieces' boxes are in the picture, and in which rows."""
    corners_N_8_3 = np.array(
        [
            [
                (*corner, z)
                for corner in piece.footprint.corners
                for z in (piece.z, piece.z + piece.size[2])
            ]
            for piece in pieces
        ]
    )
    points_N_8_3 = camera.to_camera(corners_N_8_3.reshape(-1, 3)).reshape(-1, 8, 3)
    depth = np.maximum(points_N_8_3[..., 2], 0.05)
    u = camera.fx * points_N_8_3[..., 0] / depth + camera.cx
    v = camera.fy * points_N_8_3[..., 1] / depth + camera.cy
    is_inside = (
        (points_N_8_3[..., 2] > 0.05)
        & (u >= 0)
        & (u <= camera.width)
        & (v >= 0)
        & (v <= camera.height)
    )

    return is_inside, v
