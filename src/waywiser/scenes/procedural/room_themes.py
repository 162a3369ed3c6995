"""What each use of a room puts into it: its groups of furniture, in the order of importance."""

from collections.abc import Callable

from waywiser.scenes.procedural.groups import (
    place_bed_group,
    place_desk_group,
    place_dining_group,
    place_rug,
    place_sitting_group,
    place_washing_place,
)
from waywiser.scenes.procedural.kitchen_row import dress_kitchen_row, place_kitchen_row
from waywiser.scenes.procedural.placement import FurniturePlacer
from waywiser.scenes.procedural.surface_placement import place_on_top
from waywiser.scenes.procedural.wall_placement import hang_somewhere

Theme = Callable[[FurniturePlacer], None]

LARGE_AREA = 15.0
"""Floor area in square meters from which a room holds a second group."""


def furnish_living_room(placer: FurniturePlacer) -> None:
    rng = placer.rng
    place_sitting_group(placer)
    _place_some(placer, ("bookcase", 0.75), ("sideboard", 0.35), ("piano", 0.08))
    _place_some(placer, ("speaker", 0.25), ("guitar", 0.12), ("bookcase", 0.25))

    if placer.plan.area > LARGE_AREA and rng.random() < 0.3:
        place_desk_group(placer)


def furnish_living_dining_room(placer: FurniturePlacer) -> None:
    place_sitting_group(placer)
    place_dining_group(placer, 3, 8)
    _place_some(placer, ("sideboard", 0.6), ("bookcase", 0.5))


def furnish_dining_room(placer: FurniturePlacer) -> None:
    place_dining_group(placer, 4, 8)
    _place_some(placer, ("sideboard", 0.85), ("high chair", 0.15), ("bookcase", 0.3))
    _place_some(placer, ("piano", 0.1), ("bench", 0.2), ("floor lamp", 0.3))


def furnish_bedroom(placer: FurniturePlacer) -> None:
    rng = placer.rng
    bed = place_bed_group(placer, nightstands=int(rng.choice(3, p=(0.05, 0.25, 0.7))))
    if bed is not None and rng.random() < 0.5:
        place_rug(placer, bed)

    _place_some(placer, ("wardrobe", 0.9), ("dresser", 0.6))
    if rng.random() < 0.25:
        place_desk_group(placer, seat="chair")

    _place_some(placer, ("dressing table", 0.15), ("armchair", 0.3), ("laundry basket", 0.25))
    _place_some(placer, ("bench", 0.15), ("TV stand", 0.15), ("suitcase", 0.12))


def furnish_childrens_room(placer: FurniturePlacer) -> None:
    rng = placer.rng
    kind = rng.random()
    bed = None
    if kind < 0.35:
        bed = placer.place_against_wall("bunk bed", in_corner=True)
    elif kind < 0.5:
        bed = placer.place_against_wall("crib", in_corner=rng.random() < 0.5)
    if bed is None:
        bed = place_bed_group(placer, nightstands=1, max_width=1.25)

    if bed is not None:
        place_rug(placer, bed)
    if kind < 0.35 or kind > 0.5:
        place_desk_group(placer, seat="chair")

    _place_some(placer, ("bookcase", 0.7), ("wardrobe", 0.6), ("toy box", 0.7), ("dresser", 0.4))
    _place_some(placer, ("dollhouse", 0.3), ("basket", 0.3), ("stool", 0.2))
    _place_loose(placer, ("teddy bear", 0.6), ("ball", 0.6), ("toy car", 0.5), ("toy car", 0.3))


def furnish_office(placer: FurniturePlacer) -> None:
    rng = placer.rng
    place_desk_group(placer)
    if placer.plan.area > LARGE_AREA and rng.random() < 0.4:
        place_desk_group(placer)

    _place_some(placer, ("bookcase", 0.9), ("filing cabinet", 0.6), ("bookcase", 0.6))
    if placer.plan.area > 11 and rng.random() < 0.5:
        place_sitting_group(placer, has_screen=False)

    _place_some(placer, ("trash can", 0.8), ("floor lamp", 0.3), ("guitar", 0.15), ("fan", 0.2))
    for anchor in _find(placer, ("filing cabinet", "bookcase")):
        if rng.random() < 0.6 and place_on_top(placer, "printer", anchor) is not None:
            break


def furnish_kitchen(placer: FurniturePlacer) -> None:
    rng = placer.rng
    units = place_kitchen_row(placer, max_units=9 if placer.plan.area > 10 else 7)

    if placer.plan.area > 12 and rng.random() < 0.15:
        _place_island(placer)
    elif placer.plan.area > 8 and rng.random() < 0.75:
        place_dining_group(placer, 3, 5)

    dress_kitchen_row(placer, units, float(rng.uniform(0.7, 1.2)))
    _place_some(placer, ("trash can", 0.8), ("stool", 0.2), ("high chair", 0.1), ("crate", 0.15))


