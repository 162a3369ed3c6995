"""Odd things that fill a room up to the number that it should have."""

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.procedural.decoration import fill_bookcase
from waywiser.scenes.procedural.placement import FurniturePlacer
from waywiser.scenes.procedural.surface_placement import place_on_top
from waywiser.scenes.procedural.wall_placement import hang_from_ceiling, hang_somewhere

_EXTRAS: dict[str, tuple[str, ...]] = {
    "living room": ("plant", "floor lamp", "armchair", "bookcase", "ottoman", "basket", "fan"),
    "living-dining room": ("plant", "floor lamp", "armchair", "bookcase", "sideboard", "basket"),
    "dining room": ("plant", "floor lamp", "sideboard", "chair", "bookcase", "bench"),
    "bedroom": ("plant", "chair", "dresser", "floor lamp", "laundry basket", "bench", "ottoman"),
    "children's room": ("ball", "teddy bear", "toy car", "basket", "stool", "bookcase", "crate"),
    "office": ("plant", "trash can", "floor lamp", "armchair", "cardboard box", "backpack"),
    "kitchen": ("stool", "plant", "crate", "trash can", "basket"),
    "bathroom": ("plant", "stool", "basket", "laundry basket", "trash can"),
    "hall": ("plant", "stool", "backpack", "umbrella stand", "basket", "bench"),
    "storage room": ("cardboard box", "crate", "storage tub", "bookcase", "basket", "suitcase"),
    "studio": ("plant", "chair", "floor lamp", "bookcase", "trash can", "backpack"),
}
_SMALL: dict[str, tuple[str, ...]] = {
    "kitchen": ("cup", "bottle", "plate", "bowl", "plant", "pot"),
    "bathroom": ("bottle", "plant", "cup", "basket"),
    "office": ("book", "cup", "plant", "photo frame", "bottle"),
    "dining room": ("plate", "cup", "candle", "vase", "bowl", "bottle"),
    "children's room": ("book", "toy car", "teddy bear", "plant"),
    "storage room": ("bottle", "cardboard box", "book", "vase", "pot", "basket"),
}
_COMMON_SMALL = ("book", "cup", "candle", "vase", "plant", "photo frame", "bowl", "bottle")
_WALL_THINGS = ("framed picture", "framed picture", "wall shelf", "clock")
MAX_TRIES = 60
LOOSE_THINGS = ("ball", "teddy bear", "toy car", "armchair", "ottoman", "exercise bike")
"""What also stands in the middle of a room."""


def fill_up(placer: FurniturePlacer, use: str, target: int) -> None:
    """Odd things that suit the use until the room has `target` pieces, if there is space."""
    rng = placer.rng
    floor = list(_EXTRAS[use])
    small = list(_SMALL.get(use, _COMMON_SMALL))
    failures = 0

    while len(placer.pieces) < target and failures < MAX_TRIES:
        kind = rng.random()
        if kind < 0.3:
            placed = place_where_it_belongs(placer, floor[int(rng.integers(len(floor)))])
        elif kind < 0.85:
            placed = _place_small_thing(placer, small[int(rng.integers(len(small)))])
        else:
            placed = place_where_it_belongs(
                placer, _WALL_THINGS[int(rng.integers(len(_WALL_THINGS)))]
            )
        failures += placed is None

    # A library of few words, or a room of few surfaces: anything that the library has.
    known = sorted(placer.models)
    for _ in range(MAX_TRIES):
        if len(placer.pieces) >= min(target, placer.config.min_objects) or not known:
            break
        _place_any(placer, known[int(rng.integers(len(known)))])


def _place_any(placer: FurniturePlacer, category: str) -> None:
    if CATEGORIES[category].is_askable or len(placer.models) < 10:
        place_where_it_belongs(placer, category)


def place_where_it_belongs(placer: FurniturePlacer, category: str) -> int | None:
    """Place a piece of a category where such pieces belong; its index, or None if none fits."""
    if not placer.can_add(category):
        return None

    row = CATEGORIES[category]
    if row.mount == "wall":
        return hang_somewhere(placer, category, 1.55)
    if row.mount == "ceiling":
        return hang_from_ceiling(placer, category, placer.plan.width / 2, placer.plan.depth / 2)
    if row.mount == "surface":
        return _place_small_thing(placer, category)
    if row.mount == "either" and placer.rng.random() < 0.5:
        placed = _place_small_thing(placer, category)
        if placed is not None:
            return placed
    if row.mount == "flat" or category in LOOSE_THINGS:
        return placer.place_anywhere(category)

    return placer.place_against_wall(category)


def _place_small_thing(placer: FurniturePlacer, category: str) -> int | None:
    """Stand a small thing on one of the room's surfaces."""
    supports = [
        k
        for k, piece in enumerate(placer.pieces)
        if piece.on is None
        and not piece.is_flat
        and (CATEGORIES[piece.category].supports_objects or piece.category == "wall shelf")
    ]
    placer.rng.shuffle(supports)

    for anchor in supports[:4]:
        placed = place_on_top(placer, category, anchor)
        if placed is not None:
            return placed

    shelves = [k for k, piece in enumerate(placer.pieces) if piece.category == "bookcase"]
    if shelves and category in ("book", "vase", "photo frame", "candle"):
        fill_bookcase(placer, shelves[int(placer.rng.integers(len(shelves)))], 1)

    return None
