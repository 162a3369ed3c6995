"""Clips and several views through every stage: the model is shown at most `max_frames` frames."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from training.conftest import png
from waywiser.evaluation.dataset_run import evaluate_folder
from waywiser.media.sampling import spread_indices
from waywiser.models import load
from waywiser.models.generation import build_prompt_inputs
from waywiser.models.model_families import frame_sampling, max_frames
from waywiser.prompting import limit_frames
from waywiser.recipe import build
from waywiser.sample import Sample
from waywiser.training.config import DataConfig, RLVRRecipe, SFTRecipe
from waywiser.training.data.prompts import make_prompt_rows
from waywiser.training.data.training_set import read_training_set
from waywiser.training.grpo import prompt_sharing
from waywiser.training.rlvr import run_rlvr
from waywiser.training.sft import run_sft

FRAMES = 32


def as_clip(sample: Sample, frames: int = FRAMES) -> Sample:
    times = [k / 2 for k in range(frames)]
    images = [png(scene_number(sample) + k) for k in range(frames)]
    return sample.model_copy(
        update={"id": f"clip-{sample.id}", "images": images, "timestamps": times, "fps": 2.0}
    )


def as_views(sample: Sample) -> Sample:
    images = [*sample.images, png(99)]
    return sample.model_copy(update={"id": f"views-{sample.id}", "images": images})


def scene_number(sample: Sample) -> int:
    return int((sample.scene_id or "s0")[1:])


@pytest.fixture(scope="module")
def small(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, which its folder allows three frames of a clip."""
    model, processor = load(model_folder)
    folder = tmp_path_factory.mktemp("clips") / "model"
    processor.max_frames = 3
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def clips(samples, write_dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips, pairs of views and single pictures."""
    counts = [sample for sample in samples if sample.task == "count"]
    mixed = [*map(as_clip, counts[:4]), *map(as_views, counts[4:8]), *counts[8:12]]
    return write_dataset(tmp_path_factory.mktemp("clips") / "data", mixed)


def test_frames_are_spread_evenly_with_the_first_and_the_last(samples) -> None:
    clip = as_clip(samples[0])
    for most in range(2, FRAMES + 1):
        chosen = spread_indices(FRAMES, most)
        assert (len(chosen), chosen[0], chosen[-1]) == (most, 0, FRAMES - 1)
        assert set(np.diff(chosen)) <= {(FRAMES - 1) // (most - 1), -(-(FRAMES - 1) // (most - 1))}
        shown, images = limit_frames(clip, range(FRAMES), most)
        assert images == chosen
        assert shown.timestamps == [k / 2 for k in chosen]
        assert shown.images == [clip.images[k] for k in chosen]
        assert limit_frames(shown, images, most) == (shown, images)


def test_views_are_all_shown_and_placeholders_go_with_their_frames(samples) -> None:
    views = samples[0].model_copy(update={"images": [png(k) for k in range(5)]})
    assert limit_frames(views, range(5), 3) == (views, [0, 1, 2, 3, 4])
    placed = as_clip(samples[0], 4).model_copy(update={"question": "<image>" * 4 + "Which?"})
    assert limit_frames(placed, range(4), 2)[0].question == "<image><image>Which?"
    assert limit_frames(placed, range(4), None) == (placed, [0, 1, 2, 3])


def test_training_asking_and_evaluation_show_the_same_frames(clips: Path, small: Path) -> None:
    _, processor = load(small)
    assert max_frames(processor) == 3
    whole = read_training_set(DataConfig(path=clips))
    data = whole.with_max_frames(3)
    row = make_prompt_rows(data)[0]
    frames = [np.asarray(image) for image in row["images"]]
    expected = [np.asarray(whole.images(0)[k]) for k in spread_indices(FRAMES, 3)]
    assert all(map(np.array_equal, frames, expected))
    assert len(frames) == len(data.places[0]) == 3
    asked = build_prompt_inputs(processor, [whole.samples[0]], images=[whole.images(0)])
    trained = build_prompt_inputs(processor, [data.samples[0]], images=[data.images(0)])
    assert torch.equal(asked["pixel_values"], trained["pixel_values"])
    assert torch.equal(asked["input_ids"], trained["input_ids"])
    sampling, _ = frame_sampling(processor)
    assert sampling.indices(FRAMES, 2.0) == spread_indices(FRAMES, 3)


def test_sft_packs_clips_views_and_pictures_by_itself(
    clips: Path, small: Path, tmp_path: Path
) -> None:
    values: dict[str, Any] = {
        "out": tmp_path / "sft",
        "model": str(small),
        "data": {"path": str(clips)},
        "batch_size": 4,
        "max_steps": 2,
        "max_pack_tokens": 64,
        "save_steps": 0,
    }
    result = run_sft(build(SFTRecipe, values))
    assert result.steps == 2
    assert max_frames(load(result.model)[1]) == 3  # the trained folder says it again


def test_rlvr_reads_a_prompt_of_many_pictures_once(
    clips: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared: list[int] = []
    inputs = prompt_sharing._Packing.inputs

    def spy(packing: Any, *args: Any) -> Any:
        shared.append(len(packing.prompts))
        return inputs(packing, *args)

    monkeypatch.setattr(prompt_sharing._Packing, "inputs", spy)
    values: dict[str, Any] = {
        "out": tmp_path / "rlvr",
        "model": str(small),
        "data": {"path": str(clips)},
        "prompts_per_step": 6,
        "num_generations": 2,
        "max_steps": 2,
        "max_completion_length": 8,
        "save_steps": 0,
        "drop_zero_std_groups": False,
        "strategy": {"beta": 0.1},
    }
    result = run_rlvr(build(RLVRRecipe, values))
    log = [json.loads(line) for line in result.log.read_text().splitlines()]
    assert result.steps == 2
    assert all(row["kl"] == pytest.approx(0, abs=1e-3) for row in log[:1])
    assert set(shared) == {6}


def test_a_clip_of_many_frames_is_evaluated(clips: Path, model_folder: Path) -> None:
    """As many frames as the model reads by itself, 16."""
    found = evaluate_folder(model_folder, [clips], samples=1, limit=5, batch_size=4)
    assert found["greedy"][0].sample_id.startswith("clip-")
    assert len(found["greedy"]) == len(found["sampled"]) == 5
