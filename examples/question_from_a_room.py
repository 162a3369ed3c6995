"""One fresh question about a furnished room: its picture, its exact answer, and why it is right.

    python examples/question_from_a_room.py
    python examples/question_from_a_room.py --task left_right --level 4 --seed 1 --out pictures

Levels run from 0 (easy) to 4 (hard). The same task, level and seed give the same question.
"""

import argparse
from pathlib import Path

import waywiser


def main() -> None:
    parser = argparse.ArgumentParser(description="One fresh question about a furnished room.")
    parser.add_argument("--task", default="camera_distance", help="a name from docs/guide/tasks.md")
    parser.add_argument("--level", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--out", type=Path, default=Path("pictures"), help="folder for the pictures"
    )
    args = parser.parse_args()

    # "parametric" furniture is built from formulas and needs no download; without an argument
    # `open_library` takes the real models of `waywiser assets get` where they are installed.
    library = waywiser.open_library("parametric")

    generator = waywiser.QuestionGenerator(args.task, library)
    sample = generator.sample(seed=args.seed, level=args.level)

    print("question: ", sample.question)
    print("answer:   ", sample.answer.value, sample.answer.unit or "")
    print("reasoning:", sample.reasoning)

    args.out.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(sample.images):
        picture = args.out / f"{sample.id}-{number}.png"
        picture.write_bytes(content)
        print("picture:  ", picture)


if __name__ == "__main__":
    main()
