"""Audit a dataset's answers with its own grader.

Every variant of a gold answer must score 1, every adversarial completion 0.
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
    """One completion that the grader judged wrongly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    """Id of the sample."""
    check: str
    """Name of the check: "gold", or the attack."""
    completion: str
    """The graded completion."""
    outcome: str
    """The grader's outcome."""
    reason: str
    """The grader's reason."""


class ConstantScore(BaseModel):
    """Mean scores of the best answer that is always the same, on one task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    """The answer."""
    exact: float
    """Mean score if numbers must be exact."""
    ednm: float
    """Mean score if numbers are scored by EDNM."""
    ednm_zero_floor: float
    """Mean score if numbers are scored by EDNM with a zero floor."""


class AnswerAudit(BaseModel):
    """The result of an audit of answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    """Audited samples."""
    renderings: int
    """Completions that must score 1."""
    attacks: int
    """Completions that must score 0."""
    failures: dict[str, int]
    """Completions that were judged wrongly, by check."""
    findings: list[GraderFinding]
    """The first twenty of them."""
    constants: dict[str, ConstantScore]
    """The best constant answer by task."""

    @property
    def passed(self) -> bool:
        """Whether every variant of a gold answer scored 1 and every adversarial completion 0."""
        return not self.failures


def audit_answers(samples: Iterable[Sample]) -> AnswerAudit:
    """Check every sample's answer.

    Raises:
        DatasetError: An answer is malformed, or there are no samples.
    """
    by_task: dict[str, list[Answer]] = {}
    failures: Counter[str] = Counter()
    findings: list[GraderFinding] = []
    num_samples = num_correct = num_adversarial = 0

    for sample in samples:
        try:
            answer = as_answer(sample.answer)
        except DatasetError as error:
            raise DatasetError(f"sample {sample.id}: {error}") from None

        by_task.setdefault(sample.task, []).append(answer)
        correct_checks = [("gold", text) for text in correct_completions(answer)]
        adversarial_checks = adversarial_completions(answer)
        sample_findings = _grade_checks(sample.id, answer, correct_checks, 1.0)
        sample_findings += _grade_checks(sample.id, answer, adversarial_checks, 0.0)

        for finding in sample_findings:
            failures[finding.check] += 1
            if len(findings) < _MAX_FINDINGS:
                findings.append(finding)

        num_samples += 1
        num_correct += len(correct_checks)
        num_adversarial += len(adversarial_checks)

    if not num_samples:
        raise DatasetError("there are no samples to audit: choose another folder or split")

    constants = {task: best_constant_answer(answers) for task, answers in sorted(by_task.items())}
    return AnswerAudit(
        samples=num_samples,
        renderings=num_correct,
        attacks=num_adversarial,
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
    """The constant answer with the highest mean score by EDNM (exact if no answer is a number).

    Candidates are the forty most frequent answers, the letters of options, and 0. A large task is
    thinned evenly to two thousand samples.
    """
    scored_answers = answers[:: max(1, len(answers) // _MAX_SCORED_ANSWERS)]
    frequent = Counter(answer_variants(answer)[0] for answer in answers).most_common(
        _MAX_FREQUENT_ANSWERS
    )
    max_options = max(len(answer.options or []) for answer in answers)
    letters = [option_letter(i) for i in range(max_options)]
    numeric = ["0"] if any(answer.kind in ("integer", "number") for answer in answers) else []
    candidates = dict.fromkeys([text for text, _ in frequent] + letters + numeric)

    scores = (_score_constant(text, scored_answers) for text in candidates)
    return max(scores, key=lambda score: (score.ednm, score.exact))


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
