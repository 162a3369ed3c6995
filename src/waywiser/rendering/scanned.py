"""Scanned frames as the tasks look at them: labels, and how much of each object shows, from measured depth alone.

There is no mesh to compare with, so visibility is bounded from below: within the outline of an object's box, whatever
something nearer hides, no depth was measured for, or lies outside the picture counts as hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.frame import Frame
from waywiser.rendering.pointcloud import backproject
from waywiser.rendering.scan_outline import Outline, bordered, through
from waywiser.rendering.visibility import MIN_PIXELS, Visibility, nearest, ray_lengths
from waywiser.scenes.scans.kinds import BOXED, UNSURE
from waywiser.scenes.scans.read import NO_BOX, Scan, ScanFrame
from waywiser.scenes.scans.world import SMALLEST
from waywiser.scenes.scene import Box, Camera, Object

LEFT_OUT = 0.02
"""Share of an object's pixels that may be nearer than its "nearest": sensors blur edges and throw outliers."""
SKIN, SKIN_SHARE = 0.10, 0.02
"""Metres, and share of the depth, by which a pixel's point may miss its object's box."""
FLOOR_GAP = 0.03
"""Metres above a box's bottom below which a point is the floor's: boxes stand on it."""
BOX_SKIN = 0.02
"""Metres that a box is grown by, but downwards, where labels come from boxes."""
IN_BOX, MEASURED, CONTESTED = 0.7, 0.6, 0.05
"""Least share of an object's pixels in its box, and with a depth; most of its pixels that another box holds too."""
FILLED = 0.1
"""Least share of the rays through a box, unhidden, that end in it; tables and chairs let most rays through."""
BORDERED = 0.15
"""Share of an unboxed object's outline that may border on something nearer."""
LEAST_CHECKS = 6


@dataclass(frozen=True)
class ScannedFrame:
    """A frame with its truth; objects in `muted` are labelled, but not to be trusted in it: nothing asks about them."""

    frame: Frame
    camera: Camera
    muted: frozenset[int]


def measured_frame(rgb: NDArray[np.uint8], depth_mm: NDArray[np.uint16], ids: NDArray[np.int32]) -> Frame:
    """A `Frame` of what was stored: depth in metres, NaN where it is 0; ids -1 there where no object is known.

    Dark and shiny things have ids but no depth: people see them, so they must count as seen.
    """
    measured = depth_mm > 0
    depth = np.where(measured, depth_mm / np.float32(1000), np.float32(np.nan)).astype(np.float32)
    return Frame(rgb, depth, np.where(measured | (ids > 0), ids, -1).astype(np.int32))


def label(scan: Scan) -> list[ScannedFrame]:
    """All frames with ids, from instance ids or else from boxes, and which objects each frame cannot be trusted on.

    Objects of the scan that have no box get one round all that the frames show of them; those that no frame shows are
    taken out of the scan. Raises SceneError where boxes and depth contradict each other in most frames: then a pose,
    a unit or an axis is not what the scan says.
    """
    found = [_labelled(frame, scan) for frame in scan.frames]
    checks = [fits for _, several in found for fits in several]
    if len(checks) >= LEAST_CHECKS and sum(checks) < len(checks) / 2:
        raise SceneError(
            f"{scan.id}: in {len(checks) - sum(checks)} of {len(checks)} checks an object's depth lies outside its "
            "box: are the poses camera-to-world, OpenCV, in metres, and the depth in millimetres?"
        )
    frames = [frame for frame, _ in found]
    scan.objects = [thing for o in scan.objects if (thing := _bounded(o, frames)) is not None]
    return frames


def _bounded(thing: Object, frames: Sequence[ScannedFrame]) -> Object | None:
    """The object with a box: its own, or one round the inner 98 % of all its points; None where there are none."""
    if thing.box != NO_BOX:
        return thing
    seen = [backproject(f.frame.depth, f.camera)[(f.frame.ids == thing.id) & ~np.isnan(f.frame.depth)] for f in frames]
    points_P_3 = np.concatenate(seen)
    if not len(points_P_3):
        return None
    low, high = np.quantile(points_P_3, (0.01, 0.99), axis=0)
    middle, size = (low + high) / 2, np.maximum(high - low, SMALLEST)
    box = Box(center=(*map(float, middle),), size=(*map(float, size),))  # type: ignore[arg-type]
    return thing.model_copy(update={"box": box})


