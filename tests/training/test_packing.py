"""Packed rows teach exactly what single rows would."""

import json
from collections import Counter
from pathlib import Path

import pytest
import torch
from PIL import Image

from training.conftest import png
from waywiser.errors import DatasetError, RecipeError
from waywiser.models.generation import build_prompt_inputs
from waywiser.prompting import conversation
from waywiser.tasks.completion import gold_completion
from waywiser.training.config import DataConfig, SFTRecipe
from waywiser.training.data.image_packing import (
    LENGTH_MULTIPLE,
    PackCollator,
    PixelCache,
    pack_by_image,
    split_batch,
    tokenize_samples,
)
from waywiser.training.data.training_set import read_training_set
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.sft import run_sft


@pytest.fixture(scope="module")
def loaded(model_folder: Path):
    return load_initial_model(str(model_folder))


@pytest.fixture(scope="module")
def data(dataset: Path):
    return read_training_set(DataConfig(path=dataset))


@pytest.mark.parametrize("max_tokens", [110, 130, 1000])
def test_every_question_is_packed_once_with_its_picture(data, loaded, max_tokens: int) -> None:
    model, processor = loaded
    packs = pack_by_image(data, processor, model.config.image_token_id, max_tokens)
    turns = tokenize_samples(data, processor)
    expected = Counter(
        (place, tuple(prompt), tuple(done))
        for place, (prompt, done) in zip(data.places, turns, strict=True)
    )
    found = Counter(
        (pack.pictures, (*pack.prefix, *s.prompt_ids), tuple(s.completion_ids))
        for pack in packs
        for s in pack.segments
    )
    assert found == expected
    assert all(len(pack) <= max_tokens for pack in packs)
    assert (len(packs) == 6) == (max_tokens == 1000)


def test_prompts_are_tokenised_as_generation_does(data, loaded, samples) -> None:
    _, processor = loaded
    turns = tokenize_samples(data, processor)
    inputs = build_prompt_inputs(processor, samples[:5])
    for (prompt, _), ids, mask in zip(
        turns[:5], inputs["input_ids"], inputs["attention_mask"], strict=True
    ):
        assert ids[mask.bool()].tolist() == prompt


@pytest.fixture(scope="module")
def mixed(samples, write_dataset, tmp_path_factory: pytest.TempPathFactory):
    """Each question about one picture, about two (in both orders), about none and about a clip of
    20 frames, of which the model is shown 16.
    """
    shown = {
        "one": [png(0)],
        "two": [png(0), png(1)],
        "turned": [png(1), png(0)],
        "none": [],
        "clip": [png(k) for k in range(20)],
    }
    mixed = [
        sample.model_copy(
            update={
                "id": f"{name}-{sample.id}",
                "images": images,
                "timestamps": [k / 2 for k in range(20)] if name == "clip" else None,
            }
        )
        for sample in samples[:3]
        for name, images in shown.items()
    ]
    folder = write_dataset(tmp_path_factory.mktemp("mixed") / "data", mixed)
    return read_training_set(DataConfig(path=folder)).with_max_frames(16)


def single_log_probs(data, loaded, indices: list[int]) -> torch.Tensor:
    """Log-probabilities of the gold completions, each sample in a row of its own."""
    model, processor = loaded
    eos = processor.tokenizer.eos_token
    found = []
    for i in indices:
        inputs = build_prompt_inputs(processor, [data.samples[i]], images=[data.images(i)])
        completion = processor.tokenizer(
            gold_completion(data.samples[i]) + eos, return_tensors="pt"
        )["input_ids"]
        inputs["input_ids"] = torch.cat([inputs["input_ids"], completion], dim=1)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        start = inputs["input_ids"].shape[1] - completion.shape[1]
        with torch.no_grad():
            logits = model(**inputs).logits[0, start - 1 : -1].log_softmax(-1)
        found.append(logits.gather(-1, completion[0, :, None])[:, 0])
    return torch.cat(found)


