"""Audit a dataset's answers with its own grader: every gold answer scores 1 in any dress, every attack 0."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from waywiser.answers import as_answer, grade_all
from waywiser.audit.attacks import attacks
from waywiser.audit.renderings import FRAMES, completions, letter, renderings
from waywiser.errors import DatasetError
from waywiser.rewards import RewardConfig, accuracy_of
from waywiser.sample import Answer, Sample

_MOST_SHOWN = 20
_MOST_CONSTANTS = 40
_MOST_JUDGED = 2000


class Finding(BaseModel):
    """One completion that the grader judged otherwise than it must."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    check: str
    completion: str
    outcome: str
    reason: str


class Constant(BaseModel):
    """The best that one answer, always the same, earns on a task: exact, by EDNM, and by EDNM with a zero floor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    exact: float
    ednm: float
    ednm_zero_floor: float


class AnswerAudit(BaseModel):
    """What the audit found: at most twenty `findings` are kept, `failures` counts all by check."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    renderings: int
    attacks: int
    failures: dict[str, int]
    findings: list[Finding]
    constants: dict[str, Constant]

    @property
    def passed(self) -> bool:
        """Whether every rendering scored 1 and every attack 0."""
        return not self.failures


def audit_answers(samples: Iterable[Sample]) -> AnswerAudit:
    """Check every sample's answer. Raises DatasetError for a malformed one, or where there are none."""
    by_task: dict[str, list[Answer]] = {}
    failures: Counter[str] = Counter()
    findings: list[Finding] = []
    number = right = wrong = 0
    for sample in samples:
        try:
            answer = as_answer(sample.answer)
        except DatasetError as error:
            raise DatasetError(f"sample {sample.id}: {error}") from None
        by_task.setdefault(sample.task, []).append(answer)
        good = [("gold", text) for text in completions(answer)]
        bad = attacks(answer)
        for finding in _judge(sample.id, answer, good, 1.0) + _judge(sample.id, answer, bad, 0.0):
            failures[finding.check] += 1
            if len(findings) < _MOST_SHOWN:
                findings.append(finding)
        number, right, wrong = number + 1, right + len(good), wrong + len(bad)
    if not number:
        raise DatasetError("there are no samples to audit: choose another folder or split")
    constants = {task: best_constant(answers) for task, answers in sorted(by_task.items())}
    return AnswerAudit(
        samples=number, renderings=right, attacks=wrong, failures=dict(failures), findings=findings, constants=constants
    )


def _judge(sample: str, answer: Answer, checks: Sequence[tuple[str, str]], due: float) -> list[Finding]:
    verdicts = grade_all([text for _, text in checks], [answer] * len(checks))
    return [
        Finding(sample=sample, check=check, completion=text, outcome=verdict.outcome, reason=verdict.reason)
        for (check, text), verdict in zip(checks, verdicts, strict=True)
        if verdict.score != due
    ]


def best_constant(answers: Sequence[Answer]) -> Constant:
    """The constant answer that earns most by EDNM (exact where nothing is a number).

    Candidates are the forty most frequent answers, the letters of options, and 0; on large tasks an even draw
    of two thousand samples is judged.
    """
    judged = answers[:: max(1, len(answers) // _MOST_JUDGED)]
    frequent = Counter(renderings(answer)[0] for answer in answers).most_common(_MOST_CONSTANTS)
    letters = [letter(i) for i in range(max(len(answer.options or []) for answer in answers))]
    numeric = ["0"] if any(answer.kind in ("integer", "number") for answer in answers) else []
    candidates = dict.fromkeys([text for text, _ in frequent] + letters + numeric)
    return max((_constant(text, judged) for text in candidates), key=lambda c: (c.ednm, c.exact))


def _constant(text: str, answers: Sequence[Answer]) -> Constant:
    verdicts = grade_all([FRAMES[0].format(text)] * len(answers), list(answers))
    means = []
    for rule in ({"numeric": "exact"}, {"numeric": "ednm"}, {"numeric": "ednm", "ednm": {"zero_floor": True}}):
        config = RewardConfig.model_validate(rule)
        earned = [accuracy_of(verdict, answer, "", config) for verdict, answer in zip(verdicts, answers, strict=True)]
        means.append(round(sum(earned) / len(earned), 4))
    return Constant(answer=text, exact=means[0], ednm=means[1], ednm_zero_floor=means[2])


def summary(audit: AnswerAudit) -> str:
    """The audit as a few lines of text."""
    lines = [f"{audit.samples} samples: {audit.renderings} right renderings, {audit.attacks} attacks"]
    lines += [f"  {count} x {check} judged wrongly" for check, count in sorted(audit.failures.items())]
    lines += [f"  {f.sample}: {f.check}: {f.completion!r} -> {f.outcome} {f.reason}" for f in audit.findings]
    lines += [
        f"  always {c.answer!r} on {task}: exact {c.exact:.3f}, EDNM {c.ednm:.3f}, zero-floored {c.ednm_zero_floor:.3f}"
        for task, c in audit.constants.items()
    ]
    return "\n".join([*lines, "passed" if audit.passed else "FAILED: the grader or an answer is wrong"])
