"""Why an answer that was read is wrong."""

from waywiser.answers.gold import GoldAnswer


def describe_wrong(value: object, gold: GoldAnswer) -> str:
    """That it is not the answer; for a number also the answer, how far off it is, and how far off
    it may be.
    """
    if gold.kind != "number" or not isinstance(value, int | float):
        return "not the answer"

    truth = f"{gold.truth:g} {gold.unit or ''}".strip()
    if not gold.truth:
        return f"not the answer: {value:g} is not {truth}"

    off = 100 * abs(value - gold.truth) / abs(gold.truth)
    allowed = f"at most {100 * gold.tolerance:.3g} % is right"
    return f"not the answer: {value:g} is {off:.3g} % off {truth}, and {allowed}"
