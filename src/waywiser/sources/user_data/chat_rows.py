"""Rows of conversations: `messages` (role, content) and `conversations` (from, value)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from waywiser.errors import DatasetError
from waywiser.prompting.messages import IMAGE_PLACEHOLDER
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.user_data.fields import (
    extract_tagged_media,
    find_id,
    find_pictures,
    find_task,
    find_videos,
    is_missing,
    is_quality_label,
    parse_list_text,
)
from waywiser.sources.user_data.responses import split_response

_USER_ROLES = {"user", "human"}
_ASSISTANT_ROLES = {"assistant", "gpt", "model", "bot", "chatgpt"}
_SYSTEM_ROLES = {"system", "developer"}
_REASONING_KEYS = ("reasoning_content", "thinking", "reasoning")
CONVERSATION_KEYS = ("conversations", "conversation", "texts")
VIDEO_PLACEHOLDER = "<video>"
TURNS_SPLIT = (
    "a conversation had several questions: each became one of its own, without the turns before it"
)
SYSTEM_DROPPED = "a system message was left out: set prompt.system to use one"


@dataclass(slots=True)
class _Turn:
    role: str
    text: str
    pictures: list[Any] = field(default_factory=list)
    videos: list[Any] = field(default_factory=list)


def questions_from_messages(row: Mapping[str, Any]) -> list[RawQuestion]:
    """Questions of a row with `messages`, or with `prompt` and, where the answer stands there,
    `completion`.

    Of two replies to a prompt it is the `chosen` one, which may come with the prompt in it.
    """
    reply = _parse_turns(row.get("completion"), row.get("chosen"))
    if any(turn.role == "user" for turn in reply):
        return _questions(row, reply)

    return _questions(
        row, [*_parse_turns(row.get("messages"), row.get("prompt"), speaker="user"), *reply]
    )


def questions_from_conversations(row: Mapping[str, Any]) -> list[RawQuestion]:
    """Questions of a row with `conversations`, of {from, value} or {role, content}, or a mapping a
    pair of turns.
    """
    user_turns = _parse_turns(*(row.get(key) for key in CONVERSATION_KEYS))
    return _questions(row, [*user_turns, *_parse_turns(row.get("chosen"))])


def _questions(row: Mapping[str, Any], turns: list[_Turn]) -> list[RawQuestion]:
    """One question for each turn of the user. The row's pictures go to the turns that place them,
    else to the first.
    """
    user_turns = [
        (turn, _find_reply(turns, n)) for n, turn in enumerate(turns) if turn.role == "user"
    ]
    if not user_turns:
        raise DatasetError(
            "the conversation has no user turn: each needs a message whose role is user"
        )

    pictures = find_pictures(row)
    videos = find_videos(row)
    answer, response = find_answer_or_reply(row)
    questions: list[RawQuestion] = []

    for number, (turn, reply) in enumerate(user_turns):
        last = number == len(user_turns) - 1
        text, turn_videos = _split_videos(turn)
        places = text.count(IMAGE_PLACEHOLDER)
        turn_pictures = list(turn.pictures)

        if not turn_pictures:
            count = (
                places
                if places and places <= len(pictures)
                else (len(pictures) if number == 0 else 0)
            )

            turn_pictures = pictures[:count]
            pictures = pictures[count:]

        if not turn_videos and number == 0:
            turn_videos = videos
            videos = []

        questions.append(
            RawQuestion(
                text=text,
                answer=answer if last else None,
                response=response if last and answer is None and response is not None else reply,
                reasoning=(
                    split_response(reply).reasoning
                    if last and reply and "</think>" in reply
                    else None
                ),
                options=row.get("options") if last else None,
                pictures=turn_pictures,
                videos=turn_videos,
                task=find_task(row),
                id=find_id(row),
                turn=number,
            )
        )

    if len(user_turns) > 1:
        # Questions after the first are about the same pictures, unless they bring their own.
        for question in questions[1:]:
            question.pictures = question.pictures or questions[0].pictures
            question.videos = question.videos or questions[0].videos

        questions[0].notes.append(TURNS_SPLIT)

    if any(turn.role == "system" for turn in turns) or not is_missing(row.get("system")):
        questions[0].notes.append(SYSTEM_DROPPED)

    return questions


def find_answer_or_reply(row: Mapping[str, Any]) -> tuple[Any, str | None]:
    """The answer that stands beside a conversation, or a reply that ends in it."""
    if isinstance(row.get("answer"), Mapping):
        return row["answer"], None

    model = row.get("reward_model")
    if isinstance(model, str):
        model = _json_or_none(model)
    if isinstance(model, Mapping) and not is_missing(model.get("ground_truth")):
        return model["ground_truth"], None

    for key in ("solution", "ground_truth", "answer", "label"):
        value = row.get(key)
        if is_missing(value) or is_quality_label(key, value):
            continue
        if key == "solution" and isinstance(value, str):
            return None, value

        return value, None

    return None, None


def _find_reply(turns: list[_Turn], number: int) -> str | None:
    """The assistant's turn that follows; turns of tools between them are passed over."""
    for turn in turns[number + 1 :]:
        if turn.role == "assistant":
            return turn.text
        if turn.role == "user":
            return None

    return None


def _parse_turns(*values: Any, speaker: str = "assistant") -> list[_Turn]:
    """The turns of the first of some fields that holds messages, or what the `speaker` says.

    The text of a list is read, as tables have it.
    """
    for value in values:
        if isinstance(value, str) and value.lstrip().startswith("["):
            value = parse_list_text(value)
        if isinstance(value, str) and value:
            return [_parse_content(speaker, value)]
        if isinstance(value, Mapping):
            value = [value]
        if isinstance(value, list | tuple) and value:
            return [turn for message in value for turn in _parse_message_turns(message)]

    return []


def _parse_message_turns(message: Any) -> list[_Turn]:
    """The turn of a message, or the two of a mapping of what both sides say: {"user": ...,
    "assistant": ...}.
    """
    if not isinstance(message, Mapping):
        raise DatasetError("a message is not a mapping of role and content")
    if message.get("role") or message.get("from"):
        return [_parse_message(message)]

    pair = [
        (role_name, message[role_name])
        for role_name in message
        if str(role_name).lower() in _USER_ROLES | _ASSISTANT_ROLES
    ]

    pair.sort(key=lambda item: str(item[0]).lower() not in _USER_ROLES)
    return [
        _parse_message({"role": role_name, "content": content}) for role_name, content in pair
    ] or [_parse_message(message)]


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _parse_message(message: Mapping[str, Any]) -> _Turn:
    role_name = str(message.get("role") or message.get("from") or "").lower()
    role = (
        "user"
        if role_name in _USER_ROLES
        else (
            "assistant"
            if role_name in _ASSISTANT_ROLES
            else "system"
            if role_name in _SYSTEM_ROLES
            else role_name
        )
    )

    turn = _parse_content(
        role, message.get("value") if message.get("content") is None else message.get("content")
    )

    chain = next(
        (
            message[key]
            for key in _REASONING_KEYS
            if isinstance(message.get(key), str) and message[key]
        ),
        None,
    )
    if role == "assistant" and chain and "</think>" not in turn.text:
        turn.text = f"<think>{chain}</think>{turn.text}"

    return turn


def _parse_content(role: str, content: Any) -> _Turn:
    if content is None or isinstance(content, str):
        text, pictures, videos = (
            extract_tagged_media(content or "") if role == "user" else (content or "", [], [])
        )

        return _Turn(role, text, list(pictures), list(videos))

    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list | tuple):
        raise DatasetError("a message's content is neither text nor a list of parts")

    return _parse_parts(role, content)


def _parse_parts(role: str, parts: Any) -> _Turn:
    turn = _Turn(role, "")
    places = 0

    for part in parts:
        if isinstance(part, str):
            turn.text += part
            continue
        if not isinstance(part, Mapping):
            raise DatasetError("a part of a message is neither text nor a mapping")

        kind = str(part.get("type") or "")
        if kind in ("text", "input_text", "output_text") or (not kind and "text" in part):
            turn.text += str(part.get("text") or "")
        elif kind in ("image", "image_url", "input_image"):
            value = _media_value(part, ("image", "image_url", "url", "path", "bytes"))
            turn.text += IMAGE_PLACEHOLDER
            places += 1

            if not is_missing(value):
                turn.pictures.append(value)
        elif kind in ("video", "video_url"):
            value = _media_value(part, ("video", "video_url", "url", "path"))
            turn.text += VIDEO_PLACEHOLDER

            if not is_missing(value):
                turn.videos.append(value)
        else:
            raise DatasetError(
                f"a part of a message is of kind {kind!r}, which is neither text, picture nor video"
            )

    return turn


def _media_value(part: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = part.get(key)
        if isinstance(value, Mapping) and "url" in value:
            value = value["url"]
        if not is_missing(value):
            return value

    return None


def _split_videos(turn: _Turn) -> tuple[str, list[Any]]:
    """The text without places of videos, whose frames go before it, and the turn's own videos."""
    return turn.text.replace(VIDEO_PLACEHOLDER, "").strip(), turn.videos
