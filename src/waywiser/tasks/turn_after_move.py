"""Turn after a move: having walked from one object to another, which way is a third?"""

from collections.abc import Sequence

import numpy as np

from waywiser.rendering.boxes import box_distance
from waywiser.rendering.geometry import inside_polygon
from waywiser.sample import Answer
from waywiser.scenes.scene import Object, Scene
from waywiser.tasks.base import ClipTask, ObjectId, Question, sample_one, sample_up_to
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    Floats,
    angle_to_boundary,
    bearing,
    floor_point,
)
from waywiser.tasks.floor_map import (
    FloorMap,
    cross,
    cross_in_words,
    format_pair,
    sketch_map,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.relative_direction import best_time
from waywiser.tasks.visible_objects import stands_on_floor
from waywiser.tasks.visual_cues import keep_short, list_in_words
from waywiser.tasks.wording import list_short_options

MIN_GAP = 0.3
"""Meters between the boxes of any two of the objects."""
MIN_LEG = 1.0
MAX_LEG = 5.0
"""Meters between the middles of objects that one walks between or turns to."""
MIN_TURN = 30.0
"""Degrees. A smaller turn is none to somebody who walks."""
BACK_ANGLE = 135.0
"""Degrees to either side from which on one turns back."""
MIN_HEIGHT = 0.2
"""Meters. What is lower is stepped on, not walked up to."""
MAX_FACED_HEIGHT = 2.0
"""Meters above the floor of the middle of what one faces: nobody turns to what hangs higher."""
MAX_TRIES = 400
"""Choices of objects that are tried at each depth."""
PATH_SPACING = 0.1
"""Meters between the points at which a walk is held to stay in its room."""

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
TURNS = ("left", "right", "back")
OPTIONS = {
    "walk": TURNS,
    "shift": TURNS,
    "legs": ("left, then left", "left, then right", "right, then left", "right, then right"),
}
BACK_NOTE = "Back means that you would have to turn by at least 135 degrees."
COUNTS = {"walk": 3, "shift": 4, "legs": 4}
"""Objects that each kind of move names."""
STOOD_AT = {"walk": (0, 1), "shift": (0, 2), "legs": (0, 1, 2)}
"""Which of them one stands at: they stand on the floor."""


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
                turn is not None and turn_word(turn) == word and abs(turn) != 90
                for turn, word in zip(turns, str(answer.value).split(", then "), strict=True)
            )

        camera = clip_view.cameras[0]
        sketched = sketch_map(camera, [floor_point(obj) for obj in stops], is_faithful)
        if sketched is None:
            return ""

        places = [
            f"the {obj.category} (clearest at {best_time(clip_view, obj):g} s) at about"
            f" {sketched.format(i)}"
            for i, obj in enumerate(stops)
        ]
        steps = [
            f"I sketch the floor in meters from where the video starts, looking along the second"
            f" axis: {list_in_words(places)}."
        ]
        steps += explain_turns(inputs.move, stops, sketched)
        return keep_short(f"{' '.join(steps)} {str(answer.value).capitalize()}.")


def draw_stops(rng: np.random.Generator, objects: Sequence[Object], move: str) -> list[Object]:
    """Different objects of a room for the places of a move; too few where the room lacks them."""
    stops: list[Object] = []

    for place in range(COUNTS[move]):
        fitting = [
            obj
            for obj in objects
            if obj not in stops and (place not in STOOD_AT[move] or is_landmark(obj))
        ]
        if not fitting:
            break
        stops.append(sample_one(rng, fitting))

    return stops


def is_landmark(obj: Object) -> bool:
    """Whether one would walk up to it: it stands on the floor and one cannot step on it."""
    return stands_on_floor(obj) and obj.box.size[2] >= MIN_HEIGHT


