"""Distance difference: by how much is one way longer than another?"""

from collections.abc import Sequence
from itertools import islice, permutations

import numpy as np

from waywiser.rendering.boxes import box_distance
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.absolute_distance import half_extent_towards
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    is_fully_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.camera_distance import estimate_distance, is_distance_measurable, log_bin
from waywiser.tasks.directions import floor_point
from waywiser.tasks.floor_map import FloorMap, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.visible_objects import stands_on_floor
from waywiser.tasks.visual_cues import (
    format_meters,
    keep_short,
    position_in_words,
    round_assumed,
    size_cues,
)
from waywiser.tasks.wording import format_measure, fov_note, list_in_words, round_meters

MIN_DIFFERENCE = 0.5
"""Meters. Smaller differences drown in the error of what they are the difference of."""
MAX_DIFFERENCE_ERROR = 0.2
"""The reasoning's result is this close to the truth, as a fraction."""
MIN_DISTANCE = 0.2
"""Meters between two objects whose distance is compared."""
MAX_DISTANCE = 6.0
"""Meters. Beyond, nobody judges a distance in a home by eye."""
MIN_SPACING = 1.0
"""Meters between the middles of objects that one goes between."""
MAX_TRIES = 40
"""Choices of objects that are tried at each depth."""
PER_DEPTH = 4
"""Questions of each depth about one image."""

TEMPLATES = {
    "camera": (
        "How much closer to the camera is the {a} than the {b}, in meters?",
        "By how many meters is the {a} closer to the camera than the {b}?",
        "How many meters nearer to the camera is the {a} than the {b}?",
        "How much farther from the camera is the {b} than the {a}, in meters?",
        "By how many meters is the {b} farther from the camera than the {a}?",
        "In meters, how much nearer to the camera is the {a} than the {b}?",
        "Estimate how many meters farther from the camera the {b} is than the {a}.",
        "Compared with the {a}, how many meters farther from the camera is the {b}?",
    ),
    "objects": (
        "How much closer is the {a} to the {b} than to the {c}, in meters?",
        "By how many meters is the {a} closer to the {b} than to the {c}?",
        "How many meters nearer is the {a} to the {b} than to the {c}?",
        "How much farther is the {a} from the {c} than from the {b}, in meters?",
        "By how many meters is the {a} farther from the {c} than from the {b}?",
        "In meters, how much farther is the {a} from the {c} than from the {b}?",
        "Estimate how many meters closer the {a} is to the {b} than to the {c}.",
        "The {a} is farther from the {c} than from the {b}. By how many meters?",
    ),
    "detour": (
        (
            "How many meters longer is it to go from the {a} to the {c} by way of the {b} than in"
            " a straight line?"
        ),
        (
            "Going from the {a} to the {c} by way of the {b}, how many meters longer is the trip"
            " than going straight?"
        ),
        "By how many meters does passing the {b} lengthen the straight line from the {a} to the {c}?",
        (
            "How many extra meters is it from the {a} to the {c} if you pass the {b} instead of"
            " going in a straight line?"
        ),
        "How much longer, in meters, is the route {a} - {b} - {c} than the direct line {a} - {c}?",
        "In meters, how long is the detour by way of the {b} on the way from the {a} to the {c}?",
        (
            "From the {a} you go straight to the {b} and then straight to the {c}. How many meters"
            " would going directly from the {a} to the {c} save?"
        ),
        (
            "Compared with the direct line from the {a} to the {c}, how many meters longer is the"
            " way by the {b}?"
        ),
    ),
}
NOTES = {
    "camera": "Measure to the nearest point of each object.",
    "objects": "Measure between the closest points of the objects.",
    "detour": "Measure on the floor plan, between the centers of the objects.",
}
Quantity = str


