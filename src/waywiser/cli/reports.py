"""Commands that end in a page: report, demo."""

import json
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import RECIPE_FLAGS_CONTEXT, AssetsOption, JsonFlag, app, print_result
from waywiser.cli._command import RecipeCommand, is_given
from waywiser.cli._recipe_keys import KeysOption, print_keys
from waywiser.errors import RecipeError


@app.command("report")
def report_command(
    folder: Annotated[
        Path, typer.Argument(help="A dataset, a training run, a demo, an evaluation or several.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Page to write (default: FOLDER/report.html).")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="New location of the benchmark data, if it moved.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the page of a dataset, run or evaluation.

    A demo has a page too. An evaluation also gets tables.md and tables.tex, and a folder of
    several evaluations one page with the paper's tables.

    \b
    Example:
      waywiser report data/rooms
    """
    from waywiser.evaluation.summary import SCORES_FILE

    if data is not None and folder.is_dir() and not (folder / SCORES_FILE).is_file():
        raise RecipeError(f"--data is for the folder of one evaluation, which {folder} is not")

    path = _write_page(folder, out, data)
    print_result({"report": str(path)}, f"Report: {path}", as_json)


def _write_page(folder: Path, out: Path | None, data: str | None) -> Path:
    if (folder / "demo.json").is_file():  # only then: the demo imports torch, which takes seconds
        from waywiser.demo.runner import is_finished_demo, rewrite_demo_page

        if is_finished_demo(folder):
            return rewrite_demo_page(folder, out)

    from waywiser.report.folder_report import write_report

    return write_report(folder, out, data=data)


@app.command("demo", cls=RecipeCommand, context_settings=RECIPE_FLAGS_CONTEXT)
def demo_command(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for everything that the demo makes.")] = Path(
        "demo-report"
    ),
    json_file: Annotated[
        Path | None, typer.Option("--json-out", help="Also write the numbers here, as JSON.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of rooms and training.")] = 0,
    assets: AssetsOption = None,
    keys: KeysOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Run everything, small, on this machine.

    The demo makes rooms, measures difficulty, trains by SFT and RLVR, evaluates and writes a page,
    within 15 minutes. Every key of its configuration is a flag too: --train-rooms 200,
    --rlvr-minutes 1. `--keys` lists them; `--json PATH` still means `--json-out PATH`.

    \b
    Example:
      waywiser demo --out demo-report --json-out demo.json
    """
    from waywiser.demo.config import DemoConfig
    from waywiser.recipe import build, parse_overrides

    if keys is not None:
        return print_keys([DemoConfig], keys, as_json)

    from waywiser.demo.runner import RESULT_FILE, run_demo

    options = {"out": out, "seed": seed, "assets": assets}
    given = {name: value for name, value in options.items() if is_given(context, name)}
    values = {**parse_overrides(context.args, [DemoConfig]), **given}
    page = run_demo(build(DemoConfig, values), json_file=json_file)
    numbers = json.loads((page.parent / RESULT_FILE).read_text()) if as_json else {}
    return print_result(numbers, f"Report: {page}", as_json)
