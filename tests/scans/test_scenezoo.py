"""The converter through the real scenezoo, on the tiny room in each dataset's own layout."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import scan_layouts as layouts
from helpers import tiny_scans as tiny
from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.scan_visibility import label_frames
from waywiser.scenes.scans.dataset_layouts import DATASET_LAYOUTS
from waywiser.scenes.scans.registration import reproject_depth, resample_depth
from waywiser.scenes.scans.scan_reader import Scan, read_scan
from waywiser.scenes.scans.scenezoo_import import convert_scans

pytest.importorskip("scenezoo", reason="needs the extra scans (scenezoo)")


def check(folder: Path, poses: Any, *, ids: bool, slack: float = 0.01) -> Scan:
    """The scan that was converted is the tiny room: its poses, boxes, words, and depth where its
    pictures say.
    """
    scan = read_scan(folder, folder.name)
    assert not scan.left_out["frames"]
    assert not scan.left_out["objects"]
    assert {t.category for t in scan.objects} == {"chair", "table", "lamp"}
    for thing in tiny.THINGS:
        (read,) = (t for t in scan.objects if t.category == thing["category"])
        np.testing.assert_allclose(read.box.center, thing["center"], atol=1e-3)
        np.testing.assert_allclose(sorted(read.box.size[:2]), sorted(thing["size"][:2]), atol=1e-3)
        assert read.box.size[2] == pytest.approx(thing["size"][2], abs=1e-3)
    assert len(scan.frames) == len(poses)
    for frame, pose in zip(scan.frames, poses, strict=True):
        np.testing.assert_allclose(frame.camera.pose, pose, atol=2e-4)
        camera = frame.camera
        lens = [[camera.fx, 0, camera.cx - 0.5], [0, camera.fy, camera.cy - 0.5], [0, 0, 1]]
        depth, numbers = tiny.cast(pose, lens=lens, size=(camera.width, camera.height))
        measured = frame.depth_mm > 0
        assert measured.mean() > 0.8
        close = np.abs(frame.depth_mm / 1000 - depth) < slack * depth
        assert close[measured].mean() > 0.93  # the rest are pixels at edges
        grey = np.where(
            numbers > 0, np.choose(np.searchsorted([1, 2, 7], numbers), [60, 120, 240]), 20
        )
        assert (np.abs(frame.rgb[..., 0].astype(int) - grey) < 25).mean() > 0.93
        if ids:
            assert frame.ids is not None
            for thing in tiny.THINGS:
                (read,) = (t for t in scan.objects if t.category == thing["category"])
                assert ((frame.ids == read.id) == (numbers == thing["id"])).mean() > 0.98
    assert (scan.frames[0].ids is not None) == ids
    label_frames(scan)  # boxes, poses and depth fit one another
    return scan


def asked(root: Path, out: Path) -> set[str]:
    """The tasks that are asked of the scans in `root`; the audit agrees with every answer."""
    manifest = synthesize(
        SynthesisConfig(out=out, scans=root, rooms=1, tasks="all", count_share=1.0), progress=False
    )
    found = audit_dataset(AuditConfig(folder=out), progress=False)
    assert {j.outcome for j in found.judgments} == {"agrees"}
    return set(manifest.tasks)


def test_scannet(tmp_path: Path) -> None:
    """Poses of -inf are lost tracking; ids in pictures count from 1, objects from 0; time stamps
    are microseconds.
    """
    done = convert_scans(
        "scannet", layouts.write_scannet(tmp_path / "scannet", lost=2), tmp_path / "scans"
    )
    assert done.written == ["scene0000_00"]
    poses = [pose for i, pose in enumerate(layouts.POSES) if i != 2]
    scan = check(tmp_path / "scans" / "scene0000_00", poses, ids=True)
    assert [frame.time for frame in scan.frames] == [1.0, 1.5, 2.5, 3.0]
    assert scan.license.startswith("ScanNet")
    tasks = asked(tmp_path / "scans", tmp_path / "data")
    assert {
        "camera_distance",
        "depth_order",
        "object_size",
        "absolute_distance",
        "object_count",
    } <= tasks


def test_scannet_with_two_cameras_apart(tmp_path: Path) -> None:
    """Poses are those of the depth camera; depth is brought to the colour camera, 4 cm beside it."""
    depth_from_colour = np.eye(4)
    depth_from_colour[:3, 3] = (-0.04, 0.01, 0.0)
    layouts.write_scannet(tmp_path / "scannet", depth_from_colour=depth_from_colour)
    convert_scans("scannet", tmp_path / "scannet", tmp_path / "scans")
    check(
        tmp_path / "scans" / "scene0000_00",
        [pose @ depth_from_colour for pose in layouts.POSES],
        ids=True,
    )


def test_scannet_without_instance_maps(tmp_path: Path) -> None:
    convert_scans(
        "scannet", layouts.write_scannet(tmp_path / "scannet", instances=False), tmp_path / "scans"
    )
    check(tmp_path / "scans" / "scene0000_00", layouts.POSES, ids=False)
    assert "camera_distance" in asked(tmp_path / "scans", tmp_path / "data")


def test_scannetpp(tmp_path: Path) -> None:
    convert_scans("scannetpp", layouts.write_scannetpp(tmp_path / "root"), tmp_path / "scans")
    scan = check(tmp_path / "scans" / "0a5c013435", layouts.POSES[:3], ids=False)
    assert scan.frames[0].rgb.shape == (384, 512, 3)  # twice as fine as the depth
    assert [frame.time for frame in scan.frames] == [100, 100.5, 101]


@pytest.mark.parametrize("sky", layouts.ROLLS)
def test_arkitscenes(tmp_path: Path, sky: str) -> None:
    """Poses are world-to-camera rotation vectors; pictures taken sideways are set upright with
    their camera.
    """
    convert_scans(
        "arkitscenes", layouts.write_arkitscenes(tmp_path / "root", sky=sky), tmp_path / "scans"
    )
    scan = check(tmp_path / "scans" / "40753679", layouts.POSES, ids=False)
    assert scan.frames[0].rgb.shape == (72, 96, 3)


def test_3rscan(tmp_path: Path) -> None:
    """Sideways pictures are set upright; there are no times, so that the frames are views and no
    video.
    """
    convert_scans("3rscan", layouts.write_3rscan(tmp_path / "root"), tmp_path / "scans")
    (folder,) = (tmp_path / "scans").iterdir()
    scan = check(folder, layouts.POSES, ids=False)
    assert not scan.is_video
    tasks = asked(tmp_path / "scans", tmp_path / "data")
    assert "camera_distance" in tasks
    assert "displacement" not in tasks


def test_a_bad_scan_does_not_stop_the_others(tmp_path: Path) -> None:
    root = layouts.write_scannet(tmp_path / "scannet")
    layouts.write_scannet(root, "scene0001_00")
    path = root / "scans" / "scene0001_00" / "scene0001_00.sens"
    path.write_bytes(path.read_bytes()[:2000])
    (root / "scans" / "scene0002_00").mkdir()
    done = convert_scans("scannet", root, tmp_path / "out")
    assert done.written == ["scene0000_00"]
    assert set(done.skipped) == {"scene0001_00", "scene0002_00"}
    assert all("\n" not in reason and reason for reason in done.skipped.values())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scene0000_00"]
    again = convert_scans("scannet", root, tmp_path / "out2", ["scene0000_00"], max_frames=2)
    assert (
        len(json.loads((tmp_path / "out2" / "scene0000_00" / "cameras.json").read_text())["frames"])
        == 2
    )
    assert again.skipped == {}


def test_a_damaged_frame_is_left_out(tmp_path: Path) -> None:
    root = layouts.write_arkitscenes(tmp_path / "root")
    (root / "raw" / "Training" / "40753679" / "lowres_depth" / "40753679_100.500.png").write_bytes(
        b"\x89PNG nonsense"
    )
    done = convert_scans("arkitscenes", root, tmp_path / "out")
    assert done.frames == {"40753679": 1}
    check(
        tmp_path / "out" / "40753679",
        [pose for i, pose in enumerate(layouts.POSES) if i != 1],
        ids=False,
    )


def test_requests_that_cannot_be_met(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="choose from"):
        convert_scans("kitti", tmp_path, tmp_path / "out")
    with pytest.raises(SceneError, match="no such folder"):
        convert_scans("scannet", tmp_path / "none", tmp_path / "out")
    for name in DATASET_LAYOUTS:
        with pytest.raises(SceneError, match="none of the 0 scans"):
            convert_scans(name, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_registration_agrees_with_casting_from_there() -> None:
    pose = tiny.pose(0.1)
    depth, _ = tiny.cast(pose)
    lens = layouts.scaled(0.5)
    size = (48, 36)
    moved = np.eye(4)
    moved[:3, 3] = (0.06, -0.02, 0.03)
    for found, there in (
        (resample_depth(depth, np.array(tiny.LENS), np.array(lens), size), pose),
        (
            reproject_depth(depth, np.array(tiny.LENS), np.linalg.inv(moved), np.array(lens), size),
            pose @ moved,
        ),
    ):
        true, _ = tiny.cast(there, lens=lens, size=size)
        seen = found > 0
        assert seen.mean() > 0.9
        assert (np.abs(found - true)[seen] < 0.03 * true[seen]).mean() > 0.93
