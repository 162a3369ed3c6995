"""Scene count: how many instances of a category does a video show in all?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.categories import confusable, plural
from waywiser.scenes.scene import Object
from waywiser.tasks._base import CLEAR_SHARE, SPECK_SHARE, Draft, Needs, draw, plain, some
from waywiser.tasks._footage import Footage

MOST = 10

TEMPLATES = (
    "How many different {things} does the video show in all?",
    "Over the whole video, how many {things} are there, each counted once?",
    "Count the {things} in the video; count each one once, however often it comes into view.",
    "How many {things} can be seen in the course of the video?",
    "What is the total number of different {things} in this video?",
    "Watching the video from start to end, how many distinct {things} do you see?",
    "How many {things} does the camera pass or look at in this video, without counting any twice?",
    "Across all frames, how many separate {things} appear?",
    "In the whole clip, how many individual {things} come into view?",
)


class SceneCount:
    """Distinct instances that come into view in any frame; what the video never shows does not count.

    Every instance that shows as more than a speck in some frame must be plain to see in some frame (1 % of the
    picture, 30 % unhidden, 15 cm), else nothing is asked; nor is it where another word could be used for one of the
    things in view. `margin` is by how much of the picture the least visible instance exceeds 1 %, in [0, 1].
    """

    name = "scene_count"
    kind: AnswerKind = "integer"
    unit: str | None = None
    needs: Needs = "video"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        groups = by_category(footage)
        clear = [
            category
            for category, group in groups.items()
            if len(group) <= MOST
            and all(any(plain(view, thing.id) for view in footage.views) for thing in group)
            and not any(confusable(category, other) for other in groups if other != category)
        ]
        return [self._draft(footage, category, rng) for category in some(rng, clear)]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        return Answer(kind="integer", value=len(by_category(footage).get(inputs["category"], [])))

    def _draft(self, footage: Footage, category: str, rng: np.random.Generator) -> Draft:
        group = by_category(footage)[category]
        inputs = footage.inputs(category=category, objects=[thing.id for thing in group])
        answer = self.answer(footage, inputs)
        first = sorted(first_second(footage, thing) for thing in group)
        seen = ", ".join(f"{number} at {second:.1f} s" for number, second in enumerate(first, start=1))
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(things=plural(category)),
            answer=answer,
            reasoning=f"New {plural(category)} come into view: {seen}. No other is new, so {answer.value}.",
            program=Program(name=self.name, inputs=inputs),
            margin=min(best_plain_share(footage, thing) for thing in group) - CLEAR_SHARE,
            topic=category,
            bucket=str(answer.value),
        )


def by_category(footage: Footage) -> dict[str, list[Object]]:
    """Objects that show as more than a speck in any frame, by category, in id order."""
    shown = {i for view in footage.views for i in view.visible if view.share(i) >= SPECK_SHARE}
    groups: dict[str, list[Object]] = {}
    for object_id in sorted(shown):
        thing = footage.object(object_id)
        groups.setdefault(thing.category, []).append(thing)
    return groups


def best_plain_share(footage: Footage, thing: Object) -> float:
    """Largest share of a picture that the object covers in a frame in which it is plain to see."""
    return max(view.share(thing.id) for view in footage.views if plain(view, thing.id))


def first_second(footage: Footage, thing: Object) -> float:
    """When the object is first plain to see, in seconds."""
    return next(t for t, view in zip(footage.times, footage.views, strict=True) if plain(view, thing.id))
