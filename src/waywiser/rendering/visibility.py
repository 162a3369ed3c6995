"""How much of each object a frame shows, at which pixels, and how near it is.

Dimensions: J objects, K pixels that show an object, R rays on a grid of pixels, V vertices,
E edges of a box, P values, H image height, W image width.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import RayTracer
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import Frame
from waywiser.scenes.scene import Box, Camera, Object, Scene

MAX_RAYS = 400  # per object; below that many pixels the fraction is exact
MIN_PIXELS = 16
NEAR_PLANE = 0.05  # meters; points nearer to the camera plane are not projected
OUTLIER_SHARE = 0.005  # share of an object's pixels that may be nearer than its "nearest"

_EDGES = np.array([[a, b] for a in range(8) for b in (a ^ 1, a ^ 2, a ^ 4) if a < b])


@dataclass(frozen=True)
class Visibility:
    """The visible part of one object in a frame."""

    pixels: int
    """Number of visible pixels."""
    bbox: tuple[int, int, int, int]
    """Their bounds (u0, v0, u1, v1), exclusive at the end."""
    fraction: float
    """Visible fraction of the silhouette that the object's opaque surfaces alone would have.

    The silhouette is taken up to one frame's size outside the frame. 0 for objects of fewer than
    `MIN_PIXELS` pixels.
    """
    truncated: bool
    """Whether the silhouette reaches outside the frame."""
    nearest_depth: float
    """Smallest depth of the visible pixels in meters, less the nearest 0.5 %."""
    nearest_distance: float
    """Smallest distance to the camera's center in meters, less the nearest 0.5 %."""
    centroid: tuple[float, float]
    """Mean (u, v) of the visible pixels' centers."""


def visibility(
    scene: Scene, camera: Camera, frame: Frame, renderer: RoomRenderer
) -> dict[int, Visibility]:
    """What a frame shows of each object.

    Args:
        scene: The scene that the frame shows.
        camera: The frame's camera.
        frame: Depth and ids of the view.
        renderer: The scene's renderer, for the meshes of its objects.

    Returns:
        `Visibility` by object id, for objects with at least one visible pixel.
    """
    flat_ids = frame.ids.ravel()
    pixels_K = np.flatnonzero(flat_ids > 0)
    if not len(pixels_K):
        return {}

    ids_K = flat_ids[pixels_K]
    # Integers of up to 16 bits are radix-sorted, which is several times as fast.
    order_K = np.argsort(ids_K.astype(np.min_scalar_type(ids_K.max())), kind="stable")
    pixels_K = pixels_K[order_K]
    ids_K = ids_K[order_K]
    starts_J = np.flatnonzero(np.diff(ids_K, prepend=0))
    ids_J = ids_K[starts_J]
    counts_J = np.diff(starts_J, append=len(pixels_K))
    v_K = pixels_K // camera.width
    u_K = pixels_K - v_K * camera.width
    low_J_2, high_J_2, total_J_2 = (
        np.stack([f.reduceat(axis_K, starts_J) for axis_K in (u_K, v_K)], axis=1)
        for f in (np.minimum, np.maximum, np.add)
    )

    boxes_J_4 = np.concatenate([low_J_2, high_J_2 + 1], axis=1)
    centroids_J_2 = total_J_2 / counts_J[:, None] + 0.5
    depth_K = frame.depth.ravel()[pixels_K]
    distance_K = depth_K * ray_lengths(camera).ravel()[pixels_K]
    objects = {obj.id: obj for obj in scene.objects}
    result: dict[int, Visibility] = {}

    for j, object_id in enumerate(ids_J.tolist()):
        part = slice(starts_J[j], starts_J[j] + counts_J[j])
        left, top, right, bottom = boxes_J_4[j].tolist()
        bbox = (left, top, right, bottom)
        pixels = int(counts_J[j])
        fraction, truncated = _measure_silhouette(
            objects[object_id], camera, frame, renderer, bbox, pixels
        )
        result[object_id] = Visibility(
            pixels=pixels,
            bbox=bbox,
            fraction=fraction,
            truncated=truncated,
            nearest_depth=robust_min(depth_K[part]),
            nearest_distance=robust_min(distance_K[part]),
            centroid=(float(centroids_J_2[j, 0]), float(centroids_J_2[j, 1])),
        )

    return result


def ray_lengths(camera: Camera) -> NDArray[np.float32]:
    """(H, W): meters of Euclidean distance per meter of z-depth, at pixel centers."""
    u_W = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fx
    v_H = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fy
    return np.sqrt(1 + u_W[None, :] ** 2 + v_H[:, None] ** 2).astype(np.float32)


def robust_min(meters_P: NDArray[np.float32], outlier_share: float = OUTLIER_SHARE) -> float:
    """The smallest value after leaving out the smallest `outlier_share`; NaN if all are NaN."""
    measured = meters_P[~np.isnan(meters_P)]
    if not len(measured):
        return float("nan")
    k = int(outlier_share * len(measured))
    return float(np.partition(measured, k)[k])


