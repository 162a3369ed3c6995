"""Relative direction: standing at one object and facing another, where is a third?"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from waywiser.rendering.boxes import box_distances
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ClipTask, ObjectId, Question, sample_up_to
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    BACK_NOTE,
    MIN_SECTOR_MARGIN,
    QUADRANTS,
    TURN_BOUNDARIES,
    angle_to_boundary,
    bearing,
    floor_point,
    name_turn,
    quadrant_name,
)
from waywiser.tasks.floor_map import (
    FloorMap,
    cross,
    cross_in_words,
    dot_in_words,
    format_pair,
    sketch_map,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import list_in_words

MIN_GAP = 0.3
MAX_DISTANCE = 5.0
"""Metres between any two of the three: at least so much between their boxes, at most so much
between middles.
"""

TEMPLATES = (
    (
        "If I am standing by the {stand} and facing the {face}, in which direction is the"
        " {target}: {options}?"
    ),
    "Standing by the {stand} and facing the {face}, where is the {target}: {options}?",
    (
        "You are standing at the {stand}, facing the {face}. Where is the {target} relative to"
        " you: {options}?"
    ),
    (
        "Imagine standing next to the {stand} and looking at the {face}. Where would the {target}"
        " be: {options}?"
    ),
    "From the {stand}, facing the {face}, in which direction is the {target}: {options}?",
    (
        "A robot is at the {stand} and faces the {face}. In which direction is the {target}, as"
        " the robot sees it: {options}?"
    ),
    (
        "Suppose you stand at the {stand} and look toward the {face}. Which way is the {target}"
        " from you: {options}?"
    ),
    (
        "When you stand by the {stand} and face the {face}, in which direction is the {target}:"
        " {options}?"
    ),
)


@dataclass(frozen=True)
class _AnswerSet:
    """The classes of a level and the directions (degrees from straight ahead) that bound them."""

    options: tuple[str, ...]
    edges: tuple[float, ...]


ANSWER_SETS: dict[str, _AnswerSet] = {
    "easy": _AnswerSet(("left", "right"), (0.0, 180.0)),
    "medium": _AnswerSet(("left", "right", "back"), TURN_BOUNDARIES),
    "hard": _AnswerSet(QUADRANTS, (0.0, 90.0, 180.0, -90.0)),
}


@register_task(seed=15)
class RelativeDirection(ClipTask):
    """Bearing, in the floor plan, of the target's middle from the middle of the object one stands
    at, measured from the direction to the middle of the object one faces.

    Levels: "easy" left or right; "medium" left, right, or back from 135 degrees on; "hard" four
    quadrants. The bearing lies at least 10 degrees from every boundary of its level, on either
    side. All three have words of their own in all of the video and do not move; their boxes are at
    least 30 cm apart, their middles at most 5 m. `margin` is the angle to the nearest boundary in
    degrees.
    """

    name = "relative_direction"
    kind = "choice"
    needs = "video"
    scan_needs = ("objects", "boxes", "frames", "times", "up")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        stand: ObjectId
        face: ObjectId
        target: ObjectId
        level: str
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        triples = find_triples(static_objects(clip_view))
        questions: list[Question] = []

        for level, scale in ANSWER_SETS.items():
            # One of each class: of all triples, far more have their target in front than behind.
            missing = set(scale.options)

            for triple in sample_up_to(rng, triples, len(triples)):
                word = direction_word(level, target_bearing(*triple))
                if word in missing and sector_margin(level, *triple) >= MIN_SECTOR_MARGIN:
                    missing.remove(word)
                    questions.append(self._build_question(clip_view, level, *triple, rng=rng))

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        stand, face, target = (
            clip_view.object(i) for i in (inputs.stand, inputs.face, inputs.target)
        )
        word = direction_word(inputs.level, target_bearing(stand, face, target))
        return Answer(kind="choice", value=word, options=list(inputs.options))

    def _build_question(
        self,
        clip_view: ClipView,
        level: str,
        stand: Object,
        face: Object,
        target: Object,
        *,
        rng: np.random.Generator,
    ) -> Question:
        options = sample_up_to(rng, ANSWER_SETS[level].options)
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            stand=stand.id,
            face=face.id,
            target=target.id,
            level=level,
            options=tuple(options),
        )

        answer = self.answer(clip_view, inputs)
        text = self.ask(
            rng,
            stand=stand.category,
            face=face.category,
            target=target.category,
            options=f"{', '.join(options[:-1])} or {options[-1]}",
        )

        return self.question(
            clip_view,
            inputs,
            f"{text}{_EXPLANATIONS[level]}",
            answer=answer,
            margin=sector_margin(level, stand, face, target),
            subject=f"{level} {target.category}",
            answer_class=f"{level} {answer.value}",
            subtask=level,
            complexity=list(ANSWER_SETS).index(level),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        objects = [clip_view.object(i) for i in (inputs.stand, inputs.face, inputs.target)]
        stand, face, target = (obj.category for obj in objects)

        def is_faithful(sketched: FloorMap) -> bool:
            facing_2, to_2 = sketched.move(0, 1), sketched.move(0, 2)
            if not facing_2.any() or not cross(facing_2, to_2):
                return False
            degrees = bearing(facing_2, to_2)
            return direction_word(inputs.level, degrees) == answer.value and abs(degrees) != 90

        camera = clip_view.cameras[0]
        sketched = sketch_map(camera, [floor_point(obj) for obj in objects], is_faithful)
        if sketched is None:
            return ""

        facing_2, to_2 = sketched.move(0, 1), sketched.move(0, 2)
        side = "left" if cross(facing_2, to_2) > 0 else "right"
        front = float(facing_2 @ to_2)
        steps = [
            f"I sketch the floor from above, in meters, from where the video starts, looking along"
            f" the second axis: {list_in_words(self._places(clip_view, objects, sketched))}.",
            f"From the {stand}, the {face} lies along {format_pair(facing_2)} and the {target}"
            f" along {format_pair(to_2)}.",
            f"Cross product: {cross_in_words(facing_2, to_2)},"
            f" {'positive' if side == 'left' else 'negative'}, so to the {side}.",
        ]
        if inputs.level != "easy":
            steps.append(
                f"Dot product: {dot_in_words(facing_2, to_2)}, so"
                f" {'in front' if front > 0 else 'behind'}."
            )
        if inputs.level == "medium":
            turn = 5 * round(abs(bearing(facing_2, to_2)) / 5)
            steps.append(f"The turn toward it is about {turn} degrees.")
        return f"{' '.join(steps)} {str(answer.value).capitalize()}."

    def _places(self, clip_view: ClipView, objects: list[Object], sketched: FloorMap) -> list[str]:
        """Each object with the time of its best view and its place on the map."""
        return [
            f"the {obj.category} (clearest at {best_time(clip_view, obj):g} s) at about"
            f" {sketched.format(i)}"
            for i, obj in enumerate(objects)
        ]


def best_time(clip_view: ClipView, obj: Object) -> float:
    """The time at which the object covers most of the image, in seconds."""
    shares = [view.pixel_share(obj.id) for view in clip_view.views]
    return clip_view.times[shares.index(max(shares))]


_EXPLANATIONS = {
    "easy": "",
    "medium": f" {BACK_NOTE}",
    "hard": " The directions are the four quadrants around you; front is the way you face.",
}


def find_triples(objects: list[Object]) -> list[tuple[Object, Object, Object]]:
    """Ordered triples of things whose boxes are apart and whose middles are within reach."""
    pairs = list(permutations(objects, 2))
    if not pairs:
        return []

    gaps_P = box_distances([a.box for a, _ in pairs], [b.box for _, b in pairs])
    far_P = [np.linalg.norm(floor_point(a) - floor_point(b)) for a, b in pairs]
    good = {
        (a.id, b.id)
        for (a, b), apart, far in zip(pairs, gaps_P, far_P, strict=True)
        if apart >= MIN_GAP and MIN_GAP <= far <= MAX_DISTANCE
    }

    return [
        (a, b, c)
        for a, b, c in permutations(objects, 3)
        if (a.id, b.id) in good and (a.id, c.id) in good and (b.id, c.id) in good
    ]


def target_bearing(stand: Object, face: Object, target: Object) -> float:
    """Bearing in degrees of the target for one who stands at `stand` and faces `face`, positive to
    the left.
    """
    here = floor_point(stand)
    return bearing(floor_point(face) - here, floor_point(target) - here)


def direction_word(level: str, degrees: float) -> str:
    """The word for a bearing in a level's classes."""
    if level == "hard":
        return quadrant_name(degrees)
    if level == "medium":
        return name_turn(degrees)
    return "left" if degrees > 0 else "right"


def sector_margin(level: str, stand: Object, face: Object, target: Object) -> float:
    """Degrees from the target's bearing to the nearest boundary of the level's classes, on either
    side.
    """
    return angle_to_boundary(target_bearing(stand, face, target), ANSWER_SETS[level].edges)
