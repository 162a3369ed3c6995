"""Text tasks: the question alone, solved by another way, has the gold answer, and every step of the
chain is true.
"""

import re
from collections import Counter
from fractions import Fraction
from functools import cache

import pytest

from helpers.text_solvers import SOLVERS, class_memberships, cup_places, walk_points
from waywiser.answers import grade
from waywiser.curation.chain_measures import measure_chain
from waywiser.curation.chains import Chain, find_fault
from waywiser.curation.config import ChainConfig
from waywiser.errors import RecipeError
from waywiser.sample import Sample
from waywiser.sources import SourceConfig, open_source
from waywiser.sources.synthetic_text import (
    TEXT_TASKS,
    TextSource,
    arithmetic,
    counting,
    inference,
    measures,
    places,
    times,
    tracking,
)
from waywiser.tasks.completion import format_sample_answer, gold_completion

COUNT = 120
EQUATION = re.compile(
    r"(-?[\d.]+(?: [-+*/] [\d.]+)+) = (-?\d+(?:\.\d+)?)|(?<![\d/.])(\d+/\d+) = (\S+\d)"
)


@cache
def made(task: str) -> list[Sample]:
    items = list(TextSource(task, COUNT, 5).items(0, COUNT))
    assert all(isinstance(item, Sample) for item in items), items
    return items  # type: ignore[return-value]


def value_of(expression: str) -> Fraction:
    """The value of numbers joined by one kind of operator, or of one fraction."""
    first, *rest = re.findall(r"-?[\d.]+|[-+*/]", expression.replace("/", " / "))
    value = Fraction(first)
    for operator, number in zip(rest[::2], rest[1::2], strict=True):
        n = Fraction(number)
        value = {"+": value + n, "-": value - n, "*": value * n, "/": value / (n or 1)}[operator]
    return value


def test_every_task_has_a_solver() -> None:
    assert set(SOLVERS) == set(TEXT_TASKS)
    assert len(TEXT_TASKS) >= 10


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_the_question_alone_has_the_gold_answer(task: str) -> None:
    for sample in made(task):
        assert SOLVERS[task](sample.question) == str(sample.answer.value), sample.question
        assert grade(gold_completion(sample), sample.answer).outcome == "right"


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_chains_are_short_true_and_end_in_the_answer(task: str) -> None:
    for sample in made(task):
        chain = sample.reasoning or ""
        assert 20 <= len(chain.split()) <= 60, chain
        assert chain.isascii()
        assert sample.question.isascii()
        answer = re.escape(format_sample_answer(sample))
        assert re.search(rf"(?<![\w.]){answer}(?![\w/])", chain.split(". ")[-1]), chain
        assert "Check: " in chain or task == "grid_walk"
        for left, right, fraction, decimal in EQUATION.findall(chain):
            assert value_of(left or fraction) == Fraction(right or decimal), chain


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_curation_accepts_the_chains(task: str) -> None:
    scores = []
    for sample in made(task):
        chain = Chain(sample.reasoning or "", format_sample_answer(sample))
        assert find_fault(chain, sample.question, sample.answer, ChainConfig()) is None
        quality = measure_chain(chain, sample.question)
        scores.append((quality.structure + quality.cognitive_load + quality.verification) / 3)
    assert min(scores) >= 0.5


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_no_answer_and_no_place_of_an_option_is_a_good_guess(task: str) -> None:
    samples = made(task)
    guesses = Counter(str(sample.answer.value) for sample in samples)
    assert guesses.most_common(1)[0][1] <= 0.45 * COUNT  # a third, and three standard errors
    at = Counter(s.options.index(str(s.answer.value)) for s in samples if s.options)
    assert not at or max(at.values()) <= 0.45 * sum(at.values())
    assert len({sample.question for sample in samples}) >= 0.9 * COUNT


def test_equations_are_found_where_chains_compute() -> None:
    for task in ("running_total", "shopping_coins", "number_riddle", "next_number"):
        for sample in made(task):
            assert len(EQUATION.findall(sample.reasoning or "")) >= 3


def test_steps_of_chains_that_track_something() -> None:
    for sample in made("cup_swaps"):
        followed = re.findall(r" at (\d)", (sample.reasoning or "").split("Check")[0])
        assert [int(place) for place in followed] == cup_places(sample.question)
    for sample in made("grid_walk"):
        points, _ = walk_points(sample.question)
        steps = (sample.reasoning or "").split("Check")[0].split("The way")[0]
        found = [complex(int(x), int(y)) for x, y in re.findall(r"\((-?\d+), (-?\d+)\)", steps)]
        assert found in (points, [0])
    for sample in made("class_chain"):
        known = class_memberships(sample.question)
        for name in re.findall(r"so \w+ is a (\w+)", sample.reasoning or ""):
            assert known[name]


@pytest.mark.parametrize(
    "module", [arithmetic, counting, inference, measures, places, times, tracking]
)
def test_questions_have_several_wordings(module: object) -> None:
    for name, value in vars(module).items():
        if name.endswith("_QUESTIONS"):
            for wordings in value.values() if isinstance(value, dict) else [value]:
                assert len(set(wordings)) >= 5, name


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_items_depend_on_their_number_alone_and_grow_with_the_level(task: str) -> None:
    source = TextSource(task, COUNT, 5)
    assert list(source.items(7, 9)) == made(task)[7:9]
    assert next(TextSource(task, 1, 6).items(0, 1)) != made(task)[0]
    words = []
    for levels in ([0, 0.2], [0.8, 1]):
        config = SourceConfig(kind="text", name=task, count=30, options={"levels": levels})
        items = [s for s in open_source(config).items(0, 30) if isinstance(s, Sample)]
        assert all(levels[0] <= s.program.inputs["level"] <= levels[1] for s in items if s.program)
        words.append(sum(len(f"{s.question} {s.reasoning}".split()) for s in items))
    assert words[0] < words[1]


def test_bad_names_and_levels_say_what_to_do() -> None:
    with pytest.raises(RecipeError, match="did you mean 'cup_swaps'"):
        TextSource("cup_swap", 1, 0)
    with pytest.raises(RecipeError, match="no option 'level': give levels"):
        TextSource("cup_swaps", 1, 0, {"level": 1})
    for levels in ([0.5, 0.2], [0, 2], 0.5, ["a", 1]):
        with pytest.raises(RecipeError, match=r"must be \[low, high\]"):
            TextSource("cup_swaps", 1, 0, {"levels": levels})
    with pytest.raises(RecipeError, match="give it a count"):
        open_source(SourceConfig(kind="text", name="cup_swaps"))
