"""Whether a viewer sees an object, by the audit's own means.

The tasks count pixels and compare them with the silhouette that the object alone would have. Here
the shape of the visible part decides, and how much of the object's surface it is: a strip a few
pixels wide is hard to tell whatever its area, and a long thin thing is noticed with few pixels. So
the two can disagree, and where they do the sample is reported.
"""

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.scene_raster import ImageRaster


def is_recognizable(raster: ImageRaster, object_id: int) -> bool:
    """Whether the visible part of an object is wide enough, and enough of it, to tell what it is."""
    is_large = raster.share(object_id) >= thresholds.LARGE_PIXEL_SHARE
    min_surface = (
        thresholds.MIN_LARGE_VISIBLE_SURFACE if is_large else thresholds.MIN_VISIBLE_SURFACE
    )
    return (
        shorter_side(raster, object_id) >= thresholds.MIN_RECOGNIZABLE_SIDE
        and raster.visible_surface(object_id) >= min_surface
    )


def is_conspicuous(raster: ImageRaster, object_id: int) -> bool:
    """Whether an object is noticed for its length, although it covers few pixels."""
    _, long = _visible_sides(raster, object_id)
    return (
        long >= thresholds.MIN_CONSPICUOUS_SIDE
        and raster.visible_fraction(object_id) >= thresholds.MIN_CONSPICUOUS_FRACTION
    )


def shorter_side(raster: ImageRaster, object_id: int) -> float:
    """Shorter side of the visible part's bounds, over the height of the picture."""
    return _visible_sides(raster, object_id)[0]


def _visible_sides(raster: ImageRaster, object_id: int) -> tuple[float, float]:
    """Shorter and longer side of the visible part's bounds, over the height of the picture."""
    visible = raster.visible(object_id)
    if visible is None:
        return 0.0, 0.0

    left, top, right, bottom = visible.bounds
    narrow, long = sorted(np.array([right - left, bottom - top]) / raster.camera.height)
    return float(narrow), float(long)
