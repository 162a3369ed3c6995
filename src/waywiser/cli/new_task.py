"""`waywiser new-task`: a task of your own, and its test, as files that run as they are."""

import re
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import JsonFlag, app, print_result
from waywiser.errors import RecipeError

_TASK = Path(__file__).with_name("task_skeleton.py.txt")
_TEST = Path(__file__).with_name("task_skeleton_test.py.txt")


@app.command("new-task")
def new_task_command(
    name: Annotated[str, typer.Argument(help="Name of the task: lower case, with underscores.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write (default: NAME.py in this folder).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a task of your own and its test.

    Both run as they are; change them into what you want to ask.

    \b
    Example:
      waywiser new-task bigger_box --out bigger_box.py
    """
    from waywiser.tasks.registry import TASKS

    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise RecipeError(f"{name!r} is not a task name: use lower-case letters, digits and _")
    if name in TASKS:
        raise RecipeError(f"there is a task {name!r} already: choose another name")

    task = out or Path(f"{name}.py")
    test = task.with_name(f"test_{name}.py")
    for path in (task, test):
        if path.exists():
            raise RecipeError(f"{path} exists already: choose another --out, or delete it")

    words = {
        "NAME": name,
        "CLASS": "".join(part.capitalize() for part in name.split("_")),
        "FILE": task.name,
    }
    task.parent.mkdir(parents=True, exist_ok=True)
    for path, skeleton in ((task, _TASK), (test, _TEST)):
        text = skeleton.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)

        path.write_text(text, encoding="utf-8")

    shown = f"waywiser synthesize --plugin {task} --tasks {name} --rooms 6 --out data/{name}"
    print_result(
        {"task": str(task), "test": str(test)}, f"Wrote {task} and {test}. Try: {shown}", as_json
    )
