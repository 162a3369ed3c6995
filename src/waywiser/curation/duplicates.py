"""De-duplication: exact by hash, near by MinHash, and pictures by perceptual hash.

Two samples are duplicates if their texts are similar, they have the same numbers and the same
answer, and their pictures look the same: a question with other numbers, another answer or another
picture is another question. Time is linear; memory is about 0.6 kB per text.

Dimensions: N rows (texts or hashes), P MinHash permutations, R rows of a band, B bytes of a hash.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.curation.config import DuplicateConfig
from waywiser.curation.image_hashes import HASH_BYTES
from waywiser.curation.minhash import NUM_PERMUTATIONS, U64, minhash_signatures, normalize_text

SignatureFunction = Callable[[Sequence[str]], NDArray[np.uint32]]
_NUM_BANDS = 16
_ROWS_PER_BAND = 8
_MAX_SMALL_BUCKET = 64
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What de-duplication needs of a sample."""

    text: str
    """Normalized question with its options."""
    answer: str
    """The answer as text."""
    pictures: tuple[str, ...] = ()
    """SHA-256 of each encoded picture, in hex."""
    image_hashes: bytes = b""
    """Perceptual hashes of the pictures, one after the other, each of `HASH_BYTES`."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Sample `index` repeats the earlier sample `of`; `kind` is "exact" or "near"."""

    index: int
    of: int
    kind: str


def find_duplicates(
    fingerprints: Sequence[Fingerprint],
    config: DuplicateConfig | None = None,
    sign: SignatureFunction = minhash_signatures,
) -> list[Duplicate]:
    """Every sample that repeats an earlier one, in order.

    `sign` computes MinHash signatures of texts, in this process or in workers.
    """
    config = config or DuplicateConfig()
    duplicates: dict[int, Duplicate] = {}
    first: dict[bytes, int] = {}

    for index, fingerprint in enumerate(fingerprints):
        earlier = first.setdefault(_exact_digest(fingerprint), index)
        if earlier != index:
            duplicates[index] = Duplicate(index, earlier, "exact")

    rest = [index for index in range(len(fingerprints)) if index not in duplicates]
    image_hashes = group_by_image_hash(
        [fingerprints[i].image_hashes for i in rest], config.picture_bits
    )
    same_N = np.array(
        [
            _hash_64_bits(_agreement_key(fingerprints[i], image_hash))
            for i, image_hash in zip(rest, image_hashes, strict=True)
        ],
        np.uint64,
    )

    is_unique_N = _is_unique(same_N)  # nothing to compare with: no signature is needed
    candidates = [k for k in range(len(rest)) if not is_unique_N[k]]
    signature_N_P = sign([fingerprints[rest[k]].text for k in candidates])
    for member, of in find_near_pairs(
        signature_N_P, same_N[candidates], config.min_text_similarity
    ):
        index = rest[candidates[member]]
        earlier = rest[candidates[of]]
        duplicates[index] = Duplicate(index, earlier, "near")

    return [duplicates[index] for index in sorted(duplicates)]


def find_near_pairs(
    signature_N_P: NDArray[np.uint32], same_N: U64, threshold: float
) -> list[tuple[int, int]]:
    """Pairs (later, earlier) of similar rows, by locality-sensitive hashing.

    Rows share a bucket if all 8 values of one of the 16 bands agree. Each row of a bucket is
    compared in all values with the first row of the bucket and with the row before it. Time and
    memory are linear apart from sorting.

    Args:
        signature_N_P: MinHash signatures.
        same_N: only rows of equal value are compared.
        threshold: minimum share of equal values of a pair.
    """
    earliest: dict[int, int] = {}

    for band in range(_NUM_BANDS):
        key_N = _band_keys(
            signature_N_P[:, band * _ROWS_PER_BAND : (band + 1) * _ROWS_PER_BAND], same_N
        )
        order_N = np.argsort(key_N, kind="stable")
        opens_N = np.ones(len(order_N), bool)
        opens_N[1:] = key_N[order_N[1:]] != key_N[order_N[:-1]]
        bucket_first_N = order_N[
            np.maximum.accumulate(np.where(opens_N, np.arange(len(order_N)), 0))
        ]
        later = np.flatnonzero(~opens_N)

        for others_N in (bucket_first_N[later], order_N[later - 1] if len(later) else later):
            members_N = order_N[later]
            for start in range(0, len(members_N), 65536):
                member = members_N[start : start + 65536]
                other = others_N[start : start + 65536]
                alike = (signature_N_P[member] == signature_N_P[other]).mean(1) >= threshold
                for m, o in zip(member[alike].tolist(), other[alike].tolist(), strict=True):
                    earliest[m] = min(o, earliest.get(m, o))

    return sorted(earliest.items())


