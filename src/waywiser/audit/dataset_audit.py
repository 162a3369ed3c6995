"""Audit a dataset: derive every answer again, check margins, balance and text-only shortcuts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from tqdm import tqdm

from waywiser.audit.balance.category_text import CategoryReader
from waywiser.audit.balance.gate import Gate, GateThresholds, TextOnlyScores, zero_count_gate
from waywiser.audit.balance.gates import balance_gates, blind_gates
from waywiser.audit.balance.repeated_questions import contrast_pair_share, find_contradictions
from waywiser.audit.geometry.posed_objects import ModelMeshes
from waywiser.audit.geometry.scan_raster import ScanSceneRaster
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.grader.answer_audit import AnswerAudit, audit_answers
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
    """What to audit, and how.

    Example:
        >>> config = AuditConfig(folder=Path("data/rooms"), max_scenes=100, workers=2)
        >>> audit = audit_dataset(config)
        >>> audit.passed
        True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    """The dataset's folder."""
    split: str | None = None
    """Audit only this split; None audits all."""
    assets: str | None = None
    """Furniture library that the scenes were made with; None is the default library."""
    max_scenes: int | None = Field(
        default=None,
        ge=1,
        validation_alias=AliasChoices("max_scenes", "most_scenes"),
        serialization_alias="most_scenes",
    )
    """Audit at most this many scenes, spread evenly over the dataset; None audits all."""
    workers: int = Field(default=1, ge=1)
    """Processes that judge scenes."""
    seed: int = 0
    """Seed of the text-only random forest."""
    thresholds: GateThresholds = GateThresholds()
    """Limits of the gates."""


class TaskTally(BaseModel):
    """Counts over the samples of one task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    """Audited samples."""
    outcomes: dict[str, int]
    """Samples by the outcome of their judgment."""
    too_close: int
    """Samples whose margin is below the minimum of the task's definition."""
    margin_differs: int
    """Samples whose stored margin is wrong."""
    answers: dict[str, int]
    """Samples by their stored answer."""


