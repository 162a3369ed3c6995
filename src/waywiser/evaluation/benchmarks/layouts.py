"""How each benchmark's published rows become items: field names, prompts, what averages group by."""

import ast
import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks.item import BenchmarkItem
from waywiser.evaluation.profiles.row import LETTERS
from waywiser.evaluation.profiles.vsi_bench import CHOICE, NUMERIC

Fields = Mapping[str, Any]
_PICTURES = ("decoded_image", "image", "image_path", "imagesource", "img_path")
_VIDEOS = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif")
_PRE = "These are frames of a video."
_LETTER_ONLY = "Answer with the option's letter from the given choices directly."
_ONE_WORD = "Please answer the question using a single word or phrase."
_OPTION = re.compile(r"\s*([A-H])\s*[.．、:)]\s*")


def mathvista(row: Fields, root: Path) -> BenchmarkItem:
    """MathVista: pid, question, image, choices, unit, precision, answer, question_type, answer_type, query."""
    options = options_of(row.get("choices"))
    question = str(row.get("query") or with_options(text_of(row, "question"), options))
    identifier = text_of(row, "pid", "_key")
    return BenchmarkItem(
        "mathvista",
        identifier,
        question,
        f"{text_of(row, 'question_type')}/{text_of(row, 'answer_type')}",
        text_of(row, "answer"),
        options,
        number_or_none(row.get("precision")),
        pictures_of(row, root),
        cluster=str(row.get("image") if isinstance(row.get("image"), str) else identifier),
        group=metadata_of(row, "task", "category", "context"),
    )


def mathvision(row: Fields, root: Path) -> BenchmarkItem:
    """MathVision: id, question, options, answer, level, subject, image, decoded_image."""
    options = options_of(row.get("options"))
    identifier = text_of(row, "id")
    return BenchmarkItem(
        "mathvision",
        identifier,
        with_options(text_of(row, "question"), options),
        "mc" if options else "free",
        text_of(row, "answer"),
        options,
        images=pictures_of(row, root),
        cluster=identifier,
        group=metadata_of(row, "subject", "level"),
    )


def mathverse(row: Fields, root: Path) -> BenchmarkItem:
    """MathVerse: sample_index, problem_index, problem_version, question, image, answer, question_type, query_wo."""
    problem = text_of(row, "problem_index")
    return BenchmarkItem(
        "mathverse",
        text_of(row, "sample_index"),
        str(row.get("query_wo") or text_of(row, "question")),
        text_of(row, "question_type"),
        text_of(row, "answer"),
        images=pictures_of(row, root),
        cluster=problem,
        group={"version": text_of(row, "problem_version"), "problem": problem},
    )


def dynamath(row: Fields, root: Path) -> BenchmarkItem:
    """DynaMath: id, question, image, ground_truth, answer_type, one file or split a variant (or qid and varid)."""
    problem = text_of(row, "qid", "id", "_key")
    named = re.search(r"(\d+)", f"{row.get('_file', '')} {row.get('_folder', '')}")
    variant = str(row.get("varid") or row.get("variant") or (named.group(1) if named else "1"))
    return BenchmarkItem(
        "dynamath",
        f"{problem}-{variant}",
        text_of(row, "question"),
        text_of(row, "answer_type"),
        text_of(row, "ground_truth", "answer"),
        images=pictures_of(row, root),
        cluster=problem,
        group={"problem": problem, "variant": variant, **metadata_of(row, "subject")},
    )


def wemath(row: Fields, root: Path) -> BenchmarkItem:
    """WeMath: ID, split, key ("2steps_1", ..., "2steps_multi"), question, option, answer, image_path."""
    problem, key = f"{text_of(row, 'ID')}", text_of(row, "key")
    problem = f"{key.split('_')[0]}-{problem}"  # ids of two-step and three-step problems overlap
    options = lettered(text_of(row, "option"))
    return BenchmarkItem(
        "wemath",
        f"{problem}-{key}",
        f"{text_of(row, 'question')}\n{row['option']}",
        "mc",
        text_of(row, "answer"),
        options,
        images=pictures_of(row, root),
        cluster=problem,
        group={"problem": problem, "key": key},
    )


def logicvista(row: Fields, root: Path) -> BenchmarkItem:
    """LogicVista: question, answer ("C" or "B, D"), imagesource, skill; keyed by id in JSON."""
    identifier = text_of(row, "index", "id", "_key")
    return BenchmarkItem(
        "logicvista",
        identifier,
        text_of(row, "question"),
        "mc-image",
        text_of(row, "answer"),
        images=pictures_of(row, root),
        cluster=identifier,
        group={"skill": str(row.get("skill") or "")},
    )


def cv_bench(row: Fields, root: Path) -> BenchmarkItem:
    """CV-Bench: idx, type, task, image, question, choices, answer "(C)", prompt, source, filename."""
    options = options_of(row.get("choices"))
    if not options:
        raise DatasetError("a choice without options")
    identifier = text_of(row, "idx")
    return BenchmarkItem(
        "cv-bench",
        identifier,
        str(row.get("prompt") or with_options(text_of(row, "question"), options)) + "\n" + _LETTER_ONLY,
        text_of(row, "task"),
        text_of(row, "answer"),
        options,
        images=pictures_of(row, root),
        cluster=str(row.get("filename") or identifier),
        group={"source": text_of(row, "source"), "type": text_of(row, "type"), "task": text_of(row, "task")},
    )