def _labelled(raw: ScanFrame, scan: Scan) -> tuple[ScannedFrame, list[bool]]:
    boxed = [thing for thing in scan.objects if thing.model == BOXED]
    if raw.ids is None:
        ids, muted = ids_from_boxes(raw.depth_mm, raw.camera, scan.objects)
    else:
        ids, muted = raw.ids, set[int]()
    muted |= _unmeasured(ids, raw.depth_mm)
    frame = measured_frame(raw.rgb, raw.depth_mm, ids)
    points = backproject(frame.depth, raw.camera)
    checks: list[bool] = []
    for thing in boxed:
        fits = _fits(thing, frame, raw.camera, points, from_boxes=raw.ids is None)
        if fits is not None:
            checks.append(fits)
            muted |= set() if fits else {thing.id}
    return ScannedFrame(frame, raw.camera, frozenset(muted)), checks


def _unmeasured(ids: NDArray[np.int32], depth_mm: NDArray[np.uint16]) -> set[int]:
    """Objects most of whose pixels have no depth."""
    total = np.bincount(ids.ravel())
    measured = np.bincount(ids.ravel(), weights=(depth_mm > 0).ravel())
    return {int(i) for i in np.flatnonzero((total > 0) & (measured < MEASURED * total)) if i > 0}


def _fits(
    thing: Object, frame: Frame, camera: Camera, points_H_W_3: NDArray[np.float64], *, from_boxes: bool
) -> bool | None:
    """Whether an object's depth lies in its box; None where the frame does not tell."""
    if from_boxes:
        outline = Outline.of(thing.box, camera)
        _, through, own = outline.against(frame, thing.id)
        return own >= FILLED * (own + through) if own + through >= MIN_PIXELS else None
    mask = (frame.ids == thing.id) & ~np.isnan(frame.depth)
    if mask.sum() < MIN_PIXELS:
        return None
    return bool(in_box(thing.box, points_H_W_3[mask], camera).mean() >= IN_BOX)


def in_box(box: Box, points_P_3: NDArray[np.float64], camera: Camera) -> NDArray[np.bool_]:
    """(P,) which world points lie in the box, grown by what a sensor may miss it by."""
    local = np.abs((points_P_3 - np.asarray(box.center)) @ box.axes)
    skin_P = SKIN + SKIN_SHARE * np.linalg.norm(points_P_3 - camera.position, axis=1)
    return (local <= np.asarray(box.size) / 2 + skin_P[:, None]).all(axis=1)


def ids_from_boxes(
    depth_mm: NDArray[np.uint16], camera: Camera, objects: Sequence[Object]
) -> tuple[NDArray[np.int32], set[int]]:
    """Ids (H, W) of the boxes that the pixels' points lie in, the smallest of several; where no depth was measured, of
    the first box that the pixel's ray meets, which may well be what gave no depth. And the objects in doubt: those
    that share more than 5 % of their pixels with another box.
    """
    depth = np.where(depth_mm > 0, depth_mm / 1000.0, np.nan).astype(np.float32)
    points_P_3 = backproject(depth, camera).reshape(-1, 3)
    ids_P = np.zeros(len(points_P_3), dtype=np.int32)
    holders_P = np.zeros(len(points_P_3), dtype=np.int32)
    inside: dict[int, NDArray[np.int64]] = {}
    for thing in sorted(objects, key=lambda t: (-float(np.prod(t.box.size)), t.id)):
        local_P_3 = (points_P_3 - np.asarray(thing.box.center)) @ thing.box.axes
        half_3 = np.asarray(thing.box.size) / 2
        with np.errstate(invalid="ignore"):
            held_P = (np.abs(local_P_3) <= half_3 + BOX_SKIN).all(axis=1) & (local_P_3[:, 2] >= FLOOR_GAP - half_3[2])
        inside[thing.id] = np.flatnonzero(held_P)
        ids_P[held_P] = thing.id  # smaller boxes come later
        holders_P[held_P] += 1
    _fill_gaps(ids_P, np.flatnonzero(depth_mm.ravel() == 0), camera, objects)
    contested = {i for i, held in inside.items() if len(held) and (holders_P[held] > 1).mean() > CONTESTED}
    return ids_P.reshape(depth_mm.shape), contested


