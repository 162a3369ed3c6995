"""Labels of scanned frames and the visibility of their objects, from measured depth only.

There is no mesh to compare with, so visibility is bounded from below: within the outline of an
object's box, pixels that are occluded, unmeasured or outside the picture count as hidden.

Dimensions: P pixels, G pixels without a depth, H image height, W image width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.frame import Frame
from waywiser.rendering.pointcloud import backproject
from waywiser.rendering.scan_outline import BoxRays, intersect_box, occluded_border_share
from waywiser.rendering.visibility import MIN_PIXELS, Visibility, ray_lengths, robust_min
from waywiser.scenes.scans.box_kinds import AMBIGUOUS, MEASURED_BOX
from waywiser.scenes.scans.coordinates import MIN_BOX_SIDE
from waywiser.scenes.scans.scan_objects import NO_BOX
from waywiser.scenes.scans.scan_reader import Scan, ScanFrame
from waywiser.scenes.scene import Box, Camera, Object

OUTLIER_SHARE = 0.02
"""Share of an object's pixels that are ignored as too near: sensors blur edges."""
BOX_TOLERANCE = 0.10
"""Meters by which a point may be outside its object's box."""
RELATIVE_BOX_TOLERANCE = 0.02
"""Share of the distance that is added to `BOX_TOLERANCE`."""
MIN_FLOOR_GAP = 0.03
"""Meters above a box's bottom below which a point belongs to the floor."""
BOX_MARGIN = 0.02
"""Meters by which boxes are grown, except downwards, if labels come from boxes."""
MIN_IN_BOX_SHARE = 0.7
"""Least share of an object's pixels that must be in its box."""
MIN_MEASURED_SHARE = 0.6
"""Least share of an object's pixels that must have a depth."""
MAX_CONTESTED_SHARE = 0.05
"""Greatest share of an object's pixels that may be in another box too."""
MIN_FILLED_SHARE = 0.1
"""Least share of the unhidden rays through a box that must end in it.

It is low, because tables and chairs let most rays through.
"""
MAX_OCCLUDED_BORDER = 0.15
"""Greatest share of an unboxed object's outline that may border on something nearer."""
MIN_CHECKS = 6
"""Checks of boxes against depth below which a scan is not judged."""


@dataclass(frozen=True)
class LabeledFrame:
    """A frame with its labels; those of `muted` objects are not reliable and not asked about."""

    frame: Frame
    camera: Camera
    muted: frozenset[int]


def frame_from_scan(
    rgb: NDArray[np.uint8], depth_mm: NDArray[np.uint16], ids: NDArray[np.int32]
) -> Frame:
    """A `Frame` of a stored frame: depth in meters (NaN for 0), id -1 there if no object is known.

    Dark and shiny objects have ids but no depth. People see them, so they count as visible.
    """
    measured = depth_mm > 0
    depth = np.where(measured, depth_mm / np.float32(1000), np.float32(np.nan)).astype(np.float32)
    return Frame(rgb, depth, np.where(measured | (ids > 0), ids, -1).astype(np.int32))


def label_frames(scan: Scan) -> list[LabeledFrame]:
    """All frames with ids, from instance ids or else from boxes, and their unreliable objects.

    Objects of the scan without a box get one around everything that the frames show of them; those
    that no frame shows are removed from the scan. Raises SceneError if boxes and depth contradict
    each
    other in most frames: then a pose, a unit or an axis is not what the scan says.
    """
    labeled = [_label_frame(frame, scan) for frame in scan.frames]
    checks = [fits for _, object_checks in labeled for fits in object_checks]
    if len(checks) >= MIN_CHECKS and sum(checks) < len(checks) / 2:
        raise SceneError(
            f"{scan.id}: in {len(checks) - sum(checks)} of {len(checks)} checks an object's depth"
            " lies outside its box: are the poses camera-to-world, OpenCV, in metres, and the"
            " depth in millimetres?"
        )

    frames = [frame for frame, _ in labeled]
    scan.objects = [obj for o in scan.objects if (obj := _with_observed_box(o, frames)) is not None]
    return frames


