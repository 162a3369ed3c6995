"""What training told a model is stored with it, and what follows uses the same unless told
otherwise.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from waywiser.cli import main
from waywiser.prompting import PROMPT_FILE

RECIPES = Path(__file__).parents[2] / "recipes"
COMMON = ["--max_steps", "1", "--warmup_steps", "0", "--threads", "1", "--log_steps", "1"]
SYSTEM = "You are a careful surveyor."
RLVR = ["--prompts_per_step", "2", "--num_generations", "2", "--max_completion_length", "6"]


def rows(folder: Path) -> Path:
    path = folder / "rows.jsonl"
    lines = [
        {"question": f"How many of {i}?", "options": ["two discs", "three discs"], "answer": "B"}
        for i in range(4)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def train(stage: str, data: Path, out: Path, model: Path, *more: str) -> None:
    recipe = str(RECIPES / f"own_data_{stage}.yaml")
    assert (
        main(
            [
                "train",
                recipe,
                "--data.path",
                str(data),
                "--out",
                str(out),
                "--model",
                str(model),
                *COMMON,
                *more,
            ]
        )
        == 0
    )


def shown(
    capsys: pytest.CaptureFixture[str], data: Path, model: Path, *more: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["show", str(data), "--model", str(model), "-n", "1", "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.case(65)
def test_rlvr_and_show_use_what_sft_stored(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = rows(tmp_path)
    keys = ["--prompt.system", SYSTEM, "--prompt.instruction", "think-answer"]
    train("sft", data, tmp_path / "sft", model_folder, *keys)
    stored = json.loads((tmp_path / "sft" / "model" / PROMPT_FILE).read_text())
    assert stored["system"] == SYSTEM
    assert stored["instruction"].startswith("Reason step by step inside <think>")

    train("rlvr", data, tmp_path / "rlvr", tmp_path / "sft" / "model", *RLVR, "--log_rollouts", "1")
    assert json.loads((tmp_path / "rlvr" / "model" / PROMPT_FILE).read_text()) == stored

    prompt = shown(capsys, data, tmp_path / "rlvr" / "model")["samples"][0]["prompt"]
    assert prompt.count(SYSTEM) == prompt.count(stored["instruction"]) == 1
    assert prompt.count("A. two discs\nB. three discs") == 1


@pytest.mark.case(35)
def test_prompts_that_are_trained_hold_the_options(tmp_path: Path, model_folder: Path) -> None:
    train("rlvr", rows(tmp_path), tmp_path / "rlvr", model_folder, *RLVR, "--log_rollouts", "1")
    lines = [
        json.loads(line) for line in (tmp_path / "rlvr" / "rollouts.jsonl").read_text().splitlines()
    ]
    assert lines
    assert all(line["question"].count("A. two discs\nB. three discs") == 1 for line in lines)


def test_a_command_can_say_otherwise(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = rows(tmp_path)
    train("sft", data, tmp_path / "sft", model_folder, "--prompt.system", SYSTEM)
    found = shown(capsys, data, tmp_path / "sft" / "model", "--system", "none")
    assert found["prompt"] == {"system": None, "instruction": None}
    assert SYSTEM not in found["samples"][0]["prompt"]
