"""What moves in a home: a walker on its way, furniture that slides or turns, and who films it."""

import math
from itertools import pairwise

import numpy as np

from waywiser.scenes._footprint import Footprint, overlap
from waywiser.scenes._furnished import FurnishedRoom
from waywiser.scenes._furnishing import Piece
from waywiser.scenes._walks import posed
from waywiser.scenes.categories import confusable
from waywiser.scenes.home_config import HomeConfig
from waywiser.scenes.library import ModelInfo
from waywiser.scenes.movers import SCALES, SPEEDS, mover_keys, movers
from waywiser.scenes.scene import Camera, Clip, Motion, Vec2, Vec3

SLIDERS = frozenset({"chair", "stool", "box", "trash can", "armchair", "plant", "bench", "nightstand", "coffee table"})
"""What a person would push across a room."""
SHORTEST, LONGEST = 0.6, 3.0  # metres of a way
PLAIN = 0.014  # share of the picture that what moves should cover
TRIES, SPOTS = 60, 150
MOST_WALKERS = 2
WALKS, TURNS, PANS = 0.5, 0.12, 0.2
"""Shares: the walker moves where there is one, a piece turns on the spot instead of sliding, the camera pans."""
Pose = tuple[float, float, float]
"""x, y in metres and yaw in radians."""


def add_walkers(rng: np.random.Generator, rooms: list[FurnishedRoom], split: str) -> None:
    """Puts a person, a pet or a robot vacuum into up to two rooms, of kinds that words tell apart."""
    keys = mover_keys(split)
    for number in rng.permutation(len(rooms)).tolist():
        there = [room.pieces[room.walker].model.category for room in rooms if room.walker is not None]
        if len(there) == MOST_WALKERS:
            return
        free = [key for key in keys if not any(confusable(movers()[key][0], other) for other in there)]
        _add_walker(rng, rooms[number], free[int(rng.integers(len(free)))])


def _add_walker(rng: np.random.Generator, room: FurnishedRoom, key: str) -> bool:
    """Puts a mover where it has a way to go; returns whether there was one."""
    category, natural, _ = movers()[key]
    scale = float(rng.uniform(*SCALES[category]))
    width, depth, height = (round(side * scale, 4) for side in natural)
    info = ModelInfo(key, category, natural, None, "Apache-2.0", "The waywiser authors", "waywiser movers")
    plan = room.planned.plan
    for _ in range(TRIES):
        x, y = round(float(rng.uniform(0, plan.width)), 4), round(float(rng.uniform(0, plan.depth)), 4)
        way = _draw_way(rng, (x, y))
        yaw = _facing((x, y), way[1])
        place = Footprint(x, y, width, depth, yaw)
        # Where it stands and waits nobody walks; its way may cross an aisle, for only its own clip shows it move.
        if any(place.distance(cx, cy) < radius for cx, cy, radius in room.aisles.circles):
            continue
        if not plan.contains(place) or any(overlap(place.grown(0.05), p.place) for p in room.pieces if p.on is None):
            continue
        piece = Piece(info, (width, depth, height), place)
        room.pieces.append(piece)
        mover = len(room.pieces) - 1
        if room.sweeps_free(mover, _sweep(_walk_keys(way))):
            room.walker, room.way = mover, way
            return True
        room.pieces.pop()
    return False


def moving_clips(rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig) -> list[Clip]:
    """Videos in which something moves, in turn from a still and from a moving camera; fewer where none is found."""
    gliding = bool(rng.random() < 0.5)
    turns = (gliding if number % 2 == 0 else not gliding for number in range(config.moving_clips))
    return [clip for glides in turns if (clip := moving_clip(rng, rooms, config, glides))]


def moving_clip(rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig, glides: bool) -> Clip | None:
    """A video of one room in which the walker walks or a piece slides or turns; the camera `glides` or stands still.

    None where no room has a way that a camera can watch.
    """
    for _ in range(TRIES):
        room = rooms[int(rng.integers(len(rooms)))]
        found = _draw_movement(rng, room)
        if found is None:
            continue
        mover, keys, speed = found
        times = _timed(rng, keys, speed, (config.moving_frames - 1) / config.fps)
        if times is None:
            continue
        cameras = _draw_filming(rng, room, mover, keys, config, glides, wanted=int(rng.integers(4)))
        if cameras is None:
            continue
        frames = [k / config.fps for k in range(config.moving_frames)]
        return Clip(
            kind="video", cameras=tuple(room.moved_camera(c) for c in cameras), times=tuple(frames), fps=config.fps,
            motions=(_motion(room, mover, keys, times),),
        )  # fmt: skip
    return None


