"""From the name of a model to its folder: the one place that every command and recipe goes through."""

from pathlib import Path

from waywiser.errors import ModelError
from waywiser.hub.repo_id import RepoId, existing_path, is_path, parse_repo_id
from waywiser.models.published import find_hub_id, suggest_model_name
from waywiser.recipe import nearest_name

from .starter import default_starter_path

STARTER = "starter"


def resolve_model_folder(name: str | Path, *, weights: bool = True) -> Path:
    """The folder of a model.

    Args:
        name: "starter" for the model that is shipped, a folder, or a name on the hub:
            `owner/name`, with `@revision` for a branch, tag or commit. A folder always wins over a
            name on the hub; what can only be a path never goes to the network.
        weights: False is enough to read a configuration: a model on the hub is then fetched
            without its weights.

    Raises:
        ModelError: There is no such model.
    """
    if name == STARTER:
        return default_starter_path()

    if isinstance(name, Path):
        return name
    if (folder := existing_path(name)) is not None:
        return folder

    on_hub = parse_repo_id(name)

    if is_path(name):
        raise ModelError(
            _no_folder_message(Path(name)) if on_hub is None else _maybe_hub_model_message(on_hub)
        )

    if on_hub is None:
        raise ModelError(_unknown_name_message(name))

    return _fetch(on_hub, weights)


def _fetch(name: RepoId, weights: bool) -> Path:
    try:
        from waywiser.hub.fetch import fetch_model
    except ModuleNotFoundError as error:
        raise ModelError(
            f"no model folder at {name}, and {error.name}, which fetches models, is missing"
        ) from error

    try:
        return fetch_model(name, weights=weights)
    except ModelError as error:
        near = suggest_model_name(name.id)
        raise ModelError(f"{error}" + (f"; did you mean {near}?" if near else "")) from error


def _no_folder_message(folder: Path) -> str:
    """A folder that is not there; a sibling of nearly the same name is named."""
    try:
        parent = folder.parent.expanduser()
        siblings = [entry.name for entry in parent.iterdir() if entry.is_dir()]
    except (OSError, RuntimeError, ValueError):
        siblings = []

    near = nearest_name(folder.name, siblings)
    hint = (
        f"did you mean {folder.parent / near}?" if near else "give one with config.json and weights"
    )

    return f"no model folder at {folder}: {hint}"


def _maybe_hub_model_message(name: RepoId) -> str:
    message = _no_folder_message(Path(name.id))
    return (
        f"{message} (to fetch it from the hub although the folder {name.id.split('/')[0]} is here:"
        f" hub:{name})"
    )


def _unknown_name_message(name: str) -> str:
    """A word without a slash: no folder, and no whole name on the hub."""
    if (hub_id := find_hub_id(name)) is not None:
        return (
            f"no model folder at {name}: give the folder, or write {hub_id} to fetch it from"
            " the hub"
        )

    near = suggest_model_name(name) or nearest_name(name, [STARTER])
    hint = (
        f"did you mean {near}?"
        if near
        else "give a folder, 'starter', or a name on the hub (owner/name)"
    )

    return f"no model folder at {name}: {hint}"
