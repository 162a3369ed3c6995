"""Pages in a real browser, and hostile text on them."""

import json
from pathlib import Path

import pytest

from helpers.browser import WIDTHS, assert_self_contained, visit
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import DatasetError
from waywiser.report.folder_report import write_report
from waywiser.report.html_page import write_page
from waywiser.report.training_page import (
    plot_training_curves,
    read_training_log,
    write_training_page,
)
from waywiser.scenes.procedural.room_config import RoomConfig


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "rooms"
    synthesize(
        SynthesisConfig(
            out=folder, rooms=16, assets="parametric", seed=2, room=RoomConfig(width=96, height=72)
        ),
        progress=False,
    )
    return folder


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_dataset_page_is_self_contained(dataset: Path, tmp_path: Path, width: int) -> None:
    page = write_report(dataset, tmp_path / "page.html")
    assert_self_contained(page, width)
    with visit(page, width) as seen:
        assert seen.page.locator(".card img").count() >= 3
        assert "camera distance" in seen.page.inner_text("table")


def test_training_page_draws_what_was_logged(tmp_path: Path) -> None:
    rows = [
        {"step": i, "loss": 2.0 / i, "reward": i / 40, "tasks/depth_order/accuracy": 0.5}
        for i in range(1, 40)
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)) + '\n{"step": 40, "lo')
    assert len(read_training_log(tmp_path)) == 39, "a torn last line is left out"
    assert [chart["caption"] for chart in plot_training_curves(tmp_path)] == [
        "reward",
        "accuracy by task",
        "loss",
    ]
    assert_self_contained(write_training_page(tmp_path, tmp_path / "report.html"), WIDTHS["phone"])


def test_model_text_is_escaped(tmp_path: Path) -> None:
    hostile = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
    page = write_page(
        tmp_path / "p.html", "training.html", title=hostile, lead=hostile, curves=[], recipe=hostile
    )
    with visit(page, WIDTHS["desktop"]) as seen:
        assert seen.page.inner_text("h1") == hostile
        assert seen.console == []


def test_a_folder_that_holds_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nothing to report"):
        write_report(tmp_path)
