"""`waywiser plan RECIPE`."""

from pathlib import Path
from typing import Any

import typer

from waywiser.cli._app import EXIT_FOUND_WANTING, show
from waywiser.errors import RecipeError


def plan_recipe(recipe: Path, machine: dict[str, Any], width: int, height: int, as_json: bool) -> None:
    """Print the plan of a recipe, by its stage; exit 1 where it could not run as it is."""
    from waywiser.recipe import read_yaml

    if read_yaml(recipe).get("stage") == "curate":
        return plan_curation(recipe, as_json)
    return plan_training(recipe, machine, width, height, as_json)


def plan_training(recipe: Path, machine: dict[str, Any], width: int, height: int, as_json: bool) -> None:
    """Samples, tokens, memory of a device and hours."""
    from waywiser.models.planning import PlanRequest
    from waywiser.recipe import build
    from waywiser.training.plan import Machine, describe_training
    from waywiser.training.plan import plan_training as plan
    from waywiser.training.train import load_training_recipe

    made = build(Machine, machine)
    request = build(PlanRequest, {"model": "", "width": width, "height": height})
    found = plan(load_training_recipe(recipe), made, request)
    show(found.model_dump(mode="json"), describe_training(found, made), as_json)
    if not found.ready:
        raise typer.Exit(EXIT_FOUND_WANTING)


def plan_curation(recipe: Path, as_json: bool) -> None:
    """Samples, requests, tokens and cost."""
    from waywiser.recipe import load_recipe

    try:
        from waywiser.curation.config import CurationRecipe
        from waywiser.curation.plan import describe_plan
        from waywiser.curation.plan import plan_curation as plan
    except ModuleNotFoundError as error:
        raise RecipeError(f"{error.name} is not installed: pip install 'waywiser[curate]'") from error
    found = plan(load_recipe(recipe, CurationRecipe))
    show(found.model_dump(mode="json"), describe_plan(found), as_json)
    if not found.feasible:
        raise typer.Exit(EXIT_FOUND_WANTING)
