"""A fresh question of any task: about a room where a single picture of one room does, else about a home."""

from dataclasses import dataclass, field
from functools import lru_cache

from waywiser.dataset.generators import LEVELS, QuestionGenerator
from waywiser.sample import Sample
from waywiser.scenes.room_config import RoomConfig
from waywiser.tasks.registry import ROOM_TASKS
from waywiser.training.room_draws import RoomDraws, open_furniture


@dataclass(frozen=True)
class TaskDraws:
    """`draw(task, seed, level) -> Sample`, level in [0, 1]; the same arguments, the same sample. Can be sent to
    another process.

    The five tasks of rooms are drawn by `RoomDraws`, the others by the task's `QuestionGenerator`, whose five levels
    the level is rounded to. Raises RecipeError or DatasetError where no scene supports a question of the task.
    """

    assets: str | None = None
    split: str = "train"
    room: RoomConfig = field(default_factory=RoomConfig)

    def __call__(self, task: str, seed: int, level: float) -> Sample:
        if task in ROOM_TASKS:
            return self._rooms(task, seed, level)
        size = (self.room.width, self.room.height)
        return _generator(task, self.assets, self.split, *size).sample(seed, round(level * (LEVELS - 1)))

    def furniture(self) -> set[str]:
        """Keys of the furniture models that scenes may hold."""
        return self._rooms.furniture()

    @property
    def _rooms(self) -> RoomDraws:
        return RoomDraws(self.assets, self.split, self.room)


@lru_cache(maxsize=32)
def _generator(task: str, assets: str | None, split: str, width: int, height: int) -> QuestionGenerator:
    return QuestionGenerator(task, open_furniture(assets)[0], split=split, width=width, height=height)
