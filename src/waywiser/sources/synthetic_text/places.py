"""Space in words: a walk on a grid, places one block apart, things in a row, who is taller."""

from itertools import pairwise

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    capitalize,
    choice_question,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to
from waywiser.tasks.wording import list_in_words

_HEADINGS = ("north", "east", "south", "west")
_UNITS = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
_TURNS = {"turns right": 1, "turns left": -1, "turns around": 2}
_WALK_QUESTIONS = {
    "facing": (
        "Which way does {name} face now?",
        "In which direction does {name} look at the end?",
        "What direction is {name} facing in the end?",
        "Which way is in front of {name} now?",
        "After this, where does {name} face?",
    ),
    "position": (
        "Where is {name} now? Answer as (x, y).",
        "At which point does {name} stop? Write it as (x, y).",
        "What is the place (x, y) of {name} at the end?",
        "On which point (x, y) does {name} stand now?",
        "Give the point (x, y) where the walk ends.",
    ),
    "home": (
        "How many steps is the way back to (0, 0) along the grid?",
        "How many steps away from (0, 0) is {name} now, along the grid?",
        "Along the grid, how many steps lead back to (0, 0)?",
        "At least how many steps does {name} need to go back to (0, 0) along the grid?",
        "What is the number of steps from there to (0, 0) along the grid?",
    ),
}
_PLACES = ("mill", "well", "barn", "farm", "pond", "shop", "tower", "bridge", "school", "park")
_COMPASS = {
    (0, 1): "north",
    (1, 1): "north-east",
    (1, 0): "east",
    (1, -1): "south-east",
    (0, -1): "south",
    (-1, -1): "south-west",
    (-1, 0): "west",
    (-1, 1): "north-west",
}
_DIRECTION_QUESTIONS = (
    "In which direction is the {b} from the {a}?",
    "Seen from the {a}, in which direction is the {b}?",
    "You stand at the {a}. In which direction is the {b}?",
    "Which way is it from the {a} to the {b}?",
    "On which side of the {a} does the {b} lie?",
)
_ROW_THINGS = ("cup", "jar", "box", "vase", "book", "lamp", "bowl", "clock", "plant", "radio")
_ROW_QUESTIONS = (
    "Which thing is number {k} from the {side}?",
    "What is number {k} in the row, counted from the {side}?",
    "Counting from the {side}, which one is number {k}?",
    "Which one stands at place {k} from the {side}?",
    "From the {side}, what comes as number {k}?",
)
_COMPARISONS = (
    ("taller", "shorter", "tallest", "shortest"),
    ("older", "younger", "oldest", "youngest"),
    ("faster", "slower", "fastest", "slowest"),
    ("stronger", "weaker", "strongest", "weakest"),
)
_FIRST_QUESTIONS = (
    "Who is the {most}?",
    "Which of them is the {most}?",
    "Who of these people is the {most}?",
    "Find the {most} person.",
    "Who is {more} than all the others?",
)
_SECOND_QUESTIONS = (
    "Who is the second {most}?",
    "Which of them is the second {most}?",
    "Who has exactly one person {more} than them?",
    "Find the second {most} person.",
    "Who comes right after the {most}?",
)