def _with_observed_box(obj: Object, frames: Sequence[LabeledFrame]) -> Object | None:
    """The object with its box, or one around the inner 98 % of its points; None without points."""
    if obj.box != NO_BOX:
        return obj

    points_by_frame = [
        backproject(f.frame.depth, f.camera)[(f.frame.ids == obj.id) & ~np.isnan(f.frame.depth)]
        for f in frames
    ]

    points_P_3 = np.concatenate(points_by_frame)
    if not len(points_P_3):
        return None

    low, high = np.quantile(points_P_3, (0.01, 0.99), axis=0)
    middle = (low + high) / 2
    size = np.maximum(high - low, MIN_BOX_SIDE)
    box = Box(center=(*map(float, middle),), size=(*map(float, size),))  # type: ignore[arg-type]

    return obj.model_copy(update={"box": box})


def _label_frame(raw: ScanFrame, scan: Scan) -> tuple[LabeledFrame, list[bool]]:
    boxed = [obj for obj in scan.objects if obj.model == MEASURED_BOX]

    if raw.ids is None:
        ids, muted = ids_from_boxes(raw.depth_mm, raw.camera, scan.objects)
    else:
        ids = raw.ids
        muted = set[int]()

    muted |= _mostly_unmeasured(ids, raw.depth_mm)
    frame = frame_from_scan(raw.rgb, raw.depth_mm, ids)
    points = backproject(frame.depth, raw.camera)
    checks: list[bool] = []

    for obj in boxed:
        fits = _depth_fits_box(obj, frame, raw.camera, points, from_boxes=raw.ids is None)
        if fits is not None:
            checks.append(fits)
            muted |= set() if fits else {obj.id}

    return LabeledFrame(frame, raw.camera, frozenset(muted)), checks


def _mostly_unmeasured(ids: NDArray[np.int32], depth_mm: NDArray[np.uint16]) -> set[int]:
    """Objects most of whose pixels have no depth."""
    total = np.bincount(ids.ravel())
    measured = np.bincount(ids.ravel(), weights=(depth_mm > 0).ravel())

    return {
        int(i)
        for i in np.flatnonzero((total > 0) & (measured < MIN_MEASURED_SHARE * total))
        if i > 0
    }


def _depth_fits_box(
    obj: Object,
    frame: Frame,
    camera: Camera,
    points_H_W_3: NDArray[np.float64],
    *,
    from_boxes: bool,
) -> bool | None:
    """Whether an object's depth is in its box; None if the frame does not show enough of it."""
    if from_boxes:
        outline = BoxRays.of(obj.box, camera)
        _, through, on_object = outline.classify(frame, obj.id)

        return (
            on_object >= MIN_FILLED_SHARE * (on_object + through)
            if on_object + through >= MIN_PIXELS
            else None
        )

    mask = (frame.ids == obj.id) & ~np.isnan(frame.depth)
    if mask.sum() < MIN_PIXELS:
        return None

    return bool(is_in_box(obj.box, points_H_W_3[mask], camera).mean() >= MIN_IN_BOX_SHARE)


def is_in_box(box: Box, points_P_3: NDArray[np.float64], camera: Camera) -> NDArray[np.bool_]:
    """Which world points (P,) are in the box, grown by the sensor's tolerance."""
    local = np.abs((points_P_3 - np.asarray(box.center)) @ box.axes)
    skin_P = BOX_TOLERANCE + RELATIVE_BOX_TOLERANCE * np.linalg.norm(
        points_P_3 - camera.position, axis=1
    )
    return (local <= np.asarray(box.size) / 2 + skin_P[:, None]).all(axis=1)


def ids_from_boxes(
    depth_mm: NDArray[np.uint16], camera: Camera, objects: Sequence[Object]
) -> tuple[NDArray[np.int32], set[int]]:
    """Ids (H, W) from boxes, and the ids of ambiguous objects.

    A pixel with depth belongs to the smallest box that its point is in; one without depth to the
    first
    box that its ray hits, which may well be the reason for the missing depth. Objects are ambiguous
    if
    they share more than `MAX_CONTESTED_SHARE` of their pixels with another box.
    """
    depth = np.where(depth_mm > 0, depth_mm / 1000.0, np.nan).astype(np.float32)
    points_P_3 = backproject(depth, camera).reshape(-1, 3)
    ids_P = np.zeros(len(points_P_3), dtype=np.int32)
    holders_P = np.zeros(len(points_P_3), dtype=np.int32)
    inside: dict[int, NDArray[np.int64]] = {}

    for obj in sorted(objects, key=lambda t: (-float(np.prod(t.box.size)), t.id)):
        local_P_3 = (points_P_3 - np.asarray(obj.box.center)) @ obj.box.axes
        half_3 = np.asarray(obj.box.size) / 2

        with np.errstate(invalid="ignore"):
            inside_P = (np.abs(local_P_3) <= half_3 + BOX_MARGIN).all(axis=1) & (
                local_P_3[:, 2] >= MIN_FLOOR_GAP - half_3[2]
            )

        inside[obj.id] = np.flatnonzero(inside_P)
        ids_P[inside_P] = obj.id  # smaller boxes come later
        holders_P[inside_P] += 1

    _fill_gaps(ids_P, np.flatnonzero(depth_mm.ravel() == 0), camera, objects)
    contested = {
        i
        for i, pixels_of_object in inside.items()
        if len(pixels_of_object) and (holders_P[pixels_of_object] > 1).mean() > MAX_CONTESTED_SHARE
    }

    return ids_P.reshape(depth_mm.shape), contested


