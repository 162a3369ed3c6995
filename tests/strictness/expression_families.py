"""Truths of kind expression, by family: each draws a tree or what is built from trees."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from strictness import expressions as ex

PI, E, X, Y, N = (ex.Name(name) for name in ("pi", "e", "x", "y", "n"))
PRIMES = (2, 3, 5, 7, 11, 13)
VARIABLES = tuple(ex.Name(name) for name in "abxynpq")
Family = Callable[[Random], ex.Expression]


def whole(rng: Random, low: int = 2, high: int = 12) -> ex.Int:
    return ex.Int(rng.randint(low, high))


def signed(rng: Random) -> ex.Value:
    value = whole(rng, 1, 9)
    return ex.Negative(value) if rng.random() < 0.4 else value


def fraction(rng: Random) -> ex.Value:
    value = Fraction(rng.randint(1, 30), rng.randint(2, 12))
    if value.denominator == 1:
        value += Fraction(1, 3)
    quotient = ex.Quotient(ex.Int(value.numerator), ex.Int(value.denominator))
    return ex.Negative(quotient) if rng.random() < 0.2 else quotient


def repeating(rng: Random) -> ex.Value:
    period = rng.choice(("3", "6", "12", "45", "142857", "27", "1"))
    return ex.Repeating(rng.randint(0, 3), rng.choice(("", "", "1", "05")), period)


def surd(rng: Random) -> ex.Value:
    root = ex.Root(ex.Int(rng.choice(PRIMES)))
    match rng.randrange(5):
        case 0:
            return ex.Product((whole(rng), root))
        case 1:
            return ex.Sum((whole(rng), root))
        case 2:
            return ex.Quotient(ex.Sum((whole(rng), ex.Negative(root))), whole(rng))
        case 3:
            return ex.Quotient(root, whole(rng))
        case _:
            return ex.Sum((whole(rng), ex.Product((whole(rng), root))))


def with_constant(rng: Random) -> ex.Value:
    match rng.randrange(6):
        case 0:
            return ex.Product((whole(rng), PI))
        case 1:
            return ex.Quotient(PI, whole(rng))
        case 2:
            return ex.Quotient(ex.Product((whole(rng), PI)), ex.Int(rng.choice((3, 5, 7))))
        case 3:
            return ex.Sum((whole(rng, 1), ex.Negative(ex.Quotient(whole(rng, 1), E))))
        case 4:
            return ex.Sum((whole(rng, 1), ex.Quotient(whole(rng, 1), ex.Power(E, ex.Int(2)))))
        case _:
            return ex.Sum((whole(rng), PI))


def polynomial(rng: Random) -> ex.Value:
    name = rng.choice((X, X, N, Y))
    match rng.randrange(6):
        case 0:
            return ex.Sum((ex.Power(name, ex.Int(2)), ex.Product((whole(rng), name)), signed(rng)))
        case 1:
            return ex.Sum((ex.Product((whole(rng), name)), signed(rng)))
        case 2:
            return ex.Product((ex.Sum((name, signed(rng))), ex.Sum((name, whole(rng)))))
        case 3:
            a, b = rng.sample(VARIABLES, 2)
            return ex.Product((ex.Power(a, ex.Int(2)), b))
        case 4:
            a, b = rng.sample(VARIABLES, 2)
            return ex.Sum((ex.Product((whole(rng), a)), rng.choice((b, ex.Negative(b)))))
        case _:
            return ex.Product((whole(rng), ex.Power(name, ex.Int(rng.randint(2, 5)))))


def quotient_of_names(rng: Random) -> ex.Value:
    a, b = rng.sample(VARIABLES, 2)
    match rng.randrange(5):
        case 0:
            return ex.Quotient(a, b)
        case 1:
            return ex.Quotient(ex.Product((N, ex.Sum((N, ex.Int(1))))), whole(rng, 2, 6))
        case 2:
            return ex.Quotient(whole(rng), ex.Sum((X, signed(rng))))
        case 3:
            return ex.Quotient(ex.Sum((X, whole(rng))), ex.Sum((X, ex.Negative(whole(rng)))))
        case _:
            return ex.Quotient(ex.Sum((a, b)), whole(rng, 2, 5))


def with_function(rng: Random) -> ex.Value:
    match rng.randrange(9):
        case 0:
            return ex.Power(ex.Call(rng.choice(("sin", "cos")), X), ex.Int(2))
        case 1:
            return ex.Call("ln", ex.Product((whole(rng), X)))
        case 2:
            return ex.Call(rng.choice(("arcsin", "arctan", "sin", "tan")), X)
        case 3:
            return ex.Call("abs", ex.Sum((X, signed(rng))))
        case 4:
            return ex.Sum((ex.Power(E, ex.Product((whole(rng, 2, 5), X))), ex.Name("C")))
        case 5:
            return ex.Power(X, ex.Sum((N, signed(rng))))
        case 6:
            return ex.Root(ex.Sum((X, whole(rng))))
        case 7:
            return ex.Power(whole(rng, 2, 5), N)
        case _:
            return ex.Product(
                (whole(rng), ex.Call(rng.choice(("sin", "cos")), ex.Product((whole(rng), X))))
            )


def large(rng: Random) -> ex.Value:
    """Exact numbers that floating point cannot tell apart, or loses."""
    power = ex.Power(ex.Int(rng.choice((2, 3, 5, 7, 10))), ex.Int(rng.randint(30, 400)))
    match rng.randrange(7):
        case 0:
            return power
        case 1:
            return ex.Sum((power, rng.choice((ex.Int(1), ex.Negative(ex.Int(1))))))
        case 2:
            return ex.Quotient(ex.Int(1), ex.Call("factorial", whole(rng, 15, 400)))
        case 3:
            return ex.Quotient(ex.Sum((power, ex.Negative(ex.Int(1)))), ex.Int(rng.randint(2, 6)))
        case 4:
            return ex.Power(ex.Int(10), ex.Negative(ex.Int(rng.randint(20, 420))))
        case 5:
            return ex.Int(rng.randint(10**9, 10**14))
        case _:
            return ex.Call("factorial", whole(rng, 8, 60))


def equation(rng: Random) -> ex.Expression:
    right = rng.choice((polynomial, with_function))(rng)
    left = rng.choice(
        (
            Y,
            ex.Name("f(x)"),
            ex.Name("f'(x)"),
            ex.Name("y'"),
            ex.Name("\\frac{dy}{dx}"),
            ex.Name("a_n"),
        )
    )
    return ex.Relation("=", left, right)


def curve(rng: Random) -> ex.Expression:
    squares = (ex.Power(X, ex.Int(2)), ex.Power(Y, ex.Int(2)))
    if rng.random() < 0.5:
        return ex.Relation("=", ex.Sum(squares), whole(rng, 1, 25))
    line = ex.Sum((ex.Product((whole(rng), X)), ex.Negative(Y), whole(rng, 1, 20)))
    return ex.Relation("=", line, ex.Int(0))


def inequality(rng: Random) -> ex.Expression:
    return ex.Relation(rng.choice(("<", ">", "\\le", "\\ge")), X, signed(rng))


def point(rng: Random) -> ex.Expression:
    return ex.Tuple(tuple(rng.choice((signed, fraction))(rng) for _ in range(rng.randint(2, 3))))


def interval(rng: Random) -> ex.Interval:
    low = rng.randint(-9, 6)
    closed = (rng.random() < 0.5, rng.random() < 0.5)
    return ex.Interval(_int(low), _int(low + rng.randint(1, 9)), *closed)


def _int(value: int) -> ex.Value:
    return ex.Int(value) if value >= 0 else ex.Negative(ex.Int(-value))


def union(rng: Random) -> ex.Expression:
    return ex.Joined("\\cup", interval(rng), interval(rng))


def set_of(rng: Random) -> ex.Expression:
    return ex.SetOf(tuple(_int(n) for n in rng.sample(range(-9, 10), rng.randint(2, 4))))


def where(rng: Random) -> ex.Expression:
    return ex.Where(ex.Relation(rng.choice(("<", ">")), X, whole(rng, 1, 20)))


def system(rng: Random) -> ex.Expression:
    names = rng.choice((("x", "y"), ("a", "b"), ("x", "y", "z")))
    values = rng.sample(range(-9, 12), len(names))
    return ex.System(tuple((name, _int(value)) for name, value in zip(names, values, strict=True)))


def based(rng: Random) -> ex.Expression:
    base = rng.choice((2, 3, 4, 5, 8))
    digits = str(rng.randint(1, base - 1)) + "".join(
        str(rng.randrange(min(base, 3))) for _ in range(3)
    )
    return ex.Based(digits, base)


def congruence(rng: Random) -> ex.Expression:
    modulus = rng.randint(3, 20)
    return ex.Congruence(rng.choice("xn"), rng.randrange(modulus), modulus)


def sequence(rng: Random) -> ex.Expression:
    start = rng.randint(1, 4)
    step = rng.randint(1, 3)
    terms = tuple(ex.Int(start + step * k) for k in range(rng.randint(2, 3)))
    return ex.Sequence(terms, N if rng.random() < 0.5 else None)


def figure(rng: Random) -> ex.Expression:
    kind = rng.choice(("angle", "triangle", "overline"))
    points = "".join(rng.sample("ABCDEFPQ", 2 if kind == "overline" else 3))
    return ex.Figure(kind, points)


def plus_minus(rng: Random) -> ex.Expression:
    if rng.random() < 0.5:
        return ex.PlusMinus(None, whole(rng, 1, 30))
    return ex.PlusMinus(whole(rng, 1), ex.Root(ex.Int(rng.choice(PRIMES))))


def matrix(rng: Random) -> ex.Expression:
    columns = rng.choice((1, 2))
    return ex.Matrix(
        tuple(tuple(_int(rng.randint(-5, 9)) for _ in range(columns)) for _ in range(2))
    )


def ratio(rng: Random) -> ex.Expression:
    return ex.Ratio(tuple(rng.sample(range(1, 12), rng.choice((2, 2, 3)))))


def marked(rng: Random) -> ex.Expression:
    return ex.Marked(whole(rng, 2, 95), rng.choice(("\\%", "^\\circ")))


def joined(rng: Random) -> ex.Expression:
    sign = rng.choice(("\\cup", "\\cap", "\\to", "\\parallel", "\\perp", "\\setminus"))
    if sign in ("\\parallel", "\\perp"):
        a, b = rng.sample(("AB", "CD", "EF", "PQ"), 2)
    elif sign == "\\to":
        a, b = rng.sample("pqr", 2)
    else:
        a, b = rng.sample("ABC", 2)
    return ex.Joined(sign, ex.Name(a), ex.Name(b))


def words(rng: Random) -> ex.Expression:
    return ex.Words(
        rng.choice(("yes", "no", "red", "blue", "undefined", "isosceles", "even", "odd", "Monday"))
    )


VALUE_FAMILIES: dict[str, Family] = {
    "fraction": fraction,
    "repeating": repeating,
    "surd": surd,
    "constant": with_constant,
    "polynomial": polynomial,
    "quotient": quotient_of_names,
    "function": with_function,
    "large": large,
}
FAMILIES: dict[str, Family] = {
    **VALUE_FAMILIES,
    "equation": equation,
    "curve": curve,
    "inequality": inequality,
    "point": point,
    "interval": interval,
    "union": union,
    "set": set_of,
    "where": where,
    "system": system,
    "based": based,
    "congruence": congruence,
    "sequence": sequence,
    "figure": figure,
    "plus minus": plus_minus,
    "matrix": matrix,
    "ratio": ratio,
    "marked": marked,
    "joined": joined,
    "words": words,
}
