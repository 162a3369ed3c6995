"""Commands for real scans."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import JsonFlag, app, print_result
from waywiser.cli._command import choices

scans_app = typer.Typer(help="Real scans.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(scans_app, name="scans")


@scans_app.command("convert")
def convert_scans_command(
    dataset: Annotated[
        str,
        typer.Argument(
            help="Dataset that the scans come from.",
            **choices("scannet", "scannetpp", "arkitscenes", "3rscan"),
        ),
    ],
    root: Annotated[Path, typer.Argument(help="Root folder of the original dataset.")],
    out: Annotated[Path, typer.Argument(help="Folder to fill, with one folder per scan.")],
    scan: Annotated[
        list[str] | None, typer.Option(help="Convert only this scan; repeatable.")
    ] = None,
    frames: Annotated[int, typer.Option(help="Maximum frames per scan, evenly spaced.")] = 32,
    as_json: JsonFlag = False,
) -> None:
    """Convert research scans for `synthesize --scans`.

    The folder format is that of docs/guide/scans.md. Needs the extra `scans`; nothing is
    downloaded.

    \b
    Example:
      waywiser scans convert scannet data/scannet data/scans
    """
    from waywiser.scenes.scans.scenezoo_import import convert_scans as run

    result = run(dataset, root, out, scan or (), frames)
    lines = [f"{len(result.written)} scans in {out}"]
    lines += [
        f"  {name}: {lost} frames could not be read" for name, lost in result.frames.items() if lost
    ]
    lines += [f"  scan left out: {name}: {reason}" for name, reason in result.skipped.items()]
    print_result(dataclasses.asdict(result), "\n".join(lines), as_json)
