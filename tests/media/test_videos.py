"""The one reader of videos: the frames that a player shows, upright, in order, at their times."""

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.films import encode, frame, numbers, without_first_packets
from waywiser.errors import DatasetError, MediaError, ModelError
from waywiser.media import FrameSampling, Video, natural_key, read_video
from waywiser.media.sampling import Timeline

FAULTS = Path(__file__).parents[1] / "data" / "faults"
QWEN = FrameSampling(least=4, most=768, exact=False)
FEW = FrameSampling(fps=2, least=4, most=8)


@pytest.fixture(autouse=True)
def _with_pyav() -> None:
    pytest.importorskip("av", reason="PyAV (extra: video) is not installed")


def refused(source: object, **options: object) -> str:
    with pytest.raises(MediaError) as caught:
        read_video(source, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def corner(picture: np.ndarray) -> tuple[str, str]:
    """Where the white mark is."""
    half_height, half_width = (side // 2 for side in picture.shape[:2])
    gray = picture.mean(-1)
    top = "top" if gray[:half_height].mean() > gray[half_height:].mean() else "bottom"
    return top, "left" if gray[:, :half_width].mean() > gray[:, half_width:].mean() else "right"


@pytest.mark.case(19)
@pytest.mark.parametrize(
    ("degrees", "place"),
    [(90, ("bottom", "left")), (180, ("bottom", "right")), (-90, ("top", "right"))],
)
def test_a_phone_held_otherwise_gives_upright_frames(
    degrees: int, place: tuple[str, str], tmp_path: Path
) -> None:
    video = read_video(encode(tmp_path / "a.mp4", 8, rotation=degrees), FEW)
    assert video.frames.shape[1:3] == ((96, 64) if degrees % 180 else (64, 96))
    assert {corner(picture) for picture in video.frames} == {place}


@pytest.mark.case(19)
def test_the_film_of_a_phone_held_upright() -> None:
    video = read_video(FAULTS / "rot90.mp4", FEW)
    assert video.frames.shape == (4, 96, 64, 3)
    red_right = video.frames[0, :, 40:].mean((0, 1))
    blue_left = video.frames[0, :, :24].mean((0, 1))
    assert red_right[0] > 150 > red_right[2]
    assert blue_left[2] > 150 > blue_left[0]
    assert (video.metadata["height"], video.metadata["width"]) == (96, 64)


@pytest.mark.case(19)
def test_a_mirrored_film(tmp_path: Path) -> None:
    """A front camera's film may be marked as mirrored: the matrix has a negative scale."""
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = 96
        stream.height = 64
        stream.pix_fmt = "yuv420p"
        stream.set_display_matrix(
            np.array([-65536, 0, 0, 0, 65536, 0, 96 << 16, 0, 1 << 30], np.int32).tolist()
        )
        for i in range(8):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame(i), "rgb24")))
        container.mux(stream.encode(None))
    assert corner(read_video(path, FEW).frames[0]) == ("top", "right")


@pytest.mark.case(20)
@pytest.mark.parametrize("sampling", [FEW, QWEN, FrameSampling()])
def test_frames_that_an_edit_list_hides_do_not_count(sampling: FrameSampling) -> None:
    video = read_video(FAULTS / "trimmed_editlist.mp4", sampling)
    assert (video.total, video.fps) == (40, 30.0)
    assert video.indices[0] == 0
    assert video.indices[-1] == 39
    assert video.metadata["duration"] == pytest.approx(40 / 30)
    assert video.timestamps == pytest.approx([i / 30 for i in video.indices], abs=0.002)


@pytest.mark.case(20, 28)
@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.mpg"])
def test_a_recording_may_start_between_key_frames(name: str, tmp_path: Path) -> None:
    codec = "mpeg2video" if name == "a.mpg" else "libx264"
    whole = encode(tmp_path / name, codec=codec)
    if name == "a.mkv":
        video = read_video(without_first_packets(tmp_path / "cut.mkv", whole, 5), FEW)
    else:
        content = whole.read_bytes()
        start = len(content) // 3 // 188 * 188
        (tmp_path / "cut.ts").write_bytes(content[start:])
        video = read_video(tmp_path / "cut.ts", FEW)
    seen = numbers(video.frames)
    assert 12 <= round(seen[0]) <= 48, "from a key frame on"
    assert round(seen[-1]) == 59
    assert video.total == round(seen[-1]) - round(seen[0]) + 1


