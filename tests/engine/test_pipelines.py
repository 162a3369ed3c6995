"""Synthesis and curation give the same bytes on every engine, killed or not."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from curation.conftest import MAPPING, problem
from waywiser.curation.config import CurationRecipe
from waywiser.curation.engine_jobs import minhash_all
from waywiser.curation.minhash import minhash_signatures
from waywiser.curation.pipeline import curate
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.shard import generate_shard
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import AssetsError
from waywiser.scenes.procedural.home_config import HomeConfig

Drive = Callable[..., "subprocess.Popen[str]"]
HOME = HomeConfig(
    width=96, height=72, max_rooms=2, max_frames=16, moving_frames=6, moving_share=0.0, photos=1
)
MAKE = """
import sys
from waywiser.{package}.config import {config}
from waywiser.{package}.{module} import {run}
if __name__ == "__main__":
    {run}({config}.model_validate_json(sys.argv[1]))
"""
SYNTHESIZE = MAKE.format(
    package="dataset", config="SynthesisConfig", module="synthesize", run="synthesize"
)
CURATE = MAKE.format(package="curation", config="CurationRecipe", module="pipeline", run="curate")


def request(out: Path, **changes: object) -> SynthesisConfig:
    """A small home and four rooms, one scene a shard."""
    values = {
        "out": out,
        "rooms": 5,
        "homes": 1,
        "shard_rooms": 1,
        "seed": 5,
        "assets": "parametric",
        "tasks": "all",
        "home": HOME.model_dump(),
        "room": {"width": 96, "height": 72},
        **changes,
    }
    return SynthesisConfig.model_validate(values)


def recipe(out: Path, problems: Path, **changes: object) -> CurationRecipe:
    """Problems without a teacher, some near copies, and drawn tables with their own chains."""
    sources = [
        {
            "kind": "mapped",
            "name": str(problems / "problems.yaml"),
            "path": str(problems / "problems.jsonl"),
        },
        {"kind": "drawn", "name": "table", "count": 8, "seed": 1},
    ]
    splits = {"sft": {"samples": 6}, "rlvr": {"samples": 20, "needs_reasoning": False}}
    return CurationRecipe.model_validate(
        {"out": out, "shard_size": 8, "sources": sources, "splits": splits, "seed": 3, **changes}
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by relative path, but for replies and their costs."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith("cache.sqlite")
    }


def finished(process: "subprocess.Popen[str]") -> None:
    """Wait for the end of a run, which must be a good one."""
    _, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors


def await_files(folder: Path, count: int, process: "subprocess.Popen[str]") -> None:
    """Wait until so many Parquet files are there; fail if the run ends before."""
    for _ in range(12000):
        if len(list(folder.glob("*.parquet"))) >= count:
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    raise AssertionError("nothing was written")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of `request`."""
    out = tmp_path_factory.mktemp("straight") / "out"
    synthesize(request(out), progress=False)
    return contents(out)


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four problems of which every sixth is asked again in slightly other words."""
    folder = tmp_path_factory.mktemp("problems")
    rows = [problem(number) for number in range(24)]
    lines = [json.dumps({"question": q, "answer": f"#### {c}"}) for q, _, _, c in rows]
    lines += [
        json.dumps({"question": f"{q} Say it.", "answer": f"#### {c}"}) for q, _, _, c in rows[::6]
    ]
    (folder / "problems.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "problems.yaml").write_text(MAPPING)
    return folder


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory, problems: Path) -> dict[str, bytes]:
    """What one process makes of `recipe`."""
    out = tmp_path_factory.mktemp("curated") / "out"
    result = curate(recipe(out, problems))
    assert result["funnel"]["rejected"]["duplicates"]["near duplicate"] > 0
    assert result["funnel"]["splits"]["sft"] == 6
    return contents(out)


# Daft's engines are compared below, where they are killed first and make the rest.
def test_synthesis_gives_the_same_bytes(
    tmp_path: Path, dataset: dict[str, bytes], drive: Drive
) -> None:
    asked = request(Path("out"), engine="processes", workers=2)
    (tmp_path / "make.py").write_text(SYNTHESIZE)
    finished(drive("processes", "make.py", asked.model_dump_json()))
    assert contents(tmp_path / "out") == dataset


# Ray's curation is compared in test_asking.py, with models.
@pytest.mark.parametrize(("engine", "workers"), [("processes", 2), ("native", 2)])
def test_curation_gives_the_same_bytes(
    tmp_path: Path,
    problems: Path,
    curated: dict[str, bytes],
    drive: Drive,
    engine: str,
    workers: int,
) -> None:
    asked = recipe(Path("out"), problems, engine=engine, workers=workers)
    (tmp_path / "make.py").write_text(CURATE)
    finished(drive(engine, "make.py", asked.model_dump_json()))
    assert contents(tmp_path / "out") == curated


def test_a_worker_that_finds_other_furniture_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match="install it on every machine"):
        generate_shard(request(tmp_path / "out"), 0, "parametric 0123456789abcdef")
    assert not (tmp_path / "out").exists()


def test_signatures_stand_in_the_order_of_their_texts() -> None:
    texts = [problem(number)[0] for number in range(25)]

    def backwards(work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        return (work(*job) for job in reversed(jobs))

    assert np.array_equal(minhash_all(backwards, texts, texts_a_job=10), minhash_signatures(texts))


def test_native_killed_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, dataset: dict[str, bytes], drive: Drive
) -> None:
    out, asked = tmp_path / "out", request(Path("out"), engine="native", workers=2)
    (tmp_path / "make.py").write_text(SYNTHESIZE)
    process = drive("native", "make.py", asked.model_dump_json())
    await_files(out / "scenes", 1, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert read_manifest(out) is None
    finished(drive("native", "make.py", asked.model_dump_json()))
    assert contents(out) == dataset


def test_ray_goes_on_after_a_worker_and_after_a_driver_that_are_killed(
    tmp_path: Path, dataset: dict[str, bytes], drive: Drive, ray_cluster: Any
) -> None:
    out, asked = tmp_path / "out", request(Path("out"), engine="ray", workers=2)
    (tmp_path / "make.py").write_text(SYNTHESIZE)
    driver = drive("ray", "make.py", asked.model_dump_json())
    await_files(out / "scenes", 1, driver)
    driver.kill()
    driver.communicate()
    assert read_manifest(out) is None
    again = drive("ray", "make.py", asked.model_dump_json())
    worker = None
    while worker is None and again.poll() is None and not (out / "manifest.json").exists():
        time.sleep(0.02)
        found = [
            p
            for p in psutil.Process(ray_cluster.pid).children(recursive=True)
            if "UDFActor" in _title(p)
        ]
        worker = random.Random(0).choice(found) if found else None
    assert worker is not None
    worker.kill()
    finished(again)
    assert contents(out) == dataset


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


# Processes are interrupted in test_cli.py.
@pytest.mark.parametrize("engine", ["native", "ray"])
def test_ctrl_c_is_one_line_and_leaves_no_process(
    tmp_path: Path, drive: Drive, engine: str
) -> None:
    command = [
        "-m",
        "waywiser",
        "synthesize",
        "--out",
        "out",
        "--rooms",
        "400",
        "--shard-rooms",
        "2",
        "--assets",
        "parametric",
        "--width",
        "96",
        "--height",
        "72",
        "--engine",
        engine,
        "--workers",
        "2",
    ]
    process = drive(engine, *command, cluster=False)
    await_files(tmp_path / "out" / "scenes", 1, process)
    group = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert errors == "waywiser: interrupted; run the same command again to go on\n"
    _, alive = psutil.wait_procs(group, timeout=60)
    assert not alive
    assert not list((tmp_path / "out").rglob(".*partial*"))
