"""The worker inside Blender's own Python (bpy 4.5): reads requests, renders with Cycles.

Requests are JSON lines on standard input, each answered by one line on standard output:

    {"scene": "s.npz"}
        load a scene (arrays as `export.py` makes them)
    {"picture": "a.npy", "camera": {}, "moved": {}, "samples": 8, "seed": 0}
        render it: (H, W, 3) linear, float16
    {"truth": "b.npz", "camera": {}, "moved": {}}
        write its z-depth (meters) and ids as Cycles sees them

A reply has "done", or "error" with what went wrong. The first line is sent without a request:
{"blender": "4.5.15 LTS"}.

Imports only the standard library, numpy, bpy, `worker_lamps` and `worker_materials`, so that it runs in an
environment without waywiser.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TypedDict, final

import bpy  # type: ignore[import-not-found]
import mathutils  # type: ignore[import-not-found]
import numpy as np

if bpy.app.version[:2] != (4, 5):
    sys.exit(f"bpy 4.5 is needed, this is {bpy.app.version_string}")
sys.path.append(
    str(Path(bpy.utils.resource_path("LOCAL"), "python", "lib", "python3.11", "site-packages"))
)
import OpenImageIO  # type: ignore[import-not-found]

sys.path.append(str(Path(__file__).parent))  # Python is isolated (-I): it does not look here itself
from worker_lamps import make_blender_lamp  # type: ignore[import-not-found]
from worker_materials import make_materials  # type: ignore[import-not-found]

Array = np.ndarray
OPENCV_TO_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])  # Blender's cameras look along -z with y up


class _CameraRecord(TypedDict):
    """A pinhole camera: pixels, and its (4, 4) OpenCV pose in meters."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: list[list[float]]


@final
class SceneRequest(TypedDict):
    """Load a scene from this file."""

    scene: str


@final
class PictureRequest(TypedDict):
    """Draw a picture into this file; `moved` objects (by id) have a (4, 4) transform, in meters."""

    picture: str
    camera: _CameraRecord
    moved: dict[str, list[list[float]]]
    samples: int
    seed: int


@final
class TruthRequest(TypedDict):
    """Write the ground truth of a view into this file."""

    truth: str
    camera: _CameraRecord
    moved: dict[str, list[list[float]]]


Request = SceneRequest | PictureRequest | TruthRequest


def run_worker() -> None:
    """Answer requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where Blender reports its progress
    blender_scene = BlenderScene(int(sys.argv[1]))
    replies.write(json.dumps({"blender": bpy.app.version_string}) + "\n")
    requests = _read_requests()

    while True:
        try:
            reply = blender_scene.handle(json.loads(requests.get()))
        except Exception as error:
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}

        replies.write(json.dumps(reply) + "\n")


def _read_requests() -> "queue.Queue[str]":
    """Lines of standard input. The process exits when it ends, even in the middle of a picture."""
    requests: queue.Queue[str] = queue.Queue()

    def read_lines() -> None:
        for line in sys.stdin:
            requests.put(line)
        os._exit(0)

    threading.Thread(target=read_lines, daemon=True).start()
    return requests


class BlenderScene:
    """Blender's one scene."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._objects: dict[int, list[Any]] = {}
        self._panes: list[Any] = []

    def handle(self, request: Request) -> dict[str, str]:
        """Carry out a request; returns {"done": the file it is about}."""
        if "scene" in request:
            with np.load(request["scene"], allow_pickle=False) as stored:
                self._load({name: stored[name] for name in stored.files})

            return {"done": request["scene"]}

        self._set_object_poses(request["moved"])
        self._set_camera(request["camera"])
        scene = bpy.context.scene

        for pane in self._panes:  # the ground truth looks through glass
            pane.visible_camera = "picture" in request

        if "picture" in request:
            _configure_for_rgb(scene, request["samples"], request["seed"])
            channels = _render(scene, request["picture"])
            rgb = np.stack([channels[f"Combined.{c}"] for c in "RGB"], axis=-1)
            np.save(request["picture"], rgb.astype(np.float16))

            return {"done": request["picture"]}

        _configure_for_ground_truth(scene)
        channels = _render(scene, request["truth"])
        np.savez(
            request["truth"],
            depth=channels["Depth.Z"],
            ids=np.rint(channels["IndexOB.X"]).astype(np.int32),
        )

        return {"done": request["truth"]}

    def _load(self, arrays: dict[str, Array]) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.render.use_persistent_data = True
        scene.render.threads_mode = "FIXED"
        scene.render.threads = self._threads
        scene.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
        scene.render.image_settings.color_depth = "32"
        scene.cycles.device = "CPU"
        background = bpy.data.worlds.new("background")
        background.use_nodes = True
        background.node_tree.nodes["Background"].inputs["Color"].default_value = (
            *[float(arrays["background"])] * 3,
            1,
        )

        scene.world = background
        materials = make_materials(arrays)
        self._objects = {}
        self._panes = []
        glass_F = arrays["looks_K_4"][arrays["look_F"], 2] > 0
        kinds_F_3 = np.stack([arrays["instance_F"], arrays["shadowless_F"], glass_F], axis=1)

        for instance, shadowless, glass in np.unique(kinds_F_3, axis=0).tolist():
            selected_F = (kinds_F_3 == (instance, shadowless, glass)).all(axis=1)
            obj = bpy.data.objects.new(f"{instance}", _make_mesh(arrays, selected_F, materials))
            obj.pass_index = instance
            obj.visible_shadow = not shadowless
            scene.collection.objects.link(obj)
            self._objects.setdefault(instance, []).append(obj)

            if glass:
                self._panes.append(obj)

        for (position, intensity), rectangle_3_3 in zip(
            arrays["lights_L_2_3"].tolist(), arrays["rectangles_L_3_3"], strict=True
        ):
            scene.collection.objects.link(make_blender_lamp(position, intensity, rectangle_3_3))

        scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        scene.collection.objects.link(scene.camera)

    def _set_object_poses(self, moved: dict[str, list[list[float]]]) -> None:
        for instance, objects in self._objects.items():
            matrix = np.asarray(moved.get(str(instance), np.eye(4)))
            for obj in objects:
                obj.matrix_world = _matrix(matrix)

    def _set_camera(self, camera: _CameraRecord) -> None:
        """The pinhole camera of an OpenCV pose and intrinsics in pixels."""
        scene = bpy.context.scene
        camera_object = scene.camera
        render = scene.render
        width, height, fx, fy = (camera[name] for name in ("width", "height", "fx", "fy"))
        render.resolution_x = width
        render.resolution_y = height
        render.resolution_percentage = 100
        render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, fy / fx), max(1.0, fx / fy)
        data = camera_object.data
        data.type = "PERSP"
        data.sensor_fit = "HORIZONTAL"
        data.sensor_width = 36.0
        data.lens = 36.0 * fx / width
        data.shift_x = (width / 2 - camera["cx"]) / width
        data.shift_y = (camera["cy"] - height / 2) / width * fx / fy
        data.clip_start = 1e-3
        data.clip_end = 1e4
        camera_object.matrix_world = _matrix(
            np.asarray(camera["world_from_camera"]) @ OPENCV_TO_BLENDER
        )


