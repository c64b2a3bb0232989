"""Draws how many alerts a backtest gave when: bars for a terminal, a PNG for a report."""

import io
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from alerts.backtest import Result, by_day
from alerts.cleaning import cut, plain
from alerts.config import Config

COLOURS = ("blue", "yellow", "green", "magenta", "cyan", "red")
WIDTH = 60
MOST_BARS = 40
BLOCK = "\u2588"


def bars(result: Result, config: Config) -> Text:
    """Return a bar a day, week or month, each rule in its colour."""
    counts, unit = buckets(by_day(result.alerts, ZoneInfo(config.service.timezone)))
    rules = [row["rule"] for row in result.rules if row["alerts"]]
    colours = {rule: COLOURS[place % len(COLOURS)] for place, rule in enumerate(rules)}
    most = max(sum(one.values()) for one in counts.values())
    scale = min(1.0, WIDTH / most)
    drawn = Text()
    for rule, colour in colours.items():
        drawn.append(f"{BLOCK} ", style=colour)
        drawn.append(f"{rule}  ")
    drawn.append(f"\nalerts a {unit}\n")
    for start, one in counts.items():
        drawn.append(f"{start}  ")
        reached = 0
        for rule, colour in colours.items():
            before, reached = reached, reached + one.get(rule, 0)
            drawn.append(BLOCK * (round(reached * scale) - round(before * scale)), style=colour)
        drawn.append(f" {reached or ''}\n")
    drawn.right_crop(1)
    return drawn


def buckets(
    days: Mapping[date, Mapping[str, int]],
) -> tuple[dict[date, dict[str, int]], str]:
    """Return the counts by day, or by week or month where there would be too many bars."""
    first, last = min(days), max(days)
    length = (last - first).days + 1
    unit = "day" if length <= MOST_BARS else "week" if length <= 7 * MOST_BARS else "month"
    found: dict[date, dict[str, int]] = {
        start: defaultdict(int)
        for start in sorted({start_of(first + timedelta(days=n), unit) for n in range(length)})
    }
    for day, rules in days.items():
        for rule, count in rules.items():
            found[start_of(day, unit)][rule] += count
    return found, unit


def start_of(day: date, unit: str) -> date:
    """Return the first day of a day's week or month."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def draw(result: Result, config: Config) -> bytes:
    """Return a PNG of the alerts over time, by rule, and of what was not sent and why."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6.5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(3, 2))
    _draw_times(above, result, config)
    _draw_fates(below, result)
    figure.suptitle(result.title.replace("$", r"\$"), fontsize=10)
    drawn = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def _draw_times(axes: Any, result: Result, config: Config) -> None:
    days = by_day(result.alerts, ZoneInfo(config.service.timezone))
    if not days:
        axes.text(0.5, 0.5, "no alerts", ha="center", va="center", transform=axes.transAxes)
        return
    counts, unit = buckets(days)
    width = timedelta(days={"day": 0.9, "week": 6.0, "month": 26.0}[unit])
    starts = [datetime.combine(start, time()) for start in counts]
    reached = [0] * len(starts)
    for row in result.rules:
        heights = [one.get(row["rule"], 0) for one in counts.values()]
        axes.bar(
            starts,
            heights,
            width=width,
            bottom=reached,
            align="edge",
            label=_short(row["rule"]),
        )
        reached = [low + height for low, height in zip(reached, heights, strict=True)]
    axes.set_ylabel(f"alerts a {unit}")
    axes.legend(fontsize=8)


def _draw_fates(axes: Any, result: Result) -> None:
    """Draw for each rule how many posts it sent, held, and did not send for which reason."""
    rules = [_short(row["rule"]) for row in result.rules]
    fates = {
        "sent": [row["sent"] for row in result.rules],
        **{
            reason: [row["not_sent"].get(reason, 0) for row in result.rules]
            for reason in dict.fromkeys(why for row in result.rules for why in row["not_sent"])
        },
    }
    reached = [0] * len(rules)
    for fate, counts in fates.items():
        axes.barh(rules, counts, left=reached, label=fate)
        reached = [low + count for low, count in zip(reached, counts, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("posts that a rule touched, by what became of them")
    axes.legend(fontsize=8)


def _short(name: str) -> str:
    # matplotlib reads what stands between dollar signs as mathematics.
    return cut(plain(name), 40).replace("$", r"\$")
