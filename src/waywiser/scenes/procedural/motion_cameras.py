"""Cameras that watch a movement from start to end, standing still or gliding."""

import math

import numpy as np

from waywiser.scenes.procedural.camera_path import make_walk_camera
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.key_poses import MIN_STEP_LENGTH, Pose
from waywiser.scenes.scene import Camera, Vec2, Vec3

PAN_PROB = 0.2
"""Probability that the camera also pans."""
MIN_PIXEL_SHARE = 0.014
"""Share of the picture that the moving object should cover."""
MAX_CAMERA_TRIES = 150
"""Places tried for a camera before the movement is given up."""


def sample_watching_cameras(
    rng: np.random.Generator,
    room: FurnishedRoom,
    mover: int,
    keys: list[Pose],
    config: HomeConfig,
    camera_glides: bool,
    direction: int,
) -> list[Camera] | None:
    """Cameras that watch a whole movement, and may pan; one for each frame.

    Args:
        rng: Source of randomness.
        room: The room of the movement.
        mover: Index of the moving piece.
        keys: Its key poses, in room coordinates.
        config: Picture size, field of view and number of frames.
        camera_glides: Whether the camera glides; it stands still otherwise.
        direction: Where the movement leads, as seen from the first camera: away (0), left (1),
        nearer
            (2) or right (3).

    Returns:
        The cameras, in room coordinates, or None if no place for them is found.
    """
    plan = room.placed_room.plan
    half_fov = math.radians(config.fov_degrees) / 2
    points = [(x, y) for x, y, _ in keys]
    aim = ((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    camera_pans = bool(rng.random() < PAN_PROB)
    shares = np.linspace(0, 1, config.moving_frames).tolist()
    max_distance = _max_camera_distance(room.pieces[mover].size, config)

    for _ in range(MAX_CAMERA_TRIES):
        x = float(rng.uniform(0, plan.width))
        y = float(rng.uniform(0, plan.depth))
        if not _moves_in_direction(points, (x, y), direction):
            continue

        eye = float(rng.uniform(1.2, 1.65))
        pitch = math.radians(float(rng.uniform(9, 16)))
        yaw = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0, 0.08))
        glide_heading = yaw + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.25))
        glide = float(rng.uniform(0.45, 1.6)) * camera_glides

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

        good = all(room.is_camera_spot_free(sx, sy) for sx, sy, _ in camera_poses) and all(
            _sees_whole_path(room, mover, (sx, sy), heading, points, half_fov, max_distance)
            for sx, sy, heading in (camera_poses[0], camera_poses[-1])
        )
        if good:
            return [
                make_walk_camera(sx, sy, eye, heading, pitch, config)
                for sx, sy, heading in camera_poses
            ]

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

    return abs((left + math.pi) % (2 * math.pi) - math.pi) < math.radians(33)


def _max_camera_distance(size: Vec3, config: HomeConfig) -> float:
    """Meters at which an object of this size still covers `MIN_PIXEL_SHARE` of a picture.

    The camera looks down at the object's top.
    """
    wide = math.sqrt(size[0] * size[1])
    focal = config.width / 2 / math.tan(math.radians(config.fov_degrees) / 2)

    return min(
        max(
            focal
            * math.sqrt(
                wide * (size[2] + 0.4 * wide) / (MIN_PIXEL_SHARE * config.width * config.height)
            ),
            1.8,
        ),
        6.0,
    )


def _sees_whole_path(
    room: FurnishedRoom,
    mover: int,
    at: Vec2,
    heading: float,
    points: list[Vec2],
    half_fov: float,
    max_distance: float,
) -> bool:
    """Whether all `points` are in view from `at`, near enough, with nothing tall in between."""
    for x, y in points:
        bearing = (math.atan2(y - at[1], x - at[0]) - heading + math.pi) % (2 * math.pi) - math.pi
        if abs(bearing) > 0.7 * half_fov or not 1.2 <= math.dist(at, (x, y)) <= max_distance:
            return False
        if room.is_view_blocked(at, (x, y), without=mover):
            return False

    return True
