"""A clip rasterized frame by frame: what is visible when, and which names are unambiguous."""

from collections.abc import Iterable

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.posed_objects import points_in_outline
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.audit.geometry.visibility_checks import (
    may_be_clearly_visible,
    may_be_noticed,
    meets_seen_thresholds,
)
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.categories import are_confusable

_FLOOR_GRID_SPACING = 0.15
"""Distance between the floor points whose visibility is counted, in meters."""


class ClipRaster:
    """The rasterized frames of one clip of a scene."""

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
        """(frames,) share of the image that an object covers."""
        if object_id not in self.objects:
            raise UnjudgedError(f"the scene has no object {object_id!r}")
        return np.array([raster.share(object_id) for raster in self.rasters])

    def max_share(self, object_id: int) -> float:
        """The largest share of the image that an object covers in any frame."""
        return float(self.shares(object_id).max())

    def noticeable_ids(self) -> list[int]:
        """Ids of objects that some viewer surely notices in some frame."""
        return [i for i in self.objects if self.first_noticed(i, slack=1) is not None]

    def first_noticed(self, object_id: int, slack: float = 0.0) -> int | None:
        """The first frame in which some viewer may see an object; None if there is none."""
        return next(
            (
                frame
                for frame, raster in enumerate(self.rasters)
                if may_be_noticed(raster, object_id, slack)
            ),
            None,
        )

    def first_seen(self, object_id: int, slack: float = 0.0) -> int | None:
        """The first frame in which every viewer sees an object; None if there is none."""
        return next(
            (
                frame
                for frame, raster in enumerate(self.rasters)
                if meets_seen_thresholds(raster, object_id, slack)
            ),
            None,
        )

    def is_ever_clearly_visible(self, object_id: int) -> bool:
        """Whether an object may be clearly visible in some frame, within tolerances."""
        return any(
            may_be_clearly_visible(raster, object_id)
            for raster in self._rasters_by_share(object_id)
        )

    def max_share_bounds(self, object_id: int) -> tuple[float, float]:
        """Bounds of the largest share of the image that an object covers in any frame.

        Only frames count in which enough of the object is visible; the bounds come from lowering
        and raising that threshold by its tolerance.
        """
        bounds: list[float] = []

        for slack in (1, -1):
            minimum = (
                thresholds.MIN_VISIBLE_FRACTION - slack * thresholds.VISIBLE_FRACTION_TOLERANCE
            )
            shares = (
                raster.share(object_id)
                for raster in self._rasters_by_share(object_id)
                if raster.visible_fraction(object_id) >= minimum
            )
            bounds.append(next(shares, 0.0))

        return bounds[1], bounds[0]

    def max_visible_fraction(self, object_id: int) -> float:
        """The largest visible fraction of an object in the eight frames that show most of it."""
        rasters = self._rasters_by_share(object_id)[:8]
        return max((raster.visible_fraction(object_id) for raster in rasters), default=0.0)

    def naming_problems(self, ids: Iterable[int]) -> list[str]:
        """Why "the <category>" is ambiguous for each object, over the whole clip."""
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
        """Share of a room's floor in view of some frame and not behind a wall; furniture is
        ignored.
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
        """The frames that show an object, largest share first."""
        shares = self.shares(object_id)
        return [self.rasters[i] for i in np.argsort(-shares, kind="stable") if shares[i] > 0]
