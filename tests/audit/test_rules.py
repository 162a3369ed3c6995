"""Every rule on a room whose answers one can check on paper: the right one agrees, another one
differs.
"""

from itertools import permutations

import numpy as np
import pytest

from helpers.studio import NUMBER as N
from helpers.studio import ask, judged, look, studio
from waywiser.audit.rules.registry import RULES
from waywiser.sample import Sample
from waywiser.scenes.scene import Box, Clip, Scene

SIDES = ("left", "right")
WAYS = ("forward", "left", "backward", "right")
QUADRANTS = ("front-left", "front-right", "back-left", "back-right")
WAYS_OF_THINGS = ("left", "right", "towards the camera", "away from the camera")
TABLE_TOP = np.array([[3.2, 2.9, 0.75]])
SPOTS = [studio().clips[0].cameras[i].project(TABLE_TOP)[0].tolist() for i in (0, 2)]
AROUND = ((20, 0), (0, 0), (-20, 0), (0, 20))
MARKS = {"point": SPOTS[0], "options": [[SPOTS[1][0] + dx, SPOTS[1][1] + dy] for dx, dy in AROUND]}
ORDERS = [", ".join(order) for order in list(permutations(("fridge", "plant", "table", "chair")))]

SIZES = [", ".join(order) for order in permutations(("sofa", "table", "plant"))]
TURNS = ("left", "right", "back")
SIDES_AND_WAYS = [f"{side} and {way}" for side in SIDES for way in ("closer", "farther")]

RIGHT = [
    ask("object_count", 2, {"camera": 0, "category": "trash can"}),
    ask("left_right", "left", {"camera": 0, "objects": [N["chair"], N["plant"]]}, options=SIDES),
    ask(
        "above_below",
        "higher",
        {"camera": 0, "a": N["sofa"], "b": N["laptop"]},
        options=("higher", "lower"),
    ),
    ask(
        "depth_order",
        "table",
        {"camera": 0, "objects": [N["sofa"], N["table"]]},
        options=("sofa", "table"),
    ),
    ask("camera_distance", 3.2, {"camera": 0, "object": N["chair"]}),
    ask("object_size", 120.0, {"camera": 0, "object": N["plant"], "exact_cm": 120.0}),
    ask(
        "relative_distance",
        "sofa",
        {"camera": 0, "anchor": N["plant"], "candidates": [N["chair"], N["sofa"]]},
        options=("chair", "sofa"),
    ),
    ask(
        "size_comparison",
        "plant",
        {"camera": 0, "a": N["plant"], "b": N["sofa"], "axis": "height"},
        options=("plant", "sofa"),
    ),
    ask("camera_motion", "right", {"clip": 0, "frame_a": 0, "frame_b": 1}, options=WAYS),
    ask("camera_motion", "backward", {"clip": 0, "frame_a": 2, "frame_b": 0}, options=WAYS),
    ask("camera_rotation", 40.0, {"clip": 0, "frame_a": 0, "frame_b": 3, "exact_deg": 40.0}),
    ask("scene_count", 1, {"clip": 1, "category": "plant"}),
    # 0.05 m apart along x and 0.775 m along y
    ask("absolute_distance", 0.78, {"clip": 1, "a": N["sofa"], "b": N["plant"]}),
    ask("room_size", 30.0, {"clip": 3, "room": 0, "exact_m2": 30.0}),
    # from the table (3.2, 2.9) towards the sofa (+y, a little right) the plant is to the right,
    # nearly square
    ask(
        "relative_direction",
        "right",
        {"clip": 1, "stand": N["table"], "face": N["sofa"], "target": N["plant"], "level": "easy"},
        options=SIDES,
    ),
    ask(
        "appearance_order",
        "fridge, plant, table, chair",
        {"clip": 1, "objects": [N["chair"], N["fridge"], N["plant"], N["table"]]},
        options=ORDERS[:4],
    ),
    # the middle of the table's top, by the pinhole formula written out; other marks 20 pixels away
    ask(
        "correspondence",
        "point B",
        {"clip": 0, "frame_a": 0, "frame_b": 2, "object": N["table"], **MARKS},
        options=[f"point {letter}" for letter in "ABCD"],
    ),
    # 54 degrees from +x, seen from a heading of 130 degrees
    ask(
        "perspective",
        "front-right",
        {"clip": 0, "frame_a": 0, "frame_b": 3, "object": N["plant"]},
        options=QUADRANTS,
    ),
    ask(
        "route_plan",
        "turn right",
        {
            "clip": 1,
            "start": N["fridge"],
            "end": N["chair"],
            "stops": [N["fridge"], N["bookcase"], N["chair"]],
            "path": [[4.9, 1.0], [1.2, 1.0], [1.2, 2.6]],
            "hidden": [0],
        },
        options=("turn left", "turn right", "turn back"),
    ),
    # the chair slides 1 m along -y between seconds 1 and 3
    ask(
        "motion_direction",
        "towards the camera",
        {"clip": 2, "object": N["chair"]},
        options=WAYS_OF_THINGS,
    ),
    ask(
        "displacement",
        1.0,
        {"clip": 2, "object": N["chair"], "t1": 0.0, "t2": 3.5, "quantity": "displacement"},
    ),
    ask(
        "displacement",
        0.5,
        {"clip": 2, "object": N["chair"], "t1": 1.0, "t2": 3.0, "quantity": "speed"},
        unit="m/s",
    ),
    ask(
        "who_moved",
        "only the chair",
        {"clip": 2, "object": N["chair"], "ask": "who"},
        options=("only the camera", "only the chair", "both", "neither"),
    ),
    ask(
        "who_moved",
        "neither",
        {"clip": 2, "object": N["plant"], "ask": "who"},
        options=("only the camera", "only the plant", "both", "neither"),
    ),
    ask(
        "who_moved",
        "closer",
        {"clip": 2, "object": N["chair"], "ask": "approach"},
        options=("closer", "farther", "about the same"),
    ),
    # both stand left of the plant and nearer; of the chair, laptop and plant one is left of the table
    ask(
        "conditional_count",
        2,
        {
            "camera": 0,
            "category": "trash can",
            "objects": [7, 8],
            "conditions": ["left", "closer"],
            "references": [N["plant"], N["plant"]],
        },
    ),
    ask(
        "conditional_count",
        1,
        {
            "camera": 0,
            "objects": [N["chair"], N["laptop"], N["plant"]],
            "conditions": ["left"],
            "references": [N["table"]],
        },
    ),
    # 2.2825 + 1.9849 - 3.3242, as places on paper
    ask(
        "distance_difference",
        0.94,
        {
            "camera": 0,
            "quantity": "detour",
            "objects": [N["chair"], N["sofa"], N["plant"]],
            "exact_m": 0.9433,
        },
    ),
    # the sofa, 0.9 m from the chair, is behind the plant's left edge
    ask(
        "nearest_direction",
        "left and farther",
        {
            "camera": 0,
            "objects": [N["sofa"], N["plant"], N["laptop"]],
            "anchor": N["chair"],
            "reference": N["plant"],
            "ask": "both",
        },
        options=SIDES_AND_WAYS,
    ),
    ask(
        "size_order",
        "sofa, table, plant",
        {
            "camera": 0,
            "objects": [N["table"], N["plant"], N["sofa"]],
            "axis": "length",
            "depth": 1,
        },
        options=SIZES[:4],
    ),
    # from the table west to the chair, then south-west to the bookcase: 75 degrees to the left
    ask(
        "turn_after_move",
        "left",
        {"clip": 1, "move": "walk", "objects": [N["table"], N["chair"], N["bookcase"]]},
        options=TURNS,
    ),
    ask(
        "room_comparison",
        "kitchen",
        {"clip": 0, "ask": "more", "categories": ["chair"], "rooms": [0, 1], "objects": [1, 2, 3]},
        options=("living room", "kitchen"),
    ),
]


