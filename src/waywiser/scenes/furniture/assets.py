"""Where furniture libraries are stored, and how to download Debian's without root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from waywiser.errors import AssetsError

DEBIAN_PACKAGE = "sweethome3d-furniture"
TIMEOUT_S = 1800


def data_dir() -> Path:
    """The user's data folder: $WAYWISER_HOME, else ~/.local/share/waywiser."""
    named_folder = os.environ.get("WAYWISER_HOME")
    if named_folder:
        return Path(named_folder).expanduser()
    return Path.home() / ".local" / "share" / "waywiser"


def assets_dir() -> Path:
    """Where `fetch_assets` puts furniture libraries by default; it may not exist."""
    return data_dir() / "assets"


def fetch_assets(destination: str | Path | None = None) -> Path:
    """Download and unpack the `.sh3f` libraries of Debian's sweethome3d-furniture.

    Needs apt-get and dpkg-deb but not root. A folder that already has libraries is left as it is.
    Returns the folder of the libraries. Raises AssetsError if apt is missing, fails or gives a
    package without libraries; nothing half-written is left.
    """
    folder = assets_dir() if destination is None else Path(destination).expanduser()
    if folder.is_dir() and any(folder.glob("*.sh3f")):
        return folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AssetsError(
            f"{folder} exists and is not a furniture folder: name another one or move it away"
        )

    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise AssetsError(
                f"{program} is not on this machine: use `--assets parametric`, or give any .sh3f"
                " file"
            )

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)

        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as scratch:
            unpacked = _download_and_unpack(Path(scratch))
            unpacked.replace(folder)
    except OSError as error:
        raise AssetsError(
            f"cannot write furniture to {folder}: {error.strerror or error}"
        ) from error

    return folder


def _download_and_unpack(scratch: Path) -> Path:
    _run_command(["apt-get", "download", DEBIAN_PACKAGE], scratch)
    packages = sorted(scratch.glob("*.deb"))
    if not packages:
        raise AssetsError(
            f"apt-get downloaded no {DEBIAN_PACKAGE}: run `apt-get update` and try again"
        )

    _run_command(["dpkg-deb", "-x", str(packages[0]), str(scratch / "package")], scratch)
    unpacked = scratch / "assets"
    unpacked.mkdir()
    libraries = sorted((scratch / "package").rglob("*.sh3f"))

    if not libraries:
        raise AssetsError(
            f"the package {DEBIAN_PACKAGE} holds no .sh3f library: give one with --assets"
        )

    for library in libraries:
        library.replace(unpacked / library.name)

    copyright_file = scratch / "package" / "usr" / "share" / "doc" / DEBIAN_PACKAGE / "copyright"
    if copyright_file.is_file():
        copyright_file.replace(unpacked / "copyright")

    return unpacked


def _run_command(command: list[str], folder: Path) -> None:
    try:
        completed = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AssetsError(
            f"`{command[0]}` took longer than {TIMEOUT_S} s: check the network and try again"
        ) from error

    if completed.returncode != 0:
        lines = (completed.stderr or completed.stdout).strip().splitlines() or ["no message"]
        raise AssetsError(
            f"`{' '.join(command[:3])}` failed ({lines[-1][:200]}): check the network, or use "
            "`--assets parametric`"
        )
