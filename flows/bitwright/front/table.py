"""The live table: one line per step, drawn by rich."""

from __future__ import annotations

import time

from rich.console import Console, ConsoleOptions, RenderResult
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bitwright.front.show import (
    CACHED,
    DONE,
    FAILED,
    FRESH,
    RUNNING,
    STOPPED,
    WAITING,
    Display,
    Row,
    clock,
)

MARKS = {
    WAITING: ("·", "dim"),
    FRESH: ("✓", "green"),
    CACHED: ("✓", "green"),
    DONE: ("✓", "bold green"),
    FAILED: ("✗", "bold red"),
    STOPPED: ("■", "yellow"),
}
BAR = 14  # characters


class Frame:
    """The table as it stands at the moment it is drawn."""

    def __init__(self, display: Display) -> None:
        self.display = display
        self.spinner = Spinner("dots", style="cyan")
        self.final = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True)
        table.expand = True
        with self.display.hold:
            for row in self.display.rows.values():
                table.add_row(*self._cells(row))
        # Narrower than the terminal: the ^C that it echoes must not begin a new line.
        yield from console.render(table, options.update(max_width=options.max_width - 4))

    def _cells(self, row: Row) -> tuple[Spinner | Text, Text, Text, Text, Text]:
        if row.state == RUNNING:
            spent = time.monotonic() - row.began
            note = Text(row.note, style="cyan")
            return (
                self.spinner,
                Text(row.step.name, "bold"),
                note,
                Text(clock(spent)),
                _bar(row, spent),
            )
        mark, style = MARKS[row.state]
        took = Text(clock(row.took) if row.took else "", style="dim")
        note = Text(row.step.title if row.state in (WAITING, DONE) else row.state, style="dim")
        dim = "dim" if row.state in (WAITING, FRESH, CACHED) else ""
        return Text(mark, style), Text(row.step.name, dim), note, took, Text("")


def _bar(row: Row, spent: float) -> Text:
    """How far a step is, judged by how long it took last time; nothing when it never ran."""
    if not row.expected:
        return Text("")
    filled = min(BAR, int(BAR * spent / row.expected))
    text = Text("━" * filled, "cyan") + Text("━" * (BAR - filled), "bright_black")
    left = row.expected - spent
    return text + Text(f" {clock(left)} left" if left > 0 else " any moment", "dim")
