"""Dynamic multi-task RLVR: GRPO with verifiable rewards, from a recipe."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal

import torch
from trl.trainer.grpo_config import GRPOConfig

from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.models.loading import load_config, load_processor
from waywiser.models.model_families import max_frames
from waywiser.models.model_paths import resolve_model_folder
from waywiser.recipe import nearest_name
from waywiser.rewards import CustomReward, make_reward_functions, reward_weights
from waywiser.training.config import RLVRRecipe
from waywiser.training.data.prompts import PromptDataset, build_prompt_dataset
from waywiser.training.grpo.overlong_penalty import OverlongPenalty
from waywiser.training.grpo.shared_compute import share_computation
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.run.adapters import build_peft_config, check_lora_targets
from waywiser.training.run.budgeted_trainer import (
    UNLIMITED_STEPS,
    common_training_arguments,
    disable_transformers_progress_bars,
    finish_training,
    process_state,
    resolve_prompt_format,
    restore_run_state,
    total_steps,
)
from waywiser.training.run.initial_model import freeze_vision, load_initial_model
from waywiser.training.run.rollouts import PageWriter, RolloutWriter
from waywiser.training.run.run_dir import RunDir, TrainResult, trained_seconds
from waywiser.training.run.trackers import check_trackers
from waywiser.training.run.training_budget import TrainingBudget


def run_rlvr(
    recipe: RLVRRecipe, *, resume: bool = False, page: PageWriter | None = None
) -> TrainResult:
    """Train by `recipe`, write `recipe.out` (see training.run.run_dir) and return its summary.

    `resume` goes on from the last whole checkpoint; a run that has ended before is returned as it
    is. `page` draws the pages that `recipe.rollout_pages` asks for. Raises RecipeError for a bad
    request before anything is written, TrainingError for what stops a run, and what reading data
    and models raises.
    """
    state = process_state()
    run_dir = RunDir(recipe, resume=resume, is_main=state.is_main_process)
    if (done := run_dir.read_result()) is not None:
        return done

    check_trackers(recipe)
    disable_transformers_progress_bars()

    if recipe.threads:
        torch.set_num_threads(recipe.threads)

    rewards = _reward_functions(recipe)
    prompts = build_prompt_dataset(
        recipe,
        run_dir,
        resolve_prompt_format(recipe, load_config(resolve_model_folder(recipe.model)).model_type),
        max_frames(load_processor(recipe.model)),
    )

    _check_batches(recipe, prompts)
    _check_reward_columns(rewards, prompts)
    model, processor = load_initial_model(
        recipe.model, recipe.dtype, load_4bit=recipe.load_4bit, bf16=recipe.bf16
    )

    if recipe.freeze_vision:
        freeze_vision(model)

    check_lora_targets(model, recipe.lora)
    generation_attention = model.config._attn_implementation

    if recipe.attention:
        model.set_attn_implementation(recipe.attention)

    steps = total_steps(recipe, len(prompts.tasks) // recipe.prompts_per_step or 1)
    arguments = _grpo_config(recipe, run_dir, model, processor, steps)

    with state.main_process_first():
        checkpoint = run_dir.open(prompts.key)

    trainer = _build_trainer(recipe, run_dir, prompts, rewards, model, processor, arguments, page)
    trainer.generation_attention = generation_attention
    budget = TrainingBudget(
        steps, recipe.max_minutes and 60 * recipe.max_minutes, trained_seconds(checkpoint)
    )
    log = trainer.use_budget(recipe, budget, run_dir, ("reward", "kl"))
    restore_run_state(trainer, checkpoint)

    with (
        prompts.stream.worker_pool(_checkpoint_step(checkpoint))
        if prompts.stream
        else nullcontext()
    ):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    return finish_training(
        trainer,
        run_dir,
        samples=len(prompts.tasks),
        furniture_keys=prompts.furniture_keys,
        last=log.last,
    )


def _checkpoint_step(checkpoint: Path | None) -> int:
    return 0 if checkpoint is None else int(checkpoint.name.rpartition("-")[2])


def _build_trainer(
    recipe: RLVRRecipe,
    run_dir: RunDir,
    prompts: PromptDataset,
    rewards: list[Any],
    model: Any,
    processor: Any,
    arguments: GRPOConfig,
    page: PageWriter | None,
) -> DynamicGRPOTrainer:
    steps = arguments.max_steps if arguments.max_steps < UNLIMITED_STEPS else None
    trainer = DynamicGRPOTrainer(
        model=model,
        args=arguments,
        reward_funcs=rewards,
        train_dataset=prompts.rows,
        processing_class=processor,
        peft_config=build_peft_config(recipe.lora),
        strategy=recipe.strategy,
        tasks=prompts.tasks,
        difficulty=prompts.difficulty,
        stream=prompts.stream,
        pace_steps=recipe.strategy.pace_steps or steps,
        rollouts=RolloutWriter(
            run_dir.rollouts, recipe.log_rollouts, run_dir.pages, recipe.rollout_pages, page
        ),
        drop_zero_std_groups=recipe.drop_zero_std_groups,
        max_resamples=recipe.resample_zero_std_groups,
        seed_generation=True,
        kl_limit=recipe.kl_limit,
    )

    cache = recipe.vision_cache_mb * 2**20
    share_computation(
        trainer, prompts=recipe.share_prompts, vision=recipe.share_vision, cache_bytes=cache
    )

    return trainer


def _reward_functions(recipe: RLVRRecipe) -> list[Any]:
    overlong = [OverlongPenalty(recipe.max_completion_length, recipe.overlong_buffer)]
    return [
        *make_reward_functions(recipe.rewards),
        *(overlong if recipe.overlong == "penalise" else []),
    ]


def _check_reward_columns(rewards: list[Any], prompts: PromptDataset) -> None:
    """Whether the rows have what the user's own rewards need; rows that are drawn while training
    tell later.
    """
    custom_rewards = [reward for reward in rewards if isinstance(reward, CustomReward)]
    if custom_rewards and prompts.stream is None:
        columns = [name for name in prompts.rows[0] if name != "prompt"]
        for reward in custom_rewards:
            reward.check_columns(columns)


def vision_token_ids(model: Any, processor: Any) -> list[int]:
    """Ids of the tokens that stand for pictures: a policy that writes one gets features that do not
    match.
    """
    names = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
    token_ids = [
        getattr(source, name, None) for source in (model.config, processor) for name in names
    ]
    return sorted({int(token) for token in token_ids if token is not None})


def _ban_tokens(tokens: list[int], *, vllm: bool) -> JsonObject:
    """Generation that never writes `tokens`, in the words of transformers or of vLLM's
    SamplingParams.
    """
    return {"logit_bias": dict.fromkeys(tokens, -100.0)} if vllm else {"suppress_tokens": tokens}


def _check_batches(recipe: RLVRRecipe, prompts: PromptDataset) -> None:
    """What the sampler would refuse later, before anything is loaded or written."""
    from waywiser.training.data.curriculum import CurriculumSampler

    order: Literal["random", "curriculum"] = (
        "curriculum" if recipe.strategy.order == "curriculum" else "random"
    )
    CurriculumSampler(
        prompts.tasks,
        prompts.difficulty,
        batch_size=recipe.prompts_per_step,
        order=order,
        mixing=recipe.strategy.mixing,
    )

    for axis, name in (("weight", recipe.strategy.weight), ("order", recipe.strategy.order)):
        if name in ("p(1-p)", "variance", "online") and "accuracy" not in recipe.rewards.weights:
            raise RecipeError(f"{axis} {name} needs the accuracy reward: give it a weight")

    known = set(prompts.tasks)

    for task in recipe.rewards.tasks:
        if task not in known and (near := nearest_name(task, known)):
            raise RecipeError(
                f"rewards.tasks names {task!r}, which the data lacks; did you mean {near!r}?"
            )


def _grpo_config(
    recipe: RLVRRecipe, run_dir: RunDir, model: Any, processor: Any, steps: int | None
) -> GRPOConfig:
    rows = recipe.prompts_per_step * recipe.num_generations
    processes = process_state().num_processes
    if rows % (recipe.gradient_accumulation_steps * processes):
        raise RecipeError(
            f"{rows} completions per step do not split into"
            f" {recipe.gradient_accumulation_steps} micro batches on"
            f" {processes} processes: change prompts_per_step"
        )

    kl = recipe.strategy.kl != "none"
    return GRPOConfig(
        **common_training_arguments(recipe, run_dir, steps),
        **(recipe.vllm.arguments() if recipe.vllm else {}),
        per_device_train_batch_size=rows // (recipe.gradient_accumulation_steps * processes),
        gradient_accumulation_steps=recipe.gradient_accumulation_steps,
        num_generations=recipe.num_generations,
        max_completion_length=recipe.max_completion_length,
        temperature=recipe.temperature,
        top_p=1.0,
        top_k=0,  # neither filter is on: no sorting of the vocabulary
        generation_kwargs=_ban_tokens(
            vision_token_ids(model, processor), vllm=recipe.vllm is not None
        ),
        beta=recipe.strategy.beta if kl else 0.0,  # 0 at the start would build no reference model
        loss_type=recipe.loss_type,
        epsilon=recipe.epsilon,
        reward_weights=reward_weights(recipe.rewards) + [1.0] * (recipe.overlong == "penalise"),
        mask_truncated_completions=recipe.overlong == "mask",
        disable_dropout=True,
        log_multimodal=False,  # TRL gathers pictures only in processes that have some: the others would hang
    )
