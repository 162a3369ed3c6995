"""The code speaks the field's language: retired words, British spellings and superlatives stay out of identifiers."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "waywiser"

RETIRED = {
    "Footage": "ClipView",
    "footage": "clip_view",
    "Reel": "ClipRaster",
    "Shot": "RenderedScene",
    "Take": "FrameRef",
    "shoot": "render_and_ask",
    "film": "render_clip",
    "Sight": "ImageRaster",
    "speck": "negligible",
    "Draft": "Question",
    "rivals": "compared",
    "thing": "obj",
    "nameable": "uniquely_named",
    "outlined": "is_fully_visible",
    "tend": "resample",
    "wanting": "has_issue",
    "doubts": "unsupported_reasons",
    "knobs": "difficulty",
    "RunFolder": "RunDir",
    "Answerer": "ModelBackend",
    "RoomyLayer": "PreallocatedCacheLayer",
}
"""Words of the first version and what replaced them; tools/rename.toml has the whole table."""

BRITISH = re.compile(
    r"colour|centre|optimis|licence|normalis|serialis|summaris|judgement|organis|recognis|behaviour"
    r"|neighbour|initialis|penalis|visualis|randomis|labelled|modelling|cancelled"
)

STORED = {
    "floor_colour",
    "wall_colour",
    "ceiling_colour",
    "licence",
    "licences",
    "summarise",
    "summarise_all",
}
"""Fields of stored files and names that users import: they keep their spelling."""

SUPERLATIVE = re.compile(r"^_?(LEAST|MOST|FEWEST|SHORTEST|LONGEST|SMALLEST|LARGEST)(_|$)")


@cache
def identifiers() -> dict[str, set[str]]:
    """All identifiers of the source with the files that use them."""
    uses: dict[str, set[str]] = defaultdict(set)

    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                getattr(node, "id", None)
                or getattr(node, "attr", None)
                or getattr(node, "arg", None)
                or getattr(node, "name", None)
            )
            if isinstance(name, str):
                uses[name].add(path.relative_to(SOURCE).as_posix())

    return uses


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_stays_retired(word: str) -> None:
    assert identifiers().get(word, set()) == set(), f"say {RETIRED[word]}"


def test_identifiers_are_american() -> None:
    british = {name: paths for name, paths in identifiers().items() if BRITISH.search(name)}
    assert {name: paths for name, paths in british.items() if name not in STORED} == {}


def test_limits_are_called_min_and_max() -> None:
    assert {name: paths for name, paths in identifiers().items() if SUPERLATIVE.match(name)} == {}


def test_words_that_stay_for_what_is_stored_are_in_use() -> None:
    assert {word for word in STORED if word not in identifiers()} == set()
