"""LogicVista (arXiv 2407.04973): letters that a judge extracted; there is no rule without a judge."""

from waywiser.evaluation.profiles.row import Row, Score, right_if


def score_by_judge(row: Row) -> Score:
    """Sorted capital letters of the judge's reply against the truth's ("B, D" is "BD").

    A reply that is not capitals alone is refused every time, so the one question whose answer is "3" cannot be right.
    """
    if row.stage != "judge_output":
        return Score(0.0, None, note="scored by a judge only")
    truth = "".join(sorted(part.lower() for part in row.truth.split(", ")))
    if not (row.output.isupper() and row.output.isalpha()):
        return Score(0.0, None, note="the judge's reply is not capital letters alone")
    return right_if("".join(sorted(row.output.lower())) == truth, row.output)
