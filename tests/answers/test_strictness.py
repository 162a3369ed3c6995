"""Near misses earn nothing and paraphrases of right answers do: the short form of
benchmarks/strictness.py.
"""

from fractions import Fraction

import pytest

from strictness import expressions as ex
from strictness.algebra import same
from strictness.oracle import same_options, same_quantity
from strictness.pairs import KINDS, Pair, pairs
from strictness.structures import Function, Measure, Number, Operation, Picked, Qualified
from strictness.tally import Tally, tallied
from strictness.units import BY_NAME
from waywiser.answers import grade, grade_all

COUNTS = {
    "integer": 5000,
    "number": 7500,
    "choice": 3000,
    "choices": 2500,
    "text": 2000,
    "expression": 240,
}
MIN_RECALL = 0.99
KNOWN = (
    (
        {"kind": "choice", "value": "2 m", "options": ["2 m", "3 m", "4 m"]},
        ("1/2 m", "less than 2 m", "2 m/s"),
    ),
    ({"kind": "choice", "value": "p+q", "options": ["p+q", "p-q"]}, ("(p+q)/2",)),
    ({"kind": "number", "value": 3}, ("sqrt(3)",)),
    ({"kind": "number", "value": 3, "unit": "m"}, ("3 m per minute",)),
    ({"kind": "expression", "value": "x=1, y=2"}, ("x=2, y=1",)),
    ({"kind": "expression", "value": "2^{100}+1"}, ("2^{100}",)),
    ({"kind": "expression", "value": "101_2"}, ("101_3",)),
    ({"kind": "expression", "value": "0.\\overline{3}"}, ("0",)),
    ({"kind": "expression", "value": "1, 2, \\ldots"}, ("1, 3, 5, \\ldots",)),
    ({"kind": "expression", "value": "x \\equiv 1 \\pmod{5}"}, ("x \\equiv 1 \\pmod{7}",)),
    ({"kind": "expression", "value": "\\angle ABC"}, ("\\angle ACB",)),
    ({"kind": "expression", "value": "\\frac{1}{2006!}"}, ("\\frac{1}{2004!}",)),
)


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    """What the grader makes of the pairs of each kind; a quarter as many paraphrases as near
    misses.
    """
    return {
        kind: tallied(pairs(kind, count, count // 4, "test"), grade_all)
        for kind, count in COUNTS.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_no_near_miss_is_right(tallies: dict[str, Tally], kind: str) -> None:
    assert tallies[kind].of_kind(kind)["near_misses"] == COUNTS[kind]
    assert tallies[kind].failures(right=False) == []


@pytest.mark.parametrize("kind", KINDS)
def test_paraphrases_are_right(tallies: dict[str, Tally], kind: str) -> None:
    failures = "\n".join(tallies[kind].failures(right=True))
    assert tallies[kind].of_kind(kind)["recall"] >= MIN_RECALL, failures


@pytest.mark.parametrize(("answer", "texts"), KNOWN)
def test_answers_that_were_once_paid(answer: dict[str, object], texts: tuple[str, ...]) -> None:
    for text in texts:
        for frame in ("<answer>{}</answer>", "\\boxed{{{}}}"):
            assert grade(frame.format(text), answer).score == 0, text


# The generator itself
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pairs_depend_on_the_seed_alone(kind: str) -> None:
    first, again, other = (list(pairs(kind, 30, 10, seed)) for seed in ("a", "a", "b"))
    assert first == again != other
    assert [pair.right for pair in first] == [False] * 30 + [True] * 10
    assert all(isinstance(pair, Pair) and pair.answer["kind"] == kind for pair in first)


def test_the_oracle_knows_quantities() -> None:
    metre = BY_NAME["m"]
    second = BY_NAME["s"]
    two = Number(Fraction(2))
    truth = Measure(two, metre)
    tolerance = Fraction(1, 20)

    assert same_quantity(truth, tolerance, Measure(Number(Fraction(200)), BY_NAME["cm"])) is True
    assert same_quantity(truth, tolerance, Measure(Number(Fraction(81, 40)), None)) is True
    assert same_quantity(truth, tolerance, Measure(Number(Fraction(21, 10)), metre)) is None
    assert same_quantity(truth, tolerance, Measure(two, second)) is False
    assert same_quantity(truth, tolerance, Measure(Function("sqrt", two), metre)) is False
    assert (
        same_quantity(truth, tolerance, Measure(Function("sqrt", Number(Fraction(4))), metre))
        is True
    )
    assert (
        same_quantity(truth, tolerance, Measure(Operation("/", Number(Fraction(1)), two), metre))
        is False
    )
    assert same_quantity(truth, tolerance, Qualified("less than {}", truth)) is False
    assert (
        same_quantity(Measure(Number(Fraction(0))), Fraction(0), Qualified("at most {}", truth))
        is None
    )


def test_the_oracle_knows_options() -> None:
    assert same_options(frozenset({1}), Picked(letters=(1,), words=(1,)))
    assert not same_options(frozenset({1}), Picked(letters=(1,), words=(0,)))
    assert not same_options(frozenset({1}), Picked(letters=(0, 1)))
    assert not same_options(frozenset({1}), Picked(letters=(1,), changed=True))


def test_the_oracle_knows_expressions() -> None:
    x = ex.Name("x")
    one = ex.Int(1)
    two = ex.Int(2)
    square = ex.Power(ex.Sum((x, one)), two)
    expanded = ex.Sum((ex.Power(x, two), ex.Product((two, x)), one))
    large = ex.Power(two, ex.Int(100))

    assert same(square, expanded) is True
    assert same(ex.Root(ex.Int(8)), ex.Product((two, ex.Root(two)))) is True
    assert same(ex.Repeating(0, "", "3"), ex.Quotient(one, ex.Int(3))) is True
    assert same(ex.Repeating(0, "", "3"), ex.Decimal(Fraction("0.3333"))) is False
    assert same(large, ex.Sum((large, one))) is False
    assert same(ex.Call("sin", x), ex.Call("sin", ex.Negative(x))) is False
    assert same(ex.Call("cos", x), ex.Call("cos", ex.Negative(x))) is None
    assert same(ex.Based("101", 2), ex.Based("101", 3)) is False
    assert same(ex.Figure("angle", "ABC"), ex.Figure("angle", "CBA")) is True
    assert same(ex.System((("x", one), ("y", two))), ex.System((("y", two), ("x", one)))) is True
    assert same(ex.System((("x", one), ("y", two))), ex.System((("x", two), ("y", one)))) is False
