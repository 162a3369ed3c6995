"""Expressions: read whole, of the kind that is asked, and equal exactly; generous in form only."""

import random
from fractions import Fraction

import pytest

from waywiser.answers import Verifier, VerifierConfig, grade
from waywiser.answers.expression import equal_expressions, stated_unit
from waywiser.answers.formula import read_formula
from waywiser.answers.latex import to_latex
from waywiser.answers.signs import UnreadableError

RIGHT = [
    (r"19, 46, \text{ and } 82", r"19, 46, 82"),
    (r"F_n = \sum_{k=0}^{n-1} F_k F_{n-k-1}", r"F_n=\sum_{k=0}^{n-1}F_kF_{n-k-1}"),
    (r"2x+4y-3=0", r"y = -1/2*x + 3/4"),
    (r"\tan^2(y)+1", r"\sec^2(y)"),
    (
        r"(\begin{pmatrix}-\frac{7}{4}&-2\\4&\frac{1}{4}\\\end{pmatrix})",
        r"\begin{pmatrix}-\frac{7}{4}&-2\\ 4&0.25\end{pmatrix}",
    ),
    (r"\frac{1}{3\sqrt[3]{x}^2}", r"\frac{1}{3x^{2/3}}"),
    (r"34x+45y-20z+100=0", r"-34x-45y+20z-100=0"),
    (r"\frac{1}{\sqrt{n}}", r"\sqrt{1/n}"),
    (r"e^{16}-1", r"-1 + exp(16)"),
    (r"\dfrac{\pi}{2}", r"pi/2"),
    (r"14 - i", r"14.0 + -1.0i"),
    (r"11,\! 111,\! 111,\! 100", r"11111111100"),
    (r"7*sin(pi*x/5)+1", r"7\sin(\frac{\pi}{5}x)+1"),
    (r"3\cos(2\sqrt{35}t)", r"3*cos(sqrt(980/7)*t)"),
    (r"5-5c", r"5 - 5c"),
    (r"{1,3} \cup {2,4}", r"{1,3} \cup {2,4}"),
    (r"\text{13}", r"13"),
    (r"9", r"S_{\triangle ABC}=9"),
    (r"9", r"\triangle ABC=9"),
    (r"2\pi r", r"2πr"),
    (r"\frac{1}{2}", r"\left(\frac{1}{2}\right)"),
    (r"\frac{1}{2}", r"\frac 12"),
    (r"\frac{1}{2}", r"{1 \over 2}"),
    (r"\sqrt{2}", r"2^{1/2}"),
    (r"\sqrt{2}", r"2^{0.5}"),
    (r"3", r"\$3"),
    (r"9500", r"\$9{,}500"),
    (r"9,500", r"9500"),
    (r"x \in [2,5)", r"[2,5)"),
    (r"x > 1 \text{ or } x < 0", r"x<0 or x>1"),
    (r"\{1,2,3\}", r"\{3,2,1\}"),
    (r"\{1,2,3\}", r"1,2,3"),
    (r"1,2,3", r"\{1,2,3\}"),
    (r"(x,y)=(1,2)", r"x=1, y=2"),
    (r"(x,y)=(1,2)", r"(1,2)"),
    (r"x=1,y=2", r"(1,2)"),
    (r"-\frac{1}{2}", r"\frac{-1}{2}"),
    (r"-\frac{1}{2}", r"-0.5"),
    (r"0.5", r"\frac{1}{2}"),
    (r"50\%", r"50"),
    (r"50\%", r"50\%"),
    (r"5 cm", r"5"),
    (r"5", r"5"),
    (r"\text{undefined}", r"undefined"),
    (r"\text{No solution}", r"no solution"),
    (r"\text{blue}", r"Blue"),
    (r"A", r"A"),
    (r"\vec{AB}", r"\overrightarrow{AB}"),
    (r"\vec{a}+\vec{b}", r"\vec{b}+\vec{a}"),
    (r"\frac{dy}{dx}=2x", r"\frac{dy}{dx}=2x"),
    (r"p \to q", r"p \rightarrow q"),
    (r"A \cap B", r"B \cap A"),
    (r"\log_2 3", r"\frac{\ln 3}{\ln 2}"),
    (r"x \ge 3", r"x \geqslant 3"),
    (r"x \ge 3", r"3 \le x"),
    (r"3", r"= 3"),
    (r"3", r"3 = 3"),
    (r"3", r"x = 3"),
    (r"6", r"1+2+3 = 6"),
    (r"6", r"1+2+3"),
    (r"6", r"2\cdot3=6=5+1"),
    (r"\frac13", r"0.\dot{3}"),
    (r"0.\overline{9}", r"1"),
    (r"100", r"1e2"),
    (r"1.5\times 10^{8}", r"150000000"),
    (r"1.5\times 10^{8}", r"1.5e8"),
    (r"2^{10}", r"1024"),
    (r"x=2", r"2=x"),
    (r"x=2", r"2"),
    (r"\pm 3", r"\pm 3"),
    (r"x = \pm 3", r"x = 3, -3"),
    (r"(1,2),(3,4)", r"(3,4),(1,2)"),
    (r"(1,2), (3,4)", r"(1,2) and (3,4)"),
    (r"a=1,b=2", r"a=1 \text{ and } b=2"),
    (
        r"\begin{cases}x+1,&x>0\\-x,&x\le 0\end{cases}",
        r"\begin{cases}-x & x\le0\\x+1 & x>0\end{cases}",
    ),
    (r"i", r"\sqrt{-1}"),
    (r"\frac{x^2-1}{x-1}", r"x+1"),
    (r"2 + 3i", r"3i + 2"),
    (r"5", r"5."),
    (r"5", r"5.0"),
    (r"\sin^{-1} x", r"\arcsin x"),
    (r"\sin(x)^2", r"\sin^2 x"),
    (r"x^{-1}", r"1/x"),
    (r"ab", r"ba"),
    (r"2ab", r"2ba"),
    (r"a^{bc}", r"a^{cb}"),
    (r"30^\circ", r"30"),
    (r"\sin 30^\circ", r"\frac{1}{2}"),
    (r"30^\circ, 60^\circ", r"60°, 30°"),
    (r"45^\circ", r"45 degrees"),
    (r"x^2 \text{ cm}", r"x^2"),
    (r"90^\circ", r"90"),
    (r"\$9{,}500", r"9500"),
    (r"\sin(2x)", r"2\sin x\cos x"),
    (r"(-1)^n", r"\cos(n\pi)"),
    (r"n!", r"n(n-1)!"),
    (r"\sqrt{2}\sqrt{3}", r"\sqrt6"),
    (r"\sqrt[3]{-8}", r"-2"),
    (r"\binom{n}{2}", r"n(n-1)/2"),
    (r"\frac{2}{3}", r"0.666666"),
    (r"x \equiv 1 \pmod{5}", r"x ≡ 1 (mod 5)"),
    (r"(0,1)\cup(2,3)", r"(2,3)\cup(0,1)"),
    (r"\angle ABC", r"∠CBA"),
    (r"\overline{AB}", r"\overline{BA}"),
    (r"1, 2, \ldots, n", r"1,2,...,n"),
    (r"e^{i\pi}", r"-1"),
    (r"1-\frac{1}{\mathrm{e}}", r"1-e^{-1}"),
    (r"0.\overline{12}", r"4/33"),
    (r"\emptyset", r"\{\}"),
    (r"1 < x \le 3", r"3 \ge x > 1"),
    (r"x=\pm 2", r"x=2 or x=-2"),
    (r"\begin{cases}x=1\\y=2\end{cases}", r"x=1,y=2"),
    (r"3000", r"3000!/2999!"),
    (r"1 1/4", r"5/4"),
    (r"293", r"m+n = 256+37 = 293"),
    (r"(2,-1)", r"(x,y) = (2,-1)"),
    (r"(2,-1)", r"P(2,-1)"),
    (r"12", r"12 \text{ square units}"),
    (r"\frac{-b\pm\sqrt{b^2-4ac}}{2a}", r"\frac{-b \pm \sqrt{-4ac+b^2}}{2a}"),
    (r"3", r"\frac{\log 8}{\log 2}"),
]
WRONG = [
    (r"12:00", r"1:00"),
    (r"1:2:3:\ldots", r"1:4:9:\ldots"),
    (r"19, 46, \text{ and } 82", r"21, 36, and 82"),
    (r"F_n = \sum_{k=0}^{n-1} F_k F_{n-k-1}", r"F_n = \sum_{k=0}^{n-2} F_k F_{n-k-2}"),
    (r"f(x) = 0", r"\forall x>0, f(x) = 0"),
    (r"O(\log \log n)", r"Theta(log log n)"),
    (r"52_8", r"528"),
    (r"x_1^2", r"x^2_2"),
    (r"4", r"4\sqrt(2)"),
    (r"0", r"x!"),
    (r"17^x", r"0"),
    (r"(3,\frac{\pi}{2})", r"(3, \frac{2\pi}{3})"),
    (r"S=9", r"S_{\triangle ABC}=9"),
    (r"\sqrt{2}", r"1.414"),
    (r"70", r"70^\circ"),
    (r"[2,5)", r"2 \le x < 5"),
    (r"2 \le x < 5", r"[2,5)"),
    (r"x\in(1,2)", r"x \in (1, 3)"),
    (r"x > 1 \text{ or } x < 0", r"x<0 and x>1"),
    (r"(-\infty,0)\cup(1,\infty)", r"x<0 or x>1"),
    (r"\{1,2\}", r"(1,2)"),
    (r"(1,2)", r"x=1, y=2"),
    (r"x=1,y=2", r"(2,1)"),
    (r"10^{12}", r"999999 \cdot 1000001"),
    (r"0.5", r"50\%"),
    (r"5", r"5 cm"),
    (r"5", r"5 \text{ cm}"),
    (r"\text{No solution}", r"no solutions"),
    (r"A", r"B"),
    (r"ABC", r"ACB"),
    (r"\vec{a}-\vec{b}", r"\vec{b}-\vec{a}"),
    (r"x^2+C", r"x^2+c"),
    (r"\ln|x|+C", r"\ln x + C"),
    (r"2", r"\text{two}"),
    (r"\frac{dy}{dx}=2x", r"y'=2x"),
    (r"f(g(x))", r"g(f(x))"),
    (r"\overline{z}", r"z"),
    (r"|z|", r"z"),
    (r"n!", r"n"),
    (r"\lceil x\rceil", r"\lfloor x\rfloor"),
    (r"\log_2 3", r"\log_3 2"),
    (r"\log 100", r"2"),
    (r"3", r"\approx 3"),
    (r"x", r"x=3"),
    (r"2x", r"2x = 4"),
    (r"6", r"2+3=6"),
    (r"\frac{1}{3}", r"0.33333\ldots"),
    (r"1", r"0.999999"),
    (r"1", r"0.9999999999"),
    (r"x=2", r"y=2"),
    (r"\pm 3", r"3"),
    (r"x=3", r"x=\pm 3"),
    (r"1,2", r"1,2,2"),
    (r"1,1,2", r"1,2"),
    (r"(1,2),(3,4)", r"(1,2), (4,3)"),
    (r"a=1,b=2", r"a=1 or b=2"),
    (
        r"\begin{cases}x+1,&x>0\\-x,&x\le 0\end{cases}",
        r"\begin{cases}x+1,&x>1\\-x,&x\le 0\end{cases}",
    ),
    (r"x+1", r"x+1, x\ne 1"),
    (r"12", r"1 2"),
    (r"\sin^{-1} x", r"\frac{1}{\sin x}"),
    (r"-x^2", r"(-x)^2"),
    (r"6:4", r"3:2"),
    (r"3:2", r"3/2"),
    (r"30^\circ", r"\frac{\pi}{6}"),
    (r"30^\circ, 60^\circ", r"30, 60"),
    (r"2^{100}", r"2^{100}+1"),
    (r"\frac{1}{2004!}", r"\frac{1}{2006!}"),
    (r"0", r"10^{-400}"),
    (r"0", r"e^{-1000}"),
    (r"e^{-800}", r"e^{-900}"),
    (r"\pi", r"\pi+10^{-300}"),
    (r"\frac{1}{3}", r"\frac{3^{1008}-1}{3^{1009}}"),
    (r"2", r"2.0000001"),
    (r"101_2", r"101_3"),
    (r"101_2", r"101"),
    (r"0.\overline{3}", r"0"),
    (r"0.\overline{12}", r"0.\overline{21}"),
    (r"1 - \frac{1}{\mathrm{e}}", r"1 - \frac{2}{\mathrm{e}}"),
    (r"x \equiv 1 \pmod{5}", r"x \equiv 1 \pmod{7}"),
    (r"\angle ABC", r"\angle ACB"),
    (r"\triangle ABC", r"\triangle ACB"),
    (r"\frac{dy}{dx}=2x", r"\frac{dy}{dx}=3x"),
    (r"1, 2, \ldots, n", r"1, 3, 5, \ldots, 2n-1"),
    (r"30^\circ", r"30'"),
    (r"15", r"5!!"),
    (r"720", r"3!!"),
    (r"\overrightarrow{AB}", r"\overrightarrow{BA}"),
    (r"\sqrt{x^2}", r"x"),
    (r"\frac{1}{2x}", r"1/2x"),
    (r"\frac{a}{bc}", r"a/bc"),
    (r"2^{9}", r"2^3^2"),
    (r"0.6", r"0.1(6)"),
    (r"\text{no}", r"on"),
    (r"[0,1)", r"(0,1]"),
    (r"x=2", r"2x=4"),
    (r"1:2", r"2:4"),
    (r"(2,-1)", r"(y,x) = (-1,3)"),
]


