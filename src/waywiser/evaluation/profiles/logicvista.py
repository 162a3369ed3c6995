"""LogicVista (arXiv 2407.04973): letters extracted by a judge, without whom there is no rule."""

from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score


def score_logicvista_by_judge(row: OutputRow) -> RowScore:
    """Sorted capital letters of the judge's reply against the truth's ("B, D" is "BD").

    A reply that is not capitals alone is refused every time, so the one question whose answer is
    "3" cannot be right.
    """
    if row.stage != "judge_output":
        return RowScore(0.0, None, note="scored by a judge only")

    truth = "".join(sorted(part.lower() for part in row.truth.split(", ")))
    if not (row.output.isupper() and row.output.isalpha()):
        return RowScore(0.0, None, note="the judge's reply is not capital letters alone")

    return binary_score("".join(sorted(row.output.lower())) == truth, row.output)
