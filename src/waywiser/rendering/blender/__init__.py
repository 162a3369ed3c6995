"""Pictures by Blender's Cycles, in a process and environment of its own.

docs/guide/realism.md explains how to install and use it.
"""

from waywiser.rendering.blender.process import Blender, CyclesOptions, blender_version

__all__ = ["Blender", "CyclesOptions", "blender_version"]
