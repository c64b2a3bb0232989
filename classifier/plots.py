"""An evaluation's plots: precision and recall, calibration, confusion of grades, learning curve.

Drawn without a screen and without matplotlib's global state; matplotlib is imported when asked.
"""

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.evaluate import (
    Figures,
    Flags,
    Floats,
    Truth,
    Verdicts,
    calibration_bins,
    calibration_error,
)
from classifier.labels import GRADES, Example

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (6.0, 4.5)
DPI = 90
BAND = 0.18


def draw(figures: Figures, examples: Sequence[Example], verdicts: Verdicts) -> dict[str, bytes]:
    """Return the plots as PNG files, name -> content; learning.png only if it was measured."""
    heads = _heads(examples, verdicts)
    drawn = {
        "pr.png": _png(lambda axes: _precision_recall(axes, heads)),
        "calibration.png": _png(lambda axes: _calibration(axes, heads)),
        "confusion.png": _png(lambda axes: _confusion(axes, figures["policy"]["confusion"])),
    }
    if figures.get("learning"):
        drawn["learning.png"] = _png(lambda axes: _learning(axes, figures["learning"]))
    return drawn


def _heads(
    examples: Sequence[Example], verdicts: Verdicts
) -> dict[str, tuple[Flags, Floats, Flags]]:
    """Return for each topic and for policy >= 2 what holds, its chances and what was said."""
    truth = Truth(examples, verdicts.topics)
    heads: dict[str, tuple[Flags, Floats, Flags]] = {}
    for at, topic in enumerate(verdicts.topics):
        rows = np.flatnonzero(truth.certain[:, at])
        heads[topic] = (
            truth.held[rows, at],
            verdicts.chances[rows, at],
            verdicts.tags[rows, at],
        )
    grades = np.array([example.policy for example in examples])
    chances = verdicts.chances[:, len(verdicts.topics) + 1]
    heads["policy at least 2"] = (grades >= 2, chances, verdicts.grades >= 2)
    return heads


def _png(paint: "Callable[[Axes], None]") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=DPI, layout="tight")
    FigureCanvasAgg(figure)
    paint(figure.add_subplot())
    file = io.BytesIO()
    # No version of matplotlib in the file: the same figures give the same bytes.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _precision_recall(axes: Any, heads: dict[str, tuple[Flags, Floats, Flags]]) -> None:
    """Draw each head's curve, with a dot where its threshold stands."""
    for name, (held, chances, said) in heads.items():
        if not held.any():
            continue
        order = np.argsort(-chances, kind="stable")
        hits = np.cumsum(held[order])
        recall, precision = hits / held.sum(), hits / np.arange(1, len(held) + 1)
        (line,) = axes.plot(recall, precision, linewidth=1.2, label=name)
        if said.any():
            both = (held & said).sum()
            axes.plot(both / held.sum(), both / said.sum(), "o", color=line.get_color())
    axes.set(
        xlabel="recall", ylabel="precision", xlim=(0, 1.01), ylim=(0, 1.02),
        title="Precision and recall; dots: the thresholds",
    )  # fmt: skip
    _finish(axes)


def _calibration(axes: Any, heads: dict[str, tuple[Flags, Floats, Flags]]) -> None:
    """Draw how often what is given a probability holds, in ten bins of equal width."""
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
    for name, (held, chances, _) in heads.items():
        bins = [rows for rows in calibration_bins(chances) if len(rows)]
        error = calibration_error(held, chances)
        axes.plot(
            [chances[rows].mean() for rows in bins], [held[rows].mean() for rows in bins],
            marker="o", markersize=3, linewidth=1.2, label=f"{name} (ECE {error:.3f})",
        )  # fmt: skip
    axes.set(
        xlabel="probability given", ylabel="share that holds", xlim=(0, 1), ylim=(0, 1),
        title="Calibration",
    )  # fmt: skip
    _finish(axes)


def _confusion(axes: Any, counts: Sequence[Sequence[int]]) -> None:
    """Draw the grades that were said against the true ones, shaded by the share of each row."""
    table = np.array(counts, dtype=float)
    total = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for true in GRADES:
        for said in GRADES:
            axes.text(
                said, true, f"{int(table[true, said])}", ha="center", va="center",
                color="white" if shares[true, said] > 0.5 else "black",
            )  # fmt: skip
    axes.set(
        xlabel="grade said", ylabel="true grade", xticks=GRADES, yticks=GRADES,
        title="Policy grades",
    )  # fmt: skip


def _learning(axes: Any, points: Sequence[Figures]) -> None:
    """Draw macro-F1 on the same held-out rows against the rows trained on."""
    rows = [point["rows"] for point in points]
    macro = [point["macro_f1"] for point in points]
    low, high = zip(*(point["macro_f1_interval"] for point in points), strict=True)
    (line,) = axes.plot(rows, macro, marker="o", label="macro-F1 of the topics")
    axes.fill_between(rows, low, high, alpha=BAND, color=line.get_color())
    axes.plot(
        rows, [point["policy_at_least_2_f1"] for point in points],
        marker="o", label="policy at least 2, F1",
    )  # fmt: skip
    axes.set(xlabel="rows trained on", ylabel="F1", title="Learning curve")
    _finish(axes)


def _finish(axes: Any) -> None:
    axes.grid(visible=True, linewidth=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, loc="best")
