"""Scans to datasets: what is asked, what is left out, that the audit derives it again and finds
planted defects.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from helpers import rendered_scans as rendered
from helpers import tiny_scans as tiny
from waywiser.audit.audit_summary import summarize_dataset_audit
from waywiser.audit.dataset_audit import AuditConfig, DatasetAudit, audit_dataset
from waywiser.dataset.config import SynthesisConfig, recipe_hash
from waywiser.dataset.manifest import Manifest, dataset_summary
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.scan_frames import encode_png16, read_stored_frames
from waywiser.dataset.scan_questions import (
    fingerprint_scans,
    scan_clip_view,
    views_from_stored_frames,
)
from waywiser.dataset.scan_shard import generate_scan_shard
from waywiser.dataset.shard import STAGING
from waywiser.dataset.stratification import ALLOWANCE, CLASS_SLACK
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import DatasetError, SceneError
from waywiser.io import write_atomically, write_table
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.visibility import visibility
from waywiser.report.audit_page import write_audit_page
from waywiser.scenes.scans.scan_writer import ScanWriter
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks.registry import TASKS

ALL = {"tasks": "all", "rooms": 1}


def make(root: Path, out: Path, **changes: Any) -> Manifest:
    return synthesize(SynthesisConfig(out=out, scans=root, **{**ALL, **changes}), progress=False)


def audited(out: Path) -> DatasetAudit:
    return audit_dataset(AuditConfig(folder=out), progress=False)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rooms (with everything; without instance ids; without boxes, times and floor), and two
    that are bad.
    """
    root = tmp_path_factory.mktemp("scans") / "root"
    rendered.write_home(root / "whole", rendered.home(0, seed=7))
    rendered.write_home(root / "boxes", rendered.home(1, seed=7), ids=False)
    rendered.write_home(
        root / "masks", rendered.home(2, seed=7), boxes=False, times=False, floor=False
    )
    (root / os.fsdecode(b"odd \xff name\n")).mkdir()
    (root / "empty").mkdir()
    rendered.write_home(root / "truncated", rendered.home(0, seed=7), frames=2)
    (root / "truncated" / "scan.json").write_text("{")
    (root / "whole" / "depth" / "0003.png").unlink()
    scan = json.loads((root / "whole" / "scan.json").read_text())
    scan["objects"].append({"id": 900, "category": "wall"})
    (root / "whole" / "scan.json").write_text(json.dumps(scan))
    return root


