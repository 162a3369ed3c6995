"""`CurationRecipe`: the recipe of `waywiser curate`."""

import re
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from waywiser.clients.config import EndpointConfig
from waywiser.json_types import JsonObject
from waywiser.sources import SourceConfig


class _StrictConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


ENDPOINT_ROLES = ("teacher", "judge", "difficulty")
"""The roles of a recipe that ask a model."""
JsonMode = Literal["schema", "object_schema", "object", "none"]
"""How a server is asked for JSON: by OpenAI's `json_schema`, by a schema in `json_object`
(llama-cpp-python), as any object, or by words alone.
"""


class WorkedExample(_StrictConfig):
    """A question with its chain, shown to a teacher before each question."""

    question: str = Field(min_length=1)
    """The question, without options."""
    thinking: str = Field(min_length=1)
    """The chain of thought."""
    answer: str = Field(min_length=1)
    """The answer alone."""


class TeacherConfig(EndpointConfig):
    """The model that writes chains of thought."""

    samples: int = Field(default=4, ge=1)
    """Chains to ask for per question."""
    json_mode: JsonMode | None = None
    """How to ask for a JSON object; None asks for tags."""
    example: WorkedExample | None = None
    """A worked example to show before each question."""


class JudgeConfig(EndpointConfig):
    """The model that scores chains of thought."""

    max_tokens: int = Field(default=256, ge=1)
    """Maximum completion tokens per reply."""
    temperature: float = Field(default=0.0, ge=0)
    """Sampling temperature; 0 is greedy."""
    json_mode: JsonMode = "schema"
    """How to ask for a JSON object."""
    controls: int = Field(default=50, ge=0)
    """Chains that are judged a second time, and once more with corrupted steps, to see whether the
    judge can be trusted.
    """


class DifficultyConfig(EndpointConfig):
    """The model whose pass rate measures difficulty: difficulty = 1 - pass rate."""

    samples: int = Field(default=8, ge=1)
    """Answers to sample per question."""


class ChainConfig(_StrictConfig):
    """Limits that an accepted chain of thought keeps (see `waywiser.curation.chains`)."""

    min_words: int = Field(
        validation_alias=AliasChoices("min_words", "fewest_words"),
        serialization_alias="fewest_words",
        default=8,
        ge=0,
    )
    """Minimum number of words."""
    max_words: int = Field(
        validation_alias=AliasChoices("max_words", "most_words"),
        serialization_alias="most_words",
        default=4000,
        ge=1,
    )
    """Maximum number of words."""
    max_repetition: float = Field(
        validation_alias=AliasChoices("max_repetition", "repetition"),
        serialization_alias="repetition",
        default=0.35,
        ge=0,
        le=1,
    )
    """Maximum share of n-grams that occurred before in the chain."""
    max_foreign_letter_share: float = Field(
        validation_alias=AliasChoices("max_foreign_letter_share", "foreign_letters"),
        serialization_alias="foreign_letters",
        default=0.02,
        ge=0,
        le=1,
    )
    """Maximum share of letters in a script that the question does not use."""


class DuplicateConfig(_StrictConfig):
    """When two samples are duplicates."""

    min_text_similarity: float = Field(
        validation_alias=AliasChoices("min_text_similarity", "text"),
        serialization_alias="text",
        default=0.85,
        gt=0,
        le=1,
    )
    """Minimum Jaccard similarity of the word 3-grams of near duplicates."""
    picture_bits: int = Field(default=12, ge=0, le=15)
    """Maximum number of the 256 perceptual hash bits in which two equal pictures differ."""


class BenchmarkConfig(_StrictConfig):
    """A benchmark's local copy, as `waywiser evaluate --benchmark NAME --data PATH` reads it."""

    name: str
    """Name of the benchmark."""
    path: Path
    """Folder or file of the local copy."""


class DecontaminationConfig(_StrictConfig):
    """When a sample counts as part of a benchmark."""

    benchmarks: list[BenchmarkConfig] = []
    """Benchmarks to remove from the data."""
    min_text_similarity: float = Field(
        validation_alias=AliasChoices("min_text_similarity", "text"),
        serialization_alias="text",
        default=0.8,
        gt=0,
        le=1,
    )
    """Minimum share of the shorter question's word 3-grams that occur in the other question."""
    picture_bits: int = Field(default=24, ge=0, le=64)
    """Maximum number of the 256 perceptual hash bits in which two equal pictures differ."""


