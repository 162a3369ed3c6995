"""Sizes of furniture in a room: a model keeps its proportions and the size that its kind has."""

import numpy as np

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.scene import Vec3

MAX_SCALE_CHANGE = 0.08
"""Largest share by which a model is made larger or smaller than it is."""


def sample_size(rng: np.random.Generator, model: ModelInfo, max_height: float) -> Vec3:
    """A size (m) for a model: scaled as a whole, within the range of its category.

    A model that is still higher than `max_height` (m) is scaled down to it.
    """
    low = 1 - MAX_SCALE_CHANGE
    high = 1 + MAX_SCALE_CHANGE
    ranges = CATEGORIES[model.category].size_ranges

    for side, (smallest, largest) in zip(model.size, ranges, strict=True):
        low = max(low, min(smallest / side, 1 + MAX_SCALE_CHANGE))
        high = min(high, max(largest / side, 1 - MAX_SCALE_CHANGE))

    scale = float(rng.uniform(min(low, high), high))
    scale = min(scale, max_height / model.size[2])
    width, depth, height = (side * scale for side in model.size)

    # Rounded down to 0.1 mm, so that a ceiling is never touched.
    return (round(width, 4), round(depth, 4), int(height * 1e4 + 1e-6) / 1e4)
