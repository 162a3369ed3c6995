"""M2-Reasoning against numbers of the released model's own code (tests/data/m2_reasoning_tiny)."""

import json
import shutil

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForImageTextToText

from helpers.m2_tiny import DATA, PAD
from waywiser.models.m2_reasoning import (
    M2ReasoningConfig,
    M2ReasoningForConditionalGeneration,
    M2ReasoningModel,
)

CASES = ("text", "image1", "video")
PIXELS = {"pixel_values": "image_grid_thw", "pixel_values_videos": "video_grid_thw"}


@pytest.fixture(scope="module")
def model():
    loaded, found = AutoModelForImageTextToText.from_pretrained(
        DATA, output_loading_info=True, dtype=torch.float32
    )
    assert not found["missing_keys"]
    assert not found["unexpected_keys"]
    assert not found["mismatched_keys"]
    return loaded.eval()


@pytest.fixture(scope="module")
def cases():
    inputs = load_file(DATA / "inputs.safetensors")
    expected = load_file(DATA / "logits.safetensors")
    return {
        name: tuple(
            {k.split(".", 1)[1]: v for k, v in table.items() if k.startswith(f"{name}.")}
            for table in both
        )
        for name in CASES
        for both in [(inputs, expected)]
    }


def without_positions(inputs):
    return {k: v for k, v in inputs.items() if k != "position_ids"}


def together(cases, names):
    """One left-padded batch of several cases, which have different inputs."""
    length = max(cases[name][0]["input_ids"].shape[1] for name in names)
    ids = torch.full((len(names), length), PAD)
    mask = torch.zeros_like(ids)
    batch = {}
    for row, name in enumerate(names):
        inputs = cases[name][0]
        count = inputs["input_ids"].shape[1]
        ids[row, length - count :], mask[row, length - count :] = inputs["input_ids"][0], 1
        for key in (*PIXELS, *PIXELS.values()):
            if key in inputs:
                batch[key] = torch.cat([batch[key], inputs[key]]) if key in batch else inputs[key]
    return {"input_ids": ids, "attention_mask": mask, **batch}


@pytest.mark.parametrize("name", CASES)
def test_logits_and_positions_equal_the_reference(model, cases, name):
    inputs, expected = cases[name]
    grids = {key: inputs.get(key) for key in PIXELS.values()}
    positions, _ = model.model.get_rope_index(
        inputs["input_ids"], attention_mask=inputs["attention_mask"], **grids
    )
    assert torch.equal(positions, inputs["position_ids"])
    with torch.no_grad():
        logits = model(**without_positions(inputs)).logits[0]
        given = model(**inputs).logits[0]  # with the reference's positions
    assert (logits - expected["logits"]).abs().max() <= 2e-5
    assert torch.equal(logits, given)


@pytest.mark.parametrize("name", ["image1", "video"])
def test_vision_and_projector_equal_the_reference(model, cases, name):
    inputs, expected = cases[name]
    pixels = next(key for key in PIXELS if key in inputs)
    features = model.get_image_features if pixels == "pixel_values" else model.get_video_features
    with torch.no_grad():
        seen = model.model.visual(inputs[pixels], grid_thw=inputs[PIXELS[pixels]]).pooler_output
        projected = torch.cat(features(inputs[pixels], inputs[PIXELS[pixels]]).pooler_output)
    assert (seen - expected["vit_out"]).abs().max() <= 1e-5
    assert (projected - expected["image_embeds"]).abs().max() <= 1e-5
    assert torch.allclose(projected.norm(dim=-1), torch.ones(len(projected)), atol=1e-6)


@pytest.mark.parametrize(
    "names", [("text", "image1", "video"), ("video", "image1"), ("image1", "image1", "text")]
)
def test_a_left_padded_batch_has_the_logits_of_its_rows(model, cases, names):
    with torch.no_grad():
        logits = model(**together(cases, names)).logits
    for row, name in enumerate(names):
        expected = cases[name][1]["logits"]
        assert (logits[row, -len(expected) :] - expected).abs().max() <= 2e-5, name


@pytest.mark.parametrize(
    "names", [("text",), ("image1",), ("text", "image1"), ("image1", "video", "text")]
)
def test_greedy_ids_equal_the_reference_alone_and_in_a_batch(model, cases, names):
    batch = together(cases, names)
    written = model.generate(
        **batch, max_new_tokens=16, do_sample=False, eos_token_id=319, pad_token_id=PAD
    )
    for row, name in enumerate(names):
        if "greedy16" in cases[name][1]:
            assert (
                written[row, batch["input_ids"].shape[1] :].tolist()
                == cases[name][1]["greedy16"].tolist()
            )


def test_generation_from_a_cache_equals_generation_without(model, cases):
    batch = together(cases, ("image1", "video"))
    options = {"max_new_tokens": 12, "do_sample": False, "eos_token_id": 319, "pad_token_id": PAD}
    assert torch.equal(
        model.generate(**batch, **options), model.generate(**batch, use_cache=False, **options)
    )


