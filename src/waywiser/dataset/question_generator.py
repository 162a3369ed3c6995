"""Every task as a generator that can be asked: one fresh question at a stated level of difficulty,
for as long as training wants more.

A level in [0, 1] sets the scene (rooms, furniture, frames) and which of its questions is taken:
how much it demands (candidates, hidden turns, classes, instances) and how near to its decision
boundary it lies. There are five steps, 0, 0.25, 0.5, 0.75 and 1; a level between is rounded.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from waywiser.dataset.scene_questions import encode_png
from waywiser.errors import DatasetError, RecipeError
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.marks import draw_marks
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.furniture.library import FurnitureLibrary
from waywiser.scenes.procedural.home import HomeConfig, build_home_scene
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks.base import Question
from waywiser.tasks.registry import TASKS, choose_tasks
from waywiser.tasks.views import render_clip, render_view

NUM_LEVELS = 5
MAX_SCENES = 60
"""Scenes that are tried before a level is said to have no question."""
_TRUTH_ONLY = RenderOptions(rgb=False)


@dataclass(frozen=True)
class Difficulty:
    """What a level sets. `complexity` and `margin_rank`, in [0, 1], say which of a scene's
    questions is taken: from the least to the most demanding, and from the widest margin to the
    narrowest.
    """

    rooms: tuple[int, int]
    objects: tuple[int, int]
    frames: int
    complexity: float
    margin_rank: float


DIFFICULTIES = (
    Difficulty((1, 1), (4, 6), 12, 0.0, 0.0),
    Difficulty((1, 2), (4, 8), 14, 0.25, 0.25),
    Difficulty((2, 2), (5, 9), 16, 0.5, 0.5),
    Difficulty((2, 3), (6, 10), 20, 0.75, 0.75),
    Difficulty((3, 4), (7, 11), 24, 1.0, 1.0),
)


class QuestionGenerator:
    """An endless stream of questions of one task. Raises RecipeError for an unknown task.

    Same task, library, split and picture size: the same `sample(seed, level)`. Questions are not
    balanced: what a stream asks is left to whoever draws from it (`answer` and `task` tell).
    """

    def __init__(
        self,
        task: str,
        library: FurnitureLibrary,
        *,
        split: str = "train",
        width: int = 448,
        height: int = 336,
    ) -> None:
        (self.task,) = choose_tasks([task])
        self._library, self._cache = library, MeshCache(library)
        self._split = split
        self._size = (width, height)

    def sample(self, seed: int, level: float = 0.5) -> Sample:
        """One fresh sample with its pictures.

        Args:
            seed: Any number from 0; another seed, another scene.
            level: How hard, from 0 (easiest) to 1 (hardest).

        Returns:
            The sample; the same one for the same arguments.

        Raises:
            RecipeError: For a level outside [0, 1] or a negative seed.
            DatasetError: Where no scene of this level allowed a question.
        """
        scene, question = self.question(seed, level)
        return question.to_sample(
            f"{self.task}-{_step_of(level)}-{seed}",
            split=self._split,
            source="waywiser-generator",
            images=self._pictures(scene, question),
            scene_id=scene.id,
            seed=seed,
            cameras=_shown_cameras(scene, question),
            **_timing(scene, question),
        )

    def question(self, seed: int, level: float = 0.5) -> tuple[Scene, Question]:
        """The scene and the question of a sample, without pictures. Raises as `sample` does."""
        if seed < 0:
            raise RecipeError(f"the seed must not be negative, not {seed}")

        step = _step_of(level)

        for attempt in range(MAX_SCENES):
            rng = np.random.default_rng([seed, step, TASKS[self.task].seed, attempt])
            scene = build_home_scene(
                int(rng.integers(2**31)),
                seed,
                self._split,
                self._library,
                self._config(DIFFICULTIES[step]),
            )

            questions = self._ask(scene, rng)
            if questions:
                return scene, pick_question(questions, DIFFICULTIES[step])

        raise DatasetError(
            f"no scene of level {level} allowed a question of {self.task}: try another seed or"
            " level"
        )

    def _config(self, difficulty: Difficulty) -> HomeConfig:
        needs = TASKS[self.task].needs
        least = TASKS[self.task].min_rooms
        return HomeConfig(
            width=self._size[0],
            height=self._size[1],
            min_rooms=max(least, difficulty.rooms[0]),
            max_rooms=max(least, difficulty.rooms[1]),
            min_objects=difficulty.objects[0],
            max_objects=difficulty.objects[1],
            min_frames=difficulty.frames,
            max_frames=difficulty.frames,
            moving_frames=difficulty.frames,
            moving_share=1.0 if needs == "motion" else 0.0,
        )

    def _ask(self, scene: Scene, rng: np.random.Generator) -> list[Question]:
        task = TASKS[self.task]
        renderer = RoomRenderer(scene, self._cache)

        if task.needs == "image":
            views = (
                render_view(renderer, scene, index, _TRUTH_ONLY)
                for index in range(len(scene.cameras))
            )

            return [question for view in views for question in task.questions(view, rng)]

        kind = "views" if task.needs == "views" else "video"
        clips = [index for index, clip in enumerate(scene.clips) if clip.kind == kind]

        if task.needs == "motion":
            clips = [index for index in clips if scene.clips[index].motions]

        clip_views = (render_clip(renderer, scene, index, _TRUTH_ONLY) for index in clips)
        return [question for clip_view in clip_views for question in task.questions(clip_view, rng)]

    def _pictures(self, scene: Scene, question: Question) -> list[bytes]:
        inputs = question.program.inputs
        if "camera" in inputs:
            renderer = RoomRenderer(scene, self._cache)
            return [encode_png(renderer.render(scene.cameras[inputs["camera"]]).rgb)]

        pictures: list[bytes] = []
        renderer = None

        for frame in shown_frames(scene, question):
            posed_scene = scene.at(inputs["clip"], frame)
            if renderer is None or renderer.scene.objects != posed_scene.objects:
                renderer = RoomRenderer(posed_scene, self._cache)

            rgb = renderer.render(posed_scene.cameras[0]).rgb
            marks = (question.annotate or {}).get(frame, ())
            pictures.append(encode_png(draw_marks(rgb, marks) if marks else rgb))

        return pictures


def _step_of(level: float) -> int:
    """The place of a level's difficulty in DIFFICULTIES."""
    if not 0 <= level <= 1:
        raise RecipeError(
            f"a level lies in [0, 1], not at {level}: what was level 2 of 0 to 4 is now 0.5"
        )
    return round(level * (NUM_LEVELS - 1))