def vsi_bench(row: Fields, root: Path) -> BenchmarkItem:
    """VSI-Bench: id, dataset, scene_name, question_type, question, ground_truth, options; videos at
    dataset/scene_name.mp4, or a folder of frames of that name.
    """
    kind = text_of(row, "question_type")
    if kind not in NUMERIC + CHOICE:
        raise DatasetError(f"{kind!r} is no question type of VSI-Bench")
    options = options_of(row.get("options"))
    if kind in CHOICE and not options:
        raise DatasetError("a choice without options")
    if kind in NUMERIC:
        number_of(text_of(row, "ground_truth"))
    lines = [_PRE, text_of(row, "question")]
    lines += [_ONE_WORD] if kind in NUMERIC else ["Options:", *options, _LETTER_ONLY]
    scene = f"{text_of(row, 'dataset')}/{text_of(row, 'scene_name')}"
    return BenchmarkItem(
        "vsi-bench",
        text_of(row, "id"),
        "\n".join(lines),
        kind,
        text_of(row, "ground_truth"),
        options if kind in CHOICE else (),
        video=video_of(root, scene),
        cluster=scene,
        group={"question_type": kind, "pruned": str(row.get("pruned", ""))},
    )


LAYOUTS: dict[str, Callable[[Fields, Path], BenchmarkItem]] = {
    "mathvista": mathvista,
    "mathvision": mathvision,
    "mathverse": mathverse,
    "dynamath": dynamath,
    "wemath": wemath,
    "logicvista": logicvista,
    "cv-bench": cv_bench,
    "vsi-bench": vsi_bench,
}


def text_of(row: Fields, *names: str) -> str:
    """The first of the fields that is there, as text. Raises DatasetError where none has any."""
    for name in names:
        value = row.get(name)
        if value is not None and str(value).strip():
            return str(value)
    raise DatasetError(f"no {' or '.join(n for n in names if not n.startswith('_'))}")


def options_of(value: Any) -> tuple[str, ...]:
    """Options from a list or from its text. Raises DatasetError for anything else and for empty ones."""
    if value is None:
        return ()
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value) if len(value) < 20_000 else None
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = None
    if not isinstance(value, list | tuple):
        raise DatasetError("its options are no list")
    options = tuple(str(option) for option in value)
    if any(not option.strip() for option in options) or len(options) > len(LETTERS):
        raise DatasetError("an option is empty, or there are too many")
    return options


def lettered(text: str) -> tuple[str, ...]:
    """Options from one text "A. 300; B. 400" with each letter in order. Raises DatasetError where there are none."""
    pieces = re.split(r"[;；\n]\s*(?=[A-H]\s*[.．、:)])", text.strip())
    options = [piece.strip().rstrip(";；") for piece in pieces if piece.strip()]
    for letter, option in zip(LETTERS, options, strict=False):
        found = _OPTION.match(option)
        if not found or found.group(1) != letter:
            raise DatasetError(f"options that are not A, B, ...: {text[:60]!r}")
    if not options:
        raise DatasetError("a choice without options")
    return tuple(
        f"{letter}. {_OPTION.sub('', option, count=1)}" for letter, option in zip(LETTERS, options, strict=False)
    )


def with_options(question: str, options: tuple[str, ...]) -> str:
    """The question with its options as lettered lines."""
    if not options:
        return question
    lines = [f"({letter}) {option}" for letter, option in zip(LETTERS, options, strict=False)]
    return "\n".join([question, "Choices:", *lines])


def pictures_of(row: Fields, root: Path) -> tuple[bytes | Path, ...]:
    """The row's pictures: bytes of a `datasets` image, base64 of a TSV, or a path below the benchmark's folder.

    Raises DatasetError where the row has none, or a file is missing or lies outside the folder.
    """
    for name in _PICTURES:
        value = row.get(name)
        if value:
            values = value if isinstance(value, list) else [value]
            return tuple(_picture(v, root) for v in values)
    raise DatasetError("no picture")


def _picture(value: Any, root: Path) -> bytes | Path:
    if isinstance(value, Mapping):
        if value.get("bytes"):
            return bytes(value["bytes"])
        value = value.get("path")
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise DatasetError("no picture")
    if len(value) > 512:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise DatasetError("its picture is neither a path nor base64") from None
    for base in (root, root / "images", root / "image"):
        path = (base / value).resolve()
        if path.is_relative_to(root.resolve()) and path.is_file():
            return path
    raise DatasetError(f"its picture {value} is missing")


def video_of(root: Path, scene: str) -> Path:
    """The scene's folder of frames or video file. Raises DatasetError where neither is below `root`."""
    for candidate in (root / scene, *(root / f"{scene}{suffix}" for suffix in _VIDEOS)):
        path = candidate.resolve()
        if path.is_relative_to(root.resolve()) and path.exists():
            return path
    raise DatasetError(f"its video {scene}.mp4 is missing")


def metadata_of(row: Fields, *names: str) -> dict[str, str]:
    """Fields of the row or of its `metadata`, those that are there."""
    metadata = row.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata.replace("'", '"'))
        except (ValueError, RecursionError):
            metadata = None
    both = {**(metadata if isinstance(metadata, Mapping) else {}), **row}
    return {name: str(both[name]) for name in names if both.get(name) is not None}


def number_of(text: str) -> float:
    """The number that a text is. Raises DatasetError for anything else."""
    try:
        return float(text)
    except ValueError:
        raise DatasetError(f"its truth {text!r} is not a number") from None


def number_or_none(value: Any) -> float | None:
    """A number, or None for nothing."""
    return None if value is None or str(value).strip().lower() in ("", "nan", "none") else number_of(str(value))
