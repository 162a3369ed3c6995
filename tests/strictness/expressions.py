"""Expressions as trees, and what is built from them: sets, intervals, systems, sequences, figures."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True)
class Int:
    value: int


@dataclass(frozen=True)
class Decimal:
    """A finite decimal, written with its digits."""

    value: Fraction


@dataclass(frozen=True)
class Repeating:
    """`whole`.`fixed` and then `period` for ever."""

    whole: int
    fixed: str
    period: str


@dataclass(frozen=True)
class Name:
    """A variable, or a constant: pi and e are names, too."""

    name: str


@dataclass(frozen=True)
class Sum:
    terms: tuple["Value", ...]


@dataclass(frozen=True)
class Negative:
    term: "Value"


@dataclass(frozen=True)
class Product:
    factors: tuple["Value", ...]


@dataclass(frozen=True)
class Quotient:
    top: "Value"
    bottom: "Value"


@dataclass(frozen=True)
class Power:
    base: "Value"
    exponent: "Value"


@dataclass(frozen=True)
class Root:
    radicand: "Value"


@dataclass(frozen=True)
class Call:
    """A function of one argument: sin, ln, abs, factorial, ..."""

    function: str
    argument: "Value"


Value: TypeAlias = (
    Int | Decimal | Repeating | Name | Sum | Negative | Product | Quotient | Power | Root | Call
)


@dataclass(frozen=True)
class Tuple:
    items: tuple[Value, ...]


@dataclass(frozen=True)
class Interval:
    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True)
class Joined:
    """Two things and the sign between them: A cup B, p to q, AB parallel CD."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class SetOf:
    items: tuple[Value, ...]


@dataclass(frozen=True)
class Where:
    """The set of all x with a relation."""

    relation: "Relation"


@dataclass(frozen=True)
class System:
    """Names and their values."""

    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Relation:
    """`sign` is = < > \\le \\ge \\ne."""

    sign: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Based:
    digits: str
    base: int


@dataclass(frozen=True)
class Congruence:
    name: str
    residue: int
    modulus: int


@dataclass(frozen=True)
class Sequence:
    """Terms, dots, and the last term where there is one."""

    terms: tuple[Value, ...]
    last: Value | None = None


@dataclass(frozen=True)
class Figure:
    """An angle, a segment or a triangle by the names of its points."""

    kind: str
    points: str


@dataclass(frozen=True)
class PlusMinus:
    center: Value | None
    offset: Value


@dataclass(frozen=True)
class Matrix:
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Ratio:
    terms: tuple[int, ...]


@dataclass(frozen=True)
class Marked:
    """A number with a per cent or degree sign."""

    value: Value
    mark: str


@dataclass(frozen=True)
class Words:
    text: str


Expression: TypeAlias = (
    Value
    | Tuple
    | Interval
    | Joined
    | SetOf
    | Where
    | System
    | Relation
    | Based
    | Congruence
    | Sequence
    | Figure
    | PlusMinus
    | Matrix
    | Ratio
    | Marked
    | Words
)
VALUES = (Int, Decimal, Repeating, Name, Sum, Negative, Product, Quotient, Power, Root, Call)