def shown_frames(scene: Scene, question: Question) -> tuple[int, ...]:
    """The frames whose pictures a clip's question shows."""
    return question.frames or tuple(
        range(len(scene.clips[question.program.inputs["clip"]].cameras))
    )


def _shown_cameras(scene: Scene, question: Question) -> list[Camera]:
    """The cameras of the pictures that a question shows."""
    inputs = question.program.inputs
    if "camera" in inputs:
        return [scene.cameras[inputs["camera"]]]

    return [scene.clips[inputs["clip"]].cameras[i] for i in shown_frames(scene, question)]


def _timing(scene: Scene, question: Question) -> dict[str, Any]:
    """Frames per second and timestamps of a video's sample."""
    inputs = question.program.inputs
    clip = scene.clips[inputs["clip"]] if "clip" in inputs else None
    if clip is None or clip.kind != "video":
        return {}

    return {
        "fps": clip.fps,
        "timestamps": [clip.times[frame] for frame in shown_frames(scene, question)],
    }


def pick_question(questions: list[Question], difficulty: Difficulty) -> Question:
    """The question at the level's place: first by complexity, then, among equals, by margin."""
    complexities = sorted({question.complexity for question in questions})
    wanted = complexities[round(difficulty.complexity * (len(complexities) - 1))]
    equals = [question for question in questions if question.complexity == wanted]
    equals.sort(key=lambda question: -(question.margin or 0.0))
    return equals[round(difficulty.margin_rank * (len(equals) - 1))]
