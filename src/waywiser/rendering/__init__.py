"""Rooms to pictures with exact truth: Embree ray casting, visibility, point clouds, real RGB-D,
overlays.

renderer = RoomRenderer(scene, MeshCache(library))
frame = renderer.render(camera)                       # rgb, metric depth, ids
seen = visibility(scene, camera, frame, renderer)     # what of each object can be seen
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