def _fill_gaps(ids_P: NDArray[np.int32], gaps_G: NDArray[np.int64], camera: Camera, objects: Sequence[Object]) -> None:
    """Label pixels without a depth, in place, with the first box that their ray meets."""
    v_G, u_G = np.divmod(gaps_G, camera.width)
    first_G = np.full(len(gaps_G), np.inf)
    for thing in objects:
        enter_G, leave_G = through(thing.box, camera, u_G, v_G)
        nearer_G = (leave_G > np.maximum(enter_G, 0.0)) & (enter_G < first_G)
        first_G[nearer_G] = enter_G[nearer_G]
        ids_P[gaps_G[nearer_G]] = thing.id


def scanned_visibility(objects: Sequence[Object], scanned: ScannedFrame) -> dict[int, Visibility]:
    """`Visibility` by object id, for objects with at least one pixel.

    `fraction` is a lower bound, 0 for objects that are muted or unsure; `nearest_depth` and `nearest_distance` leave
    out the nearest 2 % of the pixels, and those outside the object's box.
    """
    frame, camera = scanned.frame, scanned.camera
    points = backproject(frame.depth, camera)
    scale = ray_lengths(camera)
    result: dict[int, Visibility] = {}
    for thing in objects:
        v_P, u_P = np.nonzero(frame.ids == thing.id)
        if not len(u_P):
            continue
        depth_P = frame.depth[v_P, u_P]
        own_P = in_box(thing.box, points[v_P, u_P], camera) if thing.model == BOXED else np.ones(len(u_P), bool)
        if not own_P.any():  # none is near its box: then it is muted
            own_P[:] = True
        trusted = thing.model != UNSURE and thing.id not in scanned.muted
        bbox = (int(u_P.min()), int(v_P.min()), int(u_P.max()) + 1, int(v_P.max()) + 1)
        result[thing.id] = Visibility(
            pixels=len(u_P),
            bbox=bbox,
            fraction=_unhidden(thing, frame, camera) if trusted and len(u_P) >= MIN_PIXELS else 0.0,
            truncated=_cut(thing, bbox, camera),
            nearest_depth=nearest(depth_P[own_P], LEFT_OUT),
            nearest_distance=nearest((depth_P * scale[v_P, u_P])[own_P], LEFT_OUT),
            centroid=(float(u_P.mean()) + 0.5, float(v_P.mean()) + 0.5),
        )
    return result


def _cut(thing: Object, bbox: tuple[int, int, int, int], camera: Camera) -> bool:
    """Whether the object touches the picture's edge, or its box reaches beyond."""
    if bbox[0] == 0 or bbox[1] == 0 or bbox[2] == camera.width or bbox[3] == camera.height:
        return True
    if thing.model != BOXED:
        return False
    if camera.to_camera(thing.box.corners)[:, 2].min() <= 0.05:
        return True
    pixels = camera.project(thing.box.corners)
    return bool((pixels < 0).any() or (pixels > (camera.width, camera.height)).any())


def _unhidden(thing: Object, frame: Frame, camera: Camera) -> float:
    if thing.model == BOXED:
        hidden, _, own = Outline.of(thing.box, camera).against(frame, thing.id)
        return own / max(1, own + hidden)
    mask = frame.ids == thing.id
    at_edge = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    return 1.0 if not at_edge and bordered(frame, thing.id) <= BORDERED else 0.0
