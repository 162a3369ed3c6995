"""What the rooms of a home are used for, and the furniture for each use."""

from dataclasses import replace

import numpy as np

from waywiser.scenes.procedural import room_themes
from waywiser.scenes.procedural.placement import FurniturePiece, FurniturePlacer

_ROOM_TYPE_SETS: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("living",), ("bedroom",), ("dining",), ("study",), ("studio",), ("kitchen",)),
    2: (("living", "bedroom"), ("studio", "bathroom"), ("kitchen", "living")),
    3: (
        ("living", "kitchen", "bedroom"),
        ("living", "bedroom", "bathroom"),
        ("dining", "living", "bedroom"),
    ),
    4: (("living", "kitchen", "bedroom", "bathroom"), ("living", "dining", "bedroom", "study")),
    5: (
        ("living", "kitchen", "bedroom", "bathroom", "study"),
        ("living", "dining", "bedroom", "bedroom", "bathroom"),
        ("living", "kitchen", "dining", "bedroom", "storage"),
    ),
    6: (
        ("living", "kitchen", "dining", "bedroom", "bathroom", "bedroom"),
        ("living", "kitchen", "bedroom", "bedroom", "bathroom", "study"),
        ("living", "dining", "kitchen", "study", "bedroom", "storage"),
    ),
}
_THEME_BY_ROOM_TYPE = {
    "living": room_themes.furnish_living_room,
    "dining": room_themes.furnish_dining_room,
    "bedroom": room_themes.furnish_bedroom,
    "study": room_themes.furnish_study,
    "kitchen": room_themes.furnish_kitchen,
    "bathroom": room_themes.furnish_bathroom,
    "storage": room_themes.furnish_storage,
}
_EXTRA_CATEGORIES: dict[str, tuple[str, ...]] = {
    "living": (
        "plant",
        "lamp",
        "stool",
        "bookcase",
        "speaker",
        "armchair",
        "cabinet",
        "vase",
        "box",
        "bench",
    ),
    "dining": ("plant", "lamp", "cabinet", "stool", "vase", "bench", "speaker"),
    "bedroom": ("lamp", "plant", "stool", "chair", "box", "trash can", "cabinet", "bench", "fan"),
    "study": ("lamp", "plant", "trash can", "box", "armchair", "speaker", "fan", "stool"),
    "kitchen": ("stool", "trash can", "chair", "bench", "box", "plant", "table"),
    "bathroom": ("stool", "trash can", "plant", "bench", "radiator"),
    "storage": ("box", "fan", "bench", "stool", "speaker", "trash can", "lamp"),
    "studio": ("lamp", "plant", "stool", "chair", "trash can", "box", "cabinet", "bookcase"),
}
_COUNTABLE_CATEGORIES = (
    "chair",
    "stool",
    "plant",
    "lamp",
    "vase",
    "box",
    "speaker",
    "trash can",
    "bowl",
    "laptop",
    "armchair",
    "fan",
    "nightstand",
    "bench",
    "radiator",
    "bookcase",
)
"""Categories of which a room may have several."""
_COMMON_CATEGORIES = (
    "stool",
    "trash can",
    "box",
    "plant",
    "lamp",
    "speaker",
    "cabinet",
    "bench",
    "armchair",
    "radiator",
    "desk",
    "bookcase",
    "table",
    "television",
)
"""Categories that suit any room."""
SMALL_ROOM_TYPES = ("bathroom", "storage")
ROW_PROB = 0.8
"""Probability that a repeated piece is placed beside the last one."""
NEW_CATEGORY_PROB = 0.85
"""Probability that an odd piece is of a category that the room does not have yet."""
MIN_PIECES = 2
"""Pieces that must be left in a room after repeats are dropped."""


def sample_room_types(rng: np.random.Generator, areas: list[float]) -> list[str]:
    """A use for each room (areas in m2); the smallest rooms become bathrooms and storage."""
    type_sets = _ROOM_TYPE_SETS[len(areas)]
    types = list(type_sets[int(rng.integers(len(type_sets)))])
    small_types = [room_type for room_type in types if room_type in SMALL_ROOM_TYPES]
    large_types = [room_type for room_type in types if room_type not in SMALL_ROOM_TYPES]
    by_size = sorted(range(len(areas)), key=lambda i: areas[i])
    room_types = [""] * len(areas)
    rng.shuffle(large_types)

    for index, room_type in zip(by_size, small_types + large_types, strict=True):
        room_types[index] = room_type

    return room_types


