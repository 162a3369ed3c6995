"""The table of furniture categories: sizes, catalog names and the places each one stands in."""

from dataclasses import dataclass
from typing import Literal

Range = tuple[float, float]


Support = Literal["floor", "surface", "either"]


@dataclass(frozen=True)
class Category:
    """A category of furniture."""

    name: str
    """The word."""
    plural: str
    """Its plural."""
    width: Range
    """Range of widths, in meters, for which people use the word."""
    depth: Range
    """Range of depths, in meters."""
    height: Range
    """Range of heights, in meters."""
    pattern: str
    """Finds the category in catalog names."""
    exclude_pattern: str = r"(?!)"
    """Names that match it are exceptions."""
    placement: Support = "floor"
    """Where such objects stand."""
    against_wall: bool = False
    """Whether they have their back to a wall."""
    supports_objects: bool = False
    """Whether small objects may stand on top."""
    stretch: float = 1.12
    """Factor by which one axis may be scaled apart from the others."""

    @property
    def size_ranges(self) -> tuple[Range, Range, Range]:
        """(width, depth, height) ranges in meters."""
        return (self.width, self.depth, self.height)

    def fits(self, size: tuple[float, float, float], slack: float = 0.05) -> bool:
        """Whether a natural size (m) is within the ranges, give or take the relative `slack`."""
        return all(
            lo * (1 - slack) <= s <= hi * (1 + slack)
            for s, (lo, hi) in zip(size, self.size_ranges, strict=True)
        )


ALL_CATEGORIES = (
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
        r"coffee|bedside|night|tennis|pool|football|changing|dressing|desk|lamp|bar\b|fan|"
        r"technical|\blow\b|trestle|glass",
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
