"""M2-Reasoning (the tiny released checkpoint) through the same training as every model: SFT, RLVR,
LoRA.
"""

import copy
import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file

from helpers.m2_tiny import DATA, tiny_folder
from helpers.tiny_models import picture
from waywiser.errors import RecipeError
from waywiser.models import load
from waywiser.models.decoding import grouped_generation
from waywiser.recipe import build
from waywiser.training.config import RLVRRecipe, SFTRecipe
from waywiser.training.rlvr import run_rlvr
from waywiser.training.sft import run_sft

PARTS = (
    "model.visual.patch_embed",
    "model.visual.merger",
    "model.projector",
    "model.language_model.embed_tokens",
)
PARTS = (*PARTS, "model.language_model.layers.2", "lm_head")
COMMON = {
    "max_steps": 2,
    "warmup_steps": 0,
    "learning_rate": 1e-3,
    "save_steps": 0,
    "log_steps": 1,
    "seed": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_folder(tmp_path_factory.mktemp("m2") / "model")


@pytest.fixture
def tiny(folder: Path):
    return load(folder, dtype="float32")


def asked(seed: int, size: tuple[int, int]):
    return {
        "role": "user",
        "content": [
            {"type": "image", "image": picture(seed, size)},
            {"type": "text", "text": "How?"},
        ],
    }


def batch_of(processor, completion: str = "<think>a</think><answer>2</answer>"):
    chats = [
        [
            {
                "role": "user",
                "content": [
                    {"type": "image", "image": picture(i, size)},
                    {"type": "text", "text": "How?"},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": completion}]},
        ]
        for i, size in enumerate(((64, 48), (32, 80)))
    ]
    batch = processor.apply_chat_template(
        chats,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True},
    )
    return {**batch, "labels": batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)}


def gradients(model, batch):
    model.zero_grad()
    loss = model(**batch).loss
    loss.backward()
    return float(loss.detach()), {
        n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None
    }


def test_gradients_reach_every_part_and_checkpointing_keeps_them(tiny) -> None:
    model, processor = tiny
    model.train()
    batch = batch_of(processor)
    loss, plain = gradients(model, batch)
    assert len(plain) == len(list(model.parameters())) == 97
    for part in PARTS:
        assert any(float(g.abs().max()) > 0 for n, g in plain.items() if n.startswith(part)), part
    model.gradient_checkpointing_enable()
    again, kept = gradients(model, batch)
    assert again == pytest.approx(loss, abs=1e-6)
    assert all(torch.allclose(plain[n], kept[n], atol=1e-6) for n in plain)


def test_lora_trains_adapters_alone_and_merges_back(tiny, tmp_path: Path) -> None:
    model, processor = tiny
    before = copy.deepcopy(model.state_dict())
    targets = r".*(language_model|visual).*\.(q_proj|v_proj|down_proj|qkv)|.*projector\.[02]"
    torch.manual_seed(0)
    adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=targets))
    batch = batch_of(processor)
    optimiser = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad], lr=2e-2)
    losses = []
    for _ in range(3):
        loss = adapted(**batch).loss
        loss.backward()
        assert all(p.grad is None for n, p in adapted.named_parameters() if "lora_" not in n)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[2] < losses[0]
    with torch.no_grad():
        logits = adapted.eval()(**batch).logits
    adapted.save_pretrained(tmp_path / "adapter")
    merged = adapted.merge_and_unload()
    merged.save_pretrained(tmp_path / "merged")
    processor.save_pretrained(tmp_path / "merged")
    back, _ = load(tmp_path / "merged")
    with torch.no_grad():
        assert (back(**batch).logits - logits).abs().max() < 1e-4
    changed = {n for n, v in back.state_dict().items() if not torch.equal(v, before[n])}
    assert {"model.projector.0.weight", "model.visual.blocks.0.attn.qkv.weight"} <= changed
    assert "lm_head.weight" not in changed
    back.load_state_dict(before)
    reloaded = PeftModel.from_pretrained(back, str(tmp_path / "adapter")).eval()
    with torch.no_grad():
        assert (reloaded(**batch).logits - logits).abs().max() < 1e-4


