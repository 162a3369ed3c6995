"""Route plan: which turns are missing in the description of a walk?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    ClipTask,
    ObjectId,
    Question,
    sample_one,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    Floats,
    angle_to_boundary,
    bearing,
    floor_point,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.walkability import (
    is_standing_point,
    obstacle_footprints,
    standing_points,
    unobstructed_paths,
    wall_segments,
)
from waywiser.tasks.wording import list_options

TURNS = ("turn left", "turn right", "turn back")
MIN_TURN = 45.0
BACK_ANGLE = 135.0
"""Degrees: no turn is smaller, and from `BACK_ANGLE` on it is a turn back."""
SECTOR_BOUNDARIES = (0.0, BACK_ANGLE, -BACK_ANGLE)
MIN_LEG_LENGTH = 0.8
MAX_LEG_LENGTH = 8.0
"""Metres of a straight part of the way."""
MAX_STOPS = 4
MAX_HIDDEN_TURNS = 3
MAX_TRIES = 300
BACK_ONLY_KEEP_PROB = 0.3
"""Share of the routes that only turn back, again and again, that is kept: there are too many of
them.
"""
ROUNDING_TOLERANCE = 1e-3
"""Metres by which a stored way may come nearer than the clearance, being rounded."""

TEMPLATES = (
    (
        "You stand beside the {start}, facing the {first}, and want to reach the {end}. Which turns"
        " belong where the list has a question mark?"
    ),
    (
        "A robot beside the {start} faces the {first} and is to drive to the {end}. Fill in the"
        " turns marked by question marks."
    ),
    (
        "Plan a walk from the {start} to the {end}. You begin at the {start} and face the {first}."
        " What are the missing turns (?)?"
    ),
    (
        "To get from the {start} to the {end}, having the {first} straight ahead at the start,"
        " follow this list. Which turns replace the question marks?"
    ),
    (
        "Starting at the {start} with your face to the {first}, you walk to the {end}. Complete the"
        " missing turns (?)."
    ),
    (
        "Complete the route from the {start} to the {end}; at the beginning you look at the"
        " {first}. What must each question mark be?"
    ),
    (
        "You are next to the {start} and look at the {first}. Your goal is the {end}. Which turns"
        " are left out (?) here?"
    ),
    (
        "Guide somebody from the {start}, who faces the {first}, to the {end}. What has to stand"
        " for the question marks?"
    ),
    (
        "From the {start}, facing the {first}, this route leads to the {end}. Which turns are"
        " hidden behind the question marks?"
    ),
)


@dataclass(frozen=True)
class Route:
    """Stops beside `objects`, (S, 2) floor `points` in metres, with a turn (a place in TURNS) at
    each inner stop.
    """

    objects: tuple[Object, ...]
    points_S_2: Floats
    turns: tuple[str, ...]
    margin: float


@register_task(seed=17)
class RoutePlan(ClipTask):
    """A walk in straight parts from beside one object to beside others, with one to three of its
    turns hidden.

    Every part is 0.8 to 8 m long and keeps 20 cm from walls and furniture; doors are open. A turn
    is left or right from 45 degrees on and back from 135 degrees on. Each turn has the same class,
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

        question = self.question(
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

        # The stored way is rounded; the trace tells the angles of the way itself.
        exact = explain_turns(route.objects, route.points_S_2, hidden, answer)
        return replace(question, reasoning=exact)

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        objects = [clip_view.object(i) for i in inputs.stops]
        return explain_turns(objects, np.asarray(inputs.path), inputs.hidden, answer)


def explain_turns(
    objects: Sequence[Object], points_S_2: Floats, hidden: Sequence[int], answer: Answer
) -> str:
    """The trace of a walk: by how many degrees it bends at each hidden turn."""
    angles = turn_angles(points_S_2)
    told = "; ".join(
        f"at the {objects[i + 1].category} the way to the {objects[i + 2].category}"
        f" bends {abs(angles[i]):.0f} degrees to the {'left' if angles[i] > 0 else 'right'}"
        for i in hidden
    )
    return f"On the floor plan, {told}: {answer.value}."


def is_walkable(clip_view: ClipView, path_S_2: Floats, start: int, end: int) -> bool:
    """Whether the way begins and ends beside these objects and keeps clear of walls and furniture."""
    blocks_B_5 = np.concatenate(
        [wall_segments(clip_view.scene), obstacle_footprints(clip_view.scene)]
    )

    return bool(
        unobstructed_paths(path_S_2[:-1], path_S_2[1:], blocks_B_5, ROUNDING_TOLERANCE).all()
    ) and all(
        is_standing_point(clip_view.object(i), point)
        for i, point in ((start, path_S_2[0]), (end, path_S_2[-1]))
    )


def format_steps(route: Route, hidden: Sequence[int]) -> str:
    """The numbered list of the walk with question marks for the hidden turns."""
    lines: list[str] = []

    for i, obj in enumerate(route.objects[1:]):
        lines.append(f"go forward until you are beside the {obj.category}")
        if i < len(route.turns):
            lines.append("?" if i in hidden else route.turns[i])

    return " ".join(
        f"{number}. {line.capitalize()}." for number, line in enumerate(lines, start=1)
    ).replace("?.", "?")


def make_turn_options(right: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Three or four fillings in a random order, so related that none stands out (each differs from
    each alike).
    """
    if len(right) == 1:
        return sample_up_to(rng, TURNS)

    pairs = [(turn, sample_one(rng, [other for other in TURNS if other != turn])) for turn in right]
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


def turn_angles(points_S_2: Floats) -> list[float]:
    """Degrees turned at each inner point of a way, positive to the left."""
    legs = np.diff(points_S_2, axis=0)
    return [bearing(legs[i], legs[i + 1]) for i in range(len(legs) - 1)]


def turn_word(degrees: float) -> str:
    """The word for a turn."""
    if abs(degrees) >= BACK_ANGLE:
        return "turn back"
    return "turn left" if degrees > 0 else "turn right"


def agreed_turns(
    objects: Sequence[Object], points_S_2: Floats
) -> tuple[tuple[str, ...], float] | None:
    """The turns of a way and their margin in degrees, or None where points and objects tell them
    differently.
    """
    walked = turn_angles(points_S_2)
    middles = turn_angles(np.array([floor_point(obj) for obj in objects]))
    for one, two in zip(walked, middles, strict=True):
        if turn_word(one) != turn_word(two) or min(abs(one), abs(two)) < MIN_TURN:
            return None

    margin = min(angle_to_boundary(angle, SECTOR_BOUNDARIES) for angle in (*walked, *middles))
    ahead = bearing(floor_point(objects[1]) - points_S_2[0], points_S_2[1] - points_S_2[0])
    if margin < MIN_SECTOR_MARGIN or abs(ahead) > 20.0:
        return None

    return tuple(turn_word(angle) for angle in walked), margin


def find_routes(clip_view: ClipView, rng: np.random.Generator) -> list[Route]:
    """Random routes through the scene's standing points, no two along the same objects."""
    objects = static_objects(clip_view)
    blocks_B_5 = np.concatenate(
        [wall_segments(clip_view.scene), obstacle_footprints(clip_view.scene)]
    )
    points_P_2, owner_P = standing_points(clip_view.scene, objects, blocks_B_5)
    if len(points_P_2) < 3:
        return []

    next_P = reachable_points(points_P_2, owner_P, blocks_B_5)
    routes_by_ids: dict[tuple[int, ...], Route] = {}

    for _ in range(MAX_TRIES):
        stops = int(rng.integers(3, MAX_STOPS + 2))
        path = _random_walk(int(rng.integers(len(points_P_2))), stops, next_P, owner_P, rng)
        on_way = [objects[owner_P[p]] for p in path]
        key = tuple(obj.id for obj in on_way)

        if len(path) < 3 or key in routes_by_ids:
            continue

        told = agreed_turns(on_way, points_P_2[path])
        if told is None or (set(told[0]) == {"turn back"} and rng.random() > BACK_ONLY_KEEP_PROB):
            continue

        routes_by_ids[key] = Route(tuple(on_way), points_P_2[path], *told)
        if len(routes_by_ids) == MAX_QUESTIONS:
            break

    return list(routes_by_ids.values())


def _random_walk(
    start: int,
    stops: int,
    next_P: Sequence[Sequence[int]],
    owner_P: np.ndarray,
    rng: np.random.Generator,
) -> list[int]:
    """A random way of up to `stops` points, each beside another object."""
    path = [start]
    while len(path) < stops:
        fresh = [p for p in next_P[path[-1]] if owner_P[p] not in {owner_P[w] for w in path}]
        if not fresh:
            break

        path.append(sample_one(rng, fresh))

    return path


def reachable_points(
    points_P_2: Floats, owner_P: np.ndarray, blocks_B_5: Floats
) -> list[list[int]]:
    """For each point the points beside other objects that a free straight way leads to."""
    first, second = np.triu_indices(len(points_P_2), 1)
    length = np.linalg.norm(points_P_2[first] - points_P_2[second], axis=1)
    fits = (
        (owner_P[first] != owner_P[second])
        & (length >= MIN_LEG_LENGTH)
        & (length <= MAX_LEG_LENGTH)
    )

    first = first[fits]
    second = second[fits]
    free = unobstructed_paths(points_P_2[first], points_P_2[second], blocks_B_5)
    next_P: list[list[int]] = [[] for _ in points_P_2]

    for a, b in zip(first[free].tolist(), second[free].tolist(), strict=True):
        next_P[a].append(b)
        next_P[b].append(a)

    return next_P
