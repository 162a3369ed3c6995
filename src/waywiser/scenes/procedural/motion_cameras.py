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

GLIDE_LENGTHS = (0.6, 1.6)
"""Meters that a gliding camera moves."""
PAN_PROB = 0.2
"""Probability that the camera also pans."""
MIN_PIXEL_SHARE = 0.014
"""Share of the picture that the moving object should cover."""
MAX_CAMERA_TRIES = 40
"""Places tried for a camera before the movement is given up."""
CAMERA_CLEARANCE = 0.4
"""Meters from walls and furniture."""
MAX_OFF_AXIS = 27.0
"""Degrees by which a movement may lead off the wanted direction."""
MIN_DISTANCE = 1.2
MIN_LOW_DISTANCE = 0.9
"""Meters from the camera to what moves, at least; less to what is not higher than `LOW_HEIGHT`."""
LOW_HEIGHT = 0.7
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
    drawn_style = sample_camera_style(rng, config, config.width, config.height)
    points = [(x, y) for x, y, _ in keys]
    aim = ((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    side = 1 if rng.random() < 0.5 else -1
    turn = math.radians(float(rng.uniform(16, 35))) * side * (rng.random() < PAN_PROB)
    size = room.pieces[mover].size
    min_distance = MIN_LOW_DISTANCE if size[2] <= LOW_HEIGHT else MIN_DISTANCE
    watched = (min_distance, _max_camera_distance(size, drawn_style))
    surroundings = Surroundings.of_room(room.placed_room.plan, room.pieces)
    targets_K_3 = _watched_points(points, size)

    length = math.dist(points[0], points[-1])
    starts = (watched[0] + length * (direction == 2), watched[1] - length * (direction == 0))
    if starts[0] >= starts[1]:  # too long to be watched from the front or from behind
        return None

    for _ in range(MAX_CAMERA_TRIES):
        place = _sample_place(rng, surroundings, points, direction, starts, drawn_style.eye)
        if place is None or not room.is_camera_spot_free(
            *place, CAMERA_CLEARANCE, CAMERA_CLEARANCE
        ):
            continue

        x, y = place
        style = _aimed_down(drawn_style, math.dist(place, aim), size[2])
        yaw = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0, 0.05))
        first = style.make_camera(x, y, yaw - turn / 2)
        if not _sees_whole_movement(surroundings, mover, first, targets_K_3, watched):
            continue

        glides = _free_glides(rng, room, place, yaw) if camera_glides else [(0.0, 0.0)]

        for glide_x, glide_y in glides:
            last = style.make_camera(x + glide_x, y + glide_y, yaw + turn / 2)
            if _sees_whole_movement(surroundings, mover, last, targets_K_3, watched):
                return [
                    style.make_camera(x + glide_x * s, y + glide_y * s, yaw + turn * (s - 0.5))
                    for s in np.linspace(0, 1, config.moving_frames).tolist()
                ]

    return None


def _sample_place(
    rng: np.random.Generator,
    surroundings: Surroundings,
    points: list[Vec2],
    direction: int,
    distances: tuple[float, float],
    eye: float,
) -> Vec2 | None:
    """A place from which a movement leads in the wanted direction, clear of the diagonals.

    `direction` counts quarter turns to the left of "away". Any place around an object that turns on
    the spot. None if a wall or something tall is nearer than the place may be.
    """
    (ax, ay), (bx, by) = points[0], points[-1]
    sight = float(rng.uniform(-math.pi, math.pi))

    if math.dist(points[0], points[-1]) >= MIN_STEP_LENGTH / 2:
        off = math.radians(float(rng.uniform(-MAX_OFF_AXIS, MAX_OFF_AXIS)))
        sight = math.atan2(by - ay, bx - ax) - math.pi / 2 * direction + off

    back = np.array([[-math.cos(sight), -math.sin(sight), 0.0]])
    _, reach = surroundings.cast(np.array([ax, ay, eye]), back)
    farthest = min(distances[1], float(reach[0]) - CAMERA_CLEARANCE)
    if farthest < distances[0]:
        return None

    distance = float(rng.uniform(distances[0], farthest))
    return ax - distance * math.cos(sight), ay - distance * math.sin(sight)


def _free_glides(
    rng: np.random.Generator, room: FurnishedRoom, start: Vec2, yaw: float
) -> list[Vec2]:
    """Straight ways (meters) about along the camera's axes, clear of walls and furniture."""
    glides: list[Vec2] = []

    for quarter in rng.permutation(4).tolist():
        heading = yaw + math.pi / 2 * quarter + float(rng.normal(0, 0.2))
        length = float(rng.uniform(*GLIDE_LENGTHS))
        dx = length * math.cos(heading)
        dy = length * math.sin(heading)

        if all(
            room.is_camera_spot_free(
                start[0] + dx * share, start[1] + dy * share, CAMERA_CLEARANCE, CAMERA_CLEARANCE
            )
            for share in np.linspace(0, 1, 9).tolist()
        ):
            glides.append((dx, dy))

    return glides


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
    at_middle = math.atan2(style.eye - height / 2, max(distance, MIN_LOW_DISTANCE))
    pitch = min(max((style.pitch + 2 * at_middle) / 3, 0.0), math.radians(28))
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
    distances: tuple[float, float],
) -> bool:
    """Whether all of a movement is in view, near enough and unhidden, with something around it."""
    away_K_3 = targets_K_3 - camera.position
    flat_K = np.hypot(away_K_3[:, 0], away_K_3[:, 1])
    if flat_K.min() < distances[0] or flat_K.max() > distances[1]:
        return False

    low = targets_K_3[: len(WATCHED_SHARES)]
    local_3 = camera.to_camera(low).T
    if local_3[2].min() < 0.3:
        return False

    across = np.abs(local_3[0] / local_3[2]) * camera.fx / (camera.width / 2)
    down = np.abs(local_3[1] / local_3[2]) * camera.fy / (camera.height / 2)
    if across.max() > 0.82 or down.max() > 0.9:
        return False

    _, reach_K = surroundings.cast(camera.position, away_K_3, without=mover)
    is_seen_K = (reach_K > 0.98).reshape(len(WATCHED_HEIGHTS), -1).any(axis=0)
    return bool(is_seen_K.all()) and surroundings.judge(camera).is_good
