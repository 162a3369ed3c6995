"""A kitchen's row: cabinets and appliances side by side along one or two walls."""

from waywiser.scenes.procedural.floor_plan import Wall
from waywiser.scenes.procedural.placement import (
    FurniturePiece,
    FurniturePlacer,
    SizedModel,
    Zone,
)
from waywiser.scenes.procedural.surface_placement import place_on_top
from waywiser.scenes.procedural.wall_placement import find_wall_behind, hang_above, hang_at

UNIT_GAP = 0.004
"""Meters between two units of the row."""
STEP = 0.12
"""Meters to move on where a unit does not fit."""
CORNER_DEPTH = 0.68
"""Meters at the start of the second wall that the first row takes."""
WALL_CABINET_BOTTOM = 1.42
RANGE_HOOD_BOTTOM = 1.5


def place_kitchen_row(placer: FurniturePlacer, max_units: int = 9) -> list[int]:
    """Base cabinets, sink, stove, dishwasher and fridge in a line, and what hangs above.

    Args:
        placer: The room.
        max_units: Most units that stand on the floor.

    Returns:
        Indices of the units on the floor.
    """
    walls = placer.plan.walls
    order = placer.rng.permutation(len(walls)).tolist()
    order.sort(key=lambda k: -_fitting_length(placer, walls[k]))
    order = 2 * order
    needed = {name for name in ("sink", "stove", "fridge") if placer.can_add(name)}
    mark = placer.mark()
    best: list[FurniturePiece] = []
    best_zones: list[Zone] = []

    for attempt, k in enumerate(order):
        _fill_walls(placer, [walls[k], walls[(k + 1) % len(walls)]], max_units)
        row = placer.pieces[mark[0] :]
        row_zones = placer.zones[mark[1] :]
        placer.undo(mark)
        if _rate_row(row, needed) > _rate_row(best, needed):
            best, best_zones = row, row_zones
        if _rate_row(best, needed) >= 10 * len(needed) + (5 if attempt < len(walls) else 3):
            break

    placer.pieces += best
    placer.zones += best_zones
    units = list(range(mark[0], len(placer.pieces)))
    _hang_above_row(placer, units)
    return units


def _rate_row(row: list[FurniturePiece], needed: set[str]) -> int:
    """How complete a row is: the units that every kitchen has count most."""
    words = {piece.category for piece in row}
    return 10 * len(needed & words) + len(row)


def _fitting_length(placer: FurniturePlacer, wall: Wall) -> float:
    """Length of a wall, less what windows take from it, with some chance."""
    return wall.length * float(placer.rng.uniform(0.8, 1.0))


def _sample_units(placer: FurniturePlacer, max_units: int) -> list[str]:
    """Categories of the units, from one end of the row to the other."""
    rng = placer.rng
    middle = ["kitchen cabinet", "sink", "kitchen cabinet", "stove", "kitchen cabinet"]
    if rng.random() < 0.7:
        middle.insert(2, "dishwasher")
    if rng.random() < 0.5:
        middle.append("kitchen cabinet")
    if rng.random() < 0.2:
        middle.append("washing machine")
    if rng.random() < 0.5:
        middle.reverse()

    units = ["fridge", *middle] if rng.random() < 0.6 else [*middle, "fridge"]
    known = [unit for unit in units if placer.can_add(unit)]
    while len(known) > max_units and "kitchen cabinet" in known:
        known.remove("kitchen cabinet")

    return known


