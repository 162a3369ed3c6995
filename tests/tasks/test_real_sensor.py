"""The same code path on a real depth map: Middlebury 2014 "Motorcycle", which scikit-image carries.

Depth in closed form from the ground-truth disparity d: Z = f * B / (d + doffs).
"""

from collections.abc import Callable

import numpy as np
import pytest

from waywiser.tasks._base import View
from waywiser.tasks.registry import TASKS

FOCAL, BASELINE, OFFSET = 994.978, 0.193001, 31.086
NAMED = {"tank": (330, 190, 460, 240), "bench": (70, 105, 260, 128), "carton": (540, 40, 580, 90)}


def measured(disparity_H_W: np.ndarray) -> np.ndarray:
    """Disparities as float64, NaN where the sensor has none (it writes infinity there)."""
    return np.where(np.isfinite(disparity_H_W), disparity_H_W, np.nan).astype(np.float64)


@pytest.fixture
def view(sensor_view: Callable[..., View]) -> View:
    data = pytest.importorskip("skimage.data", reason="scikit-image carries the real picture")
    disparity = measured(data.stereo_motorcycle()[2])
    depth = (FOCAL * BASELINE / (disparity + OFFSET)).astype(np.float32)
    return sensor_view(depth, NAMED, FOCAL)


def truth(view: View, category: str) -> float:
    """Nearest distance in the rectangle, straight from the disparity."""
    u0, v0, u1, v1 = NAMED[category]
    from skimage.data import stereo_motorcycle

    disparity = measured(stereo_motorcycle()[2])[v0:v1, u0:u1]
    u, v = np.meshgrid(np.arange(u0, u1) + 0.5, np.arange(v0, v1) + 0.5)
    camera = view.camera
    rays = np.sqrt(1 + ((u - camera.cx) / FOCAL) ** 2 + ((v - camera.cy) / FOCAL) ** 2)
    return float(np.nanmin(FOCAL * BASELINE / (disparity + OFFSET) * rays))


def test_distances_agree_with_the_closed_form_within_rounding(view: View) -> None:
    found = {d.topic: d for d in TASKS["camera_distance"].questions(view, np.random.default_rng(0))}
    assert set(found) == set(NAMED)
    for category, draft in found.items():
        exact = truth(view, category)
        assert draft.program.inputs["exact_m"] == pytest.approx(exact, rel=0.01)
        assert isinstance(draft.answer.value, float)
        assert abs(draft.answer.value - exact) <= 0.05 + 0.01 * exact


def test_depth_order_agrees_with_the_closed_form(view: View) -> None:
    found = TASKS["depth_order"].questions(view, np.random.default_rng(0))
    pairs = {tuple(sorted(d.answer.options or [])) for d in found}
    assert ("carton", "tank") in pairs
    assert ("bench", "tank") in pairs
    for draft in found:
        assert draft.answer.value == min(draft.answer.options or [], key=lambda c: truth(view, c))


def test_left_and_right_are_as_in_the_photograph(view: View) -> None:
    for draft in TASKS["left_right"].questions(view, np.random.default_rng(0)):
        a, b = (view.object(i).category for i in draft.program.inputs["objects"])
        assert draft.answer.value == ("left" if NAMED[a][0] < NAMED[b][0] else "right")
