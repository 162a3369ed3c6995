"""Plans, and the release's 7B: names and shapes written down here by hand, no weights."""

import json
import struct

import pytest
import torch
from typer.testing import CliRunner

from helpers.m2_tiny import DATA
from waywiser.cli import app
from waywiser.errors import ModelError
from waywiser.models.checkpoints import build_on_meta, compare_tensors, read_tensor_shapes
from waywiser.models.loading import load_config
from waywiser.models.m2_reasoning import weights
from waywiser.models.model_plan import ModelPlanRequest, plan_model

H = 3584
I = 18944  # noqa: E741
V = 152064
D = 1280
M = 3420
OUT = 8192
KV = 512
LLM = {
    "model_type": "qwen2",
    "hidden_size": H,
    "intermediate_size": I,
    "num_hidden_layers": 28,
    "vocab_size": V,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1000000.0,
    "rope_scaling": {"type": "default", "mrope_section": [16, 24, 24]},
    "use_llm_3drope": "m_rope",
    "image_patch_token": 151678,
    "video_patch_token": 151678,
    "image_start_token": 151679,
    "image_end_token": 151680,
    "video_start_token": 151681,
    "video_end_token": 151682,
    "tie_word_embeddings": False,
}
VISION = {
    "model_type": "qwen2_5_vit",
    "depth": 32,
    "hidden_size": D,
    "num_heads": 16,
    "intermediate_size": M,
    "out_hidden_size": OUT,
    "patch_size": 14,
    "spatial_merge_size": 2,
    "temporal_patch_size": 2,
    "window_size": 112,
    "fullatt_block_indexes": [7, 15, 23, 31],
    "in_channels": 3,
    "tokens_per_second": 2,
}


def released_shapes():
    """The tensors of the released 7B checkpoint."""
    shapes = {
        "language_model.model.embed_tokens.weight": (V, H),
        "language_model.lm_head.weight": (V, H),
    }
    shapes["language_model.model.norm.weight"] = (H,)
    for i in range(28):
        at = f"language_model.model.layers.{i}."
        shapes |= {
            f"{at}input_layernorm.weight": (H,),
            f"{at}post_attention_layernorm.weight": (H,),
        }
        shapes |= {f"{at}self_attn.q_proj.weight": (H, H), f"{at}self_attn.q_proj.bias": (H,)}
        for name in ("k_proj", "v_proj"):
            shapes |= {f"{at}self_attn.{name}.weight": (KV, H), f"{at}self_attn.{name}.bias": (KV,)}
        shapes |= {f"{at}self_attn.o_proj.weight": (H, H), f"{at}mlp.down_proj.weight": (H, I)}
        shapes |= {f"{at}mlp.gate_proj.weight": (I, H), f"{at}mlp.up_proj.weight": (I, H)}
    shapes["vision_model.patch_embed.proj.weight"] = (D, 3, 2, 14, 14)
    for i in range(32):
        at = f"vision_model.blocks.{i}."
        shapes |= {f"{at}norm1.weight": (D,), f"{at}norm2.weight": (D,)}
        shapes |= {f"{at}attn.qkv.weight": (3 * D, D), f"{at}attn.qkv.bias": (3 * D,)}
        shapes |= {f"{at}attn.proj.weight": (D, D), f"{at}attn.proj.bias": (D,)}
        for name in ("gate_proj", "up_proj"):
            shapes |= {f"{at}mlp.{name}.weight": (M, D), f"{at}mlp.{name}.bias": (M,)}
        shapes |= {f"{at}mlp.down_proj.weight": (D, M), f"{at}mlp.down_proj.bias": (D,)}
    shapes["vision_model.merger.ln_q.weight"] = (D,)
    shapes |= {
        "vision_model.merger.mlp.0.weight": (4 * D, 4 * D),
        "vision_model.merger.mlp.0.bias": (4 * D,),
    }
    shapes |= {
        "vision_model.merger.mlp.2.weight": (OUT, 4 * D),
        "vision_model.merger.mlp.2.bias": (OUT,),
    }
    shapes |= {"linear_proj.0.weight": (H, OUT), "linear_proj.0.bias": (H,)}
    return shapes | {"linear_proj.2.weight": (H, H), "linear_proj.2.bias": (H,)}


def header(path, shapes):
    """A safetensors file's header with these shapes, and nothing behind it."""
    at = 0
    entries = {}
    for name, shape in shapes.items():
        size = 2 * int(torch.tensor(shape).prod())
        entries[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(entries).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text)


