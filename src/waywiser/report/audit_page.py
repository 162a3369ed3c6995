"""The page of an audit: verdict, gates, findings, and samples as the audit's rasterizer sees
them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from pydantic import ValidationError

from waywiser.audit.dataset_audit import DatasetAudit, has_issue, open_scene_raster
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.audit.judgment import Judgment, UnjudgedError
from waywiser.audit.stored_dataset import StoredDataset, read_sample_images, read_stored_dataset
from waywiser.errors import DatasetError, WaywiserError
from waywiser.media import decode_picture
from waywiser.rendering.overlay import colorize_depth, draw_boxes
from waywiser.report.charts import plot_counts, plot_histogram
from waywiser.report.embedded_images import EmbeddedImage, embed_image
from waywiser.report.html_page import Chart, captioned_chart, write_page
from waywiser.report.top_view import top_view_svg
from waywiser.sample import Program, Sample
from waywiser.tasks.completion import format_answer
from waywiser.tasks.registry import TASKS

_MAX_ISSUE_CARDS = 6
_CARDS_PER_TASK = 1
_MAX_FINDINGS = 40
_MAX_BARS = 12


class _SampleCard(TypedDict):
    """A judged sample with its image, depth and floor plan, for the template."""

    judgment: Judgment
    has_issue: bool
    question: str
    options: list[str]
    answer: str
    frames: str
    picture: EmbeddedImage
    depth: EmbeddedImage
    plan: str


def read_audit(path: Path) -> DatasetAudit:
    """The audit in a file that `waywiser audit --json` wrote. Raises DatasetError for any other."""
    try:
        return DatasetAudit.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError) as error:
        raise DatasetError(
            f"{path} is not an audit: write one with waywiser audit DIR --json-out {path}"
        ) from error


def write_audit_page(audit: DatasetAudit, out: Path) -> Path:
    """Write the page to `out`; the dataset must still be where it was audited."""
    stored = read_stored_dataset(audit.config.folder, audit.config.split)
    order = {"failed": 0, "undecided": 1, "passed": 2}
    baselines = {baseline.task: baseline for baseline in audit.baselines}

    return write_page(
        out,
        "audit.html",
        title=f"Audit: {audit.config.folder.resolve().name}",
        passed=audit.passed,
        lead=_lead(audit),
        tasks=[
            {"name": task.replace("_", " "), "tally": tally, "blind": baselines.get(task)}
            for task, tally in audit.tasks.items()
        ],
        missing=[task.replace("_", " ") for task in audit.missing_tasks],
        gates=sorted(audit.gates, key=lambda gate: order[gate.state]),
        findings=audit.findings[:_MAX_FINDINGS],
        hidden=max(0, len(audit.findings) - _MAX_FINDINGS),
        broken=audit.broken,
        twins=audit.twins,
        charts=[
            _chart(task, [s for s in stored.samples if s.task == task]) for task in audit.tasks
        ],
        cards=list(_cards(audit, stored)),
    )


def _lead(audit: DatasetAudit) -> str:
    """How many answers were derived again, and how many could not be."""
    unchecked = sum(tally.outcomes.get("unchecked", 0) for tally in audit.tasks.values())
    lead = (
        f"{audit.samples - unchecked:,} answers about {audit.scenes:,} scenes, derived again from"
        " the stored scenes by other means than those that made them."
    )

    if unchecked:
        lead += f" {unchecked:,} more have no independent check: their tasks have no rule."

    return lead


def _chart(task: str, samples: list[Sample]) -> Chart:
    """The distribution of a task's answers: values, classes or, if there are many, option
    letters.
    """
    name = task.replace("_", " ")

    if samples and all(isinstance(s.answer.value, float) for s in samples):
        values = [float(s.answer.value) for s in samples]  # type: ignore[arg-type]
        unit = samples[0].answer.unit or "value"
        return captioned_chart(name, plot_histogram(values, x_label=unit))

    table = Counter(str(sample.answer.value) for sample in samples)

    if len(table) > _MAX_BARS or max((len(word) for word in table), default=0) > 12:
        table = Counter(_right_letter(sample) for sample in samples)
        name += ": which option is right"

    keys = sorted(table, key=lambda word: (len(word), word))
    return captioned_chart(name, plot_counts({key: table[key] for key in keys}, x_label="answer"))


def _right_letter(sample: Sample) -> str:
    """The letter of the right option, "none" if no option is right."""
    options = sample.answer.options or []
    if sample.answer.value not in options:
        return "none"

    return chr(65 + options.index(str(sample.answer.value)))


def _cards(audit: DatasetAudit, stored: StoredDataset) -> Iterable[_SampleCard]:
    """Samples with images: the first with an issue, then some of every task."""
    issues = [j for j in audit.judgments if has_issue(j) and j.scene in stored.scenes]
    selected = issues[:_MAX_ISSUE_CARDS]

    for task in audit.tasks:
        agreeing = [
            j for j in audit.judgments if j.task == task and j.outcome in ("agrees", "unchecked")
        ]
        selected += agreeing[:_CARDS_PER_TASK]

    pictures = read_sample_images(audit.config.folder, {judgment.sample for judgment in selected})
    samples = {sample.id: sample for sample in stored.samples}

    for judgment in selected:
        sample = samples.get(judgment.sample)
        if sample is None or sample.program is None:
            continue

        scene = stored.scenes[sample.scene_id or ""]
        try:
            scene_raster = open_scene_raster(audit.config.folder, scene, audit.config.assets)
            yield _card(judgment, sample, scene_raster, pictures.get(sample.id, []))
        except (WaywiserError, KeyError, IndexError, TypeError, ValueError):
            continue  # a sample that cannot be drawn is among the findings


def _card(
    judgment: Judgment, sample: Sample, scene_raster: SceneRaster, images: list[bytes]
) -> _SampleCard:
    assert sample.program is not None
    inputs = sample.program.inputs
    ids = _object_ids(sample.program)
    place, raster = _best_view(scene_raster, inputs, ids, len(images))
    ids += [t.id for t in raster.objects.values() if t.category == inputs.get("category")]
    ids = [i for i in dict.fromkeys(ids) if i in raster.objects]
    boxes = [
        (i, visible.bounds, f"{raster.objects[i].category} {visible.distance:.1f} m")
        for i in ids
        if (visible := raster.visible(i))
    ]

    visible = decode_picture(images[place])
    depth = np.where(np.isfinite(raster.buffer.depth), raster.buffer.depth, np.nan).astype(
        np.float32
    )

    cameras = (
        scene_raster.clip(inputs["clip"]).cameras
        if "clip" in inputs
        else scene_raster.scene.cameras[inputs["camera"] :][:1]
    )

    return {
        "judgment": judgment,
        "has_issue": has_issue(judgment),
        "question": sample.question,
        "options": sample.answer.options or [],
        "answer": format_answer(sample.answer),
        "frames": f"picture {place + 1} of {len(images)}" if len(images) > 1 else "",
        "picture": embed_image(
            draw_boxes(np.asarray(visible), boxes), "the picture with the audit's boxes"
        ),
        "depth": embed_image(colorize_depth(depth), "the audit's own depth of it"),
        "plan": top_view_svg(scene_raster.scene, cameras, highlighted_ids=ids),
    }


def _object_ids(program: Program) -> list[int]:
    """Ids that the program names, as its task declares them; none where they cannot be read."""
    task = TASKS.get(program.name)

    try:
        return list(task.read_inputs(program.inputs).object_ids()) if task else []
    except ValidationError:
        return []


def _best_view(
    scene_raster: SceneRaster, inputs: Mapping[str, Any], ids: list[int], pictures: int
) -> tuple[int, ImageRaster]:
    """The number of the image to show, and the image; of a clip, the frame that shows most
    objects.
    """
    if "clip" not in inputs:
        return 0, scene_raster.image(inputs["camera"])

    frames = len(scene_raster.clip(inputs["clip"]).cameras)
    if "frame_a" in inputs and pictures != frames:
        return 0, scene_raster.frame(inputs["clip"], inputs["frame_a"])
    if pictures != frames:
        raise UnjudgedError(f"{pictures} pictures of a clip of {frames} frames")

    step = max(1, frames // 8)
    views = [(i, scene_raster.frame(inputs["clip"], i)) for i in range(0, frames, step)]

    return max(
        views,
        key=lambda view: sum(min(0.05, view[1].share(i)) for i in ids if i in view[1].objects),
    )
