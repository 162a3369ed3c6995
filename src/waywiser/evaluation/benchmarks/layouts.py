"""How each benchmark's published rows become items: field names, prompts, what averages group by.

Each layout reads the authors' own rows and VLMEvalKit's tables of them (`index`, `image` as base64, `A`, `B`, ...).
"""

import re
from collections.abc import Callable
from pathlib import Path

from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks.fields import (
    Fields,
    metadata_of,
    number_of,
    number_or_none,
    options_of,
    text_of,
    with_hint,
    with_options,
)
from waywiser.evaluation.benchmarks.item import BenchmarkItem
from waywiser.evaluation.benchmarks.row_pictures import pictures_of, video_of
from waywiser.evaluation.profiles.asked_unit import asked_unit
from waywiser.evaluation.profiles.option_lists import LETTERS, is_nothing, lettered, shown
from waywiser.evaluation.profiles.row import labelled, unlabelled
from waywiser.evaluation.profiles.vsi_bench import CHOICE, NUMERIC

_PRE = "These are frames of a video."
_LETTER_ONLY = "Answer with the option's letter from the given choices directly."
_ONE_WORD = "Please answer the question using a single word or phrase."


class LeftOutError(DatasetError):
    """A sound row that is no item of the benchmark as it is asked here, such as a question without its picture."""


def mathvista(row: Fields, root: Path) -> BenchmarkItem:
    """MathVista: pid, question, image, choices, unit, precision, answer, question_type, answer_type, query."""
    options = options_of(row, "choices")
    unit = None if is_nothing(row.get("unit")) else str(row["unit"]).strip()
    asked = with_hint(text_of(row, "question"), row)
    question = with_options(f"{asked} (Unit: {unit})" if unit and "(Unit:" not in asked else asked, options)
    identifier = text_of(row, "pid", "_key", "index")
    return BenchmarkItem(
        "mathvista",
        identifier,
        question if is_nothing(row.get("query")) else str(row["query"]),
        f"{text_of(row, 'question_type')}/{text_of(row, 'answer_type')}",
        text_of(row, "answer"),
        options,
        number_or_none(row.get("precision")),
        pictures_of(row, root),
        cluster=_picture_name(row, identifier),
        group=metadata_of(row, "task", "category", "context"),
        unit=unit or asked_unit(text_of(row, "question")),
    )


def mathvision(row: Fields, root: Path) -> BenchmarkItem:
    """MathVision: id, question, options, answer, level, subject, image, decoded_image."""
    options = options_of(row, "options", "choices")
    identifier = text_of(row, "id", "index")
    question = text_of(row, "question")
    return BenchmarkItem(
        "mathvision",
        identifier,
        with_options(with_hint(question, row), unlabelled(options)),
        "mc" if options else "free",
        text_of(row, "answer"),
        options,
        images=pictures_of(row, root),
        cluster=identifier,
        group=metadata_of(row, "subject", "level"),
        unit=None if options else asked_unit(question),
    )


def mathverse(row: Fields, root: Path) -> BenchmarkItem:
    """MathVerse: sample_index, problem_index, problem_version, question, image, answer, question_type, query_wo.

    Raises LeftOutError for questions in text only, which are none of the benchmark's 3,940.
    """
    problem, version = text_of(row, "problem_index"), text_of(row, "problem_version").replace("_", " ")
    if version.lower() == "text only":
        raise LeftOutError("asked in text only, without a picture")
    return BenchmarkItem(
        "mathverse",
        text_of(row, "sample_index", "index"),
        text_of(row, "query_wo", "question"),
        text_of(row, "question_type"),
        text_of(row, "answer"),
        images=pictures_of(row, root),
        cluster=problem,
        group={"version": version, "problem": problem},
        unit=asked_unit(str(row.get("question") or "")),
    )


def dynamath(row: Fields, root: Path) -> BenchmarkItem:
    """DynaMath: id, question, image, ground_truth, answer_type, one file or split a variant (or qid and varid)."""
    problem = text_of(row, "qid", "id", "_key", "index")
    named = re.search(r"(\d+)", f"{row.get('_file', '')} {row.get('_folder', '')}")
    variant = str(row.get("varid") or row.get("variant") or (named.group(1) if named else "1"))
    question = text_of(row, "question")
    return BenchmarkItem(
        "dynamath",
        f"{problem}-{variant}",
        question,
        text_of(row, "answer_type"),
        text_of(row, "ground_truth", "answer"),
        images=pictures_of(row, root),
        cluster=problem,
        group={"problem": problem, "variant": variant, **metadata_of(row, "subject")},
        unit=asked_unit(question),
    )


def wemath(row: Fields, root: Path) -> BenchmarkItem:
    """WeMath: ID, split, key ("2steps_1", ..., "2steps_multi"), question, option, answer, image_path.

    Some published lists of options cannot be told apart ("C. No.; F. No correct answer"). Their letters are known all
    the same, and so is the truth, which is one.
    """
    problem, key = f"{text_of(row, 'ID')}", text_of(row, "key")
    problem = f"{key.split('_')[0]}-{problem}"  # ids of two-step and three-step problems overlap
    question, truth = text_of(row, "question"), text_of(row, "answer")
    listed = row.get("option")
    if isinstance(listed, str) and not is_nothing(listed):
        options = lettered(listed) or _letters_in(listed, truth)
        asked = f"{question}\n{listed}"
    else:
        options = labelled(unlabelled(options_of(row, "option", "options", "choices")))
        asked = with_options(question, unlabelled(options))
    if not options:
        raise DatasetError("a choice without options")
    return BenchmarkItem(
        "wemath",
        f"{problem}-{key}",
        with_hint(asked, row),
        "mc",
        truth,
        options,
        images=pictures_of(row, root),
        cluster=problem,
        group={"problem": problem, "key": key},
    )


