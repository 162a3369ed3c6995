"""Commands that make and check data: assets, synthesize, audit."""

import os
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import (
    EXIT_CHECK_FAILED,
    AssetsOption,
    JsonFlag,
    app,
    assets_app,
    print_result,
)
from waywiser.errors import RecipeError

PluginOption = Annotated[
    list[Path] | None,
    typer.Option(help="A Python file with tasks of your own (docs/guide/add_a_task.md)."),
]


@assets_app.command("get")
def assets_get(
    destination: Annotated[
        Path | None, typer.Argument(help="Folder to fill. Default: the user's data folder.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Download the furniture libraries of Debian's sweethome3d-furniture (120 MB, no root needed).

    Example: waywiser assets get
    """
    from waywiser.scenes.furniture.assets import fetch_assets

    path = fetch_assets(destination)
    print_result({"assets": str(path)}, f"Furniture is in {path}", as_json)


@app.command("synthesize")
def synthesize_command(
    out: Annotated[Path, typer.Option(help="Folder of the dataset.")],
    rooms: Annotated[
        int, typer.Option(help="How many scenes to furnish: rooms, or homes of several.")
    ] = 100,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="'all', or a comma-separated list. Default: the five that single rooms do for."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    split: Annotated[str, typer.Option(help="'train' or 'heldout' furniture models.")] = "train",
    assets: AssetsOption = None,
    engine: Annotated[
        str,
        typer.Option(
            help=(
                "'processes' of this machine; Daft's 'native' engine; 'ray', at RAY_ADDRESS or"
                " local."
            )
        ),
    ] = "processes",
    workers: Annotated[int | None, typer.Option(help="Processes. Default: one per core.")] = None,
    views: Annotated[int, typer.Option(help="Pictures per room.")] = 1,
    width: Annotated[int, typer.Option(help="Picture width in pixels.")] = 320,
    height: Annotated[int, typer.Option(help="Picture height in pixels.")] = 240,
    homes: Annotated[
        int | None,
        typer.Option(
            help="How many of the scenes are homes. Default: all where a task needs them."
        ),
    ] = None,
    home_rooms: Annotated[int, typer.Option(help="Most rooms of a home, 1 to 6.")] = 6,
    video: Annotated[
        str, typer.Option(help="'frames', or 'mp4' for playable files too.")
    ] = "frames",
    realism: Annotated[
        str,
        typer.Option(
            help=(
                "'embree', or 'cycles': Blender draws the pictures, slowly (docs/guide/realism.md)."
            )
        ),
    ] = "embree",
    questions_per_view: Annotated[
        int, typer.Option(help="Most questions of one task about one picture or clip.")
    ] = 2,
    count_share: Annotated[
        float | None,
        typer.Option(help="Largest share of one answer among counts. Default: .3, with homes .2."),
    ] = None,
    several_share: Annotated[
        float, typer.Option(help="Share of rooms with two to six of one kind.")
    ] = 0.45,
    scans: Annotated[
        Path | None,
        typer.Option(help="Ask of real scans instead: a scan's folder, or a folder of such."),
    ] = None,
    scan_frames: Annotated[int, typer.Option(help="Most frames of a scan, evenly drawn.")] = 32,
    scan_width: Annotated[
        int, typer.Option(help="Largest width of a scan's pictures in pixels.")
    ] = 640,
    plugin: PluginOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make rooms or homes, pictures, videos and spatial questions with exact answers, as Parquet.

    With --scans the scenes are real scans (docs/guide/scans.md), --rooms and the furniture are not
    used, and every task is asked that the scans allow. Example: waywiser synthesize --out
    data/homes --rooms 200 --tasks all --seed 1
    """
    from waywiser.dataset.manifest import dataset_summary
    from waywiser.dataset.synthesize import SynthesisConfig, synthesize
    from waywiser.recipe import build

    config = build(
        SynthesisConfig,
        {
            "out": out,
            "rooms": rooms,
            **(
                {"tasks": tasks}
                if tasks is not None
                else {"tasks": "all"}
                if scans is not None
                else {}
            ),
            "seed": seed,
            "split": split,
            "assets": assets,
            "engine": engine,
            "workers": workers if workers is not None else os.cpu_count() or 1,
            "questions_per_view": questions_per_view,
            "count_share": count_share,
            "homes": homes,
            "home": {"max_rooms": home_rooms},
            "video": video,
            "realism": realism,
            "scans": scans,
            "scan_frames": scan_frames,
            "scan_width": scan_width,
            "plugins": plugin or (),
            "room": {
                "views": views,
                "width": width,
                "height": height,
                "several_share": several_share,
            },
        },
    )

    manifest = synthesize(config)
    scene = "scan" if scans is not None else "home" if config.home_count else "room"
    print_result(manifest.model_dump(mode="json"), dataset_summary(manifest, out, scene), as_json)


@app.command("audit")
def audit_command(
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    answers: Annotated[
        bool, typer.Option("--answers", help="Only the answers against their own grader.")
    ] = False,
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    assets: AssetsOption = None,
    scenes: Annotated[
        int | None, typer.Option(help="Judge so many scenes, evenly drawn. Default: all.")
    ] = None,
    count_share: Annotated[
        float, typer.Option(help="Largest share of one answer among counts.")
    ] = 0.2,
    workers: Annotated[int, typer.Option(help="Processes that derive answers again.")] = 1,
    plugin: PluginOption = None,
    page: Annotated[Path | None, typer.Option(help="Also write a page with pictures here.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the findings here.")
    ] = None,
) -> None:
    """Check a dataset by other means than those that made it. Exit 1 if a label is wrong or a gate
    fails.

    Derives every answer again from the stored scenes, checks margins, balance and what a blind
    reader can earn, and that its answers in many styles score 1 and attacks 0. Example: waywiser
    audit data/rooms --page audit.html
    """
    from waywiser.audit.dataset_audit import AuditConfig, audit_dataset, summarize_dataset_audit
    from waywiser.audit.grader.answer_audit import AnswerAudit, audit_answers
    from waywiser.audit.grader.answer_audit import summarize_answer_audit as answers_summary
    from waywiser.dataset.reader import read_samples
    from waywiser.io import write_atomically
    from waywiser.recipe import build
    from waywiser.tasks.registry import load_plugin

    for path in plugin or ():
        load_plugin(path)

    if answers:
        found = audit_answers(read_samples(data, split, columns=["options"]))
        text = answers_summary(found)
    else:
        config = build(
            AuditConfig,
            {
                "folder": data,
                "split": split,
                "assets": assets,
                "most_scenes": scenes,
                "workers": workers,
                "thresholds": {"count_share": count_share},
            },
        )

        found = audit_dataset(config)
        text = summarize_dataset_audit(found)

    if json_file is not None:
        write_atomically(json_file, (found.model_dump_json(indent=1) + "\n").encode())

    if page is not None:
        from waywiser.report.audit_page import write_audit_page

        if isinstance(found, AnswerAudit):
            raise RecipeError("--page shows the audit of scenes: leave --answers out")

        write_audit_page(found, page)

    typer.echo(text)
    raise typer.Exit(0 if found.passed else EXIT_CHECK_FAILED)
