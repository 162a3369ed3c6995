"""Category words of scans, normalized to those that questions use."""

import re

from waywiser.scenes.scans.safe_io import ScanItemError

STRUCTURE_WORDS = frozenset(
    {
        "wall",
        "walls",
        "floor",
        "ceiling",
        "door",
        "doors",
        "doorframe",
        "door frame",
        "window",
        "windows",
        "window frame",
        "windowsill",
        "stairs",
        "stair",
        "staircase",
        "beam",
        "column",
        "pillar",
        "room",
        "board",
        "curtain",
        "curtains",
        "blind",
        "blinds",
        "pipe",
        "baseboard",
        "rail",
        "railing",
    }
)
"""Parts of the building: nothing is asked about them."""

MEANINGLESS_WORDS = frozenset(
    {
        "object",
        "objects",
        "unknown",
        "unlabeled",
        "unlabelled",
        "unannotated",
        "remove",
        "misc",
        "other",
        "void",
        "otherfurniture",
        "other furniture",
        "otherprop",
        "other prop",
        "otherstructure",
        "clutter",
        "stuff",
        "item",
        "split",
        "nothing",
        "background",
    }
)
"""Words without meaning: objects with such a category are not asked about."""

_SYNONYMS = {
    "couch": "sofa",
    "settee": "sofa",
    "tv": "television",
    "tv monitor": "television",
    "refrigerator": "fridge",
    "refridgerator": "fridge",
    "night stand": "nightstand",
    "bedside table": "nightstand",
    "book shelf": "bookcase",
    "bookshelf": "bookcase",
    "trash bin": "trash can",
    "trashcan": "trash can",
    "garbage bin": "trash can",
    "waste bin": "trash can",
    "bin": "trash can",
    "bath tub": "bathtub",
    "potted plant": "plant",
    "stove": "stove",
    "oven": "stove",
    "washer": "washing machine",
    "washbasin": "sink",
    "arm chair": "armchair",
    "wash basin": "sink",
}

_SINGULAR_IN_S = {
    "cactus",
    "canvas",
    "bus",
    "lens",
    "octopus",
    "chess",
    "walrus",
    "abacus",
    "christmas",
    "thermos",
}
"""Words that end like plurals."""

_WORD_PATTERN = re.compile(r"[a-z][a-z0-9' -]{0,38}[a-z0-9]")


def normalize_category(text: object) -> str:
    """The word for a category, in lower case: "Trash_bin" gives "trash can".

    Raises ScanItemError for anything but short plain text, for parts of the building, words without
    meaning and plurals ("books": nobody knows how many, or which of them a box is around).
    """
    if not isinstance(text, str) or len(text) > 200:
        raise ScanItemError("has a category that is not a word")

    word = " ".join(text.replace("_", " ").lower().split())
    word = _SYNONYMS.get(word, word)
    if not _WORD_PATTERN.fullmatch(word):
        raise ScanItemError("has a category that is not a word")
    if word in STRUCTURE_WORDS:
        raise ScanItemError("is a part of the building")
    if word in MEANINGLESS_WORDS:
        raise ScanItemError("has a category that names nothing")
    if re.search(r"[^s]s$", word) and word not in _SINGULAR_IN_S:
        raise ScanItemError("has a category that names several things")

    return word
