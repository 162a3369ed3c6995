"""The plain words that questions use for furniture, and which catalog models deserve them.

A word is used only if people agree on it and if its sizes are those of such things in real homes,
so that a known size helps to judge distances.
"""

import re
from functools import lru_cache

from waywiser.scenes.category_table import ALL_CATEGORIES, Category
from waywiser.scenes.confusable_words import is_known_pair

_OUTDOOR_GROUPS = {
    "exterior",
    "vehicles",
    "doors and windows",
    "staircases",
    "stairs",
    "characters",
}
_EXCLUDED_WORDS = re.compile(
    r"\b(outdoor|garden|street|lamppost|park|beach|deck|patio|exterior|child|children|kids?|"
    r"junior|corner|l.shaped|medical|medicine|hospital|sign|christmas|camping|potty)\b",
    re.IGNORECASE,
)
MAX_FLOOR_ELEVATION = 0.15
"""Height (m) above the floor up to which a catalog's model counts as standing on it."""

CATEGORIES: dict[str, Category] = {category.name: category for category in ALL_CATEGORIES}

GENERAL_WORDS: dict[str, tuple[str, ...]] = {
    "lamp": ("floor lamp", "table lamp", "ceiling lamp", "wall lamp"),
    "box": ("cardboard box", "crate", "storage tub", "toy box"),
    "cabinet": ("kitchen cabinet", "wall cabinet", "dresser", "sideboard", "filing cabinet"),
}
"""Words for several categories at once, which models and older scenes use, and those they cover."""
_GENERAL_PLURALS = {"lamp": "lamps", "box": "boxes", "cabinet": "cabinets"}

_DYNAMIC_PLURALS = {
    "person": "people",
    "dog": "dogs",
    "cat": "cats",
    "robot vacuum": "robot vacuums",
}
"""Plurals of the categories that walk through homes; see `dynamic_models`."""
DYNAMIC_CATEGORIES = tuple(_DYNAMIC_PLURALS)

# Catalog ids with misleading names; None for models that nobody would call by their word.
_CATEGORY_BY_KEY: dict[str, str | None] = {
    "Scopia#living_room_table": "coffee table",
    "Scopia#kids_desk_chair": "chair",
    "Scopia#kids_desk_table": "desk",
    "Scopia#kids_wooden_desk": "desk",
    "Scopia#kids_shelves": "bookcase",
    "Scopia#wall-flat-tv": "television",
    "Scopia#coffee_table": None,  # nearly all glass
    "Scopia#dining_room": None,  # a wall unit, not a bookcase
}


NO_SURFACE_KEYS = frozenset(
    {
        "Blend Swap CC-0#tableWithTablecloth",
        "Scopia#living_room_table",
        "Scopia#wooden_office_pear_table",
        "Scopia#wooden_office_teak_table",
        "Scopia#table_wood_and_iron",
    }
)
"""Catalog ids on which nothing is placed.

Their top does not fill their outline (kidney shapes, drapes, glass).
"""


def pluralize(category: str) -> str:
    """The plural of a category: "bench" gives "benches".

    Categories of scans, which are not in our table, follow the common rules.
    """
    category_info = CATEGORIES.get(category)
    if category_info is not None:
        return category_info.plural
    if (known_plural := (_DYNAMIC_PLURALS | _GENERAL_PLURALS).get(category)) is not None:
        return known_plural
    if re.search(r"(s|x|z|ch|sh)$", category):
        return f"{category}es"
    if re.search(r"[^aeiou]y$", category):
        return f"{category[:-1]}ies"

    return f"{category[:-1]}ves" if re.search(r"(shel|lea|loa)f$", category) else f"{category}s"


def is_askable(category: str) -> bool:
    """Whether questions may name a category: not if people call such things by several words.

    The words of scans, which are not in our table, are their annotators' own: they may be named.
    """
    known = CATEGORIES.get(category)
    return known is None or known.is_askable


