"""`Sample`: the one record that flows through waywiser, and `Answer`, what its question may be
answered with.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

AnswerKind = Literal["integer", "number", "choice", "choices", "expression", "text"]
Domain = Literal["spatial", "general"]


class Answer(BaseModel):
    """A typed answer.

    `value` is an int for "integer", a float for "number" (in `unit`), the *option text* for
    "choice" (one of `options`, in the order shown: A, B, ...), a list of option texts for
    "choices", else a string. `tolerance` is relative (0.05 = 5 %); None means the grader's default
    for the kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AnswerKind
    value: int | float | str | list[str]
    unit: str | None = None
    options: list[str] | None = None
    tolerance: float | None = None


class Program(BaseModel):
    """The name of the rule and its inputs that give the answer again from the stored scene."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    inputs: dict[str, Any]


class Quality(BaseModel):
    """Scores in [0, 1] of a chain of thought on the paper's three dimensions (arXiv 2507.08306,
    2.1.1).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    structure: float
    cognitive_load: float
    verification: float
    judge: str | None = None


class Sample(BaseModel):
    """One question with everything needed to train on it, grade it and derive its answer again.

    `images` holds encoded pictures (PNG, or JPEG for frames of videos), in the order of their
    `<image>` places. `margin` is the distance to the nearest decision boundary, in the task's unit
    (None where a task has none). `difficulty` is 1 - pass rate; `difficulty_by` says how it was
    measured (model and number of samples). `horizontal_fov_deg` is the horizontal field of view of the
    images in degrees, None where it is not known or they differ in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    split: str
    domain: Domain
    task: str
    source: str
    question: str
    options: list[str] | None = None
    answer: Answer
    images: list[bytes] = Field(default_factory=list, repr=False)
    fps: float | None = None
    timestamps: list[float] | None = None
    horizontal_fov_deg: float | None = None
    reasoning: str | None = None
    difficulty: float | None = None
    difficulty_by: str | None = None
    quality: Quality | None = None
    scene_id: str | None = None
    program: Program | None = None
    margin: float | None = None
    seed: int = 0
    version: str = ""