def _place_island(placer: FurniturePlacer) -> None:
    island = placer.place_anywhere("kitchen island")
    if island is not None:
        model = placer.sample_model("bar stool") if placer.has_category("bar stool") else None
        for _ in range(int(placer.rng.integers(1, 4)) if model else 0):
            placer.place_in_front_of("bar stool", island, 0.06, turned=True)


def furnish_bathroom(placer: FurniturePlacer) -> None:
    rng = placer.rng
    wants_tub = rng.random() < 0.6
    washing = "bathtub" if wants_tub else "shower"
    other = "shower" if wants_tub else "bathtub"
    tub = placer.place_against_wall(washing, in_corner=True)
    if tub is None:
        tub = placer.place_against_wall(other, in_corner=True)

    placer.place_against_wall("toilet")
    sink = place_washing_place(placer)

    mat_anchor = tub if tub is not None else sink
    if mat_anchor is not None and rng.random() < 0.85:
        _place_bath_mat(placer, mat_anchor)

    toilets = _find(placer, ("toilet",))
    if toilets and rng.random() < 0.7:
        placer.place_beside("toilet brush", toilets[0], gap=0.05)

    _place_some(placer, ("washing machine", 0.5), ("laundry basket", 0.6), ("trash can", 0.5))
    for _ in range(2):
        if rng.random() < 0.8:
            hang_somewhere(placer, "towel", center=1.2, max_top=1.75)

    _place_loose(placer, ("bathroom scale", 0.4))
    _place_some(placer, ("stool", 0.25), ("laundry rack", 0.15))


def _place_bath_mat(placer: FurniturePlacer, anchor: int) -> None:
    placer.place_in_front_of("bath mat", anchor, 0.04)


def furnish_hall(placer: FurniturePlacer) -> None:
    rng = placer.rng
    _place_some(placer, ("shoe rack", 0.85), ("coat rack", 0.7), ("umbrella stand", 0.5))
    _place_some(placer, ("sideboard", 0.3), ("dresser", 0.25), ("bench", 0.4), ("backpack", 0.4))
    hang_somewhere(placer, "mirror", center=1.5, max_top=2.1)
    if placer.can_add("rug") and rng.random() < 0.7:
        placer.place_anywhere("rug")
    _place_some(placer, ("wardrobe", 0.3), ("suitcase", 0.2), ("stool", 0.2))


def furnish_storage(placer: FurniturePlacer) -> None:
    rng = placer.rng
    _place_some(placer, ("bookcase", 0.8), ("washing machine", 0.6), ("wardrobe", 0.4))
    _place_some(placer, ("ironing board", 0.5), ("vacuum cleaner", 0.6), ("laundry rack", 0.3))
    for category in ("cardboard box", "crate", "storage tub"):
        for _ in range(int(rng.integers(0, 4))):
            placer.place_against_wall(category)

    _place_some(placer, ("exercise bike", 0.3), ("suitcase", 0.5), ("basket", 0.4))
    _place_some(placer, ("filing cabinet", 0.2), ("laundry basket", 0.4), ("fan", 0.3))


def furnish_studio(placer: FurniturePlacer) -> None:
    """A home of one room: a bed, a seat, a table and, if there is space, a short kitchen row."""
    rng = placer.rng
    place_bed_group(placer, nightstands=1, max_width=1.65)
    if placer.plan.area > 14:
        units = place_kitchen_row(placer, max_units=5)
        dress_kitchen_row(placer, units, 0.6)
    if rng.random() < 0.5:
        place_sitting_group(placer)
    if rng.random() < 0.5:
        place_dining_group(placer, 2, 2)
    else:
        place_desk_group(placer)
    _place_some(placer, ("wardrobe", 0.8), ("bookcase", 0.5), ("trash can", 0.5))


THEMES: dict[str, Theme] = {
    "living room": furnish_living_room,
    "living-dining room": furnish_living_dining_room,
    "dining room": furnish_dining_room,
    "bedroom": furnish_bedroom,
    "children's room": furnish_childrens_room,
    "office": furnish_office,
    "kitchen": furnish_kitchen,
    "bathroom": furnish_bathroom,
    "hall": furnish_hall,
    "storage room": furnish_storage,
    "studio": furnish_studio,
}
"""How to furnish a room of each use."""


def _place_some(placer: FurniturePlacer, *wishes: tuple[str, float]) -> None:
    """Each category with its probability, at a wall."""
    for category, probability in wishes:
        if placer.rng.random() < probability:
            placer.place_against_wall(category)


def _place_loose(placer: FurniturePlacer, *wishes: tuple[str, float]) -> None:
    """Each category with its probability, anywhere on the floor."""
    for category, probability in wishes:
        if placer.rng.random() < probability:
            placer.place_anywhere(category)


def _find(placer: FurniturePlacer, categories: tuple[str, ...]) -> list[int]:
    return [k for k, piece in enumerate(placer.pieces) if piece.category in categories]
