"""Categories of tables."""

from waywiser.scenes.category import Category

TABLES = (
    Category(
        "coffee table",
        "coffee tables",
        ((0.6, 1.4), (0.45, 0.9), (0.32, 0.5)),
        r"coffee table|low table|living room table",
        supports_objects=True,
        max_per_room=1,
    ),
    Category(
        "nightstand",
        "nightstands",
        ((0.35, 0.6), (0.3, 0.5), (0.4, 0.7)),
        r"bedside table|night ?stand|night table",
        against_wall=True,
        supports_objects=True,
        max_per_room=2,
    ),
    Category(
        "side table",
        "side tables",
        ((0.35, 0.6), (0.35, 0.6), (0.45, 0.65)),
        r"(side|end|lamp|sofa) table|pedestal table",
        supports_objects=True,
        is_askable=False,
        max_per_room=2,
    ),
    Category(
        "dressing table",
        "dressing tables",
        ((0.8, 1.2), (0.38, 0.5), (1.15, 1.5)),
        r"dressing table|vanity table",
        against_wall=True,
        is_askable=False,
        max_per_room=1,
    ),
    Category(
        "desk",
        "desks",
        ((0.9, 1.8), (0.5, 0.85), (0.71, 0.77)),
        r"\bdesk\b",
        r"chair|lamp|fan|phone",
        against_wall=True,
        supports_objects=True,
        max_per_room=2,
    ),
    Category(
        "table",
        "tables",
        ((0.7, 2.2), (0.7, 1.1), (0.71, 0.78)),
        r"\btable\b",
        r"coffee|bedside|night|tennis|pool|football|changing|dressing|desk|lamp|bar\b|fan|"
        r"technical|\blow\b|trestle|glass|side table|end table",
        supports_objects=True,
        max_per_room=2,
    ),
)
