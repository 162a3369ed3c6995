"""Presets, and what a model folder remembers."""

from pathlib import Path

import pytest

from waywiser.errors import ModelError, RecipeError
from waywiser.prompting import (
    PROMPT_FILE,
    SYSTEM_PROMPTS,
    PromptConfig,
    PromptFormat,
    conversation,
    read_prompt_format,
    write_prompt_format,
)


@pytest.mark.case(65)
def test_a_recipe_says_what_a_model_is_told() -> None:
    prompt = PromptConfig(system="m2-reasoning", instruction="think-answer").resolve()
    assert prompt.system == SYSTEM_PROMPTS["m2-reasoning"]
    messages = conversation("How many?", [], prompt)
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[1]["content"][-1]["text"].startswith(
        "How many?\nReason step by step inside <think>"
    )


def test_a_models_own_prompt_is_the_default_and_can_be_overruled(tmp_path: Path) -> None:
    write_prompt_format(tmp_path, PromptFormat(system="Be brief.", instruction="Answer in tags."))
    assert PromptConfig().resolve(tmp_path) == PromptFormat(
        system="Be brief.", instruction="Answer in tags."
    )
    assert PromptConfig(system="none").resolve(tmp_path) == PromptFormat(
        instruction="Answer in tags."
    )
    assert PromptConfig(instruction="none").resolve(tmp_path) == PromptFormat(system="Be brief.")


def test_a_family_has_a_default_of_its_own(tmp_path: Path) -> None:
    assert (
        PromptConfig().resolve(tmp_path, "bailing_qwen2_5").system == SYSTEM_PROMPTS["m2-reasoning"]
    )
    assert PromptConfig().resolve(tmp_path, "qwen2_5_vl") == PromptFormat()


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match="did you mean think-answer"):
        PromptConfig(system="think-anser").resolve()


@pytest.mark.parametrize("content", ["", "[]", '{"sistem": "a"}', "\x00"])
def test_a_damaged_record_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / PROMPT_FILE).write_text(content)
    with pytest.raises(ModelError, match="is damaged: delete it"):
        read_prompt_format(tmp_path)
