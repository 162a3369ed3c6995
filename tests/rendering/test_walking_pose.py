"""A walker has the same pose in the renderer, the audit's raster and what Blender is given."""

import math

import numpy as np
import pytest

from helpers.box_clips import slide
from waywiser.audit.geometry.posed_objects import ModelMeshes, posed_objects
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.rendering.blender.export import export_scene
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.dynamic_models import build_dynamic_models, build_gait_pose
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.scene import Box, Camera, Clip, Object, Room, Scene
from waywiser.tasks.views import render_clip

LIBRARY = open_library("parametric")
KEY = "mover#person-1"
MODEL = build_dynamic_models()[KEY]
TRUTH_ONLY = RenderOptions(rgb=False)


def walking(camera: Camera, times: tuple[float, ...]) -> Scene:
    """A person who walks along -y from y = 0.63, a step of 0.63 m a second, from second 1 on."""
    assert MODEL.stride is not None
    height = MODEL.size[2] / 2
    motion = slide(7, (1.0, 0.0, 0.63), (4.0, 0.0, 0.63 - 1.5 * MODEL.stride)).model_copy(
        update={"stride": MODEL.stride}
    )
    motion = motion.model_copy(
        update={"centers": tuple((x, y, height) for x, y, _ in motion.centers)}
    )
    person = Object(
        id=7, category="person", model=KEY, box=Box(center=(0, 0.63, height), size=MODEL.size)
    )
    clip = Clip(
        kind="video", cameras=(camera,) * len(times), times=times, fps=2.0, motions=(motion,)
    )
    room = Room(
        polygon=((-3, -3), (3, -3), (3, 3), (-3, 3)),
        height=2.6,
        wall_colour=(0.7, 0.7, 0.7),
        floor_colour=(0.4, 0.4, 0.4),
    )

    return Scene(
        id="walk",
        seed=0,
        split="train",
        furniture="parametric",
        rooms=(room,),
        objects=(person,),
        lights=(),
        ambient=0.5,
        cameras=(camera,),
        clips=(clip,),
    )


def side_camera(target: tuple[float, float, float], fov: float) -> Camera:
    return Camera.look_at((2.6, target[1], 0.9), target, width=160, height=120, horizontal_fov=fov)


def test_every_way_to_see_a_frame_shows_one_pose() -> None:
    times = (0.0, 1.5, 3.3, 4.0)
    scene = walking(side_camera((0, 0, 0.9), 1.2), times)
    cache = MeshCache(LIBRARY)
    raster = SceneRaster(scene, ModelMeshes(cache))
    clip_view = render_clip(cache, scene, 0, TRUTH_ONLY)
    keys = []

    for index, time in enumerate(times):
        posed = scene.at(0, index)
        key = posed.objects[0].model
        keys.append(key)
        assert posed_objects(scene, scene.clips[0], time)[7].model == key

        ids = clip_view.views[index].frame.ids
        audit_ids = raster.frame(0, index).buffer.ids
        shared = ((ids == 7) & (audit_ids == 7)).sum()
        assert shared > 0.97 * max((ids == 7).sum(), (audit_ids == 7).sum()) > 500
        assert clip_view.views[index].visible[7].fraction == pytest.approx(1.0)

        arrays = export_scene(posed, cache)
        exported = arrays["vertices_V_3"][arrays["faces_F_3"][arrays["instance_F"] == 7]]
        assert exported.reshape(-1, 3).min(axis=0)[2] == pytest.approx(0, abs=0.01)
        mesh = MODEL.mesh if key == KEY else build_gait_pose(KEY, int(key[-2:]))
        own = mesh.vertices_V_3[mesh.faces_F_3] * MODEL.size + posed.objects[0].box.center
        assert exported == pytest.approx(own, abs=1e-4)

    assert keys[0] == keys[-1] == KEY
    assert len(set(keys)) == 3

    posed = scene.at(0, 2)
    alone = RoomRenderer(posed, cache).render(posed.cameras[0], TRUTH_ONLY)
    assert np.array_equal(clip_view.views[2].frame.ids, alone.ids)


def test_a_foot_outside_the_box_is_seen() -> None:
    """The foot that is ahead in a long step is in view, the box of the person at rest is not."""
    assert MODEL.stride is not None
    time = 1.0 + 0.5  # a quarter of a cycle
    foot = build_gait_pose(KEY, 6).vertices_V_3.min(axis=0)[1] * MODEL.size[1]
    y = 0.63 - MODEL.stride / 4 + float(foot) + 0.06
    scene = walking(side_camera((0, y, 0.05), 0.06), (time,))
    corners = scene.at(0, 0).objects[0].box.corners
    u = scene.cameras[0].project(corners)[:, 0]
    assert u.min() > 160 or u.max() < 0

    view = render_clip(LIBRARY, scene, 0, TRUTH_ONLY).views[0]
    seen = SceneRaster(scene, ModelMeshes(LIBRARY)).frame(0, 0).visible(7)
    assert view.visible[7].pixels > 300
    assert view.visible[7].truncated
    assert seen is not None
    assert math.isclose(seen.pixels, view.visible[7].pixels, rel_tol=0.05)
