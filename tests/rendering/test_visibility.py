"""What can be seen of an object, against counts made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.rendering import MeshCache, RenderOptions, RoomRenderer, visibility
from waywiser.rendering.visibility import MIN_PIXELS, ray_lengths, robust_min

MODELS = rooms.Models()


def look(*objects, camera=None, models=MODELS, **changes):
    scene = rooms.scene(*objects, **changes)
    camera = camera or rooms.camera()
    renderer = RoomRenderer(scene, models)
    frame = renderer.render(camera, RenderOptions(rgb=False))
    return visibility(scene, camera, frame, renderer), frame


def test_whole_object() -> None:
    seen, frame = look(rooms.thing(4, "box", (0, 0.5, 1), (1, 1, 1)))
    assert seen.keys() == {4}
    v = seen[4]
    rows, columns = np.nonzero(frame.ids == 4)
    assert v.pixels == len(rows)
    assert v.bbox == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert v.fraction == 1.0
    assert not v.truncated
    assert v.nearest_depth == pytest.approx(2.5, abs=1e-5)
    assert v.nearest_distance == pytest.approx(2.5, abs=1e-3)
    assert v.centroid == pytest.approx((80, 60), abs=1e-6)


def test_half_hidden_object() -> None:
    behind = rooms.thing(1, "box", (0, 1, 1), (1, 0.1, 1))
    hides_right_half = rooms.thing(2, "box", (0.5, 0, 1), (1, 0.1, 2))
    seen, _ = look(behind, hides_right_half)
    assert seen[1].fraction == pytest.approx(0.5, abs=0.05)
    assert seen[2].fraction == 1.0
    assert not seen[1].truncated


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-1.2, 1.2), width=st.floats(0.2, 1.5))
def test_fraction_agrees_with_counting_every_pixel(x: float, width: float) -> None:
    behind = rooms.thing(1, "sphere", (0, 1, 1), (1, 1, 1))
    cover = rooms.thing(2, "box", (x, 0, 1), (width, 0.1, 1.8))
    alone, _ = look(behind)
    seen, _ = look(behind, cover)
    expected = seen[1].pixels / alone[1].pixels if 1 in seen else 0.0
    if 1 in seen and seen[1].pixels >= MIN_PIXELS:
        assert seen[1].fraction == pytest.approx(expected, abs=0.06)


def test_object_cut_by_the_frame() -> None:
    camera = rooms.camera(width=160, height=120)
    # Its near face is 2.4 m ahead; the frame's right edge there lies at x = 2.4 * tan(0.6) = 1.642.
    edge = 2.4 * np.tan(0.6)
    seen, _ = look(rooms.thing(1, "box", (edge, -0.05, 1), (0.6, 0.1, 0.6)), camera=camera)
    assert seen[1].truncated
    assert seen[1].fraction == pytest.approx(0.5, abs=0.08)
    assert seen[1].bbox[2] == 160


def test_just_inside_the_frame_is_not_truncated() -> None:
    edge = 2.4 * np.tan(0.6)
    seen, _ = look(rooms.thing(1, "box", (edge - 0.31, -0.05, 1), (0.6, 0.1, 0.6)))
    assert not seen[1].truncated
    assert seen[1].fraction == 1.0


def test_object_beside_the_camera_reaches_behind_it() -> None:
    seen, _ = look(rooms.thing(1, "box", (0, -1.5, 0.2), (0.5, 2.6, 0.4)))
    assert seen[1].truncated
    assert 0 < seen[1].fraction < 1


def test_small_object_counts_as_hidden() -> None:
    seen, frame = look(rooms.thing(1, "box", (0, 2, 1), (0.06, 0.06, 0.06)))
    assert 0 < (frame.ids == 1).sum() < MIN_PIXELS
    assert seen[1].fraction == 0.0


def test_turned_and_stretched_object_is_traced_in_its_own_box() -> None:
    seen, _ = look(rooms.thing(1, "sphere", (0.4, 0.7, 0.9), (1.3, 0.3, 0.5), 0.8))
    assert seen[1].fraction == 1.0


def test_glass_does_not_hide() -> None:
    behind = rooms.thing(1, "box", (0, 1, 1), (1, 0.1, 1))
    pane = rooms.thing(2, "glass", (0, 0, 1), (2, 0.02, 2))
    seen, _ = look(behind, pane)
    assert seen.keys() == {1}
    assert seen[1].fraction == 1.0


def test_empty_room_shows_nothing() -> None:
    seen, _ = look()
    assert seen == {}


def test_nearest_is_the_minimum_of_few_and_robust_for_many() -> None:
    assert robust_min(np.array([3, 1, 2], np.float32)) == 1.0
    many = np.full(1000, 2.0, np.float32)
    many[:3] = 0.1
    assert robust_min(many) == 2.0
    assert robust_min(np.array([np.nan, 4.0], np.float32)) == 4.0
    assert np.isnan(robust_min(np.array([np.nan], np.float32)))


def test_nearest_distance_is_euclidean() -> None:
    seen, _ = look(rooms.thing(1, "box", (1.0, -0.05, 1), (0.2, 0.1, 0.2)))
    corner = np.array([0.9, -0.1, 1.0])
    expected = np.linalg.norm(corner - np.array([0, -2.5, 1]))
    assert seen[1].nearest_distance == pytest.approx(expected, rel=0.01)
    assert seen[1].nearest_depth == pytest.approx(2.4, abs=1e-4)
    assert ray_lengths(rooms.camera()).min() == pytest.approx(1, abs=1e-3)


def test_cache_gives_the_same_answers_and_stays_small() -> None:
    cache = MeshCache(MODELS, max_faces=30)
    objects = [
        rooms.thing(i + 1, m, (i - 1, 0.5, 1), (0.5, 0.5, 0.5))
        for i, m in enumerate(("box", "sphere", "sheet"))
    ]
    first, _ = look(*objects, models=cache)
    again, _ = look(*objects, models=cache)
    fresh, _ = look(*objects)
    assert first == again == fresh
    assert cache.mesh("box") is MODELS.mesh("box")
    assert len(cache) <= 2
