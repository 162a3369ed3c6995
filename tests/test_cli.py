"""The command line as a user meets it: one line for every error, exit codes, nothing half-written.

What a process of its own may change is run in one; the many requests that are refused go through
the same entry point in this process, which has imported everything already.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from waywiser.cli import main
from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.sample import Answer, Sample

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def waywiser(*arguments: object, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waywiser", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, env=ENVIRONMENT, check=False
    )


def called(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The same command in this process."""
    words = [str(argument) for argument in arguments]
    out, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        code = main(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), errors.getvalue())


def assert_refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, (result.returncode, result.stderr)
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("waywiser: ")
    for word in words:
        assert word in lines[0], (word, lines[0])
    assert "Traceback" not in result.stdout + result.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


ROOMS = ("--assets", "parametric", "--width", 96, "--height", 72, "--workers", 1)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "rooms"
    result = waywiser("synthesize", "--out", folder, "--rooms", 12, "--seed", 3, *ROOMS)
    assert result.returncode == 0, result.stderr
    return folder


def test_help_names_every_command_with_an_example() -> None:
    top = waywiser("--help")
    assert top.returncode == 0
    for command in (
        "synthesize",
        "difficulty",
        "train",
        "evaluate",
        "grade",
        "benchmark",
        "audit",
        "ask",
        "plan",
        "push",
        "report",
        "demo",
    ):
        assert command in top.stdout
        page = called(command, "--help")
        assert page.returncode == 0
        assert f"Example: waywiser {command}" in " ".join(page.stdout.split())


def test_audit_of_answers_passes_for_what_we_make(rooms: Path, tmp_path: Path) -> None:
    result = called("audit", rooms, "--answers", "--json", tmp_path / "audit.json")
    assert result.returncode == 0, result.stdout + result.stderr
    found = json.loads((tmp_path / "audit.json").read_text())
    assert found["failures"] == {}
    assert found["samples"] > 10
    assert set(found["constants"]) <= {
        "object_count",
        "depth_order",
        "left_right",
        "camera_distance",
        "object_size",
    }
    assert "derived again and equal" in waywiser("audit", rooms).stdout
    assert_refused(called("audit", tmp_path / "nothing", "--answers"), "nothing")


def test_audit_finds_options_that_no_answer_can_tell_apart(tmp_path: Path) -> None:
    answer = Answer(
        kind="choice", value="B", options=["B", "A"]
    )  # "A" is its letter, and the other option
    sample = Sample(
        id="s", split="train", domain="spatial", task="t", source="x", question="?", answer=answer
    )
    (tmp_path / "data").mkdir()
    table = pa.Table.from_pylist([sample_to_row(sample)], schema=SAMPLE_SCHEMA)
    pq.write_table(table, tmp_path / "data" / "train-00000-of-00001.parquet")
    result = called("audit", tmp_path, "--answers")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "FAILED" in result.stdout


