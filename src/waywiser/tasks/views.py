"""Derive an answer again from the stored scene: draw its pictures anew and measure in them."""

from pydantic import ValidationError

from waywiser.errors import DatasetError, WaywiserError
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache, MeshSource
from waywiser.rendering.visibility import visibility
from waywiser.sample import Answer, Program
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks.base import Task, View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import TASKS


def render_view(
    renderer: RoomRenderer, scene: Scene, camera_index: int, options: RenderOptions
) -> View:
    """The view of one of the scene's cameras."""
    camera = scene.cameras[camera_index]
    frame = renderer.render(camera, options)
    return View(scene, camera_index, frame, visibility(scene, camera, frame, renderer))


def render_clip(
    source: MeshSource | RoomRenderer,
    scene: Scene,
    clip_index: int,
    options: RenderOptions | None = None,
    view_cache: dict[Camera, View] | None = None,
) -> ClipView:
    """The views of one of the scene's clips. Pass the scene's own `RoomRenderer` to use it where
    nothing moves.

    Static objects are gathered once, moving ones again for every frame. `view_cache` holds views of
    clips without motions by their cameras, and is added to: clips may share frames. Raises
    IndexError for a clip that the scene does not have, AssetsError or SceneError when it cannot be
    drawn.
    """
    options = options or RenderOptions()
    moving_ids = frozenset(motion.object for motion in scene.clips[clip_index].motions)

    if isinstance(source, RoomRenderer):
        renderer = source.with_movable(moving_ids) if moving_ids else source
    else:
        renderer = RoomRenderer(scene, MeshCache.of(source), moving_ids)

    views: list[View] = []
    seen = {} if view_cache is None else view_cache

    for index in range(len(scene.clips[clip_index].cameras)):
        posed_scene = scene.at(clip_index, index)

        if moving_ids:
            views.append(render_view(renderer.with_moved(posed_scene), posed_scene, 0, options))
            continue

        camera = posed_scene.cameras[0]
        if camera not in seen:
            seen[camera] = render_view(renderer, posed_scene, 0, options)

        views.append(seen[camera])

    return ClipView(scene, clip_index, tuple(views))


def derive_answer(program: Program, scene: Scene, library: MeshSource) -> Answer:
    """The answer that `program` gives on `scene`, whose furniture comes from `library`.

    Raises DatasetError when the program names no known task or something that the scene does not
    hold, AssetsError or SceneError when the scene cannot be drawn.
    """
    task = TASKS.get(program.name)
    if task is None:
        raise DatasetError(
            f"program {program.name!r} is not a registered task; load its plugin first"
            f" (known: {', '.join(TASKS)})"
        )

    try:
        return _render_and_answer(task, program, scene, library)
    except WaywiserError:  # furniture or a room that cannot be drawn says so itself
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DatasetError(
            f"program {program.name!r} does not fit scene {scene.id!r}: {_one_line(error)}"
        ) from error


def _render_and_answer(task: Task, program: Program, scene: Scene, library: MeshSource) -> Answer:
    options = RenderOptions(rgb=False)

    if task.needs == "image":
        view = render_view(
            RoomRenderer(scene, library), scene, int(program.inputs["camera"]), options
        )

        return task.derive(view, program.inputs)

    clip_view = render_clip(library, scene, int(program.inputs["clip"]), options)
    return task.derive(clip_view, program.inputs)


def _one_line(error: Exception) -> str:
    """An error as one line; for inputs of the wrong shape, which of them are wrong and why."""
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False)
        return "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems)

    return " ".join(repr(error).split())
