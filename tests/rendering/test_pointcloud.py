"""Back-projection is the inverse of projection."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import box_rooms as rooms
from waywiser.errors import SceneError
from waywiser.rendering import backproject

coordinate = st.floats(-3, 3)


@given(coordinate, coordinate, st.floats(0.3, 2.2), st.floats(-1, 1), st.floats(0.3, 2.0))
def test_inverse_of_project(x, y, z, roll, fov) -> None:
    camera = rooms.camera(
        position=(x, y, z), target=(x + 0.5, y + 2, z - 0.3), fov=fov, roll=roll, width=12, height=9
    )
    depth = np.linspace(0.5, 8, 108, dtype=np.float32).reshape(9, 12)
    points = backproject(depth, camera).reshape(-1, 3)
    u, v = np.meshgrid(np.arange(12) + 0.5, np.arange(9) + 0.5)
    np.testing.assert_allclose(
        camera.project(points), np.stack([u.ravel(), v.ravel()], 1), atol=1e-6
    )
    np.testing.assert_allclose(camera.to_camera(points)[:, 2], depth.ravel(), rtol=1e-6)


def test_nan_stays_nan_and_sizes_must_match() -> None:
    camera = rooms.camera(width=4, height=3)
    depth = np.ones((3, 4), np.float32)
    depth[1, 2] = np.nan
    points = backproject(depth, camera)
    assert np.isnan(points[1, 2]).all()
    assert np.isfinite(points).all(axis=-1).sum() == 11
    with pytest.raises(SceneError, match="match"):
        backproject(np.ones((4, 3), np.float32), camera)
