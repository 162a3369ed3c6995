"""How good is a model on rooms and furniture that it never saw, and how much of that needs no eyes?

    python examples/benchmark_starter.py
    python examples/benchmark_starter.py --model runs/rlvr/model --rooms 200

The blind baseline knows the questions and answers of other rooms and sees no picture: what it
scores can be had by guessing well. For numbers worth quoting, take hundreds of rooms.
"""

import argparse
import tempfile
from pathlib import Path

import waywiser
from waywiser.evaluation.dataset_run import summarize_with_text_only_baseline


def make_rooms(folder: Path, rooms: int, split: str, seed: int) -> Path:
    """A dataset in `folder`. Its split, "train" or "heldout", also chooses the furniture."""
    config = waywiser.SynthesisConfig(
        out=folder, rooms=rooms, split=split, seed=seed, assets="parametric"
    )
    waywiser.synthesize(config, progress=False)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="A model beside the blind baseline.")
    parser.add_argument("--model", default="starter", help="a folder, or the name of a model")
    parser.add_argument("--rooms", type=int, default=16)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        seen = make_rooms(Path(temporary) / "seen", args.rooms, split="train", seed=1)
        unseen = make_rooms(Path(temporary) / "unseen", args.rooms, split="heldout", seed=2)

        results = waywiser.evaluate(args.model, [unseen], samples=2)
        table = summarize_with_text_only_baseline(results, [unseen], blind=seen)

    print(f"{'task':16s}  greedy  sampled  blind")
    for task in table["greedy"]:
        greedy, sampled, blind = (table[mode][task] for mode in ("greedy", "sampled", "blind"))
        print(f"{task:16s}  {greedy:6.3f}  {sampled:7.3f}  {blind:5.3f}")


if __name__ == "__main__":
    main()