def verdict(value: str, text: str, unit: str | None = None):
    answer = {"kind": "expression", "value": value, "unit": unit}
    return grade(f"\\boxed{{{text}}}", answer)


@pytest.mark.parametrize(("value", "text"), RIGHT)
def test_another_form_of_the_answer_is_right(value: str, text: str) -> None:
    assert verdict(value, text).outcome == "right"


@pytest.mark.parametrize(("value", "text"), WRONG)
def test_another_answer_is_wrong(value: str, text: str) -> None:
    graded = verdict(value, text)
    assert graded.score == 0
    assert graded.reason


@pytest.mark.parametrize("value", sorted({value for value, _ in RIGHT + WRONG}))
def test_every_answer_is_right_as_it_stands(value: str) -> None:
    assert verdict(value, value).outcome == "right"


@pytest.mark.parametrize(
    "text",
    [
        "2+",
        "(2",
        "2)",
        r"\frac{1}",
        r"2 \unknown",
        "2 & 3",
        "2^",
        "_3",
        r"\sqrt{2",
        "2 @ 3",
        "3 apples",
        "|2",
        "f(",
        "a^2^3",
    ],
)
def test_what_is_not_understood_whole_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_formula(to_latex(text))
    assert equal_expressions("2", text) is None
    assert grade(f"<answer>{text}</answer>", {"kind": "expression", "value": "2"}).score == 0


