"""`audit_dataset`: every answer of a dataset derived again, its margins, its balance, and what a blind reader gets."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from waywiser.audit.answers import AnswerAudit, audit_answers
from waywiser.audit.answers import summary as answers_summary
from waywiser.audit.gates import (
    Baseline,
    Gate,
    Thresholds,
    balance_gates,
    blind_gates,
    contradictions,
    exact_gate,
    twins,
)
from waywiser.audit.judge import judge_scene, unjudged
from waywiser.audit.rules.registry import RULES
from waywiser.audit.scanned import ScannedWorld
from waywiser.audit.sight import World
from waywiser.audit.stage import Shapes
from waywiser.audit.stored import Stored, read_stored
from waywiser.audit.verdicts import Judgement
from waywiser.dataset.scan_frames import stored_frames
from waywiser.engine import open_engine
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.scenes.library import reopen_library
from waywiser.scenes.scans.kinds import is_scan
from waywiser.scenes.scene import Scene

FORMAT = "waywiser-audit/1"


class AuditConfig(BaseModel):
    """What to audit: `split` and `most_scenes` (evenly drawn, None for all) narrow it down; `seed` is the forest's.

    `assets` is where the furniture lies that the scenes were made with. `workers` processes judge scenes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    split: str | None = None
    assets: str | None = None
    most_scenes: int | None = Field(default=None, ge=1)
    workers: int = Field(default=1, ge=1)
    seed: int = 0
    thresholds: Thresholds = Thresholds()


class TaskTally(BaseModel):
    """How the samples of one task fared, and how often each answer occurs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    outcomes: dict[str, int]
    too_close: int
    margin_differs: int
    answers: dict[str, int]


class DatasetAudit(BaseModel):
    """What an audit found. `judgements` has every sample, `findings` only those that are not in order.

    `scans` of the `scenes` are real scans, whose boxes, words and poses are taken as they state them. `twins` is the
    share of questions whose very words are asked of another scene with another answer; `answers` the audit of the
    answers against their own grader, None where one of them is malformed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
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
    judgements: list[Judgement]

    @property
    def findings(self) -> list[Judgement]:
        """Samples that are wrong, could not be judged, or lie too close to another answer."""
        return [j for j in self.judgements if wanting(j)]

    @property
    def passed(self) -> bool:
        """Whether no label is wrong and no gate failed."""
        return all(gate.state != "failed" for gate in self.gates)


def wanting(judgement: Judgement) -> bool:
    """Whether a sample is not in order."""
    return judgement.outcome in ("differs", "unjudged") or judgement.too_close or judgement.margin_differs


def audit_dataset(config: AuditConfig, progress: bool = True) -> DatasetAudit:
    """Audit the dataset. Raises DatasetError where there is none, AssetsError where its furniture is another."""
    stored = read_stored(config.folder, config.split)
    samples = _narrow(stored, config.most_scenes)
    judgements = list(_judge_all(stored, samples, config, progress))
    judgements.sort(key=lambda j: j.sample)
    by_task: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_task[sample.task].append(sample)
    gates = _exact_gates(stored, samples, judgements)
    answers, gate = _answers(samples)
    gates.append(gate)
    baselines: list[Baseline] = []
    for task, group in sorted(by_task.items()):
        gates += balance_gates(task, group, config.thresholds, whole=len(samples) == len(stored.samples))
        more, baseline = blind_gates(task, group, config.thresholds, config.seed)
        gates += more
        baselines += [baseline] if baseline else []
    return DatasetAudit(
        config=config,
        samples=len(samples),
        scenes=len({sample.scene_id for sample in samples}),
        scans=len({s.scene_id for s in samples if s.scene_id in stored.scenes and is_scan(stored.scenes[s.scene_id])}),
        tasks={task: _tally(group, judgements) for task, group in sorted(by_task.items())},
        missing_tasks=[task for task in RULES if task not in by_task],
        broken_count=stored.broken_count,
        broken=stored.broken,
        gates=gates,
        baselines=baselines,
        twins=round(twins(samples), 4),
        answers=answers,
        judgements=judgements,
    )