@pytest.mark.case(20)
@pytest.mark.parametrize("codec", ["mpeg4", "libvpx", "libvpx-vp9", "mpeg2video", "libx265"])
def test_no_codec_shows_what_it_cannot_decode(codec: str, tmp_path: Path) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else None
    whole = encode(tmp_path / "a.mkv", 40, codec=codec, options=options)
    video = read_video(without_first_packets(tmp_path / "cut.mkv", whole, 5), FEW)
    seen = numbers(video.frames)
    assert video.total < 36, "the first packets cannot be decoded without those before them"
    assert np.abs(np.array(seen) - (np.array(video.indices) + 40 - video.total)).max() < 1.5


@pytest.mark.case(20)
def test_a_film_without_its_beginning() -> None:
    video = read_video(FAULTS / "headless.mkv", FEW)
    assert (video.total, video.indices) == (40, [0, 13, 26, 39])
    assert video.timestamps[0] == 0


@pytest.mark.case(22, 23)
def test_the_film_is_read_not_its_cover() -> None:
    video = read_video(FAULTS / "covr_before_track.mp4", FEW)
    assert video.frames.shape == (4, 64, 96, 3)
    assert video.total == 60


@pytest.mark.case(22)
def test_a_picture_that_is_not_marked_as_a_cover(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "a.mov"), "w") as container:
        cover = container.add_stream("png", rate=1)
        film = container.add_stream("mpeg4", rate=10)
        cover.width = 32
        cover.height = 32
        cover.pix_fmt = "rgb24"
        film.width = 96
        film.height = 64
        film.pix_fmt = "yuv420p"
        for i in range(12):
            container.mux(film.encode(av.VideoFrame.from_ndarray(frame(i), "rgb24")))
        container.mux(
            cover.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24"))
        )
        for stream in (cover, film):
            container.mux(stream.encode(None))
    assert read_video(tmp_path / "a.mov", FEW).frames.shape[1:] == (64, 96, 3)


def frames_folder(folder: Path, names: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(names):
        Image.new("RGB", (20, 10), (4 * i, 4 * i, 4 * i)).save(folder / name)
    return folder


@pytest.mark.case(24)
def test_hidden_files_of_a_folder_are_no_frames(tmp_path: Path) -> None:
    folder = frames_folder(tmp_path / "frames", [f"{i:03}.jpg" for i in range(6)])
    for i in range(6):
        (folder / f"._{i:03}.jpg").write_bytes(b"\0\5\x16\7Mac OS X")
    (folder / ".DS_Store").write_bytes(b"none")
    (folder / "Thumbs.db").write_bytes(b"none")
    (folder / "more.jpg").mkdir()
    video = read_video(folder, QWEN)
    assert (video.total, video.indices) == (6, [0, 1, 2, 3, 4, 5])


@pytest.mark.case(25)
@pytest.mark.parametrize("name", ["frame_{}.png", "{}.png", "Frame {} of 12.PNG", "a-0{}b.jpg"])
def test_frames_are_in_the_order_of_their_numbers(name: str, tmp_path: Path) -> None:
    folder = frames_folder(tmp_path / "frames", [name.format(i) for i in range(12)])
    video = read_video(folder, FrameSampling(fps=2, least=12, most=12))
    assert np.round(numbers(video.frames)).tolist() == list(range(12))


@pytest.mark.case(25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "B", "frame_", ""]), st.integers(0, 10**12)),
        min_size=2,
        unique=True,
    ),
    st.booleans(),
)
def test_natural_order_is_the_order_of_the_numbers(
    parts: list[tuple[str, int]], padded: bool
) -> None:
    names = [
        f"{word}{number:09}.png" if padded else f"{word}{number}.png" for word, number in parts
    ]
    ordered = sorted(names, key=natural_key)
    expected = [
        name
        for _, name in sorted(
            zip(parts, names, strict=True), key=lambda p: (p[0][0].lower(), p[0][1])
        )
    ]
    assert ordered == expected


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_names_have_an_order(names: list[str]) -> None:
    ordered = sorted(names, key=natural_key)
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered


