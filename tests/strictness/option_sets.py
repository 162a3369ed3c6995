"""Questions with several right options: right sets by form, wrong sets by mutation."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from strictness.options import LETTERS, draw_phrases
from strictness.structures import Picked


@dataclass(frozen=True)
class SetQuestion:
    options: tuple[str, ...]
    truth: frozenset[int]


def draw_set_question(rng: Random) -> SetQuestion:
    options = draw_phrases(rng, rng.randint(4, 6))
    size = rng.randint(2, len(options) - 1)
    return SetQuestion(options, frozenset(rng.sample(range(len(options)), size)))


_JOINTS = {
    "A, C": ", ",
    "A,C": ",",
    "A and C": " and ",
    "A; C": "; ",
    "A & C": " & ",
    "A C lines": "\n",
    "A, and C": ", and ",
}
_LETTER_FORMS = {"A": "{}", "(A)": "({})", "a": "{}", "**A**": "**{}**", "Option A": "Option {}"}
_AROUND = {
    "bare": "{}",
    "[...]": "[{}]",
    "{...}": "{{{}}}",
    "(...)": "({})",
    "Options": "Options {}",
    "The answers are": "The answers are {}",
    "The correct options are": "The correct options are {}.",
    "Answer:": "Answer: {}",
    "both": "both {}",
    "full stop": "{}.",
}


def written(rng: Random, question: SetQuestion, picked: list[int]) -> tuple[str, str]:
    """(form, text) of the options picked, in the order of the list."""
    if len(picked) == 1:
        return "one", LETTERS[picked[0]]

    joint = rng.choice(tuple(_JOINTS))
    if rng.random() < 0.3:
        texts = [question.options[n] for n in picked]
        return f"words: {joint}", _JOINTS[joint].join(texts)
    if rng.random() < 0.15:
        texts = [f"{LETTERS[n]}. {question.options[n]}" for n in picked]
        joint = rng.choice(("A, C", "A; C", "A C lines"))
        return f"letters with words: {joint}", _JOINTS[joint].join(texts)

    form = rng.choice(tuple(_LETTER_FORMS))
    names = [LETTERS[n].lower() if form == "a" else LETTERS[n] for n in picked]
    text = _JOINTS[joint].join(_LETTER_FORMS[form].format(name) for name in names)
    around = rng.choice(tuple(_AROUND)) if form in ("A", "(A)") and "\n" not in text else "bare"
    if around in ("{...}", "[...]") and (form != "A" or joint not in ("A, C", "A,C")):
        around = "bare"
    if around == "both" and (len(picked) != 2 or " and " not in text or ", and " in text):
        around = "bare"
    return f"letters: {form} {joint}, {around}", _AROUND[around].format(text)


def paraphrase(rng: Random, question: SetQuestion) -> tuple[str, str]:
    """The true set, in any order."""
    picked = list(question.truth)
    rng.shuffle(picked)
    return written(rng, question, picked)


Mutated = tuple[str, Picked]
Mutation = Callable[[Random, SetQuestion], "Mutated | None"]


def _wrong_set(rng: Random, question: SetQuestion, picked: set[int]) -> Mutated | None:
    if not picked:
        return None
    order = list(picked)
    rng.shuffle(order)
    return written(rng, question, order)[1], Picked(letters=tuple(order))


def _outside(question: SetQuestion) -> list[int]:
    return [n for n in range(len(question.options)) if n not in question.truth]


def one_less(rng: Random, question: SetQuestion) -> Mutated | None:
    return _wrong_set(rng, question, set(question.truth) - {rng.choice(sorted(question.truth))})


def one_more(rng: Random, question: SetQuestion) -> Mutated | None:
    return _wrong_set(rng, question, set(question.truth) | {rng.choice(_outside(question))})


def one_exchanged(rng: Random, question: SetQuestion) -> Mutated | None:
    kept = set(question.truth) - {rng.choice(sorted(question.truth))}
    return _wrong_set(rng, question, kept | {rng.choice(_outside(question))})


def the_others(rng: Random, question: SetQuestion) -> Mutated | None:
    return _wrong_set(rng, question, set(_outside(question)))


def not_offered(rng: Random, question: SetQuestion) -> Mutated:
    letters = [LETTERS[n] for n in question.truth] + [rng.choice("IJKLM")]
    return rng.choice((", ", " and ", "; ")).join(letters), Picked(changed=True)


_SAID = (
    "not {}",
    "all except {}",
    "neither {}",
    "anything but {}",
    "maybe {}",
    "{}?",
    "perhaps {}",
    "{} are wrong",
    "{} are incorrect",
    "none of {}",
    "{} and one more",
    "{} or none of them",
    "only one of {}",
    "every option but {}",
    "{}, or all of them",
    "possibly {}",
    "at least {}",
    "It is not {}",
)


def said_of(rng: Random, question: SetQuestion) -> Mutated:
    """Words that take the set back, doubt it or add to it."""
    letters = ", ".join(LETTERS[n] for n in sorted(question.truth))
    return rng.choice(_SAID).format(letters), Picked(changed=True)


def either(rng: Random, question: SetQuestion) -> Mutated:
    """The true options as alternatives."""
    letters = [LETTERS[n] for n in sorted(question.truth)]
    words = rng.choice(("{}", "either {}"))
    return words.format(" or ".join(letters)), Picked(changed=True)


def but_not(rng: Random, question: SetQuestion) -> Mutated:
    """All true letters, one of them refused."""
    letters = [LETTERS[n] for n in sorted(question.truth)]
    refused = letters.pop(rng.randrange(len(letters)))
    words = rng.choice(
        ("{}, but not {}", "{}, not {}", "{} without {}", "{} and maybe {}", "{}, possibly {}")
    )
    return words.format(", ".join(letters), refused), Picked(changed=True)


MUTATIONS_OF_SETS: dict[str, Mutation] = {
    "one less": one_less,
    "one more": one_more,
    "one exchanged": one_exchanged,
    "the others": the_others,
    "letter not offered": not_offered,
    "denial or doubt": said_of,
    "either": either,
    "but not": but_not,
}
