"""Procedural families: the traps of the packages are guarded, and no scorer is pleased by garbage."""

import json
import os
import random
import subprocess
import sys

import pytest

from waywiser.errors import RecipeError
from waywiser.sample import Sample
from waywiser.sources.base import InvalidItem
from waywiser.sources.family_checks import (
    CORE_EXCLUDED,
    GARBAGE_ANSWERS,
    GYM_EXCLUDED,
    find_scorer_fault,
    safe_score,
)

IN_A_PROCESS = """
import json
from waywiser.sample import Sample
from waywiser.sources.reasoning_families import CoreSource, GymSource, core_families, gym_families
found = {}
for kind, names in ((GymSource, gym_families()), (CoreSource, core_families())):
    for name in names[::3]:
        item = next(kind(name, 2, 3).items(1, 2))
        found[name] = [item.question, str(item.answer.value)] if isinstance(item, Sample) else item.reason
print("\\n" + json.dumps(found))  # families leave dots behind
"""


def items_in_a_process() -> dict[str, list[str] | str]:
    """Item 1 of every third family, drawn by a process of its own that hashes texts as `waywiser
    curate` does.
    """
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_scorer_that_raises_or_returns_nonsense_gives_nothing() -> None:
    def raises(said: object) -> float:
        raise ValueError(said)

    assert safe_score(raises, "x") == 0
    assert safe_score(lambda _: float("nan"), "x") == 0
    assert safe_score(lambda _: "many", "x") == 0
    assert safe_score(lambda _: 7, "x") == 1


def test_an_unsound_scorer_is_named() -> None:
    assert "garbage" in (find_scorer_fault(lambda _: 1.0, "gold") or "")
    assert "own answer" in (find_scorer_fault(lambda _: 0.0, "gold") or "")
    assert find_scorer_fault(lambda said: float(said == "gold"), "gold") is None
    assert (
        find_scorer_fault(lambda said: float(said == "None"), "None") is None
    )  # garbage may be somebody's gold


def test_every_family_of_reasoning_gym_is_sound_or_left_out() -> None:
    pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import GymSource, _import_reasoning_gym, gym_families

    assert set(GYM_EXCLUDED) <= set(_import_reasoning_gym().factory.DATASETS)
    usable = gym_families()
    assert len(usable) > 90
    bad = {}
    for name in usable:
        item = next(GymSource(name, 1, 3).items(0, 1))
        if isinstance(item, InvalidItem):
            bad[name] = item.reason
        else:
            assert item.program is not None
            dataset = _import_reasoning_gym().create_dataset(name, size=1, seed=3)
            assert all(
                safe_score(lambda said, d=dataset: d.score_answer(said, d[0]), g) < 0.5
                for g in GARBAGE_ANSWERS
            )
    assert len(bad) <= 2, bad


def test_every_task_of_reasoning_core_is_sound_or_left_out() -> None:
    pytest.importorskip("reasoning_core", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import CoreSource, core_families

    usable = core_families()
    assert len(usable) > 40
    assert not set(CORE_EXCLUDED) & set(usable)
    bad = {}
    for name in usable:
        source = CoreSource(name, 1, 3)
        item = next(source.items(0, 1))
        if isinstance(item, InvalidItem):
            bad[name] = item.reason
        else:
            task, entry = source.draw(0)
            garbage = [
                text for text in GARBAGE_ANSWERS if text.strip() != str(entry.answer).strip()
            ]
            scores = {
                text: safe_score(lambda said, t=task, e=entry: t.score_answer(said, e), text)
                for text in garbage
            }
            assert max(scores.values()) < 0.5, (name, entry.answer, scores)
    assert len(bad) <= 1, bad


def test_items_are_the_same_in_every_process() -> None:
    pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
    pytest.importorskip("reasoning_core", reason="the families extra is not installed")
    found = items_in_a_process()
    assert len(found) > 40
    assert items_in_a_process() == found


@pytest.mark.parametrize("family", ["gsm_symbolic", "basic_arithmetic", "family_relationships"])
def test_items_depend_on_their_number_alone(family: str) -> None:
    pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import GymSource

    whole = list(GymSource(family, 6, 1).items(0, 6))
    random.seed(5)
    assert list(GymSource(family, 6, 1).items(3, 6)) == whole[3:]
    assert list(GymSource(family, 9, 1).items(0, 6)) == whole  # more items change none


def test_core_items_depend_on_their_number_alone() -> None:
    pytest.importorskip("reasoning_core", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import CoreSource

    whole = list(CoreSource("arithmetics", 4, 1).items(0, 4))
    before = random.getstate()
    assert list(CoreSource("arithmetics", 4, 1).items(2, 4)) == whole[2:]
    assert random.getstate() == before
    assert all(isinstance(item, Sample) for item in whole)


def test_families_that_are_left_out_say_why() -> None:
    pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import CoreSource, GymSource

    with pytest.raises(RecipeError, match="full marks"):
        GymSource("game_of_life_halting", 1, 0)
    with pytest.raises(RecipeError, match="did you mean 'gsm_symbolic'"):
        GymSource("gsm_symbolc", 1, 0)
    pytest.importorskip("reasoning_core", reason="the families extra is not installed")
    with pytest.raises(RecipeError, match="network"):
        CoreSource("metamath_entailment", 1, 0)


def test_a_family_that_raises_costs_its_item_only(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
    from waywiser.sources.reasoning_families import GymSource

    source = GymSource("basic_arithmetic", 3, 1)
    whole = source._dataset

    class Sick:
        def __getitem__(self, index: int) -> dict:
            if index == 1:
                raise ZeroDivisionError("in the family")
            return whole[index]

        score_answer = staticmethod(whole.score_answer)

    monkeypatch.setattr(source, "_dataset", Sick())
    first, second, third = source.items(0, 3)
    assert isinstance(first, Sample)
    assert isinstance(second, InvalidItem)
    assert "ZeroDivisionError" in second.reason
    assert isinstance(third, Sample)
