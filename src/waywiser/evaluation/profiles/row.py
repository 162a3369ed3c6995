"""`OutputRow`: one model output with its question, as the fixture and `waywiser grade` write it,
and its `RowScore`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.answers.text import comparison_key
from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.option_parsing import OPTION_LETTERS, parse_options
from waywiser.evaluation.profiles.requested_unit import find_requested_unit

_LABEL = re.compile(r"^\s*\(?([A-Z])[.):]\s*")


@dataclass(frozen=True, slots=True)
class OutputRow:
    """A model output to score.

    `stage` says what `output` is: the whole "response", or what an extractor or a judge had already
    returned ("post_extraction", "judge_output"). `judge` is "not used" or "unavailable" (asked, and
    failed every time). `variant` names a task of the harness other than its default, for example
    "reasoning". `unit` is what the data or the question asks for, where it says so: only our own
    profile looks at it.
    """

    benchmark: str
    question_type: str
    options: tuple[str, ...]
    truth: str
    output: str
    precision: float | None = None
    stage: str = "response"
    judge: str = "not used"
    variant: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RowScore:
    """`value` in [0, 1]; `extracted` is the answer that was read, None where none was.

    `expected` marks an expected value where the harness draws at random; `note` says what a reader
    should know.
    """

    value: float
    extracted: str | float | None = None
    expected: bool = False
    note: str = ""


RowScorer = Callable[[OutputRow], RowScore]


def binary_score(condition: bool, extracted: str | float | None, note: str = "") -> RowScore:
    """Score 1 or 0."""
    return RowScore(1.0 if condition else 0.0, extracted, note=note)


def parse_row(fields: Mapping[str, Any], benchmark: str | None = None) -> OutputRow:
    """The row of a mapping with the fixture's fields. Raises DatasetError naming the field that is
    wrong.
    """
    missing = [name for name in ("model_output", "ground_truth") if name not in fields]
    if missing:
        raise DatasetError(f"row without {' and '.join(missing)}")

    row_benchmark = fields.get("benchmark")
    if benchmark and row_benchmark and row_benchmark != benchmark:
        raise DatasetError(f"row of {row_benchmark}, not of {benchmark}")

    output = fields["model_output"]
    truth = fields["ground_truth"]

    if not isinstance(output, str):
        raise DatasetError(f"model_output is {type(output).__name__}, not text")
    if truth is None or isinstance(truth, Mapping) or not str(truth).strip():
        raise DatasetError("ground_truth is empty: nothing to score against")

    return OutputRow(
        benchmark=str(benchmark or row_benchmark or ""),
        question_type=str(fields.get("question_type") or ""),
        options=_read_options(fields.get("options")),
        truth=str(truth),
        output=drop_thinking(output) if fields.get("split_think") else output,
        precision=_read_precision(fields.get("precision")),
        stage=str(fields.get("stage") or "response"),
        judge=str(fields.get("judge") or "not used"),
        variant=fields.get("variant"),
        unit=_read_unit(fields),
    )


def drop_thinking(output: str) -> str:
    """What follows the last `</think>`, as harnesses that split thinking off keep it."""
    return output.rpartition("</think>")[2].strip() if "</think>" in output else output


def strip_labels(options: tuple[str, ...]) -> tuple[str, ...]:
    """Options without their labels, where each carries its own letter ("A. table" becomes "table").

    Options that are nothing but labels ("(A)", "(B)": the pictures show what they stand for) become
    the letters.
    """
    if are_labels(options):
        return tuple(OPTION_LETTERS[: len(options)])

    labels = [_LABEL.match(option) for option in options]
    if options and all(m and m.group(1) == OPTION_LETTERS[i] for i, m in enumerate(labels)):
        return tuple(option[m.end() :] for option, m in zip(options, labels, strict=True) if m)

    return options


def add_labels(options: tuple[str, ...]) -> tuple[str, ...]:
    """Options with their labels in front, as a question shows them: "A. table"."""
    return tuple(
        f"{letter}. {option}" for letter, option in zip(OPTION_LETTERS, options, strict=False)
    )


def are_labels(options: tuple[str, ...]) -> bool:
    """Whether the options are bare letters in order: "A", "(B)", "C.", "$D$"."""
    return bool(options) and all(
        comparison_key(option) == OPTION_LETTERS[i].lower() for i, option in enumerate(options)
    )


def is_option_letter(truth: str, count: int) -> bool:
    """Whether a truth is one of the first `count` letters: "C" or "(C)"."""
    letter = truth.strip().strip("().").strip()
    return len(letter) == 1 and letter in OPTION_LETTERS[:count]


def find_truth_letter(row: OutputRow) -> str:
    """The truth as an option's letter: "(C)", "C" and the option's own words all give C. "" where
    it is none.
    """
    if is_option_letter(row.truth, len(row.options) or len(OPTION_LETTERS)):
        return row.truth.strip().strip("().").strip()

    for options in (row.options, strip_labels(row.options)):
        if row.truth in options:
            return OPTION_LETTERS[options.index(row.truth)]

    return ""


def _read_unit(fields: Mapping[str, Any]) -> str | None:
    """The unit of a row's field, else the one that its question names."""
    unit = fields.get("unit")
    if isinstance(unit, str) and unit.strip():
        return unit.strip()
    question = fields.get("question")
    return find_requested_unit(question) if isinstance(question, str) else None


def _read_options(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and len(value) > len(OPTION_LETTERS):
        raise DatasetError(f"{len(value)} options: more than the letters of the alphabet")
    return parse_options(value)


def _read_precision(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DatasetError(f"precision is {value!r}, not a number")
    return float(value)
