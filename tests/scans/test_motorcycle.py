"""A real photograph with measured depth through the folder format: Middlebury 2014 "Motorcycle".

What is true is told from the disparity in closed form: Z = f B / (d + doffs), times the ray's
length.
"""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from helpers.tool_modules import load_tool
from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.synthesize import synthesize

ROOT = Path(__file__).parents[2]
pytest.importorskip("skimage.data", reason="needs the dev extra")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("motorcycle_scan")


@pytest.fixture(scope="module")
def made(tool: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("motorcycle")
    try:
        tool.write_motorcycle(root / "scan")
    except OSError as error:
        pytest.skip(f"the picture cannot be fetched here: {error}")
    config = SynthesisConfig(
        out=root / "data",
        scans=root / "scan",
        rooms=1,
        tasks="depth_order,left_right,camera_distance",
        questions_per_view=9,
    )
    synthesize(config, progress=False)
    return root / "data"


@pytest.fixture(scope="module")
def truth(tool: ModuleType) -> dict[str, float]:
    """Metres to the nearest of each thing but 2 % of its pixels, straight from the disparity."""
    from PIL import Image, ImageDraw
    from skimage.data import stereo_motorcycle

    disparity = stereo_motorcycle()[2].astype(np.float64)
    v, u = np.mgrid[:500, :741]
    depth = 994.978 * 0.193001 / (disparity + 31.086)
    metres = depth * np.sqrt(1 + ((u - 311.193) / 994.978) ** 2 + ((v - 254.877) / 994.978) ** 2)
    found = {}
    for word, ((near, far), outline) in tool.THINGS.items():
        mask = Image.new("1", (741, 500))
        ImageDraw.Draw(mask).polygon(outline, fill=1)
        found[word] = float(
            np.quantile(metres[np.asarray(mask) & (depth > near) & (depth < far)], 0.02)
        )
    return found


def test_what_is_asked_of_it_is_true(made: Path, truth: dict[str, float]) -> None:
    (scene,) = read_scenes(made).values()
    words = {thing.id: thing.category for thing in scene.objects}
    asked = set()
    for sample in read_samples(made, columns=["program", "options"]):
        assert sample.program is not None
        asked.add(sample.task)
        if sample.task == "camera_distance":
            word = words[sample.program.inputs["object"]]
            assert sample.program.inputs["exact_m"] == pytest.approx(truth[word], abs=0.01)
        elif sample.task == "depth_order":
            assert sample.answer.value == min(sample.answer.options or [], key=truth.__getitem__)
            assert sample.answer.value == "headlight"
        else:  # the headlight is to the left of the crate
            first, _ = (words[i] for i in sample.program.inputs["objects"])
            assert sample.answer.value == ("left" if first == "headlight" else "right")
    assert asked == {"camera_distance", "left_right"}  # no known size or floor orders depths
    assert "fuel tank" not in {words[i] for i in _named(made)}  # half hidden behind a turn signal


def _named(made: Path) -> set[int]:
    found: set[int] = set()
    for sample in read_samples(made, columns=["program"]):
        assert sample.program is not None
        inputs = sample.program.inputs
        found |= set(inputs.get("objects", [])) | (
            {inputs["object"]} if "object" in inputs else set()
        )
    return found


def test_the_audit_agrees(made: Path) -> None:
    found = audit_dataset(AuditConfig(folder=made), progress=False)
    assert {j.outcome for j in found.judgments} == {"agrees"}
    assert found.scans == 1
