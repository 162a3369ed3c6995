"""Pictures in training are what `ask` shows: upright, over white, scaled to 8 bits."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.row_layouts import write_lines
from training.conftest import make_samples
from waywiser.models import read_image
from waywiser.models.generation import build_prompt_inputs
from waywiser.prompting import PromptFormat
from waywiser.training.config import DataConfig
from waywiser.training.data.prompts import make_prompt_rows
from waywiser.training.data.training_set import read_training_set
from waywiser.training.sft import _conversational_rows

FAULTS = Path(__file__).parents[1] / "data" / "faults"


def drawing() -> bytes:
    """A black bar on a transparent ground."""
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (8, 8, 24, 24))
    sink = io.BytesIO()
    image.save(sink, "PNG")
    return sink.getvalue()


@pytest.fixture(params=["exif6.jpg", "gray16.png", "drawing.png"])
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    source = FAULTS / request.param
    path = tmp_path / request.param
    path.write_bytes(source.read_bytes() if source.is_file() else drawing())
    return path


@pytest.mark.case(1, 3, 4, 6)
@pytest.mark.parametrize("ours", [True, False])
def test_sft_rlvr_and_ask_show_the_same_picture(
    picture: Path, ours: bool, write_dataset, tmp_path: Path
) -> None:
    if ours:
        sample = make_samples()[0].model_copy(update={"images": [picture.read_bytes()]})
        path = write_dataset(tmp_path / "set", [sample])
    else:
        row = {"question": "How many?", "answer": 3, "image": picture.name}
        path = write_lines(tmp_path / "rows.jsonl", [row])

    data = read_training_set(DataConfig(path=path))
    expected = np.asarray(read_image(picture))
    rlvr = make_prompt_rows(data)[0]["images"][0]
    sft = _conversational_rows(data, PromptFormat())[0][0]["images"][0]
    for shown in (data.images(0)[0], rlvr, sft):
        assert np.array_equal(np.asarray(shown), expected)


@pytest.mark.case(1)
def test_a_photograph_taken_sideways_stands_upright() -> None:
    path = FAULTS / "exif6.jpg"
    stored = Image.open(path).size
    assert read_image(path).size == stored[::-1]


@pytest.mark.case(10, 11)
@pytest.mark.parametrize("size", [(1, 1), (690, 15420), (1200, 80)])
def test_pictures_of_extreme_shapes_reach_a_model(
    size: tuple[int, int], model_folder: Path
) -> None:
    from waywiser.training.run.initial_model import load_initial_model

    _, processor = load_initial_model(str(model_folder))
    sink = io.BytesIO()
    Image.new("RGB", size).save(sink, "PNG")
    sample = make_samples()[0].model_copy(update={"images": [sink.getvalue()]})
    assert len(build_prompt_inputs(processor, [sample])["pixel_values"]) == 1
