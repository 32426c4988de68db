"""A metric over the builds of one design, drawn in a terminal with braille dots."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Group, RenderableType
from rich.text import Text

from bitwright.reports.history.entry import Entry
from bitwright.reports.measures import HIGHER, LOWER, Measure, measure_of

HEIGHT = 12  # lines of the plot
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille cell, by row, column
COMMIT = 8  # digits shown
BETTER = {HIGHER: "higher is better", LOWER: "lower is better"}


@dataclass(frozen=True, slots=True)
class Point:
    """The builds of one commit, side by side: seeds differ, the sources do not."""

    label: str  # the commit, or the day where it is unknown
    low: float
    middle: float
    high: float
    ok: bool
    builds: int = 1


def points(entries: Sequence[Entry], metric: str) -> list[Point]:
    """One point per run of builds of one commit, in the order of the entries."""
    groups: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        if metric not in entry.measures:
            continue
        label = entry.commit[:COMMIT] + "*" * entry.dirty or entry.ended[:10]
        if not groups or groups[-1][0] != label or not entry.commit:
            groups.append((label, []))
        groups[-1][1].append(entry)
    found = []
    for label, builds in groups:
        values = [build.measures[metric] for build in builds]
        middle = statistics.median(values)
        ok = all(build.ok for build in builds)
        found.append(Point(label, min(values), middle, max(values), ok, len(builds)))
    return found


class Canvas:
    """Dots, two wide and four high to a character; (0, 0) is the lower left."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = 2 * width, 4 * height
        self.cells = [[0] * width for _ in range(height)]
        self.styles = [[""] * width for _ in range(height)]

    def dot(self, x: int, y: int, style: str = "") -> None:
        row, column = divmod(self.height - 1 - y, 4)
        self.cells[row][x // 2] |= DOTS[column][x % 2]
        self.styles[row][x // 2] = style or self.styles[row][x // 2]

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str = "") -> None:
        """A straight line of dots, both ends included."""
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            share = step / steps
            self.dot(
                round(start[0] + share * (end[0] - start[0])),
                round(start[1] + share * (end[1] - start[1])),
                style,
            )

    def rows(self) -> Iterator[Text]:
        for cells, styles in zip(self.cells, self.styles, strict=True):
            text = Text()
            for cell, style in zip(cells, styles, strict=True):
                text.append(chr(0x2800 + cell) if cell else " ", style)
            yield text


def chart(title: str, entries: Sequence[Entry], metric: str, width: int) -> RenderableType:
    """The metric's course: a line through the middle of each commit, bars where seeds differ.

    width: characters. entries: of one design, oldest first; at least one has the metric
    """
    found = points(entries, metric)
    measure = _measure(metric)
    low, high = _range(found, measure)
    labels = [_number(value, measure) for value in (high, (low + high) / 2, low)]
    margin = max(map(len, labels))
    plot = Canvas(max(8, width - margin - 3), HEIGHT)
    _draw(plot, found, low, high)
    marks = {0: labels[0], HEIGHT // 2: labels[1], HEIGHT - 1: labels[2]}
    lines: list[RenderableType] = [_title(title, measure), Text()]
    for number, row in enumerate(plot.rows()):
        tick = "┤" if number in marks else "│"
        lines.append(Text(f"{marks.get(number, ''):>{margin}} {tick}", "dim") + row)
    lines.append(Text(f"{'':>{margin}} └{'─' * (plot.width // 2)}", "dim"))
    lines.append(Text(f"{'':>{margin}}  {_axis(found, plot.width // 2)}", "dim"))
    lines += [Text(), *_said(found, measure)]
    return Group(*lines)


def _measure(metric: str) -> Measure:
    """What is drawn, with what it belongs to in its label."""
    measure = measure_of(metric) or Measure(metric, metric, "", "", 3)
    kind, _, owner = metric.rpartition(".")[0].partition(".")
    label = "time" if kind == "step" and measure.name == "wall_s" else measure.label
    return replace(measure, label=f"{label} of {kind} {owner}") if owner else measure


def _range(found: Sequence[Point], measure: Measure) -> tuple[float, float]:
    """What the height of the plot spans; never nothing."""
    low, high = min(point.low for point in found), max(point.high for point in found)
    room = (high - low) * 0.08 or abs(high) * 0.01 or float(10**-measure.digits)
    return low - room, high + room


def _draw(plot: Canvas, found: Sequence[Point], low: float, high: float) -> None:
    def place(number: int, value: float) -> tuple[int, int]:
        across = (
            plot.width // 2 if len(found) == 1 else number * (plot.width - 1) // (len(found) - 1)
        )
        return across, int((value - low) / (high - low) * (plot.height - 1))

    for number, point in enumerate(found):
        plot.line(place(number, point.low), place(number, point.high), "bright_black")
    for number in range(len(found) - 1):
        ends = place(number, found[number].middle), place(number + 1, found[number + 1].middle)
        plot.line(*ends, "cyan")
    for number, point in enumerate(found):
        x, y = place(number, point.middle)
        style = "bold cyan" if point.ok else "bold red"
        for dx, dy in ((0, 0), (-1, 0), (1, 0), (0, 1), (0, -1)):
            if 0 <= x + dx < plot.width and 0 <= y + dy < plot.height:
                plot.dot(x + dx, y + dy, style)


def _title(title: str, measure: Measure) -> Text:
    about = ", ".join(filter(None, (measure.unit, BETTER.get(measure.better, ""))))
    return (
        Text(title, "bold") + Text(f": {measure.label}") + Text(f" ({about})" * bool(about), "dim")
    )


def _axis(found: Sequence[Point], width: int) -> str:
    """The labels of as many points as fit, each below its own."""
    if len(found) == 1:
        return found[0].label.center(width).rstrip()
    text = [" "] * width
    free = 0  # the first column that no label covers
    last = len(found) - 1
    reserved = width - len(found[-1].label)
    for number, point in enumerate(found):
        size = len(point.label)
        at = min(max(0, number * (width - 1) // last - size // 2), width - size)
        if at >= free and (number == last or at + size < reserved):
            text[at : at + size] = point.label
            free = at + size + 2
    return "".join(text).rstrip()


def _said(found: Sequence[Point], measure: Measure) -> Iterator[Text]:
    """The numbers that a look at the line does not give."""
    newest = found[-1]
    least, most = min(found, key=lambda p: p.middle), max(found, key=lambda p: p.middle)
    for name, point in (("newest", newest), ("lowest", least), ("highest", most)):
        about = f"at {point.label}"
        if point.builds > 1:
            low, high = _number(point.low, measure), _number(point.high, measure)
            about += f", median of {point.builds} builds ({low} to {high})"
        state = "" if point.ok else "  failed"
        yield Text(f"{name:<8} {_number(point.middle, measure)} {measure.unit}".rstrip()) + Text(
            f"  {about}{state}", "dim"
        )


def _number(value: float, measure: Measure) -> str:
    return f"{value:,.{measure.digits}f}"
