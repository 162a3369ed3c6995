"""Shared vision encoding: a picture that comes several times in a batch is encoded once.

Reinforcement learning repeats each prompt, pictures included, for every completion; the vision
tower looks at each picture (or video) by itself, so one pass serves all its copies, and their
gradients add up.
"""

import torch
from torch import Tensor


def distinct_images(pixel_values: Tensor, grid_thw: Tensor) -> tuple[Tensor, Tensor, list[int]]:
    """The distinct pictures of a batch, and which of them each picture is.

    Args:
        pixel_values: (patches, size) of all pictures, one after the other.
        grid_thw: (N, 3), patches along time, height and width of each.
    Returns:
        pixels and grids of the D distinct ones in order of first appearance, and N indices below D.
        Where all are distinct the very tensors that were given.
    """
    pictures = pixel_values.split(grid_thw.prod(-1).tolist())
    grids = grid_thw.tolist()
    first: list[int] = []
    index: list[int] = []

    for i, picture in enumerate(pictures):
        # The last ones first: copies of a prompt stand side by side.
        same = (k for k in range(len(first) - 1, -1, -1) if grids[first[k]] == grids[i])
        match = next((k for k in same if torch.equal(pictures[first[k]], picture)), None)
        if match is None:
            match = len(first)
            first.append(i)

        index.append(match)

    if len(first) == len(pictures):
        return pixel_values, grid_thw, index

    return torch.cat([pictures[i] for i in first]), grid_thw[first], index
