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
from waywiser.tasks.visual_cues import format_meters, round_assumed
from waywiser.tasks.wording import fov_note

MIN_COVERAGE = 0.8
"""At least this share of the floor lies in view in some frame."""
COVERAGE_RESERVE = 0.05
"""More than that is asked for, by as much as two ways of measuring it may differ."""
MAX_AREA_ERROR = 0.12
MAX_SIDE_ERROR = 0.1
"""Relative errors of the area and of a side up to which a comparison with furniture is used."""
MAX_RULER_TIMES = 8
"""Nobody tells by eye how often something fits into a wall if it fits more often than this."""
MIN_RULER = 0.4
"""Meters. Shorter things are no help in judging the length of a wall."""
GRID_SPACING = 0.2
"""Metres between the floor points that coverage is measured on."""

TEMPLATES = (
    "What is the floor area of the room with the {a}, in square meters?",
    "How large is the room that contains the {a}, in square meters?",
    "How many square meters of floor does the room with the {a} have?",
    "Estimate the floor area of the room with the {a}, in square meters.",
    "In square meters, how big is the room where the {a} is?",
    "What is the size of the room with the {a}? Give its floor area in square meters.",
    "From wall to wall, how many square meters is the floor of the room with the {a}?",
    "Including the floor under the furniture, how many square meters is the room with the {a}?",
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
    category_tells = True
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
            f"{self.ask(rng, a=obj.category)} {fov_note(clip_view.cameras[0])}",
            subject=clip_view.scene.rooms[room].use or "room",
            answer_class=str(log_bin(exact)),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        exact = room_area(clip_view, inputs.room)
        corners = np.asarray(clip_view.scene.rooms[inputs.room].polygon)
        sides = corners.max(axis=0) - corners.min(axis=0)
        name = clip_view.object(inputs.object).category
        rulers = [find_ruler(clip_view, inputs.room, side) for side in sides.tolist()]
        if rulers[0] is None or rulers[1] is None:
            return ""

        (first, length), (second, width) = rulers[0], rulers[1]
        area = round(length * width, 1)
        missing = float(sides[0] * sides[1]) - exact
        notch = round(missing) if missing > 0.5 else 0
        if abs(area - notch - exact) > MAX_AREA_ERROR * exact:
            return ""

        steps = [
            f"I compare the walls of the room with the {name} to things in it. One way: {first}."
            f" The other way: {second}.",
            f"{length:.1f} x {width:.1f} = {area:.1f} square meters.",
        ]
        if notch:
            steps.append(
                f"A corner of about {notch} square meters is cut off: {area:.1f} - {notch} ="
                f" {area - notch:.1f}."
            )
        return f"{' '.join(steps)} Within about 12 %, {answer.value:.10g} square meters."


def find_ruler(clip_view: ClipView, room: int, side: float) -> tuple[str, float] | None:
    """A thing of assumed length that a side of the room is compared with, and what follows.

    Args:
        clip_view: The clip.
        room: The room's index.
        side: Length of the side in meters.

    Returns:
        The comparison in words and the estimated length in meters (to 0.1); None if nothing that
        the clip shows helps.
    """
    best: tuple[float, str, float] | None = None

    for obj in static_objects(clip_view):
        long = round_assumed(max(obj.box.size[:2]))
        if obj.room != room or max(obj.box.size[:2]) < MIN_RULER:
            continue

        times = round(2 * side / long) / 2
        estimate = round(times * long, 1)
        error = abs(estimate / side - 1)
        if (
            1 <= times <= MAX_RULER_TIMES
            and error <= MAX_SIDE_ERROR
            and (best is None or error < best[0])
        ):
            words = (
                f"the {obj.category}, about {format_meters(long)} m long, would fit about"
                f" {times:g} times, {times:g} x {format_meters(long)} = {estimate:.1f} m"
            )
            best = (error, words, estimate)

    return best and (best[1], best[2])


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