VARIABLE = [33 * i for i in range(30)] + [1000 * i for i in range(1, 31)]


@pytest.mark.case(26)
@pytest.mark.parametrize("sampling", [FrameSampling(), QWEN])
def test_a_variable_frame_rate_is_sampled_evenly_in_time(sampling: FrameSampling) -> None:
    video = read_video(FAULTS / "vfr.mp4", sampling)
    assert video.total == 60
    early = sum(time < 1 for time in video.timestamps)
    assert early <= 3, "as many frames of the first second as of any other"
    assert video.timestamps[-1] == pytest.approx(30, abs=0.1)
    metadata = video.metadata
    claimed = [index / metadata["fps"] for index in metadata["frames_indices"]]
    assert claimed == pytest.approx(video.timestamps, abs=0.002)
    assert metadata["duration"] == pytest.approx(30, rel=0.05)
    assert max(metadata["frames_indices"]) < metadata["total_num_frames"]


@pytest.mark.case(26)
def test_frames_are_those_of_their_times(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mkv", 60, times=VARIABLE, codec="ffv1", pixels="bgr0")
    video = read_video(path, FrameSampling(fps=1, least=4, most=16))
    shown = [VARIABLE[round(number)] / 1000 for number in numbers(video.frames)]
    assert shown == pytest.approx(video.timestamps, abs=0.002)
    assert np.abs(np.diff(shown) - 2).max() <= 1.01


@pytest.mark.case(26)
def test_an_animation_that_lingers_is_sampled_by_time(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (24, 16), (4 * i, 4 * i, 4 * i)) for i in range(20)]
    options = {"save_all": True, "append_images": frames[1:], "loop": 0, "lossless": True}
    frames[0].save(tmp_path / "a.webp", duration=[40] * 10 + [1000] * 10, **options)
    video = read_video(tmp_path / "a.webp", FrameSampling(fps=1, least=4, most=10))
    assert video.indices[1] >= 10, "the first 0.4 s are one sample, not half of them"
    assert np.diff(video.timestamps).max() <= 2.01


@pytest.mark.case(26)
@given(
    st.lists(st.floats(0.001, 5), min_size=2, max_size=60), st.sampled_from([FrameSampling(), QWEN])
)
def test_chosen_frames_are_the_nearest_in_time(gaps: list[float], sampling: FrameSampling) -> None:
    times = np.cumsum([0.0, *gaps]).tolist()
    timeline = Timeline.of_times(times, None)
    chosen = timeline.choose(sampling)
    assert chosen == sorted(chosen)
    assert (chosen[0], chosen[-1]) == (0, len(times) - 1)
    if not timeline.steady:
        places = sampling.indices(len(times), timeline.fps)
        for place, wanted in zip(
            chosen, np.linspace(0, times[-1], len(times))[places], strict=True
        ):
            assert abs(times[place] - wanted) <= min(abs(time - wanted) for time in times) + 1e-9


@given(st.integers(2, 400), st.floats(0.1, 200), st.sampled_from([FrameSampling(), QWEN]))
def test_a_steady_rate_is_sampled_by_number_as_ever(
    total: int, fps: float, sampling: FrameSampling
) -> None:
    timeline = Timeline.of_times([i / fps for i in range(total)], fps)
    assert timeline.steady
    assert timeline.choose(sampling) == sampling.indices(total, fps)


@pytest.mark.case(27)
@pytest.mark.parametrize(
    ("aspect", "width"),
    [(Fraction(64, 45), 137), (Fraction(8, 9), 85), (Fraction(1), 96), (Fraction(4, 3), 128)],
)
@pytest.mark.parametrize("rotation", [0, 90])
def test_pixels_that_are_not_square_are_stretched(
    aspect: Fraction, width: int, rotation: int, tmp_path: Path
) -> None:
    video = read_video(encode(tmp_path / "a.mp4", 8, aspect=aspect, rotation=rotation), FEW)
    assert video.frames.shape[1:3] == ((width, 64) if rotation else (64, width))


