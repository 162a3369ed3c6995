"""Ways to be wrong that look right: what a policy finds when a grader is lax. All must score 0."""

from waywiser.answers import NUMBER_TOLERANCE, unit_size
from waywiser.audit.renderings import FRAMES, letter, renderings
from waywiser.sample import Answer

_FRAME = FRAMES[0]
_OTHER_UNITS = ("m", "cm", "mm", "km", "ft", "in", "m2", "kg", "s", "deg", "%")


def attacks(answer: Answer) -> list[tuple[str, str]]:
    """(name, completion) pairs against `answer`."""
    right = renderings(answer)[0]
    found = [
        ("empty", ""),
        ("empty block", _FRAME.format("")),
        ("only in the thinking", f"<think>The answer is {right}. \\boxed{{{right}}}</think>"),
        ("only in the thinking", f"<think><answer>{right}</answer></think><answer></answer>"),
        ("tags nested", f"<think>look</think><answer><answer>{right}</answer></answer>"),
        ("tags repeated", f"<think>look</think><answer>{right}</answer><answer>{right}</answer>"),
        ("tag not closed", f"<think>look</think><answer>{right}"),
        ("hedge", _FRAME.format(f"maybe {right}")),
        ("question", _FRAME.format(f"{right}?")),
        ("negation", _FRAME.format(f"not {right}")),
    ]
    for wrong in _wrong_values(answer)[:2]:
        found += [
            ("another answer", _FRAME.format(wrong)),
            ("two answers", _FRAME.format(f"{right} or {wrong}")),
            ("two answers", _FRAME.format(f"{wrong}, {right}")),
            ("two answers", f"The answer is {wrong}.\n<answer>{right}</answer>"),
            ("two answers", f"\\boxed{{{wrong}}} \\boxed{{{right}}}"),
        ]
    return found + [("other unit", _FRAME.format(text)) for text in _other_units(answer)]


def _wrong_values(answer: Answer) -> list[str]:
    """Readable answers of the same kind, just outside of what is right."""
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
        return [letter(i) for i in wrong[:1]] + [options[i] for i in wrong[-1:]]
    if isinstance(answer.value, list):
        missing = [option for option in options if option not in answer.value]
        return [", ".join([*answer.value, missing[0]])] if missing else [", ".join(answer.value[:-1])]
    return [f"{answer.value} + 1", "0"] if answer.kind == "expression" else [f"{answer.value} and more"]


def _other_units(answer: Answer) -> list[str]:
    """The right number in units in which it is wrong."""
    if answer.kind not in ("integer", "number") or not answer.value:
        return []
    own = unit_size(answer.unit) if answer.unit else None
    tolerance = NUMBER_TOLERANCE if answer.tolerance is None else answer.tolerance
    texts = []
    for unit in _OTHER_UNITS:
        size = unit_size(unit)
        same = own is not None and size is not None and size[0] == own[0]
        if not same or abs(size[1] / own[1] - 1) > tolerance:  # type: ignore[index]
            texts.append(f"{answer.value} {unit}")
    return texts
