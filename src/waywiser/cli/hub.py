"""The command that publishes: push."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import JsonFlag, app, print_result
from waywiser.errors import HubError


@app.command("push")
def push_command(
    folder: Annotated[
        Path,
        typer.Argument(help="A dataset, a model, or the folder of a training run (its model)."),
    ],
    name: Annotated[str, typer.Argument(help="owner/name, or just a name for your own account.")],
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List files, sizes and card; send nothing.")
    ] = False,
    revision: Annotated[
        str | None, typer.Option(help="Branch to push to, created if needed.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Add a commit to an existing repository.")
    ] = False,
    license_id: Annotated[
        str | None, typer.Option("--license", help="License id for the card, e.g. cc-by-4.0.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Push a dataset or a model to the Hub.

    The hub is Hugging Face's or HF_ENDPOINT's, and a folder without a card gets one. Weights go as
    safetensors; checkpoints, optimizer states and pickles stay here. Log in with `hf auth login`
    or set HF_TOKEN.

    \b
    Example:
      waywiser push data/rooms someone/rooms --dry-run
      waywiser push runs/rlvr someone/spatial-3b --private
    """
    try:
        from waywiser.hub.push import plan_push
        from waywiser.hub.push import push as send
    except ModuleNotFoundError as error:
        raise HubError(f"{error.name} is not installed: pip install 'waywiser[train]'") from error

    plan = plan_push(folder, name, license_id)
    sizes = plan.sizes
    kind = plan.contents.kind
    listed = {"name": name, "kind": kind, "files": sizes, "card": plan.card}

    if dry_run:
        lines = [
            f"{kind} {plan.contents.folder} -> {name}, {len(sizes)} files,"
            f" {_format_size(sum(sizes.values()))}"
        ]
        lines += [f"  {_format_size(size):>10}  {file}" for file, size in sizes.items()]
        card = (plan.contents.folder / "README.md").read_text() if plan.card is None else plan.card
        print_result(listed, "\n".join([*lines, "", "README.md:", card]), as_json)

        return

    done = send(plan, private=private, revision=revision, update=update)
    text = f"{len(sizes)} files, {_format_size(sum(sizes.values()))}, are at {done.url}"
    print_result(
        {**listed, "name": done.name, "url": done.url, "commit": done.commit}, text, as_json
    )


def _format_size(count: int) -> str:
    """Bytes in a unit that keeps the number small."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
