"""What makes a room lived in: pictures and clocks on walls, small things on all surfaces."""

from waywiser.scenes.procedural.placement import FurniturePlacer
from waywiser.scenes.procedural.surface_placement import Spot, place_in_shelf, place_on_top
from waywiser.scenes.procedural.wall_placement import hang_above, hang_somewhere

PICTURE_HEIGHT = 1.55
"""Height of the middle of pictures, in meters."""

_SURFACE_THINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "coffee table": (("book", 0.6), ("cup", 0.5), ("vase", 0.3), ("candle", 0.3), ("bowl", 0.3)),
    "side table": (("table lamp", 0.5), ("cup", 0.4), ("book", 0.4), ("telephone", 0.15)),
    "nightstand": (("table lamp", 0.4), ("book", 0.6), ("cup", 0.4), ("photo frame", 0.3)),
    "table": (
        ("fruit bowl", 0.35),
        ("vase", 0.35),
        ("plate", 0.45),
        ("cup", 0.5),
        ("bottle", 0.3),
        ("candle", 0.25),
        ("bowl", 0.25),
    ),
    "desk": (("book", 0.7), ("cup", 0.5), ("plant", 0.25), ("photo frame", 0.25), ("bottle", 0.2)),
    "TV stand": (("game console", 0.3), ("plant", 0.2), ("speaker", 0.2), ("vase", 0.2)),
    "dresser": (("table lamp", 0.4), ("photo frame", 0.5), ("vase", 0.3), ("television", 0.12)),
    "sideboard": (
        ("vase", 0.5),
        ("photo frame", 0.4),
        ("plant", 0.4),
        ("candle", 0.4),
        ("radio", 0.25),
        ("table lamp", 0.3),
    ),
    "filing cabinet": (("plant", 0.4), ("book", 0.4), ("fan", 0.2)),
    "shoe rack": (("basket", 0.2), ("plant", 0.2), ("telephone", 0.15)),
    "washing machine": (("bottle", 0.5), ("bottle", 0.3)),
    "wall shelf": (("book", 0.6), ("plant", 0.4), ("photo frame", 0.4), ("candle", 0.4)),
    "toy box": (("teddy bear", 0.4), ("toy car", 0.3)),
    "kitchen island": (("fruit bowl", 0.5), ("cup", 0.5), ("bottle", 0.4)),
    "kitchen cabinet": (("bottle", 0.15), ("cup", 0.2)),
    "piano": (("photo frame", 0.4), ("vase", 0.2)),
    "bench": (("cushion", 0.3),),
}
_SHELF_THINGS = ("book", "vase", "photo frame", "plant", "candle", "globe", "bowl", "radio")
_WALL_THINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "living room": (
        ("framed picture", 0.9),
        ("framed picture", 0.6),
        ("framed picture", 0.4),
        ("clock", 0.3),
    ),
    "living-dining room": (("framed picture", 0.9), ("framed picture", 0.5), ("clock", 0.4)),
    "dining room": (
        ("framed picture", 0.9),
        ("framed picture", 0.5),
        ("clock", 0.4),
        ("mirror", 0.2),
    ),
    "bedroom": (("framed picture", 0.7), ("framed picture", 0.4), ("mirror", 0.3), ("clock", 0.2)),
    "children's room": (
        ("framed picture", 0.8),
        ("wall shelf", 0.6),
        ("framed picture", 0.5),
        ("clock", 0.2),
    ),
    "office": (
        ("wall shelf", 0.5),
        ("framed picture", 0.7),
        ("clock", 0.5),
        ("framed picture", 0.3),
    ),
    "kitchen": (("clock", 0.6), ("framed picture", 0.3), ("wall shelf", 0.3)),
    "bathroom": (("mirror", 0.5), ("wall shelf", 0.25), ("wall lamp", 0.2)),
    "hall": (("framed picture", 0.6), ("framed picture", 0.3), ("wall lamp", 0.3), ("clock", 0.2)),
    "storage room": (("wall shelf", 0.5), ("clock", 0.2)),
    "studio": (("framed picture", 0.8), ("wall shelf", 0.5), ("clock", 0.4), ("mirror", 0.3)),
}
_HEIGHTS = {
    "clock": 1.85,
    "mirror": 1.5,
    "wall shelf": 1.5,
    "wall lamp": 1.7,
    "framed picture": 1.55,
}
_ABOVE = ("sofa", "bed", "sideboard", "dresser", "desk", "TV stand", "shoe rack")
"""What pictures and shelves are hung above."""


