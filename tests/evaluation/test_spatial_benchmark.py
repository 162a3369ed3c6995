"""Our own benchmark: made by a command, named by its hash, all tasks, and refused where it was
changed.
"""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from waywiser.cli import main
from waywiser.dataset.manifest import read_manifest
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks import load_benchmark, make_spatial, read_card
from waywiser.evaluation.profiles import WAYWISER_PROFILE, score_row
from waywiser.tasks.registry import TASKS

ROOMS = 2
SMALL = {
    "width": 112,
    "height": 84,
    "max_rooms": 2,
    "min_frames": 8,
    "max_frames": 8,
    "moving_frames": 8,
    "photos": 3,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spatial") / "benchmark"
    make_spatial(folder, rooms=ROOMS, assets="parametric", home=SMALL)
    return folder


def test_the_command_makes_it_at_full_size(tmp_path: Path) -> None:
    assert (
        main(
            ["benchmark", str(tmp_path / "one"), "--rooms", "1", "--assets", "parametric", "--json"]
        )
        == 0
    )
    card = read_card(tmp_path / "one")
    assert card is not None
    assert (card["rooms"], card["sha256"]) == (
        1,
        load_benchmark("spatial", tmp_path / "one").sha256,
    )


def test_the_card_names_what_was_made(made: Path) -> None:
    card = read_card(made)
    loaded = load_benchmark("spatial", made)
    manifest = read_manifest(made)
    assert card is not None
    assert manifest is not None
    assert (card["sha256"], card["rooms"], card["seed"]) == (loaded.sha256, ROOMS, 20_250_711)
    assert manifest.recipe["tasks"] == list(TASKS), "every task there is"
    assert manifest.split == "heldout"
    assert sum(card["items"].values()) == len(loaded.items) == manifest.samples
    assert all(item.scene_categories for item in loaded.items)


def test_the_same_seed_gives_the_same_hash_and_making_it_again_changes_nothing(
    made: Path, tmp_path: Path
) -> None:
    again = make_spatial(tmp_path / "again", rooms=ROOMS, assets="parametric", home=SMALL)
    assert again.sha256 == (read_card(made) or {})["sha256"]
    assert make_spatial(made, rooms=ROOMS, assets="parametric", home=SMALL).sha256 == again.sha256
    with pytest.raises(DatasetError, match="another recipe"):
        make_spatial(made, rooms=ROOMS + 1, assets="parametric", home=SMALL)


def test_a_right_answer_scores_1_and_its_picture_shows(made: Path) -> None:
    for item in load_benchmark("spatial", made).items[:10]:
        answer = json.loads(item.truth)
        text = f"<answer>{answer['value']} {answer.get('unit') or ''}</answer>"
        assert score_row(item.row(text), WAYWISER_PROFILE).value == 1
        assert item.pictures()[0].mode == "RGB"


@pytest.mark.parametrize("what", ["question", "picture", "card"])
def test_a_changed_copy_is_refused(what: str, made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    if what == "card":
        (copy / "benchmark.json").write_text("{broken")
    else:
        file = next((copy / "data").glob("*.parquet"))
        table = pq.read_table(file)
        rows = table.to_pylist()
        if what == "question":
            rows[0]["question"] += " Or not?"
        else:
            rows[0]["images"] = rows[-1]["images"]
        pq.write_table(type(table).from_pylist(rows, schema=table.schema), file)
    with pytest.raises(
        DatasetError, match="make the benchmark again" if what == "card" else "it was changed"
    ):
        load_benchmark("spatial", copy)
