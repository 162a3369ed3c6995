"""`build_home_scene`: a furnished, lit home of one to six rooms with doors, photographed and filmed, from a seed."""

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.scenes._aisles import draw_aisles
from waywiser.scenes._furnished import FurnishedRoom
from waywiser.scenes._furnishing import Furnishing
from waywiser.scenes._home_plan import HomePlan, draw_home_plan
from waywiser.scenes._home_views import views_clip
from waywiser.scenes._looks import draw_lights, draw_room, draw_tints
from waywiser.scenes._motions import add_walkers, moving_clips
from waywiser.scenes._uses import FEWEST, SMALL_ROOMS, draw_uses, furnish_for, keep_once
from waywiser.scenes._viewpoints import draw_cameras
from waywiser.scenes._walks import excerpts, walk_clip
from waywiser.scenes.categories import confusable
from waywiser.scenes.home_config import HomeConfig
from waywiser.scenes.layout import SPLITS, by_category
from waywiser.scenes.library import FurnitureLibrary, ModelInfo
from waywiser.scenes.scene import Box, Camera, Light, Object, Room, Scene

__all__ = ["HomeConfig", "build_home_scene"]

VERSION = "homes-2"
_STREAM = 4  # keeps the draws of homes apart from those of single rooms
_TRIES = 20


def build_home_scene(
    index: int, seed: int, split: str, library: FurnitureLibrary, config: HomeConfig | None = None
) -> Scene:
    """Home number `index` of a `split` ("train" or "heldout"): same arguments, same scene.

    Rooms are listed in the order of a walk; `doors[i]` joins rooms i and i + 1 of it, further doors come after.
    Furniture suits each room's use, no two pieces share space, and an aisle leads from every door to every other.
    `cameras` take single pictures; `clips` hold a video of the walk through all rooms, overlapping views of one
    room where some are found, for a share of the homes a video in which something moves, and excerpts of the walk.
    Raises SceneError
    for an unknown split, a negative index or seed, or ranges that no home fits.
    """
    config = config or HomeConfig()
    if split not in SPLITS:
        raise SceneError(f"unknown split {split!r}: use 'train' or 'heldout'")
    if index < 0 or seed < 0:
        raise SceneError(f"home index and seed must not be negative, got {index} and {seed}")
    rng = np.random.default_rng([seed, SPLITS.index(split), index, _STREAM])
    height = round(float(rng.uniform(config.min_height, config.max_height)), 3)
    plan, rooms = _furnished(rng, library, split, height, config)
    moves = rng.random() < config.moving_share
    if moves:
        add_walkers(rng, rooms, split)
    shapes, lights, ambient = _decorated(rng, rooms, height)
    photos = _photos(rng, rooms, config)
    walk = walk_clip(rng, plan, rooms, config)
    clips = [
        walk,
        *(clip for room, camera in photos[:1] if (clip := views_clip(rng, room, camera, config))),
        *(moving_clips(rng, rooms, config) if moves else ()),
        *excerpts(rng, walk, rooms, config),
    ]
    return Scene(
        id=f"{split}-home-{seed}-{index:06d}",
        seed=seed,
        split=split,
        furniture=library.name,
        rooms=shapes,
        objects=_objects(rng, rooms),
        lights=lights,
        ambient=ambient,
        cameras=tuple(room.moved_camera(camera) for room, camera in photos),
        version=VERSION,
        doors=plan.doors,
        clips=tuple(clips),
    )


