"""Writes docs/guide/tasks.md: every task with its definition and a rendered example.

    python tools/task_catalogue.py            the page, from the examples that are stored python
    tools/task_catalogue.py --render   draws the examples anew first (minutes), parametric furniture
    python tools/task_catalogue.py --render depth_order,room_size
    python tools/task_catalogue.py --plugin my_task.py --out catalogue

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
from waywiser.tasks.registry import TASKS, choose_tasks, load_plugin

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "pictures" / "tasks.json"
MOST_BYTES = 40_000
WIDTH = 640
SEED = 7
LEVEL = 0.5
LEVELS = {"appearance_order": 1.0}
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

HEAD = """# Task catalogue

Twenty-six kinds of spatial questions; one of them, left or right and above or below, is two tasks.
Six are composed of several steps, whose number (depth 1 to 3) is their level of difficulty. Each
task has at least eight wordings, filters with margins on both sides, and a reasoning trace computed
from the geometry. A stored `program` gives the answer again.

Make a question of any task, at a level of difficulty in [0, 1]:

```python
import waywiser

library = waywiser.open_library("parametric")
generator = waywiser.QuestionGenerator("relative_distance", library, width=112, height=84)
sample = generator.sample(seed=0, level=0.5)
print(sample.question, sample.answer.value)
```

A level sets the rooms, furniture and frames of the scene. It also sets how much the question asks
for (candidates, hidden turns, instances, classes) and how close its decision boundary is. Do levels
order what a model gets right? That was [measured](../evidence/training.md#do-levels-order-difficulty)
for the five tasks that the starter knows, in rooms.

Common filters:

- An object is called by its plain category word. The word must be unique in everything that the
  question shows: no other object has it, or a word that could be used for it.
- "Plain to see" means at least 1 % of a picture, 30 % of the silhouette unoccluded, and 15 cm long.
- "Its outline can be told" means also completely inside the picture and half unoccluded.
- The first five tasks are older and ask for 0.4 % of the picture.
- Numbers in meters are rounded to 0.1 m, in the newer tasks to 0.01 m below 1 m.

The examples are of level 0.5 (`appearance_order`: 1) with parametric furniture; videos show six of
their frames. The definitions are those of the code: `python tools/task_catalogue.py` writes this
page, and a test compares it with the code.
"""


def page(examples: dict[str, dict[str, Any]]) -> str:
    """The whole page as Markdown."""
    parts = [HEAD, _contents()]

    for needs, title in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [
            _entry(name, examples.get(name)) for name, task in TASKS.items() if task.needs == needs
        ]

    return "\n".join(parts)


def _contents() -> str:
    rows = ["| shown | tasks |", "|---|---|"]

    for needs, title in GROUPS.items():
        links = ", ".join(
            f"[{name}](#{name})" for name, task in TASKS.items() if task.needs == needs
        )
        rows.append(f"| {title} | {links} |")

    return "\n".join(rows) + "\n"


def _entry(name: str, example: dict[str, Any] | None, folder: str = "../pictures/") -> str:
    task = TASKS[name]
    unit = f", in {task.unit}" if task.unit else ""
    definition = " ".join((inspect.getdoc(type(task)) or "").split())
    lines = [f"### {name}\n", f"{definition}\n", f"Answer: {task.kind}{unit}.\n"]

    if example:
        lines += [
            f"![{name}]({folder}{example['picture']})\n",
            f"> {example['question']}\n>\n> *{example['reasoning']}*\n>\n> **{example['answer']}**\n",
        ]

    return "\n".join(lines)


def picture(sample: Sample) -> bytes:
    """The sample's pictures on one sheet, as JPEG of at most `MOST_BYTES`."""
    count = len(sample.images)
    chosen = (
        range(count)
        if count <= SHEET
        else [round(i * (count - 1) / (SHEET - 1)) for i in range(SHEET)]
    )

    frames = [Image.open(io.BytesIO(sample.images[i])).convert("RGB") for i in chosen]
    columns = min(len(frames), 3)
    rows = -(-len(frames) // columns)
    wide = min(WIDTH // columns, 400)
    high = round(wide * frames[0].height / frames[0].width)
    sheet = Image.new(
        "RGB", (columns * wide + 4 * (columns - 1), rows * high + 4 * (rows - 1)), (255, 255, 255)
    )

    for place, frame in enumerate(frames):
        row, column = divmod(place, columns)
        sheet.paste(
            frame.resize((wide, high), Image.Resampling.LANCZOS),
            (column * (wide + 4), row * (high + 4)),
        )

    for quality in (88, 80, 70, 60, 45):
        sink = io.BytesIO()
        sheet.save(sink, "JPEG", quality=quality, optimize=True)

        if sink.tell() <= MOST_BYTES:
            break

    return sink.getvalue()


def render(names: tuple[str, ...]) -> None:
    """Draw examples and store them, one task at a time."""
    EXAMPLES.parent.mkdir(parents=True, exist_ok=True)

    for name in names:
        example, sample = draw(name, EXAMPLES.parent)
        examples = stored()
        examples[name] = example
        ordered = {task: examples[task] for task in TASKS if task in examples}
        EXAMPLES.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{name}: {sample.question} -> {format_answer(sample.answer)}\n")


def draw(name: str, folder: Path) -> tuple[dict[str, Any], Sample]:
    """An example of a task, whose picture is written to `folder`, and its sample."""
    level = LEVELS.get(name, LEVEL)
    width, height = SIZES.get(name, (448, 336))
    library = open_library("parametric")
    sample = QuestionGenerator(name, library, width=width, height=height).sample(SEED, level)
    (folder / f"{name}.jpg").write_bytes(picture(sample))
    example = {
        "picture": f"{name}.jpg",
        "question": sample.question,
        "reasoning": sample.reasoning,
        "answer": format_answer(sample.answer),
        "seed": SEED,
        "level": level,
    }

    return example, sample


def draw_plugin(path: Path, out: Path) -> None:
    """Write an entry with its picture to `out` for each task of a file."""
    out.mkdir(parents=True, exist_ok=True)

    for name in load_plugin(path):
        example, _ = draw(name, out)
        (out / f"{name}.md").write_text(_entry(name, example, folder=""))


def stored() -> dict[str, dict[str, Any]]:
    """The stored examples by task."""
    return json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--render", nargs="?", const="all", help="draw these examples anew: all, or a,b"
    )
    parser.add_argument("--plugin", type=Path, help="draw the tasks of this file, not the page")
    parser.add_argument("--out", type=Path, default=Path("catalogue"), help="where --plugin draws")
    arguments = parser.parse_args()
    if arguments.plugin:
        draw_plugin(arguments.plugin, arguments.out)
        return

    if arguments.render:
        render(choose_tasks(arguments.render))

    (DOCS / "guide" / "tasks.md").write_text(page(stored()))


if __name__ == "__main__":
    main()
