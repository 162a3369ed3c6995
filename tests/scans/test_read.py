"""The folder format: what is read, and that bad scans, frames and objects are left out with a
reason.
"""

import contextlib
import io
import json
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers import tiny_scans as tiny
from waywiser.errors import SceneError
from waywiser.scenes.categories import are_confusable, pluralize
from waywiser.scenes.scans import safe_io
from waywiser.scenes.scans.box_kinds import AMBIGUOUS, MEASURED_BOX, OBSERVED_BOX
from waywiser.scenes.scans.category_names import normalize_category
from waywiser.scenes.scans.coordinates import Z_FROM_UP, parse_upright_box
from waywiser.scenes.scans.safe_io import ScanItemError
from waywiser.scenes.scans.scan_reader import Scan, find_scan_folders, read_scan
from waywiser.scenes.scans.scan_writer import ScanWriter


def read(folder: Path, **options: Any) -> Scan:
    return read_scan(folder, "tiny", **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.write_tiny(tmp_path / "tiny")


def test_a_whole_scan(folder: Path) -> None:
    scan = read(folder)
    assert [frame.name for frame in scan.frames] == ["0000", "0001", "0002", "0003"]
    assert [frame.time for frame in scan.frames] == [0.0, 0.5, 1.0, 1.5]
    assert scan.is_video
    assert scan.is_up_known
    assert scan.has_instance_ids
    assert {thing.id: (thing.category, thing.model) for thing in scan.objects} == {
        1: ("chair", MEASURED_BOX),
        2: ("table", MEASURED_BOX),
        7: ("lamp", MEASURED_BOX),
    }
    depth, ids = tiny.cast(tiny.POSES[1])
    np.testing.assert_array_equal(scan.frames[1].depth_mm, np.rint(depth * 1000))
    np.testing.assert_array_equal(scan.frames[1].ids, ids)
    camera = scan.frames[1].camera
    np.testing.assert_allclose(camera.pose, tiny.POSES[1], atol=1e-9)
    assert (camera.fx, camera.cx, camera.cy) == (
        80,
        48,
        36,
    )  # the first pixel's centre is at 0.5 here
    assert not scan.left_out["frames"]
    assert not scan.left_out["objects"]


@pytest.mark.parametrize("up", sorted(Z_FROM_UP))
def test_every_up_axis_gives_the_same_scene(folder: Path, up: Any) -> None:
    """The same room in a world whose up axis is another one: the scene that is read has Z up and
    the floor at 0.
    """
    turn = Z_FROM_UP[up].T
    lift = turn @ (0, 0, 3.0)
    other = folder.with_name("other")
    with ScanWriter(
        other, license="CC0-1.0", up=up, floor=np.array(tiny.FLOOR) @ turn.T + lift
    ) as scan:
        for i, matrix in enumerate(tiny.POSES):
            depth, ids = tiny.cast(matrix)
            pose = np.eye(4)
            pose[:3, :3], pose[:3, 3] = turn @ matrix[:3, :3], turn @ matrix[:3, 3] + lift
            rgb = np.zeros((*depth.shape, 3), np.uint8)
            scan.add(f"{i:04d}", rgb, depth, pose, np.array(tiny.LENS), ids=ids, time=i / 2)
        for thing in tiny.THINGS:
            center = turn @ thing["center"] + lift
            scan.add_object(
                thing["id"], thing["category"], center=center, size=thing["size"], rotation=turn
            )
    one = read(folder)
    two = read(other)
    for a, b in zip(one.frames, two.frames, strict=True):
        np.testing.assert_allclose(a.camera.pose, b.camera.pose, atol=1e-9)
        np.testing.assert_array_equal(a.depth_mm, b.depth_mm)
    for a, b in zip(one.objects, two.objects, strict=True):
        np.testing.assert_allclose(
            sorted(map(tuple, a.box.corners)), sorted(map(tuple, b.box.corners)), atol=1e-9
        )
        assert a.box.size[2] == pytest.approx(b.box.size[2])


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(-4, 4), st.sampled_from(sorted(Z_FROM_UP)), st.integers(0, 2))
def test_an_upright_box_keeps_its_corners(yaw: float, up: str, first: int) -> None:
    """Whichever of its axes points up and in whatever order they are listed."""
    z_from_world = Z_FROM_UP[up]
    c = np.cos(yaw)
    s = np.sin(yaw)
    axes = z_from_world.T @ np.roll(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]), first, axis=1)
    size = np.array([0.4, 1.1, 2.3])
    center = np.array([1.0, -2.0, 0.7])
    record = {"center": center.tolist(), "size": size.tolist(), "rotation": axes.tolist()}
    box = parse_upright_box(record, z_from_world, 0.25, yaw_allowed=False)
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    true = (center + (signs * size) @ axes.T) @ z_from_world.T - (0, 0, 0.25)
    gaps = np.linalg.norm(true[:, None] - box.corners[None], axis=-1)
    assert gaps.min(axis=0).max() < 1e-9
    assert gaps.min(axis=1).max() < 1e-9


