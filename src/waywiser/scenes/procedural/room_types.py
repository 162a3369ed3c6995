"""What the rooms of a home are used for, and how a room is filled for its use."""

from dataclasses import dataclass, field

import numpy as np

from waywiser.scenes.procedural.decoration import (
    decorate_walls,
    place_cushions,
    place_small_things,
)
from waywiser.scenes.procedural.fillers import fill_up
from waywiser.scenes.procedural.limits import MAX_PER_HOME
from waywiser.scenes.procedural.openings import (
    IsOutside,
    Opening,
    keep_opening_free,
    place_closed_door,
    place_curtains,
    place_leaf,
    place_radiator,
    place_windows,
)
from waywiser.scenes.procedural.placement import FurniturePlacer
from waywiser.scenes.procedural.room_themes import THEMES
from waywiser.scenes.procedural.wall_placement import hang_from_ceiling

_USE_SETS: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("studio",), ("bedroom",), ("living room",), ("kitchen",), ("office",)),
    2: (("living room", "bedroom"), ("studio", "bathroom"), ("kitchen", "living room")),
    3: (
        ("living-dining room", "kitchen", "bedroom"),
        ("living room", "bedroom", "bathroom"),
        ("kitchen", "bedroom", "bathroom"),
        ("living room", "kitchen", "bathroom"),
    ),
    4: (
        ("living-dining room", "kitchen", "bedroom", "bathroom"),
        ("living room", "kitchen", "bedroom", "hall"),
        ("living room", "kitchen", "bedroom", "children's room"),
        ("living-dining room", "kitchen", "office", "bathroom"),
    ),
    5: (
        ("living room", "kitchen", "bedroom", "bathroom", "office"),
        ("living-dining room", "kitchen", "bedroom", "children's room", "bathroom"),
        ("living room", "kitchen", "dining room", "bedroom", "bathroom"),
        ("living-dining room", "kitchen", "bedroom", "bathroom", "hall"),
    ),
    6: (
        ("living room", "kitchen", "dining room", "bedroom", "bathroom", "children's room"),
        ("living-dining room", "kitchen", "bedroom", "children's room", "bathroom", "office"),
        ("living-dining room", "kitchen", "bedroom", "bathroom", "hall", "office"),
        ("living room", "kitchen", "bedroom", "children's room", "bathroom", "hall"),
        ("living-dining room", "kitchen", "bedroom", "bathroom", "hall", "storage room"),
    ),
}
_TYPICAL_AREAS = {
    "storage room": 5.0,
    "bathroom": 6.0,
    "hall": 7.0,
    "office": 10.5,
    "children's room": 11.5,
    "kitchen": 12.0,
    "bedroom": 14.0,
    "dining room": 15.0,
    "living room": 20.0,
    "living-dining room": 25.0,
    "studio": 25.0,
}
"""Square meters by which the rooms of a home are told apart."""
AREA_EXPONENT = 0.7
"""Below 1, so that small rooms are not so small that nothing fits."""
_USE_FREQUENCIES = {
    "living room": 0.2,
    "bedroom": 0.2,
    "kitchen": 0.15,
    "bathroom": 0.1,
    "office": 0.1,
    "dining room": 0.08,
    "children's room": 0.08,
    "hall": 0.04,
    "storage room": 0.05,
}
"""How often single rooms have each use."""
_MIN_AREAS = {"living room": 10.0, "dining room": 9.0, "bedroom": 8.0, "kitchen": 7.0}
_MAX_AREAS = {"bathroom": 14.0, "hall": 16.0, "storage room": 14.0, "children's room": 22.0}
_WINDOW_COUNTS = {
    "living room": (1, 3),
    "living-dining room": (2, 3),
    "studio": (1, 3),
    "bathroom": (0, 1),
    "hall": (0, 1),
    "storage room": (0, 1),
    "kitchen": (1, 1),
}
_ESSENTIALS: dict[str, tuple[tuple[str, ...], ...]] = {
    "living room": (("sofa",),),
    "living-dining room": (("sofa",), ("table",)),
    "dining room": (("table",), ("chair", "stool")),
    "bedroom": (("bed",),),
    "children's room": (("bed", "bunk bed", "crib"),),
    "office": (("desk",),),
    "kitchen": (("stove",), ("sink",), ("fridge",)),
    "bathroom": (("toilet",), ("sink",), ("bathtub", "shower")),
    "studio": (("bed",),),
}
"""What makes a room what it is: one of each of these words."""
_CURTAIN_PROBS = {"kitchen": 0.1, "bathroom": 0.0, "storage room": 0.0, "hall": 0.2, "office": 0.4}
_HIGH_SILL_USES = ("kitchen", "bathroom", "storage room")
_ROW_USES = ("kitchen", "bathroom")
"""Uses whose fittings are placed before radiators and curtains."""
MIN_SPACIOUS_AREA = 15.0
"""Square meters from which radiators and curtains do not take the place of furniture."""
MIN_PIECES_FOR_DRESS = 9
"""Pieces of a room from which windows have curtains."""


