"""Days of the week and times of day."""

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_text.question import (
    NAMES,
    TextQuestion,
    steps_at,
)
from waywiser.tasks.sampling import sample_one, sample_up_to

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LATER_QUESTIONS = (
    "Today is {day}. Which day of the week is it in {n} days?",
    "If today is {day}, what day is it {n} days from now?",
    "It is {day}. Which weekday comes {n} days later?",
    "A trip begins on a {day} and ends {n} days later. On which day of the week does it end?",
    "{name} plants a seed on a {day}. {n} days later it opens. Which weekday is that?",
)
_EARLIER_QUESTIONS = (
    "Today is {day}. Which day of the week was it {n} days ago?",
    "If today is {day}, what day was it {n} days before?",
    "It is {day}. Which weekday was {n} days earlier?",
    "A trip ended on a {day}. It began {n} days earlier. On which day of the week was that?",
    "{name} finds a letter on a {day}. It was sent {n} days before. Which weekday was that?",
)
_EVENTS = ("The lesson", "The walk", "The film", "The game", "The concert", "The visit")
_END_QUESTIONS = (
    "When is it all over?",
    "At what time does the last part end?",
    "What time is it after that?",
    "At what time is everything done?",
    "When does it end?",
)
_PARTS = ("a break", "a talk", "a meal", "a rest", "a song")
_BETWEEN_QUESTIONS = (
    "{event} begins at {start} and ends at {end}. How many minutes does it last?",
    "How many minutes are there from {start} to {end}?",
    "{name} leaves at {start} and arrives at {end}. How many minutes does the trip take?",
    "A train leaves at {start} and arrives at {end}. How long is the ride in minutes?",
    "It is {start}. {event} begins at {end}. How many minutes are left until then?",
)


def weekday_shift(rng: np.random.Generator, level: float) -> TextQuestion:
    """The weekday some days later or earlier: whole weeks do not count."""
    weeks = steps_at(level, 0, 4)
    rest = int(rng.integers(0 if weeks else 1, 7))
    days = 7 * weeks + rest
    start = int(rng.integers(7))
    sign = 1 if rng.random() < 0.5 else -1
    day, answer = WEEKDAYS[start], WEEKDAYS[(start + sign * rest) % 7]
    on, back = ("on", "back") if sign > 0 else ("back", "on")

    if weeks == 0:
        whole = f"{days} days are less than a week."
    else:
        whole = f"{weeks} weeks have {weeks} * 7 = {7 * weeks} days. {days} - {7 * weeks} = {rest}."

    if rest == 0:
        work = f"No day is left over, so it is the same day. Check: {7 * weeks} + 0 = {days}."
    else:
        counted = [WEEKDAYS[(start + sign * k) % 7] for k in range(1, rest + 1)]
        work = (
            f"Count {rest} {on} from {day}: {', '.join(counted)}. Check: 7 - {rest} = {7 - rest},"
            f" and {7 - rest} {back} from {day} is {answer} too."
        )

    question = sample_one(rng, _LATER_QUESTIONS if sign > 0 else _EARLIER_QUESTIONS)
    return TextQuestion(
        question.format(day=day, n=days, name=sample_one(rng, NAMES)),
        Answer(kind="text", value=answer),
        f"{whole} {work} So it is {answer}.",
        {"day": day, "days": sign * days},
    )


def time_of_end(rng: np.random.Generator, level: float) -> TextQuestion:
    """One thing after the other, each with its minutes: at what time does the last end?"""
    event = sample_one(rng, _EVENTS)
    hour = int(rng.integers(7, 17))
    minute = int(rng.integers(0, 12)) * 5
    start = hour * 60 + minute
    durations = [int(v) * 5 for v in rng.integers(2, 12, steps_at(level, 1, 3))]
    parts = sample_up_to(rng, _PARTS, len(durations) - 1)
    told = [f"{event} begins at {format_clock(start)} and takes {durations[0]} minutes."]
    told += [
        f"Then comes {part} of {minutes} minutes."
        for part, minutes in zip(parts, durations[1:], strict=True)
    ]

    now = start
    check = ""
    work = [f"It begins at {format_clock(now)}."]

    for minutes in durations:
        past = now % 60
        total = past + minutes
        now += minutes
        over = f", {total} - 60 = {total - 60}" if total >= 60 else ""
        check = f"{total} - {minutes} = {past}"
        work.append(f"{past} + {minutes} = {total}{over}, so {format_clock(now)}.")

    return TextQuestion(
        f"{' '.join(told)} {sample_one(rng, _END_QUESTIONS)} Write it like {format_clock(start)}.",
        Answer(kind="text", value=format_clock(now)),
        f"{' '.join(work)} Check: going back, {check}. So it ends at {format_clock(now)}.",
        {"start": start, "durations": durations},
    )


def minutes_between(rng: np.random.Generator, level: float) -> TextQuestion:
    """The minutes from one time of day to another."""
    hour = int(rng.integers(7, 17))
    first = int(rng.integers(1, 12)) * 5
    last = int(rng.integers(1, 12)) * 5
    hours = steps_at(level, 0, 2)
    start = hour * 60 + first
    end = (hour + 1 + hours) * 60 + last
    minutes = end - start
    work = [
        f"From {format_clock(start)} to {hour + 1}:00 it is 60 - {first} = {60 - first} minutes."
    ]

    if hours:
        work.append(f"Then {hours} * 60 = {hours * 60} more to {hour + 1 + hours}:00.")

    parts = [60 - first, *([hours * 60] if hours else []), last]
    work.append(f"Then {last} more. {' + '.join(map(str, parts))} = {minutes}.")
    question = sample_one(rng, _BETWEEN_QUESTIONS).format(
        event=sample_one(rng, _EVENTS),
        name=sample_one(rng, NAMES),
        start=format_clock(start),
        end=format_clock(end),
    )

    return TextQuestion(
        question,
        Answer(kind="integer", value=minutes),
        f"{' '.join(work)} Check: {minutes} - {last} = {minutes - last}. So it is {minutes}"
        " minutes.",
        {"start": start, "end": end},
    )


def format_clock(minutes: int) -> str:
    """Minutes since midnight as a time of day: 9:05."""
    return f"{minutes // 60}:{minutes % 60:02d}"
