"""Rows that curation's stages write and read (one Parquet file a stage and shard), and its
result.
"""

from typing import NotRequired, TypedDict

from waywiser.json_types import JsonObject


class FingerprintRow(TypedDict):
    """A loaded sample without its images: all that de-duplication and splitting need."""

    id: str
    source: str
    domain: str
    task: str
    text: str
    """The normalized question with its options."""
    answer: str
    """JSON of the answer's kind, value and unit."""
    pictures: list[str]
    """SHA-256 of each encoded image, in hex."""
    image_hashes: bytes
    """Perceptual hashes of the images, one after the other."""
    scene_id: str | None
    has_source_chain: bool
    """True if the source brings its own chain of thought."""


class RejectedRow(TypedDict):
    """An item that did not pass: the stage that set it aside, and why."""

    id: str
    source: str
    domain: str | None
    task: str | None
    stage: str
    reason: str
    """The kind of reason, the same for all items that share it."""
    detail: str
    question: str | None
    answer: str | None


class UniqueRow(TypedDict):
    """A sample that passed de-duplication; `row` is its number in the shard."""

    row: int
    id: str
    domain: str
    task: str
    keys: list[str]
    """Samples that share a key must go to the same split."""
    has_source_chain: bool


class ReplyRow(TypedDict):
    """The teacher's reply number `n` to the question of a row, or why there is none."""

    row: int
    n: int
    text: str | None
    finish: str | None
    failure: str | None


class CheckedRow(TypedDict):
    """A graded chain of thought with its measures; `n` is -1 for the source's own."""

    row: int
    id: str
    n: int
    origin: str
    accepted: bool
    reason: str | None
    thinking: str | None
    """The whole reply if it is not a chain."""
    answer: str | None
    structure: float | None
    cognitive_load: float | None
    verification: float | None


class AcceptedChain(TypedDict):
    """A `CheckedRow` that was accepted, so that nothing in it is missing."""

    row: int
    id: str
    n: int
    origin: str
    thinking: str
    answer: str
    structure: float
    cognitive_load: float
    verification: float


class ChosenRow(TypedDict):
    """The chain chosen for a sample, with scores of the judge or of the measures."""

    row: int
    id: str
    n: int
    origin: str
    thinking: str
    structure: float
    cognitive_load: float
    verification: float
    judge: str | None


class ScoredRow(TypedDict):
    """The judge's reply about a chain, and the scores in it as JSON if it is valid."""

    row: int
    n: int
    reply: str | None
    judgment: str | None


class DifficultyEstimate(TypedDict):
    """Difficulty with its 95 % interval; `mark` says if the model never or always passed."""

    difficulty: float
    low: float
    high: float
    samples: int
    mark: str
    by: str


class DifficultyRow(TypedDict):
    """The difficulty of a sample; without an interval if it came with the sample or a table."""

    row: int
    id: str
    difficulty: float
    by: str | None
    low: NotRequired[float]
    high: NotRequired[float]
    samples: NotRequired[int]
    mark: NotRequired[str]


class FunnelCounts(TypedDict):
    """How many items came in and where each one ended; `adds_up` says that none was lost."""

    items: int
    rejected: dict[str, dict[str, int]]
    """Stage -> kind of reason -> items."""
    accepted: int
    splits: dict[str, int]
    adds_up: bool


class SplitSummary(TypedDict):
    """What a split holds, and how much of what the recipe wants is missing."""

    wanted: int | None
    samples: int
    domains: dict[str, int]
    tasks: dict[str, int]
    missing: int
    pass_rate_0: int
    pass_rate_1: int


class CurationCounts(TypedDict):
    """Counts of the funnel and of the splits."""

    funnel: FunnelCounts
    splits: dict[str, SplitSummary]


class SourceCount(TypedDict):
    """A source and how many items it gave."""

    name: str
    licence: str
    items: int


class ResultFile(TypedDict):
    """A file of the result; `path` is below the output folder."""

    path: str
    sha256: str
    bytes: int


class CurationResult(CurationCounts):
    """What `curation.json` holds."""

    format: str
    recipe: JsonObject
    recipe_sha256: str
    sources: list[SourceCount]
    judge: JsonObject | None
    """A `JudgeAgreement` as plain data, with `trustworthy`."""
    files: list[ResultFile]
    unanswered: NotRequired[dict[str, dict[str, int]]]
    """Role -> kind of failure -> requests that failed in the end."""
