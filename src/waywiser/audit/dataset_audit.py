"""`audit_dataset`: every answer of a dataset derived again, its margins, its balance, and what a
blind reader gets.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from waywiser.audit.balance.gates import (
    Baseline,
    Gate,
    GateThresholds,
    balance_gates,
    blind_gates,
    contrast_pair_share,
    find_contradictions,
    zero_count_gate,
)
from waywiser.audit.geometry.posed_objects import ModelMeshes
from waywiser.audit.geometry.scan_raster import ScanSceneRaster
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.grader.answer_audit import AnswerAudit, audit_answers
from waywiser.audit.grader.answer_audit import summarize_answer_audit as answers_summary
from waywiser.audit.judgment import Judgment
from waywiser.audit.rules.registry import RULES
from waywiser.audit.sample_judge import judge_scene, mark_unjudged
from waywiser.audit.stored_dataset import StoredDataset, read_stored_dataset
from waywiser.dataset.scan_frames import read_stored_frames
from waywiser.engine import open_engine
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.scenes.furniture.library import reopen_library
from waywiser.scenes.scans.box_kinds import is_scan
from waywiser.scenes.scene import Scene

AUDIT_FORMAT = "waywiser-audit/1"


class AuditConfig(BaseModel):
    """What to audit: `split` and `most_scenes` (evenly drawn, None for all) narrow it down; `seed`
    is the forest's.

    `assets` is where the furniture lies that the scenes were made with. `workers` processes judge
    scenes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    split: str | None = None
    assets: str | None = None
    most_scenes: int | None = Field(default=None, ge=1)
    workers: int = Field(default=1, ge=1)
    seed: int = 0
    thresholds: GateThresholds = GateThresholds()


class TaskTally(BaseModel):
    """How the samples of one task fared, and how often each answer occurs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    outcomes: dict[str, int]
    too_close: int
    margin_differs: int
    answers: dict[str, int]


class DatasetAudit(BaseModel):
    """What an audit found. `judgements` has every sample, `findings` only those that are not in
    order.

    `scans` of the `scenes` are real scans, whose boxes, words and poses are taken as they state
    them. `contrast_pair_share` is the share of questions whose very words are asked of another
    scene with another answer; `answers` the audit of the answers against their own grader, None
    where one of them is malformed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = AUDIT_FORMAT
    config: AuditConfig
    samples: int
    scenes: int
    scans: int = 0
    tasks: dict[str, TaskTally]
    missing_tasks: list[str]
    broken_count: int
    broken: list[str]
    gates: list[Gate]
    baselines: list[Baseline]
    twins: float
    answers: AnswerAudit | None
    judgements: list[Judgment]

    @property
    def findings(self) -> list[Judgment]:
        """Samples that are wrong, could not be judged, or lie too close to another answer."""
        return [j for j in self.judgements if has_issue(j)]

    @property
    def passed(self) -> bool:
        """Whether no label is wrong and no gate failed."""
        return all(gate.state != "failed" for gate in self.gates)


def has_issue(judgement: Judgment) -> bool:
    """Whether a sample is not in order."""
    return (
        judgement.outcome in ("differs", "unjudged")
        or judgement.too_close
        or judgement.margin_differs
    )


def audit_dataset(config: AuditConfig, progress: bool = True) -> DatasetAudit:
    """Audit the dataset. Raises DatasetError where there is none, AssetsError where its furniture
    is another.
    """
    stored = read_stored_dataset(config.folder, config.split)
    samples = _select_samples(stored, config.most_scenes)
    judgements = list(_judge_all(stored, samples, config, progress))
    judgements.sort(key=lambda j: j.sample)
    by_task: dict[str, list[Sample]] = defaultdict(list)

    for sample in samples:
        by_task[sample.task].append(sample)

    gates = _exact_gates(stored, samples, judgements)
    answers, gate = _audit_sample_answers(samples)
    gates.append(gate)
    baselines: list[Baseline] = []

    for task, group in sorted(by_task.items()):
        gates += balance_gates(
            task, group, config.thresholds, whole=len(samples) == len(stored.samples)
        )
        task_gates, baseline = blind_gates(task, group, config.thresholds, config.seed)
        gates += task_gates
        baselines += [baseline] if baseline else []

    return DatasetAudit(
        config=config,
        samples=len(samples),
        scenes=len({sample.scene_id for sample in samples}),
        scans=len(
            {
                s.scene_id
                for s in samples
                if s.scene_id in stored.scenes and is_scan(stored.scenes[s.scene_id])
            }
        ),
        tasks={task: _tally_task(group, judgements) for task, group in sorted(by_task.items())},
        missing_tasks=[task for task in RULES if task not in by_task],
        broken_count=stored.broken_count,
        broken=stored.broken,
        gates=gates,
        baselines=baselines,
        twins=round(contrast_pair_share(samples), 4),
        answers=answers,
        judgements=judgements,
    )