def logicvista(row: Fields, root: Path) -> BenchmarkItem:
    """LogicVista: question, answer ("C" or "B, D"), imagename, skill; keyed by id in JSON."""
    identifier = text_of(row, "index", "id", "_key", "question_id", "imagename")
    skill = row.get("skill")
    return BenchmarkItem(
        "logicvista",
        identifier,
        text_of(row, "question"),
        "mc-image",
        text_of(row, "answer"),
        images=pictures_of(row, root),
        cluster=identifier,
        group={"skill": ", ".join(map(str, skill)) if isinstance(skill, list) else str(skill or "")},
    )


def cv_bench(row: Fields, root: Path) -> BenchmarkItem:
    """CV-Bench: idx, type, task, image, question, choices, answer "(C)", prompt, source, filename."""
    options = options_of(row, "choices", "options")
    if not options:
        raise DatasetError("a choice without options")
    identifier = _numbered(row, "idx")
    asked = with_hint(with_options(text_of(row, "question"), unlabelled(options)), row)
    group = metadata_of(row, "source", "type", "task")
    group |= {name: text_of(row, other) for name, other in _OTHER_NAMES.items() if name not in group and row.get(other)}
    return BenchmarkItem(
        "cv-bench",
        identifier,
        (asked if is_nothing(row.get("prompt")) else str(row["prompt"])) + "\n" + _LETTER_ONLY,
        group.get("task", "choice"),
        text_of(row, "answer"),
        options,
        images=pictures_of(row, root),
        cluster=str(row.get("filename") or identifier),
        group=group,
    )


_OTHER_NAMES = {"type": "split", "task": "category"}
"""CV-Bench's columns in VLMEvalKit's tables."""


def vsi_bench(row: Fields, root: Path) -> BenchmarkItem:
    """VSI-Bench: id, dataset, scene_name, question_type, question, ground_truth, options; videos at
    dataset/scene_name.mp4, or a folder of frames of that name. Or VLMEvalKit's video, candidates and answer.
    """
    kind = text_of(row, "question_type")
    if kind not in NUMERIC + CHOICE:
        raise DatasetError(f"{shown(kind)!r} is no question type of VSI-Bench")
    options = options_of(row, "options", "candidates") if kind in CHOICE else ()
    if kind in CHOICE and not options:
        raise DatasetError("a choice without options")
    truth = text_of(row, "ground_truth", "answer")
    if kind in NUMERIC:
        number_of(truth)
    listed = options if unlabelled(options) != options else labelled(options)
    lines = [_PRE, text_of(row, "question")]
    lines += [_ONE_WORD] if kind in NUMERIC else ["Options:", *listed, _LETTER_ONLY]
    scene = _scene(row)
    return BenchmarkItem(
        "vsi-bench",
        text_of(row, "id", "index"),
        "\n".join(lines),
        kind,
        truth,
        options,
        video=video_of(row, root, scene),
        cluster=scene,
        group={"question_type": kind, "pruned": str(row.get("pruned", ""))},
    )


Layout = Callable[[Fields, Path], BenchmarkItem]

LAYOUTS: dict[str, Layout] = {
    "mathvista": mathvista,
    "mathvision": mathvision,
    "mathverse": mathverse,
    "dynamath": dynamath,
    "wemath": wemath,
    "logicvista": logicvista,
    "cv-bench": cv_bench,
    "vsi-bench": vsi_bench,
}

COLUMNS = {
    "mathvista": "pid, question, image, choices, answer, question_type, answer_type",
    "mathvision": "id, question, options, answer, image",
    "mathverse": "sample_index, problem_index, problem_version, question, image, answer, question_type",
    "dynamath": "id, question, image, ground_truth, answer_type",
    "wemath": "ID, key, question, option, answer, image_path",
    "logicvista": "imagename, question, answer, skill",
    "cv-bench": "idx, type, task, image, question, choices, answer, source",
    "vsi-bench": "id, dataset, scene_name, question_type, question, ground_truth, options",
}
"""What the authors' own rows hold, to say where none can be read."""

TABLE_COLUMNS = "index, image, question, A, B, C, ..., answer"
"""VLMEvalKit's tables (VSI-Bench: video, candidates, answer)."""


def _letters_in(text: str, truth: str) -> tuple[str, ...]:
    """The bare letters up to the last that labels something in the text, or is the truth."""
    named = [*re.findall(r"(?<![A-Za-z∠])([A-H])\s*[.．、:：)]", text), truth.strip()]
    last = max((letter for letter in named if len(letter) == 1 and letter in LETTERS), default="")
    return tuple(LETTERS[: LETTERS.index(last) + 1]) if last else ()


def _numbered(row: Fields, name: str) -> str:
    """The id; rows that are only numbered, in several tables, need their table's name before it."""
    if not is_nothing(row.get(name)):
        return text_of(row, name)
    return f"{row.get('_file', '')}-{text_of(row, 'index', 'id')}"


def _picture_name(row: Fields, identifier: str) -> str:
    """The picture that questions share, where the row names it."""
    name = row.get("image")
    return name if isinstance(name, str) and len(name) < 200 else identifier


def _scene(row: Fields) -> str:
    """The video's name without its ending: "scannet/scene0011_00"."""
    if is_nothing(row.get("scene_name")):
        return text_of(row, "video").rpartition(".")[0] or text_of(row, "video")
    return f"{text_of(row, 'dataset')}/{text_of(row, 'scene_name')}"
