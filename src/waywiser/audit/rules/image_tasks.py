"""Tasks about one image, derived from the audit's own rasterizer and from mesh vertices."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.certified_distance import certified_box_distance
from waywiser.audit.geometry.recognition import is_conspicuous, is_recognizable
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster, VisibleObject
from waywiser.audit.geometry.visibility_checks import (
    extent_problems,
    may_be_noticed,
    meets_seen_thresholds,
    min_comparison_gap,
    naming_problems,
    require_object,
)
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError
from waywiser.scenes.categories import are_confusable

Inputs = Mapping[str, Any]


def object_count(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Count the visible instances of a category; no instance may be visible but below the
    threshold.
    """
    raster = scene_raster.image(inputs["camera"])
    category = inputs["category"]
    group = [obj.id for obj in raster.objects.values() if obj.category == category]
    sure, known, possible = (
        sum(meets_seen_thresholds(raster, i, slack) for i in group) for slack in (-1, 0, 1)
    )

    noticed = [i for i in group if may_be_noticed(raster, i, slack=1)]
    shares = [raster.share(i) for i in noticed]
    problems = [
        f"object {i} is noticed and not surely seen"
        for i in group
        if not meets_seen_thresholds(raster, i, slack=1)
        and (i in noticed or is_conspicuous(raster, i))
    ]
    problems += [
        f"too little of object {i} shows to tell what it is"
        for i in group
        if meets_seen_thresholds(raster, i, slack=-1) and not is_recognizable(raster, i)
    ]
    problems += [
        f"a {obj.category} is in view too, which people could take for a {category}"
        for obj in raster.objects.values()
        if obj.category != category
        and are_confusable(obj.category, category)
        and may_be_noticed(raster, obj.id, slack=1)
    ]

    return DerivedAnswer(
        known,
        accepted=tuple(range(sure, possible + 1)),
        margin=min(shares, default=1.0) - thresholds.MIN_PIXEL_SHARE if shares else None,
        minimum=0.0,
        margin_tolerance=thresholds.PIXEL_SHARE_TOLERANCE * thresholds.MIN_PIXEL_SHARE
        + 0.03 * min(shares, default=0.0),
        problems=tuple(problems[:1]),
    )


