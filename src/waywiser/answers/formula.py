r"""Read a formula whole: LaTeX or plain text becomes a tree, or the text is refused as unread.

Every token has to have its place: there is no partial reading. Where a text can be read in two ways
(`a/bc`, `2^3^2`, "3 4") it is unread as well. The trees say what was written, not what it is worth:
see `values`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from waywiser.answers.signs import (
    ACCENTS,
    CONDITION_WORDS,
    CONJUNCTIONS,
    CONSTANTS,
    DIFFERENTIAL,
    FUNCTIONS,
    GREEK,
    INVERSES,
    MATRICES,
    NAMED_SYMBOLS,
    OPAQUE_FUNCTIONS,
    OPEN,
    RELATIONS,
    SET_SIGNS,
    SPOKEN_LETTERS,
    STARTERS,
    STYLES,
    Token,
    UnreadableError,
    tokenize,
)

_MAX_DEPTH = 60
_MAX_TREE_DEPTH = 80
_MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Node:
    """`head` is what it is ("sum", "symbol", ...), `parts` what it is made of, `value` a name,
    number or sign.
    """

    head: str
    parts: tuple["Node", ...] = ()
    value: Any = None


@lru_cache(maxsize=4096)
def read_formula(text: str) -> Node:
    """The tree of a formula as `to_latex` writes it; raises UnreadError where any part is not
    understood.
    """
    tokens = tokenize(text)
    if not tokens:
        raise UnreadableError("nothing to read")

    parser = _Parser(tokens)
    node = parser.listing(())

    if parser.peek():
        raise UnreadableError(f"'{parser.peek()}' has no place here")

    _check_depth(node)
    return node


class _Parser:
    """Recursive descent, a method for each level of precedence, loosest first."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.bars = 0

    # Tokens

    def peek(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place].kind if place < len(self.tokens) else ""

    def spaced(self) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].spaced

    def take(self) -> str:
        text = self.peek()
        if not text:
            raise UnreadableError("the end comes too early")
        self.place += 1
        return text

    def accept(self, text: str) -> bool:
        if self.peek() != text or not text:
            return False
        self.place += 1
        return True

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise UnreadableError(f"'{text}' is missing")

    def word(self) -> str:
        """The letters that stand here side by side, or the content of \text; nothing is taken."""
        if self.kind() == "word":
            return self.peek()[6:-1].strip()

        letters = ""
        ahead = 0
        while self.kind(ahead) == "letter" and (
            not ahead or not self.tokens[self.place + ahead].spaced
        ):
            letters += self.peek(ahead)
            ahead += 1

        return letters

    def take_word(self) -> str:
        word = self.word()
        self.place += 1 if self.kind() == "word" else len(word)
        return word

    # Statements

    def listing(self, ends: tuple[str, ...]) -> Node:
        """Relations between commas, semicolons, "and" and "or"."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnreadableError("nested too deeply")

        items = [self.relation()]
        joins = set[str]()

        while self.peek() and self.peek() not in ends:
            comma = self.accept(",") or self.accept(";")
            join = self.word().casefold() if self.word().casefold() in CONJUNCTIONS else ""
            if join:
                self.take_word()
                joins.add(join)
            if not (comma or join) or self.peek() in ends:
                break

            items.append(self.relation())

        self.depth -= 1
        return items[0] if len(items) == 1 else Node("list", tuple(items), frozenset(joins))

    def relation(self) -> Node:
        if self.kind() == "word":
            return self.words()

        sides = [self.ratio()]
        signs = []

        while self.peek() in RELATIONS:
            if self.peek() == r"\mid" and self.bars:
                break

            signs.append(RELATIONS[self.take()])
            sides.append(self.ratio())

        node = sides[0] if not signs else Node("relation", tuple(sides), tuple(signs))
        return self.modulus(node)

    def words(self) -> Node:
        """Text alone: "undefined", "no real solution"."""
        said = [self.take_word()]
        while self.kind() in ("word", "letter"):
            said.append(self.take_word())

        if self.peek() not in ("", ",", ";"):
            raise UnreadableError("words beside a formula")

        return Node("word", (), " ".join(" ".join(said).casefold().split()))

    def modulus(self, node: Node) -> Node:
        bracket = self.peek() == "(" and self.peek(1) in (r"\bmod", r"\mod")
        if bracket:
            self.take()
        if self.peek() not in (r"\pmod", r"\mod", r"\bmod"):
            return node

        self.take()
        modulus = self.group() if self.peek() == "{" else self.factor()

        if bracket:
            self.expect(")")

        return Node("modulo", (node, modulus))

    def ratio(self) -> Node:
        parts = [self.sets()]
        while self.peek() == ":" and not self.bars:
            self.take()
            parts.append(self.sets())
        return parts[0] if len(parts) == 1 else Node("ratio", tuple(parts))

    def sets(self) -> Node:
        node = self.sum()
        while self.peek() in SET_SIGNS:
            sign = SET_SIGNS[self.take()]
            node = Node(sign, (node, self.sum()))
        return node

    # Arithmetic

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnreadableError("nested too deeply")

        parts = [self.signed()]
        while self.peek() in ("+", "-", r"\pm", r"\mp"):
            parts.append(self.signed())

        self.depth -= 1
        return parts[0] if len(parts) == 1 else Node("sum", tuple(parts))

    def signed(self) -> Node:
        sign = self.peek() if self.peek() in ("+", "-", r"\pm", r"\mp") else ""
        if not sign:
            return self.product()

        self.take()
        second = self.peek() if self.peek() in ("+", "-") else ""
        if second:
            self.take()

        node = self.product()
        if second == "-":
            node = Node("negative", (node,))
        if sign == "+":
            return node

        return Node("negative", (node,)) if sign == "-" else Node("both", (node,), sign)

    def product(self) -> Node:
        node = self.factor()
        divided = False

        while True:
            sign = self.peek()
            if sign in (r"\cdot", r"\times", "*"):
                self.take()
                node = _times(node, self.tight())
                divided = False
            elif sign in ("/", r"\div"):
                self.take()
                below = self.tight()
                divided = not (_is_number(node) and _is_number(below))
                node = Node("quotient", (node, below))
            elif self.starts_factor():
                if divided:
                    raise UnreadableError(
                        "a slash before a product: which of its factors are below the line?"
                    )

                node = self.adjoined(node)
            else:
                return node

    def tight(self) -> Node:
        """A factor that may have a sign of its own: 2 * -3."""
        if self.accept("-"):
            return Node("negative", (self.factor(),))
        return self.factor()

    def adjoined(self, node: Node) -> Node:
        """Two factors side by side: a product, and a sum for a number before a fraction of numbers."""
        if self.kind() in ("number", "periodic"):
            if _is_whole(node) and self.spaced() and self.kind(1) == "sign" and self.peek(1) == "/":
                top = self.factor()
                self.take()
                return _mixed(node, Node("quotient", (top, self.factor())))

            raise UnreadableError("two numbers side by side")

        following = self.factor()
        if _is_whole(node) and _is_plain_fraction(following):
            return _mixed(node, following)

        return _times(node, following)

    def starts_factor(self) -> bool:
        text = self.peek()
        kind = self.kind()
        if kind in ("number", "periodic"):
            return True
        if kind == "letter":
            return self.word().casefold() not in CONJUNCTIONS
        if text in ("(", "{", "["):
            return not (text == "(" and self.peek(1) in (r"\bmod", r"\mod"))
        if text == "|":
            return self.bars == 0
        if kind == "environment":
            return text.startswith(r"\begin")

        return kind == "command" and (
            text in GREEK
            or text in CONSTANTS
            or text[1:] in FUNCTIONS
            or text in STARTERS
            or text in NAMED_SYMBOLS
        )

    def factor(self) -> Node:
        node = self.base()

        while True:
            text = self.peek()
            if text == "^":
                self.take()
                node = Node("power", (node, self.exponent()))

                if self.peek() == "^":
                    raise UnreadableError("a power of a power without brackets")
            elif text == "!":
                self.take()
                node = Node("factorial", (node,), 2 if self.accept("!") else 1)
            elif text == "°":
                self.take()
                node = Node("degrees", (node,))
            elif text in ("%", r"\%"):
                self.take()
                node = Node("percent", (node,))
            elif text == "_" and node.head == "number":
                node = self.numeral(node)
            else:
                return node

    def exponent(self) -> Node:
        if self.peek() == "{":
            return self.group()
        sign = self.accept("-")
        node = self.symbol(self.take()) if self.kind() == "letter" else self.base()
        return Node("negative", (node,)) if sign else node

    def numeral(self, node: Node) -> Node:
        self.take()
        base = self.group() if self.peek() == "{" else self.base()
        digits = node.value[1]

        if base.head == "word":
            raise UnreadableError("a base in words")
        if base.head != "number" or not digits.isdigit():
            raise UnreadableError("a subscript of a number")

        return Node("numeral", (), (digits.lstrip("0") or "0", base.value[0]))

    def group(self) -> Node:
        """`{...}` as an argument."""
        self.expect("{")
        bars = self.bars
        self.bars = 0
        node = self.listing(("}",))

        if self.accept(r"\over"):
            node = Node("quotient", (node, self.listing(("}",))), "fraction")

        self.bars = bars
        self.expect("}")
        return node

    def argument(self) -> Node:
        """The argument of a command: braces, or one digit or letter."""
        if self.peek() == "{":
            return self.group()
        if self.kind() == "number" and len(self.peek()) > 1:
            raise UnreadableError("an argument without braces")
        return self.base()

    def base(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnreadableError("nested too deeply")
        node = self.value()
        self.depth -= 1
        return node

    def value(self) -> Node:
        kind = self.kind()
        text = self.peek()

        if kind == "number":
            self.take()

            if (
                "." in text
                and self.peek() == "("
                and self.kind(1) == "number"
                and self.peek(2) == ")"
            ):
                raise UnreadableError(
                    "a decimal before digits in brackets: times them, or repeated?"
                )

            return _number(text)

        if kind == "periodic":
            self.take()
            return _periodic(text)
        if kind == "letter":
            return self.letters()
        if kind == "dots" or text in (r"\ldots", r"\dots", r"\cdots", r"\dotsc"):
            self.take()
            return Node("dots")
        if kind == "environment":
            return self.environment()
        if text == "{":
            return self.group()
        if text in ("(", "[", r"\{"):
            return self.bracketed()
        if text in ("|", r"\lvert", r"\vert"):
            return self.absolute()
        if kind == "command":
            return self.command()

        raise UnreadableError(f"'{text or 'the end'}' where a value is expected")

    def bracketed(self) -> Node:
        opening = self.take()
        if opening == r"\{":
            return self.braces()

        bars = self.bars
        self.bars = 0
        node = self.listing((")", "]"))
        self.bars = bars
        closing = self.take()

        if closing not in (")", "]"):
            raise UnreadableError("a bracket is not closed")
        if node.head == "list":
            return Node("tuple", node.parts, opening + closing)
        if opening + closing not in ("()", "[]"):
            raise UnreadableError("brackets that do not match")

        return Node("bracket", (node,))

    def braces(self) -> Node:
        if self.accept(r"\}"):
            return Node("constant", (), "empty")

        bars = self.bars
        self.bars = 1
        node = self.relation()

        if self.peek() in (":", "|", r"\mid"):
            self.take()
            self.bars = 0
            condition = self.listing((r"\}",))
            self.bars = bars
            self.expect(r"\}")

            return Node("builder", (node, condition))

        items = [node]
        while self.accept(",") or self.accept(";"):
            items.append(self.relation())

        self.bars = bars
        self.expect(r"\}")
        return Node("set", tuple(items))

    def absolute(self) -> Node:
        opening = self.take()
        closing = {"|": "|", r"\vert": r"\vert"}.get(opening, r"\rvert")
        bars = self.bars
        self.bars = 1
        node = self.sum()
        self.bars = bars
        self.expect(closing)

        return Node("call", (node,), "abs")

    # Names

    def letters(self) -> Node:
        """A run of letters: a function, a name in capitals (ABC), symbols side by side, or words
        alone.
        """
        run = self.word()
        function = run if run in FUNCTIONS or run == "sqrt" else run[:-1]  # sin, or sinx
        if function in FUNCTIONS or function == "sqrt":
            self.place += len(function)
            return self.function(function)
        if len(run) == 1:
            return self.symbol(self.take())
        if run.isupper():
            self.take_word()
            return Node("name", (), run)

        is_speech = (
            len(run) > 3 or len(run) < len(self.tokens) or SPOKEN_LETTERS & set(run.casefold())
        )
        if (
            is_speech
            and not self.place
            and all(token.kind in ("letter", "word") for token in self.tokens)
        ):
            return self.words()

        if len(run) > 3 or run.casefold() in CONJUNCTIONS:
            raise UnreadableError(f"'{run}' is no part of an expression")

        return self.symbol(self.take())

    def symbol(self, name: str) -> Node:
        if name in CONSTANTS and self.peek() != "_":
            return Node("constant", (), CONSTANTS[name])
        if self.peek() == "_":
            self.take()
            name += "_" + self.subscript()

        primes = 0
        while self.accept("'"):
            primes += 1

        name += "'" * primes
        if (primes or name[0] in OPAQUE_FUNCTIONS) and self.peek() == "(" and not self.spaced():
            argument = self.bracketed()
            return Node("apply", argument.parts, name)

        return Node("symbol", (), name)

    def subscript(self) -> str:
        """The text of a subscript, as part of a name."""
        if self.peek() != "{":
            return self.take()

        depth = 0
        text = ""

        while True:
            token = self.take()
            depth += (token == "{") - (token == "}")

            if token not in ("{", "}"):
                text += token
            if not depth:
                return text

    def command(self) -> Node:
        text = self.take()
        if text in (r"\frac", r"\cfrac", r"\dfrac", r"\tfrac"):
            return self.fraction()
        if text == r"\sqrt":
            return self.root()
        if text[1:] in FUNCTIONS:
            return self.function(text[1:])
        if text in CONSTANTS and self.peek() != "_":
            return Node("constant", (), CONSTANTS[text])
        if text in GREEK:
            return self.symbol(text)
        if text in (r"\binom", r"\tbinom", r"\dbinom"):
            return Node("call", (self.argument(), self.argument()), "binomial")

        if text in (r"\lfloor", r"\lceil"):
            node = self.sum()
            self.expect(OPEN[text])
            return Node("call", (node,), text[2:])

        if text in STYLES:
            return Node("symbol", (), text + self.subscript())
        if text in (r"\neg", r"\lnot"):
            return Node("not", (self.factor(),))
        if text in NAMED_SYMBOLS or text in ACCENTS:
            return self.named(text)

        raise UnreadableError(f"'{text}' is not understood")

    def fraction(self) -> Node:
        start = self.place
        top = self.subscript() if self.peek() == "{" else ""
        below = self.subscript() if top and self.peek() == "{" else ""
        above = DIFFERENTIAL.fullmatch(top)
        under = DIFFERENTIAL.fullmatch(below)

        if above and under and (above.group(2) or under.group(2)):
            if not above.group(2):
                raise UnreadableError("a derivative that is left to take")

            return Node("symbol", (), f"{top}/{below}")

        self.place = start
        return Node("quotient", (self.argument(), self.argument()), "fraction")

    def root(self) -> Node:
        index = Node("number", (), (Fraction(2), "2"))

        if self.accept("["):
            index = self.sum()
            self.expect("]")
        if self.peek() == "(":
            return Node("root", (self.factor(), index))

        return Node("root", (self.argument(), index))

    def function(self, name: str) -> Node:
        if name == "sqrt":
            if self.peek() not in ("(", "{"):
                raise UnreadableError("a root of what?")

            return Node("root", (self.base(), Node("number", (), (Fraction(2), "2"))))

        power: Node | None = None
        base: Node | None = None

        while self.peek() in ("^", "_"):
            if self.take() == "^":
                power = self.exponent()
            else:
                base = self.group() if self.peek() == "{" else self.base()

        if power is not None and _is_minus_one(power):
            if name not in INVERSES:
                raise UnreadableError("a function to the power of -1")

            name = INVERSES[name]
            power = None

        arguments = self.arguments()

        if base is not None:
            if name != "log":
                raise UnreadableError(f"a subscript of {name}")

            arguments = (*arguments, base)

        node = Node("call", arguments, name)
        return node if power is None else Node("power", (node, power))

    def arguments(self) -> tuple[Node, ...]:
        """What a function is applied to: brackets, else the factors that follow up to a sign or a
        function.
        """
        if self.peek() == "(":
            inner = self.bracketed()
            return inner.parts if inner.head == "tuple" else (inner,)
        if self.accept("-"):
            return (Node("negative", (self.factor(),)),)

        node = self.factor()

        while (
            self.starts_factor()
            and self.peek()[1:] not in FUNCTIONS
            and self.word() not in FUNCTIONS
        ):
            node = self.adjoined(node)

        if self.peek() in ("/", r"\div"):
            raise UnreadableError("a slash behind a function without brackets")

        return (node,)

    def named(self, command: str) -> Node:
        """What is named by its points, in order: an angle, a segment; or a symbol with an accent."""
        if self.peek() == "{":
            letters = self.subscript()
        elif command in (
            r"\angle",
            r"\triangle",
            r"\measuredangle",
            r"\square",
            r"\odot",
            r"\parallelogram",
        ):
            letters = self.take_word() if self.kind() == "letter" else self.take()
            if not letters[0].isalpha() and letters not in GREEK and not letters.isdigit():
                raise UnreadableError(f"{command} of what?")
        else:
            letters = self.take()

        while self.accept("'"):
            letters += "'"

        if not re.fullmatch(r"(?:[A-Za-z]'*_?\d*)+|\\[a-z]+|\d+", letters):
            raise UnreadableError(f"{command} of '{letters}'")

        return Node("named", (), (NAMED_SYMBOLS.get(command) or command, letters))

    def cell(self, ends: tuple[str, ...]) -> Node:
        """A cell of a matrix or a case, whose condition may begin with "if"."""
        if self.word().casefold() in CONDITION_WORDS:
            self.take_word()
        if self.word().casefold() == "otherwise":
            return Node("word", (), self.take_word().casefold())
        return self.listing(ends)

    def environment(self) -> Node:
        name = self.take()[7:-1].rstrip("*")
        if name not in MATRICES:
            raise UnreadableError(f"an environment '{name}'")
        if name == "array" and self.peek() == "{":
            self.subscript()

        rows: list[Node] = []
        cells: list[Node] = []

        while True:
            cells.append(self.cell(("&", r"\\", r"\end{" + name + "}")))
            sign = self.take()
            if sign == "&":
                continue

            rows.append(Node("row", tuple(cells)))
            cells = []

            if sign == r"\\":
                if self.kind() == "environment" and self.peek().startswith(r"\end"):
                    sign = self.take()
                else:
                    continue

            if sign.startswith(r"\end") and sign[5:-1].rstrip("*") == name:
                break

            raise UnreadableError(f"'{sign}' in a matrix")

        kind = {"cases": "cases", "aligned": "cases", "vmatrix": "determinant"}.get(name, "matrix")
        return Node(kind, tuple(rows))


def _check_depth(node: Node) -> None:
    """Refuse a tree that is too deep for those who walk it."""
    level = [node]
    depth = 0

    while level:
        depth += 1
        if depth > _MAX_TREE_DEPTH:
            raise UnreadableError("nested too deeply")
        level = [part for inner in level for part in inner.parts]


def _times(node: Node, factor: Node) -> Node:
    factors = node.parts if node.head == "product" else (node,)
    return Node("product", (*factors, factor))


def _number(text: str) -> Node:
    if len(text) > _MAX_DIGITS:
        raise UnreadableError("a number of too many digits")
    return Node(
        "number", (), (Fraction(text.rstrip(".") if text.endswith(".") else text), text.rstrip("."))
    )


def _periodic(text: str) -> Node:
    r"""0.1\overline{6} and 0.(3), exactly."""
    digits = re.findall(r"\d+", text.partition(".")[2])
    whole = text.partition(".")[0] or "0"
    period = digits[-1]
    fixed = digits[0] if len(digits) > 1 else ""

    if len(text) > _MAX_DIGITS:
        raise UnreadableError("a number of too many digits")

    repeated = Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(fixed))
    return Node("number", (), (Fraction(f"{whole}.{fixed}0") + repeated, ""))


def _mixed(whole: Node, fraction: Node) -> Node:
    return Node("bracket", (Node("sum", (whole, fraction)),))


def _is_number(node: Node) -> bool:
    return node.head == "number" or (node.head == "negative" and _is_number(node.parts[0]))


def _is_whole(node: Node) -> bool:
    return node.head == "number" and node.value[1].isdigit()


def _is_plain_fraction(node: Node) -> bool:
    return (
        node.head == "quotient"
        and node.value == "fraction"
        and all(_is_whole(part) for part in node.parts)
    )


def _is_minus_one(node: Node) -> bool:
    return (
        node.head == "negative" and node.parts[0].head == "number" and node.parts[0].value[0] == 1
    )
