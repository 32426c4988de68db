"""What a run looks like: a live table on a terminal, one line per event elsewhere or under CI.

The engine's events arrive from any thread. rich is imported when the first step really runs, so
that a build with nothing to do never pays for it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from bitwright.engine import Event, Step

QUIET_S = 15  # plain lines: how often the progress of one phase is worth a line
WAITING, RUNNING, FRESH, CACHED, DONE, FAILED, STOPPED = (
    "waiting", "running", "up to date", "from the cache", "done", "failed", "stopped",
)  # fmt: skip


def say(text: str) -> None:
    """One thing for people, on standard output."""
    _print(text, sys.stdout)


def complain(text: str) -> None:
    """A fault, on standard error."""
    _print(text, sys.stderr)


def _print(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:  # `./doit list | head`: nobody reads on, which is no fault
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def accuse(word: str) -> str:
    """A word in bold red where standard error shows colours."""
    plain = not sys.stderr.isatty() or os.environ.get("NO_COLOR") or os.environ.get("CI")
    return word if plain else f"\033[1;31m{word}\033[0m"


def clock(seconds: float) -> str:
    """A duration as people say it: 0.4 s, 12 s, 1:40, 1:02:03."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@dataclass(slots=True)
class Row:
    """How one step stands."""

    step: Step
    state: str = WAITING
    note: str = ""  # why it runs, then the tool's phase
    began: float = 0.0
    took: float = 0.0
    expected: float | None = None  # seconds it took last time
    told: tuple[str, float] = ("", 0.0)  # the phase last printed as a line, and when


@dataclass(slots=True)
class Display:
    """Follows a run. Plain: one line per event."""

    rows: dict[str, Row] = field(default_factory=dict)
    busy: bool = False  # something ran, or was restored
    closed: bool = False
    hold: Any = field(default_factory=threading.RLock)

    def plan(self, steps: Sequence[Step]) -> None:
        """Tell which steps the run may take, in order."""
        with self.hold:
            for step in steps:
                self.rows[step.name] = Row(step)

    def fresh(self, step: Step) -> None:
        """A step had nothing to do."""
        with self.hold:
            self.rows[step.name].state = FRESH

    def event(self, event: Event) -> None:
        """Take one event of the engine."""
        with self.hold:
            row = self.rows.setdefault(event.step.name, Row(event.step))
            self.busy = True
            match event.kind:
                case "started":
                    row.state, row.note, row.began = RUNNING, event.text, time.monotonic()
                    row.expected = _expected(event.step)
                case "phase":
                    row.note = event.text
                case "cached":
                    row.state, row.note = CACHED, ""
                case "ended":
                    row.state, row.note, row.took = DONE, "", event.elapsed
                case "failed":
                    row.state, row.note, row.took = FAILED, "", event.elapsed
            self.show(row, event)

    def show(self, row: Row, event: Event) -> None:
        """Print what an event changed."""
        name = f"{row.step.name:<{self.width}}"
        match event.kind:
            case "started":
                about = f"; took {clock(row.expected)} before" if row.expected else ""
                say(f"{name}  runs: {event.text}{about}")
            case "phase":
                if _worth_a_line(row, event):
                    say(f"{name}    {clock(event.elapsed):>6}  {event.text}")
            case "note":
                say(f"{name}  {event.text}")
            case "cached":
                say(f"{name}  restored from the cache")
            case "ended":
                say(f"{name}  done in {clock(event.elapsed)}{_memory(row.step)}")
            case "failed":
                say(f"{name}  failed after {clock(event.elapsed)}")

    @property
    def width(self) -> int:
        return max((len(name) for name in self.rows), default=0)

    def close(self, stopped: bool = False) -> None:
        """End the run's display; says in one line which steps had nothing to do."""
        with self.hold:
            if self.closed:
                return
            self.closed = True
            for row in self.rows.values():
                if row.state == RUNNING:
                    row.state = STOPPED
            fresh = [name for name, row in self.rows.items() if row.state == FRESH]
            if fresh and not stopped:
                say(f"up to date: {', '.join(fresh)}")


def _worth_a_line(row: Row, event: Event) -> bool:
    """Whether a phase is a new one, or an old one long after; `routing, 4 left` is `routing`."""
    kind = event.text.split(",")[0]
    known, since = row.told
    if kind == known and event.elapsed - since < QUIET_S:
        return False
    row.told = (kind, event.elapsed)
    return True


@dataclass(slots=True)
class Live(Display):
    """On a terminal: one table, redrawn four times a second while anything runs."""

    live: Any = None
    frame: Any = None

    def show(self, row: Row, event: Event) -> None:
        if self.live is None and event.kind in ("started", "cached", "note"):
            self._open()
        if event.kind == "note":
            self.live.console.print(f"{row.step.name}: {event.text}", markup=False, highlight=False)

    def _open(self) -> None:
        from rich.live import Live as RichLive

        from bitwright.front.table import Frame

        self.frame = Frame(self)
        self.live = RichLive(self.frame, refresh_per_second=4, redirect_stdout=False)
        self.live.start()

    def close(self, stopped: bool = False) -> None:
        if self.live is None:
            Display.close(self, stopped)
            return
        with self.hold:
            self.closed = True
            for row in self.rows.values():
                if row.state == RUNNING:
                    row.state, row.took = STOPPED, time.monotonic() - row.began
            self.frame.final = True
        self.live.stop()
        self.live = None


def display() -> Display:
    """The display that suits where the output goes."""
    terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Live() if terminal and not os.environ.get("CI") else Display()


def _expected(step: Step) -> float | None:
    """How long the step took last time; for a first time, what it took another config."""
    from bitwright.engine import Times, times

    last = times(step)
    if last is None and len(step.dir.parts) >= 4:
        build, _, target, *_, name = step.dir.parts
        for inside in ("", "variants/*/"):
            for folder in sorted(Path(build).glob(f"*/{target}/{inside}{name}")):
                last = Times.read(folder) or last
    return last.wall_s if last else None


def _memory(step: Step) -> str:
    from bitwright.engine import times

    last = times(step)
    return f", {last.peak_rss_mib:.0f} MiB" if last and last.peak_rss_mib else ""
