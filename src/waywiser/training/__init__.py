"""Supervised fine-tuning, rejection sampling and dynamic RLVR over TRL."""

import logging
from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.training.config import DataConfig as DataConfig
    from waywiser.training.config import RLVRRecipe as RLVRRecipe
    from waywiser.training.config import SFTRecipe as SFTRecipe
    from waywiser.training.config import StrategyConfig as StrategyConfig
    from waywiser.training.data.dataset_conversion import convert_dataset as convert_dataset
    from waywiser.training.data.dataset_export import export_dataset as export_dataset
    from waywiser.training.data.difficulty import measure_difficulty as measure_difficulty
    from waywiser.training.data.training_set import read_training_set as read_training_set
    from waywiser.training.grpo.trainer import DynamicGRPOTrainer as DynamicGRPOTrainer
    from waywiser.training.rejection import run_rejection as run_rejection
    from waywiser.training.rejection_config import RejectionRecipe as RejectionRecipe
    from waywiser.training.rlvr import run_rlvr as run_rlvr
    from waywiser.training.run.training_plan import Hardware as Hardware
    from waywiser.training.run.training_plan import plan_training as plan_training
    from waywiser.training.sft import run_sft as run_sft
    from waywiser.training.train import load_recipe as load_recipe

# TRL imports PEFT, which imports bitsandbytes if it is there: on some processors that warns of
# kernels from the hub, which are never fetched here.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)

_ORIGINS = {
    "DataConfig": "waywiser.training.config.DataConfig",
    "DynamicGRPOTrainer": "waywiser.training.grpo.trainer.DynamicGRPOTrainer",
    "Hardware": "waywiser.training.run.training_plan.Hardware",
    "RLVRRecipe": "waywiser.training.config.RLVRRecipe",
    "RejectionRecipe": "waywiser.training.rejection_config.RejectionRecipe",
    "SFTRecipe": "waywiser.training.config.SFTRecipe",
    "StrategyConfig": "waywiser.training.config.StrategyConfig",
    "convert_dataset": "waywiser.training.data.dataset_conversion.convert_dataset",
    "export_dataset": "waywiser.training.data.dataset_export.export_dataset",
    "load_recipe": "waywiser.training.train.load_recipe",
    "measure_difficulty": "waywiser.training.data.difficulty.measure_difficulty",
    "plan_training": "waywiser.training.run.training_plan.plan_training",
    "read_training_set": "waywiser.training.data.training_set.read_training_set",
    "run_rejection": "waywiser.training.rejection.run_rejection",
    "run_rlvr": "waywiser.training.rlvr.run_rlvr",
    "run_sft": "waywiser.training.sft.run_sft",
}

__all__ = [
    "DataConfig",
    "DynamicGRPOTrainer",
    "Hardware",
    "RLVRRecipe",
    "RejectionRecipe",
    "SFTRecipe",
    "StrategyConfig",
    "convert_dataset",
    "export_dataset",
    "load_recipe",
    "measure_difficulty",
    "plan_training",
    "read_training_set",
    "run_rejection",
    "run_rlvr",
    "run_sft",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
