"""`SynthesisConfig`: what a synthetic dataset is made from, and the hash that tells two recipes
apart.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waywiser import __version__
from waywiser.dataset.balance import MAX_COUNT_SHARE, MAX_HOME_COUNT_SHARE
from waywiser.engine import check_engine
from waywiser.errors import RecipeError
from waywiser.io import sha256
from waywiser.recipe import nearest_name
from waywiser.rendering.blender import CyclesOptions
from waywiser.rendering.frame import CameraEffects
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.tasks.registry import ROOM_TASKS, TASKS, choose_tasks, load_plugin
from waywiser.tasks.wording import StatesFov

_CONDITIONAL_KEYS = {
    "out",
    "workers",
    "engine",
    "assets",
    "homes",
    "home",
    "video",
    "realism",
    "camera_effects",
    "trace_share",
    "states_fov",
    "cycles",
    "scans",
    "scan_frames",
    "scan_width",
    "plugins",
}
"""Keys excluded from the recipe hash: they never change the output, or `recipe()` adds them only
when they do.
"""


class SynthesisConfig(BaseModel):
    """Scenes to build and questions to ask of them.

    Of the `rooms` scenes the first `homes` are homes and the others single rooms; None: all of them
    where a task needs more than single rooms, else none. `room` and `home` say how they are
    made. `video` "mp4" writes every video as a playable file too; `realism` "cycles" lets Blender
    draw the pictures, all else being the same (docs/guide/realism.md). `tasks` is "all", "a,b" or a
    list of names. `assets` is a folder or `.sh3f` file of furniture, "parametric" or None for
    whatever is installed. `questions_per_view` caps each task in each picture or clip,
    `count_share` the share of one answer among counts (None: .3 for rooms, .2 with homes). `split`
    is "train" or "heldout" and also chooses the furniture models. `engine`, `workers` and `assets`'
    place do not change a byte of the result; everything else does. `shard_rooms` scenes go into one
    file (None: 32, with homes 8).

    `plugins` are files with tasks of your own (docs/guide/add_a_task.md).

    With `scans` (a scan folder or a folder of them, docs/guide/scans.md) the scenes are those
    scans and nothing is built: at most `scan_frames` frames of each, at most `scan_width` pixels
    across. `rooms` is their number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: Path = Field(description="Folder of the dataset.")
    rooms: int = Field(description="Number of scenes: single rooms, or homes of several rooms.")
    tasks: str | tuple[str, ...] = Field(
        default=ROOM_TASKS, description="What to ask: all, or names of tasks separated by commas."
    )
    seed: int = Field(default=0, description="The same seed gives the same bytes.")
    split: str = Field(
        default="train",
        description="Name of the split, train or heldout, which also chooses the furniture models.",
    )
    assets: Path | str | None = Field(
        default=None,
        description="Furniture: a .sh3f file, a folder of them, or parametric. null: whatever is installed.",
    )
    questions_per_view: int = Field(
        default=2, description="Maximum questions of one task per picture or clip."
    )
    count_share: float | None = Field(
        default=None,
        description="Largest share of one answer among counts. null: 0.3 for rooms, 0.34 with homes.",
    )
    shard_rooms: int | None = Field(
        default=None, description="Scenes in one file. null: 32, or 8 with homes."
    )
    workers: int = Field(
        default=1, description="Processes that make the dataset; they change no byte of it."
    )
    engine: str = Field(
        default="processes",
        description="Where jobs run: processes, native (Daft) or ray; it changes no byte of the result.",
    )
    room: RoomConfig = Field(
        default_factory=RoomConfig, description="How single rooms are built and photographed."
    )
    homes: int | None = Field(
        default=None,
        description="How many of the scenes are homes. null: all where a task needs them, else none.",
    )
    home: HomeConfig = Field(
        default_factory=HomeConfig, description="How homes are built and filmed."
    )
    video: Literal["frames", "mp4"] = Field(
        default="frames", description="frames, or mp4 for a playable file of every clip too."
    )
    realism: Literal["embree", "cycles"] = Field(
        default="embree", description="Renderer of the pictures: embree, or cycles (Blender, slow)."
    )
    camera_effects: CameraEffects = Field(
        default="none",
        description="How much pictures look a phone's (noise, blur, vignette, color): none, mild or strong.",
    )
    trace_share: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of the questions that keep their reasoning; the rest has answers only.",
    )
    states_fov: StatesFov = Field(
        default="metric",
        description="Questions that state the camera's field of view: never, metric (those for a"
        " length or an angle) or always.",
    )
    cycles: CyclesOptions = Field(
        default_factory=CyclesOptions, description="How Blender draws, with realism cycles."
    )
    scans: Path | None = Field(
        default=None,
        description="A scan folder, or a folder of them: ask about real scans, not built scenes.",
    )
    scan_frames: int = Field(default=32, description="Maximum frames per scan, evenly spaced.")
    scan_width: int = Field(
        default=640, description="Largest width of a scan's pictures, in pixels."
    )
    plugins: tuple[Path, ...] = Field(
        default=(), description="Python files with tasks of your own (docs/guide/add_a_task.md)."
    )

    @model_validator(mode="before")
    @classmethod
    def _name_unknown_keys(cls, values: Any) -> Any:
        for name in values if isinstance(values, dict) else ():
            near = nearest_name(str(name), cls.model_fields)
            if name not in cls.model_fields and near is not None:
                raise ValueError(f"unknown key {name!r}; did you mean {near!r}?")

        return values

    def load_plugins(self) -> None:
        """Register the plugins' tasks in this process. Raises RecipeError as `load_plugin` does."""
        for path in self.plugins:
            load_plugin(path)

    @property
    def home_count(self) -> int:
        """How many of the scenes are homes, or scans, which have clips as homes do: those of the
        lowest indices.
        """
        if self.scans is not None:
            return self.rooms
        if self.homes is not None:
            return self.homes
        rooms_do = all(TASKS[name].single_rooms for name in choose_tasks(self.tasks))
        return 0 if rooms_do else self.rooms

    @property
    def max_count_share(self) -> float:
        """`count_share`, or its default."""
        if self.count_share is not None:
            return self.count_share
        return MAX_HOME_COUNT_SHARE if self.home_count else MAX_COUNT_SHARE

    @property
    def scenes_per_shard(self) -> int:
        """`shard_rooms`, or its default."""
        if self.shard_rooms is not None:
            return self.shard_rooms
        return 8 if self.home_count else 32

    @property
    def shards(self) -> int:
        """Number of files that the scenes are spread over."""
        return -(-self.rooms // self.scenes_per_shard)

    def indices(self, shard: int) -> range:
        """Scene indices of one shard."""
        return range(
            shard * self.scenes_per_shard, min(self.rooms, (shard + 1) * self.scenes_per_shard)
        )

    def check(self) -> None:
        """Raises RecipeError for a request that cannot be met."""
        for name in (
            "rooms",
            "questions_per_view",
            "shard_rooms",
            "workers",
            "scan_frames",
            "scan_width",
        ):
            if (value := getattr(self, name)) is not None and value < 1:
                raise RecipeError(f"{name} must be at least 1, not {value}")

        if self.count_share is not None and not 0 < self.count_share <= 1:
            raise RecipeError(f"count_share must lie in (0, 1], not {self.count_share}")

        check_engine(self.engine)
        if self.camera_effects != "none" and (self.realism == "cycles" or self.scans is not None):
            raise RecipeError("camera_effects are for pictures that embree draws: leave them out")
        if self.scans is not None and self.realism == "cycles":
            raise RecipeError("scans bring their own pictures: leave out --realism cycles")
        if self.seed < 0:
            raise RecipeError(f"seed must not be negative, not {self.seed}")
        if self.split not in ("train", "heldout"):
            raise RecipeError(f"unknown split {self.split!r}: choose train or heldout")
        if self.homes is not None and not 0 <= self.homes <= self.rooms:
            raise RecipeError(f"homes must lie in [0, rooms = {self.rooms}], not {self.homes}")

        clip_tasks = [name for name in choose_tasks(self.tasks) if TASKS[name].needs != "image"]
        if clip_tasks and not self.home_count:
            raise RecipeError(
                f"task {clip_tasks[0]!r} asks about clips, which single rooms do not have: leave"
                " out --homes 0"
            )

    def recipe(self, fingerprint: str) -> dict[str, Any]:
        """All that decides the bytes of the dataset, as plain data; `fingerprint` fingerprints the
        library.
        """
        homes = self.home_count
        recipe = self.model_dump(mode="json", exclude=_CONDITIONAL_KEYS)

        if self.scans is not None:
            del recipe["room"]
            recipe |= {
                "scan_frames": self.scan_frames,
                "scan_width": self.scan_width,
                "video": self.video,
            }
        elif homes:  # datasets of rooms alone keep the recipe that they always had
            recipe |= {
                "homes": homes,
                "home": self.home.model_dump(mode="json"),
                "video": self.video,
            }

        if self.realism == "cycles":
            recipe |= {"realism": "cycles", "cycles": self.cycles.model_dump()}

        if self.camera_effects != "none":
            recipe["camera_effects"] = self.camera_effects

        if self.trace_share < 1:
            recipe["trace_share"] = self.trace_share

        if self.states_fov != "metric":
            recipe["states_fov"] = self.states_fov

        if self.plugins:
            recipe["plugins"] = {path.name: sha256(path) for path in self.plugins}

        return {
            **recipe,
            "count_share": self.max_count_share,
            "shard_rooms": self.scenes_per_shard,
            "tasks": list(choose_tasks(self.tasks)),
            "furniture": fingerprint,
            "waywiser": __version__,
        }


def recipe_hash(recipe: dict[str, Any]) -> str:
    """SHA-256 of a recipe as canonical JSON."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def available_workers() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shard_file_name(split: str, shard: int, shards: int) -> str:
    """`{split}-00003-of-00012.parquet`, as dataset hubs write it."""
    return f"{re.sub(r'[^a-z0-9_]', '_', split)}-{shard:05d}-of-{shards:05d}.parquet"
