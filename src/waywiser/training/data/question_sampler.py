"""A fresh question of any task: about a room where a single picture of one room does, else about a
home.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from waywiser.dataset.question_generator import QuestionGenerator
from waywiser.sample import Sample
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.tasks.registry import get_task, load_plugin
from waywiser.training.data.room_question_sampler import RoomQuestionSampler, open_furniture_meshes


@dataclass(frozen=True)
class QuestionSampler:
    """`draw(task, seed, level) -> Sample`, level in [0, 1]; the same arguments, the same sample.
    Can be sent to another process.

    Tasks for which single rooms do are drawn by `RoomQuestionSampler`, the others by the task's
    `QuestionGenerator`. Raises RecipeError or DatasetError where no scene supports a question of
    the task.
    """

    assets: str | None = None
    split: str = "train"
    room: RoomConfig = field(default_factory=RoomConfig)
    plugins: tuple[Path, ...] = ()

    def load_plugins(self) -> None:
        """Register the plugins' tasks in this process. Raises RecipeError as `load_plugin` does."""
        for path in self.plugins:
            load_plugin(path)

    def __call__(self, task: str, seed: int, level: float) -> Sample:
        self.load_plugins()
        if get_task(task).single_rooms:
            return self._room_sampler(task, seed, level)
        size = (self.room.width, self.room.height)
        return _generator(task, self.assets, self.split, *size).sample(seed, level)

    def furniture_keys(self) -> set[str]:
        """Keys of the furniture models that scenes may hold."""
        return self._room_sampler.furniture_keys()

    @property
    def _room_sampler(self) -> RoomQuestionSampler:
        return RoomQuestionSampler(self.assets, self.split, self.room)


@lru_cache(maxsize=32)
def _generator(
    task: str, assets: str | None, split: str, width: int, height: int
) -> QuestionGenerator:
    return QuestionGenerator(
        task, open_furniture_meshes(assets)[0], split=split, width=width, height=height
    )