def _draw_movement(rng: np.random.Generator, room: FurnishedRoom) -> tuple[int, list[Pose], float] | None:
    """(piece, key poses, metres per second) of a free movement, or None."""
    if room.walker is not None and rng.random() < WALKS:
        category = room.pieces[room.walker].model.category
        return room.walker, _walk_keys(room.way), float(rng.uniform(*SPEEDS[category]))
    loose = _loose(room)
    if not loose:
        return None
    mover = loose[int(rng.integers(len(loose)))]
    place = room.pieces[mover].place
    if rng.random() < TURNS:
        turn = math.radians(float(rng.uniform(50, 150))) * (1 if rng.random() < 0.5 else -1)
        keys = [(place.x, place.y, place.yaw), (place.x, place.y, round(place.yaw + turn, 4))]
    else:
        way = _draw_way(rng, (place.x, place.y), bend=0.0)
        keys = [(x, y, place.yaw) for x, y in way]
    # It may stand closer to others than the margin of a sweep before it starts.
    if not room.sweeps_free(mover, _sweep(keys)[1:], margin=0.0):
        return None
    if rng.random() < 0.5:  # pieces stand at walls: by going there as often as coming from there, they leave as often
        keys.reverse()
    return mover, keys, float(rng.uniform(0.25, 0.8))


def _loose(room: FurnishedRoom) -> list[int]:
    """What may slide: pieces on the floor that carry nothing and that a word picks out in the room."""
    carriers, words = {piece.on for piece in room.pieces}, [piece.model.category for piece in room.pieces]
    return [
        i
        for i, piece in enumerate(room.pieces)
        if piece.on is None
        and i not in carriers
        and words[i] in SLIDERS
        and sum(confusable(words[i], word) for word in words) == 1
    ]


def _draw_way(rng: np.random.Generator, start: Vec2, bend: float = 0.12) -> list[Vec2]:
    """Two points, or with probability `bend` three, from `start` on."""
    heading, way = float(rng.uniform(-math.pi, math.pi)), [start]
    for _ in range(2 if rng.random() < bend else 1):
        step = float(rng.uniform(SHORTEST, LONGEST if len(way) == 1 else 1.5))
        x, y = way[-1]
        way.append((round(x + step * math.cos(heading), 4), round(y + step * math.sin(heading), 4)))
        heading += math.radians(float(rng.uniform(50, 110))) * (1 if rng.random() < 0.5 else -1)
    return way


def _facing(a: Vec2, b: Vec2) -> float:
    """The yaw at which a model's front (-y) looks from a to b."""
    return round(math.atan2(b[1] - a[1], b[0] - a[0]) + math.pi / 2, 4)


def _walk_keys(way: list[Vec2]) -> list[Pose]:
    """Poses of one who walks along `way` and turns on the spot where it bends."""
    yaws = np.unwrap([_facing(a, b) for a, b in pairwise(way)]).round(4).tolist()
    keys = [(*way[0], yaws[0])]
    for k, yaw in enumerate(yaws):
        if k and yaw != keys[-1][2]:
            keys.append((*way[k], yaw))
        keys.append((*way[k + 1], yaw))
    return keys


def _sweep(keys: list[Pose]) -> list[Pose]:
    """Poses every 2 cm and 3 degrees along the keys."""
    poses = [keys[0]]
    for a, b in pairwise(keys):
        steps = max(1, math.ceil(math.dist(a[:2], b[:2]) / 0.02), math.ceil(abs(b[2] - a[2]) / 0.05))
        for share in np.linspace(0, 1, steps + 1)[1:].tolist():
            x, y, yaw = (p + (q - p) * share for p, q in zip(a, b, strict=True))
            poses.append((x, y, yaw))
    return poses


