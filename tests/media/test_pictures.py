"""The one decoder of pictures: whatever people's files are, the pixels are those that a viewer
shows.
"""

import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from waywiser.errors import DatasetError, MediaError, ModelError
from waywiser.media import FORMATS, check_picture, decode_picture, to_rgb
from waywiser.models import read_image

FAULTS = Path(__file__).parents[1] / "data" / "faults"
LOSSLESS = {
    "PNG": {},
    "TIFF": {},
    "WEBP": {"lossless": True},
    "JPEG": {"quality": 100, "subsampling": 0},
}
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}
"""What an orientation means, on arrays: EXIF 2.3, tag 274."""


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, form, **options)
    return sink.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(bits: int, color_type: int, rows: bytes, size: tuple[int, int], *chunks: bytes) -> bytes:
    """A PNG from filtered rows, with other chunks before its pixels."""
    header = struct.pack(">IIBBBBB", *size, bits, color_type, 0, 0, 0)
    parts = [
        chunk(b"IHDR", header),
        *chunks,
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pixels(source: bytes | Path) -> np.ndarray:
    return np.asarray(decode_picture(source)).astype(int)


def refused(source: bytes | str | Path, name: str = "") -> str:
    with pytest.raises(MediaError) as caught:
        decode_picture(source, name=name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.case(1)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LOSSLESS)), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_every_orientation_stands_upright_in_every_format(
    form: str, orientation: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    stored = np.kron(rng.integers(0, 256, (3, 5, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(encoded(Image.fromarray(stored), form, exif=exif, **LOSSLESS[form]))
    expected = UPRIGHT[orientation](stored).astype(int)
    assert np.abs(np.asarray(picture).astype(int) - expected).max() <= (3 if form == "JPEG" else 0)
    assert not picture.info, "a later reader would turn it again"
    assert 0x0112 not in picture.getexif()


@pytest.mark.case(1)
def test_a_photograph_taken_sideways() -> None:
    upright = decode_picture(FAULTS / "exif6.jpg")
    with Image.open(FAULTS / "exif6.jpg") as stored:
        assert upright.size == stored.size[::-1]
        turned = np.rot90(np.asarray(stored.convert("RGB")), -1)
    assert np.array_equal(np.asarray(upright), turned)
    assert np.array_equal(np.asarray(read_image(FAULTS / "exif6.jpg")), turned)


def test_an_opened_picture_is_turned_once() -> None:
    with Image.open(FAULTS / "exif6.jpg") as opened:
        once = to_rgb(opened)
        assert once.size == opened.size[::-1]
        assert to_rgb(once).size == once.size
        assert to_rgb(opened, upright=False).size == opened.size


@pytest.mark.case(3, 4)
def test_sixteen_bits_are_scaled_to_eight() -> None:
    ramp = np.linspace(0, 65535, 96).astype(np.uint16)[None].repeat(4, axis=0)
    for form in ("PNG", "TIFF"):
        shown = pixels(encoded(Image.fromarray(ramp), form))
        assert np.abs(shown - np.rint(ramp / 257)[..., None]).max() <= 1
    assert (
        pixels(FAULTS / "gray16.png")[0, 0].tolist() == [156] * 3
    )  # not white, as where values are cut off at 255
    millimetres = encoded(
        Image.fromarray(np.linspace(600, 5000, 64).astype(np.uint16).reshape(8, 8)), "PNG"
    )
    assert pixels(millimetres).max() < 30


@pytest.mark.case(3)
@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0, 3e6])
def test_other_numbers_are_scaled_by_what_their_largest_tells(top: float) -> None:
    ramp = np.linspace(0, top, 64).reshape(8, 8).astype(np.float32)
    shown = pixels(encoded(Image.fromarray(ramp), "TIFF"))[..., 0]
    assert np.abs(shown - np.linspace(0, 255, 64).reshape(8, 8)).max() <= 1
    if top > 1000:
        whole = pixels(encoded(Image.fromarray(ramp.astype(np.int32)), "TIFF"))[..., 0]
        assert np.abs(whole - shown).max() <= 1


@pytest.mark.case(3)
def test_a_sixteen_bit_tiff_that_counts_from_white() -> None:
    values = np.array([[0, 65535, 257 * 100]], np.uint16)
    assert pixels(encoded(Image.fromarray(values), "TIFF", tiffinfo={262: 0}))[
        0, :, 0
    ].tolist() == [255, 0, 155]


@pytest.mark.case(6)
@pytest.mark.parametrize(
    "mode", ["RGBA", "LA", "PA", "palette", "index", "key", "gray key", "gray16 key"]
)
@pytest.mark.parametrize("alpha", [0, 255])
def test_transparency_is_white(mode: str, alpha: int) -> None:
    """Black wherever something was drawn; the ground is clear, and its colour means nothing."""
    drawing = np.zeros((4, 4, 4), np.uint8)
    drawing[..., 3] = alpha
    drawing[0, :, 3] = 255
    image = Image.fromarray(drawing)
    if mode in ("RGBA", "LA", "PA"):
        content = encoded(image.convert(mode), "PNG" if mode != "PA" else "TIFF")
    elif mode in ("palette", "index"):
        flat = Image.fromarray((drawing[..., 3] == 0).astype(np.uint8))
        flat.putpalette([0, 0, 0, 9, 9, 9])
        content = encoded(flat, "PNG", transparency=bytes([255, alpha]) if mode == "palette" else 1)
    else:
        key, bits, kind = {"key": (9, 8, 2), "gray key": (9, 8, 0), "gray16 key": (9, 16, 0)}[mode]
        samples = np.where(drawing[..., 3:] == 0, key, 0).repeat(3 if kind == 2 else 1, axis=2)
        data = samples.astype(">u2" if bits == 16 else np.uint8)
        rows = b"".join(b"\0" + row.tobytes() for row in data)
        clear = struct.pack(">H", key) * (3 if kind == 2 else 1)
        content = png_of(bits, kind, rows, (4, 4), chunk(b"tRNS", clear))
    shown = pixels(content)
    assert shown[0].max() == 0, "what was drawn"
    if mode != "index" or alpha == 0:
        assert shown[1:].min() == shown[1:].max() == (0 if alpha else 255)


@pytest.mark.case(6)
def test_half_clear_pixels_are_mixed_with_white() -> None:
    assert pixels(encoded(Image.new("RGBA", (3, 3), (0, 0, 0, 128)), "PNG"))[0, 0].tolist() == [
        127,
        127,
        127,
    ]


@pytest.mark.case(7)
@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("YCbCr", "JPEG"),
        ("CMYK", "TIFF"),
        ("LAB", "TIFF"),
        ("P", "PNG"),
        ("P", "GIF"),
    ],
)
def test_every_color_model_is_rgb(mode: str, form: str) -> None:
    from PIL import ImageCms

    color = (200, 100, 50) if mode != "L" else (90, 90, 90)
    image = Image.new("RGB", (16, 16), color)
    if mode == "LAB":
        srgb = ImageCms.createProfile("sRGB")
        lab = ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
    options = {"quality": 98} if form == "JPEG" else {}
    palette = {"palette": Image.Palette.ADAPTIVE} if mode == "P" else {}
    shown = pixels(
        encoded(image.convert(mode, **palette) if mode != "LAB" else image, form, **options)
    )
    assert np.abs(shown - color).max() <= 4


