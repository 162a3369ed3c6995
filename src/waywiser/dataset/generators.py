"""Every task as a generator that can be asked: one fresh question at a stated level of difficulty, for as long as
training wants more.

A level from 0 to 4 sets the scene (rooms, furniture, frames) and which of its questions is taken: how much it demands
(candidates, hidden turns, classes, instances) and how near to its decision boundary it lies.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from waywiser import __version__
from waywiser.dataset.shoot import png
from waywiser.errors import DatasetError, RecipeError
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.marks import draw_marks
from waywiser.rendering.meshes import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.home import HomeConfig, build_home_scene
from waywiser.scenes.library import FurnitureLibrary
from waywiser.scenes.scene import Scene
from waywiser.tasks._base import Draft
from waywiser.tasks.derive import film, look
from waywiser.tasks.registry import TASKS, choose_tasks

LEVELS = 5
TRIES = 60
"""Scenes that are tried before a level is said to have no question."""
_TRUTH = RenderOptions(rgb=False)


@dataclass(frozen=True)
class Knobs:
    """What a level sets. `demand` and `closeness`, in [0, 1], say which of a scene's questions is taken: from the
    least to the most demanding, and from the widest margin to the narrowest."""

    rooms: tuple[int, int]
    objects: tuple[int, int]
    frames: int
    demand: float
    closeness: float


KNOBS = (
    Knobs((1, 1), (4, 6), 12, 0.0, 0.0),
    Knobs((1, 2), (4, 8), 14, 0.25, 0.25),
    Knobs((2, 2), (5, 9), 16, 0.5, 0.5),
    Knobs((2, 3), (6, 10), 20, 0.75, 0.75),
    Knobs((3, 4), (7, 11), 24, 1.0, 1.0),
)


class QuestionGenerator:
    """An endless stream of questions of one task. Raises RecipeError for an unknown task.

    Same task, library, split and picture size: the same `sample(seed, level)`. Questions are not balanced: what a
    stream asks is left to whoever draws from it (`answer` and `task` tell).
    """

    def __init__(
        self, task: str, library: FurnitureLibrary, *, split: str = "train", width: int = 448, height: int = 336
    ) -> None:
        (self.task,) = choose_tasks([task])
        self._library, self._cache = library, MeshCache(library)
        self._split, self._size = split, (width, height)

    def sample(self, seed: int, level: int) -> Sample:
        """One fresh sample with its pictures. Raises RecipeError for a level outside 0 to 4 or a negative seed, and
        DatasetError where no scene of this level allowed a question."""
        if not 0 <= level < LEVELS or seed < 0:
            raise RecipeError(f"level must lie in 0 to {LEVELS - 1} and the seed not be negative: not {level}, {seed}")
        scene, draft = self.question(seed, level)
        return Sample(
            id=f"{self.task}-{level}-{seed}",
            split=self._split,
            domain="spatial",
            task=self.task,
            source="waywiser-generator",
            question=draft.question,
            options=draft.answer.options,
            answer=draft.answer,
            images=self._pictures(scene, draft),
            **_timing(scene, draft),
            reasoning=draft.reasoning,
            scene_id=scene.id,
            program=draft.program,
            margin=draft.margin,
            seed=seed,
            version=__version__,
        )

    def question(self, seed: int, level: int) -> tuple[Scene, Draft]:
        """The scene and the question of a sample, without pictures. Raises DatasetError as `sample` does."""
        number = list(TASKS).index(self.task)
        for attempt in range(TRIES):
            rng = np.random.default_rng([seed, level, number, attempt])
            scene = build_home_scene(
                int(rng.integers(2**31)), seed, self._split, self._library, self._config(KNOBS[level])
            )
            drafts = self._ask(scene, rng)
            if drafts:
                return scene, pick(drafts, KNOBS[level])
        raise DatasetError(f"no scene of level {level} allowed a question of {self.task}: try another seed or level")

    def _config(self, knobs: Knobs) -> HomeConfig:
        needs = TASKS[self.task].needs
        return HomeConfig(
            width=self._size[0], height=self._size[1],
            min_rooms=knobs.rooms[0], max_rooms=knobs.rooms[1],
            min_objects=knobs.objects[0], max_objects=knobs.objects[1],
            min_frames=knobs.frames, max_frames=knobs.frames, moving_frames=knobs.frames,
            moving_share=1.0 if needs == "motion" else 0.0,
        )  # fmt: skip

    def _ask(self, scene: Scene, rng: np.random.Generator) -> list[Draft]:
        task: Any = TASKS[self.task]
        renderer = RoomRenderer(scene, self._cache)
        if task.needs == "image":
            views = (look(renderer, scene, index, _TRUTH) for index in range(len(scene.cameras)))
            return [draft for view in views for draft in task.questions(view, rng)]
        kind = "views" if task.needs == "views" else "video"
        clips = [index for index, clip in enumerate(scene.clips) if clip.kind == kind]
        if task.needs == "motion":
            clips = [index for index in clips if scene.clips[index].motions]
        footages = (film(renderer, scene, index, _TRUTH) for index in clips)
        return [draft for footage in footages for draft in task.questions(footage, rng)]

    def _pictures(self, scene: Scene, draft: Draft) -> list[bytes]:
        inputs = draft.program.inputs
        if "camera" in inputs:
            renderer = RoomRenderer(scene, self._cache)
            return [png(renderer.render(scene.cameras[inputs["camera"]]).rgb)]
        pictures: list[bytes] = []
        renderer = None
        for frame in shown(scene, draft):
            moment = scene.at(inputs["clip"], frame)
            if renderer is None or renderer.scene.objects != moment.objects:
                renderer = RoomRenderer(moment, self._cache)
            rgb = renderer.render(moment.cameras[0]).rgb
            marks = (draft.annotate or {}).get(frame, ())
            pictures.append(png(draw_marks(rgb, marks) if marks else rgb))
        return pictures


def shown(scene: Scene, draft: Draft) -> tuple[int, ...]:
    """The frames whose pictures a clip's question shows."""
    return draft.frames or tuple(range(len(scene.clips[draft.program.inputs["clip"]].cameras)))


def _timing(scene: Scene, draft: Draft) -> dict[str, Any]:
    """Frames per second and timestamps of a video's sample."""
    inputs = draft.program.inputs
    clip = scene.clips[inputs["clip"]] if "clip" in inputs else None
    if clip is None or clip.kind != "video":
        return {}
    return {"fps": clip.fps, "timestamps": [clip.times[frame] for frame in shown(scene, draft)]}


def demand(draft: Draft) -> int:
    """How much a question asks one to keep in mind: candidates, hidden turns, classes, instances, frames between."""
    inputs = draft.program.inputs
    if "candidates" in inputs:
        return len(inputs["candidates"])
    if "hidden" in inputs:
        return len(inputs["hidden"]) * 10 + len(inputs["path"])
    if draft.answer.kind == "integer" and isinstance(draft.answer.value, int):
        return draft.answer.value
    if "level" in inputs:
        return ("easy", "medium", "hard").index(inputs["level"])
    if "frame_a" in inputs:
        return abs(inputs["frame_a"] - inputs["frame_b"])
    return 0


def pick(drafts: list[Draft], knobs: Knobs) -> Draft:
    """The draft at the level's place: first by demand, then, among equals, by margin."""
    demands = sorted({demand(draft) for draft in drafts})
    wanted = demands[round(knobs.demand * (len(demands) - 1))]
    equals = [draft for draft in drafts if demand(draft) == wanted]
    equals.sort(key=lambda draft: -(draft.margin or 0.0))
    return equals[round(knobs.closeness * (len(equals) - 1))]
