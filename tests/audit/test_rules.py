"""Every rule on a room whose answers one can check on paper: the right one agrees, another one differs."""

from itertools import permutations

import pytest

from audit.studio import NUMBER as N
from audit.studio import ask, judged
from waywiser.sample import Sample

SIDES, WAYS = ("left", "right"), ("forward", "left", "backward", "right")
QUADRANTS = ("front-left", "front-right", "back-left", "back-right")
ORDERS = [", ".join(order) for order in list(permutations(("fridge", "plant", "table", "chair")))]

RIGHT = [
    ask("object_count", 2, {"camera": 0, "category": "trash can"}),
    ask("left_right", "left", {"camera": 0, "objects": [N["chair"], N["plant"]]}, options=SIDES),
    ask("above_below", "above", {"camera": 0, "a": N["sofa"], "b": N["box"]}, options=("above", "below")),
    ask("depth_order", "table", {"camera": 0, "objects": [N["sofa"], N["table"]]}, options=("sofa", "table")),
    ask("camera_distance", 3.2, {"camera": 0, "object": N["chair"]}),
    ask("object_size", 120.0, {"camera": 0, "object": N["plant"], "exact_cm": 120.0}),
    ask(
        "relative_distance", "sofa", {"camera": 0, "anchor": N["plant"], "candidates": [N["chair"], N["sofa"]]},
        options=("chair", "sofa"),
    ),
    ask(
        "size_comparison", "plant", {"camera": 0, "a": N["plant"], "b": N["sofa"], "axis": "height"},
        options=("plant", "sofa"),
    ),
    ask("camera_motion", "right", {"clip": 0, "frame_a": 0, "frame_b": 1}, options=WAYS),
    ask("camera_motion", "backward", {"clip": 0, "frame_a": 2, "frame_b": 0}, options=WAYS),
    ask("camera_rotation", 40.0, {"clip": 0, "frame_a": 0, "frame_b": 3, "exact_deg": 40.0}),
    # 0.05 m apart along x and 0.775 m along y
    ask("absolute_distance", 0.78, {"clip": 1, "a": N["sofa"], "b": N["plant"]}),
    ask("room_size", 30.0, {"clip": 3, "room": 0, "exact_m2": 30.0}),
    # from the table (3.2, 2.9) towards the sofa (+y, a little right) the plant is to the right, nearly square
    ask(
        "relative_direction", "right",
        {"clip": 1, "stand": N["table"], "face": N["sofa"], "target": N["plant"], "level": "easy"}, options=SIDES,
    ),
    ask(
        "appearance_order", "fridge, plant, table, chair",
        {"clip": 1, "objects": [N["chair"], N["fridge"], N["plant"], N["table"]]}, options=ORDERS[:4],
    ),
]  # fmt: skip


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
    found = judged(sample)
    assert (found.outcome, found.reason) == ("agrees", "")
    assert not found.too_close
    assert judged(other(sample)).outcome == "differs"
