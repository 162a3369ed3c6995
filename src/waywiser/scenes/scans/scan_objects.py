"""The labeled objects of a scan: categories, ids and boxes, checked one record at a time."""

from collections import Counter
from typing import Any

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.scans.box_kinds import AMBIGUOUS, MEASURED_BOX, OBSERVED_BOX
from waywiser.scenes.scans.category_names import normalize_category
from waywiser.scenes.scans.coordinates import Floats, parse_upright_box
from waywiser.scenes.scans.safe_io import ScanItemError
from waywiser.scenes.scene import Box, Object

MAX_OBJECTS = 5_000
"""Objects of a scan, at most."""
NO_BOX = Box(center=(0.0, 0.0, 0.0), size=(0.0, 0.0, 0.0))
"""The box of an object that was scanned without one."""


def parse_objects(
    records: Any,
    z_from_world: Floats,
    floor: float,
    *,
    yaw_allowed: bool,
    has_instance_ids: bool,
    dropped: Counter[str],
) -> list[Object]:
    """The usable objects of a scan.

    A category of an unusable record makes all objects of confusable categories `AMBIGUOUS`.

    Args:
        records: The `objects` of the scan's file, not yet checked.
        z_from_world: (3, 3) rotation from the scan's world to one with Z up.
        floor: Height of the floor in that world, in meters.
        yaw_allowed: Whether boxes may give a yaw, which needs Z to be up in the scan's world.
        has_instance_ids: Whether frames have instance ids, so that an object needs no box.
        dropped: Counts the unusable records by reason; updated in place.

    Returns:
        Objects in the frame of a `Scene`; those without a box have `NO_BOX`.

    Raises:
        ScanItemError: The records are not a list, or too many.
    """
    if not isinstance(records, list) or len(records) > MAX_OBJECTS:
        raise ScanItemError(f"has objects that are not a list of at most {MAX_OBJECTS}")

    ambiguous_words = set[str]()
    ids = Counter(r["id"] for r in records if isinstance(r, dict) and type(r.get("id")) is int)
    objects: list[Object] = []
    boxes = set[tuple[str, Box | None]]()

    for record in records:
        try:
            word, number = _parse_label(record)
        except ScanItemError as error:
            dropped[str(error)] += 1
            continue

        box = None
        problem = "has neither a box nor instance ids"

        try:
            if not 1 <= number <= 65535 or ids[number] > 1:
                raise ScanItemError(
                    "has an id that is used twice, or not an integer from 1 to 65535"
                )
            if record.get("box") is not None:
                box = parse_upright_box(record["box"], z_from_world, floor, yaw_allowed)
            # Two ids in the frames are two things, whatever their boxes say.
            if box is not None and not has_instance_ids and (word, box) in boxes:
                dropped["is listed twice, under two ids"] += 1
                continue
            boxes.add((word, box))
        except ScanItemError as error:
            problem = str(error)
            dropped[problem] += 1
            is_usable = has_instance_ids and "box" in problem
        else:
            is_usable = box is not None or has_instance_ids
            if not is_usable:
                dropped[problem] += 1

        if not is_usable:
            ambiguous_words.add(word)
            continue

        model = MEASURED_BOX if box else OBSERVED_BOX
        objects.append(Object(id=number, category=word, model=model, box=box or NO_BOX))

    return [_mark_if_ambiguous(obj, ambiguous_words) for obj in objects]


def _mark_if_ambiguous(obj: Object, ambiguous_words: set[str]) -> Object:
    """The object, `AMBIGUOUS` if an unusable one could be called by its word."""
    if any(are_confusable(obj.category, word) for word in ambiguous_words):
        return obj.model_copy(update={"model": AMBIGUOUS})
    return obj


def _parse_label(record: Any) -> tuple[str, int]:
    """The category and the id of an object, -1 for an id that is not an integer.

    Raises ScanItemError for a record of another shape, or a category that cannot be used.
    """
    if not isinstance(record, dict) or not {"id", "category"} <= set(record) <= {
        "id",
        "category",
        "box",
    }:
        raise ScanItemError("is not a mapping of id, category and box")

    return normalize_category(record["category"]), record["id"] if type(record["id"]) is int else -1