def explain_turns(move: str, stops: Sequence[Object], sketched: FloorMap) -> list[str]:
    """The headings on a map and the turns between them, in sentences."""
    steps: list[str] = []

    for before, after in heading_pairs(move):
        facing_2, to_2 = sketched.move(*before), sketched.move(*after)
        turn = bearing(facing_2, to_2)
        degrees = 5 * round(abs(turn) / 5)
        side = "left" if turn > 0 else "right"
        verb = "I still face" if move == "shift" else "I come along"
        step = (
            f"At the {stops[after[0]].category} {verb} {format_pair(facing_2)}; the"
            f" {stops[after[1]].category} lies along {format_pair(to_2)}. Cross product:"
            f" {cross_in_words(facing_2, to_2)}, {'positive' if turn > 0 else 'negative'}, so to"
            f" the {side}"
        )
        ending = "." if move == "legs" else f"; the angle is about {degrees} degrees."
        steps.append(f"{step}{ending}")

    return steps


def heading_pairs(move: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """For each turn the stops (start, end) of the heading before it and of the one after it."""
    return {
        "walk": [((0, 1), (1, 2))],
        "shift": [((0, 1), (2, 3))],
        "legs": [((0, 1), (1, 2)), ((1, 2), (2, 3))],
    }[move]


def turns_of_move(move: str, places: Sequence[Floats]) -> list[float | None]:
    """Degrees of each turn between floor points, positive to the left; None without a heading."""
    turns: list[float | None] = []

    for (a, b), (c, d) in heading_pairs(move):
        before_2, after_2 = places[b] - places[a], places[d] - places[c]
        is_known = before_2.any() and after_2.any() and cross(before_2, after_2) != 0
        turns.append(bearing(before_2, after_2) if is_known else None)

    return turns


def turn_word(degrees: float) -> str:
    """The word for a turn."""
    if abs(degrees) >= BACK_ANGLE:
        return "back"
    return "left" if degrees > 0 else "right"


def move_answer(move: str, stops: Sequence[Object]) -> str:
    """The turns of a move in words."""
    turns = turns_of_move(move, [floor_point(obj) for obj in stops])
    return ", then ".join(turn_word(turn or 0.0) for turn in turns)


def turn_margin(move: str, stops: Sequence[Object]) -> float:
    """Degrees from the turns of a move to the nearest boundary between two answers."""
    turns = turns_of_move(move, [floor_point(obj) for obj in stops])
    edges = (0.0, BACK_ANGLE, -BACK_ANGLE)
    return min(0.0 if turn is None else angle_to_boundary(turn, edges) for turn in turns)


def is_move_plain(scene: Scene, move: str, stops: Sequence[Object]) -> bool:
    """Whether the objects are apart, the walk stays in their room, and each turn is plain."""
    points = [floor_point(obj) for obj in stops]
    turns = turns_of_move(move, points)
    if len({obj.room for obj in stops}) > 1 or turn_margin(move, stops) < MIN_SECTOR_MARGIN:
        return False
    if any(turn is None or not MIN_TURN <= abs(turn) <= 180 - MIN_SECTOR_MARGIN for turn in turns):
        return False

    used = {ends for pair in heading_pairs(move) for ends in pair}
    used |= {(0, 2)} if move == "shift" else set()
    lengths = [float(np.linalg.norm(points[j] - points[i])) for i, j in used]
    walks = {"walk": [(0, 1)], "shift": [(0, 2)], "legs": [(0, 1), (1, 2)]}[move]

    return (
        all(MIN_LEG <= length <= MAX_LEG for length in lengths)
        and all(stays_in_room(scene, stops[0].room, points[i], points[j]) for i, j in walks)
        and all(
            box_distance(one.box, other.box) >= MIN_GAP
            for k, one in enumerate(stops)
            for other in stops[:k]
        )
    )


def stays_in_room(scene: Scene, room: int, start_2: Floats, end_2: Floats) -> bool:
    """Whether the straight way between two floor points lies in the outline of a room."""
    count = max(2, int(np.ceil(np.linalg.norm(end_2 - start_2) / PATH_SPACING)) + 1)
    way_P_2 = start_2 + np.linspace(0, 1, count)[:, None] * (end_2 - start_2)
    return bool(inside_polygon(scene.rooms[room].polygon, way_P_2).all())
