"""Where one can walk: straight ways on the floor that keep clear of walls and furniture, doors
being open.

Dimensions: N ways, B boxes in the way, C pairs of a way and a box, P points of the floor.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.boxes import Floats, boxes_to_array, rectangle_distances, segment_rectangles
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.doorways import find_opening
from waywiser.scenes.scene import Object, Scene

CLEARANCE = 0.2
"""Metres that a way keeps from walls and furniture: half of a narrow person's width."""
STANDING_DISTANCE = 0.35
"""Metres from an object's side at which one stands beside it."""
MAX_STEP_HEIGHT = 0.05
MIN_HEADROOM = 1.9
"""Meters: what is not higher is walked over, what hangs higher is walked under."""


def wall_segments(scene: Scene) -> Floats:
    """(W, 5) walls of all rooms without the openings of their doors, as rectangles without depth."""
    starts: list[Floats] = []
    ends: list[Floats] = []

    for index, room in enumerate(scene.rooms):
        corners = np.asarray(room.polygon, dtype=np.float64)
        holes: dict[int, list[tuple[float, float]]] = {}

        for door in scene.doors:
            if index in door.rooms:
                edge, low, high = find_opening(room, door)
                holes.setdefault(edge, []).append((low, high))

        for edge, (p, q) in enumerate(zip(corners, np.roll(corners, -1, axis=0), strict=True)):
            length = float(np.linalg.norm(q - p))
            cuts = [0.0, *(cut for hole in sorted(holes.get(edge, [])) for cut in hole), length]
            for low, high in zip(cuts[::2], cuts[1::2], strict=True):
                starts.append(p + (q - p) * (low / length))
                ends.append(p + (q - p) * (high / length))

    return segment_rectangles(np.array(starts).reshape(-1, 2), np.array(ends).reshape(-1, 2))


def obstacle_footprints(scene: Scene) -> Floats:
    """(M, 5) footprints of what one cannot walk over or under: x, y, width, depth, yaw."""
    blocking = [
        o.box
        for o in scene.objects
        if _top_height(o) > MAX_STEP_HEIGHT and _top_height(o) - o.box.size[2] < MIN_HEADROOM
    ]

    return boxes_to_array(blocking)[:, [0, 1, 3, 4, 6]]


def _top_height(obj: Object) -> float:
    return obj.box.center[2] + obj.box.size[2] / 2


def unobstructed_paths(
    starts_N_2: Floats, ends_N_2: Floats, blocks_B_5: Floats, slack: float = 0.0
) -> NDArray[np.bool_]:
    """(N,) which straight ways keep `CLEARANCE`, less `slack` metres, from every wall and obstacle."""
    if not len(starts_N_2) or not len(blocks_B_5):
        return np.ones(len(starts_N_2), dtype=bool)

    paths_N_5 = segment_rectangles(starts_N_2, ends_N_2)
    # A block can only be near where the circles round both come near: most pairs end here.
    half_B = np.hypot(blocks_B_5[:, 2], blocks_B_5[:, 3]) / 2
    x_N, y_N, length_N = (paths_N_5[:, k, None] for k in (0, 1, 2))
    distance_N_B = np.hypot(blocks_B_5[:, 0] - x_N, blocks_B_5[:, 1] - y_N)
    path_C, block_C = np.nonzero(distance_N_B <= length_N / 2 + half_B + CLEARANCE)
    near_C = rectangle_distances(paths_N_5[path_C], blocks_B_5[block_C]) < CLEARANCE - slack
    free_N = np.ones(len(paths_N_5), dtype=bool)
    free_N[path_C[near_C]] = False

    return free_N


def is_standing_point(obj: Object, point_2: Floats) -> bool:
    """Whether a floor point lies as far from the object's footprint as one stands beside it."""
    at_1_5 = np.array([[*point_2, 0.0, 0.0, 0.0]])
    distance_1 = rectangle_distances(at_1_5, boxes_to_array([obj.box])[:, [0, 1, 3, 4, 6]])
    return bool(abs(distance_1[0] - STANDING_DISTANCE) <= 1e-3)


def standing_points(
    scene: Scene, objects: Sequence[Object], blocks_B_5: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """(P, 2) free floor points beside the things' four sides, and (P,) which thing each belongs to."""
    points: list[Floats] = []
    owners: list[int] = []

    for owner, obj in enumerate(objects):
        width, depth, _ = obj.box.size
        for x, y in (
            (width / 2 + STANDING_DISTANCE, 0),
            (-width / 2 - STANDING_DISTANCE, 0),
            (0, depth / 2 + STANDING_DISTANCE),
            (0, -depth / 2 - STANDING_DISTANCE),
        ):
            points.append(np.asarray(obj.box.center[:2]) + obj.box.axes[:2, :2] @ (x, y))
            owners.append(owner)

    points_P_2 = np.array(points).reshape(-1, 2)
    owners_P = np.array(owners, dtype=np.int64)
    inside_P = np.zeros(len(points_P_2), dtype=bool)

    for room in scene.rooms:
        inside_P |= inside_polygon(room.polygon, points_P_2)

    inside_P &= unobstructed_paths(points_P_2, points_P_2, blocks_B_5)
    return points_P_2[inside_P], owners_P[inside_P]
