"""An audit in a few lines of text, for the terminal."""

from collections import Counter
from collections.abc import Iterator

from waywiser.audit.balance.gate import Gate
from waywiser.audit.dataset_audit import DatasetAudit
from waywiser.audit.grader.answer_audit import summarize_answer_audit

_MAX_REASONS = 12
_MAX_BROKEN_LINES = 5


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

    passed = sum(gate.state == "passed" for gate in audit.gates)
    lines.append(f"  {passed} of {len(audit.gates)} gates passed")
    lines.append("passed" if audit.passed else "FAILED: a label is wrong or a gate is not met")

    return "\n".join(lines)


def _task_lines(audit: DatasetAudit) -> Iterator[str]:
    for task, tally in audit.tasks.items():
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in tally.outcomes.items())
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
        yield f"  not asked here: {', '.join(audit.missing_tasks)}"

    for b in audit.baselines:
        yield (
            f"  blind, {b.task}: forest {b.forest:.3f}, always {b.constant!r}"
            f" {b.constant_score:.3f}, reference {b.reference:.3f} ({b.metric}, {b.samples}"
            " samples)"
        )


def _finding_lines(audit: DatasetAudit) -> Iterator[str]:
    reasons = Counter(f"{j.task}: {j.outcome}: {j.reason or 'margin'}" for j in audit.findings)

    for reason, count in reasons.most_common(_MAX_REASONS):
        yield f"  {count} x {reason}"

    for line in audit.broken[:_MAX_BROKEN_LINES]:
        yield f"  {line}"


def _gate_lines(gates: list[Gate]) -> Iterator[str]:
    """Failed gates, then undecided ones; those with too few samples are only counted."""
    small = sum(gate.state == "undecided" and gate.low is None for gate in gates)
    if small:
        yield f"  {small} gates have too few samples to tell"

    failed = [gate for gate in gates if gate.state == "failed"]
    undecided = [gate for gate in gates if gate.state == "undecided" and gate.low is not None]

    for gate in (*failed, *undecided):
        bounds = "" if gate.low is None else f" [{gate.low:.3f}, {gate.high:.3f}]"
        task = f" {gate.task}" if gate.task else ""
        yield (
            f"  gate {gate.state}: {gate.name}{task}: {gate.value:g}{bounds}, limit {gate.limit:g}"
            f" ({gate.note})"
        )
