"""Tasks as generators: the same question for the same seed and level, another for another."""

import io
from itertools import pairwise

import pytest
from PIL import Image

from waywiser.dataset.question_generator import (
    DIFFICULTIES,
    QuestionGenerator,
    pick_question,
)
from waywiser.errors import RecipeError
from waywiser.sample import Answer, Program
from waywiser.scenes.furniture.library import open_library
from waywiser.tasks.base import Question
from waywiser.tasks.views import derive_answer


def generator(task: str) -> QuestionGenerator:
    return QuestionGenerator(task, open_library("parametric"), width=96, height=72)


def draft(candidates: int, margin: float) -> Question:
    return Question(
        task="relative_distance",
        question="?",
        answer=Answer(kind="choice", value="a", options=["a", "b"]),
        reasoning="",
        program=Program(name="relative_distance", inputs={}),
        subject="",
        answer_class="",
        margin=margin,
        complexity=candidates,
    )


def test_levels_go_from_wide_margins_and_little_to_narrow_ones_and_much() -> None:
    drafts = [draft(n, margin) for n in (2, 3, 4) for margin in (0.9, 0.5, 0.2)]
    taken = [pick_question(drafts, difficulty) for difficulty in DIFFICULTIES]
    assert [d.complexity for d in taken] == sorted(d.complexity for d in taken)
    assert (taken[0].complexity, taken[0].margin) == (2, 0.9)
    assert (taken[-1].complexity, taken[-1].margin) == (4, 0.2)
    for easier, harder in pairwise(DIFFICULTIES):
        assert easier.rooms <= harder.rooms
        assert easier.objects <= harder.objects
        assert easier.frames < harder.frames


@pytest.mark.parametrize(
    ("task", "pictures"), [("depth_order", 1), ("correspondence", 2), ("displacement", 16)]
)
def test_a_sample_has_its_pictures_and_can_be_derived_again(task: str, pictures: int) -> None:
    made = generator(task)
    sample = made.sample(1, 0.5)
    assert sample == generator(task).sample(1, 0.5)
    assert len(sample.images) == pictures
    assert {Image.open(io.BytesIO(content)).size for content in sample.images} == {(96, 72)}
    assert sample.program is not None
    scene, _ = made.question(1, 0.5)
    assert derive_answer(sample.program, scene, open_library("parametric")) == sample.answer
    if task == "displacement":
        assert sample.fps == 2.0
        assert len(sample.timestamps or []) == pictures
    other = made.question(2, 0.5)[0]
    assert other.id != scene.id


@pytest.mark.parametrize(("seed", "level"), [(0, -0.1), (0, 2), (-1, 0)])
def test_a_level_that_does_not_exist_is_one_line(seed: int, level: float) -> None:
    with pytest.raises(RecipeError) as caught:
        generator("depth_order").sample(seed, level)
    assert "\n" not in str(caught.value)


def test_an_unknown_task_gets_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match="depth_order"):
        generator("depth_ordr")
