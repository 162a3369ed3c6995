"""Shingles and MinHash signatures of many texts at once.

Shingles are word 3-grams as 64-bit numbers; signatures are their minima under random linear maps
(Broder, 1997). Whole chunks of texts go through numpy at once, since one text at a time would pay
for every step in Python.

Dimensions: N words, S shingles, T texts, P permutations.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE_WIDTH = 3
NUM_PERMUTATIONS = 128
_TEXTS_PER_CHUNK = 2048
_WORD = re.compile(r"\w+|[^\w\s]")
_POSITION_MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64
)
U64 = NDArray[np.uint64]


def normalize_text(text: str) -> str:
    """Text in lower case, NFKC and single spaces; texts that are equal after this are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def make_shingles(texts: Sequence[str]) -> tuple[U64, NDArray[np.int64]]:
    """Shingles of all texts in one array (S,), and the index of each text's first one (T,).

    Every text has at least one shingle.
    """
    codes: list[int] = []
    starts: list[int] = []

    for text in texts:
        starts.append(len(codes))
        words = _WORD.findall(text)
        codes += [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]

        if len(words) < SHINGLE_WIDTH:
            codes += [0] * (SHINGLE_WIDTH - len(words))

    word_N = np.array(codes, np.uint64)
    start_T = np.array(starts, np.int64)
    length_T = np.diff(np.append(start_T, len(word_N)))

    with np.errstate(over="ignore"):
        hashed = sum(
            _splitmix64(
                word_N[k : len(word_N) - SHINGLE_WIDTH + 1 + k] * _POSITION_MULTIPLIERS[k]
                + np.uint64(k)
            )
            for k in range(SHINGLE_WIDTH)
        )

    starts_shingle = np.ones(len(word_N), bool)
    for k in range(1, SHINGLE_WIDTH):
        starts_shingle[start_T + length_T - k] = False  # the last words of a text begin no shingle

    count_T = length_T - SHINGLE_WIDTH + 1
    return (
        np.asarray(hashed, np.uint64)[starts_shingle[: len(word_N) - SHINGLE_WIDTH + 1]],
        np.cumsum(count_T) - count_T,
    )


def minhash_signatures(
    texts: Sequence[str], permutations: int = NUM_PERMUTATIONS, seed: int = 1
) -> NDArray[np.uint32]:
    """MinHash signatures (T, P); the share of equal values of two rows estimates their Jaccard
    similarity.
    """
    rng = np.random.default_rng(seed)
    a_P = rng.integers(1, 1 << 63, permutations, np.uint64) * np.uint64(2) + np.uint64(1)
    b_P = rng.integers(0, 1 << 63, permutations, np.uint64)
    rows = np.empty((len(texts), permutations), np.uint32)

    for first in range(0, len(texts), _TEXTS_PER_CHUNK):
        shingle_S, start_T = make_shingles(texts[first : first + _TEXTS_PER_CHUNK])

        for p in range(permutations):
            with np.errstate(over="ignore"):
                mapped_S = ((shingle_S * a_P[p] + b_P[p]) >> np.uint64(32)).astype(np.uint32)

            rows[first : first + len(start_T), p] = np.minimum.reduceat(mapped_S, start_T)

    return rows


def _splitmix64(values: U64) -> U64:
    """splitmix64's finaliser: every bit of the input moves every bit of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
