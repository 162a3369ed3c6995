"""Derive an answer again from the stored scene: draw its pictures anew and measure in them."""

from typing import cast

from waywiser.errors import DatasetError, WaywiserError
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.meshes import MeshCache, MeshSource
from waywiser.rendering.visibility import visibility
from waywiser.sample import Answer, Program
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks._base import ClipTask, ImageTask, Task, View
from waywiser.tasks._footage import Footage
from waywiser.tasks.registry import TASKS


def look(renderer: RoomRenderer, scene: Scene, camera_index: int, options: RenderOptions) -> View:
    """The view of one of the scene's cameras."""
    camera = scene.cameras[camera_index]
    frame = renderer.render(camera, options)
    return View(scene, camera_index, frame, visibility(scene, camera, frame, renderer))


def film(
    source: MeshSource | RoomRenderer,
    scene: Scene,
    clip_index: int,
    options: RenderOptions | None = None,
    known: dict[Camera, View] | None = None,
) -> Footage:
    """The footage of one of the scene's clips. Pass the scene's own `RoomRenderer` to use it where nothing moves.

    What stands still is gathered once, what moves anew for every frame. `known` holds views of clips without motions
    by their cameras, and is added to: clips may share frames. Raises IndexError for a clip that the scene
    does not have, AssetsError or SceneError when it cannot be drawn.
    """
    options = options or RenderOptions()
    loose = frozenset(motion.object for motion in scene.clips[clip_index].motions)
    if isinstance(source, RoomRenderer):
        renderer = source.loosened(loose) if loose else source
    else:
        renderer = RoomRenderer(scene, MeshCache.of(source), loose)
    views: list[View] = []
    seen = {} if known is None else known
    for index in range(len(scene.clips[clip_index].cameras)):
        moment = scene.at(clip_index, index)
        if loose:
            views.append(look(renderer.moved(moment), moment, 0, options))
            continue
        camera = moment.cameras[0]
        if camera not in seen:
            seen[camera] = look(renderer, moment, 0, options)
        views.append(seen[camera])
    return Footage(scene, clip_index, tuple(views))


def derive(program: Program, scene: Scene, library: MeshSource) -> Answer:
    """The answer that `program` gives on `scene`, whose furniture comes from `library`.

    Raises DatasetError when the program names no known task or something that the scene does not hold,
    AssetsError or SceneError when the scene cannot be drawn.
    """
    task = TASKS.get(program.name)
    if task is None:
        raise DatasetError(f"program {program.name!r} is of no known task ({', '.join(TASKS)})")
    try:
        return _answer(task, program, scene, library)
    except WaywiserError:  # furniture or a room that cannot be drawn says so itself
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DatasetError(f"program {program.name!r} does not fit scene {scene.id!r}: {error!r}") from error


def _answer(task: Task, program: Program, scene: Scene, library: MeshSource) -> Answer:
    options = RenderOptions(rgb=False)
    if task.needs == "image":
        view = look(RoomRenderer(scene, library), scene, int(program.inputs["camera"]), options)
        return cast(ImageTask, task).answer(view, program.inputs)
    footage = film(library, scene, int(program.inputs["clip"]), options)
    return cast(ClipTask, task).answer(footage, program.inputs)
