"""Where a photographer stands: free spots near walls, looking across the room at several pieces.

Dimensions: C candidate cameras, N pieces of furniture, M boxes that block a view,
R directions within a view.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_style import CameraStyle, sample_camera_style
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.placement import FurniturePiece
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.scenes.procedural.surroundings import Surroundings, ViewContent
from waywiser.scenes.scene import Camera

NUM_CANDIDATES = 32
MIN_WALL_DISTANCE = 0.4
MAX_WALL_DISTANCE = 1.1
MIN_DISTANCE = 0.9
MAX_DISTANCE = 7.0
MAX_TRIES_PER_CAMERA = 4
"""Candidates that are judged for each camera."""

Spot = tuple[float, float, float]
"""x, y and radius in meters."""


def sample_reserved_spot(rng: np.random.Generator, plan: FloorPlan, config: RoomConfig) -> Spot:
    """A spot (x, y, radius), in meters, near a wall that furniture must leave free for a camera."""
    for _ in range(200):
        x = float(rng.uniform(0, plan.width))
        y = float(rng.uniform(0, plan.depth))
        if MIN_WALL_DISTANCE <= plan.wall_distance(x, y) <= 0.8:
            return x, y, config.camera_clearance + 0.01

    return plan.width - 0.5, plan.depth / 2, config.camera_clearance + 0.01


def sample_cameras(
    rng: np.random.Generator,
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    reserved: list[Spot],
    config: RoomConfig,
) -> tuple[Camera, ...]:
    """Cameras in free space, each with a lens and height of its own, that see several pieces.

    Args:
        rng: Source of randomness.
        plan: The room's floor.
        pieces: The room's furniture.
        reserved: Spots (x, y, radius) that furniture leaves free, in room coordinates, meters.
        config: Number of views, picture size and ranges of cameras.

    Returns:
        `config.views` cameras, in room coordinates.
    """
    cameras: list[Camera] = []
    for _ in range(config.views):
        cameras += sample_good_cameras(rng, plan, pieces, reserved, config, cameras, 1)

    return tuple(cameras)


def sample_good_cameras(
    rng: np.random.Generator,
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    reserved: list[Spot],
    config: RoomConfig,
    others: Sequence[Camera],
    count: int,
) -> list[Camera]:
    """Up to `count` cameras of one lens and height, whose pictures are neither bare nor blocked.

    Args:
        rng: Source of randomness.
        plan: The room's floor.
        pieces: The room's furniture.
        reserved: Spots (x, y, radius) that furniture leaves free, in room coordinates, meters.
        config: Picture size and ranges of cameras.
        others: Cameras that these should differ from.
        count: How many to find.

    Returns:
        The cameras, best first, in room coordinates. If none is good, the one with the most to see.
    """
    style = sample_camera_style(rng, config, config.width, config.height)
    xy_C_2 = _sample_free_spots(rng, plan, pieces, reserved, config)
    yaw_C = _sample_headings(rng, xy_C_2, plan, pieces)
    score_C = _visible_piece_score(xy_C_2, yaw_C, plan, pieces, style) + rng.uniform(
        0, 1.5, len(xy_C_2)
    )
    score_C += 3 * _view_openness(xy_C_2, yaw_C, plan, pieces, style)

    for other in others:
        forward = other.pose[:2, 2]
        yaw = math.atan2(float(forward[1]), float(forward[0]))
        score_C -= _likeness(xy_C_2, yaw_C, other.position, yaw)

    surroundings = Surroundings.of_room(plan, pieces)
    judged: list[tuple[ViewContent, Camera]] = []
    num_good = 0

    for _ in range(MAX_TRIES_PER_CAMERA * count):
        best = int(np.argmax(score_C))
        yaw = float(yaw_C[best])
        camera = style.make_camera(float(xy_C_2[best, 0]), float(xy_C_2[best, 1]), yaw)
        judged.append((surroundings.judge(camera), camera))
        num_good += judged[-1][0].is_good
        if num_good == count:
            break

        score_C -= _likeness(xy_C_2, yaw_C, xy_C_2[best], yaw)
        score_C[best] -= 20

    good = [camera for content, camera in judged if content.is_good]
    return good or [max(judged, key=lambda pair: pair[0].num_things)[1]]


def _likeness(
    xy_C_2: NDArray[np.float64],
    yaw_C: NDArray[np.float64],
    place: NDArray[np.float64],
    yaw: float,
) -> NDArray[np.float64]:
    """By how much a view (C,) loses for being like another: stand elsewhere or look elsewhere."""
    away_C = np.hypot(xy_C_2[:, 0] - place[0], xy_C_2[:, 1] - place[1])
    return 4 * np.exp(-away_C / 0.8 - np.abs(_wrap_angles(yaw_C - yaw)) / 0.5)


def _sample_free_spots(
    rng: np.random.Generator,
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    reserved: list[Spot],
    config: RoomConfig,
) -> NDArray[np.float64]:
    """Spots (C, 2) near walls and away from furniture: sampled ones, and the reserved ones."""
    floor = [piece.footprint for piece in pieces if piece.is_obstacle]
    spots = [(x, y) for x, y, _ in reserved]

    for x, y in rng.uniform((0, 0), (plan.width, plan.depth), (4 * NUM_CANDIDATES, 2)):
        wall = plan.wall_distance(x, y)
        if MIN_WALL_DISTANCE <= wall <= MAX_WALL_DISTANCE and all(
            footprint.distance(x, y) >= config.camera_clearance for footprint in floor
        ):
            spots.append((x, y))
            if len(spots) >= NUM_CANDIDATES:
                break

    # Every spot several times, so that it is tried in several directions.
    return np.repeat(np.array(spots, dtype=float), 2 if len(spots) > 8 else 10, axis=0)


def _sample_headings(
    rng: np.random.Generator,
    xy_C_2: NDArray[np.float64],
    plan: FloorPlan,
    pieces: list[FurniturePiece],
) -> NDArray[np.float64]:
    """(C,) headings (radians): at a random piece, or across the room, give or take 15 degrees."""
    targets = np.array(
        [[p.footprint.x, p.footprint.y] for p in pieces] + [[plan.width / 2, plan.depth / 2]] * 3
    )
    at = targets[rng.integers(len(targets), size=len(xy_C_2))] - xy_C_2
    return np.arctan2(at[:, 1], at[:, 0]) + rng.uniform(-0.26, 0.26, len(xy_C_2))


def _visible_piece_score(
    xy_C_2: NDArray[np.float64],
    yaw_C: NDArray[np.float64],
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    style: CameraStyle,
) -> NDArray[np.float64]:
    """How many pieces each camera (C,) sees well.

    A piece counts if it is in view, near enough for its size, and nothing hides its center.
    """
    center_N_2 = np.array([[p.footprint.x, p.footprint.y] for p in pieces])
    to_C_N_2 = center_N_2 - xy_C_2[:, None]
    distance_C_N = np.linalg.norm(to_C_N_2, axis=2)
    bearing_C_N = _wrap_angles(np.arctan2(to_C_N_2[..., 1], to_C_N_2[..., 0]) - yaw_C[:, None])
    half = style.fov / 2
    visible_C_N = (
        (np.abs(bearing_C_N) < 0.85 * half)
        & (distance_C_N > MIN_DISTANCE)
        & (distance_C_N < MAX_DISTANCE)
    )

    visible_C_N &= ~_is_hidden(xy_C_2, style.eye, pieces, plan)
    size_N = np.array([max(p.size) for p in pieces])
    size_score_C_N = np.minimum(size_N / np.maximum(distance_C_N, 0.1) / 0.25, 1.0)

    return np.minimum((visible_C_N * size_score_C_N).sum(axis=1), 9)


def _view_openness(
    xy_C_2: NDArray[np.float64],
    yaw_C: NDArray[np.float64],
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    style: CameraStyle,
) -> NDArray[np.float64]:
    """How far each camera (C,) sees before a wall or something tall.

    0 is blocked; 1 is three meters or more in all directions of the view.
    """
    spread = style.fov / 2 * np.array([-0.8, -0.4, 0.0, 0.4, 0.8])
    heading_C_R = yaw_C[:, None] + spread
    ray_C_R_2 = np.stack([np.cos(heading_C_R), np.sin(heading_C_R)], axis=-1)
    ray_C_R_2 = np.where(np.abs(ray_C_R_2) < 1e-9, 1e-9, ray_C_R_2)
    ends = np.where(ray_C_R_2 > 0, (plan.width, plan.depth), 0.0)
    distance_C_R = ((ends - xy_C_2[:, None]) / ray_C_R_2).min(axis=2)

    for shape in _view_blockers(plan, pieces):
        (ax, ay), (bx, by) = shape.axes
        frame = np.array([[ax, bx], [ay, by]])
        start = (xy_C_2 - (shape.x, shape.y)) @ frame
        ray = ray_C_R_2 @ frame
        ray = np.where(np.abs(ray) < 1e-9, 1e-9, ray)
        half = np.array([shape.width, shape.depth]) / 2
        one = (-half - start[:, None]) / ray
        two = (half - start[:, None]) / ray
        enter = np.minimum(one, two).max(axis=2)
        leave = np.maximum(one, two).min(axis=2)
        distance_C_R = np.where(
            (enter < leave) & (leave > 0),
            np.minimum(distance_C_R, np.maximum(enter, 0)),
            distance_C_R,
        )

    return np.minimum(distance_C_R / 3, 1).mean(axis=1)


def _view_blockers(plan: FloorPlan, pieces: list[FurniturePiece]) -> list[Footprint]:
    """Footprints that block a view across the room: the notch of an L, and tall furniture."""
    tall = [piece.footprint for piece in pieces if piece.is_obstacle and piece.top > 1.1]
    return [plan.notch, *tall] if plan.notch else tall


def _is_hidden(
    xy_C_2: NDArray[np.float64],
    eye: float,
    pieces: list[FurniturePiece],
    plan: FloorPlan,
) -> NDArray[np.bool_]:
    """Whether a line of sight (C, N) to a piece's center passes through another piece or the notch.

    Each of the M blockers is a box; lines are intersected with its slabs in its own frame.
    """
    center_N_3 = np.array([[p.footprint.x, p.footprint.y, p.z + p.size[2] / 2] for p in pieces])
    center_M_3 = center_N_3
    half_M_3 = np.array([p.size for p in pieces]) / 2
    yaw_M = np.array([p.footprint.yaw for p in pieces])

    if plan.notch:
        center_M_3 = np.vstack([center_M_3, [plan.notch.x, plan.notch.y, 0]])
        half_M_3 = np.vstack([half_M_3, [plan.notch.width / 2, plan.notch.depth / 2, 10]])
        yaw_M = np.append(yaw_M, 0.0)

    cos_M = np.cos(yaw_M)
    sin_M = np.sin(yaw_M)
    eye_C_3 = np.column_stack([xy_C_2, np.full(len(xy_C_2), eye)])
    from_C_M_3 = _to_box_frames(eye_C_3[:, None] - center_M_3, cos_M, sin_M)
    to_N_M_3 = _to_box_frames(center_N_3[:, None] - center_M_3, cos_M, sin_M)
    ray_C_N_M_3 = to_N_M_3[None] - from_C_M_3[:, None]
    ray_C_N_M_3 = np.where(np.abs(ray_C_N_M_3) < 1e-9, 1e-9, ray_C_N_M_3)
    one = (-half_M_3 - from_C_M_3[:, None]) / ray_C_N_M_3
    two = (half_M_3 - from_C_M_3[:, None]) / ray_C_N_M_3
    enter = np.minimum(one, two).max(axis=3)
    leave = np.maximum(one, two).min(axis=3)
    blocked = (enter < leave) & (leave > 0) & (enter < 0.97)
    blocked[:, np.arange(len(pieces)), np.arange(len(pieces))] = False

    return blocked.any(axis=2)


def _to_box_frames(
    v: NDArray[np.float64], cos_M: NDArray[np.float64], sin_M: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Vectors (..., M, 3) into the frames of M upright boxes."""
    return np.stack(
        [v[..., 0] * cos_M + v[..., 1] * sin_M, v[..., 1] * cos_M - v[..., 0] * sin_M, v[..., 2]],
        axis=-1,
    )


def _wrap_angles(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles into [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi
