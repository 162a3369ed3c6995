"""Rows of conversations: `messages` (role, content) and `conversations` (from, value)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from waywiser.errors import DatasetError
from waywiser.prompting.messages import PICTURE_PLACE
from waywiser.sources.own.fields import (
    is_missing,
    is_verdict,
    listed_text,
    name_of,
    pictures_of,
    tagged_media,
    task_of,
    videos_of,
)
from waywiser.sources.own.responses import split_response
from waywiser.sources.raw_question import RawQuestion

_ASKS = {"user", "human"}
_ANSWERS = {"assistant", "gpt", "model", "bot", "chatgpt"}
_SYSTEM = {"system", "developer"}
_CHAIN_KEYS = ("reasoning_content", "thinking", "reasoning")
CONVERSATION_KEYS = ("conversations", "conversation", "texts")
VIDEO_PLACE = "<video>"
SEVERAL_TURNS = "a conversation had several questions: each became one of its own, without the turns before it"
SYSTEM_DROPPED = "a system message was left out: set prompt.system to use one"


@dataclass(slots=True)
class _Turn:
    role: str
    text: str
    pictures: list[Any] = field(default_factory=list)
    videos: list[Any] = field(default_factory=list)


def messages_rows(row: Mapping[str, Any]) -> list[RawQuestion]:
    """Questions of a row with `messages`, or with `prompt` and, where the answer stands there, `completion`.

    Of two replies to a prompt it is the `chosen` one, which may come with the prompt in it.
    """
    reply = _turns(row.get("completion"), row.get("chosen"))
    if any(turn.role == "user" for turn in reply):
        return _questions(row, reply)
    return _questions(row, [*_turns(row.get("messages"), row.get("prompt"), speaker="user"), *reply])


def conversations_rows(row: Mapping[str, Any]) -> list[RawQuestion]:
    """Questions of a row with `conversations`, of {from, value} or {role, content}, or a mapping a pair of turns."""
    asked = _turns(*(row.get(key) for key in CONVERSATION_KEYS))
    return _questions(row, [*asked, *_turns(row.get("chosen"))])


def _questions(row: Mapping[str, Any], turns: list[_Turn]) -> list[RawQuestion]:
    """One question for each turn of the user. The row's pictures go to the turns that place them, else to the first."""
    asked = [(turn, _reply_to(turns, n)) for n, turn in enumerate(turns) if turn.role == "user"]
    if not asked:
        raise DatasetError("the conversation has no turn of a user")

    pictures, videos = pictures_of(row), videos_of(row)
    answer, response = given_answer(row)
    questions: list[RawQuestion] = []
    for number, (turn, reply) in enumerate(asked):
        last = number == len(asked) - 1
        text, own_videos = _placed_videos(turn)
        places = text.count(PICTURE_PLACE)
        shown = list(turn.pictures)
        if not shown:
            count = places if places and places <= len(pictures) else (len(pictures) if number == 0 else 0)
            shown, pictures = pictures[:count], pictures[count:]
        if not own_videos and number == 0:
            own_videos, videos = videos, []

        questions.append(
            RawQuestion(
                text=text,
                answer=answer if last else None,
                response=response if last and answer is None and response is not None else reply,
                reasoning=split_response(reply).reasoning if last and reply and "</think>" in reply else None,
                options=row.get("options") if last else None,
                pictures=shown,
                videos=own_videos,
                task=task_of(row),
                id=name_of(row),
                turn=number,
            )
        )

    if len(asked) > 1:
        # Questions after the first are about the same pictures, unless they bring their own.
        for question in questions[1:]:
            question.pictures = question.pictures or questions[0].pictures
            question.videos = question.videos or questions[0].videos
        questions[0].notes.append(SEVERAL_TURNS)
    if any(turn.role == "system" for turn in turns) or not is_missing(row.get("system")):
        questions[0].notes.append(SYSTEM_DROPPED)
    return questions


def given_answer(row: Mapping[str, Any]) -> tuple[Any, str | None]:
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
        if is_missing(value) or is_verdict(key, value):
            continue
        if key == "solution" and isinstance(value, str):
            return None, value
        return value, None
    return None, None


def _reply_to(turns: list[_Turn], number: int) -> str | None:
    """The assistant's turn that follows; turns of tools between them are passed over."""
    for turn in turns[number + 1 :]:
        if turn.role == "assistant":
            return turn.text
        if turn.role == "user":
            return None
    return None


def _turns(*values: Any, speaker: str = "assistant") -> list[_Turn]:
    """The turns of the first of some fields that holds messages, or what the `speaker` says.

    The text of a list is read, as tables have it.
    """
    for value in values:
        if isinstance(value, str) and value.lstrip().startswith("["):
            value = listed_text(value)
        if isinstance(value, str) and value:
            return [_content(speaker, value)]
        if isinstance(value, Mapping):
            value = [value]
        if isinstance(value, list | tuple) and value:
            return [turn for message in value for turn in _turns_of(message)]
    return []


def _turns_of(message: Any) -> list[_Turn]:
    """The turn of a message, or the two of a mapping of what both sides say: {"user": ..., "assistant": ...}."""
    if not isinstance(message, Mapping):
        raise DatasetError("a message is not a mapping of role and content")
    if message.get("role") or message.get("from"):
        return [_message(message)]

    pair = [(said, message[said]) for said in message if str(said).lower() in _ASKS | _ANSWERS]
    pair.sort(key=lambda item: str(item[0]).lower() not in _ASKS)
    return [_message({"role": said, "content": content}) for said, content in pair] or [_message(message)]


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _message(message: Mapping[str, Any]) -> _Turn:
    said = str(message.get("role") or message.get("from") or "").lower()
    role = "user" if said in _ASKS else "assistant" if said in _ANSWERS else "system" if said in _SYSTEM else said
    turn = _content(role, message.get("value") if message.get("content") is None else message.get("content"))

    chain = next((message[key] for key in _CHAIN_KEYS if isinstance(message.get(key), str) and message[key]), None)
    if role == "assistant" and chain and "</think>" not in turn.text:
        turn.text = f"<think>{chain}</think>{turn.text}"
    return turn


def _content(role: str, content: Any) -> _Turn:
    if content is None or isinstance(content, str):
        text, pictures, videos = tagged_media(content or "") if role == "user" else (content or "", [], [])
        return _Turn(role, text, list(pictures), list(videos))
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list | tuple):
        raise DatasetError("a message's content is neither text nor a list of parts")
    return _from_parts(role, content)


def _from_parts(role: str, parts: Any) -> _Turn:
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
            turn.text += PICTURE_PLACE
            places += 1
            if not is_missing(value):
                turn.pictures.append(value)
        elif kind in ("video", "video_url"):
            value = _media_value(part, ("video", "video_url", "url", "path"))
            turn.text += VIDEO_PLACE
            if not is_missing(value):
                turn.videos.append(value)
        else:
            raise DatasetError(f"a part of a message is of kind {kind!r}, which is neither text, picture nor video")
    return turn


def _media_value(part: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = part.get(key)
        if isinstance(value, Mapping) and "url" in value:
            value = value["url"]
        if not is_missing(value):
            return value
    return None


def _placed_videos(turn: _Turn) -> tuple[str, list[Any]]:
    """The text without places of videos, whose frames go before it, and the turn's own videos."""
    return turn.text.replace(VIDEO_PLACE, "").strip(), turn.videos