def test_every_task_has_a_rule_that_is_tested() -> None:
    assert {sample.task for sample in RIGHT} == set(RULES)


def halves() -> Scene:
    """The studio cut in two: a kitchen with two chairs, a living room with one, filmed from both."""
    west, east = (
        studio().rooms[0].model_copy(update={"polygon": outline, "use": use})
        for outline, use in (
            (((0, 0), (3, 0), (3, 5), (0, 5)), "kitchen"),
            (((3, 0), (6, 0), (6, 5), (3, 5)), "living room"),
        )
    )
    chair = studio().object(N["chair"])
    chairs = tuple(
        chair.model_copy(
            update={
                "id": i,
                "room": room,
                "box": chair.box.model_copy(update={"center": (x, y, 0.45)}),
            }
        )
        for i, (x, y, room) in enumerate(((0.6, 4.2, 0), (2.2, 4.0, 0), (4.6, 3.8, 1)), start=1)
    )
    signs = tuple(
        studio()
        .object(N[name])
        .model_copy(update={"room": room, "box": Box(center=center, size=size)})
        for name, room, center, size in (
            ("fridge", 0, (1.4, 4.6, 0.85), (0.6, 0.65, 1.7)),
            ("sofa", 1, (5.0, 4.6, 0.4), (1.6, 0.7, 0.8)),
        )
    )
    signs = tuple(sign.model_copy(update={"id": 10 + i}) for i, sign in enumerate(signs))
    cameras = tuple(look((x, 1.0), 60 + 15 * i) for x in (1.4, 4.5) for i in range(4))
    clip = Clip(kind="video", cameras=cameras, times=tuple(i / 2 for i in range(8)), fps=2.0)
    return studio(rooms=(west, east), objects=(*chairs, *signs), clips=(clip,), cameras=())


def other(sample: Sample) -> Sample:
    """The sample with a wrong answer of the same kind."""
    value = sample.answer.value
    if sample.answer.kind == "choice":
        wrong = next(option for option in sample.answer.options or () if option != value)
    else:
        wrong = value + 1 if sample.answer.kind == "integer" else value * 1.15  # type: ignore[operator]
    return sample.model_copy(update={"answer": sample.answer.model_copy(update={"value": wrong})})


@pytest.mark.parametrize("sample", RIGHT, ids=lambda s: f"{s.task}-{s.answer.value}")
def test_right_answers_agree_and_wrong_ones_differ(sample: Sample) -> None:
    scene = halves() if sample.task == "room_comparison" else None
    found = judged(sample, scene)
    assert (found.outcome, found.reason) == ("agrees", "")
    assert not found.too_close
    assert judged(other(sample), scene).outcome == "differs"
