"""Dynamic multi-task RLVR in one file, without TRL: M2-Reasoning (arXiv 2507.08306) on the starter.

    python examples/rlvr_loop.py --steps 20        # under two minutes on one CPU core

It makes furnished rooms with five kinds of questions and measures how hard each question is for the
model. Then every step takes the next questions of one task, easy ones first; samples G completions
of each; pays for format and accuracy; turns rewards into advantages within each group; weights the
groups by how undecided they are; and takes a clipped policy-gradient step, with a KL penalty to the
model that it started from, which fades over the run.

Left out here, and part of `waywiser train recipes/rlvr_tiny.yaml` (docs/guide/train.md): the filter
on questions that are always or never solved, redrawing of dead groups, questions drawn while
training, warm-up and annealing of the learning rate, checkpoints and resume, several processes,
LoRA, vLLM, trackers. Nor does it evaluate: 20 steps are too few to show on rooms never seen.

Suffixes of tensors: P prompts, G completions of each, B = P * G rows, T tokens, V vocabulary.
"""

import argparse
import copy
import math
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

import waywiser
from waywiser.models.generation import build_prompt_inputs, generate_completions, generate_tokens
from waywiser.rewards import accuracy_reward

FORMAT_WEIGHT = 0.2
REWARDS = waywiser.RewardConfig(
    weights={"format": FORMAT_WEIGHT, "accuracy": 1.0},
    numeric="ednm",
)
SIGMA = (
    4.0  # makes the weight of eq. 6 equal 1 at its peak, where half of the completions are right
)
PASS_RATE_COMPLETIONS = 4
MAX_NEW_TOKENS = 64


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Dynamic multi-task RLVR in one file.")
    add = parser.add_argument
    # Data
    add("--rooms", type=int, default=24, help="rooms to furnish, about four questions each")
    add("--seed", type=int, default=0)
    # Rollouts
    add("--prompts", type=int, default=4, help="P: questions a step, all of one task")
    add("--completions", type=int, default=8, help="G: completions of each question")
    # Optimization
    add("--steps", type=int, default=20)
    add("--updates", type=int, default=2, help="gradient steps on one step's completions")
    add("--learning-rate", type=float, default=1e-4)
    add("--clip", type=float, default=0.2, help="how far the probability ratio may leave 1")
    add("--beta", type=float, default=0.03, help="weight of the KL penalty at the start")
    return parser.parse_args()


