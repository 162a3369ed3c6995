"""How questions list their options, and how measures are rounded."""

import math
from collections.abc import Sequence

from waywiser.scenes.scene import Camera

LETTERS = "ABCDEFGH"


def list_short_options(options: Sequence[str]) -> str:
    """The sentence that lists short options: Answer with 'a', 'b' or 'c'."""
    quoted = [f"'{option}'" for option in options]
    return f"Answer with {', '.join(quoted[:-1])} or {quoted[-1]}."


def list_options(options: Sequence[str]) -> str:
    """The sentence that lists long options: Choose one: 'first one'; 'second one'.

    They have no letters: the answer is the option itself.
    """
    quoted = [f"'{option}'" for option in options]
    return f"Choose one: {'; '.join(quoted)}."


def fov_note(camera: Camera) -> str:
    """The sentence that states the horizontal field of view, without which no length follows."""
    degrees = math.degrees(2 * math.atan(camera.width / 2 / camera.fx))
    return f"The camera's horizontal field of view is {degrees:.0f} degrees."


def round_meters(exact: float) -> float:
    """Meters as an answer: to 0.1 m from 1 m on, to 0.01 m below, so that rounding moves it by 5 %
    at most.
    """
    return round(exact, 1) if exact >= 1 else round(exact, 2)


def format_measure(value: float) -> str:
    """A measure as it is written: one decimal where that says it all, else two."""
    return f"{value:.1f}" if round(value, 1) == value else f"{value:.2f}"
