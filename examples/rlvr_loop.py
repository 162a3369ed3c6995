"""Dynamic multi-task RLVR in one file: the method of M2-Reasoning (arXiv 2507.08306) on the starter, without TRL.

    python examples/rlvr_loop.py --steps 20        # under two minutes on one CPU core

It makes furnished rooms with five kinds of questions, measures how hard each question is for the model, and then in
every step: takes the next questions of one task, easy ones first; samples G completions of each; pays for format and
for accuracy; turns rewards into advantages within each group; weights the groups by how undecided they are; and
takes a clipped policy-gradient step with a KL penalty to the model that it started from, which fades over the run.

What was left out, and where it is: an evaluation on rooms never seen (`waywiser.evaluate`; 20 steps are too few to
move it), the filter on questions that are always or never solved, dead groups that are drawn again, questions drawn
while training, checkpoints and resume, several processes, LoRA, vLLM, trackers. `waywiser train recipes/rlvr_tiny.yaml`
has them all (docs/training.md).

Suffixes of tensors: P prompts, G completions of each, B = P * G rows, T tokens of a completion.
"""

import argparse
import copy
import math
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

import waywiser
from waywiser.models.generation import generate_completions, generate_tokens, prompt_inputs
from waywiser.rewards import accuracy_reward

REWARDS = waywiser.RewardConfig(weights={"format": 0.2, "accuracy": 1.0}, numeric="ednm")
SIGMA = 4.0  # eq. 6: makes the weight 1 where half of the completions are right


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Dynamic multi-task RLVR in one file.")
    # Data
    parser.add_argument("--rooms", type=int, default=24, help="rooms to furnish; each gives about four questions")
    parser.add_argument("--seed", type=int, default=0)
    # Rollouts
    parser.add_argument("--prompts", type=int, default=4, help="P: questions a step, all of one task")
    parser.add_argument("--completions", type=int, default=8, help="G: completions of each question")
    parser.add_argument("--max-new-tokens", type=int, default=64)
    # Optimization
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--updates", type=int, default=2, help="gradient steps on the completions of one step")
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--clip", type=float, default=0.2, help="how far the ratio of probabilities may leave 1")
    parser.add_argument("--beta", type=float, default=0.03, help="weight of the KL penalty at the start")
    return parser.parse_args()


def make_questions(rooms: int, seed: int) -> list[waywiser.Sample]:
    """Fresh rooms with parametric furniture, and questions about them whose answers are exact (section 2.2)."""
    with tempfile.TemporaryDirectory() as folder:
        config = waywiser.SynthesisConfig(out=Path(folder), rooms=rooms, seed=seed, assets="parametric")
        waywiser.synthesize(config, progress=False)
        return list(waywiser.load_dataset(folder))


def order_easy_to_hard(
    model: Any, processor: Any, samples: list[waywiser.Sample], args: argparse.Namespace
) -> dict[str, list[waywiser.Sample]]:
    """The questions of each task, by the model's own pass rate over four completions (sections 2.1.2 and 3.1.2)."""
    completions = generate_completions(
        model, processor, samples, n=4, temperature=1.0, max_new_tokens=args.max_new_tokens, seed=args.seed
    )

    pools: dict[str, list[tuple[float, str, waywiser.Sample]]] = defaultdict(list)
    for sample, texts in zip(samples, completions, strict=True):
        passed = [accuracy_reward(text, sample.answer, sample.task, REWARDS) for text in texts]
        pools[sample.task].append((1 - sum(passed) / len(passed), sample.id, sample))

    return {task: [sample for _, _, sample in sorted(pool)] for task, pool in pools.items()}


def score(texts: list[str], samples: list[waywiser.Sample]) -> tuple[torch.Tensor, torch.Tensor]:
    """Format and accuracy, each (P, G), of G texts for each sample.

    Accuracy is 0 or 1, but for measurements it is EDNM, exp(-2 |x - truth| / truth): a guess that is nearly right is
    paid nearly in full, so that there is something to climb from the start (section 3.2, eq. 9).
    """
    completions = len(texts) // len(samples)
    columns = {
        "answer": [sample.answer.model_dump() for sample in samples for _ in range(completions)],
        "task": [sample.task for sample in samples for _ in range(completions)],
    }

    format_function, accuracy_function = waywiser.make_reward_functions(REWARDS)
    format_B = torch.tensor(format_function(completions=texts, **columns))
    accuracy_B = torch.tensor(accuracy_function(completions=texts, **columns))

    return format_B.view(-1, completions), accuracy_B.view(-1, completions)


