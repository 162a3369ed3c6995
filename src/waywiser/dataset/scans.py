"""From a scan's folder to a `Scene`, its stored frames and its questions."""

import contextlib
import hashlib
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.scan_frames import StoredFrame, frame_row
from waywiser.dataset.scan_tasks import extents_known, refused
from waywiser.dataset.shoot import Shot, ask_clip, ask_photo
from waywiser.rendering.geometry import inside_polygon
from waywiser.rendering.scanned import ScannedFrame, label, measured_frame, scanned_visibility
from waywiser.scenes.scans.bounded import MAX_PICTURE
from waywiser.scenes.scans.kinds import FURNITURE
from waywiser.scenes.scans.read import Scan, read_scan, scan_folders
from waywiser.scenes.scene import Clip, Object, Room, Scene
from waywiser.tasks._base import View
from waywiser.tasks._footage import Footage
from waywiser.tasks.registry import choose_tasks

UNKNOWN = (0.0, 0.0, 0.0)
"""Stands for the colours of a scanned room, which nothing is drawn with."""
_ROOM_HEIGHT = 2.5


@dataclass(frozen=True)
class ScanShot:
    """What came of a scan. `left_out` counts frames, objects and tasks that were left out, by reason."""

    scene: Scene
    shot: Shot
    frames: list[dict[str, Any]]
    licence: str
    left_out: dict[str, Counter[str]]


def scan_id(folder: Path, index: int) -> str:
    """A scan's name in a dataset: its folder's, made safe for file names."""
    name = folder.resolve().name
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60]
    return safe if safe == name else f"{safe or 'scan'}-{index:04d}"


def fingerprint_scans(root: Path) -> str:
    """A hash of the scans' names, their JSON and npz files and the names and sizes of their pictures."""
    digest = hashlib.sha256()
    for folder in scan_folders(root):
        digest.update(os.fsencode(folder.name) + b"\n")
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(os.fsencode(path.relative_to(folder)) + f" {path.stat().st_size}\n".encode())
            if path.parent == folder and path.stat().st_size <= MAX_PICTURE:
                with contextlib.suppress(OSError):  # what cannot be read is found out when it is needed
                    digest.update(path.read_bytes())
    return digest.hexdigest()


def shoot_scan(config: SynthesisConfig, index: int) -> ScanShot:
    """Read scan number `index` and ask. Raises SceneError for a scan that cannot be used."""
    folders = scan_folders(config.scans or Path())
    scan = read_scan(folders[index], scan_id(folders[index], index), config.scan_frames, config.scan_width)
    labelled = label(scan)
    scene = scene_of(scan, config.split, config.seed)
    tasks = choose_tasks(config.tasks)
    reasons = {task: refused(task, scan) for task in tasks}
    left_out = {**scan.left_out, "tasks": Counter(f"{task}: {why}" for task, why in reasons.items() if why)}
    kept = [task for task in tasks if not reasons[task]]
    shot = Shot()
    if kept:
        asking = config.model_copy(update={"tasks": tuple(kept)})
        views = views_of(scene, labelled)
        for view in views:
            ask_photo(shot, view, asking, index)
        for number in range(len(scene.clips)):
            footage = footage_of(scene, number, views)
            ask_clip(shot, footage, asking, index, None)
            if config.video == "mp4" and footage.clip.kind == "video":
                shot.videos[number] = [view.frame.rgb for view in views]
    shot.rows = [row for row in shot.rows if extents_known(row, scene)]
    used = {name for row in shot.rows for name in row["pictures"]}
    shot.pictures = {name: content for name, content in shot.pictures.items() if name in used}
    labels = "instances" if scan.instances else "boxes"
    frames = [
        frame_row(scene.id, number, raw.name, scanned, labels)
        for number, (raw, scanned) in enumerate(zip(scan.frames, labelled, strict=True))
    ]
    return ScanShot(scene, shot, frames, scan.licence, left_out)


def scene_of(scan: Scan, split: str, seed: int) -> Scene:
    """The scan as a scene: every frame a camera, all of them one clip (a video where they have times)."""
    cameras = tuple(frame.camera for frame in scan.frames)
    rooms: tuple[Room, ...] = ()
    if scan.floor is not None:
        rooms = (Room(polygon=scan.floor, height=_ROOM_HEIGHT, wall_colour=UNKNOWN, floor_colour=UNKNOWN),)
    clips: tuple[Clip, ...] = ()
    if scan.timed:
        start = scan.frames[0].time or 0.0
        times = tuple(round(float(frame.time or 0.0) - start, 6) for frame in scan.frames)
        clips = (Clip(kind="video", cameras=cameras, times=times, fps=max((len(times) - 1) / times[-1], 0.01)),)
    elif len(cameras) > 1:
        clips = (Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras)),)
    return Scene(
        id=scan.id, seed=seed, split=split, furniture=FURNITURE, rooms=rooms, lights=(), ambient=0.0, clips=clips,
        objects=tuple(_housed(thing, scan) for thing in scan.objects), cameras=cameras,
    )  # fmt: skip


def _housed(thing: Object, scan: Scan) -> Object:
    """The object in room 0 where its middle stands over the floor's outline, else in none (-1)."""
    at = np.array([thing.box.center[:2]])
    inside = scan.floor is not None and bool(inside_polygon(scan.floor, at)[0])
    return thing.model_copy(update={"room": 0 if inside else -1})


def views_of(scene: Scene, frames: list[ScannedFrame]) -> list[View]:
    """One view for every camera of a scanned scene."""
    return [
        View(scene, number, scanned.frame, scanned_visibility(scene.objects, scanned))
        for number, scanned in enumerate(frames)
    ]


def footage_of(scene: Scene, clip: int, views: list[View]) -> Footage:
    """A clip of a scanned scene, whose frames are the scene's cameras in order."""
    moments = (View(scene.at(clip, number), 0, view.frame, view.visible) for number, view in enumerate(views))
    return Footage(scene, clip, tuple(moments))


def stored_views(scene: Scene, frames: list[StoredFrame]) -> list[View]:
    """The views of a scanned scene as they are stored in a dataset, with black pictures: to derive answers again."""
    scanned = [
        ScannedFrame(measured_frame(np.zeros((*f.ids.shape, 3), np.uint8), f.depth_mm, f.ids), camera, f.muted)
        for f, camera in zip(frames, scene.cameras, strict=True)
    ]
    return views_of(scene, scanned)
