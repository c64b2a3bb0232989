"""An evaluation as a person reads it: lines for the terminal and a model card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from classifier import plots
from classifier.compare import Comparison
from classifier.evaluate import Figures, Verdicts
from classifier.labels import Example
from classifier.tuning import Tuning

CARD = "card.md"
LIMITS = """\
- Thresholds were chosen on the same held-out scores that the figures count, so these F1 are
  slightly kind to the model; texts of another collection are the harder test.
- Probabilities are calibrated for the share of positives in the corpus, which is far higher than
  in a real stream: expect more false alarms there, and set thresholds with `tocsin models tune`.
- It reads English and Chinese. Other languages get what their Latin letters and names give.
- It judges what a text says, not whether it is true, and knows nothing that happened.
- Names that are neither in the gazetteer nor in the corpus count for little.
- The weights hold words and parts of words of the corpus: treat a model trained on confidential
  posts as confidential.
"""


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
            f"{'{:.3f}-{:.3f}'.format(*one['f1_interval'])}  {one['average_precision']:>6.3f} "
            f"{one['calibration_error']:>6.3f} {one['support']:>8} {one['threshold']:>10.3f}"
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


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Yield the lines of a table of how two versions differ."""
    yield f"{found.before} (before) against {found.after} (after), {found.rows} rows"
    yield f"{'':<20} {'before':>6} {'after':>6} {'change':>7}  {'95% interval':<16}  support"
    for one in found.differences:
        edges = f"{one.low:+.3f} to {one.high:+.3f}"
        yield (
            f"{one.head:<20} {one.before:>6.3f} {one.after:>6.3f} "
            f"{one.after - one.before:>+7.3f}  {edges:<16}  {one.support:>7}  {one.verdict}"
        )
    for topic in found.lost:
        yield f"{topic:<20} is known to {found.before} only"


def files(
    figures: Figures,
    examples: Sequence[Example],
    verdicts: Verdicts,
    facts: Mapping[str, Any],
    *,
    command: str,
) -> dict[str, bytes]:
    """Return the card and the plots of an evaluation, name -> content.

    facts: what the manifest says (corpus, gazetteer, parameters, gate, tuned), or `data`, the
    name of the file that was measured on. command: gives the same again.
    """
    drawn = plots.draw(figures, examples, verdicts)
    card = "\n".join(_card(figures, facts, command, sorted(drawn))) + "\n"
    return {CARD: card.encode(), **drawn}


def _card(
    figures: Figures, facts: Mapping[str, Any], command: str, drawn: Sequence[str]
) -> Iterator[str]:
    yield f"# Model {figures['model']}"
    yield ""
    yield from _origin(figures, facts)
    yield from _figures(figures)
    yield from _mistakes(figures)
    yield from ("## Plots", "", *(f"![{name.split('.')[0]}]({name})" for name in drawn), "")
    yield from ("## Limits", "", LIMITS)
    yield from ("## Again", "", "```", command, "```")


def _origin(figures: Figures, facts: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "Tags posts on trade and technology policy by topic, with calibrated probabilities, and "
        "grades how much of a policy act each reports (0 none, 1 background, 2 in motion, 3 an "
        "official act). TF-IDF features of words, parts of words, gazetteer concepts and "
        "the opening; one linear support vector machine a topic and three for the grade."
    )
    yield ""
    if "data" in facts:
        yield f"Measured on `{facts['data']}`, {figures['rows']} rows."
    else:
        yield (
            f"Measured by cross-validation on its own corpus, {figures['rows']} rows: each row by "
            "a model that saw neither it nor a near-duplicate of it."
        )
    yield ""
    tuned = facts.get("tuned")
    if tuned:
        yield f"- weights: those of {tuned['from']}; thresholds: tuned on {tuned['stream']}"
    for name, count in (("corpus", "rows"), ("gazetteer", "terms")):
        if name in facts:
            told = facts[name]
            yield f"- {name}: {told[count]:,} {count}, sha256 {told['fingerprint']}"
    if "parameters" in facts:
        yield f"- parameters: `{orjson.dumps(facts['parameters']).decode()}`"
    if "gate" in facts:
        gate = facts["gate"]
        yield f"- {'became current' if gate['accepted'] else 'refused'}: {gate['why']}"
    yield ""