def log_probabilities(model: Any, inputs: Any, tokens_B_T: torch.Tensor) -> torch.Tensor:
    """The log-probability of every token of the completions, (B, T)."""
    completions = len(tokens_B_T) // len(inputs["input_ids"])
    prompt = {name: tensor.repeat_interleave(completions, dim=0) for name, tensor in inputs.items()}

    logits_B_T_V = model(
        input_ids=torch.cat([prompt["input_ids"], tokens_B_T], dim=1),
        attention_mask=torch.cat([prompt["attention_mask"], torch.ones_like(tokens_B_T)], dim=1),
        pixel_values=prompt["pixel_values"],  # one picture a row; equal ones are encoded once
        logits_to_keep=tokens_B_T.shape[1] + 1,
    ).logits[:, :-1]  # the logits at a place are for the token behind it

    return -F.cross_entropy(logits_B_T_V.transpose(1, 2), tokens_B_T, reduction="none")


def main() -> None:
    args = parse_arguments()
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)

    # The policy starts from a model that went through the cold start already, and is held to a copy of it.
    # Both stay in evaluation mode: with dropout the ratio of probabilities would not start at 1.
    policy, processor = waywiser.load_model("starter")
    reference = copy.deepcopy(policy).requires_grad_(False)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=args.learning_rate, betas=(0.9, 0.98))

    questions = make_questions(args.rooms, args.seed)
    pools = order_easy_to_hard(policy, processor, questions, args)
    taken = dict.fromkeys(pools, 0)
    print(f"{len(questions)} questions: " + ", ".join(f"{task} {len(pool)}" for task, pool in sorted(pools.items())))

    for step in range(args.steps):
        started = time.perf_counter()

        # One task a step, so that tasks do not fight within a gradient; its next questions, from easy to hard
        # (section 3.1.2). A task that has run out begins again.
        task = rng.choice(sorted(pools))
        samples = [pools[task][(taken[task] + i) % len(pools[task])] for i in range(args.prompts)]
        taken[task] += args.prompts

        # G completions of each question from the current policy, drawn from the whole distribution.
        inputs = prompt_inputs(processor, samples)
        tokens_B_T = generate_tokens(
            policy,
            processor,
            inputs,
            draws=args.completions,
            temperature=1.0,
            max_new_tokens=args.max_new_tokens,
        )
        texts = processor.batch_decode(tokens_B_T, skip_special_tokens=True)

        # Every token up to the one that ends the completion counts; what follows is padding.
        ends_B_T = (tokens_B_T == processor.tokenizer.eos_token_id).int()
        mask_B_T = (ends_B_T.cumsum(dim=1) - ends_B_T == 0).float()

        # What each completion is paid (section 3.2).
        format_P_G, accuracy_P_G = score(texts, samples)
        reward_P_G = REWARDS.weights["format"] * format_P_G + REWARDS.weights["accuracy"] * accuracy_P_G

        # How much better it is than the other completions of its question (GRPO, arXiv 2402.03300).
        deviation_P_G = reward_P_G - reward_P_G.mean(dim=1, keepdim=True)
        advantage_P_G = deviation_P_G / (reward_P_G.std(dim=1, keepdim=True) + 1e-4)

        # Questions that are neither solved nor hopeless teach most: sigma * acc * (1 - acc) (section 3.1.3, eq. 6).
        accuracy_P = accuracy_P_G.mean(dim=1)
        weight_P = SIGMA * accuracy_P * (1 - accuracy_P)
        advantage_B = (weight_P[:, None] * advantage_P_G).flatten()

        # A firm leash first, freedom later: beta falls to 0 along half a cosine (section 3.1.3, eq. 7).
        beta = args.beta * 0.5 * (1 + math.cos(math.pi * step / args.steps))

        with torch.no_grad():
            old_B_T = log_probabilities(policy, inputs, tokens_B_T)
            reference_B_T = log_probabilities(reference, inputs, tokens_B_T)

        for _ in range(args.updates):
            new_B_T = log_probabilities(policy, inputs, tokens_B_T)

            # Clipped policy gradient: once the ratio has left [1 - clip, 1 + clip] there is nothing more to gain.
            ratio_B_T = (new_B_T - old_B_T).exp()
            clipped_B_T = ratio_B_T.clamp(1 - args.clip, 1 + args.clip)
            gain_B_T = torch.minimum(ratio_B_T * advantage_B[:, None], clipped_B_T * advantage_B[:, None])

            # An estimate of the KL divergence to the reference that is never negative and has little variance.
            gap_B_T = reference_B_T - new_B_T
            kl_B_T = gap_B_T.exp() - gap_B_T - 1

            # The mean over the tokens of each completion, then over completions.
            loss_B_T = beta * kl_B_T - gain_B_T
            loss = ((loss_B_T * mask_B_T).sum(dim=1) / mask_B_T.sum(dim=1)).mean()

            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
            optimizer.step()

        kl = ((kl_B_T * mask_B_T).sum() / mask_B_T.sum()).item()
        print(
            f"step {step + 1:3d}  {task:15s}  reward {reward_P_G.mean():.3f}  accuracy {accuracy_P_G.mean():.3f}"
            f"  format {format_P_G.mean():.3f}  weight {weight_P.mean():.3f}  beta {beta:.4f}  kl {kl:.5f}"
            f"  {time.perf_counter() - started:.1f} s"
        )


if __name__ == "__main__":
    main()