def test_large_pictures_are_thinned_about_the_same_rays(folder: Path) -> None:
    whole = read(folder).frames[0]
    thin = read(folder, width=40).frames[0]
    assert thin.rgb.shape == (24, 32, 3)
    np.testing.assert_array_equal(thin.depth_mm, whole.depth_mm[1::3, 1::3])
    ray = lambda camera, u: (u + 0.5 - camera.cx) / camera.fx  # noqa: E731
    assert ray(thin.camera, 5) == pytest.approx(ray(whole.camera, 16))


def test_frames_are_drawn_evenly(folder: Path) -> None:
    assert [frame.name for frame in read(folder, max_frames=2).frames] == ["0000", "0003"]
    assert [frame.name for frame in read(folder, max_frames=1).frames] == ["0000"]


def test_npz_in_place_of_png_and_json(folder: Path) -> None:
    before = read(folder)
    depth, ids = tiny.cast(tiny.POSES[0])
    (folder / "depth" / "0000.png").unlink()
    (folder / "instances" / "0000.png").unlink()
    (folder / "cameras.json").unlink()
    np.savez_compressed(folder / "depth" / "0000.npz", depth=depth)
    np.savez_compressed(folder / "instances" / "0000.npz", ids=ids)
    np.savez(
        folder / "cameras.npz",
        names=np.array([f"{i:04d}" for i in range(4)]),
        poses=np.array(tiny.POSES),
        intrinsics=np.array(tiny.LENS),
        times=np.arange(4) / 2,
    )
    after = read(folder)
    for a, b in zip(before.frames, after.frames, strict=True):
        np.testing.assert_array_equal(a.depth_mm, b.depth_mm)
        np.testing.assert_array_equal(a.ids, b.ids)
        assert (a.camera, a.time) == (b.camera, b.time)


def test_fps_stands_in_for_times(folder: Path) -> None:
    frames = [{k: v for k, v in f.items() if k != "time"} for f in tiny.cameras_json()["frames"]]
    (folder / "cameras.json").write_text(json.dumps(tiny.cameras_json(frames=frames)))
    assert not read(folder).is_video
    (folder / "scan.json").write_text(json.dumps(tiny.scan_json(fps=4)))
    assert [frame.time for frame in read(folder).frames] == [0, 0.25, 0.5, 0.75]


