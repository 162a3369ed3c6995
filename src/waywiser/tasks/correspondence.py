"""Correspondence: which marked point of the second picture is the point marked in the first?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.marks import Mark
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import MAX_DRAFTS, Draft, Needs, View, draw, plain, some
from waywiser.tasks._footage import Footage, still
from waywiser.tasks._sight import frame_pairs, overlap, placed, sees, world_points
from waywiser.tasks._words import LETTERS, one_of

OVERLAP = (0.1, 0.7)
"""Share of the first picture's points that the second shows: less is guesswork, more needs no thought."""
APART = 0.15
"""Metres in the room from the true point to every wrong one ..."""
PIXELS_APART = 0.08
"""... and, in shares of the width, between any two marks in the second picture, so that none hides another."""
BORDER = 0.04
"""Marks keep so far from the edges, in shares of the width."""
TRIES, COUNT = 6, 4

TEMPLATES = (
    "A red dot marks a point in the first picture. Which of the lettered points in the second picture is the same "
    "point of the room?",
    "Which lettered point in picture 2 is the point marked by the dot in picture 1?",
    "The dot in the first picture lies on a spot that the second picture shows too. At which letter?",
    "Find the spot marked in picture 1 again in picture 2: which letter stands there?",
    "The pictures show one place from two viewpoints. Which point of picture 2 corresponds to the dot in picture 1?",
    "Match the marked point of the first picture with one of the lettered points of the second.",
    "Which of the points A to D in the second picture lies at the same place in the room as the dot in the first?",
    "Look at the dot in picture 1. Where is that very spot in picture 2?",
    "Which letter in picture 2 marks the same spot on the same object as the dot in picture 1?",
)


class Correspondence:
    """The same point of a surface in two pictures, four marked choices.

    The point lies on an object that both pictures show plainly and that does not move, with the object on all
    sides of it in both; the second picture shows 10 to 70 % of the first's points. Wrong points lie on the same
    object where it is large enough, else on others, at least 15 cm away in the room and 8 % of the width away in
    the picture. `margin` is by how much nearer (in shares of the width) the right mark is to the true place than any
    other.
    """

    name = "correspondence"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "views"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        drafts: list[Draft] = []
        for a, b in frame_pairs(footage, rng):
            one, two = footage.views[a], footage.views[b]
            things = [t for t in still(footage, (a, b)) if plain(one, t.id) and plain(two, t.id)]
            if not things or not OVERLAP[0] <= overlap(one, two) <= OVERLAP[1]:
                continue
            for thing in some(rng, things, 2):
                draft = self._marked(footage, (a, b), thing, rng)
                if draft is not None:
                    drafts.append(draft)
            if len(drafts) >= MAX_DRAFTS:
                break
        return drafts[:MAX_DRAFTS]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        gaps_4 = gaps(footage, inputs)
        return Answer(kind="choice", value=f"point {LETTERS[int(np.argmin(gaps_4))]}", options=names())

    def _marked(self, footage: Footage, pair: tuple[int, int], thing: Object, rng: np.random.Generator) -> Draft | None:
        one, two = (footage.views[frame] for frame in pair)
        found = shared_point(one, two, thing, rng)
        if found is None:
            return None
        (u_a, v_a), (u_b, v_b), point_3 = found
        wrong = wrong_points(two, thing, (u_b, v_b), point_3, rng)
        if wrong is None:
            return None
        options = some(rng, [(u_b, v_b), *wrong])
        inputs = footage.inputs(
            frame_a=pair[0], frame_b=pair[1], object=thing.id,
            point=[u_a + 0.5, v_a + 0.5], options=[[u + 0.5, v + 0.5] for u, v in options],
        )  # fmt: skip
        answer = self.answer(footage, inputs)
        letter = LETTERS[options.index((u_b, v_b))]
        if answer.value != f"point {letter}":
            return None
        return self._draft(footage, inputs, answer, thing, rng)

    def _draft(
        self, footage: Footage, inputs: dict[str, Any], answer: Answer, thing: Object, rng: np.random.Generator
    ) -> Draft:
        a, b = inputs["frame_a"], inputs["frame_b"]
        u_a, v_a = inputs["point"]
        u_b, v_b = inputs["options"][names().index(str(answer.value))]
        one, two = footage.views[a].camera, footage.views[b].camera
        right, *others = sorted(gaps(footage, inputs).tolist())
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES)} {one_of(names())}",
            answer=answer,
            reasoning=(
                f"In the first picture the dot is on the {thing.category}, {100 * u_a / one.width:.0f} across and "
                f"{100 * v_a / one.height:.0f} down of 100. From the second viewpoint that spot is "
                f"{100 * u_b / two.width:.0f} across and {100 * v_b / two.height:.0f} down, where {answer.value} is."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=(others[0] - right) / two.width,
            topic=thing.category,
            bucket=str(answer.value),
            frames=(a, b),
            annotate={
                a: (Mark((u_a, v_a)),),
                b: tuple(Mark((u, v), letter) for (u, v), letter in zip(inputs["options"], LETTERS, strict=False)),
            },
        )


