"""Texts of expressions: near misses and paraphrases with the text of their truth."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random

from strictness import expressions as ex
from strictness.algebra import rational, same
from strictness.expression_families import FAMILIES, VALUE_FAMILIES
from strictness.expression_mutations import MUTATIONS, ON_STRUCTURES
from strictness.formulas import CAREFUL, draw_style, written
from strictness.numerals import decimal


@dataclass(frozen=True)
class Drawn:
    """The truth as a careful author writes it, the text of an answer, and how that was made."""

    truth: str
    text: str
    form: str


def draw_truth(rng: Random) -> tuple[str, ex.Expression]:
    """(family, expression): values half of the time."""
    family = rng.choice(tuple(VALUE_FAMILIES if rng.random() < 0.55 else FAMILIES))
    return family, FAMILIES[family](rng)


_SAID = (
    "\\text{{not }} {}",
    "{} ?",
    "< {}",
    "> {}",
    "\\ne {}",
    "\\le {}",
    "\\text{{at least }} {}",
    "\\text{{less than }} {}",
    "\\text{{maybe }} {}",
    "x > {}",
    "{} + \\ldots",
    "\\text{{none of }} {}",
    "{}, 1000",
    "1000, {}",
    "{} \\text{{ or }} 1000",
    "{} = 1000",
    "1000 = {}",
    "{} \\text{{ dozen}}",
    "{} \\text{{ is wrong}}",
    "\\{{{}, 1000\\}}",
    "f\\left({}\\right)",
    "({}, 1000)",
    "\\int {} \\, dx",
    "{} \\text{{ and }} 1000",
    "{} \\times 10^6",
)


def near_miss(rng: Random) -> Drawn | None:
    """A changed expression that the oracle tells from the truth, or the truth with words that
    change it.
    """
    family, truth = draw_truth(rng)
    style = draw_style(rng)
    if rng.random() < 0.15:
        words = rng.choice(_SAID)
        is_number = isinstance(truth, ex.VALUES) and not _names(truth)
        if not is_number and not words.startswith(
            ("\\text", "{} ?", "{}, ", "1000", "{} = ", "{} \\text")
        ):
            return None
        return Drawn(written(truth), words.format(written(truth, style)), f"said of: {family}")

    is_value = isinstance(truth, ex.VALUES)
    name = rng.choice(tuple(MUTATIONS) if is_value else ON_STRUCTURES)
    said = MUTATIONS[name](rng, truth)
    if said is None or _is_renamed(truth, said) or same(truth, said) is not False:
        return None
    return Drawn(written(truth), written(said, style), f"{name}: {family}")


def _is_renamed(truth: ex.Expression, said: ex.Expression) -> bool:
    """Whether only the name in front differs: n > 5 for x > 5 is another way to say it to some
    readers.
    """
    return (
        isinstance(truth, ex.Relation)
        and isinstance(said, ex.Relation)
        and isinstance(truth.left, ex.Name)
        and (truth.sign, truth.right) == (said.sign, said.right)
    )


def _names(value: ex.Value) -> bool:
    """Whether a value has names, so that a relation or operator around it may be another way to say
    it.
    """
    try:
        top, bottom = rational(value)
    except (ArithmeticError, ValueError):
        return True
    return any(isinstance(atom, str) for part in (top, bottom) for term in part for atom, _ in term)


# Right answers
# --------------------------------------------------------------------------------------------

_AROUND = {
    "dollars": "${}$",
    "LaTeX brackets": "\\({}\\)",
    "displaystyle": "\\displaystyle {}",
    "spaces": " {} ",
    "as it is": "{}",
    "full stop": "{}.",
}


def paraphrase(rng: Random) -> Drawn:
    """The truth in another style or an equivalent form."""
    family, truth = draw_truth(rng)
    forms = equivalents(rng, truth)
    if forms and rng.random() < 0.5:
        name = rng.choice(tuple(forms))
        return Drawn(written(truth), forms[name], f"{family}: {name}")

    name = rng.choice(tuple(_AROUND))
    text = written(truth, draw_style(rng))
    return Drawn(written(truth), _AROUND[name].format(text), f"{family}: style, {name}")


def equivalents(rng: Random, truth: ex.Expression) -> dict[str, str]:
    """Other ways to say the same, by name."""
    if isinstance(truth, ex.VALUES):
        return _of_value(rng, truth)
    return _of_structure(rng, truth)


def _of_value(rng: Random, truth: ex.Value) -> dict[str, str]:
    forms: dict[str, str] = {}
    style = draw_style(rng)
    turned = _reordered(rng, truth)
    if turned != truth:
        forms["reordered"] = written(turned, style)

    top, bottom = rational(truth)
    is_number = set(top) <= {()} and set(bottom) == {()}
    if not is_number:
        return forms | _of_formula(truth)

    number = top.get((), Fraction(0)) / bottom[()]
    if isinstance(truth, ex.Repeating):
        forms["fraction of a repeating decimal"] = (
            f"\\frac{{{number.numerator}}}{{{number.denominator}}}"
        )
        forms["fraction not reduced"] = (
            f"\\frac{{{2 * number.numerator}}}{{{2 * number.denominator}}}"
        )
    elif number.denominator < 10**6 and abs(number) < 10**6:
        forms |= _of_fraction(number)
    elif number.denominator == 1 and number.numerator < 10**60:
        forms["all digits"] = str(number.numerator)
        forms["grouped digits"] = f"{number.numerator:,}"
    forms["name in front"] = f"x = {written(truth, style)}"
    return forms


def _of_fraction(number: Fraction) -> dict[str, str]:
    top = abs(number.numerator)
    bottom = number.denominator
    sign = "-" if number < 0 else ""
    forms = {
        "slash": f"{sign}{top}/{bottom}",
        "not reduced": f"{sign}\\frac{{{2 * top}}}{{{2 * bottom}}}",
    }
    text = decimal(number)
    if text:
        forms["decimal"] = text
        forms["chain"] = f"{sign}\\frac{{{top}}}{{{bottom}}} = {text}"
        forms["named chain"] = f"x = {sign}\\frac{{{top}}}{{{bottom}}} = {text}"
    if top > bottom > 1 and not sign:
        forms["mixed"] = f"{top // bottom}\\frac{{{top % bottom}}}{{{bottom}}}"
    if sign:
        forms["minus in the numerator"] = f"\\frac{{-{top}}}{{{bottom}}}"
    return forms


def _of_formula(truth: ex.Value) -> dict[str, str]:
    forms: dict[str, str] = {}
    match truth:
        case ex.Product((ex.Sum() as a, ex.Sum() as b)):
            products = (ex.Product((left, right)) for left in a.terms for right in b.terms)
            forms["expanded"] = written(ex.Sum(tuple(products)), CAREFUL)
        case ex.Product((ex.Int(k), ex.Root(ex.Int(n)))):
            forms["under one root"] = f"\\sqrt{{{k * k * n}}}"
        case ex.Quotient(ex.Product((ex.Int(k), name)), ex.Int(m)):
            forms["coefficient in front"] = f"\\frac{{{k}}}{{{m}}}{written(name)}"
        case ex.Quotient(top, ex.Int(m)):
            forms["part in front"] = f"\\frac{{1}}{{{m}}}({written(top)})"
    return forms


def _reordered(rng: Random, value: ex.Value) -> ex.Value:
    match value:
        case ex.Sum(terms):
            return ex.Sum(tuple(rng.sample(terms, len(terms))))
        case ex.Product((ex.Sum() as a, ex.Sum() as b)):
            return ex.Product((b, a))
        case ex.Product((ex.Power() as a, ex.Name() as b)):
            return ex.Product((b, a))
    return value


def _of_structure(rng: Random, truth: ex.Expression) -> dict[str, str]:
    match truth:
        case ex.SetOf(items):
            return _of_set(rng, items)
        case ex.System(values):
            return _of_system(rng, values)
        case ex.PlusMinus(center, offset):
            ends = [written(end) for end in _both_ends(center, offset)]
            joints = {"comma": ", ", "or": " \\text{ or } ", "and": " \\text{ and } "}
            return {f"both values, {name}": joint.join(ends) for name, joint in joints.items()}
        case ex.Relation(sign, ex.Name() as left, right) if sign in _TURNED:
            return {"turned": f"{written(right)} {_TURNED[sign]} {written(left)}"}
        case ex.Figure("angle", points):
            return {"from the other side": f"\\angle {points[::-1]}", "∠": f"∠{points}"}
        case ex.Joined("\\cup", left, right):
            return {
                "turned": f"{written(right)} \\cup {written(left)}",
                "∪": f"{written(left)} ∪ {written(right)}",
            }
        case ex.Marked(value, "\\%"):
            text = written(value)
            return {"% without backslash": f"{text}%", "percent": f"{text} percent"}
        case ex.Marked(value, _):
            text = written(value)
            return {"°": f"{text}°", "degrees": f"{text} degrees", "{\\circ}": f"{text}^{{\\circ}}"}
        case ex.Words(text):
            return {"plain": text, "capital": text.capitalize(), "\\mathrm": f"\\mathrm{{{text}}}"}
        case ex.Matrix(rows):
            text = written(ex.Matrix(rows))
            return {"square brackets": text.replace("pmatrix", "bmatrix")}
        case ex.Congruence(name, residue, modulus):
            return {"(mod n)": f"{name} ≡ {residue} (mod {modulus})"}
    return {}


_TURNED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "=": "="}


def _of_set(rng: Random, items: tuple[ex.Value, ...]) -> dict[str, str]:
    texts = [written(item) for item in rng.sample(items, len(items))]
    inside = ", ".join(texts)
    named = " \\text{ or } ".join(f"x = {text}" for text in texts)
    return {
        "other order": f"\\{{{inside}\\}}",
        "plain braces": f"\\left\\{{{inside}\\right\\}}",
        "names with or": named,
    }


def _of_system(rng: Random, values: tuple[tuple[str, ex.Value], ...]) -> dict[str, str]:
    texts = [f"{name} = {written(value)}" for name, value in values]
    mixed = rng.sample(texts, len(texts))
    names = ", ".join(name for name, _ in values)
    contents = ", ".join(written(value) for _, value in values)
    return {
        "other order": ", ".join(mixed),
        "and": " \\text{ and } ".join(texts),
        "semicolons": "; ".join(texts),
        "as a point": f"({names}) = ({contents})",
    }


def _both_ends(center: ex.Value | None, offset: ex.Value) -> tuple[ex.Value, ex.Value]:
    if center is None:
        return offset, ex.Negative(offset)
    return ex.Sum((center, offset)), ex.Sum((center, ex.Negative(offset)))
