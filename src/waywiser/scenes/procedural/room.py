"""`build_room_scene`: one furnished, lit and photographed room from a seed."""

import numpy as np

from waywiser.errors import SceneError
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary
from waywiser.scenes.procedural.appearance import sample_room, sample_tints
from waywiser.scenes.procedural.camera_placement import sample_cameras, sample_reserved_spot
from waywiser.scenes.procedural.floor_plan import FloorPlan, sample_floor_plan
from waywiser.scenes.procedural.furnish_home import (
    FURNISHING_TRIES,
    SurfaceReader,
    group_models_by_category,
)
from waywiser.scenes.procedural.lighting import sample_ambient, sample_lights
from waywiser.scenes.procedural.openings import IsOutside
from waywiser.scenes.procedural.placement import FurniturePiece, FurniturePlacer
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.scenes.procedural.room_types import (
    RoomShell,
    count_lacking,
    furnish_for_use,
    sample_use,
)
from waywiser.scenes.scene import Box, Object, Scene, Vec2, Vec3

__all__ = ["RoomConfig", "build_room_scene"]

VERSION = "rooms-3"
SPLITS = ("train", "heldout")


def build_room_scene(
    index: int, seed: int, split: str, library: FurnitureLibrary, config: RoomConfig | None = None
) -> Scene:
    """A furnished, lit and photographed room: the same arguments give the same scene.

    All pieces are inside the walls, on the floor or on another piece, and none cuts into another.

    Args:
        index: Number of the room, counted from 0.
        seed: Seed of the dataset.
        split: "train" or "heldout"; each uses its own half of the library's models.
        library: The furniture.
        config: Ranges that rooms are sampled from.

    Returns:
        The scene, with id "{split}-{seed}-{index}".

    Raises:
        SceneError: The split is unknown, the index or seed is negative, or the room stays empty.
    """
    config = config or RoomConfig()
    if split not in SPLITS:
        raise SceneError(f"unknown split {split!r}: use 'train' or 'heldout'")
    if index < 0 or seed < 0:
        raise SceneError(f"room index and seed must not be negative, got {index} and {seed}")

    rng = np.random.default_rng([seed, SPLITS.index(split), index])
    plan = sample_floor_plan(rng, config)
    height = round(float(rng.uniform(config.min_height, config.max_height)), 3)
    is_night = bool(rng.random() < config.night_share)
    use = sample_use(rng, plan.area)
    models = group_models_by_category(library.models_for(split))
    surfaces = SurfaceReader(library)
    target = int(rng.integers(config.min_objects, config.max_objects + 1))
    shell = RoomShell(is_outside=_outside_test(plan), has_entrance=True)
    tries: list[tuple[FurniturePlacer, list[tuple[float, float, float]]]] = []

    for _ in range(FURNISHING_TRIES):
        reserved = [sample_reserved_spot(rng, plan, config)]
        placer = FurniturePlacer(
            rng=rng,
            plan=plan,
            ceiling=height,
            models=models,
            config=config,
            reserved=list(reserved),
            max_pieces=config.max_objects,
            surfaces=surfaces,
        )
        furnish_for_use(placer, use, shell, target)
        tries.append((placer, reserved))
        if count_lacking(placer, use) == 0:
            break

    room, reserved = min(tries, key=lambda attempt: count_lacking(attempt[0], use))

    if not room.pieces:
        raise SceneError(
            f"room {index} of seed {seed} could not be furnished: widen the room sides in its"
            " config"
        )

    return Scene(
        id=f"{split}-{seed}-{index:06d}",
        seed=seed,
        split=split,
        furniture=library.name,
        rooms=(sample_room(rng, plan, height, use),),
        objects=_make_objects(room.pieces, sample_tints(rng, room.pieces, is_night)),
        lights=sample_lights(rng, plan, room.pieces, height, is_night),
        ambient=sample_ambient(rng, is_night),
        cameras=sample_cameras(rng, plan, room.pieces, reserved, config),
        version=VERSION,
    )


def _outside_test(plan: FloorPlan) -> IsOutside:
    """Whether a point is outside the room; an L-shaped room may look into its own corner."""

    def is_outside(point: Vec2) -> bool:
        x, y = point
        is_inside = 0 <= x <= plan.width and 0 <= y <= plan.depth
        return not is_inside or plan.wall_distance(x, y) <= 0

    return is_outside


def _make_objects(pieces: list[FurniturePiece], tints: list[Vec3]) -> tuple[Object, ...]:
    return tuple(
        Object(
            id=i + 1,
            category=piece.model.category,
            model=piece.model.key,
            box=Box(
                center=(piece.footprint.x, piece.footprint.y, piece.z + piece.size[2] / 2),
                size=piece.size,
                yaw=piece.footprint.yaw,
            ),
            tint=tint,
            on=None if piece.on is None else piece.on + 1,
        )
        for i, (piece, tint) in enumerate(zip(pieces, tints, strict=True))
    )
