"""Furniture that people place together: a table with its chairs, a bed between nightstands.

Every function puts one group into a room and leaves out what the library lacks or what does not
fit.
"""

import math

from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.placement import FurniturePlacer, SizedModel
from waywiser.scenes.procedural.surface_placement import place_around, place_on_top
from waywiser.scenes.procedural.wall_placement import find_wall_behind, hang_above

GROUP_TRIES = 6
"""Places tried for the main piece of a group until the group is complete."""
VIEWING_DISTANCES = (1.5, 4.2)
"""Nearest and farthest distance of a sofa from its television, in meters."""


def place_dining_group(placer: FurniturePlacer, min_seats: int = 4, max_seats: int = 8) -> bool:
    """A table with chairs at it; whether there was space for some."""
    if not placer.can_add("table"):
        return False

    seat = "chair" if placer.has_category("chair") else "stool"
    best_count = 0

    for attempt in range(GROUP_TRIES):
        mark = placer.mark()
        table = _place_table(placer)
        if table is None:
            continue

        footprint = placer.pieces[table].footprint
        room_for = 2 * max(1, int(footprint.width / 0.62)) + 2 * (footprint.depth > 0.78)
        wanted = int(placer.rng.integers(min_seats, max(min_seats, min(max_seats, room_for)) + 1))
        seats = place_around(placer, seat, table, wanted)
        best_count = len(seats)

        if best_count >= min(wanted, 4) or (attempt >= GROUP_TRIES // 2 and best_count >= 2):
            return True
        placer.undo(mark)

    return _place_table(placer) is not None


def _place_table(placer: FurniturePlacer) -> int | None:
    """A table square to the walls, in the room or with one long side near a wall."""
    info, size = placer.sample_model("table", max_width=min(placer.plan.width, 2.4) * 0.55)
    plan = placer.plan

    for u, v, turn in placer.rng.random((24, 3)):
        quarter = math.pi / 2 * int(4 * turn)
        is_turned = int(4 * turn) % 2 == 1
        w = size[1] if is_turned else size[0]
        d = size[0] if is_turned else size[1]
        margin = 0.65
        if plan.width < w + 2 * margin or plan.depth < d + 2 * margin:
            margin = 0.05

        x = w / 2 + margin + u * max(plan.width - w - 2 * margin, 0.0)
        y = d / 2 + margin + v * max(plan.depth - d - 2 * margin, 0.0)
        index = placer.try_place(info, size, Footprint(x, y, size[0], size[1], quarter))
        if index is not None:
            return index

    return placer.place_anywhere("table", (info, size))


def place_sitting_group(placer: FurniturePlacer, has_screen: bool = True) -> bool:
    """A sofa with a coffee table and rug before it, and a television opposite."""
    if not placer.can_add("sofa"):
        return _place_armchairs_at_table(placer)

    for attempt in range(3 * GROUP_TRIES):
        mark = placer.mark()
        sofa = _place_sofa(placer, attempt)
        if sofa is None:
            continue

        wants_screen = has_screen and placer.can_add("television")
        has_seen = not wants_screen or _place_screen(placer, sofa)
        gap = float(placer.rng.uniform(0.28, 0.42))
        table = placer.place_in_front_of("coffee table", sofa, gap)
        is_complete = has_seen and (table is not None or attempt > 2 * GROUP_TRIES)

        if is_complete or attempt == 3 * GROUP_TRIES - 1:
            _dress_sofa(placer, sofa, table)
            return True
        placer.undo(mark)

    return _place_armchairs_at_table(placer)


def _place_sofa(placer: FurniturePlacer, attempt: int) -> int | None:
    """A sofa at a wall; later attempts take narrow ones and let it stand in the room."""
    widest = max(placer.plan.width, placer.plan.depth) * (0.62 if attempt < 4 else 0.45)
    model = placer.sample_model("sofa", max_width=widest)
    if attempt % 3 < 2:
        return placer.place_against_wall("sofa", model)

    return placer.place_anywhere("sofa", model)


def _place_screen(placer: FurniturePlacer, sofa: int) -> bool:
    """A television on its stand at the wall that the sofa faces."""
    stand_category = "TV stand"
    if not placer.has_category(stand_category):
        stand_category = "sideboard" if placer.has_category("sideboard") else "bench"
    if not placer.can_add(stand_category):
        return False

    seat = placer.pieces[sofa].footprint
    front_x, front_y = seat.point_at(0.0, seat.depth / 2)
    (_, _), (back_x, back_y) = seat.axes
    model = placer.sample_model(stand_category)
    mark = placer.mark()

    for wall in placer.plan.walls:
        if wall.inward[0] * -back_x + wall.inward[1] * -back_y > -0.99:
            continue

        dx = front_x - wall.start[0]
        dy = front_y - wall.start[1]
        along = dx * wall.direction[0] + dy * wall.direction[1]
        distance = dx * wall.inward[0] + dy * wall.inward[1] - model[1][1]
        if not VIEWING_DISTANCES[0] <= distance <= VIEWING_DISTANCES[1]:
            continue

        for shift in (0.0, 0.2, -0.2, 0.45, -0.45):
            place = min(max(along + shift, model[1][0] / 2 + 0.02), wall.length)
            stand = placer.place_at(*model, wall, place)
            if stand is None:
                continue
            if place_on_top(placer, "television", stand, "middle", turn=0.02) is not None:
                return True
            placer.undo(mark)

    return False


def _dress_sofa(placer: FurniturePlacer, sofa: int, table: int | None) -> None:
    """What is around a sofa and its coffee table: rug, armchairs, side table, floor lamp."""
    rng = placer.rng
    if rng.random() < 0.75:
        place_rug(placer, sofa, table)
    if table is not None:
        for _ in range(int(rng.choice(3, p=(0.35, 0.45, 0.2)))):
            _place_armchair(placer, table)
    if rng.random() < 0.55:
        placer.place_beside("side table", sofa, gap=0.04)
    if rng.random() < 0.6:
        placer.place_beside("floor lamp", sofa, gap=0.05)
    if rng.random() < 0.15 and table is None:
        placer.place_in_front_of("ottoman", sofa, 0.3)


def _place_armchair(placer: FurniturePlacer, table: int) -> int | None:
    """An armchair at a side of the coffee table, turned to it."""
    if not placer.can_add("armchair"):
        return None

    info, size = placer.sample_model("armchair")
    center = placer.pieces[table].footprint

    for side in (-1, 1) if placer.rng.random() < 0.5 else (1, -1):
        distance = center.width / 2 + size[1] / 2 + float(placer.rng.uniform(0.2, 0.4))
        x, y = center.point_at(side * distance, float(placer.rng.uniform(0.0, 0.3)))
        turn = float(placer.rng.uniform(-0.35, 0.35))
        yaw = center.yaw - side * math.pi / 2 + turn
        index = placer.try_place(info, size, Footprint(x, y, size[0], size[1], yaw))
        if index is not None:
            return index

    return None


def _place_armchairs_at_table(placer: FurniturePlacer) -> bool:
    """Where no sofa fits: an armchair or two at a wall, and a small table."""
    placed = placer.place_against_wall("armchair")
    if placed is None:
        return False

    placer.place_beside("side table", placed, gap=0.04)
    placer.place_beside("armchair", placed, gap=0.1)
    return True


def place_rug(placer: FurniturePlacer, anchor: int, middle: int | None = None) -> int | None:
    """A rug below the group before a sofa or a bed, square to it; its index or None."""
    if not placer.can_add("rug"):
        return None

    info, size = placer.sample_model("rug")
    footprint = placer.pieces[anchor].footprint
    reach = footprint.depth / 2 + 0.35
    if middle is None:
        reach = footprint.depth / 2 + size[1] / 2 - 0.15

    for shift in (0.0, 0.15, -0.15, 0.3):
        x, y = footprint.point_at(0.0, reach + shift)
        if middle is not None:
            x, y = placer.pieces[middle].footprint.point_at(0.0, shift)
        index = placer.try_place(info, size, Footprint(x, y, size[0], size[1], footprint.yaw))
        if index is not None:
            return index

    return None


def place_bed_group(
    placer: FurniturePlacer, nightstands: int, max_width: float = 2.2
) -> int | None:
    """A bed with its head to the wall and nightstands with lamps beside; the bed's index."""
    if not placer.can_add("bed"):
        return None

    best: tuple[int, int] | None = None
    wanted = nightstands if placer.has_category("nightstand") else 0

    for attempt in range(2 * GROUP_TRIES):
        mark = placer.mark()
        model = placer.sample_model("bed", max_width=max_width if attempt < 4 else 1.3)
        is_last_try = attempt >= GROUP_TRIES + 2
        bed = placer.place_against_wall("bed", model, in_corner=is_last_try or wanted == 0)
        if bed is None:
            continue

        stand_model = placer.sample_model("nightstand") if wanted else None
        stands = [
            stand
            for _ in range(wanted)
            if (stand := placer.place_beside("nightstand", bed, stand_model)) is not None
        ]
        enough = wanted if attempt < GROUP_TRIES else min(wanted, 1)
        if len(stands) >= enough or is_last_try:
            best = (bed, len(stands))
            _dress_nightstands(placer, stands)
            break
        placer.undo(mark)

    return best[0] if best is not None else placer.place_against_wall("bed")


def _dress_nightstands(placer: FurniturePlacer, stands: list[int]) -> None:
    model = placer.sample_model("table lamp") if placer.has_category("table lamp") else None
    for stand in stands:
        if model is not None and placer.rng.random() < 0.8:
            place_on_top(placer, "table lamp", stand, "back", model)


def place_desk_group(placer: FurniturePlacer, seat: str = "office chair") -> int | None:
    """A desk at a wall with a chair and a screen; the desk's index or None."""
    for _ in range(GROUP_TRIES):
        mark = placer.mark()
        desk = placer.place_against_wall("desk")
        if desk is None:
            return None

        seats = (seat, "chair", "stool")
        chosen = next((name for name in seats if placer.has_category(name)), None)
        if chosen is None or place_around(placer, chosen, desk, 1, sides="f"):
            _dress_desk(placer, desk)
            return desk
        placer.undo(mark)

    return None


def _dress_desk(placer: FurniturePlacer, desk: int) -> None:
    rng = placer.rng
    has_monitor = placer.has_category("monitor") and rng.random() < 0.55

    if has_monitor:
        place_on_top(placer, "monitor", desk, "middle", turn=0.05)
        if place_on_top(placer, "keyboard", desk, "front", turn=0.06) is None:
            place_on_top(placer, "keyboard", desk)
        if rng.random() < 0.6:
            placer.place_beside("computer tower", desk, gap=0.03)
    else:
        place_on_top(placer, "laptop", desk, "middle", turn=0.1)
    if rng.random() < 0.7:
        place_on_top(placer, "table lamp", desk, "back")


def place_washing_place(placer: FurniturePlacer) -> int | None:
    """A sink with a mirror above; the sink's index or None."""
    sink = placer.place_against_wall("sink", _sample_basin(placer), gap=0.03)
    if sink is None:
        return None

    top = placer.pieces[sink].top
    if placer.can_add("mirror") and find_wall_behind(placer, sink) is not None:
        room = min(placer.ceiling, 2.15) - max(top + 0.08, 1.15)
        low = [model for model in placer.models["mirror"] if model.size[2] <= room]
        if low:
            info = low[int(placer.rng.integers(len(low)))]
            bottom = max(top + 0.08, 1.15)
            hang_above(placer, "mirror", sink, bottom, model=(info, info.size))

    return sink


def _sample_basin(placer: FurniturePlacer) -> SizedModel | None:
    """A bathroom's sink, where the library has any that is no kitchen unit; else None."""
    basins = [model for model in placer.models.get("sink", []) if not model.is_kitchen_unit]
    if not basins:
        return None

    info = basins[int(placer.rng.integers(len(basins)))]
    return info, info.size
