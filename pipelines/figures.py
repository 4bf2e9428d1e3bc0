"""Figures of a dataset as PNG files: the same numbers give the same bytes.

What is counted belongs to `pipelines.report`. Matplotlib is loaded only when something is drawn, as that takes most of
the time of a small build's pictures.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, SAND, GREY = "#31688e", "#e0a458", "#5b6470"
WIDTH, ROW, MARGIN, DPI = 7.2, 0.26, 0.9, 100
LABEL = 32
Bars = Sequence[tuple[str, int]]


def bars(title: str, rows: Bars, unit: str) -> bytes:
    """Horizontal bars, the first row on top."""

    def draw(axes: "Axes") -> None:
        axes.barh(range(len(rows)), [number for _, number in rows], color=BLUE)
        _name_rows(axes, [label for label, _ in rows])
        _write_numbers(axes, [number for _, number in rows])
        axes.set_xlabel(unit)

    return _picture(title, len(rows), draw)


def shares(title: str, rows: Sequence[tuple[str, int, int]], names: tuple[str, str]) -> bytes:
    """Horizontal bars of two shares that make a hundred percent; a row is its label and both numbers."""

    def draw(axes: "Axes") -> None:
        first = [100 * a / (a + b) if a + b else 0.0 for _, a, b in rows]
        second = [100 * b / (a + b) if a + b else 0.0 for _, a, b in rows]
        axes.barh(range(len(rows)), first, color=BLUE, label=names[0])
        axes.barh(range(len(rows)), second, left=first, color=SAND, label=names[1])
        _name_rows(axes, [f"{label} ({a + b:,})" for label, a, b in rows])
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of mentions")
        axes.legend(loc="lower right", bbox_to_anchor=(1.02, 0.99), ncols=2, frameon=False)

    return _picture(title, len(rows), draw)


def _name_rows(axes: "Axes", labels: Sequence[str]) -> None:
    short = [label if len(label) <= LABEL else label[: LABEL - 1] + "…" for label in labels]
    axes.set_yticks(range(len(labels)))
    axes.set_yticklabels(short, parse_math=False)  # a $ in a name is a $
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _write_numbers(axes: "Axes", numbers: Sequence[int]) -> None:
    axes.set_xlim(0, max(*numbers, 1) * 1.12)
    for row, number in enumerate(numbers):
        axes.text(number, row, f" {number:,}", va="center", color=GREY, fontsize=8)


def _picture(title: str, n_rows: int, draw: Callable[["Axes"], None]) -> bytes:
    """The PNG of one figure; drawn with the library's own defaults and fonts, whatever the user has set."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(("backend", "interactive"))
    }
    settings |= {"font.family": ["DejaVu Sans"], "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a box says as much
        height = MARGIN + ROW * max(n_rows, 2)
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.36, 0.5 / height, 0.6, 1 - 0.85 / height))
        axes.set_title(title, loc="left", fontsize=11, fontweight="bold", x=-0.585)
        if n_rows:
            draw(axes)
        else:
            axes.set_axis_off()
            axes.text(0, 0.5, "Nothing to show.", color=GREY)
        sink = io.BytesIO()
        figure.savefig(sink, format="png", metadata={"Software": None})
    return sink.getvalue()