BAD_SCANS = {
    "no scan.json": (lambda f: (f / "scan.json").unlink(), "scan.json is missing"),
    "empty": (lambda f: (f / "scan.json").write_text(""), "is empty"),
    "no JSON": (lambda f: (f / "scan.json").write_text('{"format": '), "not valid JSON"),
    "deep JSON": (lambda f: (f / "scan.json").write_text("[" * 100_000), "not valid JSON"),
    "a list": (lambda f: (f / "scan.json").write_text("[]"), "holds a list"),
    "a directory": (
        lambda f: ((f / "scan.json").unlink(), (f / "scan.json").mkdir()),
        "is missing",
    ),
    "binary": (lambda f: (f / "scan.json").write_bytes(b"\xff\xfe\x00\x80"), "not valid JSON"),
    "other format": (tiny.scan_json(format="scannet"), "not of the format"),
    "unknown key": (tiny.scan_json(gravity="up"), "unknown key 'gravity'"),
    "feet": (tiny.scan_json(units="ft"), "convert it to metres"),
    "no licence": (tiny.scan_json(licence=" "), "licence"),
    "no up": ({k: v for k, v in tiny.scan_json().items() if k != "up"}, "up axis"),
    "wrong up": (tiny.scan_json(up="z"), "up axis"),
    "floor with NaN": (
        tiny.scan_json(floor=[[0, 0, 0], [1, 0, 0], [1, float("nan"), 0]]),
        "inf or NaN",
    ),
    "floor on a slope": (
        tiny.scan_json(floor=[[0, 0, 0], [1, 0, 0], [1, 1, 1]]),
        "differ in height",
    ),
    "floor without area": (tiny.scan_json(floor=[[0, 0, 0], [1, 0, 0], [2, 0, 0]]), "without area"),
    "objects no list": (tiny.scan_json(objects={"1": "chair"}), "objects that are not a list"),
    "wild fps": (tiny.scan_json(fps="30"), "fps"),
    "no cameras": (lambda f: (f / "cameras.json").unlink(), "cameras of which the file is missing"),
    "no frames": (lambda f: (f / "cameras.json").write_text('{"frames": []}'), "lists none"),
    "wrong pixel centre": (
        lambda f: set_cameras(f, tiny.cameras_json(pixel_centre=1)),
        "pixel_centre",
    ),
    "no lens": (
        lambda f: set_cameras(f, {"frames": tiny.cameras_json()["frames"]}),
        "none of its frames",
    ),
}


def set_cameras(folder: Path, value: Any) -> None:
    (folder / "cameras.json").write_text(json.dumps(value))


@pytest.mark.parametrize("case", BAD_SCANS)
def test_bad_scans_are_told_in_one_line(folder: Path, case: str) -> None:
    change, words = BAD_SCANS[case]
    if callable(change):
        change(folder)
    else:
        (folder / "scan.json").write_text(json.dumps(change))
    with pytest.raises(SceneError) as caught:
        read(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("tiny: ")


def png(pixels: np.ndarray) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "PNG")
    return sink.getvalue()


def bomb(side: int) -> bytes:
    """A PNG that says it has so many pixels a side."""
    content = bytearray(png(np.zeros((2, 2), np.uint8)))
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def npy_that_lies() -> bytes:
    """An .npz whose array claims a terabyte and holds nothing."""
    sink = io.BytesIO()
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("depth.npy", header.getvalue())
    return sink.getvalue()


def npz_with_pickle() -> bytes:
    sink = io.BytesIO()
    np.savez(sink, depth=np.array([{"a": 1}], dtype=object))
    return sink.getvalue()


