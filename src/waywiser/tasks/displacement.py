"""Displacement and speed: how far, or how fast, does an object or the camera move between two times?"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.tasks._base import MAX_DRAFTS, Draft, Needs, draw, some
from waywiser.tasks._footage import Footage, known
from waywiser.tasks._tracks import Floats, camera_track, path_length, plain_frames
from waywiser.tasks._words import metres, said
from waywiser.tasks.camera_distance import bucket

LEAST = 0.2
"""Metres: shorter ways, and displacements, are not asked about."""
SHORTEST = 1.0
"""Seconds between the two times, at least."""
SPANS = 3
"""Spans of time that are asked about for each thing that moves."""

TEMPLATES = {
    "displacement": (
        "How far is the {a} at {t2} s from where it was at {t1} s, in a straight line, in metres?",
        "Between {t1} s and {t2} s of the video, by how many metres is the {a} displaced (straight line)?",
        "What is the straight distance in metres between the places of the {a} at {t1} s and at {t2} s?",
        "Comparing {t1} s with {t2} s, how many metres apart are the two places of the {a}?",
        "How many metres, in a straight line, does the {a} end up at {t2} s from its place at {t1} s?",
        "Estimate the displacement of the {a} from {t1} s to {t2} s in metres (start to end, not along its way).",
        "In metres, how far from its place at {t1} s is the {a} at {t2} s?",
        "By what straight distance, in metres, has the {a} moved at {t2} s since {t1} s?",
        "Give the net movement of the {a} in the room between {t1} s and {t2} s in metres.",
    ),
    "speed": (
        "What is the average speed of the {a} along its way between {t1} s and {t2} s, in metres per second?",
        "How fast does the {a} move on average from {t1} s to {t2} s of the video, in m/s?",
        "Between {t1} s and {t2} s, at what mean speed in metres per second does the {a} travel?",
        "Estimate the mean speed of the {a} from {t1} s to {t2} s in metres per second.",
        "Over the time from {t1} s to {t2} s, how many metres per second does the {a} cover on average?",
        "In m/s, how fast is the {a} on average between {t1} s and {t2} s?",
        "Dividing the length of its way by the time, how fast is the {a} between {t1} s and {t2} s, in m/s?",
        "Give the average speed of the {a} in the room between {t1} s and {t2} s in metres per second.",
        "What average speed, in metres per second, does the {a} have from {t1} s to {t2} s?",
    ),
}


class Displacement:
    """Straight distance in the world between two places of an object's middle or of the camera ("displacement", m), or
    the length of the way between them over the time ("speed", m/s). The way of an object runs through its key frames,
    that of the camera through its places in the frames.

    The two times are those of frames at least 1 s apart; the displacement is at least 20 cm, and the object is plain
    to see in both frames and has a word of its own. Answers are rounded to 0.1 m (below 1 m to 0.01 m) and 0.01 m/s;
    the exact one stays in the program. No margin.
    """

    name = "displacement"
    kind: AnswerKind = "number"
    unit: str | None = "m"
    needs: Needs = "motion"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        movers: list[int | Literal["camera"]] = [t.id for t in known(footage) if t.id in footage.moving]
        drafts: list[Draft] = []
        for who in [*some(rng, movers), "camera"]:
            shown = plain_frames(footage, who) if who != "camera" else list(range(len(footage.views)))
            spans = [(a, b) for a in shown for b in shown if footage.times[b] - footage.times[a] >= SHORTEST]
            moved = [span for span in some(rng, spans, 4 * SPANS) if net(footage, who, *at(footage, span)) >= LEAST]
            drafts += [self._draft(footage, who, at(footage, span), rng) for span in moved[:SPANS]]
        return some(rng, drafts, MAX_DRAFTS)

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        who, t1, t2 = inputs["object"], inputs["t1"], inputs["t2"]
        if inputs["quantity"] == "displacement":
            return Answer(kind="number", value=metres(net(footage, who, t1, t2)), unit="m")
        return Answer(kind="number", value=round(speed(footage, who, t1, t2), 2), unit="m/s")

    def _draft(
        self, footage: Footage, who: int | Literal["camera"], span: tuple[float, float], rng: np.random.Generator
    ) -> Draft:
        t1, t2 = span
        quantity = draw(rng, ("displacement", "speed"))
        far, fast = net(footage, who, t1, t2), speed(footage, who, t1, t2)
        exact = {"exact_m": round(far, 4)} if quantity == "displacement" else {"exact_m_per_s": round(fast, 4)}
        inputs = footage.inputs(object=who, t1=t1, t2=t2, quantity=quantity, **exact)
        answer = self.answer(footage, inputs)
        name = "camera" if who == "camera" else footage.object(who).category
        value = said(float(answer.value)) if quantity == "displacement" else f"{answer.value:.10g}"  # type: ignore[arg-type]
        told = (
            f"At {t2:g} s the {name} is {value} m from its place at {t1:g} s, set against what stands still."
            if quantity == "displacement"
            else f"From {t1:g} s to {t2:g} s the {name} goes {fast * (t2 - t1):.2f} m in {t2 - t1:g} s: {value} m/s."
        )
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES[quantity]).format(a=name, t1=f"{t1:g}", t2=f"{t2:g}"),
            answer=answer,
            reasoning=told,
            program=Program(name=self.name, inputs=inputs),
            topic=f"{quantity} {name}",
            bucket=f"{quantity} {bucket(far if quantity == 'displacement' else fast)}",
            family=quantity,
        )


def at(footage: Footage, frames: tuple[int, int]) -> tuple[float, float]:
    """The times of two frames, in seconds."""
    return footage.times[frames[0]], footage.times[frames[1]]


def way(footage: Footage, who: int | str, t1: float, t2: float) -> Floats:
    """(P, 3) points of the way from t1 to t2: its ends and the key places between them, metres."""
    if who == "camera":
        times, track = np.asarray(footage.times), camera_track(footage)
    else:
        motion = next(m for m in footage.clip.motions if m.object == who)
        times, track = np.asarray(motion.times), np.asarray(motion.centers, dtype=np.float64)
    inner = times[(times > t1) & (times < t2)]
    asked = np.array([t1, *inner, t2])
    return np.stack([np.interp(asked, times, axis) for axis in track.T], axis=1)


def net(footage: Footage, who: int | str, t1: float, t2: float) -> float:
    """Straight distance in metres between the places at t1 and t2."""
    points = way(footage, who, t1, t2)
    return float(np.linalg.norm(points[-1] - points[0]))


def speed(footage: Footage, who: int | str, t1: float, t2: float) -> float:
    """Length of the way over the time, m/s."""
    return path_length(way(footage, who, t1, t2)) / (t2 - t1)
