"""How people differ: size, build, skin, hair and clothes.

Lengths of a `PersonLook` are shares of the body's height.
"""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class PersonLook:
    """The looks of one person; colors are sRGB hex strings."""

    height: float
    """Body height in meters, without shoes' heels and hair."""
    stride: float
    """Length of a step cycle in meters."""
    skin: str
    hair: str
    hair_cut: Literal["short", "long", "bun", "bald"]
    shirt: str
    trousers: str
    shoes: str
    stripes: str = ""
    """Second color of a striped shirt; empty for a plain one."""
    build: float = 1.0
    """Factor on the widths of trunk and limbs."""
    belly: float = 0.0
    """How much farther the belly reaches to the front."""
    chest: float = 0.0
    """How much farther the chest reaches to the front."""
    shoulders: float = 0.103
    """Half of the distance between the shoulder joints."""
    hips: float = 0.096
    """Half of the width of the hips."""
    hip_height: float = 0.52
    """Height of the hip joints."""
    head: float = 0.132
    """Height of the head."""
    bare_arms: Literal["", "forearms", "arms"] = ""
    """Which part of the arms a sleeve leaves bare."""
    legs: Literal["trousers", "shorts", "skirt"] = "trousers"
    beard: bool = False


_WOMAN = PersonLook(
    height=1.66,
    stride=1.18,
    skin="#e3b18f",
    hair="#4a2f1f",
    hair_cut="long",
    shirt="#2f7f7c",
    trousers="#33405c",
    shoes="#e8e4dc",
    build=0.92,
    chest=0.014,
    shoulders=0.093,
    hips=0.098,
)
_MAN = PersonLook(
    height=1.78,
    stride=1.26,
    skin="#d9a37c",
    hair="#3a2a20",
    hair_cut="short",
    shirt="#b23a36",
    trousers="#3b4252",
    shoes="#5a3d2b",
)
_CHILD = PersonLook(
    height=1.22,
    stride=0.92,
    skin="#edc3a3",
    hair="#a9743f",
    hair_cut="short",
    shirt="#e0a92e",
    trousers="#3d6fa5",
    shoes="#c8433a",
    build=0.98,
    shoulders=0.095,
    hips=0.088,
    hip_height=0.49,
    head=0.168,
    bare_arms="forearms",
)

PEOPLE: tuple[PersonLook, ...] = (
    _MAN,
    _WOMAN,
    _CHILD,
    replace(
        _MAN,
        height=1.84,
        stride=1.3,
        skin="#6b432c",
        hair="#17130f",
        shirt="#e9e6df",
        trousers="#7a6a52",
        shoes="#2b2b2e",
        bare_arms="forearms",
    ),
    replace(
        _WOMAN,
        height=1.6,
        stride=1.12,
        skin="#8d5a3c",
        hair="#1d1714",
        hair_cut="bun",
        shirt="#d8a13a",
        trousers="#7b2f4a",
        shoes="#2d2a2c",
        bare_arms="forearms",
        legs="skirt",
    ),
    replace(
        _MAN,
        height=1.72,
        stride=1.16,
        skin="#e8bd9d",
        hair="#b9b4ac",
        hair_cut="bald",
        shirt="#4c6b8a",
        trousers="#8b7d68",
        build=1.12,
        belly=0.03,
        beard=True,
    ),
    replace(
        _WOMAN,
        height=1.7,
        skin="#c98d66",
        hair="#15110f",
        shirt="#f0ece4",
        stripes="#32425f",
        trousers="#5b6b83",
        shoes="#b8443c",
    ),
    replace(
        _CHILD,
        height=1.34,
        stride=1.0,
        skin="#7d5136",
        hair="#1a1411",
        hair_cut="long",
        shirt="#c85a86",
        trousers="#4a4f78",
        shoes="#f0eee8",
        head=0.158,
    ),
    # The last ones are held out.
    replace(
        _MAN,
        height=1.76,
        skin="#c08a60",
        hair="#2a1d15",
        shirt="#5d7f5a",
        stripes="#e3ded2",
        trousers="#2e3238",
        shoes="#dcd8d0",
        bare_arms="forearms",
        legs="shorts",
        beard=True,
    ),
    replace(
        _WOMAN,
        height=1.63,
        stride=1.14,
        skin="#f0c9ae",
        hair="#c9a05a",
        shirt="#8a5aa0",
        trousers="#2f2d33",
        shoes="#7d5238",
        build=1.04,
    ),
)
"""The looks of all people; models are numbered from 1 in this order."""
