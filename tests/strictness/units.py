"""Units with exact sizes (yard and pound agreement of 1959) and the ways people write them."""

import math
from fractions import Fraction

from strictness.structures import Unit

METRE = Fraction(1)
INCH = Fraction(254, 10_000)
FOOT = 12 * INCH
DEGREE = Fraction(1)
RADIAN = 180 / Fraction(math.pi)
POUND = Fraction(45_359_237, 100_000_000)


def _tex(symbol: str) -> tuple[str, ...]:
    return (f"\\text{{ {symbol}}}", f"\\,\\mathrm{{{symbol}}}", f"~\\text{{{symbol}}}")


def _length(name: str, size: Fraction, *words: tuple[str, str], dots: tuple[str, ...] = ()) -> Unit:
    return Unit(name, "length", size, (name, *dots), words, _tex(name))


def _power(name: str, power: int, size: Fraction, *words: str) -> Unit:
    """The square or cube of a length whose plural `words` are given."""
    mark = {2: "²", 3: "³"}[power]
    adjective = {2: "square", 3: "cubic"}[power]
    participle = {2: "squared", 3: "cubed"}[power]
    short = {2: "sq", 3: "cu"}[power]

    return Unit(
        f"{name}^{power}",
        f"length^{power}",
        size**power,
        (f"{name}{mark}", f"{name}^{power}", f"{short} {name}", f"{short}. {name}"),
        tuple(
            pair
            for plural in words
            for pair in (
                (f"{adjective} {_singular(plural)}", f"{adjective} {plural}"),
                (f"{_singular(plural)} {participle}", f"{plural} {participle}"),
            )
        ),
        (
            f"\\text{{ {name}}}^{power}",
            f"\\,\\mathrm{{{name}}}^{{{power}}}",
            f"\\text{{ {name}}}^{{{power}}}",
        ),
    )


def _singular(plural: str) -> str:
    return {"feet": "foot", "inches": "inch"}.get(plural, plural.removesuffix("s"))


def _speed(name: str, length: str, size: Fraction, time: str, *symbols: str) -> Unit:
    """A length per time; `length` is a plural."""
    return Unit(
        name,
        "length/time",
        size,
        (name, *symbols),
        ((f"{_singular(length)} per {time}", f"{length} per {time}"),),
        (f"\\text{{ {name}}}", f"\\,\\mathrm{{{name}}}"),
    )


QUESTION_UNITS = (
    _length("m", METRE, ("meter", "meters"), ("metre", "metres"), ("Meter", "Meters")),
    _length("cm", Fraction(1, 100), ("centimeter", "centimeters"), ("centimetre", "centimetres")),
    _length("mm", Fraction(1, 1000), ("millimeter", "millimeters"), ("millimetre", "millimetres")),
    _length("km", Fraction(1000), ("kilometer", "kilometers"), ("kilometre", "kilometres")),
    _length("ft", FOOT, ("foot", "feet"), dots=("ft.",)),
    _length("in", INCH, ("inch", "inches"), dots=("in.",)),
    _length("yd", 3 * FOOT, ("yard", "yards")),
    _length("mi", 5280 * FOOT, ("mile", "miles")),
    _power("m", 2, METRE, "meters", "metres"),
    _power("cm", 2, Fraction(1, 100), "centimeters", "centimetres"),
    _power("ft", 2, FOOT, "feet"),
    _power("m", 3, METRE, "meters", "metres"),
    _power("cm", 3, Fraction(1, 100), "centimeters"),
    Unit("deg", "angle", DEGREE, ("°", "deg"), (("degree", "degrees"),), ("^\\circ", "^{\\circ}")),
    Unit("s", "time", Fraction(1), ("s", "sec", "seconds"), (("second", "seconds"),), _tex("s")),
    Unit("min", "time", Fraction(60), ("min",), (("minute", "minutes"),), _tex("min")),
    Unit("h", "time", Fraction(3600), ("h", "hr"), (("hour", "hours"),), _tex("h")),
    _speed("m/s", "meters", METRE, "second", "m s^-1", "m·s⁻¹"),
    _speed("cm/s", "centimeters", Fraction(1, 100), "second"),
    _speed("km/h", "kilometers", Fraction(1000, 3600), "hour", "kph"),
    _speed("mph", "miles", 5280 * FOOT / 3600, "hour"),
    _speed("ft/s", "feet", FOOT, "second"),
    Unit("kg", "mass", Fraction(1), ("kg",), (("kilogram", "kilograms"),), _tex("kg")),
    Unit("g", "mass", Fraction(1, 1000), ("g",), (("gram", "grams"),), _tex("g")),
    Unit("lb", "mass", POUND, ("lb", "lbs"), (("pound", "pounds"),), _tex("lb")),
    Unit(
        "%",
        "share",
        Fraction(1),
        ("%",),
        (("percent", "percent"), ("per cent", "per cent")),
        ("\\%",),
    ),
    Unit("px", "pixels", Fraction(1), ("px",), (("pixel", "pixels"),), _tex("px")),
)
"""Units that a question may ask for."""

OTHER_UNITS = (
    _length("dm", Fraction(1, 10), ("decimeter", "decimeters")),
    Unit("rad", "angle", RADIAN, ("rad",), (("radian", "radians"),), _tex("rad")),
    Unit("ms", "time", Fraction(1, 1000), ("ms",), (("millisecond", "milliseconds"),), _tex("ms")),
    _speed("m/min", "meters", Fraction(1, 60), "minute"),
    _speed("m/h", "meters", Fraction(1, 3600), "hour"),
    Unit("degC", "temperature", Fraction(1), ("°C",), (("degree Celsius", "degrees Celsius"),)),
    Unit(
        "degF",
        "temperature",
        Fraction(5, 9),
        ("°F",),
        (("degree Fahrenheit", "degrees Fahrenheit"),),
    ),
    Unit("m/s^2", "length/time^2", METRE, ("m/s²", "m/s^2"), (), ("\\text{ m/s}^2",)),
    Unit(
        "kg/m",
        "mass/length",
        Fraction(1),
        ("kg/m",),
        (("kilogram per meter", "kilograms per meter"),),
    ),
    Unit("N", "force", Fraction(1), ("N",), (("newton", "newtons"),), _tex("N")),
    Unit("V", "voltage", Fraction(1), ("V",), (("volt", "volts"),), _tex("V")),
    Unit("L", "length^3", Fraction(1, 1000), ("L",), (("liter", "liters"),), _tex("L")),
    Unit(
        "deg/s",
        "angle/time",
        DEGREE,
        ("°/s", "deg/s"),
        (("degree per second", "degrees per second"),),
    ),
    Unit("kg m", "mass*length", Fraction(1), ("kg·m", "kg m")),
)
"""Further units that an answer may name, right or wrong."""

ALL_UNITS = QUESTION_UNITS + OTHER_UNITS
BY_NAME = {unit.name: unit for unit in ALL_UNITS}
