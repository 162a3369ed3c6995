import pytest
import torch
from safetensors import safe_open

from helpers.tiny_models import TEXTS, picture, tiny_config
from models.test_starter_processor import asked, tokens
from waywiser.errors import ModelError
from waywiser.models.starter import WaywiserStarterConfig, build_starter


def batch(processor, *conversations):
    return tokens(processor, *conversations, add_generation_prompt=True)


def logits(model, inputs, **more):
    with torch.no_grad():
        return model(**inputs, **more).logits


def test_the_default_model_is_small_enough_to_ship():
    model, _ = build_starter(TEXTS)
    size = (
        sum(p.numel() for p in model.parameters())
        + (1024 - model.config.text_config.vocab_size) * 256
    )
    assert size * 4 < 27e6


def test_the_image_changes_the_reply_and_the_blind_row_does_not_see_it(starter):
    model, processor = starter
    a = logits(model, batch(processor, asked("near?", picture(1))))
    b = logits(model, batch(processor, asked("near?", picture(2))))
    assert (a - b).abs().max() > 1e-3


def test_image_tokens_see_each_other_both_ways(starter):
    model, processor = starter
    pixels = batch(processor, asked("near?", picture(1)))["pixel_values"]
    changed = pixels.clone()
    changed[..., 200:, 200:] = 0  # the last corner only
    with torch.no_grad():
        before, after = (model.get_image_features(p) for p in (pixels, changed))
    assert (before[0, 0] - after[0, 0]).abs().max() > 1e-4


def test_left_and_right_padding_give_the_logits_of_no_padding(starter):
    model, processor = starter
    short = asked("near?", picture(1))
    long = asked("How far is the chair from the camera in m?", picture(2))
    alone = logits(model, batch(processor, short))[0]
    padded = batch(processor, short, long)
    assert torch.allclose(logits(model, padded)[0, -len(alone) :], alone, atol=2e-5)
    order = padded["attention_mask"].argsort(dim=1, descending=True, stable=True)
    right = {key: padded[key].gather(1, order) for key in ("input_ids", "attention_mask")}
    got = logits(model, right, pixel_values=padded["pixel_values"])[0, : len(alone)]
    assert torch.allclose(got, alone, atol=2e-5)


def test_a_batch_gives_the_logits_of_its_rows_with_several_images_and_none(starter):
    model, processor = starter
    talks = [asked("a", picture(1), picture(2)), asked("b c d"), asked("e", picture(2))]
    together = logits(model, batch(processor, *talks))
    for row, talk in enumerate(talks):
        alone = logits(model, batch(processor, talk))[0]
        assert torch.allclose(together[row, -len(alone) :], alone, atol=2e-5)


def test_greedy_generation_follows_the_full_forward(starter):
    model, processor = starter
    inputs = batch(
        processor, asked("near?", picture(1)), asked("How far is the chair?", picture(2))
    )
    got = model.generate(**inputs, max_new_tokens=6, eos_token_id=-1)
    ids = inputs["input_ids"]
    mask = inputs["attention_mask"]
    for _ in range(6):
        last = logits(
            model,
            {"input_ids": ids, "attention_mask": mask, "pixel_values": inputs["pixel_values"]},
        )[:, -1]
        last[:, processor.image_token_id] = -torch.inf
        ids = torch.cat([ids, last.argmax(-1, keepdim=True)], dim=1)
        mask = torch.cat([mask, mask.new_ones(2, 1)], dim=1)
    assert torch.equal(got, ids)


def test_sampling_repeats_the_images_of_each_row_as_a_block(starter):
    model, processor = starter
    inputs = batch(
        processor, asked("a", picture(1), picture(2)), asked("b"), asked("c", picture(3))
    )
    _, expanded = model._expand_inputs_for_generation(
        3, False, inputs["input_ids"], pixel_values=inputs["pixel_values"]
    )
    one, two, three = inputs["pixel_values"]
    assert torch.equal(expanded["pixel_values"], torch.stack([one, two] * 3 + [three] * 3))
    greedy = model.generate(**inputs, max_new_tokens=5)
    low = model.generate(
        **inputs, max_new_tokens=5, do_sample=True, temperature=1e-4, num_return_sequences=2
    )
    assert torch.equal(low[::2], greedy)
    assert torch.equal(low[1::2], greedy)


def test_an_image_token_is_never_generated(starter):
    model, processor = starter
    inputs = batch(processor, asked("a", picture(1)))
    torch.manual_seed(0)
    out = model.generate(
        **inputs, max_new_tokens=30, do_sample=True, temperature=50.0, num_return_sequences=20
    )
    assert (out[:, inputs["input_ids"].shape[1] :] == processor.image_token_id).sum() == 0


