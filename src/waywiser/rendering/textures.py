"""The materials of a scene in one table, all textures in one flat array of texels.

One gather then colors all hits.

Dimensions: N points, M materials, T textures, L mip levels, K texels of all textures,
H texture height, W texture width.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.rendering.embree.rays import Floats
from waywiser.scenes.mesh import Material
from waywiser.scenes.scene import Vec3

NUM_LEVELS = 8
_MEAN_LEVEL = 3  # small enough to average, large enough not to be averaged in sRGB
MIN_ALBEDO = 0.02  # albedo of the darkest real paints; models often say 0, which looks like a hole
MAX_TEXTURE_SIDE = 512  # texels; a bigger texture is halved until it fits

_SRGB_LEVELS = np.arange(256, dtype=np.float64) / 255
SRGB_TO_LINEAR = np.where(
    _SRGB_LEVELS <= 0.04045, _SRGB_LEVELS / 12.92, ((_SRGB_LEVELS + 0.055) / 1.055) ** 2.4
).astype(np.float32)


def build_mipmaps(texture_H_W_3: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """A texture and its halvings, `NUM_LEVELS` in all (the last ones repeat at 1 x 1)."""
    image = Image.fromarray(np.ascontiguousarray(texture_H_W_3[..., :3]))
    while max(image.size) > MAX_TEXTURE_SIDE:
        image = image.resize(
            (max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.BOX
        )

    levels = [np.asarray(image)]
    while len(levels) < NUM_LEVELS:
        image = image.resize(
            (max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.BOX
        )
        levels.append(np.asarray(image))

    return levels


@dataclass
class MaterialTable:
    """Grows while a scene is prepared; `freeze` makes its `Materials`."""

    _rows: list[tuple[Vec3, float, int, float]] = field(default_factory=list)
    _textures: dict[int, tuple[int, NDArray[np.uint8]]] = field(default_factory=dict)

    def add(self, material: Material, tint: Vec3 = (1.0, 1.0, 1.0)) -> int:
        """Index of a new row; with a texture, the row's color is the tint."""
        texture = material.texture_H_W_3
        if texture is None:
            red, green, blue = (
                max(a, MIN_ALBEDO) * t for a, t in zip(material.albedo, tint, strict=True)
            )
            self._rows.append(((red, green, blue), material.opacity, -1, material.emission))
        else:
            # The array is kept together with its id, so that no other array can get the id.
            index, _ = self._textures.setdefault(id(texture), (len(self._textures), texture))
            self._rows.append((tint, material.opacity, index, material.emission))

        return len(self._rows) - 1

    def freeze(self) -> "Materials":
        sizes = []
        offsets = []
        texels = []
        position = 0

        for _, texture in self._textures.values():
            levels = build_mipmaps(texture)
            sizes.append([level.shape[:2] for level in levels])
            starts = []

            for level in levels:
                starts.append(position)
                position += level.shape[0] * level.shape[1]
                texels.append(level.reshape(-1, 3))

            offsets.append(starts)

        return Materials(
            color_3_M=np.array([r[0] for r in self._rows], dtype=np.float32)
            .reshape(-1, 3)
            .T.copy(),
            opacity_M=np.array([r[1] for r in self._rows], dtype=np.float32),
            texture_M=np.array([r[2] for r in self._rows], dtype=np.int32),
            emission_M=np.array([r[3] for r in self._rows], dtype=np.float32),
            size_T_L_2=np.array(sizes, dtype=np.int32).reshape(-1, NUM_LEVELS, 2),
            offset_T_L=np.array(offsets, dtype=np.int64).reshape(-1, NUM_LEVELS),
            texel_K_3=np.concatenate(texels) if texels else np.zeros((0, 3), np.uint8),
        )


@dataclass(frozen=True)
class Materials:
    """M materials over T textures: linear RGB colors, and sRGB texels of every mipmap level.

    `emission_M` holds the radiance that each gives off, as a multiple of its color.
    """

    color_3_M: Floats
    opacity_M: Floats
    texture_M: NDArray[np.int32]
    emission_M: Floats
    size_T_L_2: NDArray[np.int32]
    offset_T_L: NDArray[np.int64]
    texel_K_3: NDArray[np.uint8]

    def sample(self, texture_N: NDArray[np.int32], uv_2_N: Floats, footprint_N: Floats) -> Floats:
        """Linear RGB (3, N) of the nearest texel in the level that fits `footprint` (uv a pixel
        covers).

        v = 1 is the texture's top row; coordinates repeat.
        """
        level_index_N = texture_N.astype(np.intp) * NUM_LEVELS
        texels_per_pixel_N = np.maximum(footprint_N * self._longest_side[level_index_N], 1.0)
        # The exponent of a float64 is the whole part of its logarithm.
        level_index_N += np.minimum(
            (texels_per_pixel_N.view(np.int64) >> 52) - 1023, NUM_LEVELS - 1
        )
        height_N = self._sizes[level_index_N, 0]
        width_N = self._sizes[level_index_N, 1]
        wrapped_2_N = uv_2_N - np.floor(uv_2_N)
        column_N = np.floor(np.minimum(wrapped_2_N[0] * width_N, width_N - 1))
        row_N = np.floor(np.minimum((1 - wrapped_2_N[1]) * height_N, height_N - 1))
        index_N = (self.offset_T_L.reshape(-1)[level_index_N] + row_N * width_N + column_N).astype(
            np.intp
        )

        return np.take(SRGB_TO_LINEAR, np.take(self.texel_K_3, index_N, axis=0).T)

    @cached_property
    def mean_color_3_M(self) -> Floats:  # noqa: N802
        """Colors (3, M) with the means of textures, for light that bounces."""
        color_3_M = self.color_3_M.copy()
        means_T_3 = [
            SRGB_TO_LINEAR[self.texel_K_3[start : start + height * width]].mean(axis=0)
            for start, (height, width) in zip(
                self.offset_T_L[:, _MEAN_LEVEL].tolist(),
                self.size_T_L_2[:, _MEAN_LEVEL].tolist(),
                strict=True,
            )
        ]
        textured_K = np.flatnonzero(self.texture_M >= 0)
        if len(textured_K):
            color_3_M[:, textured_K] *= np.array(means_T_3)[self.texture_M[textured_K]].T

        return color_3_M

    @cached_property
    def _sizes(self) -> Floats:
        """(T * L, 2): height and width of every level of every texture; float64, in which their
        products are exact.
        """
        return self.size_T_L_2.reshape(-1, 2).astype(np.float64)

    @cached_property
    def _longest_side(self) -> Floats:
        """(T * L,): texels along the longer side of every texture, repeated for its levels."""
        return np.repeat(self.size_T_L_2[:, 0].max(axis=1).astype(np.float64), NUM_LEVELS)
