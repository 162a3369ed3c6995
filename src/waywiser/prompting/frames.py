"""Which frames of a clip are shown to a model that sees only so many: the same ones everywhere."""

from collections.abc import Sequence
from typing import TypeVar

from waywiser.media.sampling import spread_indices
from waywiser.prompting.messages import IMAGE_PLACEHOLDER
from waywiser.sample import Sample

T = TypeVar("T")


def is_clip(sample: Sample) -> bool:
    """Whether a sample's pictures are frames of one clip: they have times or a frame rate."""
    return sample.timestamps is not None or sample.fps is not None


def limit_frames(
    sample: Sample, images: Sequence[T], max_frames: int | None
) -> tuple[Sample, list[T]]:
    """A sample with at most `max_frames` of its frames, evenly spaced, the first and last included.

    Which ones follows from their number alone, so questions about one clip show the same frames.
    Samples that are no clips stay as they are.

    Args:
        sample: The sample; times and `<image>` placeholders of frames that are left out go too.
        images: Its pictures, or what stands for them (numbers, None), in order.
        max_frames: Maximum number of frames; None for no limit.

    Returns:
        The sample and the images that are shown.
    """
    total = len(images)
    if max_frames is None or total <= max_frames or not is_clip(sample):
        return sample, list(images)

    shown = spread_indices(total, max_frames)
    changes: dict[str, object] = {"question": _drop_placeholders(sample.question, total, shown)}

    if sample.timestamps is not None and len(sample.timestamps) == total:
        changes["timestamps"] = [sample.timestamps[i] for i in shown]
    if len(sample.images) == total:
        changes["images"] = [sample.images[i] for i in shown]

    return sample.model_copy(update=changes), [images[i] for i in shown]


def _drop_placeholders(question: str, total: int, shown: Sequence[int]) -> str:
    """The question with the placeholders of these frames only; one that does not place all frames
    is plain text.
    """
    pieces = question.split(IMAGE_PLACEHOLDER)
    if len(pieces) != total + 1:
        return question

    marks = [IMAGE_PLACEHOLDER if i in shown else "" for i in range(total)]
    return pieces[0] + "".join(mark + piece for mark, piece in zip(marks, pieces[1:], strict=True))
