"""Mistakes that a composite task could make, made on purpose: the audit sees each of them."""

import math

import pytest

from audit.test_rules import SIDES_AND_WAYS, TURNS, halves
from helpers.studio import NUMBER as N
from helpers.studio import ask, judged, studio
from waywiser.sample import Sample

CANS = {"camera": 0, "category": "trash can", "objects": [7, 8], "references": [N["plant"]]}


def counted(value: int, **changes: object) -> Sample:
    return ask("conditional_count", value, {**CANS, "conditions": ["right"], **changes})


def test_a_condition_that_is_not_applied() -> None:
    assert judged(counted(0)).outcome == "agrees"
    assert judged(counted(2)).outcome == "differs"


def test_only_the_first_of_two_conditions_is_applied() -> None:
    two = {"conditions": ["left", "farther"], "references": [N["plant"]] * 2}
    assert judged(counted(0, **two)).outcome == "agrees"
    assert judged(counted(2, **two)).outcome == "differs"


def test_an_instance_that_is_forgotten() -> None:
    found = judged(counted(0, objects=[7]))
    assert found.outcome == "differs"
    assert "group" in found.reason


def test_a_side_that_is_not_plain() -> None:
    """The table stands right before the sofa, a little left of its middle."""
    inputs = {
        "camera": 0,
        "objects": [N["table"], N["chair"], N["plant"]],
        "conditions": ["left"],
        "references": [N["sofa"]],
    }
    assert judged(ask("conditional_count", 2, inputs)).too_close


def test_a_difference_between_centers_instead_of_boxes() -> None:
    places = {i: studio().object(i).box.center[:2] for i in (N["chair"], N["table"], N["plant"])}
    chair, table, plant = places.values()
    wrong = math.dist(chair, plant) - math.dist(chair, table)
    inputs = {"camera": 0, "quantity": "objects", "objects": list(places), "exact_m": wrong}
    assert judged(ask("distance_difference", round(wrong, 1), inputs)).outcome == "differs"


def test_a_difference_that_is_too_small_to_see() -> None:
    inputs = {"camera": 0, "quantity": "camera", "objects": [N["table"], N["plant"]]}
    found = judged(ask("distance_difference", 0.4, {**inputs, "exact_m": 0.4}))
    assert found.outcome == "differs"


def test_the_nearest_of_the_wrong_object() -> None:
    """Nearest to the laptop instead of the chair is the plant or the table, not the sofa."""
    inputs = {
        "camera": 0,
        "objects": [N["sofa"], N["laptop"]],
        "anchor": N["chair"],
        "reference": N["plant"],
        "ask": "both",
    }
    right = ask("nearest_direction", "left and farther", inputs, options=SIDES_AND_WAYS)
    assert judged(right).outcome == "agrees"
    wrong = ask("nearest_direction", "left and closer", inputs, options=SIDES_AND_WAYS)
    assert judged(wrong).outcome == "differs"


def test_sizes_that_are_nearly_the_same_in_an_order() -> None:
    inputs = {
        "camera": 0,
        "objects": [N["chair"], N["sofa"], N["plant"]],  # 0.9, 0.8 and 1.2 m
        "axis": "height",
        "depth": 2,
    }
    orders = ("plant, chair, sofa", "plant, sofa, chair")
    found = judged(ask("size_order", orders[0], inputs, options=orders))
    assert found.outcome == "differs"
    assert "alike" in found.reason


@pytest.mark.parametrize(
    ("move", "names", "reason"),
    [
        ("walk", ("table", "laptop", "bookcase"), ""),
        ("walk", ("bookcase", "fridge", "table"), "too far apart"),  # 5.4 m
    ],
)
def test_a_turn_from_the_first_heading_or_over_too_long_a_way(
    move: str, names: tuple[str, ...], reason: str
) -> None:
    inputs = {"clip": 1, "move": move, "objects": [N[name] for name in names]}
    outcomes = {word: judged(ask("turn_after_move", word, inputs, options=TURNS)) for word in TURNS}
    if not reason:
        assert [word for word, found in outcomes.items() if found.outcome == "agrees"] == ["right"]
        return
    assert all(
        reason in found.reason for found in outcomes.values() if found.reason != "another answer"
    )
    assert {found.outcome for found in outcomes.values()} == {"differs"}


def rooms(value: str, **changes: object) -> Sample:
    inputs = {"clip": 0, "ask": "more", "categories": ["chair"], "rooms": [0, 1], **changes}
    return ask("room_comparison", value, inputs, options=("living room", "kitchen"))


def test_an_instance_of_another_room_and_a_room_without_a_sign() -> None:
    assert judged(rooms("kitchen", objects=[1, 2, 3]), halves()).outcome == "agrees"
    found = judged(rooms("kitchen", objects=[1, 2]), halves())
    assert "not those of the program" in found.reason

    home = halves()
    bare = home.model_copy(update={"objects": tuple(o for o in home.objects if o.id != 11)})
    assert "tells that the room" in judged(rooms("kitchen", objects=[1, 2, 3]), bare).reason