class SplitConfig(_StrictConfig):
    """The size of a split and which samples it takes."""

    samples: int = Field(ge=1)
    """Number of samples wanted."""
    domains: dict[Literal["general", "spatial"], int] = {}
    """Exact number of samples of a domain; any domain fills the rest."""
    tasks: dict[str, int] = {}
    """Maximum number of samples of a task."""
    quality: float = Field(default=0.0, ge=0, le=1)
    """Minimum mean of the chain's three quality scores."""
    difficulty: tuple[float, float] = (0.0, 1.0)
    """Minimum and maximum difficulty."""
    require_difficulty: bool = Field(
        validation_alias=AliasChoices("require_difficulty", "needs_difficulty"),
        serialization_alias="needs_difficulty",
        default=False,
    )
    """Whether to exclude samples of unknown difficulty."""
    require_reasoning: bool = Field(
        validation_alias=AliasChoices("require_reasoning", "needs_reasoning"),
        serialization_alias="needs_reasoning",
        default=True,
    )
    """Whether to exclude samples without an accepted chain."""

    @model_validator(mode="after")
    def _check_quotas(self) -> "SplitConfig":
        if self.domains and sum(self.domains.values()) > self.samples:
            raise ValueError(
                f"the domains ask for {sum(self.domains.values())} of {self.samples} samples"
            )

        if self.difficulty[0] > self.difficulty[1]:
            raise ValueError("difficulty must be [min, max] with min <= max")
        return self


class PlanAssumptions(_StrictConfig):
    """Estimates that `waywiser plan` uses for requests that were never sent."""

    prompt_tokens: int = 250
    """Tokens of a question."""
    picture_tokens: int = 700
    """Tokens of a picture."""
    chain_tokens: int = 600
    """Tokens of a chain of thought."""
    judge_tokens: int = 80
    """Tokens of a judge's reply."""
    answer_tokens: int = 500
    """Tokens of an answer that measures difficulty."""
    acceptance_rate: float = Field(
        validation_alias=AliasChoices("acceptance_rate", "keep"),
        serialization_alias="keep",
        default=0.55,
        gt=0,
        le=1,
    )
    """Share of questions with at least one accepted chain."""


class CurationRecipe(_StrictConfig):
    """Which sources to curate, with which models and limits, into which splits.

    Example:
        >>> recipe = CurationRecipe(
        ...     out=Path("curated"),
        ...     sources=[SourceConfig(kind="drawn", name="bar_chart", count=100)],
        ...     splits={"sft": SplitConfig(samples=50)},
        ... )
    """

    stage: Literal["curate"] = "curate"
    """The kind of recipe."""
    out: Path
    """Output folder."""
    seed: int = Field(default=0, ge=0)
    """Seed of the order in which samples are assigned to splits."""
    shard_size: int = Field(default=512, ge=1)
    """Samples per unit of work and per file."""
    engine: str = "processes"
    """What runs the workers (docs/guide/scaling.md); the result is the same with any."""
    workers: int = Field(default=1, ge=1)
    """Number of workers; the result is the same with any number."""
    sources: list[SourceConfig] = Field(min_length=1)
    """Where samples come from."""
    teacher: TeacherConfig | None = None
    """The model that writes chains of thought; None keeps only the sources' own."""
    judge: JudgeConfig | None = None
    """The model that scores chains; None uses deterministic measures."""
    difficulty: DifficultyConfig | None = None
    """The model whose pass rate measures difficulty."""
    difficulty_tables: list[Path] = []
    """Difficulties by sample id, as `waywiser difficulty` writes them."""
    chains: ChainConfig = ChainConfig()
    """Limits that an accepted chain keeps."""
    duplicates: DuplicateConfig = DuplicateConfig()
    """When two samples are duplicates."""
    decontaminate: DecontaminationConfig = DecontaminationConfig()
    """Benchmarks to remove from the data."""
    splits: dict[str, SplitConfig] = {}
    """Splits by name."""
    cache: Path | None = None
    """File that caches replies; None: cache.sqlite in `out`."""
    plan: PlanAssumptions = PlanAssumptions()
    """Estimates that `waywiser plan` uses."""

    @field_validator("splits")
    @classmethod
    def _check_split_names(cls, value: dict[str, SplitConfig]) -> dict[str, SplitConfig]:
        for name in value:
            if not re.fullmatch("[a-z][a-z0-9_]*", name) or name == "unused":
                raise ValueError(
                    "split names use lower-case letters, digits and _ ('unused' is reserved)"
                )
        return value

    def identity(self, *, parameters: bool = True) -> JsonObject:
        """Everything that determines the output, as plain data, to tell two curations apart.

        The output folder, the engine, and how an endpoint is reached or paid for are left out. So
        are renamed request parameters; `parameters=False` leaves out dropped and added ones too.
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

        values = self.model_dump(
            mode="json", by_alias=True, exclude={"out", "cache", "plan", "engine", "workers"}
        )

        for name in ENDPOINT_ROLES:
            endpoint = getattr(self, name)
            if endpoint is not None:
                values[name] = {
                    key: value for key, value in values[name].items() if key not in excluded_keys
                }
                if parameters and (cache_key_parts := endpoint.parameters.cache_key_parts()):
                    values[name]["parameters"] = cache_key_parts

        return values
