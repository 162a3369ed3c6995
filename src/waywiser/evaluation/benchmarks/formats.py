"""How each benchmark's published rows become items: field names, prompts, what averages group by.

Each layout reads the authors' own rows and VLMEvalKit's tables of them (`index`, `image` as base64,
`A`, `B`, ...).
"""

import re
from collections.abc import Callable
from pathlib import Path

from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks.item import BenchmarkItem
from waywiser.evaluation.benchmarks.row_fields import (
    RowFields,
    parse_finite_number,
    parse_optional_number,
    read_item_options,
    read_metadata,
    read_text,
    with_hint,
    with_options,
)
from waywiser.evaluation.benchmarks.row_images import find_row_images, find_row_video
from waywiser.evaluation.profiles.option_parsing import (
    OPTION_LETTERS,
    is_missing_text,
    shorten_value,
    split_lettered_options,
)
from waywiser.evaluation.profiles.requested_unit import find_requested_unit
from waywiser.evaluation.profiles.row import add_labels, strip_labels
from waywiser.evaluation.profiles.vsi_bench import CHOICE_TYPES, NUMERIC_TYPES

_VIDEO_PREFIX = "These are frames of a video."
_LETTER_ONLY = "Answer with the option's letter from the given choices directly."
_ONE_WORD = "Please answer the question using a single word or phrase."


class ExcludedRowError(DatasetError):
    """A sound row that is not an item of the benchmark as asked here, such as a question without
    its picture.
    """


def mathvista(row: RowFields, root: Path) -> BenchmarkItem:
    """MathVista: pid, question, image, choices, unit, precision, answer, question_type,
    answer_type, query.
    """
    options = read_item_options(row, "choices")
    unit = None if is_missing_text(row.get("unit")) else str(row["unit"]).strip()
    prompt_text = with_hint(read_text(row, "question"), row)
    question = with_options(
        f"{prompt_text} (Unit: {unit})" if unit and "(Unit:" not in prompt_text else prompt_text,
        options,
    )

    identifier = read_text(row, "pid", "_key", "index")
    return BenchmarkItem(
        "mathvista",
        identifier,
        question if is_missing_text(row.get("query")) else str(row["query"]),
        f"{read_text(row, 'question_type')}/{read_text(row, 'answer_type')}",
        read_text(row, "answer"),
        options,
        parse_optional_number(row.get("precision")),
        find_row_images(row, root),
        cluster=_image_cluster(row, identifier),
        group=read_metadata(row, "task", "category", "context"),
        unit=unit or find_requested_unit(read_text(row, "question")),
    )


def mathvision(row: RowFields, root: Path) -> BenchmarkItem:
    """MathVision: id, question, options, answer, level, subject, image, decoded_image."""
    options = read_item_options(row, "options", "choices")
    identifier = read_text(row, "id", "index")
    question = read_text(row, "question")

    return BenchmarkItem(
        "mathvision",
        identifier,
        with_options(with_hint(question, row), strip_labels(options)),
        "mc" if options else "free",
        read_text(row, "answer"),
        options,
        images=find_row_images(row, root),
        cluster=identifier,
        group=read_metadata(row, "subject", "level"),
        unit=None if options else find_requested_unit(question),
    )


def mathverse(row: RowFields, root: Path) -> BenchmarkItem:
    """MathVerse: sample_index, problem_index, problem_version, question, image, answer,
    question_type, query_wo.

    Raises ExcludedRowError for questions in text only, which the benchmark's 3,940 leave out.
    """
    problem = read_text(row, "problem_index")
    version = read_text(row, "problem_version").replace("_", " ")
    if version.lower() == "text only":
        raise ExcludedRowError("asked in text only, without a picture")

    return BenchmarkItem(
        "mathverse",
        read_text(row, "sample_index", "index"),
        read_text(row, "query_wo", "question"),
        read_text(row, "question_type"),
        read_text(row, "answer"),
        images=find_row_images(row, root),
        cluster=problem,
        group={"version": version, "problem": problem},
        unit=find_requested_unit(str(row.get("question") or "")),
    )


