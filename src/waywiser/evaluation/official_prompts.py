"""Questions asked in the form that the benchmark's own scoring reads, in our words: `evaluate
--prompts official`.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from waywiser.evaluation.benchmarks import BenchmarkItem

_HINT = re.compile(r"\AHint: Please answer[^\n]*\n")
"""MathVista's own hints ask for an answer "at the end", for its judge to find."""
_JSON = """Reply with a JSON object alone, which has two keys: "solution", your steps, and "short answer", the answer in
short. {form}
For example: {{"solution": "...", "short answer": "..."}}"""
_SHORT_FORMS = {
    "float": "The short answer is a number with three decimals.",
    "multiple choice": "The short answer is the option's letter, such as A.",
}


def to_official_form(item: BenchmarkItem) -> BenchmarkItem:
    """The item with the instruction that its benchmark's own scoring relies on; the item itself
    where it has none.
    """
    if item.benchmark not in _FORMS:
        return item
    question = _HINT.sub("", item.prompt)
    return replace(item, prompt=f"{question}\n{_FORMS[item.benchmark](item)}")


def _wemath(_: BenchmarkItem) -> str:
    return (
        "Think first, then end with one line of this form, with the letter of your option: Answer:"
        " <letter>"
    )


def _dynamath(item: BenchmarkItem) -> str:
    return _JSON.format(
        form=_SHORT_FORMS.get(item.question_type, "Numbers in it have three decimals.")
    )


def _mathvista(item: BenchmarkItem) -> str:
    """The authors' judge shortens what a model says; a model that is asked for nothing else needs
    none.
    """
    kind = item.question_type.rpartition("/")[2]
    if item.options:
        return (
            "Reply with the text of the right option alone, exactly as it stands above, without its"
            " letter."
        )
    if kind == "integer":
        return "Reply with the whole number alone, such as 3."
    if kind == "float":
        digits = int(item.precision or 1)
        return (
            f"Reply with the number alone, rounded to {digits}"
            f" {'decimal' if digits == 1 else 'decimals'}."
        )

    return "Reply with the list alone, such as [1, 2, 3]."


def _mathvision(item: BenchmarkItem) -> str:
    what = "the letter of the right option alone" if item.options else "the final answer"
    return f"Solve it step by step and put {what} in \\boxed{{}}."


_FORMS: dict[str, Callable[[BenchmarkItem], str]] = {
    "mathvista": _mathvista,
    "mathvision": _mathvision,
    "dynamath": _dynamath,
    "wemath": _wemath,
}
"""VSI-Bench and CV-Bench are asked as their authors ask in any case; MathVerse and LogicVista are
read by a judge.
"""
