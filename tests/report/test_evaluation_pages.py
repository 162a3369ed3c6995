"""Pages of evaluations in a real browser: every convention, the paper beside it, worst items with
their pictures.
"""

from pathlib import Path

import pytest

from helpers.browser import WIDTHS, assert_self_contained, visit
from helpers.chat_server import chat_server
from helpers.layout_files import WRITERS
from waywiser.cli import main
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.summary import read_summary
from waywiser.report.folder_report import write_report
from waywiser.report.paper_comparison import paper_chart, paper_table

HOSTILE = "<script>document.title='owned'</script>"
LOOP = "<think>" + "I look at the table again and " * 60


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of each layout by one model with every failure."""
    root = tmp_path_factory.mktemp("runs")
    outputs = [
        LOOP,
        "<think>the answer is A</think><answer>B</answer>",
        f"{HOSTILE} (B)",
        "<answer>B</answer>",
    ]
    with chat_server(lambda _, n: outputs[n % 4], finish="length") as (url, _):
        for benchmark, write in WRITERS.items():
            write(root / "data" / benchmark)
            run_benchmark(
                "some/model-7b",
                benchmark,
                root / "data" / benchmark,
                root / "runs" / benchmark,
                endpoint=url,
            )
    return root / "runs"


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_runs_page(runs: Path, tmp_path: Path, width: int) -> None:
    page = write_report(runs / "cv-bench", tmp_path / "report.html")
    assert_self_contained(page, width)
    with visit(page, width) as seen:
        text = seen.page.inner_text("body")
        for words in (
            "a loop of 7 words",
            "A in the reasoning, B as the answer",
            "How it was run",
            "M2-Reasoning-7B",
        ):
            assert words in text
        assert seen.page.locator(".card img").count() >= 3, "worst items with their pictures"
        assert seen.page.locator("svg").count() == 2, "conventions, and ours beside the paper's"
        assert HOSTILE in text
        sideways = "[...document.querySelectorAll('table.facts')].filter(t => t.scrollWidth > innerWidth).length"
        assert seen.page.evaluate(sideways) == 0


def test_the_page_of_a_run_whose_data_is_gone_has_no_pictures(runs: Path, tmp_path: Path) -> None:
    (runs.parent / "data" / "wemath").rename(runs.parent / "moved")
    page = write_report(runs / "wemath", tmp_path / "report.html").read_text()
    assert "<img" not in page
    again = write_report(
        runs / "wemath", tmp_path / "report.html", data=runs.parent / "moved"
    ).read_text()
    assert "<img" in again


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_one_page_for_all_runs(runs: Path, tmp_path: Path, width: int) -> None:
    assert main(["report", str(runs), "--out", str(tmp_path / "all.html")]) == 0
    assert_self_contained(tmp_path / "all.html", width)
    with visit(tmp_path / "all.html", width) as seen:
        headings = seen.page.locator("h2").all_inner_texts()
        assert headings == [
            "By every convention",
            *(f"Beside the paper: {n}" for n in ("general", "cv-bench", "vsi-bench")),
        ]
    tables = (tmp_path / "tables.md").read_text()
    assert tables.count("| model-7b (waywiser) |") == 3, "six benchmarks of one model share a row"


def test_ours_stands_in_the_papers_table_with_the_mean_of_six(runs: Path) -> None:
    summaries = [read_summary(runs / name) for name in WRITERS]
    table = paper_table("general", summaries)
    ours = dict(
        zip(
            table.columns, next(r for r in table.rows if r[0] == "model-7b (waywiser)"), strict=True
        )
    )
    cells = [float(ours[name].split(" ")[0]) for name in table.columns[1:7]]
    assert float(ours["mean of 6"]) == pytest.approx(sum(cells) / 6, abs=0.1)
    again = paper_table("general", [*summaries, summaries[0]])
    assert [row[0] for row in again.rows if "waywiser" in row[0]] == [
        "model-7b (waywiser)",
        "model-7b #2 (waywiser)",
    ]
    assert paper_chart("general", summaries[:2]) is not None, "bars of two"
    assert paper_chart("general", []) is None
