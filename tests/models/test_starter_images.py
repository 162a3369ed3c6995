import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.tiny_models import picture
from waywiser.errors import ModelError
from waywiser.models.starter.image_processor import WaywiserStarterImageProcessor, to_rgb

PROCESSOR = WaywiserStarterImageProcessor()


def pixels(images):
    return PROCESSOR(images)["pixel_values"]


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"]
)
def test_every_pillow_mode_is_read(mode):
    image = Image.new("RGB", (30, 20), (200, 200, 200))
    image = (
        Image.new(mode, (30, 20), 40000)
        if mode == "I;16"
        else image.convert("RGBA" if mode == "PA" else mode)
    )
    out = pixels(image.convert("PA") if mode == "PA" else image)
    assert out.shape == (1, 3, 224, 224)
    assert out.dtype == torch.uint8
    assert 140 < out.float().mean() <= 255


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400))
def test_every_size_and_ratio_becomes_the_same_square(width, height):
    out = pixels(Image.new("RGB", (width, height), (10, 20, 30)))
    assert (out == torch.tensor([10, 20, 30], dtype=torch.uint8)[None, :, None, None]).all()


def test_sixteen_bits_keep_their_gradient():
    ramp = np.tile(np.linspace(0, 65535, 224).astype(np.uint16), (224, 1))
    out = pixels(Image.fromarray(ramp))[0, 0, 100].float()
    assert torch.allclose(out, torch.linspace(0, 255, 224), atol=1.5)


def test_transparent_pixels_are_white():
    assert (pixels(Image.new("RGBA", (8, 8), (0, 0, 0, 0))) == 255).all()


def test_arrays_of_any_layout_and_type_agree_with_pillow():
    image = picture(1)
    array = np.asarray(image)
    expected = pixels(image)
    for same in (
        array,
        array.transpose(2, 0, 1),
        torch.from_numpy(array.copy()),
        array / 255.0,
        array[None],
    ):
        assert torch.equal(pixels(same), expected)


def test_nested_lists_as_trl_passes_them_keep_their_order():
    a = picture(1)
    b = picture(2)
    assert torch.equal(pixels([[a], [b, a]]), torch.cat([pixels(a), pixels(b), pixels(a)]))


def test_one_object_given_eight_times_is_resized_once(monkeypatch):
    seen = []
    original = PROCESSOR._resize
    monkeypatch.setattr(PROCESSOR, "_resize", lambda p: seen.append(p) or original(p))
    again = picture(1)
    out = pixels([[again]] * 8 + [[picture(1)]])
    assert len(seen) == 2
    assert all(torch.equal(out[0], row) for row in out)


def test_the_resize_averages_when_it_shrinks():
    board = (np.indices((896, 896)).sum(0) % 2 * 255).astype(np.uint8)
    out = pixels(board).float()
    assert (out - 127.5).abs().max() < 12  # without antialiasing it would be black and white


@pytest.mark.parametrize(
    "bad",
    [
        "room.png",
        b"\x89PNG",
        7,
        [],
        [[]],
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((5, 5, 7)),
        np.zeros(5),
        object(),
    ],
    ids=lambda bad: type(bad).__name__,
)
def test_what_is_no_picture_is_refused_in_one_line(bad):
    with pytest.raises(ModelError) as caught:
        pixels(bad)
    assert "\n" not in str(caught.value)


def test_nan_and_infinite_pixels_become_finite():
    assert pixels(np.full((4, 4), np.nan)).max() == 0
    assert to_rgb(np.full((4, 4), np.inf)).getextrema()[0] == (255, 255)
