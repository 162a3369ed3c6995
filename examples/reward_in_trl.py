"""Our rewards in TRL's own GRPOTrainer: `reward_funcs` and `reward_weights`, and nothing more.

    python examples/reward_in_trl.py

Two steps of the starter on a few rooms. For a model of your own, change the line with `load_model`.
"""

import io
import tempfile
from pathlib import Path

from datasets import Dataset
from PIL import Image
from trl import GRPOConfig, GRPOTrainer

import waywiser
from waywiser.rewards import reward_weights


def make_rows(folder: Path) -> Dataset:
    """Rows as TRL reads them. The rewards need `answer`, and `task` where rules differ by task."""
    config = waywiser.SynthesisConfig(out=folder / "rooms", rooms=4, assets="parametric")
    waywiser.synthesize(config, progress=False)
    samples = list(waywiser.load_dataset(config.out))

    return Dataset.from_dict(
        {
            "prompt": [[{"role": "user", "content": sample.question}] for sample in samples],
            "image": [Image.open(io.BytesIO(sample.images[0])) for sample in samples],
            "answer": [sample.answer.model_dump_json() for sample in samples],
            "task": [sample.task for sample in samples],
        }
    )


def main() -> None:
    rewards = waywiser.RewardConfig(weights={"format": 0.2, "accuracy": 1.0}, numeric="ednm")
    model, processor = waywiser.load_model("starter")

    with tempfile.TemporaryDirectory() as folder:
        arguments = GRPOConfig(
            output_dir=folder,
            reward_weights=reward_weights(rewards),
            max_steps=2,
            per_device_train_batch_size=8,
            num_generations=4,
            max_completion_length=64,
            logging_steps=1,
            report_to="none",
            use_cpu=True,
            bf16=False,
        )
        trainer = GRPOTrainer(
            model=model,
            args=arguments,
            reward_funcs=waywiser.make_reward_functions(rewards),
            train_dataset=make_rows(Path(folder)),
            processing_class=processor,
        )
        trainer.train()

    for row in trainer.state.log_history[:2]:
        names = ("reward", "rewards/format/mean", "rewards/accuracy/mean")
        print(f"step {row['step']}:", *(f"{name} {row[name]:.3f}" for name in names))


if __name__ == "__main__":
    main()