def test_image_places_and_ignored_labels_add_nothing_to_the_loss(starter):
    model, processor = starter
    inputs = batch(processor, asked("near?", picture(1)))
    labels = torch.where(inputs["input_ids"] == processor.image_token_id, -100, inputs["input_ids"])
    with torch.no_grad():
        assert (
            model(**inputs, labels=inputs["input_ids"]).loss == model(**inputs, labels=labels).loss
        )
        few = labels.clone()
        few[:, :-2] = -100
        expected = torch.nn.functional.cross_entropy(model(**inputs).logits[0, -3:-1], few[0, -2:])
        assert torch.allclose(model(**inputs, labels=few).loss, expected)


def test_logits_to_keep_is_the_tail_of_all_logits(starter):
    model, processor = starter
    inputs = batch(processor, asked("near?", picture(1)))
    assert torch.allclose(
        logits(model, inputs, logits_to_keep=3), logits(model, inputs)[:, -3:], atol=1e-6
    )


@pytest.mark.parametrize("family", ["qwen3", "qwen2", "llama"])
def test_every_text_family_learns_and_gradients_reach_the_connector(family):
    config = tiny_config(text={"model_type": family, "hidden_size": 64})
    model, processor = build_starter(TEXTS, config, vocab_size=300)
    inputs = batch(processor, asked("near?", picture(1)))
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(8):
        loss = model(**inputs, labels=inputs["input_ids"]).loss
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    assert model.model.connector.up.weight.grad.abs().sum() > 0


def test_gradient_checkpointing_gives_the_same_gradients(starter):
    _, processor = starter
    inputs = batch(processor, asked("near?", picture(1)))
    grads = []
    for checkpointed in (False, True):
        model, _ = build_starter(TEXTS, tiny_config(feature_dropout=0.0), vocab_size=320, seed=1)
        model.train()
        if checkpointed:
            model.gradient_checkpointing_enable({"use_reentrant": False})
        model(**inputs, labels=inputs["input_ids"]).loss.backward()
        grads.append([p.grad for p in model.parameters()])
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(*grads, strict=True))


def test_feature_dropout_acts_in_training_alone_and_drops_whole_channels(starter):
    model, _ = starter
    dropout = model.model.connector.dropout
    x = torch.ones(4, 49, 1728)
    assert dropout.eval()(x) is x
    out = dropout.train()(x)
    model.eval()
    assert torch.equal(out, out[:, :1].expand_as(out))
    assert 0.05 < (out[:, 0] == 0).float().mean() < 0.15
    assert out.max() == pytest.approx(1 / 0.9)


def test_the_same_seed_gives_the_same_weights_and_leaves_the_random_state_alone():
    before = torch.random.get_rng_state()
    one, _ = build_starter(TEXTS, tiny_config(), vocab_size=300, seed=5)
    assert torch.equal(before, torch.random.get_rng_state())
    two, _ = build_starter(TEXTS, tiny_config(), vocab_size=300, seed=5)
    other, _ = build_starter(TEXTS, tiny_config(), vocab_size=300, seed=6)
    state = one.state_dict()
    same = two.state_dict()
    different = other.state_dict()
    assert all(torch.equal(state[k], same[k]) for k in state)
    assert not torch.equal(
        state["model.connector.up.weight"], different["model.connector.up.weight"]
    )


def test_the_frozen_tower_is_no_part_of_the_module_nor_of_the_checkpoint(starter, saved):
    names = dict(starter[0].named_modules())
    assert not any(
        "tower" in name or "efficientnet" in type(m).__module__ for name, m in names.items()
    )
    with safe_open(saved / "model.safetensors", "pt") as file:
        parts = {tuple(key.split(".")[:2]) for key in list(file.keys())}
    assert parts == {("model", "connector"), ("model", "language_model")}  # the head is tied


def test_images_that_do_not_fit_their_places_are_refused(starter):
    model, processor = starter
    inputs = batch(processor, asked("near?", picture(1)))
    with pytest.raises(ModelError, match="49 image tokens for 2 images"):
        model(input_ids=inputs["input_ids"], pixel_values=inputs["pixel_values"].repeat(2, 1, 1, 1))
    with pytest.raises(ModelError, match="no pixel_values"):
        model(input_ids=inputs["input_ids"])
    with pytest.raises(ModelError, match="uint8"):
        model(input_ids=inputs["input_ids"], pixel_values=inputs["pixel_values"].float())
    with pytest.raises(ModelError, match="either"):
        model()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_tokens": 50}, "image_tokens"),
        ({"vision_tower": "clip"}, "clip"),
        ({"connector_heads": 3}, "heads"),
    ],
)
def test_a_configuration_that_cannot_be_built_is_named(starter, change, message):
    from waywiser.models.starter import fresh_model

    with pytest.raises(ModelError, match=message):
        fresh_model(starter[1], WaywiserStarterConfig(**(tiny_config().to_dict() | change)))
