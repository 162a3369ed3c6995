"""Prompts: the text of a question and the prompt format, the same wherever a model is asked."""

from waywiser.prompting.prompt_format import (
    INSTRUCTIONS,
    PROMPT_FILE,
    SYSTEM_PROMPTS,
    PromptConfig,
    PromptFormat,
    preset_text,
    read_prompt_format,
    write_prompt_format,
)

from .messages import content_parts, conversation, sample_messages
from .question import (
    LETTERS,
    label_of,
    lettered,
    letters_options,
    question_text,
    shows_options,
    without_lists,
)

__all__ = [
    "INSTRUCTIONS",
    "LETTERS",
    "PROMPT_FILE",
    "SYSTEM_PROMPTS",
    "PromptConfig",
    "PromptFormat",
    "content_parts",
    "conversation",
    "label_of",
    "lettered",
    "letters_options",
    "preset_text",
    "question_text",
    "read_prompt_format",
    "sample_messages",
    "shows_options",
    "without_lists",
    "write_prompt_format",
]
