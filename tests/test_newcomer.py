"""What somebody meets who uses the package for the first time, from the README to a task of one's
own.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import waywiser
import waywiser.tasks
from waywiser.audit.audit_summary import summarize_dataset_audit
from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.cli import main
from waywiser.cli.training import _describe_result
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import dataset_summary
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError
from waywiser.evaluation.dataset_run import mean_with_interval
from waywiser.evaluation.evaluate import ItemResult
from waywiser.training.data.dataset_conversion import convert_dataset
from waywiser.training.data.training_set import read_training_set
from waywiser.training.data_config import DataConfig
from waywiser.training.run.run_dir import TrainResult

ROOT = Path(__file__).parents[1]


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


def test_a_wrong_number_says_how_far_it_is_off() -> None:
    gold = {"kind": "number", "value": 2.4, "unit": "m"}
    verdict = waywiser.grade("<answer>3 m</answer>", gold)
    assert verdict.reason == "not the answer: 3 is 25 % off 2.4 m, and at most 5 % is right"
    zero = waywiser.grade("<answer>3 m</answer>", {**gold, "value": 0.0})
    assert zero.reason == "not the answer: 3 is not 0 m"


@pytest.mark.parametrize(
    ("recipe", "command"), [("data/rooms_small", "synthesize"), ("curate_small", "curate")]
)
@pytest.mark.parametrize("asked", ["train", "plan"])
def test_a_recipe_of_another_command_names_that_command(
    asked: str, recipe: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ROOT / "recipes" / f"{recipe}.yaml"
    if (asked, command) != ("plan", "curate"):
        assert main([asked, str(path)]) == 2
        assert f"run waywiser {command} with this recipe" in capsys.readouterr().err


def test_evaluate_counts_its_questions_and_refuses_to_know_the_answers(
    make_rooms: Callable[[str, int], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(make_rooms("rooms", 1))
    words = ["evaluate", "starter", "--data", folder, "--samples", "1"]
    assert main([*words, "--blind", folder]) == 2
    assert "its baseline would know the answers" in capsys.readouterr().err

    assert main(words) == 0
    text = capsys.readouterr().out
    assert re.match(r"\d+ questions about 2 scenes\n", text)
    assert re.search(r"^greedy: .* mean \d.\d{3} \[.*\]$", text, re.M)


def test_results_are_summarized_by_mode_and_task() -> None:
    items = [ItemResult("a", "s", "t", ["x"], {"accuracy": [score]}, score) for score in (0.0, 1.0)]
    assert waywiser.summarize({"greedy": items}) == {"greedy": {"t": 0.5, "mean": 0.5}}
    assert mean_with_interval(items) is None


def test_an_audit_says_what_it_could_not_check(make_rooms: Callable[[str, int], Path]) -> None:
    config = AuditConfig(folder=make_rooms("rooms", 1), assets="parametric")
    audit = audit_dataset(config, progress=False)
    text = summarize_dataset_audit(audit)
    assert re.search(r"gates: \d+ passed, 0 failed, \d+ undecided \(too few samples\)", text)
    assert "other tasks are not in this dataset" in text
    assert "who_moved" not in text
    assert text.endswith("\npassed")

    tallies = {
        task: tally.model_copy(update={"outcomes": {"unchecked": tally.samples}})
        for task, tally in audit.tasks.items()
    }
    text = summarize_dataset_audit(audit.model_copy(update={"tasks": tallies}))
    every = f"{audit.samples} of {audit.samples}"
    assert text.endswith(f"passed, but {every} answers have no independent check")


def test_synthesize_says_what_it_kept_and_which_furniture_it_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WAYWISER_HOME", str(tmp_path / "none"))
    room = {"width": 64, "height": 48}
    values = {"out": tmp_path / "rooms", "rooms": 2, "room": room}
    manifest = synthesize(SynthesisConfig.model_validate(values), progress=False)
    assert sum("simple shapes are used" in message for message in caplog.messages) == 1

    few = manifest.model_copy(update={"proposed": {"left_right": 50}, "tasks": {"left_right": 3}})
    said = "left_right: 3 of 50 questions kept, so that answers balance"
    assert said in dataset_summary(few, tmp_path, "room")


def test_a_training_run_says_how_long_and_how_well(tmp_path: Path) -> None:
    paths = {"out": tmp_path, "model": tmp_path / "model", "log": tmp_path / "log"}
    counts = {"steps": 30, "samples": 120, "seconds": 90.0}
    result = TrainResult.model_validate({"stage": "sft", "last": {"loss": 1.5}, **paths, **counts})
    text = _describe_result(result)
    assert text.startswith("30 steps on 120 samples, last loss 1.500, 1.5 minutes. Model in ")
