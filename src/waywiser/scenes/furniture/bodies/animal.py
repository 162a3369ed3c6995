"""A dog or cat made of smooth parts around jointed bones, standing or at a phase of walking.

Places within a body are (side, forward, up) in heights of the withers, with the trunk's middle
above the origin; they become meters and the axes of models when a part is added.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.bodies.animal_head import add_animal_head
from waywiser.scenes.furniture.bodies.animal_looks import AnimalLook
from waywiser.scenes.furniture.bodies.body_builder import BodyBuilder
from waywiser.scenes.furniture.bodies.gait import Foot, bend_joint, paw_foot

Floats = NDArray[np.float64]

LEG_PHASES = (0.0, 0.75, 0.5, 0.25)
"""Phases of the hind and fore leg of the left, then the right side: the four feet land one by one,
the fore foot a quarter of a cycle after the hind foot of its side.
"""
_TRUNK = (
    (-0.515, 0.79, 0.04, 0.05),
    (-0.49, 0.79, 0.1, 0.11),
    (-0.43, 0.79, 0.15, 0.155),
    (-0.32, 0.79, 0.175, 0.18),
    (-0.16, 0.785, 0.168, 0.178),
    (0.0, 0.77, 0.168, 0.195),
    (0.14, 0.745, 0.18, 0.225),
    (0.27, 0.725, 0.188, 0.25),
    (0.37, 0.73, 0.178, 0.243),
    (0.44, 0.75, 0.15, 0.205),
    (0.49, 0.77, 0.105, 0.145),
    (0.52, 0.785, 0.05, 0.08),
)
"""Place along the trunk in its lengths; middle height, half width and half height of the ring."""
_LIFT = 0.13
"""How far a paw is lifted while it swings ahead."""


@dataclass(frozen=True)
class AnimalPose:
    """Joints of an animal, in heights of the withers.

    Attributes:
        legs: Joints (4, 3) of each leg from the body to the paw: hip, knee, hock and paw, or
            shoulder, elbow, wrist and paw; in the order of `LEG_PHASES`.
        feet: The paws.
        nod: How much lower the head is than when standing.
        wag: Radians to which the tail points to the left.
    """

    legs: tuple[Floats, ...]
    feet: tuple[Foot, ...]
    nod: float
    wag: float


def draw_animal(look: AnimalLook, phase: float | None) -> BodyBuilder:
    """An animal at a phase of walking, as a share of the step cycle; standing for None."""
    b = BodyBuilder()
    pose = pose_animal(look, phase)
    w = look.withers
    scale = np.array([w, -w, w])

    _add_trunk(b, look)

    for number, (leg, foot) in enumerate(zip(pose.legs, pose.feet, strict=True)):
        _add_leg(b, look, leg * scale, foot, is_hind=number % 2 == 0)

    add_animal_head(b, look, pose.nod)
    _add_tail(b, look, pose.wag)
    b.drop_to_floor()
    return b


def pose_animal(look: AnimalLook, phase: float | None) -> AnimalPose:
    """The joints of an animal at a phase of walking; standing for None."""
    stride = look.stride / look.withers
    legs, feet = [], []

    for number, leg_phase in enumerate(LEG_PHASES):
        side = -1 if number < 2 else 1
        # As with people, phase 0 has the left hind foot in the middle of its stand.
        foot = (
            Foot(0, 0, 0, 0) if phase is None else paw_foot(phase + leg_phase + 0.31, stride, _LIFT)
        )
        feet.append(foot)
        legs.append((_pose_hind_leg if number % 2 == 0 else _pose_fore_leg)(look, side, foot))

    nod = 0.0 if phase is None else 0.015 * math.cos(4 * math.pi * phase)
    wag = 0.0 if phase is None else 0.3 * math.sin(2 * math.pi * phase)
    return AnimalPose(tuple(legs), tuple(feet), nod, wag)


def _pose_hind_leg(look: AnimalLook, side: int, foot: Foot) -> Floats:
    across = side * 0.098 * look.girth
    hip = np.array([across, -0.36 * look.length, 0.74])
    paw = np.array([across, -0.4 * look.length + foot.forward, 0.035 + foot.lift])
    # The hock is behind the paw, and above it when the paw is lifted behind.
    slope = math.radians(10) + 0.5 * foot.pitch + 0.3 * foot.forward
    hock = paw + 0.215 * np.array([0.0, -math.sin(slope), math.cos(slope)])
    knee = bend_joint(hip, hock, 0.285, 0.285, np.array([0.0, 1.0, 0.1]))
    return np.array([hip, knee, hock, paw])


def _pose_fore_leg(look: AnimalLook, side: int, foot: Foot) -> Floats:
    across = side * 0.1 * look.girth
    shoulder = np.array([across, 0.36 * look.length, 0.66])
    paw = np.array([across, 0.3 * look.length + 0.02 + foot.forward, 0.035 + foot.lift])
    slope = math.radians(-4) + 1.1 * foot.pitch
    wrist = paw + 0.12 * np.array([0.0, -math.sin(slope), math.cos(slope)])
    elbow = bend_joint(shoulder, wrist, 0.24, 0.31, np.array([0.0, -1.0, 0.0]))
    return np.array([shoulder, elbow, wrist, paw])


def _add_trunk(b: BodyBuilder, look: AnimalLook, segments: int = 18) -> None:
    w = look.withers
    angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
    rings = []
    stations = np.array(_TRUNK)
    fine = np.interp(
        np.linspace(0, len(stations) - 1, 2 * len(stations) - 1),
        np.arange(len(stations)),
        range(12),
    )
    columns = [np.interp(fine, np.arange(len(stations)), column) for column in stations.T]

    for place, middle, wide, high in zip(*columns, strict=True):
        depth = high * (0.45 + 0.55 * look.chest / 0.26)
        middle, high = middle + high - depth, depth  # the line of the back stays
        x = wide * look.girth * np.cos(angles)
        z = middle + high * np.sin(angles)
        rings.append(np.stack([x * w, np.full(segments, -place * look.length * w), z * w], axis=1))

    # Rings from the rump to the chest turn so that they are seen from the chest counter-clockwise.
    colors = _paint_coat(look, np.array(columns[0]), angles)
    b.rings(colors, np.array(rings))


def _paint_coat(look: AnimalLook, places_R: Floats, angles_S: Floats) -> NDArray[np.object_]:
    """Colors (R - 1, S) of the trunk: the belly below, the pattern of the coat above."""
    along_B_1 = ((places_R[1:] + places_R[:-1]) / 2)[:, None]
    middle_S = angles_S + math.pi / len(angles_S)
    up_1_S = np.sin(middle_S)[None]
    number_B_1 = np.arange(len(places_R) - 1)[:, None]
    dark = {
        "": np.zeros((1, 1), bool),
        "saddle": (up_1_S > -0.1) & (along_B_1 < 0.32) & (along_B_1 > -0.44),
        "stripes": (number_B_1 % 2 == 0) & (up_1_S > -0.45),
        "patches": (
            (np.sin(along_B_1 * 9 + 1.3) + np.sin(2 * middle_S[None] + along_B_1 * 4 + 0.6)) > 0.75
        ),
    }[look.pattern]
    is_belly = (up_1_S < -0.75) | np.zeros_like(along_B_1, bool)
    base = np.where(is_belly, look.belly, look.coat)
    return np.where(dark & ~is_belly, look.back or look.coat, base).astype(object)


def _add_leg(b: BodyBuilder, look: AnimalLook, leg_4_3: Floats, foot: Foot, is_hind: bool) -> None:
    w = look.withers
    k = look.leg_width
    if is_hind:
        places = (-0.25, 0.2, 0.6, 1.0, 1.4, 1.8, 2.0, 2.3, 3.0)
        wide = (0.05, 0.068, 0.062, 0.05 * k, 0.036 * k, 0.028 * k, 0.028 * k, 0.026 * k, 0.03 * k)
        deep = (0.08, 0.125, 0.115, 0.085, 0.05, 0.04 * k, 0.04 * k, 0.03 * k, 0.032 * k)
    else:
        places = (-0.3, 0.2, 0.6, 1.0, 1.25, 1.6, 2.0, 2.4, 3.0)
        wide = (0.04, 0.06, 0.06, 0.05 * k, 0.042 * k, 0.034 * k, 0.033 * k, 0.029 * k, 0.031 * k)
        deep = (0.07, 0.1, 0.095, 0.062, 0.048 * k, 0.038 * k, 0.036 * k, 0.03 * k, 0.032 * k)

    stations = [(p, x * w, y * w) for p, x, y in zip(places, wide, deep, strict=True)]
    sock = look.belly if look.belly != look.coat else look.coat
    colors = [look.coat] * 5 + [look.coat, sock, sock]
    b.limb(colors, leg_4_3, stations, segments=10)

    # The sole is on the floor when the paw is flat.
    c, s = math.cos(foot.pitch), math.sin(foot.pitch)
    axes = np.array([[1.0, 0, 0], [0, -c, s], [0, -s, -c]]).T
    center = leg_4_3[3] + w * np.array([0.0, -0.03 * c, -0.03 * s])
    b.blob(sock, center, (0.045 * k * w, 0.068 * w, 0.036 * w), axes)


def _add_tail(b: BodyBuilder, look: AnimalLook, wag: float) -> None:
    w = look.withers
    root = np.array([0.0, -0.47 * look.length, 0.86])
    shape = {
        "out": ((0, 0, 0), (0, -0.35, -0.05), (0, -0.7, -0.25), (0, -0.95, -0.35)),
        "up": ((0, 0, 0), (0, -0.25, 0.22), (0, -0.36, 0.6), (0, -0.25, 0.95)),
        "low": ((0, 0, 0), (0, -0.3, -0.14), (0, -0.62, -0.12), (0, -0.9, 0.12)),
    }[look.tail_pose]
    joints = np.array(shape, dtype=float) * look.tail
    joints[:, 0] = -np.sin(wag) * np.abs(joints[:, 1])
    places = (-0.1, 0.3, 0.8, 1.0, 1.3, 1.8, 2.0, 2.4, 2.8, 2.97)
    widths = [look.tail_width * f for f in (1.1, 1.1, 1.05, 1.0, 1.0, 0.95, 0.9, 0.85, 0.7, 0.35)]
    colors = [
        look.back if look.pattern == "stripes" and k % 2 else look.coat
        for k in range(len(places) - 1)
    ]
    if look.pattern == "saddle":
        colors[:5] = [look.back] * 5

    b.limb(
        colors,
        (root + joints) * np.array([w, -w, w]),
        [(place, wide * w, wide * w) for place, wide in zip(places, widths, strict=True)],
        segments=8,
    )
