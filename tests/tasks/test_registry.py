"""Naming tasks, and writing answers out."""

import pytest

from waywiser.errors import RecipeError
from waywiser.sample import Answer, Sample
from waywiser.tasks.completion import format_answer, gold_completion
from waywiser.tasks.registry import TASKS, choose_tasks


def test_tasks_are_chosen_by_name_in_a_fixed_order() -> None:
    assert choose_tasks("all") == tuple(TASKS)
    assert choose_tasks("left_right, object_count,left_right") == ("object_count", "left_right")
    assert choose_tasks(["object_size"]) == ("object_size",)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ("object_cout", "object_count"),
        ("distance", "camera_distance"),
        ("xyzzy", "choose from"),
        ("all,left_right", "every task"),
        ("", "no task"),
        ([], "no task"),
    ],
)
def test_a_wrong_name_gets_the_nearest_one(names: str | list[str], hint: str) -> None:
    with pytest.raises(RecipeError, match=hint) as caught:
        choose_tasks(names)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(kind="integer", value=3), "3"),
        (Answer(kind="number", value=2.0, unit="m"), "2.0 m"),
        (Answer(kind="number", value=2.4, unit="m"), "2.4 m"),
        (Answer(kind="number", value=120.0, unit="cm"), "120 cm"),
        (Answer(kind="number", value=0.25), "0.25"),
        (Answer(kind="choice", value="left", options=["left", "right"]), "left"),
        (Answer(kind="choices", value=["a", "b"], options=["a", "b", "c"]), "a, b"),
        (Answer(kind="expression", value="\\frac{1}{2}"), "\\frac{1}{2}"),
    ],
)
def test_answers_are_written_as_people_write_them(answer: Answer, text: str) -> None:
    assert format_answer(answer) == text
    sample = Sample(
        id="a", split="train", domain="spatial", task="t", source="s", question="q", answer=answer
    )
    assert gold_completion(sample) == f"<think></think><answer>{text}</answer>"
    told = sample.model_copy(update={"reasoning": "Because."})
    assert gold_completion(told) == f"<think>Because.</think><answer>{text}</answer>"
