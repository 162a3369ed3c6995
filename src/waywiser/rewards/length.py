"""How long a completion may be: optional shaping against answers that ramble or never end."""


def length_reward(completion: str, *, free: int = 2048, limit: int = 4096) -> float:
    """A penalty in [-1, 0]: 0 up to `free` characters, then linear to -1 at `limit` and beyond.

    The shape is DAPO's soft overlong punishment (arXiv 2503.14476, eq. 13), in characters so that
    it needs no tokenizer and is the same for every trainer.
    """
    return -min(1.0, max(0.0, (len(completion) - free) / (limit - free)))
