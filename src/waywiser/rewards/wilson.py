"""How sure a pass rate is: Wilson's score interval."""

import math

from waywiser.errors import RecipeError


def wilson_interval(passes: float, samples: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a pass rate, in [0, 1]; `passes` may be a sum of partial credits.

    Raises RecipeError for no samples or more passes than samples.
    """
    if samples < 1 or not 0 <= passes <= samples:
        raise RecipeError(
            f"passes must be between 0 and samples, got {passes} passes of {samples} samples"
        )

    rate = passes / samples
    center = (rate + z * z / (2 * samples)) / (1 + z * z / samples)

    half_width = (
        z
        / (1 + z * z / samples)
        * math.sqrt(rate * (1 - rate) / samples + z * z / (4 * samples * samples))
    )

    return max(0.0, center - half_width), min(1.0, center + half_width)
