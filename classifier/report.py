"""An evaluation as a person reads it: lines for the terminal, a model card, plots."""

from collections.abc import Iterator

from classifier.evaluate import Figures


def to_lines(figures: Figures) -> Iterator[str]:
    """Yield the lines of a table of the main figures."""
    low, high = figures["macro_f1_interval"]
    yield f"model {figures['model']}, {figures['rows']} rows"
    yield f"macro-F1 {figures['macro_f1']:.3f} ({low:.3f} to {high:.3f})"
    yield f"{'':<20} precision recall    F1  interval        AP    ECE  support  threshold"
    for topic, one in figures["topics"].items():
        low, high = one["f1_interval"]
        yield (
            f"{topic:<20} {one['precision']:>9.3f} {one['recall']:>6.3f} {one['f1']:>5.3f}  "
            f"{low:.3f}-{high:.3f}  {one['average_precision']:>6.3f} "
            f"{one['calibration_error']:>6.3f} {one['support']:>8} {one['threshold']:>10.3f}"
        )
    for name in ("at_least_1", "at_least_2", "at_least_3"):
        one = figures["policy"][name]
        yield (
            f"policy {name:<13} {one['precision']:>9.3f} {one['recall']:>6.3f} {one['f1']:>5.3f}  "
            f"{'':<11}  {one['average_precision']:>6.3f}"
        )
    for name in ("must_alert", "high_relevance"):
        one = figures[name]
        yield (
            f"{name:<20} {one['precision']:>9.3f} {one['recall']:>6.3f} {one['f1']:>5.3f}"
            f"{'':<30} {one['support']:>5}"
        )
    yield f"policy grade exactly right: {figures['policy']['exact']:.3f}"
    for kind in ("by_lang", "by_style"):
        yield f"{kind}: " + ", ".join(
            f"{name} {one['macro_f1']:.3f} ({one['rows']})" for name, one in figures[kind].items()
        )
    for name, one in figures.get("baselines", {}).items():
        yield f"baseline {name}: macro-F1 {one['macro_f1']:.3f}"
