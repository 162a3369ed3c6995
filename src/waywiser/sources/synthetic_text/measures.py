"""Lengths in several units, and fractions beside decimals: which is the largest?"""

from fractions import Fraction

import numpy as np

from waywiser.sources.synthetic_text.question import (
    TextQuestion,
    capitalize,
    choice_question,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to
from waywiser.tasks.wording import list_in_words

_COLORS = ("red", "blue", "green", "white", "black", "yellow")
_LONG_THINGS = ("rope", "stick", "ribbon", "pole", "pipe", "board")
_LENGTH_QUESTIONS = (
    "Which {item} is the {most}?",
    "Which one is the {most}?",
    "Compare the {item}s: which is the {most}?",
    "Of these, which {item} is the {most}?",
    "Find the {most} {item}.",
)
_VALUE_QUESTIONS = (
    "Which of the numbers {numbers} is the {most}?",
    "Which is the {most}: {numbers}?",
    "Find the {most} of {numbers}.",
    "Of the numbers {numbers}, which is the {most}?",
    "Compare {numbers}. Which number is the {most}?",
)
_DENOMINATORS = (2, 4, 5, 10, 20)


def longest_length(rng: np.random.Generator, level: float) -> TextQuestion:
    """Lengths in m, cm and mm: the longest or the shortest."""
    count = steps_at(level, 3, 4)
    item = sample_one(rng, _LONG_THINGS)
    colors = sample_up_to(rng, _COLORS, count)
    gap_cm = sample_one(rng, (5, 10) if level > 0.5 else (20, 40))
    first = int(rng.integers(8, 30)) * 5
    lengths_cm = sample_up_to(rng, [first + gap_cm * k for k in range(count + 1)], count)
    units = sample_up_to(rng, ("m", "cm", "mm", "m", "mm"), count)
    longest = bool(rng.random() < 0.5)
    most = "longest" if longest else "shortest"

    told: list[str] = []
    work: list[str] = []

    for color, length, unit in zip(colors, lengths_cm, units, strict=True):
        match unit:
            case "m":
                text = f"{length / 100:g} m"
                work.append(f"The {color} one: {length / 100:g} * 100 = {length} cm.")
            case "mm":
                text = f"{length * 10} mm"
                work.append(f"The {color} one: {length * 10} / 10 = {length} cm.")
            case _:
                text = f"{length} cm"
                work.append(f"The {color} one: {length} cm.")

        told.append(f"the {color} {item} is {text} long")

    ordered = sorted(lengths_cm, reverse=longest)
    best, second = ordered[:2]
    answer = colors[lengths_cm.index(best)]
    larger, smaller = max(best, second), min(best, second)
    than = "more" if longest else "less"
    question = sample_one(rng, _LENGTH_QUESTIONS).format(item=item, most=most)

    return choice_question(
        f"{capitalize(list_in_words(told))}. {question}",
        answer,
        sample_up_to(rng, colors, count),
        f"{' '.join(work)} The {most} has {best} cm. Check: {larger} - {smaller} ="
        f" {larger - smaller} {than} than the next. So it is the {answer} one.",
        {"lengths_cm": lengths_cm, "colors": colors, "most": most},
    )


def largest_value(rng: np.random.Generator, level: float) -> TextQuestion:
    """Fractions and decimals: the largest or the smallest."""
    count = steps_at(level, 3, 4)
    min_gap = Fraction(1, 10 if level < 0.5 else 25)
    largest = bool(rng.random() < 0.5)
    most = "largest" if largest else "smallest"
    texts: list[str] = []
    values: list[Fraction] = []

    while len(values) < count:
        if len(values) % 2 == 0:
            denominator = sample_one(rng, _DENOMINATORS)
            numerator = int(rng.integers(1, denominator))
            value, text = Fraction(numerator, denominator), f"{numerator}/{denominator}"
        else:
            value = Fraction(int(rng.integers(5, 96)), 100)
            text = f"{float(value):g}"

        if all(abs(value - other) >= min_gap for other in values):
            values.append(value)
            texts.append(text)

    order = sample_up_to(rng, range(count), count)
    texts, values = [texts[k] for k in order], [values[k] for k in order]
    work = [
        f"{text} = {float(value):g}." if "/" in text else f"The number {text} is a decimal."
        for text, value in zip(texts, values, strict=True)
    ]
    best, second = sorted(values, reverse=largest)[:2]
    larger, smaller = max(best, second), min(best, second)
    answer = texts[values.index(best)]

    return choice_question(
        sample_one(rng, _VALUE_QUESTIONS).format(numbers=list_in_words(texts), most=most),
        answer,
        sample_up_to(rng, texts, count),
        f"{' '.join(work)} The {most} is {float(best):g}, the next is {float(second):g}. Check:"
        f" {float(larger):g} - {float(smaller):g} = {float(larger - smaller):g}. So it is {answer}.",
        {"values": [str(value) for value in values], "texts": texts, "most": most},
    )
