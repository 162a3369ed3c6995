"""Letters and commands of a formula: symbols, functions, roots, fractions and named things."""

import re
from abc import abstractmethod
from fractions import Fraction

from waywiser.answers.formula_arithmetic import ArithmeticParser
from waywiser.answers.formula_tree import Node, is_minus_one
from waywiser.answers.signs import (
    ACCENTS,
    CONJUNCTIONS,
    CONSTANTS,
    DIFFERENTIAL,
    FUNCTIONS,
    GREEK,
    INVERSES,
    NAMED_SYMBOLS,
    OPAQUE_FUNCTIONS,
    OPEN,
    SPOKEN_LETTERS,
    STYLES,
    UnreadableError,
)


class NameParser(ArithmeticParser):
    """Reads whatever begins with a letter or a backslash; a subclass reads brackets and words."""

    @abstractmethod
    def bracketed(self) -> Node:
        """A bracket, tuple, interval or set."""

    @abstractmethod
    def words(self) -> Node:
        """Text alone."""

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

        if power is not None and is_minus_one(power):
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
        """An angle, a segment or the like, named by its points in order; or an accented symbol."""
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
