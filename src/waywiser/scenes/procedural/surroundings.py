"""`Surroundings`: what a camera in a room or home has around it, as boxes and walls.

Cameras are placed before anything is rendered, so views are judged by rays against the boxes of
things.

Dimensions: R rays, N boxes, W walls, P points, B boxes and walls, C columns, V rows, A azimuths,
E elevations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_style import CameraStyle
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.furniture_piece import FurniturePiece
from waywiser.scenes.procedural.home_plan import HomePlan
from waywiser.scenes.procedural.openings import locate_opening
from waywiser.scenes.scene import Camera, Vec2

GRID_SIZE = (20, 15)
"""Columns and rows of rays with which a picture is judged."""
MIN_THING_SHARE = 0.02
"""Share of a picture that a thing's box must fill to count as something to see; the thing itself
fills about half of its box.
"""
MIN_THINGS = 2
"""A picture with fewer things is bare."""
NEAR_DISTANCE = 0.6
"""Meters up to which a surface is in the camera's face."""
MAX_NEAR_SHARE = 0.15
"""Share of a picture that near surfaces may fill."""
BUILDING_CATEGORIES = frozenset({"door", "curtain", "rug", "bath mat"})
"""What is in view without being anything to look at."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ViewContent:
    """What a picture would show.

    Attributes:
        num_things: How many things fill `MIN_THING_SHARE` of it.
        near_share: Share of it that is nearer than `NEAR_DISTANCE`.
    """

    num_things: int
    near_share: float

    @property
    def is_good(self) -> bool:
        """Whether there is enough to see, and nothing in the camera's face."""
        return self.num_things >= MIN_THINGS and self.near_share <= MAX_NEAR_SHARE


