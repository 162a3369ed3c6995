"""Units of measure: every spelling that an answer may use, and its size.

English in all usual forms, and the names and signs of some other languages that models answer in. A
spelling that is not here is not a unit: the reader of numbers refuses it instead of passing over
it.
"""

import math
from functools import lru_cache

from waywiser.answers.text import to_plain_text

_LENGTHS: dict[str, float] = {
    "m metre metres meter meters mètre mètres metro metros metern м метр метра метров 米 公尺 メートル": (
        1.0
    ),
    "dm decimetre decimetres decimeter decimeters 分米": 0.1,
    "cm cms centimetre centimetres centimeter centimeters zentimeter zentimetern centimètre "
    "centimètres см сантиметр сантиметра сантиметров 厘米 公分 センチメートル センチ": (0.01),
    "mm millimetre millimetres millimeter millimeters millimètre millimètres мм 毫米": 0.001,
    "km kilometre kilometres kilometer kilometers kms kilomètre kilomètres км 千米 公里 キロメートル": (
        1000.0
    ),
    "ft foot feet '": 0.3048,
    'in inch inches "': 0.0254,
    "yd yard yards yds": 0.9144,
    "mi mile miles": 1609.344,
}

_OTHERS: dict[str, dict[str, float]] = {
    "angle": {
        "deg degree degrees ° degs 度": math.pi / 180,
        "rad radian radians rads 弧度": 1.0,
    },
    "time": {
        "s sec secs second seconds sekunde sekunden секунда секунды секунд 秒 秒钟": 1.0,
        "ms millisecond milliseconds msec 毫秒": 0.001,
        "min mins minute minutes minuten минута минуты минут 分钟": 60.0,
        "h hr hrs hour hours stunde stunden час часа часов 小时": 3600.0,
    },
    "mass": {
        "kg kilogram kilograms kilo kilos 千克 公斤": 1.0,
        "g gram grams gramme grammes 克": 0.001,
        "lb lbs pound pounds": 0.45359237,
    },
    "percent": {"% percent pct prozent процент процента процентов": 0.01},
    "pixel": {"px pixel pixels 像素": 1.0},
    "currency": {"$ usd dollar dollars": 1.0},
}

_SPEEDS: dict[str, tuple[float, tuple[str, ...], tuple[str, ...]]] = {
    # size in m/s, spellings of the length, spellings of the time
    "m/s": (1.0, ("m", "meter", "meters", "metre", "metres"), ("s", "sec", "second")),
    "cm/s": (
        0.01,
        ("cm", "centimeter", "centimeters", "centimetre", "centimetres"),
        ("s", "sec", "second"),
    ),
    "mm/s": (0.001, ("mm", "millimeters", "millimetres"), ("s", "sec", "second")),
    "ft/s": (0.3048, ("ft", "feet", "foot"), ("s", "sec", "second")),
    "km/h": (
        1 / 3.6,
        ("km", "kilometer", "kilometers", "kilometre", "kilometres"),
        ("h", "hr", "hour"),
    ),
    "mi/h": (0.44704, ("mi", "mile", "miles"), ("h", "hr", "hour")),
    "m/min": (1 / 60, ("m", "meter", "meters", "metre", "metres"), ("min", "minute")),
}


def _table() -> dict[str, tuple[str, float]]:
    """Every spelling of a unit -> (dimension, size in the dimension's base unit)."""
    table: dict[str, tuple[str, float]] = {}

    for dimension, units in {"length": _LENGTHS, **_OTHERS}.items():
        for names, size in units.items():
            table |= dict.fromkeys(names.split(), (dimension, size))

    for names, size in _LENGTHS.items():
        for name in names.split():
            if name.isalpha():
                table |= _powers(name, size)

    for size, lengths, times in _SPEEDS.values():
        for length in lengths:
            for time in times:
                for form in _per(length, time):
                    table[form] = ("speed", size)

    table |= {"sqm": ("square", 1.0), "sqft": ("square", 0.3048**2)}
    table |= dict.fromkeys(("kmh", "kph", "kmph"), ("speed", 1 / 3.6))
    table |= {"mph": ("speed", 0.44704)}

    return table | {
        "per cent": ("percent", 0.01),
        "米/秒": ("speed", 1.0),
        "公里/小时": ("speed", 1 / 3.6),
    }


def _powers(name: str, size: float) -> dict[str, tuple[str, float]]:
    """Squares and cubes of a length: "m2", "m^2", "m**2", "square m", "sq. m", "meters squared"."""
    table: dict[str, tuple[str, float]] = {}

    words = ((2, "square", "sq", "squared", "平方"), (3, "cubic", "cu", "cubed", "立方"))
    for power, word, short, after, chinese in words:
        spellings = (
            *(f"{name}{power}", f"{name}^{power}", f"{name} ^{power}", f"{name}**{power}"),
            *(
                f"{word} {name}",
                f"{short} {name}",
                f"{short}. {name}",
                f"{name} {after}",
                f"{chinese}{name}",
            ),
        )

        table |= dict.fromkeys(spellings, (word, size**power))

    return table


def _per(length: str, time: str) -> tuple[str, ...]:
    """Ways to write a length over a time: "m/s", "m / s", "m per s", "m s^-1", "ms^-1"."""
    return (
        *(f"{length}/{time}", f"{length} / {time}", f"{length} per {time}"),
        *(
            f"{length} {time}^-1",
            f"{length}{time}^-1",
            f"{length}×{time}^-1",
            f"{length}·{time}^-1",
        ),
    )


UNIT_OF = _table()
"""Spelling, case-folded -> (dimension, size in the dimension's base unit)."""


@lru_cache(maxsize=256)
def unit_factor(name: str) -> tuple[str, float] | None:
    """(dimension, size in the dimension's base unit) of a unit's name or symbol; None where it is
    unknown.
    """
    return UNIT_OF.get("$" if name.strip() == "$" else to_plain_text(name).casefold().strip(" ."))


@lru_cache(maxsize=1024)
def conversion(name: str, target: str) -> float | int | None:
    """What a value in `name` is multiplied with to be in `target`; None where they have no
    dimension in common.
    """
    have = UNIT_OF.get(name)
    want = unit_factor(target)
    if have is None or want is None or have[0] != want[0]:
        return None
    return 1 if have[1] == want[1] else have[1] / want[1]
