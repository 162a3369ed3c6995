"""Tasks of several steps about a video: turns as quotients of complex steps, rooms by winding."""

import cmath
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.certified_distance import certified_box_distance
from waywiser.audit.geometry.clip_raster import ClipRaster
from waywiser.audit.geometry.pinhole import pinhole_from_camera
from waywiser.audit.geometry.posed_objects import PosedObject, points_in_outline
from waywiser.audit.geometry.recognition import is_recognizable
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.geometry.visibility_checks import require_object
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError
from waywiser.scenes.categories import are_confusable
from waywiser.scenes.scene import Scene

Inputs = Mapping[str, Any]

_PATH_SPACING = 0.07
"""Distance between the points of a walk that are held to be in its room, in meters."""
_MOVES = {
    "walk": (((0, 1, 1, 2),), ((0, 1),), (0, 1)),
    "shift": (((0, 1, 2, 3),), ((0, 2),), (0, 2)),
    "legs": (((0, 1, 1, 2), (1, 2, 2, 3)), ((0, 1), (1, 2)), (0, 1, 2)),
}
"""For each move its turns (heading from, to, then from, to), its walks, and where one stands."""


def turn_after_move(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The turns between headings, which are differences of complex floor positions."""
    if inputs["move"] not in _MOVES:
        raise UnjudgedError(f"there is no move {inputs['move']!r}")

    turns, walks, stood = _MOVES[inputs["move"]]
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    stops = [require_object(clip_raster.objects, i) for i in inputs["objects"]]
    places = [complex(*stop.center[:2]) for stop in stops]
    angles = [
        math.degrees(cmath.phase((places[d] - places[c]) / (places[b] - places[a])))
        for a, b, c, d in turns
    ]
    margins = [min(abs(angle), abs(abs(angle) - thresholds.MIN_BACK_ANGLE)) for angle in angles]
    problems = clip_raster.naming_problems(inputs["objects"])
    problems += [
        f"object {s.id} moves in the clip" for s in stops if s.id in clip_raster.moving_ids
    ]
    problems += _stop_problems(stops, stood)
    problems += _walk_problems(scene_raster.scene, stops, walks)

    low, high = thresholds.STEP_TURN_RANGE
    if any(not low - 0.01 <= abs(angle) <= high + 0.01 for angle in angles):
        problems.append("a turn is hardly one, or right about")

    low, high = thresholds.STEP_LENGTH_RANGE
    used = {pair for a, b, c, d in turns for pair in ((a, b), (c, d))} | set(walks)
    if any(not low - 1e-3 <= abs(places[j] - places[i]) <= high + 1e-3 for i, j in used):
        problems.append("two of the objects are too near or too far apart")

    return DerivedAnswer(
        ", then ".join(_turn_word(angle) for angle in angles),
        margin=min(margins),
        minimum=thresholds.MIN_ANGLE_MARGIN,
        margin_tolerance=0.01,
        problems=tuple(problems[:3]),
    )


def _turn_word(left: float) -> str:
    """The word for a turn, in degrees to the left."""
    if abs(left) >= thresholds.MIN_BACK_ANGLE:
        return "back"
    return "left" if left > 0 else "right"


def _stop_problems(stops: Sequence[PosedObject], stood: Sequence[int]) -> list[str]:
    """Why one would not stand at these, or not face them."""
    problems: list[str] = []

    if any(
        certified_box_distance(a, b) < thresholds.MIN_STAND_DISTANCE - 1e-3
        for a, b in combinations(stops, 2)
    ):
        problems.append("two of the objects touch or nearly so")
    if any(stop.center[2] > thresholds.MAX_FACED_HEIGHT + 1e-6 for stop in stops):
        problems.append("one of the objects hangs too high to face it")

    for stop in (stops[i] for i in stood):
        bottom = stop.center[2] - stop.size[2] / 2
        if bottom > thresholds.MAX_FLOOR_GAP + 1e-6:
            problems.append(f"the {stop.category} does not stand on the floor")
        if stop.size[2] < thresholds.MIN_LANDMARK_HEIGHT - 1e-6:
            problems.append(f"the {stop.category} is too low to walk up to")

    return problems


def _walk_problems(
    scene: Scene, stops: Sequence[PosedObject], walks: Sequence[tuple[int, int]]
) -> list[str]:
    """Whether the objects are of several rooms, or a walk leaves theirs."""
    rooms = {stop.room for stop in stops}
    if len(rooms) != 1 or not 0 <= min(rooms) < len(scene.rooms):
        return ["the objects are not of one room"]

    outline = scene.rooms[min(rooms)].polygon
    for i, j in walks:
        ends = np.array([stops[i].center[:2], stops[j].center[:2]])
        count = 2 + math.ceil(float(np.linalg.norm(ends[1] - ends[0])) / _PATH_SPACING)
        shares = np.linspace(0, 1, count)[:, None]
        if not points_in_outline(outline, ends[0] * (1 - shares) + ends[1] * shares).all():
            return ["a walk leaves the room"]

    return []


def room_comparison(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Count the instances whose floor points lie in each room's outline, all of them seen."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    scene = scene_raster.scene
    categories = inputs["categories"]
    rooms = inputs["rooms"]
    if not all(0 <= room < len(scene.rooms) for room in rooms):
        raise UnjudgedError(f"the scene does not have the rooms {rooms!r}")

    groups = {room: _instances(scene, clip_raster.objects, categories, room) for room in rooms}
    ids = [obj.id for group in groups.values() for obj in group]
    totals = {room: len(group) for room, group in groups.items()}
    *_, second, first = sorted(totals.values())
    problems = _room_problems(scene, clip_raster, rooms)

    if set(ids) != set(inputs["objects"]):
        problems.append("the instances are not those of the program")
    if min(totals.values()) == 0 and first < thresholds.MIN_BESIDE_NONE:
        problems.append("there is a single thing to count")

    problems += [
        f"object {i} is never surely seen" for i in ids if not _is_ever_seen(clip_raster, i)
    ]
    problems += [f"object {i} moves in the clip" for i in ids if i in clip_raster.moving_ids]
    problems += _word_problems(clip_raster, categories)
    fullest = max(totals, key=lambda room: totals[room])

    return DerivedAnswer(
        scene.rooms[fullest].use,
        margin=float(first - second),
        minimum=1.0,
        problems=tuple(problems[:3]),
    )


def _instances(
    scene: Scene, objects: Mapping[int, PosedObject], categories: Sequence[str], room: int
) -> list[PosedObject]:
    """The instances of some kinds whose center lies over a room's floor.

    What hangs on a wall may have its center in no outline: it is where it says it is.
    """
    found: list[PosedObject] = []

    for obj in objects.values():
        if obj.category not in categories:
            continue

        place = np.array([obj.center[:2]])
        around = [k for k, r in enumerate(scene.rooms) if points_in_outline(r.polygon, place)[0]]
        if room in around or (not around and obj.room == room):
            found.append(obj)

    return found


def _room_problems(scene: Scene, clip_raster: ClipRaster, rooms: Sequence[int]) -> list[str]:
    """Why a room cannot be told by its name, or is not walked through."""
    uses = Counter(room.use for room in scene.rooms)
    places = np.array([pinhole_from_camera(c).center[:2] for c in clip_raster.clip.cameras])
    problems: list[str] = []

    for room in rooms:
        use = scene.rooms[room].use
        if not use or uses[use] > 1:
            problems.append(f"{use!r} does not name one room")

        signs = _instances(scene, clip_raster.objects, thresholds.ROOM_SIGNS.get(use, ()), room)
        if not any(_is_ever_seen(clip_raster, obj.id) for obj in signs):
            problems.append(f"nothing that is seen tells that the room is a {use}")

        inside = int(points_in_outline(scene.rooms[room].polygon, places).sum())
        if inside < thresholds.MIN_FRAMES_INSIDE:
            problems.append(f"the camera stands in the {use} for {inside} frames only")

    return problems


def _is_ever_seen(clip_raster: ClipRaster, object_id: int) -> bool:
    """Whether every viewer sees the object in some frame, and can tell what it is."""
    frame = clip_raster.first_seen(object_id, slack=1)
    return frame is not None and any(
        is_recognizable(raster, object_id) for raster in clip_raster.rasters[frame:]
    )


def _word_problems(clip_raster: ClipRaster, categories: Sequence[str]) -> list[str]:
    """Things in view that people could take for one of the kinds."""
    words = {clip_raster.objects[i].category for i in clip_raster.noticeable_ids()}
    return [
        f"a {word} comes into view, which people could take for a {category}"
        for category in categories
        for word in sorted(words.difference(categories))
        if are_confusable(word, category)
    ]
