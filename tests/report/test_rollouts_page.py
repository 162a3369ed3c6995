"""The page of a step's rollouts: everything is on it, escaped, and it opens without a server."""

from pathlib import Path

import pytest
from PIL import Image

from helpers.browser import WIDTHS, assert_self_contained, visit
from waywiser.report.rollouts_page import write_rollouts_page
from waywiser.training.run.rollouts import RolloutGroup

HOSTILE = "</pre><script>console.log('owned')</script><img src=x onerror=alert(1)>"


def groups() -> list[RolloutGroup]:
    common = {"images": [Image.new("RGB", (64, 48), "teal")], "answer": {"value": 2, "unit": "m"}}
    one = RolloutGroup(
        sample_id="a-1",
        task="length",
        question="How long?",
        completions=[HOSTILE, "w" * 400],
        rewards={"format": [1.0, 0.0], "accuracy": [0.25, None]},
        advantages=[0.707, -0.707],
        weight=0.75,
        **common,
    )
    dead = RolloutGroup(
        sample_id="a-2",
        task="count",
        question="How many?",
        completions=["1", "1"],
        rewards={"accuracy": [0.0, 0.0]},
        advantages=[0.0, 0.0],
        weight=0.0,
        status="redrawn",
        **common,
    )
    return [one, dead]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_it_opens_in_a_browser_and_shows_all(tmp_path: Path, width: int) -> None:
    page = write_rollouts_page(tmp_path / "rollouts" / "step-000010.html", 10, groups())
    assert_self_contained(page, width)
    with visit(page, width) as seen:
        text = seen.page.inner_text("main")
        assert seen.page.evaluate("document.querySelectorAll('script, img[onerror]').length") == 0
        assert seen.page.evaluate("document.images.length") == 2
    for words in (
        "Rollouts of step 10",
        "1 of them in the update",
        HOSTILE,
        "0.25",
        "-0.707",
        "weight 0.75",
        "2 m",
    ):
        assert words in text
    assert "another prompt was drawn in its place" in text