@pytest.mark.parametrize(
    "remainder",
    [" x", "!", "^2", "/2", "+1", "-1", r" \cdot 3", "_2", "=1", ", 3", r"\%", "'", " or 1"],
)
def test_a_remainder_is_never_left_out(remainder: str) -> None:
    for value in ("7", r"\frac{5}{3}", r"2\sqrt{3}", "x+7", r"0.\overline{3}"):
        assert verdict(value, value + remainder).score == 0


def test_a_unit_is_right_only_where_the_answer_has_it() -> None:
    assert verdict("70", r"70^\circ").outcome == "wrong_unit"
    assert verdict("70", r"70^\circ", "deg").outcome == "right"
    assert verdict("19", r"19\%").outcome == "wrong_unit"
    assert verdict("19", r"19\%", "%").outcome == "right"
    assert verdict("24", "24 cm^2", "cm^2").outcome == "right"
    assert verdict("24", "24 cm", "cm^2").outcome == "wrong_unit"


def test_the_unit_of_an_answer_can_be_asked_for() -> None:
    assert [
        stated_unit(text) for text in (r"$70^{\circ}$", r"19\%", r"24\text{ cm}^2", "x", "3m+2")
    ] == [
        "°",
        "%",
        "cm^2",
        None,
        None,
    ]


