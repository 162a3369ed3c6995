"""Blender's Cycles in a process and Python environment of its own: scenes in, pictures out.

with Blender() as blender:
    blender.load_scene(scene, cache)
    rgb = blender.render(camera)
"""

import contextlib
import json
import os
import select
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.blender.export import (
    CameraRecord,
    camera_to_request,
    export_scene,
    object_transforms,
)
from waywiser.rendering.embree.camera_rays import check_camera
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.embree.tone_mapping import tonemap_to_srgb
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.assets import data_dir
from waywiser.scenes.scene import Camera, Scene

PYTHON_VARIABLE = "WAYWISER_BLENDER_PYTHON"
MIN_MISS_DEPTH = 1e9  # meters; Cycles writes 1e10 if a ray hits nothing
MIN_THREADS = 2  # with one, a second thread of Blender's TBB spins forever
START_TIMEOUT_S = 300
REQUEST_TIMEOUT_S = 3600  # seconds after which a silent Blender counts as hung

_WORKER_SCRIPT = Path(__file__).with_name("worker.py")


class ViewRequest(TypedDict):
    """The part of a request that says what to look at: the camera, and moved objects by their id.

    A moved object has the (4, 4) transform, in meters, from its place in the loaded scene.
    """

    camera: CameraRecord
    moved: dict[str, list[list[float]]]


