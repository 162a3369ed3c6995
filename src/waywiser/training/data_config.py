"""The `data` section of a training recipe: datasets, or samples drawn while training."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.sources.open_data import DataSource
from waywiser.sources.user_data import FrameConfig


class OnlineData(BaseModel):
    """Samples that are drawn while RLVR runs.

    Each step draws `prompts_per_step` fresh rooms of one task (see training/data/stream.py). The
    level of each task moves by `gain` * (pass rate - `target`) after a step of that task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: float = Field(
        default=0.5, gt=0, lt=1, description="pass rate that the level of each task aims at"
    )
    start_level: float = Field(
        default=0.3, ge=0, le=1, description="level of every task at the start, in [0, 1]"
    )
    gain: float = Field(
        default=0.15, ge=0, le=1, description="change of the level per unit of pass rate"
    )
    workers: int = Field(
        default=1, ge=0, description="processes that render samples; 0 renders in the trainer"
    )
    prefetch_steps: int = Field(
        validation_alias=AliasChoices("prefetch_steps", "ahead"),
        serialization_alias="ahead",
        default=2,
        ge=1,
        description="steps that the workers render in advance",
    )
    split: Literal["train", "heldout"] = Field(
        default="train", description="furniture split that the rooms are furnished from"
    )
    assets: str | None = Field(
        default=None, description="folder of furniture models; null: the shipped library"
    )
    room: RoomConfig = Field(default_factory=RoomConfig, description="how rooms are generated")
    plugins: tuple[Path, ...] = Field(
        default=(), description="files with tasks of your own (docs/guide/add_a_task.md)"
    )
    replay: Path | None = Field(
        default=None, description="folder samples/ of an earlier run, whose samples are used again"
    )


class DataConfig(BaseModel):
    """Which samples to train on: datasets (one or several), or samples drawn while training.

    Example:
        config = DataConfig(path="data/rooms", tasks=["object_count"], limit=1000)
        data = read_training_set(config)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | list[Path] = Field(
        default_factory=list,
        description=(
            "dataset folders, or other data: a JSON, JSONL, Parquet, CSV or TSV file, a folder of"
            " such files, or hub:NAME (docs/guide/your_data.md)"
        ),
    )
    format: str = Field(default="auto", description="layout of the data; auto detects it")
    mapping: str | None = Field(
        default=None, description="file that says which field of the data means what"
    )
    images: Path | None = Field(
        default=None, description="folder that relative paths of images start from"
    )
    frames: FrameConfig = Field(
        default=FrameConfig(), description="how frames are sampled from videos"
    )
    online: OnlineData | None = Field(
        default=None, description="draw samples while training, instead of path"
    )
    split: str | None = Field(default=None, description="split of the data; null: all of it")
    tasks: list[str] | None = Field(default=None, description="tasks to keep; null: all")
    limit: int | None = Field(
        default=None,
        ge=1,
        description="most samples, drawn evenly by seed (not the first ones); null: all",
    )
    difficulty: Path | None = Field(
        default=None,
        description=(
            "JSON file {sample id: difficulty} that overrides the samples' own, as written by"
            " `waywiser difficulty`"
        ),
    )
    keep_difficulty: tuple[float, float] | None = Field(
        default=None,
        description=(
            "[low, high]: leave out samples outside of that range or without a difficulty (the"
            " paper's offline filter, 3.1.2)"
        ),
    )

    @property
    def folders(self) -> list[Path]:
        return self.path if isinstance(self.path, list) else [self.path]

    def sources(self) -> list[DataSource]:
        """What to open, a source for each path."""
        common = {
            "format": self.format,
            "mapping": self.mapping,
            "images": self.images,
            "split": self.split,
        }

        return [DataSource(path=str(path), frames=self.frames, **common) for path in self.folders]

    @model_validator(mode="after")
    def _check_one_source(self) -> "DataConfig":
        if bool(self.folders) == (self.online is not None):
            raise ValueError(
                "give either path (dataset folders) or online (samples drawn while training)"
            )

        paths = {
            "split",
            "limit",
            "difficulty",
            "keep_difficulty",
            "format",
            "mapping",
            "images",
            "frames",
        }

        given = paths & self.model_fields_set
        if self.online is not None and given:
            raise ValueError(f"{', '.join(sorted(given))} go with path, not with online")

        return self
