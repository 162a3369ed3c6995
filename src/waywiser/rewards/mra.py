"""Mean relative accuracy, the numeric score of VSI-Bench (arXiv 2412.14171, eq. 1)."""

import math

import numpy as np

# The benchmark's own expression: float artefacts of its thresholds decide borderline cases (16 for
# 20: 0.6).
_MAX_RELATIVE_ERRORS = 1 - np.linspace(0.5, 0.95, int((0.95 - 0.5) / 0.05 + 2))


def mra(value: float, truth: float) -> float:
    """Share of the ten thresholds t in {.5, .55, ..., .95} with |value - truth| / |truth| <= 1 - t.

    As in the benchmark's code the comparison is <=, so an error of 50 % still earns 0.1. A truth of
    0 gives 1 for 0 and otherwise 0; inputs that are not finite give 0.
    """
    if not (math.isfinite(value) and math.isfinite(truth)):
        return 0.0
    if truth == 0:
        return float(value == 0)

    return float(np.mean(abs(value - truth) / abs(truth) <= _MAX_RELATIVE_ERRORS))
