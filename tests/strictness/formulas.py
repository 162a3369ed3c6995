"""Expressions written in LaTeX or plain text, in one of many styles."""

from dataclasses import dataclass
from random import Random

from strictness import expressions as ex
from strictness.numerals import decimal


@dataclass(frozen=True)
class Style:
    """How a formula is written; the defaults are those of a careful author."""

    fraction: str = "\\frac"
    times: str = ""
    brackets: tuple[str, str] = ("(", ")")
    pi: str = "\\pi"
    root: str = "\\sqrt{%s}"
    spaced: bool = True
    braces: bool = True
    function: str = "\\"
    dots: str = "\\ldots"
    over: str = "\\overline"


CAREFUL = Style()


def draw_style(rng: Random) -> Style:
    return Style(
        fraction=rng.choice(("\\frac", "\\dfrac", "\\tfrac", "/", "/")),
        times=rng.choice(("", "", "\\cdot ", "\\times ", "*")),
        brackets=rng.choice((("(", ")"), ("\\left(", "\\right)"))),
        pi=rng.choice(("\\pi", "\\pi", "π")),
        root=rng.choice(("\\sqrt{%s}", "\\sqrt{%s}", "\\sqrt %s", "√(%s)", "sqrt(%s)")),
        spaced=rng.random() < 0.5,
        braces=rng.random() < 0.5,
        function=rng.choice(("\\", "\\", "")),
        dots=rng.choice(("\\ldots", "\\dots", "\\cdots", "...")),
        over=rng.choice(("\\overline", "\\overline", "\\bar")),
    )


SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(5)


def written(expression: ex.Expression, style: Style = CAREFUL) -> str:
    """The expression in a style."""
    if isinstance(expression, ex.VALUES):
        return _value(expression, style)[0]
    return _structure(expression, style)


def _inside(value: ex.Value, least: int, style: Style) -> str:
    """The value, in brackets unless it binds at least as `least`."""
    text, binds = _value(value, style)
    left, right = style.brackets
    return text if binds >= least else f"{left}{text}{right}"


def _value(value: ex.Value, style: Style) -> tuple[str, int]:
    """The text and how tightly it binds."""
    match value:
        case ex.Int(number):
            return str(number), ATOM if number >= 0 else NEGATIVE
        case ex.Decimal(number):
            return decimal(number) or "", ATOM if number >= 0 else NEGATIVE
        case ex.Repeating(whole, fixed, period):
            return f"{whole}.{fixed}{style.over}{{{period}}}", ATOM
        case ex.Name("pi"):
            return style.pi, ATOM
        case ex.Name(name):
            return name, ATOM
        case ex.Negative(term):
            return "-" + _inside(term, PRODUCT, style), NEGATIVE
        case ex.Sum(terms):
            return _sum(terms, style), SUM
        case ex.Product(factors):
            return _product(factors, style), PRODUCT
        case ex.Quotient():
            return _quotient(value, style)
        case ex.Power(base, exponent):
            return _power(base, exponent, style)
        case ex.Root(radicand):
            return _root(radicand, style)
        case ex.Call(function, argument):
            return _call(function, argument, style)


def _sum(terms: tuple[ex.Value, ...], style: Style) -> str:
    space = " " if style.spaced else ""
    text = _inside(terms[0], PRODUCT, style)
    for term in terms[1:]:
        if isinstance(term, ex.Negative):
            text += f"{space}-{space}{_inside(term.term, PRODUCT, style)}"
        elif isinstance(term, ex.Int | ex.Decimal) and term.value < 0:
            text += f"{space}-{space}{_value(type(term)(-term.value), style)[0]}"  # type: ignore[arg-type]
        else:
            text += f"{space}+{space}{_inside(term, PRODUCT, style)}"
    return text


def _product(factors: tuple[ex.Value, ...], style: Style) -> str:
    text = _inside(factors[0], PRODUCT, style)
    if isinstance(factors[0], ex.Quotient) and style.fraction == "/":
        text = _bracketed(text, style)
    for factor in factors[1:]:
        part = _inside(factor, POWER, style)
        if isinstance(factor, ex.Quotient) and style.fraction == "/":
            part = _bracketed(_value(factor, style)[0], style)
        sign = style.times
        if not sign and part[0].isdigit():
            sign = " \\cdot "
        if not sign and text[-1].isalpha() and part[0].isalpha() and "\\" in text:
            sign = " "
        if not sign and part.startswith("sqrt"):
            sign = "*"
        text += sign + part
    return text


def _bracketed(text: str, style: Style) -> str:
    left, right = style.brackets
    return text if text.startswith(left) and text.endswith(right) else f"{left}{text}{right}"


