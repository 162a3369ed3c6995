"""Audit a dataset's answers with its own grader: every gold answer scores 1 in any dress, every
attack 0.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from waywiser.answers import as_answer, grade_all
from waywiser.audit.grader.adversarial import adversarial_completions
from waywiser.audit.grader.answer_variants import (
    COMPLETION_TEMPLATES,
    answer_variants,
    correct_completions,
    option_letter,
)
from waywiser.errors import DatasetError
from waywiser.rewards import RewardConfig, accuracy_of
from waywiser.sample import Answer, Sample

_MAX_FINDINGS = 20
_MAX_FREQUENT_ANSWERS = 40
_MAX_SCORED_ANSWERS = 2000


class GraderFinding(BaseModel):
    """One completion that the grader judged otherwise than it must."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    check: str
    completion: str
    outcome: str
    reason: str


class ConstantScore(BaseModel):
    """The best that one answer, always the same, earns on a task: exact, by EDNM, and by EDNM with
    a zero floor.
    """

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
    findings: list[GraderFinding]
    constants: dict[str, ConstantScore]

    @property
    def passed(self) -> bool:
        """Whether every rendering scored 1 and every attack 0."""
        return not self.failures


def audit_answers(samples: Iterable[Sample]) -> AnswerAudit:
    """Check every sample's answer. Raises DatasetError for a malformed one, or where there are
    none.
    """
    by_task: dict[str, list[Answer]] = {}
    failures: Counter[str] = Counter()
    findings: list[GraderFinding] = []
    number = right = wrong = 0

    for sample in samples:
        try:
            answer = as_answer(sample.answer)
        except DatasetError as error:
            raise DatasetError(f"sample {sample.id}: {error}") from None

        by_task.setdefault(sample.task, []).append(answer)
        correct_checks = [("gold", text) for text in correct_completions(answer)]
        adversarial_checks = adversarial_completions(answer)
        for finding in _grade_checks(sample.id, answer, correct_checks, 1.0) + _grade_checks(
            sample.id, answer, adversarial_checks, 0.0
        ):
            failures[finding.check] += 1
            if len(findings) < _MAX_FINDINGS:
                findings.append(finding)

        number = number + 1
        right = right + len(correct_checks)
        wrong = wrong + len(adversarial_checks)

    if not number:
        raise DatasetError("there are no samples to audit: choose another folder or split")

    constants = {task: best_constant_answer(answers) for task, answers in sorted(by_task.items())}
    return AnswerAudit(
        samples=number,
        renderings=right,
        attacks=wrong,
        failures=dict(failures),
        findings=findings,
        constants=constants,
    )


def _grade_checks(
    sample: str, answer: Answer, checks: Sequence[tuple[str, str]], expected_score: float
) -> list[GraderFinding]:
    verdicts = grade_all([text for _, text in checks], [answer] * len(checks))
    return [
        GraderFinding(
            sample=sample,
            check=check,
            completion=text,
            outcome=verdict.outcome,
            reason=verdict.reason,
        )
        for (check, text), verdict in zip(checks, verdicts, strict=True)
        if verdict.score != expected_score
    ]


def best_constant_answer(answers: Sequence[Answer]) -> ConstantScore:
    """The constant answer that earns most by EDNM (exact where nothing is a number).

    Candidates are the forty most frequent answers, the letters of options, and 0; on large tasks an
    even draw of two thousand samples is judged.
    """
    judged = answers[:: max(1, len(answers) // _MAX_SCORED_ANSWERS)]
    frequent = Counter(answer_variants(answer)[0] for answer in answers).most_common(
        _MAX_FREQUENT_ANSWERS
    )
    letters = [
        option_letter(i) for i in range(max(len(answer.options or []) for answer in answers))
    ]
    numeric = ["0"] if any(answer.kind in ("integer", "number") for answer in answers) else []
    candidates = dict.fromkeys([text for text, _ in frequent] + letters + numeric)

    return max(
        (_score_constant(text, judged) for text in candidates), key=lambda c: (c.ednm, c.exact)
    )


def _score_constant(text: str, answers: Sequence[Answer]) -> ConstantScore:
    verdicts = grade_all([COMPLETION_TEMPLATES[0].format(text)] * len(answers), list(answers))
    means = []

    for rule in (
        {"numeric": "exact"},
        {"numeric": "ednm"},
        {"numeric": "ednm", "ednm": {"zero_floor": True}},
    ):
        config = RewardConfig.model_validate(rule)
        scores = [
            accuracy_of(verdict, answer, "", config)
            for verdict, answer in zip(verdicts, answers, strict=True)
        ]

        means.append(round(sum(scores) / len(scores), 4))

    return ConstantScore(answer=text, exact=means[0], ednm=means[1], ednm_zero_floor=means[2])


def summarize_answer_audit(audit: AnswerAudit) -> str:
    """The audit as a few lines of text."""
    lines = [
        f"{audit.samples} samples: {audit.renderings} right renderings, {audit.attacks} attacks"
    ]
    lines += [
        f"  {count} x {check} judged wrongly" for check, count in sorted(audit.failures.items())
    ]
    lines += [
        f"  {f.sample}: {f.check}: {f.completion!r} -> {f.outcome} {f.reason}"
        for f in audit.findings
    ]

    lines += [
        f"  always {c.answer!r} on {task}: exact {c.exact:.3f}, EDNM {c.ednm:.3f}, zero-floored"
        f" {c.ednm_zero_floor:.3f}"
        for task, c in audit.constants.items()
    ]

    return "\n".join(
        [*lines, "passed" if audit.passed else "FAILED: the grader or an answer is wrong"]
    )