def names() -> list[str]:
    """The options' texts."""
    return [f"point {letter}" for letter in LETTERS[:COUNT]]


def gaps(footage: Footage, inputs: Mapping[str, Any]) -> NDArray[np.float64]:
    """(4,) pixels in the second picture from each option to where the point marked in the first really is."""
    one, two = (footage.views[inputs[key]] for key in ("frame_a", "frame_b"))
    u, v = (int(np.floor(x)) for x in inputs["point"])
    truth_1_2 = two.camera.project(world_points(one, np.array([u]), np.array([v])))
    return np.linalg.norm(np.asarray(inputs["options"], dtype=float) - truth_1_2, axis=1)


def inner_pixels(view: View, object_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows (P,) of the object's pixels with the object on all sides, away from the picture's edges."""
    reach = max(1, round(view.camera.width / 100))
    border = max(reach, round(BORDER * view.camera.width))
    mask_H_W = view.frame.ids == object_id
    height, width = mask_H_W.shape
    rows, columns = np.flatnonzero(mask_H_W.any(axis=1)), np.flatnonzero(mask_H_W.any(axis=0))
    if not len(rows):
        return rows, columns
    # Nothing nearer than `reach` to the bounds of the object's pixels has the object on all sides.
    top, left = max(border, int(rows[0]) + reach), max(border, int(columns[0]) + reach)
    bottom, right = min(height - border, int(rows[-1]) + 1 - reach), min(width - border, int(columns[-1]) + 1 - reach)
    if bottom <= top or right <= left:
        return rows[:0], columns[:0]
    inner = np.ones((bottom - top, right - left), dtype=bool)
    for dv, du in ((0, 0), (-reach, 0), (reach, 0), (0, -reach), (0, reach)):
        inner &= mask_H_W[top + dv : bottom + dv, left + du : right + du]
    v_P, u_P = np.nonzero(inner)
    return u_P + left, v_P + top


def shared_point(
    one: View, two: View, thing: Object, rng: np.random.Generator
) -> tuple[tuple[int, int], tuple[int, int], NDArray[np.float64]] | None:
    """A random point of the object that both pictures show well: its pixel in each and its place in the world."""
    u_P, v_P = inner_pixels(one, thing.id)
    if not len(u_P):
        return None
    chosen = rng.integers(len(u_P), size=TRIES)
    points_T_3 = world_points(one, u_P[chosen], v_P[chosen])
    seen_T = sees(two, points_T_3)
    u_T, v_T, _, _ = placed(two.camera, points_T_3)
    inner_u_Q, inner_v_Q = inner_pixels(two, thing.id)
    for t in range(TRIES):
        place = int(u_T[t]), int(v_T[t])
        if seen_T[t] and ((inner_u_Q == place[0]) & (inner_v_Q == place[1])).any():
            return (int(u_P[chosen[t]]), int(v_P[chosen[t]])), place, points_T_3[t]
    return None


def wrong_points(
    view: View, thing: Object, right: tuple[int, int], point_3: NDArray[np.float64], rng: np.random.Generator
) -> list[tuple[int, int]] | None:
    """Three pixels on objects, the point's own first, that lie elsewhere; None where there are not enough."""
    others = [other for other in view.visible if other != thing.id and plain(view, other)]
    alike = [o for o in others if view.object(o).category == thing.category]
    order = [thing.id, thing.id, *some(rng, alike), *some(rng, others), thing.id]
    kept = [right]
    for object_id in order:
        u_P, v_P = inner_pixels(view, object_id)
        if not len(u_P):
            continue
        chosen = rng.integers(len(u_P), size=TRIES)
        far_T = np.linalg.norm(world_points(view, u_P[chosen], v_P[chosen]) - point_3, axis=1) >= APART
        for t in np.flatnonzero(far_T):
            place = int(u_P[chosen[t]]), int(v_P[chosen[t]])
            if min(np.hypot(place[0] - u, place[1] - v) for u, v in kept) >= PIXELS_APART * view.camera.width:
                kept.append(place)
                break
        if len(kept) == COUNT:
            return kept[1:]
    return None
