r"""The words of LaTeX as latex2sympy2 1.9.1 cuts them: the longest known word wins, without a look
at what follows.

So `\cdots` is `\cdot` and the letter s, and "rows" is one word, which no number can be multiplied
with.
"""

import re
from enum import Enum

TokenKind = Enum("Kind", "NUMBER PERCENT NAME VALUE ACCENT WORD UNKNOWN END")
"""What a token is. NAME: an unknown's letter or symbol; VALUE: e or pi; WORD: an operator, bracket
or command.
"""


def _split_words(text: str) -> list[str]:
    return text.split()


_NAMES = _split_words(
    r"\alpha \beta \Gamma \gamma \Delta \delta \epsilon \varepsilon \zeta \eta \Theta \theta"
    r" \vartheta \iota \kappa "
    r"\Lambda \lambda \mu \nu \Xi \xi \omicron \Pi \varpi \rho \varrho \Sigma \sigma \varsigma \tau"
    r" \Upsilon \upsilon "
    r"\Phi \phi \varphi \chi \Psi \psi \Omega \omega \Bbbk \wp \nabla \bigstar \angle \nexists"
    r" \diagdown "
    r"\measuredangle \eth \emptyset \diagup \sphericalangle \clubsuit \varnothing \Diamond"
    r" \complement \diamondsuit "
    r"\imath \Finv \triangledown \heartsuit \jmath \Game \triangle \spadesuit \ell \hbar"
    r" \vartriangle \hslash "
    r"\blacklozenge \lozenge \blacksquare \mho \blacktriangle \sharp \prime \Im \flat \square"
    r" \backprime \Re \natural "
    r"\surd \circledS"
)
_VALUES = [r"\pi", "e", r"\exponentialE"]
_ACCENTS = _split_words(
    r"\acute \bar \overline \breve \check \widecheck \dot \ddot \grave \hat \tilde \widetilde \vec"
    r" \overrightarrow \bm "
    r"\boldsymbol \text \textit \mathbb \mathbin \mathbf \mathcal \mathclap \mathclose"
    r" \mathellipsis \mathfrak "
    r"\mathinner \mathnormal \mathop \mathopen \mathord \mathpunct \mathrel \mathring \mathrlap"
    r" \mathrm \mathscr "
    r"\mathsf \mathsterling \mathtt"
)
_WORDS = _split_words(
    r"+ - * / ( ) { } [ ] | _ ^ : ; , . & ! ' = == < > != !== <-> <=> \over \{ \} \lgroup \rgroup"
    r" \lbrace \rbrace "
    r"\lbrack \rbrack \lvert \rvert \vert \| \lfloor \rfloor \llcorner \lrcorner \lceil \rceil"
    r" \ulcorner \urcorner "
    r"\left \right \mleft \mright \lim \to \rightarrow \Rightarrow \longrightarrow \Longrightarrow"
    r" \int \sum \prod "
    r"\log \ln \exp \sin \cos \tan \csc \sec \cot \arcsin \arccos \arctan \arccsc \arcsec \arccot"
    r" \sinh \cosh \tanh "
    r"\arsinh \arcosh \artanh \arcsinh \arccosh \arctanh \sqrt \gcd \lcm \floor \ceil \max \min"
    r" \det \times \cdot "
    r"\div \frac \binom \tbinom \dbinom \choose \mod \mathit \operatorname \begin \end \\"
    r" \xrightarrow \xRightarrow "
    r"\leftrightarrow \Leftrightarrow \in \equiv \leq \le \leqslant \geq \ge \geqslant \ne \neq"
    r" \not\equiv \infty "
    r"\partial \variable ^T ^{T} ^{\top} "
    "arsinh arcsinh arcosh arccosh artanh arctanh gcd lcm floor ceil eye zeros ones cols rows diag"
    " norm rank trace tr "
    "rref hstack vstack orth ortho orthogonal orthogonalize nullspace eig eigen diagonalize"
    " eigenvals eigenvalues "
    "eigenvects eigenvectors svd SVD matrix pmatrix bmatrix vmatrix"
)
_KINDS = {
    **dict.fromkeys(_NAMES, TokenKind.NAME),
    **dict.fromkeys(_VALUES, TokenKind.VALUE),
    **dict.fromkeys(_ACCENTS, TokenKind.ACCENT),
    **dict.fromkeys(_WORDS, TokenKind.WORD),
}
_NUMBER = r"(?:[0-9]*(?:,[0-9]{3})*\.[0-9]+|[0-9]+(?:,[0-9]{3})*)"
_SKIPPED = re.compile(r"(?:[ \t\r\n]|\\\$)+")
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})(?P<percent>\\%)?"
    rf"|(?P<known>{'|'.join(re.escape(word) for word in sorted(_KINDS, key=len, reverse=True))})"
    r"|(?P<differential>d[ \t\r\n]*(?:[a-zA-Z]|\\[a-zA-Z]+))"
    r"|(?P<letter>[a-zA-Z])"
)

LatexToken = tuple[TokenKind, str]


class LatexTokens:
    """A text's tokens, cut as they are asked for: what follows the last one that was looked
    at is never read.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.next = self._next_token()

    def take(self) -> LatexToken:
        """Return the next token and move past it."""
        token = self.next
        self.next = self._next_token()
        return token

    def _next_token(self) -> LatexToken:
        whitespace = _SKIPPED.match(self._text, self._position)
        if whitespace:
            self._position = whitespace.end()
        if self._position >= len(self._text):
            return TokenKind.END, ""

        found = _TOKEN.match(self._text, self._position)
        if not found:
            return TokenKind.UNKNOWN, self._text[self._position]

        self._position = found.end()

        if found["number"]:
            return (TokenKind.PERCENT if found["percent"] else TokenKind.NUMBER), found[
                "number"
            ].replace(",", "")

        return _KINDS.get(found.group(), TokenKind.NAME), found.group()
