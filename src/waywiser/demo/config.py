"""What the demo does and how long it may take."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class DemoConfig(BaseModel):
    """Sizes and times of the demo; the defaults end within 15 minutes on two CPU cores.

    `heldout_rooms` are rooms never seen, furnished with models never seen; `known_rooms` are rooms
    never seen with furniture models that the training rooms use too. RLVR and equal-time SFT run
    side by side, one core each.
    """

    model_config = ConfigDict(extra="forbid")

    out: Path = Path("demo-report")
    seed: int = Field(0, ge=0)
    assets: str | None = None
    model: str = "starter"
    workers: int = Field(default_factory=lambda: min(2, os.cpu_count() or 1), ge=1)
    train_rooms: int = Field(384, ge=48)
    heldout_rooms: int = Field(448, ge=8)
    known_rooms: int = Field(32, ge=8)
    several_share: float = Field(
        0.9, ge=0, le=1, description="of rooms with several of a kind: counts are scarce"
    )
    count_share: float = Field(
        0.4, gt=0, le=1, description="largest share of one answer among counts"
    )
    difficulty_samples: int = Field(4, ge=2, description="completions a question for its pass rate")
    sft_minutes: float = Field(0.5, gt=0)
    rlvr_minutes: float = Field(6.0, gt=0, description="RLVR, and equal-time SFT beside it")
    prompts_per_step: int = Field(16, ge=1, description="of RLVR; eight completions each")
    temperature: float = Field(1.0, gt=0, description="of training and of the sampled scores")
    eval_samples: int = Field(6, ge=2, description="completions a question for the sampled scores")
    bootstrap: int = Field(4000, ge=100)
