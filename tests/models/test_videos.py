import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from waywiser.errors import ModelError
from waywiser.models import FrameSampling, read_video

QWEN = FrameSampling(most=768, exact=False)


def gif(path, count, size=(24, 16), milliseconds=100):
    frames = [Image.new("RGB", size, (i * 5 % 256, 255 - i * 5 % 256, 40)) for i in range(count)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)
    return path


def refused(path, **options):
    with pytest.raises(ModelError) as caught:
        read_video(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(st.integers(2, 5000), st.floats(1, 120), st.sampled_from([FrameSampling(), QWEN]))
def test_sampled_frames_are_even_in_number_ascending_and_inside(total, fps, sampling):
    chosen = sampling.indices(total, fps)
    assert len(chosen) % 2 == 0
    assert 2 <= len(chosen) <= sampling.most
    assert chosen == sorted(chosen)
    assert chosen[0] == 0
    assert chosen[-1] == total - 1
    if not sampling.exact:
        assert len(set(chosen)) == len(chosen)


@pytest.mark.parametrize(
    ("total", "fps", "count"),
    [(300, 30, 20), (9000, 30, 120), (30, 30, 4), (3, 30, 4), (275, 25, 22), (262, 25, 20)],
)
def test_the_releases_number_of_frames(total, fps, count):
    assert len(FrameSampling().indices(total, fps)) == count


def test_an_animation_is_sampled_by_its_durations(tmp_path):
    video = read_video(gif(tmp_path / "a.gif", 40, milliseconds=50))  # 2 s at 20 frames a second
    assert (video.fps, video.total, len(video.indices)) == (20.0, 40, 4)
    assert video.frames.shape == (4, 16, 24, 3)
    assert video.indices == [0, 13, 26, 39]
    red = video.frames[:, 0, 0, 0].astype(int)
    assert abs(red - np.array([0, 65, 130, 195])).max() <= 6  # a palette's colours
    assert video.metadata["duration"] == 2.0


def test_a_folder_of_frames_and_a_size_to_bring_them_to(tmp_path):
    for i in range(6):
        Image.new("RGB", (20, 10), (i * 40, 0, 0)).save(tmp_path / f"{i:03}.png")
    video = read_video(tmp_path, fit=lambda frames, height, width: (height * 2, width + frames))
    assert video.indices == [0, 1, 2, 3, 4, 5]
    assert video.frames.shape == (6, 20, 26, 3)
    Image.new("RGB", (21, 10)).save(tmp_path / "002.png")
    assert "differ in size" in refused(tmp_path)


def test_what_is_no_video_is_refused(tmp_path):
    assert "no video at" in refused(tmp_path / "none.mp4")
    (tmp_path / "a.mp4").write_bytes(b"")
    assert "empty" in refused(tmp_path / "a.mp4")
    (tmp_path / "frames").mkdir()
    assert "no frames" in refused(tmp_path / "frames")
    Image.new("RGB", (20, 10)).save(tmp_path / "frames" / "a.png")
    assert "got 1; pass a single frame" in refused(tmp_path / "frames")
    assert "got 1; pass a single frame" in refused(gif(tmp_path / "one.gif", 1))
    whole = gif(tmp_path / "cut.gif", 30).read_bytes()
    (tmp_path / "cut.gif").write_bytes(whole[: len(whole) // 2])
    assert "cut.gif" in refused(tmp_path / "cut.gif")


def test_a_video_file_without_pyav_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)  # as where it is not installed
    (tmp_path / "a.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    assert "waywiser[video]" in refused(tmp_path / "a.mp4")


def encode(path, count, size=(64, 48)):
    av = pytest.importorskip("av", reason="PyAV (extra: video) is not installed")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for i in range(count):
            shade = np.full((size[1], size[0], 3), i * 250 // max(count, 2), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_video_file_gives_the_frames_that_were_asked_for(tmp_path):
    video = read_video(encode(tmp_path / "a.mp4", 50))
    assert (video.fps, video.total) == (10.0, 50)
    assert video.indices == [0, 5, 10, 16, 21, 27, 32, 38, 43, 49]
    shades = video.frames.mean((1, 2, 3))
    assert np.abs(shades - np.array(video.indices) * 5).max() < 6


def test_a_damaged_video_file_is_refused(tmp_path):
    whole = encode(tmp_path / "a.mp4", 40).read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "a.mp4")
    assert "got 1; pass a single frame" in refused(encode(tmp_path / "one.mp4", 1))
