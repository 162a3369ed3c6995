"""TRL's own GRPOTrainer with our rewards, on rows as other people's datasets have them."""

from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from helpers.tiny_models import picture
from waywiser.errors import DatasetError
from waywiser.rewards import RewardConfig, make_reward_functions, reward_weights
from waywiser.training.run.initial_model import load_initial_model


def train(out: Path, model_folder: Path, answers: list[Any], column: str = "answer") -> GRPOTrainer:
    rows = {
        "prompt": [
            [{"role": "user", "content": f"How many chairs{'?' * (1 + i)}"}]
            for i in range(len(answers))
        ],
        "image": [picture(i) for i in range(len(answers))],
        column: answers,
    }
    config = RewardConfig()
    model, processor = load_initial_model(str(model_folder))
    arguments = GRPOConfig(
        output_dir=str(out),
        max_steps=2,
        per_device_train_batch_size=4,
        num_generations=2,
        max_completion_length=6,
        reward_weights=reward_weights(config),
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    )
    made = GRPOTrainer(
        model=model,
        args=arguments,
        reward_funcs=make_reward_functions(config),
        train_dataset=Dataset.from_dict(rows),
        processing_class=processor,
    )
    made.train()
    return made


@pytest.mark.case(66, 67)
@pytest.mark.parametrize(
    ("answers", "column"),
    [
        ([{"kind": "integer", "value": i} for i in range(4)], "answer"),
        (['{"kind": "integer", "value": 3}'] * 4, "answer"),
        (["3", "4", "5", "6"], "answer"),
        (["<answer> 3 </answer>"] * 4, "solution"),
    ],
)
def test_typed_and_plain_answers_earn_rewards(
    model_folder: Path, tmp_path: Path, answers: list[Any], column: str
):
    log = train(tmp_path, model_folder, answers, column).state.log_history
    assert [row["rewards/malformed_rows"] for row in log if "reward" in row] == [0.0, 0.0]
    assert all(row["rewards/accuracy/mean"] is not None for row in log if "reward" in row)


@pytest.mark.case(67)
def test_a_run_without_a_gradable_answer_stops_at_its_first_step(
    model_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="none of 4 rows has an answer that can be graded"):
        train(tmp_path, model_folder, ["", " ", "", " "])
