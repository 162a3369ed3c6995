"""Pairs of words that people mix up, and pairs that sound alike but are never mixed up."""

from itertools import combinations

CONFUSABLE_GROUPS: tuple[tuple[str, ...], ...] = (
    ("chair", "armchair", "office chair", "high chair"),
    ("chair", "stool"),
    ("office chair", "armchair"),
    ("stool", "bar stool", "ottoman", "side table"),
    ("bar stool", "chair", "high chair"),
    ("armchair", "sofa"),
    ("ottoman", "cushion"),
    ("ottoman", "bench", "coffee table", "stool"),
    ("stool", "bench"),
    ("stool", "nightstand"),
    ("sofa", "bench"),
    ("sofa", "bed"),
    ("bench", "coffee table", "TV stand", "shoe rack", "toy box"),
    ("bed", "bunk bed", "crib"),
    ("table", "desk", "dressing table", "kitchen island"),
    ("table", "coffee table", "side table"),
    ("table", "bench"),
    ("coffee table", "side table", "nightstand"),
    ("dressing table", "dresser", "mirror"),
    ("dresser", "sideboard", "kitchen cabinet", "TV stand", "cabinet", "filing cabinet"),
    ("dresser", "nightstand", "filing cabinet"),
    ("desk", "sideboard", "nightstand"),
    ("kitchen cabinet", "kitchen island", "sideboard"),
    ("kitchen cabinet", "sink", "dishwasher", "oven", "stove"),
    ("kitchen cabinet", "wall cabinet", "wall shelf"),
    ("nightstand", "cabinet"),
    ("wardrobe", "cabinet", "bookcase", "dresser"),
    ("wardrobe", "fridge"),
    ("wardrobe", "door"),
    ("bookcase", "wall shelf", "shoe rack", "shelf", "TV stand"),
    ("bookcase", "cabinet", "sideboard"),
    ("crate", "cardboard box", "storage tub", "toy box", "basket", "laundry basket"),
    ("trash can", "storage tub", "basket", "laundry basket", "umbrella stand"),
    ("suitcase", "backpack"),
    ("stove", "oven", "microwave"),
    ("dishwasher", "washing machine", "oven"),
    ("fridge", "dishwasher"),
    ("toaster", "radio"),
    ("kettle", "coffee machine", "pot"),
    ("cup", "bowl"),
    ("cup", "candle"),
    ("cup", "vase"),
    ("bowl", "pot", "fruit bowl", "plate"),
    ("bowl", "vase"),
    ("vase", "bottle", "plant", "pot"),
    ("plant", "pot"),
    ("vase", "table lamp"),
    ("vase", "candle"),
    ("vase", "umbrella stand"),
    ("sink", "bowl"),
    ("bathtub", "shower"),
    ("towel", "blanket", "curtain"),
    ("bath mat", "rug"),
    ("bath mat", "towel"),
    ("bathroom scale", "laptop"),
    ("monitor", "television", "laptop"),
    ("keyboard", "laptop"),
    ("printer", "radio", "microwave"),
    ("computer tower", "speaker"),
    ("game console", "radio"),
    ("speaker", "radio", "cabinet"),
    ("telephone", "radio"),
    ("picture", "photo frame", "mirror", "window"),
    ("picture", "television"),
    ("picture", "clock"),
    ("cushion", "blanket"),
    ("book", "laptop"),
    ("globe", "ball"),
    ("ball", "ceiling lamp"),
    ("coat rack", "floor lamp"),
    ("fan", "floor lamp"),
    ("teddy bear", "cushion"),
    ("dollhouse", "bookcase"),
    ("cabinet", "stove"),
    ("cabinet", "sink"),
    ("dog", "cat"),
    ("dog", "teddy bear"),
    ("robot vacuum", "vacuum cleaner"),
    ("robot vacuum", "bathroom scale"),
)
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
