"""Displacement and speed: how far, or how fast, does an object or the camera move between two
times?
"""

from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    ClipTask,
    ObjectId,
    Question,
    sample_one,
    sample_up_to,
)
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.floor_map import FloorMap, format_pair, format_product, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.trajectories import (
    Floats,
    camera_trajectory,
    clearly_visible_frames,
    path_length,
)
from waywiser.tasks.wording import format_measure, fov_note, list_in_words, round_meters

MIN_DISPLACEMENT = 0.5
"""Meters: shorter ways, and displacements, are not asked about."""
MAX_ESTIMATE_ERROR = 0.15
"""Relative error up to which a sketch of the way tells the answer."""
MIN_DURATION = 1.0
"""Seconds between the two times, at least."""
SPANS_PER_MOVER = 3
"""Spans of time that are asked about for each thing that moves."""

TEMPLATES = {
    "displacement": (
        "How far, in a straight line, did the {a} move between {t1} s and {t2} s, in meters?",
        "How far apart, in meters, are the positions of the {a} at {t1} s and {t2} s?",
        (
            "What is the straight-line distance in meters between where the {a} is at {t1} s and"
            " where it is at {t2} s?"
        ),
        "How many meters is the {a} at {t2} s from where it was at {t1} s?",
        "Estimate the displacement of the {a} between {t1} s and {t2} s, in meters.",
        (
            "Between {t1} s and {t2} s of the video, how far does the {a} get from its starting"
            " point, in meters?"
        ),
        "In meters, how far is the position of the {a} at {t2} s from its position at {t1} s?",
        (
            "Measured in a straight line, by how many meters did the {a} change its position from"
            " {t1} s to {t2} s?"
        ),
    ),
    "speed": (
        "What is the average speed of the {a} between {t1} s and {t2} s, in meters per second?",
        "How fast does the {a} move on average between {t1} s and {t2} s, in m/s?",
        "Estimate the average speed of the {a} from {t1} s to {t2} s, in meters per second.",
        (
            "Between {t1} s and {t2} s of the video, what is the {a}'s average speed in meters"
            " per second?"
        ),
        "At what average speed, in m/s, does the {a} travel from {t1} s to {t2} s?",
        "In meters per second, how fast is the {a} moving on average between {t1} s and {t2} s?",
        "How many meters per second does the {a} cover on average from {t1} s to {t2} s?",
        "From {t1} s to {t2} s, what is the mean speed of the {a}, in meters per second?",
    ),
}


