"""Pairs of words that people mix up, and pairs that sound alike but are never mixed up."""

from itertools import combinations

CONFUSABLE_GROUPS: tuple[tuple[str, ...], ...] = (
    ("chair", "armchair", "office chair", "high chair"),
    ("chair", "stool"),
    ("stool", "bar stool", "ottoman", "side table"),
    ("bar stool", "chair", "high chair"),
    ("ottoman", "cushion"),
    ("ottoman", "bench", "coffee table", "stool"),
    ("stool", "bench"),
    ("bench", "coffee table", "shoe rack"),
    ("bed", "bunk bed", "crib"),
    ("table", "desk", "dressing table", "kitchen island"),
    ("table", "coffee table", "side table"),
    ("coffee table", "side table"),
    ("nightstand", "side table"),
    ("dressing table", "dresser"),
    ("dresser", "sideboard", "TV stand", "cabinet", "filing cabinet"),
    ("nightstand", "dresser"),
    ("kitchen cabinet", "kitchen island", "sideboard"),
    ("kitchen cabinet", "wall cabinet"),
    ("nightstand", "cabinet"),
    ("wardrobe", "cabinet"),
    ("bookcase", "wall shelf", "shelf"),
    ("bookcase", "cabinet"),
    ("crate", "cardboard box", "storage tub", "toy box", "basket", "laundry basket"),
    ("trash can", "storage tub", "basket", "laundry basket", "umbrella stand"),
    ("stove", "oven"),
    ("dishwasher", "washing machine"),
    ("kettle", "pot"),
    ("cup", "bowl"),
    ("bowl", "pot", "fruit bowl", "plate"),
    ("plant", "pot"),
    ("vase", "pot"),
    ("towel", "blanket"),
    ("bath mat", "rug"),
    ("bath mat", "towel"),
    ("monitor", "television"),
    ("keyboard", "laptop"),
    ("monitor", "laptop"),
    ("printer", "radio"),
    ("computer tower", "speaker"),
    ("game console", "radio"),
    ("speaker", "radio"),
    ("telephone", "radio"),
    ("framed picture", "photo frame"),
    ("framed picture", "mirror"),
    ("cushion", "blanket"),
    ("globe", "ball"),
    ("cabinet", "stove"),
    ("cabinet", "sink"),
    ("dog", "cat"),
    ("dog", "teddy bear"),
    ("robot vacuum", "vacuum cleaner"),
)
"""Words that people use for the same thing as it looks in its true size and place: a sofa is no bed,
and a sink is not called a cabinet although it may stand in one.
"""
_CONFUSABLE = {frozenset(pair) for group in CONFUSABLE_GROUPS for pair in combinations(group, 2)}

_DISTINCT = {
    frozenset(pair)
    for pair in (
        ("washing machine", "coffee machine"),
        ("coat rack", "shoe rack"),
        ("TV stand", "umbrella stand"),
    )
}


def is_known_pair(a: str, b: str) -> bool | None:
    """Whether people mix up two words; None for pairs that neither table has."""
    pair = frozenset((a, b))
    if pair in _CONFUSABLE:
        return True
    return False if pair in _DISTINCT else None
