"""What a sweep looks like: a live table of its members on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitwright.front.show import clock, say
from bitwright.sweep import Event, Member

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
MARKS = {
    WAITING: ("·", "dim"),
    RUNNING: ("→", "cyan"),
    DONE: ("✓", "bold green"),
    FAILED: ("✗", "bold red"),
    STOPPED: ("■", "yellow"),
}


@dataclass(slots=True)
class Row:
    """How one member stands."""

    member: Member
    state: str = WAITING
    note: str = ""
    began: float = 0.0
    took: float = 0.0


class Lines:
    """Follows a sweep, one line for each start and end and for each step that begins."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.rows = {member: Row(member) for member in members}
        self.width = max((len(str(member)) for member in members), default=0)

    def event(self, event: Event) -> None:
        """Take one event of the sweep."""
        row = self.rows[event.member]
        match event.kind:
            case "waiting":
                row.note = f"waits for {event.text}"
            case "started":
                row.state, row.note, row.began = RUNNING, "", time.monotonic()
            case "step":
                row.note = event.text
            case "ended":
                assert event.outcome is not None
                row.state, row.took = DONE if event.outcome.ok else FAILED, event.outcome.wall_s
                row.note = "" if event.outcome.ok else f"see {event.outcome.log}"
        self.show(row, event)

    def show(self, row: Row, event: Event) -> None:
        name = f"{row.member!s:<{self.width}}"
        if event.kind == "ended":
            say(f"{name}  {row.state} in {clock(row.took)}{'; ' * bool(row.note)}{row.note}")
        elif event.kind == "started" or event.text.endswith(": runs"):
            say(f"{name}  {event.text.removesuffix(': runs') or 'started'}")

    def close(self) -> None:
        """End the display."""
        for row in self.rows.values():
            if row.state == RUNNING:
                row.state = STOPPED


class Table(Lines):
    """On a terminal: one table, redrawn four times a second."""

    def __init__(self, members: Sequence[Member]) -> None:
        from rich.live import Live

        super().__init__(members)
        self.live = Live(get_renderable=self.table, refresh_per_second=4, redirect_stdout=False)
        self.live.start()

    def show(self, row: Row, event: Event) -> None:
        """Nothing at once: the table is drawn by the clock."""

    def close(self) -> None:
        super().close()
        self.live.stop()

    def table(self) -> Any:
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable.grid(padding=(0, 1))
        for options in (
            {"width": 1},
            {},
            {"ratio": 1, "overflow": "ellipsis"},
            {"justify": "right"},
        ):
            table.add_column(no_wrap=True, **options)
        table.expand = True
        for row in tuple(self.rows.values()):
            mark, style = MARKS[row.state]
            spent = time.monotonic() - row.began if row.state == RUNNING else row.took
            name = Text(str(row.member), "" if row.state != WAITING else "dim")
            note = Text(row.note, "cyan" if row.state == RUNNING else "dim")
            table.add_row(Text(mark, style), name, note, Text(clock(spent) if spent else "", "dim"))
        return table


def view(members: Sequence[Member]) -> Lines:
    """The display that suits where the output goes."""
    terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Table(members) if terminal and not os.environ.get("CI") else Lines(members)
