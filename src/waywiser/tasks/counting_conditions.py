"""Conditions that things meet or fail in an image, and the things that one counts by them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

import numpy as np

from waywiser.scenes.scene import Object
from waywiser.tasks.camera_relations import (
    AXIS_OF_RELATION,
    Relation,
    RelationAxis,
    explain_depth,
    is_plain,
    relation_to,
)
from waywiser.tasks.sampling import sample_up_to
from waywiser.tasks.visible_objects import View, group_countable_by_category

MIN_INSTANCES = 2
"""Fewer of a kind leave nothing to count."""
MAX_INSTANCES = 6
LISTED = 5
"""Different things that a question lists where it does not ask about one kind ..."""
MIN_LISTED = 4
"""... or as many as the image has, but not fewer than this."""
MAX_COUNT = 5
"""Largest count that is asked for."""
SIDES: tuple[Relation, ...] = ("left", "right")
WAYS: tuple[Relation, ...] = ("closer", "farther")
_BOTH: tuple[tuple[Relation, ...], ...] = tuple((side, way) for side in SIDES for way in WAYS)
FORMS: tuple[tuple[int, tuple[tuple[Relation, ...], ...]], ...] = (
    (1, tuple((side,) for side in SIDES)),
    (1, tuple((way,) for way in WAYS)),
    (2, _BOTH),
    (3, _BOTH),
)
"""Depths, and the conditions that are asked about at each."""


def countable_groups(view: View) -> dict[str, list[Object]]:
    """Kinds of which some things show, every one surely, and no other word fits any of them."""
    return group_countable_by_category(view, MIN_INSTANCES, MAX_INSTANCES)


def references_of(depth: int, named: Sequence[int]) -> list[tuple[int, ...]]:
    """The objects that each condition of a depth may be about."""
    if depth == 3:
        return list(permutations(named, 2))
    return [(other,) * depth for other in named]


def order_of_counts(depth: int, rng: np.random.Generator) -> list[int]:
    """The counts to look for: any, but with two conditions large ones first, which are rare."""
    counts = list(range(MAX_COUNT, -1, -1))
    return sample_up_to(rng, counts) if depth == 1 else counts


def plain_relations(
    view: View, ids: Iterable[int], references: Sequence[int]
) -> dict[tuple[int, int, RelationAxis], Relation]:
    """How objects plainly lie to others along each axis."""
    axes: tuple[RelationAxis, ...] = ("side", "depth")
    return {
        (i, other, axis): relation_to(view, i, other, axis)
        for i in ids
        for other in references
        for axis in axes
        if has_plain_relation(view, i, other, axis)
    }


def meets_plainly(
    plain: Mapping[tuple[int, int, RelationAxis], Relation],
    object_id: int,
    conditions: Sequence[Relation],
    references: Sequence[int],
) -> bool | None:
    """Whether an object plainly meets every condition, or fails one; None where neither shows."""
    found = [
        plain.get((object_id, other, AXIS_OF_RELATION[relation]))
        for relation, other in zip(conditions, references, strict=True)
    ]
    if any(word not in (None, wanted) for word, wanted in zip(found, conditions, strict=True)):
        return False
    return None if None in found else True


def has_plain_relation(view: View, object_id: int, other_id: int, axis: RelationAxis) -> bool:
    """Whether everybody would say how one lies to the other, and something shows it."""
    if not is_plain(view, object_id, other_id, axis):
        return False
    return axis == "side" or bool(
        explain_depth(view, view.object(object_id), view.object(other_id))
    )


def choose_members(
    checked: Mapping[int, bool | None], count: int, rng: np.random.Generator, *, is_list: bool
) -> list[int]:
    """The things among which just so many meet the conditions; empty if that cannot be.

    Of a kind, all; of a list, some of those that are plain.
    """
    inside = [i for i, is_met in checked.items() if is_met]
    outside = [i for i, is_met in checked.items() if is_met is False]
    if not is_list:
        is_plain = len(inside) + len(outside) == len(checked)
        return list(checked) if is_plain and len(inside) == count else []

    size = min(LISTED, len(inside) + len(outside))
    if size < MIN_LISTED or not size - len(outside) <= count <= len(inside):
        return []

    members = sample_up_to(rng, inside, count) + sample_up_to(rng, outside, size - count)
    return sample_up_to(rng, members)


def meets_all(
    view: View, object_id: int, conditions: Sequence[Relation], references: Sequence[int]
) -> bool:
    """Whether an object meets every condition."""
    return all(
        relation_to(view, object_id, other, AXIS_OF_RELATION[relation]) == relation
        for relation, other in zip(conditions, references, strict=True)
    )
