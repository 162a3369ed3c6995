"""Every export is read back with the same questions, options, answers, chains and pictures; so is
`convert_dataset`.
"""

from pathlib import Path

import pytest

from helpers.row_layouts import LAYOUTS
from training.conftest import make_samples
from waywiser.errors import DatasetError, RecipeError
from waywiser.sample import Answer, Sample
from waywiser.training.config import DataConfig
from waywiser.training.data.dataset_conversion import convert_dataset
from waywiser.training.data.dataset_export import export_dataset
from waywiser.training.data.training_set import TrainingSet, read_training_set

ENDINGS = {
    "messages": "jsonl",
    "llava": "json",
    "easyr1": "parquet",
    "trl": "parquet",
    "verl": "parquet",
}


def contents(data: TrainingSet) -> list[tuple[object, ...]]:
    return [
        (
            s.question,
            s.options or s.answer.options,
            s.answer.value,
            s.answer.kind,
            s.answer.unit,
            data.encoded_images(i),
        )
        for i, s in enumerate(data.samples)
    ]


def of_every_kind(folder: Path, write_dataset) -> Path:
    """Samples of all kinds of answers, with options to be listed, units, and several pictures."""
    base = make_samples()
    answers = [
        Answer(kind="integer", value=3),
        Answer(kind="number", value=2.4, unit="m"),
        Answer(kind="choice", value="green", options=["red", "green", "blue"]),
        Answer(kind="expression", value="\\frac{1}{2}"),
        Answer(kind="text", value="on the left"),
    ]
    samples: list[Sample] = []
    for i, answer in enumerate(answers):
        images = base[0].images + base[5].images * (i % 2)
        changes = {
            "id": f"s{i}",
            "question": f"Question {i}?",
            "answer": answer,
            "options": answer.options,
        }
        samples.append(
            base[i].model_copy(update={**changes, "domain": "general", "images": images})
        )
    samples.append(
        samples[0].model_copy(update={"id": "s9", "question": "Without a picture?", "images": []})
    )
    places = {
        "id": "s10",
        "question": "Left <image>, right <image>: how many?",
        "images": base[0].images * 2,
    }
    samples.append(samples[0].model_copy(update=places))
    return write_dataset(folder / "all", samples)


@pytest.mark.parametrize("to", ENDINGS)
@pytest.mark.case(54)
def test_an_export_is_read_back_as_it_was(tmp_path: Path, write_dataset, to: str) -> None:
    path = of_every_kind(tmp_path, write_dataset)
    out = tmp_path / f"out.{ENDINGS[to]}"
    assert export_dataset(DataConfig(path=path), to, out) == 7
    before = contents(read_training_set(DataConfig(path=path)))
    after = contents(read_training_set(DataConfig(path=out)))
    if to == "easyr1":  # its answers are texts: kinds are read again by looking
        before = [(*row[:2], row[5]) for row in before]
        after = [(*row[:2], row[5]) for row in after]
    assert after == before


@pytest.mark.parametrize("name", ["ms_swift", "llava", "video_r1", "science_qa"])
def test_convert_keeps_what_was_read(tmp_path: Path, name: str) -> None:
    data = read_training_set(DataConfig(path=LAYOUTS[name](tmp_path)))
    assert convert_dataset(data, tmp_path / "ours") == 8
    again = read_training_set(DataConfig(path=tmp_path / "ours"))
    assert [s.answer for s in again.samples] == [s.answer for s in data.samples]
    assert [s.question for s in again.samples] == [s.question for s in data.samples]
    assert [len(again.images(i)) for i in range(8)] == [len(data.images(i)) for i in range(8)]
    assert {store.info.layout for store in again.stores} == {"waywiser"}


def test_convert_does_not_write_into_what_is_there(tmp_path: Path) -> None:
    data = read_training_set(DataConfig(path=LAYOUTS["r1_v"](tmp_path)))
    with pytest.raises(DatasetError, match="is not empty"):
        convert_dataset(data, tmp_path)


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="did you mean 'llava'"):
        export_dataset(DataConfig(path=tmp_path), "lava", tmp_path / "x")