@lru_cache(maxsize=1 << 16)
def are_confusable(a: str, b: str) -> bool:
    """Whether two words could be used for the same object ("table", "desk").

    True for equal words, pairs of the table in `confusable_words`, words that end alike ("chair",
    "office chair") and, if one of them is not in our table of categories, if one has all words of
    the other.
    """
    known = is_known_pair(a, b)
    if a == b or known is not None:
        return known is not False
    if a in GENERAL_WORDS or b in GENERAL_WORDS:
        general, other = (a, b) if a in GENERAL_WORDS else (b, a)
        covered = GENERAL_WORDS[general]
        if other in covered or any(is_known_pair(word, other) for word in covered):
            return True

    one = a.split()
    two = b.split()
    if one[-1:] == two[-1:]:
        return True
    if a in CATEGORIES and b in CATEGORIES:
        return False

    return set(one) <= set(two) or set(two) <= set(one)


def explain_no_category(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str:
    """Why `categorize` finds no category for a catalog entry.

    Args:
        key: Id of the entry in its catalog.
        name: Name of the entry, in English.
        size: Width, depth and height in meters.
        group: The catalog's own category.
        elevation: Height above the floor at which the object hangs, in meters.

    Returns:
        The kind of reason; after a colon, the detail.
    """
    sides = " x ".join(f"{side:g}" for side in size)

    if key in _CATEGORY_BY_KEY:
        return (
            f"its size is not that of its word: {sides} m"
            if _CATEGORY_BY_KEY[key]
            else "not what its name says"
        )

    if group.strip().lower() in _OUTDOOR_GROUPS:
        return f"of no indoor furniture's group: {group}"
    if (excluded := _find_excluded_word(name)) is not None:
        return f"a word in its name that is left out: {excluded!r}"

    named = _categories_in_name(name)
    hanging = [category for category in named if not _may_hang(category, elevation)]
    if named and len(hanging) == len(named):
        return f"hangs above the floor: at {elevation:g} m"
    if named:
        return (
            "its size is not that of its word (catalogues count centimetres): a"
            f" {named[0].name} of {sides} m"
        )

    return f"no English word that is known in its name: {name!r}"


def categorize(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str | None:
    """The category of a catalog entry.

    Objects that belong outdoors or do not have a human scale have no category, nor have those that
    hang although their kind stands on the floor.

    Args:
        key: Id of the entry in its catalog.
        name: Name of the entry, in English.
        size: Width, depth and height in meters.
        group: The catalog's own category.
        elevation: Height above the floor at which the object hangs, in meters.

    Returns:
        The name of the category, or None if none fits.
    """
    if key in _CATEGORY_BY_KEY:
        word = _CATEGORY_BY_KEY[key]
        return word if word and CATEGORIES[word].fits(size, slack=0.15) else None
    if group.strip().lower() in _OUTDOOR_GROUPS or _find_excluded_word(name):
        return None

    for category in _categories_in_name(name):
        if category.fits(size) and _may_hang(category, elevation):
            return category.name

    return None


def _categories_in_name(name: str) -> list[Category]:
    """The categories whose word is in a name, whatever the size: a stool may be a bar stool."""
    for spelling in _plain_spellings(name):
        categories = [
            category
            for category in ALL_CATEGORIES
            if re.search(category.pattern, spelling, re.IGNORECASE)
            and not re.search(category.exclude_pattern, spelling, re.IGNORECASE)
        ]
        if categories:
            return categories

    return []


def _find_excluded_word(name: str) -> str | None:
    for spelling in _plain_spellings(name):
        if (word := _EXCLUDED_WORDS.search(spelling)) is not None:
            return word[0]
    return None


def _plain_spellings(name: str) -> tuple[str, ...]:
    """A name in words, as catalogs also name models the way that files are named.

    "dining_chair-01" gives "dining chair 01"; "diningChair01" as it is, then "dining Chair 01".
    """
    words = re.sub(r"[_\W]+", " ", name.replace("'", "")).strip()
    return (words, re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=\d)", " ", words))


def _may_hang(category: Category, elevation: float) -> bool:
    """Whether a thing that a catalog hangs `elevation` meters above the floor can be of this kind.

    Small things have the height of the table that they stand on.
    """
    return category.mount in ("wall", "ceiling", "surface") or elevation <= MAX_FLOOR_ELEVATION
