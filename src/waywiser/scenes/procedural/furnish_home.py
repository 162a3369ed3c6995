"""Furnishing all rooms of a plan: uses, doors, windows, aisles, and what the library lacks."""

from collections import Counter
from weakref import WeakKeyDictionary

import numpy as np

from waywiser.errors import SceneError
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary, ModelInfo
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.home_plan import HomePlan, PlacedRoom, sample_home_plan
from waywiser.scenes.procedural.limits import MAX_PER_HOME
from waywiser.scenes.procedural.openings import IsOutside, Opening, locate_opening
from waywiser.scenes.procedural.placement import FurniturePlacer
from waywiser.scenes.procedural.room_types import (
    RoomShell,
    area_weights,
    assign_uses,
    count_lacking,
    furnish_for_use,
    sample_uses,
)
from waywiser.scenes.procedural.surface_map import SurfaceMap, measure_surfaces
from waywiser.scenes.procedural.walkways import Walkways, sample_walkways
from waywiser.scenes.scene import Door, Vec2

MAX_TRIES = 20
"""Plans tried until one has free ways between its doors."""
FURNISHING_TRIES = 4
"""Times that a room is furnished, with other aisles, until it has what it is for."""
SMALL_ROOM_AREA = 9.0
"""Square meters below which a room has fewer things."""

_SURFACE_MAPS: WeakKeyDictionary[FurnitureLibrary, dict[str, SurfaceMap]] = WeakKeyDictionary()


class SurfaceReader:
    """The surface maps of a library's models, each measured once a process."""

    def __init__(self, library: FurnitureLibrary) -> None:
        self._library = library
        self._maps = _SURFACE_MAPS.setdefault(library, {})

    def __call__(self, key: str) -> SurfaceMap:
        if key not in self._maps:
            self._maps[key] = measure_surfaces(self._library.mesh(key))
        return self._maps[key]


def group_models_by_category(models: list[ModelInfo]) -> dict[str, list[ModelInfo]]:
    """The models of each category, in their order."""
    groups: dict[str, list[ModelInfo]] = {}
    for model in models:
        groups.setdefault(model.category, []).append(model)
    return groups


def furnish_home(
    rng: np.random.Generator,
    library: FurnitureLibrary,
    split: str,
    height: float,
    config: HomeConfig,
) -> tuple[HomePlan, list[FurnishedRoom]]:
    """A plan and its furnished rooms.

    Args:
        rng: Source of randomness.
        library: The furniture.
        split: Half of the library to use.
        height: Height of the ceiling in meters.
        config: Ranges of the home.

    Returns:
        The plan, and a furnished room for each of its rooms, in the same order.

    Raises:
        SceneError: No plan with free ways between its doors fits the ranges.
    """
    models = group_models_by_category(library.models_for(split))
    surfaces = SurfaceReader(library)
    uses = sample_uses(rng, int(rng.integers(config.min_rooms, config.max_rooms + 1)))
    plan, walkways = _sample_walkable_plan(rng, config, area_weights(uses))
    uses = assign_uses(uses, [room.plan.area for room in plan.rooms])
    leaf_rooms = [door.rooms[int(rng.integers(2))] for door in plan.doors]
    entrance = uses.index("hall") if "hall" in uses else 0
    home_counts = Counter[str]()
    rooms: list[FurnishedRoom] = []

    for index, (room, ways, use) in enumerate(zip(plan.rooms, walkways, uses, strict=True)):
        shell = RoomShell(
            openings=_find_openings(room, plan.doors),
            leaf_openings=_find_openings(room, plan.doors, leaf_rooms, index),
            is_outside=_outside_test(plan, room),
            has_entrance=index == entrance,
        )
        target = int(rng.integers(config.min_objects, config.max_objects + 1))
        if room.plan.area < SMALL_ROOM_AREA:
            target = max(config.min_objects, round(0.7 * target))

        best: tuple[int, FurnishedRoom] | None = None
        for attempt in range(FURNISHING_TRIES):
            if attempt:
                ways = sample_walkways(rng, room, plan.doors, keeps_to_middle=False) or ways

            placer = FurniturePlacer(
                rng=rng,
                plan=room.plan,
                ceiling=height,
                models=models,
                config=config.room,
                reserved=list(ways.circles),
                max_pieces=config.max_objects,
                surfaces=surfaces,
                home_counts=home_counts,
            )
            furnish_for_use(placer, use, shell, target)
            lacking = count_lacking(placer, use)
            if best is None or lacking < best[0]:
                best = (
                    lacking,
                    FurnishedRoom(room, ways, placer.pieces, use=use, missing=placer.missing),
                )
            if lacking == 0:
                break

        assert best is not None
        rooms.append(best[1])
        home_counts.update(p.category for p in best[1].pieces if p.category in MAX_PER_HOME)

    return plan, rooms


def _sample_walkable_plan(
    rng: np.random.Generator, config: HomeConfig, weights: list[float]
) -> tuple[HomePlan, list[Walkways]]:
    for _ in range(MAX_TRIES):
        plan = sample_home_plan(rng, config, weights)
        walkways = [
            room_walkways
            for room in plan.rooms
            if (room_walkways := sample_walkways(rng, room, plan.doors))
        ]
        if len(walkways) == len(plan.rooms):
            return plan, walkways

    raise SceneError(
        "no home with free ways between its doors fits these ranges: widen the room areas"
    )


def _find_openings(
    room: PlacedRoom,
    doors: tuple[Door, ...],
    leaf_rooms: list[int] | None = None,
    index: int = 0,
) -> list[Opening]:
    """The room's doorways; only those whose leaf is in room `index`, if leaf rooms are given."""
    openings = []

    for k in room.doors:
        if leaf_rooms is not None and leaf_rooms[k] != index:
            continue
        ends = (room.to_room_frame(doors[k].ends[0]), room.to_room_frame(doors[k].ends[1]))
        opening = locate_opening(room.plan.walls, ends, doors[k].height)
        if opening is not None:
            openings.append(opening)

    return openings


def _outside_test(plan: HomePlan, here: PlacedRoom) -> IsOutside:
    """Whether a point in the coordinates of room `here` is in none of the rooms."""

    def is_outside(point: Vec2) -> bool:
        x, y = here.to_home_frame(point)
        for room in plan.rooms:
            u, v = room.to_room_frame((x, y))
            if room.plan.wall_distance(u, v) > -0.02 and _is_within(room, u, v):
                return False
        return True

    return is_outside


def _is_within(room: PlacedRoom, u: float, v: float) -> bool:
    return -0.02 <= u <= room.plan.width + 0.02 and -0.02 <= v <= room.plan.depth + 0.02