def dynamath(row: RowFields, root: Path) -> BenchmarkItem:
    """DynaMath: id, question, image, ground_truth, answer_type, one file or split a variant (or qid
    and varid).
    """
    problem = read_text(row, "qid", "id", "_key", "index")
    named = re.search(r"(\d+)", f"{row.get('_file', '')} {row.get('_folder', '')}")
    variant = str(row.get("varid") or row.get("variant") or (named.group(1) if named else "1"))
    question = read_text(row, "question")

    return BenchmarkItem(
        "dynamath",
        f"{problem}-{variant}",
        question,
        read_text(row, "answer_type"),
        read_text(row, "ground_truth", "answer"),
        images=find_row_images(row, root),
        cluster=problem,
        group={"problem": problem, "variant": variant, **read_metadata(row, "subject")},
        unit=find_requested_unit(question),
    )


def wemath(row: RowFields, root: Path) -> BenchmarkItem:
    """WeMath: ID, split, key ("2steps_1", ..., "2steps_multi"), question, option, answer,
    image_path.

    Some published lists of options cannot be told apart ("C. No.; F. No correct answer"). Their
    letters are known all the same, and so is the truth, which is one.
    """
    problem = f"{read_text(row, 'ID')}"
    key = read_text(row, "key")
    problem = f"{key.split('_')[0]}-{problem}"  # ids of two-step and three-step problems overlap
    question = read_text(row, "question")
    truth = read_text(row, "answer")
    listed = row.get("option")

    if isinstance(listed, str) and not is_missing_text(listed):
        options = split_lettered_options(listed) or _letters_up_to_last(listed, truth)
        prompt_text = f"{question}\n{listed}"
    else:
        options = add_labels(strip_labels(read_item_options(row, "option", "options", "choices")))
        prompt_text = with_options(question, strip_labels(options))

    if not options:
        raise DatasetError("a choice without options")

    return BenchmarkItem(
        "wemath",
        f"{problem}-{key}",
        with_hint(prompt_text, row),
        "mc",
        truth,
        options,
        images=find_row_images(row, root),
        cluster=problem,
        group={"problem": problem, "key": key},
    )


def logicvista(row: RowFields, root: Path) -> BenchmarkItem:
    """LogicVista: question, answer ("C" or "B, D"), imagename, skill; keyed by id in JSON."""
    identifier = read_text(row, "index", "id", "_key", "question_id", "imagename")
    skill = row.get("skill")

    return BenchmarkItem(
        "logicvista",
        identifier,
        read_text(row, "question"),
        "mc-image",
        read_text(row, "answer"),
        images=find_row_images(row, root),
        cluster=identifier,
        group={
            "skill": ", ".join(map(str, skill)) if isinstance(skill, list) else str(skill or "")
        },
    )


def cv_bench(row: RowFields, root: Path) -> BenchmarkItem:
    """CV-Bench: idx, type, task, image, question, choices, answer, prompt, source, filename."""
    options = read_item_options(row, "choices", "options")
    if not options:
        raise DatasetError("a choice without options")

    identifier = _unique_id(row, "idx")
    prompt_text = with_hint(with_options(read_text(row, "question"), strip_labels(options)), row)
    group = read_metadata(row, "source", "type", "task")
    group |= {
        name: read_text(row, other)
        for name, other in _VLMEVALKIT_COLUMNS.items()
        if name not in group and row.get(other)
    }

    return BenchmarkItem(
        "cv-bench",
        identifier,
        (prompt_text if is_missing_text(row.get("prompt")) else str(row["prompt"]))
        + "\n"
        + _LETTER_ONLY,
        group.get("task", "choice"),
        read_text(row, "answer"),
        options,
        images=find_row_images(row, root),
        cluster=str(row.get("filename") or identifier),
        group=group,
    )


_VLMEVALKIT_COLUMNS = {"type": "split", "task": "category"}
"""CV-Bench's columns in VLMEvalKit's tables."""


