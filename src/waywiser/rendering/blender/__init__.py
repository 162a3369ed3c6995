"""Pictures by Blender's Cycles, in a process and an environment of its own (docs/guide/realism.md)."""

from waywiser.rendering.blender.process import Blender, CyclesOptions, blender_version

__all__ = ["Blender", "CyclesOptions", "blender_version"]
