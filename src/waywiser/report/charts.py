"""Charts as inline SVG, so that a page needs no scripts, fonts or network."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

INK_COLOR, GRID_COLOR = "#26312c", "#d9ded9"
COLORS = ["#1f6f54", "#d1802b", "#3d6fb6", "#9a4f8c", "#7a7f3a", "#b0413e"]

_MAX_LABEL_CHARACTERS = 50
"""Characters that fit next to each other under a chart of 3.4 inches."""


def _figure(width: float, height: float) -> tuple[Any, Any]:
    """A figure without a display; the caller draws on the axes and hands the figure to `_svg`."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "waywiser", "font.size": 9}):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()

    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(INK_COLOR)
    axes.tick_params(colors=INK_COLOR)
    axes.grid(axis="y", color=GRID_COLOR, linewidth=0.6)
    axes.set_axisbelow(True)

    return figure, axes


def _svg(figure: Any) -> str:
    """The figure as an <svg> element; text stays text, ids are the same in every run."""
    from matplotlib import rc_context

    buffer = io.StringIO()

    with rc_context({"svg.hashsalt": "waywiser", "svg.fonttype": "none"}):
        figure.savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True
        )

    text = buffer.getvalue()
    return text[text.index("<svg") :]


def plot_lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]], *, x_label: str, y_label: str
) -> str:
    """Line chart of name -> (x, y). Series longer than 400 points are thinned evenly."""
    figure, axes = _figure(5.2, 2.6)

    for color, (name, (x, y)) in zip(COLORS * 3, series.items(), strict=False):
        step = max(1, len(x) // 400)
        axes.plot(list(x)[::step], list(y)[::step], color=color, label=name, linewidth=1.4)

    axes.set_xlabel(x_label, color=INK_COLOR)
    axes.set_ylabel(y_label, color=INK_COLOR)

    if len(series) > 1:
        axes.legend(frameon=False, fontsize=8)

    return _svg(figure)


def plot_grouped_bars(
    groups: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    y_label: str,
    errors: Mapping[str, Sequence[float] | Sequence[Sequence[float]]] | None = None,
) -> str:
    """Bar chart with the bars of each group side by side.

    Args:
        groups: Labels of the groups.
        series: For each name one value per group.
        y_label: Label of the vertical axis.
        errors: For each name half-widths of 95 % intervals, or [those below, those above].

    Returns:
        The chart as an <svg> element.
    """
    figure, axes = _figure(7.2, 2.8)
    width = 0.82 / max(1, len(series))

    for index, (color, (name, values)) in enumerate(zip(COLORS * 3, series.items(), strict=False)):
        positions = [g + (index - (len(series) - 1) / 2) * width for g in range(len(groups))]
        bars = list((errors or {}).get(name, [])) or None
        axes.bar(
            positions,
            list(values),
            width * 0.92,
            color=color,
            label=name,
            yerr=bars,
            ecolor=INK_COLOR,
            capsize=1.5,
        )

    axes.set_xticks(range(len(groups)), groups)
    axes.set_ylabel(y_label, color=INK_COLOR)
    axes.legend(
        frameon=False, fontsize=8, ncols=len(series), loc="lower center", bbox_to_anchor=(0.5, 1.0)
    )

    return _svg(figure)


def plot_radar(axes: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """Radar chart of percentages on three or more axes, a closed line for each name."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "waywiser", "font.size": 9}):
        figure = Figure(figsize=(5.2, 4.4), layout="constrained")
        plot: Any = figure.subplots(subplot_kw={"projection": "polar"})

    angles = [2 * math.pi * i / len(axes) for i in range(len(axes))]

    for color, (name, values) in zip(COLORS * 3, series.items(), strict=False):
        plot.plot(
            [*angles, angles[0]], [*values, values[0]], color=color, label=name, linewidth=1.6
        )
        plot.fill([*angles, angles[0]], [*values, values[0]], color=color, alpha=0.07)

    plot.set_theta_offset(math.pi / 2)
    plot.set_theta_direction(-1)
    plot.set_xticks(angles, list(axes))
    plot.set_ylim(0, max(10.0, *(value for values in series.values() for value in values)) * 1.05)
    plot.tick_params(colors=INK_COLOR, pad=6)
    plot.grid(color=GRID_COLOR, linewidth=0.6)
    plot.spines["polar"].set_color(GRID_COLOR)
    figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=min(3, len(series)))

    return _svg(figure)


def plot_histogram(values: Sequence[float], *, x_label: str, bins: int = 24) -> str:
    """Histogram of numbers."""
    figure, axes = _figure(3.4, 2.1)
    axes.hist(list(values), bins=bins, color=COLORS[0])
    axes.set_xlabel(x_label, color=INK_COLOR)
    return _svg(figure)


def plot_counts(table: Mapping[str, int], *, x_label: str) -> str:
    """Bar chart of how often each label occurs; labels that would overlap are rotated."""
    figure, axes = _figure(3.4, 2.1)
    axes.bar(range(len(table)), list(table.values()), color=COLORS[0])
    labels = [str(k) for k in table]
    crowded = len(labels) * (max(map(len, labels), default=0) + 1) > _MAX_LABEL_CHARACTERS
    rotation = {"rotation": 35, "ha": "right"} if crowded else {}
    axes.set_xticks(range(len(labels)), labels, **rotation)
    axes.set_xlabel(x_label, color=INK_COLOR)

    return _svg(figure)
