"""Correspondence: which marked point of the second picture is the point marked in the first?

Dimensions: P pixels in the first picture, Q pixels in the second, T tries, H picture height,
W picture width.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.boxes import box_distance
from waywiser.rendering.marks import Mark
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    ClipTask,
    ObjectId,
    Question,
    View,
    is_clearly_visible,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import (
    project_points,
    sample_frame_pairs,
    unproject_pixels,
    view_overlap,
    visible_points,
)
from waywiser.tasks.visual_cues import object_id_at, place_on_object, position_in_words
from waywiser.tasks.wording import LETTERS, list_in_words, list_short_options

OVERLAP_RANGE = (0.3, 0.8)
"""Share of the first picture's points that the second shows: less is guesswork, more needs no
thought.
"""
MIN_POINT_DISTANCE = 0.15
"""Meters in the room from the true point to every wrong one ..."""
MIN_MARK_DISTANCE = 0.08
"""... and, in shares of the width, between any two marks in the second picture, so that none hides
another.
"""
BORDER_SHARE = 0.04
"""Marks keep so far from the edges, in shares of the width."""
MAX_DISTRACTOR_DISTANCE = 1.0
"""Meters from the point's object to what else wrong points may lie on."""
MAX_TRIES = 6
NUM_OPTIONS = 4

TEMPLATES = (
    "Which of the points A-D in image 2 marks the same physical point as the red dot in image 1?",
    (
        "The red dot in image 1 marks a point in the room. Which of the points A-D in image 2 is"
        " the same point?"
    ),
    (
        "Both images show the same room. Which labeled point in image 2 corresponds to the red"
        " dot in image 1?"
    ),
    (
        "Find the spot marked by the red dot in image 1. Which of the points A-D in image 2 is on"
        " that spot?"
    ),
    (
        "Which labeled point in image 2 is at the same place on the same object as the red dot in"
        " image 1?"
    ),
    "Match the red dot in image 1 to one of the points A-D in image 2.",
    (
        "Image 2 shows the room from another viewpoint. Which of its points A-D is the one marked"
        " in image 1?"
    ),
    "Which point in image 2, A, B, C or D, shows the same location as the red dot in image 1?",
    "Look at the red dot in image 1. Which of the points A-D in image 2 marks that exact location?",
)


