"""MathVision (arXiv 2402.14804): the authors' scoring (MATH-V@a1f5cc3), lmms-eval@75571cfe and
VLMEvalKit@e8e78f05.
"""

import re

from waywiser.evaluation.profiles.harness_equality import HarnessEquality, compare_by_harness
from waywiser.evaluation.profiles.latex_value import evaluate_latex
from waywiser.evaluation.profiles.row import OPTION_LETTERS, OutputRow, RowScore, binary_score
from waywiser.evaluation.profiles.vlmevalkit_choice import infer_option

_ANSWER_PHRASES = (
    "the final answer is",
    "the answer is",
    "the correct answer is",
    "the answer should be",
)
_WHOLE_BOX = re.compile(r"oxed{(.*)}", re.DOTALL)
_DROPPED = (
    "\\text",
    "\\mbox",
    "\\left",
    "\\right",
    "^{\\circ}",
    "^\\circ",
    "{m}^3",
    "m^3",
    "{units}",
    "units",
    "{km}",
)


def score_mathvision_official(row: OutputRow) -> RowScore:
    """The last box, else what follows "the answer is"; right as the letter, as the option, or at
    two decimals.
    """
    answer = _clean_latex(_stated_part(row.output.strip()))
    for letter in "abcde":
        answer = answer.replace(f"({letter})", letter)

    for letter in "abcde":
        answer = answer.replace(f"{{{letter}}}", letter)

    answer = answer.rstrip(".").lstrip(":").strip()

    index = OPTION_LETTERS.find(row.truth) if len(row.truth) == 1 else -1
    option = row.options[index] if 0 <= index < len(row.options) else ""
    right = any(_equal_at_two_decimals(truth, answer) for truth in (row.truth, option))

    return binary_score(right, answer or None)


score_mathvision_lmms_eval = score_mathvision_official
"""The harness keeps a copy of the authors' functions."""


def score_mathvision_vlmevalkit(row: OutputRow) -> RowScore:
    """A choice by `infer_option`, anything else by values; both read the whole output. A judge does
    the rest.

    There is no rule for boxes; the LaTeX library of the harness reads the boxes of a free answer by
    itself.
    """
    text = row.output

    if not row.options:
        verdict = _equal_by_value(text, row.truth)
        return binary_score(verdict.equal, text or None, verdict.note)
    if row.stage == "response":
        text = infer_option(text, row.options) or ""

    letter = infer_option(text, row.options)
    return binary_score(letter is not None and letter.lower() == row.truth.lower().strip(), letter)


def _equal_by_value(text: str, truth: str) -> HarnessEquality:
    if text.lower().strip() == truth.lower().strip():
        return HarnessEquality(True)
    return compare_by_harness("vlmevalkit", text, truth)


def _stated_part(answer: str) -> str:
    """The part of the output that states the answer."""
    for letter in "ABCDE":
        ends = answer.endswith((f" {letter}.", f" ({letter})."))
        if ends or answer.startswith((f"{letter}\n", f"({letter})\n", f"({letter}) {letter}\n")):
            answer = letter

    last = answer.split("is ")[-1].rstrip(".")
    if _is_number(last):
        answer = last
    if "oxed{" in answer:
        return "\\boxed{" + answer.split("oxed{")[-1] if answer.count("oxed{") > 1 else answer

    for flag in _ANSWER_PHRASES:
        for spelled in (flag, flag.replace("the", "The")):
            stated = spelled in answer
            answer = answer.split(spelled)[-1].strip()

            if stated:
                answer = answer.split("\n")[0].split(". ")[0]

    return answer


def _clean_latex(text: str) -> str:
    """Lower case; the box's content up to an unmatched brace; what follows "=" and "\\approx";
    units away.
    """
    text = text.lower().replace("{}", "")
    if boxes := _WHOLE_BOX.findall(text):
        text = boxes[-1]

    closing = text.find("}")
    opening = text.find("{")
    if closing != -1 and (opening == -1 or closing < opening):
        text = text.split("}")[0]

    text = text.split("=")[-1].split("\\approx")[-1]
    text = (
        text.replace(" ", "")
        .replace("\\,", "")
        .replace("∞", "\\infty")
        .replace("+\\infty", "\\infty")
    )

    text = text.replace("\\\\", "\\").replace("\n", "").replace("bmatrix", "pmatrix")
    for dropped in (*_DROPPED, "km"):
        text = text.replace(dropped, "")

    return _simplify_latex(text)


def _simplify_latex(text: str) -> str:
    text = (
        text.replace("\\!", "")
        .replace("\\\\", "\\")
        .replace("tfrac", "frac")
        .replace("dfrac", "frac")
    )
    for dropped in ("\\left", "\\right", "^{\\circ}", "^\\circ", "\\$", "$", "\\%"):
        text = text.replace(dropped, "")

    text = text.split("\\text{ ")[0].replace("{.", "{0.")
    if text.startswith("."):
        text = "0" + text
    if "sqrt" in text:
        text = _brace_fractions(re.sub(r"\\sqrt(?!{)(.)", r"\\sqrt{\1}", text))
    if text == "0.5":
        return "\\frac{1}{2}"

    halves = text.split("/")
    if len(halves) == 2 and all(re.fullmatch(r"-?(?:0|[1-9]\d*)", half) for half in halves):
        return f"\\frac{{{halves[0]}}}{{{halves[1]}}}"

    return text


def _brace_fractions(text: str) -> str:
    """\\frac12 as \\frac{1}{2}; unchanged where a \\frac has less than two characters after it."""
    first, *parts = text.split("\\frac")
    for part in parts:
        if part.startswith("{"):
            first += "\\frac" + part
        elif len(part) < 2:
            return text
        else:
            below = part[1:] if part[1] == "{" else f"{{{part[1]}}}{part[2:]}"
            first += f"\\frac{{{part[0]}}}{below}"

    return first


def _equal_at_two_decimals(truth: str, answer: str) -> bool:
    truth = truth.lower()
    answer = answer.lower()
    if not truth.replace(" ", "") or not answer.replace(" ", ""):
        return False
    if truth.strip() == answer.strip():
        return True

    truth = _round_tuple(truth)
    answer = _round_tuple(answer)
    if truth == answer:
        return True

    left = evaluate_latex(truth)
    right = evaluate_latex(answer)
    return left is not None and right is not None and round(left, 2) == round(right, 2)


def _round_tuple(text: str) -> str:
    """ "(1/2, 3)" with each part as its value at two decimals; other texts as they are."""
    parts = text[1:-1].split(",")
    if len(parts) < 2 or (text[0], text[-1]) not in (("(", ")"), ("[", "]")):
        return text

    values: list[str] = []

    for part in parts:
        if "infty" in part or part in ("a", "-a"):
            values.append(part)
            continue

        value = evaluate_latex(part)
        if value is None:
            return text

        values.append(str(round(value, 2)))

    return text[0] + ",".join(values) + text[-1]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
