"""We-Math (arXiv 2407.01284), the authors' reading (We-Math@a57a0e8)."""

from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score

_DROPPED_CHARACTERS = str.maketrans(dict.fromkeys("<>:.", ""))


def score_wemath_official(row: OutputRow) -> RowScore:
    """The first character after the last "Answer", where it is one of A to H."""
    text = row.output.split("Answer")[-1].strip().translate(_DROPPED_CHARACTERS).strip()
    letter = text[0] if text and text[0] in "ABCDEFGH" else None
    return binary_score(letter == row.truth.strip(), letter)