@register_task(seed=19)
class Displacement(ClipTask):
    """Straight distance in the world between two places of an object's middle or of the camera
    ("displacement", m), or the length of the way between them over the time ("speed", m/s). The way
    of an object runs through its key frames, that of the camera through its places in the frames.

    The two times are those of frames at least 1 s apart; the displacement is at least 50 cm, and
    the object is clearly visible in both frames and has a word of its own. Answers are rounded to 0.1
    m (below 1 m to 0.01 m) and 0.01 m/s; the exact one stays in the program. No margin.
    """

    name = "displacement"
    kind = "number"
    unit = "m"
    needs = "motion"
    scan_needs = ("frames", "times")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        object: ObjectId | Literal["camera"]
        t1: float
        t2: float
        quantity: Literal["displacement", "speed"]
        exact_m: float | None = None
        exact_m_per_s: float | None = None

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        movers: list[int | Literal["camera"]] = [
            t.id for t in uniquely_named_in_clip(clip_view) if t.id in clip_view.moving_ids
        ]
        questions: list[Question] = []

        for mover in [*sample_up_to(rng, movers), "camera"]:
            visible_frames = (
                clearly_visible_frames(clip_view, mover)
                if mover != "camera"
                else list(range(len(clip_view.views)))
            )

            spans = [
                (a, b)
                for a in visible_frames
                for b in visible_frames
                if clip_view.times[b] - clip_view.times[a] >= MIN_DURATION
            ]

            moved = [
                span
                for span in sample_up_to(rng, spans, 4 * SPANS_PER_MOVER)
                if net_displacement(clip_view, mover, *frame_times(clip_view, span))
                >= MIN_DISPLACEMENT
            ]

            questions += [
                self._build_question(clip_view, mover, frame_times(clip_view, span), rng)
                for span in moved[:SPANS_PER_MOVER]
            ]

        return sample_up_to(rng, questions, MAX_QUESTIONS)

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        mover = inputs.object
        t1 = inputs.t1
        t2 = inputs.t2

        if inputs.quantity == "displacement":
            return Answer(
                kind="number",
                value=round_meters(net_displacement(clip_view, mover, t1, t2)),
                unit="m",
            )

        return Answer(
            kind="number", value=round(mean_speed(clip_view, mover, t1, t2), 2), unit="m/s"
        )

    def _build_question(
        self,
        clip_view: ClipView,
        mover: int | Literal["camera"],
        span: tuple[float, float],
        rng: np.random.Generator,
    ) -> Question:
        t1, t2 = span
        quantity: Literal["displacement", "speed"] = sample_one(rng, ("displacement", "speed"))
        is_speed = quantity == "speed"
        exact = (mean_speed if is_speed else net_displacement)(clip_view, mover, t1, t2)
        name = mover_name(clip_view, mover)
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            object=mover,
            t1=t1,
            t2=t2,
            quantity=quantity,
            exact_m=None if is_speed else round(exact, 4),
            exact_m_per_s=round(exact, 4) if is_speed else None,
        )

        text = self.ask(rng, quantity, a=name, t1=f"{t1:g}", t2=f"{t2:g}")

        return self.question(
            clip_view,
            inputs,
            f"{text} {fov_note(clip_view.cameras[0])}",
            subject=f"{quantity} {name}",
            answer_class=f"{quantity} {log_bin(exact)}",
            subtask=quantity,
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        t1, t2 = inputs.t1, inputs.t2
        is_speed = inputs.quantity == "speed"
        exact = (mean_speed if is_speed else net_displacement)(clip_view, inputs.object, t1, t2)
        times = [t1, *middle_time(clip_view, t1, t2), t2] if is_speed else [t1, t2]
        places = [path_points(clip_view, inputs.object, t1, t)[-1][:2] for t in times[1:]]
        places.insert(0, path_points(clip_view, inputs.object, t1, t2)[0][:2])

        def estimate(sketched: FloorMap) -> float:
            legs = [leg_length(sketched, i) for i in range(len(times) - 1)]
            return round(sum(legs) / (t2 - t1), 2) if is_speed else sum(legs)

        start = min(range(len(clip_view.times)), key=lambda i: abs(clip_view.times[i] - t1))
        sketched = sketch_map(
            clip_view.cameras[start],
            places,
            lambda tried: abs(estimate(tried) - exact) <= MAX_ESTIMATE_ERROR * exact,
        )
        if sketched is None:
            return ""

        name = mover_name(clip_view, inputs.object)
        told = list_in_words([f"{sketched.format(i)} at {t:g} s" for i, t in enumerate(times)])
        legs = [leg_length(sketched, i) for i in range(len(times) - 1)]
        unit = "m/s" if is_speed else "m"
        steps = [
            f"Things that stand still serve as the reference. On a sketch of the floor in meters,"
            f" drawn from the camera at {t1:g} s and looking along the second axis, the {name} is"
            f" at about {told}.",
        ]
        if is_speed:
            added = " + ".join(f"{leg:.1f}" for leg in legs)
            way = added if len(legs) == 1 else f"{added} = {sum(legs):.1f}"
            steps.append(
                f"That is about {way} m in {t2 - t1:g} s:"
                f" {sum(legs):.1f} / {t2 - t1:g} = {estimate(sketched):.2f} m/s."
            )
        else:
            dx, dy = sketched.move(0, 1)
            steps.append(
                f"The difference is {format_pair(sketched.move(0, 1))}: the square root of"
                f" {format_product(dx * dx)} + {format_product(dy * dy)} is {legs[0]:.1f} m."
            )
        return f"{' '.join(steps)} Within about 15 %, {format_measure(float(answer.value))} {unit}."  # type: ignore[arg-type]


def middle_time(clip_view: ClipView, t1: float, t2: float) -> list[float]:
    """The time of the frame nearest to the middle of a span, in seconds; empty if it has no other
    frames.
    """
    between = [t for t in clip_view.times if t1 < t < t2]
    return [min(between, key=lambda t: abs(t - (t1 + t2) / 2))] if between else []


def leg_length(sketched: FloorMap, index: int) -> float:
    """Meters from one place of a sketched way to the next, to 0.1."""
    return round(float(np.hypot(*sketched.move(index, index + 1))), 1)


def mover_name(clip_view: ClipView, mover: int | Literal["camera"]) -> str:
    """What a question calls the thing that moves."""
    return "camera" if mover == "camera" else clip_view.object(mover).category


def frame_times(clip_view: ClipView, frames: tuple[int, int]) -> tuple[float, float]:
    """The times of two frames, in seconds."""
    return clip_view.times[frames[0]], clip_view.times[frames[1]]


def path_points(clip_view: ClipView, mover: int | str, t1: float, t2: float) -> Floats:
    """(P, 3) points of the way from t1 to t2: its ends and the key places between them, metres."""
    if mover == "camera":
        times = np.asarray(clip_view.times)
        track = camera_trajectory(clip_view)
    else:
        motion = next(m for m in clip_view.clip.motions if m.object == mover)
        times = np.asarray(motion.times)
        track = np.asarray(motion.centers, dtype=np.float64)

    inner = times[(times > t1) & (times < t2)]
    asked = np.array([t1, *inner, t2])
    return np.stack([np.interp(asked, times, axis) for axis in track.T], axis=1)


def net_displacement(clip_view: ClipView, mover: int | str, t1: float, t2: float) -> float:
    """Straight distance in metres between the places at t1 and t2."""
    points = path_points(clip_view, mover, t1, t2)
    return float(np.linalg.norm(points[-1] - points[0]))


def mean_speed(clip_view: ClipView, mover: int | str, t1: float, t2: float) -> float:
    """Length of the way over the time, m/s."""
    return path_length(path_points(clip_view, mover, t1, t2)) / (t2 - t1)
