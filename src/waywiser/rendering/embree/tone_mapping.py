"""From linear radiance to the 8-bit sRGB of a picture: a filmic curve with soft highlights."""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import Floats

_TONE_STEPS = 4096
_MAX_RADIANCE = 12.0
_SHOULDER_START = 0.35


def _build_tone_table() -> NDArray[np.uint8]:
    """sRGB of each radiance step: linear up to the shoulder, then bent towards 1, which the largest
    radiance reaches (Reinhard et al. 2002, equation 4, above the shoulder).

    The steps are spaced by square roots.
    """
    x = (np.arange(_TONE_STEPS) / (_TONE_STEPS - 1)) ** 2 * _MAX_RADIANCE
    headroom = 1 - _SHOULDER_START
    excess = np.maximum(x - _SHOULDER_START, 0) / headroom
    white = (_MAX_RADIANCE - _SHOULDER_START) / headroom
    bent = _SHOULDER_START + headroom * excess * (1 + excess / white**2) / (1 + excess)
    return linear_to_srgb(np.where(x < _SHOULDER_START, x, bent))


def linear_to_srgb(color: Floats) -> NDArray[np.uint8]:
    """Linear color in [0, 1], of any shape, to uint8 sRGB (IEC 61966-2-1); brighter is clipped."""
    x = np.clip(color, 0, 1)
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(srgb * 255).astype(np.uint8)


_TONE_TABLE = _build_tone_table()


def tonemap_to_srgb(radiance: Floats) -> NDArray[np.uint8]:
    """Linear radiance of any shape to uint8 sRGB."""
    index = radiance * np.float32(1 / _MAX_RADIANCE)
    np.maximum(index, 0, out=index)
    np.minimum(index, 1, out=index)
    np.sqrt(index, out=index)
    index *= np.float32(_TONE_STEPS - 1)
    return np.take(_TONE_TABLE, index.astype(np.intp))
