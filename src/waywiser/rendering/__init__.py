"""Renders rooms with exact ground truth: color, metric depth, ids, visibility, overlays.

renderer = RoomRenderer(scene, MeshCache(library))
frame = renderer.render(camera)                       # rgb, metric depth, ids
visible = visibility(scene, camera, frame, renderer)  # how much of each object is visible
"""

from waywiser.rendering.embree.renderer import RoomRenderer, render
from waywiser.rendering.frame import Frame, RenderOptions
from waywiser.rendering.mesh_cache import MeshCache, MeshSource
from waywiser.rendering.pointcloud import backproject
from waywiser.rendering.visibility import Visibility, visibility

__all__ = [
    "Frame",
    "MeshCache",
    "MeshSource",
    "RenderOptions",
    "RoomRenderer",
    "Visibility",
    "backproject",
    "render",
    "visibility",
]
