"""How scanned scenes differ from built ones, and how reliable the boxes of their objects are.

A scanned `Scene` has the furniture "scan"; its frames are stored, not rendered. Its objects have no
model: their `model` says where their box comes from.
"""

from waywiser.scenes.scene import Scene

SCAN_FURNITURE = "scan"
MEASURED_BOX = "scan#box"
"""The box was measured by whoever made the scan."""
OBSERVED_BOX = "scan#seen"
"""The box bounds the visible part of the object; its extent is not known."""
AMBIGUOUS = "scan#unsure"
"""Something of this word could not be read, so nothing is asked about it; it still makes the word
ambiguous.
"""


def is_scan(scene: Scene) -> bool:
    """Whether the scene was scanned."""
    return scene.furniture == SCAN_FURNITURE
