import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoTokenizer

from helpers.tiny_models import picture
from models.test_starter_processor import asked, tokens
from waywiser.errors import ModelError
from waywiser.models import default_starter_path, load
from waywiser.models.starter import WaywiserStarterForConditionalGeneration, build


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "model")


def edit_config(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def edit_weights(folder, change):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def refused(path, **options):
    with pytest.raises(ModelError) as caught:
        load(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_saved_model_comes_back_with_the_same_logits(starter, saved):
    model, processor = load(saved)
    inputs = tokens(processor, asked("How far?", picture(1)), add_generation_prompt=True)
    with torch.no_grad():
        assert torch.equal(model(**inputs).logits, starter[0](**inputs).logits)
    assert not model.training
    assert model.dtype == torch.float32
    assert model.generation_config.suppress_tokens == [processor.image_token_id]


def test_the_auto_classes_know_it(saved):
    for auto in (AutoModelForImageTextToText, AutoModelForCausalLM):
        assert type(auto.from_pretrained(saved)) is WaywiserStarterForConditionalGeneration
    assert AutoTokenizer.from_pretrained(saved).eos_token == "<|end|>"


@pytest.mark.parametrize("dtype", ["bfloat16", torch.bfloat16])
def test_half_precision_generates(saved, dtype):
    model, processor = load(saved, dtype=dtype)
    assert model.dtype == torch.bfloat16
    inputs = tokens(processor, asked("How far?", picture(1)), add_generation_prompt=True)
    assert model.generate(**inputs, max_new_tokens=3).shape[1] > inputs["input_ids"].shape[1]


def test_another_family_loads_through_its_auto_classes(tmp_path):
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    text = {
        "model_type": "qwen2",
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    text |= {"num_key_value_heads": 1, "intermediate_size": 16, "vocab_size": 64}
    vision = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    model = LlavaForConditionalGeneration(
        LlavaConfig(vision_config=vision, text_config=text, image_token_index=5)
    )
    model.save_pretrained(tmp_path / "llava")
    message = refused(tmp_path / "llava")  # the model is whole; its processor's files are not there
    assert "processor" in message


def test_missing_things_are_named(tmp_path, folder):
    assert "no model folder" in refused(tmp_path / "nothing")
    assert "no config.json" in refused(tmp_path)
    (folder / "model.safetensors").unlink()
    assert "no weights" in refused(folder)


def test_pickled_weights_are_refused_unread(folder, tmp_path):
    (folder / "model.safetensors").unlink()
    flag = tmp_path / "ran"
    (folder / "pytorch_model.bin").write_bytes(f"cos\nsystem\n(S'touch {flag}'\ntR.".encode())
    assert "pickled" in refused(folder)
    assert not flag.exists()


@pytest.mark.parametrize("keep", [0, 4, 100, 20_000, -1])
def test_truncated_weights_are_refused(folder, keep):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    assert "damaged or truncated" in refused(folder)


def test_garbage_weights_are_refused(folder):
    (folder / "model.safetensors").write_bytes(b"\xff" * 5000)
    assert "damaged or truncated" in refused(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"model_type": 3}', "\x00\x01"])
def test_a_config_that_is_none_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    assert "config.json" in refused(folder)


def test_unknown_model_types_and_remote_code_are_refused(folder, tmp_path):
    edit_config(folder, model_type="no_such_model")
    assert "no_such_model" in refused(folder)
    flag = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(flag)!r}, 'w')\n")
    edit_config(
        folder, auto_map={"AutoConfig": "evil.Config", "AutoModelForImageTextToText": "evil.Model"}
    )
    refused(folder)
    assert not flag.exists()


def test_missing_and_left_over_weights_are_refused(folder):
    edit_weights(folder, lambda w: w.pop("model.connector.positions"))
    assert "missing from" in refused(folder)
    edit_weights(
        folder,
        lambda w: w.update(
            {"model.connector.positions": torch.zeros(49, 32), "x.y": torch.ones(1)}
        ),
    )
    message = refused(folder)
    assert "unknown in" in message
    assert "x.y" in message


def test_weights_of_another_shape_are_refused(folder):
    edit_config(folder, connector_intermediate_size=32)
    assert "cannot load" in refused(folder) or "shape" in refused(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "processor_config.json"])
def test_a_damaged_processor_is_refused(folder, name):
    (folder / name).write_text("{")
    assert "processor" in refused(folder)


def test_an_adapter_folder_says_what_it_is(tmp_path):
    (tmp_path / "adapter_config.json").write_text("{}")
    assert "merge" in refused(tmp_path)


def test_wrong_options_are_refused(saved):
    assert "int3" in refused(saved, dtype="int3")
    assert "gpu" in refused(saved, device="gpu")
    if not torch.cuda.is_available():
        assert "not there" in refused(saved, device="cuda")


def test_a_copy_without_the_shipped_checkpoint_says_how_to_make_one(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "files", lambda _: tmp_path)
    with pytest.raises(ModelError, match="recipes/starter"):
        default_starter_path()


def test_the_shipped_checkpoint_loads(saved, monkeypatch, tmp_path):
    shutil.copytree(saved, tmp_path / "checkpoint")
    monkeypatch.setattr(build, "files", lambda _: tmp_path)
    assert isinstance(load(default_starter_path())[0], WaywiserStarterForConditionalGeneration)
