"""Loops: where an output begins to say the same words again and again."""

from dataclasses import dataclass

import numpy as np

_MAX_WORDS = 8192
_MAX_PERIOD = 400
_MIN_COVERED_WORDS = 12


@dataclass(frozen=True, slots=True)
class Loop:
    """From word `start` on, `period` words are said `times` times in a row (a last round may be cut
    short).
    """

    start: int
    period: int
    times: int


def find_loop(output: str, *, min_times: int = 3) -> Loop | None:
    """The longest repetition in the output's last 8,192 words: at least `min_times` times the same
    1 to 400 words, and at least 12 words in all; None where there is none. Of several readings the
    shortest period.
    """
    words = output.split()
    skipped = max(0, len(words) - _MAX_WORDS)
    numbers: dict[str, int] = {}
    word_ids_N = np.array(
        [numbers.setdefault(word, len(numbers)) for word in words[skipped:]], dtype=np.int32
    )
    longest_loop = None
    covered = 0

    for period in range(1, min(_MAX_PERIOD, len(word_ids_N) // min_times) + 1):
        start, run = _longest_run(word_ids_N[period:] == word_ids_N[:-period])
        if run + period > covered and run + period >= max(_MIN_COVERED_WORDS, min_times * period):
            covered = run + period
            longest_loop = Loop(skipped + start, period, covered // period)

    return longest_loop


def _longest_run(same_N: np.ndarray) -> tuple[int, int]:
    """(start, length) of the first of the longest runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same_N, [False])).astype(np.int8)))
    if not len(edges):
        return 0, 0

    starts = edges[::2]
    lengths = edges[1::2] - edges[::2]
    longest = int(lengths.argmax())

    return int(starts[longest]), int(lengths[longest])
