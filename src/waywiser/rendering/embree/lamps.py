"""The lights of each room as small balls and rectangles, with points on them for soft shadows.

Light of a neighboring room comes through a doorway as from a dim rectangle that fills it.

Dimensions: L lamps, S points on a lamp.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.doorways import doorway_corners
from waywiser.scenes.scene import Door, Light, Scene, Vec2, Vec3

BALL_RADIUS = 0.09  # meters of the ball that a light without a size is
LAMP_SHADE_RADIUS = 0.18
"""Meters around a light within which nothing casts a shadow (its own lamp shade)."""
MAX_SHADE_RADIUS = 0.6  # meters of the largest lamp shade
SAMPLES_PER_LAMP = 64
GOLDEN_SHARE = (math.sqrt(5) - 1) / 2
DOORWAY_CLEARANCE = 0.05  # meters before a doorway's rectangle within which nothing casts a shadow


@dataclass(frozen=True)
class Lamp:
    """A light as it shines on one room.

    `normal` is zero for a ball. `clearance` is the distance from it within which nothing casts a
    shadow. `rank` counts from the strongest of the room, and is -1 for a doorway.
    """

    position: Vec3
    intensity: Vec3
    normal: Vec3
    across_3: Floats
    up_3: Floats
    clearance: float
    rank: int

    @cached_property
    def area(self) -> float:
        """Square meters of the rectangle; 0 for a ball."""
        return 4 * float(np.linalg.norm(self.across_3) * np.linalg.norm(self.up_3))

    def sample_points(self) -> Floats:
        """(S, 3) points spread over it; any regular choice of them is spread over it too."""
        s_S = (np.arange(SAMPLES_PER_LAMP) + 0.5) / SAMPLES_PER_LAMP
        t_S = np.arange(SAMPLES_PER_LAMP) * GOLDEN_SHARE % 1
        center_3 = np.asarray(self.position)
        if any(self.normal):
            a_S_1 = 2 * s_S[:, None] - 1
            b_S_1 = 2 * t_S[:, None] - 1
            return (center_3 + a_S_1 * self.across_3 + b_S_1 * self.up_3).astype(np.float32)

        height_S = 1 - 2 * s_S
        radius_S = np.sqrt(1 - height_S**2)
        turn_S = 2 * np.pi * t_S
        ball_S_3 = np.stack([radius_S * np.cos(turn_S), radius_S * np.sin(turn_S), height_S], 1)
        return (center_3 + BALL_RADIUS * ball_S_3).astype(np.float32)


@dataclass(frozen=True)
class LampSet:
    """The lamps that light one room, and their points as one table."""

    lamps: tuple[Lamp, ...]
    points_3_LS: Floats
    """Points on all lamps, those of a lamp in a row."""
    clearance_L: Floats

    @classmethod
    def of(cls, lamps: list[Lamp]) -> "LampSet":
        points_L_S_3 = [lamp.sample_points() for lamp in lamps]
        points_3_LS = np.concatenate([np.zeros((0, 3), np.float32), *points_L_S_3]).T
        clearance_L = np.array([lamp.clearance for lamp in lamps], np.float32)
        return cls(tuple(lamps), np.ascontiguousarray(points_3_LS), clearance_L)

    def strongest(self, count: int) -> "LampSet":
        """The `count` strongest lamps of the room, and its doorways if there are any."""
        kept = [lamp for lamp in self.lamps if lamp.rank < count]
        if len(kept) == len(self.lamps):
            return self
        return LampSet.of(kept if count else [])


def rectangle_axes(normal: Vec3, size: Vec2) -> tuple[Floats, Floats]:
    """Half of a rectangle's width and of its height as vectors, as `Light.normal` describes."""
    normal_3 = np.asarray(normal, dtype=np.float64)
    normal_3 = normal_3 / np.linalg.norm(normal_3)

    if math.hypot(normal_3[0], normal_3[1]) < 1e-3:
        across_3, up_3 = np.eye(3)[:2]
    else:
        up_3 = np.array([0.0, 0.0, 1.0]) - normal_3 * normal_3[2]
        up_3 /= np.linalg.norm(up_3)
        across_3 = np.cross(up_3, normal_3)

    return across_3 * size[0] / 2, up_3 * size[1] / 2