def _quotient(value: ex.Quotient, style: Style) -> tuple[str, int]:
    if style.fraction == "/":
        return f"{_inside(value.top, POWER, style)}/{_inside(value.bottom, POWER, style)}", PRODUCT
    inner = (written(value.top, style), written(value.bottom, style))
    return f"{style.fraction}{{{inner[0]}}}{{{inner[1]}}}", POWER


def _power(base: ex.Value, exponent: ex.Value, style: Style) -> tuple[str, int]:
    raised = written(exponent, style)
    raised = raised if len(raised) == 1 and not style.braces else f"{{{raised}}}"
    if isinstance(base, ex.Call) and base.function in ("sin", "cos", "tan") and style.function:
        argument = _inside(base.argument, POWER, style)
        return f"\\{base.function}^{raised} {argument}", PRODUCT
    if isinstance(base, ex.Quotient | ex.Call | ex.Root):
        return f"{_bracketed(_value(base, style)[0], style)}^{raised}", POWER
    return f"{_inside(base, ATOM, style)}^{raised}", POWER


def _root(radicand: ex.Value, style: Style) -> tuple[str, int]:
    inner = written(radicand, style)
    form = style.root
    if form == "\\sqrt %s" and (len(inner) > 1 or not inner.isdigit()):
        form = "\\sqrt{%s}"
    return form % inner, ATOM


def _call(function: str, argument: ex.Value, style: Style) -> tuple[str, int]:
    if function == "abs":
        return f"|{written(argument, style)}|", ATOM
    if function == "factorial":
        return f"{_inside(argument, ATOM, style)}!", POWER
    name = f"\\{function}" if style.function or "_" in function else function
    text, binds = _value(argument, style)
    if binds == ATOM and not text.startswith(("|", "√", "sqrt", "\\sqrt")):
        return f"{name} {text}", PRODUCT
    left, right = style.brackets
    return f"{name}{left}{text}{right}", ATOM


# Structures
# ---------------------------------------------------------------------------------------------


def _list(items: tuple[ex.Value, ...], style: Style) -> str:
    return (", " if style.spaced else ",").join(written(item, style) for item in items)


def _structure(expression: ex.Expression, style: Style) -> str:
    space = " " if style.spaced else ""
    match expression:
        case ex.Tuple(items):
            left, right = style.brackets
            return f"{left}{_list(items, style)}{right}"
        case ex.Interval():
            return _interval(expression, style)
        case ex.Joined(sign, left, right):
            return f"{written(left, style)} {sign} {written(right, style)}"
        case ex.SetOf(items):
            return f"\\{{{_list(items, style)}\\}}"
        case ex.Where(relation):
            return f"\\{{x : {written(relation, style)}\\}}"
        case ex.System(values):
            comma = ", " if style.spaced else ","
            return comma.join(
                f"{name}{space}={space}{written(value, style)}" for name, value in values
            )
        case ex.Relation(sign, left, right):
            return f"{written(left, style)} {sign} {written(right, style)}"
        case ex.Based(digits, base):
            return f"{digits}_{{{base}}}" if style.braces or base > 9 else f"{digits}_{base}"
        case ex.Congruence(name, residue, modulus):
            return f"{name} \\equiv {residue} \\pmod{{{modulus}}}"
        case ex.Sequence(terms, last):
            end = f", {written(last, style)}" if last else ""
            return f"{_list(terms, style)}, {style.dots}{end}"
        case ex.Figure(kind, points):
            return f"\\overline{{{points}}}" if kind == "overline" else f"\\{kind} {points}"
        case ex.PlusMinus(center, offset):
            offset_text = _inside(offset, PRODUCT, style)
            front = f"{written(center, style)}{space}" if center else ""
            return (
                f"{front}\\pm{' ' if style.spaced or offset_text[0].isalpha() else ''}{offset_text}"
            )
        case ex.Matrix(rows):
            body = " \\\\ ".join(" & ".join(written(item, style) for item in row) for row in rows)
            return f"\\begin{{pmatrix}} {body} \\end{{pmatrix}}"
        case ex.Ratio(terms):
            return (" : " if style.spaced else ":").join(map(str, terms))
        case ex.Marked(value, mark):
            return written(value, style) + mark
        case ex.Words(text):
            return f"\\text{{{text}}}"
    raise AssertionError(f"no way to write {expression!r}")


def _interval(interval: ex.Interval, style: Style) -> str:
    left = "[" if interval.low_closed else "("
    right = "]" if interval.high_closed else ")"
    if style.brackets[0] == "\\left(":
        left = f"\\left{left}"
        right = f"\\right{right}"
    return f"{left}{_list((interval.low, interval.high), style)}{right}"