def _narrow(stored: Stored, most: int | None) -> list[Sample]:
    names = sorted({sample.scene_id or "" for sample in stored.samples})
    if most is None or len(names) <= most:
        return stored.samples
    kept = {names[i * len(names) // most] for i in range(most)}
    return [sample for sample in stored.samples if (sample.scene_id or "") in kept]


def _exact_gates(stored: Stored, samples: list[Sample], judgements: list[Judgement]) -> list[Gate]:
    count = Counter(judgement.outcome for judgement in judgements)
    pairs = contradictions(samples, stored.pictures)
    repeated = len(samples) - len({sample.id for sample in samples})
    total = len(samples)
    return [
        exact_gate("labels", count["differs"], total, "answers that differ, or questions without one answer"),
        exact_gate("margins", sum(j.too_close for j in judgements), total, "samples too near to another answer"),
        exact_gate("stored margins", sum(j.margin_differs for j in judgements), total, "stored margins that are wrong"),
        exact_gate("judged", count["unjudged"], total, "samples whose answer could not be derived"),
        exact_gate("readable", stored.broken_count, total, "files, rows or scenes that could not be read"),
        exact_gate("contradictions", len(pairs), total, f"same pictures and words, other answer: {pairs[:3]}"),
        exact_gate("ids", repeated, total, "samples whose id is used twice"),
    ]  # fmt: skip


def _answers(samples: list[Sample]) -> tuple[AnswerAudit | None, Gate]:
    """The answers against their own grader, and the gate on it."""
    try:
        found = audit_answers(samples)
    except DatasetError as error:
        return None, exact_gate("graded answers", 1, len(samples), str(error))
    wrong = sum(found.failures.values())
    return found, exact_gate("graded answers", wrong, len(samples), "completions that the grader judged wrongly")


def _tally(group: list[Sample], judgements: list[Judgement]) -> TaskTally:
    own = [judgement for judgement in judgements if judgement.task == group[0].task]
    answers = Counter(str(sample.answer.value) for sample in group)
    return TaskTally(
        samples=len(group),
        outcomes=dict(sorted(Counter(judgement.outcome for judgement in own).items())),
        too_close=sum(judgement.too_close for judgement in own),
        margin_differs=sum(judgement.margin_differs for judgement in own),
        answers=dict(sorted(answers.items())),
    )


def _judge_all(stored: Stored, samples: list[Sample], config: AuditConfig, progress: bool) -> Iterator[Judgement]:
    """Judgements scene by scene, as they come."""
    by_scene: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.scene_id in stored.scenes:
            by_scene[sample.scene_id].append(sample)
        else:
            yield unjudged(sample, f"its scene {sample.scene_id!r} is not in the dataset")
    for name in {stored.scenes[scene].furniture for scene in by_scene if not is_scan(stored.scenes[scene])}:
        reopen_library(name, config.assets)  # another library is the request's fault, not a sample's
    jobs = [(config.folder, stored.scenes[scene], group, config.assets) for scene, group in sorted(by_scene.items())]
    with (
        tqdm(total=len(jobs), unit="scene", disable=None if progress else True) as bar,
        open_engine("processes", config.workers) as each,
    ):
        for judged in each(_judge_scene, jobs):
            bar.update(1)
            yield from judged


def _judge_scene(folder: Path, scene: Scene, samples: list[Sample], assets: str | None) -> list[Judgement]:
    try:
        world = world_of(folder, scene, assets)
    except DatasetError as error:  # a scan whose frames are not there
        return [unjudged(sample, str(error)) for sample in samples]
    return judge_scene(world, samples)


def world_of(folder: Path, scene: Scene, assets: str | None = None) -> World:
    """A scene of the dataset in `folder` with what the audit needs of it: its furniture, or a scan's stored frames.

    Raises AssetsError for furniture that is not there, DatasetError for frames that are not.
    """
    if is_scan(scene):
        return ScannedWorld(scene, stored_frames(folder, scene.id))
    return World(scene, _shapes(scene.furniture, assets))


@lru_cache(maxsize=2)
def _shapes(furniture: str, assets: str | None) -> Shapes:
    return Shapes(reopen_library(furniture, assets))


def summary(audit: DatasetAudit) -> str:
    """The audit as a few lines of text."""
    lines = [f"{audit.samples} samples of {len(audit.tasks)} tasks in {audit.scenes} scenes"]
    for task, tally in audit.tasks.items():
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in tally.outcomes.items())
        extra = f", {tally.too_close} too close" if tally.too_close else ""
        lines.append(f"  {task}: {outcomes}{extra}")
    if audit.scans:
        lines.append(
            f"  {audit.scans} of the scenes are scans: their boxes, words and poses are taken as they state them, "
            "and whether a scan lists every instance of a word is not checked"
        )
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
        for gate in (g for g in audit.gates if g.state == state and (state == "failed" or g.low is not None)):
            bounds = "" if gate.low is None else f" [{gate.low:.3f}, {gate.high:.3f}]"
            task = f" {gate.task}" if gate.task else ""
            lines.append(
                f"  gate {state}: {gate.name}{task}: {gate.value:g}{bounds}, limit {gate.limit:g} ({gate.note})"
            )
    if audit.answers is not None:
        lines += ["answers against their own grader:", *("  " + x for x in answers_summary(audit.answers).splitlines())]
    passed = sum(gate.state == "passed" for gate in audit.gates)
    lines.append(f"  {passed} of {len(audit.gates)} gates passed")
    return "\n".join([*lines, "passed" if audit.passed else "FAILED: a label is wrong or a gate is not met"])
