"""Absolute distance: how far apart are two objects of the scene?"""

from itertools import combinations

import numpy as np

from waywiser.rendering.boxes import box_distance, box_distances
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MIN_OUTLINE_FRACTION,
    ClipTask,
    ObjectId,
    Question,
    is_clearly_visible,
    sample_up_to,
)
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.floor_map import FloorMap, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import format_meters, position_in_words, round_assumed
from waywiser.tasks.wording import format_measure, fov_note, round_meters

MIN_DISTANCE = 0.2
"""Meters. What nearly touches is not asked about."""

TEMPLATES = (
    (
        "Measuring from the closest point of each object, what is the distance between the {a}"
        " and the {b}, in meters?"
    ),
    "How far apart are the {a} and the {b} at their closest points, in meters?",
    "What is the shortest distance between the {a} and the {b}, in meters?",
    "Estimate the distance between the closest points of the {a} and the {b}, in meters.",
    "How many meters apart are the {a} and the {b}, measured between their closest points?",
    "In meters, how large is the gap between the {a} and the {b}?",
    (
        "What is the straight-line distance in meters from the {a} to the {b}, between their"
        " nearest points?"
    ),
    (
        "If you stretched a tape measure between the nearest points of the {a} and the {b}, how"
        " many meters would it show?"
    ),
    "How far is the {a} from the {b} at their nearest points, in meters?",
)


@register_task(seed=13)
class AbsoluteDistance(ClipTask):
    """Smallest distance between the oriented boxes of two objects, exact (no sampling), at least 20
    cm.

    Both have a word of their own in all of the video, do not move, and at least half of each shows
    in some frame. The answer is rounded to 0.1 m (below 1 m to 0.01 m); the exact one stays in the
    program. No margin.
    """

    name = "absolute_distance"
    kind = "number"
    unit = "m"
    needs = "video"
    scan_needs = ("objects", "boxes", "frames", "times")
    category_tells = True
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        a: ObjectId
        b: ObjectId
        exact_m: float

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        pairs = list(
            combinations(
                [obj for obj in static_objects(clip_view) if is_half_visible(clip_view, obj)], 2
            )
        )

        exact_N = box_distances([a.box for a, _ in pairs], [b.box for _, b in pairs])
        far = [
            pair
            for pair, exact in zip(pairs, exact_N.tolist(), strict=True)
            if exact >= MIN_DISTANCE
        ]

        return [
            self._build_question(clip_view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, far)
        ]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        exact = box_distance(clip_view.object(inputs.a).box, clip_view.object(inputs.b).box)
        return Answer(kind="number", value=round_meters(exact), unit=self.unit)

    def _build_question(
        self, clip_view: ClipView, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        exact = box_distance(a.box, b.box)

        return self.question(
            clip_view,
            self.Inputs(clip=clip_view.clip_index, a=a.id, b=b.id, exact_m=round(exact, 4)),
            f"{self.ask(rng, a=a.category, b=b.category)} {fov_note(clip_view.cameras[0])}",
            subject=" ".join(sorted((a.category, b.category))),
            answer_class=str(log_bin(exact)),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a, b = (clip_view.object(i) for i in (inputs.a, inputs.b))
        exact = box_distance(a.box, b.box)
        frame = best_common_frame(clip_view, a, b)
        halves = [round_assumed(half_extent_towards(obj, other)) for obj, other in ((a, b), (b, a))]

        def remaining(sketched: FloorMap) -> float:
            between = round(float(np.hypot(*sketched.move(0, 1))), 1)
            return round(between - halves[0] - halves[1], 2)

        sketched = sketch_map(
            clip_view.cameras[frame],
            [obj.box.center[:2] for obj in (a, b)],
            lambda tried: abs(remaining(tried) - exact) <= max(0.15 * exact, 0.1),
        )
        if sketched is None:
            return ""

        between = float(np.hypot(*sketched.move(0, 1)))
        told = [
            f"the {obj.category} ({where_in_clip(clip_view, frame, obj.id)}) is at about"
            f" {sketched.format(i)}"
            for i, obj in enumerate((a, b))
        ]
        meters = format_measure(float(answer.value))  # type: ignore[arg-type] - a number task
        return (
            f"I sketch the floor from above, in meters, from the camera at"
            f" {clip_view.times[frame]:g} s, looking along the second axis: {told[0]} and"
            f" {told[1]}. Their middles are {between:.1f} m apart. From its middle toward the other,"
            f" the {a.category} reaches about {format_meters(halves[0])} m and the {b.category}"
            f" about {format_meters(halves[1])} m: {between:.1f} - {format_meters(halves[0])} -"
            f" {format_meters(halves[1])} = {remaining(sketched):.2f} m. Within about 15 %, {meters}"
            " m."
        )


def best_common_frame(clip_view: ClipView, a: Object, b: Object) -> int:
    """The frame that shows both best; if no frame shows both, the one that shows the first best."""
    shares = [(view.pixel_share(a.id), view.pixel_share(b.id)) for view in clip_view.views]
    if any(min(pair) > 0 for pair in shares):
        return max(range(len(shares)), key=lambda i: min(shares[i]))
    return max(range(len(shares)), key=lambda i: shares[i][0])


def where_in_clip(clip_view: ClipView, frame: int, object_id: int) -> str:
    """Where an object shows in a frame, or when it shows if that frame does not."""
    view = clip_view.views[frame]
    if view.pixel_share(object_id) > 0:
        return position_in_words(view, object_id)

    shares = [other.pixel_share(object_id) for other in clip_view.views]
    best = shares.index(max(shares))
    return f"seen at {clip_view.times[best]:g} s"


def half_extent_towards(obj: Object, other: Object) -> float:
    """How far the object's box reaches from its middle toward another, on the floor, in meters."""
    way_2 = np.subtract(other.box.center[:2], obj.box.center[:2])
    way_3 = np.array([*way_2 / max(float(np.linalg.norm(way_2)), 1e-9), 0.0])
    along_2 = np.abs(obj.box.axes.T @ way_3)[:2]
    half_2 = np.asarray(obj.box.size[:2]) / 2
    return float(min(half / max(along, 1e-9) for half, along in zip(half_2, along_2, strict=True)))


def is_half_visible(clip_view: ClipView, obj: Object) -> bool:
    """Whether some frame shows the object plainly and at least half of it."""
    return any(
        is_clearly_visible(view, obj.id) and view.visible[obj.id].fraction >= MIN_OUTLINE_FRACTION
        for view in clip_view.views
    )
