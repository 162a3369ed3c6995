"""What a scanned frame shows of each object, against the renderer that knows."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import rendered_scans as rendered
from helpers import tiny_scans as tiny
from waywiser.errors import SceneError
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.scan_visibility import label_frames, scanned_visibility
from waywiser.rendering.visibility import Visibility, visibility
from waywiser.scenes.scans.box_kinds import OBSERVED_BOX
from waywiser.scenes.scans.scan_reader import Scan, read_scan
from waywiser.scenes.scene import Scene

Shown = list[dict[int, Visibility]]


@pytest.fixture(scope="module")
def home() -> Scene:
    return rendered.home(0)


@pytest.fixture(scope="module")
def truth(home: Scene) -> Shown:
    renderer = RoomRenderer(home, rendered.CACHE)
    cameras, _ = rendered.walk(home)
    return [visibility(home, camera, renderer.render(camera), renderer) for camera in cameras]


def shown(folder: Path) -> tuple[Scan, Shown, list[frozenset[int]]]:
    scan = read_scan(folder, "home")
    frames = label_frames(scan)
    return (
        scan,
        [scanned_visibility(scan.objects, frame) for frame in frames],
        [frame.muted for frame in frames],
    )


@pytest.mark.parametrize("ids", [True, False])
def test_no_more_shows_than_does(tmp_path: Path, home: Scene, truth: Shown, ids: bool) -> None:
    """The fraction is a lower bound up to the 400 rays that the renderer's own is estimated by;
    distances agree.
    """
    scan, mine, muted = shown(rendered.write_home(tmp_path / "home", home, ids=ids))
    compared = close = 0
    for frame, (true, seen) in enumerate(zip(truth, mine, strict=True)):
        for i, v in seen.items():
            if i not in true:
                assert v.pixels < 10  # without ids, points at the edge of a box are its own
                continue
            if i in muted[frame] or true[i].pixels < 100:
                continue
            compared += 1
            assert v.fraction <= true[i].fraction + 0.08
            assert v.truncated >= true[i].truncated
            close += v.fraction > true[i].fraction - 0.15
            if v.fraction >= 0.3:
                assert v.nearest_distance == pytest.approx(true[i].nearest_distance, abs=0.08)
                assert v.pixels == pytest.approx(true[i].pixels, rel=0.001 if ids else 0.2)
    assert compared >= 20
    assert close >= 0.8 * compared  # and a useful one
    # Without ids, a flat rug is one with the floor.
    left_out = {"window", "door"} if ids else {"window", "door", "rug"}
    kept = {thing.id for thing in home.objects if thing.category not in left_out}
    assert {thing.id for thing in scan.objects} == kept


def test_without_boxes_only_what_nothing_hides_is_whole(tmp_path: Path) -> None:
    home = rendered.home(2)
    renderer = RoomRenderer(home, rendered.CACHE)
    truth = [
        visibility(home, camera, renderer.render(camera), renderer)
        for camera in rendered.walk(home)[0]
    ]
    scan, mine, _ = shown(rendered.write_home(tmp_path / "home", home, boxes=False))
    assert {thing.model for thing in scan.objects} == {OBSERVED_BOX}
    fractions = [
        (v.fraction, t[i].fraction, t[i].truncated)
        for t, s in zip(truth, mine, strict=True)
        for i, v in s.items()
        if i in t and t[i].pixels >= 100
    ]
    whole = [(true, cut) for fraction, true, cut in fractions if fraction == 1]
    assert len(whole) >= 4
    # Cabinets on both sides of a fridge hide what no scan ever sees.
    assert all(true >= 0.7 and not cut for true, cut in whole)
    assert all(fraction in (0, 1) for fraction, _, _ in fractions)


def shown_or_none(folder: Path) -> Shown:
    try:
        return shown(folder)[1]
    except SceneError:
        return []


def wrong_poses(folder: Path, change: Any) -> None:
    cameras = json.loads((folder / "cameras.json").read_text())
    for frame in cameras["frames"]:
        frame["pose"] = change(np.array(frame["pose"])).tolist()
    (folder / "cameras.json").write_text(json.dumps(cameras))


CONVENTIONS = {
    "world-to-camera": np.linalg.inv,
    "OpenGL": lambda pose: pose @ np.diag([1.0, -1, -1, 1]),
    "millimetres": lambda pose: np.block([[pose[:3, :3], 1000 * pose[:3, 3:]], [pose[3:]]]),
}


@pytest.mark.case(100)
@pytest.mark.parametrize("case", CONVENTIONS)
@pytest.mark.parametrize("ids", [True, False])
def test_poses_of_another_convention_are_refused(
    tmp_path: Path, home: Scene, case: str, ids: bool
) -> None:
    folder = rendered.write_home(tmp_path / "home", home, ids=ids)
    wrong_poses(folder, CONVENTIONS[case])
    if not ids:  # with nothing but boxes there may be nothing to tell by; then there is next to nothing to ask about
        seen = [v for frame in shown_or_none(folder) for v in frame.values()]
        assert sum(v.fraction >= 0.3 for v in seen) <= 3
        return
    with pytest.raises(SceneError, match="lies outside its box"):
        shown(folder)


@pytest.mark.case(100)
def test_depth_in_another_unit_is_refused(tmp_path: Path, home: Scene) -> None:
    """Depth of a sensor that counts fifths of a millimetre, as TUM's does, read as millimetres."""
    scan = read_scan(rendered.write_home(tmp_path / "home", home), "home")
    scan.frames = [
        dataclasses.replace(f, depth_mm=(f.depth_mm.astype(int) * 5).astype(np.uint16))
        for f in scan.frames
    ]
    with pytest.raises(SceneError, match="lies outside its box"):
        label_frames(scan)


@pytest.mark.parametrize("ids", [True, False])
def test_what_gives_no_depth_is_seen_but_not_asked_about(tmp_path: Path, ids: bool) -> None:
    """A dark television swallows a sensor's light: it still makes its word ambiguous."""
    scan = read_scan(tiny.write_tiny(tmp_path / "tiny", ids=ids), "tiny")
    _, labels = tiny.cast(tiny.POSES[0])
    scan.frames[0].depth_mm[labels == 1] = 0
    frame = label_frames(scan)[0]
    seen = scanned_visibility(scan.objects, frame)
    assert seen[1].pixels == pytest.approx((labels == 1).sum(), rel=0.1)
    assert seen[1].fraction == 0
    assert 1 in frame.muted
    assert seen[2].fraction > 0.8


def test_ids_beside_their_box_are_not_asked_about(tmp_path: Path) -> None:
    scan = read_scan(tiny.write_tiny(tmp_path / "tiny"), "tiny")
    raw = scan.frames[0].ids
    assert raw is not None
    raw[raw == 2], raw[raw == 7] = 100, 2  # the lamp's pixels are labelled table
    raw[raw == 100] = 7
    frame = label_frames(scan)[0]
    assert frame.muted == {2, 7}
    assert scanned_visibility(scan.objects, frame)[2].fraction == 0
