"""What a log tells: its messages by severity and id, its phases, when it began and how it ended.

A log may be of any length, so what is kept of it is bounded, and it is said where a bound cut.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LISTED = 1000  # different messages of one severity that are listed, with and without ids; all count
PHASES = 10_000  # phases that are listed
LINE = 4096  # characters of a line that are looked at
TEXT = 400  # characters kept of a message, an id, a name
NUMBER = r"(\d{1,12}(?:\.\d{1,9})?)"  # as logs write it; a float holds it
SHOWN = 60  # of a line that is quoted
LATE = ("ended", "cpu_s", "elapsed_s")  # what a tool says when it is done
PLACE = re.compile(r"(\S+?:\d+)(?::\d+)?:? |.*[\[(]([^\s\[\]()]+:\d+)(?::\d+)?[\])]\.?$")


@dataclass(frozen=True, slots=True)
class Message:
    """Every message of one severity and id; of those without an id, all of the same text."""

    severity: str  # as the tool writes it: ERROR, CRITICAL WARNING, WARNING, INFO; Verilator: Error
    id: str | None  # Synth 8-7129, WIDTHEXPAND; None where the tool gives none
    count: int
    line: int  # where the first of them stands
    text: str  # of the first, without severity and id
    place: str | None  # FILE:LINE that the first is about, where its text tells
    stopped: bool  # the tool printed no more of them: there were at least `count`


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the run that the tool timed, or gave a checksum. What it did not print is None."""

    name: str
    line: int
    began: str | None = None  # time of day, as printed: 20:14:07
    ended: str | None = None
    cpu_s: float | None = None
    elapsed_s: float | None = None
    memory_mb: float | None = None  # when it ended: the peak (Vivado), what was allocated (HLS)
    gain_mb: float | None = None
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A log, summed up."""

    version: str | None
    part: str | None
    lines: int
    started: str | None  # date and time, as printed
    ended: str | None
    cpu_s: float | None  # of the whole run, where the tool sums it up
    elapsed_s: float | None
    memory_mb: float | None  # the highest that was printed
    counts: Mapping[str, int]  # messages by severity
    messages: tuple[Message, ...]  # in the order they first stand in
    phases: tuple[Phase, ...]
    missing: Mapping[str, str]
    incomplete: str


@dataclass(slots=True)
class Lines:
    """The lines of a log that are not blank, numbered, without their ends, LINE characters of each.
    A last line without a newline is torn and is left out."""

    lines: Iterable[str]  # with their newlines
    last: re.Pattern[str]  # with which a whole log may end
    number: int = 0  # of the line that was given last
    text: str = ""
    torn: bool = False

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self.lines, start=1):
            if line[-1:] != "\n":
                self.torn = True
                return
            self.number = number
            if text := line[:LINE].strip():
                self.text = text
                yield text

    def incomplete(self, expected: str) -> str:
        """What speaks for a log that breaks off; empty if its last line may be the last."""
        if self.torn:
            return f"line {self.number + 1}: the log breaks off within it"
        if self.last.match(self.text):
            return ""
        return f"line {self.number}: no {expected} at the end, but {self.text[:SHOWN]!r}"


@dataclass(slots=True)
class _Tallied:
    line: int
    text: str
    count: int = 0
    stopped: bool = False


@dataclass(slots=True)
class Tally:
    """Messages as they come in, each kind kept once, a bounded number of kinds."""

    counts: Counter[str] = field(default_factory=Counter)
    unlisted: int = 0
    _kinds: Counter[tuple[str, bool]] = field(default_factory=Counter)
    _found: dict[tuple[str, str | None, str], _Tallied] = field(default_factory=dict)

    def add(self, severity: str, id: str | None, line: int, text: str) -> None:
        """Count one message."""
        text, id = text[:TEXT].strip(), id[:TEXT] if id else None
        self.counts[severity] += 1
        key = (severity, id, "" if id else text)
        tallied = self._found.get(key)
        if tallied is None:
            group = (severity, id is None)  # those without ids do not push out those with
            if self._kinds[group] == LISTED:
                self.unlisted += 1
                return
            self._kinds[group] += 1
            tallied = self._found[key] = _Tallied(line, text)
        tallied.count += 1

    def stop(self, id: str) -> None:
        """The tool says that it prints no more messages of this id."""
        for (_, known, _), tallied in self._found.items():
            tallied.stopped |= known == id

    def messages(self) -> tuple[Message, ...]:
        return tuple(
            Message(
                severity, id, found.count, found.line, found.text, _place(found.text), found.stopped
            )
            for (severity, id, _), found in self._found.items()
        )

    def missing(self) -> dict[str, str]:
        """Why some messages are counted but not listed; empty where all are."""
        if not self.unlisted:
            return {}
        return {
            "messages": f"{self.unlisted} messages are only counted: "
            f"{LISTED} different ones of a severity are listed"
        }


def _place(text: str) -> str | None:
    place = PLACE.match(text)
    return (place[1] or place[2]) if place else None


@dataclass(slots=True)
class Phases:
    """Phases as they come in, PHASES at most."""

    _found: list[Phase] = field(default_factory=list)
    unlisted: int = 0

    def add(self, phase: Phase) -> int | None:
        """Its place in the list, None if it is not listed."""
        if len(self._found) == PHASES:
            self.unlisted += 1
            return None
        if len(phase.name) > TEXT:
            phase = replace(phase, name=phase.name[:TEXT])
        self._found.append(phase)
        return len(self._found) - 1

    def change(self, place: int, **changes: Any) -> None:
        """Something more is known of a phase."""
        self._found[place] = replace(self._found[place], **changes)

    def listed(self) -> tuple[Phase, ...]:
        return tuple(self._found)

    def missing(self) -> dict[str, str]:
        if not self.unlisted:
            return {}
        return {"phases": f"{self.unlisted} more were timed: {PHASES} are listed"}


def log_of(
    lines: Lines,
    tally: Tally,
    phases: Phases | None = None,
    *,
    incomplete: str,
    memory_mb: float | None = None,
    **said: Any,
) -> Log:
    """The sum. `said` are fields of Log that the tool told at its end: left open in a log that
    breaks off, but for `version`, `part` and `started`, which stand at the head."""
    early = {name: said.pop(name, None) for name in ("version", "part", "started")}
    late = {name: None if incomplete else said.get(name) for name in LATE}
    why = "the log breaks off" if incomplete else "not printed"
    numbers = {"memory_mb": memory_mb, "cpu_s": late["cpu_s"], "elapsed_s": late["elapsed_s"]}
    return Log(
        **early,
        **late,
        lines=lines.number,
        memory_mb=memory_mb,
        counts=dict(tally.counts),
        messages=tally.messages(),
        phases=phases.listed() if phases else (),
        missing={
            **{name: why for name, number in numbers.items() if number is None},
            **tally.missing(),
            **(phases.missing() if phases else {}),
        },
        incomplete=incomplete,
    )
