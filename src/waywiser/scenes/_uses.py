"""What the rooms of a home are for, and their furniture by that use."""

from dataclasses import replace

import numpy as np

from waywiser.scenes import _themes
from waywiser.scenes._furnishing import Furnishing, Piece

_MIXES: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("living",), ("bedroom",), ("dining",), ("study",), ("studio",), ("kitchen",)),
    2: (("living", "bedroom"), ("studio", "bathroom"), ("kitchen", "living")),
    3: (("living", "kitchen", "bedroom"), ("living", "bedroom", "bathroom"), ("dining", "living", "bedroom")),
    4: (("living", "kitchen", "bedroom", "bathroom"), ("living", "dining", "bedroom", "study")),
    5: (("living", "kitchen", "bedroom", "bathroom", "study"), ("living", "dining", "bedroom", "bedroom", "bathroom"),
        ("living", "kitchen", "dining", "bedroom", "storage")),
    6: (("living", "kitchen", "dining", "bedroom", "bathroom", "bedroom"),
        ("living", "kitchen", "bedroom", "bedroom", "bathroom", "study"),
        ("living", "dining", "kitchen", "study", "bedroom", "storage")),
}  # fmt: skip
_THEMES = {
    "living": _themes.living, "dining": _themes.dining, "bedroom": _themes.bedroom, "study": _themes.study,
    "kitchen": _themes.kitchen, "bathroom": _themes.bathroom, "storage": _themes.storage,
}  # fmt: skip
_ODD: dict[str, tuple[str, ...]] = {
    "living": ("plant", "lamp", "stool", "bookcase", "speaker", "armchair", "cabinet", "vase", "box", "bench"),
    "dining": ("plant", "lamp", "cabinet", "stool", "vase", "bench", "speaker"),
    "bedroom": ("lamp", "plant", "stool", "chair", "box", "trash can", "cabinet", "bench", "fan"),
    "study": ("lamp", "plant", "trash can", "box", "armchair", "speaker", "fan", "stool"),
    "kitchen": ("stool", "trash can", "chair", "bench", "box", "plant", "table"),
    "bathroom": ("stool", "trash can", "plant", "bench", "radiator"),
    "storage": ("box", "fan", "bench", "stool", "speaker", "trash can", "lamp"),
    "studio": ("lamp", "plant", "stool", "chair", "trash can", "box", "cabinet", "bookcase"),
}
_COUNTED = ("chair", "stool", "plant", "lamp", "vase", "box", "speaker", "trash can", "bowl", "laptop", "armchair",
            "fan", "nightstand", "bench", "radiator", "bookcase")  # fmt: skip
"""What several of may stand in a room."""
_COMMON = ("stool", "trash can", "box", "plant", "lamp", "speaker", "cabinet", "bench", "armchair", "radiator", "desk",
           "bookcase", "table", "television")  # fmt: skip
"""What may stand in any room."""
SMALL_ROOMS = ("bathroom", "storage")
ROWS = 0.8
"""How often one more of several of a kind stands beside the last one."""
FRESH = 0.85
"""How often an odd piece is of a kind that the room does not have yet."""
FEWEST = 2
"""Pieces that a room must have left when what occurs twice is taken away."""


def draw_uses(rng: np.random.Generator, areas: list[float]) -> list[str]:
    """A use for each room (areas in m2): bathrooms and storage go to the smallest ones, the rest as it comes."""
    mixes = _MIXES[len(areas)]
    mix = list(mixes[int(rng.integers(len(mixes)))])
    small, large = [use for use in mix if use in SMALL_ROOMS], [use for use in mix if use not in SMALL_ROOMS]
    by_size = sorted(range(len(areas)), key=lambda i: areas[i])
    uses = [""] * len(areas)
    rng.shuffle(large)
    for index, use in zip(by_size, small + large, strict=True):
        uses[index] = use
    return uses


def furnish_for(room: Furnishing, use: str) -> None:
    """Fill a room for its use: what belongs there, small things on what carries them, then a few odd pieces."""
    rng, least = room.rng, min(room.config.min_objects, room.most)
    if rng.random() < room.config.several_share:
        _several(room)
    if use == "studio":
        _themes.bedroom(room)
        _themes.living(room)
    else:
        _THEMES[use](room)
    _themes.decorate(room, float(rng.uniform(0.3, 0.9)))
    odd = [category for category in dict.fromkeys((*_ODD[use], *_COMMON)) if room.has(category)]
    wanted = int(rng.integers(least, room.most + 1))
    for _ in range(2 * wanted):
        if len(room.pieces) >= wanted or not odd:
            break
        there = {piece.model.category for piece in room.pieces}
        fresh = [category for category in odd if category not in there]
        choice = fresh if fresh and rng.random() < FRESH else odd
        _themes.add(room, choice[int(rng.integers(len(choice)))])
    for _ in range(60):  # a room that came out too empty takes small things, which always find a place
        if len(room.pieces) >= least:
            break
        _themes.add(room, ("stool", "trash can", "box", "plant")[int(rng.integers(4))])


def keep_once(room: Furnishing, use: str, used: set[str], most: int) -> None:
    """Leave a room up to `most` pieces, of kinds not in `used` and none twice, and add their kinds to `used`.

    Other kinds take the place of what is taken away. A room that would end up nearly empty stays as it was.
    """
    before, models, kept = room.pieces, room.models, list[Piece]()
    place: dict[int, int] = {}  # where a kept piece stands now, by where it was
    for index, piece in enumerate(before):
        word = piece.model.category
        if word not in used and len(kept) < most and (piece.on is None or piece.on in place):
            place[index] = len(kept)
            used.add(word)
            kept.append(piece if piece.on is None else replace(piece, on=place[piece.on]))
    room.pieces = kept
    room.models = {category: found for category, found in models.items() if category not in used}
    suited = [category for category in (*_ODD[use], *_COMMON) if room.has(category)]
    for category in dict.fromkeys(suited[i] for i in room.rng.permutation(len(suited)).tolist()):
        if len(room.pieces) >= min(room.config.min_objects, room.most, most):
            break
        if _themes.add(room, category) is not None:
            used.add(category)
    if len(room.pieces) < FEWEST:
        room.pieces = before
    room.models = models


def _several(room: Furnishing) -> None:
    """Three to eight of one kind, for questions that count: mostly in a row, so that one picture shows them all."""
    present = [category for category in _COUNTED if room.has(category)]
    if not present:
        return
    category = present[int(room.rng.integers(len(present)))]
    if category in _themes.SMALL:
        for _ in range(int(room.rng.integers(1, 4))):
            carriers = [name for name in ("table", "desk", "cabinet") if room.has(name)]
            if carriers:
                _themes.add(room, carriers[int(room.rng.integers(len(carriers)))])
    model, last = room.choose(category), None
    for _ in range(min(int(room.rng.integers(3, 9)), max(3, 2 * room.most // 3))):  # a third is for other kinds
        found = None
        if last is not None and room.pieces[last].on is None and room.rng.random() < ROWS:
            found = room.beside(category, last, model)
        last = _themes.add(room, category) if found is None else found
