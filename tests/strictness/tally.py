"""Counts of what a grader made of the pairs: by kind, by form and by frame, with the first failures
of each form.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from strictness.pairs import Pair

SHOWN = 3
"""Failures of one form that are kept."""


@dataclass
class Tally:
    """`seen` and `failed` count by (kind, whether right, form) and, for right pairs, by (kind,
    "frame", frame).
    """

    seen: Counter[tuple[str, Any, str]] = field(default_factory=Counter)
    failed: Counter[tuple[str, Any, str]] = field(default_factory=Counter)
    first: dict[tuple[str, Any, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    timed_out: int = 0

    def add(self, pair: Pair, score: float, outcome: str) -> None:
        """Count one pair and what it earned."""
        form = (pair.kind, pair.right, pair.form)
        has_failed = (score > 0) != pair.right
        keys = [form, (pair.kind, "frame", pair.frame)] if pair.right else [form]

        self.seen.update(keys)
        self.timed_out += outcome == "timed_out"
        if has_failed:
            self.failed.update(keys)
            if len(self.first[form]) < SHOWN:
                self.first[form].append(f"{pair.completion!r} for {pair.answer!r}: {outcome}")

    def merge(self, other: "Tally") -> None:
        """Add the counts of pairs that come behind these."""
        self.seen.update(other.seen)
        self.failed.update(other.failed)
        self.timed_out += other.timed_out
        for form, texts in other.first.items():
            self.first[form] = (self.first[form] + texts)[:SHOWN]

    def of_kind(self, kind: str) -> dict[str, int | float]:
        """Near misses, false positives, paraphrases, missed ones and the recall of one kind."""
        counts = {
            name: sum(n for key, n in counter.items() if key[:2] == (kind, right))
            for name, counter, right in (
                ("near_misses", self.seen, False),
                ("false_positives", self.failed, False),
                ("paraphrases", self.seen, True),
                ("missed", self.failed, True),
            )
        }
        return {**counts, "recall": 1 - counts["missed"] / max(1, counts["paraphrases"])}

    def failures(self, right: bool) -> list[str]:
        """Lines about the forms that failed, most frequent first."""
        forms = [form for form in self.failed if form[1] is right]
        lines = []
        for form in sorted(forms, key=lambda form: (form[0], -self.failed[form], form[2])):
            lines.append(f"{form[0]}, {form[2]}: {self.failed[form]} of {self.seen[form]}")
            lines += [f"    {text}" for text in self.first[form]]
        return lines


def tallied(pairs: Iterable[Pair], grade: Callable[[list[str], list[Any]], Iterable[Any]]) -> Tally:
    """Grade all pairs with `grade` (completions, answers) -> verdicts, and count."""
    tally = Tally()
    listed = list(pairs)
    verdicts = grade([pair.completion for pair in listed], [pair.answer for pair in listed])
    for pair, verdict in zip(listed, verdicts, strict=True):
        tally.add(pair, verdict.score, verdict.outcome)
    return tally