def zeros_bomb() -> bytes:
    """An .npz that unpacks to more than is allowed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("depth.npy", b"\0" * (safe_io.MAX_PICTURE_BYTES + 1))
    return sink.getvalue()


def replaced(kind: str, content: bytes, ending: str = ".png") -> Any:
    def change(folder: Path) -> None:
        (folder / kind / "0001.png").unlink()
        (folder / kind / f"0001{ending}").write_bytes(content)

    return change


def entry(**changes: Any) -> Any:
    """Frame 1 with another entry in cameras.json."""

    def change(folder: Path) -> None:
        value = tiny.cameras_json()
        value["frames"][1] |= changes
        set_cameras(folder, value)

    return change


def matrix(**cells: float) -> list[list[float]]:
    """The pose of frame 1 with some cells changed: r00=..., r13=..."""
    value = tiny.POSES[1].copy()
    for name, number in cells.items():
        value[int(name[1]), int(name[2])] = number
    return value.tolist()


MIRRORED = tiny.POSES[1] @ np.diag([-1.0, 1, 1, 1])
SCALED = tiny.POSES[1] @ np.diag([1.1, 1.1, 1.1, 1])
BAD_FRAMES = {
    "no picture": (lambda f: (f / "frames" / "0001.png").unlink(), "its picture is missing"),
    "empty picture": (replaced("frames", b""), "its picture is empty"),
    "no PNG": (replaced("frames", b"GIF89a" + b"\0" * 50), "its picture is damaged"),
    "truncated picture": (
        lambda f: (f / "frames" / "0001.png").write_bytes(
            (f / "frames" / "0001.png").read_bytes()[:200]
        ),
        "its picture is damaged",
    ),
    "a large bomb": (replaced("frames", bomb(60_000)), "its picture has more than"),
    "a bomb": (replaced("frames", bomb(12_000)), "its picture has more than"),
    "a small bomb": (replaced("depth", bomb(8_000)), "its depth has more than"),
    "16-bit picture": (replaced("frames", png(np.zeros((72, 96), np.uint16))), "not 8-bit"),
    "no depth": (lambda f: (f / "depth" / "0001.png").unlink(), "its depth is missing"),
    "truncated depth": (
        lambda f: (f / "depth" / "0001.png").write_bytes(
            (f / "depth" / "0001.png").read_bytes()[:300]
        ),
        "its depth is damaged",
    ),
    "8-bit depth": (replaced("depth", png(np.full((72, 96), 9, np.uint8))), "is not 16-bit"),
    "colour depth": (replaced("depth", png(np.full((72, 96, 3), 9, np.uint8))), "is not 16-bit"),
    "depth all zero": (
        replaced("depth", png(np.zeros((72, 96), np.uint16))),
        "depth is nearly empty",
    ),
    "depth of another size": (
        replaced("depth", png(np.full((36, 48), 900, np.uint16))),
        "differ in size",
    ),
    "depth that lies": (replaced("depth", npy_that_lies(), ".npz"), "its depth is truncated"),
    "depth that unpacks": (replaced("depth", zeros_bomb(), ".npz"), "when unpacked"),
    "pickled depth": (replaced("depth", npz_with_pickle(), ".npz"), "its depth holds object"),
    "no zip": (replaced("depth", b"PK\3\4nonsense", ".npz"), "its depth is damaged"),
    "no ids": (lambda f: (f / "instances" / "0001.png").unlink(), "its instance ids is missing"),
    "ids of another size": (
        replaced("instances", png(np.zeros((5, 5), np.uint8))),
        "differ in size",
    ),
    "NaN pose": (entry(pose=matrix(r03=float("nan"))), "inf or NaN"),
    "inf pose": (entry(pose=matrix(r00=float("inf"))), "inf or NaN"),
    "mirrored pose": (entry(pose=MIRRORED.tolist()), "pose that mirrors"),
    "scaled pose": (entry(pose=SCALED.tolist()), "pose that is not a rotation"),
    "3x4 pose": (entry(pose=tiny.POSES[1][:3].tolist()), "another shape"),
    "pose of words": (entry(pose="identity"), "not an array of numbers"),
    "no pose": (entry(pose=None), "another shape"),
    "projective pose": (entry(pose=matrix(r30=0.5)), "last row"),
    "far pose": (entry(pose=matrix(r03=1e9)), "10 km"),
    "no focal length": (
        entry(intrinsics=[[0, 0, 48], [0, 80, 36], [0, 0, 1]]),
        "focal length that is not positive",
    ),
    "skewed lens": (entry(intrinsics=[[80, 3, 48], [0, 80, 36], [0, 0, 1]]), "skewed"),
    "lens of another picture": (
        entry(intrinsics=[[8e4, 0, 48], [0, 8e4, 36], [0, 0, 1]]),
        "does not fit its picture",
    ),
    "far principal point": (
        entry(intrinsics=[[80, 0, 9e3], [0, 80, 36], [0, 0, 1]]),
        "principal point",
    ),
    "path in its name": (entry(name="../../etc/passwd"), "its name is not"),
    "absolute name": (entry(name="/etc/passwd"), "its name is not"),
    "name twice": (entry(name="0000"), "used twice"),
    "name no word": (entry(name=17), "its name is not"),
    "time backwards": (entry(time=-1), "time does not come after"),
    "time NaN": (entry(time=float("nan")), "time does not come after"),
    "huge time": (entry(time=10**400), "time does not come after"),
    "nanoseconds": (entry(time=1.7e18), "time does not come after"),
    "same time": (entry(time=1e-9), "time does not come after"),
    "unknown key": (entry(quality=3), "its name is not"),
}


@pytest.mark.case(97, 98, 99, 101)
@pytest.mark.parametrize("case", BAD_FRAMES)
def test_bad_frames_are_left_out_and_counted(folder: Path, case: str) -> None:
    change, words = BAD_FRAMES[case]
    change(folder)
    scan = read(folder)
    assert len(scan.frames) == 3
    ((reason, count),) = scan.left_out["frames"].items()
    assert count == 1
    assert words in reason


def test_links_do_not_lead_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    shutil.copy(folder / "frames" / "0001.png", secret)
    (folder / "frames" / "0001.png").unlink()
    (folder / "frames" / "0001.png").symlink_to(secret)
    assert read(folder).left_out["frames"] == {
        "its picture is outside the scan's folder: use a path inside it": 1
    }


def thing(**changes: Any) -> list[dict[str, Any]]:
    """The objects with the chair changed."""
    objects = tiny.scan_json()["objects"]
    objects[0] = {
        key: value for key, value in {**objects[0], **changes}.items() if value is not ...
    }
    return objects


BOX = tiny.scan_json()["objects"][0]["box"]
TILTED = [[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]
BAD_BOXES = {
    "no size": ({**BOX, "size": [0.5, 0.5, 0.0]}, "without size"),
    "negative size": ({**BOX, "size": [0.5, -0.5, 0.9]}, "without size"),
    "NaN": ({**BOX, "center": [0, float("nan"), 0]}, "inf or NaN"),
    "huge": ({**BOX, "size": [500, 1, 1]}, "larger than 50 m"),
    "short": ({**BOX, "size": [1, 1]}, "another shape"),
    "mirrored": ({**BOX, "rotation": np.diag([1.0, -1, 1]).tolist()}, "mirrors"),
    "no rotation": ({**BOX, "rotation": np.ones((3, 3)).tolist()}, "not a rotation"),
    "tilted": ({**BOX, "rotation": TILTED}, "leans"),
    "a string": ("none", "is not a mapping of center"),
    "unknown key": ({**BOX, "quaternion": [1, 0, 0, 0]}, "is not a mapping of center"),
}


@pytest.mark.case(105, 106)
@pytest.mark.parametrize("case", BAD_BOXES)
@pytest.mark.parametrize("ids", [True, False])
def test_bad_boxes_are_counted(tmp_path: Path, case: str, ids: bool) -> None:
    """With instance ids the object stays without a box; without them its word becomes unsure."""
    box, words = BAD_BOXES[case]
    scan = read(
        tiny.write_tiny(tmp_path / "tiny", ids=ids, scan=tiny.scan_json(objects=thing(box=box)))
    )
    ((reason, count),) = scan.left_out["objects"].items()
    assert count == 1
    assert words in reason
    assert [(t.id, t.model) for t in scan.objects if t.category == "chair"] == (
        [(1, OBSERVED_BOX)] if ids else []
    )


@pytest.mark.case(106)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": 0}, "an id that"),
        ({"id": 2}, "an id that"),
        ({"id": "1"}, "an id that"),
        ({"id": True}, "an id that"),
        ({"id": 70_000}, "an id that"),
        ({"category": "a <b>chair</b>"}, "not a word"),
        ({"category": None}, "not a word"),
        ({"category": "wall"}, "part of the building"),
        ({"category": "object"}, "names nothing"),
        ({"category": "x" * 300}, "not a word"),
        ({"colour": "red"}, "is not a mapping of id, category and box"),
    ],
)
def test_bad_objects_are_counted(folder: Path, changes: dict[str, Any], words: str) -> None:
    (folder / "scan.json").write_text(json.dumps(tiny.scan_json(objects=thing(**changes))))
    scan = read(folder)
    assert all(words in reason for reason in scan.left_out["objects"])
    assert scan.left_out["objects"]
    assert "chair" not in {t.category for t in scan.objects}


def test_an_unreadable_namesake_makes_a_word_unsure(folder: Path) -> None:
    more = [
        {"id": 2, "category": "chair"},
        {"id": 2, "category": "armchair"},
        {"id": 9, "category": "stool"},
    ]
    (folder / "scan.json").write_text(json.dumps(tiny.scan_json(objects=[*thing(), *more])))
    kinds = {t.category: t.model for t in read(folder).objects}
    assert (
        kinds["chair"] == AMBIGUOUS
    )  # two more that bear a word for it share an id with the table
    assert kinds["lamp"] == MEASURED_BOX
    assert kinds["stool"] == AMBIGUOUS  # could be called a chair
    assert "table" not in kinds


def test_folders(folder: Path, tmp_path: Path) -> None:
    assert find_scan_folders(folder) == [folder]
    assert find_scan_folders(tmp_path) == [folder]
    (tmp_path / "empty").mkdir()
    for bad in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(SceneError, match="no scans"):
            find_scan_folders(bad)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Trash_Bin", "trash can"),
        ("couch", "sofa"),
        ("  Office   Chair ", "office chair"),
        ("TV", "television"),
    ],
)
def test_words(text: str, word: str) -> None:
    assert normalize_category(text) == word


@pytest.mark.parametrize(
    "text", ["books", "Kitchen Cabinets", "wall", "otherfurniture", "chair 12#", "", 7, None, "a"]
)
def test_words_that_are_not_asked_about(text: object) -> None:
    with pytest.raises(ScanItemError):
        normalize_category(text)


def test_words_of_scans_in_questions() -> None:
    assert [
        pluralize(word)
        for word in ("toothbrush", "tray", "battery", "shelf", "glass", "office chair", "box")
    ] == [
        "toothbrushes",
        "trays",
        "batteries",
        "shelves",
        "glasses",
        "office chairs",
        "boxes",
    ]
    for one, two in (
        ("office chair", "chair"),
        ("sofa chair", "sofa"),
        ("dining table", "desk table"),
        ("tv", "tv"),
    ):
        assert are_confusable(one, two)
        assert are_confusable(two, one)
    assert not are_confusable("coffee maker", "coffee table")
    assert not are_confusable("chair", "table")


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=60))
def test_hostile_words_stay_out_of_questions(text: str) -> None:
    try:
        word = normalize_category(text)
    except ScanItemError:
        return
    assert word.replace("'", "").replace("-", "").replace(" ", "").isalnum()
    assert word.isascii()
    assert len(word) <= 40


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_readers(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        for name, reader in (
            ("a.png", safe_io.read_rgb),
            ("a.png", safe_io.read_depth_mm),
            ("a.npz", safe_io.read_depth_mm),
            ("a.npz", safe_io.read_instance_ids),
            ("a.json", safe_io.read_json_object),
        ):
            path = Path(place) / name
            path.write_bytes(content)
            with contextlib.suppress(ScanItemError):
                reader(path)


def test_a_writer_leaves_nothing_half_written(tmp_path: Path) -> None:
    def write(number: int) -> None:
        with ScanWriter(tmp_path / "new", license="CC0-1.0", up="+z") as scan:
            scan.add(
                "a",
                np.zeros((4, 4, 3), np.uint8),
                np.ones((4, 4)),
                np.eye(4),
                np.eye(3),
                time=1 / number,
            )

    with pytest.raises(ZeroDivisionError):
        write(0)
    assert list(tmp_path.iterdir()) == []
    write(1)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    with pytest.raises(SceneError, match="is there already"):
        write(1)