@register_task(seed=22)
class DistanceDifference(ImageTask):
    """The difference of distances in meters, at least half a meter.

    Depth 1 ("camera"): of the distances from the camera to the nearest points of two objects. Depth
    2 ("objects"): of the smallest distances from one object to two others. Depth 3 ("detour"): of
    the way from one object to another by way of a third and the straight one, on the floor plan,
    between the middles of their boxes, which stand on the floor at least 1 m apart. All objects have words of
    their own and their outline can be told; distances are 6 m at most and those between objects 20
    cm at least. Something that shows leads to the answer, within 20 %. The answer is rounded to 0.1
    m (below 1 m to 0.01 m); the exact one stays in the program. No margin.
    """

    name = "distance_difference"
    kind = "number"
    unit = "m"
    category_tells = True
    scan_needs = ("objects", "boxes", "up")
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        quantity: Quantity
        objects: tuple[ObjectId, ...]
        exact_m: float

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        objects = [obj for obj in uniquely_named(view) if is_fully_visible(view, obj.id)]
        questions: list[Question] = []

        for depth, quantity in enumerate(TEMPLATES, start=1):
            groups = permutations(objects, 2 if quantity == "camera" else 3)
            askable = [group for group in groups if is_difference_plain(view, quantity, group)]
            proposed = (
                self._build_question(view, quantity, depth, group, rng)
                for group in sample_up_to(rng, askable, MAX_TRIES)
            )
            questions += islice((q for q in proposed if q.reasoning), PER_DEPTH)

        return questions

    def answer(self, view: View, inputs: Inputs) -> Answer:
        objects = [view.object(i) for i in inputs.objects]
        exact = measured_difference(view, inputs.quantity, objects)
        return Answer(kind="number", value=round_meters(exact), unit=self.unit)

    def _build_question(
        self,
        view: View,
        quantity: Quantity,
        depth: int,
        group: Sequence[Object],
        rng: np.random.Generator,
    ) -> Question:
        exact = measured_difference(view, quantity, group)
        names = dict(zip("abc", [obj.category for obj in group], strict=False))
        text = self.ask(rng, quantity, **names)

        return self.question(
            view,
            self.Inputs(
                camera=view.camera_index,
                quantity=quantity,
                objects=tuple(obj.id for obj in group),
                exact_m=round(exact, 4),
            ),
            f"{text} {NOTES[quantity]} {fov_note(view.camera)}",
            subject=f"{quantity} {' '.join(sorted(names.values()))}",
            answer_class=str(log_bin(exact)),
            subtask=quantity,
            complexity=depth,
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        objects = [view.object(i) for i in inputs.objects]
        if inputs.quantity == "camera":
            return explain_camera_difference(view, objects, float(answer.value))  # type: ignore[arg-type]
        return explain_on_map(view, inputs.quantity, objects, inputs.exact_m, answer)


def measured_difference(view: View, quantity: Quantity, objects: Sequence[Object]) -> float:
    """The longer way less the shorter one, in meters, negative if it is the other way round."""
    if quantity == "camera":
        near, far = (view.visible[obj.id].nearest_distance for obj in objects)
        return far - near

    a, b, c = objects
    if quantity == "objects":
        return box_distance(a.box, c.box) - box_distance(a.box, b.box)

    ab, bc, ac = (
        float(np.linalg.norm(floor_point(one) - floor_point(two)))
        for one, two in ((a, b), (b, c), (a, c))
    )
    return ab + bc - ac


def is_difference_plain(view: View, quantity: Quantity, group: Sequence[Object]) -> bool:
    """Whether every distance is one that is asked about, and their difference large enough."""
    if quantity == "camera":
        is_measurable = all(is_distance_measurable(view, obj) for obj in group)
        return is_measurable and measured_difference(view, quantity, group) >= MIN_DIFFERENCE

    a, b, c = group
    if quantity == "detour" and not all(stands_on_floor(obj) for obj in group):
        return False

    pairs = ((a, b), (a, c)) if quantity == "objects" else ((a, b), (b, c), (a, c))
    if quantity == "objects":
        distances = [box_distance(one.box, two.box) for one, two in pairs]
    else:
        distances = [
            float(np.linalg.norm(floor_point(one) - floor_point(two))) for one, two in pairs
        ]

    shortest = MIN_DISTANCE if quantity == "objects" else MIN_SPACING
    return (
        min(distances) >= shortest
        and max(distances) <= MAX_DISTANCE
        and measured_difference(view, quantity, group) >= MIN_DIFFERENCE
    )


def explain_camera_difference(view: View, objects: Sequence[Object], meters: float) -> str:
    """The distance of each object by how large it looks, and their difference."""
    told: list[str] = []
    distances: list[float] = []

    for obj in objects:
        estimates = (estimate_distance(view, obj, cue) for cue in size_cues(view, obj))
        estimate = next((found for found in estimates if found), None)
        if estimate is None:
            return ""

        cue, off_axis, nearer, distance = estimate
        steps = f"{cue.depth:.1f}"
        if off_axis > 1.04:
            steps = f"{steps} x {off_axis:.2f}"
        if nearer:
            steps = f"{steps} - {format_meters(nearer)}"
        size_word = "tall" if cue.axis == "height" else "wide from here"
        told.append(
            f"The {obj.category}, {position_in_words(view, obj.id)}, is about"
            f" {format_meters(cue.assumed)} m {size_word} and spans {cue.percent} % of the image"
            f" {cue.axis}, {cue.factor:.2f} m at a depth of 1 m:"
            f" {format_meters(cue.assumed)} / ({cue.percent / 100:.2f} x {cue.factor:.2f}) ="
            f" {cue.depth:.1f} m"
            + (
                f"; to its near side {steps} = {distance:.2f} m."
                if steps != f"{cue.depth:.1f}"
                else "."
            )
        )
        distances.append(distance)

    difference = round(distances[1] - distances[0], 2)
    if abs(difference - meters) > MAX_DIFFERENCE_ERROR * meters:
        return ""

    return keep_short(
        f"{' '.join(told)} The difference: {distances[1]:.2f} - {distances[0]:.2f} ="
        f" {difference:.2f} m. Within about 20 %, {format_measure(meters)} m."
    )


def explain_on_map(
    view: View, quantity: Quantity, objects: Sequence[Object], exact: float, answer: Answer
) -> str:
    """The distances on a sketch of the floor, and their difference."""
    pairs = ((0, 2), (0, 1)) if quantity == "objects" else ((0, 1), (1, 2), (0, 2))
    halves = [
        round_assumed(
            half_extent_towards(objects[i], objects[j])
            + half_extent_towards(objects[j], objects[i])
        )
        if quantity == "objects"
        else 0.0
        for i, j in pairs
    ]

    def lengths(sketched: FloorMap) -> list[float]:
        between = [round(float(np.hypot(*sketched.move(i, j))), 1) for i, j in pairs]
        return [round(whole - half, 2) for whole, half in zip(between, halves, strict=True)]

    def difference(sketched: FloorMap) -> float:
        first, second, *last = lengths(sketched)
        return round(first + second - last[0] if last else first - second, 2)

    sketched = sketch_map(
        view.camera,
        [floor_point(obj) for obj in objects],
        lambda tried: (
            min(lengths(tried)) > 0
            and abs(difference(tried) - exact) <= MAX_DIFFERENCE_ERROR * exact
        ),
    )
    if sketched is None:
        return ""

    places = [
        f"the {obj.category} ({position_in_words(view, obj.id)}) at about {sketched.format(i)}"
        for i, obj in enumerate(objects)
    ]
    ways: list[str] = []
    for (i, j), half, length in zip(pairs, halves, lengths(sketched), strict=True):
        names = f"{objects[i].category} to {objects[j].category}"
        whole = f"{float(np.hypot(*sketched.move(i, j))):.1f}"
        if half:
            ways.append(
                f"{names} {whole} m, less {format_meters(half)} m taken up by the two:"
                f" {whole} - {format_meters(half)} = {length:.2f} m"
            )
        else:
            ways.append(f"{names} {whole} m")

    numbers = [f"{length:.2f}" if any(halves) else f"{length:.1f}" for length in lengths(sketched)]
    sum_text = f"{numbers[0]} - {numbers[1]}"
    if len(numbers) == 3:
        sum_text = f"{numbers[0]} + {numbers[1]} - {numbers[2]}"
    meters = format_measure(float(answer.value))  # type: ignore[arg-type] - a number task
    return keep_short(
        f"I sketch the floor from above, in meters, with the camera at (0, 0) and looking along"
        f" the second axis: {list_in_words(places)}. Between their middles: {'; '.join(ways)}."
        f" {sum_text} = {difference(sketched):.2f} m. Within about 20 %, {meters} m."
    )
