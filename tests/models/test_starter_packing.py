import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.tiny_models import picture
from waywiser.errors import ModelError
from waywiser.models.starter import Segment, pack, segment_mask, segment_positions

QUESTIONS = ["near?", "How far is the chair from the camera?", "How many lamps?"]
REPLIES = [
    "<answer>chair</answer>",
    "<think>It is 2.5</think><answer>2.5 m</answer>",
    "<answer>3</answer>",
]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 3))
def test_a_token_sees_the_prefix_and_its_own_question_only(prefix, lengths, padding):
    owners = [0] * prefix + [k for k, n in enumerate(lengths, 1) for _ in range(n)] + [-1] * padding
    mask = segment_mask(torch.tensor([owners]))[0, 0]
    positions = segment_positions(torch.tensor([owners]))[0]
    for q, owner in enumerate(owners):
        seen = [k for k in range(len(owners)) if mask[q, k]]
        if owner == -1:
            assert all(owners[k] == -1 for k in seen)
            assert q in seen
        else:
            assert seen == [k for k in range(q + 1) if owners[k] in (0, owner)]
            assert positions[q] == len(seen) - 1  # the position it would have in a row of its own


def packed_and_separate(processor, images):
    rows = []
    singles = []
    for number, image in enumerate(images):
        questions = [f"{q} ({number})" for q in QUESTIONS[: 3 - number]]
        prompts = []
        for question in questions:
            content = [{"type": "image", "image": image}, {"type": "text", "text": question}]
            out = processor.apply_chat_template(
                [[{"role": "user", "content": content}]],
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
                add_generation_prompt=True,
            )
            prompts.append(out["input_ids"][0].tolist())
        replies = [processor.tokenizer(reply + "<|end|>")["input_ids"] for reply in REPLIES]
        segments = [
            Segment(prompt[50:], reply) for prompt, reply in zip(prompts, replies, strict=False)
        ]
        rows.append((prompts[0][:50], segments))
        singles += [
            (prompt + reply, len(prompt)) for prompt, reply in zip(prompts, replies, strict=False)
        ]
    return pack(rows, processor.tokenizer.pad_token_id), singles


@pytest.mark.parametrize("family", ["sdpa", "eager"])
def test_packed_logits_and_loss_equal_those_of_separate_rows(starter, family):
    model, processor = starter
    images = [picture(1), picture(2)]
    packed, singles = packed_and_separate(processor, images)
    pixels = processor.image_processor(images)["pixel_values"]
    model.set_attn_implementation(family)
    try:
        with torch.no_grad():
            out = model(**packed, pixel_values=pixels)
            loss = 0.0
            count = 0
            seen = 0
            for row, image in ((0, 0), (1, 1)):
                for k in range(1, int(packed["segment_ids"][row].max()) + 1):
                    ids, prompt = singles[seen]
                    seen += 1
                    labels = torch.tensor([[-100] * prompt + ids[prompt:]])
                    alone = model(
                        input_ids=torch.tensor([ids]),
                        pixel_values=pixels[image : image + 1],
                        labels=labels,
                    )
                    mine = packed["segment_ids"][row] == k
                    assert torch.allclose(out.logits[row, mine], alone.logits[0, 50:], atol=1e-5)
                    loss += float(alone.loss) * (len(ids) - prompt)
                    count += len(ids) - prompt
        assert float(out.loss) == pytest.approx(loss / count, abs=1e-5)
        assert seen == 5
    finally:
        model.set_attn_implementation("sdpa")


def test_labels_are_the_completions_alone(starter):
    _, processor = starter
    packed, _ = packed_and_separate(processor, [picture(1)])
    learned = packed["labels"][0] >= 0
    assert processor.decode(packed["input_ids"][0][learned]) == "".join(
        reply + "<|end|>" for reply in REPLIES
    )
    assert torch.equal(packed["labels"][learned[None]], packed["input_ids"][learned[None]])


def test_packed_rows_refuse_a_running_cache_and_kernels_without_masks(starter):
    model, processor = starter
    packed, _ = packed_and_separate(processor, [picture(1)])
    pixels = processor.image_processor([picture(1)])["pixel_values"]
    with torch.no_grad():
        cache = model(input_ids=torch.tensor([[7, 8]]), use_cache=True).past_key_values
        with pytest.raises(ModelError, match="cache"):
            model(**packed, pixel_values=pixels, past_key_values=cache)
