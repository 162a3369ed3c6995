"""A tiny scan made by hand: upright boxes before a wall, ray cast in plain numpy, written in the
folder format.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WIDTH = 96
HEIGHT = 72
LENS = [[80.0, 0, 47.5], [0, 80.0, 35.5], [0, 0, 1]]
LEVEL = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
"""Camera axes (right, down, forward) as columns, for a camera that looks along +y of a world with Z
up.
"""
THINGS: tuple[dict[str, Any], ...] = (
    {"id": 1, "category": "chair", "center": [-0.7, 3.0, 0.45], "size": [0.5, 0.5, 0.9]},
    {"id": 2, "category": "table", "center": [0.7, 3.6, 0.4], "size": [0.9, 0.7, 0.8]},
    {"id": 7, "category": "lamp", "center": [0.1, 4.3, 0.8], "size": [0.3, 0.3, 1.6]},
)
FLOOR = [[-3.0, -1.0, 0.0], [3.0, -1.0, 0.0], [3.0, 5.0, 0.0], [-3.0, 5.0, 0.0]]


def pose(
    x: float = 0.0, y: float = 0.0, left: float = 0.0, eye: float = 1.2, down: float = 0.0
) -> np.ndarray:
    """A camera-to-world pose at (x, y, eye), turned `left` degrees from +y and `down` degrees from
    level.
    """
    a = np.radians(left)
    b = np.radians(down)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn @ tilt @ LEVEL, (x, y, eye)
    return matrix


def cast(
    world_from_camera: np.ndarray,
    things: Any = THINGS,
    lens: Any = LENS,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> tuple[np.ndarray, np.ndarray]:
    """Depth (H, W) in metres and ids of the things, the floor at z = 0 and a wall at y = 5."""
    v, u = np.mgrid[: size[1], : size[0]]
    ways = np.stack(
        [(u - lens[0][2]) / lens[0][0], (v - lens[1][2]) / lens[1][1], np.ones(u.shape)], axis=-1
    )
    ways = ways @ world_from_camera[:3, :3].T
    start = world_from_camera[:3, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(ways[..., 2] < 0, -start[2] / ways[..., 2], np.inf)
        wall = (5 - start[1]) / ways[..., 1]
        depth = np.minimum(depth, np.where(wall > 0, wall, np.inf))
        ids = np.zeros(u.shape, int)
        for thing in things:
            half = np.array(thing["size"]) / 2
            near = (np.array(thing["center"]) - half - start) / ways
            far = (np.array(thing["center"]) + half - start) / ways
            enter = np.minimum(near, far).max(-1)
            leave = np.maximum(near, far).min(-1)
            hit = (enter < leave) & (enter > 0) & (enter < depth)
            depth = np.where(hit, enter, depth)
            ids = np.where(hit, thing["id"], ids)
    return depth, ids


POSES = (pose(), pose(0.5), pose(0.9, 0.1, 4), pose(0.2, 0.6, -20))


def scan_json(**changes: Any) -> dict[str, Any]:
    """The content of scan.json; a change to None takes the key out."""
    objects = [
        {
            "id": t["id"],
            "category": t["category"],
            "box": {"center": t["center"], "size": t["size"]},
        }
        for t in THINGS
    ]
    value = {
        "format": "waywiser-scan/1",
        "licence": "CC0-1.0",
        "units": "m",
        "up": "+z",
        "floor": FLOOR,
        "objects": objects,
        **changes,
    }
    return {key: inner for key, inner in value.items() if inner is not None or key == "up"}


def cameras_json(**changes: Any) -> dict[str, Any]:
    """The content of cameras.json."""
    frames = [
        {"name": f"{i:04d}", "pose": p.tolist(), "time": i * 0.5} for i, p in enumerate(POSES)
    ]
    return {"intrinsics": LENS, "frames": frames, **changes}


def write_tiny(folder: Path, *, ids: bool = True, scan: Any = None, cameras: Any = None) -> Path:
    """The tiny scan, with other JSON where given."""
    for name in ("frames", "depth", *(["instances"] if ids else [])):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i, world_from_camera in enumerate(POSES):
        depth, labels = cast(world_from_camera)
        rgb = np.stack(
            [40 * labels + 20, np.clip(depth * 40, 0, 255), np.full(depth.shape, 90)], -1
        )
        Image.fromarray(rgb.astype(np.uint8)).save(folder / "frames" / f"{i:04d}.png")
        Image.fromarray(np.rint(depth * 1000).astype(np.uint16)).save(
            folder / "depth" / f"{i:04d}.png"
        )
        if ids:
            Image.fromarray(labels.astype(np.uint16)).save(folder / "instances" / f"{i:04d}.png")
    (folder / "scan.json").write_text(json.dumps(scan_json() if scan is None else scan))
    (folder / "cameras.json").write_text(json.dumps(cameras_json() if cameras is None else cameras))
    return folder
