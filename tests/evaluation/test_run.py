"""Results of an evaluation on disk: nothing lost, bad files named, blind beside the score."""

from pathlib import Path

import pytest

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_samples
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import DatasetError
from waywiser.evaluation.category_baseline import GAIN_BOUND_ROWS, GAIN_ROW, PRIOR_ROW
from waywiser.evaluation.dataset_run import (
    evaluate_folder,
    read_results,
    summarize_with_text_only_baseline,
    write_results,
)
from waywiser.evaluation.evaluate import score_completions
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.tasks.completion import gold_completion


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "rooms"
    room = RoomConfig(width=64, height=48)
    synthesize(
        SynthesisConfig(out=folder, rooms=24, assets="parametric", room=room), progress=False
    )
    return folder


def test_results_survive_the_disk(rooms: Path, tmp_path: Path) -> None:
    samples = list(read_samples(rooms))
    gold = score_completions(
        samples, [[gold_completion(s), "<answer>a “quoted”\n</answer>"] for s in samples]
    )
    write_results(tmp_path / "r.jsonl", {"greedy": gold, "sampled": gold[:3]})
    again = read_results(tmp_path / "r.jsonl")
    assert again == {"greedy": gold, "sampled": gold[:3]}


def test_gold_beats_blind_by_far(rooms: Path) -> None:
    samples = list(read_samples(rooms))
    gold = score_completions(samples, [[gold_completion(s)] for s in samples])
    table = summarize_with_text_only_baseline({"greedy": gold}, [rooms], rooms)
    assert table["greedy"]["mean"] > 0.99
    assert table["blind"]["mean"] < 0.9
    assert set(table["standard errors above blind"]) == set(table["greedy"]) - {"mean"}
    above = table["above prior by category"]
    assert above["object_size"] == pytest.approx(
        table["greedy"]["object_size"] - table["prior by category"]["object_size"]
    )
    assert table["above prior by category, low"]["object_size"] <= above["object_size"]


def test_without_a_training_set_the_prior_is_of_the_other_scenes(
    rooms: Path, tmp_path: Path
) -> None:
    samples = list(read_samples(rooms))
    gold = score_completions(samples, [[gold_completion(s)] for s in samples])
    table = summarize_with_text_only_baseline({"greedy": gold}, [rooms])
    assert set(table) == {"greedy", PRIOR_ROW, GAIN_ROW, *GAIN_BOUND_ROWS}
    assert table[PRIOR_ROW].keys() == table["greedy"].keys()

    one = [item for item in gold if item.scene_id == gold[0].scene_id]
    assert set(summarize_with_text_only_baseline({"greedy": one}, [rooms])) == {"greedy"}
    other_format = {"greedy": gold}
    assert set(summarize_with_text_only_baseline(other_format, [tmp_path / "a.jsonl"])) == {
        "greedy"
    }


@pytest.mark.parametrize(
    "text", ["", "{", '{"mode": "greedy"}', "[1]", '{"mode": "greedy", "extra": 1}']
)
def test_a_file_without_results_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    if not text:
        assert read_results(path) == {}
        return
    with pytest.raises(DatasetError, match=r"r\.jsonl"):
        read_results(path)


def test_nothing_to_evaluate_is_refused_before_a_model_is_loaded(
    tmp_path: Path, rooms: Path
) -> None:
    with pytest.raises(DatasetError, match="nothing to evaluate"):
        evaluate_folder(tmp_path / "no-model", [rooms], limit=0)
    with pytest.raises(DatasetError, match="no dataset"):
        evaluate_folder(tmp_path / "no-model", [tmp_path])
