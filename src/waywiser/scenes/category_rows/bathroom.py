"""Categories of bathroom fittings and what is around them."""

from waywiser.scenes.category import Category

BATHROOM = (
    Category(
        "toilet brush",
        "toilet brushes",
        ((0.09, 0.14), (0.09, 0.14), (0.34, 0.5)),
        r"toilet brush",
        max_per_room=1,
    ),
    Category(
        "toilet",
        "toilets",
        ((0.34, 0.44), (0.58, 0.76), (0.7, 0.9)),
        r"\btoilets?( unit)?$|\bwc\b",
        against_wall=True,
        max_per_room=1,
    ),
    Category(
        "bathtub",
        "bathtubs",
        ((1.4, 1.9), (0.68, 0.95), (0.5, 0.78)),
        r"bath ?tub|\bbath$",
        against_wall=True,
        max_per_room=1,
    ),
    Category(
        "shower",
        "showers",
        ((0.75, 1.25), (0.75, 1.05), (1.9, 2.15)),
        r"\bshower\b",
        r"curtain|head|cabinet",
        against_wall=True,
        max_per_room=1,
    ),
    Category(
        "sink",
        "sinks",
        ((0.45, 1.25), (0.38, 0.66), (0.82, 1.25)),
        r"wash ?basin|\bsink\b|\bvanity\b|lavatory",
        r"table",
        against_wall=True,
        max_per_room=2,
    ),
    Category(
        "towel",
        "towels",
        ((0.4, 0.75), (0.06, 0.14), (0.45, 0.9)),
        r"\btowel\b",
        r"paper|dryer|warmer",
        mount="wall",
        against_wall=True,
        plural_is_natural=True,
        max_per_room=2,
    ),
    Category(
        "bath mat",
        "bath mats",
        ((0.6, 0.95), (0.42, 0.62), (0.008, 0.015)),
        r"bath ?(mat|rug)",
        mount="flat",
        max_per_room=1,
    ),
    Category(
        "bathroom scale",
        "bathroom scales",
        ((0.28, 0.36), (0.26, 0.36), (0.02, 0.07)),
        r"bathroom scales?|weighing scales?",
        max_per_room=1,
    ),
)