@dataclass(frozen=True)
class Surroundings:
    """Boxes and walls, in meters.

    Attributes:
        centers_N_3: Centers of the boxes.
        halves_N_3: Half of their sizes.
        yaws_N: Their yaws in radians.
        is_obstacle_N: Which boxes people walk around.
        is_thing_N: Which boxes are something to look at.
        walls_W_4: Walls without their doorways: x and y of one end, then of the other.
    """

    centers_N_3: Floats
    halves_N_3: Floats
    yaws_N: Floats
    is_obstacle_N: NDArray[np.bool_]
    is_thing_N: NDArray[np.bool_]
    walls_W_4: Floats

    @classmethod
    def of_room(cls, plan: FloorPlan, pieces: Sequence[FurniturePiece]) -> "Surroundings":
        """A room, in its own coordinates and with its doorways closed."""
        return cls._of(pieces, np.zeros((len(pieces), 2)), _wall_lines(plan, (0.0, 0.0), []))

    @classmethod
    def of_home(cls, plan: HomePlan, rooms: Sequence[FurnishedRoom]) -> "Surroundings":
        """A whole home, in its own coordinates; its boxes are the rooms' pieces in turn."""
        pieces = [piece for room in rooms for piece in room.pieces]
        origins = [room.placed_room.origin for room in rooms for _ in room.pieces]
        lines = []

        for room in rooms:
            placed = room.placed_room
            openings = [
                locate_opening(
                    placed.plan.walls,
                    (
                        placed.to_room_frame(plan.doors[k].ends[0]),
                        placed.to_room_frame(plan.doors[k].ends[1]),
                    ),
                    plan.doors[k].height,
                )
                for k in placed.doors
            ]
            gaps = [(o.wall.start, o.low, o.high) for o in openings if o is not None]
            lines.append(_wall_lines(placed.plan, placed.origin, gaps))

        return cls._of(pieces, np.array(origins).reshape(-1, 2), np.concatenate(lines))

    @classmethod
    def _of(
        cls, pieces: Sequence[FurniturePiece], origins_N_2: Floats, walls_W_4: Floats
    ) -> "Surroundings":
        centers = [(p.footprint.x, p.footprint.y, p.z + p.size[2] / 2) for p in pieces]
        centers_N_3 = np.array(centers, dtype=float).reshape(-1, 3)
        centers_N_3[:, :2] += origins_N_2

        return cls(
            centers_N_3,
            np.array([p.size for p in pieces], dtype=float).reshape(-1, 3) / 2,
            np.array([p.footprint.yaw for p in pieces], dtype=float),
            np.array([p.is_obstacle for p in pieces], dtype=bool),
            np.array([p.category not in BUILDING_CATEGORIES for p in pieces], dtype=bool),
            walls_W_4,
        )

    @cached_property
    def _axes(self) -> Floats:
        """Horizontal directions of each box's width and depth, as rows."""
        c = np.cos(self.yaws_N)
        s = np.sin(self.yaws_N)
        return np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], axis=1)

    def cast(
        self, eye_3: Floats, rays_R_3: Floats, without: int | None = None
    ) -> tuple[Ints, Floats]:
        """What rays from a point meet first.

        Args:
            eye_3: Where the rays start, in meters.
            rays_R_3: Their directions, of any length.
            without: Index of a box that rays pass through.

        Returns:
            For each ray (R,) the index of the box that it meets, -1 for a wall or the floor, and how
            far that is in lengths of the ray.
        """
        rays_R_3 = np.where(np.abs(rays_R_3) < 1e-9, 1e-9, rays_R_3)
        to_wall_R = np.minimum(
            _cast_at_walls(eye_3[:2], rays_R_3[:, :2], self.walls_W_4),
            np.where(rays_R_3[:, 2] < 0, -eye_3[2] / rays_R_3[:, 2], np.inf),
        )
        if not len(self.centers_N_3):
            return np.full(len(rays_R_3), -1), to_wall_R

        from_N_3 = eye_3 - self.centers_N_3
        start_N_2 = np.einsum("nij,nj->ni", self._axes, from_N_3[:, :2])
        ray_2_N_R = np.einsum("nij,rj->inr", self._axes, rays_R_3[:, :2])
        ray_2_N_R = np.where(np.abs(ray_2_N_R) < 1e-9, 1e-9, ray_2_N_R)
        enter_N_R = np.full(ray_2_N_R.shape[1:], -np.inf)
        leave_N_R = np.full(ray_2_N_R.shape[1:], np.inf)

        for start_N, half_N, ray_N_R in (
            (start_N_2[:, 0], self.halves_N_3[:, 0], ray_2_N_R[0]),
            (start_N_2[:, 1], self.halves_N_3[:, 1], ray_2_N_R[1]),
            (from_N_3[:, 2], self.halves_N_3[:, 2], rays_R_3[None, :, 2]),
        ):
            one_N_R = (-half_N - start_N)[:, None] / ray_N_R
            two_N_R = (half_N - start_N)[:, None] / ray_N_R
            enter_N_R = np.maximum(enter_N_R, np.minimum(one_N_R, two_N_R))
            leave_N_R = np.minimum(leave_N_R, np.maximum(one_N_R, two_N_R))

        hit_N_R = (enter_N_R < leave_N_R) & (leave_N_R > 0)
        if without is not None:
            hit_N_R[without] = False

        to_box_N_R = np.where(hit_N_R, np.maximum(enter_N_R, 0.0), np.inf)
        nearest_R = to_box_N_R.argmin(axis=0)
        to_box_R = to_box_N_R[nearest_R, np.arange(len(rays_R_3))]

        return np.where(to_box_R < to_wall_R, nearest_R, -1), np.minimum(to_box_R, to_wall_R)

    def judge(self, camera: Camera) -> ViewContent:
        """What a camera's picture would show."""
        hits_R, distance_R = self.cast(camera.position, grid_rays(camera))
        return self.judge_hits(hits_R, distance_R)

    def judge_hits(self, hits_R: Ints, distance_R: Floats) -> ViewContent:
        """What a picture shows of which these rays are samples."""
        counts_N = np.bincount(hits_R[hits_R >= 0], minlength=len(self.centers_N_3))
        is_in_view_N = (counts_N >= MIN_THING_SHARE * len(hits_R)) & self.is_thing_N
        return ViewContent(int(is_in_view_N.sum()), float((distance_R < NEAR_DISTANCE).mean()))

    def clearance(self, points_P_2: Floats) -> tuple[Floats, Floats]:
        """How far points are from what is in a walker's way, and the pushes away from all of it.

        Args:
            points_P_2: Points on the floor, in meters.

        Returns:
            Distances (P, B) to every obstacle and wall, and unit directions (P, B, 2) from each.
        """
        boxes = self.is_obstacle_N
        axes_N_2_2 = self._axes[boxes]
        from_P_N_2 = points_P_2[:, None] - self.centers_N_3[boxes][:, :2]
        local_P_N_2 = np.einsum("nij,pnj->pni", axes_N_2_2, from_P_N_2)
        half_N_2 = self.halves_N_3[boxes][:, :2]
        away_P_N_2 = local_P_N_2 - np.clip(local_P_N_2, -half_N_2, half_N_2)
        from_boxes_P_N_2 = np.einsum("nij,pni->pnj", axes_N_2_2, away_P_N_2)

        a_W_2 = self.walls_W_4[:, :2]
        along_W_2 = self.walls_W_4[:, 2:] - a_W_2
        from_P_W_2 = points_P_2[:, None] - a_W_2
        share_P_W = (from_P_W_2 * along_W_2).sum(-1) / (along_W_2**2).sum(-1)
        nearest_P_W_2 = np.clip(share_P_W, 0, 1)[..., None] * along_W_2
        away_P_B_2 = np.concatenate([from_boxes_P_N_2, from_P_W_2 - nearest_P_W_2], axis=1)
        distance_P_B = np.linalg.norm(away_P_B_2, axis=2)

        return distance_P_B, away_P_B_2 / np.maximum(distance_P_B, 1e-9)[..., None]


