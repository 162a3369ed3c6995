"""Adversarial completions: wrong in ways that a lax grader would accept. All must score 0."""

from waywiser.answers import NUMBER_TOLERANCE, unit_factor
from waywiser.audit.grader.answer_variants import (
    COMPLETION_TEMPLATES,
    answer_variants,
    option_letter,
)
from waywiser.sample import Answer

_TEMPLATE = COMPLETION_TEMPLATES[0]
_OTHER_UNITS = ("m", "cm", "mm", "km", "ft", "in", "m2", "kg", "s", "deg", "%")


def adversarial_completions(answer: Answer) -> list[tuple[str, str]]:
    """(name of the attack, completion) pairs that must not score against `answer`."""
    gold_text = answer_variants(answer)[0]
    completions = [
        ("empty", ""),
        ("empty block", _TEMPLATE.format("")),
        (
            "only in the thinking",
            f"<think>The answer is {gold_text}. \\boxed{{{gold_text}}}</think>",
        ),
        ("only in the thinking", f"<think><answer>{gold_text}</answer></think><answer></answer>"),
        ("tags nested", f"<think>look</think><answer><answer>{gold_text}</answer></answer>"),
        (
            "tags repeated",
            f"<think>look</think><answer>{gold_text}</answer><answer>{gold_text}</answer>",
        ),
        ("tag not closed", f"<think>look</think><answer>{gold_text}"),
        ("hedge", _TEMPLATE.format(f"maybe {gold_text}")),
        ("question", _TEMPLATE.format(f"{gold_text}?")),
        ("negation", _TEMPLATE.format(f"not {gold_text}")),
    ]

    for wrong in _wrong_values(answer)[:2]:
        completions += [
            ("another answer", _TEMPLATE.format(wrong)),
            ("two answers", _TEMPLATE.format(f"{gold_text} or {wrong}")),
            ("two answers", _TEMPLATE.format(f"{wrong}, {gold_text}")),
            ("two answers", f"The answer is {wrong}.\n<answer>{gold_text}</answer>"),
            ("two answers", f"\\boxed{{{wrong}}} \\boxed{{{gold_text}}}"),
        ]

    return completions + [("other unit", _TEMPLATE.format(text)) for text in _other_units(answer)]


def _wrong_values(answer: Answer) -> list[str]:
    """Well-formed answers of the same kind, just outside the tolerance."""
    options = answer.options or []

    if answer.kind in ("integer", "number"):
        value = float(answer.value)  # type: ignore[arg-type] - the kind says so
        default = NUMBER_TOLERANCE if answer.kind == "number" else 0.0
        step = abs(value) * 1.02 * (default if answer.tolerance is None else answer.tolerance)

        if answer.kind == "integer":
            return [str(int(value + max(1, step + 1))), str(int(value - max(1, step + 1)))]

        step = step or 1e-6 * max(1.0, abs(value))
        return [f"{value + step:.12g}", f"{value - step:.12g}"]

    if answer.kind == "choice":
        wrong = [i for i, option in enumerate(options) if option != answer.value]
        return [option_letter(i) for i in wrong[:1]] + [options[i] for i in wrong[-1:]]

    if isinstance(answer.value, list):
        missing = [option for option in options if option not in answer.value]
        wrong_set = [*answer.value, missing[0]] if missing else answer.value[:-1]
        return [", ".join(wrong_set)]

    if answer.kind == "expression":
        return [f"{answer.value} + 1", "0"]

    return [f"{answer.value} and more"]


def _other_units(answer: Answer) -> list[str]:
    """The right number with units that make it wrong."""
    if answer.kind not in ("integer", "number") or not answer.value:
        return []

    gold_size = unit_factor(answer.unit) if answer.unit else None
    tolerance = NUMBER_TOLERANCE if answer.tolerance is None else answer.tolerance
    texts = []

    for unit in _OTHER_UNITS:
        size = unit_factor(unit)
        same = gold_size is not None and size is not None and size[0] == gold_size[0]
        if not same or abs(size[1] / gold_size[1] - 1) > tolerance:  # type: ignore[index]
            texts.append(f"{answer.value} {unit}")

    return texts