def make_questions(rooms: int, seed: int) -> list[waywiser.Sample]:
    """Questions with exact answers about freshly furnished rooms."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        config = waywiser.SynthesisConfig(out=out, rooms=rooms, seed=seed, assets="parametric")
        waywiser.synthesize(config, progress=False)
        return list(waywiser.load_dataset(out))


def order_easy_to_hard(
    model: Any, processor: Any, samples: list[waywiser.Sample]
) -> dict[str, list[waywiser.Sample]]:
    """The questions of each task, those that the model itself mostly solves first."""
    completions = generate_completions(
        model,
        processor,
        samples,
        n=PASS_RATE_COMPLETIONS,
        temperature=1.0,
        max_new_tokens=MAX_NEW_TOKENS,
    )

    # Difficulty is 1 - pass rate (section 2.1.2).
    difficulty: dict[str, float] = {}
    for sample, texts in zip(samples, completions, strict=True):
        passed = [accuracy_reward(text, sample.answer, sample.task, REWARDS) for text in texts]
        difficulty[sample.id] = 1 - sum(passed) / len(passed)

    pools: dict[str, list[waywiser.Sample]] = {}
    for sample in sorted(samples, key=lambda sample: difficulty[sample.id]):
        pools.setdefault(sample.task, []).append(sample)
    return pools


def score(texts: list[str], samples: list[waywiser.Sample]) -> tuple[torch.Tensor, torch.Tensor]:
    """Format and accuracy, each (P, G), of G texts for each of P samples.

    Accuracy is 0 or 1. For measurements it is EDNM, exp(-2 |x - truth| / |truth|): near misses are
    paid nearly in full, so that there is something to climb from the start (section 3.2, eq. 9).
    """
    repeats = len(texts) // len(samples)
    answers = [sample.answer.model_dump() for sample in samples for _ in range(repeats)]
    tasks = [sample.task for sample in samples for _ in range(repeats)]

    format_function, accuracy_function = waywiser.make_reward_functions(REWARDS)
    format_B = torch.tensor(format_function(completions=texts))
    accuracy_B = torch.tensor(accuracy_function(completions=texts, answer=answers, task=tasks))
    return format_B.view(-1, repeats), accuracy_B.view(-1, repeats)


def token_log_probs(model: Any, inputs: Any, tokens_B_T: torch.Tensor) -> torch.Tensor:
    """The log-probability of every token of the completions, (B, T)."""
    repeats = len(tokens_B_T) // len(inputs["input_ids"])
    prompt = {name: tensor.repeat_interleave(repeats, dim=0) for name, tensor in inputs.items()}

    output = model(
        input_ids=torch.cat([prompt["input_ids"], tokens_B_T], dim=1),
        attention_mask=torch.cat([prompt["attention_mask"], torch.ones_like(tokens_B_T)], dim=1),
        pixel_values=prompt["pixel_values"],  # one picture a row; equal ones are encoded once
        logits_to_keep=tokens_B_T.shape[1] + 1,
    )
    logits_B_T_V = output.logits[:, :-1]  # the logits at a place are for the token after it
    return -cross_entropy(logits_B_T_V.transpose(1, 2), tokens_B_T, reduction="none")


def main() -> None:
    args = parse_arguments()
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)

    # The policy starts from a model after its cold start, and is held to a frozen copy of it.
    # Both stay in evaluation mode: with dropout, probability ratios would not start at 1.
    policy, processor = waywiser.load_model("starter")
    reference = copy.deepcopy(policy).requires_grad_(False)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=args.learning_rate, betas=(0.9, 0.98))

    pools = order_easy_to_hard(policy, processor, make_questions(args.rooms, args.seed))
    drawn = dict.fromkeys(pools, 0)
    print("questions:", {task: len(pool) for task, pool in sorted(pools.items())})

    for step in range(args.steps):
        started = time.perf_counter()

        # One task a step, so that tasks do not pull one gradient in different directions; within it
        # from easy to hard (section 3.1.2). A task that runs out begins again.
        task = rng.choice(sorted(pools))
        samples = [pools[task][(drawn[task] + i) % len(pools[task])] for i in range(args.prompts)]
        drawn[task] += args.prompts

        # G completions of each question from the current policy, over its whole distribution.
        inputs = build_prompt_inputs(processor, samples)
        sampling = {"temperature": 1.0, "max_new_tokens": MAX_NEW_TOKENS}
        tokens_B_T = generate_tokens(
            policy, processor, inputs, num_completions=args.completions, **sampling
        )
        texts = processor.batch_decode(tokens_B_T, skip_special_tokens=True)

        # Tokens count up to the one that ends the completion; the rest is padding.
        ends_B_T = (tokens_B_T == processor.tokenizer.eos_token_id).int()
        mask_B_T = (ends_B_T.cumsum(dim=1) - ends_B_T == 0).float()

        # What each completion is paid (section 3.2).
        format_P_G, accuracy_P_G = score(texts, samples)
        reward_P_G = FORMAT_WEIGHT * format_P_G + accuracy_P_G

        # How much better it is than the others of its group (GRPO, arXiv 2402.03300).
        deviation_P_G = reward_P_G - reward_P_G.mean(dim=1, keepdim=True)
        advantage_P_G = deviation_P_G / (reward_P_G.std(dim=1, keepdim=True) + 1e-4)

        # Questions that are neither solved nor hopeless teach most, so advantages are weighted by
        # sigma * acc * (1 - acc) (section 3.1.3, eq. 6).
        accuracy_P = accuracy_P_G.mean(dim=1)
        weight_P = SIGMA * accuracy_P * (1 - accuracy_P)
        advantage_B_1 = (weight_P[:, None] * advantage_P_G).view(-1, 1)

        # A firm leash first, freedom later: beta falls to 0 along half a cosine (eq. 7).
        beta = args.beta * 0.5 * (1 + math.cos(math.pi * step / args.steps))

        with torch.no_grad():
            old_B_T = token_log_probs(policy, inputs, tokens_B_T)
            reference_B_T = token_log_probs(reference, inputs, tokens_B_T)

        for _ in range(args.updates):
            new_B_T = token_log_probs(policy, inputs, tokens_B_T)

            # Clipped policy gradient: nothing is gained by moving a ratio out of [1 - c, 1 + c].
            ratio_B_T = (new_B_T - old_B_T).exp()
            clipped_B_T = ratio_B_T.clamp(1 - args.clip, 1 + args.clip)
            gain_B_T = torch.minimum(ratio_B_T * advantage_B_1, clipped_B_T * advantage_B_1)

            # An estimate of the KL divergence that is never negative and varies little.
            gap_B_T = reference_B_T - new_B_T
            kl_B_T = gap_B_T.exp() - gap_B_T - 1

            # The mean over the tokens of a completion, then over completions.
            loss_B_T = mask_B_T * (beta * kl_B_T - gain_B_T)
            loss = (loss_B_T.sum(dim=1) / mask_B_T.sum(dim=1)).mean()

            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(policy.parameters(), max_norm=1.0)
            optimizer.step()

        kl = (mask_B_T * kl_B_T).sum().item() / mask_B_T.sum().item()
        print(
            f"step {step + 1:3d}  {task:15s}  reward {reward_P_G.mean():.3f}"
            f"  accuracy {accuracy_P_G.mean():.3f}  format {format_P_G.mean():.3f}"
            f"  weight {weight_P.mean():.3f}  beta {beta:.4f}  kl {kl:.5f}"
            f"  {time.perf_counter() - started:.1f} s"
        )


if __name__ == "__main__":
    main()
