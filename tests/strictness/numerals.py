"""Ways to write a rational number; a way that does not fit it (thousands of 3) gives None."""

from collections.abc import Callable
from fractions import Fraction

_ONES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HALVES = {Fraction(1, 2): "½", Fraction(1, 4): "¼", Fraction(3, 4): "¾"}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimal(value: Fraction) -> str | None:
    """All digits of a finite decimal of at most nine places."""
    for places in range(10):
        scaled = value * 10**places
        if scaled.denominator == 1:
            sign = "-" if value < 0 else ""
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            whole = digits[: len(digits) - places]
            part = digits[len(digits) - places :]
            return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
    return None


def padded(value: Fraction) -> str | None:
    text = decimal(value)
    if text is None:
        return None
    return text + "0" if "." in text else text + ".0"


def _grouped(value: Fraction, comma: str) -> str | None:
    text = decimal(value)
    if text is None or abs(value) < 1000:
        return None
    whole, _, part = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", comma)
    return f"{grouped}.{part}" if part else grouped


def thousands(value: Fraction) -> str | None:
    return _grouped(value, ",")


def thousands_in_braces(value: Fraction) -> str | None:
    return _grouped(value, "{,}")


def thousands_thin_space(value: Fraction) -> str | None:
    return _grouped(value, "\\,")


def no_leading_zero(value: Fraction) -> str | None:
    text = decimal(value)
    return text[1:] if text and text.startswith("0.") else None


def long_minus(value: Fraction) -> str | None:
    text = decimal(value)
    return text.replace("-", "−") if text and value < 0 else None


def minus_in_words(value: Fraction) -> str | None:
    text = decimal(-value)
    return f"minus {text}" if text and value < 0 else None


def decimal_comma(value: Fraction) -> str | None:
    """With one or two places, so that the comma cannot be one of thousands."""
    text = decimal(value)
    if text is None or "." not in text or len(text.partition(".")[2]) > 2:
        return None
    return text.replace(".", ",")


def _exponent(value: Fraction) -> tuple[str, int] | None:
    text = decimal(value)
    if text is None or value == 0:
        return None
    power = 0
    while abs(value) >= 10:
        value = value / 10
        power = power + 1
    while abs(value) < 1:
        value = value * 10
        power = power - 1
    mantissa = decimal(value)
    return (mantissa, power) if mantissa and power else None


def scientific_e(value: Fraction) -> str | None:
    parts = _exponent(value)
    return f"{parts[0]}e{parts[1]}" if parts else None


def scientific_times(value: Fraction) -> str | None:
    parts = _exponent(value)
    return f"{parts[0]} × 10^{parts[1]}" if parts else None


def scientific_raised(value: Fraction) -> str | None:
    parts = _exponent(value)
    return f"{parts[0]}×10{str(parts[1]).translate(_RAISED)}" if parts else None


def scientific_latex(value: Fraction) -> str | None:
    parts = _exponent(value)
    return f"{parts[0]} \\times 10^{{{parts[1]}}}" if parts else None


def _is_proper_fraction(value: Fraction) -> bool:
    return value.denominator != 1 and value.denominator <= 20 and abs(value.numerator) < 200


def slash(value: Fraction) -> str | None:
    fits = _is_proper_fraction(value)
    return f"{value.numerator}/{value.denominator}" if fits else None


def _latex_fraction(value: Fraction, command: str) -> str | None:
    if not _is_proper_fraction(value):
        return None
    sign = "-" if value < 0 else ""
    return f"{sign}\\{command}{{{abs(value.numerator)}}}{{{value.denominator}}}"


def frac(value: Fraction) -> str | None:
    return _latex_fraction(value, "frac")


def dfrac(value: Fraction) -> str | None:
    return _latex_fraction(value, "dfrac")


def tfrac(value: Fraction) -> str | None:
    return _latex_fraction(value, "tfrac")


def mixed(value: Fraction) -> str | None:
    if not _is_proper_fraction(value) or value < 1:
        return None
    whole, rest = divmod(value, 1)
    return f"{whole} {rest.numerator}/{rest.denominator}"


def mixed_latex(value: Fraction) -> str | None:
    if not _is_proper_fraction(value) or value < 1:
        return None
    whole, rest = divmod(value, 1)
    return f"{whole}\\frac{{{rest.numerator}}}{{{rest.denominator}}}"


def mixed_unicode(value: Fraction) -> str | None:
    whole, rest = divmod(value, 1)
    if value < 0 or rest not in _HALVES:
        return None
    return f"{whole or ''}{_HALVES[rest]}"


def words(value: Fraction) -> str | None:
    """Whole numbers up to ninety-nine."""
    if value.denominator != 1 or not 0 <= value < 100:
        return None
    number = int(value)
    if number < 20:
        return _ONES[number]
    ten, one = divmod(number, 10)
    return _TENS[ten - 2] + (f"-{_ONES[one]}" if one else "")


Numeral = Callable[[Fraction], str | None]

WAYS: dict[str, Numeral] = {
    "decimal": decimal,
    "padded": padded,
    "thousands": thousands,
    "thousands {,}": thousands_in_braces,
    "thousands \\,": thousands_thin_space,
    "no leading zero": no_leading_zero,
    "long minus": long_minus,
    "minus in words": minus_in_words,
    "decimal comma": decimal_comma,
    "scientific e": scientific_e,
    "scientific ×": scientific_times,
    "scientific raised": scientific_raised,
    "scientific LaTeX": scientific_latex,
    "slash": slash,
    "\\frac": frac,
    "\\dfrac": dfrac,
    "\\tfrac": tfrac,
    "mixed": mixed,
    "mixed LaTeX": mixed_latex,
    "mixed Unicode": mixed_unicode,
    "words": words,
}


def plain(value: Fraction) -> str:
    """The usual way: a decimal, else a fraction, else the nearest decimal."""
    return decimal(value) or slash(value) or f"{float(value):.6g}"