def group_by_image_hash(image_hashes: Sequence[bytes], bits: int) -> list[str]:
    """A name for the pictures of each sample; samples whose pictures all look the same share it.

    Pictures look the same if their perceptual hashes differ in at most `bits` bits, or if a chain
    of such pictures connects them. Hashes of 256 bits in 16 bands always share a band if they
    differ in at most 15 bits. The name of a sample without pictures is "".
    """
    distinct = {
        hash_bytes: k
        for k, hash_bytes in enumerate(
            dict.fromkeys(h for image_hash in image_hashes for h in split_image_hashes(image_hash))
        )
    }
    if not distinct:
        return ["" for _ in image_hashes]

    hash_N_B = np.frombuffer(b"".join(distinct), np.uint8).reshape(len(distinct), HASH_BYTES)
    group = list(range(len(distinct)))

    for band in range(HASH_BYTES // 2):
        key_N = hash_N_B[:, 2 * band : 2 * band + 2].copy().view(np.uint16)[:, 0]
        _join_in_buckets(hash_N_B, band, key_N, bits, group)

    names = [str(find_root(group, k)) for k in range(len(distinct))]
    return [
        ",".join(names[distinct[h]] for h in split_image_hashes(image_hash))
        for image_hash in image_hashes
    ]


def _join_in_buckets(
    hash_N_B: NDArray[np.uint8], band: int, key_N: NDArray[np.uint16], bits: int, group: list[int]
) -> None:
    """Unite similar hashes of a bucket: all pairs if it is small, else neighbors in sorted
    order.
    """
    order_N = np.argsort(key_N, kind="stable")
    for bucket in np.split(order_N, np.flatnonzero(np.diff(key_N[order_N])) + 1):
        steps = len(bucket) - 1

        if len(bucket) > _MAX_SMALL_BUCKET:
            following = np.roll(hash_N_B[bucket], -2 * band, axis=1)
            bucket = bucket[np.lexsort(following.T[::-1])]
            steps = 8

        rows = hash_N_B[bucket]

        for step in range(1, steps + 1):
            apart = np.bitwise_count(rows[step:] ^ rows[:-step]).sum(1)
            for k in np.flatnonzero(apart <= bits).tolist():
                union_sets(group, int(bucket[k]), int(bucket[k + step]))


def split_image_hashes(image_hash: bytes) -> list[bytes]:
    """The perceptual hashes of several pictures, one by one."""
    return [image_hash[k : k + HASH_BYTES] for k in range(0, len(image_hash), HASH_BYTES)]


def find_root(group: list[int], k: int) -> int:
    """The representative of k in a union-find forest."""
    while group[k] != k:
        group[k] = group[group[k]]
        k = group[k]
    return k


def union_sets(group: list[int], a: int, b: int) -> None:
    """Unite two sets; the smaller number represents both."""
    low, high = sorted((find_root(group, a), find_root(group, b)))
    group[high] = low


def make_fingerprint_text(question: str, options: Sequence[str] | None) -> str:
    """The text that is compared: the normalized question with its options."""
    return normalize_text("\n".join([question, *(options or ())]))


def _exact_digest(fingerprint: Fingerprint) -> bytes:
    text = "\0".join([fingerprint.text, fingerprint.answer, *fingerprint.pictures])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _agreement_key(fingerprint: Fingerprint, image_hash: str) -> str:
    return f"{sorted(_NUMBER.findall(fingerprint.text))}|{fingerprint.answer}|{image_hash}"


def _hash_64_bits(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def _is_unique(codes_N: U64) -> NDArray[np.bool_]:
    """True for codes that occur only once."""
    _, inverse, counts = np.unique(codes_N, return_inverse=True, return_counts=True)
    return counts[inverse] == 1


def _band_keys(rows_N_R: NDArray[np.uint32], same_N: U64) -> U64:
    keys = same_N.copy()
    with np.errstate(over="ignore"):
        for column in range(rows_N_R.shape[1]):
            keys = (keys ^ rows_N_R[:, column].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            keys ^= keys >> np.uint64(29)
    return keys


assert _NUM_BANDS * _ROWS_PER_BAND == NUM_PERMUTATIONS
