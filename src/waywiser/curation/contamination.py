"""Decontamination: find samples that are in a benchmark, by text or by picture.

A question is contaminated if at least the share `text` of its word 3-grams (shingles) occurs in one
benchmark question, or the other way round; or if one of its pictures looks like a benchmark's. With
fewer than six shingles both questions must have equally many. If both have pictures, a short text
alone decides nothing: "How many chairs are there?" is in a benchmark only with its picture.

Dimensions: M pictures of benchmarks.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from waywiser.curation.config import DecontaminationConfig
from waywiser.curation.duplicates import Fingerprint, split_image_hashes
from waywiser.curation.image_hashes import HASH_BYTES, perceptual_hash
from waywiser.curation.minhash import make_shingles, normalize_text
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks import BenchmarkItem, load_benchmark

MIN_SHINGLES = 6
"""Shorter texts match only a text with as many shingles."""
MIN_SPECIFIC_SHINGLES = 20
"""A match of this many shingles is a match even if the pictures differ."""
_NUM_FRAMES = 4


@dataclass
class BenchmarkIndex:
    """Benchmark questions by shingle, and their pictures by perceptual hash.

    Attributes:
        config: thresholds.
        names: "benchmark id" of each question.
        sizes: number of distinct shingles of each question.
        has_images: whether each question has pictures or a video.
        unreadable: benchmark questions and pictures that could not be read.
    """

    config: DecontaminationConfig
    names: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    has_images: list[bool] = field(default_factory=list)
    unreadable: int = 0

    def __post_init__(self) -> None:
        self._by_shingle: dict[int, list[int]] = {}
        self._image_hashes: list[bytes] = []
        self._image_names: list[str] = []
        self._hash_table: np.ndarray | None = None

    @classmethod
    def load(cls, config: DecontaminationConfig) -> "BenchmarkIndex":
        """Read the benchmarks of a recipe.

        Raises DatasetError or RecipeError if one cannot be read at all.
        """
        index = cls(config)

        for benchmark in config.benchmarks:
            loaded = load_benchmark(benchmark.name, benchmark.path)
            index.unreadable += len(loaded.bad)
            index.add(loaded.items)

        return index

    def add(self, items: Iterable[BenchmarkItem]) -> None:
        """Add questions; pictures that cannot be read are counted in `unreadable`."""
        for item in items:
            name = f"{item.benchmark} {item.id}"
            number = len(self.names)
            shingles_of_text = distinct_shingles("\n".join([item.prompt, *item.options]))
            self.names.append(name)
            self.sizes.append(len(shingles_of_text))
            self.has_images.append(bool(item.images) or item.video is not None)

            for code in shingles_of_text:
                self._by_shingle.setdefault(code, []).append(number)

            try:
                image_hashes = [perceptual_hash(picture) for picture in item.pictures(_NUM_FRAMES)]
            except DatasetError:
                self.unreadable += 1
                continue

            self._image_hashes += image_hashes
            self._image_names += [name] * len(image_hashes)

        self._hash_table = None

    def find(self, fingerprint: Fingerprint) -> str | None:
        """The benchmark question that a sample matches, such as "mathvista 12: text 0.93"; or
        None.
        """
        return self._by_picture(fingerprint) or self._by_text(fingerprint)

    def _by_text(self, fingerprint: Fingerprint) -> str | None:
        shingles_of_text = distinct_shingles(fingerprint.text)
        shared = Counter(
            number for code in shingles_of_text for number in self._by_shingle.get(code, ())
        )
        best: tuple[float, int] | None = None

        for number, count in shared.items():
            smaller = min(len(shingles_of_text), self.sizes[number])
            if smaller < MIN_SHINGLES and len(shingles_of_text) != self.sizes[number]:
                continue

            if (
                fingerprint.image_hashes
                and self.has_images[number]
                and smaller < MIN_SPECIFIC_SHINGLES
            ):
                continue

            share = count / smaller
            if share >= self.config.min_text_similarity and (best is None or share > best[0]):
                best = (share, number)

        return None if best is None else f"{self.names[best[1]]}: text {best[0]:.2f}"

    def _by_picture(self, fingerprint: Fingerprint) -> str | None:
        if not self._image_hashes:
            return None

        if self._hash_table is None:
            self._hash_table = np.frombuffer(b"".join(self._image_hashes), np.uint8).reshape(
                -1, HASH_BYTES
            )

        for hash_ in split_image_hashes(fingerprint.image_hashes):
            apart_M = np.bitwise_count(self._hash_table ^ np.frombuffer(hash_, np.uint8)).sum(1)
            nearest = int(apart_M.argmin())
            if apart_M[nearest] <= self.config.picture_bits:
                return f"{self._image_names[nearest]}: picture, {int(apart_M[nearest])} bits apart"

        return None


def distinct_shingles(text: str) -> set[int]:
    """The distinct shingles of one text."""
    return set(make_shingles([normalize_text(text)])[0].tolist())


def find_contaminated(fingerprints: Sequence[Fingerprint], index: BenchmarkIndex) -> dict[int, str]:
    """Index of every contaminated sample -> the benchmark question that it matches."""
    matches = {number: index.find(fingerprint) for number, fingerprint in enumerate(fingerprints)}
    return {number: location for number, location in matches.items() if location is not None}