def _measure_silhouette(
    obj: Object,
    camera: Camera,
    frame: Frame,
    renderer: RoomRenderer,
    bbox: tuple[int, int, int, int],
    pixels: int,
) -> tuple[float, bool]:
    """Visible fraction and truncation of one object, by rays against the object alone."""
    prepared = renderer.cache.prepared(obj.model)
    low_2, high_2 = _project_box(_box_of_pose(obj.box, *prepared.reach), camera)
    crosses_edge = bool((low_2 < 0).any() or high_2[0] > camera.width or high_2[1] > camera.height)
    truncated = crosses_edge and _is_partly_outside(obj.box, prepared.opaque_vertices, camera)

    if pixels < MIN_PIXELS:
        return 0.0, truncated

    size_2 = np.array([camera.width, camera.height])
    low_2 = np.minimum(np.floor(np.clip(low_2, -size_2, size_2)), bbox[:2]).astype(int)
    high_2 = np.maximum(np.ceil(np.clip(high_2, 0, 2 * size_2)), bbox[2:]).astype(int)
    stride = max(1, int(np.ceil(np.sqrt(np.prod(high_2 - low_2) / MAX_RAYS))))
    u_W = np.arange(low_2[0] + stride // 2, max(high_2[0], low_2[0] + stride // 2 + 1), stride)
    v_H = np.arange(low_2[1] + stride // 2, max(high_2[1], low_2[1] + stride // 2 + 1), stride)
    u_R = np.tile(u_W, len(v_H))
    v_R = np.repeat(v_H, len(u_W))
    on_object_R = _hits_without_occluders(obj.box, camera, u_R, v_R, prepared.tracer)
    u_R = u_R[on_object_R]
    v_R = v_R[on_object_R]
    within_R = (u_R >= 0) & (u_R < camera.width) & (v_R >= 0) & (v_R < camera.height)
    num_visible = int((frame.ids[v_R[within_R], u_R[within_R]] == obj.id).sum())

    if not len(u_R):  # too thin for the grid: compare with its box instead
        return float(min(1.0, pixels / np.prod(high_2 - low_2))), truncated

    return num_visible / len(u_R), truncated


def _box_of_pose(box: Box, low_3: NDArray[np.float64], high_3: NDArray[np.float64]) -> Box:
    """A box with what its model holds out of it, given the model's corners in the unit box."""
    if (high_3 - low_3 <= 1).all():
        return box

    x, y, z = np.asarray(box.center) + box.axes @ ((low_3 + high_3) / 2 * np.asarray(box.size))
    width, depth, height = (high_3 - low_3) * np.asarray(box.size)
    return Box(
        center=(float(x), float(y), float(z)),
        size=(float(width), float(depth), float(height)),
        yaw=box.yaw,
    )


def _project_box(box: Box, camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixel bounds (low and high, each (2,)) of the part of a box that lies before the camera."""
    corners_8_3 = camera.to_camera(box.corners)
    ahead_8 = corners_8_3[:, 2] > NEAR_PLANE
    points = [corners_8_3[ahead_8]]
    a_E_3 = corners_8_3[_EDGES[:, 0]]
    b_E_3 = corners_8_3[_EDGES[:, 1]]
    cut_E = (a_E_3[:, 2] > NEAR_PLANE) != (b_E_3[:, 2] > NEAR_PLANE)

    if cut_E.any():
        a_E_3 = a_E_3[cut_E]
        b_E_3 = b_E_3[cut_E]
        share_E = (NEAR_PLANE - a_E_3[:, 2]) / (b_E_3[:, 2] - a_E_3[:, 2])
        points.append(a_E_3 + (b_E_3 - a_E_3) * share_E[:, None])

    p = np.concatenate(points)
    if not len(p):
        return np.zeros(2), np.zeros(2)

    pixels = p[:, :2] / p[:, 2:] * (camera.fx, camera.fy) + (camera.cx, camera.cy)
    return pixels.min(axis=0), pixels.max(axis=0)


def _is_partly_outside(box: Box, vertices_V_3: NDArray[np.float32], camera: Camera) -> bool:
    """Whether any vertex, and so the silhouette, is outside the frame or behind the camera."""
    rotation = box.axes.T @ camera.pose[:3, :3]
    offset_3 = camera.to_camera(np.asarray(box.center)[None])[0]
    p = vertices_V_3 @ (np.asarray(box.size)[:, None] * rotation).astype(
        np.float32
    ) + offset_3.astype(np.float32)
    z_V = p[:, 2]

    if z_V.min() <= NEAR_PLANE:
        return True

    u_V = p[:, 0] / z_V * camera.fx + camera.cx
    v_V = p[:, 1] / z_V * camera.fy + camera.cy
    return bool(
        u_V.min() < 0 or v_V.min() < 0 or u_V.max() > camera.width or v_V.max() > camera.height
    )


def _hits_without_occluders(
    box: Box, camera: Camera, u_R: NDArray[np.int64], v_R: NDArray[np.int64], tracer: RayTracer
) -> NDArray[np.bool_]:
    """Which pixels' rays (R,) would meet the object if it were alone; traced in its unit box."""
    plane_R_3 = np.stack(
        [
            (u_R + 0.5 - camera.cx) / camera.fx,
            (v_R + 0.5 - camera.cy) / camera.fy,
            np.ones(len(u_R)),
        ],
        axis=1,
    )

    unit_from_world = box.axes / np.asarray(box.size)  # columns scaled: applied from the right
    origin_3 = (camera.position - np.asarray(box.center)) @ unit_from_world
    directions_R_3 = (plane_R_3 @ camera.pose[:3, :3].T @ unit_from_world).astype(np.float32)
    origins_R_3 = np.broadcast_to(origin_3.astype(np.float32), directions_R_3.shape)

    return tracer.intersect(origins_R_3, directions_R_3).face_N >= 0
