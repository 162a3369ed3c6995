"""The demo's page: rooms, scores, replies before and after training, curves, and findings in
words.
"""

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from waywiser import __version__
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.demo.arm_comparison import ARMS, EVAL_SETS, read_arm_results
from waywiser.demo.config import DemoConfig
from waywiser.demo.findings import describe_findings
from waywiser.evaluation.evaluate import ItemResult
from waywiser.json_types import JsonObject
from waywiser.report.charts import plot_grouped_bars
from waywiser.report.embedded_images import EmbeddedImage, embed_first_image, render_room_images
from waywiser.report.html_page import mark_svg_safe, write_page
from waywiser.report.training_page import plot_training_curves
from waywiser.scenes.furniture.library import open_library
from waywiser.tasks.completion import format_answer

ARM_LABELS = {
    "blind": "blind",
    "start": "start",
    "sft": "SFT",
    "rlvr": "SFT then RLVR",
    "sft_equal_time": "SFT for equal time",
}
SET_LABELS = {
    "heldout": "rooms and furniture never seen",
    "known": "rooms never seen, furniture seen in training",
}
MAX_ROOMS = 3
MAX_EXAMPLES = 9


class _TableRow(TypedDict):
    """A task's scores by arm, for the template."""

    name: str
    total: bool
    cells: list[str]


class _ScoreTable(TypedDict):
    """Scores by task and arm on one set, for the template."""

    title: str
    columns: list[str]
    rows: list[_TableRow]


class _Reply(TypedDict):
    """An arm's reply to a question, for the template."""

    arm: str
    score: str
    tone: str
    text: str


class _Example(TypedDict):
    """A question with the replies of all arms, for the template."""

    image: str
    width: int
    height: int
    question: str
    truth: str
    replies: list[_Reply]


def write_demo_page(config: DemoConfig, result: JsonObject, out: Path | None = None) -> Path:
    """Write the page, by default `report.html` in the demo's folder, and return its path."""
    heldout = result["heldout"]
    tasks = [task for task in heldout["start"]["greedy"] if task not in ("mean", "ci95", "format")]

    return write_page(
        out or config.out / "report.html",
        "demo.html",
        title="waywiser: rooms, training, and what changed",
        lead=_lead(config, result),
        findings=describe_findings(heldout),
        scores_note=(
            "Exact match for counts and choices; for metres and centimetres EDNM, exp(-2 x"
            " relative error). Mean: the mean over the five tasks, with a 95 % interval (rooms"
            " resampled). Blind: the best answer that never looks at the picture. Sampled: mean"
            f" over {config.eval_samples} completions at temperature {config.temperature:g}, as in"
            " training."
        ),
        tables=[
            _table(result, name, mode, tasks)
            for name in EVAL_SETS
            for mode in ("greedy", "sampled")
        ],
        score_charts=[mark_svg_safe(_bars(heldout, mode, tasks)) for mode in ("greedy", "sampled")],
        rooms_note=(
            "Drawn again from the stored scenes: the view, boxes and distances, metric depth, the"
            " plan."
        ),
        rooms=_rooms(config),
        examples_note=(
            "Questions from rooms and furniture never seen, answered greedily by each model; chosen"
            " by a rule, where SFT and RLVR differ most in either direction, in turn."
        ),
        examples=_examples(config),
        curves=plot_training_curves(config.out / "rlvr")
        + plot_training_curves(config.out / "sft_equal_time", prefix="SFT for equal time: "),
        facts=_facts(config, result),
        attribution=(config.out / "data" / "heldout" / "ATTRIBUTION.md").read_text(),
    )


def _lead(config: DemoConfig, result: JsonObject) -> str:
    return (
        f"A small vision-language model was trained for {config.sft_minutes:g} minutes by SFT and"
        f" then for {config.rlvr_minutes:g} minutes by dynamic RLVR on {config.train_rooms}"
        " furnished rooms, beside SFT for the same time. All scores below are from"
        f" {result['heldout']['samples']} questions about {config.heldout_rooms} rooms with"
        " furniture models it has never seen, and say so when nothing improved."
    )


