"""Lights of the worker inside Blender's own Python (bpy 4.5): small balls and rectangles.

Imported by `worker.py`; it also imports only the standard library, numpy, mathutils and bpy.
"""

import math
from typing import Any

import bpy  # type: ignore[import-not-found]
import mathutils  # type: ignore[import-not-found]
import numpy as np

Array = np.ndarray
LIGHT_RADIUS = 0.09  # meters, as in the Embree renderer


def make_blender_lamp(position: list[float], intensity: list[float], rectangle_3_3: Array) -> Any:
    """An invisible light, a small ball or a rectangle (its normal and halves of width and height);
    a white wall 1 m ahead has the radiance `intensity`.
    """
    strength = max(*intensity, 1e-9)
    normal_3, across_3, up_3 = rectangle_3_3
    is_ball = not normal_3.any()
    data = bpy.data.lights.new("lamp", "POINT" if is_ball else "AREA")
    data.color = [share / strength for share in intensity]
    lamp = bpy.data.objects.new("lamp", data)
    lamp.visible_camera = False

    if is_ball:
        # Radiant intensity is energy / 4 pi, and a white wall's radiance 1 / pi of it.
        data.energy = 4 * math.pi**2 * strength
        data.shadow_soft_size = LIGHT_RADIUS
        lamp.location = position
        return lamp

    # Straight ahead, radiant intensity is energy / pi.
    data.energy = math.pi**2 * strength
    data.shape = "RECTANGLE"
    data.size = 2 * float(np.linalg.norm(across_3))
    data.size_y = 2 * float(np.linalg.norm(up_3))
    matrix_4_4 = np.eye(4)
    # Area lights shine along their -z.
    for column, axis_3 in enumerate((-across_3, up_3, -normal_3)):
        matrix_4_4[:3, column] = axis_3 / np.linalg.norm(axis_3)

    matrix_4_4[:3, 3] = position
    lamp.matrix_world = mathutils.Matrix(matrix_4_4.tolist())

    return lamp