def decorate_walls(placer: FurniturePlacer, use: str) -> None:
    """Pictures, clocks, mirrors and shelves at usual heights, often above low furniture."""
    rng = placer.rng

    for category, probability in _WALL_THINGS[use]:
        if rng.random() > probability or not placer.can_add(category):
            continue
        prefers_furniture = category in ("framed picture", "wall shelf") and rng.random() < 0.6
        if not (prefers_furniture and _hang_above_furniture(placer, category)):
            hang_somewhere(placer, category, _HEIGHTS[category])


def _hang_above_furniture(placer: FurniturePlacer, category: str) -> bool:
    anchors = [k for k, piece in enumerate(placer.pieces) if piece.category in _ABOVE]
    placer.rng.shuffle(anchors)
    model = placer.sample_model(category)
    height = model[1][2]

    for anchor in anchors[:3]:
        low = max(placer.pieces[anchor].top + 0.15, PICTURE_HEIGHT - height / 2, 1.02)
        if low + height > min(2.18, placer.ceiling - 0.1):
            continue
        for shift in (0.0, 0.35, -0.35):
            if hang_above(placer, category, anchor, low, shift, model) is not None:
                return True

    return False


def place_cushions(placer: FurniturePlacer) -> None:
    """Pillows at the head of beds, cushions on sofas and armchairs."""
    rng = placer.rng

    for index in range(len(placer.pieces)):
        piece = placer.pieces[index]
        if piece.category not in ("bed", "sofa", "armchair", "crib"):
            continue
        if not placer.can_add("cushion"):
            return

        model = placer.sample_model("cushion")
        count = {"bed": 1 + (piece.size[0] > 1.3), "sofa": int(rng.integers(1, 5))}
        for _ in range(count.get(piece.category, int(rng.random() < 0.3))):
            spot: Spot = "back" if piece.category in ("bed", "crib") else "seat"
            place_on_top(placer, "cushion", index, spot, model, turn=0.15)

    for index in range(len(placer.pieces)):
        if placer.pieces[index].category in ("bed", "sofa") and rng.random() < 0.15:
            place_on_top(placer, "blanket", index, "front")


def place_small_things(placer: FurniturePlacer, share: float, several_share: float) -> None:
    """Small things on tables, cabinets and shelves.

    Args:
        placer: The furnished room.
        share: Share of the usual things that are there.
        several_share: Probability that things people own several of come in several.
    """
    rng = placer.rng
    order = rng.permutation(len(placer.pieces)).tolist()

    for index in order:
        for category, probability in _SURFACE_THINGS.get(placer.pieces[index].category, ()):
            if rng.random() > probability * share:
                continue
            count = 1
            if category in ("book", "cup", "plate", "candle", "bottle"):
                count += int(rng.integers(0, 3)) * int(rng.random() < several_share)
            spot: Spot = "back" if category in ("table lamp", "photo frame") else "any"
            for _ in range(count):
                place_on_top(placer, category, index, spot)

    for index in order:
        if placer.pieces[index].category == "bookcase":
            fill_bookcase(placer, index, int(rng.integers(2, 6)))


def fill_bookcase(placer: FurniturePlacer, anchor: int, count: int) -> None:
    """Books and other small things on the boards of a bookcase."""
    for _ in range(count):
        is_book = placer.rng.random() < 0.55
        category = _SHELF_THINGS[0 if is_book else int(placer.rng.integers(len(_SHELF_THINGS)))]
        place_in_shelf(placer, category, anchor)
