"""Layouts of published rows for vision-language training, each as a function row -> questions.

- messages: OpenAI, ms-swift, TRL (also `prompt` with `completion` or `chosen`), and verl
  (`prompt`, `reward_model`)
- conversations: LLaVA, ShareGPT, VLM-R1; `texts` of pairs as in The Cauldron
- problem: R1-V, open-r1-multimodal, Video-R1, SpaceR, EasyR1, ScienceQA, AI2D, tables with question
  and answer
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from waywiser.errors import DatasetError
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.user_data.chat_rows import (
    CONVERSATION_KEYS,
    questions_from_conversations,
    questions_from_messages,
)
from waywiser.sources.user_data.problem_rows import QUESTION_KEYS, questions_from_problem

RowReader = Callable[[Mapping[str, Any]], list[RawQuestion]]

LAYOUTS: dict[str, RowReader] = {
    "messages": questions_from_messages,
    "conversations": questions_from_conversations,
    "problem": questions_from_problem,
}
ALIASES = {
    "openai": "messages",
    "ms-swift": "messages",
    "swift": "messages",
    "trl": "messages",
    "verl": "messages",
    "llava": "conversations",
    "sharegpt": "conversations",
    "vlm-r1": "conversations",
    "r1-v": "problem",
    "open-r1": "problem",
    "open-r1-multimodal": "problem",
    "video-r1": "problem",
    "spacer": "problem",
    "easyr1": "problem",
    "qa": "problem",
}
"""Other names of layouts."""


def canonical_layout(name: str) -> str:
    layout = ALIASES.get(name.lower(), name.lower())
    if layout not in LAYOUTS:
        known = ", ".join(["auto", "waywiser", *LAYOUTS, *ALIASES])
        raise DatasetError(f"unknown data.format {name!r}: choose from {known}")
    return layout


def layout_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The layout that most rows have, by their keys.

    Raises DatasetError, which names the keys, if no row has a known layout.
    """
    votes = dict.fromkeys(LAYOUTS, 0)
    seen: dict[str, None] = {}

    for row in rows:
        seen |= dict.fromkeys(str(key) for key in row if not str(key).startswith("_"))
        if (layout := _layout_of_row(row)) is not None:
            votes[layout] += 1

    best = max(votes, key=lambda name: votes[name])
    if votes[best]:
        return best

    field_names = ", ".join(list(seen)[:20]) or "nothing"
    raise DatasetError(
        f"no known layout: its fields are {field_names}. Known are messages, conversations, and"
        " problem or question with solution or answer; for others write a mapping and give it as"
        " data.mapping (docs/guide/your_data.md)"
    )


def read_row(row: Mapping[str, Any], layout: str) -> list[RawQuestion]:
    """The questions of a row by its own layout, which may differ from the layout of its file."""
    return LAYOUTS[_layout_of_row(row) or layout](row)


def _layout_of_row(row: Mapping[str, Any]) -> str | None:
    if any(_is_chat(row.get(key)) for key in CONVERSATION_KEYS):
        return "conversations"

    if any(
        _is_chat(row.get(key))
        for key in ("messages", "prompt", "context_messages", "completion", "chosen")
    ):
        return "messages"

    if any(isinstance(row.get(key), str) and row[key] for key in QUESTION_KEYS):
        return "problem"

    return None


def _is_chat(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("[{")
    return isinstance(value, list) and len(value) > 0 and isinstance(value[0], Mapping)
