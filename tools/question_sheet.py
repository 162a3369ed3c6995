"""A sheet of random questions without their labels, and the comparison with somebody's answers.

    python tools/question_sheet.py draw DATASET --out sheet --number 60 --seed 1
    python tools/question_sheet.py compare sheet/key.json answers.json
    python tools/question_sheet.py traces DATASET --number 10 --out docs/evidence/traces.md

`draw` writes one picture a question (several images or frames side by side, numbered), the
questions in `questions.json`, and the labels apart from them in `key.json`. Whoever answers writes
`answers.json`, an object of strings by question number, and null for what the pictures do not tell.
"""

import argparse
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from waywiser import Answer, grade, load_dataset
from waywiser.prompting import question_text
from waywiser.sample import Sample

MAX_FRAMES = 18
"""Frames of a video that its picture shows."""
COLUMNS = 3
"""Frames side by side; a pair stands in one row."""


def draw_sheet(dataset: str, out: Path, number: int, seed: int) -> None:
    """Writes the pictures, the questions and the key of some random questions, task by task.

    Args:
        dataset: A dataset's folder.
        out: Folder of the sheet, made anew.
        number: Questions on the sheet; tasks are drawn in turn, so that none is missing.
        seed: Seed of the choice.

    Raises:
        FileExistsError: If the folder exists.
    """
    out.mkdir(parents=True)
    samples = choose_samples(list(load_dataset(dataset)), number, np.random.default_rng(seed))
    questions: dict[str, dict[str, object]] = {}
    key: dict[str, object] = {}

    for position, sample in enumerate(samples, 1):
        name = f"{position:02d}"
        join_frames(sample).save(out / f"{name}.png")
        questions[name] = {"picture": f"{name}.png", "question": question_text(sample)}
        key[name] = {
            "id": sample.id,
            "task": sample.task,
            "answer": sample.answer.model_dump(mode="json"),
            "reasoning": sample.reasoning,
        }

    (out / "questions.json").write_text(json.dumps(questions, indent=1))
    (out / "key.json").write_text(json.dumps(key, indent=1))


def choose_samples(
    samples: Sequence[Sample], number: int, rng: np.random.Generator
) -> list[Sample]:
    """Samples of all tasks in turn, in random order."""
    by_task: dict[str, list[Sample]] = defaultdict(list)
    for index in rng.permutation(len(samples)).tolist():
        by_task[samples[index].task].append(samples[index])

    chosen: list[Sample] = []
    while len(chosen) < min(number, len(samples)):
        for task in sorted(by_task):
            if by_task[task] and len(chosen) < number:
                chosen.append(by_task[task].pop())

    return [chosen[index] for index in rng.permutation(len(chosen))]


def join_frames(sample: Sample) -> Image.Image:
    """The images of a sample in one picture, each with its number or time in a strip above it."""
    frames = [Image.open(io.BytesIO(data)).convert("RGB") for data in sample.images]
    labels = [f"image {index}" for index in range(1, len(frames) + 1)]
    if sample.timestamps and len(frames) > 2:  # a pair's questions say image 1 and image 2
        labels = [f"{time:.1f} s" for time in sample.timestamps]

    shown = np.unique(np.linspace(0, len(frames) - 1, min(len(frames), MAX_FRAMES)).round())
    columns = min(COLUMNS, len(shown))
    width, height = frames[0].width, frames[0].height + 16
    sheet = Image.new("RGB", (columns * width, -(-len(shown) // columns) * height), "white")
    draw = ImageDraw.Draw(sheet)

    for place, index in enumerate(shown.astype(int).tolist()):
        left, top = place % columns * width, place // columns * height
        draw.text((left + 4, top + 2), labels[index], fill="black")
        sheet.paste(frames[index].resize((width, height - 16)), (left, top + 16))

    return sheet


def compare_answers(key: Path, answers: Path) -> None:
    """Prints each answer beside its label, with its score, and the mean score of each task."""
    labels = json.loads(key.read_text())
    given = json.loads(answers.read_text())
    scores: dict[str, list[float]] = defaultdict(list)

    for name, label in labels.items():
        answer = Answer.model_validate(label["answer"])
        text = given.get(name)
        score = grade(str(text), answer).score if text is not None else 0.0
        scores[label["task"]].append(score)
        print(f"{name} {label['task']:20} {score:.2f}  given {text!r}  label {answer.value!r}")

    for task, values in sorted(scores.items()):
        print(f"{task:20} {np.mean(values):.2f} of {len(values)}")


def list_traces(dataset: str, out: Path, number: int, seed: int) -> None:
    """Writes a page of questions of every task with their reasoning and answers."""
    samples = list(load_dataset(dataset, columns=["reasoning"]))
    by_task: dict[str, list[Sample]] = defaultdict(list)
    for index in np.random.default_rng(seed).permutation(len(samples)).tolist():
        by_task[samples[index].task].append(samples[index])

    lines = [
        "# Reasoning traces",
        "",
        f"{number} random questions of each task with their reasoning, as datasets store them.",
        "Pictures of one question each are in [Tasks](../guide/tasks.md).",
    ]
    for task, group in sorted(by_task.items()):
        lines += ["", f"## {task}", ""]
        for place, sample in enumerate(group[:number], 1):
            unit = f" {sample.answer.unit}" if sample.answer.unit else ""
            answer = f"{sample.answer.value}{unit}"
            lines.append(f"{place}. *{sample.question}* {sample.reasoning} **{answer}**")

    out.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Draws a sheet, compares its answers, or lists reasoning."""
    parser = argparse.ArgumentParser(description="Draw or compare a sheet of questions.")
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="write a sheet of questions and its key")
    draw.add_argument("dataset")
    draw.add_argument("--out", type=Path, required=True)
    draw.add_argument("--number", type=int, default=60)
    draw.add_argument("--seed", type=int, default=0)
    compare = commands.add_parser("compare", help="score somebody's answers against the key")
    compare.add_argument("key", type=Path)
    compare.add_argument("answers", type=Path)
    traces = commands.add_parser("traces", help="write a page of reasoning traces")
    traces.add_argument("dataset")
    traces.add_argument("--out", type=Path, required=True)
    traces.add_argument("--number", type=int, default=10)
    traces.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    if options.command == "draw":
        draw_sheet(options.dataset, options.out, options.number, options.seed)
    elif options.command == "traces":
        list_traces(options.dataset, options.out, options.number, options.seed)
    else:
        compare_answers(options.key, options.answers)


if __name__ == "__main__":
    main()
