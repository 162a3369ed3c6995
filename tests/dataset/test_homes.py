"""Datasets of homes: clips beside pictures, the same bytes however they were made, bad scenes left
out.
"""

import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from helpers.furniture_files import sample_library, write_sh3f
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import dataset_summary, read_manifest
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError, SceneError
from waywiser.scenes.furniture import disk_cache
from waywiser.scenes.furniture.library import Sh3fLibrary, open_library
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.tasks.registry import ROOM_TASKS, TASKS, choose_tasks

Contents = Callable[[Path], dict[str, bytes]]
METRIC_TASKS = (
    "camera_distance",
    "object_size",
    "camera_rotation",
    "absolute_distance",
    "distance_difference",
    "displacement",
    "room_size",
)
SMALL = HomeConfig(
    width=112, height=84, max_rooms=2, max_frames=16, moving_frames=6, moving_share=1.0, photos=2
)


def homes(out: Path, **changes: object) -> SynthesisConfig:
    request = {
        "out": out,
        "rooms": 3,
        "shard_rooms": 1,
        "seed": 5,
        "assets": "parametric",
        "tasks": "all",
        "home": SMALL.model_dump(),
        **changes,
    }
    return SynthesisConfig.model_validate(request)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished dataset of three small homes; do not change it."""
    out = tmp_path_factory.mktemp("homes") / "homes"
    synthesize(homes(out), progress=False)
    return out


def test_samples_show_the_frames_they_ask_about(made: Path) -> None:
    scenes = read_scenes(made)
    kinds = set()
    for sample in read_samples(made):
        assert sample.scene_id is not None
        assert sample.program is not None
        scene = scenes[sample.scene_id]
        needs = TASKS[sample.task].needs
        kinds.add(needs)
        pictures = [np.asarray(Image.open(io.BytesIO(image))) for image in sample.images]
        assert all(picture.shape == (84, 112, 3) for picture in pictures)
        if needs == "image":
            assert len(pictures) == 1
            assert sample.timestamps is None
            continue
        clip = scene.clips[sample.program.inputs["clip"]]
        assert 1 <= len(pictures) <= len(clip.cameras)
        if clip.kind == "video":
            assert sample.fps == clip.fps
            assert sample.timestamps is not None
            assert len(sample.timestamps) == len(pictures)
            assert set(sample.timestamps) <= set(clip.times)
        if needs in ("video", "motion"):
            assert len(pictures) > 2
    assert kinds == {"image", "views", "video", "motion"}


def test_every_row_states_the_lens_of_its_pictures(made: Path) -> None:
    scenes = read_scenes(made)
    stated = set()
    for sample in read_samples(made):
        assert sample.scene_id is not None
        assert sample.program is not None
        scene = scenes[sample.scene_id]
        inputs = sample.program.inputs
        camera = (
            scene.cameras[inputs["camera"]]
            if "camera" in inputs
            else scene.clips[inputs["clip"]].cameras[0]
        )
        lens = 2 * math.degrees(math.atan(camera.width / 2 / camera.fx))
        assert sample.horizontal_fov_deg == pytest.approx(lens, abs=0.01)
        stated.add(sample.horizontal_fov_deg)
        is_metric = sample.task in METRIC_TASKS
        assert (f"field of view is {lens:.0f} degrees" in sample.question) == is_metric
    assert len(stated) >= 5


@pytest.mark.parametrize("states_fov", ["never", "always"])
def test_questions_state_the_field_of_view_as_asked(tmp_path: Path, states_fov: str) -> None:
    out = tmp_path / "out"
    tasks = ["camera_distance", "left_right", "camera_rotation"]
    config = homes(out, rooms=1, tasks=tasks, states_fov=states_fov)
    synthesize(config, progress=False)
    questions = [sample.question for sample in read_samples(out)]
    assert len(questions) >= 3
    expected = 1 if states_fov == "always" else 0
    assert all(text.count("horizontal field of view is") == expected for text in questions)
    assert config.recipe("")["states_fov"] == states_fov
    assert "states_fov" not in homes(out).recipe("")


def test_a_picture_is_stored_once_a_scene(made: Path) -> None:
    for path in (made / "data").glob("*.parquet"):
        rows = pq.read_table(path, columns=["images"])["images"].to_pylist()
        names = {image["path"]: image["bytes"] for images in rows for image in images}
        assert path.stat().st_size < sum(map(len, names.values())) + 120_000


def test_two_workers_give_the_same_bytes(tmp_path: Path, made: Path, contents: Contents) -> None:
    synthesize(homes(tmp_path / "two", workers=2), progress=False)
    assert contents(tmp_path / "two") == contents(made)


def test_a_killed_run_resumes_and_ends_with_the_same_bytes(
    tmp_path: Path, made: Path, contents: Contents
) -> None:
    out = tmp_path / "out"
    script = tmp_path / "make.py"
    request = homes(out).model_dump_json()
    script.write_text(
        "from waywiser.dataset.config import SynthesisConfig\n"
        "from waywiser.dataset.synthesize import synthesize\n"
        f"synthesize(SynthesisConfig.model_validate_json({request!r}), progress=False)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], start_new_session=True)
    while not any((out / "scenes").glob("*.parquet")):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert read_manifest(out) is None
    synthesize(homes(out), progress=False)
    assert contents(out) == contents(made)


def test_videos_are_playable_and_the_same_every_time(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    for name in ("one", "two"):
        synthesize(
            homes(tmp_path / name, rooms=1, video="mp4", tasks="object_count", homes=1),
            progress=False,
        )
    manifest = read_manifest(tmp_path / "one")
    assert manifest is not None
    (scene,) = read_scenes(tmp_path / "one").values()
    videos = [file.path for file in manifest.files if file.path.endswith(".mp4")]
    assert len(videos) == sum(clip.kind == "video" for clip in scene.clips)
    for path in videos:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
        with av.open(tmp_path / "one" / path) as file:
            clip = scene.clips[int(path.rpartition("-c")[2].removesuffix(".mp4"))]
            frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        assert len(frames) == len(clip.cameras)
        assert frames[0].shape == (84, 112, 3)


def test_rooms_stay_rooms_unless_homes_are_asked_for(tmp_path: Path) -> None:
    assert SynthesisConfig(out=tmp_path, rooms=9).home_count == 0
    assert SynthesisConfig(out=tmp_path, rooms=9, tasks=ROOM_TASKS).home_count == 0
    assert SynthesisConfig(out=tmp_path, rooms=9, tasks="all").home_count == 9
    assert SynthesisConfig(out=tmp_path, rooms=9, tasks="above_below").home_count == 9
    assert SynthesisConfig(out=tmp_path, rooms=9, tasks="object_count", homes=2).home_count == 2
    assert set(ROOM_TASKS) < set(choose_tasks("all"))
    assert "home" not in SynthesisConfig(out=tmp_path, rooms=9).recipe("x")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rooms": 0}, "rooms"),
        ({"homes": 4}, "homes"),
        ({"homes": -1}, "homes"),
        ({"homes": 0}, "clips"),
        ({"tasks": "room_sise"}, "room_size"),
    ],
)
def test_a_bad_request_is_one_line_and_writes_nothing(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(RecipeError, match=words) as caught:
        synthesize(homes(tmp_path / "out", **changes), progress=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_home_with_a_damaged_model_is_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYWISER_CACHE", str(tmp_path / "cache"))
    catalogue, members = sample_library()
    file = write_sh3f(tmp_path / "test.sh3f", catalogue, members)
    library = open_library(file)
    assert isinstance(library, Sh3fLibrary)
    nothing = Mesh(
        np.zeros((3, 3), np.float32),
        np.zeros((0, 3), np.int32),
        np.zeros(0, np.int32),
        np.zeros((0, 3, 2), np.float32),
        (Material((1.0, 1.0, 1.0)),),
    )
    request = homes(tmp_path / "out", assets=str(file), rooms=6, seed=4)
    scenes = [
        build_home_scene(index, request.seed, request.split, library, request.home)
        for index in range(6)
    ]
    own = {model.key for model in library.models}
    homes_with = Counter(
        model for scene in scenes for model in {thing.model for thing in scene.objects} & own
    )
    damaged = min(homes_with, key=lambda model: (abs(homes_with[model] - 2), model))
    disk_cache.save_mesh(disk_cache.mesh_path(library.sources[0].fingerprint, damaged), nothing)
    bad = {scene.id for scene in scenes if any(thing.model == damaged for thing in scene.objects)}
    manifest = synthesize(request, progress=False)
    assert 1 <= len(manifest.skipped) <= 5, "some of these homes have the damaged model"
    assert set(manifest.skipped) == {name.replace("-home-", "-") for name in bad}
    assert all("no faces" in reason for reason in manifest.skipped.values())
    first, *rest = dataset_summary(manifest, tmp_path / "out", "home").splitlines()
    assert f"questions about {6 - len(bad)} homes" in first
    assert any(
        line.startswith(f"  {len(bad)} x home left out: ") and "no faces" in line for line in rest
    )
    assert set(read_scenes(tmp_path / "out")) == {scene.id for scene in scenes} - bad
    stored = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert stored["skipped"] == manifest.skipped


def test_where_no_home_can_be_made_it_says_so_in_one_line(tmp_path: Path) -> None:
    cramped = HomeConfig(min_rooms=6, min_room_area=6, max_room_area=6)
    with pytest.raises(SceneError, match="none of the 2 scenes") as caught:
        synthesize(homes(tmp_path / "out", rooms=2, home=cramped.model_dump()), progress=False)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "out").rglob("*"))
