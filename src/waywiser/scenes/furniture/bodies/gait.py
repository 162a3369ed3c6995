"""Where the feet of a walking body are, by the phase of its step cycle, and how its legs bend.

A foot stands still on the floor while the body passes over it, then swings ahead. Places are in
the body's vertical plane: forward and up, in meters.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STANCE_SHARE = 0.62
"""Share of the step cycle during which a foot is on the floor."""
_HEEL_OFF = 0.36
"""Phase of a foot, counted from its touchdown, at which the heel leaves the floor."""
_TOE_OFF_PITCH = math.radians(48)
_TOUCHDOWN_PITCH = math.radians(-16)
_FOOT_FLAT = 0.1
"""Phase at which the whole sole is on the floor after the heel has touched it."""


@dataclass(frozen=True)
class Foot:
    """A foot at one moment.

    Attributes:
        forward: How far its middle is ahead of the hip, in meters.
        lift: Height of the ankle above where it is when the foot stands flat, in meters.
        pitch: Radians by which the heel is raised.
        toe_pitch: Radians by which the toes slope, less than `pitch` while they stay flat.
    """

    forward: float
    lift: float
    pitch: float
    toe_pitch: float


@dataclass(frozen=True)
class FootShape:
    """Sizes of a foot: from below the ankle to its ball and heel, and ankle height, in meters."""

    ball: float
    heel: float
    ankle: float


def sole_foot(phase: float, stride: float, shape: FootShape) -> Foot:
    """A person's foot, which rolls from the heel to the ball.

    Args:
        phase: Share of the step cycle since the heel touched the floor.
        stride: Length of a whole step cycle, in meters.
        shape: Sizes of the foot.

    Returns:
        The foot; `forward` and `lift` are those of the ankle.
    """
    p = phase % 1.0
    if p < STANCE_SHARE:
        return _standing_foot(p, stride, shape)

    start = _standing_foot(STANCE_SHARE, stride, shape)
    end = _standing_foot(0.0, stride, shape)
    s = (p - STANCE_SHARE) / (1 - STANCE_SHARE)
    eased = s * s * (3 - 2 * s)
    pitch = start.pitch + (end.pitch - start.pitch) * eased

    return Foot(
        forward=start.forward + (end.forward - start.forward) * eased,
        lift=start.lift
        + (end.lift - start.lift) * eased
        + 0.5 * shape.ball * math.sin(math.pi * s),
        pitch=pitch,
        toe_pitch=pitch * min(1.0, 2 * s),
    )


def _standing_foot(p: float, stride: float, shape: FootShape) -> Foot:
    forward = stride * (STANCE_SHARE / 2 - p)

    if p < _FOOT_FLAT:
        pitch = _TOUCHDOWN_PITCH * (1 - p / _FOOT_FLAT)
        pivot, toe_pitch = -shape.heel, pitch
    else:
        share = max(0.0, p - _HEEL_OFF) / (STANCE_SHARE - _HEEL_OFF)
        pitch = _TOE_OFF_PITCH * share**1.5
        pivot, toe_pitch = shape.ball, 0.0

    c, s = math.cos(pitch), math.sin(pitch)
    ahead = pivot - pivot * c + shape.ankle * s
    up = pivot * s + shape.ankle * c
    return Foot(forward + ahead, up - shape.ankle, pitch, toe_pitch)


def paw_foot(phase: float, stride: float, lift: float) -> Foot:
    """An animal's paw, which is flat on the floor or lifted by up to `lift` meters; as above."""
    p = phase % 1.0
    if p < STANCE_SHARE:
        return Foot(stride * (STANCE_SHARE / 2 - p), 0.0, 0.0, 0.0)

    s = (p - STANCE_SHARE) / (1 - STANCE_SHARE)
    eased = s * s * (3 - 2 * s)
    forward = stride * STANCE_SHARE * (eased - 0.5)
    pitch = math.radians(50) * math.sin(math.pi * min(1.0, 1.4 * s))
    return Foot(forward, lift * math.sin(math.pi * s), pitch, pitch)


def bend_joint(
    start_3: Floats, end_3: Floats, upper: float, lower: float, towards_3: Floats
) -> Floats:
    """The joint (3,) between two bones that reach from `start_3` to `end_3`.

    Args:
        start_3: Where the upper bone starts, in meters.
        end_3: Where the lower bone ends; the bones are stretched if it is out of reach.
        upper: Length of the upper bone, in meters.
        lower: Length of the lower bone, in meters.
        towards_3: Direction to which the joint bends.

    Returns:
        The joint, in meters.
    """
    line_3 = end_3 - start_3
    distance = float(np.linalg.norm(line_3))
    along_3 = line_3 / distance
    reach = (upper**2 - lower**2 + distance**2) / (2 * distance)
    reach = min(max(reach, 0.0), distance)
    out = math.sqrt(max(upper**2 - reach**2, 0.0)) if distance < upper + lower else 0.0
    side_3 = towards_3 - along_3 * (along_3 @ towards_3)

    return start_3 + along_3 * reach + side_3 / np.linalg.norm(side_3) * out
