"""Shared vision encoding for Qwen2.5-VL: a picture that comes several times in a batch goes through
the tower once.

GRPO repeats each prompt, pictures included, for every completion, and asks for it in the prefill,
the reference's pass and the policy's. The tower looks at each picture by itself, so one pass serves
all copies in a call and their gradients add up in it: exact, up to the order of a sum. Where the
tower is frozen, features are kept between calls.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import Qwen2_5_VLModel

from waywiser.models.m2_reasoning.image_deduplication import distinct_images

from .m2_reasoning.model import M2ReasoningModel


class VisionFeatureCache:
    """Pictures' features, the least recently used dropped beyond `limit` bytes; 0 keeps none."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.hits = self.misses = 0
        self._entries: OrderedDict[bytes, Tensor] = OrderedDict()

    def get(self, key: bytes) -> Tensor | None:
        """The features under `key`, which count as just used."""
        found = self._entries.get(key)
        if found is None:
            self.misses += 1
            return None

        self.hits += 1
        self._entries.move_to_end(key)
        return found

    def put(self, key: bytes, features: Tensor) -> None:
        """Keep a copy; features that are larger than the limit by themselves are not kept."""
        size = features.numel() * features.element_size()
        if size > self.limit or key in self._entries:
            return

        self._entries[key] = features.detach().clone()  # a view would hold its whole batch
        self.size += size
        while self.size > self.limit:
            _, dropped = self._entries.popitem(last=False)
            self.size -= dropped.numel() * dropped.element_size()


def can_share_vision(model: Any) -> bool:
    """Whether `share_vision` applies: a Qwen2.5-VL (M2-Reasoning's own model shares by itself)."""
    inner = getattr(model, "model", None)
    return isinstance(inner, Qwen2_5_VLModel) and not isinstance(inner, M2ReasoningModel)


def share_vision(
    model: Any, *, cache_bytes: int = 0, frozen: bool | None = None
) -> VisionFeatureCache:
    """Let `model` encode each distinct picture of a call once; returns the cache that it uses.

    Features are cached while no weight of the tower is trained, or as `frozen` says (a reference
    model's never change). They are kept apart by dtype, device and autocast, in which a tower gives
    other numbers. Images only: videos go through unchanged.
    """
    inner = model.model
    cache = VisionFeatureCache(cache_bytes)
    original: Callable[..., Any] = inner.get_image_features

    def get_image_features(
        pixel_values: Tensor, image_grid_thw: Tensor | None = None, **kwargs: Any
    ) -> Any:
        has_prepared_tensors = any(isinstance(value, Tensor) for value in kwargs.values())
        if image_grid_thw is None or has_prepared_tensors or kwargs.get("return_dict") is False:
            return original(pixel_values, image_grid_thw, **kwargs)

        pixels, grids, index = distinct_images(pixel_values, image_grid_thw)
        is_frozen = (
            not any(p.requires_grad for p in inner.visual.parameters())
            if frozen is None
            else frozen
        )

        encode = lambda chosen, grid: original(chosen, grid, **{**kwargs, "return_dict": True})  # noqa: E731
        found = (
            _encode_missing(cache, encode, pixels, grids)
            if is_frozen and cache.limit
            else encode(pixels, grids)
        )

        found.pooler_output = tuple(found.pooler_output[i] for i in index)
        return found

    inner.get_image_features = get_image_features
    return cache


def _encode_missing(
    cache: VisionFeatureCache, encode: Callable[..., Any], pixels: Tensor, grids: Tensor
) -> Any:
    """As `encode`, with only the pictures encoded that the cache lacks; other outputs are theirs
    alone.
    """
    from transformers.modeling_outputs import BaseModelOutputWithPooling

    pictures = pixels.split(grids.prod(-1).tolist())
    keys = [
        _cache_key(picture, grid) for picture, grid in zip(pictures, grids.tolist(), strict=True)
    ]
    features = [cache.get(key) for key in keys]
    missing = [i for i, known in enumerate(features) if known is None]
    output: Any = BaseModelOutputWithPooling()

    if missing:
        with torch.no_grad():
            output = encode(torch.cat([pictures[i] for i in missing]), grids[missing])

        for i, new in zip(missing, output.pooler_output, strict=True):
            features[i] = new
            cache.put(keys[i], new)

    output.pooler_output = tuple(features)
    return output


def _cache_key(picture: Tensor, grid: list[int]) -> bytes:
    kind = picture.device.type
    autocast = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
    digest = hashlib.blake2b(
        f"{grid} {picture.dtype} {picture.device} {autocast}".encode(), digest_size=16
    )
    digest.update(picture.detach().contiguous().view(torch.uint8).cpu().numpy().tobytes())

    return digest.digest()
