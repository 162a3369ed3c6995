"""What is handed to Blender, and the environment that it runs in; no Blender is needed for these."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.box_rooms import GLASS, Models, box_mesh, room, scene, thing
from waywiser.errors import AssetsError, SceneError
from waywiser.rendering.blender.environment import install_blender
from waywiser.rendering.blender.export import TEXEL_SIZE, export_scene, object_transforms
from waywiser.rendering.blender.process import blender_folder
from waywiser.rendering.embree.tone_mapping import linear_to_srgb
from waywiser.rendering.floor_patterns import floor_brightness
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.rendering.scene_mesh import build_scene_mesh, place_vertices
from waywiser.scenes.mesh import Material
from waywiser.scenes.scene import Light

HALF = np.array([[[255, 255, 255], [10, 20, 30]]], np.uint8)
place = st.floats(-3, 3)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(place, place, place, st.floats(-7, 7)),
    st.tuples(place, place, place, st.floats(-7, 7)),
)
def test_moves_carry_an_object_to_where_it_stands_then(
    start: tuple[float, ...], end: tuple[float, ...]
) -> None:
    here, there = (thing(4, "box", at[:3], (0.5, 0.8, 1.2), yaw=at[3]) for at in (start, end))
    still = thing(5, "box", (0, 0, 1), (1, 1, 1))
    matrices = object_transforms(scene(here, still), scene(there, still))
    assert set(matrices) == ({"4"} if here.box != there.box else set())
    matrix_4_4 = np.asarray(matrices.get("4", np.eye(4)))
    unit_V_3 = box_mesh().vertices_V_3
    carried_V_3 = place_vertices(here, unit_V_3) @ matrix_4_4[:3, :3].T + matrix_4_4[:3, 3]
    assert carried_V_3 == pytest.approx(place_vertices(there, unit_V_3), abs=1e-9)


def test_the_faces_are_embrees_with_their_looks() -> None:
    painted = box_mesh(Material((1, 1, 1), 1.0, HALF))
    shown = scene(
        thing(1, "painted", (0, 0, 1), (1, 1, 1)), thing(2, "glass", (1, 1, 1), (0.5, 0.5, 0.5))
    )
    cache = MeshCache(Models(painted=painted))
    arrays = export_scene(shown, cache)
    scene_mesh = build_scene_mesh(shown, cache)
    triangles_F_3_3 = arrays["vertices_V_3"][arrays["faces_F_3"]]
    opaque = len(scene_mesh.opaque.faces_F_3)
    assert np.array_equal(
        triangles_F_3_3[:opaque], scene_mesh.opaque.vertices_V_3[scene_mesh.opaque.faces_F_3]
    )
    assert np.array_equal(
        triangles_F_3_3[opaque:], scene_mesh.glass.vertices_V_3[scene_mesh.glass.faces_F_3]
    )
    texture_F, _, glass_F, skirting_F = arrays["looks_K_4"][arrays["look_F"]].T
    assert np.array_equal(glass_F > 0, arrays["instance_F"] == 2)
    assert set(arrays["opacity_F"][glass_F > 0].tolist()) == {GLASS.opacity}
    assert np.array_equal(arrays["texture_0"], HALF)
    assert np.array_equal(texture_F == 0, arrays["instance_F"] == 1)
    walls_F = (arrays["instance_F"] == 0) & (np.abs(arrays["normal_F_3_3"][:, 0, 2]) < 0.5)
    assert np.array_equal(skirting_F > 0, walls_F)


@pytest.mark.parametrize("pattern", ["planks", "tiles", "carpet"])
def test_floors_wear_their_pattern(pattern: str) -> None:
    tiled = room(floor_pattern=pattern, pattern_seed=3)
    arrays = export_scene(scene(rooms=(tiled,)), MeshCache(Models()))
    texture_F = arrays["looks_K_4"][arrays["look_F"], 0]
    floor_F = texture_F >= 0
    picture_H_W_3 = arrays[f"texture_{int(texture_F.max())}"]
    height, width, _ = picture_H_W_3.shape
    # A corner's uv says which texel lies there: v = 1 is the first row.
    xy_K_2 = arrays["vertices_V_3"][arrays["faces_F_3"][floor_F]][..., :2].reshape(-1, 2)
    uv_K_2 = arrays["uv_F_3_2"][floor_F].reshape(-1, 2)
    slope = np.polyfit(uv_K_2[:, 0], xy_K_2[:, 0], 1)
    shift = np.polyfit(uv_K_2[:, 1], xy_K_2[:, 1], 1)
    column_K = np.array([100, 300, 501])
    row_K = np.array([40, 333, 700])
    x_K = np.polyval(slope, (column_K + 0.5) / width)
    y_K = np.polyval(shift, 1 - (row_K + 0.5) / height)
    footprint_K = np.full(3, TEXEL_SIZE, np.float32)
    shade_K = floor_brightness(pattern, 3, np.stack([x_K, y_K]).astype(np.float32), footprint_K)
    expected_K_3 = linear_to_srgb(shade_K[:, None] * np.array(tiled.floor_colour))
    assert np.abs(picture_H_W_3[row_K, column_K].astype(int) - expected_K_3).max() <= 3


def test_a_lamps_own_shade_throws_no_shadow() -> None:
    lights = (Light(position=(0, 0, 2.0), intensity=(1, 1, 1)),)
    shade = thing(1, "box", (0, 0, 2.0), (0.1, 0.1, 0.1))
    far = thing(2, "box", (0, 0, 1), (0.1, 0.1, 0.1))
    arrays = export_scene(scene(shade, far, lights=lights), MeshCache(Models()))
    assert np.array_equal(arrays["shadowless_F"], arrays["instance_F"] == 1)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(SceneError, match="id"):
        export_scene(scene(thing(0, "box", (0, 0, 1), (1, 1, 1))), MeshCache(Models()))
    with pytest.raises(SceneError, match="not finite"):
        export_scene(scene(thing(1, "box", (0, 0, math.nan), (1, 1, 1))), MeshCache(Models()))


def fake_python(path: Path, version: str) -> str:
    """Answers for its version, begins a virtual environment and fails, as Debian's does without
    python3-venv.
    """
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = -c ]; then echo {version}; exit 0; fi\nmkdir -p "$3"\necho no ensurepip >&2\nexit 1\n'
    )
    path.chmod(0o755)
    return str(path)


def test_an_environment_that_cannot_be_made_is_one_line_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAYWISER_HOME", str(tmp_path / "home"))
    for python in (str(tmp_path / "missing"), fake_python(tmp_path / "old", "3.10")):
        with pytest.raises(
            AssetsError, match=r"is not Python 3\.11, which bpy==.* needs: install it, and name it"
        ):
            install_blender(python)
    with pytest.raises(AssetsError, match=r"python3-venv\) \(no ensurepip\)") as caught:
        install_blender(fake_python(tmp_path / "python", "3.11"))
    assert "\n" not in str(caught.value)
    assert not blender_folder().exists()


def test_rectangles_and_glow_are_handed_over() -> None:
    lights = (
        Light(position=(0, 0, 2.0), intensity=(1, 1, 1)),
        Light(position=(1, 0, 1.5), intensity=(1, 2, 3), size=(1.2, 0.8), normal=(-1, 0, 0)),
    )
    lit = box_mesh(Material((1, 1, 1), emission=2.5))
    shown = scene(thing(1, "lit", (0, 0, 1), (1, 1, 1)), lights=lights)
    arrays = export_scene(shown, MeshCache(Models(lit=lit)))
    point_3_3, rectangle_3_3 = arrays["rectangles_L_3_3"]
    assert not point_3_3.any()
    np.testing.assert_allclose(rectangle_3_3[0], [-1, 0, 0])
    np.testing.assert_allclose(np.abs(rectangle_3_3[1:]), [[0, 0.6, 0], [0, 0, 0.4]], atol=1e-12)
    assert np.array_equal(arrays["emission_F"], np.where(arrays["instance_F"] == 1, 2.5, 0))