def test_a_chat_that_goes_on_from_its_cache_has_the_logits_of_the_whole(model, cases):
    """Text and picture, then text and a video, then single tokens; padded on the left."""
    image = cases["image1"][0]
    video = cases["video"][0]
    text = cases["text"][0]["input_ids"][:, :5]
    ids = torch.cat([torch.full((1, 3), PAD), image["input_ids"], video["input_ids"], text], dim=1)
    mask = (torch.arange(ids.shape[1]) >= 3).long()[None]
    pixels = {
        key: part[key]
        for part in (image, video)
        for key in (*PIXELS, *PIXELS.values())
        if key in part
    }
    first = 3 + image["input_ids"].shape[1]
    second = first + video["input_ids"].shape[1]
    with torch.no_grad():
        whole = model(input_ids=ids, attention_mask=mask, **pixels).logits
        seen = {key: pixels[key] for key in ("pixel_values", "image_grid_thw")}
        part = model(
            input_ids=ids[:, :first], attention_mask=mask[:, :first], use_cache=True, **seen
        )
        logits = [part.logits]
        seen = {key: pixels[key] for key in ("pixel_values_videos", "video_grid_thw")}
        for start, end in [(first, second), *((i, i + 1) for i in range(second, ids.shape[1]))]:
            part = model(
                input_ids=ids[:, start:end],
                attention_mask=mask[:, :end],
                past_key_values=part.past_key_values,
                **seen,
            )
            logits.append(part.logits)
            seen = {
                "video_grid_thw": pixels["video_grid_thw"]
            }  # as loops of single tokens pass it again
    assert (torch.cat(logits, dim=1) - whole)[:, 3:].abs().max() < 2e-5


def test_several_samples_of_a_row_with_a_picture_and_a_video_share_the_patch_token(model, cases):
    image = cases["image1"][0]
    video = cases["video"][0]
    ids = torch.cat([image["input_ids"], video["input_ids"]], dim=1)
    inputs = {k: v for part in (image, video) for k, v in without_positions(part).items()}
    inputs |= {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    options = {"max_new_tokens": 6, "do_sample": False, "eos_token_id": 319, "pad_token_id": PAD}
    alone = model.generate(**inputs, **options)
    thrice = model.generate(**inputs, num_return_sequences=3, num_beams=3, **options)
    assert thrice.shape[0] == 3
    inputs["num_return_sequences"] = 2
    torch.manual_seed(0)
    sampled = model.generate(**inputs, **{**options, "do_sample": True, "top_k": 1})
    assert torch.equal(sampled, alone.repeat(2, 1))


@pytest.mark.parametrize("released", [True, False])
def test_saved_in_either_naming_it_comes_back_bit_equal(model, tmp_path, released):
    model.save_pretrained(tmp_path, save_original_format=released)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        names = set(file.keys())
    with safe_open(DATA / "model.safetensors", "pt") as file:
        assert (names == set(file.keys())) == released
    config = json.loads((tmp_path / "config.json").read_text())
    assert ("llm_config" in config) == released
    back = AutoModelForImageTextToText.from_pretrained(tmp_path)
    assert type(back) is M2ReasoningForConditionalGeneration
    state = back.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert (
        back.config.to_released_dict()["llm_config"]
        == model.config.to_released_dict()["llm_config"]
    )


def test_weights_saved_as_the_release_are_the_release_bit_for_bit(model, tmp_path):
    model.save_pretrained(tmp_path)
    saved = load_file(tmp_path / "model.safetensors")
    released = load_file(DATA / "model.safetensors")
    assert saved.keys() == released.keys()
    assert all(torch.equal(saved[name], released[name]) for name in saved)


def test_a_sharded_copy_loads(model, tmp_path):
    model.save_pretrained(tmp_path, max_shard_size="200KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    back = AutoModelForImageTextToText.from_pretrained(tmp_path).state_dict()
    assert all(torch.equal(value, back[name]) for name, value in model.state_dict().items())


def test_the_auto_classes_know_it(tmp_path):
    assert type(AutoConfig.from_pretrained(DATA)) is M2ReasoningConfig
    assert type(AutoModelForCausalLM.from_pretrained(DATA)) is M2ReasoningForConditionalGeneration
    bare, found = AutoModel.from_pretrained(DATA, output_loading_info=True)
    assert type(bare) is M2ReasoningModel
    assert not found["missing_keys"]
    # The release's config names its own code, which is not needed and not run.
    folder = shutil.copytree(DATA, tmp_path / "release")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "configuration_bailing_qwen2_5.Bailing_qwen2_5Config"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "configuration_bailing_qwen2_5.py").write_text("raise SystemExit(3)\n")
    assert type(AutoConfig.from_pretrained(folder, trust_remote_code=False)) is M2ReasoningConfig


def test_loss_and_gradients_do_not_depend_on_sharing_or_batching(model, cases):
    """The same image twice in a batch: encoded once, with the gradients of both."""
    inputs = cases["image1"][0]

    def gradients(batch):
        model.zero_grad()
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        loss = model(**batch, labels=labels).loss
        loss.backward()
        return loss.detach(), {
            n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None
        }

    seen = []
    hook = model.model.visual.register_forward_pre_hook(lambda _, args: seen.append(len(args[0])))
    try:
        one_loss, one = gradients(without_positions(inputs))
        two_loss, two = gradients(together({"image1": cases["image1"]}, ("image1", "image1")))
    finally:
        hook.remove()
        model.zero_grad()
    assert seen == [240, 240]
    assert torch.allclose(one_loss, two_loss, atol=1e-6)
    assert len(one) == len(two) == 97
    for name, value in one.items():
        assert torch.allclose(value, two[name], atol=1e-5, rtol=1e-3), name
