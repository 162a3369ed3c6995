"""Checks that several rules share: visibility, unambiguous names, gaps between lengths."""

from collections.abc import Iterable, Mapping
from typing import Any

from waywiser.audit import thresholds
from waywiser.audit.geometry.posed_objects import PosedObject
from waywiser.audit.geometry.scene_raster import ImageRaster
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.categories import are_confusable


def require_object(objects: Mapping[int, PosedObject], object_id: Any) -> PosedObject:
    """The object with an id from a program. Raises UnjudgedError if the scene lacks it."""
    if object_id not in objects:
        raise UnjudgedError(f"the scene has no object {object_id!r}")
    return objects[object_id]


def meets_seen_thresholds(raster: ImageRaster, object_id: int, slack: float = 0.0) -> bool:
    """Whether an object is visible enough to be asked about.

    Args:
        raster: The image.
        object_id: The object's id.
        slack: Tolerances by which the thresholds are lowered; -1 raises them by one tolerance.
    """
    share = thresholds.MIN_PIXEL_SHARE * (1 - slack * thresholds.PIXEL_SHARE_TOLERANCE)
    visible_fraction = (
        thresholds.MIN_VISIBLE_FRACTION - slack * thresholds.VISIBLE_FRACTION_TOLERANCE
    )

    return (
        raster.share(object_id) >= share and raster.visible_fraction(object_id) >= visible_fraction
    )


def may_be_clearly_visible(raster: ImageRaster, object_id: int) -> bool:
    """Whether an object is clearly visible, allowing for the audit's tolerances.

    It covers at least 1 % of the image, at least 30 % of it is not occluded, and it is at least
    15 cm long.
    """
    min_share = thresholds.MIN_CLEAR_PIXEL_SHARE * (1 - thresholds.PIXEL_SHARE_TOLERANCE)
    min_fraction = thresholds.MIN_VISIBLE_FRACTION - thresholds.VISIBLE_FRACTION_TOLERANCE
    min_length = thresholds.MIN_SIZE_CM / 100 - 1e-6

    return (
        raster.share(object_id) >= min_share
        and raster.visible_fraction(object_id) >= min_fraction
        and max(require_object(raster.objects, object_id).size) >= min_length
    )


def extent_problems(raster: ImageRaster, ids: Iterable[int]) -> list[str]:
    """Why the extent of an object cannot be seen: cut off, not clearly visible or half occluded."""
    min_fraction = thresholds.MIN_EXTENT_VISIBLE_FRACTION - thresholds.VISIBLE_FRACTION_TOLERANCE
    problems: list[str] = []

    for i in ids:
        if (
            raster.is_cut_off(i)
            or not may_be_clearly_visible(raster, i)
            or raster.visible_fraction(i) < min_fraction
        ):
            category = require_object(raster.objects, i).category
            problems.append(f"the {category} cannot be told in its extent")

    return problems


def naming_problems(raster: ImageRaster, ids: Iterable[int]) -> list[str]:
    """Why "the <category>" is ambiguous for an object in an image: barely visible, or not
    unique.
    """
    negligible_share = thresholds.NEGLIGIBLE_PIXEL_SHARE * (1 + thresholds.PIXEL_SHARE_TOLERANCE)
    problems: list[str] = []

    for object_id in ids:
        obj = require_object(raster.objects, object_id)
        if not meets_seen_thresholds(raster, object_id, slack=1):
            problems.append(f"the {obj.category} is hardly seen")

        for other in raster.objects.values():
            if other.id == object_id or raster.share(other.id) < negligible_share:
                continue

            if are_confusable(other.category, obj.category):
                problems.append(
                    f"another {other.category} is in view, so {obj.category!r} is ambiguous"
                )
                break

    return problems


def min_comparison_gap(smaller: float, larger: float) -> float:
    """The minimum gap between two lengths that are compared, in meters."""
    return max(thresholds.MIN_GAP_METERS, thresholds.MIN_RELATIVE_GAP * min(smaller, larger))
