"""Categories of toys, instruments and what is used for sport and housework."""

from waywiser.scenes.category import Category

LEISURE = (
    Category(
        "teddy bear",
        "teddy bears",
        ((0.2, 0.42), (0.18, 0.42), (0.25, 0.52)),
        r"teddy|stuffed bear",
        mount="either",
        plural_is_natural=True,
        max_per_room=2,
    ),
    Category(
        "toy car",
        "toy cars",
        ((0.1, 0.24), (0.2, 0.46), (0.08, 0.24)),
        r"toy car|car model|model car",
        mount="either",
        plural_is_natural=True,
        max_per_room=3,
    ),
    Category(
        "ball",
        "balls",
        ((0.16, 0.3), (0.16, 0.3), (0.16, 0.3)),
        r"\bball\b|football|basket ?ball$",
        r"pool|table|room|lamp|light",
        max_per_room=3,
    ),
    Category(
        "dollhouse",
        "dollhouses",
        ((0.55, 0.95), (0.26, 0.45), (0.6, 1.1)),
        r"doll'?s? ?house",
        max_per_room=1,
    ),
    Category(
        "guitar", "guitars", ((0.34, 0.46), (0.2, 0.42), (0.95, 1.15)), r"guitar", max_per_room=1
    ),
    Category(
        "piano",
        "pianos",
        ((1.3, 1.55), (0.5, 0.68), (0.95, 1.4)),
        r"\bpiano\b",
        r"stool|bench|grand",
        against_wall=True,
        max_per_room=1,
    ),
    Category(
        "ironing board",
        "ironing boards",
        ((1.1, 1.5), (0.3, 0.48), (0.8, 1.0)),
        r"ironing (board|table)",
        max_per_room=1,
    ),
    Category(
        "exercise bike",
        "exercise bikes",
        ((0.42, 0.74), (0.85, 1.25), (1.0, 1.4)),
        r"(exercise|indoor) bike|stationary bi(ke|cycle)|home ?trainer",
        max_per_room=1,
    ),
)