def _select_samples(stored: StoredDataset, max_scenes: int | None) -> list[Sample]:
    names = sorted({sample.scene_id or "" for sample in stored.samples})
    if max_scenes is None or len(names) <= max_scenes:
        return stored.samples
    chosen = {names[i * len(names) // max_scenes] for i in range(max_scenes)}
    return [sample for sample in stored.samples if (sample.scene_id or "") in chosen]


def _exact_gates(
    stored: StoredDataset, samples: list[Sample], judgements: list[Judgment]
) -> list[Gate]:
    count = Counter(judgement.outcome for judgement in judgements)
    pairs = find_contradictions(samples, stored.image_digests)
    repeated = len(samples) - len({sample.id for sample in samples})
    total = len(samples)

    return [
        zero_count_gate(
            "labels",
            count["differs"],
            total,
            "answers that differ, or questions without one answer",
        ),
        zero_count_gate(
            "margins",
            sum(j.too_close for j in judgements),
            total,
            "samples too near to another answer",
        ),
        zero_count_gate(
            "stored margins",
            sum(j.margin_differs for j in judgements),
            total,
            "stored margins that are wrong",
        ),
        zero_count_gate(
            "judged", count["unjudged"], total, "samples whose answer could not be derived"
        ),
        zero_count_gate(
            "readable", stored.broken_count, total, "files, rows or scenes that could not be read"
        ),
        zero_count_gate(
            "contradictions",
            len(pairs),
            total,
            f"same pictures and words, other answer: {pairs[:3]}",
        ),
        zero_count_gate("ids", repeated, total, "samples whose id is used twice"),
    ]


def _audit_sample_answers(samples: list[Sample]) -> tuple[AnswerAudit | None, Gate]:
    """The answers against their own grader, and the gate on it."""
    try:
        answer_audit = audit_answers(samples)
    except DatasetError as error:
        return None, zero_count_gate("graded answers", 1, len(samples), str(error))

    wrong = sum(answer_audit.failures.values())
    return answer_audit, zero_count_gate(
        "graded answers", wrong, len(samples), "completions that the grader judged wrongly"
    )


def _tally_task(group: list[Sample], judgements: list[Judgment]) -> TaskTally:
    task_judgements = [judgement for judgement in judgements if judgement.task == group[0].task]
    answers = Counter(str(sample.answer.value) for sample in group)

    return TaskTally(
        samples=len(group),
        outcomes=dict(sorted(Counter(judgement.outcome for judgement in task_judgements).items())),
        too_close=sum(judgement.too_close for judgement in task_judgements),
        margin_differs=sum(judgement.margin_differs for judgement in task_judgements),
        answers=dict(sorted(answers.items())),
    )


def _judge_all(
    stored: StoredDataset, samples: list[Sample], config: AuditConfig, progress: bool
) -> Iterator[Judgment]:
    """Judgements scene by scene, as they come."""
    by_scene: dict[str, list[Sample]] = defaultdict(list)

    for sample in samples:
        if sample.scene_id in stored.scenes:
            by_scene[sample.scene_id].append(sample)
        else:
            yield mark_unjudged(sample, f"its scene {sample.scene_id!r} is not in the dataset")

    for name in {
        stored.scenes[scene].furniture for scene in by_scene if not is_scan(stored.scenes[scene])
    }:
        reopen_library(
            name, config.assets
        )  # another library is the request's fault, not a sample's

    jobs = [
        (config.folder, stored.scenes[scene], group, config.assets)
        for scene, group in sorted(by_scene.items())
    ]
    with (
        tqdm(total=len(jobs), unit="scene", disable=None if progress else True) as bar,
        open_engine("processes", config.workers) as map_jobs,
    ):
        for judged in map_jobs(_judge_scene, jobs):
            bar.update(1)
            yield from judged


def _judge_scene(
    folder: Path, scene: Scene, samples: list[Sample], assets: str | None
) -> list[Judgment]:
    try:
        scene_raster = open_scene_raster(folder, scene, assets)
    except DatasetError as error:  # a scan whose frames are not there
        return [mark_unjudged(sample, str(error)) for sample in samples]

    return judge_scene(scene_raster, samples)


def open_scene_raster(folder: Path, scene: Scene, assets: str | None = None) -> SceneRaster:
    """A scene of the dataset in `folder` with what the audit needs of it: its furniture, or a
    scan's stored frames.

    Raises AssetsError for furniture that is not there, DatasetError for frames that are not.
    """
    if is_scan(scene):
        return ScanSceneRaster(scene, read_stored_frames(folder, scene.id))
    return SceneRaster(scene, _open_meshes(scene.furniture, assets))


@lru_cache(maxsize=2)
def _open_meshes(furniture: str, assets: str | None) -> ModelMeshes:
    return ModelMeshes(reopen_library(furniture, assets))


def summarize_dataset_audit(audit: DatasetAudit) -> str:
    """The audit as a few lines of text."""
    lines = [f"{audit.samples} samples of {len(audit.tasks)} tasks in {audit.scenes} scenes"]

    for task, tally in audit.tasks.items():
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in tally.outcomes.items())
        extra = f", {tally.too_close} too close" if tally.too_close else ""
        lines.append(f"  {task}: {outcomes}{extra}")

    if audit.scans:
        lines.append(
            f"  {audit.scans} of the scenes are scans: their boxes, words and poses are taken as"
            " they state them, and whether a scan lists every instance of a word is not checked"
        )

    for task, tally in audit.tasks.items():
        if count := tally.outcomes.get("unchecked"):
            lines.append(f"  not independently checked: {task} ({count} samples): it has no rule")

    if audit.missing_tasks:
        lines.append(f"  not asked here: {', '.join(audit.missing_tasks)}")

    lines += [
        f"  blind, {b.task}: forest {b.forest:.3f}, always {b.constant!r} {b.constant_score:.3f}, "
        f"reference {b.reference:.3f} ({b.metric}, {b.samples} samples)"
        for b in audit.baselines
    ]

    reasons = Counter(f"{j.task}: {j.outcome}: {j.reason or 'margin'}" for j in audit.findings)
    lines += [f"  {count} x {reason}" for reason, count in reasons.most_common(12)]
    lines += [f"  {line}" for line in audit.broken[:5]]
    small = sum(gate.state == "undecided" and gate.low is None for gate in audit.gates)

    if small:
        lines.append(f"  {small} gates have too few samples to tell")

    for state in ("failed", "undecided"):
        for gate in (
            g for g in audit.gates if g.state == state and (state == "failed" or g.low is not None)
        ):
            bounds = "" if gate.low is None else f" [{gate.low:.3f}, {gate.high:.3f}]"
            task = f" {gate.task}" if gate.task else ""
            lines.append(
                f"  gate {state}: {gate.name}{task}: {gate.value:g}{bounds}, limit {gate.limit:g}"
                f" ({gate.note})"
            )

    if audit.answers is not None:
        lines += [
            "answers against their own grader:",
            *("  " + x for x in answers_summary(audit.answers).splitlines()),
        ]

    passed = sum(gate.state == "passed" for gate in audit.gates)
    lines.append(f"  {passed} of {len(audit.gates)} gates passed")
    return "\n".join(
        [*lines, "passed" if audit.passed else "FAILED: a label is wrong or a gate is not met"]
    )
