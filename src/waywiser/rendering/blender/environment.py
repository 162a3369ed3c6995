"""The Python environment in which Blender runs.

It is separate from ours, because bpy needs another numpy and one particular Python version.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from waywiser.errors import AssetsError
from waywiser.rendering.blender.process import blender_folder

BPY_REQUIREMENT = "bpy==4.5.15"
"""Blender 4.5 has long-term support until July 2027.

Its wheels are for Python 3.11 only and require numpy < 2.
"""
PYTHON_VERSION = "3.11"
TIMEOUT_S = 3600

_READY_FILE = ".waywiser-ready"


def install_blender(python: str | None = None) -> Path:
    """Make the environment in `blender_folder` with bpy (370 MB to download, 950 MB on disk).

    An environment that is complete is left as it is.

    Args:
        python: A Python 3.11 to make it from; by default this one if it is 3.11, else `python3.11`.

    Returns:
        The folder of the environment.

    Raises:
        AssetsError: There is no such Python, or pip fails; nothing half-made is left.
    """
    folder = blender_folder()
    marker = folder / _READY_FILE
    if marker.is_file() and marker.read_text() == BPY_REQUIREMENT:
        return folder

    base = _find_python(python)

    try:
        shutil.rmtree(folder, ignore_errors=True)
        _run_command(
            [base, "-m", "venv", str(folder)],
            "make a virtual environment (Debian: apt-get install python3-venv)",
        )

        _run_command(
            [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", BPY_REQUIREMENT],
            f"install {BPY_REQUIREMENT}",
        )

        marker.write_text(BPY_REQUIREMENT)
    except OSError as error:
        raise AssetsError(f"cannot write Blender to {folder}: {error.strerror or error}") from error
    finally:
        if not marker.is_file():
            shutil.rmtree(folder, ignore_errors=True)

    return folder


def _find_python(python: str | None) -> str:
    """The Python to make the environment from."""
    for candidate in [python] if python else [sys.executable, f"python{PYTHON_VERSION}"]:
        try:
            version_command = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            completed = subprocess.run(
                version_command, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue

        if completed.returncode == 0 and completed.stdout.strip() == PYTHON_VERSION:
            return candidate

    problem = (
        f"{python} is not Python {PYTHON_VERSION}"
        if python
        else f"there is not Python {PYTHON_VERSION} here"
    )

    raise AssetsError(
        f"{problem}, which {BPY_REQUIREMENT} needs: install it, and name it with --python"
    )


def _run_command(command: list[str], what: str) -> None:
    try:
        completed = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AssetsError(
            f"could not {what} within {TIMEOUT_S} s: check the network and try again"
        ) from error

    if completed.returncode != 0:
        lines = (completed.stderr or completed.stdout).strip().splitlines() or ["no message"]
        raise AssetsError(f"could not {what} ({lines[-1][:200]}): check the network and try again")
