"""What people wear: a shirt around the trunk, trousers, shorts or a skirt, and shoes."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.bodies.body_builder import BodyBuilder, level_rings
from waywiser.scenes.furniture.bodies.gait import Foot, FootShape
from waywiser.scenes.furniture.bodies.person_looks import PersonLook

Floats = NDArray[np.float64]

_SHIRT = (
    (0.498, 1.13, 1.27, 1.29),
    (0.52, 1.13, 1.24, 1.27),
    (0.555, 1.05, 1.11, 1.13),
    (0.6, 0.93, 0.96, 0.95),
    (0.645, 0.91, 0.92, 0.92),
    (0.69, 0.96, 0.98, 1.0),
    (0.735, 1.04, 1.06, 1.06),
    (0.775, 1.1, 1.0, 1.08),
    (0.8, 1.06, 0.84, 0.98),
    (0.818, 0.92, 0.7, 0.86),
    (0.834, 0.66, 0.58, 0.72),
    (0.847, 0.43, 0.5, 0.56),
)
"""Height in body heights; half width, reach to the front and to the back over those of the hips."""
_SEAT = (
    (0.455, 0.5, 0.55, 0.62),
    (0.475, 0.86, 0.84, 0.95),
    (0.5, 0.98, 0.92, 1.02),
    (0.53, 0.95, 0.9, 0.98),
    (0.575, 0.85, 0.84, 0.85),
)
_DEPTH = 0.068
"""Half of the depth of the hips, in body heights."""


def add_trunk(
    b: BodyBuilder,
    look: PersonLook,
    pelvis_3: Floats,
    hip_turn: float,
    shoulder_turn: float,
    lean: float,
) -> None:
    """Add the trunk in its clothes; see `PersonPose` for the arguments."""
    turns = (hip_turn, shoulder_turn)
    b.rings(look.trousers, _trunk_rings(look, _SEAT, pelvis_3, turns, lean))
    colors = [
        look.stripes if look.stripes and k % 2 else look.shirt for k in range(len(_SHIRT) - 1)
    ]
    b.rings(colors, _trunk_rings(look, _SHIRT, pelvis_3, turns, lean))


def _trunk_rings(
    look: PersonLook,
    levels: tuple[tuple[float, float, float, float], ...],
    pelvis_3: Floats,
    turns: tuple[float, float],
    lean: float,
) -> Floats:
    h = look.height
    deep = _DEPTH * h * (0.5 + 0.5 * look.build)
    raised = (look.hip_height - 0.52) * h
    scaled = []

    for z, wide, front, back in levels:
        share = min(max((z - 0.53) / 0.28, 0.0), 1.0)
        half = (look.hips + (look.shoulders - 0.0165 - look.hips) * share) * look.build
        bulge = look.belly * math.exp(-(((z - 0.6) / 0.06) ** 2))
        bulge += look.chest * math.exp(-(((z - 0.735) / 0.035) ** 2))
        # Only the waist moves if a body has shorter legs.
        up = z * h + raised * (1 - share)
        scaled.append((up, wide * half * h, front * deep + bulge * h, back * deep))

    rings = level_rings(scaled, segments=20, roundness=2.6)

    for ring, (z, *_) in zip(rings, levels, strict=True):
        share = min(max((z - 0.53) / 0.28, 0.0), 1.0)
        turn = turns[0] + (turns[1] - turns[0]) * share
        c, s = math.cos(turn), math.sin(turn)
        ring[:, :2] = ring[:, :2] @ np.array([[c, s], [-s, c]])
        above = ring[0, 2] - look.hip_height * h
        ring += (pelvis_3[0], -pelvis_3[1] - lean * above, pelvis_3[2] - look.hip_height * h)

    return rings


def add_leg(b: BodyBuilder, look: PersonLook, leg_3_3: Floats) -> None:
    """Add a leg through hip, knee and ankle (3, 3), in the axes of models."""
    h = look.height * look.build**0.6
    places = [-0.08, 0.15, 0.4, 0.7, 0.88, 1.0, 1.12, 1.35, 1.7, 2.0]
    widths = [0.046, 0.049, 0.047, 0.041, 0.037, 0.036, 0.035, 0.036, 0.0325, 0.031]
    cover = len(places)

    if look.legs != "trousers":
        widths[5:] = [0.034, 0.032, 0.034, 0.024, 0.02]
        cover = 4

    stations = [
        (place, wide * h * (1.12 if k <= cover < 9 else 1.0), 1.08 * wide * h)
        for k, (place, wide) in enumerate(zip(places, widths, strict=True))
    ]
    colors = [look.trousers if k < cover else look.skin for k in range(len(places) - 1)]
    b.limb(colors, leg_3_3, stations, segments=14)


def add_skirt(
    b: BodyBuilder, look: PersonLook, pelvis_3: Floats, legs: tuple[Floats, Floats]
) -> None:
    """Add a skirt that reaches over the knees and makes room for both legs."""
    h = look.height
    levels = []
    margin = 0.066 * h

    for z in (0.245, 0.3, 0.35, 0.4, 0.45, 0.5, 0.56):
        height = min(z * h, pelvis_3[2])
        forwards = [_forward_at(leg, height) for leg in legs]
        wide = look.hips * h * look.build * (1.04 + (0.5 - z) * (0.55 if z < 0.5 else 2.5))
        around = margin + min(0.0, 0.5 - z) * 0.15 * h
        levels.append((z * h, wide, max(forwards) + around, around - min(forwards)))

    b.rings(look.trousers, level_rings(levels, segments=20) + np.array([pelvis_3[0], 0, 0]))


def _forward_at(leg_3_3: Floats, height: float) -> float:
    """How far a leg is ahead at a height, in meters."""
    return float(np.interp(height, leg_3_3[::-1, 2], leg_3_3[::-1, 1]))


def add_foot(
    b: BodyBuilder, look: PersonLook, side: int, ankle_3: Floats, foot: Foot, shape: FootShape
) -> None:
    """Add a shoe below an ankle (side, forward, up), its toes turned slightly out."""
    h = look.height
    heel, ball, tip = -shape.heel - 0.012 * h, shape.ball, shape.ball + 0.042 * h
    # Place along the foot, half of its width and height there.
    outline = (
        (heel, 0.012, 0.02),
        (heel + 0.006 * h, 0.0195, 0.034),
        (-0.02 * h, 0.022, 0.049),
        (0.004 * h, 0.0225, 0.052),
        (0.024 * h, 0.0235, 0.043),
        (0.048 * h, 0.026, 0.034),
        (ball, 0.0285, 0.028),
        (ball + 0.022 * h, 0.027, 0.023),
        (ball + 0.036 * h, 0.02, 0.017),
        (tip, 0.01, 0.009),
    )
    angles = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    c, s = np.cos(angles), np.sin(angles)
    rings = []

    for place, wide, high in outline:
        x = wide * h * np.sign(c) * np.abs(c) ** 0.7
        up = np.where(s > 0, s * high * h, 0.0)
        along = np.full(len(angles), place)
        forward, up = _pitch_foot(along, up, foot, shape)
        out = side * 0.1 * along
        rings.append(np.stack([x + out, -forward, up], axis=1))

    sole = "#e9e6df" if look.shoes != "#e9e6df" else "#b9b5ad"
    faces = np.where(s + np.roll(s, -1) > 0.02, look.shoes, sole).astype(object)
    colors = np.tile(faces, (len(outline) - 1, 1))
    # Seen from the toes, the rings go clockwise; the other way round they face out.
    place_3 = np.array([ankle_3[0], -ankle_3[1], ankle_3[2] - shape.ankle])
    b.rings(colors, np.array(rings) + place_3)


def _pitch_foot(along: Floats, up: Floats, foot: Foot, shape: FootShape) -> tuple[Floats, Floats]:
    """Places along and above the sole of a pitched foot, relative to below its ankle."""
    c, s = math.cos(foot.pitch), math.sin(foot.pitch)
    ball_along, ball_up = shape.ball * c - shape.ankle * s, shape.ankle - shape.ball * s
    ball_up -= shape.ankle * c
    is_toe = along > shape.ball
    turned = np.where(is_toe, foot.toe_pitch, foot.pitch)
    c_N, s_N = np.cos(turned), np.sin(turned)
    ahead = along - shape.ball

    return (
        ball_along + ahead * c_N + up * s_N,
        ball_up - ahead * s_N + up * c_N,
    )
