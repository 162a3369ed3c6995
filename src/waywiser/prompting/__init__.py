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
from waywiser.prompting.question import (
    OPTION_LETTERS,
    add_option_letters,
    label_of,
    letters_options,
    question_text,
    shows_options,
    strip_option_list,
)

from .frames import is_clip, limit_frames
from .messages import content_parts, conversation, sample_messages

__all__ = [
    "INSTRUCTIONS",
    "OPTION_LETTERS",
    "PROMPT_FILE",
    "SYSTEM_PROMPTS",
    "PromptConfig",
    "PromptFormat",
    "add_option_letters",
    "content_parts",
    "conversation",
    "is_clip",
    "label_of",
    "letters_options",
    "limit_frames",
    "preset_text",
    "question_text",
    "read_prompt_format",
    "sample_messages",
    "shows_options",
    "strip_option_list",
    "write_prompt_format",
]
