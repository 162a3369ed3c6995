"""Who moved: the object, the camera, both or neither; and do they come closer?"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import MAX_DRAFTS, Draft, Needs, View, draw, some
from waywiser.tasks._directions import Floats, bearing, heading
from waywiser.tasks._footage import Footage, known
from waywiser.tasks._tracks import camera_track, object_track, object_yaws, plain_frames, reach
from waywiser.tasks._words import one_of

MOVED, STAYED = 0.3, 0.02
"""Metres: what gets this far from its start has moved, what stays within so few has not; between, nothing is asked."""
STEADY = 2.0
"""Degrees that a thing or a camera that stays may turn."""
CHANGED, SAME = 0.20, 0.05
"""The distance has changed when it differs by this fraction, and stayed when it never differs by more than this."""
NEARLY_SHARE, NEARLY_FRACTION = 0.008, 0.1
"""Share of the picture, and unhidden fraction, from which on some would call a thing plain to see."""

TEMPLATES = {
    "who": (
        "Of the {a} and the camera, what changes its place in the room during the video: {options}?",
        "Take the {a} and the camera alone: which of these two moves through the room in the video?",
        "Whatever else moves in this video, which of the {a} and the camera moves?",
        "Is it the {a}, the camera, both or neither that changes place during the video?",
        "Of the {a} and the camera, which one moves from its place in the course of the video?",
        "Who or what moves here: the {a}, the camera, both of them, or neither of them?",
        "From start to end of the video, which of the {a} and the camera changes its position in the room?",
        "Look at the {a} and at the room around it. Does the {a} move, the camera, both or neither?",
        "Between the {a} and the camera, what is in motion in this video?",
    ),
    "approach": (
        "From when the {a} is first plain to see to when it is last, how does its distance to the camera change?",
        "While the {a} is in view, does the distance between it and the camera grow, shrink or stay about the same?",
        "Comparing the first and the last moment at which the {a} is plain to see, is it closer to the camera, farther "
        "from it or about as far?",
        "Does the {a} come closer to the camera, get farther away or stay about as far, while the video shows it?",
        "How does the distance from the camera to the {a} develop while the {a} is in view?",
        "At the end of its time in view, is the {a} closer to the camera than at the beginning, farther, or about the "
        "same?",
        "Over the part of the video that shows the {a}, how does its distance from the camera change?",
        "Between the camera and the {a}, does the distance become smaller, larger or neither while it is in view?",
        "Taking the first and the last frames that show the {a} well, what happens to its distance from the camera?",
    ),
}
APPROACH = ("closer", "farther", "about the same")


class WhoMoved:
    """Asks "who": which of an object and the camera changes its place in the room. What gets 30 cm or more from its
    start (the object also between two frames that show it plainly) has moved; what stays within 2 cm and 2 degrees
    has not; anything between is not asked about, nor is a camera that only turns.

    Or "approach": whether the distance from the camera to the middle of the object's box, from the first to the last
    frame that shows it plainly, shrinks or grows by at least 20 %, never leaving that range by more than 5 %, or stays
    within 5 % throughout. No frame before or after shows it nearly plainly (0.8 % of the picture, 10 % unhidden).
    `margin` is by how much the change exceeds its bound: metres for "who", a fraction for "approach". The object has a
    word of its own and is plain to see in two frames or more.
    """

    name = "who_moved"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "motion"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        drafts: list[Draft] = []
        for thing in some(rng, known(footage)):
            if len(plain_frames(footage, thing.id)) < 2:
                continue
            if who(footage, thing) is not None:
                drafts.append(self._who(footage, thing, rng))
            if approach(footage, thing) is not None:
                drafts.append(self._approach(footage, thing, rng))
        return some(rng, drafts, MAX_DRAFTS)

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        thing = footage.object(inputs["object"])
        found = (who if inputs["ask"] == "who" else approach)(footage, thing)
        if found is None:
            raise ValueError(f"object {thing.id} allows no answer")
        word = {"object": f"only the {thing.category}", "camera": "only the camera"}.get(found[0], found[0])
        return Answer(kind="choice", value=word, options=list(inputs["options"]))

    def _who(self, footage: Footage, thing: Object, rng: np.random.Generator) -> Draft:
        options = some(rng, (f"only the {thing.category}", "only the camera", "both", "neither"))
        inputs = footage.inputs(object=thing.id, ask="who", options=options)
        answer = self.answer(footage, inputs)
        found = who(footage, thing)
        assert found is not None
        word, other = ("moves", "stays") if found[0] in ("object", "both") else ("stays", "moves")
        object_m, camera_m = reach(object_track(footage, thing.id)), reach(camera_track(footage))
        listed = f"{', '.join(options[:-1])} or {options[-1]}"
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES['who']).format(a=thing.category, options=listed)} {one_of(options)}",
            answer=answer,
            reasoning=(
                f"Walls and standing things shift as for a camera that gets {camera_m:.1f} m from its start; against "
                f"them the {thing.category} gets {object_m:.1f} m from its own: {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=found[1],
            topic=f"who {thing.category}",
            bucket=f"who {found[0]}",
            family="who",
            rivals=(f"{thing.category} {word}", f"{thing.category} {other}"),
        )

    def _approach(self, footage: Footage, thing: Object, rng: np.random.Generator) -> Draft:
        options = some(rng, APPROACH)
        inputs = footage.inputs(object=thing.id, ask="approach", options=options)
        answer = self.answer(footage, inputs)
        found = approach(footage, thing)
        assert found is not None
        far = distances(footage, thing)
        assert far is not None
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES['approach']).format(a=thing.category)} {one_of(options)}",
            answer=answer,
            reasoning=(
                f"The {thing.category} is {far[0]:.1f} m from the camera when first plain to see and {far[-1]:.1f} m "
                f"when last: {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=found[1],
            topic=f"approach {thing.category}",
            bucket=f"approach {found[0]}",
            family="approach",
        )


def who(footage: Footage, thing: Object) -> tuple[str, float] | None:
    """("object", "camera", "both" or "neither", metres to the nearest bound), or None where people could disagree."""
    track, shown = object_track(footage, thing.id), plain_frames(footage, thing.id)
    object_turn = math.degrees(float(np.ptp(object_yaws(footage, thing.id))))
    turns = [bearing(heading(footage.cameras[0]), heading(camera)) for camera in footage.cameras]
    tilts = [math.degrees(math.asin(np.clip(camera.pose[2, 2], -1, 1))) for camera in footage.cameras]
    camera_turn = max(max(abs(turn) for turn in turns), float(np.ptp(tilts)))
    thing_moves = _moves(reach(track[shown]), reach(track), object_turn)
    camera_far = reach(camera_track(footage))
    camera_moves = _moves(camera_far, camera_far, camera_turn)
    if thing_moves is None or camera_moves is None:
        return None
    word = {(True, True): "both", (True, False): "object", (False, True): "camera", (False, False): "neither"}
    return word[thing_moves[0], camera_moves[0]], min(thing_moves[1], camera_moves[1])


def _moves(seen: float, whole: float, turn: float) -> tuple[bool, float] | None:
    """Whether a thing that gets `whole` metres from its start moves, and the margin; None in doubt.

    `seen` is how far it gets in the frames that show it plainly, `turn` its turn in degrees.
    """
    if min(seen, whole) >= MOVED:
        return True, whole - MOVED
    if whole <= STAYED and turn <= STEADY:
        return False, STAYED - whole
    return None


def span(footage: Footage, thing: Object) -> tuple[int, int] | None:
    """The first and the last frame that show the object plainly; None where they are not told from others."""
    shown = plain_frames(footage, thing.id)
    nearly = [index for index, view in enumerate(footage.views) if _nearly_plain(view, thing.id)]
    if len(shown) < 2 or (shown[0], shown[-1]) != (nearly[0], nearly[-1]):
        return None
    return shown[0], shown[-1]


def _nearly_plain(view: View, object_id: int) -> bool:
    return view.share(object_id) >= NEARLY_SHARE and view.visible[object_id].fraction >= NEARLY_FRACTION


def distances(footage: Footage, thing: Object) -> Floats | None:
    """(P,) metres from the camera to the middle of the object's box in the frames of its `span`, None without one."""
    frames = span(footage, thing)
    if frames is None:
        return None
    far_F = np.linalg.norm(object_track(footage, thing.id) - camera_track(footage), axis=1)
    return far_F[frames[0] : frames[1] + 1]


def approach(footage: Footage, thing: Object) -> tuple[str, float] | None:
    """("closer", "farther" or "about the same", how clearly as a fraction), or None where people could disagree."""
    far = distances(footage, thing)
    if far is None:
        return None
    first, last = float(far[0]), float(far[-1])
    spread = float(np.abs(far / first - 1).max())
    if spread <= SAME:
        return "about the same", SAME - spread
    change = last / first - 1
    low, high = min(first, last) * (1 - SAME), max(first, last) * (1 + SAME)
    if abs(change) < CHANGED or far.min() < low or far.max() > high:
        return None
    return ("closer" if change < 0 else "farther"), abs(change) - CHANGED
