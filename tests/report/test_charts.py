"""Charts that stay readable."""

import pytest

from waywiser.report.charts import plot_counts


@pytest.mark.parametrize(
    ("labels", "aslant"),
    [
        (("1", "2", "3"), False),
        (("back-left", "back-right", "front-left", "front-right"), False),
        (("back", "left", "right", "back-left", "back-right", "front-left", "front-right"), True),
    ],
)
def test_long_labels_do_not_run_into_each_other(labels: tuple[str, ...], aslant: bool) -> None:
    drawn = plot_counts(dict.fromkeys(labels, 3), x_label="answer")
    assert all(f">{label}</text>" in drawn for label in labels)
    assert ("rotate(-35)" in drawn.replace(" ", "")) is aslant


def test_nothing_is_drawn_as_nothing() -> None:
    assert "<svg" in plot_counts({}, x_label="answer")
