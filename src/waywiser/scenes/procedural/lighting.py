"""The light of a room: daylight through its windows, and lamps where its lamps hang and stand."""

import math

import numpy as np

from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.furniture_piece import FurniturePiece
from waywiser.scenes.scene import Light, Vec2, Vec3

FLAT_LAMP_HEIGHT = 0.22
"""Ceiling lamps that are not higher (m) shine down as a rectangle."""
LAMP_ON_PROB_BY_DAY = 0.45
SMALL_LAMP_ON_PROB = {False: 0.25, True: 0.75}
"""Probability that a floor or table lamp is on, by whether it is night."""
MAX_SMALL_LAMPS = 2
"""Floor and table lamps that are on in one room, at most."""


def sample_ambient(rng: np.random.Generator, is_night: bool) -> float:
    """Light that comes from everywhere, in the units of `Light.intensity`."""
    return round(float(rng.uniform(0.16, 0.26) if is_night else rng.uniform(0.28, 0.42)), 3)


def sample_lights(
    rng: np.random.Generator,
    plan: FloorPlan,
    pieces: list[FurniturePiece],
    height: float,
    is_night: bool,
) -> tuple[Light, ...]:
    """The lights of a room, in room coordinates.

    Args:
        rng: Source of randomness.
        plan: Floor of the room.
        pieces: Its windows, lamps and other things.
        height: Height of the ceiling in meters.
        is_night: Whether no daylight comes in.

    Returns:
        One light for each window by day and for each lamp that is on; at least one.
    """
    windows = [piece for piece in pieces if piece.category == "window"]
    has_daylight = bool(windows) and not is_night
    lights = [_daylight(rng, window) for window in windows if has_daylight]
    power = float(rng.uniform(2.4, 3.8)) * math.sqrt(plan.area / 16)
    tint = _sample_warmth(rng)

    if not has_daylight or rng.random() < LAMP_ON_PROB_BY_DAY:
        share = 0.5 if has_daylight else 1.0
        lamps = [piece for piece in pieces if piece.category == "ceiling lamp"]
        lights += [_ceiling_light(lamp, share * power / len(lamps), tint) for lamp in lamps]
        if not lamps:
            spot = _find_middle(plan)
            lights.append(_point((*spot, height - 0.35), share * power, tint))

    lights += _small_lamp_lights(rng, pieces, is_night)
    return tuple(lights)


def _small_lamp_lights(
    rng: np.random.Generator, pieces: list[FurniturePiece], is_night: bool
) -> list[Light]:
    lights = []
    words = ("floor lamp", "table lamp", "wall lamp")

    for piece in pieces:
        is_on = piece.category in words and rng.random() < SMALL_LAMP_ON_PROB[is_night]
        if is_on and len(lights) < MAX_SMALL_LAMPS:
            x, y = piece.footprint.x, piece.footprint.y
            z = piece.top - 0.4 * min(piece.size[2], 0.4)
            power = float(rng.uniform(0.35, 0.7)) * (1.5 if piece.category == "floor lamp" else 1)
            lights.append(_point((x, y, z), power, (1.12, 1.0, 0.84)))

    return lights


def _daylight(rng: np.random.Generator, window: FurniturePiece) -> Light:
    """The rectangle before a window, as bright as the sky that it shows."""
    x, y = window.footprint.point_at(0.0, window.footprint.depth / 2 + 0.02)
    inward_x, inward_y = window.footprint.point_at(0.0, 1.0)
    normal = (inward_x - window.footprint.x, inward_y - window.footprint.y, 0.0)
    width = 0.88 * window.size[0]
    height = 0.88 * window.size[2]
    power = float(rng.uniform(2.2, 4.2)) * width * height
    cool = float(rng.uniform(-0.02, 0.07))

    return Light(
        position=_round((x, y, window.z + window.size[2] / 2)),
        intensity=_round((power * (1 - cool), power, power * (1 + cool))),
        size=(round(width, 3), round(height, 3)),
        normal=_round(normal, 6),
        source="window",
    )


def _ceiling_light(lamp: FurniturePiece, power: float, tint: Vec3) -> Light:
    x, y = lamp.footprint.x, lamp.footprint.y
    if lamp.size[2] > FLAT_LAMP_HEIGHT:
        return _point((x, y, lamp.z + 0.25 * min(lamp.size[2], 0.4)), power, tint)

    side = 0.7 * min(lamp.size[0], lamp.size[1])
    return Light(
        position=_round((x, y, lamp.z - 0.02)),
        intensity=_round((power * tint[0], power * tint[1], power * tint[2])),
        size=(round(side, 3), round(side, 3)),
    )


def _point(position: Vec3, power: float, tint: Vec3) -> Light:
    color = (power * tint[0], power * tint[1], power * tint[2])
    return Light(position=_round(position), intensity=_round(color))


def _sample_warmth(rng: np.random.Generator) -> Vec3:
    warmth = float(rng.uniform(-0.02, 0.13))
    return 1 + warmth, 1.0, 1 - 1.3 * warmth


def _find_middle(plan: FloorPlan) -> Vec2:
    spots = [(u * plan.width, v * plan.depth) for u in (0.5, 0.3, 0.7) for v in (0.5, 0.3, 0.7)]
    return max(spots, key=lambda spot: min(plan.wall_distance(*spot), 1.0))


def _round(values: Vec3, digits: int = 3) -> Vec3:
    a, b, c = (round(float(v), digits) for v in values)
    return a, b, c
