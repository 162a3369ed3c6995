"""Grounding: what stands in which cell, and a fresh starter that learns to name it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from waywiser.scenes.scene import Box, Camera, Object, Scene
from waywiser.training.grounding import GRID, cell_targets


def scene_of(*things: Object, camera: Camera) -> Scene:
    return Scene(
        id="s", seed=0, split="train", furniture="none", rooms=(), objects=things, lights=(), ambient=0.3,
        cameras=(camera,),
    )  # fmt: skip


def camera() -> Camera:
    return Camera.look_at((0, 0, 1.0), (0, 1, 1.0), width=320, height=240, horizontal_fov=1.2)


def box(number: int, category: str, x: float, y: float, size: float = 0.6, z: float = 1.0) -> Object:
    return Object(id=number, category=category, model="m", box=Box(center=(x, y, z), size=(size, size, size)))


INDEX = {"chair": 0, "table": 1}


def test_the_nearer_thing_takes_the_cell() -> None:
    near, far = box(1, "chair", 0, 2, 0.4), box(2, "table", 0, 4, 2.0)
    for things in ((near, far), (far, near)):
        labels, attributes = cell_targets(scene_of(*things, camera=camera()), camera(), INDEX)
        middle = GRID * GRID // 2
        assert labels[middle] == INDEX["chair"]
        assert np.exp(attributes[middle][4]) == pytest.approx(2.0, abs=1e-5)
        assert np.exp(attributes[middle][5]) == pytest.approx(0.4, abs=1e-5)
        assert INDEX["table"] in labels
        assert -1 in labels


@given(st.floats(-1.2, 1.2), st.floats(2.5, 5.0), st.floats(0.15, 0.5))
def test_a_thing_takes_the_cell_that_its_centre_projects_to(x: float, y: float, size: float) -> None:
    view = camera()
    labels, attributes = cell_targets(scene_of(box(1, "chair", x, y, size), camera=view), view, INDEX)
    corners = view.project(box(1, "chair", x, y, size).box.corners) / [view.width, view.height]
    low, high = np.clip(corners.min(0), 0, 1), np.clip(corners.max(0), 0, 1)
    column, row = ((low + high) / 2 * GRID).astype(int).clip(0, GRID - 1)
    assert labels[row * GRID + column] == 0
    assert attributes[row * GRID + column][:4] == pytest.approx([*(low + high) / 2, *(high - low)], abs=1e-5)


def test_what_reaches_behind_the_camera_or_lies_outside_is_left_out() -> None:
    for thing in (box(1, "chair", 0, 0.1, 0.6), box(1, "chair", 0, -3), box(1, "chair", 30, 3)):
        labels, _ = cell_targets(scene_of(thing, camera=camera()), camera(), INDEX)
        assert (labels == -1).all()


def test_a_fresh_starter_learns_to_name_cells(tmp_path) -> None:
    from waywiser.dataset.config import SynthesisConfig
    from waywiser.dataset.synthesize import synthesize
    from waywiser.models.starter import build_starter
    from waywiser.scenes.room_config import RoomConfig
    from waywiser.training.config import DataConfig, GroundingConfig
    from waywiser.training.data import read_training_set
    from waywiser.training.grounding import ground

    torch.set_num_threads(1)
    rooms = tmp_path / "rooms"
    synthesize(
        SynthesisConfig(out=rooms, rooms=16, assets="parametric", room=RoomConfig(width=96, height=72)), progress=False
    )
    data = read_training_set(DataConfig(path=rooms))
    model, processor = build_starter([s.question for s in data.samples], vocab_size=320, seed=1)
    pixels = torch.cat(
        [
            processor.image_processor(images=[data.pictures.image(i)], return_tensors="pt")["pixel_values"]
            for i in range(len(data.pictures.encoded))
        ]
    )

    def share(steps: int) -> float:
        return ground(model, processor, data, pixels, [rooms], GroundingConfig(steps=steps, batch_size=8), seed=0)

    before = share(1)
    assert share(60) > before + 0.3, "it should name by heart the cells of sixteen rooms"
