"""What goes into a room together: themes as short programs over `FurniturePlacer`."""

from collections.abc import Callable

import numpy as np

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.procedural.placement import FurniturePlacer, stands_on_floor

Theme = Callable[[FurniturePlacer], None]

REPEATED_CATEGORIES = (
    "chair",
    "stool",
    "plant",
    "lamp",
    "vase",
    "box",
    "armchair",
    "cabinet",
    "speaker",
    "trash can",
    "nightstand",
    "bookcase",
    "bench",
    "laptop",
    "bowl",
    "radiator",
    "television",
    "table",
    "desk",
    "wardrobe",
    "fan",
)
MAX_FILL_TRIES = 60
"""Small objects tried in a room that is too empty."""
SMALL_CATEGORIES = ("lamp", "vase", "plant", "bowl", "laptop", "speaker", "fan", "television")


def furnish_room(placer: FurniturePlacer) -> None:
    """Fill a room: a theme, often several of one category, small objects, then odd pieces."""
    rng = placer.rng
    themes: tuple[Theme, ...] = (
        furnish_living_room,
        furnish_dining_room,
        furnish_bedroom,
        furnish_study,
        furnish_kitchen,
        furnish_bathroom,
        furnish_storage,
    )

    theme_index = int(rng.choice(len(themes), p=(0.26, 0.2, 0.2, 0.13, 0.09, 0.06, 0.06)))
    if rng.random() < placer.config.several_share:
        place_repeated(placer)

    themes[theme_index](placer)
    place_small_objects(placer, float(rng.uniform(0.2, 0.9)))
    target_count = int(rng.integers(placer.config.min_objects, placer.max_pieces + 1))
    for _ in range(3 * target_count):
        if len(placer.pieces) >= target_count:
            break

        place_where_it_belongs(placer, _sample_category(placer))

    # A room that is still too empty takes small objects, which always fit somewhere.
    for _ in range(MAX_FILL_TRIES):
        if len(placer.pieces) >= min(placer.config.min_objects, placer.max_pieces):
            break

        place_where_it_belongs(
            placer,
            _sample_available(
                placer, ("stool", "chair", "trash can", "box", "plant", "vase", "lamp")
            ),
        )


def place_where_it_belongs(placer: FurniturePlacer, category: str | None) -> int | None:
    """Place a piece of a category where such pieces belong; its index, or None if none fits."""
    if category is None or not placer.has_category(category):
        return None

    category_info = CATEGORIES[category]
    model = placer.sample_model(category)
    if not stands_on_floor(category_info, model[1][2]):
        supports = [
            i
            for i, piece in enumerate(placer.pieces)
            if piece.on is None and piece.model.surface_height
        ]

        placer.rng.shuffle(supports)

        for anchor in supports[:4]:
            index = placer.place_on_top(category, anchor)
            if index is not None:
                return index

        return (
            placer.place_anywhere(category, model)
            if category in ("plant", "speaker", "vase")
            else None
        )

    at_wall = category_info.against_wall or placer.rng.random() < 0.3
    return (
        placer.place_against_wall(category, model)
        if at_wall
        else placer.place_anywhere(category, model)
    )


def furnish_living_room(placer: FurniturePlacer) -> None:
    rng = placer.rng
    sofa = place_where_it_belongs(placer, "sofa")
    if sofa is not None and placer.has_category("coffee table"):
        placer.place_in_front_of("coffee table", sofa, float(rng.uniform(0.3, 0.6)))

        if rng.random() < 0.4:
            placer.place_beside(
                _sample_available(placer, ("armchair", "nightstand", "plant")) or "sofa", sofa
            )

    _place_times(placer, "armchair", int(rng.integers(0, 3)))
    stand = place_where_it_belongs(placer, _sample_available(placer, ("cabinet", "bench")))
    if stand is not None and placer.has_category("television") and rng.random() < 0.8:
        placer.place_on_top("television", stand)

    for category in ("bookcase", "lamp", "plant", "radiator"):
        if rng.random() < 0.5:
            place_where_it_belongs(placer, category)


