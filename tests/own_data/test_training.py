"""Each layout trains by one command, nothing prepared: SFT and RLVR, two steps."""

import json
from pathlib import Path

import pytest

from helpers.row_layouts import LAYOUTS
from waywiser.cli import main

RECIPES = Path(__file__).parents[2] / "recipes"
SHORT = ["--max_steps", "2", "--log_steps", "1", "--warmup_steps", "0", "--threads", "1"]
RLVR = ["--prompts_per_step", "2", "--num_generations", "2", "--max_completion_length", "8"]


def options(name: str, folder: Path) -> list[str]:
    return ["--data.images", str(folder / "elsewhere")] if name == "vlm_r1" else []


def steps(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("stage", ["sft", "rlvr"])
def test_a_layout_trains_by_one_command(
    tmp_path: Path, model_folder: Path, name: str, stage: str
) -> None:
    path = LAYOUTS[name](tmp_path)
    out = tmp_path / "run"
    extra = RLVR if stage == "rlvr" else []
    arguments = [
        "--data.path",
        str(path),
        "--out",
        str(out),
        "--model",
        str(model_folder),
        *options(name, tmp_path),
    ]
    code = main(["train", str(RECIPES / f"own_data_{stage}.yaml"), *arguments, *SHORT, *extra])
    assert code == 0
    assert [row["step"] for row in steps(out)] == [1, 2]
    assert (out / "model" / "model.safetensors").is_file()