def _timed(rng: np.random.Generator, keys: list[Pose], speed: float, total: float) -> list[float] | None:
    """Seconds of each key: a rest, then `speed` along straight stretches and 90 degrees in a second on the spot."""
    lengths = [math.dist(a[:2], b[:2]) / speed + abs(b[2] - a[2]) / (math.pi / 2)
               for a, b in pairwise(keys)]  # fmt: skip
    spare = total - sum(lengths)
    if spare < 0.5:
        return None
    start = float(rng.uniform(0.2, 0.7)) * min(spare, 3.0)
    return [round(start + float(s), 3) for s in np.concatenate([[0.0], np.cumsum(lengths)])]


def _draw_filming(
    rng: np.random.Generator,
    room: FurnishedRoom,
    mover: int,
    keys: list[Pose],
    config: HomeConfig,
    glides: bool,
    wanted: int,
) -> list[Camera] | None:
    """One camera a frame that watches the whole movement, and may pan besides; None without a place.

    It starts where the movement leads away (`wanted` 0), to the left (1), nearer (2) or to the right (3).
    """
    plan, half = room.planned.plan, math.radians(config.fov_degrees) / 2
    points = [(x, y) for x, y, _ in keys]
    aim = ((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    pans = bool(rng.random() < PANS)
    shares, far = np.linspace(0, 1, config.moving_frames).tolist(), _farthest(room.pieces[mover].size, config)
    for _ in range(SPOTS):
        x, y = float(rng.uniform(0, plan.width)), float(rng.uniform(0, plan.depth))
        if not _leads(points, (x, y), wanted):
            continue
        eye, pitch = float(rng.uniform(1.2, 1.65)), math.radians(float(rng.uniform(9, 16)))
        yaw = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0, 0.08))
        way = yaw + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.25))
        glide = float(rng.uniform(0.45, 1.6)) * glides
        turn = math.radians(float(rng.uniform(16, 35))) * (1 if rng.random() < 0.5 else -1) * pans
        spots = [(x + glide * s * math.cos(way), y + glide * s * math.sin(way), yaw + turn * (s - 0.5)) for s in shares]
        good = all(room.stands_free(sx, sy) for sx, sy, _ in spots) and all(
            _watches(room, mover, (sx, sy), heading, points, half, far) for sx, sy, heading in (spots[0], spots[-1])
        )
        if good:
            return [posed(sx, sy, eye, heading, pitch, config) for sx, sy, heading in spots]
    return None


def _leads(points: list[Vec2], at: Vec2, wanted: int) -> bool:
    """Whether a movement, seen from `at`, leads the wanted way (quarter turns to the left of away), clear of the
    diagonals; true for what turns on the spot."""
    (ax, ay), (bx, by) = points[0], points[-1]
    if math.dist(points[0], points[-1]) < SHORTEST / 2:
        return True
    left = math.atan2(by - ay, bx - ax) - math.atan2(ay - at[1], ax - at[0]) - math.pi / 2 * wanted
    return abs((left + math.pi) % (2 * math.pi) - math.pi) < math.radians(33)


def _farthest(size: Vec3, config: HomeConfig) -> float:
    """Metres at which a thing of this size still covers `PLAIN` of a picture taken from above its top."""
    wide = math.sqrt(size[0] * size[1])
    focal = config.width / 2 / math.tan(math.radians(config.fov_degrees) / 2)
    return min(max(focal * math.sqrt(wide * (size[2] + 0.4 * wide) / (PLAIN * config.width * config.height)), 1.8), 6.0)


def _watches(
    room: FurnishedRoom, mover: int, at: Vec2, heading: float, points: list[Vec2], half: float, far: float
) -> bool:
    """Whether all `points` are in view from `at`, at a good distance and with nothing tall before them."""
    for x, y in points:
        bearing = (math.atan2(y - at[1], x - at[0]) - heading + math.pi) % (2 * math.pi) - math.pi
        if abs(bearing) > 0.7 * half or not 1.2 <= math.dist(at, (x, y)) <= far:
            return False
        if room.screened(at, (x, y), without=mover):
            return False
    return True


def _motion(room: FurnishedRoom, mover: int, keys: list[Pose], times: list[float]) -> Motion:
    piece = room.pieces[mover]
    z = piece.z + piece.size[2] / 2
    centers: tuple[Vec3, ...] = tuple((*room.planned.world((x, y)), z) for x, y, _ in keys)
    return Motion(
        object=room.first_id + mover, times=tuple(times), centers=centers, yaws=tuple(yaw for _, _, yaw in keys)
    )
