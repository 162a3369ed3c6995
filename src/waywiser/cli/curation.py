"""The command that curates: curate."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import (
    EXIT_CHECK_FAILED,
    RECIPE_FLAGS_CONTEXT,
    JsonFlag,
    app,
    print_result,
)
from waywiser.cli._command import RecipeCommand
from waywiser.cli._hashing import fix_hashing
from waywiser.cli._recipe_keys import KeysOption, print_keys
from waywiser.errors import RecipeError


@app.command("curate", cls=RecipeCommand, context_settings=RECIPE_FLAGS_CONTEXT)
def curate_command(
    context: typer.Context,
    recipe: Annotated[
        Path | None,
        typer.Argument(help="YAML recipe, whose `stage` is curate.", metavar="RECIPE"),
    ] = None,
    keys: KeysOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Curate reasoning samples from many sources.

    The samples are checked, scored and split. After a stop, the same command goes on. The exit
    code is 1 if nothing is accepted, if the judge cannot be trusted, or if an endpoint does not
    answer or refuses everything. Every key of the recipe is a flag too, and `--keys` lists them.

    \b
    Example:
      waywiser curate recipes/curate_small.yaml --out data/curated
    """
    from waywiser.recipe import load_config_file

    try:
        from waywiser.curation.config import CurationRecipe
        from waywiser.curation.pipeline import curate as run
        from waywiser.curation.rejection_reasons import most_common_reasons
        from waywiser.report.curation_page import write_curation_page
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"{error.name} is not installed: pip install 'waywiser[curate]'"
        ) from error

    if keys is not None:
        return print_keys([CurationRecipe], keys, as_json)
    if recipe is None:
        raise RecipeError("missing argument 'RECIPE': give a recipe, or --keys to list its keys")

    config = load_config_file(recipe, CurationRecipe, context.args)
    if any(source.kind.startswith("reasoning-") for source in config.sources):
        flags = ["--json"] if as_json else []
        fix_hashing(["curate", str(recipe), *flags, *context.args])

    result = run(config)
    page = write_curation_page(config.out, config.out / "report.html")
    funnel = result["funnel"]
    parts = ", ".join(f"{name} {count:,}" for name, count in funnel["splits"].items()) or "none"
    text = f"{funnel['accepted']:,} of {funnel['items']:,} items accepted: {parts}. Page: {page}"
    if left := funnel["splits"].get("unused"):
        text += f"\nunused: {left:,} accepted items beyond what the recipe's splits ask for"

    print_result({**result, "report": str(page)}, text, as_json)

    for role, failures in result.get("unanswered", {}).items():
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in failures.items())
        typer.echo(
            f"{role}: requests without an answer ({kinds}); the same command asks them again",
            err=True,
        )

    if not funnel["accepted"]:
        reasons = "; ".join(most_common_reasons(config.out)) or "the sources hold no items"
        typer.echo(f"Nothing was accepted. Most often {reasons}", err=True)
        raise typer.Exit(EXIT_CHECK_FAILED)

    if (judge := result["judge"]) is not None and not judge["trustworthy"]:
        typer.echo(
            f"The judge {judge['judge']} cannot be trusted: {'; '.join(judge['faults'])}", err=True
        )

        raise typer.Exit(EXIT_CHECK_FAILED)

    return None