@pytest.mark.case(27)
def test_frames_are_resized_once_from_what_is_shown(tmp_path: Path) -> None:
    asked: list[tuple[int, int, int]] = []

    def fit(count: int, height: int, width: int) -> tuple[int, int]:
        asked.append((count, height, width))
        return 32, 64

    video = read_video(encode(tmp_path / "a.mp4", 8, aspect=Fraction(64, 45)), FEW, fit)
    assert asked == [(4, 64, 137)]
    assert video.frames.shape == (4, 32, 64, 3)


@pytest.mark.case(28)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mkv", {}),
        ("a.mov", {}),
        ("a.webm", {"codec": "libvpx-vp9"}),
        ("b.webm", {"codec": "libvpx"}),
        ("a.avi", {"codec": "mpeg4"}),
        ("b.avi", {"codec": "mjpeg", "pixels": "yuvj420p"}),
        ("a.flv", {}),
        ("a.wmv", {"codec": "wmv2"}),
        ("a.ts", {}),
        ("fragments.mp4", {"options": {"movflags": "frag_keyframe+empty_moov"}}),
        ("live.mkv", {"options": {"live": "1"}}),
        ("alpha.mov", {"codec": "qtrle", "pixels": "argb"}),
        ("gray16.mkv", {"codec": "ffv1", "pixels": "gray16le"}),
        ("odd.mp4", {"size": (97, 65), "pixels": "yuv444p"}),
        ("slow.mp4", {"rate": 1}),
        ("fast.mkv", {"rate": 500}),
    ],
)
def test_containers_and_codecs(name: str, options: dict, tmp_path: Path) -> None:
    video = read_video(encode(tmp_path / name, 30, **options), FEW)
    assert video.total == 30
    assert numbers(video.frames) == pytest.approx(video.indices, abs=1.6)
    assert video.fps == pytest.approx(options.get("rate", 30), rel=0.02)
    assert read_video((tmp_path / name).read_bytes(), FEW).indices == video.indices


@pytest.mark.case(28)
def test_a_raw_stream_without_times(tmp_path: Path) -> None:
    video = read_video(encode(tmp_path / "a.h264", 30), FEW)
    assert (video.total, video.indices) == (30, FEW.indices(30, video.fps))
    assert numbers(video.frames) == pytest.approx(video.indices, abs=1.6)


@pytest.mark.case(29)
def test_few_frames(tmp_path: Path) -> None:
    assert "got 1; pass a single frame" in refused(encode(tmp_path / "one.mp4", 1))
    assert read_video(encode(tmp_path / "two.mp4", 2), FrameSampling()).indices == [0, 0, 0, 1]
    long = read_video(encode(tmp_path / "six.mkv", 6, times=[5000 * i for i in range(6)]), QWEN)
    assert long.indices == [0, 1, 2, 3, 4, 5]
    assert long.timestamps == pytest.approx([0, 5, 10, 15, 20, 25])


@pytest.mark.case(30)
def test_films_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    whole = encode(tmp_path / "a.mp4", options={"movflags": "faststart"}).read_bytes()
    for share in (0.3, 0.5, 0.8, 0.97):
        (tmp_path / "cut.mp4").write_bytes(whole[: int(len(whole) * share)])
        assert "cut.mp4" in refused(tmp_path / "cut.mp4")
    slow = encode(tmp_path / "b.mp4", codec="mpeg4", options={"movflags": "faststart"}).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(slow[: int(len(slow) * 0.8)])
    assert "ends before its last frame" in refused(tmp_path / "cut.mp4")
    (tmp_path / "page.mp4").write_text("<!DOCTYPE html><html>Not found</html>")
    assert "page.mp4" in refused(tmp_path / "page.mp4")
    (tmp_path / "nothing.mp4").write_bytes(b"")
    assert "empty" in refused(tmp_path / "nothing.mp4")
    assert refused(b"no film", name="row 4").startswith("row 4 ")
    assert "download the video" in refused("https://example.org/a.mp4")
    assert "no video at" in refused("a" * 5000)