def make_lamp(light: Light, rank: int, shade_radius: float = LAMP_SHADE_RADIUS) -> Lamp:
    """A scene's light as a lamp; `shade_radius` is its `clearance`."""
    if min(light.size) <= 0:
        zero_3 = np.zeros(3)
        return Lamp(
            light.position, light.intensity, (0.0, 0.0, 0.0), zero_3, zero_3, shade_radius, rank
        )

    across_3, up_3 = rectangle_axes(light.normal, light.size)
    return Lamp(light.position, light.intensity, light.normal, across_3, up_3, shade_radius, rank)


def lamps_by_room(scene: Scene) -> list[list[Lamp]]:
    """The lamps of each room, strongest first, without doorways.

    A scene without doors has a single list: every light reaches everything in its line of sight.
    """
    ranked = sorted(scene.lights, key=lambda light: -sum(light.intensity))
    if not scene.doors:
        return [_make_lamps(scene, ranked)]

    return [
        _make_lamps(
            scene,
            [li for li in ranked if inside_polygon(room.polygon, np.array([li.position[:2]]))[0]],
        )
        for room in scene.rooms
    ]


def _make_lamps(scene: Scene, lights: list[Light]) -> list[Lamp]:
    return [
        make_lamp(light, rank, _shade_radius(scene, light)) for rank, light in enumerate(lights)
    ]


def _shade_radius(scene: Scene, light: Light) -> float:
    """Meters around a light that the lamp it shines from takes up."""
    radius = LAMP_SHADE_RADIUS
    if light.source == "window":
        return radius

    for obj in scene.objects:
        if "lamp" not in obj.category:
            continue

        offset_3 = obj.box.axes.T @ (np.asarray(light.position) - np.asarray(obj.box.center))
        if (np.abs(offset_3) <= np.asarray(obj.box.size) / 2 + 0.05).all():
            half_width = float(np.hypot(obj.box.size[0], obj.box.size[1])) / 2
            radius = max(radius, min(half_width + 0.03, MAX_SHADE_RADIUS))

    return radius


def doorway_lamps(scene: Scene, door: Door) -> list[tuple[int, Lamp]]:
    """The two dark rectangles that fill a doorway, each with the room that it shines into."""
    corners_4_2 = doorway_corners(scene, door)
    middle_2 = corners_4_2.mean(axis=0)
    found = []

    for room in door.rooms:
        polygon = scene.rooms[room].polygon
        for first, second in ((0, 1), (2, 3), (1, 2), (3, 0)):
            a_2, b_2 = corners_4_2[first], corners_4_2[second]
            center_2 = (a_2 + b_2) / 2
            length = float(np.hypot(*(b_2 - a_2)))
            outward_2 = np.array([b_2[1] - a_2[1], a_2[0] - b_2[0]]) / max(length, 1e-9)
            if length < 1e-3 or not inside_polygon(polygon, (center_2 + 0.02 * outward_2)[None])[0]:
                continue

            if np.dot(outward_2, center_2 - middle_2) < -1e-6:
                continue

            light = Light(
                position=(*(center_2 + 0.01 * outward_2).tolist(), door.height / 2),
                intensity=(0.0, 0.0, 0.0),
                size=(length, door.height),
                normal=(*outward_2.tolist(), 0.0),
            )
            found.append((room, make_lamp(light, -1, DOORWAY_CLEARANCE)))
            break

    return found


def with_radiance(lamp: Lamp, radiance_3: Floats) -> Lamp:
    """A rectangle that has this radiance, in units of a white wall fully lit."""
    red, green, blue = (np.asarray(radiance_3, dtype=np.float64) * lamp.area / math.pi).tolist()
    return replace(lamp, intensity=(red, green, blue))
