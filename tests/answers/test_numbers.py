"""Numbers and units: what is written in one unit reads the same in another."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from waywiser.answers import parse_number, unit_factor

LENGTHS = [
    "m",
    "cm",
    "mm",
    "km",
    "dm",
    "ft",
    "in",
    "yd",
    "mi",
    "metres",
    "feet",
    "inches",
    "centimeters",
]
GROUPS = [
    LENGTHS,
    ["m2", "cm2", "ft2", "sq ft", "square metres"],
    ["deg", "rad", "°"],
    ["s", "ms", "min"],
    ["m/s", "km/h"],
]
pairs = st.sampled_from(GROUPS).flatmap(lambda g: st.tuples(st.sampled_from(g), st.sampled_from(g)))


@settings(deadline=None)
@given(st.floats(1e-3, 1e6), pairs)
def test_conversion_round_trips(value: float, units: tuple[str, str]) -> None:
    here, there = units
    converted = parse_number(f"{value!r} {here}", there)
    assert converted is not None
    back = parse_number(f"{converted!r} {there}", here)
    assert back is not None
    assert math.isclose(back, value, rel_tol=1e-9)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12))
def test_thousands_separators(value: int) -> None:
    assert parse_number(f"{value:,}") == value
    assert parse_number(f"{value:,}".replace("-", "−")) == value


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_reads_as_itself(value: float) -> None:
    assert parse_number(repr(value)) == value


@settings(deadline=None)
@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 99))
def test_fractions_and_mixed_numbers(top: int, bottom: int, whole: int) -> None:
    assert math.isclose(parse_number(f"{top}/{bottom}") or 0, top / bottom)
    assert math.isclose(parse_number(f"{whole} {top}/{bottom}") or 0, whole + top / bottom)
    assert math.isclose(parse_number(f"\\frac{{{top}}}{{{bottom}}}") or 0, top / bottom)


@settings(deadline=None)
@given(
    st.floats(0.01, 100),
    st.sampled_from(LENGTHS),
    st.sampled_from(["kg", "s", "deg", "m2", "m/s", "%"]),
)
def test_another_dimension_is_never_read(value: float, unit: str, other: str) -> None:
    assert parse_number(f"{value} {other}", unit) is None


@settings(deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(["", " ", ", ", " or ", "-", " to ", " m ", "~"]),
)
def test_two_numbers_are_none(a: int, b: int, glue: str) -> None:
    assume(glue != "" and (glue != " m " or a != b))
    assert parse_number(f"{a}{glue}{b}") is None


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1.5e2 cm", "m", 1.5),
        ("5'10\"", "m", 1.778),
        ("5 ft 10 in", "in", 70),
        ("90°", "deg", 90),
        ("20", None, 20),
        ("twenty", None, 20),
        ("two hundred", None, 200),
        ("1,234.5", None, 1234.5),
        (".5", None, 0.5),
        ("5 in", "cm", 12.7),
        ("36 km/h", "m/s", 10),
        ("2 meters per second", "m/s", 2),
        ("50 %", "%", 50),
        ("1\u2009000", None, 1000),
    ],
)
def test_examples(text: str, unit: str | None, value: float) -> None:
    assert parse_number(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "chair",
        "1,23",
        "1.2.3",
        "10^5",
        "2x3",
        "3+4",
        "5 -",
        "- 5",
        "0x10",
        "1_000",
        "1e",
        "³",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text, "m") is None


def test_units_are_known_by_name_symbol_and_case() -> None:
    assert unit_factor("CM") == unit_factor("centimetres") == ("length", 0.01)
    assert unit_factor("parsec") is None