def furnish_by_type(placer: FurniturePlacer, room_type: str) -> None:
    """Fill a room for its use: its furniture, small objects on it, then a few odd pieces."""
    rng = placer.rng
    min_count = min(placer.config.min_objects, placer.max_pieces)

    if rng.random() < placer.config.several_share:
        _place_repeated(placer)

    if room_type == "studio":
        room_themes.furnish_bedroom(placer)
        room_themes.furnish_living_room(placer)
    else:
        _THEME_BY_ROOM_TYPE[room_type](placer)

    room_themes.place_small_objects(placer, float(rng.uniform(0.3, 0.9)))
    extra_categories = [
        category
        for category in dict.fromkeys((*_EXTRA_CATEGORIES[room_type], *_COMMON_CATEGORIES))
        if placer.has_category(category)
    ]

    target_count = int(rng.integers(min_count, placer.max_pieces + 1))
    for _ in range(2 * target_count):
        if len(placer.pieces) >= target_count or not extra_categories:
            break

        present_categories = {piece.model.category for piece in placer.pieces}
        new_categories = [
            category for category in extra_categories if category not in present_categories
        ]
        choice = (
            new_categories
            if new_categories and rng.random() < NEW_CATEGORY_PROB
            else extra_categories
        )

        room_themes.place_where_it_belongs(placer, choice[int(rng.integers(len(choice)))])

    # A room that is still too empty takes small objects, which always fit somewhere.
    for _ in range(room_themes.MAX_FILL_TRIES):
        if len(placer.pieces) >= min_count:
            break

        room_themes.place_where_it_belongs(
            placer, ("stool", "trash can", "box", "plant")[int(rng.integers(4))]
        )


def drop_repeats(
    placer: FurniturePlacer, room_type: str, used_categories: set[str], max_pieces: int
) -> None:
    """Keep only pieces of new categories, each once, and fill up with other new categories.

    A room that would end up nearly empty stays as it was.

    Args:
        placer: The furnished room; its pieces are replaced.
        room_type: Use of the room, which says what suits it.
        used_categories: Categories of earlier rooms; those of this room are added.
        max_pieces: Most pieces to keep.
    """
    original_pieces = placer.pieces
    models = placer.models
    kept_pieces = list[FurniturePiece]()
    new_index: dict[int, int] = {}  # of kept pieces, by their original index

    for index, piece in enumerate(original_pieces):
        piece_category = piece.model.category
        if (
            piece_category not in used_categories
            and len(kept_pieces) < max_pieces
            and (piece.on is None or piece.on in new_index)
        ):
            new_index[index] = len(kept_pieces)
            used_categories.add(piece_category)
            kept_pieces.append(
                piece if piece.on is None else replace(piece, on=new_index[piece.on])
            )

    placer.pieces = kept_pieces
    placer.models = {
        category: placed for category, placed in models.items() if category not in used_categories
    }
    suitable_categories = [
        category
        for category in (*_EXTRA_CATEGORIES[room_type], *_COMMON_CATEGORIES)
        if placer.has_category(category)
    ]
    for category in dict.fromkeys(
        suitable_categories[i] for i in placer.rng.permutation(len(suitable_categories)).tolist()
    ):
        if len(placer.pieces) >= min(placer.config.min_objects, placer.max_pieces, max_pieces):
            break
        if room_themes.place_where_it_belongs(placer, category) is not None:
            used_categories.add(category)

    if len(placer.pieces) < MIN_PIECES:
        placer.pieces = original_pieces

    placer.models = models


def _place_repeated(placer: FurniturePlacer) -> None:
    """Three to eight of one category, for questions that count.

    They are mostly in a row, so that one picture shows them all.
    """
    present = [category for category in _COUNTABLE_CATEGORIES if placer.has_category(category)]
    if not present:
        return

    category = present[int(placer.rng.integers(len(present)))]
    if category in room_themes.SMALL_CATEGORIES:
        for _ in range(int(placer.rng.integers(1, 4))):
            supports = [name for name in ("table", "desk", "cabinet") if placer.has_category(name)]
            if supports:
                room_themes.place_where_it_belongs(
                    placer, supports[int(placer.rng.integers(len(supports)))]
                )

    model = placer.sample_model(category)
    last = None
    wanted_count = int(placer.rng.integers(3, 9))
    max_count = max(3, 2 * placer.max_pieces // 3)  # a third of the room is for other categories

    for _ in range(min(wanted_count, max_count)):
        placed = None
        if last is not None and placer.pieces[last].on is None and placer.rng.random() < ROW_PROB:
            placed = placer.place_beside(category, last, model)

        last = room_themes.place_where_it_belongs(placer, category) if placed is None else placed
