"""A defect in a task's own code makes a whole dataset of homes wrong, and the audit of that dataset
fails.

Every defect is put where the public pipelines had it: into the computation that labels come from.
What those labels are of, homes with doors and walks, is drawn by the generator as it is; the same
without the defect passes.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from helpers.studio import write_dataset
from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.sample import Answer, Sample
from waywiser.scenes.furniture.library import ParametricLibrary
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Box, Scene
from waywiser.tasks import (
    absolute_distance,
    camera_motion,
    displacement,
    relative_direction,
    room_size,
)
from waywiser.tasks.absolute_distance import AbsoluteDistance
from waywiser.tasks.base import MAX_QUESTIONS, View
from waywiser.tasks.camera_distance import CameraDistance
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import wrap_degrees
from waywiser.tasks.object_count import ObjectCount
from waywiser.tasks.registry import TASKS
from waywiser.tasks.views import render_clip, render_view

HOMES = 3
SEED = 11
"""Homes with directions near a boundary, which a margin on one side lets through."""
SMALL = HomeConfig(width=160, height=120, max_rooms=3, max_frames=16, photos=4, moving_share=0.0)
Patch = pytest.MonkeyPatch


class Homes:
    """A few homes with the truth of their pictures, drawn once."""

    def __init__(self) -> None:
        library = ParametricLibrary()
        truth = RenderOptions(rgb=False)
        self.scenes = [build_home_scene(i, SEED, "train", library, SMALL) for i in range(HOMES)]
        self.views: list[tuple[Scene, View]] = []
        self.clip_view: list[tuple[Scene, ClipView]] = []
        for scene in self.scenes:
            renderer = RoomRenderer(scene, MeshCache(library))
            self.views += [
                (scene, render_view(renderer, scene, i, truth)) for i in range(len(scene.cameras))
            ]
            self.clip_view += [
                (scene, render_clip(renderer, scene, i, truth)) for i in range(len(scene.clips))
            ]

    def dataset(self, task: str, folder: Path) -> Path:
        """All that the task, as it is now, asks of the homes."""
        asked: Any = TASKS[task]
        seen = self.views if asked.needs == "image" else self._clips(asked.needs)
        samples = []
        for k, (scene, what) in enumerate(seen):
            # What is proposed, not only what a viewer can explain: near a boundary, where a margin
            # that is not kept shows, no rough map leads to the answer.
            proposed = asked.propose(what, np.random.default_rng(k))
            for n, draft in enumerate(islice(proposed, MAX_QUESTIONS)):
                name = f"{scene.id}-{k}-{n}"
                samples.append(
                    Sample(
                        id=name,
                        split="train",
                        domain="spatial",
                        task=task,
                        source="test",
                        question=draft.question,
                        options=draft.answer.options,
                        answer=draft.answer,
                        images=[name.encode()],
                        scene_id=scene.id,
                        program=draft.program,
                        margin=draft.margin,
                    )
                )
        return write_dataset(folder, samples, self.scenes)

    def _clips(self, needs: str) -> list[tuple[Scene, ClipView]]:
        return [(s, f) for s, f in self.clip_view if (f.clip.kind == "views") == (needs == "views")]


@pytest.fixture(scope="module")
def homes() -> Homes:
    return Homes()


@pytest.fixture
def patch() -> Iterator[Patch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


def found(folder: Path) -> dict[str, str]:
    """The state of the exact gates of an audit."""
    audit = audit_dataset(AuditConfig(folder=folder), progress=False)
    assert audit.samples > 0
    return {
        gate.name: gate.state
        for gate in audit.gates
        if gate.name in ("labels", "margins", "stored margins")
    }


def camera_place(patch: Patch) -> None:
    """-R^T t of a camera-to-world pose."""
    place = lambda camera: -camera.pose[:3, :3].T @ camera.pose[:3, 3]  # noqa: E731
    track = lambda clip_view: np.array([place(camera) for camera in clip_view.cameras])  # noqa: E731
    patch.setattr(displacement, "camera_trajectory", track)


def coverage_not_used(patch: Patch) -> None:
    patch.setattr(room_size, "MIN_COVERAGE", 0.0)


def one_sided_margin(patch: Patch) -> None:
    """Only the boundary behind a direction is looked at, not the one before it."""
    behind = lambda angle, edges: min((angle - edge) % 360.0 for edge in edges)  # noqa: E731
    assert behind(wrap_degrees(89.0), (0.0, 90.0)) == 89.0
    patch.setattr(relative_direction, "angle_to_boundary", behind)


def sampled(one: Box, other: Box, step: float = 0.05) -> float:
    """Distance between points on the boxes' surfaces, about `step` metres apart and off the edges."""
    return float(cdist(*(_lattice(box, step) for box in (one, other))).min())