def left_right(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Which mask is left of the other, and the gap between them in columns."""
    return _compare_sides(scene_raster, inputs, axis=0, words=("left", "right"))


def above_below(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Which mask is above the other, and the gap between them in rows."""
    return _compare_sides(scene_raster, inputs, axis=1, words=_vertical_words(inputs))


def _vertical_words(inputs: Inputs) -> tuple[str, str]:
    """The words for up and down that the question offers; older ones say "above" and "below"."""
    return ("above", "below") if "above" in inputs.get("shown", ()) else ("higher", "lower")


def _compare_sides(
    scene_raster: SceneRaster, inputs: Inputs, axis: int, words: tuple[str, str]
) -> DerivedAnswer:
    raster = scene_raster.image(inputs["camera"])
    a, b = _object_pair(inputs)
    one = _require_visible(raster, a)
    two = _require_visible(raster, b)
    side = (raster.camera.width, raster.camera.height)[axis]
    gap = max(one.bounds[axis] - two.bounds[axis + 2], two.bounds[axis] - one.bounds[axis + 2])

    return DerivedAnswer(
        words[0] if one.center[axis] < two.center[axis] else words[1],
        margin=gap / side,
        minimum=thresholds.MIN_MASK_GAP,
        margin_tolerance=2.5 / side,
        problems=tuple(naming_problems(raster, (a, b))),
    )


def depth_order(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Whose nearest visible point is nearer; depth along the axis and straight distance must
    agree.
    """
    raster = scene_raster.image(inputs["camera"])
    a, b = _object_pair(inputs)
    one = _require_visible(raster, a)
    two = _require_visible(raster, b)
    near, far = (one, two) if one.depth < two.depth else (two, one)
    problems = naming_problems(raster, (a, b))

    relative_gap = thresholds.MIN_RELATIVE_DEPTH_GAP
    distance_gap = min_comparison_gap(near.distance, far.distance, relative_gap)
    if near.distance + thresholds.DEPTH_TOLERANCE + distance_gap > far.distance + 0.05:
        problems.append("the straight distances are not told apart")

    return DerivedAnswer(
        require_object(raster.objects, a if near is one else b).category,
        margin=far.depth - near.depth,
        minimum=min_comparison_gap(near.depth, far.depth, relative_gap),
        margin_tolerance=thresholds.DEPTH_TOLERANCE,
        problems=tuple(problems),
    )


def camera_distance(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Straight distance to the nearest visible point, by unprojecting every pixel of the
    z-buffer.
    """
    raster = scene_raster.image(inputs["camera"])
    visible = _require_visible(raster, inputs["object"])
    problems = naming_problems(raster, (inputs["object"],))

    if raster.is_cut_off(inputs["object"]):
        problems.append("it is cut by the picture's edge, where a nearer point may lie")
    if visible.distance < thresholds.MIN_CAMERA_DISTANCE - thresholds.DEPTH_TOLERANCE:
        problems.append("it is too near for its rounding")
    if visible.distance > thresholds.MAX_CAMERA_DISTANCE + thresholds.DEPTH_TOLERANCE:
        problems.append("it is too far away for an eye")

    return DerivedAnswer(
        visible.distance, tolerance=thresholds.DEPTH_TOLERANCE, step=0.1, problems=tuple(problems)
    )


def object_size(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The longest extent of the model's vertices, as placed in the world, along the box's axes."""
    raster = scene_raster.image(inputs["camera"])
    longest = 100 * float(vertex_extents(scene_raster, raster, inputs["object"]).max())
    problems = naming_problems(raster, (inputs["object"],))

    min_fraction = 0.9 - thresholds.VISIBLE_FRACTION_TOLERANCE
    cut_off = raster.is_cut_off(inputs["object"])
    if cut_off or raster.visible_fraction(inputs["object"]) < min_fraction:
        problems.append("it is not wholly seen")

    if longest < thresholds.MIN_SIZE_CM - 0.01:
        problems.append("it is too small to measure")

    return DerivedAnswer(longest, tolerance=0.02, step=1.0, problems=tuple(problems))


def relative_distance(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Which candidate's box is closest to the anchor's, by the certified numeric distance."""
    raster = scene_raster.image(inputs["camera"])
    anchor = require_object(raster.objects, inputs["anchor"])
    candidates = [require_object(raster.objects, i) for i in inputs["candidates"]]
    distances = [certified_box_distance(anchor, candidate) for candidate in candidates]
    problems = naming_problems(raster, (anchor.id, *inputs["candidates"]))
    problems += extent_problems(raster, (anchor.id, *inputs["candidates"]))
    stored = inputs.get("exact_m", distances)

    if len(stored) != len(distances) or np.abs(np.array(stored) - distances).max() > 1e-3:
        rounded = [round(distance, 4) for distance in distances]
        problems.append(f"the stored distances {stored} m are {rounded} m")

    nearest, second = sorted(distances)[:2]
    if nearest < thresholds.MIN_ANCHOR_DISTANCE - 1e-3:
        problems.append("the nearest one touches the anchor or nearly so")

    return DerivedAnswer(
        candidates[int(np.argmin(distances))].category,
        margin=second - nearest,
        minimum=min_comparison_gap(nearest, second, thresholds.MIN_RELATIVE_GAP),
        margin_tolerance=1e-3,
        problems=tuple(problems),
    )


def size_comparison(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Whose vertices in the world span more: upward, or along the longer horizontal side of the
    box.
    """
    raster = scene_raster.image(inputs["camera"])
    ids = (inputs["a"], inputs["b"])
    spans = [vertex_extents(scene_raster, raster, i) for i in ids]
    measure = {"height": lambda span: span[2], "length": lambda span: max(span[:2])}[inputs["axis"]]
    one, two = (float(measure(span)) for span in spans)

    return DerivedAnswer(
        require_object(raster.objects, ids[0] if one > two else ids[1]).category,
        margin=abs(one - two),
        minimum=max(
            thresholds.MIN_SIZE_GAP_METERS, thresholds.MIN_RELATIVE_SIZE_GAP * min(one, two)
        ),
        margin_tolerance=1e-3,
        problems=tuple(naming_problems(raster, ids) + extent_problems(raster, ids)),
    )


def vertex_extents(scene_raster: SceneRaster, raster: ImageRaster, object_id: Any) -> np.ndarray:
    """(3,) extent of an object's vertices along its box's width, depth and height, in meters."""
    obj = require_object(raster.objects, object_id)
    vertices, _ = scene_raster.meshes.triangles(obj.model)
    return np.ptp(obj.to_local(obj.to_world(vertices)), axis=0)


def _object_pair(inputs: Inputs) -> tuple[int, int]:
    a, b = inputs["objects"] if "objects" in inputs else (inputs["a"], inputs["b"])
    return a, b


def _require_visible(raster: ImageRaster, object_id: Any) -> VisibleObject:
    visible = raster.visible(require_object(raster.objects, object_id).id)
    if visible is None:
        raise UnjudgedError(f"object {object_id} does not show in the picture")
    return visible