def _fill_gaps(
    ids_P: NDArray[np.int32], gaps_G: NDArray[np.int64], camera: Camera, objects: Sequence[Object]
) -> None:
    """Label pixels without a depth, in place, with the first box that their ray meets."""
    v_G, u_G = np.divmod(gaps_G, camera.width)
    first_G = np.full(len(gaps_G), np.inf)

    for obj in objects:
        enter_G, leave_G = intersect_box(obj.box, camera, u_G, v_G)
        nearer_G = (leave_G > np.maximum(enter_G, 0.0)) & (enter_G < first_G)
        first_G[nearer_G] = enter_G[nearer_G]
        ids_P[gaps_G[nearer_G]] = obj.id


def scanned_visibility(objects: Sequence[Object], scanned: LabeledFrame) -> dict[int, Visibility]:
    """`Visibility` by object id, for objects with at least one pixel.

    `fraction` is a lower bound, 0 for objects that are muted or unsure; `nearest_depth` and
    `nearest_distance` leave out the nearest 2 % of the pixels, and those outside the object's box.
    """
    frame = scanned.frame
    camera = scanned.camera
    points = backproject(frame.depth, camera)
    scale = ray_lengths(camera)
    result: dict[int, Visibility] = {}

    for obj in objects:
        v_P, u_P = np.nonzero(frame.ids == obj.id)
        if not len(u_P):
            continue

        depth_P = frame.depth[v_P, u_P]
        in_box_P = (
            is_in_box(obj.box, points[v_P, u_P], camera)
            if obj.model == MEASURED_BOX
            else np.ones(len(u_P), bool)
        )
        if not in_box_P.any():  # none is near its box: then it is muted
            in_box_P[:] = True

        trusted = obj.model != AMBIGUOUS and obj.id not in scanned.muted
        bbox = (int(u_P.min()), int(v_P.min()), int(u_P.max()) + 1, int(v_P.max()) + 1)
        result[obj.id] = Visibility(
            pixels=len(u_P),
            bbox=bbox,
            fraction=(
                _visible_fraction(obj, frame, camera) if trusted and len(u_P) >= MIN_PIXELS else 0.0
            ),
            truncated=_is_truncated(obj, bbox, camera),
            nearest_depth=robust_min(depth_P[in_box_P], OUTLIER_SHARE),
            nearest_distance=robust_min((depth_P * scale[v_P, u_P])[in_box_P], OUTLIER_SHARE),
            centroid=(float(u_P.mean()) + 0.5, float(v_P.mean()) + 0.5),
        )

    return result


def _is_truncated(obj: Object, bbox: tuple[int, int, int, int], camera: Camera) -> bool:
    """Whether the object touches the picture's edge, or its box reaches beyond."""
    if bbox[0] == 0 or bbox[1] == 0 or bbox[2] == camera.width or bbox[3] == camera.height:
        return True
    if obj.model != MEASURED_BOX:
        return False
    if camera.to_camera(obj.box.corners)[:, 2].min() <= 0.05:
        return True

    pixels = camera.project(obj.box.corners)
    return bool((pixels < 0).any() or (pixels > (camera.width, camera.height)).any())


def _visible_fraction(obj: Object, frame: Frame, camera: Camera) -> float:
    if obj.model == MEASURED_BOX:
        hidden, _, on_object = BoxRays.of(obj.box, camera).classify(frame, obj.id)
        return on_object / max(1, on_object + hidden)

    mask = frame.ids == obj.id
    at_edge = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    return (
        1.0 if not at_edge and occluded_border_share(frame, obj.id) <= MAX_OCCLUDED_BORDER else 0.0
    )
