"""Rendered homes written as scans: real geometry with known truth, in the folder format."""

from pathlib import Path
from typing import Any

import numpy as np

from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import ParametricLibrary
from waywiser.scenes.procedural.home import HomeConfig, build_home_scene
from waywiser.scenes.scans.scan_writer import ScanWriter
from waywiser.scenes.scene import Camera, Scene

LIBRARY = ParametricLibrary()
CACHE = MeshCache(LIBRARY)
CONFIG = HomeConfig(
    width=160,
    height=120,
    min_rooms=1,
    max_rooms=1,
    min_objects=8,
    max_objects=10,
    moving_share=0.0,
    min_frames=14,
    max_frames=14,
)


def home(index: int = 0, seed: int = 5) -> Scene:
    """A furnished one-room home with a walk through it."""
    return build_home_scene(index, seed, "train", LIBRARY, CONFIG)


def walk(scene: Scene) -> tuple[tuple[Camera, ...], tuple[float, ...]]:
    """The cameras and times of the scene's first video."""
    clip = next(clip for clip in scene.clips if clip.kind == "video")
    return clip.cameras, clip.times


def lens(camera: Camera, centre: float = 0.0) -> np.ndarray:
    """Intrinsics (3, 3) of a calibration that has the first pixel's centre at `centre`."""
    shift = 0.5 - centre
    return np.array(
        [[camera.fx, 0, camera.cx - shift], [0, camera.fy, camera.cy - shift], [0, 0, 1]]
    )


def write_home(
    folder: Path,
    scene: Scene,
    *,
    up: Any = "+z",
    world_from_scene: np.ndarray | None = None,
    ids: bool = True,
    times: bool = True,
    boxes: bool = True,
    floor: bool = True,
    frames: int | None = None,
) -> Path:
    """Write the walk as a scan whose world is turned by `world_from_scene` (3, 3); returns the
    folder.
    """
    turn = np.eye(3) if world_from_scene is None else world_from_scene
    renderer = RoomRenderer(scene, CACHE)
    outline = [(x, y, 0.0) for x, y in scene.rooms[0].polygon] @ turn.T if floor else None
    with ScanWriter(folder, license="CC0-1.0", up=up, floor=outline) as scan:
        for number, (camera, time) in enumerate(zip(*walk(scene), strict=True)):
            if number == frames:
                break
            frame = renderer.render(camera)
            pose = np.eye(4)
            pose[:3, :3], pose[:3, 3] = turn @ camera.pose[:3, :3], turn @ camera.position
            scan.add(
                f"{number:04d}",
                frame.rgb,
                frame.depth,
                pose,
                lens(camera),
                ids=np.maximum(frame.ids, 0) if ids else None,
                time=time if times else None,
            )
        for thing in scene.objects:
            box = {
                "center": turn @ thing.box.center,
                "size": thing.box.size,
                "rotation": turn @ thing.box.axes,
            }
            scan.add_object(thing.id, thing.category, **(box if boxes else {}))
    return folder
