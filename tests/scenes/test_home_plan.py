"""Doors of floor plans."""

import numpy as np
import pytest

from waywiser.scenes.procedural.home_plan import MIN_JAMB_WIDTH, _can_have_door, _sample_door


@pytest.mark.parametrize("thickness", [0.1, 0.13, 0.2])
def test_a_door_fits_every_wall_that_can_have_one(thickness: float) -> None:
    # A width that was rounded up left no place for the door: one home in 3,000 failed.
    rng = np.random.default_rng(0)

    for _ in range(3000):
        start = round(float(rng.uniform(0, 5)), 3)
        rects = [
            (0.0, 0.0, 3.0, 9.0),
            (3.0 + thickness, start, 6.0, round(start + float(rng.uniform(1.34, 1.7)), 3)),
        ]
        if not _can_have_door(rects[0], rects[1], thickness):
            continue

        door = _sample_door(rng, rects, 0, 1, thickness)
        (_, low), (_, high) = door.ends
        assert 0.84 < high - low < 1.16
        assert low >= rects[1][1] + MIN_JAMB_WIDTH - 1e-3
        assert high <= rects[1][3] - MIN_JAMB_WIDTH + 1e-3
