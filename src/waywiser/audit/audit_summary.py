"""An audit in a few lines of text, for the terminal."""

from collections import Counter
from collections.abc import Iterator

from waywiser.audit.balance.gate import Bounds, Gate, TextOnlyScores
from waywiser.audit.dataset_audit import DatasetAudit
from waywiser.audit.grader.answer_audit import summarize_answer_audit

_MAX_REASONS = 12
_MAX_BROKEN_LINES = 5
_OUTCOMES = {
    "agrees": "derived again and equal",
    "close": "derived again and equal within a tolerance",
    "differs": "derived again and different",
    "unjudged": "could not be derived",
    "unchecked": "without an independent check",
}
"""Outcomes of judgments, in words."""


def summarize_dataset_audit(audit: DatasetAudit) -> str:
    """The audit as a few lines of text, the verdict last."""
    lines = [
        f"{audit.samples} samples of {len(audit.tasks)} tasks in {audit.scenes} scenes",
        *_task_lines(audit),
        *_finding_lines(audit),
        *_gate_lines(audit.gates),
    ]

    if audit.answers is not None:
        lines.append("answers against their own grader:")
        lines += [f"  {line}" for line in summarize_answer_audit(audit.answers).splitlines()]

    lines.append(f"  gates: {_count_gates(audit.gates)}")
    lines.append(_verdict(audit))

    return "\n".join(lines)


def _count_gates(gates: list[Gate]) -> str:
    """How many gates passed, failed and could not be decided."""
    counts = Counter(gate.state for gate in gates)
    small = sum(gate.state == "undecided" and gate.low is None for gate in gates)
    why = f" ({small} of too few samples)" if 0 < small < counts["undecided"] else ""
    why = " (too few samples)" if small and small == counts["undecided"] else why
    text = ", ".join(f"{counts[state]} {state}" for state in ("passed", "failed", "undecided"))
    return text + why


def _verdict(audit: DatasetAudit) -> str:
    """The last line: what an answer without an independent check must not hide behind."""
    if not audit.passed:
        return "FAILED: a label is wrong or a gate is not met"

    unchecked = sum(tally.outcomes.get("unchecked", 0) for tally in audit.tasks.values())
    if not unchecked:
        return "passed"

    return f"passed, but {unchecked} of {audit.samples} answers have no independent check"


def _task_lines(audit: DatasetAudit) -> Iterator[str]:
    for task, tally in audit.tasks.items():
        outcomes = ", ".join(
            f"{count} {_OUTCOMES.get(outcome, outcome)}"
            for outcome, count in tally.outcomes.items()
        )
        extra = f", {tally.too_close} too close" if tally.too_close else ""
        yield f"  {task}: {outcomes}{extra}"

    if audit.scans:
        yield (
            f"  {audit.scans} of the scenes are scans: their boxes, words and poses are taken as"
            " they state them, and whether a scan lists every instance of a word is not checked"
        )

    for task, tally in audit.tasks.items():
        if count := tally.outcomes.get("unchecked"):
            yield f"  not independently checked: {task} ({count} samples): it has no rule"

    if audit.missing_tasks:
        yield f"  {len(audit.missing_tasks)} other tasks are not in this dataset"

    for baseline in audit.baselines:
        yield f"  {_baseline_line(baseline)}"


def _baseline_line(b: TextOnlyScores) -> str:
    """What a task gives away without its images, each score with its bounds."""
    prior = "" if b.prior is None else f" the prior by category {_score(b.prior, b.prior_bounds)},"
    return (
        f"without the picture, {b.task}: a random forest on the words scores"
        f" {_score(b.forest, b.forest_bounds)},{prior} always answering {b.constant!r}"
        f" {b.constant_score:.3f}, a guess {_score(b.reference, b.reference_bounds)}"
        f" ({b.metric} of {b.samples} questions)"
    )


def _score(value: float, bounds: Bounds) -> str:
    """A score with its bounds, unless they are missing or equal."""
    if bounds is None or bounds[0] == bounds[1]:
        return f"{value:.3f}"
    return f"{value:.3f} [{bounds[0]:.3f}, {bounds[1]:.3f}]"


def _finding_lines(audit: DatasetAudit) -> Iterator[str]:
    reasons = Counter(f"{j.task}: {j.outcome}: {j.reason or 'margin'}" for j in audit.findings)

    for reason, count in reasons.most_common(_MAX_REASONS):
        yield f"  {count} x {reason}"

    for line in audit.broken[:_MAX_BROKEN_LINES]:
        yield f"  {line}"


def _gate_lines(gates: list[Gate]) -> Iterator[str]:
    """Failed gates, then undecided ones; those with too few samples are counted at the end."""
    failed = [gate for gate in gates if gate.state == "failed"]
    undecided = [gate for gate in gates if gate.state == "undecided" and gate.low is not None]

    for gate in (*failed, *undecided):
        bounds = "" if gate.low is None else f" [{gate.low:.3f}, {gate.high:.3f}]"
        task = f" {gate.task}" if gate.task else ""
        yield (
            f"  gate {gate.state}: {gate.name}{task}: {gate.value:g}{bounds}, limit {gate.limit:g}"
            f" ({gate.note})"
        )