def _furnished(
    rng: np.random.Generator, library: FurnitureLibrary, split: str, height: float, config: HomeConfig
) -> tuple[HomePlan, list[FurnishedRoom]]:
    models, once = by_category(library.half(split)), False
    if rng.random() < config.distinct_share:
        models, once = _distinct(rng, models), rng.random() < config.once_share
    for _ in range(_TRIES):
        plan = draw_home_plan(rng, config)
        aisles = [found for room in plan.rooms if (found := draw_aisles(rng, room, plan.doors))]
        if len(aisles) == len(plan.rooms):
            break
    else:
        raise SceneError("no home with free ways between its doors fits these ranges: widen the room areas")
    uses, rooms, used = draw_uses(rng, [room.plan.area for room in plan.rooms]), [], set[str]()
    for room, ways, use in zip(plan.rooms, aisles, uses, strict=True):
        most = int(rng.integers(config.min_objects, config.max_objects + 1))
        filling = Furnishing(
            rng=rng, plan=room.plan, ceiling=height, models=models, config=config.room,
            kept_free=list(ways.circles), most=max(config.min_objects, most // 2 if use in SMALL_ROOMS else most),
        )  # fmt: skip
        furnish_for(filling, use)
        if once:
            keep_once(filling, use, used, max(FEWEST, len(models) // len(plan.rooms)))
        rooms.append(FurnishedRoom(room, ways, filling.pieces))
    return plan, rooms


def _distinct(rng: np.random.Generator, models: dict[str, list[ModelInfo]]) -> dict[str, list[ModelInfo]]:
    """The models of a random set of categories of which no two could be called by the same word."""
    kept: list[str] = []
    for category in rng.permutation(sorted(models)).tolist():
        if not any(confusable(category, other) for other in kept):
            kept.append(category)
    return {category: models[category] for category in sorted(kept)}


def _decorated(
    rng: np.random.Generator, rooms: list[FurnishedRoom], height: float
) -> tuple[tuple[Room, ...], tuple[Light, ...], float]:
    """Painted rooms, their lamps, and the ambient light; numbers the objects on the way."""
    shapes: list[Room] = []
    lights: list[Light] = []
    ambients: list[float] = []
    first_id = 1
    for room in rooms:
        room.first_id, first_id = first_id, first_id + len(room.pieces)
        shape = draw_room(rng, room.planned.plan, height)
        shapes.append(shape.model_copy(update={"polygon": room.planned.polygon}))
        lamps, ambient = draw_lights(rng, room.planned.plan, height)
        ambients.append(ambient)
        for lamp in lamps:
            x, y = room.planned.world(lamp.position[:2])
            lights.append(lamp.model_copy(update={"position": (round(x, 3), round(y, 3), lamp.position[2])}))
    return tuple(shapes), tuple(lights), round(sum(ambients) / len(ambients), 3)


def _photos(
    rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig
) -> list[tuple[FurnishedRoom, Camera]]:
    """Up to `config.photos` pictures, up to four a room, in room coordinates, of three times as many.

    In turn those are taken that show most pieces from end to end which a word picks out in the room, and those that
    show most of one kind.
    """
    views = max(1, min(4, config.photos // len(rooms)))
    each = config.room.model_copy(update={"views": 3 * views})
    photos: list[tuple[FurnishedRoom, Camera]] = []
    for room in (rooms[i] for i in rng.permutation(len(rooms)).tolist()[: config.photos]):
        if not room.pieces:  # a small library may have nothing that suits a room
            continue
        cameras = draw_cameras(rng, room.planned.plan, room.pieces, [(*room.aisles.hub, 0.5)], each)
        photos += [(room, cameras[place]) for place in _best(cameras, room)[:views]]
    return photos


def _best(cameras: tuple[Camera, ...], room: FurnishedRoom) -> list[int]:
    """Places of the cameras: best for telling things apart, best for counting, second best for telling, and so on."""
    words = [piece.model.category for piece in room.pieces]
    alone_P = np.array([sum(confusable(word, other) for other in words) == 1 for word in words])
    whole_C_P = np.array([_whole(camera, room) for camera in cameras])
    alike_C = np.max([whole_C_P[:, np.array(words) == word].sum(axis=1) for word in set(words)], axis=0)
    told_C = (whole_C_P & alone_P).sum(axis=1)
    orders = [np.argsort(-score_C, kind="stable").tolist() for score_C in (told_C, alike_C)]
    return list(dict.fromkeys(place for pair in zip(*orders, strict=True) for place in pair))


def _whole(camera: Camera, room: FurnishedRoom) -> NDArray[np.bool_]:
    """(P,) which pieces' boxes lie inside the picture (hidden or not)."""
    corners_P_8_3 = np.array([
        [(*corner, z) for corner in piece.place.corners for z in (piece.z, piece.z + piece.size[2])]
        for piece in room.pieces
    ])  # fmt: skip
    local = camera.to_camera(corners_P_8_3.reshape(-1, 3)).reshape(-1, 8, 3)
    depth = np.maximum(local[..., 2], 0.05)
    u, v = camera.fx * local[..., 0] / depth + camera.cx, camera.fy * local[..., 1] / depth + camera.cy
    inside = (local[..., 2] > 0.05) & (u >= 0) & (u <= camera.width) & (v >= 0) & (v <= camera.height)
    return np.all(inside, axis=1)


def _objects(rng: np.random.Generator, rooms: list[FurnishedRoom]) -> tuple[Object, ...]:
    objects: list[Object] = []
    for index, room in enumerate(rooms):
        for number, (piece, tint) in enumerate(zip(room.pieces, draw_tints(rng, room.pieces), strict=True)):
            x, y = room.planned.world((piece.place.x, piece.place.y))
            center = (x, y, piece.z + piece.size[2] / 2)
            objects.append(
                Object(
                    id=room.first_id + number, category=piece.model.category, model=piece.model.key,
                    box=Box(center=center, size=piece.size, yaw=piece.place.yaw), tint=tint,
                    on=None if piece.on is None else room.first_id + piece.on, room=index,
                )
            )  # fmt: skip
    return tuple(objects)
