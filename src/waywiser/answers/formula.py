r"""Read a formula whole: LaTeX or plain text becomes a tree, or the text is refused as unread.

Every token has to have its place: there is no partial reading. Where a text can be read in two ways
(`a/bc`, `2^3^2`, "3 4") it is unread as well. The trees say what was written, not what it is worth:
see `values`.
"""

from functools import lru_cache

from waywiser.answers.formula_names import NameParser
from waywiser.answers.formula_tree import Node, check_depth, number_node, periodic_node
from waywiser.answers.signs import (
    CONDITION_WORDS,
    CONJUNCTIONS,
    MATRICES,
    RELATIONS,
    SET_SIGNS,
    UnreadableError,
    tokenize,
)


@lru_cache(maxsize=4096)
def read_formula(text: str) -> Node:
    """The tree of a formula as `to_latex` writes it.

    Raises:
        UnreadableError: A part of the text is not understood.
    """
    tokens = tokenize(text)
    if not tokens:
        raise UnreadableError("nothing to read")

    parser = _Parser(tokens)
    node = parser.listing(())

    if parser.peek():
        raise UnreadableError(f"'{parser.peek()}' has no place here")

    check_depth(node)
    return node


class _Parser(NameParser):
    """Recursive descent, a method for each level of precedence, loosest first."""

    # Statements

    def listing(self, ends: tuple[str, ...]) -> Node:
        """Relations between commas, semicolons, "and" and "or"."""
        self.enter()

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

    # Values and brackets

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

            return number_node(text)

        if kind == "periodic":
            self.take()
            return periodic_node(text)
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

    # Matrices and cases

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
