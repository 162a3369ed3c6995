"""What somebody meets who uses the package for the first time, from the README to a task of one's
own.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import waywiser
import waywiser.tasks
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError
from waywiser.training.data.dataset_conversion import convert_dataset
from waywiser.training.data.training_set import read_training_set
from waywiser.training.data_config import DataConfig


@pytest.fixture
def make_rooms(tmp_path: Path) -> Callable[[str, int], Path]:
    """`make_rooms(name, seed)`: a small dataset in a folder of that name."""

    def make(name: str, seed: int) -> Path:
        room = {"width": 64, "height": 48}
        values = {"out": tmp_path / name, "rooms": 2, "seed": seed, "room": room}
        synthesize(
            SynthesisConfig.model_validate({**values, "assets": "parametric"}), progress=False
        )
        return tmp_path / name

    return make


def _texts(samples: object) -> list[str]:
    return [sample.question for sample in samples]  # type: ignore[attr-defined]


def test_datasets_reads_each_of_two_folders_of_one_name(
    make_rooms: Callable[[str, int], Path], tmp_path: Path
) -> None:
    import datasets

    cache = str(tmp_path / "cache")

    def load(folder: Path, *name: str) -> datasets.Dataset:
        return datasets.load_dataset(str(folder), *name, split="train", cache_dir=cache)

    for folder in (make_rooms("a/rooms", 1), make_rooms("b/rooms", 2)):
        assert load(folder)["question"][:] == _texts(read_samples(folder))
        assert load(folder, "scenes")["id"][:] == list(read_scenes(folder))

    shutil.rmtree(tmp_path / "a" / "rooms")
    remade = make_rooms("a/rooms", 3)
    assert load(remade)["question"][:] == _texts(read_samples(remade))


def test_datasets_reads_each_of_two_converted_folders_of_one_name(
    make_rooms: Callable[[str, int], Path], tmp_path: Path
) -> None:
    import datasets

    for seed in (1, 2):
        folder = make_rooms(f"rooms{seed}", seed)
        out = tmp_path / str(seed) / "converted"
        convert_dataset(read_training_set(DataConfig(path=folder)), out)
        loaded = datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded["question"][:] == _texts(read_samples(folder))


def test_an_unknown_key_in_python_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="unknown key 'plugin'; did you mean 'plugins'"):
        SynthesisConfig(out=Path("data"), rooms=2, plugin=["x.py"])  # type: ignore[call-arg]


def test_a_task_that_is_not_loaded_says_how_to_load_it() -> None:
    with pytest.raises(RecipeError, match=r"load it with --plugin FILE or waywiser.load_plugin"):
        waywiser.get_task("taller_than_wide")
    with pytest.raises(
        RecipeError, match=r"unknown task 'left_rigth': did you mean 'left_right'\?"
    ):
        waywiser.get_task("left_rigth")


def test_what_a_task_is_written_with_is_in_one_place() -> None:
    names = ("ObjectId", "sample_up_to", "uniquely_named", "is_visible", "is_fully_visible")
    for name in (*names, "UNITS", "KINDS"):
        assert name in waywiser.tasks.__all__
        assert getattr(waywiser.tasks, name)
