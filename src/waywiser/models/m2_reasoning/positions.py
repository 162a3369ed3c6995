"""Which tokens are vision tokens, and where every token stands in time, height and width (M-RoPE).

Text counts on by one in all three coordinates. The patches of an image or a video of grid (t, h,
w), h and w in merged patches, stand at start + (i, j, k) for i < t, j < h, k < w: time goes on by
one per row of the grid, whatever the frame rate. What follows starts at the largest coordinate so
far plus one. (Qwen2.5-VL, arXiv 2502.13923, multiplies time by seconds and goes on after max(h, w):
long videos differ.)
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from waywiser.errors import ModelError

TEXT = 0
IMAGE = 1
VIDEO = 2
Grid = Sequence[int]


def token_types(
    input_ids: Tensor, *, image: int, video: int, image_start: int, video_start: int
) -> Tensor:
    """0 for text, 1 for a patch of an image, 2 for a patch of a video.

    Args:
        input_ids: (B, L) token ids.
        image: Id of the patches of images.
        video: Id of the patches of videos. If it equals `image`, the nearest start token before a
            patch says which it is; without one it is an image's.
        image_start: Id of the token before an image.
        video_start: Id of the token before a video.

    Returns:
        (B, L) int64.
    """
    if image != video:
        return (input_ids == image).long() * IMAGE + (input_ids == video).long() * VIDEO

    place = torch.arange(1, input_ids.shape[-1] + 1, device=input_ids.device)
    last_image = torch.where(input_ids == image_start, place, 0).cummax(-1).values
    last_video = torch.where(input_ids == video_start, place, 0).cummax(-1).values
    kind = torch.where(last_video > last_image, VIDEO, IMAGE)

    return torch.where(input_ids == image, kind, TEXT)


def text_positions(attention_mask: Tensor) -> Tensor:
    """Positions without vision: (B, L) mask -> (3, B, L), 0, 1, ... over the tokens that are not
    masked.
    """
    positions = attention_mask.long().cumsum(-1) - 1
    return positions.clamp(min=0).expand(3, *attention_mask.shape)


def vision_positions(
    types: Tensor,
    attention_mask: Tensor,
    image_grids: Sequence[Grid],
    video_grids: Sequence[Grid],
    merge: int,
) -> tuple[Tensor, Tensor]:
    """Positions of all tokens, and how far each row's next token is from its number of tokens.

    Args:
        types, attention_mask: (B, L); masked tokens get 0 and count for nothing.
        image_grids, video_grids: (t, h, w) in patches before merging, in the order of rows and
            places.
        merge: Patches that are merged along each side.

    Returns:
        Positions (3, B, L) int64 and deltas (B, 1) int64.

    Raises:
        ModelError: Grids and patches do not match.
    """
    grids = {IMAGE: iter(image_grids), VIDEO: iter(video_grids)}
    positions = torch.zeros(3, *types.shape, dtype=torch.long, device=types.device)
    deltas = []

    for row, mask in enumerate(attention_mask.bool()):
        kinds = types[row][mask].tolist()
        row_positions = torch.cat(
            [*_row_positions(kinds, grids, merge), torch.zeros(3, 0, dtype=torch.long)], dim=1
        )
        positions[:, row, mask] = row_positions.to(types.device)
        deltas.append(int(row_positions.max()) + 1 - len(kinds) if kinds else 0)

    unused = {kind: len(list(rest)) for kind, rest in grids.items()}
    if any(unused.values()):
        raise ModelError(
            f"{unused[IMAGE]} images and {unused[VIDEO]} videos were given beyond those in the"
            " text: remove them, or place them in the messages"
        )

    return positions, torch.tensor(deltas, device=types.device)[:, None]


def _row_positions(
    kinds: list[int], grids: dict[int, Iterator[Grid]], merge: int
) -> Iterator[Tensor]:
    """The positions of one row without padding, block by block, each (3, n)."""
    at = 0
    start = 0

    while at < len(kinds):
        kind = kinds[at]
        if kind == TEXT:
            end = next((i for i in range(at, len(kinds)) if kinds[i] != TEXT), len(kinds))
            yield torch.arange(start, start + end - at).expand(3, -1)
            at, start = end, start + end - at
            continue

        grid = next(grids[kind], None)
        name = "an image" if kind == IMAGE else "a video"

        if grid is None:
            raise ModelError(
                f"the text has the patches of {name} whose pixels were not given: give one for each"
                " placeholder"
            )

        t = grid[0]
        h = grid[1] // merge
        w = grid[2] // merge
        if kinds[at : at + t * h * w] != [kind] * (t * h * w):
            raise ModelError(
                f"{name} has {t * h * w} patch tokens by its grid, but the text has fewer in its"
                " place: build text and pixels by one call of the processor, without truncation"
            )

        yield (
            torch.cartesian_prod(torch.arange(t), torch.arange(h), torch.arange(w)).reshape(-1, 3).T
            + start
        )

        at = at + t * h * w
        start = start + max(t, h, w)
