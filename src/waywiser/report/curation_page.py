"""The page of a curation: funnel, splits, histograms, judge, samples with images, and licenses."""

from pathlib import Path
from typing import TypedDict

from waywiser.curation.workspace import RESULT_FILE as CURATION_FILE
from waywiser.curation.workspace import read_result
from waywiser.dataset.reader import read_samples
from waywiser.json_types import JsonObject
from waywiser.report.charts import plot_counts, plot_histogram
from waywiser.report.embedded_images import EmbeddedImage, embed_first_image
from waywiser.report.html_page import Chart, captioned_chart, write_page
from waywiser.sample import Sample
from waywiser.tasks.completion import format_answer

CARDS_PER_SPLIT = 9
__all__ = ["CURATION_FILE", "write_curation_page"]


class _FunnelRow(TypedDict):
    """A row of the funnel: items gained or lost at a stage, and those left after it."""

    stage: str
    reason: str
    count: int
    left: int


class _SampleCard(TypedDict):
    """A curated sample, for the template."""

    view: EmbeddedImage | None
    task: str
    question: str
    answer: str
    reasoning: str
    scores: str
    difficulty: str


def write_curation_page(folder: Path, out: Path) -> Path:
    """Write the page of the curation in `folder` to `out`. Raises DatasetError if it is not
    finished.
    """
    result = read_result(folder)
    splits = {name: split for name, split in result["splits"].items() if split["samples"]}

    return write_page(
        out,
        "curation.html",
        title=f"Curated samples: {folder.resolve().name}",
        funnel=_funnel_rows(result["funnel"]),
        adds_up=result["funnel"]["adds_up"],
        splits=[
            {
                "name": name,
                **split,
                "charts": _charts(folder, name),
                "cards": _cards(folder, name, list(split["tasks"])),
            }
            for name, split in splits.items()
        ],
        judge=result["judge"],
        sources=result["sources"],
    )


def _funnel_rows(funnel: JsonObject) -> list[_FunnelRow]:
    remaining: int = funnel["items"]
    rows: list[_FunnelRow] = [
        {"stage": "sources", "reason": "items", "count": remaining, "left": remaining}
    ]

    for stage, reasons in funnel["rejected"].items():
        for reason, count in reasons.items():
            remaining -= count
            rows.append({"stage": stage, "reason": reason, "count": -count, "left": remaining})

    for name, count in funnel["splits"].items():
        rows.append({"stage": "splits", "reason": name, "count": count, "left": remaining})

    return rows


def _charts(folder: Path, split: str) -> list[Chart]:
    samples = list(read_samples(folder, split, columns=["quality", "difficulty", "reasoning"]))
    charts: list[Chart] = []

    for name in ("structure", "cognitive_load", "verification"):
        values = [getattr(s.quality, name) for s in samples if s.quality]
        if values:
            chart = plot_histogram(values, x_label="score")
            charts.append(captioned_chart(name.replace("_", " "), chart))

    difficulties = [s.difficulty for s in samples if s.difficulty is not None]
    if difficulties:
        chart = plot_histogram(difficulties, x_label="1 - pass rate")
        charts.append(captioned_chart("difficulty", chart))

    words = [float(len(s.reasoning.split())) for s in samples if s.reasoning]
    if words:
        chart = plot_histogram(words, x_label="words")
        charts.append(captioned_chart("length of the chain", chart))

    kinds = sorted({s.answer.kind for s in samples})
    table = {kind: sum(s.answer.kind == kind for s in samples) for kind in kinds}
    charts.append(captioned_chart("kinds of answers", plot_counts(table, x_label="kind")))

    return charts


def _cards(folder: Path, split: str, tasks: list[str]) -> list[_SampleCard]:
    """The first sample of some tasks, which are spread evenly over all in their order."""
    remaining = set(_pick_evenly(tasks, CARDS_PER_SPLIT))
    cards: list[_SampleCard] = []

    for sample in read_samples(folder, split):
        if sample.task in remaining:
            remaining.remove(sample.task)
            cards.append(_card(sample))
        if not remaining:
            break

    return cards


def _pick_evenly(names: list[str], max_count: int) -> list[str]:
    """At most `max_count` of the names, evenly spread."""
    count = min(max_count, len(names))
    return [names[k * len(names) // count] for k in range(count)]


def _card(sample: Sample) -> _SampleCard:
    view = embed_first_image(sample.images) if sample.images else None
    quality = sample.quality
    scores = ""

    if quality is not None:
        scores = (
            f"structure {quality.structure:.2f}, cognitive load {quality.cognitive_load:.2f}, "
            f"verification {quality.verification:.2f} (by {quality.judge})"
        )

    return {
        "view": view,
        "task": sample.task,
        "question": sample.question,
        "answer": format_answer(sample.answer),
        "reasoning": sample.reasoning or "",
        "scores": scores,
        "difficulty": sample.difficulty_by or "",
    }
