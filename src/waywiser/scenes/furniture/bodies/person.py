"""A person made of smooth parts around jointed bones, standing or at a phase of walking.

Places within a body are (side, forward, up) in meters, with the feet at the origin when standing;
`to_model` turns them to the axes of models.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.bodies.body_builder import BodyBuilder
from waywiser.scenes.furniture.bodies.gait import Foot, FootShape, bend_joint, sole_foot
from waywiser.scenes.furniture.bodies.person_clothes import add_foot, add_leg, add_skirt, add_trunk
from waywiser.scenes.furniture.bodies.person_head import add_head
from waywiser.scenes.furniture.bodies.person_looks import PersonLook

Floats = NDArray[np.float64]

THIGH, SHIN = 0.2415, 0.2315
UPPER_ARM, FOREARM = 0.172, 0.148
_MAX_REACH = 0.992
"""Share of its length to which a leg is stretched at most."""
_SWAY = 0.012
"""How far the trunk moves over the foot that bears it, in body heights."""
_HIP_TURN = math.radians(5)
_SHOULDER_TURN = math.radians(7)
_ARM_SWING = math.radians(21)


def to_model(points_N_3: Floats) -> Floats:
    """Places in a body (N, 3) in the axes of models, whose front is towards -y."""
    return np.asarray(points_N_3, dtype=float) * (1.0, -1.0, 1.0)


@dataclass(frozen=True)
class PersonPose:
    """Joints of a person, in meters.

    Attributes:
        legs: Hip, knee and ankle (3, 3) of the left (x < 0) and the right leg.
        feet: Both feet.
        arms: Shoulder, elbow and wrist (3, 3) of both arms.
        pelvis: Middle (3,) between the hip joints.
        hip_turn: Radians by which the hips are turned to the left about the vertical.
        shoulder_turn: The same for the shoulders.
        rise: How much the trunk is higher than when standing.
        lean: Tangent of the trunk's slope to the front.
    """

    legs: tuple[Floats, Floats]
    feet: tuple[Foot, Foot]
    arms: tuple[Floats, Floats]
    pelvis: Floats
    hip_turn: float
    shoulder_turn: float
    rise: float
    lean: float


def draw_person(look: PersonLook, phase: float | None) -> BodyBuilder:
    """A person at a phase of walking, as a share of the step cycle; standing for None."""
    b = BodyBuilder()
    pose = pose_person(look, phase)

    for side, leg, foot in zip((-1, 1), pose.legs, pose.feet, strict=True):
        add_leg(b, look, to_model(leg))
        add_foot(b, look, side, leg[2], foot, foot_shape(look))

    add_trunk(b, look, pose.pelvis, pose.hip_turn, pose.shoulder_turn, pose.lean)
    if look.legs == "skirt":
        add_skirt(b, look, pose.pelvis, pose.legs)

    for arm in pose.arms:
        _add_arm(b, look, to_model(arm))

    neck = _along_trunk(look, pose.pelvis, pose.lean, 0.0, 0.838 * look.height)
    top = _along_trunk(look, pose.pelvis, pose.lean, 0.0, (1.01 - look.head) * look.height)
    throat = 0.031 * look.height * look.build**0.5
    b.limb(
        look.skin,
        to_model(np.array([neck, top + np.array([0, 0, 0.035 * look.height])])),
        [(0.0, 1.25 * throat, 1.25 * throat), (0.4, throat, throat), (1.0, throat, throat)],
    )
    add_head(b, look, to_model(top + look.height * np.array([0, 0.004, -0.01])))
    b.drop_to_floor()
    return b


def foot_shape(look: PersonLook) -> FootShape:
    """Sizes of a person's shoe, in meters."""
    h = look.height
    return FootShape(ball=0.074 * h, heel=0.036 * h, ankle=0.05 * h)


def pose_person(look: PersonLook, phase: float | None) -> PersonPose:
    """The joints of a person at a phase of walking; standing for None."""
    h = look.height
    hip_width = 0.5 * look.hips * h
    foot_width = 0.45 * look.hips * h
    shape = foot_shape(look)
    if phase is None:
        feet = (Foot(0, 0, 0, 0),) * 2
        swing = turn = 0.0
        sway = 0.0
    else:
        # Half a cycle lies between the feet; phase 0 has the left foot in the middle of its
        # stand, so that a walk starts and ends with the feet side by side.
        lefts = phase + 0.31
        feet = (sole_foot(lefts, look.stride, shape), sole_foot(lefts + 0.5, look.stride, shape))
        swing = math.cos(2 * math.pi * (lefts - 0.02))
        turn = swing
        sway = -_SWAY * h * math.cos(2 * math.pi * phase)

    ankles = [
        np.array([side * foot_width, foot.forward, shape.ankle + foot.lift])
        for side, foot in zip((-1, 1), feet, strict=True)
    ]
    leg_scale = look.hip_height / 0.52
    thigh, shin = THIGH * h * leg_scale, SHIN * h * leg_scale
    hips = [
        np.array([side * hip_width + sway, -side * hip_width * math.tan(_HIP_TURN * turn), 0.0])
        for side in (-1, 1)
    ]
    hip_z = min(
        look.hip_height * h if phase is None else look.hip_height * h - 0.004 * h,
        *(
            _highest_hip(hip, ankle, _MAX_REACH * (thigh + shin))
            for hip, ankle in zip(hips, ankles, strict=True)
        ),
    )

    legs = []
    for hip, ankle in zip(hips, ankles, strict=True):
        hip[2] = hip_z
        knee = bend_joint(hip, ankle, thigh, shin, np.array([0.0, 1.0, 0.0]))
        legs.append(np.array([hip, knee, ankle]))

    pelvis = np.array([sway, 0.0, hip_z])
    lean = 0.0 if phase is None else 0.03
    arms = tuple(
        _pose_arm(look, pelvis, lean, side, side * swing, -_SHOULDER_TURN * turn, phase is None)
        for side in (-1, 1)
    )

    return PersonPose(
        legs=(legs[0], legs[1]),
        feet=(feet[0], feet[1]),
        arms=(arms[0], arms[1]),
        pelvis=pelvis,
        hip_turn=-_HIP_TURN * turn,
        shoulder_turn=_SHOULDER_TURN * turn,
        rise=hip_z - look.hip_height * h,
        lean=lean,
    )


