"""Read a scan and ask questions about it: from its folder to a `Scene`, stored frames and
questions.
"""

import contextlib
import hashlib
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.scan_frames import FrameRow, StoredFrame, frame_to_row
from waywiser.dataset.scan_tasks import has_measured_boxes, refusal_reason
from waywiser.dataset.scene_questions import RenderedScene, propose_for_clip, propose_for_image
from waywiser.rendering.geometry import inside_polygon
from waywiser.rendering.scan_visibility import (
    LabeledFrame,
    frame_from_scan,
    label_frames,
    scanned_visibility,
)
from waywiser.scenes.scans.box_kinds import SCAN_FURNITURE
from waywiser.scenes.scans.safe_io import MAX_PICTURE_BYTES
from waywiser.scenes.scans.scan_reader import Scan, find_scan_folders, read_scan
from waywiser.scenes.scene import Clip, Object, Room, Scene
from waywiser.tasks.base import View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import choose_tasks

UNKNOWN_COLOR = (0.0, 0.0, 0.0)
"""Placeholder for the colors of a scanned room, which are never rendered."""
_ROOM_HEIGHT = 2.5
"""Placeholder for the height of a scanned room, in meters."""


@dataclass(frozen=True)
class ScanQuestions:
    """A scan as a scene with questions.

    Attributes:
        scene: The scene.
        rendered: Its questions and images.
        frames: Its stored frames.
        license: The license that the scan states.
        left_out: Counts of what was left out ("frames", "objects", "tasks"), by reason.
    """

    scene: Scene
    rendered: RenderedScene
    frames: list[FrameRow]
    license: str
    left_out: dict[str, Counter[str]]


def scan_id(folder: Path, index: int) -> str:
    """A scan's name in a dataset: its folder's, made safe for file names."""
    name = folder.resolve().name
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60]
    return safe if safe == name else f"{safe or 'scan'}-{index:04d}"


def fingerprint_scans(root: Path) -> str:
    """A hash of the scans' names, their JSON and npz files, and names and sizes of their images."""
    digest = hashlib.sha256()

    for folder in find_scan_folders(root):
        digest.update(os.fsencode(folder.name) + b"\n")

        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(
                os.fsencode(path.relative_to(folder)) + f" {path.stat().st_size}\n".encode()
            )

            if path.parent == folder and path.stat().st_size <= MAX_PICTURE_BYTES:
                # A file that cannot be read raises an error when it is needed.
                with contextlib.suppress(OSError):
                    digest.update(path.read_bytes())

    return digest.hexdigest()


def read_and_ask(config: SynthesisConfig, index: int) -> ScanQuestions:
    """Read scan number `index` and ask questions. Raises SceneError if it cannot be used."""
    folders = find_scan_folders(config.scans or Path())
    scan = read_scan(
        folders[index], scan_id(folders[index], index), config.scan_frames, config.scan_width
    )
    labeled_frames = label_frames(scan)
    scene = scan_to_scene(scan, config.split, config.seed)
    tasks = choose_tasks(config.tasks)
    reasons = {task: refusal_reason(task, scan) for task in tasks}
    left_out = {
        **scan.left_out,
        "tasks": Counter(f"{task}: {why}" for task, why in reasons.items() if why),
    }

    askable = [task for task in tasks if not reasons[task]]
    rendered = RenderedScene()

    if askable:
        asking = config.model_copy(update={"tasks": tuple(askable)})
        views = scan_views(scene, labeled_frames)
        for view in views:
            propose_for_image(rendered, view, asking, index)

        for number in range(len(scene.clips)):
            clip_view = scan_clip_view(scene, number, views)
            propose_for_clip(rendered, clip_view, asking, index, None)

            if config.video == "mp4" and clip_view.clip.kind == "video":
                rendered.videos[number] = [view.frame.rgb for view in views]

    rendered.rows = [row for row in rendered.rows if has_measured_boxes(row, scene)]
    used = {name for row in rendered.rows for name in row["pictures"]}
    rendered.pictures = {
        name: content for name, content in rendered.pictures.items() if name in used
    }
    labels = "instances" if scan.has_instance_ids else "boxes"
    frames = [
        frame_to_row(scene.id, number, raw.name, scanned, labels)
        for number, (raw, scanned) in enumerate(zip(scan.frames, labeled_frames, strict=True))
    ]

    return ScanQuestions(scene, rendered, frames, scan.license, left_out)


def scan_to_scene(scan: Scan, split: str, seed: int) -> Scene:
    """The scan as a scene: each frame is a camera, and all form one clip (a video if timed)."""
    cameras = tuple(frame.camera for frame in scan.frames)
    rooms: tuple[Room, ...] = ()

    if scan.floor is not None:
        rooms = (
            Room(
                polygon=scan.floor,
                height=_ROOM_HEIGHT,
                wall_colour=UNKNOWN_COLOR,
                floor_colour=UNKNOWN_COLOR,
            ),
        )

    clips: tuple[Clip, ...] = ()

    if scan.is_video:
        start = scan.frames[0].time or 0.0
        times = tuple(round(float(frame.time or 0.0) - start, 6) for frame in scan.frames)
        clips = (
            Clip(
                kind="video",
                cameras=cameras,
                times=times,
                fps=max((len(times) - 1) / times[-1], 0.01),
            ),
        )
    elif len(cameras) > 1:
        clips = (Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras)),)

    return Scene(
        id=scan.id,
        seed=seed,
        split=split,
        furniture=SCAN_FURNITURE,
        rooms=rooms,
        lights=(),
        ambient=0.0,
        clips=clips,
        objects=tuple(_assign_room(obj, scan) for obj in scan.objects),
        cameras=cameras,
    )


def _assign_room(obj: Object, scan: Scan) -> Object:
    """The object in room 0 if its center is above the floor, else in no room (-1)."""
    center = np.array([obj.box.center[:2]])
    inside = scan.floor is not None and bool(inside_polygon(scan.floor, center)[0])
    return obj.model_copy(update={"room": 0 if inside else -1})


def scan_views(scene: Scene, frames: list[LabeledFrame]) -> list[View]:
    """One view for every camera of a scanned scene."""
    return [
        View(scene, number, scanned.frame, scanned_visibility(scene.objects, scanned))
        for number, scanned in enumerate(frames)
    ]


def scan_clip_view(scene: Scene, clip: int, views: list[View]) -> ClipView:
    """A clip of a scanned scene, whose frames are the scene's cameras in order."""
    posed_views = (
        View(scene.at(clip, number), 0, view.frame, view.visible)
        for number, view in enumerate(views)
    )
    return ClipView(scene, clip, tuple(posed_views))


def views_from_stored_frames(scene: Scene, frames: list[StoredFrame]) -> list[View]:
    """The views of a scan from its stored frames, with black images: enough to derive answers."""
    scanned = [
        LabeledFrame(
            frame_from_scan(np.zeros((*f.ids.shape, 3), np.uint8), f.depth_mm, f.ids),
            camera,
            f.muted,
        )
        for f, camera in zip(frames, scene.cameras, strict=True)
    ]

    return scan_views(scene, scanned)
