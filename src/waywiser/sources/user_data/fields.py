"""The fields that layouts share: pictures, videos, names, under all the keys that people give
them.
"""

import ast
import json
import re
from collections.abc import Mapping, Sized
from typing import Any

from waywiser.errors import DatasetError
from waywiser.prompting.messages import IMAGE_PLACEHOLDER

PICTURE_KEYS = (
    *(
        "decoded_image",
        "images",
        "image",
        "image_path",
        "image_paths",
        "image_file",
        "image_files",
        "pictures",
    ),
    *("picture", "img", "img_path", "imgs", "image_bytes"),
)
VIDEO_KEYS = ("videos", "video", "video_path", "video_paths", "video_file")
ID_KEYS = ("id", "problem_id", "question_id", "sample_id", "pid", "uid", "qid", "index", "idx")
TASK_KEYS = ("task", "problem_type", "question_type", "task_type", "ability")
_NUMBERED = re.compile(r"(?:image|img|picture|image_path|image_file)_?(\d+)")
_PLACEHOLDER = re.compile(
    r"<\|vision_start\|><\|image_pad\|><\|vision_end\|>|<\|image\|>|<\|image_pad\|>"
    r"|<ImageHere>|<image-placeholder>"
)
_NUMBERED_PLACEHOLDER = re.compile(r"<\|?image[ _]?(\d+)\|?>")
_PICTURE_TAG = re.compile(r"<img>\s*([^<>]+?)\s*</img>")
_VIDEO_TAG = re.compile(r"<video>\s*([^<>]+?)\s*</video>")
_VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".gif")


def is_missing(value: Any) -> bool:
    """None, NaN, and text or lists of nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, Sized) and len(value) == 0


def is_quality_label(key: str, value: Any) -> bool:
    """Whether a field says that the row's reply is a good one (`label: true`), and is not an answer
    itself.

    Raises DatasetError where it says that the reply is a bad one.
    """
    if key != "label" or not isinstance(value, bool):
        return False
    if not value:
        raise DatasetError("the reply is labelled as a bad one")

    return True


def find_pictures(row: Mapping[str, Any]) -> list[Any]:
    """The pictures of a row, from the first field that has any; `image_1`, `image_2`, ... count as
    one field.

    A field of one picture is the first where the numbers begin with 2.
    """
    numbered = [(int(match[1]), key) for key in row if (match := _NUMBERED.fullmatch(str(key)))]
    numbered = sorted((number, key) for number, key in numbered if not is_missing(row[key]))
    others = [row[key] for _, key in numbered]

    for key in PICTURE_KEYS:
        pictures = [picture for picture in as_list(row.get(key)) if not is_missing(picture)]
        if pictures:
            return (
                [*pictures, *others]
                if len(pictures) == 1 and numbered and numbered[0][0] == 2
                else pictures
            )

    return others


def find_videos(row: Mapping[str, Any]) -> list[Any]:
    """The videos of a row; a list of frames counts as one."""
    for key in VIDEO_KEYS:
        value = row.get(key)
        if is_missing(value):
            continue

        items = as_list(value)
        frames = all(
            isinstance(item, str) and not item.lower().endswith(_VIDEO_SUFFIXES) for item in items
        )

        return [items] if frames and len(items) > 1 else items

    return []


def as_list(value: Any) -> list[Any]:
    """A value as a list; the text of a list (as tables hold it) is read."""
    if isinstance(value, str):
        items = parse_list_text(value)
        return [value] if items is None else items
    if isinstance(value, list | tuple):
        return list(value)

    return [value]


def parse_list_text(text: str) -> list[Any] | None:
    """The list in a text, as JSON or Python writes it; None for anything else."""
    if not text.lstrip().startswith("["):
        return None

    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        try:
            items = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None

    return items if isinstance(items, list) else None


def parse_text_list(text: str) -> list[str] | None:
    """The texts in the text of a list; None for anything else, as for the text of a list of
    numbers.
    """
    items = parse_list_text(text)
    return items if items and all(isinstance(item, str) for item in items) else None


def extract_tagged_media(text: str) -> tuple[str, list[str], list[str]]:
    """A text whose media stand in it by path (`<img>a.png</img>`), with places for them; pictures,
    videos.
    """
    pictures = _PICTURE_TAG.findall(text)
    videos = _VIDEO_TAG.findall(text)
    return _VIDEO_TAG.sub("<video>", _PICTURE_TAG.sub(IMAGE_PLACEHOLDER, text)), pictures, videos


def normalize_placeholders(text: str, pictures: list[Any]) -> tuple[str, list[Any]]:
    """The text with `<image>` for every way to write a picture's place, and its pictures in the
    order of these.

    Places by number (`<image 2>`) are read only if they name each picture once.
    """
    text = _PLACEHOLDER.sub(IMAGE_PLACEHOLDER, text)
    numbers = [int(number) for number in _NUMBERED_PLACEHOLDER.findall(text)]
    if (
        IMAGE_PLACEHOLDER in text
        or not numbers
        or sorted(numbers) != list(range(1, len(pictures) + 1))
    ):
        return text, pictures

    return _NUMBERED_PLACEHOLDER.sub(IMAGE_PLACEHOLDER, text), [
        pictures[number - 1] for number in numbers
    ]


def find_id(row: Mapping[str, Any]) -> str | None:
    """What a row is called."""
    for key in ID_KEYS:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def find_task(row: Mapping[str, Any]) -> str | None:
    """What kind of question a row says it is, as a short name."""
    for key in TASK_KEYS:
        value = row.get(key)
        if isinstance(value, str) and 0 < len(value.strip()) <= 48:
            return re.sub(r"[\s/]+", "_", value.strip().lower())
    return None
