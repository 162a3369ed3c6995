"""Commands for real scans."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import Json, app, show

scans_app = typer.Typer(help="Real scans.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(scans_app, name="scans")


@scans_app.command("convert")
def convert(
    dataset: Annotated[str, typer.Argument(help="scannet, scannetpp, arkitscenes or 3rscan.")],
    root: Annotated[Path, typer.Argument(help="Where the dataset lies, in its own layout.")],
    out: Annotated[Path, typer.Argument(help="Folder to fill: one folder a scan.")],
    scan: Annotated[list[str] | None, typer.Option(help="Only this scan; may be given again.")] = None,
    frames: Annotated[int, typer.Option(help="Most frames of a scan, evenly drawn.")] = 32,
    as_json: Json = False,
) -> None:
    """Turn research scans into the folder format of docs/scans.md, which `synthesize --scans` asks about.

    Needs the extra `scans`. Nothing is downloaded. Example: waywiser scans convert scannet data/scannet data/scans
    """
    from waywiser.scenes.scans.from_scenezoo import convert as run

    found = run(dataset, root, out, scan or (), frames)
    lines = [f"{len(found.written)} scans in {out}"]
    lines += [f"  {name}: {lost} frames could not be read" for name, lost in found.frames.items() if lost]
    lines += [f"  scan left out: {name}: {reason}" for name, reason in found.skipped.items()]
    show(dataclasses.asdict(found), "\n".join(lines), as_json)
