"""Judge samples against their scene: derive each answer again and compare."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.judgment import AuditOutcome, DerivedAnswer, Judgment, UnjudgedError
from waywiser.audit.rules.registry import Rule, find_rule
from waywiser.errors import WaywiserError
from waywiser.sample import Sample

_EXACT_VALUE_TOLERANCE = 1e-3
"""Allowance for a stored exact value on top of the method's tolerance, relative to 1 + its size."""


def judge_scene(scene_raster: SceneRaster, samples: Iterable[Sample]) -> list[Judgment]:
    """Judge all samples of one scene; each image that they need is rasterized once."""
    return [judge_sample(sample, scene_raster) for sample in samples]


def judge_sample(sample: Sample, scene_raster: SceneRaster) -> Judgment:
    """Judge one sample. A malformed sample or scene does not raise; it is an outcome."""
    program = sample.program
    if program is None:
        return mark_unjudged(sample, "it has no program")

    rule = find_rule(program.name)
    if rule is None:
        if program.name == sample.task:
            return mark_unchecked(sample)
        return mark_unjudged(sample, f"its program {program.name!r} is unknown")

    try:
        inputs = {**program.inputs, "shown": sample.answer.options or []}
        derived = rule.derive(scene_raster, inputs)
        unsupported = scene_raster.unsupported_reasons(program.name, program.inputs)
        derived = replace(derived, problems=(*derived.problems, *unsupported))
    except UnjudgedError as error:
        return mark_unjudged(sample, str(error))
    except WaywiserError as error:  # missing furniture
        return mark_unjudged(sample, f"the scene cannot be drawn: {error}")
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return mark_unjudged(sample, f"its program does not fit its scene: {error!r}")

    return _compare(sample, rule, derived, program.inputs)


def mark_unjudged(sample: Sample, reason: str) -> Judgment:
    """A sample whose answer cannot be derived again."""
    return _not_derived(sample, "unjudged", reason)


def mark_unchecked(sample: Sample) -> Judgment:
    """A sample of a task that the audit has no rule for: one of a user's own."""
    return _not_derived(sample, "unchecked", "not independently checked: its task has no rule")


def _not_derived(sample: Sample, outcome: AuditOutcome, reason: str) -> Judgment:
    return Judgment(
        sample=sample.id,
        task=sample.task,
        scene=sample.scene_id,
        outcome=outcome,
        stored=_answer_text(sample),
        reason=reason,
        margin_stored=sample.margin,
    )


def _compare(
    sample: Sample, rule: Rule, derived: DerivedAnswer, inputs: Mapping[str, Any]
) -> Judgment:
    wrong = (
        _find_malformed(sample, rule, derived.unit or rule.unit)
        or _find_difference(sample, rule, derived, inputs)
        or "; ".join(derived.problems)
    )

    close = not wrong and rule.kind != "number" and sample.answer.value != derived.value
    outcome: AuditOutcome = "differs" if wrong else "close" if close else "agrees"
    stored = sample.margin
    margin = derived.margin
    minimum = derived.minimum
    slack = derived.margin_tolerance
    too_close = margin is not None and minimum is not None and margin < minimum - slack
    margin_differs = margin is not None and stored is not None and abs(margin - stored) > slack

    return Judgment(
        sample=sample.id,
        task=sample.task,
        scene=sample.scene_id,
        outcome=outcome,
        stored=_answer_text(sample),
        derived=f"{derived.value:.4g}" if isinstance(derived.value, float) else str(derived.value),
        reason=wrong or ("within the method's tolerance of a threshold" if close else ""),
        margin_stored=stored,
        margin=margin,
        min_margin=minimum,
        too_close=too_close,
        margin_differs=margin_differs,
    )


def _find_malformed(sample: Sample, rule: Rule, unit: str | None) -> str:
    """Why the answer is malformed, whatever its value; "" if it is well-formed."""
    answer = sample.answer
    if sample.program and sample.program.name != sample.task:
        return f"its program is {sample.program.name!r}, its task {sample.task!r}"
    if answer.kind != rule.kind:
        return f"the answer {answer.value!r} is of kind {answer.kind}, not {rule.kind}"
    if answer.unit != unit:
        return f"the answer is in {answer.unit}, not in {unit}"

    if rule.kind == "choice":
        options = answer.options or []
        distinct = len(set(options))
        if distinct < 2 or distinct != len(options) or answer.value not in options:
            return (
                f"the options {options} are not two or more different ones that hold"
                f" {answer.value!r}"
            )

        if rule.words is not None and not set(options) <= rule.words:
            return f"the options {options} are not among {sorted(rule.words)}"

    return ""


def _find_difference(
    sample: Sample, rule: Rule, derived: DerivedAnswer, inputs: Mapping[str, Any]
) -> str:
    """How the stored answer differs from the derived one; "" if it does not."""
    value = sample.answer.value
    if rule.kind != "number":
        return "" if value == derived.value or value in derived.accepted else "another answer"

    off = abs(float(value) - float(derived.value))  # type: ignore[arg-type] - the kind says so
    if not off <= derived.step / 2 + derived.tolerance + 1e-9:  # NaN differs too
        return f"off by {off:.4g}"

    size = 1 + abs(float(derived.value))
    exact_tolerance = derived.tolerance + _EXACT_VALUE_TOLERANCE * size

    for name, exact in inputs.items():
        if name.startswith("exact_"):
            off = abs(float(exact) - float(derived.value))
            if not off <= exact_tolerance:
                return f"its {name} is off by {off:.4g}"

    return ""


def _answer_text(sample: Sample) -> str:
    return str(sample.answer.value)
