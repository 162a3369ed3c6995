"""Commands that fetch furniture and check data: assets get, audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waywiser.cli._app import (
    EXIT_CHECK_FAILED,
    AssetsOption,
    JsonFlag,
    PluginOption,
    app,
    assets_app,
    print_result,
)
from waywiser.cli._command import RecipeCommand, refuse_unused
from waywiser.errors import RecipeError

if TYPE_CHECKING:
    from waywiser.audit.dataset_audit import DatasetAudit
    from waywiser.audit.grader.answer_audit import AnswerAudit


@assets_app.command("get")
def assets_get(
    destination: Annotated[
        Path | None,
        typer.Argument(help="Folder to fill (default: the user's data folder)."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Download the furniture libraries (120 MB).

    They are those of Debian's sweethome3d-furniture; no root is needed.

    \b
    Example:
      waywiser assets get
    """
    from waywiser.scenes.furniture.assets import fetch_assets

    path = fetch_assets(destination)
    print_result({"assets": str(path)}, f"Furniture is in {path}", as_json)


@app.command("audit", cls=RecipeCommand)
def audit_command(
    context: typer.Context,
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    answers: Annotated[
        bool, typer.Option("--answers", help="Check only the answers against their own grader.")
    ] = False,
    split: Annotated[str | None, typer.Option(help="Check only this split.")] = None,
    assets: AssetsOption = None,
    scenes: Annotated[
        int | None,
        typer.Option(help="Audit at most this many scenes, evenly spaced (default: all)."),
    ] = None,
    count_share: Annotated[
        float,
        typer.Option(
            "--max-answer-share",
            "--count-share",
            help="Largest share of one answer among counts.",
        ),
    ] = 0.34,
    workers: Annotated[int, typer.Option(help="Number of processes.")] = 1,
    plugin: PluginOption = None,
    page: Annotated[
        Path | None, typer.Option(help="Also write an HTML page with pictures here.")
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json-out", "--findings", help="Also write the findings here, as JSON."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check every answer of a dataset by other means.

    Derives every answer again from the stored scenes, checks margins, balance and what a blind
    reader can earn, and that its answers in many styles score 1 and attacks 0. The exit code is 1
    if a label is wrong or a gate fails. `--json PATH` still means `--json-out PATH`.

    \b
    Example:
      waywiser audit data/rooms --page audit.html
      waywiser audit data/rooms --answers --json
    """
    from waywiser.tasks.registry import load_plugin

    for path in plugin or ():
        load_plugin(path)

    if answers:
        unused = ("assets", "scenes", "count_share", "workers")
        refuse_unused(context, unused, "is for the audit of scenes: leave --answers out")
        found, text = _audit_answers(data, split)
    else:
        values = {"folder": data, "split": split, "assets": assets, "max_scenes": scenes}
        values |= {"workers": workers, "thresholds": {"count_share": count_share}}
        found, text = _audit_scenes(values)

    _write_findings(found, json_file, page)
    typer.echo(found.model_dump_json() if as_json else text)
    raise typer.Exit(0 if found.passed else EXIT_CHECK_FAILED)


def _audit_answers(data: Path, split: str | None) -> "tuple[AnswerAudit, str]":
    """The audit of a dataset's answers, and its text."""
    from waywiser.audit.grader.answer_audit import audit_answers, summarize_answer_audit
    from waywiser.dataset.reader import read_samples

    found = audit_answers(read_samples(data, split, columns=["options"]))
    return found, summarize_answer_audit(found)


def _audit_scenes(values: dict[str, Any]) -> "tuple[DatasetAudit, str]":
    """The audit of a dataset's scenes and of everything asked about them, and its text."""
    from waywiser.audit.audit_summary import summarize_dataset_audit
    from waywiser.audit.dataset_audit import AuditConfig, audit_dataset
    from waywiser.recipe import build

    found = audit_dataset(build(AuditConfig, values))
    return found, summarize_dataset_audit(found)


def _write_findings(
    found: "AnswerAudit | DatasetAudit", json_file: Path | None, page: Path | None
) -> None:
    """Write what an audit found to the files that were asked for."""
    from waywiser.audit.grader.answer_audit import AnswerAudit
    from waywiser.io import write_atomically

    if json_file is not None:
        write_atomically(
            json_file, (found.model_dump_json(indent=1, by_alias=True) + "\n").encode()
        )

    if page is not None:
        from waywiser.report.audit_page import write_audit_page

        if isinstance(found, AnswerAudit):
            raise RecipeError("--page shows the audit of scenes: leave --answers out")

        write_audit_page(found, page)
