"""How questions list their options, and how measures are rounded."""

from collections.abc import Sequence

LETTERS = "ABCDEFGH"


def list_short_options(options: Sequence[str]) -> str:
    """The sentence that lists short options: Answer with 'a', 'b' or 'c'."""
    quoted = [f"'{option}'" for option in options]
    return f"Answer with {', '.join(quoted[:-1])} or {quoted[-1]}."


def list_options(options: Sequence[str]) -> str:
    """The sentence that lists long options: Options: A. first; B. second."""
    listed = "; ".join(
        f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False)
    )
    return f"Options: {listed}."


def round_meters(exact: float) -> float:
    """Metres as an answer: to 0.1 m from 1 m on, to 0.01 m below, so that rounding moves it by 5 %
    at most.
    """
    return round(exact, 1) if exact >= 1 else round(exact, 2)


def format_measure(value: float) -> str:
    """A measure as it is written: one decimal where that says it all, else two."""
    return f"{value:.1f}" if round(value, 1) == value else f"{value:.2f}"
