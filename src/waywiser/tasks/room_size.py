"""Room size: what is the floor area of a room that a video shows?"""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.geometry import inside_polygon, signed_area
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ClipTask, ObjectId, Question, View, sample_one, sample_up_to
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import DEPTH_TOLERANCE, RELATIVE_DEPTH_TOLERANCE, project_points

MIN_COVERAGE = 0.8
"""At least this share of the floor lies in view in some frame."""
COVERAGE_RESERVE = 0.05
"""More than that is asked for, by as much as two ways of measuring it may differ."""
GRID_SPACING = 0.2
"""Metres between the floor points that coverage is measured on."""

TEMPLATES = (
    "What is the floor area of the room with the {a}, in square metres?",
    "How large is the room that the {a} stands in, in square metres of floor?",
    "How many square metres does the floor of the room with the {a} measure?",
    "Estimate the area, in square metres, of the room where the {a} is.",
    "In square metres, how big is the room that contains the {a}, from wall to wall?",
    "The video shows a room with a {a}. What is its floor area in square metres?",
    (
        "Give the size of the room with the {a} in square metres (all of its floor, also under"
        " furniture)."
    ),
    "From wall to wall, how many square metres of floor does the room with the {a} have?",
    "What area in square metres would a plan of the room with the {a} show for its floor?",
)


@register_task(seed=14)
class RoomSize(ClipTask):
    """Area of the room's floor polygon in square metres, also under furniture; doorways do not
    count.

    The room is named by an object with a word of its own in all of the video. At least 85 % of the
    floor's points (80 % and a reserve for how it is measured) lie in view in some frame with no
    wall before them; what the room's own furniture hides counts as seen, since the walls round it
    tell. The answer is rounded to 0.1; the exact one stays in the program. No margin.
    """

    name = "room_size"
    kind = "number"
    unit = "m2"
    needs = "video"
    scan_needs = ("objects", "boxes", "frames", "times", "floor")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        room: int
        object: ObjectId
        exact_m2: float

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []

        for room in range(len(clip_view.scene.rooms)):
            objects = [obj for obj in static_objects(clip_view) if obj.room == room]
            if objects and floor_coverage(clip_view, room) >= MIN_COVERAGE + COVERAGE_RESERVE:
                questions.append(
                    self._build_question(clip_view, room, sample_one(rng, objects), rng)
                )

        return sample_up_to(rng, questions)

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        return Answer(
            kind="number", value=round(room_area(clip_view, inputs.room), 1), unit=self.unit
        )

    def _build_question(
        self, clip_view: ClipView, room: int, obj: Object, rng: np.random.Generator
    ) -> Question:
        exact = room_area(clip_view, room)
        inputs = self.Inputs(
            clip=clip_view.clip_index, room=room, object=obj.id, exact_m2=round(exact, 4)
        )

        return self.question(
            clip_view,
            inputs,
            self.ask(rng, a=obj.category),
            subject="room",
            answer_class=str(log_bin(exact)),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        corners = np.asarray(clip_view.scene.rooms[inputs.room].polygon)
        long, wide = corners.max(axis=0) - corners.min(axis=0)
        less = long * wide - room_area(clip_view, inputs.room)
        notch = f", less {less:.1f} m2 that are cut off" if less > 0.05 else ""

        return (
            f"The walls of the room with the {clip_view.object(inputs.object).category} are about"
            f" {long:.1f} m and {wide:.1f} m apart{notch}: {answer.value:.10g} m2."
        )


def room_area(clip_view: ClipView, room: int) -> float:
    """Floor area of a room in square metres."""
    return signed_area(np.asarray(clip_view.scene.rooms[room].polygon, dtype=np.float64))


def floor_coverage(clip_view: ClipView, room: int) -> float:
    """Share of the room's floor points that some frame has in view, walls permitting, in [0, 1]."""
    polygon = clip_view.scene.rooms[room].polygon
    low = np.min(polygon, axis=0)
    high = np.max(polygon, axis=0)
    x, y = (
        np.arange(a + GRID_SPACING / 2, b, GRID_SPACING) for a, b in zip(low, high, strict=True)
    )
    grid_P_2 = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    floor_P_2 = grid_P_2[inside_polygon(polygon, grid_P_2)]

    if not len(floor_P_2):
        return 0.0

    points_P_3 = np.column_stack([floor_P_2, np.zeros(len(floor_P_2))])
    furniture = [obj.id for obj in clip_view.scene.objects if obj.room == room]
    seen_P = np.zeros(len(points_P_3), dtype=bool)

    for view in clip_view.views:
        seen_P |= _floor_points_in_view(view, points_P_3, furniture)

    return float(seen_P.mean())


def _floor_points_in_view(
    view: View, points_P_3: NDArray[np.float64], furniture: list[int]
) -> NDArray[np.bool_]:
    """Which points lie in the picture with nothing before them but the room's own furniture."""
    u_P, v_P, depth_P, inside_P = project_points(view.camera, points_P_3)
    clear_P = (
        view.frame.depth[v_P, u_P] >= depth_P * (1 - RELATIVE_DEPTH_TOLERANCE) - DEPTH_TOLERANCE
    )  # not where nothing was measured

    return inside_P & (clear_P | np.isin(view.frame.ids[v_P, u_P], furniture))
