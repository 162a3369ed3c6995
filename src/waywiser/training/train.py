"""`train`: run a recipe, whichever its stage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waywiser.errors import RecipeError
from waywiser.recipe import build, merge, nearest_name, override, parse_overrides, read_yaml
from waywiser.training.config import RLVRRecipe, SFTRecipe
from waywiser.training.rejection_config import RejectionRecipe, StageRecipe
from waywiser.training.run.rollouts import PageWriter
from waywiser.training.run.run_dir import TrainResult

_STAGES: dict[str, type[StageRecipe]] = {
    "sft": SFTRecipe,
    "rejection": RejectionRecipe,
    "rlvr": RLVRRecipe,
}
_OTHER_STAGES = ("synthesize", "curate")


def load_recipe(path: str | Path, overrides: Sequence[str] = ()) -> StageRecipe:
    """The recipe at `path` with command-line `overrides`, of the type that its `stage` names.

    Raises RecipeError, in one line, for anything that is not a training recipe.
    """
    base, flags = read_yaml(path), parse_overrides(overrides, _STAGES.values())
    stage = merge(base, flags).get("stage")
    if not isinstance(stage, str) or stage not in _STAGES:
        raise RecipeError(f"{path}: {_describe_bad_stage(stage)}")

    recipe_type = _STAGES[stage]
    return build(recipe_type, override(recipe_type, base, flags), source=str(path))


def train(
    recipe_path: str | Path,
    overrides: Sequence[str] = (),
    resume: bool = False,
    page: PageWriter | None = None,
) -> TrainResult:
    """Train by a recipe file; see `run_sft`, `run_rejection` and `run_rlvr`.

    Args:
        recipe_path: The YAML recipe.
        overrides: Command-line flags that change its keys, such as `["--learning-rate", "1e-4"]`.
        resume: Go on from the last complete checkpoint.
        page: Writer of pages with completions, for RLVR; None writes none.

    Returns:
        The run's summary.

    Raises:
        RecipeError: The recipe is missing or wrong.
        TrainingError: The run cannot start or must stop.
    """
    recipe = load_recipe(recipe_path, overrides)  # a mistake in it is told before torch is imported

    from waywiser.models.quantization import import_bitsandbytes

    import_bitsandbytes()  # before TRL does

    if isinstance(recipe, SFTRecipe):
        from waywiser.training.sft import run_sft

        return run_sft(recipe, resume=resume)

    if isinstance(recipe, RejectionRecipe):
        from waywiser.training.rejection import run_rejection

        return run_rejection(recipe, resume=resume)

    from waywiser.training.rlvr import run_rlvr

    return run_rlvr(recipe, resume=resume, page=page)


def _describe_bad_stage(stage: Any) -> str:
    if stage is None:
        return "stage is missing: write stage: sft, rejection or rlvr"
    if stage in _OTHER_STAGES:
        return f"stage {stage!r} is no training: run waywiser {stage} with this recipe"

    near = nearest_name(str(stage), _STAGES)
    return f"unknown stage {stage!r}; " + (
        f"did you mean {near!r}?" if near else f"choose from {', '.join(_STAGES)}"
    )
