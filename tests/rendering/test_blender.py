"""Cycles beside Embree: the same geometry pixel by pixel, the same light, colours and glass in the
same places.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from helpers.blenders import needs_blender
from helpers.box_rooms import Models, box_mesh, camera, room, scene, thing
from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.blender import Blender, CyclesOptions
from waywiser.rendering.blender.process import PYTHON_VARIABLE
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.mesh import Material
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Light, Scene

FEW = CyclesOptions(samples=4)
QUARTERS = np.array([[[250, 0, 0], [0, 250, 0]], [[0, 0, 250], [250, 250, 250]]], np.uint8)
"""Red and green above blue and white."""


@pytest.fixture(scope="module")
def blender() -> Iterator[Blender]:
    with Blender() as running:
        yield running


def furnished(ambient: float = 0.3) -> Scene:
    return scene(
        thing(1, "box", (-0.6, 0.2, 0.4), (0.8, 0.5, 0.8), yaw=0.5),
        thing(2, "sphere", (0.6, -0.4, 1.1), (0.7, 0.7, 0.7)),
        thing(7, "glass", (0.1, -1.2, 0.5), (0.4, 0.05, 0.9), yaw=0.2),
        ambient=ambient,
    )


def agreement(
    blender: Blender, moment: Scene, renderer: RoomRenderer, eye: Camera
) -> tuple[float, float]:
    """Shares of pixels with the same id, and with the same depth to 1 mm."""
    frame = renderer.render(eye)
    depth_H_W, ids_H_W = blender.render_ground_truth(eye, moment)
    return float(np.mean(ids_H_W == frame.ids)), float(
        np.mean(np.abs(depth_H_W - frame.depth) < 1e-3)
    )


@needs_blender
@pytest.mark.parametrize(
    "eye",
    [
        camera(),
        camera((1.5, 2.2, 1.9), (-0.3, -0.8, 0.4), fov=1.4, roll=0.4),
        camera(width=97, height=133).model_copy(update={"cx": 30.25, "cy": 80.5}),
        camera().model_copy(update={"fx": 110.0, "fy": 150.0, "cx": 70.0, "cy": 71.5}),
        camera().model_copy(update={"fx": 150.0, "fy": 110.0, "cx": 90.0, "cy": 41.5}),
    ],
    ids=["level", "rolled", "off-centre", "tall pixels", "wide pixels"],
)
def test_depth_and_ids_are_embrees(blender: Blender, eye: Camera) -> None:
    cache = MeshCache(Models())
    blender.load_scene(furnished(), cache)
    ids, depths = agreement(blender, furnished(), RoomRenderer(furnished(), cache), eye)
    assert ids > 0.995
    assert depths > 0.995


@needs_blender
def test_what_moves_and_what_stands_behind_doors_is_where_embree_has_it(blender: Blender) -> None:
    library = open_library("parametric")
    config = HomeConfig(
        width=160,
        height=120,
        min_rooms=2,
        max_rooms=2,
        moving_share=1.0,
        min_frames=8,
        max_frames=8,
        moving_frames=4,
    )
    homes = (build_home_scene(index, 3, "train", library, config) for index in range(20))
    home = next(home for home in homes if any(clip.motions for clip in home.clips))
    cache = MeshCache(library)
    blender.load_scene(home, cache)
    number = next(number for number, clip in enumerate(home.clips) if clip.motions)
    frames = [(number, 0), (number, 3), (0, 0), (0, 4)]
    for moment in [home.at(*frame) for frame in frames]:
        assert (
            min(agreement(blender, moment, RoomRenderer(moment, cache), moment.cameras[0])) > 0.99
        )


def linear(rgb: np.ndarray) -> np.ndarray:
    return np.where(rgb < 11, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)


@needs_blender
def test_a_lamp_lights_as_strongly_as_in_embree(blender: Blender) -> None:
    # Walls this far off give next to nothing back, so that all light on the floor comes straight
    # from the lamp.
    hall = room(
        polygon=((-30, -30), (30, -30), (30, 30), (-30, 30)),
        height=30.0,
        floor_colour=(0.5, 0.5, 0.5),
    )
    lamp = Light(position=(0, 0, 1.5), intensity=(0.9, 0.6, 0.3))
    lit = scene(rooms=(hall,), ambient=0.0, lights=(lamp,))
    cache = MeshCache(Models())
    eye = camera((0, -1, 2), (0, 0, 0), width=80, height=60)
    blender.load_scene(lit, cache)
    pictures = (blender.render(eye), RoomRenderer(lit, cache).render(eye).rgb)
    cycles_3, embree_3 = (linear(rgb.astype(float)).mean(axis=(0, 1)) for rgb in pictures)
    assert cycles_3 / embree_3 == pytest.approx(np.ones(3), rel=0.1)


@needs_blender
def test_textures_lie_as_they_do_in_embree(blender: Blender) -> None:
    models = Models(painted=box_mesh(Material((1.0, 1.0, 1.0), 1.0, QUARTERS)))
    shown = scene(thing(1, "painted", (0, 0, 1), (1, 1, 1), yaw=0.7))
    cache = MeshCache(models)
    blender.load_scene(shown, cache)
    frame = RoomRenderer(shown, cache).render(camera())
    rgb = blender.render(camera(), options=FEW)
    on_it = frame.ids == 1
    hues = [np.argmax(render[on_it], axis=1) for render in (rgb, frame.rgb)]
    coloured = np.ptp(frame.rgb[on_it].astype(float), axis=1) > 60
    assert coloured.mean() > 0.5
    assert np.mean((hues[0] == hues[1])[coloured]) > 0.95


@needs_blender
def test_faces_in_one_place_do_not_shade_each_other(blender: Blender) -> None:
    plain = box_mesh()
    twice = replace(
        plain,
        faces_F_3=np.concatenate([plain.faces_F_3, plain.faces_F_3[:, ::-1]]),
        face_material_F=np.zeros(24, np.int32),
        face_uv_F_3_2=np.concatenate([plain.face_uv_F_3_2, plain.face_uv_F_3_2[:, ::-1]]),
    )
    cache = MeshCache(Models(twice=twice))
    pictures = []
    for model in ("box", "twice"):
        blender.load_scene(scene(thing(1, model, (0, 0, 1), (1, 1, 1), yaw=0.7)), cache)
        pictures.append(blender.render(camera(), options=FEW)[45:75, 65:95].astype(float))
    assert np.abs(pictures[0] - pictures[1]).mean() < 3


@needs_blender
def test_one_sees_through_glass(blender: Blender) -> None:
    cache = MeshCache(Models())
    eye = camera()
    pictures = []
    for pane in (
        [],
        [thing(2, "glass", (0, -1, 1), (2, 0.02, 1.5))],
        [thing(2, "box", (0, -1, 1), (2, 0.02, 1.5))],
    ):
        blender.load_scene(scene(thing(1, "sphere", (0, 0.5, 1), (0.8, 0.8, 0.8)), *pane), cache)
        pictures.append(blender.render(eye, options=FEW)[50:70, 70:90].astype(float))
    free, seen, hidden = pictures
    assert np.abs(seen - free).mean() < 60 < np.abs(hidden - free).mean()
    assert np.abs(seen - free).mean() > 3


@needs_blender
def test_a_picture_depends_on_its_order_alone(blender: Blender) -> None:
    cache = MeshCache(Models())
    moment = furnished()
    moved = moment.model_copy(
        update={"objects": (*moment.objects[:2], thing(7, "glass", (1, 1, 0.5), (0.4, 0.1, 0.9)))}
    )
    blender.load_scene(moment, cache)
    first = blender.render(camera(), moment, FEW)
    blender.render(camera(fov=0.5), moved, FEW)
    assert np.array_equal(blender.render(camera(), moment, FEW), first)
    assert not np.array_equal(blender.render(camera(), moment, FEW, seed=1), first)
    with Blender(threads=3) as other:
        other.load_scene(moment, cache)
        assert np.array_equal(other.render(camera(), moment, FEW), first)


@needs_blender
def test_a_blender_that_dies_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with Blender(scratch=tmp_path / "scratch") as blender:
        blender.load_scene(furnished(), MeshCache(Models()))
        (process,) = [
            p
            for p in psutil.Process().children()
            if "worker.py" in " ".join(p.cmdline())
            and str(tmp_path) in p.environ().get("BLENDER_USER_RESOURCES", "")
        ]
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(
            SceneError, match=r"^Blender died \(killed by signal 9\): run again"
        ) as caught:
            blender.render(camera())
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "scratch").iterdir())


def test_a_missing_blender_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYWISER_HOME", str(tmp_path))
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    with pytest.raises(RecipeError, match="waywiser assets blender"):
        Blender()
    monkeypatch.setenv(PYTHON_VARIABLE, str(tmp_path / "python"))
    with pytest.raises(RecipeError, match="which is not there"):
        Blender()


def test_a_python_without_bpy_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\necho 'ImportError: libXi.so.6: cannot open shared object file' >&2\nexit 1\n"
    )
    monkeypatch.setenv(PYTHON_VARIABLE, str(python))
    with pytest.raises(RecipeError, match="cannot be started"):
        Blender()
    python.chmod(0o755)
    with pytest.raises(
        RecipeError,
        match=r"Blender cannot start \(ImportError: libXi\.so\.6.*docs/guide/realism\.md",
    ):
        Blender()
