"""The command that curates: curate."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, RECIPE_FLAGS_CONTEXT, app
from waywiser.cli._hashing import fix_hashing
from waywiser.errors import RecipeError


@app.command("curate", context_settings=RECIPE_FLAGS_CONTEXT)
def curate_command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="A recipe with stage: curate.")],
) -> None:
    """Make checked, scored and split reasoning samples from sources; the same command goes on after
    a stop.

    Exit 1 if nothing is accepted, the judge cannot be trusted, or an endpoint does not answer or
    refuses everything. Every key of the recipe is a flag.
    Example: waywiser curate recipes/curate_small.yaml --out data/curated
    """
    from waywiser.recipe import load_recipe

    try:
        from waywiser.curation.config import CurationRecipe
        from waywiser.curation.pipeline import curate as run
        from waywiser.curation.rejection_reasons import most_common_reasons
        from waywiser.report.curation_page import write_curation_page
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"{error.name} is not installed: pip install 'waywiser[curate]'"
        ) from error

    config = load_recipe(recipe, CurationRecipe, context.args)
    if any(source.kind.startswith("reasoning-") for source in config.sources):
        fix_hashing(["curate", str(recipe), *context.args])

    result = run(config)
    page = write_curation_page(config.out, config.out / "report.html")
    funnel = result["funnel"]
    parts = ", ".join(f"{name} {count:,}" for name, count in funnel["splits"].items()) or "none"
    typer.echo(
        f"{funnel['accepted']:,} of {funnel['items']:,} items accepted: {parts}. Page: {page}"
    )

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
