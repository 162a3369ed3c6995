import re
from typing import get_args

import pytest

from waywiser.scenes.categories import (
    CATEGORIES,
    GENERAL_WORDS,
    are_confusable,
    categorize,
    pluralize,
)
from waywiser.scenes.category import Mount
from waywiser.scenes.category_table import ALL_CATEGORIES
from waywiser.scenes.confusable_words import CONFUSABLE_GROUPS

CHAIR = (0.5, 0.5, 0.9)


@pytest.mark.parametrize(
    ("name", "size", "word"),
    [
        ("Oak chair", (0.49, 0.61, 1.17), "chair"),
        ("Design chair", CHAIR, "chair"),
        ("Armchair", (0.9, 0.8, 0.8), "armchair"),
        ("Coffee table", (1.2, 0.7, 0.45), "coffee table"),
        ("Bedside table", (0.5, 0.41, 0.48), "nightstand"),
        ("Desk lamp", (0.2, 0.3, 0.45), "table lamp"),
        ("Wooden desk", (1.0, 0.6, 0.75), "desk"),
        ("Yellow table", (1.0, 0.8, 0.75), "table"),
        ("Toilets unit", (0.4, 0.7, 0.77), "toilet"),
        ("Dresser with drawers", (1.6, 0.5, 0.8), "dresser"),
        ("Chest of drawers", (0.8, 0.45, 0.9), "dresser"),
        ("Recycling bin", (0.36, 0.27, 0.26), "storage tub"),
        ("Navy tub", (0.5, 0.35, 0.3), "storage tub"),
        ("Wooden crate", (0.5, 0.35, 0.3), "crate"),
        ("Cardboard box", (0.55, 0.35, 0.3), "cardboard box"),
        ("Stool", (0.43, 0.43, 0.46), "stool"),
        ("Stool", (0.33, 0.31, 0.79), "bar stool"),
        ("Bar stool", (0.45, 0.45, 1.08), "bar stool"),
        ("Lower cabinet", (0.6, 0.61, 0.89), "kitchen cabinet"),
        ("Dustbin", (0.23, 0.23, 0.35), "trash can"),
        ("Shelves", (1.01, 0.42, 1.91), "bookcase"),
        ("Lamp", (0.4, 0.4, 1.5), "floor lamp"),
        ("TV", (0.78, 0.14, 0.51), "television"),
        ("Filing cabinet", (0.42, 0.55, 0.7), "filing cabinet"),
    ],
)
def test_names_get_the_word_a_person_would_use(
    name: str, size: tuple[float, float, float], word: str
) -> None:
    assert categorize("k", name, size) == word


@pytest.mark.parametrize(
    ("name", "size", "group", "elevation"),
    [
        ("Chair", CHAIR, "Exterior", 0.0),
        ("Chair", CHAIR, "Living room", 1.0),
        ("Chair", (0.05, 0.05, 0.09), "Living room", 0.0),
        ("Plant", (5.0, 5.0, 9.0), "", 0.0),
        ("Pool table", (2.2, 1.3, 0.8), "", 0.0),
        ("Child bed", (0.9, 1.8, 0.8), "", 0.0),
        ("Clothes rack", (1.1, 0.4, 1.2), "", 0.0),
        ("Washing machine", (0.6, 0.6, 0.71), "", 0.0),
        ("Shipping container", (2.4, 6.0, 2.6), "", 0.0),
        ("Wheelchair", (0.64, 0.77, 0.91), "", 0.0),
        ("Table fan", (0.6, 0.6, 0.7), "", 0.0),
        ("Glass table", (1.6, 0.9, 0.75), "", 0.0),
        ("Locomotive", (1.0, 1.0, 1.0), "", 0.0),
    ],
)
def test_what_hangs_or_is_no_indoor_furniture_of_human_size_has_no_word(
    name: str, size: tuple[float, float, float], group: str, elevation: float
) -> None:
    assert categorize("k", name, size, group, elevation) in (
        None,
        "fan" if name == "Table fan" else None,
    )


def test_known_keys_override_names() -> None:
    assert categorize("Scopia#kids_desk_table", "Desk table", (1.12, 0.6, 0.75)) == "desk"
    assert categorize("Scopia#kids_desk_table", "Desk table", (9.0, 0.6, 0.75)) is None


