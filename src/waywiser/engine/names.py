"""The names of the engines."""

from importlib.util import find_spec
from typing import Literal, get_args

from waywiser.errors import RecipeError

EngineName = Literal["processes", "native", "ray"]
ENGINES: tuple[str, ...] = get_args(EngineName)
_PACKAGES = {"processes": (), "native": ("daft",), "ray": ("daft", "ray")}


def check_engine(engine: str) -> None:
    """Raises RecipeError for an unknown name, or an engine whose packages are not installed."""
    if engine not in ENGINES:
        raise RecipeError(
            f"unknown engine {engine!r}: choose {', '.join(ENGINES[:-1])} or {ENGINES[-1]}"
        )

    missing = [package for package in _PACKAGES[engine] if find_spec(package) is None]
    if missing:
        raise RecipeError(
            f"engine {engine!r} needs {' and '.join(missing)}: pip install 'waywiser[scale]'"
        )
