"""Appearance order: in which order do objects come into view in a video?"""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import CLEAR_SHARE, SPECK_SHARE, Draft, Needs, draw, some
from waywiser.tasks._footage import Footage, known
from waywiser.tasks._words import menu

COUNT = 4
RUN = 2
"""An object has appeared at the first of so many consecutive frames in which it covers 1 % of the picture."""
SHARPER = (0.005, 0.002, SPECK_SHARE)
"""Shares at which sharper eyes may see an object, in a single frame."""
LEAST_GAP = 1.0
"""Seconds between one appearance and the next."""

SYMMETRIC = (
    ((0, 1, 2, 3), (1, 0, 2, 3), (0, 1, 3, 2), (1, 0, 3, 2)),
    ((0, 1, 2, 3), (0, 2, 1, 3), (3, 1, 2, 0), (3, 2, 1, 0)),
    ((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)),
)
"""Sets of permutations that are groups: each option relates to the others alike, so the set does not tell which is
right (options made by distorting the right one do: it has the most in common with the rest)."""

TEMPLATES = (
    "In which order do these objects first come into view in the video: {list}?",
    "What is the order in which {list} first appear in the video?",
    "Sort by first appearance in the video: {list}.",
    "Watching the video from the start, in which order do you first see {list}?",
    "Which comes into view first, second, third and last in the video: {list}?",
    "Put these in the order of their first appearance in the video: {list}.",
    "As the video plays, {list} come into view one after another. In which order?",
    "Give the order of first appearance of {list} in this video.",
    "By the time each is first visible in the video, how are {list} ordered?",
)


class AppearanceOrder:
    """Order of first appearance of four objects, each with a word of its own in all of the video.

    An object has appeared at the first of two consecutive frames in which it covers at least 1 % of the picture.
    Appearances are at least 1 s apart, and never in the opposite order for a sharper eye, to which 0.5 %, 0.2 % or a
    speck in a single frame is enough. `margin` is the smallest time between appearances, in seconds.
    """

    name = "appearance_order"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "video"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        appeared = [(thing, times) for thing in known(footage) if (times := first_seen(footage, thing)) is not None]
        appeared.sort(key=lambda item: item[1])
        groups = [
            [thing for thing, _ in group]
            for group in combinations(appeared, COUNT)
            if all(apart(one[1], two[1]) for one, two in pairwise(group))
        ]
        return [self._draft(footage, group, rng) for group in some(rng, groups)]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        things = [footage.object(i) for i in inputs["objects"]]
        when = {thing.id: appearance(footage, thing) for thing in things}
        ordered = sorted(things, key=lambda thing: when[thing.id])
        return Answer(kind="choice", value=listed(ordered), options=list(inputs["options"]))

    def _draft(self, footage: Footage, ordered: list[Object], rng: np.random.Generator) -> Draft:
        shown = some(rng, ordered)
        sets = SYMMETRIC[int(rng.integers(len(SYMMETRIC)))]
        options = some(rng, [listed([ordered[i] for i in order]) for order in sets])
        inputs = footage.inputs(objects=[thing.id for thing in shown], options=options)
        answer = self.answer(footage, inputs)
        times = [appearance(footage, thing) for thing in ordered]
        told = ", ".join(f"{thing.category} {t:.1f} s" for thing, t in zip(ordered, times, strict=True))
        names = [f"the {thing.category}" for thing in shown]
        things = f"{', '.join(names[:-1])} and {names[-1]}"
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES).format(list=things)} {menu(options)}",
            answer=answer,
            reasoning=f"First seen: {told}. So the order is {answer.value}.",
            program=Program(name=self.name, inputs=inputs),
            margin=float(min(np.diff(times))),
            topic=" ".join(sorted(thing.category for thing in ordered)),
            bucket=str(options.index(str(answer.value))),
            rivals=(ordered[0].category, ordered[-1].category),
        )


def listed(things: Sequence[Object]) -> str:
    """An order as an option: "bed, lamp, chair, rug"."""
    return ", ".join(thing.category for thing in things)


def first_seen(footage: Footage, thing: Object) -> tuple[float, ...] | None:
    """When the object appears, and when it is first seen by ever sharper eyes, in seconds; None if it never appears."""
    shares = [view.share(thing.id) for view in footage.views]
    times: list[float] = []
    for share, run in ((CLEAR_SHARE, RUN), *((share, 1) for share in SHARPER)):
        starts = range(len(shares) - run + 1)
        first = next((i for i in starts if all(s >= share for s in shares[i : i + run])), None)
        if first is None:
            return None
        times.append(footage.times[first])
    return tuple(times)


def appearance(footage: Footage, thing: Object) -> float:
    """When the object appears, in seconds. Raises ValueError where it never does."""
    seen = first_seen(footage, thing)
    if seen is None:
        raise ValueError(f"object {thing.id} never appears")
    return seen[0]


def apart(earlier: Sequence[float], later: Sequence[float]) -> bool:
    """Whether two objects' times, as `first_seen` gives them, leave no doubt about which comes first."""
    return later[0] - earlier[0] >= LEAST_GAP and all(b >= a for a, b in zip(earlier, later, strict=True))
