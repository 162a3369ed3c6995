"""`waywiser synthesize --scans`, killed at a few moments, resumed by the same command: the same
bytes.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from helpers import tiny_scans as tiny

MOMENTS = (
    ".staging",
    "scans/*-00000-*.parquet",
    ".staging/drafts-*.parquet",
    "scenes/*-00001-*.parquet",
    "data/*-00000-*.parquet",
)
"""What is there when the process is killed, in the order in which it comes to be."""


def start(root: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "waywiser",
        "synthesize",
        "--scans",
        str(root),
        "--out",
        str(out),
    ]
    return subprocess.Popen(
        [*command, "--workers", "1"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def killed(root: Path, out: Path, moment: str) -> bool:
    """Start, and kill as soon as `moment` is there; False where the run ended before."""
    process = start(root, out)
    while process.poll() is None and not any(out.glob(moment)):
        time.sleep(0.001)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_killed_at_any_moment_and_resumed_it_ends_with_the_same_bytes(tmp_path: Path) -> None:
    root = tmp_path / "root"
    out = tmp_path / "killed"
    for number in range(17):  # three files of eight
        tiny.write_tiny(root / f"scan{number:02d}")
    assert start(root, tmp_path / "whole").wait() == 0
    kills = sum(killed(root, out, moment) for moment in MOMENTS)
    assert kills >= len(MOMENTS) - 1, "the last moment may pass while nobody looks"
    assert start(root, out).wait() == 0
    assert contents(out) == contents(tmp_path / "whole")
