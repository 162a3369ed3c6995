"""Tasks about one picture, derived from the audit's own rasteriser and from mesh vertices."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.boxes import box_distance
from waywiser.audit.rules.common import outlined, seen, thing, told_apart, unnamed
from waywiser.audit.sight import Shown, Sight, World
from waywiser.audit.verdicts import Derived, UnjudgedError
from waywiser.scenes.categories import confusable

Inputs = Mapping[str, Any]


def object_count(world: World, inputs: Inputs) -> Derived:
    """Instances of a category that stand above the visibility floor; none may show as more than a speck below it."""
    sight, category = world.image(inputs["camera"]), inputs["category"]
    group = [t.id for t in sight.stage.values() if t.category == category]
    doubt = 1 + limits.SHARE_DOUBT
    sure, known, possible = (sum(seen(sight, i, slack) for i in group) for slack in (-1, 0, 1))
    shares = [sight.share(i) for i in group if sight.share(i) >= limits.SPECK_SHARE * doubt]
    problems = [
        f"a {t.category} is in view too, which people could take for a {category}"
        for t in sight.stage.values()
        if t.category != category
        and confusable(t.category, category)
        and sight.share(t.id) >= limits.SPECK_SHARE * doubt
    ]
    return Derived(
        known,
        accepted=tuple(range(sure, possible + 1)),
        margin=min(shares, default=1.0) - limits.SEEN_SHARE if shares else None,
        least=0.0,
        margin_tolerance=limits.SHARE_DOUBT * limits.SEEN_SHARE + 0.03 * min(shares, default=0.0),
        problems=tuple(problems[:1]),
    )


def left_right(world: World, inputs: Inputs) -> Derived:
    """Which way the masks lie from one another across the picture, and the columns between them."""
    return _beside(world, inputs, axis=0, words=("left", "right"))


def above_below(world: World, inputs: Inputs) -> Derived:
    """Which way the masks lie from one another down the picture, and the rows between them."""
    return _beside(world, inputs, axis=1, words=("above", "below"))


def _beside(world: World, inputs: Inputs, axis: int, words: tuple[str, str]) -> Derived:
    sight = world.image(inputs["camera"])
    a, b = _pair(inputs)
    one, two = _shown(sight, a), _shown(sight, b)
    side = (sight.camera.width, sight.camera.height)[axis]
    gap = max(one.bounds[axis] - two.bounds[axis + 2], two.bounds[axis] - one.bounds[axis + 2])
    return Derived(
        words[0] if one.middle[axis] < two.middle[axis] else words[1],
        margin=gap / side,
        least=limits.WIDTH_MARGIN,
        margin_tolerance=2.5 / side,
        problems=tuple(unnamed(sight, (a, b))),
    )


def depth_order(world: World, inputs: Inputs) -> Derived:
    """Whose nearest visible point is nearer; depth along the axis and straight distance must say so alike."""
    sight = world.image(inputs["camera"])
    a, b = _pair(inputs)
    one, two = _shown(sight, a), _shown(sight, b)
    near, far = (one, two) if one.depth < two.depth else (two, one)
    problems = unnamed(sight, (a, b))
    if near.distance + limits.DEPTH_DOUBT + told_apart(near.distance, far.distance) > far.distance + 0.05:
        problems.append("the straight distances are not told apart")
    return Derived(
        thing(sight.stage, a if near is one else b).category,
        margin=far.depth - near.depth,
        least=told_apart(near.depth, far.depth),
        margin_tolerance=limits.DEPTH_DOUBT,
        problems=tuple(problems),
    )


def camera_distance(world: World, inputs: Inputs) -> Derived:
    """Straight distance to the nearest visible point: the z-buffer lifted to a point cloud, brute force."""
    sight = world.image(inputs["camera"])
    shown = _shown(sight, inputs["object"])
    problems = unnamed(sight, (inputs["object"],))
    if sight.cut(inputs["object"]):
        problems.append("it is cut by the picture's edge, where a nearer point may lie")
    if shown.distance < limits.NEAREST - limits.DEPTH_DOUBT:
        problems.append("it is too near for its rounding")
    return Derived(shown.distance, tolerance=limits.DEPTH_DOUBT, step=0.1, problems=tuple(problems))


def object_size(world: World, inputs: Inputs) -> Derived:
    """The longest extent of the model's vertices, as placed in the world, along the box's axes."""
    sight = world.image(inputs["camera"])
    longest = 100 * float(extents(world, sight, inputs["object"]).max())
    problems = unnamed(sight, (inputs["object"],))
    if sight.cut(inputs["object"]) or sight.fraction(inputs["object"]) < 0.9 - limits.FRACTION_DOUBT:
        problems.append("it is not wholly seen")
    if longest < limits.SMALLEST_CM - 0.01:
        problems.append("it is too small to measure")
    return Derived(longest, tolerance=0.02, step=1.0, problems=tuple(problems))


def relative_distance(world: World, inputs: Inputs) -> Derived:
    """Which candidate's box is closest to the anchor's, by the certified numeric distance of `audit.boxes`."""
    sight = world.image(inputs["camera"])
    anchor = thing(sight.stage, inputs["anchor"])
    candidates = [thing(sight.stage, i) for i in inputs["candidates"]]
    metres = [box_distance(anchor, candidate) for candidate in candidates]
    problems = unnamed(sight, (anchor.id, *inputs["candidates"]))
    problems += outlined(sight, (anchor.id, *inputs["candidates"]))
    stored = inputs.get("exact_m", metres)
    if len(stored) != len(metres) or np.abs(np.array(stored) - metres).max() > 1e-3:
        problems.append(f"the stored distances {stored} m are {[round(m, 4) for m in metres]} m")
    nearest, second = sorted(metres)[:2]
    if nearest < limits.LEAST_GAP - 1e-3:
        problems.append("the nearest one touches the anchor or nearly so")
    return Derived(
        candidates[int(np.argmin(metres))].category,
        margin=second - nearest,
        least=told_apart(nearest, second),
        margin_tolerance=1e-3,
        problems=tuple(problems),
    )


def size_comparison(world: World, inputs: Inputs) -> Derived:
    """Whose vertices, as placed in the world, span more: upwards, or along the longer horizontal side of the box."""
    sight = world.image(inputs["camera"])
    ids = (inputs["a"], inputs["b"])
    spans = [extents(world, sight, i) for i in ids]
    measure = {"height": lambda span: span[2], "length": lambda span: max(span[:2])}[inputs["axis"]]
    one, two = (float(measure(span)) for span in spans)
    return Derived(
        thing(sight.stage, ids[0] if one > two else ids[1]).category,
        margin=abs(one - two),
        least=max(limits.LEAST_SIZE_GAP, limits.SIZE_GAP * min(one, two)),
        margin_tolerance=1e-3,
        problems=tuple(unnamed(sight, ids) + outlined(sight, ids)),
    )


def extents(world: World, sight: Sight, thing_id: Any) -> np.ndarray:
    """(3,) metres that a thing's vertices span along its box's width, depth and height."""
    subject = thing(sight.stage, thing_id)
    vertices, _ = world.shapes.triangles(subject.model)
    return np.ptp(subject.unplace(subject.place(vertices)), axis=0)


def _pair(inputs: Inputs) -> tuple[int, int]:
    a, b = inputs["objects"] if "objects" in inputs else (inputs["a"], inputs["b"])
    return a, b


def _shown(sight: Sight, thing_id: Any) -> Shown:
    shown = sight.shown(thing(sight.stage, thing_id).id)
    if shown is None:
        raise UnjudgedError(f"object {thing_id} does not show in the picture")
    return shown
