"""`CurationRecipe`: what `waywiser curate` reads."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from waywiser.clients.config import EndpointConfig
from waywiser.json_types import JsonObject
from waywiser.sources import SourceConfig


class _StrictConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


ENDPOINT_ROLES = ("teacher", "judge", "difficulty")
"""The roles of a recipe that ask a model."""
JsonMode = Literal["schema", "object_schema", "object", "none"]
"""How a server is asked for JSON: by OpenAI's `json_schema`, by a schema in `json_object`
(llama-cpp-python), as any object, or by words alone.
"""


class WorkedExample(_StrictConfig):
    """A question with its chain, shown to a teacher before each question."""

    question: str = Field(min_length=1)
    thinking: str = Field(min_length=1)
    answer: str = Field(min_length=1)


class TeacherConfig(EndpointConfig):
    """Writes `samples` chains of thought for each question: in tags, or with `json_mode` as a JSON
    object.
    """

    samples: int = Field(default=4, ge=1)
    json_mode: JsonMode | None = None
    example: WorkedExample | None = None


class JudgeConfig(EndpointConfig):
    """Scores chains.

    `controls` chains are judged twice and once more with their steps spoilt, for the agreement
    report.
    """

    max_tokens: int = Field(default=256, ge=1)
    temperature: float = Field(default=0.0, ge=0)
    json_mode: JsonMode = "schema"
    controls: int = Field(default=50, ge=0)


class DifficultyConfig(EndpointConfig):
    """Difficulty = 1 - pass rate of `model` over `samples` answers of its own."""

    samples: int = Field(default=8, ge=1)


class ChainConfig(_StrictConfig):
    """What a chain of thought must not be (see `chains`)."""

    fewest_words: int = Field(default=8, ge=0)
    most_words: int = Field(default=4000, ge=1)
    repetition: float = Field(default=0.35, ge=0, le=1)
    foreign_letters: float = Field(default=0.02, ge=0, le=1)


class DuplicateConfig(_StrictConfig):
    """`text` is the least Jaccard similarity of near duplicates; `picture_bits` of 256 may differ
    between pictures.
    """

    text: float = Field(default=0.85, gt=0, le=1)
    picture_bits: int = Field(default=12, ge=0, le=15)


class BenchmarkConfig(_StrictConfig):
    """A benchmark's local copy, as `waywiser evaluate --benchmark NAME --data PATH` reads it."""

    name: str
    path: Path


class DecontaminationConfig(_StrictConfig):
    """`text` is the least share of a question's shingles found in one benchmark question, or the
    other way round.
    """

    benchmarks: list[BenchmarkConfig] = []
    text: float = Field(default=0.8, gt=0, le=1)
    picture_bits: int = Field(default=24, ge=0, le=64)


class SplitConfig(_StrictConfig):
    """What one split takes.

    `domains` and `tasks` give exact numbers wanted of a domain and most of a task; the rest of
    `samples` is filled with what there is. `quality` is the least mean score, `difficulty` the
    range kept (samples without one pass unless `needs_difficulty`). `needs_reasoning` takes only
    samples with an accepted chain.
    """

    samples: int = Field(ge=1)
    domains: dict[Literal["general", "spatial"], int] = {}
    tasks: dict[str, int] = {}
    quality: float = Field(default=0.0, ge=0, le=1)
    difficulty: tuple[float, float] = (0.0, 1.0)
    needs_difficulty: bool = False
    needs_reasoning: bool = True

    @model_validator(mode="after")
    def _check_quotas(self) -> "SplitConfig":
        if self.domains and sum(self.domains.values()) > self.samples:
            raise ValueError(
                f"the domains ask for {sum(self.domains.values())} of {self.samples} samples"
            )

        if self.difficulty[0] > self.difficulty[1]:
            raise ValueError("difficulty is [least, most]")
        return self


class PlanAssumptions(_StrictConfig):
    """What `waywiser plan` assumes of requests that were never sent, in tokens."""

    prompt_tokens: int = 250
    picture_tokens: int = 700
    chain_tokens: int = 600
    judge_tokens: int = 80
    answer_tokens: int = 500
    keep: float = Field(default=0.55, gt=0, le=1)
    """Share of questions with at least one accepted chain."""


class CurationRecipe(_StrictConfig):
    """Sources in, splits out. `shard_size` samples are one unit of work that is resumed as a whole.

    `workers` of `engine` read, measure, sign and write (docs/guide/scaling.md); neither changes the
    result.
    """

    stage: Literal["curate"] = "curate"
    out: Path
    seed: int = Field(default=0, ge=0)
    shard_size: int = Field(default=512, ge=1)
    engine: str = "processes"
    workers: int = Field(default=1, ge=1)
    sources: list[SourceConfig] = Field(min_length=1)
    teacher: TeacherConfig | None = None
    judge: JudgeConfig | None = None
    difficulty: DifficultyConfig | None = None
    difficulty_tables: list[Path] = []
    chains: ChainConfig = ChainConfig()
    duplicates: DuplicateConfig = DuplicateConfig()
    decontaminate: DecontaminationConfig = DecontaminationConfig()
    splits: dict[str, SplitConfig] = {}
    cache: Path | None = None
    plan: PlanAssumptions = PlanAssumptions()

    @field_validator("splits")
    @classmethod
    def _check_split_names(cls, value: dict[str, SplitConfig]) -> dict[str, SplitConfig]:
        for name in value:
            if not re.fullmatch("[a-z][a-z0-9_]*", name) or name == "unused":
                raise ValueError(
                    "a split's name is of small letters, digits and _, and not 'unused'"
                )
        return value

    def identity(self, *, parameters: bool = True) -> JsonObject:
        """All that decides the output, as plain data: not the place, nor how an endpoint is reached
        or paid.

        New names of parameters decide nothing; parameters that are dropped or added do, and can be
        left out here.
        """
        excluded_keys = {
            "url",
            "concurrency",
            "attempts",
            "timeout",
            "first_wait",
            "longest_wait",
            "requests_per_minute",
            "give_up_after",
            "max_refusals",
            "price_in",
            "price_out",
            "max_cost",
            "max_total_tokens",
            "batch",
            "parameters",
        }

        values = self.model_dump(mode="json", exclude={"out", "cache", "plan", "engine", "workers"})

        for name in ENDPOINT_ROLES:
            endpoint = getattr(self, name)
            if endpoint is not None:
                values[name] = {
                    key: value for key, value in values[name].items() if key not in excluded_keys
                }
                if parameters and (cache_key_parts := endpoint.parameters.cache_key_parts()):
                    values[name]["parameters"] = cache_key_parts

        return values
