"""The command that installs Blender for `synthesize --realism cycles`."""

from typing import Annotated

import typer

from waywiser.cli._app import JsonFlag, assets_app, print_result


@assets_app.command("blender")
def assets_blender(
    python: Annotated[
        str | None, typer.Option(help="A Python 3.11 (default: this one, or python3.11).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Install Blender for `--renderer cycles` (950 MB).

    It is bpy 4.5, in an environment of its own.

    \b
    Example:
      waywiser assets blender
    """
    from waywiser.rendering.blender import blender_version
    from waywiser.rendering.blender.environment import install_blender

    folder = install_blender(python)
    version = blender_version()
    print_result(
        {"blender": str(folder), "version": version}, f"Blender {version} is in {folder}", as_json
    )
