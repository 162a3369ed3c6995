"""Several steps of arithmetic with small numbers: stories, prices, riddles and patterns."""

from itertools import pairwise

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    capitalize,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to
from waywiser.tasks.wording import list_in_words

_THINGS = ("shells", "coins", "stamps", "pens", "cards", "beads", "stones", "marbles")
_GAINS = ("finds {n} more", "buys {n} more", "gets {n} more from {friend}", "is given {n} more")
_LOSSES = ("loses {n}", "gives {n} to {friend}", "sells {n}", "leaves {n} at home")
_TOTAL_QUESTIONS = (
    "How many {things} does {name} have now?",
    "How many {things} does {name} have in the end?",
    "After all of this, how many {things} does {name} have?",
    "What is the number of {things} that {name} has now?",
    "With how many {things} does {name} end up?",
    "How many {things} are with {name} at the end?",
)
_GOODS = ("pen", "cup", "book", "ball", "hat", "card", "lamp", "bell")
_COST_QUESTIONS = (
    "How many coins does {name} pay?",
    "How many coins does this cost in all?",
    "What is the total price in coins?",
    "How many coins does {name} need?",
    "What does {name} pay in all, in coins?",
)
_CHANGE_QUESTIONS = (
    "How many coins does {name} get back?",
    "How many coins are left?",
    "How many coins does {name} still have?",
    "What is the change in coins?",
    "How many coins does {name} have after that?",
)
_RIDDLE_OPENINGS = (
    "I think of a number.",
    "{name} thinks of a number.",
    "Take a secret number.",
    "There is a hidden number.",
    "A number is written on a card.",
)
_RIDDLE_QUESTIONS = (
    "What is the number?",
    "What was the number at the start?",
    "Which number was it at first?",
    "Find the first number.",
    "With which number did it begin?",
)
_PATTERN_RULES = (("constant",), ("alternating", "multiples"), ("growing", "doubling"))
"""Rules from easy to hard."""
_PATTERN_QUESTIONS = (
    "What number comes next: {row}?",
    "Which number continues the row {row}?",
    "The numbers {row} follow a rule. What is the next number?",
    "A row of numbers begins with {row}. What comes after that?",
    "Find the next number of {row}.",
    "In the pattern {row}, what is the number after {last}?",
)


def running_total(rng: np.random.Generator, level: float) -> TextQuestion:
    """Things are found and given away; how many are there in the end?"""
    name, friend = sample_up_to(rng, NAMES, 2)
    things = sample_one(rng, _THINGS)
    start = int(rng.integers(3, 16))
    total = start
    sentences = [f"{name} has {start} {things}."]
    work: list[str] = []
    changes: list[int] = []

    for _ in range(steps_at(level, 2, 5)):
        gains = total < 3 or rng.random() < 0.5
        amount = int(rng.integers(2, 13) if gains else rng.integers(1, total))
        wording = sample_one(rng, _GAINS if gains else _LOSSES)
        sentences.append(f"Then {name} {wording.format(n=amount, friend=friend)}.")
        before, total = total, total + amount if gains else total - amount
        work.append(f"{before} {'+' if gains else '-'} {amount} = {total}.")
        changes.append(amount if gains else -amount)

    back = f"{total} {'-' if changes[-1] > 0 else '+'} {abs(changes[-1])} = {total - changes[-1]}"
    question = sample_one(rng, _TOTAL_QUESTIONS).format(name=name, things=things)

    return TextQuestion(
        f"{' '.join(sentences)} {question}",
        Answer(kind="integer", value=total),
        f"{name} starts with {start}. {' '.join(work)} Check: going back, {back}. So {name} has"
        f" {total} {things}.",
        {"start": start, "changes": changes},
    )


def shopping_coins(rng: np.random.Generator, level: float) -> TextQuestion:
    """A few things at their prices: the sum, or the change."""
    name = sample_one(rng, NAMES)
    goods = sample_up_to(rng, _GOODS, steps_at(level, 2, 3))
    prices = [int(v) for v in rng.integers(2, 10, len(goods))]
    counts = [int(v) for v in rng.integers(2, 6, len(goods))]
    costs = [price * count for price, count in zip(prices, counts, strict=True)]
    total = sum(costs)
    gives_change = bool(rng.random() < 0.5)
    paid = total + int(rng.integers(2, 25)) if gives_change else None

    price_list = list_in_words(
        [f"a {g} costs {p} coins" for g, p in zip(goods, prices, strict=True)]
    )
    bought = list_in_words([f"{count} {g}s" for g, count in zip(goods, counts, strict=True)])
    with_coins = f" and pays with {paid} coins" if gives_change else ""
    question = sample_one(rng, _CHANGE_QUESTIONS if gives_change else _COST_QUESTIONS).format(
        name=name
    )

    work = [
        f"The {g}s cost {count} * {price} = {cost}."
        for g, price, count, cost in zip(goods, prices, counts, costs, strict=True)
    ]
    work.append(f"Together {' + '.join(map(str, costs))} = {total}.")

    if paid is not None:
        change = paid - total
        work.append(f"Then {paid} - {total} = {change}. Check: {total} + {change} = {paid}.")
        work.append(f"So {change} coins are left.")
    else:
        backward = " + ".join(map(str, costs[::-1]))
        work.append(f"Check: {backward} = {total}. So the price is {total} coins.")

    return TextQuestion(
        f"{capitalize(price_list)}. {name} buys {bought}{with_coins}. {question}",
        Answer(kind="integer", value=total if paid is None else paid - total),
        " ".join(work),
        {"prices": prices, "counts": counts, "paid": paid},
    )


