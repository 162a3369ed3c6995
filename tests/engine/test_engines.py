"""Engines: the same results and the same errors, one clear line for what cannot be, and no process
left.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from waywiser.cli import main
from waywiser.engine import ENGINES, check_engine, open_engine
from waywiser.errors import RecipeError

JOBS = Path(__file__).with_name("jobs.py")
Drive = Callable[..., "subprocess.Popen[str]"]


@pytest.mark.parametrize(
    ("engine", "workers"), [("processes", 1), ("processes", 2), ("native", 2), ("ray", 2)]
)
def test_an_engine_gives_results_and_errors(
    tmp_path: Path, drive: Drive, engine: str, workers: int
) -> None:
    if workers == 1:
        (tmp_path / "dead").touch()  # a job of this very process had better not end it
    process = drive(engine, JOBS, engine, workers, tmp_path)
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    found = json.loads(output.splitlines()[-1])
    assert found["squares"] == [[n * n, str(tmp_path)] for n in range(5)]
    assert found["none"] == []
    assert found["refused"][0] == "DatasetError"
    assert found["refused"][1] in ("job 1 is refused", "job 2 is refused")
    assert found["stumbled"][0] == "ZeroDivisionError"
    again = ["at the second go"] * 2  # Ray itself starts a worker that died anew
    died = [
        "DatasetError",
        "a worker process died (out of memory?): use fewer workers and run again",
    ]
    assert found["died"] == (again if engine == "ray" or workers == 1 else died)
    assert found["afterwards"] == [[49, str(tmp_path)], [64, str(tmp_path)]]
    assert found["left"] == []


@pytest.mark.parametrize("engine", ["processes", "native"])
def test_workers_end_with_a_driver_that_is_killed(
    tmp_path: Path, drive: Drive, engine: str
) -> None:
    process = drive(engine, JOBS, "wait", engine, tmp_path)
    for _ in range(6000):
        if {"0", "1"} <= {path.name for path in tmp_path.iterdir()}:
            break
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) >= 2
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


def test_an_unknown_engine_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["synthesize", "--out", str(tmp_path / "out"), "--rooms", "2", "--engine", "spark"])
        == 2
    )
    said = capsys.readouterr().err
    assert said == "waywiser: unknown engine 'spark': choose processes, native or ray\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("engine", "package"), [("ray", "ray"), ("ray", "daft"), ("native", "daft")]
)
def test_an_engine_that_is_not_installed_says_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    engine: str,
    package: str,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert (
        main(["synthesize", "--out", str(tmp_path / "out"), "--rooms", "2", "--engine", engine])
        == 2
    )
    said = capsys.readouterr().err
    assert package in said
    assert said.endswith("pip install 'waywiser[scale]'\n")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_default_needs_neither_daft_nor_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("daft", "ray"):
        monkeypatch.setitem(sys.modules, package, None)
    check_engine("processes")
    assert ENGINES == ("processes", "native", "ray")
    with open_engine() as run_jobs:
        assert sorted(run_jobs(abs, [(-1,), (2,)])) == [1, 2]


def test_a_ray_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="the scale extra is not installed")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    with (
        pytest.raises(RecipeError, match=r"127\.0\.0\.1:9 does not answer") as caught,
        open_engine("ray", 1),
    ):
        pass
    assert "\n" not in str(caught.value)
