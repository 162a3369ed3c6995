"""We-Math (arXiv 2407.01284), the authors' reading (We-Math@a57a0e8)."""

from waywiser.evaluation.profiles.row import Row, Score, right_if

_DROPPED = str.maketrans(dict.fromkeys("<>:.", ""))


def score_official(row: Row) -> Score:
    """The first character after the last "Answer", where it is one of A to H."""
    text = row.output.split("Answer")[-1].strip().translate(_DROPPED).strip()
    letter = text[0] if text and text[0] in "ABCDEFGH" else None
    return right_if(letter == row.truth.strip(), letter)