def test_cold_start_and_rlvr_train_it_as_any_model(
    dataset: Path, folder: Path, tmp_path: Path
) -> None:
    sft = {
        "out": tmp_path / "sft",
        "model": str(folder),
        "data": {"path": str(dataset)},
        "batch_size": 4,
        **COMMON,
    }
    cold = run_sft(build(SFTRecipe, {**sft, "gradient_checkpointing": True}))
    trained = load_file(cold.model / "model.safetensors")
    released = load_file(DATA / "model.safetensors")
    assert trained.keys() == released.keys()  # saved as it came
    assert sum(not torch.equal(trained[n], released[n]) for n in released) > 90
    rlvr = {
        "out": tmp_path / "rlvr",
        "model": str(cold.model),
        "data": {"path": str(dataset)},
        "prompts_per_step": 2,
        "num_generations": 4,
        "max_completion_length": 8,
        "log_rollouts": 1,
        **COMMON,
        "rewards": {"weights": {"format": 1.0, "accuracy": 1.0}},
        "strategy": {"weight": "none"},
    }
    result = run_rlvr(build(RLVRRecipe, rlvr))
    assert result.steps == 2
    steps = [json.loads(line) for line in result.log.read_text().splitlines()]
    assert all("reward" in step for step in steps)
    model, processor = load(result.model)
    assert processor.generation_prompt == "standard"
    assert model.config.to_released_dict()["llm_config"]["use_llm_3drope"] == "m_rope"


def test_recipes_train_adapters_and_save_the_merged_model(
    dataset: Path, folder: Path, tmp_path: Path
) -> None:
    lora = {"rank": 2, "alpha": 4, "targets": r".*language_model.*\.(q_proj|v_proj)"}
    sft = {
        "out": tmp_path / "sft",
        "model": str(folder),
        "data": {"path": str(dataset)},
        "batch_size": 4,
        **COMMON,
    }
    for targets, words in (
        ("q_proj", "name no linear layer"),
        (["qproj"], "name no"),
        ("(", "not a valid pattern"),
    ):
        with pytest.raises(RecipeError, match=words):
            run_sft(build(SFTRecipe, {**sft, "lora": {"targets": targets}}))
    assert not (tmp_path / "sft").exists()
    cold = run_sft(build(SFTRecipe, {**sft, "lora": lora, "save_steps": 1}))
    rlvr = {
        "out": tmp_path / "rlvr",
        "model": str(cold.model),
        "data": {"path": str(dataset)},
        "prompts_per_step": 2,
        "num_generations": 2,
        "max_completion_length": 4,
        "lora": lora,
        **COMMON,
        "max_steps": 1,
        "rewards": {"weights": {"format": 1.0}},
        "strategy": {"weight": "none"},
    }
    last = run_rlvr(build(RLVRRecipe, rlvr))
    released = load_file(DATA / "model.safetensors")
    for model in (cold.model, last.model):
        trained = load_file(model / "model.safetensors")
        assert trained.keys() == released.keys()
        changed = {name for name in released if not torch.equal(trained[name], released[name])}
        adapted = ("self_attn.q_proj.weight", "self_attn.v_proj.weight")
        assert changed == {name for name in released if name.endswith(adapted)}
        load(model)


def test_groups_share_their_prefill_and_pictures_are_encoded_once(tiny) -> None:
    model, processor = tiny
    model.eval()
    chats = [[asked(k, size)] for k, size in ((1, (64, 48)), (2, (32, 80))) for _ in range(2)]
    batch = processor.apply_chat_template(
        chats,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        add_generation_prompt=True,
        processor_kwargs={"padding": True},
    )
    options = {"max_new_tokens": 6, "do_sample": False}
    plain = model.generate(**batch, **options)
    rows = []
    patches = []

    def note(module, arguments, named):
        rows.append(named["inputs_embeds"].shape[:2]) if module is text else patches.append(
            len(arguments[0])
        )

    text = model.model.language_model
    hooks = [
        part.register_forward_pre_hook(note, with_kwargs=True)
        for part in (text, model.model.visual)
    ]
    try:
        with grouped_generation(model, 2):
            grouped = model.generate(**batch, **options)
    finally:
        for hook in hooks:
            hook.remove()
    assert torch.equal(plain, grouped)
    assert tuple(rows[0]) == (2, batch["input_ids"].shape[1])
    assert all(tuple(shape) == (4, 1) for shape in rows[1:])
    assert patches == [int(batch["image_grid_thw"][::2].prod(-1).sum())]
