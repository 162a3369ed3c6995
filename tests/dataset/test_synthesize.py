"""Making a dataset: the same bytes however it was made, and nothing half-written."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import MANIFEST, read_manifest
from waywiser.dataset.reader import read_scenes
from waywiser.dataset.shard import STAGING
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import AssetsError, DatasetError, RecipeError
from waywiser.tasks.registry import TASKS

Config = Callable[..., SynthesisConfig]
Contents = Callable[[Path], dict[str, bytes]]

SCRIPT = """
import sys
from pathlib import Path
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize

if __name__ == "__main__":
    out, rooms, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    furniture = dict(seed=5, assets="parametric")
    synthesize(SynthesisConfig(out=out, rooms=rooms, shard_rooms=2, workers=workers, **furniture))
"""


def start(tmp_path: Path, out: Path, rooms: int, workers: int) -> subprocess.Popen[str]:
    """Synthesis in a process of its own, in a process group of its own."""
    script = tmp_path / "make.py"
    script.write_text(SCRIPT)
    return subprocess.Popen(
        [sys.executable, str(script), str(out), str(rooms), str(workers)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def await_a_shard(out: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the first shard is there; fail if the process ends before that."""
    for _ in range(3000):
        if any((out / "scenes").glob("*.parquet")):
            return
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    raise AssertionError("no shard was written")


def test_the_folder_holds_what_the_manifest_says(dataset: Path, contents: Contents) -> None:
    manifest = read_manifest(dataset)
    assert manifest is not None
    names = {f.path for f in manifest.files}
    assert names == {
        f"{kind}/train-{i:05d}-of-00003.parquet" for kind in ("data", "scenes") for i in range(3)
    }
    assert set(contents(dataset)) == names | {MANIFEST, "README.md", "ATTRIBUTION.md"}
    assert manifest.rooms == 6
    assert (
        manifest.samples
        == sum(manifest.tasks.values())
        == sum(f.rows for f in manifest.files if "data" in f.path)
    )
    assert set(manifest.tasks) <= set(TASKS)
    assert all(manifest.proposed[task] >= count for task, count in manifest.tasks.items())


def test_two_workers_give_the_same_bytes(
    tmp_path: Path, dataset: Path, config: Config, contents: Contents
) -> None:
    synthesize(config(tmp_path / "out", workers=2), progress=False)
    assert contents(tmp_path / "out") == contents(dataset)


def test_another_seed_gives_other_rooms(
    tmp_path: Path, dataset: Path, config: Config, contents: Contents
) -> None:
    synthesize(config(tmp_path / "out", seed=6, rooms=2), progress=False)
    first = "scenes/train-00000-of-0000{}.parquet"
    assert contents(tmp_path / "out")[first.format(1)] != contents(dataset)[first.format(3)]