@register_task(seed=8)
class Correspondence(ClipTask):
    """The same point of a surface in two pictures, four marked choices.

    The point lies on an object that both pictures show plainly and that does not move, with the
    object on all sides of it in both; the second picture shows 30 to 80 % of the first's points.
    Wrong points lie on the same object where it is large enough, else on one of the same category or
    within 1 m of it, at least 15 cm away in the room and 8 % of the width away in the picture.
    `margin` is by how much nearer (in shares of the width) the right mark is to the true place than
    any other.
    """

    name = "correspondence"
    kind = "choice"
    needs = "views"
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        frame_a: int
        frame_b: int
        object: ObjectId
        point: tuple[float, float]
        options: tuple[tuple[float, float], ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []

        for a, b in sample_frame_pairs(clip_view, rng):
            one = clip_view.views[a]
            two = clip_view.views[b]
            objects = [
                t
                for t in static_objects(clip_view, (a, b))
                if is_clearly_visible(one, t.id) and is_clearly_visible(two, t.id)
            ]
            if not objects or not OVERLAP_RANGE[0] <= view_overlap(one, two) <= OVERLAP_RANGE[1]:
                continue

            for obj in sample_up_to(rng, objects, 2):
                question = self._try_point(clip_view, (a, b), obj, rng)
                if question is not None:
                    questions.append(question)

            if len(questions) >= MAX_QUESTIONS:
                break

        return questions[:MAX_QUESTIONS]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        errors_4 = option_errors(clip_view, inputs)
        return Answer(
            kind="choice",
            value=f"point {LETTERS[int(np.argmin(errors_4))]}",
            options=option_names(),
        )

    def _try_point(
        self, clip_view: ClipView, pair: tuple[int, int], obj: Object, rng: np.random.Generator
    ) -> Question | None:
        one, two = (clip_view.views[frame] for frame in pair)
        match = find_shared_point(one, two, obj, rng)
        if match is None:
            return None

        (u_a, v_a), (u_b, v_b), point_3 = match
        wrong = find_wrong_points(two, obj, (u_b, v_b), point_3, rng)
        if wrong is None:
            return None

        options = sample_up_to(rng, [(u_b, v_b), *wrong])
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            frame_a=pair[0],
            frame_b=pair[1],
            object=obj.id,
            point=(u_a + 0.5, v_a + 0.5),
            options=tuple((u + 0.5, v + 0.5) for u, v in options),
        )

        answer = self.answer(clip_view, inputs)
        letter = LETTERS[options.index((u_b, v_b))]
        if answer.value != f"point {letter}":
            return None

        return self._build_question(clip_view, inputs, answer, rng)

    def _build_question(
        self, clip_view: ClipView, inputs: Inputs, answer: Answer, rng: np.random.Generator
    ) -> Question:
        a = inputs.frame_a
        b = inputs.frame_b
        right, *others = sorted(option_errors(clip_view, inputs).tolist())
        marks = zip(inputs.options, LETTERS, strict=False)

        return self.question(
            clip_view,
            inputs,
            f"{self.ask(rng)} {list_short_options(option_names())}",
            answer=answer,
            margin=(others[0] - right) / clip_view.views[b].camera.width,
            subject=clip_view.object(inputs.object).category,
            complexity=abs(a - b),
            frames=(a, b),
            annotate={
                a: (Mark(inputs.point),),
                b: tuple(Mark(place, letter) for place, letter in marks),
            },
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        one, two = (clip_view.views[i] for i in (inputs.frame_a, inputs.frame_b))
        category = clip_view.object(inputs.object).category
        places = [place_on_object(two, inputs.object, option) for option in inputs.options]
        dot = place_on_object(one, inputs.object, inputs.point)
        right = option_names().index(str(answer.value))
        if dot is None or places[right] is None:
            return ""

        others = []
        for letter, place, option in zip(LETTERS, places, inputs.options, strict=False):
            if letter == LETTERS[right]:
                continue
            other = object_id_at(two, option)
            others.append(
                f"{letter} is {place} of it"
                if place and other == inputs.object
                else f"{letter} is on the {clip_view.object(other).category}"
                if other
                else f"{letter} is beside it"
            )

        u, v = inputs.point
        return (
            f"In image 1 the red dot, at {100 * u / one.camera.width:.0f} % of the width and"
            f" {100 * v / one.camera.height:.0f} % of the height, is on the {category}: {dot} of"
            f" what shows of it. In image 2 the {category} is {position_in_words(two, inputs.object)}."
            f" There {list_in_words(others)}, while {LETTERS[right]} is {places[right]} of it, on the"
            f" same spot. So it is {answer.value}."
        )


def option_names() -> list[str]:
    """The options' texts."""
    return [f"point {letter}" for letter in LETTERS[:NUM_OPTIONS]]


def option_errors(clip_view: ClipView, inputs: Correspondence.Inputs) -> NDArray[np.float64]:
    """(4,) pixels in the second picture from each option to where the point marked in the first
    really is.
    """
    one, two = (clip_view.views[i] for i in (inputs.frame_a, inputs.frame_b))
    u, v = (int(np.floor(x)) for x in inputs.point)
    truth_1_2 = two.camera.project(unproject_pixels(one, np.array([u]), np.array([v])))
    return np.linalg.norm(np.asarray(inputs.options, dtype=float) - truth_1_2, axis=1)


def inner_pixels(view: View, object_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows (P,) of the object's pixels with the object on all sides, away from the
    picture's edges.
    """
    inset = max(1, round(view.camera.width / 100))
    border = max(inset, round(BORDER_SHARE * view.camera.width))
    mask_H_W = view.frame.ids == object_id
    height, width = mask_H_W.shape
    rows = np.flatnonzero(mask_H_W.any(axis=1))
    columns = np.flatnonzero(mask_H_W.any(axis=0))

    if not len(rows):
        return rows, columns

    # Nothing nearer than `inset` to the bounds of the object's pixels has the object on all sides.
    top = max(border, int(rows[0]) + inset)
    left = max(border, int(columns[0]) + inset)
    bottom = min(height - border, int(rows[-1]) + 1 - inset)
    right = min(width - border, int(columns[-1]) + 1 - inset)

    if bottom <= top or right <= left:
        return rows[:0], columns[:0]

    inner = np.ones((bottom - top, right - left), dtype=bool)
    for dv, du in ((0, 0), (-inset, 0), (inset, 0), (0, -inset), (0, inset)):
        inner &= mask_H_W[top + dv : bottom + dv, left + du : right + du]

    v_P, u_P = np.nonzero(inner)
    return u_P + left, v_P + top


def find_shared_point(
    one: View, two: View, obj: Object, rng: np.random.Generator
) -> tuple[tuple[int, int], tuple[int, int], NDArray[np.float64]] | None:
    """A random point of the object that both pictures show well: its pixel in each and its place in
    the world.
    """
    u_P, v_P = inner_pixels(one, obj.id)
    if not len(u_P):
        return None

    chosen = rng.integers(len(u_P), size=MAX_TRIES)
    points_T_3 = unproject_pixels(one, u_P[chosen], v_P[chosen])
    seen_T = visible_points(two, points_T_3)
    u_T, v_T, _, _ = project_points(two.camera, points_T_3)
    inner_u_Q, inner_v_Q = inner_pixels(two, obj.id)

    for t in range(MAX_TRIES):
        pixel = int(u_T[t]), int(v_T[t])
        if seen_T[t] and ((inner_u_Q == pixel[0]) & (inner_v_Q == pixel[1])).any():
            return (int(u_P[chosen[t]]), int(v_P[chosen[t]])), pixel, points_T_3[t]

    return None


def find_wrong_points(
    view: View,
    obj: Object,
    right: tuple[int, int],
    point_3: NDArray[np.float64],
    rng: np.random.Generator,
) -> list[tuple[int, int]] | None:
    """Three pixels that lie elsewhere; None where there are not enough.

    They are on the point's own object first, then on others of its category or beside it: a point
    across the room is ruled out at a glance.
    """
    others = [
        other for other in view.visible if other != obj.id and is_clearly_visible(view, other)
    ]
    alike = [o for o in others if view.object(o).category == obj.category]
    near = [o for o in others if o not in alike and _is_near(view.object(o), obj)]
    order = [obj.id, obj.id, *sample_up_to(rng, alike), obj.id, *sample_up_to(rng, near), obj.id]
    accepted = [right]

    for object_id in order:
        u_P, v_P = inner_pixels(view, object_id)
        if not len(u_P):
            continue

        chosen = rng.integers(len(u_P), size=MAX_TRIES)
        far_T = (
            np.linalg.norm(unproject_pixels(view, u_P[chosen], v_P[chosen]) - point_3, axis=1)
            >= MIN_POINT_DISTANCE
        )
        for t in np.flatnonzero(far_T):
            pixel = int(u_P[chosen[t]]), int(v_P[chosen[t]])
            if (
                min(np.hypot(pixel[0] - u, pixel[1] - v) for u, v in accepted)
                >= MIN_MARK_DISTANCE * view.camera.width
            ):
                accepted.append(pixel)
                break

        if len(accepted) == NUM_OPTIONS:
            return accepted[1:]

    return None


def _is_near(other: Object, obj: Object) -> bool:
    return box_distance(other.box, obj.box) <= MAX_DISTRACTOR_DISTANCE
