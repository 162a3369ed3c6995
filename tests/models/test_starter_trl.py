"""The starter in TRL's own trainers, two steps each: what they call on model and processor must be
there.
"""

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from helpers.tiny_models import picture
from waywiser.models import load

ROWS = [
    {
        "prompt": [{"role": "user", "content": f"How far is chair {i}?"}],
        "completion": [
            {"role": "assistant", "content": f"<think>It is {i}.</think><answer>{i} m</answer>"}
        ],
        "image": picture(i % 4),
    }
    for i in range(8)
]


def options(kind, folder, **more):
    return kind(
        output_dir=str(folder),
        max_steps=2,
        per_device_train_batch_size=4,
        learning_rate=1e-3,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        **more,
    )


def changed(model, before):
    return {
        name for name, value in model.state_dict().items() if not torch.equal(value, before[name])
    }


def snapshot(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def test_sft_learns_completions(saved, tmp_path):
    model, processor = load(saved)
    before = snapshot(model)
    args = options(SFTConfig, tmp_path, max_length=None)
    trainer = SFTTrainer(
        model, args=args, train_dataset=Dataset.from_list(ROWS), processing_class=processor
    )
    trainer.train()
    assert trainer.state.global_step == 2
    assert any("connector" in name for name in changed(model, before))
    assert any("language_model.layers" in name for name in changed(model, before))


def test_sft_masks_everything_but_the_assistants_turn(saved, tmp_path):
    model, processor = load(saved)
    rows = [
        {"messages": row["prompt"] + row["completion"], "images": [row["image"]]} for row in ROWS
    ]
    args = options(SFTConfig, tmp_path, max_length=None, assistant_only_loss=True)
    trainer = SFTTrainer(
        model, args=args, train_dataset=Dataset.from_list(rows), processing_class=processor
    )
    batch = next(iter(trainer.get_train_dataloader()))
    learned = {processor.decode(row[row >= 0]) for row in batch["labels"]}
    assert learned <= {row["completion"][0]["content"] + "<|end|>" for row in ROWS}
    trainer.train()
    assert trainer.state.global_step == 2


@pytest.mark.parametrize("lora", [False, True], ids=["full", "lora"])
def test_grpo_samples_rewards_and_steps_with_a_reference(saved, tmp_path, lora):
    model, processor = load(saved)
    before = snapshot(model)
    seen = []

    def reward(completions, **_):
        seen.extend(completion[0]["content"] for completion in completions)
        return [float(len(text) % 5) for text in seen[-len(completions) :]]

    args = options(
        GRPOConfig,
        tmp_path,
        num_generations=4,
        max_completion_length=8,
        beta=0.03,
        disable_dropout=True,
    )
    trainer = GRPOTrainer(
        model,
        reward,
        args=args,
        train_dataset=Dataset.from_list(
            [{k: v for k, v in row.items() if k != "completion"} for row in ROWS]
        ),
        processing_class=processor,
        peft_config=LoraConfig(r=2, target_modules=["q_proj", "v_proj"]) if lora else None,
    )
    trainer.train()
    assert len(seen) == 8
    assert len(set(seen)) > 1
    kl = [entry["kl"] for entry in trainer.state.log_history if "kl" in entry]
    assert kl[0] == pytest.approx(0, abs=1e-6)  # without dropout the policy starts as its reference
    assert kl[1] > 0
    if not lora:
        assert changed(model, before)
    else:
        assert all("lora" in n for n, p in trainer.model.named_parameters() if p.requires_grad)
