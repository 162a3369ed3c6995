"""A position in the tokens of a formula: looking ahead, taking and expecting them."""

from waywiser.answers.signs import Token, UnreadableError

MAX_DEPTH = 60
"""Formulas nested more deeply than this are refused."""


class TokenCursor:
    """Walks through the tokens of a formula from left to right.

    `depth` counts open levels of nesting; `bars` is positive inside bars or braces, so that a bar
    or a colon there closes or divides them.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.bars = 0

    def enter(self) -> None:
        """Go one level deeper; raises UnreadableError if that is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError("nested too deeply")

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
        r"""The adjacent letters at this position, or the content of `\text`; nothing is taken."""
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