@pytest.mark.case(30)
def test_a_file_without_a_film(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        sound.sample_rate = 44100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    assert "no video stream" in refused(tmp_path / "a.m4a")
    covered = (FAULTS / "covr_before_track.mp4").read_bytes()
    assert b"covr" in covered
    bare = encode(tmp_path / "a.mkv", 30)
    packets = without_first_packets(tmp_path / "none.mkv", bare, 26)  # behind the last key frame
    assert "no frame that can be decoded" in refused(packets)


@pytest.mark.case(30)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_bit_errors_are_one_line_or_a_film(data: st.DataObject) -> None:
    content = bytearray((FAULTS / "rot90.mp4").read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=30)):
        content[place] ^= data.draw(st.integers(1, 255))
    try:
        shown = str(read_video(bytes(content), FEW).frames.shape)
    except MediaError as error:
        shown = str(error)
    assert "\n" not in shown


@pytest.mark.case(31)
def test_frames_of_several_sizes_are_one_line(tmp_path: Path) -> None:
    folder = frames_folder(tmp_path / "frames", ["0.png", "1.png", "2.png"])
    Image.new("RGB", (21, 10)).save(folder / "3.png")
    assert "differ in size" in refused(folder)


def test_a_list_of_frames_and_encoded_frames(tmp_path: Path) -> None:
    folder = frames_folder(tmp_path / "frames", [f"{i}.png" for i in range(4)])
    paths = [folder / f"{i}.png" for i in (3, 1, 2, 0)]
    assert np.round(numbers(read_video(paths, QWEN).frames)).tolist() == [3, 1, 2, 0]
    assert np.round(numbers(read_video([p.read_bytes() for p in paths], QWEN).frames)).tolist() == [
        3,
        1,
        2,
        0,
    ]
    assert "row 9" in refused([], name="row 9")
    assert "frame 1" in refused([paths[0].read_bytes(), b"none"], name="row 9")


def test_frames_of_a_folder_are_decoded_as_pictures_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for i in range(4):
        Image.fromarray(frame(i)).save(tmp_path / f"{i}.jpg", exif=exif, quality=95)
    video = read_video(tmp_path, QWEN)
    assert video.frames.shape[1:3] == (96, 64)
    assert corner(video.frames[0]) == ("top", "right")


def test_clear_frames_of_an_animation_are_white(tmp_path: Path) -> None:
    frames = [Image.new("RGBA", (24, 16), (0, 0, 0, 0)) for _ in range(4)]
    for i, picture in enumerate(frames):
        picture.paste((200, 0, 0, 255), (4 * i, 0, 4 * i + 4, 16))
    frames[0].save(
        tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100, disposal=2
    )
    shown = read_video(tmp_path / "a.gif", QWEN).frames
    for i, picture in enumerate(shown):
        assert picture[0, 4 * i].tolist() == pytest.approx([200, 0, 0], abs=6)
        assert picture[0, (4 * i + 12) % 24].tolist() == [255, 255, 255]


def test_only_chosen_frames_are_held(tmp_path: Path) -> None:
    """600 frames of 0.7 MB each: what is held at once are the few that were asked for."""
    import tracemalloc

    path = encode(tmp_path / "a.mkv", 600, size=(640, 360), codec="mpeg4")
    tracemalloc.start()
    try:
        read_video(path, FEW)
        assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    finally:
        tracemalloc.stop()


def test_an_error_is_of_a_model_and_of_a_dataset(tmp_path: Path) -> None:
    for kind in (ModelError, DatasetError):
        with pytest.raises(kind):
            read_video(tmp_path / "none.mp4")


def test_metadata_of_a_steady_film_counts_frames() -> None:
    video = Video(np.zeros((2, 4, 6, 3), np.uint8), [0, 15], 30.0, 60, [0.0, 0.5])
    assert video.metadata == {
        "total_num_frames": 60,
        "fps": 30.0,
        "duration": 2.0,
        "frames_indices": [0, 15],
        "height": 4,
        "width": 6,
    }


def test_playlists_do_not_reach_the_network(tmp_path: Path) -> None:
    playlist = (
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"
    )
    (tmp_path / "a.m3u8").write_text(playlist)
    refused(tmp_path / "a.m3u8")
    refused(io.BytesIO(playlist.encode()).getvalue())
