"""`waywiser plan RECIPE`."""

from pathlib import Path
from typing import Any

import typer

from waywiser.cli._app import EXIT_FOUND_WANTING, show


def plan_recipe(recipe: Path, machine: dict[str, Any], width: int, height: int, as_json: bool) -> None:
    """Print the plan of a training recipe; exit 1 where it could not run as it is."""
    from waywiser.models.planning import PlanRequest
    from waywiser.recipe import build
    from waywiser.training.plan import Machine, describe_training, plan_training
    from waywiser.training.train import load_training_recipe

    made = build(Machine, machine)
    request = build(PlanRequest, {"model": "", "width": width, "height": height})
    found = plan_training(load_training_recipe(recipe), made, request)
    show(found.model_dump(mode="json"), describe_training(found, made), as_json)
    if not found.ready:
        raise typer.Exit(EXIT_FOUND_WANTING)
