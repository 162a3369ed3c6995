"""Several questions about the same images in one row: the images are read once, the questions do
not see each other.

A row is a shared prefix (segment 0), then segments 1, 2, ..., then padding (segment -1). A token
sees the prefix and its own segment, causally; positions start again after the prefix for each
segment, so each question gets the very logits that it would get in a row of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

IGNORED = -100


@dataclass(frozen=True)
class Segment:
    """A question and its completion after the shared prefix; only the completion is learned."""

    prompt_ids: Sequence[int]
    completion_ids: Sequence[int]


def segment_mask(segment_ids: Tensor) -> Tensor:
    """Who sees whom: (B, L) segments -> (B, 1, L, L) bool, [b, 0, q, k] true where token q attends
    to token k.

    Padding sees the padding before it (a row without any key would be undefined) and is seen by
    nothing else.
    """
    q = segment_ids[:, :, None]
    k = segment_ids[:, None, :]
    causal = torch.ones(
        segment_ids.shape[1], segment_ids.shape[1], dtype=torch.bool, device=segment_ids.device
    ).tril()

    return (causal & ((q == k) | ((k == 0) & (q > 0))))[:, None]


def segment_positions(segment_ids: Tensor) -> Tensor:
    """(B, L) segments -> (B, L) positions: 0, 1, ... in the prefix, then on from its length within
    each segment.

    The prefix must come first and each segment must be contiguous.
    """
    length = segment_ids.shape[1]
    place = torch.arange(length, device=segment_ids.device).expand_as(segment_ids)
    starts = torch.ones_like(segment_ids, dtype=torch.bool)
    starts[:, 1:] = segment_ids[:, 1:] != segment_ids[:, :-1]
    within = place - torch.where(starts, place, 0).cummax(dim=1).values
    prefix = (segment_ids == 0).sum(dim=1, keepdim=True)

    return torch.where(segment_ids > 0, within + prefix, within)


def pack(
    rows: Sequence[tuple[Sequence[int], Sequence[Segment]]], pad_token_id: int, multiple_of: int = 1
) -> dict[str, Tensor]:
    """Rows of (prefix ids, segments) -> `input_ids`, `segment_ids`, `position_ids`, `labels`, each
    (B, L) int64.

    L is the longest row, rounded up to a multiple; the rest is padding on the right. Labels are
    -100 but on completions.
    """
    flat = [_flatten(prefix, segments) for prefix, segments in rows]
    length = -(-max(len(ids) for ids, _, _ in flat) // multiple_of) * multiple_of
    input_ids = torch.full((len(flat), length), pad_token_id)
    segment_ids = torch.full((len(flat), length), -1)
    labels = torch.full((len(flat), length), IGNORED)

    for i, (ids, segments, targets) in enumerate(flat):
        input_ids[i, : len(ids)] = torch.tensor(ids)
        segment_ids[i, : len(ids)] = torch.tensor(segments)
        labels[i, : len(ids)] = torch.tensor(targets)

    return {
        "input_ids": input_ids,
        "segment_ids": segment_ids,
        "position_ids": segment_positions(segment_ids),
        "labels": labels,
    }


def _flatten(
    prefix: Sequence[int], segments: Sequence[Segment]
) -> tuple[list[int], list[int], list[int]]:
    ids = list(prefix)
    owners = [0] * len(prefix)
    labels = [IGNORED] * len(prefix)

    for number, segment in enumerate(segments, start=1):
        ids += [*segment.prompt_ids, *segment.completion_ids]
        owners += [number] * (len(segment.prompt_ids) + len(segment.completion_ids))
        labels += [IGNORED] * len(segment.prompt_ids) + list(segment.completion_ids)

    return ids, owners, labels
