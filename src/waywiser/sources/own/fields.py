"""The fields that layouts share: pictures, videos, names, under all the keys that people give them."""

import json
import re
from collections.abc import Mapping, Sized
from typing import Any

PICTURE_KEYS = (
    *("images", "image", "decoded_image", "image_path", "image_paths", "image_file", "image_files", "pictures"),
    *("picture", "img", "img_path", "imgs", "image_bytes"),
)
VIDEO_KEYS = ("videos", "video", "video_path", "video_paths", "video_file")
ID_KEYS = ("id", "problem_id", "question_id", "sample_id", "pid", "uid", "qid", "index", "idx")
TASK_KEYS = ("task", "problem_type", "question_type", "task_type", "ability")
_NUMBERED = re.compile(r"image_?(\d+)")
_VIDEO_ENDINGS = (".mp4", ".mkv", ".mov", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".gif")


def is_missing(value: Any) -> bool:
    """None, NaN, and text or lists of nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, Sized) and len(value) == 0


def pictures_of(row: Mapping[str, Any]) -> list[Any]:
    """The pictures of a row, from the first field that has any; `image_1`, `image_2`, ... count as one field."""
    for key in PICTURE_KEYS:
        if not is_missing(row.get(key)):
            return as_list(row[key])

    numbered = [(int(match[1]), key) for key in row if (match := _NUMBERED.fullmatch(str(key)))]
    return [row[key] for _, key in sorted(numbered) if not is_missing(row[key])]


def videos_of(row: Mapping[str, Any]) -> list[Any]:
    """The videos of a row; a list of frames counts as one."""
    for key in VIDEO_KEYS:
        value = row.get(key)
        if is_missing(value):
            continue
        listed = as_list(value)
        frames = all(isinstance(item, str) and not item.lower().endswith(_VIDEO_ENDINGS) for item in listed)
        return [listed] if frames and len(listed) > 1 else listed
    return []


def as_list(value: Any) -> list[Any]:
    """A value as a list; JSON text of a list (as tables hold it) is read."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
        return parsed if isinstance(parsed, list) else [value]
    if isinstance(value, list | tuple):
        return list(value)
    return [value]


def name_of(row: Mapping[str, Any]) -> str | None:
    """What a row is called."""
    for key in ID_KEYS:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def task_of(row: Mapping[str, Any]) -> str | None:
    """What kind of question a row says it is, as a short name."""
    for key in TASK_KEYS:
        value = row.get(key)
        if isinstance(value, str) and 0 < len(value.strip()) <= 48:
            return re.sub(r"[\s/]+", "_", value.strip().lower())
    return None
