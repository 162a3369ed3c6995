"""Batches of rows of like length, so that little is padding."""

from collections.abc import Iterator, Sequence

import numpy as np


class LengthGroupedSampler:
    """Row indices, one epoch per iteration, of which each `batch_size` in a row are of like length.

    Rows are shuffled, sorted by length within blocks of `block` batches, and the batches shuffled
    again; every row comes once (the last, smaller batch of the epoch stays last). Everything
    follows from (`seed`, epoch); accelerate, and a resumed Trainer, call `set_epoch`.

    Args:
        lengths: Length of each row, in tokens.
        batch_size: Rows per batch.
        seed: Seed of both shuffles.
        block: Batches within which rows are sorted.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, *, seed: int = 0, block: int = 16
    ) -> None:
        self.lengths = np.asarray(lengths)
        self.batch_size = batch_size
        self.seed = seed
        self.block = block
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next iteration draws."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng((self.seed, self.epoch))
        order = rng.permutation(len(self.lengths))
        span = self.batch_size * self.block
        blocks = [order[i : i + span] for i in range(0, len(order), span)]
        order = np.concatenate(
            [b[np.argsort(self.lengths[b], kind="stable")] for b in blocks] or [order]
        )
        whole = len(order) - len(order) % self.batch_size
        batches = rng.permutation(order[:whole].reshape(-1, self.batch_size), axis=0)
        yield from batches.ravel().tolist()
        yield from order[whole:].tolist()
