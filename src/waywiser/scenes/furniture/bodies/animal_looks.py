"""How dogs and cats differ: proportions, coat and head.

Lengths of an `AnimalLook` are shares of the height of the withers, where the shoulders are highest.
"""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class AnimalLook:
    """The looks of one dog or cat; colors are sRGB hex strings."""

    withers: float
    """Height of the withers in meters."""
    stride: float
    """Length of a step cycle in meters."""
    coat: str
    belly: str
    """Color of the underside and of the feet."""
    muzzle: str
    """Color of the muzzle."""
    ears: str
    back: str = ""
    """Color of a saddle, patches or stripes; empty for none."""
    pattern: Literal["", "saddle", "patches", "stripes"] = ""
    length: float = 1.05
    """From the chest to the rump."""
    girth: float = 1.0
    """Factor on the widths of the trunk."""
    chest: float = 0.26
    """Half of the depth of the chest."""
    leg_width: float = 1.0
    """Factor on the widths of the legs."""
    head: float = 1.0
    """Factor on the size of the head."""
    snout: float = 0.205
    """Length of the muzzle in front of the skull."""
    snout_width: float = 0.066
    """Half of the width of the muzzle."""
    ear_shape: Literal["hanging", "upright"] = "hanging"
    ear: float = 0.19
    """Length of the ears."""
    neck_rise: float = 0.3
    """How much higher the head is than the withers."""
    tail: float = 0.55
    """Length of the tail."""
    tail_width: float = 0.035
    tail_pose: Literal["up", "out", "low"] = "out"
    collar: str = ""
    """Color of a collar; empty for none."""
    eyes: str = "#241811"
    is_cat: bool = False


_RETRIEVER = AnimalLook(
    withers=0.57,
    stride=0.62,
    coat="#d6a766",
    belly="#e6c58f",
    muzzle="#e0b87a",
    ears="#b98545",
    collar="#b3322c",
)
_CAT = AnimalLook(
    withers=0.26,
    stride=0.36,
    coat="#8f8a83",
    belly="#ece8e0",
    muzzle="#ece8e0",
    ears="#7d7872",
    back="#4d4843",
    pattern="stripes",
    length=1.4,
    girth=1.12,
    chest=0.235,
    leg_width=1.15,
    head=1.4,
    snout=0.09,
    snout_width=0.075,
    ear_shape="upright",
    ear=0.13,
    neck_rise=0.17,
    tail=1.05,
    tail_width=0.052,
    tail_pose="low",
    eyes="#7f9a2f",
    is_cat=True,
)

DOGS: tuple[AnimalLook, ...] = (
    _RETRIEVER,
    replace(  # a shepherd
        _RETRIEVER,
        withers=0.62,
        stride=0.68,
        coat="#a8703c",
        belly="#c99a62",
        muzzle="#2c2420",
        ears="#2c2420",
        back="#2c2522",
        pattern="saddle",
        length=1.12,
        ear_shape="upright",
        ear=0.19,
        snout=0.27,
        snout_width=0.05,
        tail_width=0.06,
        collar="",
    ),
    replace(  # a beagle
        _RETRIEVER,
        withers=0.38,
        stride=0.44,
        coat="#f0ece4",
        belly="#f0ece4",
        muzzle="#f0ece4",
        ears="#8a5228",
        back="#7a4722",
        pattern="saddle",
        length=1.18,
        ear=0.27,
        head=1.15,
        tail_pose="up",
        collar="#2f5f9a",
    ),
    replace(  # a small terrier
        _RETRIEVER,
        withers=0.3,
        stride=0.36,
        coat="#efebe2",
        belly="#efebe2",
        muzzle="#e3dccd",
        ears="#d8cfbd",
        length=1.1,
        girth=1.3,
        leg_width=1.35,
        head=1.3,
        snout=0.17,
        snout_width=0.07,
        ear_shape="upright",
        ear=0.16,
        tail=0.4,
        tail_width=0.055,
        tail_pose="up",
        collar="#3a8a5c",
    ),
    replace(  # a black labrador
        _RETRIEVER,
        coat="#2a2726",
        belly="#34302e",
        muzzle="#34302e",
        ears="#1d1b1a",
        girth=1.06,
        collar="#d4a02c",
    ),
    # The last ones are held out.
    replace(  # a spotted hound
        _RETRIEVER,
        withers=0.55,
        stride=0.6,
        coat="#efece6",
        belly="#efece6",
        muzzle="#efece6",
        ears="#6b3f22",
        back="#6b3f22",
        pattern="patches",
        girth=0.94,
        ear=0.22,
        collar="#2b2b2e",
    ),
)
CATS: tuple[AnimalLook, ...] = (
    _CAT,
    replace(
        _CAT,
        coat="#d38a45",
        belly="#f0dcc0",
        muzzle="#f3e4cd",
        ears="#c27a38",
        back="#ac6228",
        eyes="#8a7a2c",
    ),
    replace(
        _CAT,
        withers=0.25,
        coat="#2a2829",
        belly="#2a2829",
        muzzle="#322f30",
        ears="#232122",
        back="",
        pattern="",
        eyes="#b9a12f",
    ),
    replace(
        _CAT,
        coat="#efebe4",
        belly="#efebe4",
        muzzle="#efebe4",
        ears="#4a4340",
        back="#4a4340",
        pattern="patches",
        girth=1.2,
        eyes="#5a86a8",
    ),
    # The last one is held out.
    replace(
        _CAT,
        withers=0.27,
        coat="#8d99a6",
        belly="#9ba6b2",
        muzzle="#a6b0ba",
        ears="#7f8b98",
        back="",
        pattern="",
        girth=1.25,
        eyes="#b57f2b",
    ),
)
