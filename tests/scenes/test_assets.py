import shutil
from pathlib import Path

import pytest

from waywiser.errors import AssetsError
from waywiser.scenes.furniture.assets import assets_dir, fetch_assets


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but a shell's few helpers: tests put their own apt-get and dpkg-deb
    there.
    """
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mkdir", "echo", "touch"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


UNPACK = (
    'mkdir -p "$3/usr/share/f" "$3/usr/share/doc/sweethome3d-furniture"; echo x > "$3/usr/share/f/a.sh3f"; '
    'echo y > "$3/usr/share/doc/sweethome3d-furniture/copyright"'
)


def test_libraries_and_their_copyright_are_unpacked(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", "echo deb > sweethome3d-furniture_1_all.deb")
    program(programs, "dpkg-deb", UNPACK)
    folder = fetch_assets()
    assert folder == assets_dir() == tmp_path / "home" / "assets"
    assert leftovers(folder) == ["a.sh3f", "copyright"]
    assert leftovers(tmp_path / "home") == ["assets"]


def test_a_second_call_fetches_nothing(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", "echo deb > sweethome3d-furniture_1_all.deb")
    program(programs, "dpkg-deb", UNPACK)
    fetch_assets(tmp_path / "mine")
    (programs / "apt-get").unlink()
    assert fetch_assets(tmp_path / "mine") == tmp_path / "mine"


def test_without_apt(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match=r"apt-get is not on this machine.*parametric"):
        fetch_assets()
    program(programs, "apt-get", "true")
    with pytest.raises(AssetsError, match="dpkg-deb is not on this machine"):
        fetch_assets()
    assert leftovers(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("apt", "dpkg", "message"),
    [
        ("echo 'E: no network' >&2; exit 100", "exit 0", "no network"),
        ("exit 0", "exit 0", "downloaded no"),
        ("echo x > a.deb", "echo 'not an archive' >&2; exit 2", "not an archive"),
        ("echo x > a.deb", 'mkdir -p "$3/usr"', "holds no .sh3f"),
    ],
)
def test_failures_leave_nothing_behind(
    programs: Path, tmp_path: Path, apt: str, dpkg: str, message: str
) -> None:
    program(programs, "apt-get", apt)
    program(programs, "dpkg-deb", dpkg)
    with pytest.raises(AssetsError, match=message) as error:
        fetch_assets()
    assert "\n" not in str(error.value)
    assert leftovers(tmp_path / "home") == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(AssetsError, match="not a furniture folder"):
        fetch_assets(tmp_path)
    with pytest.raises(AssetsError, match="not a furniture folder"):
        fetch_assets(tmp_path / "notes.txt")


def test_a_place_that_cannot_be_written(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", "exit 0")
    program(programs, "dpkg-deb", "exit 0")
    (tmp_path / "file").write_text("x")
    with pytest.raises(AssetsError, match="cannot write furniture"):
        fetch_assets(tmp_path / "file" / "below")
