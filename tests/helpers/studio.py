"""A furnished room made by hand, with clips, and honest questions about it whose answers one can
check on paper.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.audit.geometry.posed_objects import ModelMeshes
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.judgment import Judgment
from waywiser.audit.sample_judge import judge_sample
from waywiser.dataset.schema import SAMPLE_SCHEMA, SCENE_SCHEMA, sample_to_row, scene_to_row
from waywiser.io import write_table
from waywiser.sample import Answer, Program, Sample
from waywiser.scenes.furniture.library import ParametricLibrary
from waywiser.scenes.scene import Box, Camera, Clip, Motion, Object, Room, Scene

SHAPES = ModelMeshes(ParametricLibrary())
FURNITURE = (
    ("chair", (1.6, 3.4), (0.5, 0.5, 0.9), 0.3),
    ("sofa", (3.6, 4.5), (1.9, 0.85, 0.8), 0.0),
    ("plant", (4.9, 3.0), (0.6, 0.6, 1.2), 0.0),
    ("table", (3.2, 2.9), (1.0, 0.9, 0.75), 0.5),
    ("bookcase", (0.2, 1.2), (0.9, 0.3, 1.8), math.pi / 2),
    ("fridge", (5.6, 0.5), (0.6, 0.65, 1.7), -math.pi / 2),
    ("trash can", (2.0, 1.9), (0.3, 0.3, 0.5), 0.0),
    ("trash can", (2.6, 2.0), (0.3, 0.3, 0.5), 0.2),
    ("laptop", (4.2, 1.9), (0.5, 0.35, 0.3), 0.2),
)
NUMBER = {"chair": 1, "sofa": 2, "plant": 3, "table": 4, "bookcase": 5, "fridge": 6, "laptop": 9}
EYE = 1.5
VIEWS = (((3, 0.4), 90), ((3.8, 0.4), 90), ((3, 1.0), 90), ((3, 0.4), 130), ((3.05, 0.4), 90))
"""As camera 0; 0.8 m to the right; 0.6 m forward; turned 40 degrees to the left; 5 cm to the right.
"""


def look(at: tuple[float, float], degrees: float, pitch: float = -10.0) -> Camera:
    """A camera at eye height; `degrees` counter-clockwise from +x, `pitch` above the horizon."""
    x = math.cos(math.radians(degrees))
    y = math.sin(math.radians(degrees))
    tilt = math.tan(math.radians(pitch))
    target = (at[0] + x, at[1] + y, EYE + tilt)
    return Camera.look_at(
        (*at, EYE), target, width=160, height=120, horizontal_fov=math.radians(80)
    )


def studio(**changes: Any) -> Scene:
    """The room: 6 m along x, 5 m along y. Camera 0 looks along +y from the middle of the near wall."""
    objects = tuple(
        Object(
            id=i,
            category=category,
            model=f"parametric#{category.replace(' ', '-')}-1",
            box=Box(center=(*place, size[2] / 2), size=size, yaw=yaw),
        )
        for i, (category, place, size, yaw) in enumerate(FURNITURE, start=1)
    )
    room = Room(
        polygon=((0, 0), (6, 0), (6, 5), (0, 5)),
        height=2.6,
        wall_colour=(1, 1, 1),
        floor_colour=(1, 1, 1),
    )
    views = Clip(
        kind="views",
        cameras=tuple(look(at, way) for at, way in VIEWS),
        times=(0.0,) * len(VIEWS),
    )
    turning = tuple(look((3.0, 1.2), 200 + 10 * i, -12) for i in range(36))
    video = Clip(kind="video", cameras=turning, times=tuple(i / 2 for i in range(36)), fps=2.0)
    slide = Motion(
        object=1, times=(1.0, 3.0), centers=((1.6, 3.4, 0.45), (1.6, 2.4, 0.45)), yaws=(0.3, 0.3)
    )
    still = (look((3, 0.4), 90),) * 8
    moving = Clip(
        kind="video", cameras=still, times=tuple(i / 2 for i in range(8)), fps=2.0, motions=(slide,)
    )
    down = tuple(look((3.0, 2.2), 30 * i, -38) for i in range(12))
    floor = Clip(kind="video", cameras=down, times=tuple(i / 2 for i in range(12)), fps=2.0)
    scene = Scene(
        id="studio",
        seed=0,
        split="train",
        furniture="parametric",
        rooms=(room,),
        objects=objects,
        lights=(),
        ambient=1.0,
        cameras=(look((3, 0.4), 90),),
        clips=(views, video, moving, floor),
    )
    return scene.model_copy(update=changes)


def ask(
    task: str,
    value: Any,
    inputs: dict[str, Any],
    *,
    options: Sequence[str] | None = None,
    **more: Any,
) -> Sample:
    """A sample of a task about the studio; the answer's kind and unit are the task's unless `more`
    says otherwise.
    """
    kind = "choice" if options else "integer" if task.endswith("count") else "number"
    unit = (
        {"object_size": "cm", "camera_rotation": "deg", "room_size": "m2"}.get(task, "m")
        if kind == "number"
        else None
    )
    answer = Answer(
        kind=more.pop("kind", kind),
        value=value,
        unit=more.pop("unit", unit),
        options=list(options) if options else None,
    )
    values = {"id": f"studio-{task}", "scene_id": "studio", "question": f"{task}?", **more}
    return Sample(
        split="train",
        domain="spatial",
        task=task,
        source="test",
        answer=answer,
        options=answer.options,
        program=Program(name=values.pop("program", task), inputs=inputs),
        **values,
    )


def judged(sample: Sample, scene: Scene | None = None) -> Judgment:
    """The audit's word on a sample about the studio (or another scene)."""
    return judge_sample(sample, SceneRaster(scene or studio(), SHAPES))


def write_dataset(folder: Path, samples: Sequence[Sample], scenes: Sequence[Scene]) -> Path:
    """A dataset folder that holds these."""
    rows = [sample_to_row(sample) for sample in samples]
    write_table(
        folder / "data" / "train-00000-of-00001.parquet",
        pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA),
    )
    table = pa.Table.from_pylist([scene_to_row(scene) for scene in scenes], schema=SCENE_SCHEMA)
    write_table(folder / "scenes" / "train-00000-of-00001.parquet", table)
    return folder
