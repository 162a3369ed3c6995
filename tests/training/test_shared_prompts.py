"""Reading a prompt once for all its completions gives TRL the same numbers and the same gradients."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from trl.trainer.utils import add_fused_lm_head

from waywiser.prompting import conversation
from waywiser.training.grpo.prompt_sharing import share_prompts, supports_segment_ids
from waywiser.training.run.initial_model import load_initial_model

QUESTIONS = [
    ("How many chairs are there?", (0,)),
    ("How many?", (0,)),
    ("How many?", (1,)),
    ("How many?", (0, 1)),
    ("How many?", (1, 0)),
    ("How many?", ()),
]
"""All but the first differ only in their pictures."""


def scored_batch(processor, group: int, seed: int) -> dict:
    """Rows as TRL scores them: prompts padded left, completions right, shuffled."""
    generator = torch.Generator().manual_seed(seed)
    colours = [Image.new("RGB", (32, 32), name) for name in ("red", "blue")]
    texts = [
        processor.apply_chat_template(
            conversation(q, [None] * len(shown)), add_generation_prompt=True, tokenize=False
        )
        for q, shown in QUESTIONS
    ]
    prompt = processor(
        text=texts,
        images=[[colours[k] for k in shown] for _, shown in QUESTIONS],
        padding=True,
        padding_side="left",
        return_tensors="pt",
    )
    rows = len(texts) * group
    lengths = torch.randint(1, 8, (rows,), generator=generator)
    completion = torch.randint(6, 300, (rows, 7), generator=generator)
    mask = (torch.arange(7) < lengths[:, None]).long()
    pixels = prompt.pop("pixel_values").split([len(shown) for _, shown in QUESTIONS])
    repeated = {k: v.repeat_interleave(group, dim=0) for k, v in prompt.items()}
    ids = torch.cat([repeated["input_ids"], completion * mask], dim=1)
    attention = torch.cat([repeated["attention_mask"], mask], dim=1)
    labels = ids.masked_fill(attention == 0, -100)
    labels[:, : repeated["input_ids"].shape[1]] = -100
    order = torch.randperm(rows, generator=generator)
    batch = {
        "input_ids": ids,
        "attention_mask": attention,
        "labels": labels,
    }
    shuffled = {name: value[order] for name, value in batch.items()}
    return {**shuffled, "pixel_values": torch.cat([pixels[k // group] for k in order.tolist()])}


@pytest.fixture
def models(model_folder: Path):
    plain, processor = load_initial_model(str(model_folder))
    shared, _ = load_initial_model(str(model_folder))
    for model in (plain, shared):
        add_fused_lm_head(model, outputs=("log_probs", "entropy"))
    share_prompts(shared, processor.tokenizer.pad_token_id)
    return plain, shared, processor


@pytest.mark.parametrize(("group", "seed"), [(2, 0), (4, 1), (8, 2)])
def test_log_probabilities_entropies_and_gradients_agree(models, group: int, seed: int) -> None:
    plain, shared, processor = models
    assert supports_segment_ids(plain)
    batch = scored_batch(processor, group, seed)
    weights = torch.randn(
        batch["labels"][:, 1:].shape, generator=torch.Generator().manual_seed(seed)
    )
    outputs = []
    for model in (plain, shared):
        output = model(**batch, fused_lm_head=True)
        (output.log_probs * weights).sum().backward()
        outputs.append(output)
    assert outputs[0].log_probs.abs().sum() > 1
    torch.testing.assert_close(outputs[1].log_probs, outputs[0].log_probs, atol=3e-5, rtol=1e-4)
    torch.testing.assert_close(outputs[1].entropy, outputs[0].entropy, atol=3e-5, rtol=1e-4)
    assert torch.equal(outputs[1].label_mask, outputs[0].label_mask)
    for (name, one), other in zip(plain.named_parameters(), shared.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad, atol=2e-4, rtol=1e-3, msg=name)


def test_each_distinct_prompt_is_one_row(models) -> None:
    _, shared, processor = models
    rows: list[int] = []
    shared.model.register_forward_pre_hook(
        lambda _m, _a, kwargs: rows.append(kwargs["input_ids"].shape[0]), with_kwargs=True
    )
    with torch.no_grad():
        shared(**scored_batch(processor, 4, 0), fused_lm_head=True)
    assert rows == [len(QUESTIONS)]


def test_other_calls_go_through_unchanged(models) -> None:
    plain, shared, processor = models
    batch = scored_batch(processor, 1, 0)  # nothing repeats
    masked = {**scored_batch(processor, 2, 0)}
    masked["labels"] = torch.full_like(masked["labels"], -100)
    with torch.no_grad():
        for inputs in (batch, masked):
            one = plain(**inputs, fused_lm_head=True)
            other = shared(**inputs, fused_lm_head=True)
            assert torch.equal(one.log_probs, other.log_probs)
        inputs = {k: v for k, v in batch.items() if k != "labels"}
        assert torch.equal(plain(**inputs).logits, shared(**inputs).logits)
