"""Difficulty: pass rates of a real model, their intervals, and the offline filter of a recipe."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_samples
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError
from waywiser.models.starter import build_starter
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.tasks.completion import gold_completion
from waywiser.training.config import DataConfig
from waywiser.training.data.difficulty import measure_difficulty, wilson_interval, write_difficulty
from waywiser.training.data.training_set import read_training_set

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("difficulty") / "rooms"
    room = RoomConfig(width=64, height=48)
    synthesize(
        SynthesisConfig(out=folder, rooms=12, assets="parametric", room=room), progress=False
    )
    return folder


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_interval_holds_the_rate_and_narrows(samples: int, rate: float) -> None:
    low, high = wilson_interval(rate * samples, samples)
    assert 0 <= low <= rate + 1e-9
    assert rate - 1e-9 <= high <= 1
    more = wilson_interval(rate * samples * 4, samples * 4)
    assert more[1] - more[0] <= high - low + 1e-9


def test_wilson_interval_by_hand() -> None:
    assert wilson_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    with pytest.raises(RecipeError, match="between 0 and samples"):
        wilson_interval(3, 2)


def test_an_untrained_model_finds_everything_hard_and_the_seed_decides(rooms: Path) -> None:
    samples = list(read_samples(rooms))[:12]
    model, processor = build_starter(
        [s.question + gold_completion(s) for s in samples], seed=1, vocab_size=400
    )
    first = measure_difficulty(model, processor, samples, k=2, max_new_tokens=8, seed=3)
    assert set(first) == {sample.id for sample in samples}
    assert all(0.5 <= value <= 1 for value in first.values())
    assert first == measure_difficulty(model, processor, samples, k=2, max_new_tokens=8, seed=3)
    with pytest.raises(RecipeError, match="at least one"):
        measure_difficulty(model, processor, samples, k=0)


def test_a_recipe_leaves_out_what_is_solved_or_hopeless(rooms: Path, tmp_path: Path) -> None:
    ids = [sample.id for sample in read_samples(rooms)]
    table = {key: [0.0, 0.5, 1.0][i % 3] for i, key in enumerate(ids[:-1])}
    write_difficulty(tmp_path / "d.json", table)
    assert json.loads((tmp_path / "d.json").read_text()) == table
    config = DataConfig(path=rooms, difficulty=tmp_path / "d.json", keep_difficulty=(0.02, 0.98))
    kept = read_training_set(config)
    assert {s.id for s in kept.samples} == {key for key, value in table.items() if value == 0.5}
    assert all(sample.difficulty == 0.5 for sample in kept.samples)
    assert len(kept.places) == len(kept.samples)
    with pytest.raises(RecipeError, match="keep_difficulty"):
        read_training_set(config.model_copy(update={"keep_difficulty": (0.6, 0.7)}))


def test_damaged_difficulties_are_one_line(rooms: Path, tmp_path: Path) -> None:
    for text in ("", "[1]", '{"a": "x"}', "{"):
        (tmp_path / "d.json").write_text(text)
        with pytest.raises(RecipeError, match=r"d\.json"):
            read_training_set(DataConfig(path=rooms, difficulty=tmp_path / "d.json"))
