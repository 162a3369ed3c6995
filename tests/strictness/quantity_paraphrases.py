"""Forms in which people and models write a right quantity: text by name of the form."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random

from strictness import numerals
from strictness.oracle import same_quantity
from strictness.quantities import statement_text, unit_forms, unit_text
from strictness.structures import Compound, Measure, Number, Restated, Unit
from strictness.units import BY_NAME, QUESTION_UNITS

AROUND_ANY = {
    "It is": "It is {}",
    "equals sign": "= {}",
    "name": "x = {}",
    "bold": "**{}**",
    "dollars": "${}$",
    "LaTeX brackets": "\\({}\\)",
    "quotes": '"{}"',
    "brackets": "({})",
    "The answer is": "The answer is {}",
    "Answer:": "Answer: {}",
    "full stop": "{}.",
}
AROUND_COUNT = {
    "noun": "{} chairs",
    "There are": "There are {} chairs.",
    "in total": "{} in total",
    "a total of": "a total of {}",
    "Total:": "Total: {}",
    "chair(s)": "{} chair(s)",
}
AROUND_MEASURE = {
    "about": "about {}",
    "approximately": "approximately {}",
    "~": "~{}",
    "≈": "≈ {}",
    "\\approx": "\\approx {}",
    "around": "around {}",
    "roughly": "roughly {}",
    "nearly": "nearly {}",
    "It's about": "It's about {}",
    "distance:": "distance: {}",
    "is approximately": "The value is approximately {}",
}
_LATEX_WAYS = (
    "thousands {,}",
    "thousands \\,",
    "scientific LaTeX",
    "\\frac",
    "\\dfrac",
    "\\tfrac",
    "mixed LaTeX",
)
_SPLITS = {"m": "cm", "ft": "in", "in": "ft", "km": "m", "h": "min", "min": "s", "kg": "g"}
_FEET = {
    "5'10\"": "{}'{}\"",
    "5′10″": "{}′{}″",
    "5’10”": "{}’{}”",
    "5' 10''": "{}' {}''",
    "5 ft. 10 in.": "{} ft. {} in.",
    "5ft10in": "{}ft{}in",
    "5 feet, 10 inches": "{} feet, {} inches",
    "5 feet 10 inches": "{} feet {} inches",
    "5 ft 10 in": "{} ft {} in",
    "5 feet and 10 inches": "{} feet and {} inches",
}


def of_integer(rng: Random, value: Fraction) -> tuple[str, str]:
    """(form, text) of a right integer."""
    plain = numerals.plain(value)
    around = {**AROUND_ANY, **(AROUND_COUNT if value > 1 else {})}
    forms: dict[str, Callable[[], str | None]] = {
        f"around: {name}": lambda words=words: words.format(plain) for name, words in around.items()
    }
    for way in (
        "decimal",
        "thousands",
        "thousands {,}",
        "thousands \\,",
        "long minus",
        "words",
        "padded",
    ):
        forms[f"numeral: {way}"] = lambda way=way: numerals.WAYS[way](value)
    forms["numeral: Words, noun"] = lambda: _in_words(value)

    return _draw(rng, forms)


def _in_words(value: Fraction) -> str | None:
    text = numerals.words(value)
    return f"{text.capitalize()} chairs" if text and value > 1 else None


def of_number(rng: Random, truth: Measure, tolerance: Fraction) -> tuple[str, str]:
    """(form, text) of a right measure."""
    assert isinstance(truth.amount, Number)
    value = truth.amount.value
    unit = truth.unit
    text = statement_text(rng, truth)

    forms: dict[str, Callable[[], str | None]] = {
        f"around: {name}": lambda words=words: words.format(text)
        for name, words in {**AROUND_ANY, **AROUND_MEASURE}.items()
    }
    for way in numerals.WAYS:
        if way == "words" and value.denominator != 1:
            continue
        forms[f"numeral: {way}"] = lambda way=way: _numeral(rng, way, value, unit)
    if unit:
        forms["no unit"] = lambda: numerals.plain(value)
        for form, texts in unit_forms(unit, value == 1).items():
            if texts:
                forms[f"unit: {form}"] = lambda texts=texts: (
                    numerals.plain(value) + rng.choice(texts)
                )
        forms["other unit"] = lambda: _converted(rng, truth, tolerance)
        forms["rounded second unit"] = lambda: _restated(rng, truth)
        forms["two units"] = lambda: _split(rng, truth, tolerance)
        forms.update(_in_feet(truth, tolerance))
    forms["within the tolerance"] = lambda: _near(rng, truth, tolerance)

    return _draw(rng, forms)


def _draw(rng: Random, forms: dict[str, Callable[[], str | None]]) -> tuple[str, str]:
    """A form that fits; the first always does."""
    names = list(forms)
    while True:
        name = rng.choice(names)
        text = forms[name]()
        if text is not None:
            return name, text


def _numeral(rng: Random, way: str, value: Fraction, unit: Unit | None) -> str | None:
    text = numerals.WAYS[way](value)
    if text is None:
        return None
    if way == "decimal comma" and unit is None:
        return None
    if unit is None:
        return text

    behind = unit_text(rng, unit)
    if way == "words" and not behind.startswith(" "):
        behind = f" {unit.symbols[0]}"
    if way in _LATEX_WAYS and not behind.lstrip().startswith(("\\", "^", "~")):
        return rng.choice(("${}${}", "{}{}")).format(text, behind)
    return text + behind


def _converted(rng: Random, truth: Measure, tolerance: Fraction) -> str | None:
    """In another unit of the dimension, to four digits."""
    second = _in_unit(rng, truth, digits=4)
    if second is None or same_quantity(truth, tolerance / 2, second) is not True:
        return None
    return statement_text(rng, second)


def _restated(rng: Random, truth: Measure) -> str | None:
    second = _in_unit(rng, truth, digits=2)
    if second is None or same_quantity(truth, Fraction(1, 40), second) is not True:
        return None
    return statement_text(rng, Restated(truth, second))


def _in_unit(rng: Random, truth: Measure, digits: int) -> Measure | None:
    """The measure rounded in another unit, where its number is one that people would write."""
    assert isinstance(truth.amount, Number)
    assert truth.unit is not None
    dimension = truth.unit.dimension
    units = [u for u in QUESTION_UNITS if u.dimension == dimension and u.name != truth.unit.name]
    if not units:
        return None

    unit = rng.choice(units)
    exact = truth.amount.value * truth.unit.size / unit.size
    if not Fraction(1, 20) <= exact < 100_000:
        return None
    return Measure(Number(Fraction(f"{float(exact):.{digits}g}")), unit)


def _split(rng: Random, truth: Measure, tolerance: Fraction) -> str | None:
    """1.5 m as 1 m 50 cm."""
    assert isinstance(truth.amount, Number)
    assert truth.unit is not None
    smaller = BY_NAME.get(_SPLITS.get(truth.unit.name, ""))
    if smaller is None or smaller.size > truth.unit.size or truth.amount.value < 1:
        return None

    whole, rest = divmod(truth.amount.value, 1)
    part = round(rest * truth.unit.size / smaller.size)
    if not 0 < part < truth.unit.size / smaller.size:
        return None
    said = Compound(
        (Measure(Number(Fraction(whole)), truth.unit), Measure(Number(Fraction(part)), smaller))
    )
    if same_quantity(truth, tolerance / 2, said) is not True:
        return None
    return _with_plain_units(rng, said)


def _with_plain_units(rng: Random, said: Compound) -> str:
    """Symbols for both or words for both, as people write."""
    forms = []
    kind = rng.choice(("symbol", "words"))
    for measure in said.measures:
        assert isinstance(measure.amount, Number)
        assert measure.unit is not None
        behind = unit_forms(measure.unit, measure.amount.value == 1)[kind][0]
        forms.append(numerals.plain(measure.amount.value) + behind)
    return rng.choice((" ", " and ", ", ") if kind == "words" else (" ", " and ")).join(forms)


def _in_feet(truth: Measure, tolerance: Fraction) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """Feet and inches of a length of about a person's or a room's size."""
    assert isinstance(truth.amount, Number)
    assert truth.unit is not None
    foot = BY_NAME["ft"]
    inch = BY_NAME["in"]
    if truth.unit.dimension != "length":
        return

    inches = round(truth.amount.value * truth.unit.size / inch.size)
    feet, rest = divmod(inches, 12)
    said = Compound((Measure(Number(Fraction(feet)), foot), Measure(Number(Fraction(rest)), inch)))
    if not (2 <= feet < 40 and rest >= 2) or same_quantity(truth, tolerance / 2, said) is not True:
        return
    for name, words in _FEET.items():
        yield f"feet and inches: {name}", lambda words=words: words.format(feet, rest)


def _near(rng: Random, truth: Measure, tolerance: Fraction) -> str | None:
    assert isinstance(truth.amount, Number)
    factor = 1 + tolerance * Fraction(rng.randint(-8, 8), 10)
    value = Fraction(f"{float(truth.amount.value * factor):.4g}")
    said = Measure(Number(value), truth.unit)
    return statement_text(rng, said) if same_quantity(truth, tolerance, said) is True else None
