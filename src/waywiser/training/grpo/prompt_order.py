"""Chooses the sampler that orders the prompts of a GRPO run."""

from typing import Any

from waywiser.json_types import JsonObject
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.online_sampler import OnlineSampler
from waywiser.training.data.repeat_sampler import ResumableRepeatSampler
from waywiser.training.data.stream import StreamSampler


def build_prompt_sampler(trainer: Any, dataset: Any) -> Any:
    """The sampler of a `DynamicGRPOTrainer`, by its stream or its strategy's order and mixing."""
    repeats = trainer.num_iterations * trainer.args.steps_per_generation
    if trainer.stream is not None:
        return StreamSampler(
            trainer.stream, num_generations=trainer.num_generations, repeat_count=repeats
        )

    batch_size = trainer.args.generation_batch_size // trainer.num_generations
    if (trainer.strategy.order, trainer.strategy.mixing) == ("random", "shuffled"):
        return ResumableRepeatSampler(
            dataset,
            mini_repeat_count=trainer.num_generations,
            batch_size=batch_size,
            repeat_count=repeats,
            seed=trainer.args.seed,
        )

    return _curriculum_sampler(trainer, batch_size, repeats)


def _curriculum_sampler(trainer: Any, batch_size: int, repeats: int) -> CurriculumSampler:
    common: JsonObject = {
        "batch_size": batch_size,
        "num_generations": trainer.num_generations,
        "repeat_count": repeats,
        "mixing": trainer.strategy.mixing,
        "seed": trainer.args.seed,
    }

    if trainer.pace_steps is not None:  # a generation batch serves `repeats` forward passes
        passes = trainer.pace_steps * trainer.args.gradient_accumulation_steps
        common["batches"] = -(-passes // repeats)

    if trainer.strategy.order != "online":
        return CurriculumSampler(
            trainer.tasks, trainer.difficulty, order=trainer.strategy.order, **common
        )

    sampler = OnlineSampler(
        trainer.tasks,
        trainer.difficulty,
        pass_rate_estimator=trainer.pass_rate_estimator,
        **common,
    )
    sampler.load(trainer.restored_state.get("sampler", sampler.state()))
    return sampler