def grid_walk(rng: np.random.Generator, level: float) -> TextQuestion:
    """A walk from (0, 0): where does it end, which way does one face, how far is it back?"""
    name = sample_one(rng, NAMES)
    asked = sample_one(rng, tuple(_WALK_QUESTIONS))
    start = heading = int(rng.integers(4))
    num_legs = steps_at(level, 2, 4)
    x = y = 0
    moves: list[str] = []
    work = [f"{name} starts at (0, 0) facing {_HEADINGS[heading]}."]
    turned: list[str] = []
    walked = dict.fromkeys(_HEADINGS, 0)

    for leg in range(num_legs):
        if leg:
            turn = sample_one(rng, ("turns left", "turns right") * 2 + ("turns around",))
            heading = (heading + _TURNS[turn]) % 4
            turned.append(turn)
            moves.append(turn)
            work.append(f"{capitalize(turn[6:])}, now {_HEADINGS[heading]}.")

        steps = int(rng.integers(1, 6))
        dx, dy = _UNITS[_HEADINGS[heading]]
        x, y = x + dx * steps, y + dy * steps
        walked[_HEADINGS[heading]] += steps
        moves.append(f"walks {steps} step{'s' if steps > 1 else ''}")
        if asked != "facing":
            work.append(f"Then {steps} {_HEADINGS[heading]}: ({x}, {y}).")

    if asked == "facing":  # the last turn counts, not the last steps
        turn = sample_one(rng, ("turns left", "turns right"))
        heading = (heading + _TURNS[turn]) % 4
        turned.append(turn)
        moves.append(turn)
        work.append(f"{capitalize(turn[6:])}, now {_HEADINGS[heading]}.")

    told = (
        f"{name} stands at (0, 0) and faces {_HEADINGS[start]}. x counts steps to the east, y to"
        f" the north. {name} {list_in_words(moves)}."
    )
    truth = {"asked": asked, "start": _HEADINGS[start], "moves": moves}
    question = f"{told} {sample_one(rng, _WALK_QUESTIONS[asked]).format(name=name)}"

    if asked == "facing":
        quarters = [_TURNS[turn] % 4 for turn in turned]
        check = f"{' + '.join(map(str, quarters))} = {sum(quarters)} quarter turns to the right"
        ending = f"Check: {check}. So {name} faces {_HEADINGS[heading]}."
        options = sample_up_to(rng, _HEADINGS, 4)
        answer = _HEADINGS[heading]
        return choice_question(question, answer, options, f"{' '.join(work)} {ending}", truth)

    if asked == "position":
        east, north, west, south = (
            walked[heading] for heading in ("east", "north", "west", "south")
        )
        ending = (
            f"Check: {east} - {west} = {x} to the east and {north} - {south} = {y} to the north. So"
            f" {name} is at ({x}, {y})."
        )
        answer = Answer(kind="expression", value=f"({x}, {y})")
    else:
        far = abs(x) + abs(y)
        ending = f"The way back is {abs(x)} + {abs(y)} = {far}. So it is {far} steps."
        answer = Answer(kind="integer", value=far)

    return TextQuestion(question, answer, f"{' '.join(work)} {ending}", truth)


def place_direction(rng: np.random.Generator, level: float) -> TextQuestion:
    """Places some blocks from each other: in which direction is the last from the first?"""
    target = sample_one(rng, tuple(_COMPASS))
    path = _sample_path(rng, steps_at(level, 2, 4), target)
    places = sample_up_to(rng, _PLACES, len(path) + 1)
    opposite = {"north": "south", "south": "north", "east": "west", "west": "east"}
    told: list[str] = []
    work = [f"Put the {places[0]} at (0, 0)."]
    x = y = 0

    for (heading, blocks), a, b in zip(path, places, places[1:], strict=False):
        x, y = x + blocks * _UNITS[heading][0], y + blocks * _UNITS[heading][1]
        far = f"{blocks} block{'s' if blocks > 1 else ''}"
        told.append(
            f"The {b} is {far} {heading} of the {a}."
            if rng.random() < 0.5
            else f"The {a} is {far} {opposite[heading]} of the {b}."
        )
        work.append(f"{blocks} {heading} of that is the {b}: ({x}, {y}).")

    parts = [
        f"{abs(blocks)} {word}"
        for blocks, word in (
            (y, "north" if y > 0 else "south"),
            (x, "east" if x > 0 else "west"),
        )
        if blocks
    ]
    question = sample_one(rng, _DIRECTION_QUESTIONS).format(a=places[0], b=places[-1])

    return choice_question(
        f"{' '.join(sample_up_to(rng, told))} {question}",
        _COMPASS[target],
        sample_up_to(rng, tuple(_COMPASS.values())),
        f"{' '.join(work)} Check: that is {list_in_words(parts)} of the {places[0]}. So it is"
        f" {_COMPASS[target]}.",
        {"places": places, "path": [list(leg) for leg in path]},
    )


