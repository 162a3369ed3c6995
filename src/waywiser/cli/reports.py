"""Commands that end in a page: report, demo."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import RECIPE_FLAGS_CONTEXT, AssetsOption, JsonFlag, app, print_result


@app.command("report")
def report_command(
    folder: Annotated[
        Path, typer.Argument(help="A dataset, a training run, a demo, an evaluation or several.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Page to write. Default: FOLDER/report.html")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="Where an evaluation's benchmark lies, if it has moved.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the page for a dataset, a training run, an evaluation or a demo.

    For an evaluation also tables.md and tables.tex; a folder of several gets one page with the
    paper's tables. Example: waywiser report data/rooms
    """
    from waywiser.demo.runner import is_finished_demo, rewrite_demo_page
    from waywiser.report.folder_report import write_report

    path = (
        rewrite_demo_page(folder, out)
        if is_finished_demo(folder)
        else write_report(folder, out, data=data)
    )

    print_result({"report": str(path)}, f"Report: {path}", as_json)


@app.command("demo", context_settings=RECIPE_FLAGS_CONTEXT)
def demo_command(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for everything the demo makes.")] = Path(
        "demo-report"
    ),
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the numbers here.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of rooms and training.")] = 0,
    assets: AssetsOption = None,
) -> None:
    """Everything, small, on this machine: rooms, difficulty, SFT, RLVR, evaluation, a page.

    Any key of the demo's configuration is also a flag: --train_rooms 200, --rlvr_minutes 1.
    Example: waywiser demo --out demo-report --json demo.json
    """
    from waywiser.demo.config import DemoConfig
    from waywiser.demo.runner import run_demo
    from waywiser.recipe import build, parse_overrides

    values = {"out": out, "seed": seed, "assets": assets, **parse_overrides(context.args)}
    page = run_demo(build(DemoConfig, values), json_file=json_file)
    typer.echo(f"Report: {page}")
