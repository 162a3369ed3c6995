"""Configuration of the demo: sizes, times and seeds."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class DemoConfig(BaseModel):
    """Sizes and times of the demo; the defaults finish within 15 minutes on two CPU cores.

    RLVR and equal-time SFT run in parallel, one core each.

    Example:
        >>> from waywiser.demo.runner import run_demo
        >>> page = run_demo(DemoConfig(out=Path("demo-report"), rlvr_minutes=2.0))
    """

    model_config = ConfigDict(extra="forbid")

    out: Path = Field(
        default=Path("demo-report"), description="Folder for everything that the demo makes."
    )
    seed: int = Field(0, ge=0, description="Seed of rooms and training.")
    assets: str | None = Field(
        default=None,
        description="Furniture: a .sh3f file, a folder of them, or parametric. null: as installed.",
    )
    model: str = Field(default="starter", description="The model to start from.")
    workers: int = Field(
        default_factory=lambda: min(2, os.cpu_count() or 1),
        ge=1,
        description="Processes that make the rooms.",
    )
    train_rooms: int = Field(384, ge=48, description="Rooms to train on.")
    heldout_rooms: int = Field(
        448, ge=8, description="New rooms, with furniture models never seen."
    )
    known_rooms: int = Field(
        32, ge=8, description="New rooms, with the furniture models of the training rooms."
    )
    several_share: float = Field(
        0.9, ge=0, le=1, description="of rooms with several of a kind: counts are scarce"
    )
    count_share: float = Field(
        0.4, gt=0, le=1, description="largest share of one answer among counts"
    )
    difficulty_samples: int = Field(
        4, ge=2, description="completions per question for its pass rate"
    )
    sft_minutes: float = Field(0.5, gt=0, description="Length of the cold start by SFT.")
    rlvr_minutes: float = Field(6.0, gt=0, description="RLVR, and equal-time SFT beside it")
    prompts_per_step: int = Field(16, ge=1, description="of RLVR; eight completions each")
    temperature: float = Field(1.0, gt=0, description="of training and of the sampled scores")
    eval_samples: int = Field(
        6, ge=2, description="completions per question for the sampled scores"
    )
    bootstrap: int = Field(4000, ge=100, description="Resamples behind each confidence interval.")
