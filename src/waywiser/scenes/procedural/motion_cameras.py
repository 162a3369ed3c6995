"""Cameras that watch a movement from start to end, standing still or gliding."""

import math
from dataclasses import replace

import numpy as np

from waywiser.scenes.procedural.camera_style import CameraStyle, sample_camera_style
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.key_poses import MIN_STEP_LENGTH, Pose
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.scene import Camera, Vec2, Vec3

PAN_PROB = 0.2
"""Probability that the camera also pans."""
MIN_PIXEL_SHARE = 0.014
"""Share of the picture that the moving object should cover."""
MAX_CAMERA_TRIES = 150
"""Places tried for a camera before the movement is given up."""
CAMERA_CLEARANCE = 0.4
"""Meters from walls and furniture."""
MIN_DISTANCE = 1.2
"""Meters from the camera to what moves, at least."""
WATCHED_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the movement at which nothing may hide what moves."""
WATCHED_HEIGHTS = (0.35, 0.8)
"""Shares of its height at which the line of sight is checked."""


def sample_watching_cameras(
    rng: np.random.Generator,
    room: FurnishedRoom,
    mover: int,
    keys: list[Pose],
    config: HomeConfig,
    camera_glides: bool,
    direction: int,
) -> list[Camera] | None:
    """Cameras that watch a whole movement, and may pan; one for each frame, all of one lens.

    Args:
        rng: Source of randomness.
        room: The room of the movement.
        mover: Index of the moving piece.
        keys: Its key poses, in room coordinates.
        config: Picture size, ranges of cameras and number of frames.
        camera_glides: Whether the camera glides; it stands still otherwise.
        direction: Where the movement leads, as seen from the first camera: away (0), left (1),
            nearer (2) or right (3).

    Returns:
        The cameras, in room coordinates, or None if no place for them is found.
    """
    plan = room.placed_room.plan
    drawn_style = sample_camera_style(rng, config, config.width, config.height)
    points = [(x, y) for x, y, _ in keys]
    aim = ((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    camera_pans = bool(rng.random() < PAN_PROB)
    shares = np.linspace(0, 1, config.moving_frames).tolist()
    size = room.pieces[mover].size
    max_distance = _max_camera_distance(size, drawn_style)
    surroundings = Surroundings.of_room(plan, room.pieces)
    targets_K_3 = _watched_points(points, size)

    for _ in range(MAX_CAMERA_TRIES):
        x = float(rng.uniform(0, plan.width))
        y = float(rng.uniform(0, plan.depth))
        if not _moves_in_direction(points, (x, y), direction):
            continue

        style = _aimed_down(drawn_style, math.dist((x, y), aim), size[2])
        yaw = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0, 0.08))
        glide_heading = yaw + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.25))
        glide = float(rng.uniform(0.6, 1.6)) * camera_glides

        turn = (
            math.radians(float(rng.uniform(16, 35)))
            * (1 if rng.random() < 0.5 else -1)
            * camera_pans
        )

        camera_poses = [
            (
                x + glide * s * math.cos(glide_heading),
                y + glide * s * math.sin(glide_heading),
                yaw + turn * (s - 0.5),
            )
            for s in shares
        ]

        if not all(
            room.is_camera_spot_free(sx, sy, CAMERA_CLEARANCE, CAMERA_CLEARANCE)
            for sx, sy, _ in camera_poses
        ):
            continue

        cameras = [style.make_camera(*pose) for pose in camera_poses]
        if all(
            _sees_whole_movement(surroundings, mover, camera, targets_K_3, max_distance)
            for camera in (cameras[0], cameras[-1])
        ):
            return cameras

    return None


def _moves_in_direction(points: list[Vec2], at: Vec2, direction: int) -> bool:
    """Whether a movement, seen from `at`, leads in the wanted direction, clear of the diagonals.

    `direction` counts quarter turns to the left of "away". True for an object that turns on the
    spot.
    """
    (ax, ay), (bx, by) = points[0], points[-1]
    if math.dist(points[0], points[-1]) < MIN_STEP_LENGTH / 2:
        return True

    left = (
        math.atan2(by - ay, bx - ax) - math.atan2(ay - at[1], ax - at[0]) - math.pi / 2 * direction
    )

    return abs((left + math.pi) % (2 * math.pi) - math.pi) < math.radians(28)


def _max_camera_distance(size: Vec3, style: CameraStyle) -> float:
    """Meters at which an object of this size still covers `MIN_PIXEL_SHARE` of a picture.

    The camera looks down at the object's top.
    """
    wide = math.sqrt(size[0] * size[1])
    focal = style.width / 2 / math.tan(style.fov / 2)

    return min(
        max(
            focal
            * math.sqrt(
                wide * (size[2] + 0.4 * wide) / (MIN_PIXEL_SHARE * style.width * style.height)
            ),
            1.8,
        ),
        6.0,
    )


def _aimed_down(style: CameraStyle, distance: float, height: float) -> CameraStyle:
    """The style with a pitch that lies between its own and one that aims at something's middle."""
    at_middle = math.atan2(style.eye - height / 2, max(distance, MIN_DISTANCE))
    pitch = min(max((style.pitch + at_middle) / 2, 0.0), math.radians(25))
    return replace(style, pitch=pitch)


def _watched_points(points: list[Vec2], size: Vec3) -> np.ndarray:
    """Points (K, 3) along a movement, at some heights of what moves, in room meters."""
    corners = np.asarray(points)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    spots = np.array(WATCHED_SHARES) * along[-1]
    places = np.stack([np.interp(spots, along, corners[:, k]) for k in (0, 1)], axis=1)

    return np.concatenate(
        [
            np.column_stack([places, np.full(len(places), share * size[2])])
            for share in WATCHED_HEIGHTS
        ]
    )


def _sees_whole_movement(
    surroundings: Surroundings,
    mover: int,
    camera: Camera,
    targets_K_3: np.ndarray,
    max_distance: float,
) -> bool:
    """Whether all of a movement is in view, near enough and unhidden, with something around it."""
    away_K_3 = targets_K_3 - camera.position
    flat_K = np.hypot(away_K_3[:, 0], away_K_3[:, 1])
    if flat_K.min() < MIN_DISTANCE or flat_K.max() > max_distance:
        return False

    low = targets_K_3[: len(WATCHED_SHARES)]
    local_3 = camera.to_camera(low).T
    if local_3[2].min() < 0.3:
        return False

    across = np.abs(local_3[0] / local_3[2]) * camera.fx / (camera.width / 2)
    down = np.abs(local_3[1] / local_3[2]) * camera.fy / (camera.height / 2)
    if across.max() > 0.75 or down.max() > 0.9:
        return False

    _, reach_K = surroundings.cast(camera.position, away_K_3, without=mover)
    is_seen_K = (reach_K > 0.98).reshape(len(WATCHED_HEIGHTS), -1).any(axis=0)
    return bool(is_seen_K.all()) and surroundings.judge(camera).is_good