def test_texts_are_compared_without_a_worker() -> None:
    assert equal_expressions(r"$\frac12$", r"\dfrac{1}{2}") is True
    assert equal_expressions("$p+q$", "(p+q)/2") is False
    assert equal_expressions(r"$\frac{9}{2}$", r"\frac{18}{4}=\frac{9}{2}") is True
    assert equal_expressions("$P=Q=R$", "P < Q < R") is False
    assert equal_expressions("the red chair", "a red chair") is None
    assert equal_expressions("3", "9^{9^{9^{9}}}") is None
    assert equal_expressions("x", "x" * 600) is None


HOSTILE = [
    *(
        "9^{9^{9^{9}}}",
        "100000!!",
        r"\binom{10^9}{5\cdot 10^8}",
        r"\sin(10^{4000})",
        r"2^{-2^{14}}+\pi",
    ),
    *(r"\sqrt{10^{4000}+1}-10^{2000}", r"(1+10^{-9})^{10^{9}}", r"\exp(10^{9})"),
    *(r"\lfloor \pi\cdot 10^{1000}\rfloor", "(" * 300, "{" * 200, "1+" * 200 + "1", r"\pm 1" * 60),
    *(
        r"\sqrt{" * 50 + "2" + "}" * 50,
        "|" * 99,
        "-" * 500 + "2",
        "2" + "!" * 400,
        r"\ln " * 120 + "2",
    ),
    *("*2" * 200, "1/" * 200 + "1"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_no_answer(text: str) -> None:
    assert not equal_expressions("2", text)


def test_what_is_too_much_for_this_process_is_decided_by_a_worker() -> None:
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=30))
    answer = {"kind": "expression", "value": "3000"}
    try:
        assert equal_expressions("3000", "3000!/2999!") is None
        assert grade(r"\boxed{3000!/2999!}", answer, verifier=verifier).outcome == "right"
        assert grade(r"\boxed{3001!/2999!}", answer, verifier=verifier).outcome == "wrong"
        assert verifier.pids()
    finally:
        verifier.close()


@pytest.mark.parametrize("seed", range(3))
def test_rational_arithmetic_agrees_with_fractions(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        text, value = _drawn(rng, 3)
        exact = rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        near = value + Fraction(rng.choice((-1, 1)), 10 ** rng.randint(0, 30))
        assert equal_expressions(exact, text) is True, text
        assert equal_expressions(f"{near.numerator}/{near.denominator}", text) is False, text


def _drawn(rng: random.Random, depth: int) -> tuple[str, Fraction]:
    """A formula of plain arithmetic, and its value."""
    if not depth:
        number = rng.randint(1, 99)
        return str(number), Fraction(number)
    (a, x), (b, y) = _drawn(rng, depth - 1), _drawn(rng, depth - 1)
    match rng.randrange(5):
        case 0:
            return f"({a})+({b})", x + y
        case 1:
            return f"{a}-({b})", x - y
        case 2:
            return rf"({a}) \cdot ({b})", x * y
        case 3 if y:
            return rf"\dfrac{{{a}}}{{{b}}}", x / y
    return f"({a})^{2}", x**2
