"""MathVerse (arXiv 2403.14624): an extracted answer that equals the truth is right, all else goes to a judge."""

from waywiser.evaluation.profiles.row import Row, Score, right_if


def score_exact(row: Row) -> Score:
    """The authors' quick match and lmms-eval's: equal as strings."""
    return _match(row, row.output, row.truth)


def score_vlmevalkit(row: Row) -> Score:
    """Equal after stripping white space."""
    return _match(row, row.output.strip(), row.truth.strip())


def _match(row: Row, output: str, truth: str) -> Score:
    if row.stage == "response":
        return Score(0.0, None, note="the answer is extracted by a judge only")
    return right_if(output == truth, output, "" if output == truth else "left to the judge")
