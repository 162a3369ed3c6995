"""Trackers for real and offline: metrics under their names, rollouts as tables, nothing outside of
the run's folder.
"""

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from training.test_rlvr import recipe, rows
from waywiser.errors import RecipeError
from waywiser.recipe import build
from waywiser.training.config import SFTRecipe
from waywiser.training.rlvr import run_rlvr
from waywiser.training.run import callbacks
from waywiser.training.run.rollouts import RolloutWriter
from waywiser.training.run.trackers import check_trackers
from waywiser.training.sft import run_sft

OURS = (
    "reward",
    "kl",
    "strategy/beta",
    "speed/tokens_per_second",
    "groups/dead",
    "time/update",
    "rewards/format/mean",
)


def tracked(dataset: Path, model: Path, out: Path, *trackers: str, **more: Any) -> Any:
    settings = {"report_to": list(trackers), "max_steps": 2, "save_steps": 1, "log_rollouts": 1}
    return recipe(dataset, model, out, **(settings | more))


def logged_by_trackio(
    folder: Path, project: str = "waywiser"
) -> list[tuple[str, int, dict[str, Any]]]:
    """Run, step and metrics of all that trackio has stored."""
    with sqlite3.connect(folder / f"{project}.db") as base:
        found = base.execute("select run_name, step, metrics from metrics order by id").fetchall()
    return [(run, step, json.loads(metrics)) for run, step, metrics in found]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "TRACKIO_DIR",
        "TRACKIO_SPACE_ID",
        "TRACKIO_SERVER_URL",
        "TENSORBOARD_LOGGING_DIR",
        "WANDB_DIR",
    ):
        monkeypatch.delenv(name, raising=False)


# --- trackio
# -------------------------------------------------------------------------------------------------


def test_trackio_gets_metrics_and_rollouts_by_step(dataset, model_folder, tmp_path) -> None:
    pytest.importorskip("trackio")
    result = run_rlvr(tracked(dataset, model_folder, tmp_path / "run", "trackio"))
    stored = logged_by_trackio(result.out / "trackio")
    assert {run for run, _, _ in stored} == {"run"}

    by_step = {step: metrics for _, step, metrics in stored if "train/reward" in metrics}
    for row in rows(result.log):
        task = next(name.split("/")[1] for name in row if name.startswith("tasks/"))
        for name in (*OURS, f"tasks/{task}/accuracy"):
            assert by_step[row["step"]][f"train/{name}"] == pytest.approx(row[name]), name

    tables = {
        step: metrics["rollouts"]["_value"] for _, step, metrics in stored if "rollouts" in metrics
    }
    assert tables.keys() == {0, 1}
    assert len(tables[0]) == 4 * 2  # every completion of the step
    lines = [row for row in rows(result.out / "rollouts.jsonl") if row["step"] == 0]
    for line in lines:
        (row,) = [
            row
            for row in tables[0]
            if (row["sample_id"], row["completion"]) == (line["sample_id"], line["completion"])
        ][:1]
        assert row["question"] == line["question"]
        assert row["reward/format"] == line["rewards"]["format"]

    picture = next(row["pictures"][0] for row in tables[0] if row["pictures"])
    assert (result.out / "trackio" / "media" / picture["file_path"]).stat().st_size > 0


def test_trackio_knows_project_name_and_recipe(dataset, model_folder, tmp_path) -> None:
    pytest.importorskip("trackio")
    names = {"project": "rooms", "run_name": "first", "log_rollouts": 0}
    result = run_rlvr(tracked(dataset, model_folder, tmp_path / "run", "trackio", **names))
    stored = logged_by_trackio(result.out / "trackio", "rooms")
    assert {run for run, _, _ in stored} == {"first"}
    assert not any("rollouts" in metrics for _, _, metrics in stored)
    with sqlite3.connect(result.out / "trackio" / "rooms.db") as base:
        ((config,),) = base.execute("select config from configs").fetchall()
    assert json.loads(config)["recipe"]["strategy"]["weight"] == "p(1-p)"


def test_each_run_of_a_process_writes_in_its_own_folder(
    dataset, model_folder, tmp_path, monkeypatch
) -> None:
    pytest.importorskip("trackio")
    for name in ("one", "two"):
        run_rlvr(tracked(dataset, model_folder, tmp_path / name, "trackio", max_steps=1))
        assert {run for run, _, _ in logged_by_trackio(tmp_path / name / "trackio")} == {name}

    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "shared"))  # what a user sets goes first
    run_rlvr(tracked(dataset, model_folder, tmp_path / "three", "trackio", max_steps=1))
    assert {run for run, _, _ in logged_by_trackio(tmp_path / "shared")} == {"three"}
    assert not (tmp_path / "three" / "trackio").exists()