def row_position(rng: np.random.Generator, level: float) -> TextQuestion:
    """Neighbors in a row: which thing is at a place, counted from one end?"""
    count = steps_at(level, 3, 5)
    row = sample_up_to(rng, _ROW_THINGS, count)
    told = [
        f"The {a} is directly left of the {b}."
        if rng.random() < 0.5
        else f"The {b} is directly right of the {a}."
        for a, b in pairwise(row)
    ]
    side = sample_one(rng, ("left", "right"))
    place = int(rng.integers(1, count + 1))
    answer = row[place - 1] if side == "left" else row[-place]
    other = "right" if side == "left" else "left"
    ordered = row if side == "left" else row[::-1]
    pairs = " ".join(f"Next to the {a} is the {b}." for a, b in pairwise(ordered))

    return choice_question(
        f"{count} things stand in a row. {' '.join(sample_up_to(rng, told, count - 1))}"
        f" {sample_one(rng, _ROW_QUESTIONS).format(k=place, side=side)}",
        answer,
        sample_up_to(rng, row, count),
        f"The first from the {side} is the {ordered[0]}. {pairs} From the {side}:"
        f" {', '.join(ordered)}. Check: {count} - {place} = {count - place} more to the {other}. So"
        f" number {place} is the {answer}.",
        {"row": row, "place": place, "side": side},
    )


def comparison_order(rng: np.random.Generator, level: float) -> TextQuestion:
    """People compared in pairs: who is first, or second?"""
    count = steps_at(level, 3, 5)
    people = sample_up_to(rng, NAMES, count)
    more, less, most, least = sample_one(rng, _COMPARISONS)
    told = [
        f"{a} is {more} than {b}." if rng.random() < 0.5 else f"{b} is {less} than {a}."
        for a, b in pairwise(people)
    ]
    from_top = bool(rng.random() < 0.5)
    ordered = people if from_top else people[::-1]
    word, comparative = (most, more) if from_top else (least, less)
    is_second = bool(rng.random() < 0.5)
    answer = ordered[int(is_second)]
    templates = _SECOND_QUESTIONS if is_second else _FIRST_QUESTIONS
    pairs = " ".join(f"{a} is {comparative} than {b}." for a, b in pairwise(ordered))
    check = (
        f"only {ordered[0]} is {comparative} than {answer}"
        if is_second
        else f"nobody is {comparative} than {answer}"
    )

    return choice_question(
        f"{' '.join(sample_up_to(rng, told, count - 1))}"
        f" {sample_one(rng, templates).format(most=word, more=comparative)}",
        answer,
        sample_up_to(rng, people, count),
        f"{pairs} So the order is {', '.join(ordered)}. Check: {check}. So it is {answer}.",
        {"order": ordered, "asked": "second" if is_second else "first", "word": word},
    )


def _sample_path(
    rng: np.random.Generator, count: int, target: tuple[int, int]
) -> list[tuple[str, int]]:
    """Legs (heading, blocks) over different points, whose end lies exactly in the direction
    `target` from their start.
    """
    while True:
        path = [(sample_one(rng, _HEADINGS), int(rng.integers(1, 4))) for _ in range(count)]
        points = [(0, 0)]

        for heading, blocks in path:
            dx, dy = _UNITS[heading]
            points.append((points[-1][0] + blocks * dx, points[-1][1] + blocks * dy))

        x, y = points[-1]
        far = max(abs(x), abs(y))
        if len(set(points)) == count + 1 and (x, y) == (far * target[0], far * target[1]):
            return path
