"""How questions list their options, and how measures are rounded."""

from collections.abc import Sequence
from typing import Literal

from waywiser.scenes.scene import Camera

LETTERS = "ABCDEFGH"
MAX_FOV_SPREAD = 1.0
"""Degrees by which the fields of view of several images may differ and count as one."""
StatesFov = Literal["never", "metric", "always"]
"""Which questions state the camera's field of view: those for a length or an angle, or all."""


def list_in_words(items: Sequence[str]) -> str:
    """Items as a phrase: "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


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
    return f"The camera's horizontal field of view is {camera.horizontal_fov_deg:.0f} degrees."


def apply_states_fov(text: str, camera: Camera, states_fov: StatesFov) -> str:
    """A task's question with the sentence about the field of view added or left out.

    Args:
        text: The question; tasks that ask for a measure end it with `fov_note(camera)`.
        camera: Camera of the first image.
        states_fov: Which questions have the sentence.
    """
    note = fov_note(camera)
    if states_fov == "never":
        return text.replace(f" {note}", "")
    if states_fov == "always" and note not in text:
        return f"{note} {text}"

    return text


def shared_fov(cameras: Sequence[Camera]) -> float | None:
    """Horizontal field of view of all cameras in degrees, to 0.01; None without cameras, or where
    they differ.
    """
    degrees = [camera.horizontal_fov_deg for camera in cameras]
    if not degrees or max(degrees) - min(degrees) > MAX_FOV_SPREAD:
        return None

    return round(degrees[0], 2)


def round_meters(exact: float) -> float:
    """Meters as an answer: to 0.1 m from 1 m on, to 0.01 m below, so that rounding moves it by 5 %
    at most.
    """
    return round(exact, 1) if exact >= 1 else round(exact, 2)


def format_measure(value: float) -> str:
    """A measure as it is written: one decimal where that says it all, else two."""
    return f"{value:.1f}" if round(value, 1) == value else f"{value:.2f}"