@pytest.mark.case(7)
def test_one_bit_and_sixteen_bit_color() -> None:
    bits = (np.indices((4, 8)).sum(0) % 2 * 255).astype(np.uint8)
    assert np.array_equal(pixels(encoded(Image.fromarray(bits).convert("1"), "PNG"))[..., 0], bits)
    samples = np.full((2, 2, 3), 257 * 77, ">u2")
    deep = png_of(16, 2, b"".join(b"\0" + row.tobytes() for row in samples), (2, 2))
    assert (pixels(deep) == 77).all()


@pytest.mark.case(8)
@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF", "MPO"])
def test_the_first_frame_of_several(form: str) -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    blue = Image.new("RGB", (16, 16), (0, 0, 255))
    shown = pixels(encoded(red, form, save_all=True, append_images=[blue]))
    assert np.abs(shown - (255, 0, 0)).max() <= 3


@pytest.mark.case(8)
def test_names_and_endings_do_not_matter(tmp_path: Path) -> None:
    content = encoded(Image.new("RGB", (9, 5), (1, 2, 3)), "WEBP", lossless=True)
    for name in ("a.jpg", "ünïcode 图.png", "no ending", "100%25.webp", "a#b?.png"):
        (tmp_path / name).write_bytes(content)
        assert decode_picture(tmp_path / name).size == (9, 5)
        assert decode_picture(str(tmp_path / name)).size == (9, 5)
    photo = encoded(Image.new("RGB", (9, 5)), "JPEG") + b"\0" * 999
    assert decode_picture(photo).size == (9, 5)


BAD_EXIF = {
    "header only": b"Exif\0\0",
    "header twice": b"Exif\0\0Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0",
    "no TIFF": b"Exif\0\0nothing of the kind",
    "cut off": b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12",
    "bad types": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x63\0\0\0\x01\0\x06\0\0\0\0\0\0",
    "orientation of text": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x046ab\0\0\0\0\0",
    "orientation 99": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
    "far offset": b"Exif\0\0MM\0*\xff\xff\xff\xf0",
}


@pytest.mark.case(9)
@pytest.mark.parametrize("fault", BAD_EXIF)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_malformed_exif_is_ignored(fault: str, form: str) -> None:
    content = encoded(Image.new("RGB", (12, 7), (9, 9, 9)), form, exif=BAD_EXIF[fault])
    assert decode_picture(content).size == (12, 7)


@pytest.mark.case(10, 11)
@pytest.mark.parametrize("size", [(1, 1), (690, 15420), (12000, 8)])
def test_odd_sizes(size: tuple[int, int]) -> None:
    assert decode_picture(encoded(Image.new("RGB", size), "PNG")).size == size


