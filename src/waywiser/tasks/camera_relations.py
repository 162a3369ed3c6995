"""How one object lies to another in an image: left or right of it, closer to the camera or farther.

Both are told apart only by gaps that an eye can tell; a gap is given as a multiple of the least one
that is asked about.
"""

from typing import Literal

from waywiser.scenes.scene import Object
from waywiser.tasks.depth_order import (
    MIN_GAP,
    MIN_RELATIVE_GAP,
    explain_by_overlap,
    have_clear_depth_order,
    shows_base,
)
from waywiser.tasks.visible_objects import View, stands_on_floor
from waywiser.tasks.visual_cues import SizeCue, format_meters, image_span, size_cues

RelationAxis = Literal["side", "depth"]
Relation = Literal["left", "right", "closer", "farther"]
AXIS_OF_RELATION: dict[Relation, RelationAxis] = {
    "left": "side",
    "right": "side",
    "closer": "depth",
    "farther": "depth",
}
MIN_SIDE_GAP = 0.04
"""Share of the image width by which the middle of what shows of an object lies beyond the edge of
another that it is left or right of; no part of it reaches the other's middle.
"""
MIN_BASE_LEAD = 3
"""Percent of the image height by which the base of the nearer object is lower."""
MIN_SIZE_LEAD = 0.3
"""Meters by which depths that follow from assumed sizes must differ."""


def relation_to(view: View, object_id: int, other_id: int, axis: RelationAxis) -> Relation:
    """Which of an axis's two words fits an object better, as seen against another."""
    one = view.visible[object_id]
    other = view.visible[other_id]
    if axis == "depth":
        return "closer" if one.nearest_depth < other.nearest_depth else "farther"

    middle = (other.bbox[0] + other.bbox[2]) / 2
    return "left" if one.centroid[0] < middle else "right"


def relation_lead(view: View, object_id: int, other_id: int, axis: RelationAxis) -> float:
    """How plain the relation is: the gap over the least one that is asked about; plain from 1 on."""
    one = view.visible[object_id]
    other = view.visible[other_id]

    if axis == "side":
        middle = (other.bbox[0] + other.bbox[2]) / 2
        beyond = max(other.bbox[0] - one.centroid[0], one.centroid[0] - other.bbox[2])
        is_left = one.centroid[0] < middle
        spare = middle - one.bbox[2] if is_left else one.bbox[0] - middle
        least = MIN_SIDE_GAP * view.camera.width
        return min(beyond / least, 1 + spare / least)

    if not have_clear_depth_order(view, view.object(object_id), view.object(other_id)):
        return 0.0

    return min(
        depth_lead(one.nearest_depth, other.nearest_depth),
        depth_lead(one.nearest_distance, other.nearest_distance),
    )


def depth_lead(one: float, other: float) -> float:
    """The difference of two distances from the camera over the least one that is asked about."""
    return abs(one - other) / max(MIN_GAP, MIN_RELATIVE_GAP * min(one, other))


def is_plain(view: View, object_id: int, other_id: int, axis: RelationAxis) -> bool:
    """Whether everybody would say the same of how the object lies to the other."""
    return object_id != other_id and relation_lead(view, object_id, other_id, axis) >= 1


def explain_depth(view: View, obj: Object, other: Object) -> str:
    """The cue that tells which of two objects is closer, as a phrase about the first of them.

    Example: "its base is at 81 % of the height, that of the table at 64 %". Empty where nothing
    that shows leads there.
    """
    is_nearer = relation_to(view, obj.id, other.id, "depth") == "closer"
    near, far = (obj, other) if is_nearer else (other, obj)
    return (
        _explain_by_base(view, obj, other, far)
        or _explain_by_cover(view, obj, other, near, far)
        or _explain_by_sizes(view, obj, other, is_nearer=is_nearer)
        or _explain_by_judgment(view, obj, other)
    )


def _explain_by_base(view: View, obj: Object, other: Object, far: Object) -> str:
    supports = [find_support(view, one) for one in (obj, other)]
    if None in supports or supports[0] == supports[1]:
        return ""

    own, others = supports[0], supports[1]
    assert own is not None
    assert others is not None
    farther, nearer = (own, others) if far is obj else (others, own)
    bases = {one.id: image_span(view, one.id).bottom for one in (own, others)}
    if bases[nearer.id] - bases[farther.id] < MIN_BASE_LEAD or not shows_base(view, farther):
        return ""
    if bases[nearer.id] < 99 and not shows_base(view, nearer):
        return ""

    rows = [
        "below the lower edge" if bases[one.id] >= 99 else f"at {bases[one.id]} %"
        for one in (own, others)
    ]
    subject = "its base" if own is obj else f"the base of the {own.category} under it"
    rival = f"that of the {others.category}"
    if others is not other:
        rival = f"that of the {others.category} under the {other.category}"
    return f"{subject} is {rows[0]}, {rival} {rows[1]}"


def find_support(view: View, obj: Object) -> Object | None:
    """What shows of an object on the floor: the object itself, or what it stands on."""
    if not stands_on_floor(obj) and obj.on is not None:
        obj = view.object(obj.on)
    return obj if stands_on_floor(obj) and obj.id in view.visible else None


def _explain_by_cover(view: View, obj: Object, other: Object, near: Object, far: Object) -> str:
    if not explain_by_overlap(view, near, far):
        return ""
    if near is obj:
        return f"it covers a part of the {other.category}"
    return f"the {other.category} covers a part of it"


def _explain_by_sizes(view: View, obj: Object, other: Object, *, is_nearer: bool) -> str:
    own, others = (size_cues(view, one)[:1] for one in (obj, other))
    if not own or not others:
        return ""

    lead = others[0].depth - own[0].depth
    if (lead if is_nearer else -lead) < MIN_SIZE_LEAD:
        return ""

    return (
        f"by its size it is {depth_in_words(own[0])} away, the {other.category}"
        f" {depth_in_words(others[0])}"
    )


def _explain_by_judgment(view: View, obj: Object, other: Object) -> str:
    """Distances as one judges them, to half a meter, where these differ as the true ones do."""
    own, others = (round(2 * view.visible[one.id].nearest_distance) / 2 for one in (obj, other))
    is_nearer = relation_to(view, obj.id, other.id, "depth") == "closer"
    if own == others or (own < others) != is_nearer:
        return ""
    return f"I judge it to be {own:g} m away and the {other.category} {others:g} m"


def depth_in_words(cue: SizeCue) -> str:
    """A depth by an assumed size, with its arithmetic: "0.9 / (0.25 x 1.24) = 2.9 m"."""
    return (
        f"{format_meters(cue.assumed)} / ({cue.percent / 100:.2f} x {cue.factor:.2f}) ="
        f" {cue.depth:.1f} m"
    )
