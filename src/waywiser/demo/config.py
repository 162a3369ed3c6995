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

    out: Path = Path("demo-report")
    """Folder of everything that the demo makes."""
    seed: int = Field(0, ge=0)
    """Seed of rooms, training and evaluation."""
    assets: str | None = None
    """Furniture library; None downloads one, or uses parametric furniture without network."""
    model: str = "starter"
    """The starting model: a name or a folder."""
    workers: int = Field(default_factory=lambda: min(2, os.cpu_count() or 1), ge=1)
    """Processes that make rooms."""
    train_rooms: int = Field(384, ge=48)
    """Rooms for training."""
    heldout_rooms: int = Field(448, ge=8)
    """Rooms for evaluation with furniture models that training never shows."""
    known_rooms: int = Field(32, ge=8)
    """New rooms for evaluation with furniture models that training rooms use too."""
    several_share: float = Field(
        0.9, ge=0, le=1, description="of rooms with several of a kind: counts are scarce"
    )
    count_share: float = Field(
        0.4, gt=0, le=1, description="largest share of one answer among counts"
    )
    difficulty_samples: int = Field(4, ge=2, description="completions a question for its pass rate")
    sft_minutes: float = Field(0.5, gt=0)
    """Duration of SFT before RLVR."""
    rlvr_minutes: float = Field(6.0, gt=0, description="RLVR, and equal-time SFT beside it")
    prompts_per_step: int = Field(16, ge=1, description="of RLVR; eight completions each")
    temperature: float = Field(1.0, gt=0, description="of training and of the sampled scores")
    eval_samples: int = Field(6, ge=2, description="completions a question for the sampled scores")
    bootstrap: int = Field(4000, ge=100)
    """Bootstrap resamples of an interval."""
