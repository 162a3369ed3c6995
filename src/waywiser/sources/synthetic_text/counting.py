"""Counting under a condition: things of a color and kind, letters of a word."""

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to
from waywiser.tasks.wording import list_in_words

_COLORS = ("red", "blue", "green", "white")
_KINDS = ("cup", "ball", "hat", "box")
_BAGS = (
    "{name} has {things}.",
    "On a table are {things}.",
    "In a bag are {things}.",
    "{name} sees {things}.",
    "A shelf holds {things}.",
)
_COUNT_QUESTIONS = (
    "How many of them are {what}?",
    "How many things are {what}?",
    "Count the things that are {what}.",
    "What is the number of things that are {what}?",
    "Of these, how many are {what}?",
)
_LETTER_QUESTIONS = (
    'How many times does the letter "{letter}" occur in the word "{word}"?',
    'How often does the word "{word}" have the letter "{letter}"?',
    'Count the letter "{letter}" in "{word}".',
    'The word is "{word}". How many of its letters are "{letter}"?',
    'In the word "{word}", how many times do you see the letter "{letter}"?',
)
_LETTERS = "abcdefgiklmnoprstu"
_VOWELS = "aeiou"


def condition_count(rng: np.random.Generator, level: float) -> TextQuestion:
    """Things with a color and a kind: how many are red, are not hats, are neither?"""
    count = steps_at(level, 4, 8)
    conditions = ("color", "kind") if level < 0.34 else ("not color", "but not", "neither")
    condition = sample_one(rng, conditions)
    color = sample_one(rng, _COLORS)
    kind = sample_one(rng, _KINDS)
    what = {
        "color": color,
        "kind": _plural(kind),
        "not color": f"not {color}",
        "but not": f"{color} but not {_plural(kind)}",
        "neither": f"neither {color} nor {_plural(kind)}",
    }[condition]

    def fits(item: tuple[str, str]) -> bool:
        return {
            "color": item[0] == color,
            "kind": item[1] == kind,
            "not color": item[0] != color,
            "but not": item[0] == color and item[1] != kind,
            "neither": item[0] != color and item[1] != kind,
        }[condition]

    every = [(c, k) for c in _COLORS for k in _KINDS]
    right = [item for item in every if fits(item)]
    wrong = [item for item in every if not fits(item)]
    low = max(0, count - len(wrong))
    num_right = int(rng.integers(low, min(len(right), count) + 1))
    things = sample_up_to(
        rng,
        sample_up_to(rng, right, num_right) + sample_up_to(rng, wrong, count - num_right),
        count,
    )

    texts = [f"a {c} {k}" for c, k in things]
    found = [f"the {c} {k}" for c, k in things if fits((c, k))]
    others = [f"the {c} {k}" for c, k in things if not fits((c, k))]
    named = f"These are {what}: {list_in_words(found)}." if found else f"None of them is {what}."
    rest = f"The others: {list_in_words(others)}." if others else "There are no others."
    bag = sample_one(rng, _BAGS).format(name=sample_one(rng, NAMES), things=list_in_words(texts))

    return TextQuestion(
        f"{bag} {sample_one(rng, _COUNT_QUESTIONS).format(what=what)}",
        Answer(kind="integer", value=num_right),
        f"{named} {rest} Check: {num_right} + {count - num_right} = {count} things. So the number is"
        f" {num_right}.",
        {"things": [list(t) for t in things], "condition": condition, "color": color, "kind": kind},
    )


def letter_count(rng: np.random.Generator, level: float) -> TextQuestion:
    """How often a letter occurs in a made-up word."""
    length = steps_at(level, 5, 9)
    letter = sample_one(rng, _LETTERS)
    num_right = int(rng.integers(0, min(5, length // 2 + 1)))
    places = set(sample_up_to(rng, range(length), num_right))
    vowels = [c for c in _VOWELS if c != letter]
    consonants = [c for c in _LETTERS if c != letter and c not in _VOWELS]
    word = "".join(
        letter if k in places else sample_one(rng, consonants if k % 2 == 0 else vowels)
        for k in range(length)
    )

    found = [str(k + 1) for k, c in enumerate(word) if c == letter]
    where = (
        f"the letter {letter} is at place{'s' if num_right > 1 else ''} {list_in_words(found)}."
        if found
        else f"there is no letter {letter}."
    )

    return TextQuestion(
        sample_one(rng, _LETTER_QUESTIONS).format(letter=letter, word=word),
        Answer(kind="integer", value=num_right),
        f"The letters are {', '.join(word)}. Here {where} Check: {num_right} +"
        f" {length - num_right} = {length} letters in all. So the number is {num_right}.",
        {"word": word, "letter": letter},
    )


def _plural(kind: str) -> str:
    return "boxes" if kind == "box" else f"{kind}s"
