"""Ways to write a right answer: a grader that pays for only some of them teaches style, not sight."""

from waywiser.answers import unit_size
from waywiser.sample import Answer

FRAMES = (
    "<think>look</think><answer>{}</answer>",
    "<think>look</think>\n<answer> {} </answer>\n",
    "looking is done</think><answer>{}</answer>",
    "<think>look</think>\\boxed{{{}}}",
    "So the result is $\\boxed{{{}}}$.",
    "The answer is {}.",
    "**Answer:** {}",
    "{}",
)
_SAME_SIZE = {
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


def renderings(answer: Answer) -> list[str]:
    """Answer texts that all say `answer`, whatever its kind."""
    if isinstance(answer.value, list):
        return _set(answer.value, answer.options or [])
    if answer.kind == "choice":
        return _choice(str(answer.value), answer.options or [])
    if isinstance(answer.value, int | float):
        return _number(answer)
    texts = [str(answer.value), f" {answer.value} ", f"{answer.value}."]
    return texts if answer.kind == "expression" else [*texts, str(answer.value).upper(), f"**{answer.value}**"]


def completions(answer: Answer) -> list[str]:
    """Every rendering in the first frame, and the first rendering in every frame."""
    texts = renderings(answer)
    return [FRAMES[0].format(text) for text in texts] + [frame.format(texts[0]) for frame in FRAMES[1:]]


def letter(index: int) -> str:
    """A, B, ... as options are shown."""
    return chr(ord("A") + index)


def _number(answer: Answer) -> list[str]:
    value = float(answer.value)  # type: ignore[arg-type] - the caller knows that it is a number
    plain = f"{answer.value:.12g}" if answer.kind == "number" else str(answer.value)
    texts = [plain, f"**{plain}**", f"${plain}$", f"+{plain}" if value > 0 else plain, plain.replace("-", "−")]
    if abs(value) >= 1000 and "e" not in plain:
        texts.append(f"{answer.value:,}")
    if answer.kind == "number":
        texts.append(f"{value:.12e}")
    if answer.unit is None or unit_size(answer.unit) is None:
        return texts
    texts += [f"{plain} {answer.unit}", f"about {plain} {answer.unit}", f"{plain}\\,\\text{{{answer.unit}}}"]
    return texts + [f"{value * factor:.12g} {unit}" for unit, factor in _SAME_SIZE.get(answer.unit, ())]


def _choice(option: str, options: list[str]) -> list[str]:
    if option not in options:
        return [option]
    sign = letter(options.index(option))
    lettered = [sign, sign.lower(), f"({sign})", f"{sign}.", f"{sign}. {option}", f"({sign}) {option}", f"**{sign}**"]
    return [*lettered, f"\\text{{{sign}}}", *([option, option.upper()] if len(option) > 1 else [])]


def _set(values: list[str], options: list[str]) -> list[str]:
    signs = [letter(options.index(value)) for value in values if value in options]
    texts = [", ".join(values), "; ".join(reversed(values))]
    return [*texts, ", ".join(signs), " and ".join(reversed(signs))] if len(signs) == len(values) else texts
