"""Turn after a move: having walked from one object to another, which way is a third?"""

from collections.abc import Sequence

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ClipTask, ObjectId, Question, sample_one, sample_up_to
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    BACK_NOTE,
    bearing,
    floor_point,
    name_turn,
)
from waywiser.tasks.floor_map import (
    FloorMap,
    cross_in_words,
    format_pair,
    sketch_map,
)
from waywiser.tasks.move_geometry import (
    COUNTS,
    MAX_FACED_HEIGHT,
    OPTIONS,
    draw_stops,
    heading_pairs,
    is_move_plain,
    move_answer,
    turn_margin,
    turns_of_move,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.relative_direction import best_time
from waywiser.tasks.visual_cues import keep_short
from waywiser.tasks.wording import list_in_words, list_short_options

MAX_TRIES = 400
"""Choices of objects that are tried at each depth."""

TEMPLATES = {
    "walk": (
        (
            "You walk straight from the {a} to the {b}. To face the {c} from there, which way do"
            " you turn?"
        ),
        (
            "Walking in a straight line from the {a}, you reach the {b}. Which way must you turn to"
            " look at the {c}?"
        ),
        (
            "You go straight from the {a} to the {b} and stop. Which way do you have to turn to"
            " face the {c}?"
        ),
        (
            "A robot drives straight from the {a} to the {b}. Which way does it have to turn to"
            " face the {c}?"
        ),
        (
            "Suppose you walk directly from the {a} over to the {b}. Which way would you turn to"
            " see the {c}?"
        ),
        (
            "Imagine walking straight from the {a} to the {b}. Once there, which way do you turn"
            " to face the {c}?"
        ),
        (
            "After walking straight from the {a} to the {b}, you want to face the {c}. Which way"
            " do you turn?"
        ),
        (
            "Someone walks straight from the {a} to the {b}. Which way do they turn there to look"
            " at the {c}?"
        ),
    ),
    "shift": (
        (
            "You stand at the {a}, facing the {b}. Without turning, you move over to the {c}. Which"
            " way do you now turn to face the {d}?"
        ),
        (
            "Standing at the {a}, you look toward the {b}. You step over to the {c} but keep facing"
            " the same way. Which way must you turn to face the {d}?"
        ),
        (
            "A robot at the {a} faces the {b}. It slides over to the {c} without turning. Which way"
            " does it have to turn to face the {d}?"
        ),
        (
            "You are at the {a} and face the {b}. Keeping that heading, you move to the {c}. Which"
            " way do you turn to look at the {d}?"
        ),
        (
            "Imagine standing at the {a} and facing the {b}. You move to the {c} without changing"
            " the direction you face. Which way do you turn to see the {d}?"
        ),
        (
            "At the {a} you face the {b}. You shift over to the {c}, still facing the same"
            " direction. Which way would you turn to face the {d}?"
        ),
        (
            "Suppose you stand by the {a}, facing the {b}, and then move to the {c} without"
            " rotating. Which way do you have to turn to face the {d}?"
        ),
        (
            "Facing the {b} from the {a}, you move to the {c} without turning your body. Which way"
            " must you then turn to face the {d}?"
        ),
    ),
    "legs": (
        (
            "You walk straight from the {a} to the {b}, then straight to the {c}, and there you turn"
            " to face the {d}. Which way do you turn at the {b}, and which way at the {c}?"
        ),
        (
            "Walking in straight lines, you go from the {a} to the {b}, on to the {c}, and finally"
            " face the {d}. Which two turns do you make, in order?"
        ),
        (
            "A robot drives straight from the {a} to the {b}, straight on to the {c}, and then"
            " turns to face the {d}. Which turns does it make at the {b} and at the {c}?"
        ),
        (
            "Imagine going straight from the {a} to the {b}, then straight to the {c}, where you"
            " turn toward the {d}. Which way do you turn first, and which way second?"
        ),
        (
            "Starting at the {a}, you walk directly to the {b} and from there directly to the {c}."
            " Then you look at the {d}. Which turns do you make at the {b} and at the {c}?"
        ),
        (
            "Someone walks straight from the {a} to the {b}, then straight to the {c}, and turns to"
            " the {d}. In which directions do they turn at the {b} and at the {c}?"
        ),
        (
            "Your way leads straight from the {a} to the {b} and then straight to the {c}; there"
            " you turn to face the {d}. Which two turns is that, in order?"
        ),
        (
            "First you walk straight from the {a} to the {b}, next straight to the {c}, and last"
            " you turn to look at the {d}. Which way do you turn each time?"
        ),
    ),
}
START = {
    "walk": "I sketch the floor",
    "shift": "I draw a map of the floor",
    "legs": "The floor",
}


@register_task(seed=25)
class TurnAfterMove(ClipTask):
    """The turn that somebody makes who has moved between objects, in the floor plan, from middle to
    middle of their boxes.

    Depth 1 ("walk"): one walks straight from a to b and turns to c. Depth 2 ("shift"): one faces b
    at a, moves to c without turning, and turns to d. Depth 3 ("legs"): one walks straight from a to
    b and to c, and turns to d: two turns, neither of them back. A turn is left, right, or back from
    135 degrees on. It is at least 30 degrees and lies at least 10 from 135 and 180. All objects
    have words of their own in all of the video, do not move and are of one room, in which the walk
    stays; what one stands at is on the floor, 20 cm high or more, and nothing
    has its middle above 2 m. Boxes are 30 cm apart, the
    middles of those that one walks or turns between 1 to 5 m. `margin` is the angle to the nearest
    boundary in degrees.
    """

    name = "turn_after_move"
    kind = "choice"
    needs = "video"
    scan_needs = ("objects", "boxes", "frames", "times", "up", "walkable")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        move: str
        objects: tuple[ObjectId, ...]
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        objects = [
            obj for obj in static_objects(clip_view) if obj.box.center[2] <= MAX_FACED_HEIGHT
        ]
        by_room = [[obj for obj in objects if obj.room == r] for r in {o.room for o in objects}]
        questions: list[Question] = []

        for depth, (move, count) in enumerate(COUNTS.items(), start=1):
            # One of each class: of all walks, far more end with their goal in front than behind.
            missing = set(OPTIONS[move])
            rooms = [group for group in by_room if len(group) >= count]

            for _ in range(MAX_TRIES if rooms else 0):
                stops = draw_stops(rng, sample_one(rng, rooms), move)
                if len(stops) < count:
                    continue

                answer = move_answer(move, stops)
                if answer not in missing or not is_move_plain(clip_view.scene, move, stops):
                    continue

                question = self._build_question(clip_view, depth, move, stops, rng)
                if question.reasoning:
                    missing.remove(answer)
                    questions.append(question)
                if not missing:
                    break

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        stops = [clip_view.object(i) for i in inputs.objects]
        return Answer(
            kind="choice", value=move_answer(inputs.move, stops), options=list(inputs.options)
        )

    def _build_question(
        self,
        clip_view: ClipView,
        depth: int,
        move: str,
        stops: list[Object],
        rng: np.random.Generator,
    ) -> Question:
        options = sample_up_to(rng, OPTIONS[move])
        names = dict(zip("abcd", [obj.category for obj in stops], strict=False))
        text = f"{self.ask(rng, move, **names)} {list_short_options(options)}"
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            move=move,
            objects=tuple(obj.id for obj in stops),
            options=tuple(options),
        )
        answer = self.answer(clip_view, inputs)

        return self.question(
            clip_view,
            inputs,
            text if move == "legs" else f"{text} {BACK_NOTE}",
            answer=answer,
            margin=turn_margin(move, stops),
            subject=f"{move} {stops[-1].category}",
            answer_class=f"{move} {answer.value}",
            subtask=move,
            complexity=depth,
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        stops = [clip_view.object(i) for i in inputs.objects]

        def is_faithful(sketched: FloorMap) -> bool:
            turns = turns_of_move(inputs.move, list(sketched.places_N_2))
            return all(
                turn is not None and name_turn(turn) == word and abs(turn) != 90
                for turn, word in zip(turns, str(answer.value).split(", then "), strict=True)
            )

        camera = clip_view.cameras[0]
        sketched = sketch_map(camera, [floor_point(obj) for obj in stops], is_faithful)
        if sketched is None:
            return ""

        places = [
            f"the {obj.category} (clearest at {best_time(clip_view, obj):g} s) at"
            f" {sketched.format(i)}"
            for i, obj in enumerate(stops)
        ]
        steps = [
            f"{START[inputs.move]} roughly, in meters from where the video starts, looking along the"
            f" second axis: {list_in_words(places)}."
        ]
        steps += explain_step_turns(inputs.move, stops, sketched)
        return keep_short(f"{' '.join(steps)} {str(answer.value).capitalize()}.")


def explain_step_turns(move: str, stops: Sequence[Object], sketched: FloorMap) -> list[str]:
    """The headings on a map and the turns between them, in sentences."""
    steps: list[str] = []

    for before, after in heading_pairs(move):
        facing_2, to_2 = sketched.move(*before), sketched.move(*after)
        turn = bearing(facing_2, to_2)
        degrees = 5 * round(abs(turn) / 5)
        side = "left" if turn > 0 else "right"
        verb = "I still face" if move == "shift" else "I come along"
        sign = "positive" if turn > 0 else "negative"
        if move == "legs":
            steps.append(
                f"At the {stops[after[0]].category}, heading {format_pair(facing_2)}, the"
                f" {stops[after[1]].category} lies along {format_pair(to_2)}:"
                f" {cross_in_words(facing_2, to_2)}, {sign}, {side}."
            )
            continue

        steps.append(
            f"At the {stops[after[0]].category} {verb} {format_pair(facing_2)}; the"
            f" {stops[after[1]].category} lies along {format_pair(to_2)}. Cross product:"
            f" {cross_in_words(facing_2, to_2)}, {sign}, so to the {side}; the angle is about"
            f" {degrees} degrees."
        )

    return steps
