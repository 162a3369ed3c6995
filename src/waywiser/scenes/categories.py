"""The plain words that questions use for furniture, and which catalogue models deserve them.

A word is kept only where people agree on it, where a library has at least two believable models (so
that one can be held out), and where its sizes overlap with those of other words (so that the word
does not give the size away).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Range = tuple[float, float]
Support = Literal["floor", "surface", "either"]

_OUTDOOR_GROUPS = {
    "exterior",
    "vehicles",
    "doors and windows",
    "staircases",
    "stairs",
    "characters",
}
_EXCLUDED_WORDS = re.compile(
    r"\b(wall|ceiling|pendant|suspended|chandelier|outdoor|garden|street|lamppost|park|beach|deck|patio|exterior|"
    r"baby|child|children|kids?|dolls?|toy|junior|crib|cot|corner|l.shaped|medical|medicine|hospital|sign|"
    r"christmas|camping|potty)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Category:
    """A kind of furniture.

    `width`, `depth`, `height` are the metres within which people call a thing by this word;
    `stretch` is how far each axis may be scaled apart from the others. A thing "against a wall" has
    its back to it; one that `supports_objects` has a top on which small things stand. `pattern`
    finds it in catalogue names, `exclude_pattern` takes exceptions out again.
    """

    name: str
    plural: str
    width: Range
    depth: Range
    height: Range
    pattern: str
    exclude_pattern: str = r"(?!)"
    placement: Support = "floor"
    against_wall: bool = False
    supports_objects: bool = False
    stretch: float = 1.12

    @property
    def size_ranges(self) -> tuple[Range, Range, Range]:
        """(width, depth, height) ranges in metres."""
        return (self.width, self.depth, self.height)

    def fits(self, size: tuple[float, float, float], slack: float = 0.05) -> bool:
        """Whether a natural size (m) lies inside the limits, `slack` relative."""
        return all(
            lo * (1 - slack) <= s <= hi * (1 + slack)
            for s, (lo, hi) in zip(size, self.size_ranges, strict=True)
        )


_ALL_CATEGORIES = (
    Category(
        "chair",
        "chairs",
        (0.36, 0.75),
        (0.38, 0.8),
        (0.65, 1.25),
        r"\bchair\b",
        r"\barm|high|wheel|bar\b|lounge|rocking|ottoman|ryokan|desk",
    ),
    Category(
        "armchair",
        "armchairs",
        (0.64, 1.25),
        (0.6, 1.15),
        (0.6, 1.2),
        r"armchair",
        r"ottoman|office",
    ),
    Category("stool", "stools", (0.28, 0.6), (0.28, 0.6), (0.38, 1.2), r"\bstool\b"),
    Category(
        "sofa",
        "sofas",
        (1.3, 2.9),
        (0.65, 1.2),
        (0.55, 1.15),
        r"\b(sofa|couch)\b",
        r"open|convertible",
        against_wall=True,
        stretch=1.2,
    ),
    Category(
        "bench",
        "benches",
        (0.5, 1.9),
        (0.28, 0.6),
        (0.35, 0.65),
        r"\bbench\b",
        r"abdominal|work|concrete|press",
        against_wall=True,
        stretch=1.25,
    ),
    Category(
        "table",
        "tables",
        (0.6, 2.3),
        (0.5, 1.35),
        (0.6, 1.0),
        r"\btable\b",
        r"coffee|bedside|night|tennis|pool|football|changing|dressing|desk|lamp|bar\b|fan|technical|"
        r"\blow\b|trestle|glass",
        supports_objects=True,
        stretch=1.3,
    ),
    Category(
        "coffee table",
        "coffee tables",
        (0.45, 1.6),
        (0.35, 1.0),
        (0.28, 0.58),
        r"coffee table|low table",
        supports_objects=True,
        stretch=1.25,
    ),
    Category(
        "desk",
        "desks",
        (0.8, 2.1),
        (0.45, 1.0),
        (0.62, 1.15),
        r"\bdesk\b",
        r"chair|lamp|fan|phone",
        against_wall=True,
        supports_objects=True,
        stretch=1.25,
    ),
    Category(
        "bed",
        "beds",
        (0.8, 2.2),
        (1.7, 2.4),
        (0.35, 1.35),
        r"\bbed\b",
        r"\b(dog|cat|bunk|mezzanine|day|opened|air)\b",
        against_wall=True,
        stretch=1.2,
    ),
    Category(
        "nightstand",
        "nightstands",
        (0.3, 0.75),
        (0.28, 0.6),
        (0.35, 0.8),
        r"bedside|night ?stand|night table",
        against_wall=True,
        supports_objects=True,
        stretch=1.25,
    ),
    Category(
        "wardrobe",
        "wardrobes",
        (0.7, 2.5),
        (0.42, 0.85),
        (1.45, 2.35),
        r"wardrobe|\bcloset\b",
        against_wall=True,
        stretch=1.3,
    ),
    Category(
        "bookcase",
        "bookcases",
        (0.4, 2.6),
        (0.22, 0.56),
        (0.7, 2.3),
        r"bookcase|book ?shel|\bshelves\b",
        r"cabinet|upper|utility",
        against_wall=True,
        stretch=1.35,
    ),
    Category(
        "cabinet",
        "cabinets",
        (0.35, 1.8),
        (0.35, 0.8),
        (0.52, 1.7),
        r"\bcabinet\b|\bcupboard\b|\bdresser\b|chest of drawers|sideboard|\bbuffet\b",
        r"sink|shower|medicine|glass door|television|upper",
        against_wall=True,
        supports_objects=True,
        stretch=1.35,
    ),
    Category(
        "television",
        "televisions",
        (0.45, 1.6),
        (0.06, 0.45),
        (0.35, 1.1),
        r"^(flat |led |lcd )?tv\b|television",
        r"stand|remote|cabinet|unit",
        placement="surface",
        against_wall=True,
        stretch=1.15,
    ),
    Category(
        "lamp",
        "lamps",
        (0.12, 0.75),
        (0.12, 0.75),
        (0.28, 1.95),
        r"\blamp\b",
        placement="either",
        stretch=1.15,
    ),
    Category(
        "plant",
        "plants",
        (0.18, 1.1),
        (0.18, 1.1),
        (0.2, 2.0),
        r"\bplants?\b|ficus|yucca|\bfern\b|spathiphyllum|spatifilum|bonsai|cactus|bamboo|house"
        r" ?plant",
        r"box|pot$",
        placement="either",
        stretch=1.15,
    ),
    Category(
        "vase",
        "vases",
        (0.12, 0.5),
        (0.12, 0.5),
        (0.2, 1.1),
        r"\bvase\b",
        r"lamp",
        placement="either",
        stretch=1.15,
    ),
    Category(
        "fridge",
        "fridges",
        (0.5, 1.05),
        (0.5, 1.0),
        (0.8, 2.1),
        r"fridge|refrigerator",
        r"chest",
        against_wall=True,
        stretch=1.2,
    ),
    Category(
        "washing machine",
        "washing machines",
        (0.48, 0.8),
        (0.42, 0.8),
        (0.65, 1.05),
        r"washing machine",
        against_wall=True,
    ),
    Category(
        "stove",
        "stoves",
        (0.45, 1.1),
        (0.42, 0.8),
        (0.5, 1.15),
        r"\bstove\b|\bcooker\b|double oven",
        against_wall=True,
        stretch=1.2,
    ),
    Category(
        "toilet",
        "toilets",
        (0.32, 0.52),
        (0.46, 0.88),
        (0.6, 1.0),
        r"\btoilets?( unit)?$|\bwc\b",
        against_wall=True,
    ),
    Category(
        "bathtub",
        "bathtubs",
        (1.2, 2.0),
        (0.62, 1.1),
        (0.4, 1.15),
        r"bathtub|\bbath$",
        against_wall=True,
        stretch=1.15,
    ),
    Category(
        "sink",
        "sinks",
        (0.4, 1.3),
        (0.32, 0.75),
        (0.72, 1.3),
        r"washbasin|\bsink\b|\bvanity\b|lavatory",
        against_wall=True,
    ),
    Category(
        "trash can",
        "trash cans",
        (0.18, 0.65),
        (0.18, 0.65),
        (0.25, 1.0),
        r"dustbin|trash ?can|waste ?bin|garbage|recycling bin|waste ?paper",
        stretch=1.2,
    ),
    Category(
        "box",
        "boxes",
        (0.25, 1.05),
        (0.2, 0.75),
        (0.2, 0.75),
        r"\bbox\b|\bcrate\b",
        r"bread|tool|match|letter|music|plant|flower|mail",
        stretch=1.35,
    ),
    Category(
        "radiator",
        "radiators",
        (0.4, 2.2),
        (0.08, 0.45),
        (0.3, 1.0),
        r"\bradiator\b",
        r"towel",
        against_wall=True,
        stretch=1.3,
    ),
    Category(
        "laptop",
        "laptops",
        (0.26, 0.45),
        (0.18, 0.42),
        (0.15, 0.36),
        r"laptop|notebook|ibook|macbook",
        placement="surface",
    ),
    Category(
        "bowl",
        "bowls",
        (0.18, 0.5),
        (0.18, 0.5),
        (0.08, 0.28),
        r"\bbowl\b",
        r"toilet",
        placement="surface",
    ),
    Category(
        "speaker",
        "speakers",
        (0.14, 0.5),
        (0.14, 0.5),
        (0.25, 1.3),
        r"\bspeaker\b|loudspeaker",
        placement="either",
        stretch=1.3,
    ),
    Category("fan", "fans", (0.2, 0.6), (0.15, 0.6), (0.28, 1.4), r"\bfan\b", placement="either"),
)

CATEGORIES: dict[str, Category] = {category.name: category for category in _ALL_CATEGORIES}

_CONFUSABLE = {
    frozenset(pair)
    for pair in (
        ("chair", "armchair"),
        ("chair", "stool"),
        ("armchair", "sofa"),
        ("stool", "bench"),
        ("sofa", "bench"),
        ("table", "coffee table"),
        ("table", "desk"),
        ("bench", "coffee table"),
        ("coffee table", "nightstand"),
        ("nightstand", "cabinet"),
        ("cabinet", "wardrobe"),
        ("cabinet", "bookcase"),
        ("cabinet", "stove"),
        ("nightstand", "stool"),
        ("vase", "plant"),
        ("vase", "bowl"),
        ("vase", "lamp"),
        ("desk", "nightstand"),
        ("television", "laptop"),
        ("wardrobe", "bookcase"),
        ("wardrobe", "fridge"),
        ("cabinet", "sink"),
        ("dog", "cat"),
    )
}

_DYNAMIC_PLURALS = {
    "person": "people",
    "dog": "dogs",
    "cat": "cats",
    "robot vacuum": "robot vacuums",
}
"""Plurals of what walks through homes; see `movers`."""

# Catalogue ids whose name misleads, or that were looked at and are not what a person would call by
# the word.
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
"""Catalogue ids whose top does not fill its outline (kidney shapes, drapes, glass): nothing is
stood on them.
"""


def pluralize(category: str) -> str:
    """The plural of a category word: "bench" gives "benches". Words of scans follow the common
    rules.
    """
    category_info = CATEGORIES.get(category)
    if category_info or category in _DYNAMIC_PLURALS:
        return category_info.plural if category_info else _DYNAMIC_PLURALS[category]
    if re.search(r"(s|x|z|ch|sh)$", category):
        return f"{category}es"
    if re.search(r"[^aeiou]y$", category):
        return f"{category[:-1]}ies"

    return f"{category[:-1]}ves" if re.search(r"(shel|lea|loa)f$", category) else f"{category}s"


@lru_cache(maxsize=1 << 16)
def are_confusable(a: str, b: str) -> bool:
    """Whether two words could be used for the same thing ("table", "desk"; "chair", "office
    chair"); True for equal words, for words that end alike, and where one holds all of the other's
    words.
    """
    if a == b or frozenset((a, b)) in _CONFUSABLE:
        return True

    one = a.split()
    two = b.split()
    return one[-1:] == two[-1:] or set(one) <= set(two) or set(two) <= set(one)


def explain_no_category(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str:
    """Why `categorize` gives no word for this entry: the kind of reason, then after a colon what it
    is.
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
    if elevation > 0.15:
        return f"hangs above the floor: at {elevation:g} m"
    if (never := _EXCLUDED_WORDS.search(name)) is not None:
        return f"a word in its name that is left out: {never[0]!r}"
    if (category := _category_in_name(name)) is not None:
        return (
            f"its size is not that of its word (catalogues count centimetres): a {category.name} of"
            f" {sides} m"
        )

    return f"no English word that is known in its name: {name!r}"


def categorize(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str | None:
    """The category word of a catalogue entry, or None where no word fits.

    `size` is (width, depth, height) and `elevation` the height at which it hangs, in metres;
    `group` is the catalogue's own category. What hangs, stands outdoors or is out of human size has
    no word.
    """
    if key in _CATEGORY_BY_KEY:
        word = _CATEGORY_BY_KEY[key]
        return word if word and CATEGORIES[word].fits(size, slack=0.15) else None
    if group.strip().lower() in _OUTDOOR_GROUPS or elevation > 0.15 or _EXCLUDED_WORDS.search(name):
        return None

    category = _category_in_name(name)
    return category.name if category is not None and category.fits(size) else None


def _category_in_name(name: str) -> Category | None:
    """The first category whose word is in a name, whatever the size."""
    for category in _ALL_CATEGORIES:
        if re.search(category.pattern, name, re.IGNORECASE) and not re.search(
            category.exclude_pattern, name, re.IGNORECASE
        ):
            return category

    return None
