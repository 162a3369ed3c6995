"""Where a walker looks: about where it goes, at what the rooms hold, never long at a bare wall.

Dimensions: T moments of the walk, A azimuths around a moment, E elevations, N boxes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_style import CameraStyle
from waywiser.scenes.procedural.surroundings import (
    MIN_THING_SHARE,
    NEAR_DISTANCE,
    Surroundings,
    panorama_rays,
)

NUM_AZIMUTHS = 72
NUM_ELEVATIONS = 8
MOMENT = 0.5
"""Seconds between the moments at which a gaze is chosen."""
MAX_TURN_RATE = 90.0
"""Degrees per second that the gaze turns at most."""
BARE_COSTS = (12.0, 8.0, 1.5, 0.5)
"""Cost of looking at no thing, one, two or three."""
NEAR_COST = 12.0
"""Cost of a picture that is full of something near; in proportion for a part of it."""
DEVIATION_COST = 1.0
"""Cost of looking one radian away from where one would like to."""
TURN_COST = 0.6
"""Cost of turning by one radian between two moments."""

Floats = NDArray[np.float64]


def plan_gaze(
    surroundings: Surroundings,
    style: CameraStyle,
    places_T_2: Floats,
    liked_T: Floats,
) -> Floats:
    """The headings (T,), in radians, of a walk whose every picture has something to see.

    Of all ways to turn the head, the one that costs least: it looks about where it would like to,
    turns little, and avoids pictures that are bare or filled by something near.

    Args:
        surroundings: What is around, in the walk's coordinates.
        style: The camera's lens, height and pitch.
        places_T_2: Where the camera is, every `MOMENT` seconds, in meters.
        liked_T: Headings that the walker would choose with nothing around, in radians, unwrapped.
    """
    azimuth_A = 2 * math.pi * np.arange(NUM_AZIMUTHS) / NUM_AZIMUTHS
    rays = panorama_rays(style, NUM_AZIMUTHS, NUM_ELEVATIONS)
    cost_T_A = np.stack(
        [_content_cost(surroundings, style, place_2, rays) for place_2 in places_T_2]
    )
    cost_T_A += DEVIATION_COST * np.abs(_wrap(azimuth_A - liked_T[:, None])) ** 1.5

    steps = max(1, int(MAX_TURN_RATE * MOMENT / 360 * NUM_AZIMUTHS))
    turns = np.arange(-steps, steps + 1)
    turn_cost = TURN_COST * (2 * math.pi * turns / NUM_AZIMUTHS) ** 2
    best_A = cost_T_A[0]
    came_from: list[NDArray[np.int64]] = []

    for cost_A in cost_T_A[1:]:
        options = np.stack(
            [np.roll(best_A, turn) + more for turn, more in zip(turns, turn_cost, strict=True)]
        )
        chosen_A = options.argmin(axis=0)
        came_from.append(turns[chosen_A])
        best_A = options.min(axis=0) + cost_A

    azimuth = int(best_A.argmin())
    headings = [azimuth_A[azimuth]]

    for turn_A in reversed(came_from):
        azimuth = (azimuth - int(turn_A[azimuth])) % NUM_AZIMUTHS
        headings.append(azimuth_A[azimuth])

    return np.unwrap(headings[::-1])


def _content_cost(
    surroundings: Surroundings, style: CameraStyle, place_2: Floats, rays: Floats
) -> Floats:
    """Cost (A,) of what there is to see in each direction from a place."""
    hits_R, distance_R = surroundings.cast(np.array([*place_2, style.eye]), rays)
    hits_A_E = hits_R.reshape(NUM_AZIMUTHS, NUM_ELEVATIONS)
    near_A = (distance_R.reshape(NUM_AZIMUTHS, NUM_ELEVATIONS) < NEAR_DISTANCE).mean(axis=1)
    in_view = np.unique(hits_A_E[hits_A_E >= 0])
    things = in_view[surroundings.is_thing_N[in_view]]
    share_A_N = (hits_A_E[..., None] == things).mean(axis=1)

    half = max(1, round(style.fov / 2 / (2 * math.pi) * NUM_AZIMUTHS))
    window_A_N = _window_mean(share_A_N, half)
    counts_A = (window_A_N >= MIN_THING_SHARE).sum(axis=1)
    bare_costs = np.array([*BARE_COSTS, 0.0])

    return (
        bare_costs[np.minimum(counts_A, len(BARE_COSTS))]
        + NEAR_COST * _window_mean(near_A[:, None], half)[:, 0]
    )


def _window_mean(values_A_N: Floats, half: int) -> Floats:
    """Means over the directions up to `half` azimuths to either side."""
    around = np.concatenate([values_A_N[-half:], values_A_N, values_A_N[:half]])
    sums = np.cumsum(np.concatenate([np.zeros_like(around[:1]), around]), axis=0)
    width = 2 * half + 1
    return (sums[width:] - sums[:-width]) / width


def _wrap(angle: Floats) -> Floats:
    return (angle + math.pi) % (2 * math.pi) - math.pi
