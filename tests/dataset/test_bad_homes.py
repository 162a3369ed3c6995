"""Homes asked for wrongly, of bad furniture, or onto a bad disk: one clear line, exit 2, nothing
half-written.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.furniture_files import box_obj, catalogue_entry, sample_library, write_sh3f
from test_cli import ENVIRONMENT, assert_refused, called
from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.reader import read_scenes
from waywiser.dataset.shard import STAGING
from waywiser.io import PARTIAL_MARK

Contents = Callable[[Path], dict[str, bytes]]
HOME = ("--tasks", "above_below", "--home-rooms", 1, "--workers", 1)
"""Homes of one room, of which only photographs are drawn."""
BUILT = (*HOME, "--assets", "parametric")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two homes that nothing disturbed."""
    out = tmp_path_factory.mktemp("straight") / "out"
    assert called("synthesize", "--out", out, "--rooms", 2, *BUILT).returncode == 0
    return out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rooms", 0), ("rooms must be at least 1",)),
        (("--rooms", -2), ("rooms must be at least 1",)),
        (("--homes", 3), ("homes must lie in [0, rooms = 2]",)),
        (("--home-rooms", 7), ("max_rooms", "6")),
        (("--tasks", "route_plam"), ("did you mean 'route_plan'",)),
        (("--tasks", "all,route_plan"), ("'all' already means every task",)),
        (("--realism", "foo"), ("'embree' or 'cycles'", "foo")),
        (("--video", "gif"), ("'frames' or 'mp4'", "gif")),
        (("--count-share", 0), ("count_share",)),
        (("--assets", "nowhere.sh3f"), ("no furniture at nowhere.sh3f",)),
        (("--scans", "nowhere"), ("no scans at nowhere",)),
    ],
)
def test_a_bad_request_is_one_line_and_writes_nothing(
    tmp_path: Path, arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    request = ("--rooms", 2, "--tasks", "all", "--assets", "parametric", *arguments)
    assert_refused(called("synthesize", "--out", tmp_path / "out", *request), *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["cut", "catalogue", "no model is sound"])
def test_a_library_that_cannot_be_used_is_one_line_and_writes_nothing(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "broken.sh3f"
    if damage == "no model is sound":
        nothing: dict[str, bytes | str] = {
            f"m/{n}/m.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n" for n in (1, 2)
        }
        write_sh3f(path, "".join(catalogue_entry(n, id=f"x#{n}") for n in (1, 2)), nothing)
    else:
        whole = write_sh3f(path, *sample_library()).read_bytes()
        path.write_bytes(
            whole[: len(whole) // 2] if damage == "cut" else whole[:60] + b"\xff" * 30 + whole[90:]
        )
    words = (path.name, "x#1, for one: no faces") if damage == "no model is sound" else (path.name,)
    assert_refused(
        called("synthesize", "--out", tmp_path / "out", "--rooms", 1, *HOME, "--assets", path),
        *words,
    )
    assert list(tmp_path.iterdir()) == [path]


def test_models_without_faces_are_left_out_and_counted(tmp_path: Path) -> None:
    catalogue, members = sample_library()
    catalogue += catalogue_entry(90, id="test#faceless") + catalogue_entry(91, id="test#lost")
    members["m/90/m.obj"] = "\n".join(
        line for line in box_obj(5, 5, 9).splitlines() if not line.startswith("f ")
    )
    library = write_sh3f(tmp_path / "some.sh3f", catalogue, members)
    out = tmp_path / "out"
    done = called("synthesize", "--out", out, "--rooms", 1, *HOME, "--assets", library)
    assert done.returncode == 0, done.stderr
    manifest = read_manifest(out)
    assert manifest is not None
    assert manifest.left_out is not None
    models = manifest.left_out["models"]
    assert models["test#faceless: no faces"] == 1
    assert any(reason.startswith("test#lost: ") for reason in models)
    assert f"{len(models)} x furniture model left out: manifest.json says why" in done.stdout
    used = {thing.model for scene in read_scenes(out).values() for thing in scene.objects}
    assert used
    assert not used & {"test#faceless", "test#lost", "test#broken"}


def on_a_small_disk(tmp_path: Path, mount: str, *steps: str) -> subprocess.CompletedProcess[str]:
    """Run shell `steps` with `disk` mounted (in a namespace of their own); each prints its exit
    code.
    """
    (tmp_path / "disk").mkdir()
    mounted = f"mount -t tmpfs {mount} tmpfs {shlex.quote(str(tmp_path / 'disk'))}"
    if subprocess.run(
        ["unshare", "-rm", "sh", "-c", mounted], capture_output=True, check=False
    ).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    script = "\n".join([f"{mounted} || exit 9", *steps])
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
        timeout=250,
        cwd=tmp_path,
    )


def synthesis(out: str) -> str:
    """The command as a line of a shell script, which then prints its exit code."""
    request = ("synthesize", "--out", out, "--rooms", 2, *BUILT)
    return (
        f"{shlex.join([sys.executable, '-m', 'waywiser', *map(str, request)])} >/dev/null; echo $?"
    )


@pytest.mark.parametrize("filled", [True, False])
def test_a_full_disk_is_one_line_and_with_more_space_the_same_command_goes_on(
    tmp_path: Path, straight: Path, contents: Contents, filled: bool
) -> None:
    """Full before anything is written, or in the midst of the work."""
    result = on_a_small_disk(
        tmp_path,
        "-o size=64k",
        *(["head -c 64k /dev/zero > disk/film"] if filled else []),
        synthesis("disk/out"),
        "ls -A disk/out",
        "rm -f disk/film",
        "mount -o remount,size=64m disk",
        synthesis("disk/out"),
        "cp -r disk/out kept",
    )
    code, *left, again = result.stdout.split()
    assert (code, again) == ("2", "0"), result.stderr
    assert "manifest.json" not in left
    (line,) = [line for line in result.stderr.splitlines() if line.strip()]
    assert line.startswith("waywiser: the disk is full: ")
    assert line.endswith("free some space and run again to resume")
    assert contents(tmp_path / "kept") == contents(straight)


def test_a_disk_that_may_only_be_read_is_one_line(tmp_path: Path) -> None:
    result = on_a_small_disk(tmp_path, "-o ro", synthesis("disk/out"), "ls -A disk")
    assert result.stdout.split() == ["2"], result.stdout
    (line,) = [line for line in result.stderr.splitlines() if line.strip()]
    assert line.startswith("waywiser: cannot write ")
    assert line.endswith("choose a folder that you may write to")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_elses_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o500)
    assert_refused(
        called("synthesize", "--out", tmp_path / "theirs" / "out", "--rooms", 1, *BUILT),
        "cannot write",
    )
    assert not list((tmp_path / "theirs").iterdir())


def test_a_run_that_was_killed_before_its_first_file_was_whole_is_gone_on_with(
    tmp_path: Path, straight: Path, contents: Contents
) -> None:
    out = tmp_path / "out"
    (out / STAGING).mkdir(parents=True)
    (out / STAGING / f".recipe.sha256{PARTIAL_MARK}77").write_bytes(b"half")
    assert called("synthesize", "--out", out, "--rooms", 2, *BUILT).returncode == 0
    assert contents(out) == contents(straight)
    (tmp_path / "other" / STAGING).mkdir(parents=True)
    (tmp_path / "other" / STAGING / "notes.txt").write_text("mine")
    assert_refused(
        called("synthesize", "--out", tmp_path / "other", "--rooms", 1, *BUILT), "not empty"
    )
    assert (tmp_path / "other" / STAGING / "notes.txt").read_text() == "mine"
