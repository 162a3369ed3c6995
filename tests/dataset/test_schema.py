"""Samples survive the way into a file and back, and `datasets` understands the file."""

import json
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample, sample_to_row
from waywiser.sample import Answer, Program, Quality, Sample

TEXT = st.text(max_size=20)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def answers() -> st.SearchStrategy[Answer]:
    options = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True)
    return st.one_of(
        st.builds(Answer, kind=st.just("integer"), value=st.integers(-(10**12), 10**12)),
        st.builds(
            Answer, kind=st.just("number"), value=FINITE, unit=st.sampled_from(["m", "cm", None])
        ),
        st.builds(lambda o: Answer(kind="choice", value=o[0], options=o), options),
        st.builds(lambda o: Answer(kind="choices", value=o[:2], options=o), options),
        st.builds(Answer, kind=st.sampled_from(["expression", "text"]), value=TEXT),
    )


def samples() -> st.SearchStrategy[Sample]:
    inputs: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
        TEXT, st.one_of(st.integers(), TEXT, FINITE), max_size=3
    )
    return st.builds(
        Sample,
        id=TEXT,
        split=st.sampled_from(["train", "heldout"]),
        domain=st.sampled_from(["spatial", "general"]),
        task=TEXT,
        source=TEXT,
        question=TEXT,
        answer=answers(),
        options=st.none() | st.lists(TEXT, max_size=3),
        images=st.lists(st.binary(max_size=20), max_size=3),
        fps=st.none() | FINITE,
        timestamps=st.none() | st.lists(FINITE, max_size=3),
        horizontal_fov_deg=st.none() | FINITE,
        reasoning=st.none() | TEXT,
        difficulty=st.none() | st.floats(0, 1),
        difficulty_by=st.none() | TEXT,
        quality=st.none()
        | st.builds(Quality, structure=FINITE, cognitive_load=FINITE, verification=FINITE),
        scene_id=st.none() | TEXT,
        program=st.none() | st.builds(Program, name=TEXT, inputs=inputs),
        margin=st.none() | FINITE,
        seed=st.integers(0, 2**62),
        version=TEXT,
    )


@given(st.lists(samples(), max_size=4))
def test_samples_come_back_as_they_went(batch: list[Sample]) -> None:
    table = pa.Table.from_pylist([sample_to_row(s) for s in batch], schema=SAMPLE_SCHEMA)
    back = [row_to_sample(row) for row in table.to_pylist()]
    assert back == batch
    assert [type(s.answer.value) for s in back] == [type(s.answer.value) for s in batch]


def test_an_all_null_column_keeps_its_type() -> None:
    bare = Sample(
        id="a",
        split="train",
        domain="general",
        task="t",
        source="s",
        question="q",
        answer=Answer(kind="integer", value=1),
    )
    table = pa.Table.from_pylist([sample_to_row(bare)], schema=SAMPLE_SCHEMA)
    assert not any(pa.types.is_null(field.type) for field in table.schema)


def test_datasets_derives_the_same_arrow_types_from_our_features() -> None:
    from datasets import Features

    stored = json.loads((SAMPLE_SCHEMA.metadata or {})[b"huggingface"])["info"]["features"]
    assert (
        Features.from_dict(stored)
        .arrow_schema.remove_metadata()
        .equals(SAMPLE_SCHEMA.remove_metadata())
    )