@pytest.mark.case(14)
def test_what_is_no_picture_says_what_it_is(tmp_path: Path) -> None:
    whole = encoded(Image.effect_noise((64, 64), 90), "JPEG")
    assert "a.jpg is truncated" in refused(whole[: len(whole) // 2], name="a.jpg")
    assert "truncated" in refused(whole[:-7], name="a.jpg") or "truncated" in refused(whole[:-70])
    assert refused(whole[:7], name="row 3").startswith("row 3 is truncated or damaged")
    assert "a PNG that is damaged" in refused(b"\x89PNG\r\n\x1a\nnothing of the kind")
    page = tmp_path / "photo.jpg"
    page.write_text("\ufeff <!DOCTYPE html><html><body>Not found</body></html>")
    assert "photo.jpg is a web page" in refused(page)
    assert "HEIC" in refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40)
    assert "git lfs pull" in refused(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    assert "export it as PNG" in refused(b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert "empty" in refused(b"")
    assert "not a JPEG" in refused(b"nothing of the kind")


def test_paths_that_cannot_be() -> None:
    assert "not an image file" in refused("a" * 5000)
    assert len(refused("a" * 5000)) < 400
    assert "not an image file" in refused("a\0b.png")
    assert "download" in refused("https://example.org/a.png")


def test_an_error_is_of_a_model_and_of_a_dataset() -> None:
    for kind in (ModelError, DatasetError, ValueError):
        with pytest.raises(kind):
            decode_picture(b"none")


def noisy_png(**options: object) -> bytes:
    return encoded(Image.effect_noise((20, 10), 90).convert("RGB"), "PNG", **options)


@pytest.mark.case(15)
@pytest.mark.parametrize("kind", ["zTXt", "iTXt", "profile", "many", "bad checksum"])
def test_text_that_pillow_refuses_does_not_cost_the_picture(kind: str, tmp_path: Path) -> None:
    long = "workflow " * 400_000
    info = PngImagePlugin.PngInfo()
    if kind == "zTXt":
        info.add_text("workflow", long, zip=True)
    elif kind == "iTXt":
        info.add_itxt("workflow", long, zip=True)
    elif kind == "many":
        for i in range(70):
            info.add_text(f"part {i}", long[:1_000_000], zip=True)
    profile = {"icc_profile": b"\0" * 3_000_000} if kind == "profile" else {}
    content = noisy_png()
    if kind == "bad checksum":
        content = content[:33] + chunk(b"tEXt", b"a\0b")[:-1] + b"?" + content[33:]
    else:
        content = noisy_png(pnginfo=info, **profile)
    assert decode_picture(content).size == (20, 10)
    check_picture(content)
    (tmp_path / "made.png").write_bytes(content)
    assert decode_picture(tmp_path / "made.png").size == (20, 10)
    assert np.asarray(decode_picture(content)).std() > 10
    assert "truncated" in refused(content[: len(content) - 200])


@pytest.mark.case(15)
def test_bombs_of_pixels_are_still_refused() -> None:
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 2_000_000))
    for extra in ((), (text,)):
        bomb = png_of(8, 2, b"", (60_000, 60_000), *extra)
        assert "gigantic" in refused(bomb)
        with pytest.raises(MediaError, match="gigantic"):
            check_picture(bomb)


@pytest.mark.case(16)
@pytest.mark.parametrize("form", [f for f in ("AVIF", "JPEG2000") if f in FORMATS])
def test_newer_formats_are_read_by_all_paths(form: str, tmp_path: Path) -> None:
    image = Image.new("RGB", (32, 24), (200, 100, 50))
    file = tmp_path / "a.picture"
    file.write_bytes(encoded(image, form))
    for shown in (decode_picture(file), decode_picture(file.read_bytes()), read_image(file)):
        assert np.abs(np.asarray(shown).astype(int) - (200, 100, 50)).max() <= 4


def test_a_check_reads_headers_only() -> None:
    noise = encoded(Image.effect_noise((64, 64), 90), "JPEG")
    check_picture(noise[:2000], name="cut")  # its pixels are cut off, which only decoding finds
    with pytest.raises(MediaError, match="cut is truncated"):
        decode_picture(noise[:2000], name="cut")
    with pytest.raises(MediaError, match="row 7 has more than 4,000 pixels"):
        check_picture(noise, name="row 7", max_pixels=4000)
    with pytest.raises(MediaError, match="not a JPEG"):
        check_picture(b"none")


def test_threads_leave_the_filters_of_warnings_as_they_are() -> None:
    content = encoded(Image.new("RGB", (64, 64)), "PNG")
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert all(picture.mode == "RGB" for picture in pool.map(decode_picture, [content] * 200))
    assert warnings.filters == before


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"GIF89a", b"II*\0"]),
)
def test_hostile_bytes_are_one_line(data: bytes, magic: bytes) -> None:
    try:
        shown = decode_picture(magic + data).mode
    except MediaError as error:
        shown = str(error)
    assert "\n" not in shown