@pytest.mark.parametrize(
    ("name", "size", "elevation", "word"),
    [
        ("Wall light", (0.23, 0.25, 0.4), 1.4, "wall lamp"),
        ("Hanging light", (0.44, 0.44, 0.86), 1.64, "ceiling lamp"),
        ("Upper cabinet", (0.6, 0.38, 0.72), 1.45, "wall cabinet"),
        ("Towel rack", (0.6, 0.08, 0.48), 0.4, "towel"),
        ("Radiator", (0.5, 0.12, 0.6), 0.12, "radiator"),
    ],
)
def test_what_hangs_has_a_word_if_its_kind_does(
    name: str, size: tuple[float, float, float], elevation: float, word: str
) -> None:
    assert categorize("k", name, size, "", elevation) == word


def test_the_table_is_sound() -> None:
    assert len(CATEGORIES) == len(ALL_CATEGORIES) >= 100
    assert len({category.plural for category in ALL_CATEGORIES}) == len(ALL_CATEGORIES)

    for name, category in CATEGORIES.items():
        assert category.name == name == name.lower().replace("tv ", "TV ")
        assert category.plural != name
        assert all(0 < low < high < 3.2 for low, high in category.size_ranges)
        assert category.mount in get_args(Mount)
        assert category.placement == category.mount
        assert category.max_per_room is None or category.max_per_room >= 1
        re.compile(category.pattern)


def test_sizes_are_those_of_real_homes() -> None:
    """Known heights are what an eye measures by: each lies in its range, and the range is tight."""
    for name, low, high in (
        ("washing machine", 0.82, 0.88),
        ("desk", 0.71, 0.77),
        ("table", 0.71, 0.78),
        ("trash can", 0.25, 0.68),
        ("door", 1.9, 2.12),
        ("kitchen cabinet", 0.84, 0.95),
        ("table lamp", 0.28, 0.68),
    ):
        assert CATEGORIES[name].height == (low, high)


def test_flat_and_hung_things_are_thin() -> None:
    for category in ALL_CATEGORIES:
        if category.mount == "flat":
            assert category.height[1] <= 0.015
        if category.mount == "wall":
            assert category.against_wall
            assert category.depth[1] <= 0.6
        if category.supports_objects:
            assert category.mount == "floor"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("desk", "table"),
        ("stool", "bar stool"),
        ("cup", "bowl"),
        ("dresser", "sideboard"),
        ("crate", "cardboard box"),
        ("storage tub", "basket"),
        ("trash can", "storage tub"),
        ("bookcase", "wall shelf"),
        ("monitor", "television"),
        ("floor lamp", "table lamp"),
        ("framed picture", "photo frame"),
        ("framed picture", "mirror"),
        ("bench", "coffee table"),
        ("speaker", "computer tower"),
        ("oven", "stove"),
        ("lamp", "floor lamp"),
        ("box", "crate"),
        ("cabinet", "dresser"),
    ],
)
def test_what_people_mix_up_is_confusable_both_ways(a: str, b: str) -> None:
    assert are_confusable(a, b)
    assert are_confusable(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sofa", "toilet"),
        ("washing machine", "coffee machine"),
        ("coat rack", "shoe rack"),
        ("table", "table lamp"),
        ("book", "bookcase"),
        ("lamp", "sofa"),
    ],
)
def test_what_nobody_mixes_up_is_not_confusable(a: str, b: str) -> None:
    assert not are_confusable(a, b)


def test_pairs_name_known_words() -> None:
    known = {*CATEGORIES, *GENERAL_WORDS, "person", "dog", "cat", "robot vacuum", "shelf"}
    assert {word for group in CONFUSABLE_GROUPS for word in group} <= known


def test_plurals() -> None:
    assert (pluralize("bench"), pluralize("box"), pluralize("unicorn")) == (
        "benches",
        "boxes",
        "unicorns",
    )
    assert (pluralize("bookcase"), pluralize("wall shelf"), pluralize("person")) == (
        "bookcases",
        "wall shelves",
        "people",
    )
