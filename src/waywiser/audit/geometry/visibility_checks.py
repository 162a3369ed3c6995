"""Checks that several rules share: visibility, unambiguous names, gaps between lengths."""

from collections.abc import Iterable, Mapping
from typing import Any

from waywiser.audit import thresholds
from waywiser.audit.geometry.posed_objects import PosedObject
from waywiser.audit.geometry.recognition import is_conspicuous, is_recognizable, shorter_side
from waywiser.audit.geometry.scene_raster import ImageRaster
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.categories import are_confusable


def require_object(objects: Mapping[int, PosedObject], object_id: Any) -> PosedObject:
    """The object with an id from a program. Raises UnjudgedError if the scene lacks it."""
    if object_id not in objects:
        raise UnjudgedError(f"the scene has no object {object_id!r}")
    return objects[object_id]


def meets_seen_thresholds(raster: ImageRaster, object_id: int, slack: float = 0.0) -> bool:
    """Whether an object is visible by the tasks' definition.

    Args:
        raster: The image.
        object_id: The object's id.
        slack: Tolerances by which the thresholds are lowered; -1 raises them by one tolerance.
    """
    share = raster.share(object_id)
    loosened_share = 1 - slack * thresholds.PIXEL_SHARE_TOLERANCE
    loosened_fraction = slack * thresholds.VISIBLE_FRACTION_TOLERANCE
    if share < thresholds.MIN_PIXEL_SHARE * loosened_share:
        return False

    fraction = raster.visible_fraction(object_id)
    narrow = shorter_side(raster, object_id)
    is_wide_enough = narrow >= thresholds.THIN_SIDE - slack * 2 / raster.camera.height
    shows_enough = fraction >= thresholds.MIN_VISIBLE_FRACTION - loosened_fraction
    is_large = share >= thresholds.LARGE_PIXEL_SHARE * loosened_share and (
        fraction
        >= thresholds.MIN_LARGE_VISIBLE_FRACTION - slack * thresholds.LARGE_FRACTION_TOLERANCE
    )

    return is_wide_enough and (shows_enough or is_large)


def may_be_noticed(raster: ImageRaster, object_id: int, slack: float = 0.0) -> bool:
    """Whether the tasks' definition leaves open that some viewer sees an object.

    Args:
        raster: The image.
        object_id: The object's id.
        slack: Tolerances by which the thresholds are raised.
    """
    share = raster.share(object_id)
    raised_share = 1 + slack * thresholds.PIXEL_SHARE_TOLERANCE
    if share < thresholds.NEGLIGIBLE_PIXEL_SHARE * raised_share:
        return False
    if share >= thresholds.SLIVER_PIXEL_SHARE * raised_share:
        return True

    visible = raster.visible(object_id)
    if visible is not None and visible.pixels < thresholds.MIN_SLIVER_PIXELS:
        return True

    fraction = raster.visible_fraction(object_id)
    raised_fraction = slack * thresholds.VISIBLE_FRACTION_TOLERANCE
    return fraction >= thresholds.SLIVER_VISIBLE_FRACTION + raised_fraction


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
    problems: list[str] = []

    for object_id in ids:
        obj = require_object(raster.objects, object_id)
        if not meets_seen_thresholds(raster, object_id, slack=1):
            problems.append(f"the {obj.category} is hardly seen")
        elif not is_recognizable(raster, object_id):
            problems.append(f"too little of the {obj.category} shows to tell what it is")

        for other in raster.objects.values():
            if other.id == object_id or not are_confusable(other.category, obj.category):
                continue

            if may_be_noticed(raster, other.id, slack=1) or is_conspicuous(raster, other.id):
                problems.append(
                    f"another {other.category} is in view, so {obj.category!r} is ambiguous"
                )
                break

    return problems


def min_comparison_gap(smaller: float, larger: float, relative: float) -> float:
    """The minimum gap between two distances that are compared, in meters.

    Args:
        smaller: One distance in meters.
        larger: The other.
        relative: The minimum relative gap.
    """
    return max(thresholds.MIN_GAP_METERS, relative * min(smaller, larger))
