"""One step of GRPO on a tiny Qwen2.5-VL: CPU-seconds and peak memory beside plain TRL, in one run.

    python benchmarks/rlvr_step.py --json rlvr_step.json [--steps 4] [--rounds 2]

Same model (random weights, 3M parameters), data, seeds and hyperparameters: 4 prompts x 8
completions of 32 tokens, KL to a reference, one picture a prompt. Every arm trains in a process of
its own, in turns; the first step is not counted. The dynamic parts are off, so losses and rewards
must be equal; the largest differences are printed.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from PIL import Image
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    TrainerCallback,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.models.loading import load
from waywiser.training.config import RLVRRecipe, StrategyConfig
from waywiser.training.grpo.shared_compute import share_computation
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.training_budget import TrainingBudget

PROMPTS = 4
COMPLETIONS = 8
TOKENS = 32
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>")
SPECIAL = (*SPECIAL, "<|image_pad|>", "<|video_pad|>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}{{ m.content }}{% else %}"
    "{% for p in m.content %}{% if p.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_model(folder: Path) -> int:
    """A random Qwen2.5-VL with a tokenizer of bytes; returns its number of parameters."""
    text = {
        "vocab_size": 320,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [4, 6, 6]},
        "bos_token_id": 300,
        "eos_token_id": 302,
        "pad_token_id": 300,
    }

    vision = {
        "depth": 4,
        "hidden_size": 128,
        "num_heads": 4,
        "intermediate_size": 344,
        "out_hidden_size": 192,
        "patch_size": 14,
        "fullatt_block_indexes": [1, 3],
    }

    ids = {
        "vision_start_token_id": 303,
        "vision_end_token_id": 304,
        "image_token_id": 305,
        "video_token_id": 306,
    }

    torch.manual_seed(0)
    model = Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(text_config=text, vision_config=vision, **ids)
    )
    model.save_pretrained(folder)
    vocab = {name: i for i, name in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    vocab |= {name: 300 + i for i, name in enumerate(SPECIAL)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in SPECIAL]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=SPECIAL[0], eos_token=SPECIAL[2]
    )
    fast.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    Qwen2VLImageProcessorPil(patch_size=14, min_pixels=3136, max_pixels=100_000).save_pretrained(
        folder
    )

    return sum(p.numel() for p in model.parameters())


def rows(pixels: int) -> Dataset:
    """16 prompts about pictures of noise, `pixels` wide and high."""
    draw = np.random.default_rng(0)
    pictures = [
        Image.fromarray(draw.integers(0, 255, (pixels, pixels, 3), dtype=np.uint8))
        for _ in range(16)
    ]

    def fetch(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        ask = "How far is chair {} from the camera, in m?"
        return {
            "prompt": [[{"role": "user", "content": ask.format(i)}] for i in batch["row"]],
            "images": [[pictures[i]] for i in batch["row"]],
            "row": batch["row"],
            "task": ["distance"] * len(batch["row"]),
        }

    return Dataset.from_dict({"row": list(range(16))}).with_transform(fetch)


def reward(completion_ids: list[list[int]], **_: Any) -> list[float]:
    """Follows from what was written, so that another completion would show."""
    return [(sum(ids) % 11) / 11 for ids in completion_ids]


class Meter(TrainerCallback):
    """CPU-seconds after each step, and what was logged."""

    def __init__(self) -> None:
        self.marks: list[float] = []
        self.logs: list[tuple[float, float]] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.marks.append(time.process_time())

    def on_log(self, *_: Any, logs: dict[str, Any] | None = None, **__: Any) -> None:
        if logs and "loss" in logs:
            self.logs.append((logs["loss"], logs["reward"]))


def train(kind: str, folder: Path, pixels: int, steps: int, out: Path) -> dict[str, Any]:
    """Train one arm; CPU-seconds a step, peak memory in MiB, losses and rewards."""
    torch.set_num_threads(1)
    model, processor = load(folder, dtype="float32")

    arguments = GRPOConfig(
        output_dir=str(out),
        max_steps=steps,
        per_device_train_batch_size=PROMPTS * COMPLETIONS,
        num_generations=COMPLETIONS,
        max_completion_length=TOKENS,
        beta=0.04,
        learning_rate=1e-4,
        bf16=False,
        lr_scheduler_type="constant",
        use_cpu=True,
        gradient_checkpointing=False,
        report_to="none",
        save_strategy="no",
        logging_steps=1,
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=1,
        top_k=0,
        generation_kwargs={"suppress_tokens": [303, 304, 305, 306]},
    )

    common = {
        "model": model,
        "args": arguments,
        "reward_funcs": [reward],
        "train_dataset": rows(pixels),
        "processing_class": processor,
    }

    if kind == "trl":
        made: Any = GRPOTrainer(**common)
    else:
        plain = StrategyConfig(
            order="random", mixing="shuffled", weight="none", kl="constant", beta=0.04
        )
        made = DynamicGRPOTrainer(
            **common, strategy=plain, tasks=["distance"] * 16, difficulty=[0.5] * 16
        )

        recipe = RLVRRecipe.model_validate(
            {
                "out": out / "run",
                "data": {"path": out},
                "model": str(folder),
                "max_steps": steps,
                "final_lr": 1.0,
                "warmup_steps": 0,
                "learning_rate": 1e-4,
            }
        )

        run = RunDir(recipe, resume=False)
        run.open()
        made.use_budget(recipe, TrainingBudget(steps, None), run, ())
        share_computation(made, cache_bytes=64 * 2**20)

    meter = Meter()
    made.add_callback(meter)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made.train()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = np.diff(meter.marks).tolist()

    return {"seconds": spent, "peak_mib": (peak - before) / 1024, "logs": meter.logs}


def in_a_process(work: Callable[[], Any]) -> Any:
    """`work()` in a fork, so that its peak memory is its own."""
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=lambda: send.send(work()))
    process.start()
    found = receive.recv()
    process.join()

    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()

    found: dict[str, Any] = {
        "speedup_over_trl": {},
        "cpu_seconds": {},
        "peak_mib": {},
        "largest_difference": {},
    }

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        found["parameters"] = write_model(folder)

        for pixels in (112, 224):
            arms: dict[str, list[dict[str, Any]]] = {"trl": [], "waywiser": []}

            for turn in range(options.rounds):
                for kind, done in arms.items():
                    out = Path(place) / f"{kind}-{pixels}-{turn}"
                    out.mkdir()

                    done.append(
                        in_a_process(
                            lambda k=kind, o=out, p=pixels: train(k, folder, p, options.steps, o)
                        )
                    )

            seconds = {
                kind: float(np.median([s for run in done for s in run["seconds"]]))
                for kind, done in arms.items()
            }

            found["cpu_seconds"][str(pixels)] = seconds
            found["speedup_over_trl"][str(pixels)] = seconds["trl"] / seconds["waywiser"]
            found["peak_mib"][str(pixels)] = {
                k: max(run["peak_mib"] for run in done) for k, done in arms.items()
            }
            logs = [np.array(done[0]["logs"]) for done in arms.values()]
            found["largest_difference"][str(pixels)] = dict(
                zip(("loss", "reward"), np.abs(logs[0] - logs[1]).max(axis=0).tolist(), strict=True)
            )

    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