def test_unknown_command_and_option_name_the_nearest() -> None:
    assert_refused(waywiser("synthesise"), "synthesize")
    assert_refused(called("synthesize", "--romms", 3), "--rooms")


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(
    rooms: Path, tmp_path: Path
) -> None:
    again = waywiser(
        "synthesize", "--out", tmp_path / "b", "--rooms", 12, "--seed", 3, *ROOMS[:-1], 2
    )
    assert again.returncode == 0, again.stderr
    assert contents(rooms) == contents(tmp_path / "b")
    other = called("synthesize", "--out", tmp_path / "c", "--rooms", 12, "--seed", 4, *ROOMS)
    assert other.returncode == 0
    assert contents(rooms) != contents(tmp_path / "c")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rooms", 0), ("rooms", "at least 1")),
        (("--rooms", 2, "--tasks", "object_cuont"), ("object_count",)),
        (("--rooms", 2, "--assets", "/nowhere.sh3f"), ("/nowhere.sh3f",)),
        (("--rooms", 2, "--split", "test"), ("split",)),
        (("--rooms", 2, "--engine", "spark"), ("native", "ray")),
        (("--rooms", 2, "--width", 3), ("width",)),
    ],
)
def test_bad_requests_stop_before_they_write(
    tmp_path: Path, arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    assert_refused(called("synthesize", "--out", out, *arguments), *words)
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 truncated"])
def test_a_corrupt_library_is_one_line(tmp_path: Path, content: bytes) -> None:
    library = tmp_path / "broken.sh3f"
    library.write_bytes(content)
    out = tmp_path / "out"
    assert_refused(
        called("synthesize", "--out", out, "--rooms", 1, "--assets", library), "broken.sh3f"
    )
    assert not out.exists()


def test_a_library_without_a_catalogue_is_one_line(tmp_path: Path) -> None:
    library = tmp_path / "empty.sh3f"
    with zipfile.ZipFile(library, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    assert_refused(
        called("synthesize", "--out", tmp_path / "o", "--rooms", 1, "--assets", library),
        "empty.sh3f",
    )


def test_unknown_recipe_key_names_the_nearest(tmp_path: Path, rooms: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        f"stage: sft\nout: {tmp_path / 'run'}\nmodel: starter\ndata: {{path: {rooms}}}\nmax_step: 3\n"
    )
    assert_refused(waywiser("train", recipe), "max_step", "max_steps")
    recipe.write_text(
        f"stage: sft\nout: {tmp_path / 'run'}\nmodel: starter\ndata: {{path: {rooms}}}\nmax_steps: 3\n"
    )
    assert_refused(called("train", recipe, "--learning_rat", "1e-4"), "learning_rate")
    assert_refused(called("train", recipe, "--data.path", tmp_path / "none"), "none")
    assert not (tmp_path / "run").exists()


def test_a_model_folder_without_weights_is_one_line(tmp_path: Path, rooms: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "waywiser_starter"}))
    picture = tmp_path / "p.png"
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(picture)
    assert_refused(waywiser("ask", model, "What is this?", "--image", picture), "weights")
    assert_refused(called("evaluate", model, "--data", rooms, "--limit", 2), "weights")
    assert_refused(called("ask", tmp_path / "nowhere", "What?", "--image", picture), "nowhere")


@pytest.mark.parametrize("content", [None, b"", b"GIF89a but not really", b"\x89PNG\r\n\x1a\n cut"])
def test_an_unreadable_image_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    picture = tmp_path / "p.png"
    if content is not None:
        picture.write_bytes(content)
    assert_refused(called("ask", "starter", "What?", "--image", picture), "p.png")


def test_report_of_a_folder_that_holds_nothing(tmp_path: Path) -> None:
    assert_refused(waywiser("report", tmp_path), str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_nothing_half_written_and_the_next_run_goes_on(tmp_path: Path) -> None:
    request = ("--rooms", 16, "--shard-rooms", 2, "--seed", 5, *ROOMS[:-1])
    whole = tmp_path / "whole"
    broken = tmp_path / "broken"
    command = [
        sys.executable,
        "-m",
        "waywiser",
        "synthesize",
        "--out",
        str(broken),
        *map(str, (*request, 2)),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    deadline = time.monotonic() + 200
    while (
        not list(broken.glob("scenes/*.parquet"))
        and time.monotonic() < deadline
        and process.poll() is None
    ):
        time.sleep(0.05)
    group = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == "waywiser: interrupted; run the same command again to go on\n"
    _, alive = psutil.wait_procs(group, timeout=60)
    assert not alive
    assert not (broken / "manifest.json").exists()
    assert not [p for p in broken.rglob("*") if "partial" in p.name]
    assert waywiser("synthesize", "--out", broken, *request, 2).returncode == 0
    assert called("synthesize", "--out", whole, *request, 1).returncode == 0
    assert contents(whole) == contents(broken)


def test_a_full_disk_is_one_line_and_leaves_no_dataset(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=64k tmpfs {disk}"
    if subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False
    ).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    python = shutil.which(sys.executable) or sys.executable
    run = f"{python} -m waywiser synthesize --out {disk}/out --rooms 8 --assets parametric --workers 1"
    result = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{mount} && {run}; code=$?; ls {disk}/out; exit $code"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
        timeout=240,
    )
    assert_refused(result, "disk is full")
    assert "manifest.json" not in result.stdout


def test_reports_and_json(rooms: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = waywiser("report", rooms, "--out", page, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["report"] == str(page)
    text = page.read_text()
    assert "<script" not in text
    assert 'src="http' not in text
