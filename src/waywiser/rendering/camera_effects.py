"""What a phone's camera does to a picture: white balance, vignette, blur, noise and compression.

All of it is drawn from a seed, so the same picture is the same bytes; ground truth is not touched.

Dimensions: H image height, W image width.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.embree.tone_mapping import tonemap_to_srgb
from waywiser.rendering.frame import CameraEffects
from waywiser.scenes.scene import Camera, Scene


@dataclass(frozen=True)
class _Strength:
    white_balance: float
    """Standard deviation of the gains of red and blue."""
    exposure: float
    """Standard deviation of the exposure in stops."""
    vignette: float
    """Largest share of light lost in the corners."""
    blur: float
    """Largest blur in pixels of a picture 640 wide."""
    noise: float
    """Largest standard deviation of the noise of a middle gray, in steps of 255."""
    quality: tuple[int, int]
    """Lowest and highest JPEG quality."""


_STRENGTHS: dict[str, _Strength] = {
    "mild": _Strength(0.03, 0.12, 0.15, 0.6, 2.0, (82, 95)),
    "strong": _Strength(0.08, 0.3, 0.35, 1.4, 6.0, (50, 80)),
}


def picture_seed(scene: Scene, camera: Camera) -> int:
    """A number of the scene and the camera; the same wherever and whenever it is drawn."""
    text = f"{scene.id} {scene.seed} {camera.world_from_camera} {camera.width} {camera.height}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def apply_camera_effects(
    radiance_H_W_3: Floats, effects: CameraEffects, seed: int
) -> NDArray[np.uint8]:
    """The picture (H, W, 3), uint8 sRGB, that a worse camera takes of this exposed radiance."""
    if effects == "none":
        return np.ascontiguousarray(tonemap_to_srgb(radiance_H_W_3))

    strength = _STRENGTHS[effects]
    rng = np.random.default_rng(seed)
    gain_3 = 2 ** rng.normal(0, strength.exposure) * (1 + strength.white_balance * _balance(rng))
    light_H_W_3 = radiance_H_W_3 * gain_3.astype(np.float32)
    light_H_W_3 *= _vignette(radiance_H_W_3.shape, rng.uniform(0, strength.vignette))[..., None]
    width = radiance_H_W_3.shape[1]
    light_H_W_3 = _blur(light_H_W_3, rng.uniform(0, strength.blur) * width / 640, rng.uniform())
    rgb_H_W_3 = tonemap_to_srgb(light_H_W_3)
    rgb_H_W_3 = _add_noise(rgb_H_W_3, rng.uniform(0.3, 1) * strength.noise, rng)
    quality = int(rng.integers(*strength.quality, endpoint=True))

    return _compress(rgb_H_W_3, quality)


def _balance(rng: np.random.Generator) -> NDArray[np.float64]:
    """Errors of red, green and blue: warmer or colder, and a little off to green."""
    warm, green = np.clip(rng.normal(size=2), -2, 2)
    return np.array([warm, 0.3 * green, -warm])


def _vignette(shape: tuple[int, ...], loss: float) -> Floats:
    """(H, W) shares of light that arrive: 1 in the middle, 1 - `loss` in the corners."""
    y_H = np.linspace(-1, 1, shape[0], dtype=np.float32)
    x_W = np.linspace(-1, 1, shape[1], dtype=np.float32)
    return 1 - np.float32(loss / 2) * (y_H[:, None] ** 2 + x_W[None, :] ** 2)


def _blur(light_H_W_3: Floats, radius: float, direction: float) -> Floats:
    """Light smeared over up to `radius` pixels: all around, and once more along one axis."""
    axes = (0, 1, int(direction < 0.5))
    share = np.float32(min(radius / 4, 1 / 3))

    for axis in axes:
        before = np.roll(light_H_W_3, 1, axis=axis)
        after = np.roll(light_H_W_3, -1, axis=axis)
        edges = (slice(None),) * axis
        before[(*edges, 0)] = light_H_W_3[(*edges, 0)]
        after[(*edges, -1)] = light_H_W_3[(*edges, -1)]
        light_H_W_3 = light_H_W_3 * (1 - 2 * share) + (before + after) * share

    return light_H_W_3


def _add_noise(
    rgb_H_W_3: NDArray[np.uint8], deviation: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Noise of the sensor: strongest in the dark, alike in the three colors for a part."""
    height, width, _ = rgb_H_W_3.shape
    gray = rng.standard_normal((height, width, 1), dtype=np.float32)
    color = rng.standard_normal((height, width, 3), dtype=np.float32)
    scale = np.float32(deviation) * (1.25 - rgb_H_W_3 * np.float32(1 / 255))
    noisy = rgb_H_W_3 + scale * (np.float32(0.8) * gray + np.float32(0.6) * color)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _compress(rgb_H_W_3: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture written as JPEG and read again."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "JPEG", quality=quality)
    return np.asarray(Image.open(sink).convert("RGB")).copy()
