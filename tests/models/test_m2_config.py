import json

import pytest
import torch

from helpers.m2_tiny import DATA
from waywiser.errors import ModelError
from waywiser.models.m2_reasoning import M2ReasoningConfig, M2ReasoningForConditionalGeneration

RELEASED = json.loads((DATA / "config.json").read_text())


def config(llm=None, **changes):
    values = RELEASED | changes
    return M2ReasoningConfig(**values | {"llm_config": RELEASED["llm_config"] | (llm or {})})


def test_the_release_and_what_is_written_of_it_are_read_alike():
    read = config()
    assert M2ReasoningConfig(**read.to_dict()).to_dict() == read.to_dict()
    assert M2ReasoningConfig(**read.to_released_dict()).to_dict() == read.to_dict()
    kept = (
        "hidden_size",
        "rms_norm_eps",
        "rope_theta",
        "image_patch_token",
        "video_end_token",
        "use_llm_3drope",
    )
    assert all(read.to_released_dict()["llm_config"][k] == RELEASED["llm_config"][k] for k in kept)


def test_what_a_release_leaves_out_has_qwen2s_defaults_not_qwen25vls():
    llm = {
        k: v
        for k, v in RELEASED["llm_config"].items()
        if k not in ("rms_norm_eps", "rope_theta", "rope_scaling")
    }
    text = M2ReasoningConfig(**RELEASED | {"llm_config": llm}).text_config
    assert text.rms_norm_eps == 1e-6
    assert text.rope_parameters == {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "mrope_section": [2, 3, 3],
    }


@pytest.mark.parametrize(
    "scaling", [{"type": "mrope", "mrope_section": [2, 3, 3]}, {"mrope_section": [2, 3, 3]}, None]
)
def test_older_spellings_of_rope_are_read(scaling):
    rope = config({"rope_scaling": scaling}).text_config.rope_parameters
    assert (rope["rope_type"], rope["mrope_section"]) == ("default", [2, 3, 3])


@pytest.mark.parametrize(
    ("value", "expected"), [("m_rope", 3), (True, 3), (False, 1), (None, 1), ("", 1)]
)
def test_old_and_new_values_of_use_llm_3drope(value, expected):
    torch.manual_seed(0)
    model = M2ReasoningForConditionalGeneration(config({"use_llm_3drope": value})).model
    ids = torch.tensor([[0, 5, 301, 300, 300, 302, 7]])
    mask = torch.tensor([[0, 1, 1, 1, 1, 1, 1]])
    positions, deltas = model.get_rope_index(
        ids, image_grid_thw=torch.tensor([[1, 2, 4]]), attention_mask=mask
    )
    one_d = [0, 0, 1, 2, 3, 4, 5]
    assert positions[0, 0].tolist() == ([0, 0, 1, 2, 2, 4, 5] if expected == 3 else one_d)
    assert positions[2, 0].tolist() == ([0, 0, 1, 2, 3, 4, 5] if expected == 3 else one_d)
    assert int(deltas) == 0


@pytest.mark.parametrize(
    ("changes", "llm", "message"),
    [
        ({"audio_config": {"sample_rate": 16000}}, {}, "audio_config"),
        ({"use_vit_lora": 8}, {}, "use_vit_lora"),
        ({"mlp_depths": 0}, {}, "mlp_depths"),
        ({"mlp_depths": "two"}, {}, "mlp_depths"),
        ({}, {"use_llm_3drope": "video_rope"}, "video_rope"),
        ({}, {"model_type": "bailing_moe"}, "bailing_moe"),
    ],
)
def test_configurations_that_are_not_supported_are_refused(changes, llm, message):
    with pytest.raises(ModelError, match=message):
        config(llm, **changes)
    with pytest.raises(ModelError, match="llm_config"):
        M2ReasoningConfig(llm_config=[1])
