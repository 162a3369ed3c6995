"""`waywiser plan`, of a recipe and of a model."""

from pathlib import Path
from typing import Any

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, print_result
from waywiser.errors import RecipeError


def print_recipe_plan(
    recipe: Path, machine: dict[str, Any], width: int, height: int, as_json: bool
) -> None:
    """Print the plan of a recipe, by its stage; exit 1 where it could not run as it is."""
    from waywiser.recipe import read_yaml

    if read_yaml(recipe).get("stage") == "curate":
        return print_curation_plan(recipe, as_json)

    return print_training_plan(recipe, machine, width, height, as_json)


def print_training_plan(
    recipe: Path, machine: dict[str, Any], width: int, height: int, as_json: bool
) -> None:
    """Samples, tokens, memory of a device and hours."""
    from waywiser.models.model_plan import ModelPlanRequest
    from waywiser.recipe import build
    from waywiser.training.run.training_plan import Hardware, describe_training_plan
    from waywiser.training.run.training_plan import plan_training as plan
    from waywiser.training.train import load_recipe

    machine_config = build(Hardware, machine)
    request = build(ModelPlanRequest, {"model": "", "width": width, "height": height})
    estimate = plan(load_recipe(recipe), machine_config, request)
    print_result(
        estimate.model_dump(mode="json"), describe_training_plan(estimate, machine_config), as_json
    )

    if not estimate.ready:
        raise typer.Exit(EXIT_CHECK_FAILED)


def print_curation_plan(recipe: Path, as_json: bool) -> None:
    """Samples, requests, tokens and cost."""
    from waywiser.recipe import load_config_file

    try:
        from waywiser.curation.config import CurationRecipe
        from waywiser.curation.cost_estimate import describe_curation_plan
        from waywiser.curation.cost_estimate import plan_curation as plan
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"{error.name} is not installed: pip install 'waywiser[curate]'"
        ) from error

    estimate = plan(load_config_file(recipe, CurationRecipe))
    print_result(
        estimate.model_dump(mode="json", by_alias=True), describe_curation_plan(estimate), as_json
    )

    if not estimate.feasible:
        raise typer.Exit(EXIT_CHECK_FAILED)


def print_model_plan(values: dict[str, Any], as_json: bool) -> None:
    """Parameters, memory and tokens of a model; exit 1 where its weights do not map one to one."""
    from waywiser.models.model_plan import ModelPlanRequest, plan_model
    from waywiser.models.model_plan_text import describe_model_plan
    from waywiser.recipe import build

    request = build(ModelPlanRequest, values)
    estimate = plan_model(request)
    print_result(estimate.model_dump(mode="json"), describe_model_plan(estimate, request), as_json)

    if not estimate.fits:
        raise typer.Exit(EXIT_CHECK_FAILED)