def packed_log_probs(model, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    labels = batch["labels"]
    with torch.no_grad():
        logits = model(**{k: v for k, v in batch.items() if k != "labels"}).logits
    log_probs = logits[:, :-1].log_softmax(-1)
    found = log_probs.gather(-1, labels[:, 1:, None].clamp(min=0))[..., 0]
    return found[labels[:, 1:] >= 0]


def test_packed_log_probabilities_are_those_of_single_rows(mixed, loaded) -> None:
    model, processor = loaded
    packs = pack_by_image(mixed, processor, model.config.image_token_id, 1000)
    assert [len(pack.pictures) for pack in packs] == [1, 2, 2, 0, 16]
    assert all(len(pack.segments) == 3 for pack in packs)
    assert len(packs[3].prefix) >= 1
    pixels = PixelCache(mixed, processor)
    batch = PackCollator(packs, pixels, processor.tokenizer.pad_token_id)(
        [{"pack": k} for k in range(5)]
    )
    assert batch["input_ids"].shape[1] % LENGTH_MULTIPLE == 0
    assert len(batch["pixel_values"]) == 21
    order = [i for k in range(5) for i in range(len(mixed)) if i % 5 == k]
    single = single_log_probs(mixed, loaded, order)
    torch.testing.assert_close(packed_log_probs(model, batch), single, atol=2e-5, rtol=1e-4)

    parts = split_batch(batch, model.config.image_token_id, 2 * batch["input_ids"].shape[1])
    assert [len(part.get("pixel_values", ())) for part in parts] == [3, 2, 16]
    found = torch.cat([packed_log_probs(model, part) for part in parts])
    torch.testing.assert_close(found, single, atol=2e-5, rtol=1e-4)


def test_a_batch_without_pictures_has_no_pixels(mixed, loaded) -> None:
    model, processor = loaded
    none = mixed.take([i for i in range(len(mixed)) if not mixed.places[i]])
    packs = pack_by_image(none, processor, model.config.image_token_id, 1000)
    batch = PackCollator(packs, PixelCache(none, processor), processor.tokenizer.pad_token_id)(
        [{"pack": 0}]
    )
    assert "pixel_values" not in batch
    single = single_log_probs(none, loaded, [0, 1, 2])
    torch.testing.assert_close(packed_log_probs(model, batch), single, atol=2e-5, rtol=1e-4)


def test_a_question_longer_than_a_pack_has_a_row_of_its_own(data, loaded) -> None:
    model, processor = loaded
    packs = pack_by_image(data, processor, model.config.image_token_id, 64)
    assert [len(pack.segments) for pack in packs] == [1] * len(data)


def test_a_batch_read_in_parts_has_the_same_loss_and_gradient(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    logs = []
    for limit in (10**6, 64):
        recipe = SFTRecipe(
            out=tmp_path / str(limit),
            model=str(model_folder),
            data=DataConfig(path=dataset),
            packing="image",
            batch_size=3,
            max_steps=2,
            max_batch_tokens=limit,
            log_steps=1,
            save_steps=0,
        )
        lines = run_sft(recipe).log.read_text().splitlines()
        logs.append([json.loads(line) for line in lines])
    for whole, parts in zip(*logs, strict=True):
        for name in ("loss", "grad_norm"):
            assert parts[name] == pytest.approx(whole[name], rel=1e-3)


def test_pictures_are_kept_once_and_damaged_ones_are_named(
    data, samples, write_dataset, tmp_path: Path
) -> None:
    assert [store.num_pictures for store in data.stores] == [6]
    assert data.images(0)[0].size == (64, 48)
    assert all(not sample.images for sample in data.samples)
    damaged = samples[0].model_copy(update={"images": [b"no picture"]})
    broken = read_training_set(DataConfig(path=write_dataset(tmp_path / "damaged", [damaged])))
    with pytest.raises(DatasetError, match=r"of sample count-0-0 cannot be decoded"):
        broken.images(0)


def test_reading_chooses_tasks_and_draws_evenly(dataset: Path) -> None:
    only = read_training_set(DataConfig(path=dataset, tasks=["count"]))
    assert {sample.task for sample in only.samples} == {"count"}
    drawn = read_training_set(DataConfig(path=[dataset, dataset], limit=10), seed=1)
    again = read_training_set(DataConfig(path=[dataset, dataset], limit=10), seed=1)
    assert [s.id for s in drawn.samples] == [s.id for s in again.samples]
    assert len(drawn.samples) == 10
    assert len({sample.scene_id for sample in drawn.samples}) > 2
    with pytest.raises(RecipeError, match="no task 'cuont'; did you mean 'count'"):
        read_training_set(DataConfig(path=dataset, tasks=["cuont"]))
    with pytest.raises(DatasetError, match="no dataset at"):
        read_training_set(DataConfig(path=dataset / "nowhere"))


def test_tokens_are_those_of_a_call_with_pictures(loaded) -> None:
    """A picture's size does not change its tokens, and a typed `<|image|>` is text."""
    _, processor = loaded
    texts = [
        processor.apply_chat_template(conversation(text, [None] * count), tokenize=False)
        for text, count in (("How many?", 1), ("Which <|image|>?", 2), ("Why?", 0))
    ]
    sizes = [(1, 1), (224, 224), (640, 17)]
    images = [Image.new("RGB", size) for size in sizes]
    shown = processor(text=texts, images=[images[:1], images[1:], []])["input_ids"]
    assert processor.tokenize_without_images(texts) == shown
