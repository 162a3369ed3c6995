"""A fresh question about a fresh room: what online training draws from, with the five tasks that there are.

Two knobs follow the level in [0, 1]. Distractors: rooms hold 4 to 6 things at level 0 and 12 to 16 at level 1.
Margin: of the questions of the task that a room supports, the one with the widest margin to a wrong answer is asked
at level 0, the narrowest at level 1 (counts have no margin: the lowest at 0, the highest at 1).
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from waywiser import __version__
from waywiser.dataset.shoot import png
from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.meshes import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.layout import build_room_scene
from waywiser.scenes.library import FurnitureLibrary, open_library
from waywiser.scenes.room_config import RoomConfig
from waywiser.tasks._base import Draft
from waywiser.tasks.derive import look
from waywiser.tasks.registry import TASKS

_ROOMS = 60
"""Rooms that are tried for one question."""


@dataclass(frozen=True)
class RoomDraws:
    """`draw(task, seed, level) -> Sample`; the same arguments, the same sample. Can be sent to another process.

    `assets` as in synthesis, `room` for what the level does not decide. Answers are as rooms give them, without the
    balancing of a synthesised dataset. Raises RecipeError where none of 60 rooms supports a question of the task.
    """

    assets: str | None = None
    split: str = "train"
    room: RoomConfig = field(default_factory=RoomConfig)

    def __call__(self, task: str, seed: int, level: float) -> Sample:
        library, cache = open_furniture(self.assets)
        config = room_at(self.room, level)
        for index in range(_ROOMS):
            try:
                scene = build_room_scene(index, seed, self.split, library, config)
            except SceneError:
                continue  # too full: another room
            view = look(RoomRenderer(scene, cache), scene, 0, RenderOptions())
            task_of_rooms: Any = TASKS[task]
            drafts = task_of_rooms.questions(view, np.random.default_rng([seed, index]))
            if drafts:
                chosen = draft_at(drafts, level)
                return _sample(chosen, view.frame.rgb, f"online-{task}-{seed}", scene.id, self.split, seed)
        raise RecipeError(f"none of {_ROOMS} rooms supports a question of {task} at level {level:.2f}: leave it out")

    def furniture(self) -> set[str]:
        """Keys of the furniture models that rooms may hold."""
        return {model.key for model in open_furniture(self.assets)[0].half(self.split)}


def room_at(config: RoomConfig, level: float) -> RoomConfig:
    """Rooms of a level: the number of things rises with it."""
    fewest, most = round(4 + 8 * level), round(6 + 10 * level)
    return config.model_copy(update={"min_objects": fewest, "max_objects": most, "views": 1})


def draft_at(drafts: list[Draft], level: float) -> Draft:
    """The question of a level among those of one room, from the easiest at 0 to the hardest at 1."""
    ranked = sorted(drafts, key=_hardness)
    return ranked[round(level * (len(ranked) - 1))]


def _hardness(draft: Draft) -> float:
    if draft.margin is not None:
        return -draft.margin
    return float(draft.answer.value) if isinstance(draft.answer.value, int | float) else 0.0


@lru_cache(maxsize=1)
def open_furniture(assets: str | None) -> tuple[FurnitureLibrary, MeshCache]:
    """The library and its prepared models, opened once per process."""
    library = open_library(assets)
    return library, MeshCache(library)


def _sample(draft: Draft, rgb: np.ndarray, name: str, scene: str, split: str, seed: int) -> Sample:
    return Sample(
        id=name,
        split=split,
        domain="spatial",
        task=draft.task,
        source="waywiser-rooms-online",
        question=draft.question,
        options=draft.answer.options,
        answer=draft.answer,
        images=[png(rgb)],
        reasoning=draft.reasoning,
        scene_id=scene,
        program=draft.program,
        margin=draft.margin,
        seed=seed,
        version=__version__,
    )
