"""Things that are moved while one looks on: a coin under cups, gifts that change hands, boxes."""

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    choice_question,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to
from waywiser.tasks.wording import list_in_words

_CUP_QUESTIONS = (
    "At which place is the {item} now?",
    "What is the number of the place with the {item}?",
    "Under the cup at which place is the {item}?",
    "Where is the {item} in the end? Give the number of the place.",
    "At which number do you find the {item}?",
)
_HIDDEN_THINGS = ("coin", "ball", "bean", "ring", "key")
_GIFT_QUESTIONS = (
    "Who has the {item} now?",
    "Who holds the {item} in the end?",
    "With whom is the {item} at the end?",
    "Which person ends up with the {item}?",
    "After all swaps, who has the {item}?",
)
_GIFTS = ("ball", "book", "drum", "kite", "doll", "bell", "flute", "puzzle")
_ROOMS = ("kitchen", "garden", "hall", "attic", "cellar", "office")
_COLORS = ("red", "blue", "green", "white")
_ROOM_QUESTIONS = (
    "Where is the {item} now?",
    "In which room is the {item} now?",
    "Where do you find the {item} in the end?",
    "To which room must you go for the {item}?",
    "Which room is the {item} in at the end?",
)
_NUM_PLACES = 4


def cup_swaps(rng: np.random.Generator, level: float) -> TextQuestion:
    """Cups at four places are swapped in pairs: where is the coin?"""
    item = sample_one(rng, _HIDDEN_THINGS)
    start = place = int(rng.integers(1, _NUM_PLACES + 1))
    swaps = _sample_swaps(rng, steps_at(level, 2, 5), place)
    work = [f"The {item} is at {start}."]
    places = [start]

    for a, b in swaps:
        place = _swap(place, a, b)
        stays = "still" if place == places[-1] else "now"
        places.append(place)
        work.append(f"Swap {a} and {b}: {stays} at {place}.")

    told = " ".join(f"The cups at {a} and {b} are swapped." for a, b in swaps)
    back = ", ".join(map(str, places[::-1]))

    return TextQuestion(
        f"Cups stand at places 1 to {_NUM_PLACES}. A {item} is under the cup at {start}. {told}"
        f" {sample_one(rng, _CUP_QUESTIONS).format(item=item)}",
        Answer(kind="integer", value=place),
        f"{' '.join(work)} Check: going back, {back}. So the {item} is at {place}.",
        {"start": start, "swaps": [list(pair) for pair in swaps]},
    )


def gift_swaps(rng: np.random.Generator, level: float) -> TextQuestion:
    """Four people swap what they hold: who has the thing asked for?"""
    people = sample_up_to(rng, NAMES, _NUM_PLACES)
    gifts = sample_up_to(rng, _GIFTS, _NUM_PLACES)
    start = place = int(rng.integers(1, _NUM_PLACES + 1))
    swaps = _sample_swaps(rng, steps_at(level, 2, 4), place)
    gift = gifts[start - 1]
    work = [f"{people[start - 1]} has the {gift}."]
    holders = [people[start - 1]]

    for a, b in swaps:
        place = _swap(place, a, b)
        stays = "still" if people[place - 1] == holders[-1] else "now"
        holders.append(people[place - 1])
        work.append(
            f"{people[a - 1]} and {people[b - 1]} swap: {people[place - 1]} has it {stays}."
        )

    held = list_in_words([f"{who} has the {what}" for who, what in zip(people, gifts, strict=True)])
    told = " ".join(f"{people[a - 1]} and {people[b - 1]} swap." for a, b in swaps)

    return choice_question(
        f"{held}. {told} {sample_one(rng, _GIFT_QUESTIONS).format(item=gift)}",
        people[place - 1],
        sample_up_to(rng, people, _NUM_PLACES),
        f"{' '.join(work)} Check: going back, {', '.join(holders[::-1])}. So it is"
        f" {people[place - 1]}.",
        {"people": people, "start": start, "swaps": [list(pair) for pair in swaps]},
    )


def moved_box(rng: np.random.Generator, level: float) -> TextQuestion:
    """A thing, boxes in rooms; boxes are carried and the thing changes its box."""
    name = sample_one(rng, NAMES)
    item = sample_one(rng, _HIDDEN_THINGS)
    num_boxes = 2 if level < 0.5 else 3
    colors: list[str] = sample_up_to(rng, _COLORS, num_boxes)
    rooms: list[str] = sample_up_to(rng, _ROOMS, 4)
    where = dict(zip(colors, sample_up_to(rng, rooms, num_boxes), strict=True))
    box = sample_one(rng, colors)
    told = [f"The {color} box is in the {room}." for color, room in where.items()]
    told.append(f"The {item} is in the {box} box.")
    work = [f"The {item} is in the {box} box in the {where[box]}."]
    moves: list[list[str]] = []
    first = {"box": box, "rooms": dict(where)}

    for _ in range(steps_at(level, 2, 4)):
        if rng.random() < 0.6:
            color = sample_one(rng, colors)
            room = sample_one(rng, [room for room in rooms if room != where[color]])
            where[color] = room
            moves.append(["carry", color, room])
            told.append(f"{name} carries the {color} box to the {room}.")
            work.append(
                f"With its box it goes to the {room}."
                if color == box
                else f"The {color} box goes without it."
            )
        else:
            box = sample_one(rng, [color for color in colors if color != box])
            moves.append(["put", box])
            told.append(f"{name} puts the {item} into the {box} box.")
            work.append(f"Now the {box} box in the {where[box]}.")

    question = sample_one(rng, _ROOM_QUESTIONS).format(item=item)
    return choice_question(
        f"{' '.join(told)} {question}",
        where[box],
        sample_up_to(rng, rooms, 4),
        f"{' '.join(work)} Check: its box is {box}, and that box is in the"
        f" {where[box]}. So it is in the {where[box]}.",
        {**first, "moves": moves},
    )


def _sample_swaps(rng: np.random.Generator, count: int, place: int) -> list[tuple[int, int]]:
    """Pairs of places, two of three of which move what is at `place`; never twice the same."""
    swaps: list[tuple[int, int]] = []

    while len(swaps) < count:
        a, b = sorted(int(v) for v in rng.permutation(_NUM_PLACES)[:2] + 1)
        if (place in (a, b)) != (rng.random() < 0.67) or (a, b) in swaps[-1:]:
            continue

        swaps.append((a, b))
        place = _swap(place, a, b)

    return swaps


def _swap(place: int, a: int, b: int) -> int:
    return {a: b, b: a}.get(place, place)