def test_a_resumed_run_goes_on_in_its_tracker(dataset, model_folder, tmp_path, monkeypatch) -> None:
    pytest.importorskip("trackio")

    def stop(_self: Any, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        if state.global_step == 2:
            raise KeyboardInterrupt

    settings = tracked(dataset, model_folder, tmp_path / "run", "trackio", max_steps=3)
    with monkeypatch.context() as patch:
        patch.setattr(callbacks.BudgetCallback, "on_step_end", stop)
        with pytest.raises(KeyboardInterrupt):
            run_rlvr(settings)
    result = run_rlvr(
        settings.model_copy(update={"report_to": ["trackio", "tensorboard"]}), resume=True
    )
    stored = logged_by_trackio(result.out / "trackio")
    assert {run for run, _, _ in stored} == {"run"}
    assert {step for _, step, metrics in stored if "train/reward" in metrics} >= {1, 2, 3}
    assert list((result.out / "tensorboard").glob("events.*"))


def test_the_command_prints_its_json_alone_and_leaves_home_as_it_is(
    dataset, model_folder, tmp_path
) -> None:
    pytest.importorskip("trackio")
    pytest.importorskip("tensorboard")
    home = tmp_path / "home"
    home.mkdir()
    settings = tracked(
        dataset, model_folder, tmp_path / "run", "trackio", "tensorboard", max_steps=1
    )
    file = tmp_path / "recipe.yaml"
    file.write_text(settings.model_dump_json(by_alias=True))
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("TRACKIO", "HF_", "XDG_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "waywiser", "train", str(file), "--json"],
        capture_output=True,
        text=True,
        env=environment | {"HOME": str(home)},
        cwd=tmp_path,
        check=True,
    )
    assert json.loads(done.stdout)["steps"] == 1
    assert logged_by_trackio(tmp_path / "run" / "trackio")
    assert not [path for path in home.rglob("*") if "trackio" in path.name]


# --- TensorBoard
# ---------------------------------------------------------------------------------------------


def test_tensorboard_gets_metrics_and_rollouts(dataset, model_folder, tmp_path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    result = run_rlvr(tracked(dataset, model_folder, tmp_path / "run", "tensorboard"))
    events = EventAccumulator(str(result.out / "tensorboard"), size_guidance={"tensors": 0})
    events.Reload()
    for name in OURS:
        assert [(event.step, event.value) for event in events.Scalars(f"train/{name}")] == [
            (row["step"], pytest.approx(row[name], rel=1e-4)) for row in rows(result.log)
        ]

    tables = events.Tensors("rollouts/text_summary")
    assert [event.step for event in tables] == [0, 1]
    text = tables[0].tensor_proto.string_val[0].decode()
    header, rule, *body = text.split("\n")
    assert "| completion |" in header
    assert len(body) == 4 * 2
    assert {line.count(" | ") for line in (header, rule, *body)} == {header.count(" | ")}
    line = rows(result.out / "rollouts.jsonl")[0]
    assert any(f"| {line['sample_id']} |" in row for row in body)
    assert (
        "strategy:" in events.Tensors("recipe/text_summary")[0].tensor_proto.string_val[0].decode()
    )


def test_tags_and_bars_of_a_completion_stay_in_their_cell() -> None:
    from waywiser.training.run.trackers import _markdown_table

    text = _markdown_table([{"completion": "<think>a | b\nc</think>", "reward": 0.5, "none": None}])
    assert text.split("\n")[2] == "| &lt;think&gt;a &#124; b<br>c&lt;/think&gt; | 0.5 |  |"


def test_sft_reports_too(dataset, model_folder, tmp_path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    values = {
        "out": tmp_path / "run",
        "model": str(model_folder),
        "data": {"path": dataset},
        "batch_size": 4,
        "max_steps": 2,
        "log_steps": 1,
        "save_steps": 0,
        "report_to": "tensorboard",
    }
    result = run_sft(build(SFTRecipe, values))
    events = EventAccumulator(str(result.out / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("train/loss")][:2] == [1, 2]


# --- W&B
# -----------------------------------------------------------------------------------------------------


def test_wandb_offline_writes_in_the_runs_folder(
    dataset, model_folder, tmp_path, monkeypatch
) -> None:
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("HOME", str(tmp_path))
    result = run_rlvr(tracked(dataset, model_folder, tmp_path / "run", "wandb", project="rooms"))
    (run,) = (result.out / "wandb").glob("offline-run-*")
    tables = sorted(run.glob("files/media/table/*.table.json"))
    assert len(tables) == 2
    table = json.loads(tables[0].read_text())
    assert len(table["data"]) == 4 * 2
    shown = [row[table["columns"].index("picture 1")] for row in table["data"]]
    assert shown == ["Image", None] * 4  # the files go with W&B's artifact of the table
    assert wandb.run is None  # ended, so that a second run of this process gets its own


# --- bad requests
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [("none", []), ([], []), (None, []), ("trackio", ["trackio"]), (["none"], [])],
)
def test_trackers_are_named_as_trl_names_them(
    given: Any, kept: list[str], dataset, model_folder, tmp_path
) -> None:
    assert recipe(dataset, model_folder, tmp_path / "run", report_to=given).report_to == kept


@pytest.mark.parametrize("given", ["tracio", "all", ["trackio", "mlflow"], ["none", "trackio"]])
def test_another_tracker_is_refused_in_one_line(
    given: Any, dataset, model_folder, tmp_path
) -> None:
    with pytest.raises(RecipeError, match="report_to") as caught:
        recipe(dataset, model_folder, tmp_path / "run", report_to=given)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(importlib.util.find_spec("wandb") is not None, reason="wandb is installed")
def test_a_missing_package_is_named_before_anything_is_written(
    dataset, model_folder, tmp_path
) -> None:
    with pytest.raises(RecipeError, match="needs the package wandb: pip install wandb"):
        run_rlvr(tracked(dataset, model_folder, tmp_path / "run", "wandb"))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="needs wandb")
def test_wandb_without_a_key_is_told_at_the_start(
    dataset, model_folder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    with pytest.raises(RecipeError, match="WANDB_MODE=offline"):
        check_trackers(tracked(dataset, model_folder, tmp_path / "run", "wandb"))


def test_a_tracker_that_fails_does_not_stop_a_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    writer = RolloutWriter(tmp_path / "rollouts.jsonl", 1, tables=[full])
    writer.write(0, [])
    assert "no space left" in caplog.text
    assert (tmp_path / "rollouts.jsonl").is_file()