class DatasetAudit(BaseModel):
    """The result of an audit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = AUDIT_FORMAT
    """Version of this layout."""
    config: AuditConfig
    """What was audited."""
    samples: int
    """Audited samples."""
    scenes: int
    """Audited scenes, scans included."""
    scans: int = 0
    """Scenes that are real scans: their boxes, words and poses are taken as they state them."""
    tasks: dict[str, TaskTally]
    """Counts by task."""
    missing_tasks: list[str]
    """Tasks that the dataset does not ask."""
    broken_count: int
    """Files, rows and scenes that cannot be read."""
    broken: list[str]
    """One line for each of them, at most 200."""
    gates: list[Gate]
    """Limits on labels, balance and text-only scores."""
    baselines: list[TextOnlyScores]
    """Text-only scores by task."""
    twins: float
    """Share of questions asked word for word of another scene with another answer, in [0, 1]."""
    answers: AnswerAudit | None
    """The answers against their own grader; None if an answer is malformed."""
    judgments: list[Judgment] = Field(
        validation_alias=AliasChoices("judgments", "judgements"), serialization_alias="judgements"
    )
    """One for every sample, sorted by sample id."""

    @property
    def findings(self) -> list[Judgment]:
        """Samples that are wrong, could not be judged, or lie too close to another answer."""
        return [judgment for judgment in self.judgments if has_issue(judgment)]

    @property
    def passed(self) -> bool:
        """Whether no label is wrong and no gate failed."""
        return all(gate.state != "failed" for gate in self.gates)


def has_issue(judgment: Judgment) -> bool:
    """Whether an answer is wrong or could not be derived, or a margin is wrong or too small."""
    return (
        judgment.outcome in ("differs", "unjudged") or judgment.too_close or judgment.margin_differs
    )


def audit_dataset(config: AuditConfig, progress: bool = True) -> DatasetAudit:
    """Audit a dataset.

    Args:
        config: What to audit, and how.
        progress: Show a progress bar over scenes, on a terminal only.

    Returns:
        The audit, with a judgment for every sample.

    Raises:
        DatasetError: There is no dataset in the folder.
        AssetsError: The furniture library is not the one that the scenes were made with.
    """
    stored = read_stored_dataset(config.folder, config.split)
    samples = _select_samples(stored, config.max_scenes)
    judgments = list(_judge_all(stored, samples, config, progress))
    judgments.sort(key=lambda judgment: judgment.sample)
    by_task: dict[str, list[Sample]] = defaultdict(list)

    for sample in samples:
        by_task[sample.task].append(sample)

    gates = _exact_gates(stored, samples, judgments)
    answers, answers_gate = _audit_sample_answers(samples)
    gates.append(answers_gate)
    baselines: list[TextOnlyScores] = []
    reader = CategoryReader(
        {obj.category for scene in stored.scenes.values() for obj in scene.objects}
    )
    whole = len(samples) == len(stored.samples)

    for task, group in sorted(by_task.items()):
        gates += balance_gates(task, group, config.thresholds, whole=whole)
        task_gates, baseline = blind_gates(task, group, config.thresholds, config.seed, reader)
        gates += task_gates
        if baseline is not None:
            baselines.append(baseline)

    return DatasetAudit(
        config=config,
        samples=len(samples),
        scenes=len({sample.scene_id for sample in samples}),
        scans=_count_scans(stored, samples),
        tasks={task: _tally_task(group, judgments) for task, group in sorted(by_task.items())},
        missing_tasks=[task for task in RULES if task not in by_task],
        broken_count=stored.broken_count,
        broken=stored.broken,
        gates=gates,
        baselines=baselines,
        twins=round(contrast_pair_share(samples), 4),
        answers=answers,
        judgments=judgments,
    )


def _count_scans(stored: StoredDataset, samples: list[Sample]) -> int:
    scene_ids = {sample.scene_id for sample in samples}
    return sum(is_scan(stored.scenes[key]) for key in scene_ids if key in stored.scenes)


def _select_samples(stored: StoredDataset, max_scenes: int | None) -> list[Sample]:
    """All samples, or those of `max_scenes` scenes spread evenly over the sorted scene ids."""
    names = sorted({sample.scene_id or "" for sample in stored.samples})
    if max_scenes is None or len(names) <= max_scenes:
        return stored.samples

    chosen = {names[i * len(names) // max_scenes] for i in range(max_scenes)}
    return [sample for sample in stored.samples if (sample.scene_id or "") in chosen]


def _exact_gates(
    stored: StoredDataset, samples: list[Sample], judgments: list[Judgment]
) -> list[Gate]:
    count = Counter(judgment.outcome for judgment in judgments)
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
            sum(j.too_close for j in judgments),
            total,
            "samples too near to another answer",
        ),
        zero_count_gate(
            "stored margins",
            sum(j.margin_differs for j in judgments),
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


def _tally_task(group: list[Sample], judgments: list[Judgment]) -> TaskTally:
    task_judgments = [judgment for judgment in judgments if judgment.task == group[0].task]
    answers = Counter(str(sample.answer.value) for sample in group)

    return TaskTally(
        samples=len(group),
        outcomes=dict(sorted(Counter(judgment.outcome for judgment in task_judgments).items())),
        too_close=sum(judgment.too_close for judgment in task_judgments),
        margin_differs=sum(judgment.margin_differs for judgment in task_judgments),
        answers=dict(sorted(answers.items())),
    )


def _judge_all(
    stored: StoredDataset, samples: list[Sample], config: AuditConfig, progress: bool
) -> Iterator[Judgment]:
    """Judgments scene by scene, in the order in which workers return them."""
    by_scene: dict[str, list[Sample]] = defaultdict(list)

    for sample in samples:
        if sample.scene_id in stored.scenes:
            by_scene[sample.scene_id].append(sample)
        else:
            yield mark_unjudged(sample, f"its scene {sample.scene_id!r} is not in the dataset")

    built_scenes = [stored.scenes[key] for key in by_scene if not is_scan(stored.scenes[key])]

    # A missing library is a fault of the request, not of a sample: fail before any is judged.
    for furniture in {scene.furniture for scene in built_scenes}:
        reopen_library(furniture, config.assets)

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
    """A scene of the dataset in `folder`, ready to be rasterized.

    Args:
        folder: The dataset's folder, which holds a scan's stored frames.
        scene: The scene.
        assets: Furniture library that the scene was made with; None is the default library.

    Raises:
        AssetsError: The furniture is missing.
        DatasetError: A scan's frames are missing or damaged.
    """
    if is_scan(scene):
        return ScanSceneRaster(scene, read_stored_frames(folder, scene.id))
    return SceneRaster(scene, _open_meshes(scene.furniture, assets))


@lru_cache(maxsize=2)
def _open_meshes(furniture: str, assets: str | None) -> ModelMeshes:
    return ModelMeshes(reopen_library(furniture, assets))
