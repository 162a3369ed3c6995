"""Reasons add up over items: what they have in common is their kind, names of files are not part of
it.
"""

import pytest

from waywiser.curation.rejection_reasons import split_reason


@pytest.mark.case(45, 53)
@pytest.mark.parametrize(
    ("value", "other"),
    [
        ("images/1.png", "images/2.png"),
        ("my photo/a b.jpg", "other/c.jpg"),
        ("C:\\data\\x.png", "D:\\y.jpeg"),
        ("https://host/a.png?x=1", "http://host:80/b"),
        ("data:image/png;base64,AAAA", "data:image/jpeg;base64," + "B" * 5000),
        ("A" * 5000, "B" * 9000),
        ("'a:b.png'", "'c.png'"),
        ("clip.mp4", "other_clip.webm"),
    ],
)
def test_reasons_that_differ_by_a_file_are_one_kind(value: str, other: str) -> None:
    kind, detail = split_reason(f"its picture {value} is missing")
    assert kind == split_reason(f"its picture {other} is missing")[0]
    assert kind.startswith("its picture ...")
    assert kind.endswith("is missing")
    assert value[:40] in detail
    assert len(detail) <= 1000


@pytest.mark.parametrize(
    ("reason", "kind", "detail"),
    [
        ("the row has no field 'conversations.0.value'",) * 3,
        ("its picture has 200 MB, more than 20",) * 3,
        ("the source raised KeyError: 'a'", "the source raised KeyError", "'a'"),
        ("picture missing: a/b.png", "picture missing", "picture missing: a/b.png"),
    ],
)
def test_other_reasons_keep_their_words(reason: str, kind: str, detail: str) -> None:
    assert split_reason(reason) == (kind, detail)
