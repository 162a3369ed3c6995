"""Published shapes: parameters as published, names as people write them, tokens without a
processor's files.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers.qwen_tiny import tiny_qwen
from waywiser.cli import main
from waywiser.errors import ModelError
from waywiser.models.checkpoints import build_on_meta
from waywiser.models.model_plan import ModelPlanRequest, plan_model
from waywiser.models.published import find_hub_id, find_published_model, suggest_model_name
from waywiser.recipe import build
from waywiser.training.run.training_plan import Hardware, plan_training
from waywiser.training.train import load_recipe

PUBLISHED = {
    # Half of total_size in the index of each repository: all weights are bfloat16.
    "Qwen/Qwen2-VL-2B-Instruct": 4_417_971_200 // 2,
    "Qwen/Qwen2-VL-7B-Instruct": 16_582_751_232 // 2,
    "Qwen/Qwen2-VL-72B-Instruct": 146_811_120_640 // 2,
    "Qwen/Qwen2.5-VL-3B-Instruct": 7_509_245_952 // 2,
    "Qwen/Qwen2.5-VL-7B-Instruct": 16_584_333_312 // 2,
    "Qwen/Qwen2.5-VL-32B-Instruct": 66_905_436_672 // 2,
    "Qwen/Qwen2.5-VL-72B-Instruct": 146_821_554_688 // 2,
    "Qwen/Qwen3-VL-2B-Instruct": 4_255_064_064 // 2,
    "Qwen/Qwen3-VL-4B-Instruct": 8_875_631_616 // 2,
    "Qwen/Qwen3-VL-8B-Instruct": 17_534_247_392 // 2,
    "Qwen/Qwen3-VL-32B-Instruct": 66_714_780_128 // 2,
    "Qwen/Qwen3-VL-30B-A3B-Instruct": 62_141_508_064 // 2,
    "inclusionAI/M2-Reasoning": 8_357_976_576,
}
SCALE = Path(__file__).parents[2] / "recipes" / "scale"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_parameters_are_those_published(name: str) -> None:
    model = find_published_model(name)
    assert model is not None
    counted = sum(value.numel() for value in build_on_meta(model.config).parameters())
    assert counted == model.parameters == PUBLISHED[name]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("Qwen2.5-VL-7B-Instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("qwen/qwen2.5-vl-7b-instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("QWEN3-VL-8B-THINKING", "Qwen/Qwen3-VL-8B-Thinking"),
        ("hub:Qwen/Qwen3-VL-2B-Instruct", "Qwen/Qwen3-VL-2B-Instruct"),
        ("inclusionAI/M2-Reasoning", "inclusionAI/M2-Reasoning"),
        ("m2-reasoning-7b", "inclusionAI/M2-Reasoning-7B"),
    ],
)
def test_names_as_people_write_them(written: str, name: str) -> None:
    assert find_hub_id(written) == name
    found = find_published_model(written)
    assert found is not None
    assert found.id == name
    assert suggest_model_name(written) is None


@pytest.mark.parametrize(
    "written", ["Qwen2.5-VL-7B-Instrct", "Qwen/Qwen2.5-VL-7B", "qwen2_5-vl-7b-instruct"]
)
def test_near_misses_are_asked_about(written: str) -> None:
    assert find_hub_id(written) is None
    with pytest.raises(ModelError, match=r"did you mean Qwen/Qwen2\.5-VL-7B-Instruct\?"):
        plan_model(ModelPlanRequest(model=written))


def test_a_plan_by_name_says_where_its_shape_is_from(capsys: Any) -> None:
    assert (
        main(["plan", "--model", "qwen2.5-vl-3b-instruct", "--width", "1280", "--height", "720"])
        == 0
    )
    shown = capsys.readouterr().out
    assert "as Qwen/Qwen2.5-VL-3B-Instruct is published: 3.75B parameters" in shown
    assert "a picture of 1280 x 720: 1196 tokens" in shown  # 46 x 26
    assert "a video of 10 s: 20 frames, 7200 tokens" in shown
    assert "on weights in 4 bits" in shown
    assert main(["plan", "--model", "Qwen3-VL-4B-Instruct", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["image_tokens"] == 40 * 22  # 1280 x 704, patches of 16 merged by two
    assert found["published"] == "Qwen/Qwen3-VL-4B-Instruct"


def test_a_folder_of_that_name_goes_first(tmp_path: Path) -> None:
    tiny_qwen(tmp_path / "Qwen2.5-VL-7B-Instruct", "qwen2_5_vl")
    found = plan_model(ModelPlanRequest(model="Qwen2.5-VL-7B-Instruct"))
    assert found.published is None
    assert found.parameters["total"] < 10**6


@pytest.mark.parametrize("family", ["qwen2_5_vl", "qwen3_vl"])
def test_a_folder_without_a_processor_has_the_published_tokens(family: str, tmp_path: Path) -> None:
    tiny_qwen(tmp_path / "whole", family)
    (tmp_path / "bare").mkdir()
    shutil.copy(tmp_path / "whole" / "config.json", tmp_path / "bare" / "config.json")
    bare = plan_model(ModelPlanRequest(model=str(tmp_path / "bare")))
    assert bare.image_tokens == (1196 if family == "qwen2_5_vl" else 880)
    assert bare.video_frames == 20
    assert bare.video_tokens == 7200

    images = tmp_path / "bare" / "preprocessor_config.json"
    shutil.copy(tmp_path / "whole" / images.name, images)  # of at most 100,000 pixels
    own = plan_model(ModelPlanRequest(model=str(tmp_path / "bare"))).image_tokens
    assert own == (120 if family == "qwen2_5_vl" else 91)


@pytest.mark.parametrize("path", sorted(SCALE.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_for_gpus_is_planned_before_any_download(path: Path, capsys: Any) -> None:
    if "stage" not in yaml.safe_load(path.read_text()):
        pytest.skip("a configuration of accelerate")
    recipe = load_recipe(path)
    devices = 1 if "24gb" in path.stem else 6 if "server" in path.stem else 8
    plan = plan_training(recipe, Hardware(devices=devices), build(ModelPlanRequest, {"model": ""}))
    assert plan.parameters in (
        PUBLISHED["Qwen/Qwen2.5-VL-3B-Instruct"],
        PUBLISHED["Qwen/Qwen2.5-VL-7B-Instruct"],
    )
    assert plan.missing == ["no dataset at data/rooms: there is no such file or folder"]

    assert main(["plan", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "B parameters" in shown
    assert "missing: no dataset" in shown
