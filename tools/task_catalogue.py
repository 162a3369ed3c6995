"""Writes docs/tasks.md: every task with its definition and a rendered example.

    python tools/task_catalogue.py            the page, from the examples that are stored
    python tools/task_catalogue.py --render   draws the examples anew first (minutes), parametric furniture
    python tools/task_catalogue.py --render depth_order,room_size

Examples and their pictures lie in docs/pictures/.
"""

import argparse
import inspect
import io
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from waywiser.dataset.question_generator import QuestionGenerator
from waywiser.sample import Sample
from waywiser.scenes.furniture.library import open_library
from waywiser.tasks.completion import format_answer
from waywiser.tasks.registry import TASKS, choose_tasks

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "pictures" / "tasks.json"
MOST_BYTES, WIDTH, SEED, LEVEL = 40_000, 640, 7, 2
LEVELS = {"appearance_order": 4}
"""Other levels than LEVEL, for what few scenes of that level allow ..."""
SIZES = {"appearance_order": (224, 168)}
"""... and smaller pictures, where many scenes are tried."""
SHEET = 6
"""Frames of a video that its picture shows."""

GROUPS = {
    "image": "One picture",
    "views": "Two pictures of one place",
    "video": "A video in which only the camera moves",
    "motion": "A video in which things, the camera, or both move",
}

HEAD = """# The tasks

Twenty kinds of spatial questions (the second of the catalogue is two: left or right, above or below), one file each in
`src/waywiser/tasks/`. Each has at least eight wordings, filters with margins on both sides, a reasoning trace computed
from the geometry, and a `program` from which `waywiser.tasks.views.derive_answer` gets the answer again. Definitions are
those of the code: this page is written by `python tools/task_catalogue.py`, and a test holds it to the docstrings.
The examples are of level 2 of 4 (the order of appearance: 4), with parametric furniture; videos show six of their
frames.

Common filters: an object's name, the plain category word, must be its own in all that the question shows (no other
thing bears it or a word that could be used for it). "Plain to see" means at least 1 % of a picture, 30 % of the
silhouette unhidden, and 15 cm long; "its outline can be told" also wholly inside the picture and half unhidden. The
first five tasks (`ROOM_TASKS`) are older and ask for 0.4 % of the picture. Numbers in metres are rounded to 0.1 m, in
the newer tasks to 0.01 m below 1 m.

A fresh question of any task at a level of difficulty from 0 to 4:

```python
from waywiser.dataset.question_generator import QuestionGenerator
from waywiser.scenes.furniture.library import open_library

sample = QuestionGenerator("relative_direction", open_library()).sample(seed=0, level=2)
```

A level sets rooms, furniture and frames of the scene, how much the question demands (candidates, hidden turns,
instances, classes) and how near its decision boundary lies. Whether levels order what a model gets right was measured
for the five tasks that the starter knows, in rooms: [training.md](training.md#do-levels-order-difficulty).
"""


def page(examples: dict[str, dict[str, Any]]) -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for needs, title in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_entry(name, examples.get(name)) for name, task in TASKS.items() if task.needs == needs]
    return "\n".join(parts)


def _entry(name: str, example: dict[str, Any] | None) -> str:
    task = TASKS[name]
    unit = f", in {task.unit}" if task.unit else ""
    definition = " ".join((inspect.getdoc(type(task)) or "").split())
    lines = [f"### {name}\n", f"{definition}\n", f"Answer: {task.kind}{unit}.\n"]
    if example:
        lines += [
            f"![{name}](pictures/{example['picture']})\n",
            f"> {example['question']}\n>\n> *{example['reasoning']}*\n>\n> **{example['answer']}**\n",
        ]
    return "\n".join(lines)


def picture(sample: Sample) -> bytes:
    """The sample's pictures on one sheet, as JPEG of at most `MOST_BYTES`."""
    count = len(sample.images)
    chosen = range(count) if count <= SHEET else [round(i * (count - 1) / (SHEET - 1)) for i in range(SHEET)]
    frames = [Image.open(io.BytesIO(sample.images[i])).convert("RGB") for i in chosen]
    columns = min(len(frames), 3)
    rows = -(-len(frames) // columns)
    wide = min(WIDTH // columns, 400)
    high = round(wide * frames[0].height / frames[0].width)
    sheet = Image.new("RGB", (columns * wide + 4 * (columns - 1), rows * high + 4 * (rows - 1)), (255, 255, 255))
    for place, frame in enumerate(frames):
        row, column = divmod(place, columns)
        sheet.paste(frame.resize((wide, high), Image.Resampling.LANCZOS), (column * (wide + 4), row * (high + 4)))
    for quality in (88, 80, 70, 60, 45):
        sink = io.BytesIO()
        sheet.save(sink, "JPEG", quality=quality, optimize=True)
        if sink.tell() <= MOST_BYTES:
            break
    return sink.getvalue()


def render(names: tuple[str, ...]) -> None:
    """Draw examples and store them, one task at a time."""
    library = open_library("parametric")
    EXAMPLES.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        level = LEVELS.get(name, LEVEL)
        width, height = SIZES.get(name, (448, 336))
        sample = QuestionGenerator(name, library, width=width, height=height).sample(SEED, level)
        examples = stored()
        examples[name] = {
            "picture": f"{name}.jpg",
            "question": sample.question,
            "reasoning": sample.reasoning,
            "answer": format_answer(sample.answer),
            "seed": SEED,
            "level": level,
        }
        (EXAMPLES.parent / f"{name}.jpg").write_bytes(picture(sample))
        ordered = {task: examples[task] for task in TASKS if task in examples}
        EXAMPLES.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{name}: {sample.question} -> {format_answer(sample.answer)}\n")


def stored() -> dict[str, dict[str, Any]]:
    """The stored examples by task."""
    return json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--render", nargs="?", const="all", help="draw these examples anew: all, or a,b")
    arguments = parser.parse_args()
    if arguments.render:
        render(choose_tasks(arguments.render))
    (DOCS / "tasks.md").write_text(page(stored()))


if __name__ == "__main__":
    main()