def furnish_dining_room(placer: FurniturePlacer) -> None:
    rng = placer.rng
    table = placer.place_anywhere("table") if placer.has_category("table") else None
    seat = _sample_available(placer, ("chair", "chair", "chair", "stool"))
    if table is not None and seat:
        placer.place_around(
            seat, table, int(rng.integers(1, 7)), one_model=bool(rng.random() < 0.8)
        )

    for category in ("cabinet", "plant", "lamp", "fridge", "bookcase"):
        if rng.random() < 0.4:
            place_where_it_belongs(placer, category)


def furnish_bedroom(placer: FurniturePlacer) -> None:
    rng = placer.rng
    for _ in range(1 + int(rng.random() < 0.25)):
        bed = place_where_it_belongs(placer, "bed")
        if bed is not None and placer.has_category("nightstand"):
            for _ in range(int(rng.integers(0, 3))):
                placer.place_beside("nightstand", bed)

    for category in ("wardrobe", "cabinet", "chair", "lamp", "armchair", "plant", "radiator"):
        if rng.random() < 0.45:
            place_where_it_belongs(placer, category)


def furnish_study(placer: FurniturePlacer) -> None:
    rng = placer.rng
    for _ in range(int(rng.integers(1, 4))):
        desk = place_where_it_belongs(placer, "desk")
        if desk is not None and placer.has_category("chair"):
            size = placer.pieces[desk].size
            if not placer.place_around("chair", desk, 1) and size[0] > 0.9:
                placer.place_in_front_of("chair", desk, 0.1)
            if placer.has_category("laptop") and rng.random() < 0.6:
                placer.place_on_top("laptop", desk)

    for category in ("bookcase", "cabinet", "trash can", "lamp", "plant", "fan"):
        if rng.random() < 0.45:
            place_where_it_belongs(placer, category)


def furnish_kitchen(placer: FurniturePlacer) -> None:
    rng = placer.rng

    for category in (
        "fridge",
        "stove",
        "cabinet",
        "sink",
        "cabinet",
        "washing machine",
        "trash can",
    ):
        if rng.random() < 0.65:
            place_where_it_belongs(placer, category)

    if rng.random() < 0.6:
        furnish_dining_room(placer)


def furnish_bathroom(placer: FurniturePlacer) -> None:
    rng = placer.rng

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
            place_where_it_belongs(placer, category)


def furnish_storage(placer: FurniturePlacer) -> None:
    for category in ("box", "bookcase", "wardrobe", "cabinet", "bench", "box"):
        _place_times(placer, category, int(placer.rng.integers(0, 3)))


def place_repeated(placer: FurniturePlacer) -> None:
    """Two to six of one category, for questions that count."""
    category = _sample_available(placer, REPEATED_CATEGORIES)
    if category is None:
        return

    if category in SMALL_CATEGORIES:
        _place_times(
            placer,
            _sample_available(placer, ("table", "desk", "cabinet")),
            int(placer.rng.integers(1, 4)),
        )

    _place_times(placer, category, int(placer.rng.integers(2, 7)))


def _place_times(placer: FurniturePlacer, category: str | None, count: int) -> None:
    for _ in range(count):
        place_where_it_belongs(placer, category)


def place_small_objects(placer: FurniturePlacer, share: float) -> None:
    """Small objects on a `share` of the surfaces."""
    for anchor in range(len(placer.pieces)):
        if (
            placer.pieces[anchor].on is None
            and placer.pieces[anchor].model.surface_height
            and placer.rng.random() < share
        ):
            for _ in range(1 + int(placer.rng.random() < 0.35)):
                category = _sample_available(placer, SMALL_CATEGORIES)
                if category:
                    placer.place_on_top(category, anchor)


def _sample_category(placer: FurniturePlacer) -> str | None:
    names = sorted(placer.models)
    weights = np.array(
        [0.3 if name in ("bathtub", "toilet", "washing machine", "bed") else 1.0 for name in names]
    )
    return names[int(placer.rng.choice(len(names), p=weights / weights.sum()))] if names else None


def _sample_available(placer: FurniturePlacer, categories: tuple[str, ...]) -> str | None:
    """A random one of the categories that the library has, None if it has none of them."""
    present = [category for category in categories if placer.has_category(category)]
    return present[int(placer.rng.integers(len(present)))] if present else None