@pytest.fixture(scope="module")
def made(scans: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    out = tmp_path_factory.mktemp("made") / "data"
    return out, make(scans, out, questions_per_view=4)


def test_every_task_has_its_needs() -> None:
    assert all(task.scan_needs for task in TASKS.values())


def test_what_is_left_out_is_counted_with_its_reason(made: tuple[Path, Manifest]) -> None:
    out, manifest = made
    assert manifest.rooms == 6
    assert set(manifest.skipped) == {"empty", "truncated", "odd-name-0003"}
    assert not any(
        "\n" in line or not line.isascii()
        for line in dataset_summary(manifest, out, "scan").splitlines()
    )
    assert manifest.skipped["empty"] == "empty: its scan.json is missing: copy the scan again"
    assert manifest.left_out is not None
    assert manifest.left_out["frames"] == {"its depth is missing: copy the scan again": 1}
    # The wall that was added, and the windows and doors that homes have anyway.
    assert manifest.left_out["objects"]["is a part of the building"] > 1
    tasks = manifest.left_out["tasks"]
    assert tasks["room_size: no object has a box"] == 1
    assert tasks["displacement: its frames have no times"] == 1
    assert tasks["route_plan: a scan does not say where one can walk"] == 3
    assert {"depth_order", "left_right", "camera_distance", "object_count", "camera_motion"} <= set(
        manifest.tasks
    )
    assert not {"route_plan", "who_moved", "motion_direction"} & set(manifest.tasks)
    asked = {(s.scene_id, s.task) for s in read_samples(out, columns=["scene_id"])}
    assert not {
        task for scene, task in asked if scene == "masks" and "boxes" in TASKS[task].scan_needs
    }
    assert {scene for scene, _ in asked} == {"whole", "boxes", "masks"}
    assert "CC0-1.0" in (out / "ATTRIBUTION.md").read_text()
    assert not (out / ".staging").exists()


def test_scans_are_balanced_as_strictly_as_homes(made: tuple[Path, Manifest]) -> None:
    out, manifest = made
    assert manifest.recipe["count_share"] == 0.34
    assert manifest.twins is not None
    places: dict[str, Counter[int]] = {}
    counts: Counter[Any] = Counter()
    for sample in read_samples(out):
        if sample.task == "object_count":
            counts[sample.answer.value] += 1
        elif sample.task in ("depth_order", "left_right", "camera_motion"):
            assert sample.answer.options is not None
            places.setdefault(sample.task, Counter())[
                sample.answer.options.index(str(sample.answer.value))
            ] += 1
    assert max(counts.values()) <= max(1, 0.2 * counts.total())
    assert len(places) == 3
    for task, right in places.items():
        options = 4 if task == "camera_motion" else 2
        assert max(right.values()) <= CLASS_SLACK / options * right.total() + ALLOWANCE, task


def test_the_audit_derives_every_answer_again(made: tuple[Path, Manifest], tmp_path: Path) -> None:
    found = audited(made[0])
    assert {j.outcome for j in found.judgments} == {"agrees"}
    assert not found.findings
    assert found.scans == 3
    assert "is not checked" in summarize_dataset_audit(found)
    page = write_audit_page(found, tmp_path / "page.html").read_text()
    assert page.count("<img") >= 2 * len(found.tasks)


def test_the_tasks_derive_their_answers_from_what_is_stored(made: tuple[Path, Manifest]) -> None:
    out, _ = made
    scenes = read_scenes(out)
    views = {
        scene: views_from_stored_frames(scenes[scene], read_stored_frames(out, scene))
        for scene in scenes
    }
    for sample in read_samples(
        out, columns=["scene_id", "program", "options", "horizontal_fov_deg"]
    ):
        assert sample.program is not None
        scene = scenes[sample.scene_id or ""]
        inputs = sample.program.inputs
        lens = scene.cameras[inputs.get("camera", 0)].horizontal_fov_deg
        assert sample.horizontal_fov_deg == pytest.approx(lens, abs=0.01)
        task: Any = TASKS[sample.task]
        look = (
            views[scene.id][inputs["camera"]]
            if "camera" in inputs
            else scan_clip_view(scene, 0, views[scene.id])
        )
        assert task.derive(look, inputs) == sample.answer


def test_answers_are_those_of_the_rooms_that_were_scanned(made: tuple[Path, Manifest]) -> None:
    """Not only does the audit agree: distances and sizes are those that the renderer knows."""
    out, _ = made
    homes = {
        "whole": rendered.home(0, seed=7),
        "boxes": rendered.home(1, seed=7),
        "masks": rendered.home(2, seed=7),
    }
    checked = 0
    for sample in read_samples(out, columns=["scene_id", "program"]):
        assert sample.program is not None
        home = homes[sample.scene_id or ""]
        inputs = sample.program.inputs
        if sample.task == "camera_distance":
            frame = int(inputs["camera"]) + (
                sample.scene_id == "whole" and inputs["camera"] >= 3
            )  # 3 was unreadable
            camera = rendered.walk(home)[0][frame]
            renderer = RoomRenderer(home, rendered.CACHE)
            true = visibility(home, camera, renderer.render(camera), renderer)[
                inputs["object"]
            ].nearest_distance
            assert float(str(sample.answer.value)) == pytest.approx(true, abs=0.05 + 0.08)
            checked += 1
        elif sample.task == "object_size":
            assert inputs["exact_cm"] == pytest.approx(
                100 * max(home.object(inputs["object"]).box.size), abs=0.01
            )
            checked += 1
    assert checked >= 5


def test_same_scans_same_bytes_and_other_scans_another_recipe(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("one", "two"):
        tiny.write_tiny(root / name)
    first = make(root, tmp_path / "a", shard_rooms=1, workers=2)
    second = make(root, tmp_path / "b", shard_rooms=1)
    assert first.samples > 20
    assert [f.model_dump() for f in first.files] == [f.model_dump() for f in second.files]
    assert make(root, tmp_path / "a", shard_rooms=1) == first
    (root / "two" / "scan.json").write_text(json.dumps(tiny.scan_json(objects=[])))
    with pytest.raises(DatasetError, match="another recipe"):
        make(root, tmp_path / "a", shard_rooms=1)


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("one", "two"):
        tiny.write_tiny(root / name)
    whole = make(root, tmp_path / "whole", shard_rooms=1)
    config = SynthesisConfig(out=tmp_path / "cut", scans=root, rooms=2, tasks="all", shard_rooms=1)
    recipe = config.recipe(f"scans {fingerprint_scans(root)}")
    write_atomically(config.out / STAGING / "recipe.sha256", recipe_hash(recipe).encode())
    generate_scan_shard(config, 0)  # and then it was killed
    before = (config.out / "scans" / "train-00000-of-00002.parquet").stat().st_mtime_ns
    assert make(root, config.out, shard_rooms=1) == whole
    assert (config.out / "scans" / "train-00000-of-00002.parquet").stat().st_mtime_ns == before


def test_a_scan_without_objects_is_asked_only_what_needs_no_landmark(tmp_path: Path) -> None:
    turned = tiny.cameras_json(
        frames=[
            {"name": f"{i:04d}", "pose": p.tolist(), "time": 1.5 * i}
            for i, p in enumerate(tiny.POSES)
        ]
    )
    tiny.write_tiny(tmp_path / "root", ids=False, scan=tiny.scan_json(objects=[]), cameras=turned)
    manifest = make(tmp_path / "root", tmp_path / "out")
    assert set(manifest.tasks) == {"displacement"}
    assert {j.outcome for j in audited(tmp_path / "out").judgments} == {"agrees"}


@pytest.mark.parametrize("gaps", [False, True])
def test_a_floor_counts_as_seen_where_depth_was_measured(tmp_path: Path, gaps: bool) -> None:
    """The room's size is asked when a turn shows its floor, not when a shiny floor gave no depth."""
    with ScanWriter(tmp_path / "root", license="CC0-1.0", up="+z", floor=tiny.FLOOR) as scan:
        for i in range(14):
            pose = tiny.pose(0, 1.8, 26 * i, 1.9, 38)
            depth, ids = tiny.cast(pose)
            shiny = gaps and depth < 3.0
            scan.add(
                f"{i:02d}",
                np.zeros((*ids.shape, 3), np.uint8),
                np.where(shiny & (ids == 0), 0, depth),
                pose,
                tiny.LENS,
                ids=ids,
                time=i / 2,
            )
        for thing in tiny.THINGS:
            scan.add_object(
                thing["id"], thing["category"], center=thing["center"], size=thing["size"]
            )
    manifest = make(
        tmp_path / "root", tmp_path / "out", tasks="room_size,displacement,camera_rotation"
    )
    assert ("room_size" in manifest.tasks) == (not gaps)
    if not gaps:
        (sample,) = [s for s in read_samples(tmp_path / "out") if s.task == "room_size"]
        assert sample.answer.value == 36.0
        assert {j.outcome for j in audited(tmp_path / "out").judgments} == {"agrees"}


def test_frames_from_one_place_keep_their_own_pictures(tmp_path: Path) -> None:
    """A robot that stands still has equal poses, but not equal pictures."""
    depth, ids = tiny.cast(tiny.pose())
    with ScanWriter(tmp_path / "root", license="CC0-1.0", up="+z") as scan:
        for i, grey in enumerate((10, 90, 170, 250)):
            rgb = np.full((*ids.shape, 3), grey, np.uint8)
            scan.add(f"{i}", rgb, depth, tiny.pose(), tiny.LENS, ids=ids, time=i)
        for thing in tiny.THINGS:
            scan.add_object(
                thing["id"], thing["category"], center=thing["center"], size=thing["size"]
            )
    make(tmp_path / "root", tmp_path / "out", tasks="absolute_distance")
    (sample, *_) = read_samples(tmp_path / "out")
    greys = [float(np.asarray(Image.open(io.BytesIO(image))).mean()) for image in sample.images]
    assert greys == pytest.approx([10, 90, 170, 250], abs=2)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "waywiser", *arguments],
        capture_output=True,
        text=True,
        timeout=250,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def test_the_command_says_what_was_left_out(tmp_path: Path) -> None:
    tiny.write_tiny(tmp_path / "root" / "good")
    (tmp_path / "root" / "bad").mkdir()
    done = command(
        "synthesize",
        "--scans",
        str(tmp_path / "root"),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    )
    assert done.returncode == 0, done.stderr
    assert "questions about 1 scans" in done.stdout
    assert "1 x scan left out: bad: its scan.json is missing" in done.stdout
    assert "1 x task left out: route_plan: a scan does not say where one can walk" in done.stdout


@pytest.mark.parametrize("kind", ["missing", "empty", "bad"])
def test_nothing_to_use_is_one_line_and_nothing_written(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "root"
    if kind != "missing":
        root.mkdir()
    if kind == "bad":
        tiny.write_tiny(root / "one", scan=tiny.scan_json(units="ft"))
    with pytest.raises(SceneError, match=r"no scans|convert it to metres") as caught:
        make(root, tmp_path / "out")
    assert "\n" not in str(caught.value)
    left = [path for path in (tmp_path / "out").rglob("*.parquet") if ".staging" not in path.parts]
    assert not left


# Planted defects: each must be found.


def change_scene(out: Path, change: Callable[[Scene], Scene]) -> None:
    for path in (out / "scenes").glob("*.parquet"):
        table = pq.read_table(path)
        texts = [
            change(Scene.model_validate_json(t)).model_dump_json()
            for t in table["scene"].to_pylist()
        ]
        place = table.schema.get_field_index("scene")
        write_table(path, table.set_column(place, "scene", pa.array(texts)))


def change_frames(
    out: Path, change: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
) -> None:
    for path in (out / "scans").glob("*.parquet"):
        rows = pq.read_table(path).to_pylist()
        for row in rows:
            (frame,) = [
                f
                for i, f in enumerate(read_stored_frames(out, row["scene_id"]))
                if i == row["frame"]
            ]
            depth, ids = change(frame.depth_mm.astype(int), frame.ids)
            row["depth"], row["ids"] = (
                encode_png16(depth.astype(np.uint16)),
                encode_png16(ids.astype(np.uint16)),
            )
        write_table(path, pa.Table.from_pylist(rows, schema=pq.read_schema(path)))


def moved_boxes(scene: Scene) -> Scene:
    objects = tuple(
        o.model_copy(
            update={
                "box": o.box.model_copy(
                    update={"center": (o.box.center[0] + 0.6, *o.box.center[1:])}
                )
            }
        )
        for o in scene.objects
    )
    return scene.model_copy(update={"objects": objects})


def with_cameras(scene: Scene, change: Callable[[np.ndarray], np.ndarray]) -> Scene:
    def one(camera: Camera) -> Camera:
        return camera.model_copy(
            update={"world_from_camera": tuple(map(tuple, change(camera.pose).tolist()))}
        )

    cameras = tuple(map(one, scene.cameras))
    clips = tuple(clip.model_copy(update={"cameras": cameras}) for clip in scene.clips)
    return scene.model_copy(update={"cameras": cameras, "clips": clips})


def larger(scene: Scene) -> Scene:
    objects = tuple(
        o.model_copy(
            update={
                "box": o.box.model_copy(update={"size": (*o.box.size[:2], o.box.size[2] * 1.3)})
            }
        )
        for o in scene.objects
    )
    return scene.model_copy(update={"objects": objects})


def unmeasured(scene: Scene) -> Scene:
    return scene.model_copy(
        update={
            "objects": tuple(o.model_copy(update={"model": "scan#seen"}) for o in scene.objects)
        }
    )


DEFECTS: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "depth ten times too large": (
        lambda out: change_frames(out, lambda d, i: (np.minimum(d * 10, 65535), i)),
        {"camera_distance", "depth_order"},
    ),
    "ids of two things swapped": (
        lambda out: change_frames(
            out, lambda d, i: (d, np.where(i == 1, 2, np.where(i == 2, 1, i)))
        ),
        {"camera_distance", "left_right"},
    ),
    "boxes 60 cm aside": (lambda out: change_scene(out, moved_boxes), {"camera_distance"}),
    "inverted poses": (
        lambda out: change_scene(out, lambda s: with_cameras(s, np.linalg.inv)),
        {"displacement", "camera_distance"},
    ),
    "other boxes": (lambda out: change_scene(out, larger), {"object_size"}),
    "boxes that were not measured": (
        lambda out: change_scene(out, unmeasured),
        {"object_size", "absolute_distance"},
    ),
    "frames lost": (
        lambda out: shutil.rmtree(out / "scans"),
        {"camera_distance", "displacement", "absolute_distance"},
    ),
    "NaN poses": (
        lambda out: change_scene(out, lambda s: with_cameras(s, lambda p: p + np.nan)),
        {"displacement", "camera_distance"},
    ),
}


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hand-made scan that every one of the defects touches."""
    root = tmp_path_factory.mktemp("honest")
    poses = [tiny.pose(0.12 * i, 0.05 * i, 3 * i - 15) for i in range(10)]
    with ScanWriter(root / "scan", license="CC0-1.0", up="+z", floor=tiny.FLOOR) as scan:
        for i, pose in enumerate(poses):
            depth, ids = tiny.cast(pose)
            scan.add(
                f"{i}",
                np.zeros((*ids.shape, 3), np.uint8),
                depth,
                pose,
                tiny.LENS,
                ids=ids,
                time=i / 2,
            )
        for thing in tiny.THINGS:
            scan.add_object(
                thing["id"], thing["category"], center=thing["center"], size=thing["size"]
            )
    make(root / "scan", root / "data", questions_per_view=6, count_share=1.0)
    found = audited(root / "data")
    assert not found.findings
    assert {
        "camera_distance",
        "depth_order",
        "left_right",
        "object_size",
        "absolute_distance",
        "displacement",
    } <= set(found.tasks)
    return root / "data"


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(honest: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "data"
    shutil.copytree(honest, out)
    plant, touched = DEFECTS[name]
    plant(out)
    found = audited(out)
    assert not found.passed
    assert touched <= {j.task for j in found.findings}, name