def _fill_walls(placer: FurniturePlacer, walls: list[Wall], max_units: int) -> None:
    """Units along the first wall and on along the second, where the first is full."""
    units = _sample_units(placer, max_units)
    is_short = sum(_typical_width(unit) for unit in units) < walls[0].length
    cabinet = _sample_cabinet(placer)
    along = 0.02

    if is_short and placer.rng.random() < 0.4:
        along += float(placer.rng.uniform(0.0, walls[0].length - 0.02)) * 0.15

    for number, wall in enumerate(walls):
        if number == 1:
            along = CORNER_DEPTH

        while units:
            unit = units[0]
            is_cabinet = unit == "kitchen cabinet" and cabinet is not None
            model = cabinet if is_cabinet and cabinet is not None else _sample_unit(placer, unit)
            width = model[1][0]
            if along + width > wall.length - 0.02:
                break

            index = None
            if placer.can_add(unit):
                index = placer.place_at(*model, wall, along + width / 2, gap=0.0)
            if index is None and placer.can_add(unit):
                along += STEP
                continue

            units.pop(0)
            if index is not None:
                along += width + UNIT_GAP


def _typical_width(unit: str) -> float:
    return 0.8 if unit == "kitchen cabinet" else 0.6


def _sample_cabinet(placer: FurniturePlacer) -> SizedModel | None:
    """The cabinet that the row repeats: rows are bought as a set."""
    if not placer.has_category("kitchen cabinet"):
        return None
    return placer.sample_model("kitchen cabinet", max_width=0.95)


def _sample_unit(placer: FurniturePlacer, unit: str) -> SizedModel:
    """A unit: a kitchen's fridge is tall, and its sink fits the row, where the library has such."""
    models = placer.models[unit]
    if unit == "fridge":
        suitable = [model for model in models if model.size[2] > 1.3]
    elif unit == "sink":
        suitable = [model for model in models if model.is_kitchen_unit]
    else:
        return placer.sample_model(unit)

    options = suitable or models
    info = options[int(placer.rng.integers(len(options)))]
    return info, info.size


def _hang_above_row(placer: FurniturePlacer, units: list[int]) -> None:
    """A range hood above the stove, and wall cabinets above the rest, except at windows."""
    cabinet = None
    if placer.has_category("wall cabinet"):
        cabinet = placer.sample_model("wall cabinet", max_width=0.85)
    hangs_cabinets = placer.rng.random() < 0.85

    for index in units:
        unit = placer.pieces[index].category
        if unit == "stove":
            hang_above(placer, "range hood", index, RANGE_HOOD_BOTTOM)

    for index in units:
        piece = placer.pieces[index]
        found = find_wall_behind(placer, index)
        if piece.category in ("fridge", "stove") or found is None:
            continue
        if cabinet is not None and hangs_cabinets and placer.can_add("wall cabinet"):
            wall, along = found
            hang_at(placer, cabinet, wall, along, WALL_CABINET_BOTTOM)


def dress_kitchen_row(placer: FurniturePlacer, units: list[int], share: float) -> None:
    """Kettle, toaster, pots and other things on the worktops and the stove.

    Args:
        placer: The room.
        units: Indices of the row's units.
        share: Share of the usual things that are there.
    """
    tops = [k for k in units if placer.pieces[k].category in _WORKTOPS]
    stoves = [k for k in units if placer.pieces[k].category == "stove"]
    rng = placer.rng

    for stove in stoves:
        if rng.random() < 0.75:
            place_on_top(placer, "pot", stove)

    for category, probability in _WORKTOP_THINGS:
        if not tops or rng.random() > probability * share:
            continue
        for anchor in rng.permutation(len(tops)).tolist()[:3]:
            if place_on_top(placer, category, tops[anchor], "any") is not None:
                break


_WORKTOPS = ("kitchen cabinet", "dishwasher", "washing machine", "oven")
_WORKTOP_THINGS = (
    ("microwave", 0.6),
    ("kettle", 0.8),
    ("toaster", 0.6),
    ("coffee machine", 0.45),
    ("cutting board", 0.6),
    ("bottle", 0.6),
    ("cup", 0.6),
    ("fruit bowl", 0.4),
    ("bowl", 0.4),
    ("plate", 0.4),
    ("bottle", 0.4),
    ("cup", 0.5),
    ("plant", 0.2),
)
