"""From the name of a model to its folder: the one place that every command and recipe goes through."""

from pathlib import Path

from waywiser.errors import ModelError
from waywiser.hub.names import HubName, hub_name, is_path, local_path
from waywiser.recipe import nearest

from .published import hub_id_of, near_published
from .starter import default_starter_path

STARTER = "starter"


def model_folder(name: str | Path, *, weights: bool = True) -> Path:
    """The folder of a model.

    Args:
        name: "starter" for the model that is shipped, a folder, or a name on the hub: `owner/name`, with
            `@revision` for a branch, tag or commit. A folder always wins over a name on the hub.
        weights: False is enough to read a configuration: a model on the hub is then fetched without its weights.
    Errors: ModelError, one line, if there is none. What can only be a path never goes to the network.
    """
    if name == STARTER:
        return default_starter_path()

    if isinstance(name, Path):
        return name
    if (folder := local_path(name)) is not None:
        return folder

    on_hub = hub_name(name)
    if is_path(name):
        raise ModelError(_no_folder(Path(name)) if on_hub is None else _no_folder_but_maybe_a_model(on_hub))
    if on_hub is None:
        raise ModelError(_no_such_word(name))
    return _fetched(on_hub, weights)


def _fetched(name: HubName, weights: bool) -> Path:
    try:
        from waywiser.hub.fetch import fetch_model
    except ModuleNotFoundError as error:
        raise ModelError(f"no model folder at {name}, and {error.name}, which fetches models, is missing") from error

    try:
        return fetch_model(name, weights=weights)
    except ModelError as error:
        near = near_published(name.id)
        raise ModelError(f"{error}" + (f"; did you mean {near}?" if near else "")) from error


def _no_folder(folder: Path) -> str:
    """A folder that is not there; a sibling of nearly the same name is named."""
    try:
        parent = folder.parent.expanduser()
        siblings = [entry.name for entry in parent.iterdir() if entry.is_dir()]
    except (OSError, RuntimeError, ValueError):
        siblings = []
    near = nearest(folder.name, siblings)
    hint = f"did you mean {folder.parent / near}?" if near else "give one with config.json and weights"
    return f"no model folder at {folder}: {hint}"


def _no_folder_but_maybe_a_model(name: HubName) -> str:
    message = _no_folder(Path(name.id))
    return f"{message} (to fetch it from the hub although the folder {name.id.split('/')[0]} is here: hub:{name})"


def _no_such_word(name: str) -> str:
    """A word without a slash: no folder, and no whole name on the hub."""
    if (known := hub_id_of(name)) is not None:
        return f"no model folder at {name}: give the folder, or write {known} to fetch it from the hub"
    near = near_published(name) or nearest(name, [STARTER])
    hint = f"did you mean {near}?" if near else "give a folder, 'starter', or a name on the hub (owner/name)"
    return f"no model folder at {name}: {hint}"