def _matrix(matrix_4_4: Array) -> Any:
    return mathutils.Matrix(matrix_4_4.tolist())


def _configure_for_rgb(scene: Any, samples: int, seed: int) -> None:
    """A fixed number of paths a pixel, then Intel's denoiser, guided by albedo and normals."""
    cycles = scene.cycles
    layer = scene.view_layers[0]
    cycles.samples = samples
    cycles.seed = seed
    cycles.use_adaptive_sampling = False
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = 1.5
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_use_gpu = False
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "FAST"
    cycles.max_bounces = 3
    cycles.diffuse_bounces = 3
    cycles.glossy_bounces = 2
    cycles.transparent_max_bounces = 16
    cycles.sample_clamp_indirect = 2.0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    layer.use_pass_z = layer.use_pass_object_index = False


def _configure_for_ground_truth(scene: Any) -> None:
    """One path a pixel, through its exact center."""
    cycles = scene.cycles
    layer = scene.view_layers[0]
    cycles.samples = 1
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.pixel_filter_type = "BOX"
    cycles.filter_width = 0.01
    cycles.max_bounces = 0
    layer.use_pass_z = layer.use_pass_object_index = True


def _render(scene: Any, path_prefix: str) -> dict[str, Array]:
    """Draw; returns each channel (H, W) float32 by its name within the layer."""
    path = f"{path_prefix}.exr"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
    picture = OpenImageIO.ImageBuf(path)
    pixels_H_W_C = picture.get_pixels(OpenImageIO.FLOAT)
    names = [name.split(".", 1)[1] for name in picture.spec().channelnames]
    Path(path).unlink()

    return {name: pixels_H_W_C[..., k] for k, name in enumerate(names)}


def _make_mesh(arrays: dict[str, Array], selected_F: Array, materials: list[Any]) -> Any:
    """The selected faces as a mesh of their own, vertices in world meters.

    No vertex is shared, because Cycles would blend the normals of all faces around it.
    """
    corners = 3 * int(selected_F.sum())
    mesh = bpy.data.meshes.new("mesh")
    mesh.vertices.add(corners)
    mesh.vertices.foreach_set("co", arrays["vertices_V_3"][arrays["faces_F_3"][selected_F]].ravel())
    mesh.loops.add(corners)
    mesh.loops.foreach_set("vertex_index", np.arange(corners, dtype=np.int32))
    mesh.polygons.add(corners // 3)
    mesh.polygons.foreach_set("loop_start", np.arange(0, corners, 3, dtype=np.int32))
    kinds, slot_F = np.unique(arrays["look_F"][selected_F], return_inverse=True)

    for kind in kinds.tolist():
        mesh.materials.append(materials[kind])

    mesh.polygons.foreach_set("material_index", slot_F.ravel().astype(np.int32))
    uv = mesh.uv_layers.new(name="uv")
    uv.uv.foreach_set("vector", arrays["uv_F_3_2"][selected_F].ravel())
    color = mesh.attributes.new("colour", "FLOAT_COLOR", "FACE")
    rgba = np.concatenate(
        [arrays["colour_F_3"][selected_F], arrays["opacity_F"][selected_F, None]], axis=1
    )
    color.data.foreach_set("color", rgba.astype(np.float32).ravel())
    glow = mesh.attributes.new("glow", "FLOAT", "FACE")
    glow.data.foreach_set("value", arrays["emission_F"][selected_F].astype(np.float32))
    mesh.update(calc_edges=True)
    normals = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
    normals.data.foreach_set("vector", arrays["normal_F_3_3"][selected_F].ravel())

    return mesh


if __name__ == "__main__":
    run_worker()
