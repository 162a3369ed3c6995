"""How answers and gold completions are written out, for training and for showing."""

from waywiser.prompting import label_of, letters_options, shows_options
from waywiser.sample import Answer, Sample
from waywiser.tasks.wording import format_measure


def format_answer(answer: Answer) -> str:
    """The answer as a model should write it: "3", "2.4 m", "0.35 m", "120 cm", an option's text, or
    several.
    """
    if isinstance(answer.value, list):
        return ", ".join(answer.value)
    if answer.kind != "number" or isinstance(answer.value, str):
        return str(answer.value)

    digits = format_measure(answer.value) if answer.unit == "m" else f"{answer.value:.10g}"
    return f"{digits} {answer.unit}" if answer.unit else digits


def gold_completion(sample: Sample) -> str:
    """`<think>...</think><answer>...</answer>`; the thinking is empty where a sample has no
    reasoning.
    """
    return f"<think>{sample.reasoning or ''}</think><answer>{format_sample_answer(sample)}</answer>"


def format_sample_answer(sample: Sample) -> str:
    """A sample's answer as its question wants it: an option by its letter if the text lists options
    by letter.

    Spatial tasks, whose questions list their options themselves, are answered in the option's
    words.
    """
    answer = sample.answer
    options = sample.options or answer.options or []

    if answer.kind != "choice" or sample.domain == "spatial":
        return format_answer(answer)
    if shows_options(sample.question, options) and not letters_options(sample.question, options):
        return format_answer(answer)

    return label_of(options.index(str(answer.value)))
