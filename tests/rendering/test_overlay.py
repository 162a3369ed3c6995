"""Pictures for pages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.errors import SceneError
from waywiser.rendering.overlay import colorize_depth, draw_boxes, draw_floor_plan, id_color


def test_box_is_drawn_on_its_bounds_and_nowhere_else() -> None:
    rgb = np.zeros((60, 80, 3), np.uint8)
    drawn = np.asarray(draw_boxes(rgb, [(3, (10, 20, 30, 40), "")]))
    np.testing.assert_array_equal(drawn[20, 10], id_color(3))
    np.testing.assert_array_equal(drawn[39, 29], id_color(3))
    assert not drawn[:20].any()
    assert not drawn[40:].any()
    assert not drawn[:, :10].any()
    assert not drawn[:, 30:].any()
    assert not drawn[25:35, 15:25].any()
    assert not rgb.any()


@given(st.integers(0, 79), st.integers(0, 59), st.text(max_size=30))
def test_labels_of_any_text_anywhere(u: int, v: int, text: str) -> None:
    image = draw_boxes(np.zeros((60, 80, 3), np.uint8), [(1, (u, v, u + 1, v + 1), text)])
    assert image.size == (80, 60)


def test_label_stays_inside_the_picture() -> None:
    image = np.asarray(
        draw_boxes(np.zeros((60, 200, 3), np.uint8), [(1, (190, 0, 200, 5), "armchair")])
    )
    assert image[5:13, 150:].any()


def test_depth_runs_from_pale_to_dark_and_nan_is_grey() -> None:
    depth = np.linspace(1, 5, 100, dtype=np.float32).reshape(10, 10)
    depth[0, 0] = np.nan
    rgb = np.asarray(colorize_depth(depth)).astype(int)
    assert tuple(rgb[0, 0]) == (128, 128, 128)
    brightness = rgb.sum(axis=-1).ravel()[1:]
    assert (np.diff(brightness) <= 1).all()
    assert brightness[0] > brightness[-1] + 300
    assert (np.asarray(colorize_depth(np.full((4, 5), np.nan, np.float32))) == 128).all()
    assert colorize_depth(np.ones((4, 5), np.float32)).size == (5, 4)


def test_plan_shows_objects_where_they_stand() -> None:
    item = rooms.thing(5, "box", (1.0, 1.5, 0.5), (0.8, 0.8, 1.0))
    image = draw_floor_plan(rooms.scene(item), rooms.camera(), width=300, labels=False)
    rgb = np.asarray(image).astype(int)
    scale = (300 - 28) / 4
    assert image.size == (300, round(6 * scale) + 28)
    row = round(image.height - (14 + (1.5 + 0.2 + 3) * scale))
    column = round(14 + (1.0 + 2) * scale)
    np.testing.assert_allclose(rgb[row, column], id_color(5), atol=6)
    camera_row = round(image.height - (14 + 0.5 * scale))
    camera_column = round(14 + 2 * scale)
    np.testing.assert_allclose(rgb[camera_row, camera_column], (200, 30, 30), atol=6)


def test_plan_needs_a_room() -> None:
    with pytest.raises(SceneError):
        draw_floor_plan(rooms.scene(rooms=()))


def test_id_colours_differ() -> None:
    assert len({id_color(i) for i in range(1, 60)}) == 59