class CyclesOptions(BaseModel):
    """Quality settings of Cycles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(
        default=8, ge=1, le=4096, description="Paths per pixel before the denoiser."
    )


def blender_folder() -> Path:
    """The environment that `waywiser assets blender` makes; it may not exist."""
    return data_dir() / "blender"


def blender_python() -> Path:
    """The Python that has bpy: $WAYWISER_BLENDER_PYTHON, or that of `blender_folder`.

    Raises RecipeError if there is none.
    """
    named_python = os.environ.get(PYTHON_VARIABLE)
    default_python = blender_folder() / "bin" / "python"
    python = Path(named_python).expanduser() if named_python else default_python
    if python.is_file():
        return python

    if named_python:
        raise RecipeError(
            f"{PYTHON_VARIABLE} names {python}, which is not there: fix it, or unset it"
        )

    raise RecipeError(
        f"Blender is not installed: run `waywiser assets blender`, or set {PYTHON_VARIABLE} to a"
        " Python with bpy 4.5"
    )


def blender_version() -> str:
    """The version of the installed Blender, which is started once. Raises RecipeError."""
    with Blender() as blender:
        return blender.version


class Blender:
    """A running Blender that holds one scene at a time.

    The process ends with `close`, and by itself if this process dies.

    Args:
        threads: Threads that render; the number does not change a picture.
        scratch: Folder through which files are passed; by default a temporary one.

    Raises:
        RecipeError: Blender is missing or cannot start.

    Example:
        with Blender() as blender:
            blender.load_scene(scene, cache)
            rgb = blender.render(scene.cameras[0])
    """

    def __init__(self, threads: int = MIN_THREADS, scratch: Path | None = None) -> None:
        python = blender_python()
        if scratch is not None:
            scratch.mkdir(parents=True, exist_ok=True)

        self._folder = tempfile.TemporaryDirectory(
            prefix="blender-", dir=scratch, ignore_cleanup_errors=True
        )
        self._scene: Scene | None = None
        self._log = self._path("log").open("wb")
        try:
            self._process = subprocess.Popen(
                [str(python), "-I", str(_WORKER_SCRIPT), str(max(threads, MIN_THREADS))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, "BLENDER_USER_RESOURCES": self._folder.name},
            )
        except OSError as error:
            self._log.close()
            self._folder.cleanup()
            raise RecipeError(
                f"{python} cannot be started ({error.strerror}): fix {PYTHON_VARIABLE}"
            ) from error

        greeting = self._read_reply(START_TIMEOUT_S)
        if greeting is None:
            reason = self._failure_reason()
            self.close()

            raise RecipeError(
                f"Blender cannot start ({reason}): run `waywiser assets blender`; where a lib*.so"
                " is missing, install it (docs/guide/realism.md lists Debian's packages)"
            )

        self.version: str = greeting["blender"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove its files; a second call does nothing."""
        self._process.kill()
        self._process.wait()

        for pipe in (self._process.stdin, self._process.stdout, self._log):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):  # a request that was never read
                    pipe.close()

        self._folder.cleanup()

    def load_scene(self, scene: Scene, cache: MeshCache) -> None:
        """Load a scene. Raises SceneError or AssetsError if it cannot be drawn."""
        self._load_pose(scene, cache)
        self._cache = cache
        self._loaded_scene = scene
        self._room_light = RoomRenderer(scene, cache).room_light

    def _load_pose(self, scene: Scene, cache: MeshCache) -> None:
        path = self._path("scene.npz")
        np.savez(path, **export_scene(scene, cache))  # type: ignore[arg-type]
        self._request({"scene": str(path)})
        path.unlink()
        self._scene = scene

    def render(
        self,
        camera: Camera,
        posed_scene: Scene | None = None,
        options: CyclesOptions | None = None,
        seed: int = 0,
    ) -> NDArray[np.uint8]:
        """Render a camera of the loaded scene.

        The same arguments give the same picture on one kind of processor.

        Args:
            camera: The camera, in world coordinates of the loaded scene.
            posed_scene: The scene with its objects where they are to be drawn (see `Scene.at`); by
                default they stay where they were loaded.
            options: Quality settings of Cycles.
            seed: Seed of the path tracer's noise.

        Returns:
            (H, W, 3) uint8 sRGB.

        Raises:
            SceneError: The camera sees nothing, or Blender fails or dies.
        """
        path = self._path("picture.npy")
        options = options or CyclesOptions()
        self._request(
            {
                "picture": str(path),
                **self._camera_request(camera, posed_scene),
                **options.model_dump(),
                "seed": seed % 2**31,
            }
        )

        linear_H_W_3 = np.load(path, allow_pickle=False).astype(np.float32)
        path.unlink()
        assert self._scene is not None  # or the request would have been refused
        exposure = self._room_light.exposure_at(self._loaded_scene, camera.position)
        return np.ascontiguousarray(tonemap_to_srgb(linear_H_W_3 * np.float32(exposure)))

    def render_ground_truth(
        self, camera: Camera, posed_scene: Scene | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Depth and ids as Cycles sees them, to check one renderer against the other.

        Shapes and meaning are those of `Frame`.
        """
        path = self._path("truth.npz")
        self._request({"truth": str(path), **self._camera_request(camera, posed_scene)})

        with np.load(path, allow_pickle=False) as stored:
            depth_H_W = stored["depth"]
            ids_H_W = stored["ids"]

        path.unlink()
        missed_H_W = depth_H_W > MIN_MISS_DEPTH
        return np.where(missed_H_W, np.float32(np.nan), depth_H_W), np.where(
            missed_H_W, np.int32(-1), ids_H_W
        )

    def _camera_request(self, camera: Camera, posed_scene: Scene | None) -> ViewRequest:
        if self._scene is None:
            raise SceneError("no scene was loaded: call Blender.load_scene first")
        check_camera(camera, self._scene)
        posed_scene = posed_scene or self._loaded_scene
        if [obj.model for obj in posed_scene.objects] != [obj.model for obj in self._scene.objects]:
            self._load_pose(posed_scene, self._cache)  # walkers have another shape at every step

        moved = object_transforms(self._scene, posed_scene)
        return {"camera": camera_to_request(camera), "moved": moved}

    def _request(self, request: Mapping[str, object]) -> None:
        assert self._process.stdin is not None

        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            reply = None
        else:
            reply = self._read_reply(REQUEST_TIMEOUT_S)

        if reply is None:
            reason = self._failure_reason()
            self.close()
            raise SceneError(
                f"Blender died ({reason}): run again to resume, with fewer workers if memory"
                " ran out"
            )

        if "error" in reply:
            raise SceneError(
                f"Blender cannot draw this scene ({reply['error']}): report it with the scene"
            )

    def _read_reply(self, timeout_s: float) -> dict[str, str] | None:
        """The next line that Blender writes; None if it died or is silent for too long."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], timeout_s)
        line = self._process.stdout.readline() if ready else b""
        return json.loads(line) if line.endswith(b"\n") else None

    def _failure_reason(self) -> str:
        code = None
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "no answer for too long"

        if code < 0:
            return f"killed by signal {-code}"

        lines = self._path("log").read_text(errors="replace").split("\n")
        words = [line.strip() for line in lines if line.strip()]
        return words[-1][:200] if words else f"exit code {code}"

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name
