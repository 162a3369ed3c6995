"""A whole clip drawn again: who shows when, which words are unambiguous in it, how much of a floor
it shows.
"""

from collections.abc import Iterable

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.posed_objects import points_in_outline
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.audit.geometry.visibility_checks import may_be_clearly_visible
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.categories import are_confusable

_FLOOR_GRID_SPACING = 0.15
"""Metres between the floor points whose being seen is counted."""


class ClipRaster:
    """The frames of one clip of a world."""

    def __init__(self, scene_raster: SceneRaster, clip_index: int) -> None:
        self.scene_raster = scene_raster
        self.clip = scene_raster.clip(clip_index)
        self.index = clip_index
        self.rasters = [
            scene_raster.frame(clip_index, frame) for frame in range(len(self.clip.cameras))
        ]
        self.objects = self.rasters[0].objects
        self.moving_ids = {motion.object for motion in self.clip.motions}

    def shares(self, object_id: int) -> Array:
        """Share of the picture that a thing covers, one a frame."""
        if object_id not in self.objects:
            raise UnjudgedError(f"the scene has no object {object_id!r}")
        return np.array([raster.share(object_id) for raster in self.rasters])

    def max_share(self, object_id: int) -> float:
        """The largest share of a picture that a thing covers in any frame."""
        return float(self.shares(object_id).max())

    def noticeable_ids(self) -> list[int]:
        """Ids of what shows as surely more than a speck in some frame."""
        return [
            i
            for i in self.objects
            if self.max_share(i)
            >= thresholds.NEGLIGIBLE_PIXEL_SHARE * (1 + thresholds.PIXEL_SHARE_TOLERANCE)
        ]

    def is_ever_clearly_visible(self, object_id: int) -> bool:
        """Whether a thing is plain to see in some frame, the method's doubt granted."""
        return any(
            may_be_clearly_visible(raster, object_id)
            for raster in self._rasters_by_share(object_id)
        )

    def max_share_bounds(self, object_id: int) -> tuple[float, float]:
        """Bounds of the largest share of a picture that a thing covers where it is unhidden enough
        to be plain.
        """
        bounds: list[float] = []

        for slack in (1, -1):
            minimum = (
                thresholds.MIN_VISIBLE_FRACTION - slack * thresholds.VISIBLE_FRACTION_TOLERANCE
            )
            shares = (
                s.share(object_id)
                for s in self._rasters_by_share(object_id)
                if s.visible_fraction(object_id) >= minimum
            )

            bounds.append(next(shares, 0.0))

        return bounds[1], bounds[0]

    def max_visible_fraction(self, object_id: int) -> float:
        """The largest unhidden fraction of a thing among the eight frames that show most of it."""
        return max(
            (
                raster.visible_fraction(object_id)
                for raster in self._rasters_by_share(object_id)[:8]
            ),
            default=0.0,
        )

    def naming_problems(self, ids: Iterable[int]) -> list[str]:
        """Why a category fails to pick out each thing in all of the clip."""
        problems: list[str] = []
        noticeable_ids = self.noticeable_ids()

        for object_id in ids:
            if self.max_share(object_id) == 0:
                problems.append(f"object {object_id} never shows")
                continue

            word = self.objects[object_id].category
            others = [self.objects[i].category for i in noticeable_ids if i != object_id]
            rival = next((other for other in others if are_confusable(other, word)), None)
            if rival is not None:
                problems.append(f"another {rival} comes into view, so {word!r} is ambiguous")

        return problems

    def floor_coverage(self, room: int) -> float:
        """Share of a room's floor that lies in view in some frame with no wall before it; furniture
        is left out.
        """
        outline = self.scene_raster.scene.rooms[room].polygon
        corners = np.array(outline)
        axes = [
            np.arange(a + _FLOOR_GRID_SPACING / 2, b, _FLOOR_GRID_SPACING)
            for a, b in zip(corners.min(0), corners.max(0), strict=True)
        ]

        grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)
        grid = grid[points_in_outline(outline, grid)]
        points = np.c_[grid, np.zeros(len(grid))]
        covered = np.zeros(len(points), bool)

        for frame, raster in enumerate(self.rasters):
            uz, vz, z = raster.camera.to_image(points).T

            with np.errstate(divide="ignore", invalid="ignore"):
                column = np.floor(uz / z)
                row = np.floor(vz / z)

            within = (z > 0.05) & (column >= 0) & (row >= 0)
            within &= (column < raster.camera.width) & (row < raster.camera.height) & ~covered
            if not within.any():
                continue

            walls_only = self.scene_raster.walls_only(self.index, frame).buffer.depth
            depth = walls_only[row[within].astype(int), column[within].astype(int)]
            covered[np.flatnonzero(within)[depth > z[within] * 0.97 - 0.03]] = True

        return float(covered.mean())

    def _rasters_by_share(self, object_id: int) -> list[ImageRaster]:
        shares = self.shares(object_id)
        return [self.rasters[i] for i in np.argsort(-shares, kind="stable") if shares[i] > 0]
