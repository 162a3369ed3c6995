"""Commands that end in a page: report, demo."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import ANY_FLAG, AssetsOption, Json, app, show


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A dataset, a training run, an evaluation or a demo.")],
    out: Annotated[Path | None, typer.Option(help="Page to write. Default: FOLDER/report.html")] = None,
    data: Annotated[Path | None, typer.Option(help="The benchmark's folder, to show worst items' pictures.")] = None,
    as_json: Json = False,
) -> None:
    """Write the page for a dataset, a training run, an evaluation or a demo.

    For an evaluation also tables.md and tables.tex. Example: waywiser report data/rooms
    """
    from waywiser.demo.run import is_demo, rewrite_page
    from waywiser.report.write import write_report

    path = rewrite_page(folder, out) if is_demo(folder) else write_report(folder, out, data=data)
    show({"report": str(path)}, f"Report: {path}", as_json)


@app.command(context_settings=ANY_FLAG)
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for everything the demo makes.")] = Path("demo-report"),
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the numbers here.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of rooms and training.")] = 0,
    assets: AssetsOption = None,
) -> None:
    """Everything, small, on this machine: rooms, difficulty, SFT, RLVR, evaluation, a page.

    Any key of the demo's configuration is also a flag: --train_rooms 200, --rlvr_minutes 1.
    Example: waywiser demo --out demo-report --json demo.json
    """
    from waywiser.demo.config import DemoConfig
    from waywiser.demo.run import run_demo
    from waywiser.recipe import build, parse_overrides

    values = {"out": out, "seed": seed, "assets": assets, **parse_overrides(context.args)}
    page = run_demo(build(DemoConfig, values), json_file=json_file)
    typer.echo(f"Report: {page}")
