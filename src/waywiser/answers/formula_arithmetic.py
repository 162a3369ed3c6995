"""Sums, products and powers of a formula: the middle levels of its grammar."""

from abc import ABC, abstractmethod

from waywiser.answers.formula_cursor import TokenCursor
from waywiser.answers.formula_tree import (
    Node,
    is_number,
    is_plain_fraction,
    is_whole,
    joined_product,
    mixed_number,
)
from waywiser.answers.signs import (
    CONJUNCTIONS,
    CONSTANTS,
    FUNCTIONS,
    GREEK,
    NAMED_SYMBOLS,
    STARTERS,
    UnreadableError,
)


class ArithmeticParser(TokenCursor, ABC):
    """Reads sums, products, powers and what binds as closely; a subclass reads values and lists."""

    @abstractmethod
    def listing(self, ends: tuple[str, ...]) -> Node:
        """Statements between commas, up to one of the tokens in `ends`."""

    @abstractmethod
    def value(self) -> Node:
        """A value without postfix signs: a number, a name, a bracket, a command."""

    @abstractmethod
    def symbol(self, name: str) -> Node:
        """The symbol or constant `name`, whose first token is already taken."""

    def sum(self) -> Node:
        self.enter()

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
                node = joined_product(node, self.tight())
                divided = False
            elif sign in ("/", r"\div"):
                self.take()
                below = self.tight()
                divided = not (is_number(node) and is_number(below))
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
        """Two factors side by side: a product, or a sum for a mixed number such as 3 1/4."""
        if self.kind() in ("number", "periodic"):
            if is_whole(node) and self.spaced() and self.kind(1) == "sign" and self.peek(1) == "/":
                top = self.factor()
                self.take()
                return mixed_number(node, Node("quotient", (top, self.factor())))

            raise UnreadableError("two numbers side by side")

        following = self.factor()
        if is_whole(node) and is_plain_fraction(following):
            return mixed_number(node, following)

        return joined_product(node, following)

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
        self.enter()
        node = self.value()
        self.depth -= 1
        return node