def _lattice(box: Box, step: float) -> np.ndarray:
    counts = [max(1, int(side / step)) for side in box.size]
    unit = np.stack(
        np.meshgrid(*((np.arange(n) + 0.5) / n - 0.5 for n in counts)), axis=-1
    ).reshape(-1, 3)
    edge = 0.5 - 0.5 / np.array(counts)
    local = unit[(np.abs(unit) >= edge - 1e-9).any(axis=1)] * np.array(box.size)
    c = np.cos(box.yaw)
    s = np.sin(box.yaw)
    return local @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + np.array(box.center)


def sampled_distance(patch: Patch) -> None:
    patch.setattr(absolute_distance, "box_distance", sampled)


def ten_times(task: type) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        right: Any = task.answer  # type: ignore[attr-defined]

        def answer(*args: Any) -> Answer:
            found = right(*args)
            return found.model_copy(update={"value": 10 * found.value})

        patch.setattr(task, "answer", answer)

    return plant


def no_dead_band(patch: Patch) -> None:
    patch.setattr(camera_motion, "MIN_MOVE", 0.0)
    patch.setattr(camera_motion, "MIN_DOMINANCE", 1.0)


def says_yes(patch: Patch) -> None:
    patch.setattr(ObjectCount, "answer", lambda *_: Answer(kind="text", value="Yes"))


def twelve_are_two(patch: Patch) -> None:
    right = ObjectCount.answer

    def answer(self: ObjectCount, view: View, inputs: Any) -> Answer:
        value = right(self, view, inputs).value
        return Answer(kind="integer", value=1 if value == 2 else value)

    patch.setattr(ObjectCount, "answer", answer)


DEFECTS = {
    "camera place by -R^T t": ("displacement", camera_place, "labels"),
    "coverage threshold not used": ("room_size", coverage_not_used, "labels"),
    "margin on one side": ("relative_direction", one_sided_margin, "margins"),
    "distance by 5 cm sampling": ("absolute_distance", sampled_distance, "labels"),
    "scale of ten, between things": ("absolute_distance", ten_times(AbsoluteDistance), "labels"),
    "scale of ten, from the camera": ("camera_distance", ten_times(CameraDistance), "labels"),
    "sign without a dead band": ("camera_motion", no_dead_band, "margins"),
    "counts that say Yes": ("object_count", says_yes, "labels"),
    "several labelled fewer": ("object_count", twelve_are_two, "labels"),
}


@pytest.mark.parametrize(("task", "plant", "gate"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_of_a_task_fails_the_audit(
    task: str, plant: Callable[[Patch], None], gate: str, homes: Homes, patch: Patch, tmp_path: Path
) -> None:
    plant(patch)
    folder = homes.dataset(task, tmp_path / "d")
    patch.undo()
    assert found(folder)[gate] == "failed"


@pytest.mark.parametrize("task", sorted({task for task, *_ in DEFECTS.values()}))
def test_the_same_without_a_defect_passes(task: str, homes: Homes, tmp_path: Path) -> None:
    assert set(found(homes.dataset(task, tmp_path / "d")).values()) == {"passed"}
