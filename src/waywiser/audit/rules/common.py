"""What several rules need: who is seen, who bears a name alone, comparisons with a gap."""

from collections.abc import Iterable, Mapping
from typing import Any

from waywiser.audit import limits
from waywiser.audit.sight import Sight
from waywiser.audit.stage import Thing
from waywiser.audit.verdicts import UnjudgedError
from waywiser.scenes.categories import confusable


def thing(stage: Mapping[int, Thing], thing_id: Any) -> Thing:
    """The thing with an id from a program. Raises UnjudgedError where the scene has none."""
    if thing_id not in stage:
        raise UnjudgedError(f"the scene has no object {thing_id!r}")
    return stage[thing_id]


def seen(sight: Sight, thing_id: int, slack: float = 0.0) -> bool:
    """Whether a thing stands above the visibility floor; `slack` 1 lowers the floors by the doubt, -1 raises them."""
    share = limits.SEEN_SHARE * (1 - slack * limits.SHARE_DOUBT)
    fraction = limits.SEEN_FRACTION - slack * limits.FRACTION_DOUBT
    return sight.share(thing_id) >= share and sight.fraction(thing_id) >= fraction


def plain(sight: Sight, thing_id: int) -> bool:
    """Whether a thing is plain to see, the method's doubt granted: 1 % of the picture, 30 % unhidden, 15 cm long."""
    return (
        sight.share(thing_id) >= limits.CLEAR_SHARE * (1 - limits.SHARE_DOUBT)
        and sight.fraction(thing_id) >= limits.SEEN_FRACTION - limits.FRACTION_DOUBT
        and max(thing(sight.stage, thing_id).size) >= limits.SMALLEST_CM / 100 - 1e-6
    )


def outlined(sight: Sight, ids: Iterable[int]) -> list[str]:
    """Why the extent of each thing cannot be told: cut by the edge, or half hidden."""
    return [
        f"the {thing(sight.stage, i).category} cannot be told in its extent"
        for i in ids
        if sight.cut(i) or not plain(sight, i) or sight.fraction(i) < limits.OUTLINE_FRACTION - limits.FRACTION_DOUBT
    ]


def unnamed(sight: Sight, ids: Iterable[int]) -> list[str]:
    """Why "the <category>" fails to pick out each thing in a picture: not seen, or another one bears the word."""
    problems: list[str] = []
    for thing_id in ids:
        subject = thing(sight.stage, thing_id)
        if not seen(sight, thing_id, slack=1):
            problems.append(f"the {subject.category} is hardly seen")
        for other in sight.stage.values():
            noticed = sight.share(other.id) >= limits.SPECK_SHARE * (1 + limits.SHARE_DOUBT)
            if other.id != thing_id and noticed and confusable(other.category, subject.category):
                problems.append(f"another {other.category} is in view, so {subject.category!r} is ambiguous")
                break
    return problems


def told_apart(smaller: float, larger: float) -> float:
    """The least gap between two lengths in metres that a comparison needs."""
    return max(limits.LEAST_GAP, limits.GAP * min(smaller, larger))
