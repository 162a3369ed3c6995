"""Open a furniture library: parametric shapes, or the models of `.sh3f` files."""

from pathlib import Path

from waywiser.errors import AssetsError
from waywiser.scenes.furniture.assets import assets_dir
from waywiser.scenes.furniture.furniture_library import (
    FurnitureLibrary,
    ModelInfo,
    held_out_keys,
)
from waywiser.scenes.furniture.parametric_library import PARAMETRIC_NAME, ParametricLibrary
from waywiser.scenes.furniture.sh3f import CATALOG_FILE
from waywiser.scenes.furniture.sh3f_library import Sh3fLibrary

__all__ = [
    "FurnitureLibrary",
    "ModelInfo",
    "ParametricLibrary",
    "Sh3fLibrary",
    "held_out_keys",
    "open_library",
    "reopen_library",
]


def open_library(assets: str | Path | None = None) -> FurnitureLibrary:
    """Open the furniture at `assets`.

    `assets` is "parametric", a `.sh3f` file, an unpacked one, or a folder of either. None takes the
    libraries that `waywiser assets get` left in the data folder, else parametric furniture. The
    `furniture` name of a Scene opens the library in the data folder.

    Raises AssetsError if there is no library, or the data folder holds another one than named.
    """
    if assets is None:
        installed_paths = _find_libraries(assets_dir())
        return Sh3fLibrary(installed_paths) if installed_paths else ParametricLibrary()

    if str(assets) == PARAMETRIC_NAME:
        return ParametricLibrary()
    if str(assets).startswith("sh3f-") and not Path(assets).exists():
        return reopen_library(str(assets), None)

    path = Path(assets).expanduser()
    if path.is_dir() and not (path / CATALOG_FILE).is_file():
        library_paths = _find_libraries(path)
        if not library_paths:
            raise AssetsError(
                f"no .sh3f library in {path}: give a folder that has some, or run `waywiser assets"
                " get`"
            )

        return Sh3fLibrary(library_paths)

    return Sh3fLibrary([path])


def reopen_library(name: str, assets: str | Path | None) -> FurnitureLibrary:
    """The library that a Scene's `furniture` names, from the same assets.

    Raises AssetsError if the assets hold another one.
    """
    library = ParametricLibrary() if name == PARAMETRIC_NAME else open_library(assets)
    if library.name != name:
        raise AssetsError(
            f"the scene was made with furniture {name}, but the assets hold {library.name}: "
            "give --assets the libraries it was made with"
        )

    return library


def _find_libraries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        p for p in folder.iterdir() if p.suffix.lower() == ".sh3f" or (p / CATALOG_FILE).is_file()
    )
