"""Folders of M2-Reasoning, whole and not: the same folder again, or one clear line."""

import json
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoProcessor

from helpers.m2_tiny import DATA
from models.test_loading import edit_config, edit_weights, refused
from waywiser.errors import ModelError
from waywiser.models import ask, load, load_processor
from waywiser.models.m2_reasoning import M2ReasoningForConditionalGeneration, M2ReasoningProcessor
from waywiser.training.run.initial_model import load_initial_model


@pytest.fixture
def folder(m2_folder, tmp_path):
    return shutil.copytree(m2_folder, tmp_path / "model")


def test_it_loads_and_comes_back_from_both_namings(m2, tmp_path):
    model, processor = m2
    assert type(model) is M2ReasoningForConditionalGeneration
    assert type(processor) is M2ReasoningProcessor
    for released in (True, False):
        model.save_pretrained(tmp_path, save_original_format=released)
        processor.save_pretrained(tmp_path)
        back, again = load(tmp_path)
        state = back.state_dict()
        assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
        assert again.to_dict() == processor.to_dict()
    assert type(AutoProcessor.from_pretrained(tmp_path)) is M2ReasoningProcessor


def test_the_releases_own_processor_files_are_read_without_its_code(folder):
    (folder / "processor_config.json").unlink()
    (folder / "chat_template.jinja").unlink()
    own = {
        "AutoProcessor": "processing_bailing_qwen2_5.Bailing_qwen2_5Processor",
        "AutoImageProcessor": "x.Y",
    }
    values = {
        "auto_map": own,
        "processor_class": "Bailing_qwen2_5Processor",
        "image_processor_type": "Bailing",
    }
    values |= {
        "patch_size": 4,
        "merge_size": 2,
        "temporal_patch_size": 2,
        "min_pixels": 256,
        "max_pixels": 4096,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(values))
    processor = load(folder)[1]
    assert (
        processor.image_processor.patch_size,
        processor.image_processor.size["longest_edge"],
    ) == (4, 4096)
    assert (
        processor.video_processor.patch_size,
        processor.video_processor.size["longest_edge"],
    ) == (4, 768 * 784)


def test_weights_alone_load_and_the_use_of_a_processor_says_what_is_missing():
    model, processor = load(DATA)
    assert type(model) is M2ReasoningForConditionalGeneration
    with pytest.raises(ModelError, match="weights alone"):
        ask(model, processor, "What is it?")
    with pytest.raises(ModelError, match="weights alone"):
        load_initial_model(str(DATA))
    with pytest.raises(ModelError, match="cannot load the processor"):
        load_processor(DATA)


@pytest.mark.parametrize("keep", [5, 5000, -1])
def test_a_truncated_shard_is_refused(m2, folder, keep):
    (folder / "model.safetensors").unlink()
    m2[0].save_pretrained(folder, max_shard_size="300KB")
    shard = sorted(folder.glob("*.safetensors"))[1]
    shard.write_bytes(shard.read_bytes()[:keep])
    assert f"{shard.name} is damaged or truncated" in refused(folder)


def test_a_missing_shard_and_a_damaged_index_are_refused(m2, folder):
    (folder / "model.safetensors").unlink()
    m2[0].save_pretrained(folder, max_shard_size="300KB")
    shards = sorted(folder.glob("*.safetensors"))
    shards[1].unlink()
    message = refused(folder)
    assert f"1 of {len(shards)} weight files are missing" in message
    assert shards[1].name in message
    (folder / "model.safetensors.index.json").write_text("{")
    assert "index" in refused(folder)


def test_pickles_are_refused_unread(folder, tmp_path):
    (folder / "model.safetensors").unlink()
    flag = tmp_path / "ran"
    (folder / "pytorch_model.bin").write_bytes(f"cos\nsystem\n(S'touch {flag}'\ntR.".encode())
    assert "pickled" in refused(folder)
    assert not flag.exists()


def test_wrong_configurations_are_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    llm = config["llm_config"]
    vision = config["vision_config"]
    for changes, words in (
        ({"llm_config": {**llm, "hidden_size": 72}}, "another shape"),
        ({"llm_config": {**llm, "num_hidden_layers": 2}}, "unknown in"),
        ({"llm_config": {**llm, "num_hidden_layers": 4}}, "missing from"),
        ({"vision_config": {**vision, "out_hidden_size": 64}}, "another shape"),
        ({"llm_config": "qwen2"}, "llm_config"),
        ({"llm_config": {**llm, "vocab_size": "many"}}, "bailing_qwen2_5"),
        ({"vision_config": 3}, "bailing_qwen2_5"),
        ({"mlp_depths": 3}, "missing from"),
        (
            {"llm_config": None},
            "missing from",
        ),  # the 72B that transformers would make of it is never built
        ({"audio_config": {"a": 1}}, "audio_config"),
    ):
        edit_config(folder, **changes)
        assert words in refused(folder), changes
        edit_config(folder, **config)


def test_an_unknown_model_type_names_a_known_one(folder):
    edit_config(folder, model_type="bailing_qwen25")
    message = refused(folder)
    assert "'bailing_qwen25'" in message
    assert "did you mean 'bailing_qwen2_5'" in message


def test_missing_and_left_over_weights_are_refused(folder):
    edit_weights(folder, lambda w: w.pop("linear_proj.2.bias"))
    assert "missing from" in refused(folder)
    edit_weights(
        folder,
        lambda w: w.update({"linear_proj.2.bias": torch.zeros(64), "audio_model.x": torch.ones(2)}),
    )
    assert "audio_model.x" in refused(folder)


@pytest.mark.parametrize(
    ("family", "names"), [("qwen2_5_vl", "Qwen2_5_VL"), ("qwen3_vl", "Qwen3VL")]
)
def test_qwen_folders_load_without_torchvision_and_look_at_pictures_and_videos(
    tmp_path, family, names
):
    import transformers

    from helpers.qwen_tiny import tiny_qwen

    tiny_qwen(tmp_path, family)
    model, processor = load(tmp_path)
    assert type(model).__name__ == f"{names}ForConditionalGeneration"
    assert isinstance(processor, getattr(transformers, f"{names}Processor"))
    stock = {"qwen2_5_vl": "Qwen2VLVideoProcessor", "qwen3_vl": "Qwen3VLVideoProcessor"}[family]
    assert processor.to_dict()["video_processor"]["video_processor_type"] == stock
    clip = np.random.default_rng(0).integers(0, 256, (4, 64, 96, 3), dtype=np.uint8)
    chat = [
        {
            "role": "user",
            "content": [{"type": "video", "video": clip}, {"type": "text", "text": "What?"}],
        }
    ]
    batch = processor.apply_chat_template(
        [chat],
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        add_generation_prompt=True,
        processor_kwargs={
            "videos_kwargs": {"video_metadata": [{"total_num_frames": 4, "fps": 2.0}]}
        },
    )
    assert int(batch["video_grid_thw"][0, 0]) == 2
    assert (
        model.generate(**batch, max_new_tokens=2, do_sample=False).shape[1]
        == batch["input_ids"].shape[1] + 2
    )
