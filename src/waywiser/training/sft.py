"""Cold start: supervised fine-tuning on questions with gold reasoning, over TRL's SFTTrainer."""

from typing import Any

import torch
from datasets import Dataset
from tqdm import tqdm
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from waywiser.errors import RecipeError
from waywiser.tasks.completion import gold_completion
from waywiser.training.adapters import check_targets, peft_config
from waywiser.training.batching import LengthGroupedSampler
from waywiser.training.budget import Budget
from waywiser.training.config import SFTRecipe, StarterShape
from waywiser.training.data import TrainingSet, data_key, read_training_set
from waywiser.training.loading import load_start
from waywiser.training.packing import PackCollator, make_packs
from waywiser.training.provenance import furniture_seen
from waywiser.training.run_folder import RunFolder, TrainResult, seconds_of
from waywiser.training.shared_prompts import can_share
from waywiser.training.trackers import check_trackers
from waywiser.training.trainer import (
    BudgetedTrainer,
    common_arguments,
    finish,
    own_bars_only,
    process_state,
    total_steps,
)


class ColdStartTrainer(BudgetedTrainer, SFTTrainer):
    """TRL's SFTTrainer with a schedule that follows the budget, and batches of rows of like length."""

    lengths: list[int] | None = None
    """Tokens of each row; None leaves batches to the Trainer."""

    def _get_train_sampler(self, *args: Any, **kwargs: Any) -> Any:
        if self.lengths is None:
            return super()._get_train_sampler(*args, **kwargs)
        size = self.args.train_batch_size * self.accelerator.num_processes
        return LengthGroupedSampler(self.lengths, size, seed=self.args.seed)


def run_sft(recipe: SFTRecipe, *, resume: bool = False) -> TrainResult:
    """Train by `recipe`, write `recipe.out` (see run_folder) and return its summary.

    `resume` goes on from the last whole checkpoint in `recipe.out`; a run that has ended before is returned as
    it is. Raises RecipeError for a bad request before anything is written, and what reading data and models
    raises.
    """
    state = process_state()
    folder = RunFolder(recipe, resume=resume, main=state.is_main_process)
    if (done := folder.finished()) is not None:
        return done
    check_trackers(recipe)
    own_bars_only()
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    data = read_training_set(recipe.data, recipe.seed)
    furniture = furniture_seen(recipe.data.folders, recipe.model)
    model, processor = _start(recipe, data)
    check_targets(model, recipe.lora)
    if recipe.attention:
        model.set_attn_implementation(recipe.attention)
    packed = recipe.packing == "image" or (recipe.packing == "auto" and can_share(model))
    rows, collator = _packed(recipe, data, model, processor) if packed else _plain(data)
    if len(rows) < recipe.batch_size:
        raise RecipeError(f"{len(rows)} rows do not fill one batch of {recipe.batch_size}: lower batch_size")
    with state.main_process_first():
        checkpoint = folder.open(data_key(data))
    steps = total_steps(recipe, len(rows) // (recipe.batch_size * recipe.accumulate) or 1)
    budget = Budget(steps, recipe.max_minutes and 60 * recipe.max_minutes, seconds_of(checkpoint))
    trainer = ColdStartTrainer(
        model=model,
        args=_arguments(recipe, folder, steps, packed),
        train_dataset=rows,
        data_collator=collator,
        processing_class=processor,
        peft_config=peft_config(recipe.lora),
    )
    if collator is not None:
        trainer.lengths = [len(pack) for pack in collator.packs]
    log = trainer.use_budget(recipe, budget, folder, ("loss", "mean_token_accuracy"))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return finish(trainer, folder, samples=len(data.samples), furniture=furniture, last=log.last)


def _start(recipe: SFTRecipe, data: TrainingSet) -> tuple[Any, Any]:
    if recipe.starter is None:
        return load_start(str(recipe.model), recipe.dtype)
    return fresh_starter(recipe.starter, data, recipe.seed)


def fresh_starter(shape: StarterShape, data: TrainingSet, seed: int) -> tuple[Any, Any]:
    """A starter model of this shape with random weights; its tokenizer is learned from questions and answers."""
    from waywiser.models.starter import WaywiserStarterConfig, build_starter
    from waywiser.models.starter.config import DEFAULT_TEXT

    values = shape.model_dump()
    text = {**DEFAULT_TEXT, "model_type": "qwen3", **{k: v for k, v in values.items() if k in DEFAULT_TEXT}}
    own = {k: v for k, v in values.items() if k.startswith("connector") or k == "feature_dropout"}
    texts = [text for sample in data.samples for text in (sample.question, gold_completion(sample))]
    config = WaywiserStarterConfig(text_config=text, **own)
    return build_starter(texts, config, vocab_size=shape.vocab_size, seed=seed)


def _packed(recipe: SFTRecipe, data: TrainingSet, model: Any, processor: Any) -> tuple[Dataset, PackCollator]:
    if not can_share(model):
        raise RecipeError(f"{type(model).__name__} cannot pack questions (no segment_ids): use packing: none")
    packs = make_packs(data, processor, model.config.image_token_id, recipe.max_pack_tokens)
    pixels = torch.cat(
        [
            processor.image_processor(images=[data.pictures.image(i)], return_tensors="pt")["pixel_values"]
            for i in tqdm(range(len(data.pictures.encoded)), desc="pictures", disable=None)
        ]
    )
    rows = Dataset.from_dict({"pack": list(range(len(packs)))})
    return rows, PackCollator(packs, pixels, processor.tokenizer.pad_token_id)


def _plain(data: TrainingSet) -> tuple[Dataset, None]:
    """Conversational prompt-completion rows; pictures are decoded when a batch needs them."""
    rows = Dataset.from_dict({"row": list(range(len(data.samples)))})

    def fetch(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        samples = [data.samples[i] for i in batch["row"]]
        return {
            "prompt": [[{"role": "user", "content": s.question}] for s in samples],
            "completion": [[{"role": "assistant", "content": gold_completion(s)}] for s in samples],
            "images": [data.images(i) for i in batch["row"]],
        }

    return rows.with_transform(fetch), None


def _arguments(recipe: SFTRecipe, folder: RunFolder, steps: int | None, packed: bool) -> SFTConfig:
    return SFTConfig(
        **common_arguments(recipe, folder, steps),
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        completion_only_loss=not packed,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_drop_last=True,
    )