def test_a_killed_run_resumes_and_ends_with_the_same_bytes(
    tmp_path: Path, config: Config, contents: Contents
) -> None:
    out = tmp_path / "out"
    process = start(tmp_path, out, rooms=24, workers=2)
    await_a_shard(out, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert read_manifest(out) is None
    kept = {p.name: p.stat().st_mtime_ns for p in (out / "scenes").glob("*.parquet")}
    assert 0 < len(kept) < 12
    (out / "scenes" / ".half.parquet.partial-77").write_bytes(b"half")
    broken = out / STAGING / f"pictures-{int(min(kept).split('-')[1]):05d}.parquet"
    if len(kept) > 1:  # one of several is damaged too; the others must be kept as they are
        broken.write_bytes(broken.read_bytes()[:100])
        kept.pop(min(kept))
    made = config(out, rooms=24)
    synthesize(made, progress=False)
    assert {name: (out / "scenes" / name).stat().st_mtime_ns for name in kept} == kept
    synthesize(config(tmp_path / "straight", rooms=24), progress=False)
    assert contents(out) == contents(tmp_path / "straight")


def test_ctrl_c_leaves_no_process_and_no_half_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(tmp_path, out, rooms=200, workers=2)
    await_a_shard(out, process)
    group = [
        process.pid,
        *(child.pid for child in psutil.Process(process.pid).children(recursive=True)),
    ]
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in stderr
    assert stderr.count("Traceback") == 1
    psutil.wait_procs([psutil.Process(pid) for pid in group if psutil.pid_exists(pid)], timeout=10)
    assert not any(psutil.pid_exists(pid) for pid in group)
    assert not list(out.rglob(".*partial*"))
    assert read_manifest(out) is None


def test_a_file_system_that_refuses_is_one_line_and_the_next_run_ends_well(
    tmp_path: Path, dataset: Path, config: Config, contents: Contents
) -> None:
    out = tmp_path / "out"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(DatasetError, match="cannot write") as caught:
            synthesize(config(out), progress=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(caught.value)
    assert not list(out.rglob(".*partial*"))
    synthesize(config(out), progress=False)
    assert contents(out) == contents(dataset)


def test_a_finished_dataset_is_left_alone_and_a_damaged_one_mended(
    tmp_path: Path, dataset: Path, config: Config, contents: Contents
) -> None:
    out = tmp_path / "out"
    shutil.copytree(dataset, out)
    times = {p: p.stat().st_mtime_ns for p in out.rglob("*.parquet")}
    assert synthesize(config(out), progress=False) == read_manifest(dataset)
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*.parquet")} == times
    damaged = next((out / "data").iterdir())
    damaged.write_bytes(damaged.read_bytes()[:-10])
    synthesize(config(out), progress=False)
    assert contents(out) == contents(dataset)


def test_another_recipe_in_the_same_folder_is_refused(
    tmp_path: Path, dataset: Path, config: Config
) -> None:
    out = tmp_path / "out"
    shutil.copytree(dataset, out)
    with pytest.raises(DatasetError, match="another recipe"):
        synthesize(config(out, seed=6), progress=False)
    (out / MANIFEST).write_text("{")
    with pytest.raises(DatasetError, match="broken"):
        synthesize(config(out), progress=False)


def test_a_folder_of_other_things_is_refused(
    tmp_path: Path, config: Config, contents: Contents
) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(DatasetError, match="not empty"):
        synthesize(config(tmp_path), progress=False)
    with pytest.raises(DatasetError, match="is a file"):
        synthesize(config(tmp_path / "thesis.tex"), progress=False)
    with pytest.raises(DatasetError, match="cannot write"):
        synthesize(config(tmp_path / "thesis.tex" / "out"), progress=False)
    assert contents(tmp_path) == {"thesis.tex": b"precious"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rooms": 0}, "rooms must be at least 1, not 0"),
        ({"rooms": -3}, "rooms must be at least 1, not -3"),
        ({"workers": 0}, "workers"),
        ({"questions_per_view": 0}, "questions_per_view"),
        ({"shard_rooms": 0}, "shard_rooms"),
        ({"seed": -1}, "seed"),
        ({"split": "test"}, "unknown split 'test'"),
        ({"tasks": "object_cuont"}, "did you mean 'object_count'"),
        ({"tasks": []}, "no task"),
    ],
)
def test_a_bad_request_is_one_line_and_writes_nothing(
    tmp_path: Path, config: Config, change: dict[str, object], message: str
) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        synthesize(config(tmp_path / "out", **change), progress=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_missing_furniture_is_one_line_and_writes_nothing(tmp_path: Path, config: Config) -> None:
    with pytest.raises(AssetsError) as caught:
        synthesize(config(tmp_path / "out", assets=tmp_path / "nowhere.sh3f"), progress=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_only_the_tasks_asked_for_and_held_out_furniture(
    tmp_path: Path, config: Config, dataset: Path
) -> None:
    out = tmp_path / "out"
    manifest = synthesize(
        config(out, tasks="left_right,object_size", split="heldout"), progress=False
    )
    assert set(manifest.tasks) <= {"left_right", "object_size"}
    assert {f.path.split("/")[1].split("-")[0] for f in manifest.files} == {"heldout"}
    used = [
        {o.model for s in read_scenes(folder).values() for o in s.objects}
        for folder in (out, dataset)
    ]
    assert used[0]
    assert not used[0] & used[1]
