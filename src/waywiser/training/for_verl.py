"""A dataset and a sampler for verl (RL on Ray): with `waywiser.rewards.for_verl` the same data,
rewards, order.

    data:
      train_files: OUT/train.parquet
      image_key: images
      dataloader_num_workers: 0        # verl asks for it where a sampler learns from what it drew
      sampler: {class_path: pkg://waywiser.training.for_verl, class_name: WaywiserSampler}
      waywiser: {order: curriculum, mixing: task-homogeneous, seed: 0}

Columns and hooks are those of verl's documentation: `data_source`, `prompt` with one `<image>` a
picture, `images`, `ability`, `reward_model.ground_truth`, `extra_info`;
`AbstractCurriculumSampler(data_source, data_config)` with `update(batch)`. verl is not needed to
write the data, nor to import this.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from waywiser.errors import RecipeError
from waywiser.io import write_table
from waywiser.json_types import JsonObject
from waywiser.media import portable_picture
from waywiser.prompting import content_parts, question_text
from waywiser.sample import Sample
from waywiser.training.config import DataConfig
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.dataset_conversion import encode_images_and_frames, image_suffix
from waywiser.training.data.online_sampler import OnlineSampler
from waywiser.training.data.pass_rates import PassRateEstimator
from waywiser.training.data.training_set import TrainingSet, read_training_set

try:
    from verl.experimental.dataset.sampler import (  # pyright: ignore[reportMissingImports]
        AbstractCurriculumSampler as _Base,
    )
except ImportError:  # the same interface without verl, for tests and for looking at the order
    _Base = object

_MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
_EXTRA = {
    "index": pa.int64(),
    "task": pa.string(),
    "sample_id": pa.string(),
    "difficulty": pa.float64(),
}
SCHEMA = pa.schema(
    {
        "data_source": pa.string(),
        "prompt": _MESSAGES,
        "images": pa.list_(pa.struct({"bytes": pa.binary(), "path": pa.string()})),
        "ability": pa.string(),
        "reward_model": pa.struct({"style": pa.string(), "ground_truth": pa.string()}),
        "extra_info": pa.struct(_EXTRA),
    }
)


def write_verl_dataset(config: DataConfig, out: Path, seed: int = 0) -> int:
    """Write the samples of `config` as a Parquet file for verl; returns their number. Raises what
    reading does.
    """
    if config.online is not None:
        raise RecipeError(
            "data.online is drawn while training: synthesize a dataset, or export a run's samples"
            " folder"
        )

    data = read_training_set(config, seed)
    rows = [_row(data, index, sample) for index, sample in enumerate(data.samples)]
    write_table(out, pa.Table.from_pylist(rows, schema=SCHEMA))

    return len(rows)


def _row(data: TrainingSet, index: int, sample: Sample) -> JsonObject:
    pictures = [portable_picture(content) for content in encode_images_and_frames(data, index)]
    content = "".join(
        "<image>" if part["type"] == "image" else part["text"].replace("<image>", "< image >")
        for part in content_parts(question_text(sample), [None] * len(pictures))
    )

    truth = json.dumps(sample.answer.model_dump(mode="json", exclude_none=True))
    return {
        "data_source": sample.task,
        "prompt": [{"role": "user", "content": content}],
        "images": [
            {"bytes": image_bytes, "path": f"{sample.id}-{i}{image_suffix(image_bytes)}"}
            for i, image_bytes in enumerate(pictures)
        ],
        "ability": sample.domain,
        "reward_model": {"style": "rule", "ground_truth": truth},
        "extra_info": {
            "index": index,
            "task": sample.task,
            "sample_id": sample.id,
            "difficulty": sample.difficulty,
        },
    }


class WaywiserSampler(_Base):  # pyright: ignore[reportGeneralTypeIssues]  # verl is not needed to import this
    """Our order of prompts for verl: dataset indices, `train_batch_size` of one batch side by side,
    epoch by epoch.

    verl repeats prompts for their completions itself. `data_config.waywiser` holds order, mixing
    and seed.
    """

    def __init__(self, data_source: Any, data_config: Mapping[str, Any]) -> None:
        chosen = dict(data_config.get("waywiser") or {})
        unknown = chosen.keys() - {"order", "mixing", "seed"}
        if unknown:
            raise RecipeError(
                f"data.waywiser knows order, mixing and seed, not {', '.join(sorted(unknown))}"
            )

        rows = _read_extra_info(data_source)
        tasks = [str(row["task"]) for row in rows]
        difficulty = [
            math.nan if row.get("difficulty") is None else float(row["difficulty"]) for row in rows
        ]
        self.pass_rate_estimator = PassRateEstimator(tasks, 1.0 - np.asarray(difficulty))

        settings: JsonObject = {
            "batch_size": int(data_config["train_batch_size"]),
            "mixing": chosen.get("mixing", "task-homogeneous"),
            "seed": int(chosen.get("seed", 0)),
        }

        order = chosen.get("order", "curriculum")
        if order == "online":
            self._sampler: CurriculumSampler = OnlineSampler(
                tasks, difficulty, pass_rate_estimator=self.pass_rate_estimator, **settings
            )
        else:
            self._sampler = CurriculumSampler(tasks, difficulty, order=order, **settings)

        self._epoch = 0

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[int]:
        self._sampler.set_epoch(self._epoch)
        self._epoch += 1
        yield from self._sampler

    def update(self, batch: Any) -> None:
        """Take in a trained batch: `extra_info` of each completion and the reward function's "acc"
        (or "score").
        """
        values = batch.non_tensor_batch
        scores = values["acc"] if "acc" in values else values["score"]
        accuracies_by_row: dict[int, list[float]] = {}

        for info, score in zip(values["extra_info"], scores, strict=True):
            accuracies_by_row.setdefault(int(info["index"]), []).append(float(score))

        for index, accuracies in accuracies_by_row.items():
            self.pass_rate_estimator.update([index], [float(np.mean(accuracies))], len(accuracies))


def _read_extra_info(data_source: Any) -> Sequence[Mapping[str, Any]]:
    table = getattr(
        data_source, "dataframe", data_source
    )  # verl's RLHFDataset keeps its rows there
    return list(table["extra_info"])
