"""What a model was trained on is recorded in it, and goes on into what is trained from it."""

import json
from pathlib import Path

import pytest

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.read import read_scenes
from waywiser.dataset.synthesize import synthesize
from waywiser.recipe import build
from waywiser.training.config import SFTRecipe
from waywiser.training.provenance import furniture_of, write_record
from waywiser.training.sft import run_sft


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rooms") / "data"
    synthesize(SynthesisConfig(out=out, rooms=4, seed=3, assets="parametric", workers=1))
    return out


def test_a_trained_model_names_the_furniture_of_its_rooms(rooms: Path, model_folder: Path, tmp_path: Path) -> None:
    values = {"out": tmp_path / "run", "data": {"path": rooms}, "model": str(model_folder), "batch_size": 2}
    result = run_sft(build(SFTRecipe, {**values, "max_steps": 1, "save_steps": 0, "warmup_steps": 0}))
    shown = {thing.model for scene in read_scenes(rooms).values() for thing in scene.objects}
    assert furniture_of(result.model) == shown != set()


def test_the_record_of_the_start_is_kept(rooms: Path, tmp_path: Path) -> None:
    start, model = tmp_path / "start", tmp_path / "model"
    for folder in (start, model):
        folder.mkdir()
    (start / "furniture.json").write_text(json.dumps(["an old chair"]))
    write_record(model, [rooms], str(start))
    names = json.loads((model / "furniture.json").read_text())
    assert "an old chair" in names
    assert len(names) > 1
    assert names == sorted(names)


def test_data_without_scenes_and_a_model_without_a_record_add_nothing(dataset: Path, tmp_path: Path) -> None:
    write_record(tmp_path, [dataset], None)
    assert json.loads((tmp_path / "furniture.json").read_text()) == []
    assert furniture_of(tmp_path / "nowhere") == set()
