"""What goes into a room together: themes as short programs over `Furnishing`."""

from collections.abc import Callable

import numpy as np

from waywiser.scenes._furnishing import Furnishing, stands_on_floor
from waywiser.scenes.categories import CATEGORIES

Theme = Callable[[Furnishing], None]

REPEATED = ("chair", "stool", "plant", "lamp", "vase", "box", "armchair", "cabinet", "speaker", "trash can",
            "nightstand", "bookcase", "bench", "laptop", "bowl", "radiator", "television", "table", "desk",
            "wardrobe", "fan")  # fmt: skip
SMALL = ("lamp", "vase", "plant", "bowl", "laptop", "speaker", "fan", "television")


def furnish(room: Furnishing) -> None:
    """Fill a room: a theme, often several of one kind, small things on what carries them, then odd pieces."""
    rng = room.rng
    themes: tuple[Theme, ...] = (living, dining, bedroom, study, kitchen, bathroom, storage)
    chosen = int(rng.choice(len(themes), p=(0.26, 0.2, 0.2, 0.13, 0.09, 0.06, 0.06)))
    if rng.random() < room.config.several_share:
        several(room)
    themes[chosen](room)
    decorate(room, float(rng.uniform(0.2, 0.9)))
    wanted = int(rng.integers(room.config.min_objects, room.most + 1))
    for _ in range(3 * wanted):
        if len(room.pieces) >= wanted:
            break
        add(room, _odd(room))
    for _ in range(60):  # a room that came out too empty takes small things, which always find a place
        if len(room.pieces) >= min(room.config.min_objects, room.most):
            break
        add(room, _pick(room, ("stool", "chair", "trash can", "box", "plant", "vase", "lamp")))


def add(room: Furnishing, category: str | None) -> int | None:
    """One piece of a category where such a piece belongs; its index, or None where it found no place."""
    if category is None or not room.has(category):
        return None
    known, model = CATEGORIES[category], room.choose(category)
    if not stands_on_floor(known, model[1][2]):
        carriers = [i for i, piece in enumerate(room.pieces) if piece.on is None and piece.model.surface_height]
        room.rng.shuffle(carriers)
        for anchor in carriers[:4]:
            index = room.on_top(category, anchor)
            if index is not None:
                return index
        return room.anywhere(category, model) if category in ("plant", "speaker", "vase") else None
    against = known.wall or room.rng.random() < 0.3
    return room.against_wall(category, model) if against else room.anywhere(category, model)


def living(room: Furnishing) -> None:
    rng = room.rng
    sofa = add(room, "sofa")
    if sofa is not None and room.has("coffee table"):
        room.before("coffee table", sofa, float(rng.uniform(0.3, 0.6)))
        if rng.random() < 0.4:
            room.beside(_pick(room, ("armchair", "nightstand", "plant")) or "sofa", sofa)
    _repeat(room, "armchair", int(rng.integers(0, 3)))
    stand = add(room, _pick(room, ("cabinet", "bench")))
    if stand is not None and room.has("television") and rng.random() < 0.8:
        room.on_top("television", stand)
    for category in ("bookcase", "lamp", "plant", "radiator"):
        if rng.random() < 0.5:
            add(room, category)


def dining(room: Furnishing) -> None:
    rng = room.rng
    table = room.anywhere("table") if room.has("table") else None
    seat = _pick(room, ("chair", "chair", "chair", "stool"))
    if table is not None and seat:
        room.around(seat, table, int(rng.integers(1, 7)), one_model=bool(rng.random() < 0.8))
    for category in ("cabinet", "plant", "lamp", "fridge", "bookcase"):
        if rng.random() < 0.4:
            add(room, category)


def bedroom(room: Furnishing) -> None:
    rng = room.rng
    for _ in range(1 + int(rng.random() < 0.25)):
        bed = add(room, "bed")
        if bed is not None and room.has("nightstand"):
            for _ in range(int(rng.integers(0, 3))):
                room.beside("nightstand", bed)
    for category in ("wardrobe", "cabinet", "chair", "lamp", "armchair", "plant", "radiator"):
        if rng.random() < 0.45:
            add(room, category)


def study(room: Furnishing) -> None:
    rng = room.rng
    for _ in range(int(rng.integers(1, 4))):
        desk = add(room, "desk")
        if desk is not None and room.has("chair"):
            size = room.pieces[desk].size
            if not room.around("chair", desk, 1) and size[0] > 0.9:
                room.before("chair", desk, 0.1)
            if room.has("laptop") and rng.random() < 0.6:
                room.on_top("laptop", desk)
    for category in ("bookcase", "cabinet", "trash can", "lamp", "plant", "fan"):
        if rng.random() < 0.45:
            add(room, category)


def kitchen(room: Furnishing) -> None:
    rng = room.rng
    for category in ("fridge", "stove", "cabinet", "sink", "cabinet", "washing machine", "trash can"):
        if rng.random() < 0.65:
            add(room, category)
    if rng.random() < 0.6:
        dining(room)


def bathroom(room: Furnishing) -> None:
    rng = room.rng
    for category in (
        "bathtub",
        "toilet",
        "sink",
        "washing machine",
        "cabinet",
        "trash can",
        "stool",
        "radiator",
    ):
        if rng.random() < 0.7:
            add(room, category)


def storage(room: Furnishing) -> None:
    for category in ("box", "bookcase", "wardrobe", "cabinet", "bench", "box"):
        _repeat(room, category, int(room.rng.integers(0, 3)))


def several(room: Furnishing) -> None:
    """Two to six of one kind, for questions that count."""
    category = _pick(room, REPEATED)
    if category is None:
        return
    if category in SMALL:
        _repeat(room, _pick(room, ("table", "desk", "cabinet")), int(room.rng.integers(1, 4)))
    _repeat(room, category, int(room.rng.integers(2, 7)))


def _repeat(room: Furnishing, category: str | None, count: int) -> None:
    for _ in range(count):
        add(room, category)


def decorate(room: Furnishing, share: float) -> None:
    """Small things on some of the surfaces."""
    for anchor in range(len(room.pieces)):
        if room.pieces[anchor].on is None and room.pieces[anchor].model.surface_height and room.rng.random() < share:
            for _ in range(1 + int(room.rng.random() < 0.35)):
                category = _pick(room, SMALL)
                if category:
                    room.on_top(category, anchor)


def _odd(room: Furnishing) -> str | None:
    names = sorted(room.models)
    weights = np.array([0.3 if name in ("bathtub", "toilet", "washing machine", "bed") else 1.0 for name in names])
    return names[int(room.rng.choice(len(names), p=weights / weights.sum()))] if names else None


def _pick(room: Furnishing, categories: tuple[str, ...]) -> str | None:
    """A random one of the categories that the library has."""
    present = [category for category in categories if room.has(category)]
    return present[int(room.rng.integers(len(present)))] if present else None
