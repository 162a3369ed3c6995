"""What the rooms of a home are for, and their furniture by that use."""

import numpy as np

from waywiser.scenes import _themes
from waywiser.scenes._furnishing import Furnishing

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
SMALL_ROOMS = ("bathroom", "storage")


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
        _themes.several(room)
    if use == "studio":
        _themes.bedroom(room)
        _themes.living(room)
    else:
        _THEMES[use](room)
    _themes.decorate(room, float(rng.uniform(0.3, 0.9)))
    odd = [category for category in _ODD[use] if room.has(category)]
    wanted = int(rng.integers(least, room.most + 1))
    for _ in range(2 * wanted):
        if len(room.pieces) >= wanted or not odd:
            break
        _themes.add(room, odd[int(rng.integers(len(odd)))])
    for _ in range(60):  # a room that came out too empty takes small things, which always find a place
        if len(room.pieces) >= least:
            break
        _themes.add(room, ("stool", "trash can", "box", "plant")[int(rng.integers(4))])
