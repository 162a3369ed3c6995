"""Questions asked twice: contradictions within a picture, contrast pairs between scenes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from waywiser.sample import Sample


def find_contradictions(
    samples: Sequence[Sample], image_digests: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pairs of sample ids that show the same images and ask the same, with different answers."""
    first: dict[tuple[str, str, tuple[str, ...]], Sample] = {}
    contradictions: list[tuple[str, str]] = []

    for sample in samples:
        key = (
            image_digests[sample.id],
            sample.question,
            tuple(sorted(sample.answer.options or ())),
        )

        other = first.setdefault(key, sample)
        if other.answer.value != sample.answer.value:
            contradictions.append((other.id, sample.id))

    return contradictions


def contrast_pair_share(samples: Sequence[Sample]) -> float:
    """Share of questions asked word for word of another scene with another answer, in [0, 1]."""
    answers: dict[tuple[str, str], set[tuple[str | None, str]]] = defaultdict(set)
    for sample in samples:
        answers[sample.task, sample.question].add((sample.scene_id, str(sample.answer.value)))

    paired = sum(
        any(
            scene != s.scene_id and value != str(s.answer.value)
            for scene, value in answers[s.task, s.question]
        )
        for s in samples
    )

    return paired / max(1, len(samples))
