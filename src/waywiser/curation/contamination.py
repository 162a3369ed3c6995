"""Decontamination: which samples are in a benchmark, by words or by pictures.

A question is contaminated if at least `text` of its word 3-grams stand in one benchmark question, or of that
question's in it; or if one of its pictures looks like a benchmark's. Questions of fewer than six shingles must be
the whole question, and where both have pictures short words alone decide nothing: "How many chairs are there?" is
in a benchmark only with its picture.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from waywiser.curation.config import DecontaminationConfig
from waywiser.curation.duplicates import Fingerprint, split_looks
from waywiser.curation.pictures import HASH_BYTES, look
from waywiser.curation.shingles import normalised, shingles
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks import BenchmarkItem, load_benchmark

FEWEST = 6
SPECIFIC = 20
"""Shingles from which a text is so specific that another picture does not excuse it."""
_FRAMES = 4


@dataclass
class BenchmarkIndex:
    """All benchmark questions by shingle, and all their pictures by perceptual hash."""

    config: DecontaminationConfig
    names: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    pictured: list[bool] = field(default_factory=list)
    unreadable: int = 0

    def __post_init__(self) -> None:
        self._by_shingle: dict[int, list[int]] = {}
        self._looks: list[bytes] = []
        self._look_names: list[str] = []
        self._table: np.ndarray | None = None

    @classmethod
    def load(cls, config: DecontaminationConfig) -> "BenchmarkIndex":
        """Read the recipe's benchmarks. Raises DatasetError or RecipeError for one that cannot be read at all."""
        index = cls(config)
        for benchmark in config.benchmarks:
            loaded = load_benchmark(benchmark.name, benchmark.path)
            index.unreadable += len(loaded.bad)
            index.add(loaded.items)
        return index

    def add(self, items: Iterable[BenchmarkItem]) -> None:
        """Add questions. Pictures that cannot be read are counted."""
        for item in items:
            name = f"{item.benchmark} {item.id}"
            number = len(self.names)
            codes = shingle_set("\n".join([item.prompt, *item.options]))
            self.names.append(name)
            self.sizes.append(len(codes))
            self.pictured.append(bool(item.images) or item.video is not None)
            for code in codes:
                self._by_shingle.setdefault(code, []).append(number)
            try:
                looks = [look(picture) for picture in item.pictures(_FRAMES)]
            except DatasetError:
                self.unreadable += 1
                continue
            self._looks += looks
            self._look_names += [name] * len(looks)
        self._table = None

    def find(self, print_: Fingerprint) -> str | None:
        """Which benchmark question the sample is, and how: "mathvista 12: text .93", or None."""
        return self._by_picture(print_) or self._by_text(print_)

    def _by_text(self, print_: Fingerprint) -> str | None:
        codes = shingle_set(print_.text)
        shared = Counter(number for code in codes for number in self._by_shingle.get(code, ()))
        best: tuple[float, int] | None = None
        for number, count in shared.items():
            smaller = min(len(codes), self.sizes[number])
            if smaller < FEWEST and len(codes) != self.sizes[number]:
                continue
            if print_.looks and self.pictured[number] and smaller < SPECIFIC:
                continue
            share = count / smaller
            if share >= self.config.text and (best is None or share > best[0]):
                best = (share, number)
        return None if best is None else f"{self.names[best[1]]}: text {best[0]:.2f}"

    def _by_picture(self, print_: Fingerprint) -> str | None:
        if not self._looks:
            return None
        if self._table is None:
            self._table = np.frombuffer(b"".join(self._looks), np.uint8).reshape(-1, HASH_BYTES)
        for hash_ in split_looks(print_.looks):
            apart_M = np.bitwise_count(self._table ^ np.frombuffer(hash_, np.uint8)).sum(1)
            nearest = int(apart_M.argmin())
            if apart_M[nearest] <= self.config.picture_bits:
                return f"{self._look_names[nearest]}: picture, {int(apart_M[nearest])} bits apart"
        return None


def shingle_set(text: str) -> set[int]:
    """The distinct shingles of one text."""
    return set(shingles([normalised(text)])[0].tolist())


def decontaminate(prints: Sequence[Fingerprint], index: BenchmarkIndex) -> dict[int, str]:
    """Number of every contaminated sample -> where it was found."""
    found = {number: index.find(print_) for number, print_ in enumerate(prints)}
    return {number: where for number, where in found.items() if where is not None}