@dataclass
class RoomShell:
    """What a room's walls have and are next to, in room coordinates."""

    openings: list[Opening] = field(default_factory=list)
    """Doorways to other rooms."""
    leaf_openings: list[Opening] = field(default_factory=list)
    """Those whose door leaf is in this room."""
    is_outside: IsOutside = lambda _: True
    """Whether a point is outside the home."""
    has_entrance: bool = False
    """Whether a closed door leads out of the home, or of a room that stands alone."""


def sample_uses(rng: np.random.Generator, count: int) -> list[str]:
    """What the rooms of a home of `count` rooms are for."""
    use_sets = _USE_SETS[count]
    return list(use_sets[int(rng.integers(len(use_sets)))])


def area_weights(uses: list[str]) -> list[float]:
    """Relative floor areas of rooms: bathrooms are smaller than living rooms."""
    return [_TYPICAL_AREAS[use] ** AREA_EXPONENT for use in uses]


def assign_uses(uses: list[str], areas: list[float]) -> list[str]:
    """The uses in the order of the rooms (areas in square meters): the largest is lived in."""
    by_wanted = sorted(range(len(uses)), key=lambda k: _TYPICAL_AREAS[uses[k]])
    by_area = sorted(range(len(areas)), key=lambda k: areas[k])
    chosen = [""] * len(areas)

    for room, use in zip(by_area, by_wanted, strict=True):
        chosen[room] = uses[use]

    return chosen


def sample_use(rng: np.random.Generator, area: float) -> str:
    """The use of a single room of this area, as often as homes have such rooms."""
    weights = {
        use: weight
        for use, weight in _USE_FREQUENCIES.items()
        if _MIN_AREAS.get(use, 0.0) <= area <= _MAX_AREAS.get(use, 1e9)
    }
    shares = np.array(list(weights.values()))
    return list(weights)[int(rng.choice(len(weights), p=shares / shares.sum()))]


def furnish_for_use(placer: FurniturePlacer, use: str, shell: RoomShell, target: int) -> None:
    """Fill a room for its use.

    Args:
        placer: The empty room.
        use: What it is for.
        shell: Doors of the room and what is outside.
        target: Pieces that the room should have; it may end with fewer or more.
    """
    rng = placer.rng
    for opening in shell.openings:
        keep_opening_free(placer, opening)
    for opening in shell.leaf_openings:
        place_leaf(placer, opening)
    if shell.has_entrance and placer.max_pieces > 3:
        place_closed_door(placer, shell.is_outside)

    windows = _place_windows(placer, use, shell)
    has_space = use not in _ROW_USES and placer.plan.area > MIN_SPACIOUS_AREA
    if has_space:
        _dress_windows(placer, use, windows)

    _hang_ceiling_lamp(placer)
    THEMES[use](placer)

    if not has_space:
        _dress_windows(placer, use, windows)

    decorate_walls(placer, use)
    place_cushions(placer)
    share = 0.45 + 0.85 * (target - placer.config.min_objects) / max(
        1, placer.config.max_objects - placer.config.min_objects
    )
    several_share = placer.config.several_share if rng.random() < 0.8 else 0.0
    place_small_things(placer, float(share), several_share)
    fill_up(placer, use, target)


def count_lacking(placer: FurniturePlacer, use: str) -> int:
    """How many of the things are missing that make a room what it is, and that the library has."""
    present = {piece.category for piece in placer.pieces}
    lacking = 0

    for words in _ESSENTIALS.get(use, ()):
        is_possible = any(
            word in placer.models and placer.home_counts[word] < MAX_PER_HOME.get(word, 99)
            for word in words
        )
        lacking += is_possible and not present & set(words)

    return lacking


def _place_windows(placer: FurniturePlacer, use: str, shell: RoomShell) -> list[int]:
    low, high = _WINDOW_COUNTS.get(use, (1, 2))
    wanted = int(placer.rng.integers(low, high + 1))
    wanted = min(wanted, max(1, placer.max_pieces // 5))
    return place_windows(placer, wanted, shell.is_outside, use in _HIGH_SILL_USES)


def _dress_windows(placer: FurniturePlacer, use: str, windows: list[int]) -> None:
    """Curtains at the windows, and radiators below them."""
    if placer.max_pieces < MIN_PIECES_FOR_DRESS:
        return

    has_curtains = placer.rng.random() < _CURTAIN_PROBS.get(use, 0.6)
    for window in windows if has_curtains else ():
        place_curtains(placer, window)

    if placer.rng.random() < 0.2:
        return

    for window in windows[: 1 + int(placer.rng.random() < 0.4)]:
        place_radiator(placer, window)
    if not placer.count("radiator") and placer.rng.random() < 0.5:
        place_radiator(placer, None)


def _hang_ceiling_lamp(placer: FurniturePlacer) -> None:
    """A lamp in the middle of the ceiling, or of the larger part of an L."""
    plan = placer.plan
    spots = [(plan.width / 2, plan.depth / 2)]
    spots += [(u * plan.width, v * plan.depth) for u in (0.3, 0.7, 0.5) for v in (0.3, 0.7, 0.5)]

    for x, y in sorted(spots, key=lambda p: -min(plan.wall_distance(*p), 1.2)):
        if plan.wall_distance(x, y) > 0.6 and hang_from_ceiling(placer, "ceiling lamp", x, y):
            return