def vsi_bench(row: RowFields, root: Path) -> BenchmarkItem:
    """VSI-Bench: id, dataset, scene_name, question_type, question, ground_truth, options; videos at
    dataset/scene_name.mp4, or a folder of frames of that name. Or VLMEvalKit's video, candidates
    and answer.
    """
    kind = read_text(row, "question_type")
    if kind not in NUMERIC_TYPES + CHOICE_TYPES:
        raise DatasetError(f"{shorten_value(kind)!r} is not a question type of VSI-Bench")

    options = read_item_options(row, "options", "candidates") if kind in CHOICE_TYPES else ()
    if kind in CHOICE_TYPES and not options:
        raise DatasetError("a choice without options")

    truth = read_text(row, "ground_truth", "answer")
    if kind in NUMERIC_TYPES:
        parse_finite_number(truth)

    listed = options if strip_labels(options) != options else add_labels(options)
    lines = [_VIDEO_PREFIX, read_text(row, "question")]
    lines += [_ONE_WORD] if kind in NUMERIC_TYPES else ["Options:", *listed, _LETTER_ONLY]
    scene = _scene_name(row)

    return BenchmarkItem(
        "vsi-bench",
        read_text(row, "id", "index"),
        "\n".join(lines),
        kind,
        truth,
        options,
        video=find_row_video(row, root, scene),
        cluster=scene,
        group={"question_type": kind, "pruned": str(row.get("pruned", ""))},
    )


RowFormat = Callable[[RowFields, Path], BenchmarkItem]

ROW_FORMATS: dict[str, RowFormat] = {
    "mathvista": mathvista,
    "mathvision": mathvision,
    "mathverse": mathverse,
    "dynamath": dynamath,
    "wemath": wemath,
    "logicvista": logicvista,
    "cv-bench": cv_bench,
    "vsi-bench": vsi_bench,
}

AUTHORS_COLUMNS = {
    "mathvista": "pid, question, image, choices, answer, question_type, answer_type",
    "mathvision": "id, question, options, answer, image",
    "mathverse": (
        "sample_index, problem_index, problem_version, question, image, answer, question_type"
    ),
    "dynamath": "id, question, image, ground_truth, answer_type",
    "wemath": "ID, key, question, option, answer, image_path",
    "logicvista": "imagename, question, answer, skill",
    "cv-bench": "idx, type, task, image, question, choices, answer, source",
    "vsi-bench": "id, dataset, scene_name, question_type, question, ground_truth, options",
}
"""What the authors' own rows hold, to say where none can be read."""

TABLE_COLUMNS = "index, image, question, A, B, C, ..., answer"
"""VLMEvalKit's tables (VSI-Bench: video, candidates, answer)."""


def _letters_up_to_last(text: str, truth: str) -> tuple[str, ...]:
    """The bare letters up to the last that labels something in the text, or is the truth."""
    named = [*re.findall(r"(?<![A-Za-z∠])([A-H])\s*[.．、:：)]", text), truth.strip()]
    last = max(
        (letter for letter in named if len(letter) == 1 and letter in OPTION_LETTERS), default=""
    )
    return tuple(OPTION_LETTERS[: OPTION_LETTERS.index(last) + 1]) if last else ()


def _unique_id(row: RowFields, name: str) -> str:
    """The id; rows that are only numbered, in several tables, need their table's name before it."""
    if not is_missing_text(row.get(name)):
        return read_text(row, name)
    return f"{row.get('_file', '')}-{read_text(row, 'index', 'id')}"


def _image_cluster(row: RowFields, identifier: str) -> str:
    """The picture that questions share, where the row names it."""
    name = row.get("image")
    return name if isinstance(name, str) and len(name) < 200 else identifier


def _scene_name(row: RowFields) -> str:
    """The video's name without its ending: "scannet/scene0011_00"."""
    if is_missing_text(row.get("scene_name")):
        return read_text(row, "video").rpartition(".")[0] or read_text(row, "video")
    return f"{read_text(row, 'dataset')}/{read_text(row, 'scene_name')}"
