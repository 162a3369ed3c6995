"""A few pictures of one room from nearby places, each showing part of what another shows."""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_style import CameraStyle
from waywiser.scenes.procedural.framing import find_landmarks, nameable_pieces
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.surroundings import Surroundings, grid_rays
from waywiser.scenes.scene import Camera, Clip

NUM_VIEWS = 4
Change = Literal["turn", "step aside", "step ahead", "both"]
CHANGES: tuple[Change, ...] = ("turn", "step aside", "step ahead", "turn", "step aside", "both")
"""How a view differs from another: it looks elsewhere, is taken from elsewhere, or both."""
OVERLAP_RANGES: dict[Change, tuple[float, float]] = {
    "turn": (0.35, 0.85),
    "step aside": (0.35, 0.95),
    "step ahead": (0.35, 0.95),
    "both": (0.2, 0.7),
}
"""Least and greatest share of the surface seen in one view that the other must show too.

Things stand in for their boxes here; tasks measure the overlap again in the pictures.
"""
MAX_TRIES = 80
MAX_STRICT_TRIES = 70
"""Tries that insist on landmarks in common: things of their own word that both views show whole."""
MIN_COMMON_LANDMARKS: dict[Change, int] = {
    "turn": 2,
    "step aside": 2,
    "step ahead": 2,
    "both": 1,
}
MIN_DEPTH_RATIO = 1.4
"""By how much one of them must be farther than another for a step aside to show by parallax."""
CAMERA_CLEARANCE = 0.4
"""Meters from walls and furniture."""


def make_views_clip(rng: np.random.Generator, room: FurnishedRoom, first: Camera) -> Clip | None:
    """Four overlapping views of one room, or fewer if there is no space for more, with one lens.

    From the first view to each other one the camera turns on the spot, steps aside or ahead, or
    steps and turns.

    Args:
        rng: Source of randomness.
        room: The furnished room.
        first: The first view, in room coordinates.

    Returns:
        The clip, or None if no second view is found.
    """
    views = [first]
    surroundings = Surroundings.of_room(room.placed_room.plan, room.pieces)
    first_change = int(rng.integers(len(CHANGES)))

    named_N = nameable_pieces(room.pieces)
    named_N &= find_landmarks(first, room, surroundings)

    for number in range(NUM_VIEWS - 1):
        change = CHANGES[(first_change + number) % len(CHANGES)]
        view = _sample_nearby_view(rng, room, surroundings, first, named_N, change)
        if view is not None:
            views.append(view)

    if len(views) < 2:
        return None

    cameras = tuple(room.to_home_camera(view) for view in views)
    return Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras))


def _sample_nearby_view(
    rng: np.random.Generator,
    room: FurnishedRoom,
    surroundings: Surroundings,
    anchor: Camera,
    landmarks_N: NDArray[np.bool_],
    change: Change,
) -> Camera | None:
    """A view that differs from `anchor` by one change, or None if none is found.

    `landmarks_N` are the landmarks of `anchor`.
    """
    style = CameraStyle.of(anchor)
    forward = anchor.pose[:3, 2]
    heading = math.atan2(forward[1], forward[0])

    for number in range(MAX_TRIES):
        step, step_heading, turn = _sample_change(rng, change, heading, style.fov)
        x = float(anchor.position[0]) + step * math.cos(step_heading)
        y = float(anchor.position[1]) + step * math.sin(step_heading)

        if not room.is_camera_spot_free(x, y, CAMERA_CLEARANCE, CAMERA_CLEARANCE):
            continue

        view = style.make_camera(
            x,
            y,
            heading + turn,
            rise=float(rng.normal(0, 0.02)),
            nod=math.radians(float(rng.uniform(-1.5, 1.5))),
        )
        in_common_N = find_landmarks(view, room, surroundings) & landmarks_N
        if number < MAX_STRICT_TRIES and not _tells(
            anchor, change, surroundings.centers_N_3[in_common_N]
        ):
            continue

        low = min(
            surface_overlap(anchor, view, surroundings), surface_overlap(view, anchor, surroundings)
        )
        least, most = OVERLAP_RANGES[change]
        if least <= low <= most and surroundings.judge(view).is_good:
            return view

    return None


def _tells(anchor: Camera, change: Change, landmarks_L_3: NDArray[np.float64]) -> bool:
    """Whether a change can be told from the landmarks that two views have in common."""
    if len(landmarks_L_3) < MIN_COMMON_LANDMARKS[change]:
        return False
    if change != "step aside":
        return True

    depth_L = anchor.to_camera(landmarks_L_3)[:, 2]
    return float(depth_L.max()) >= MIN_DEPTH_RATIO * float(depth_L.min())


def _sample_change(
    rng: np.random.Generator, change: Change, heading: float, fov: float
) -> tuple[float, float, float]:
    """Meters of a step, its heading, and a turn to the left; angles in radians."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    if change == "turn":
        step_heading = float(rng.uniform(-math.pi, math.pi))
        turn = float(rng.uniform(math.radians(16), min(math.radians(55), 0.6 * fov)))
        return float(rng.uniform(0, 0.15)), step_heading, side * turn

    wobble = float(rng.normal(0, 0.08))
    if change == "step aside":  # and look back a little, so that near things stay in view
        turn = -side * math.radians(float(rng.uniform(0, 12)))
        return float(rng.uniform(0.5, 1.2)), heading + side * math.pi / 2 + wobble, turn

    step = float(rng.uniform(0.5, 1.6))
    if change == "step ahead":
        step_heading = heading + wobble + (math.pi if side < 0 else 0.0)
        return step, step_heading, math.radians(float(rng.normal(0, 2)))

    axis = heading + math.pi / 2 * int(rng.integers(4)) + wobble
    return step, axis, side * math.radians(float(rng.uniform(8, 75)))


def surface_overlap(a: Camera, b: Camera, surroundings: Surroundings) -> float:
    """Share of the surface points in view of `a` that `b` sees too, boxes standing for things."""
    rays = grid_rays(a)
    _, far = surroundings.cast(a.position, rays)
    points = a.position + rays * np.minimum(far, 20.0)[:, None]

    local = b.to_camera(points)
    depth = np.where(local[:, 2] > 0.1, local[:, 2], np.inf)
    u = b.fx * local[:, 0] / depth + b.cx
    v = b.fy * local[:, 1] / depth + b.cy
    is_in_view = np.isfinite(depth) & (u >= 0) & (u < b.width) & (v >= 0) & (v < b.height)
    if not is_in_view.any():
        return 0.0

    _, share = surroundings.cast(b.position, points[is_in_view] - b.position)
    return float((share > 0.97).sum() / len(rays))
