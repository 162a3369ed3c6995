"""Cold start: supervised fine-tuning on questions with gold reasoning, over TRL's SFTTrainer."""

from typing import Any

import torch
from datasets import Dataset
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from waywiser.errors import RecipeError
from waywiser.models.model_families import max_frames
from waywiser.prompting import PromptFormat, question_text, sample_messages
from waywiser.tasks.completion import gold_completion
from waywiser.training.config import SFTRecipe, StarterShape, SupervisedRecipe
from waywiser.training.data.image_packing import (
    PackCollator,
    PixelCache,
    pack_by_image,
    split_batch,
)
from waywiser.training.data.length_grouping import LengthGroupedSampler
from waywiser.training.data.training_set import TrainingSet, dataset_fingerprint, read_training_set
from waywiser.training.grpo.prompt_sharing import supports_segment_ids
from waywiser.training.run.adapters import build_peft_config, check_lora_targets
from waywiser.training.run.budgeted_trainer import (
    BudgetedTrainer,
    common_training_arguments,
    disable_transformers_progress_bars,
    finish_training,
    process_state,
    resolve_prompt_format,
    total_steps,
)
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.provenance import furniture_seen_in_training
from waywiser.training.run.run_dir import RunDir, TrainResult, trained_seconds
from waywiser.training.run.trackers import check_trackers
from waywiser.training.run.training_budget import TrainingBudget


