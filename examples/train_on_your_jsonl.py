"""Supervised fine-tuning on a JSONL file of your own, in a layout that other projects write too.

    python examples/train_on_your_jsonl.py --out my_run

It draws a few pictures, writes `boxes.jsonl` with a question about each, and trains the starter on
it for two steps. docs/guide/your_data.md lists the layouts that are read; nothing has to be
converted.
"""

import argparse
import json
from pathlib import Path

from PIL import Image, ImageDraw

import waywiser

RECIPE = Path(__file__).parents[1] / "recipes" / "own_data_sft.yaml"
WORDS = ("one", "two", "three", "four")


def write_data(folder: Path) -> Path:
    """`boxes.jsonl`: chat messages, with paths of pictures relative to the file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []

    for count in range(1, 5):
        picture = Image.new("RGB", (224, 160), "white")
        for left in range(10, 10 + 52 * count, 52):
            ImageDraw.Draw(picture).rectangle((left, 60, left + 40, 120), fill="navy")
        picture.save(folder / f"boxes_{count}.png")

        reply = f"<think>{', '.join(WORDS[:count])}</think><answer>{count}</answer>"
        question = {"role": "user", "content": "<image>How many boxes are there?"}
        messages = [question, {"role": "assistant", "content": reply}]
        rows.append({"messages": messages, "images": [f"boxes_{count}.png"]})

    path = folder / "boxes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="SFT on a JSONL file.")
    parser.add_argument("--out", type=Path, default=Path("my_run"), help="folder for all of it")
    args = parser.parse_args()

    # Every key of a recipe can be overridden, as on the command line.
    run = args.out / "sft"
    flags = {"data.path": write_data(args.out), "out": run, "max_steps": 2, "log_steps": 1}
    waywiser.train(RECIPE, [f"--{key}={value}" for key, value in flags.items()])
    print((run / "log.jsonl").read_text(encoding="utf-8"))

    model, processor = waywiser.load_model(run / "model")
    picture = Image.open(args.out / "boxes_3.png")
    print("reply:", waywiser.ask(model, processor, "How many boxes are there?", [picture]).text)


if __name__ == "__main__":
    main()