def _table(result: JsonObject, name: str, mode: str, tasks: Sequence[str]) -> _ScoreTable:
    scores = result[name]
    arms = ["blind", *ARMS]
    rows: list[_TableRow] = [
        {
            "name": task.replace("_", " "),
            "total": False,
            "cells": [f"{scores[a][mode][task]:.3f}" for a in arms],
        }
        for task in tasks
    ]

    rows.append(
        {
            "name": "mean over tasks",
            "total": True,
            "cells": [
                f"{scores[a][mode]['mean']:.3f} [{scores[a][mode]['ci95'][0]:.3f},"
                f" {scores[a][mode]['ci95'][1]:.3f}]"
                for a in arms
            ],
        }
    )

    return {
        "title": f"{SET_LABELS[name]}, {mode}",
        "columns": [ARM_LABELS[a] for a in arms],
        "rows": rows,
    }


def _bars(scores: JsonObject, mode: str, tasks: Sequence[str]) -> str:
    series = {
        ARM_LABELS[arm]: [scores[arm][mode][task] for task in tasks] for arm in ("blind", *ARMS)
    }
    return plot_grouped_bars(
        [task.replace("_", " ") for task in tasks], series, y_label=f"{mode} score"
    )


def _rooms(config: DemoConfig) -> list[EmbeddedImage]:
    scenes = read_scenes(config.out / "data" / "heldout")
    library = open_library(_assets(config))
    chosen = sorted(scenes.values(), key=lambda scene: (-len(scene.objects), scene.id))[:MAX_ROOMS]
    return [image for scene in chosen for image in render_room_images(scene, library)]


def _assets(config: DemoConfig) -> str:
    return json.loads((config.out / "stages" / "furniture.json").read_text())["assets"]


def _examples(config: DemoConfig) -> list[_Example]:
    arms = {arm: read_arm_results(config, arm, "heldout")["greedy"] for arm in ARMS}
    by_id = {arm: {item.sample_id: item for item in items} for arm, items in arms.items()}
    example_ids = _largest_score_changes(arms["sft"], by_id["rlvr"])
    samples = {
        s.id: s for s in read_samples(config.out / "data" / "heldout") if s.id in example_ids
    }
    examples: list[_Example] = []

    for key in example_ids:
        sample = samples[key]
        view = embed_first_image(sample.images)
        replies = [_reply_context(ARM_LABELS[arm], by_id[arm][key]) for arm in ARMS]
        examples.append(
            {
                "image": view.image,
                "width": view.width,
                "height": view.height,
                "question": sample.question,
                "truth": format_answer(sample.answer),
                "replies": replies,
            }
        )

    return examples


def _largest_score_changes(before: Sequence[ItemResult], after: dict[str, ItemResult]) -> list[str]:
    """Ids of questions with the largest gains and losses by RLVR, alternating; one per room."""
    change = {item.sample_id: after[item.sample_id].score - item.score for item in before}
    scene = {item.sample_id: item.scene_id for item in before}
    gains = sorted(change, key=lambda key: (-change[key], key))
    losses = sorted(change, key=lambda key: (change[key], key))
    chosen: list[str] = []
    rooms: set[str] = set()

    for pair in zip(gains, losses, strict=True):
        for key in pair:
            if scene[key] not in rooms and len(chosen) < MAX_EXAMPLES:
                rooms.add(scene[key])
                chosen.append(key)

    return chosen


def _reply_context(arm: str, item: ItemResult) -> _Reply:
    tone = "soft"
    if item.score >= 0.9:
        tone = "good"
    elif item.score < 0.5:
        tone = "bad"

    return {
        "arm": arm,
        "score": f"{item.score:.2f}",
        "tone": tone,
        "text": item.completions[0],
    }


def _facts(config: DemoConfig, result: JsonObject) -> list[tuple[str, str]]:
    stages = ", ".join(
        f"{name.replace('_', ' ')} {seconds:.0f} s" for name, seconds in result["stage_s"].items()
    )
    beats = result["heldout"]["start_beats_blind_by_standard_errors"]

    return [
        ("waywiser", __version__),
        (
            "machine",
            f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        ),
        ("seed", str(config.seed)),
        ("wall clock", f"{result['wall_s'] / 60:.1f} minutes"),
        ("peak memory", f"{result['peak_rss_mb'] / 1024:.2f} GiB"),
        ("stages", stages),
        (
            "start against blind",
            ", ".join(f"{task.replace('_', ' ')} {z:+.1f} SE" for task, z in beats.items()),
        ),
        (
            (
                "tasks that RLVR trained on (those with a batch of questions neither always nor"
                " never solved)"
            ),
            ", ".join(task.replace("_", " ") for task in result["rlvr_tasks"]),
        ),
        (
            "furniture models of the held-out rooms that the starting model had been trained on",
            ", ".join(result["furniture_seen_before"]) or "none",
        ),
        ("furniture", Path(_assets(config)).name or _assets(config)),
    ]
