"""What an answer says, as a structure: the oracle reads it and the renderings write it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True)
class Unit:
    """A unit: `size` in the first unit of its dimension, and how people write it.

    `symbols` stand behind a number as they are; `words` are pairs of singular and plural; `latex`
    is what stands behind a number inside a formula.
    """

    name: str
    dimension: str
    size: Fraction
    symbols: tuple[str, ...]
    words: tuple[tuple[str, str], ...] = ()
    latex: tuple[str, ...] = ()


@dataclass(frozen=True)
class Number:
    value: Fraction


@dataclass(frozen=True)
class Operation:
    """`operator` is one of + - * / ^."""

    operator: str
    left: "Amount"
    right: "Amount"


@dataclass(frozen=True)
class Function:
    """A named function of a number; the oracle gives `f` no value."""

    name: str
    argument: "Amount"


@dataclass(frozen=True)
class Symbol:
    """A letter with no value, or pi."""

    name: str


Amount: TypeAlias = Number | Operation | Function | Symbol


@dataclass(frozen=True)
class Measure:
    """An amount of a unit; without a unit it is in the question's own."""

    amount: Amount
    unit: Unit | None = None


@dataclass(frozen=True)
class Compound:
    """One quantity in several units: 5 ft 10 in."""

    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Restated:
    """A quantity and, in brackets, the same again (or not) in another unit, rounded."""

    first: Measure
    second: Measure


@dataclass(frozen=True)
class Qualified:
    """A statement that its words turn into another: a bound, a denial, a doubt, a remainder.

    `words` holds the place of the statement as {}.
    """

    words: str
    inner: "Statement"


@dataclass(frozen=True)
class Several:
    """More than one candidate, joined by `joint`."""

    joint: str
    parts: tuple["Statement", ...]


Statement: TypeAlias = Measure | Compound | Restated | Qualified | Several


@dataclass(frozen=True)
class Picked:
    """Options picked by their indices: once as letters, once as words (either may be empty)."""

    letters: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    changed: bool = False
    """The words are not an option's: something was put in, taken out or exchanged."""