def _highest_hip(hip_3: Floats, ankle_3: Floats, reach: float) -> float:
    """Height at which the hip is `reach` meters from the ankle."""
    across = float(np.hypot(*(hip_3 - ankle_3)[:2]))
    return float(ankle_3[2]) + math.sqrt(reach**2 - across**2)


def _along_trunk(
    look: PersonLook, pelvis_3: Floats, lean: float, side: float, height: float
) -> Floats:
    """A place in the trunk, `height` meters above the floor when standing upright."""
    above = height - look.hip_height * look.height
    return pelvis_3 + np.array([side, lean * above, above])


def _pose_arm(
    look: PersonLook,
    pelvis_3: Floats,
    lean: float,
    side: int,
    swing: float,
    turn: float,
    is_standing: bool,
) -> Floats:
    """Shoulder, elbow and wrist (3, 3); `swing` is 1 for an arm that is far ahead."""
    h = look.height
    out = look.shoulders * h * (0.55 + 0.45 * look.build)
    shoulder = _along_trunk(look, pelvis_3, lean, side * out, 0.793 * h)
    shoulder[1] += side * out * math.tan(turn)
    angle = math.radians(2) if is_standing else _ARM_SWING * swing - math.radians(3)
    bend = math.radians(14) if is_standing else math.radians(20 + 11 * swing)
    spread = 0.13 if is_standing else 0.12
    upper = np.array([side * spread, math.sin(angle), -math.cos(angle)])
    lower = np.array([side * 0.03, math.sin(angle + bend), -math.cos(angle + bend)])
    elbow = shoulder + UPPER_ARM * h * upper / np.linalg.norm(upper)

    return np.array([shoulder, elbow, elbow + FOREARM * h * lower / np.linalg.norm(lower)])


def _add_arm(b: BodyBuilder, look: PersonLook, arm_3_3: Floats) -> None:
    h = look.height * look.build**0.7
    shirt, skin = look.shirt, look.skin
    sleeve = {"": 11, "forearms": 6, "arms": 3}[look.bare_arms]
    places = [0.1, 0.6, 0.85, 1.0, 1.15, 1.4, 1.7, 1.9, 2.0, 2.12, 2.35, 2.7, 2.97]
    widths = [0.026, 0.031, 0.034, 0.034, 0.033, 0.031, 0.0285, 0.027, 0.0265]
    widths += [0.0265, 0.0265, 0.021, 0.0165]
    inner = arm_3_3[0] * (0.4, 1.0, 1.0) + (0.0, 0.0, 0.027 * look.height)
    stations = [
        (place, 1.12 * wide * h, wide * h * (1.08 if k <= sleeve else 1.0))
        for k, (place, wide) in enumerate(zip(places, widths, strict=True))
    ]
    colors = [
        (look.stripes if look.stripes and k % 2 else shirt) if k < sleeve else skin
        for k in range(len(places) - 1)
    ]
    b.limb(colors, np.array([inner, *arm_3_3]), stations, side=(0.0, 1.0, 0.0))

    along = arm_3_3[2] - arm_3_3[1]
    along /= np.linalg.norm(along)
    across = np.array([1.0, 0, 0]) - along * along[0]
    across /= np.linalg.norm(across)
    front = np.cross(across, along)
    axes = np.stack([across, front, along], axis=1)
    wrist = arm_3_3[2]
    h = look.height
    forward = -front if front[1] > 0 else front  # the side of the thumb
    b.blob(skin, wrist + along * 0.026 * h, (0.0135 * h, 0.024 * h, 0.036 * h), axes)
    fingers = wrist + along * 0.062 * h + forward * 0.004 * h
    b.blob(skin, fingers, (0.0115 * h, 0.02 * h, 0.034 * h), axes)
    thumb = wrist + along * 0.04 * h + forward * 0.024 * h
    b.blob(skin, thumb, (0.008 * h, 0.009 * h, 0.026 * h), axes, segments=8, levels=4)
