"""Real sensors through the same geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.errors import SceneError
from waywiser.rendering import backproject
from waywiser.rendering.rgbd import (
    MOTORCYCLE_CALIBRATION,
    StereoCalibration,
    depth_from_disparity,
    frame_from_depth,
    frame_from_disparity,
)
from waywiser.rendering.visibility import ray_lengths, robust_min

CALIBRATION = StereoCalibration(fx=500.0, fy=510.0, cx=10.0, cy=8.0, baseline=0.2, doffs=5.0)
GREY = np.full((16, 20, 3), 128, np.uint8)


@given(st.floats(0.3, 30.0))
def test_disparity_gives_back_depth(depth: float) -> None:
    disparity = np.full((16, 20), 0.2 * 500.0 / depth - 5.0)
    frame, camera = frame_from_disparity(GREY, disparity, CALIBRATION)
    np.testing.assert_allclose(frame.depth, depth, rtol=1e-6)
    points = backproject(frame.depth, camera)
    np.testing.assert_allclose(points[..., 1], depth, rtol=1e-6)  # +Y is forward
    assert (np.diff(points[:, 0, 2]) < 0).all()  # lower rows lie lower
    assert (np.diff(points[0, :, 0]) > 0).all()
    np.testing.assert_allclose(points[8, 10, [0, 2]], 0, atol=1e-12)  # the principal point's pixel


def test_invalid_disparities_are_nan() -> None:
    disparity = np.array([[np.nan, np.inf, -np.inf, -5.0, -6.0, 0.0]])
    depth = depth_from_disparity(disparity, CALIBRATION)
    np.testing.assert_array_equal(np.isnan(depth), [[True, True, True, True, True, False]])
    frame, _ = frame_from_disparity(np.zeros((1, 6, 3), np.uint8), disparity, CALIBRATION)
    np.testing.assert_array_equal(frame.ids, [[-1, -1, -1, -1, -1, 0]])


def test_ids_are_kept_where_depth_is() -> None:
    depth = np.full((16, 20), 2.0)
    ids = np.ones((16, 20), int)
    depth[0, 0], depth[1, 1] = 0.0, -1.0
    frame, _ = frame_from_depth(GREY, depth, fx=100, fy=100, cx=9.5, cy=7.5, ids=ids)
    assert frame.ids[0, 0] == frame.ids[1, 1] == -1
    assert (frame.ids == 1).sum() == 318
    assert depth[0, 0] == 0.0  # the caller's array is left alone


@pytest.mark.parametrize(
    ("rgb", "depth", "fx"),
    [
        (GREY, np.ones((5, 5)), 100.0),
        (GREY.astype(float), np.ones((16, 20)), 100.0),
        (GREY[..., 0], np.ones((16, 20)), 100.0),
        (GREY[:0], np.ones((0, 20)), 100.0),
        (GREY, np.ones((16, 20)), 0.0),
        (GREY, np.ones((16, 20)), float("nan")),
    ],
)
def test_bad_pictures(rgb, depth, fx) -> None:
    with pytest.raises(SceneError):
        frame_from_depth(rgb, depth, fx=fx, fy=100.0, cx=0.0, cy=0.0)
    with pytest.raises(SceneError):
        frame_from_depth(
            GREY, np.ones((16, 20)), fx=1.0, fy=1.0, cx=0.0, cy=0.0, ids=np.ones((3, 3))
        )


def test_middlebury_motorcycle() -> None:
    """The scene's true depths, 2.11 to 5.02 m, through our projection and distance code."""
    data = pytest.importorskip("skimage.data", reason="needs the dev extra")
    left, _, disparity = data.stereo_motorcycle()
    frame, camera = frame_from_disparity(left, disparity, MOTORCYCLE_CALIBRATION)
    assert frame.depth.shape == (500, 741)
    assert np.isnan(frame.depth).mean() == pytest.approx(0.0735, abs=0.001)
    assert np.nanmin(frame.depth) == pytest.approx(2.110, abs=0.001)
    assert np.nanmax(frame.depth) == pytest.approx(5.017, abs=0.001)
    points = backproject(frame.depth, camera)
    measured = ~np.isnan(frame.depth)
    rows, columns = np.nonzero(measured)
    np.testing.assert_allclose(
        camera.project(points[measured]), np.stack([columns, rows], 1) + 0.5, atol=1e-6
    )
    distance = frame.depth * ray_lengths(camera)
    np.testing.assert_allclose(
        distance[measured], np.linalg.norm(points[measured] - camera.position, axis=1), rtol=1e-5
    )
    assert robust_min(distance.ravel()) < robust_min(frame.depth.ravel()) * 1.2
