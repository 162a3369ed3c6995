"""Ways to write a right answer: a grader that accepts only some of them teaches style, not
sight.
"""

from waywiser.answers import unit_factor
from waywiser.sample import Answer

COMPLETION_TEMPLATES = (
    "<think>look</think><answer>{}</answer>",
    "<think>look</think>\n<answer> {} </answer>\n",
    "looking is done</think><answer>{}</answer>",
    "<think>look</think>\\boxed{{{}}}",
    "So the result is $\\boxed{{{}}}$.",
    "The answer is {}.",
    "**Answer:** {}",
    "{}",
)
_EQUIVALENT_UNITS = {
    "m": (("cm", 100.0), ("mm", 1000.0), ("metres", 1.0), ("ft", 1 / 0.3048)),
    "cm": (("m", 0.01), ("mm", 10.0), ("centimetres", 1.0), ("in", 1 / 2.54)),
    "mm": (("cm", 0.1), ("m", 0.001)),
    "km": (("m", 1000.0), ("kilometres", 1.0)),
    "ft": (("in", 12.0), ("m", 0.3048), ("feet", 1.0)),
    "in": (("ft", 1 / 12), ("cm", 2.54), ("inches", 1.0)),
    "m2": (("square metres", 1.0), ("cm2", 10_000.0), ("ft2", 1 / 0.3048**2), ("m²", 1.0)),
    "ft2": (("square feet", 1.0), ("m2", 0.3048**2)),
    "deg": (("degrees", 1.0), ("°", 1.0), ("rad", 0.017453292519943295)),
    "rad": (("radians", 1.0), ("degrees", 57.29577951308232)),
    "s": (("seconds", 1.0), ("ms", 1000.0)),
    "m/s": (("km/h", 3.6), ("metres per second", 1.0)),
}


def answer_variants(answer: Answer) -> list[str]:
    """Texts that all mean `answer`, whatever its kind."""
    if isinstance(answer.value, list):
        return _set_variants(answer.value, answer.options or [])
    if answer.kind == "choice":
        return _choice_variants(str(answer.value), answer.options or [])
    if isinstance(answer.value, int | float):
        return _number_variants(answer)

    texts = [str(answer.value), f" {answer.value} ", f"{answer.value}."]
    if answer.kind == "expression":
        return texts

    return [*texts, str(answer.value).upper(), f"**{answer.value}**"]


def correct_completions(answer: Answer) -> list[str]:
    """Every variant in the first completion template, and the first variant in the others."""
    texts = answer_variants(answer)
    first, *others = COMPLETION_TEMPLATES
    return [
        *(first.format(text) for text in texts),
        *(template.format(texts[0]) for template in others),
    ]


def option_letter(index: int) -> str:
    """The letter of an option: A, B, ..."""
    return chr(ord("A") + index)


def _number_variants(answer: Answer) -> list[str]:
    value = float(answer.value)  # type: ignore[arg-type] - the caller knows that it is a number
    number_text = f"{answer.value:.12g}" if answer.kind == "number" else str(answer.value)
    texts = [
        number_text,
        f"**{number_text}**",
        f"${number_text}$",
        f"+{number_text}" if value > 0 else number_text,
        number_text.replace("-", "−"),
    ]

    if abs(value) >= 1000 and "e" not in number_text:
        texts.append(f"{answer.value:,}")
    if answer.kind == "number":
        texts.append(f"{value:.12e}")
    if answer.unit is None or unit_factor(answer.unit) is None:
        return texts

    texts += [
        f"{number_text} {answer.unit}",
        f"about {number_text} {answer.unit}",
        f"{number_text}\\,\\text{{{answer.unit}}}",
    ]

    return texts + [
        f"{value * factor:.12g} {unit}" for unit, factor in _EQUIVALENT_UNITS.get(answer.unit, ())
    ]


def _choice_variants(option: str, options: list[str]) -> list[str]:
    if option not in options:
        return [option]

    label = option_letter(options.index(option))
    lettered = [
        label,
        label.lower(),
        f"({label})",
        f"{label}.",
        f"{label}. {option}",
        f"({label}) {option}",
        f"**{label}**",
    ]

    plain = [option, option.upper()] if len(option) > 1 else []
    return [*lettered, f"\\text{{{label}}}", *plain]


def _set_variants(values: list[str], options: list[str]) -> list[str]:
    labels = [option_letter(options.index(value)) for value in values if value in options]
    texts = [", ".join(values), "; ".join(reversed(values))]

    if len(labels) < len(values):
        return texts

    return [*texts, ", ".join(labels), " and ".join(reversed(labels))]
