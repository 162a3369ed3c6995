"""Files of scans as other tools write them: palettes, few bits, CMYK, capitals, the sensor's own
sign for nothing.
"""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from helpers import tiny_scans as tiny
from waywiser.scenes.scans.safe_io import read_depth_mm, read_instance_ids, read_rgb
from waywiser.scenes.scans.scan_reader import Scan, read_scan
from waywiser.scenes.scans.scan_writer import ScanWriter

FRAME = "0001"


def read(folder: Path) -> Scan:
    return read_scan(folder, "tiny")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.write_tiny(tmp_path / "tiny")


def ids_of(folder: Path) -> np.ndarray:
    return np.asarray(Image.open(folder / "instances" / f"{FRAME}.png"))


def gray_png(values: np.ndarray, bits: int) -> bytes:
    """A grey PNG of 1, 2, 4 or 8 bits, as tools that make files small write it."""
    rows = []
    for row in values:
        text = "".join(format(int(value), f"0{bits}b") for value in row)
        text += "0" * (-len(text) % 8)
        rows.append(b"\0" + bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8)))
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], bits, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.case(107)
@pytest.mark.parametrize("clear", [None, 0])
def test_the_index_of_a_palette_is_the_id(folder: Path, clear: int | None) -> None:
    before = read(folder)
    ids = ids_of(folder)
    image = Image.fromarray(ids.astype(np.uint8))
    rng = np.random.default_rng(0)
    image.putpalette(rng.integers(0, 256, 768, dtype=np.uint8).tobytes())
    image.save(
        folder / "instances" / f"{FRAME}.png", **({} if clear is None else {"transparency": clear})
    )
    after = read(folder)
    assert not after.left_out["frames"]
    np.testing.assert_array_equal(after.frames[1].ids, before.frames[1].ids)


@pytest.mark.case(107)
@given(st.sampled_from([1, 2, 4, 8]), st.integers(1, 9), st.data())
def test_ids_of_few_bits_are_not_spread(bits: int, side: int, data: st.DataObject) -> None:
    drawn = data.draw(
        st.lists(st.integers(0, 2**bits - 1), min_size=side * side, max_size=side * side)
    )
    values = np.array(drawn).reshape(side, side)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "waywiser.scenes.scans.safe_io.read_limited", lambda *_: gray_png(values, bits)
        )
        np.testing.assert_array_equal(read_instance_ids(Path("a.png")), values)


@pytest.mark.case(108)
def test_ids_as_colors_are_said(folder: Path) -> None:
    Image.fromarray(ids_of(folder).astype(np.uint8)).convert("RGB").save(
        folder / "instances" / f"{FRAME}.png"
    )
    assert read(folder).left_out["frames"] == {
        "its instance ids is not a single-channel image: export one number per pixel": 1
    }


@pytest.mark.case(109, 110)
@pytest.mark.parametrize(
    ("mode", "form"),
    [("CMYK", "JPEG"), ("YCbCr", "JPEG"), ("L", "PNG"), ("P", "PNG"), ("RGBA", "PNG")],
)
def test_frames_of_other_color_models(mode: str, form: str, tmp_path: Path) -> None:
    color = (90, 90, 90) if mode == "L" else (200, 100, 50)
    image = Image.new("RGB", (16, 12), color)
    path = tmp_path / ("a.jpg" if form == "JPEG" else "a.png")
    image.convert(mode, palette=Image.Palette.ADAPTIVE).save(path, form)
    shown = read_rgb(path).astype(int)
    assert shown.shape == (12, 16, 3)
    assert np.abs(shown - color).max() <= 4


@pytest.mark.case(109)
def test_frames_keep_the_pixels_that_depth_and_lens_belong_to(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (16, 12)).save(tmp_path / "a.jpg", exif=exif)
    assert read_rgb(tmp_path / "a.jpg").shape == (12, 16, 3)


@pytest.mark.case(110)
def test_clear_pixels_of_a_frame_are_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png").min() == 255


@pytest.mark.case(103)
def test_the_largest_depth_means_that_nothing_was_measured(folder: Path, tmp_path: Path) -> None:
    path = folder / "depth" / f"{FRAME}.png"
    stored = np.asarray(Image.open(path)).astype(np.uint16)
    stored[:10], stored[10:12] = 65535, 65534
    Image.fromarray(stored).save(path)
    depth = read(folder).frames[1].depth_mm
    assert depth[:10].max() == 0
    assert (depth[10:12] == 65534).all()
    metres = np.array([[65.535, 65.534, 65.5346, np.inf, 99.0, 2.0]])
    np.savez(tmp_path / "a.npz", depth=metres)
    assert read_depth_mm(tmp_path / "a.npz").tolist() == [[0, 65534, 0, 0, 0, 2000]]


@pytest.mark.case(103)
def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    depth = np.full((12, 16), 3.0)
    depth[0, :4] = (65.535, 65.534, 80.0, np.nan)
    lens = np.array([[20.0, 0, 8], [0, 20, 6], [0, 0, 1]])
    with ScanWriter(tmp_path / "scan", license="CC0-1.0", up="+z") as scan:
        scan.add("a", np.zeros((12, 16, 3), np.uint8), depth, tiny.POSES[0], lens)
    assert read(tmp_path / "scan").frames[0].depth_mm[0, :5].tolist() == [0, 65534, 0, 0, 3000]


@pytest.mark.case(110)
@pytest.mark.parametrize("ending", [".JPG", ".Jpg", ".JPEG", ".PNG", ".jpeg"])
@pytest.mark.parametrize("listed", ["", ".jpg", ".JPG", ".png"])
def test_endings_as_cameras_write_them(folder: Path, ending: str, listed: str) -> None:
    """The list names a frame with or without an ending; its files have endings of their own."""
    image = Image.open(folder / "frames" / f"{FRAME}.png")
    image.save(folder / "frames" / f"{FRAME}{ending}", "PNG" if ending == ".PNG" else "JPEG")
    (folder / "frames" / f"{FRAME}.png").unlink()
    (folder / "depth" / f"{FRAME}.png").rename(folder / "depth" / f"{FRAME}.PNG")
    value = tiny.cameras_json()
    value["frames"][1]["name"] += listed
    (folder / "cameras.json").write_text(json.dumps(value))
    scan = read(folder)
    assert not scan.left_out["frames"]
    assert [frame.name for frame in scan.frames] == ["0000", f"0001{listed}", "0002", "0003"]


@pytest.mark.case(110)
def test_a_name_with_a_dot_keeps_it(folder: Path) -> None:
    for kind in ("frames", "depth", "instances"):
        (folder / kind / f"{FRAME}.png").rename(folder / kind / "1.5.color.png")
    value = tiny.cameras_json()
    value["frames"][1]["name"] = "1.5.color"
    (folder / "cameras.json").write_text(json.dumps(value))
    assert not read(folder).left_out["frames"]


@pytest.mark.case(110)
def test_a_byte_order_mark_and_damaged_frames(folder: Path) -> None:
    for name in ("scan.json", "cameras.json"):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    sink = io.BytesIO()
    Image.open(folder / "frames" / f"{FRAME}.png").save(sink, "WEBP")
    (folder / "frames" / f"{FRAME}.png").write_bytes(sink.getvalue())
    assert read(folder).left_out["frames"] == {
        "its picture is damaged, or neither PNG nor JPEG: export it again": 1
    }


@pytest.mark.case(101)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_depth_as_floating_point_numbers(dtype: type, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", depth=np.array([[1.5, 0.0, np.nan, -1.0]], dtype))
    assert read_depth_mm(tmp_path / "a.npz").tolist() == [[1500, 0, 0, 0]]
