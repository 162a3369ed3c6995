"""The verl export: documented columns, the grader's own truth, and our order through verl's sampler
hook.
"""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from datasets import Image, List, load_dataset

from waywiser.errors import RecipeError
from waywiser.rewards.for_verl import compute_score
from waywiser.tasks.completion import gold_completion
from waywiser.training.config import DataConfig
from waywiser.training.for_verl import WaywiserSampler, write_verl_dataset


@pytest.fixture(scope="module")
def exported(dataset: Path, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("verl") / "train.parquet"
    assert write_verl_dataset(DataConfig(path=dataset), out) == 24
    return load_dataset(
        "parquet", data_files=str(out), split="train", cache_dir=str(out.parent / "cache")
    )


def test_rows_have_verls_columns_and_pay_their_own_gold(exported, samples) -> None:
    by_id = {sample.id: sample for sample in samples}
    for row in exported:
        sample = by_id[row["extra_info"]["sample_id"]]
        assert row["prompt"] == [{"role": "user", "content": f"<image>{sample.question}"}]
        assert row["images"][0]["bytes"] == sample.images[0]
        truth = row["reward_model"]["ground_truth"]
        assert json.loads(truth)["kind"] == sample.answer.kind
        scored = compute_score(
            row["data_source"], gold_completion(sample), truth, row["extra_info"]
        )
        assert scored["acc"] == 1.0
    decoded = exported.cast_column("images", List(Image()))
    assert decoded[0]["images"][0].size == (64, 48)


@pytest.mark.parametrize("order", ["random", "curriculum", "online"])
def test_the_sampler_is_ours(exported, order: str) -> None:
    config = {"train_batch_size": 4, "waywiser": {"order": order, "seed": 1}}
    made = WaywiserSampler(SimpleNamespace(dataframe=exported), config)
    first = list(made)
    second = list(made)
    assert len(made) == len(first) == 24
    assert Counter(first) == Counter(second) == Counter(range(24))
    assert first != second
    info = exported["extra_info"]
    for start in range(0, 24, 4):
        assert len({info[i]["task"] for i in first[start : start + 4]}) == 1
    if order == "curriculum":
        for task in ("count", "length"):
            hard = [info[i]["difficulty"] for i in first if info[i]["task"] == task]
            assert hard == sorted(hard)


def test_what_verl_trained_on_moves_the_order(exported) -> None:
    made = WaywiserSampler(exported, {"train_batch_size": 4, "waywiser": {"order": "online"}})
    before = made.pass_rate_estimator.estimate([3])[0]
    infos = [exported[3]["extra_info"]] * 4
    made.update(
        SimpleNamespace(non_tensor_batch={"extra_info": infos, "acc": [1.0, 1.0, 1.0, 1.0]})
    )
    assert made.pass_rate_estimator.estimate([3])[0] > before


def test_what_cannot_be_exported_is_said(exported) -> None:
    with pytest.raises(RecipeError, match="knows order, mixing and seed, not ordr"):
        WaywiserSampler(exported, {"train_batch_size": 4, "waywiser": {"ordr": "x"}})
    with pytest.raises(RecipeError, match=r"data.online is drawn while training"):
        write_verl_dataset(DataConfig.model_validate({"online": {}}), Path("nowhere.parquet"))
