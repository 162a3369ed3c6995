"""The program that commands register on, and what they share."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from waywiser import __version__
from waywiser.cli._command import with_dashes

EXIT_CHECK_FAILED = 1
EXIT_BAD_REQUEST = 2
EXIT_INTERRUPTED = 130
RECIPE_FLAGS_CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Context of a `RecipeCommand`, whose configuration keys are flags too."""

app = typer.Typer(
    name="waywiser",
    help="Teach multimodal language models to reason about space and measure it.",
    no_args_is_help=True,
    context_settings={
        "token_normalize_func": with_dashes,
        "help_option_names": ["--help", "-h"],
    },
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
assets_app = typer.Typer(help="Furniture libraries.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(assets_app, name="assets")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")]
AssetsOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "Furniture: a .sh3f file, a folder of them, or 'parametric' (default: what"
            " `assets get` fetched)."
        )
    ),
]

PluginOption = Annotated[
    list[Path] | None,
    typer.Option(help="A Python file with tasks of your own (docs/guide/add_a_task.md)."),
]


def print_result(value: dict[str, Any], text: str, as_json: bool) -> None:
    """Print `text`, or `value` as one JSON object."""
    typer.echo(json.dumps(value) if as_json else text)


def _print_version(show: bool) -> None:
    if show:
        typer.echo(f"waywiser {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Global options."""