@pytest.fixture(scope="module")
def seven(tmp_path_factory):
    folder = tmp_path_factory.mktemp("7b")
    config = {
        "model_type": "bailing_qwen2_5",
        "mlp_depths": 2,
        "llm_config": LLM,
        "vision_config": VISION,
    }
    (folder / "config.json").write_text(json.dumps(config))
    shapes = released_shapes()
    shards = {"model-00001-of-00002.safetensors": {}, "model-00002-of-00002.safetensors": {}}
    for i, (name, shape) in enumerate(shapes.items()):
        shards[list(shards)[i % 2]][name] = shape
    for name, part in shards.items():
        header(folder / name, part)
    names = {tensor: file for file, part in shards.items() for tensor in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    return folder


def test_the_7b_release_maps_one_to_one(seven):
    found = plan_model(ModelPlanRequest(model=str(seven), context=8192, lora_rank=16))
    assert found.fits
    assert found.tensors == len(released_shapes()) == 733
    total = sum(int(torch.tensor(shape).prod()) for shape in released_shapes().values())
    assert found.parameters["total"] == total
    assert found.parameters["projector"] == H * OUT + H + H * H + H
    assert found.parameters["embeddings"] == 2 * V * H
    per_layer = 2 * (H + H) + 2 * (H + KV) + 3 * (H + I)
    assert found.lora_parameters == 28 * 16 * per_layer
    gib = 2**30
    assert found.memory_gib["weights"] == pytest.approx(2 * total / gib, abs=0.01)
    cache = 2 * 28 * KV * 8192 * 2
    assert found.memory_gib["inference"] == pytest.approx((2 * total + cache) / gib, abs=0.01)
    assert found.memory_gib["full_training"] > 16 * total / gib > found.memory_gib["lora_training"]


def test_tokens_of_pictures_and_videos_at_a_resolution(seven):
    def plan(**values):
        return plan_model(ModelPlanRequest(model=str(seven), **values))

    found = plan(width=1280, height=720, seconds=10, video_fps=30)
    assert found.image_tokens == 46 * 26  # 1288 x 728
    assert (found.video_frames, found.video_tokens) == (
        20,
        10 * 20 * 36,
    )  # 560 x 1008 each, by pairs
    assert plan(width=28, height=28).image_tokens == 4
    long = plan(width=1280, height=720, seconds=600)
    assert (long.video_frames, long.video_tokens) == (120, 60 * 8 * 15)


def test_a_folder_that_does_not_fit_is_found_wanting(seven, tmp_path):
    model = build_on_meta(load_config(seven))
    shapes = released_shapes()
    shapes["linear_proj.0.weight"] = (H, H)
    shapes["linear_proj.9.weight"] = shapes.pop("vision_model.merger.ln_q.weight")
    fit = compare_tensors(model, shapes)
    assert fit["mismatched"] == ["model.projector.0.weight"]
    assert fit["missing"] == ["model.visual.merger.ln_q.weight"]
    assert fit["unexpected"] == ["model.projector.9.weight"]
    renamed = {
        weights.to_transformers_name(name): shape for name, shape in released_shapes().items()
    }
    assert compare_tensors(model, renamed) == {"missing": [], "unexpected": [], "mismatched": []}
    assert [weights.to_released_name(name) for name in renamed] == list(released_shapes())
    (tmp_path / "config.json").write_text((seven / "config.json").read_text())
    header(tmp_path / "model.safetensors", shapes)
    result = CliRunner().invoke(app, ["plan", "--model", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["mismatched"] == fit["mismatched"]


def test_the_text_says_what_the_json_says(seven):
    result = CliRunner().invoke(
        app, ["plan", "--model", str(seven), "--width", "1280", "--height", "720"]
    )
    assert result.exit_code == 0, result.output
    assert "733 tensors map one to one" in result.stdout
    assert "8.36B parameters" in result.stdout
    assert "1196 tokens" in result.stdout


def test_plans_of_the_tiny_release_and_the_starter(m2_folder, saved):
    tiny = plan_model(ModelPlanRequest(model=str(m2_folder), width=64, height=48))
    assert (tiny.parameters["total"], tiny.tensors, tiny.fits) == (206_216, 97, True)
    assert tiny.image_tokens == 48
    starter = plan_model(ModelPlanRequest(model=str(saved)))
    assert starter.fits
    assert (starter.image_tokens, starter.video_frames, starter.video_tokens) == (49, 16, 16 * 49)


def test_wrong_folders_and_requests_are_refused(tmp_path, seven):
    with pytest.raises(ModelError, match="no model folder"):
        plan_model(ModelPlanRequest(model=str(tmp_path / "none")))
    config = json.loads((DATA / "config.json").read_text())
    config["llm_config"]["num_attention_heads"] = 7
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="bailing_qwen2_5 configuration"):
        plan_model(ModelPlanRequest(model=str(tmp_path)))
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 20)
    (tmp_path / "config.json").write_text((seven / "config.json").read_text())
    with pytest.raises(ModelError, match="damaged"):
        read_tensor_shapes(tmp_path)
