"""The paper's printed tables, re-averaged from their cells."""

import pytest

from waywiser.evaluation.paper_tables import (
    CV_BENCH_ITEMS,
    find_misprints,
    load_paper_rows,
    reaverage,
)

ROWS = load_paper_rows()


def test_the_tables_hold_what_the_paper_prints() -> None:
    assert [
        sum(row.table == name for row in ROWS) for name in ("general", "cv-bench", "vsi-bench")
    ] == [13, 6, 7]
    ours = {row.table: row for row in ROWS if row.model == "M2-Reasoning-7B"}
    assert list(ours["general"].cells.values()) == [75.0, 31.5, 44.7, 26.8, 41.8, 50.0]
    assert list(ours["cv-bench"].cells.values()) == [66.6, 92.8, 89.3, 84.3]
    assert list(ours["vsi-bench"].cells.values()) == [
        41.0,
        34.0,
        60.9,
        55.4,
        40.7,
        47.3,
        29.9,
        28.8,
    ]
    assert sum(CV_BENCH_ITEMS.values()) == 2638


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.model != "Base Model"], ids=lambda r: f"{r.table}-{r.model}"
)
def test_printed_averages_follow_from_the_cells(row) -> None:
    entry = reaverage(row)
    assert entry.explained or not entry.averages


def test_cv_bench_mixes_two_formulas() -> None:
    explained = {row.model: reaverage(row).explained for row in ROWS if row.table == "cv-bench"}
    assert explained["M2-Reasoning-7B"] == ("per sample",)
    assert explained["GPT-4o"] == explained["LLaVA-NeXT-Video-7B"] == ("mean of 2D and 3D",)
    assert "per sample" in explained["InternVL3-8B"]


def test_exactly_the_two_known_misprints_are_reported() -> None:
    found = find_misprints()
    assert [(m.table, m.model, m.printed, m.recomputed) for m in found] == [
        ("general", "Base Model", "35.5", "35.3"),
        ("cv-bench", "all rows", "one column Avg.", "several formulas"),
    ]


def test_gains_are_over_the_printed_base() -> None:
    general = {row.model: row for row in ROWS if row.table == "general"}
    for model, base in (("M2-Reasoning-7B", "Base Model"), ("WeThink-VL-7B", "Qwen2.5-VL-7B")):
        assert general[model].gain == pytest.approx(general[model].average - general[base].average)
