"""What every processor gets when it is loaded: prompts padded on the left, and text of users that
stays text.

Generation goes on at the right end of a row, so a batch of prompts has its padding on the left.
Many folders (Qwen-VL among them) leave their tokenizer at the right, and TRL calls the processor
without naming a side.

What a user wrote is text, even where it spells a control token: a typed `<|image_pad|>` must not
become the place of a picture. transformers can encode such tokens as plain text when it renders and
tokenizes a chat in one call; TRL does it in two, so the marks between the two are set and read
here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from transformers.utils.chat_template_utils import _CONTROL_TOKEN_END as MARK_END
from transformers.utils.chat_template_utils import _CONTROL_TOKEN_START as MARK
from transformers.utils.chat_template_utils import _get_control_token_patterns, mark_control_tokens

from waywiser.json_types import JsonObject

TEXT_TAGS = ("<think>", "</think>", "<answer>", "</answer>")
"""Written in questions and answers on purpose: they stay tokens where a tokenizer has them as
tokens.
"""


class ChatProcessor:
    """Mix-in for a ProcessorMixin; `as_chat_processor` puts it on a loaded one."""

    tokenizer: Any
    _source_padding: tuple[str, Any] | None = None
    """Side and backend settings that the folder came with, and that a saved folder gets again."""

    def apply_chat_template(
        self, conversation: Any, chat_template: str | None = None, **kwargs: Any
    ) -> Any:
        """As transformers', with control tokens in messages taken as text.

        Without `tokenize` the text that is returned carries marks, which calling the processor on
        it takes out.
        """
        kwargs.pop("sanitize_control_tokens", None)

        if not kwargs.get(
            "return_assistant_tokens_mask"
        ):  # the mask is counted in the text without marks
            conversation = self._escape_conversation(conversation)

        return cast(Any, super()).apply_chat_template(conversation, chat_template, **kwargs)

    def __call__(
        self, images: Any = None, text: Any = None, videos: Any = None, **kwargs: Any
    ) -> Any:
        """As transformers', reading the marks of `apply_chat_template`."""
        texts = [text] if isinstance(text, str) else text or []
        if any(isinstance(sample, str) and MARK in sample for sample in texts):
            # the template has written the tokens around a text already
            kwargs = {"add_special_tokens": False, **kwargs, "sanitize_control_tokens": True}

        return cast(Any, super()).__call__(images=images, text=text, videos=videos, **kwargs)

    def escape_control_tokens(self, text: str) -> str:
        """`text` with marks around its control tokens: in a call of this processor it is encoded as
        text.
        """
        return mark_control_tokens(text, self._control_tokens())

    def save_pretrained(self, save_directory: Any, **kwargs: Any) -> Any:
        """As transformers', with the padding that the source folder had."""
        with _use_padding(self.tokenizer, self._source_padding):
            return cast(Any, super()).save_pretrained(save_directory, **kwargs)

    def _escape_conversation(self, conversation: Any) -> Any:
        """Conversations, or one, with the text of every message marked."""
        return [
            (
                self._escape_conversation(item)
                if isinstance(item, list | tuple)
                else {**item, "content": self._escape_content(item)}
            )
            for item in conversation
        ]

    def _escape_content(self, message: JsonObject) -> Any:
        content = message.get("content")
        if isinstance(content, str):
            return self.escape_control_tokens(content)
        if not isinstance(content, list | tuple):
            return content

        return [
            (
                {**part, "text": self.escape_control_tokens(part["text"])}
                if isinstance(part.get("text"), str)
                else part
            )
            for part in content
        ]

    def _control_tokens(self) -> Any:
        special = [
            token.content for token in self.tokenizer.added_tokens_decoder.values() if token.special
        ]
        pattern, _ = _get_control_token_patterns(
            tuple(token for token in special if token not in TEXT_TAGS)
        )

        return pattern


def strip_control_marks(text: str) -> str:
    """The text of `apply_chat_template` as people read it."""
    return text.replace(MARK, "").replace(MARK_END, "")


def as_chat_processor(processor: Any) -> Any:
    """The processor itself, made a `ChatProcessor` that pads on the left."""
    if not isinstance(processor, ChatProcessor):
        processor.__class__ = _chat_processor_class(type(processor))

    tokenizer = processor.tokenizer
    processor._source_padding = (tokenizer.padding_side, _backend_padding(tokenizer))
    tokenizer.padding_side = "left"

    return processor


@cache
def _chat_processor_class(stock: type) -> type:
    """A processor class of transformers with the mix-in, under its own name, which saved folders
    hold.
    """
    return type(
        stock.__name__,
        (ChatProcessor, stock),
        {"__module__": stock.__module__, "__doc__": stock.__doc__},
    )


@contextmanager
def _use_padding(tokenizer: Any, settings: tuple[str, Any] | None) -> Iterator[None]:
    """Within this context the tokenizer pads as `settings` say; None changes nothing."""
    if settings is None:
        yield
        return

    previous = (tokenizer.padding_side, _backend_padding(tokenizer))
    _set_padding(tokenizer, settings)

    try:
        yield
    finally:
        _set_padding(tokenizer, previous)


def _backend_padding(tokenizer: Any) -> Any:
    """Padding of the last batch, which a fast tokenizer writes to tokenizer.json and reads as the
    default.
    """
    return getattr(getattr(tokenizer, "backend_tokenizer", None), "padding", None)


def _set_padding(tokenizer: Any, settings: tuple[str, Any]) -> None:
    side, backend = settings
    tokenizer.padding_side = side
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        return

    if backend is None:
        tokenizer.backend_tokenizer.no_padding()
    else:
        tokenizer.backend_tokenizer.enable_padding(**backend)