def _figures(figures: Figures) -> Iterator[str]:
    yield f"## Figures\n\nMacro-F1 **{_within(figures, 'macro_f1')}**. Brackets: 95% intervals."
    yield ""
    yield "| | precision | recall | F1 | average precision | calibration | texts | threshold |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    policy = {f"policy {n}": figures["policy"][f"at_least_{n}"] for n in (1, 2, 3)}
    for name, one in {**figures["topics"], **policy}.items():
        yield (
            f"| {name.replace('policy ', 'policy at least ')} | {one['precision']:.3f} "
            f"| {one['recall']:.3f} | {_within(one, 'f1')} | {one['average_precision']:.3f} "
            f"| {one['calibration_error']:.3f} | {one['support']} | {one['threshold']:.3f} |"
        )
    for name in ("must_alert", "high_relevance"):
        one = figures[name]
        yield (
            f"| {name.replace('_', ' ')} | {one['precision']:.3f} | {one['recall']:.3f} "
            f"| {one['f1']:.3f} | | | {one['support']} | |"
        )
    yield f"\nPolicy grade exactly right: {figures['policy']['exact']:.3f}.\n"
    for kind, title in (("by_lang", "language"), ("by_style", "style")):
        yield f"| {title} | rows | macro-F1 | policy at least 2, F1 |"
        yield "| --- | --- | --- | --- |"
        for name, one in figures[kind].items():
            yield (
                f"| {name} | {one['rows']} | {_within(one, 'macro_f1')} "
                f"| {one['policy_at_least_2_f1']:.3f} |"
            )
        yield ""
    if figures.get("baselines"):
        topics = list(figures["topics"])
        yield f"| beside | macro-F1 | {' | '.join(topics)} | policy at least 2 |"
        yield "| --- " * (len(topics) + 3) + "|"
        for name, one in figures["baselines"].items():
            cells = [one["macro_f1"], *(one["topics"][t]["f1"] for t in topics)]
            told = " | ".join(f"{cell:.3f}" for cell in [*cells, one["policy_at_least_2_f1"]])
            yield f"| {name} | {told} |"
        yield ""


def _mistakes(figures: Figures) -> Iterator[str]:
    yield "## Mistakes\n\nThe commonest kinds:\n"
    yield "| topic | error | language | style | count | of |\n| --- | --- | --- | --- | --- | --- |"
    for one in figures["mistakes"]:
        cells = ("topic", "error", "lang", "style", "count", "of")
        yield "| " + " | ".join(str(one[cell]) for cell in cells) + " |"
    yield "\nThe worst:\n\n| row | topic | probability | label |\n| --- | --- | --- | --- |"
    for one in figures["worst"]:
        label = "holds" if one["label"] else "does not hold"
        yield f"| {one['id']} | {one['topic']} | {one['probability']:.3f} | {label} |"
    yield ""


def _within(figures: Figures, name: str) -> str:
    """Return a figure with its interval."""
    low, high = figures[f"{name}_interval"]
    return f"{figures[name]:.3f} [{low:.3f}, {high:.3f}]"


def tuning_lines(found: Tuning) -> Iterator[str]:
    """Yield the lines of a table of what new thresholds change on a stream."""
    span = f" over {found.days:g} days" if found.days is not None else ""
    posts = f"{found.posts} {'post' if found.posts == 1 else 'posts'}"
    yield f"model {found.model}, {posts}{span}; goal: {found.goal}"
    yield (
        f"{'':<20} {'share':>6}  {'threshold':<14}  {'posts':<13}  {'a day':<13}  "
        f"{'exp. precision':<14}  {'exp. recall':<14}"
    )
    for one in found.heads:
        old, new = one.before, one.after
        a_day = "-" if old.a_day is None else f"{old.a_day:.1f} > {new.a_day:.1f}"
        yield (
            f"{one.name:<20} {one.share:>6.3f}  {old.threshold:.3f} > {new.threshold:.3f}  "
            f"{f'{old.posts} > {new.posts}':<13}  {a_day:<13}  "
            f"{f'{old.precision:.2f} > {new.precision:.2f}':<14}  "
            f"{old.recall:.2f} > {new.recall:.2f}"
            + ("" if one.reached else "  goal out of reach: unchanged")
        )
    for one in found.heads:
        if one.lost:
            yield f"{one.name}: {one.lost} fall off, the likeliest:"
            yield from (f"    {p.probability:.3f} {p.id}  {p.text}" for p in one.falling)
