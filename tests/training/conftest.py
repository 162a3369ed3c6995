"""A tiny dataset with real files and a tiny starter model, made once for all training tests."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.models.starter import WaywiserStarterConfig, build_starter
from waywiser.sample import Answer, Sample
from waywiser.tasks.completion import gold_completion

torch.set_num_threads(1)

PICTURES = 6
TEXT = {
    "model_type": "qwen3",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "intermediate_size": 48,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
}


def png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).resize((64, 48), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()


def make_samples() -> list[Sample]:
    """Four questions about each picture: two counts, two lengths; difficulty rises with the
    picture.
    """
    samples = []
    for k in range(PICTURES):
        for j, thing in enumerate(("chairs", "tables")):
            common = {
                "split": "train",
                "domain": "spatial",
                "source": "test",
                "images": [png(k)],
                "scene_id": f"s{k}",
            }
            samples.append(
                Sample(
                    id=f"count-{k}-{j}",
                    task="count",
                    question=f"How many {thing} are there?",
                    answer=Answer(kind="integer", value=k % 4 + j),
                    reasoning=f"I see {k % 4 + j} {thing}.",
                    difficulty=k / PICTURES,
                    **common,
                )
            )
            samples.append(
                Sample(
                    id=f"length-{k}-{j}",
                    task="length",
                    question=f"How long is the row of {thing}, in metres?",
                    answer=Answer(kind="number", value=1.0 + k / 2, unit="m"),
                    reasoning="It is about as long.",
                    difficulty=1 - k / PICTURES,
                    **common,
                )
            )
    return samples


@pytest.fixture(scope="session")
def samples() -> list[Sample]:
    return make_samples()


@pytest.fixture(scope="session")
def write_dataset() -> Callable[[Path, list[Sample]], Path]:
    def write(folder: Path, samples: list[Sample]) -> Path:
        (folder / "data").mkdir(parents=True)
        table = pa.Table.from_pylist(
            [sample_to_row(sample) for sample in samples], schema=SAMPLE_SCHEMA
        )
        pq.write_table(table, folder / "data" / "train-00000-of-00001.parquet")
        return folder

    return write


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples: list[Sample], write_dataset) -> Path:
    return write_dataset(tmp_path_factory.mktemp("training") / "rooms", samples)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, samples: list[Sample]) -> Path:
    texts = [sample.question + gold_completion(sample) for sample in samples]
    config = WaywiserStarterConfig(
        text_config=TEXT,
        connector_layers=1,
        connector_heads=2,
        connector_intermediate_size=32,
        feature_dropout=0.1,
    )
    model, processor = build_starter(texts, config, vocab_size=340, seed=0)
    folder = tmp_path_factory.mktemp("training") / "model"
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
