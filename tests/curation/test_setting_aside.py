"""What must not come through a curation: second ids, duplicates, benchmark items. All without an
endpoint.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from curation.conftest import problem
from waywiser.curation.config import BenchmarkConfig, CurationRecipe, DecontaminationConfig
from waywiser.curation.contamination import BenchmarkIndex
from waywiser.curation.duplicates import Fingerprint, make_fingerprint_text
from waywiser.curation.image_hashes import perceptual_hash
from waywiser.curation.pipeline import curate
from waywiser.dataset.reader import read_samples
from waywiser.recipe import build
from waywiser.sample import Sample
from waywiser.sources.synthetic_figures import FigureSource


def rows_of(path: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A source of rows with id, question, answer and chain."""
    path.mkdir(exist_ok=True)
    (path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (path / "rows.yaml").write_text(
        "licence: none\nid: id\nquestion: q\nreasoning: r\nanswer: {field: a, kind: integer}\n"
    )
    return {"kind": "mapped", "name": str(path / "rows.yaml"), "path": str(path / "rows.jsonl")}


def row(number: int, **changes: Any) -> dict[str, Any]:
    question, a, b, answer = problem(number)
    return {
        "id": f"p{number}",
        "q": question,
        "a": answer,
        "r": f"There are {a} and {b}, so {a} + {b} = {answer}.",
        **changes,
    }


def run(
    out: Path, sources: list[dict[str, Any]], **changes: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    recipe = {
        "out": str(out),
        "shard_size": 4,
        "sources": sources,
        "splits": {"sft": {"samples": 100}},
        **changes,
    }
    result = curate(build(CurationRecipe, recipe))
    assert result["funnel"]["adds_up"]
    return result, pq.read_table(out / "rejected").to_pylist()


def test_second_ids_copies_and_false_chains_are_set_aside_with_their_reasons(
    tmp_path: Path,
) -> None:
    rows = [row(k) for k in range(6)]
    rows += [
        row(7, id="p0"),
        row(3, id="copy"),
        row(8, r="There are 2 and 2, so 2 + 2 = 5."),
        {"id": "odd", "q": "?"},
    ]
    result, rejected = run(tmp_path / "out", [rows_of(tmp_path / "data", rows)])
    assert result["funnel"]["accepted"] == 6
    assert {(r["stage"], r["reason"]) for r in rejected} == {
        ("ids", "same id"),
        ("duplicates", "exact duplicate"),
        ("load", "the row has no field 'a'"),
        ("check", "no chain passed, most often contradiction"),
    }
    assert next(r["detail"] for r in rejected if r["stage"] == "duplicates") == "of rows-p3"


def test_no_accepted_sample_is_within_the_threshold_of_a_planted_item(tmp_path: Path) -> None:
    drawn = [
        s for s in FigureSource("grid_polygon_area", 6, 1).items(0, 6) if isinstance(s, Sample)
    ]
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "0.png").write_bytes(drawn[2].images[0])
    planted = [
        {
            "id": "1",
            "question": problem(4)[0],
            "options": [],
            "answer": "4",
            "image": "images/0.png",
        },
        {
            "id": "2",
            "question": "Find the area.",
            "options": [],
            "answer": "4",
            "image": "images/0.png",
        },
    ]
    path = tmp_path / "mathvision.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in planted))
    config = DecontaminationConfig(benchmarks=[BenchmarkConfig(name="mathvision", path=path)])
    sources = [rows_of(tmp_path / "data", [row(k) for k in range(8)])]
    sources.append({"kind": "drawn", "name": "grid_polygon_area", "count": 6, "seed": 1})
    result, rejected = run(tmp_path / "out", sources, decontaminate=config.model_dump(mode="json"))
    assert {r["id"] for r in rejected} == {"rows-p4", drawn[2].id}
    assert {r["stage"] for r in rejected} == {"contamination"}
    assert any("mathvision 1" in r["detail"] for r in rejected)
    assert any("picture" in r["detail"] for r in rejected)
    index = BenchmarkIndex.load(config)
    accepted = list(read_samples(tmp_path / "out"))
    assert len(accepted) == result["funnel"]["accepted"] == 12
    for sample in accepted:
        looks = b"".join(perceptual_hash(image) for image in sample.images)
        assert (
            index.find(
                Fingerprint(make_fingerprint_text(sample.question, sample.options), "", (), looks)
            )
            is None
        )


def test_our_spatial_samples_keep_scene_trace_and_difficulty(tmp_path: Path) -> None:
    from waywiser.dataset.config import SynthesisConfig
    from waywiser.dataset.synthesize import synthesize

    rooms = tmp_path / "rooms"
    config = {
        "out": rooms,
        "rooms": 3,
        "seed": 5,
        "assets": "parametric",
        "room": {"width": 96, "height": 72},
    }
    synthesize(SynthesisConfig.model_validate(config), progress=False)
    before = {s.id: s for s in read_samples(rooms)}
    table = tmp_path / "difficulty.json"
    table.write_text(json.dumps(dict.fromkeys(before, 0.5)))
    splits = {
        "sft": {"samples": 4, "domains": {"spatial": 4}},
        "rlvr": {"samples": 4, "require_difficulty": True},
    }
    result, _ = run(
        tmp_path / "out",
        [{"kind": "spatial", "path": str(rooms)}],
        splits=splits,
        difficulty_tables=[str(table)],
    )
    after = list(read_samples(tmp_path / "out"))
    assert result["funnel"]["items"] == len(before)
    assert after
    scenes: dict[str, set[str]] = {}
    for sample in after:
        source = before[sample.id]
        assert (sample.scene_id, sample.reasoning, sample.images) == (
            source.scene_id,
            source.reasoning,
            source.images,
        )
        assert sample.difficulty == 0.5
        if sample.split != "unused":
            scenes.setdefault(str(sample.scene_id), set()).add(sample.split)
    assert all(len(found) == 1 for found in scenes.values())
