"""MathVerse (arXiv 2403.14624): an extracted answer that equals the truth is right, all else goes
to a judge.
"""

from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score


def score_mathverse_exact(row: OutputRow) -> RowScore:
    """The authors' quick match and lmms-eval's: equal as strings."""
    return _score_match(row, row.output, row.truth)


def score_mathverse_vlmevalkit(row: OutputRow) -> RowScore:
    """Equal after stripping white space."""
    return _score_match(row, row.output.strip(), row.truth.strip())


def _score_match(row: OutputRow, output: str, truth: str) -> RowScore:
    if row.stage == "response":
        return RowScore(0.0, None, note="the answer is extracted by a judge only")
    return binary_score(output == truth, output, "" if output == truth else "left to the judge")
