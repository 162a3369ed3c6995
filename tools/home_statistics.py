"""Counts what simulated homes hold and sets it beside published numbers of real and other homes.

python tools/home_statistics.py --homes 200 --library parametric
"""

import argparse
import json
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.categories import DYNAMIC_CATEGORIES
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.scene import Room, Scene


@dataclass(frozen=True)
class HomeStatistics:
    """What a set of homes holds. Moving things are not counted."""

    num_homes: int
    objects_per_room: list[int]
    objects_per_home: list[int]
    room_areas: dict[str, list[float]]
    """Square meters of the rooms of each use."""
    counts: Counter[str]
    """Objects of each category."""
    sizes: dict[str, list[tuple[float, float, float]]]
    """Width, depth and height of the objects of each category, in meters."""


def measure_homes(homes: list[Scene]) -> HomeStatistics:
    """The statistics of some homes."""
    per_room: list[int] = []
    per_home: list[int] = []
    areas: defaultdict[str, list[float]] = defaultdict(list)
    counts = Counter[str]()
    sizes: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)

    for home in homes:
        things = [thing for thing in home.objects if thing.category not in DYNAMIC_CATEGORIES]
        in_rooms = Counter(thing.room for thing in things)
        per_home.append(len(things))
        per_room += [in_rooms[k] for k in range(len(home.rooms))]
        counts.update(thing.category for thing in things)
        for room in home.rooms:
            areas[room.use].append(floor_area(room))
        for thing in things:
            sizes[thing.category].append(thing.box.size)

    return HomeStatistics(len(homes), per_room, per_home, dict(areas), counts, dict(sizes))


def floor_area(room: Room) -> float:
    """Square meters of a room's floor."""
    points = np.asarray(room.polygon)
    after = np.roll(points, -1, axis=0)
    return float(abs((points[:, 0] * after[:, 1] - points[:, 1] * after[:, 0]).sum()) / 2)


def summarize(statistics: HomeStatistics) -> dict[str, object]:
    """The statistics as plain numbers, for JSON."""
    per_room = np.asarray(statistics.objects_per_room)
    all_areas = np.concatenate([np.asarray(v) for v in statistics.room_areas.values()])
    return {
        "homes": statistics.num_homes,
        "rooms": len(per_room),
        "objects_per_room": _spread(per_room),
        "objects_per_home": _spread(np.asarray(statistics.objects_per_home)),
        "categories": len(statistics.counts),
        "room_area": _spread(all_areas),
        "area_by_use": {
            use: round(float(np.mean(areas)), 1)
            for use, areas in sorted(statistics.room_areas.items())
        },
        "per_hundred_rooms": {
            word: round(100 * count / len(per_room), 1)
            for word, count in statistics.counts.most_common()
        },
        "median_size": {
            word: [round(float(v), 2) for v in np.median(np.asarray(sizes), axis=0)]
            for word, sizes in sorted(statistics.sizes.items())
        },
    }


def _spread(values: np.ndarray) -> dict[str, float]:
    low, middle, high = np.percentile(values, (5, 50, 95))
    return {
        "mean": round(float(values.mean()), 1),
        "p5": round(float(low), 1),
        "median": round(float(middle), 1),
        "p95": round(float(high), 1),
    }


def build_homes(library: FurnitureLibrary, count: int, seed: int) -> list[Scene]:
    """The first homes of a seed."""
    return [build_home_scene(index, seed, "train", library) for index in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--library", default="parametric")
    arguments = parser.parse_args()

    homes = build_homes(open_library(arguments.library), arguments.homes, arguments.seed)
    print(json.dumps(summarize(measure_homes(homes)), indent=2))


if __name__ == "__main__":
    main()
