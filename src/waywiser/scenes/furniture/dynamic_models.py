"""Models of people, pets and robots that move by themselves; every library has them.

They are not `CATEGORIES`: rooms are not furnished with them, they are put where they have a way to
go. Those that walk also have the poses of a step cycle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from waywiser.scenes.furniture.bodies.animal import draw_animal
from waywiser.scenes.furniture.bodies.animal_looks import CATS, DOGS
from waywiser.scenes.furniture.bodies.body_builder import Floats
from waywiser.scenes.furniture.bodies.person import draw_person
from waywiser.scenes.furniture.bodies.person_looks import PEOPLE
from waywiser.scenes.furniture.designs.dynamic import NUM_ROBOT_VACUUMS, build_robot_vacuum
from waywiser.scenes.furniture.part_collector import PartCollector
from waywiser.scenes.gait_phase import NUM_GAIT_PHASES
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

KEY_PREFIX = "mover#"
NUM_HELD_OUT = {"person": 2, "dog": 1, "cat": 1, "robot vacuum": 1}
"""How many of the last models of each kind only held-out homes show."""
SPEED_RANGES = {
    "person": (0.5, 1.2),
    "dog": (0.5, 1.3),
    "cat": (0.4, 1.0),
    "robot vacuum": (0.2, 0.45),
}
"""Slowest and fastest speed, in meters per second."""
SCALE_RANGES = {
    "person": (0.97, 1.03),
    "dog": (0.94, 1.06),
    "cat": (0.94, 1.06),
    "robot vacuum": (0.95, 1.05),
}


@dataclass(frozen=True)
class DynamicModel:
    """A model that moves.

    Attributes:
        category: Its category.
        size: Natural width, depth and height at rest, in meters.
        mesh: Its shape at rest, which fills the unit box.
        stride: Meters of a step cycle at the natural size; None for what does not walk.
        is_held_out: Whether only held-out homes show it.
    """

    category: str
    size: Vec3
    mesh: Mesh
    stride: float | None
    is_held_out: bool


@cache
def build_dynamic_models() -> dict[str, DynamicModel]:
    """The models at rest, by key ("mover#dog-2")."""
    models: dict[str, DynamicModel] = {}
    strides: dict[str, list[float | None]] = {
        "person": [look.stride for look in PEOPLE],
        "dog": [look.stride for look in DOGS],
        "cat": [look.stride for look in CATS],
        "robot vacuum": [None] * NUM_ROBOT_VACUUMS,
    }

    for category, category_strides in strides.items():
        for number, stride in enumerate(category_strides):
            mesh, size = _DRAW[category](number, None).build()
            is_held_out = number >= len(category_strides) - NUM_HELD_OUT[category]
            models[f"{KEY_PREFIX}{category.replace(' ', '-')}-{number + 1}"] = DynamicModel(
                category, size, mesh, stride, is_held_out
            )

    return models


def dynamic_model_keys(split: str) -> list[str]:
    """Keys of the models that homes of a split may show."""
    return [
        key
        for key, model in build_dynamic_models().items()
        if model.is_held_out == (split == "heldout")
    ]


@lru_cache(maxsize=256)
def build_gait_pose(key: str, phase: int) -> Mesh:
    """A walking model's shape at a phase of its step cycle, in the unit box of its rest.

    Args:
        key: Key of the model.
        phase: Number of the pose, below `NUM_GAIT_PHASES`.

    Returns:
        The mesh, with the faces and materials of the model at rest; its feet and hands may leave
        the unit box.
    """
    category = build_dynamic_models()[key].category
    number = int(key.rpartition("-")[2]) - 1
    return _DRAW[category](number, phase / NUM_GAIT_PHASES).build_within(*_rest_bounds(key))


@cache
def _rest_bounds(key: str) -> tuple[Floats, Floats]:
    category = build_dynamic_models()[key].category
    return _DRAW[category](int(key.rpartition("-")[2]) - 1, None).bounds()


_DRAW: dict[str, Callable[[int, float | None], PartCollector]] = {
    "person": lambda number, phase: draw_person(PEOPLE[number], phase),
    "dog": lambda number, phase: draw_animal(DOGS[number], phase),
    "cat": lambda number, phase: draw_animal(CATS[number], phase),
    "robot vacuum": lambda number, _: build_robot_vacuum(number),
}
