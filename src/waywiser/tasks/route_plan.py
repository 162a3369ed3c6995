"""Route plan: which turns are missing in the description of a walk?"""

from collections.abc import Sequence
from itertools import product

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ClipTask, ObjectId, Question, sample_up_to
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import Floats
from waywiser.tasks.floor_map import FloorMap, cross, cross_in_words, format_pair, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.route_geometry import (
    ASKED_TURNS,
    Route,
    find_routes,
    is_walkable,
    turn_angles,
    turn_word,
)
from waywiser.tasks.wording import list_in_words, list_options

MAX_HIDDEN_TURNS = 3

TEMPLATES = (
    (
        "You are standing by the {start}, facing the {first}, and want to reach the {end}. Fill"
        " in each missing turn [?]."
    ),
    (
        "A robot is at the {start}, facing the {first}. It should go to the {end}. What goes in"
        " place of each [?]?"
    ),
    (
        "You start at the {start}, facing the {first}, and walk to the {end}. Complete the"
        " directions by filling in each [?]."
    ),
    (
        "Here are directions from the {start} to the {end}. You begin facing the {first}. What is"
        " missing at each [?]?"
    ),
    (
        "Someone stands next to the {start} and faces the {first}. To guide them to the {end},"
        " what should replace each [?]?"
    ),
    (
        "Complete this route from the {start} to the {end}; at the start you face the {first}."
        " What does each [?] stand for?"
    ),
    (
        "You want to walk from the {start} to the {end}, and you are facing the {first}. What"
        " belongs at each [?]?"
    ),
    (
        "These steps lead from the {start} to the {end}, starting out facing the {first}. Fill in"
        " each [?]."
    ),
)


@register_task(seed=17)
class RoutePlan(ClipTask):
    """A walk in straight parts from beside one object to beside others, with one to three of its
    turns hidden.

    Every part is 0.8 to 8 m long and keeps 20 cm from walls and furniture; doors are open. All
    turns are left or right, by 45 to 135 degrees; the objects passed are at least 1.5 m apart, and
    no part of the way comes within 0.8 m of another that it does not meet at a stop. Each turn has the same class,
    at least 10 degrees from every boundary, whether it is taken between the points walked to or
    between the middles of the objects there; the first object passed lies ahead at the start
    (within 20 degrees). All objects have words of their own in all of the video and nothing moves
    in it. `margin` is the least angle to a boundary, in degrees.
    """

    name = "route_plan"
    kind = "choice"
    needs = "video"
    scan_needs = ("walkable",)
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        start: ObjectId
        end: ObjectId
        stops: tuple[ObjectId, ...]
        path: tuple[tuple[float, float], ...]
        hidden: tuple[int, ...]
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        if clip_view.clip.motions or not clip_view.scene.rooms:
            return []
        routes = find_routes(clip_view, rng)
        return [self._build_question(clip_view, route, rng) for route in routes]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        path = np.asarray(inputs.path, dtype=np.float64)
        if not is_walkable(clip_view, path, inputs.start, inputs.end):
            raise ValueError("the scene does not leave this way free")
        turns = [turn_word(angle) for angle in turn_angles(path)]
        value = ", ".join(turns[i] for i in inputs.hidden)
        return Answer(kind="choice", value=value, options=list(inputs.options))

    def _build_question(
        self, clip_view: ClipView, route: Route, rng: np.random.Generator
    ) -> Question:
        count = int(rng.integers(1, min(MAX_HIDDEN_TURNS, len(route.turns)) + 1))
        hidden = sorted(sample_up_to(rng, range(len(route.turns)), count))
        options = make_turn_options([route.turns[i] for i in hidden], rng)
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            start=route.objects[0].id,
            end=route.objects[-1].id,
            stops=tuple(obj.id for obj in route.objects),
            path=tuple((round(x, 4), round(y, 4)) for x, y in route.points_S_2.tolist()),
            hidden=tuple(hidden),
            options=tuple(options),
        )

        answer = self.answer(clip_view, inputs)
        text = self.ask(
            rng,
            start=route.objects[0].category,
            first=route.objects[1].category,
            end=route.objects[-1].category,
        )
        if len(hidden) == 1:
            text = text.replace("each missing", "the missing").replace("each [?]", "the [?]")

        return self.question(
            clip_view,
            inputs,
            f"{text} {format_steps(route, hidden)} {list_options(options)}",
            answer=answer,
            margin=route.margin,
            subject=f"{count}",
            answer_class=f"{count} {answer.value}",
            subtask=str(count),
            complexity=len(hidden) * 10 + len(inputs.path),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        objects = [clip_view.object(i) for i in inputs.stops]
        return explain_turns(clip_view, objects, np.asarray(inputs.path), inputs.hidden, answer)


def explain_turns(
    clip_view: ClipView,
    objects: Sequence[Object],
    points_S_2: Floats,
    hidden: Sequence[int],
    answer: Answer,
) -> str:
    """The walk on a sketch of the floor, and the side to which it bends at each hidden turn."""
    words = [turn_word(angle) for angle in turn_angles(points_S_2)]

    def is_faithful(sketched: FloorMap) -> bool:
        bends = [cross(sketched.move(i, i + 1), sketched.move(i + 1, i + 2)) for i in hidden]
        sides = ["turn left" if bend > 0 else "turn right" for bend in bends]
        return all(bends) and sides == [words[i] for i in hidden]

    sketched = sketch_map(clip_view.cameras[0], points_S_2.tolist(), is_faithful)
    if sketched is None:
        return ""

    places = list_in_words(
        [f"by the {obj.category} {sketched.format(i)}" for i, obj in enumerate(objects)]
    )
    bends = []
    for i in hidden:
        before_2, after_2 = sketched.move(i, i + 1), sketched.move(i + 1, i + 2)
        side = "left" if cross(before_2, after_2) > 0 else "right"
        bends.append(
            f"At the {objects[i + 1].category} the way goes from direction {format_pair(before_2)}"
            f" to {format_pair(after_2)}: {cross_in_words(before_2, after_2)},"
            f" {'positive' if side == 'left' else 'negative'}, so {side}."
        )

    return (
        f"I sketch the floor from above, in meters, from where the video starts, looking along the"
        f" second axis. The stops: {places}. {' '.join(bends)} Answer: {answer.value}."
    )


def format_steps(route: Route, hidden: Sequence[int]) -> str:
    """The numbered list of the walk with question marks for the hidden turns."""
    lines: list[str] = []

    for i, obj in enumerate(route.objects[1:]):
        lines.append(f"go forward until you are beside the {obj.category}")
        if i < len(route.turns):
            lines.append("[?]" if i in hidden else route.turns[i])

    return " ".join(
        f"{number}. {line[0].upper()}{line[1:]}." for number, line in enumerate(lines, start=1)
    )


def make_turn_options(right: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Two to four fillings in a random order, so related that none stands out (each differs from
    each alike).
    """
    if len(right) == 1:
        return sample_up_to(rng, ASKED_TURNS)

    pairs = [(turn, next(other for other in ASKED_TURNS if other != turn)) for turn in right]
    choices = [
        picks
        for picks in product((0, 1), repeat=len(right))
        if len(right) == 2 or sum(picks) % 2 == 0
    ]

    return sample_up_to(
        rng,
        [
            ", ".join(pair[pick] for pair, pick in zip(pairs, picks, strict=True))
            for picks in choices
        ],
    )
