"""Solvers of text questions that read nothing but the question, each by another way than the
generator's.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import permutations

OPERATIONS: dict[str, Callable[[Fraction, int], Fraction]] = {
    "Add": lambda value, n: value + n,
    "Take away": lambda value, n: value - n,
    "Multiply by": lambda value, n: value * n,
}
UNITS_MM = {"mm": 1, "cm": 10, "m": 1000}
AXES = {"north": 1j, "east": 1, "south": -1j, "west": -1}
TURNS = {"left": 1j, "right": -1j, "around": -1}
BY_ANGLE = (
    "east",
    "north-east",
    "north",
    "north-west",
    "west",
    "south-west",
    "south",
    "south-east",
)
MORE = ("taller", "older", "faster", "stronger")
MOST = ("tallest", "oldest", "fastest", "strongest")


def running_total(text: str) -> str:
    total = int(re.findall(r"has (\d+)", text)[0])
    for verb, n in re.findall(
        r"Then \w+ (finds|buys|gets|is given|loses|gives|sells|leaves) (\d+)", text
    ):
        total += int(n) if verb in ("finds", "buys", "gets", "is given") else -int(n)
    return str(total)


def shopping_coins(text: str) -> str:
    prices = {good: int(n) for good, n in re.findall(r"a (\w+) costs (\d+) coins", text.lower())}
    bought = text.split(" buys ")[1]
    total = sum(
        prices[good] * int(n) for n, good in re.findall(r"(\d+) (\w+)s\b", bought) if good in prices
    )
    paid = re.findall(r"pays with (\d+)", text)
    return str(int(paid[0]) - total if paid else total)


def number_riddle(text: str) -> str:
    operations = re.findall(r"(Add|Take away|Multiply by) (\d+)\.", text)
    result = int(re.findall(r"The result is (\d+)", text)[0])
    found = []
    for number in range(-100, 200):
        value = Fraction(number)
        for name, n in operations:
            value = OPERATIONS[name](value, int(n))
        found += [number] if value == result else []
    (number,) = found
    return str(number)


def next_number(text: str) -> str:
    a, b, c, d = (int(n) for n in re.findall(r"\d+", text)[:4])
    first, second, third = b - a, c - b, d - c
    rules = {
        d + 2 * third - second if third - second == second - first else None,
        d * d // c if a * c == b * b and b * d == c * c else None,
        d + second if first == third else None,
        d + 2 * third if second == 2 * first and third == 2 * second else None,
    } - {None}
    (answer,) = rules  # exactly one rule fits
    return str(answer)


def longest_length(text: str) -> str:
    lengths = {
        color: Fraction(n) * UNITS_MM[unit]
        for color, n, unit in re.findall(r"the (\w+) \w+ is ([\d.]+) (m|cm|mm) long", text.lower())
    }
    return (max if "longest" in text else min)(lengths, key=lambda color: lengths[color])


def largest_value(text: str) -> str:
    numbers = re.findall(r"'([\d./]+)'", text)
    return (max if "largest" in text else min)(numbers, key=Fraction)


def weekday_shift(text: str) -> str:
    day = re.findall(r"\w+day\b", text.replace("Today", "").replace("today", ""))[0]
    days = int(re.findall(r"(\d+) days", text)[0])
    date = datetime(2024, 1, 1)
    while f"{date:%A}" != day:
        date += timedelta(days=1)
    sign = -1 if re.search(r"\bago\b|\bbefore\b|\bearlier\b", text) else 1
    return f"{date + timedelta(days=sign * days):%A}"


def time_of_end(text: str) -> str:
    end = clocks(text)[0] + timedelta(
        minutes=sum(int(n) for n in re.findall(r"(\d+) minutes", text))
    )
    return f"{end.hour}:{end:%M}"


def minutes_between(text: str) -> str:
    start, end = clocks(text)
    return str(int((end - start).total_seconds() // 60))


def clocks(text: str) -> list[datetime]:
    return [datetime.strptime(t, "%H:%M") for t in re.findall(r"\d+:\d\d", text)]


def walk_points(text: str) -> tuple[list[complex], complex]:
    """Where each leg of a walk ends, and which way one faces at last."""
    heading: complex = AXES[re.findall(r"faces (\w+)\.", text)[0]]
    points = [0j]
    for steps, turn in re.findall(r"walks (\d+) step|turns (left|right|around)", text):
        heading *= TURNS[turn] if turn else 1
        points += [points[-1] + int(steps) * heading] if steps else []
    return points, heading


def grid_walk(text: str) -> str:
    points, heading = walk_points(text)
    asked = re.split(r"walks[^.]*\. ", text)[1]
    if "(x, y)" in asked:
        return f"({points[-1].real:.0f}, {points[-1].imag:.0f})"
    if "(0, 0)" in asked:
        return str(int(abs(points[-1].real) + abs(points[-1].imag)))
    return next(name for name, axis in AXES.items() if axis == heading)


def place_direction(text: str) -> str:
    told = re.findall(r"The (\w+) is (\d+) blocks? (\w+) of the (\w+)\.", text)
    asked = [part for part in re.split(r"(?<=[.?]) ", text) if not re.search(r"\d|'", part)]
    question = " ".join(asked)
    (start,) = re.findall(r"(?:[Ff]rom|at|side of) the (\w+)", question)
    (end,) = set(re.findall(r"the (\w+)", question)) & {p for t in told for p in (t[0], t[3])} - {
        start
    }
    at: dict[str, complex] = {start: 0}
    while end not in at:
        for b, n, heading, a in told:
            if a in at:
                at.setdefault(b, at[a] + int(n) * AXES[heading])
            elif b in at:
                at[a] = at[b] - int(n) * AXES[heading]
    eighths = math.atan2(at[end].imag, at[end].real) / math.pi * 4
    assert eighths == round(eighths)  # exactly in one of the eight directions
    return BY_ANGLE[round(eighths) % 8]


def row_position(text: str) -> str:
    told = re.findall(r"The (\w+) is directly (left|right) of the (\w+)\.", text)
    things = sorted({thing for a, _, b in told for thing in (a, b)})
    (row,) = (
        order
        for order in permutations(things)
        if all(
            order.index(b) - order.index(a) == (1 if side == "left" else -1) for a, side, b in told
        )
    )
    asked = re.split(r"is directly \w+ of the \w+\. ", text)[-1]
    place = int(re.findall(r"\d", asked)[0])
    return row[place - 1] if "left" in asked else row[-place]


def comparison_order(text: str) -> str:
    told = re.findall(r"([A-Z]\w+) is (\w+) than ([A-Z]\w+)\.", text)
    people = sorted({person for a, _, b in told for person in (a, b)})
    (order,) = (
        order
        for order in permutations(people)
        if all((order.index(a) < order.index(b)) == (word in MORE) for a, word, b in told)
    )
    asked = re.split(r"than [A-Z]\w+\. ", text)[-1].split("Answer with")[0]
    index = int(bool(re.search(r"second|exactly one|right after", asked)))
    return order[index] if any(w in asked for w in (*MORE, *MOST)) else order[-1 - index]


def cup_places(text: str) -> list[int]:
    """The places of the hidden thing, before and after each swap."""
    cups = [""] * 5
    cups[int(re.findall(r"under the cup at (\d)", text)[0])] = "thing"
    found = [cups.index("thing")]
    for a, b in re.findall(r"cups at (\d) and (\d) are swapped", text):
        cups[int(a)], cups[int(b)] = cups[int(b)], cups[int(a)]
        found.append(cups.index("thing"))
    return found


def cup_swaps(text: str) -> str:
    return str(cup_places(text)[-1])


def gift_swaps(text: str) -> str:
    held = dict(re.findall(r"([A-Z]\w+) has the (\w+)", text.split(".")[0]))
    for a, b in re.findall(r"([A-Z]\w+) and ([A-Z]\w+) swap\.", text):
        held[a], held[b] = held[b], held[a]
    asked = text.split("swap. ")[-1].split("Answer with")[0]
    (holder,) = (who for who, what in held.items() if f"the {what}" in asked)
    return holder


def moved_box(text: str) -> str:
    rooms: dict[str, str] = {}
    box = ""
    for start, room, inside, color, target, into in re.findall(
        r"The (\w+) box is in the (\w+)\.|is in the (\w+) box\.|carries the (\w+) box to the (\w+)\."
        r"|into the (\w+) box\.",
        text,
    ):
        rooms |= {start: room} if start else {color: target} if color else {}
        box = inside or into or box
    return rooms[box]


def condition_count(text: str) -> str:
    told, asked = re.fullmatch(r"([^.]*)\. (.*)", text).groups()  # type: ignore[union-attr]
    things = re.findall(r"\ba (\w+) (\w+)", told.split(" are ")[-1].split(" holds ")[-1])
    words = re.findall(
        r"neither|not|\b(?:red|blue|green|white|cup|ball|hat|box)(?=(?:e?s)?\b)", asked
    )

    match words:
        case ["neither", a, b]:
            return str(sum(a not in thing and b not in thing for thing in things))
        case ["not", a]:
            return str(sum(a not in thing for thing in things))
        case [a, "not", b]:
            return str(sum(a in thing and b not in thing for thing in things))
        case [a]:
            return str(sum(a in thing for thing in things))
    raise AssertionError(words)


def letter_count(text: str) -> str:
    letter, word = sorted(re.findall(r'"(\w+)"', text), key=len)
    return str(word.count(letter))


def if_then_rules(text: str) -> str:
    rules = re.findall(r"If (the \w+) is (not )?\w+, then (the \w+) is (not )?\w+\.", text)
    (fact,) = re.findall(r"(?:\. )(The \w+) is \w+\.", text)
    known = {fact.lower(): True}
    for _ in rules:
        for cause, cause_not, effect, effect_not in rules:
            if known.get(cause) is (not cause_not):
                known[effect] = not effect_not
    (asked,) = re.findall(r"[Ii]s (the \w+) \w+\?", text)
    return {True: "yes", False: "no", None: "unknown"}[known.get(asked)]


def class_memberships(text: str) -> dict[str, bool]:
    """Classes that somebody is known to belong to (True) or not to (False)."""
    (member,) = re.findall(r"\. [A-Z]\w+ is a (\w+)\.", text)
    known = {member: True}
    rules = re.findall(r"(Every|No) (\w+) is a (\w+)\.", text)
    for _ in rules:
        for word, a, b in rules:
            if word == "Every" and known.get(a):
                known[b] = True
            elif word == "No" and known.get(a):
                known[b] = False
            elif (word == "No" and known.get(b)) or (word == "Every" and known.get(b) is False):
                known[a] = False
    return known


def class_chain(text: str) -> str:
    (asked,) = re.findall(r"[Ii]s \w+ a (\w+)\?", text)
    return {True: "yes", False: "no", None: "unknown"}[class_memberships(text).get(asked)]


SOLVERS: dict[str, Callable[[str], str]] = {
    solver.__name__: solver
    for solver in (
        running_total,
        shopping_coins,
        number_riddle,
        next_number,
        longest_length,
        largest_value,
        weekday_shift,
        time_of_end,
        minutes_between,
        grid_walk,
        place_direction,
        row_position,
        comparison_order,
        cup_swaps,
        gift_swaps,
        moved_box,
        condition_count,
        letter_count,
        if_then_rules,
        class_chain,
    )
}