def grid_rays(camera: Camera) -> Floats:
    """Rays (R, 3) through an even grid of a picture, one meter deep along the optical axis."""
    columns, rows = GRID_SIZE
    u_C = (np.arange(columns) + 0.5) * camera.width / columns
    v_V = (np.arange(rows) + 0.5) * camera.height / rows
    u_R, v_R = (grid.ravel() for grid in np.meshgrid(u_C, v_V))
    local_R_3 = np.stack(
        [(u_R - camera.cx) / camera.fx, (v_R - camera.cy) / camera.fy, np.ones(len(u_R))], axis=1
    )

    return local_R_3 @ camera.pose[:3, :3].T


def panorama_rays(style: CameraStyle, azimuths: int, elevations: int) -> Floats:
    """Unit rays (azimuths * elevations, 3) all around, between the upper and the lower edge of a
    picture of this style.
    """
    half = style.vertical_fov / 2
    angle_E = -style.pitch + half * (2 * (np.arange(elevations) + 0.5) / elevations - 1)
    azimuth_A = 2 * np.pi * np.arange(azimuths) / azimuths
    flat_A_E = np.cos(angle_E)[None, :]

    return np.stack(
        [
            np.cos(azimuth_A)[:, None] * flat_A_E,
            np.sin(azimuth_A)[:, None] * flat_A_E,
            np.broadcast_to(np.sin(angle_E), (azimuths, elevations)),
        ],
        axis=-1,
    ).reshape(-1, 3)


def _wall_lines(plan: FloorPlan, origin: Vec2, gaps: list[tuple[Vec2, float, float]]) -> Floats:
    """Walls (W, 4) of a room without the gaps, each a wall's start and meters along it."""
    lines: list[tuple[float, float, float, float]] = []

    for wall in plan.walls:
        cuts = sorted((low, high) for start, low, high in gaps if start == wall.start)
        ends = [0.0, *(end for cut in cuts for end in cut), wall.length]

        for low, high in zip(ends[::2], ends[1::2], strict=True):
            (ax, ay), (bx, by) = (
                (
                    origin[0] + wall.start[0] + s * wall.direction[0],
                    origin[1] + wall.start[1] + s * wall.direction[1],
                )
                for s in (low, high)
            )
            if high - low > 1e-6:
                lines.append((ax, ay, bx, by))

    return np.array(lines).reshape(-1, 4)


def _cast_at_walls(eye_2: Floats, rays_R_2: Floats, walls_W_4: Floats) -> Floats:
    """How far (R,) rays go until a wall, in lengths of the ray; infinite without one."""
    to_W_2 = walls_W_4[:, :2] - eye_2
    along_W_2 = walls_W_4[:, 2:] - walls_W_4[:, :2]
    x_R_1 = rays_R_2[:, :1]
    y_R_1 = rays_R_2[:, 1:]
    turn_R_W = x_R_1 * along_W_2[:, 1] - y_R_1 * along_W_2[:, 0]
    turn_R_W = np.where(np.abs(turn_R_W) < 1e-12, 1e-12, turn_R_W)
    far_R_W = (to_W_2[:, 0] * along_W_2[:, 1] - to_W_2[:, 1] * along_W_2[:, 0]) / turn_R_W
    share_R_W = (to_W_2[:, 0] * y_R_1 - to_W_2[:, 1] * x_R_1) / turn_R_W
    is_met = (far_R_W > 0) & (share_R_W >= 0) & (share_R_W <= 1)

    return np.where(is_met, far_R_W, np.inf).min(axis=1)
