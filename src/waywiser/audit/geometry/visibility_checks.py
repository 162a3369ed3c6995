"""What several rules need: who is seen, who bears a name alone, comparisons with a gap."""

from collections.abc import Iterable, Mapping
from typing import Any

from waywiser.audit import thresholds
from waywiser.audit.geometry.posed_objects import PosedObject
from waywiser.audit.geometry.scene_raster import ImageRaster
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.categories import are_confusable


def require_object(objects: Mapping[int, PosedObject], object_id: Any) -> PosedObject:
    """The thing with an id from a program. Raises UnjudgedError where the scene has none."""
    if object_id not in objects:
        raise UnjudgedError(f"the scene has no object {object_id!r}")
    return objects[object_id]


def meets_seen_thresholds(raster: ImageRaster, object_id: int, slack: float = 0.0) -> bool:
    """Whether a thing stands above the visibility floor; `slack` 1 lowers the floors by the doubt,
    -1 raises them.
    """
    share = thresholds.MIN_PIXEL_SHARE * (1 - slack * thresholds.PIXEL_SHARE_TOLERANCE)
    visible_fraction = (
        thresholds.MIN_VISIBLE_FRACTION - slack * thresholds.VISIBLE_FRACTION_TOLERANCE
    )

    return (
        raster.share(object_id) >= share and raster.visible_fraction(object_id) >= visible_fraction
    )


def may_be_clearly_visible(raster: ImageRaster, object_id: int) -> bool:
    """Whether a thing is plain to see, the method's doubt granted: 1 % of the picture, 30 %
    unhidden, 15 cm long.
    """
    return (
        raster.share(object_id)
        >= thresholds.MIN_CLEAR_PIXEL_SHARE * (1 - thresholds.PIXEL_SHARE_TOLERANCE)
        and raster.visible_fraction(object_id)
        >= thresholds.MIN_VISIBLE_FRACTION - thresholds.VISIBLE_FRACTION_TOLERANCE
        and max(require_object(raster.objects, object_id).size)
        >= thresholds.MIN_SIZE_CM / 100 - 1e-6
    )


def extent_problems(raster: ImageRaster, ids: Iterable[int]) -> list[str]:
    """Why the extent of each thing cannot be told: cut by the edge, or half hidden."""
    return [
        f"the {require_object(raster.objects, i).category} cannot be told in its extent"
        for i in ids
        if raster.is_cut_off(i)
        or not may_be_clearly_visible(raster, i)
        or raster.visible_fraction(i)
        < thresholds.MIN_EXTENT_VISIBLE_FRACTION - thresholds.VISIBLE_FRACTION_TOLERANCE
    ]


def naming_problems(raster: ImageRaster, ids: Iterable[int]) -> list[str]:
    """Why "the <category>" fails to pick out each thing in a picture: not seen, or another one
    bears the word.
    """
    problems: list[str] = []

    for object_id in ids:
        obj = require_object(raster.objects, object_id)
        if not meets_seen_thresholds(raster, object_id, slack=1):
            problems.append(f"the {obj.category} is hardly seen")

        for other in raster.objects.values():
            is_noticeable = raster.share(other.id) >= thresholds.NEGLIGIBLE_PIXEL_SHARE * (
                1 + thresholds.PIXEL_SHARE_TOLERANCE
            )
            if (
                other.id != object_id
                and is_noticeable
                and are_confusable(other.category, obj.category)
            ):
                problems.append(
                    f"another {other.category} is in view, so {obj.category!r} is ambiguous"
                )
                break

    return problems


def min_comparison_gap(smaller: float, larger: float) -> float:
    """The least gap between two lengths in metres that a comparison needs."""
    return max(thresholds.MIN_GAP_METERS, thresholds.MIN_RELATIVE_GAP * min(smaller, larger))
