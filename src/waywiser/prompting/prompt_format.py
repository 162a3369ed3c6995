"""System prompt and format instruction: what a model is told besides its question, by preset or in
your own words.

What a model was trained with is stored in its folder, and everything that asks it uses the same
unless told otherwise.
"""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import ModelError, RecipeError
from waywiser.recipe import nearest_name

PROMPT_FILE = "prompt_format.json"
"""In a model folder: the system prompt and the instruction that it was trained with."""

THINK_ANSWER = (
    "Reason step by step inside <think>...</think>, then write the answer alone inside"
    " <answer>...</answer>."
)
SYSTEM_PROMPTS: dict[str, str | None] = {
    "none": None,
    "think-answer": THINK_ANSWER,
    # The system prompt in the release's usage example (github.com/inclusionAI/M2-Reasoning).
    "m2-reasoning": (
        "You are a helpful assistant. When the user asks a question, your response must include two"
        " parts: first, the reasoning process enclosed in <think>...</think> tags, then the final"
        " answer enclosed in <answer>...</answer> tags. The critical answer or key result should be"
        " placed within \\boxed{}."
    ),
}
"""Presets of a system prompt."""
INSTRUCTIONS: dict[str, str | None] = {"none": None, "think-answer": THINK_ANSWER}
"""Presets of an instruction, which follows the question."""

_PRESET_ALIASES = {"think": "think-answer", "m2": "m2-reasoning"}
_FAMILY_DEFAULTS = {"bailing_qwen2_5": "m2-reasoning"}


class PromptFormat(BaseModel):
    """A system message and an instruction after each question, as texts; None: there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str | None = None
    instruction: str | None = None

    def with_instruction(self, question: str) -> str:
        """The question with the instruction after it."""
        return f"{question}\n{self.instruction}" if self.instruction else question


class PromptConfig(BaseModel):
    """Keys of a recipe: presets by name, a text of several words as it stands, or null for the
    model's own.

    The model's own is what its folder says it was trained with; else the preset of its family, else
    none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str | None = Field(
        default=None, description="none, think-answer, m2-reasoning, or a text"
    )
    instruction: str | None = Field(default=None, description="none, think-answer, or a text")

    def resolve(self, model: str | Path | None = None, model_type: str = "") -> PromptFormat:
        """The texts, for a model folder and its type. Raises RecipeError for an unknown preset."""
        model_format = read_prompt_format(model) if model is not None else None
        if model_format is None:
            family = _FAMILY_DEFAULTS.get(model_type, "none")
            model_format = PromptFormat(system=SYSTEM_PROMPTS[family])

        return PromptFormat(
            system=(
                model_format.system
                if self.system is None
                else preset_text(self.system, SYSTEM_PROMPTS, "system prompt")
            ),
            instruction=(
                model_format.instruction
                if self.instruction is None
                else preset_text(self.instruction, INSTRUCTIONS, "instruction")
            ),
        )


def preset_text(name: str, presets: dict[str, str | None], what: str) -> str | None:
    """The text of a preset; several words are the text itself. Raises RecipeError for an unknown
    preset.
    """
    name = _PRESET_ALIASES.get(name, name)
    if name in presets:
        return presets[name]
    if len(name.split()) > 1:
        return name

    closest = nearest_name(name, presets)
    hint = (
        f"did you mean {closest}?" if closest else f"use {', '.join(presets)} or a whole sentence"
    )

    raise RecipeError(f"{what} {name!r} is unknown: {hint}")


def read_prompt_format(folder: str | Path) -> PromptFormat | None:
    """What a model folder says it was trained with; None for one that says nothing. Raises
    ModelError if damaged.
    """
    path = Path(folder) / PROMPT_FILE
    if not path.is_file():
        return None

    try:
        return PromptFormat.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} is damaged: delete it, or say which prompt to use (prompt.system)"
        ) from error


def write_prompt_format(folder: str | Path, prompt: PromptFormat) -> None:
    """Store in a model folder what it was trained with."""
    text = json.dumps(prompt.model_dump(), ensure_ascii=False, indent=1)
    (Path(folder) / PROMPT_FILE).write_text(f"{text}\n", encoding="utf-8")
