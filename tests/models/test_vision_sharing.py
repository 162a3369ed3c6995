"""Shared vision of Qwen2.5-VL: the same numbers and gradients, each distinct picture through the
tower once.
"""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.qwen_tiny import tiny_qwen
from helpers.tiny_models import picture
from waywiser.models import load
from waywiser.models.decoding import grouped_generation
from waywiser.models.vision_sharing import VisionFeatureCache, can_share_vision, share_vision


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    folder: Path = tmp_path_factory.mktemp("qwen") / "model"
    tiny_qwen(folder, "qwen2_5_vl")
    return load(folder, dtype="float32")


@pytest.fixture
def tiny(loaded: tuple[Any, Any]) -> tuple[Any, Any]:
    return copy.deepcopy(loaded[0]), loaded[1]


def batch_of(processor: Any, prompts: bool = False) -> Any:
    """Pictures 1, 1, 2, 1: two of another size among copies, one row with two pictures."""
    shown = [
        [picture(1)],
        [picture(1)],
        [picture(2, (112, 84)), picture(1)],
        [picture(2, (112, 84))],
    ]
    chats = [
        [
            {
                "role": "user",
                "content": [
                    *({"type": "image", "image": i} for i in row),
                    {"type": "text", "text": "How?"},
                ],
            }
        ]
        for row in shown
    ]
    batch = processor.apply_chat_template(
        chats,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        add_generation_prompt=prompts,
        processor_kwargs={"padding": True, "padding_side": "left"},
    )
    if not prompts:
        batch["labels"] = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    return batch


def watch(model: Any) -> list[int]:
    """Patches of each call of the tower."""
    seen: list[int] = []
    model.model.visual.register_forward_pre_hook(lambda _module, given: seen.append(len(given[0])))
    return seen


def gradients(model: Any, batch: Any) -> tuple[float, dict[str, torch.Tensor]]:
    model.zero_grad()
    loss = model(**batch).loss
    loss.backward()
    return float(loss.detach()), {
        n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None
    }


def test_one_pass_serves_all_copies_with_exact_gradients(tiny: tuple[Any, Any]) -> None:
    model, processor = tiny
    batch = batch_of(processor)
    loss, plain = gradients(model, batch)
    assert can_share_vision(model)
    cache = share_vision(model, cache_bytes=2**20)
    patches = watch(model)
    again, shared = gradients(model, batch)
    grids = batch["image_grid_thw"].prod(-1).tolist()
    assert patches == [grids[0] + grids[2]]
    assert again == pytest.approx(loss, abs=1e-6)
    assert plain.keys() == shared.keys()
    assert any("visual" in name and bool(value.abs().max() > 0) for name, value in shared.items())
    for name, value in plain.items():
        torch.testing.assert_close(shared[name], value, atol=1e-6, rtol=1e-4, msg=name)
    assert cache.size == 0  # a tower that learns is never cached


def test_generation_is_the_same(tiny: tuple[Any, Any]) -> None:
    model, processor = tiny
    model.eval()
    batch = batch_of(processor, prompts=True)
    options = {"max_new_tokens": 5, "do_sample": False}
    plain = model.generate(**batch, **options)
    share_vision(model)
    patches = watch(model)
    with grouped_generation(model, 2):
        assert torch.equal(model.generate(**batch, **options), plain)
    grids = batch["image_grid_thw"].prod(-1).tolist()
    assert patches == [grids[0] + grids[2]]


def test_a_frozen_tower_is_not_asked_twice(tiny: tuple[Any, Any]) -> None:
    model, processor = tiny
    batch = batch_of(processor)
    model.model.visual.requires_grad_(False)
    loss, plain = gradients(model, batch)
    cache = share_vision(model, cache_bytes=2**20)
    patches = watch(model)
    for _ in range(2):
        again, found = gradients(model, batch)
        assert again == pytest.approx(loss, abs=1e-6)
        for name, value in plain.items():
            torch.testing.assert_close(found[name], value, atol=1e-6, rtol=1e-4, msg=name)
    assert len(patches) == 1
    assert cache.hits == 2
    with torch.autocast("cpu", torch.bfloat16):
        model(**batch)  # other numbers: not those of float32
    assert len(patches) == 2
    model.model.visual.requires_grad_(True)
    model(**batch)
    assert len(patches) == 3


def test_other_models_are_left_alone(tiny: tuple[Any, Any]) -> None:
    assert not can_share_vision(torch.nn.Linear(2, 2))
    assert can_share_vision(tiny[0])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=40), st.integers(0, 300))
def test_the_cache_keeps_the_latest_within_its_bound(
    uses: list[tuple[int, int]], limit: int
) -> None:
    cache = VisionFeatureCache(limit)
    order = []
    sizes = {}
    for name, count in uses:
        key = bytes([name])
        known = cache.get(key)
        if known is None:
            cache.put(key, torch.zeros(count))
            if 4 * count <= limit:
                sizes[key] = 4 * count
        if key in order:
            order.remove(key)
        if key in sizes:
            order.append(key)
        while sum(sizes[k] for k in order) > limit:
            sizes.pop(order.pop(0))
        assert cache.size == sum(sizes[k] for k in order) <= limit
    kept = {key for key in (bytes([n]) for n in range(10)) if cache.get(key) is not None}
    assert kept == set(order)
