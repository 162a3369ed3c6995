"""Conclusions from rules: yes, no, or unknown, each a third of the time."""

from itertools import pairwise

import numpy as np

from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    capitalize,
    choice_question,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to

_ANSWERS = ("yes", "no", "unknown")
_STATES = (
    ("the lamp", "on"),
    ("the door", "open"),
    ("the window", "closed"),
    ("the kettle", "hot"),
    ("the floor", "wet"),
    ("the gate", "locked"),
    ("the cat", "awake"),
    ("the radio", "loud"),
    ("the stove", "warm"),
    ("the fan", "still"),
)
_STATE_QUESTIONS = (
    "Is {subject} {state}?",
    "What follows: is {subject} {state}?",
    "From this alone, is {subject} {state}?",
    "By these rules, is {subject} {state}?",
    "Can you tell: is {subject} {state}?",
)
_CLASSES = ("blip", "zorp", "tam", "fim", "dax", "wug", "lorp", "neb", "quip", "sork")
_CLASS_QUESTIONS = (
    "Is {name} a {asked}?",
    "What follows: is {name} a {asked}?",
    "From this alone, is {name} a {asked}?",
    "By these rules, is {name} a {asked}?",
    "Can you tell: is {name} a {asked}?",
)


def if_then_rules(rng: np.random.Generator, level: float) -> TextQuestion:
    """Two chains of rules, of which one has a true beginning; the end of one is asked about."""
    length = steps_at(level, 1, 3)
    states = sample_up_to(rng, _STATES, 2 * length + 2)
    known, open_ = states[: length + 1], states[length + 1 :]
    answer = sample_one(rng, _ANSWERS)
    asked_chain = open_ if answer == "unknown" else known
    negated = {answer == "unknown": bool(rng.random() < 0.5), answer != "unknown": answer == "no"}
    rules: list[list[str]] = []
    told: list[str] = []

    for chain in (known, open_):
        is_negated = negated[chain is known]
        for k, (cause, effect) in enumerate(pairwise(chain)):
            says_not = is_negated and k == length - 1
            told.append(f"If {_state_text(cause)}, then {_state_text(effect, says_not)}.")
            rules.append([cause[0], effect[0], "not" if says_not else ""])

    subject, state = asked_chain[-1]
    question = sample_one(rng, _STATE_QUESTIONS).format(subject=subject, state=state)
    fact = f"{capitalize(_state_text(known[0]))}."

    if answer == "unknown":
        links = [f"The rule for {subject} needs that {_state_text(open_[-2])}."]
        links += [
            f"That needs that {_state_text(cause)}." for cause in reversed(open_[: length - 1])
        ]
        work = (
            f"{' '.join(links)} Nothing says so. Check: the only fact is that"
            f" {_state_text(known[0])}. So the answer is unknown."
        )
    else:
        links = [
            f"So {_state_text(effect, answer == 'no' and k == length - 1)}."
            for k, effect in enumerate(known[1:])
        ]
        work = (
            f"It is given that {_state_text(known[0])}. {' '.join(links)} Check: each rule begins"
            f" where the one before ends. So the answer is"
            f" {answer}."
        )

    return choice_question(
        f"{' '.join(sample_up_to(rng, told, len(told)))} {fact} {question}",
        answer,
        sample_up_to(rng, _ANSWERS, 3),
        work,
        {"fact": known[0][0], "rules": rules, "asked": subject},
    )


def class_chain(rng: np.random.Generator, level: float) -> TextQuestion:
    """Made-up classes inside each other: what is a member, what is not, what is open?"""
    length = steps_at(level, 1, 3)
    classes: list[str] = sample_up_to(rng, _CLASSES, length + 3)
    chain, excluded, inner = classes[: length + 1], classes[-2], classes[-1]
    name = sample_one(rng, NAMES)
    answer = sample_one(rng, _ANSWERS)
    barred = sample_one(rng, chain[1:])
    outer = sample_one(rng, chain)
    told = [f"Every {a} is a {b}." for a, b in pairwise(chain)]
    told += [f"No {barred} is a {excluded}.", f"Every {inner} is a {outer}."]
    asked = {"yes": sample_one(rng, chain[1:]), "no": excluded, "unknown": inner}[answer]
    last = {"yes": asked, "no": barred, "unknown": outer}[answer]
    steps = chain[: chain.index(last) + 1]
    links = [f"Every {a} is a {b}, so {name} is a {b}." for a, b in pairwise(steps)]
    known = " ".join([f"{name} is a {chain[0]}.", *links])
    ending = {
        "yes": f"Check: the rules go from {chain[0]} to {asked}. So the answer is yes.",
        "no": f"No {barred} is a {asked}, so {name} is not. Check: {name} is a {barred}. So the"
        " answer is no.",
        "unknown": f"Every {inner} is a {outer}, but not every {outer} need be a {inner}. Check: no"
        f" rule leads to {inner}. So the answer is unknown.",
    }[answer]

    return choice_question(
        f"{' '.join(sample_up_to(rng, told, len(told)))} {name} is a {chain[0]}."
        f" {sample_one(rng, _CLASS_QUESTIONS).format(name=name, asked=asked)}",
        answer,
        sample_up_to(rng, _ANSWERS, 3),
        f"{known} {ending}",
        {"member": chain[0], "asked": asked},
    )


def _state_text(state: tuple[str, str], is_negated: bool = False) -> str:
    return f"{state[0]} is {'not ' if is_negated else ''}{state[1]}"