class ColdStartTrainer(BudgetedTrainer, SFTTrainer):
    """TRL's SFTTrainer with a schedule that follows the budget, batches of rows of like length, and
    packed batches read in parts where they are long.
    """

    lengths: list[int] | None = None
    """Tokens of each packed row; None leaves batches to the Trainer."""
    max_batch_tokens: int | None = None
    """Tokens of packed rows that are read at once; None for whole batches."""

    def _get_train_sampler(self, *args: Any, **kwargs: Any) -> Any:
        if self.lengths is None:
            return super()._get_train_sampler(*args, **kwargs)
        size = self.args.train_batch_size * self.accelerator.num_processes
        return LengthGroupedSampler(self.lengths, size, seed=self.args.seed)

    def training_step(
        self, model: Any, inputs: Any, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Forward and backward; each part's loss counts all learned tokens, so gradients add up to
        the batch's own. Several processes read whole batches: they must call the model equally
        often.
        """
        step: Any = super().training_step
        limit = self.max_batch_tokens
        if limit is None or num_items_in_batch is None or self.accelerator.num_processes > 1:
            return step(model, inputs, num_items_in_batch)

        image_token_id = self.accelerator.unwrap_model(model).config.image_token_id
        parts = split_batch(inputs, image_token_id, limit)
        losses = [step(model, part, num_items_in_batch) for part in parts]
        return torch.stack(losses).sum()


def run_sft(recipe: SFTRecipe, *, resume: bool = False) -> TrainResult:
    """Train by `recipe`, write `recipe.out` (see training.run.run_dir) and return its summary.

    `resume` goes on from the last whole checkpoint in `recipe.out`; a run that has ended before is
    returned as it is. Raises RecipeError for a bad request before anything is written, and what
    reading data and models raises.
    """
    state = process_state()
    run_dir = RunDir(recipe, resume=resume, is_main=state.is_main_process)
    if (done := run_dir.read_result()) is not None:
        return done

    check_trackers(recipe)
    disable_transformers_progress_bars()

    if recipe.threads:
        torch.set_num_threads(recipe.threads)

    data = read_training_set(recipe.data, recipe.seed)
    furniture_keys = furniture_seen_in_training(recipe.data.folders, recipe.model)
    model, processor = _load_or_build_model(recipe, data)
    check_lora_targets(model, recipe.lora)

    if recipe.attention:
        model.set_attn_implementation(recipe.attention)

    data = data.with_max_frames(max_frames(processor))
    prompt = resolve_prompt_format(recipe, model.config.model_type)
    rows, collator = make_rows(recipe, data, model, processor, prompt)
    if len(rows) < recipe.batch_size:
        raise RecipeError(
            f"{len(rows)} rows do not fill one batch of {recipe.batch_size}: lower batch_size"
        )

    with state.main_process_first():
        checkpoint = run_dir.open(dataset_fingerprint(data))

    steps = total_steps(
        recipe, len(rows) // (recipe.batch_size * recipe.gradient_accumulation_steps) or 1
    )
    budget = TrainingBudget(
        steps, recipe.max_minutes and 60 * recipe.max_minutes, trained_seconds(checkpoint)
    )

    trainer = build_sft_trainer(recipe, run_dir, model, processor, rows, collator, steps)
    log = trainer.use_budget(recipe, budget, run_dir, ("loss", "mean_token_accuracy"))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return finish_training(
        trainer, run_dir, samples=len(data.samples), furniture_keys=furniture_keys, last=log.last
    )


def make_rows(
    recipe: SupervisedRecipe, data: TrainingSet, model: Any, processor: Any, prompt: PromptFormat
) -> tuple[Dataset, PackCollator | None]:
    """Rows of questions with their completions, packed by picture where the recipe says so and the
    model can, and what batches packed rows.
    """
    packed = recipe.packing == "image" or (
        recipe.packing == "auto" and supports_segment_ids(model) and not data.has_videos()
    )
    return (
        _pack_rows(recipe, data, model, processor, prompt)
        if packed
        else _conversational_rows(data, prompt)
    )


def build_sft_trainer(
    recipe: SupervisedRecipe,
    run_dir: RunDir,
    model: Any,
    processor: Any,
    rows: Dataset,
    collator: PackCollator | None,
    steps: int | None,
) -> ColdStartTrainer:
    """The trainer of `make_rows`' rows; None steps leave the end to the clock."""
    trainer = ColdStartTrainer(
        model=model,
        args=_sft_config(recipe, run_dir, steps, packed=collator is not None),
        train_dataset=rows,
        data_collator=collator,
        processing_class=processor,
        peft_config=build_peft_config(recipe.lora),
    )
    if collator is not None:
        trainer.lengths = [len(pack) for pack in collator.packs]
        trainer.max_batch_tokens = recipe.max_batch_tokens

    return trainer


def _load_or_build_model(recipe: SFTRecipe, data: TrainingSet) -> tuple[Any, Any]:
    if recipe.starter is None:
        return load_initial_model(
            str(recipe.model), recipe.dtype, load_4bit=recipe.load_4bit, bf16=recipe.bf16
        )
    return fresh_starter(recipe.starter, data, recipe.seed)


def fresh_starter(shape: StarterShape, data: TrainingSet, seed: int) -> tuple[Any, Any]:
    """A starter model of this shape with random weights; its tokenizer is learned from questions
    and answers.
    """
    from waywiser.models.starter import WaywiserStarterConfig, build_starter
    from waywiser.models.starter.config import DEFAULT_TEXT_CONFIG

    values = shape.model_dump()
    text = {
        **DEFAULT_TEXT_CONFIG,
        "model_type": "qwen3",
        **{k: v for k, v in values.items() if k in DEFAULT_TEXT_CONFIG},
    }

    connector_values = {
        k: v for k, v in values.items() if k.startswith("connector") or k == "feature_dropout"
    }
    texts = [
        text for sample in data.samples for text in (question_text(sample), gold_completion(sample))
    ]
    config = WaywiserStarterConfig(text_config=text, **connector_values)

    return build_starter(texts, config, vocab_size=shape.vocab_size, seed=seed)


def _pack_rows(
    recipe: SupervisedRecipe, data: TrainingSet, model: Any, processor: Any, prompt: PromptFormat
) -> tuple[Dataset, PackCollator]:
    if not supports_segment_ids(model):
        raise RecipeError(
            f"{type(model).__name__} cannot pack questions (no segment_ids): use packing: none"
        )

    packs = pack_by_image(
        data, processor, model.config.image_token_id, recipe.max_pack_tokens, prompt
    )
    rows = Dataset.from_dict({"pack": list(range(len(packs)))})
    return rows, PackCollator(packs, PixelCache(data, processor), processor.tokenizer.pad_token_id)


def _conversational_rows(data: TrainingSet, prompt: PromptFormat) -> tuple[Dataset, None]:
    """Conversational prompt-completion rows; pictures are decoded when a batch needs them."""
    rows = Dataset.from_dict({"row": list(range(len(data)))})
    return rows.with_transform(_ConversationalRows(data, prompt)), None


class _ConversationalRows:
    """Row numbers -> prompts, completions and pictures. A class, so that its hash is the data's
    name, not the data.
    """

    def __init__(self, data: TrainingSet, prompt: PromptFormat) -> None:
        self._data = data
        self._prompt = prompt

    def __call__(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        samples = [self._data.sample(i) for i in batch["row"]]
        texts = [self._data.completion(i) for i in batch["row"]]
        images = [self._data.images(i) for i in batch["row"]]

        return {
            "prompt": [
                sample_messages(sample, [None] * len(sample_images), self._prompt)
                for sample, sample_images in zip(samples, images, strict=True)
            ],
            "completion": [
                [{"role": "assistant", "content": [{"type": "text", "text": text}]}]
                for text in texts
            ],
            "images": images,
        }

    def __reduce__(self) -> Any:
        return (_ConversationalRows, (self._data, self._prompt))


def _sft_config(
    recipe: SupervisedRecipe, run_dir: RunDir, steps: int | None, *, packed: bool
) -> SFTConfig:
    return SFTConfig(
        **common_training_arguments(recipe, run_dir, steps),
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.gradient_accumulation_steps,
        completion_only_loss=not packed,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_drop_last=True,
    )
