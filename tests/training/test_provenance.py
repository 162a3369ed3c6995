"""What a model was trained on is recorded in it, and goes on into what is trained from it."""

import json
import shutil
from pathlib import Path

import pytest

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_scenes
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import ModelError
from waywiser.recipe import build
from waywiser.training.config import SFTRecipe
from waywiser.training.run.provenance import furniture_seen_in_training, read_furniture_record
from waywiser.training.sft import run_sft


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rooms") / "data"
    synthesize(SynthesisConfig(out=out, rooms=4, seed=3, assets="parametric", workers=1))
    return out


def test_a_trained_model_names_the_furniture_of_its_rooms(
    rooms: Path, model_folder: Path, tmp_path: Path
) -> None:
    values = {
        "out": tmp_path / "run",
        "data": {"path": rooms},
        "model": str(model_folder),
        "batch_size": 2,
    }
    result = run_sft(
        build(SFTRecipe, {**values, "max_steps": 1, "save_steps": 0, "warmup_steps": 0})
    )
    shown = {thing.model for scene in read_scenes(rooms).values() for thing in scene.objects}
    assert read_furniture_record(result.model) == shown != set()


def test_the_record_of_the_start_is_kept(rooms: Path, tmp_path: Path) -> None:
    (tmp_path / "furniture.json").write_text(json.dumps(["an old chair"]))
    names = furniture_seen_in_training([rooms], str(tmp_path))
    assert "an old chair" in names
    assert len(names) > 1


def test_data_without_scenes_and_a_model_without_a_record_add_nothing(
    dataset: Path, tmp_path: Path
) -> None:
    assert furniture_seen_in_training([dataset], None) == set()
    assert read_furniture_record(tmp_path / "nowhere") == set()


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}', "[1]"])
def test_a_damaged_record_stops_training_before_it_starts(
    rooms: Path, model_folder: Path, tmp_path: Path, content: str
) -> None:
    start = shutil.copytree(model_folder, tmp_path / "start")
    (start / "furniture.json").write_text(content)
    values = {
        "out": tmp_path / "run",
        "data": {"path": rooms},
        "model": str(start),
        "batch_size": 2,
        "max_steps": 1,
    }
    with pytest.raises(ModelError, match="damaged"):
        run_sft(build(SFTRecipe, values))
    assert not (tmp_path / "run").exists()
