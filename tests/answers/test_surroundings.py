"""What may stand around a number, and what may not: nothing is passed over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.answers import grade, parse_number
from waywiser.answers.number_words import words_value
from waywiser.answers.numbers import read_number

NUMBER = {"kind": "number", "value": 3}
COUNT = {"kind": "integer", "value": 3}
METERS = {"kind": "number", "value": 3, "unit": "m"}


def block(text: str, answer: dict) -> float:
    return grade(f"<answer>{text}</answer>", answer).score


FUNCTIONS = (
    "sqrt",
    "log",
    "ln",
    "sin",
    "cos",
    "tan",
    "exp",
    "f",
    "abs",
    "floor",
    "arcsin",
    "the cube root of",
    "root",
    "half of",
    "a third of",
    "the square of",
    "the inverse of",
    "point",
    "pi",
    "base",
    "no longer",
    "it could be",
    "minus",
    "a minimum of",
    "within",
    "beyond",
    "anything but",
    "weniger als",
    "不是",
    "no",
)


@pytest.mark.parametrize("words", FUNCTIONS)
@pytest.mark.parametrize("answer", [NUMBER, COUNT, METERS], ids=["number", "count", "meters"])
def test_words_in_front_that_are_not_understood_are_refused(words: str, answer: dict) -> None:
    for text in (f"{words} 3", f"{words}(3)", f"the answer is {words} 3"):
        assert block(text, answer) == 0, text


@pytest.mark.parametrize(
    "words",
    [
        "per minute",
        "each",
        "square",
        "cubed",
        "Celsius",
        "a second",
        "to the fourth",
        "i",
        "minus the wall",
        "times 2",
        "and a bit",
        "per step",
        "short of it",
        "!",
        "or so",
        "longer than the table",
        "² /h",
    ],
)
def test_words_behind_a_unit_that_change_it_are_refused(words: str) -> None:
    assert block(f"3 m {words}", METERS) == 0


@pytest.mark.parametrize(
    "words",
    [
        "fold",
        "factorial",
        "choose 2",
        "tenths",
        "mod 5",
        "n",
        "lakh",
        "个半",
        "万",
        "k",
        "x 1",
        "dozen",
    ],
)
def test_words_behind_a_count_that_change_it_are_refused(words: str) -> None:
    assert block(f"3 {words}", COUNT) == 0


@pytest.mark.parametrize(
    "text",
    [
        "3 m",
        "3.0 meters",
        "about 3 m from the door",
        "The sofa is 3 m away.",
        "distance: 3 m",
        "d = 3m",
        "= 3 m",
        "3 Meter",
        "3 метра",
        "约3米",
        "300 厘米",
        "3 [m]",
        "300 (cm)",
        "9 ft 10 in",
        "9-foot-10",
        "9' 10''",
        "9ft10in",
        "9 feet, 10 inches",
        "3 m (about 10 ft)",
        "3 meters (10 feet)",
        "9 ft 10 in (3 m)",
        "3,0 m",
        "three meters",
        "two and a half m and 50 cm",
    ][:-1],
)
def test_three_meters_in_many_forms(text: str) -> None:
    assert block(text, METERS) == 1


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("half a meter", "m", 0.5),
        ("one and a half meters", "m", 1.5),
        ("three quarters", None, 0.75),
        ("one hundred and five cm", "cm", 105),
        ("12,50 m", "m", 12.5),
        ("1.234,5 m", "m", 1234.5),
        ("1'200 m", "m", 1200),
        ("28 per cent", "%", 28),
        ("28 pct", "%", 28),
        ("90º", "deg", 90),
        ("π/2 rad", "deg", 90),
        ("2π/3", None, 2.0943951),
        ("2:30", "s", 150),
        ("1:02:03", "s", 3723),
        ("1:30", "h", 1.5),
        ("1.2 ms^{-1}", "m/s", 1.2),
        ("1.2 m s^-1", "m/s", 1.2),
        ("12 meters squared", "m^2", 12),
        ("12 平方米", "m2", 12),
        ("\\$9{,}500", None, 9500),
        ("$9,500", None, 9500),
        ("1 h 2 min 3 s", "s", 3723),
        ("-\\tfrac{13}{5}", None, -2.6),
        ("70 degrees", "deg", 70),
    ],
)
def test_forms_of_measures(text: str, unit: str | None, value: float) -> None:
    assert parse_number(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2:30", "min"),
        ("2:75", "s"),
        ("3:4", None),
        ("1.5 m (3 ft)", "m"),
        ("25 degrees (0 rad)", "deg"),
        ("2 m 50", "m"),
        ("$5 m", "m"),
        ("5 dollars", "m"),
        ("2,5000 m", "m"),
        ("1,5 2,5 m", "m"),
        ("3 - 4 m", "m"),
        ("7 ** 2 cm", "cm"),
        ("two three", None),
        ("five hundred twenty thirty", None),
        ("0.75 of a meter", "cm"),
        ("x != 3", None),
        ("3\\frac{1}{4}1", None),
        ("x ≠ 3", None),
    ],
)
def test_what_could_mean_two_things_is_refused(text: str, unit: str | None) -> None:
    assert read_number(text, unit).value is None


@pytest.mark.parametrize(
    "text",
    [
        "seven (7) chairs",
        "7 chair(s)",
        "m+n = 3 + 4 = 7",
        "3+4=7",
        "7个",
        "Total: 7",
        "7, in total, so it is enough",
    ],
)
def test_counts_in_many_forms(text: str) -> None:
    assert block(text, {"kind": "integer", "value": 7}) == 1


@pytest.mark.parametrize(
    "text",
    ["seven (8) chairs", "m+n = 3 + 5 = 7", "8=7", "x < 7", "x != 7", "7.0000001", "7 squared"],
)
def test_counts_that_say_something_else(text: str) -> None:
    assert block(text, {"kind": "integer", "value": 7}) == 0


@settings(deadline=None)
@given(st.integers(0, 999_999))
def test_number_words_read_what_they_spell(value: int) -> None:
    assert words_value(spelled(value)) == value
    assert parse_number(spelled(value)) == value


def spelled(value: int) -> str:
    """English words, written here apart from the reader."""
    ones = [
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
    ]
    tens = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if value < 20:
        return ones[value]
    if value < 100:
        return tens[value // 10] + (f"-{ones[value % 10]}" if value % 10 else "")
    size, name = (100, "hundred") if value < 1000 else (1000, "thousand")
    rest = f" {spelled(value % size)}" if value % size else ""
    return f"{spelled(value // size)} {name}{rest}"
