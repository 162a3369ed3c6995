"""Models that roll over the floor."""

import math
from dataclasses import replace

import numpy as np

from waywiser.scenes.mesh import Mesh


def roll_mesh(mesh: Mesh, turns: float) -> Mesh:
    """A round model rolled forward, towards -y, by so many turns about its middle."""
    c = math.cos(2 * math.pi * turns)
    s = math.sin(2 * math.pi * turns)
    roll_3_3 = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return replace(mesh, vertices_V_3=(mesh.vertices_V_3 @ roll_3_3.T).astype(np.float32))
