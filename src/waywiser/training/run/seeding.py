"""Chance that follows from where a run stands, not from what ran before: a resumed step draws what
it drew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def derive_seed(*key: int) -> int:
    """One seed of 63 bits for a place such as (seed, step, process); other places give unrelated
    ones.
    """
    return int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))


@contextmanager
def torch_seed(*key: int, device: torch.device | None = None) -> Iterator[None]:
    """Within this context torch draws by `key` alone; afterwards its state is what it was."""
    devices = [device] if device is not None and device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(derive_seed(*key))
        yield
