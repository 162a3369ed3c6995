"""Do the levels of the task generators order what a model really gets right? The starter's scores,
level by level.

    python benchmarks/level_pass_rates.py --json levels.json [--questions 60] [--samples 4]
    [--homes]

Each of the five tasks that the starter knows is asked at five levels, of fresh held-out rooms
(`QuestionSampler`, what online training draws from) or, with `--homes`, of fresh homes
(`QuestionGenerator`). A question's score is the mean accuracy reward of its completions at
temperature 1. Intervals are bootstraps over questions; the trend is Spearman's rank correlation of
level and score over questions, with a two-sided permutation p-value. Negative: higher levels are
harder.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.stats import permutation_test, spearmanr
from tqdm import tqdm

from waywiser.dataset.question_generator import NUM_LEVELS, QuestionGenerator
from waywiser.sample import Sample
from waywiser.tasks.registry import ROOM_TASKS
from waywiser.training.data.difficulty import measure_difficulty
from waywiser.training.data.question_sampler import QuestionSampler
from waywiser.training.data.room_question_sampler import open_furniture_meshes
from waywiser.training.run.initial_model import load_initial_model

SPLIT = "heldout"


def draw(task: str, level: int, count: int, homes: bool) -> list[Sample]:
    """`count` questions of one level; their ids are told apart by level."""
    if homes:
        generator = QuestionGenerator(task, open_furniture_meshes(None)[0], split=SPLIT)
        drawn = [generator.sample(seed, level / (NUM_LEVELS - 1)) for seed in range(count)]
    else:
        draws = QuestionSampler(split=SPLIT)
        drawn = [
            draws(task, 1000 * level + seed, level / (NUM_LEVELS - 1)) for seed in range(count)
        ]

    return [sample.model_copy(update={"id": f"{level}-{k}"}) for k, sample in enumerate(drawn)]


def interval(scores: np.ndarray, rng: np.random.Generator) -> list[float]:
    """95 % bootstrap interval of the mean."""
    means = rng.choice(scores, (4000, len(scores))).mean(axis=1)
    return [round(float(q), 3) for q in np.quantile(means, (0.025, 0.975))]


def trend(levels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Spearman's correlation of level and score, and its permutation p-value."""
    statistic = lambda x: spearmanr(x, scores).statistic  # noqa: E731
    found = permutation_test(
        (levels,),
        statistic,
        permutation_type="pairings",
        n_resamples=4999,
        rng=np.random.default_rng(0),
    )

    return {"spearman": round(float(found.statistic), 3), "p": round(float(found.pvalue), 4)}


def verdict(found: dict[str, float]) -> str:
    """In words, at p < .05."""
    if not found["p"] < 0.05:
        return "not shown to order"
    return (
        "orders: harder as levels rise"
        if found["spearman"] < 0
        else "reversed: easier as levels rise"
    )


def of_task(task: str, model: Any, processor: Any, args: argparse.Namespace) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    rows = []
    levels = []
    scores = []

    for level in range(NUM_LEVELS):
        samples = draw(task, level, args.questions, args.homes)
        table = measure_difficulty(model, processor, samples, k=args.samples, seed=level)
        found = np.array([1.0 - table[sample.id] for sample in samples])
        rows.append(
            {
                "level": level,
                "score": round(float(found.mean()), 3),
                "interval": interval(found, rng),
            }
        )

        levels += [level] * len(found)
        scores += found.tolist()

    found_trend = trend(np.array(levels), np.array(scores))
    return {"task": task, "levels": rows, **found_trend, "verdict": verdict(found_trend)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=60, help="of each task and level")
    parser.add_argument("--samples", type=int, default=4, help="completions a question")
    parser.add_argument("--homes", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, processor = load_initial_model("starter")
    report = {"model": "starter", "of": "homes" if args.homes else "rooms", "split": SPLIT}
    report |= {"questions": args.questions, "samples": args.samples}
    report["tasks"] = [
        of_task(task, model, processor, args) for task in tqdm(ROOM_TASKS, disable=None)
    ]
    print(json.dumps(report, indent=1))

    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
