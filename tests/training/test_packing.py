"""Packed rows teach exactly what single rows would."""

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
from waywiser.training.config import DataConfig
from waywiser.training.data.image_packing import (
    LENGTH_MULTIPLE,
    PackCollator,
    PixelCache,
    pack_by_image,
    tokenize_samples,
)
from waywiser.training.data.training_set import read_training_set
from waywiser.training.run.initial_model import load_initial_model


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
        (place[0], tuple(prompt), tuple(done))
        for place, (prompt, done) in zip(data.places, turns, strict=True)
    )
    found = Counter(
        (pack.picture, (*pack.prefix, *s.prompt_ids), tuple(s.completion_ids))
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


def test_packed_log_probabilities_are_those_of_single_rows(data, loaded) -> None:
    model, processor = loaded
    packs = pack_by_image(data, processor, model.config.image_token_id, 1000)[:2]
    pixels = PixelCache(data, processor)
    batch = PackCollator(packs, pixels, processor.tokenizer.pad_token_id)(
        [{"pack": 0}, {"pack": 1}]
    )
    assert batch["input_ids"].shape[1] % LENGTH_MULTIPLE == 0
    labels = batch.pop("labels")
    with torch.no_grad():
        log_probs = model(**batch).logits[:, :-1].log_softmax(-1)
    packed = log_probs.gather(-1, labels[:, 1:, None].clamp(min=0))[..., 0][labels[:, 1:] >= 0]
    single = []
    order = [i for p in (0, 1) for i in range(len(data.samples)) if data.places[i] == (p,)]
    for i in order:
        sample = data.samples[i]
        prompt = processor.apply_chat_template(
            conversation(sample.question, [None]), add_generation_prompt=True, tokenize=False
        )
        text = prompt + gold_completion(sample) + processor.tokenizer.eos_token
        row = processor(text=[text], images=[data.images(i)], return_tensors="pt")
        start = processor(text=[prompt], images=[data.images(i)], return_tensors="pt")[
            "input_ids"
        ].shape[1]
        with torch.no_grad():
            logits = model(**row).logits[0, start - 1 : -1].log_softmax(-1)
        single.append(logits.gather(-1, row["input_ids"][0, start:, None])[:, 0])
    torch.testing.assert_close(packed, torch.cat(single), atol=2e-5, rtol=1e-4)


def test_what_cannot_be_packed_is_refused(
    data, loaded, samples, write_dataset, tmp_path: Path
) -> None:
    model, processor = loaded
    with pytest.raises(RecipeError, match="more than max_pack_tokens 64"):
        pack_by_image(data, processor, model.config.image_token_id, 64)
    two_pictures = samples[0].model_copy(update={"images": [png(0), png(1)]})
    broken = read_training_set(
        DataConfig(path=write_dataset(tmp_path / "two", [two_pictures, *samples[1:]]))
    )
    with pytest.raises(RecipeError, match="one picture per sample, not 2"):
        pack_by_image(broken, processor, model.config.image_token_id, 1000)


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


def test_blank_pictures_stand_in_for_real_ones_in_tokens(loaded) -> None:
    """The assumption of tokenize_turns: a picture's size does not change its tokens."""
    _, processor = loaded
    text = processor.apply_chat_template(conversation("How many?", [None]), tokenize=False)
    sizes = [(1, 1), (224, 224), (640, 17)]
    ids = [
        processor(text=[text], images=[[Image.new("RGB", size)]])["input_ids"][0] for size in sizes
    ]
    assert ids[0] == ids[1] == ids[2]