def number_riddle(rng: np.random.Generator, level: float) -> TextQuestion:
    """Operations on an unknown number and their result: go backward."""
    value = number = int(rng.integers(1, 16))
    operations: list[tuple[str, int]] = []
    values = [value]

    for _ in range(steps_at(level, 2, 4)):
        signs = ["+", "-"] if value > 4 else ["+"]
        if value <= 20 and all(sign != "*" for sign, _ in operations[-1:]):
            signs.append("*")

        sign = sample_one(rng, signs)
        amount = int(rng.integers(2, {"+": 11, "-": min(11, value), "*": 5}[sign]))
        value = {"+": value + amount, "-": value - amount, "*": value * amount}[sign]
        operations.append((sign, amount))
        values.append(value)

    words = {"+": "Add {n}.", "-": "Take away {n}.", "*": "Multiply by {n}."}
    told = " ".join(words[sign].format(n=amount) for sign, amount in operations)
    inverse = {"+": "-", "-": "+", "*": "/"}
    backward = [
        f"{values[k + 1]} {inverse[sign]} {amount} = {values[k]}."
        for k, (sign, amount) in reversed(list(enumerate(operations)))
    ]
    forward = [
        f"{values[k]} {sign} {amount} = {values[k + 1]}"
        for k, (sign, amount) in enumerate(operations)
    ]
    opening = sample_one(rng, _RIDDLE_OPENINGS).format(name=sample_one(rng, NAMES))

    return TextQuestion(
        f"{opening} {told} The result is {value}. {sample_one(rng, _RIDDLE_QUESTIONS)}",
        Answer(kind="integer", value=number),
        f"Go backward from {value}. {' '.join(backward)} Check: {', '.join(forward)}. So the"
        f" number is {number}.",
        {"operations": [[sign, amount] for sign, amount in operations], "result": value},
    )


def next_number(rng: np.random.Generator, level: float) -> TextQuestion:
    """Rows with a constant, an alternating, a growing or a doubled step, and multiples."""
    rule = sample_one(rng, _PATTERN_RULES[steps_at(level, 0, 2)])
    start = int(rng.integers(1, 30))
    step = int(rng.integers(2, 10))

    match rule:
        case "constant":
            sign = 1 if rng.random() < 0.5 else -1
            start += 4 * step if sign < 0 else 0
            steps = [sign * step] * 4
        case "alternating":
            other = int(rng.integers(1, step))
            steps = [step, -other, step, -other]
        case "growing":
            steps = [step + k for k in range(4)]
        case "doubling":
            steps = [(step - 1) * 2**k for k in range(4)]
        case _:
            start = int(rng.integers(1, 10))
            factor = int(rng.integers(2, 4))
            steps = [start * (factor - 1) * factor**k for k in range(4)]

    row = [start + sum(steps[:k]) for k in range(5)]
    *shown, answer = row

    if rule == "multiples":
        factor = row[1] // row[0]
        found = [f"{b} / {a} = {factor}." for a, b in pairwise(shown)]
        rest = f"Each is {factor} times the one before. {shown[-1]} * {factor} = {answer}."
        check = f"{answer} / {factor} = {shown[-1]}"
    else:
        found = [f"{b} - {a} = {b - a}." for a, b in pairwise(shown)]
        reason = {
            "constant": "The step is always",
            "alternating": "Two steps alternate, the next is",
            "growing": "Each step is 1 more, the next is",
            "doubling": "Each step is twice the last, the next is",
        }[rule]
        sign, back = ("+", "-") if steps[3] > 0 else ("-", "+")
        amount = abs(steps[3])
        rest = f"{reason} {steps[3]}. {shown[-1]} {sign} {amount} = {answer}."
        check = f"{answer} {back} {amount} = {shown[-1]}"

    shown_text = ", ".join(map(str, shown))
    return TextQuestion(
        sample_one(rng, _PATTERN_QUESTIONS).format(row=shown_text, last=shown[-1]),
        Answer(kind="integer", value=answer),
        f"{' '.join(found)} {rest} Check: {check}. So the next number is {answer}.",
        {"row": shown, "rule": rule},
    )
