"""The same code path on a real depth map: Middlebury 2014 "Motorcycle", which scikit-image carries.

Distance in closed form from the ground-truth disparity d: Z = f * B / (d + doffs), times the ray's
length.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import stereo_motorcycle

from waywiser.rendering.rgbd import MOTORCYCLE_CALIBRATION, frame_from_disparity
from waywiser.tasks.base import MAX_QUESTIONS, View
from waywiser.tasks.registry import TASKS as ALL_TASKS

TASKS: dict[str, Any] = dict(ALL_TASKS)

NAMED = {"tank": (330, 190, 460, 240), "bench": (70, 105, 260, 128), "carton": (540, 40, 580, 90)}
"""Rectangles (u0, v0, u1, v1) that show one thing each."""


@pytest.fixture(scope="module")
def pair() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    left, _, disparity = stereo_motorcycle()
    return left, disparity


@pytest.fixture
def view(
    pair: tuple[NDArray[np.uint8], NDArray[np.float32]], sensor_view: Callable[..., View]
) -> View:
    left, disparity = pair
    ids = np.zeros(disparity.shape, np.int32)
    for number, (u0, v0, u1, v1) in enumerate(NAMED.values(), start=1):
        ids[v0:v1, u0:u1] = number
    frame, camera = frame_from_disparity(left, disparity, MOTORCYCLE_CALIBRATION, ids)
    return sensor_view(frame, camera, list(NAMED))


@pytest.fixture
def truth(pair: tuple[NDArray[np.uint8], NDArray[np.float32]]) -> dict[str, tuple[float, float]]:
    """Nearest distance in each rectangle and the nearest but 1 %, in metres, straight from the
    disparity.
    """
    found = {}
    for name, (u0, v0, u1, v1) in NAMED.items():
        disparity = pair[1][v0:v1, u0:u1].astype(np.float64)
        u, v = np.meshgrid(np.arange(u0, u1), np.arange(v0, v1))
        rays = np.sqrt(1 + ((u - 311.193) / 994.978) ** 2 + ((v - 254.877) / 994.978) ** 2)
        distance = 994.978 * 0.193001 / (disparity + 31.086) * rays
        measured = distance[np.isfinite(disparity)]
        found[name] = (float(measured.min()), float(np.quantile(measured, 0.01)))
    return found


def test_distances_agree_with_the_closed_form(
    view: View, truth: dict[str, tuple[float, float]]
) -> None:
    found = {
        d.subject: d
        for d in list(TASKS["camera_distance"].propose(view, np.random.default_rng(0)))[
            :MAX_QUESTIONS
        ]
    }
    assert set(found) == set(NAMED)
    for category, question in found.items():
        nearest, nearly = truth[category]
        assert nearest - 1e-4 <= question.program.inputs["exact_m"] <= nearly + 1e-4
        assert isinstance(question.answer.value, float)
        assert nearest - 0.0501 <= question.answer.value <= nearly + 0.0501


def test_depth_order_agrees_with_the_closed_form(
    view: View, truth: dict[str, tuple[float, float]]
) -> None:
    found = list(TASKS["depth_order"].propose(view, np.random.default_rng(0)))[:MAX_QUESTIONS]
    pairs = {tuple(sorted(d.answer.options or [])) for d in found}
    assert {("carton", "tank"), ("bench", "tank")} <= pairs
    for question in found:
        assert question.answer.value == min(question.answer.options or [], key=truth.__getitem__)


def test_left_and_right_are_as_in_the_photograph(view: View) -> None:
    found = list(TASKS["left_right"].propose(view, np.random.default_rng(0)))[:MAX_QUESTIONS]
    assert len(found) >= 2
    for question in found:
        a, b = (view.object(i).category for i in question.program.inputs["objects"])
        assert question.answer.value == ("left" if NAMED[a][0] < NAMED[b][0] else "right")
