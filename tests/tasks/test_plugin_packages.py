"""Tasks that other packages bring by the entry-point group `waywiser.tasks`, and files that import
badly: installed as pip leaves them, run in processes of their own.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from waywiser.dataset.reader import read_samples
from waywiser.training.data.question_sampler import QuestionSampler

ROOT = Path(__file__).parents[2]
OWN_TASK = (ROOT / "examples" / "your_own_task.py").read_text(encoding="utf-8")
SMALL = ["--rooms", "4", "--assets", "parametric", "--width", "64", "--height", "48"]
SMALL += ["--workers", "2"]


def install(site: Path, code: str, target: str = "room_tasks.nearer") -> Path:
    """Write the distribution `room-tasks` 1.2 into `site`, whose tasks are `code`."""
    package, info = site / "room_tasks", site / "room_tasks-1.2.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "nearer.py").write_text(code, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: room-tasks\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[waywiser.tasks]\nnearer_to_left = {target}\n")
    return site


def run(
    *words: object, site: Path | None = None, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, with `site` on its path."""
    path = os.pathsep.join(map(str, filter(None, [ROOT / "src", site])))
    return subprocess.run(
        [sys.executable, "-m", "waywiser", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )


def test_a_package_brings_a_task(tmp_path: Path) -> None:
    site, out = install(tmp_path / "site", OWN_TASK), tmp_path / "out"
    done = run("synthesize", "--out", out, "--tasks", "nearer_to_left", *SMALL, site=site)
    assert (done.returncode, done.stderr) == (0, "")
    assert {sample.task for sample in read_samples(out)} == {"nearer_to_left"}


# pytest#1479 and featuretools#841: a plugin that cannot be imported vanished without a word;
# pytest-antilru#13: one that calls sys.exit ended the program;
# inspect_ai#747: an entry point that registers nothing looked like an unknown name
@pytest.mark.parametrize(
    ("code", "target", "reason", "workers"),
    [
        ("import no_such_library\n", "room_tasks.nearer", "No module named 'no_such_library'", 2),
        ("raise SystemExit('no licence')\n", "room_tasks.nearer", "SystemExit: no licence", 1),
        ("raise ValueError('two\\nlines')\n", "room_tasks.nearer", "ValueError: two lines", 1),
        (OWN_TASK, "room_tasks.nearer:Farther", "has no attribute 'Farther'", 1),
        ("x = 1\n", "room_tasks.nearer", "put @register_task() above", 1),
    ],
)
def test_a_package_that_is_broken_is_named(
    tmp_path: Path, code: str, target: str, reason: str, workers: int
) -> None:
    site = install(tmp_path / "site", code, target)
    size = ("--rooms", workers, "--shard-rooms", 1, "--workers", workers)
    done = run("synthesize", "--out", tmp_path / "out", *SMALL, *size, site=site)
    assert done.returncode == 0  # what is ours goes on
    (line,) = done.stderr.splitlines()
    assert "room-tasks 1.2" in line
    assert reason in line

    asked = run("synthesize", "--out", tmp_path / "b", "--tasks", "nearer_to_left", site=site)
    assert asked.returncode == 2
    assert not (tmp_path / "b").exists()
    assert asked.stderr.splitlines()[-1].startswith("waywiser: no task 'nearer_to_left': those of")
    assert "room-tasks 1.2" in asked.stderr.splitlines()[-1]


# rachis#121 and pytest-antilru#13
def test_a_file_that_exits_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit(0)\n")
    done = run("synthesize", "--out", "out", "--plugin", "leaves.py", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "waywiser: plugin leaves.py cannot be loaded: SystemExit: 0\n"


# ms-swift#10126 and unstract#2197: a plugin's own helpers were not found
def test_a_file_that_imports_its_neighbour_says_how(tmp_path: Path) -> None:
    folder = tmp_path / "my tasks"
    folder.mkdir()
    (folder / "limits.py").write_text("GAP = 20\n")
    (folder / "own.py").write_text("import limits\n" + OWN_TASK.partition('"""\n\n')[2])
    words = ["--out", "out", "--plugin", "my tasks/own.py", "--tasks", "nearer_to_left", *SMALL]
    done = run("synthesize", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert f"set PYTHONPATH={folder}" in done.stderr
    assert run("synthesize", *words, cwd=tmp_path, site=folder).returncode == 0


# lm-evaluation-harness#1304: a task that is not loaded was a bare KeyError
def test_an_unknown_task_says_how_to_bring_ones_own(tmp_path: Path) -> None:
    done = run("synthesize", "--out", tmp_path / "out", "--tasks", "which_is_reddest")
    assert done.returncode == 2
    assert "--plugin FILE" in done.stderr


# dask/distributed#8695: workers did not know what the main process had registered
def test_a_sampler_in_another_process_brings_its_plugins(tmp_path: Path) -> None:
    plugin = tmp_path / "own.py"
    plugin.write_text(OWN_TASK)
    code = (
        "import pickle, sys\n"
        "draw = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "print(draw('nearer_to_left', 0, 0.5).task)\n"
    )
    sampler = QuestionSampler("parametric", plugins=(plugin,))
    done = subprocess.run(
        [sys.executable, "-c", code, pickle.dumps(sampler).hex()],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.strip() == "nearer_to_left", done.stderr
