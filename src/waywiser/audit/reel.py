"""A whole clip drawn again: who shows when, which words are unambiguous in it, how much of a floor it shows."""

from collections.abc import Iterable

import numpy as np

from waywiser.audit import limits
from waywiser.audit.pinhole import Array
from waywiser.audit.rules.common import plain
from waywiser.audit.sight import Sight, World
from waywiser.audit.stage import inside
from waywiser.audit.verdicts import UnjudgedError
from waywiser.scenes.categories import confusable

_FLOOR_STEP = 0.15
"""Metres between the floor points whose being seen is counted."""


class Reel:
    """The frames of one clip of a world."""

    def __init__(self, world: World, clip_index: int) -> None:
        self.world = world
        self.clip = world.clip(clip_index)
        self.index = clip_index
        self.sights = [world.frame(clip_index, frame) for frame in range(len(self.clip.cameras))]
        self.things = self.sights[0].stage
        self.moving = {motion.object for motion in self.clip.motions}

    def shares(self, thing_id: int) -> Array:
        """Share of the picture that a thing covers, one a frame."""
        if thing_id not in self.things:
            raise UnjudgedError(f"the scene has no object {thing_id!r}")
        return np.array([sight.share(thing_id) for sight in self.sights])

    def most(self, thing_id: int) -> float:
        """The largest share of a picture that a thing covers in any frame."""
        return float(self.shares(thing_id).max())

    def noticed(self) -> list[int]:
        """Ids of what shows as surely more than a speck in some frame."""
        return [i for i in self.things if self.most(i) >= limits.SPECK_SHARE * (1 + limits.SHARE_DOUBT)]

    def ever_plain(self, thing_id: int) -> bool:
        """Whether a thing is plain to see in some frame, the method's doubt granted."""
        return any(plain(sight, thing_id) for sight in self._best_first(thing_id))

    def clearest(self, thing_id: int) -> tuple[float, float]:
        """Bounds of the largest share of a picture that a thing covers where it is unhidden enough to be plain."""
        bounds: list[float] = []
        for slack in (1, -1):
            least = limits.SEEN_FRACTION - slack * limits.FRACTION_DOUBT
            enough = (s.share(thing_id) for s in self._best_first(thing_id) if s.fraction(thing_id) >= least)
            bounds.append(next(enough, 0.0))
        return bounds[1], bounds[0]

    def most_unhidden(self, thing_id: int) -> float:
        """The largest unhidden fraction of a thing among the eight frames that show most of it."""
        return max((sight.fraction(thing_id) for sight in self._best_first(thing_id)[:8]), default=0.0)

    def unnamed(self, ids: Iterable[int]) -> list[str]:
        """Why a category fails to pick out each thing in all of the clip."""
        problems: list[str] = []
        noticed = self.noticed()
        for thing_id in ids:
            if self.most(thing_id) == 0:
                problems.append(f"object {thing_id} never shows")
                continue
            word = self.things[thing_id].category
            others = [self.things[i].category for i in noticed if i != thing_id]
            rival = next((other for other in others if confusable(other, word)), None)
            if rival is not None:
                problems.append(f"another {rival} comes into view, so {word!r} is ambiguous")
        return problems

    def coverage(self, room: int) -> float:
        """Share of a room's floor that lies in view in some frame with no wall before it; furniture is left out."""
        outline = self.world.scene.rooms[room].polygon
        corners = np.array(outline)
        axes = [
            np.arange(a + _FLOOR_STEP / 2, b, _FLOOR_STEP) for a, b in zip(corners.min(0), corners.max(0), strict=True)
        ]
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)
        grid = grid[inside(outline, grid)]
        points = np.c_[grid, np.zeros(len(grid))]
        seen = np.zeros(len(points), bool)
        for frame, sight in enumerate(self.sights):
            uz, vz, z = sight.camera.see(points).T
            with np.errstate(divide="ignore", invalid="ignore"):
                column, row = np.floor(uz / z), np.floor(vz / z)
            within = (z > 0.05) & (column >= 0) & (row >= 0)
            within &= (column < sight.camera.width) & (row < sight.camera.height) & ~seen
            if not within.any():
                continue
            walls = self.world.walls(self.index, frame).buffer.depth
            depth = walls[row[within].astype(int), column[within].astype(int)]
            seen[np.flatnonzero(within)[depth > z[within] * 0.97 - 0.03]] = True
        return float(seen.mean())

    def _best_first(self, thing_id: int) -> list[Sight]:
        shares = self.shares(thing_id)
        return [self.sights[i] for i in np.argsort(-shares, kind="stable") if shares[i] > 0]
