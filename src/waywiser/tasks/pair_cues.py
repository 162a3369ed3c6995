"""What two images of a place show of a camera's move: how things common to both shift and grow."""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from waywiser.scenes.scene import Object
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.visible_objects import View, is_visible
from waywiser.tasks.visual_cues import image_span

MIN_GROWTH = 1.1
"""Factor by which a thing must look larger, to say that it grows."""
MIN_PARALLAX = 4
"""Percent of the image width by which a near thing must shift more than a far one."""
MIN_DEPTH_RATIO = 1.3
"""Factor by which the far thing must be farther than the near one."""


def common_objects(clip_view: ClipView, a: int, b: int) -> list[Object]:
    """Objects with a word of their own that both frames surely show and that do not move."""
    one, two = (clip_view.views[i] for i in (a, b))
    return [
        obj
        for obj in static_objects(clip_view, (a, b))
        if is_visible(one, obj.id) and is_visible(two, obj.id)
    ]


def shows_whole(view: View, obj: Object) -> bool:
    """Whether the object's size in the image can be read: not cut off, and hardly hidden."""
    seen = view.visible[obj.id]
    return not seen.truncated and seen.fraction >= 0.6


def growth_cues(clip_view: ClipView, a: int, b: int) -> Iterator[tuple[Object, int, int]]:
    """Objects whose height in percent of the image differs clearly between two frames.

    Yields:
        The object and its height in the first and in the second image, the plainest change first.
    """
    one, two = (clip_view.views[i] for i in (a, b))
    heights = [
        (obj, image_span(one, obj.id).height, image_span(two, obj.id).height)
        for obj in common_objects(clip_view, a, b)
        if shows_whole(one, obj) and shows_whole(two, obj)
    ]
    clear = [
        item
        for item in heights
        if min(item[1:]) >= 4 and max(item[1:]) >= MIN_GROWTH * min(item[1:])
    ]
    yield from sorted(clear, key=lambda item: -max(item[1:]) / min(item[1:]))


def parallax_cues(
    clip_view: ClipView, a: int, b: int
) -> Iterator[tuple[Object, Object, tuple[int, int], tuple[int, int]]]:
    """Pairs of a near and a far object of which the near one shifts more between two frames.

    Yields:
        The near and the far object, and for each its middles across the first and the second
        image in percent of the width, the plainest first.
    """
    one, two = (clip_view.views[i] for i in (a, b))
    objects = [
        obj
        for obj in common_objects(clip_view, a, b)
        if shows_whole(one, obj) and shows_whole(two, obj)
    ]
    depth = {obj.id: middle_depth_of(one, obj) for obj in objects}
    places = {obj.id: (image_span(one, obj.id).x, image_span(two, obj.id).x) for obj in objects}
    pairs = [
        (near, far, places[near.id], places[far.id])
        for near, far in permutations(objects, 2)
        if depth[far.id] >= MIN_DEPTH_RATIO * depth[near.id]
        and abs(relative_shift(places[near.id], places[far.id])) >= MIN_PARALLAX
    ]
    yield from sorted(pairs, key=lambda pair: -abs(relative_shift(pair[2], pair[3])))


def relative_shift(near: tuple[int, int], far: tuple[int, int]) -> int:
    """Percent of the width by which the near thing moves to the right of the far one."""
    return (near[1] - near[0]) - (far[1] - far[0])


def middle_depth_of(view: View, obj: Object) -> float:
    """Depth of the middle of an object's box along the optical axis, in meters."""
    return float(view.camera.to_camera(np.asarray(obj.box.center)[None])[0, 2])
