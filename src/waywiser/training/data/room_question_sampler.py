"""A fresh question about a fresh room: what online training draws from, with the five tasks that
there are.

Two settings follow the level in [0, 1]. Distractors: rooms hold 4 to 6 objects at level 0 and 12 to
16 at level 1. Margin: of the questions of the task that a room supports, the one with the widest
margin to a wrong answer is asked at level 0, the narrowest at level 1 (counts have no margin: the
lowest at 0, the highest at 1).
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from waywiser.dataset.scene_questions import encode_png
from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.furniture.library import FurnitureLibrary, open_library
from waywiser.scenes.procedural.room import build_room_scene
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.tasks.base import Question
from waywiser.tasks.registry import TASKS
from waywiser.tasks.views import render_view

_MAX_ROOMS = 60
"""Rooms that are tried for one question."""


@dataclass(frozen=True)
class RoomQuestionSampler:
    """`draw(task, seed, level) -> Sample`; the same arguments, the same sample. Can be sent to
    another process.

    `assets` as in synthesis, `room` for what the level does not decide. Answers are as rooms give
    them, without the balancing of a synthesised dataset. Raises RecipeError where none of 60 rooms
    supports a question of the task.
    """

    assets: str | None = None
    split: str = "train"
    room: RoomConfig = field(default_factory=RoomConfig)

    def __call__(self, task: str, seed: int, level: float) -> Sample:
        library, cache = open_furniture_meshes(self.assets)
        config = room_config_at(self.room, level)

        for index in range(_MAX_ROOMS):
            try:
                scene = build_room_scene(index, seed, self.split, library, config)
            except SceneError:
                continue  # too full: another room

            view = render_view(RoomRenderer(scene, cache), scene, 0, RenderOptions())
            questions = TASKS[task].questions(view, np.random.default_rng([seed, index]))
            if questions:
                return question_at(questions, level).to_sample(
                    f"online-{task}-{seed}",
                    split=self.split,
                    source="waywiser-rooms-online",
                    images=[encode_png(view.frame.rgb)],
                    scene_id=scene.id,
                    seed=seed,
                    cameras=scene.cameras[:1],
                )

        raise RecipeError(
            f"none of {_MAX_ROOMS} rooms supports a question of {task} at level {level:.2f}: leave"
            " it out"
        )

    def furniture_keys(self) -> set[str]:
        """Keys of the furniture models that rooms may hold."""
        return {model.key for model in open_furniture_meshes(self.assets)[0].models_for(self.split)}


def room_config_at(config: RoomConfig, level: float) -> RoomConfig:
    """Rooms of a level: the number of things rises with it."""
    min_objects = round(4 + 8 * level)
    max_objects = round(6 + 10 * level)
    return config.model_copy(
        update={"min_objects": min_objects, "max_objects": max_objects, "views": 1}
    )


def question_at(questions: list[Question], level: float) -> Question:
    """The question of a level among those of one room, from the easiest at 0 to the hardest at 1."""
    ranked = sorted(questions, key=_hardness)
    return ranked[round(level * (len(ranked) - 1))]


def _hardness(question: Question) -> float:
    if question.margin is not None:
        return -question.margin
    return float(question.answer.value) if isinstance(question.answer.value, int | float) else 0.0


@lru_cache(maxsize=1)
def open_furniture_meshes(assets: str | None) -> tuple[FurnitureLibrary, MeshCache]:
    """The library and its prepared models, opened once per process."""
    library = open_library(assets)
    return library, MeshCache(library)
