"""Derive an answer again from the stored scene: draw the picture anew and measure in it."""

from waywiser.errors import DatasetError, WaywiserError
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.meshes import MeshSource
from waywiser.rendering.visibility import visibility
from waywiser.sample import Answer, Program
from waywiser.scenes.scene import Scene
from waywiser.tasks._base import View
from waywiser.tasks.registry import TASKS


def look(renderer: RoomRenderer, scene: Scene, camera_index: int, options: RenderOptions) -> View:
    """The view of one of the scene's cameras."""
    camera = scene.cameras[camera_index]
    frame = renderer.render(camera, options)
    return View(scene, camera_index, frame, visibility(scene, camera, frame, renderer))


def derive(program: Program, scene: Scene, library: MeshSource) -> Answer:
    """The answer that `program` gives on `scene`, whose furniture comes from `library`.

    Raises DatasetError when the program names no known task or something that the scene does not hold,
    AssetsError or SceneError when the scene cannot be drawn.
    """
    task = TASKS.get(program.name)
    if task is None:
        raise DatasetError(f"program {program.name!r} is of no known task ({', '.join(TASKS)})")
    try:
        camera = int(program.inputs["camera"])
        view = look(RoomRenderer(scene, library), scene, camera, RenderOptions(rgb=False))
        return task.answer(view, program.inputs)
    except WaywiserError:  # furniture or a room that cannot be drawn says so itself
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DatasetError(f"program {program.name!r} does not fit scene {scene.id!r}: {error!r}") from error
