"""Logs of AMD's tools, line by line: Vivado, Vitis HLS and v++ write messages in one way.

WARNING: [Synth 8-7080] Parallel synthesis criteria is not met
INFO: [Common 17-206] Exiting Vivado at Tue Nov 28 20:29:41 2023...
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bitwright.reports.read.amd_times import Times
from bitwright.reports.read.log import Lines, Log, Tally, log_of

MESSAGE = re.compile(
    r"(INFO|STATUS|WARNING|CRITICAL WARNING|ERROR|FATAL|FATAL ERROR): ?"
    r"(?:\[([A-Za-z][\w.:+-]*(?: [\w.:+-]+)*)\] ?)?(.*)"
)
STARTS = frozenset("ISWCEF")  # what a message may start with
TERMINAL = re.compile(r"^.*\r(?=.)|\x1b\[[\d;?]*[A-Za-z]|\r|^(?:vivado|vitis)_hls> ", re.MULTILINE)
STOPPED = re.compile(r"Message '([^']+)' appears \d+ times and further instances")
PART = re.compile(
    r"Loading part:? (\S+)|Setting target device to '([^']+)'|.* -part ([a-z]\w[\w-]*)"
)
MENTIONS = re.compile("part |device ").search
STARTED = re.compile(r".*Start of session at *: (.*)|For user .* on host .* on (.*)")
EXIT = re.compile(r"Exiting (\S+) at (.*\S)\.\.\.$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What tells one tool's log from another's."""

    banner: re.Pattern[str]  # a run of the tool begins; group 'version'
    exits: frozenset[str]  # the names by which it takes its leave: Exiting NAME at ...
    nested: bool  # a run shows the logs of the runs it starts; every one takes its leave
    last: re.Pattern[str]  # a line that may be the last of a whole log
    leave: str  # the same for people


def parse_amd_log(lines: Iterable[str], dialect: Dialect) -> Log:
    """Sum up a log whose lines still have their newlines."""
    scan = _Scan(dialect, Lines(map(_plain, lines), dialect.last))
    for line in scan.lines:
        scan.read(line)
    return scan.log()


def _plain(line: str) -> str:
    """Without what a terminal, and a prompt on it, did to the line."""
    return TERMINAL.sub("", line) if "\x1b" in line or "\r" in line else line


@dataclass(slots=True)
class _Scan:
    """What is known of a log so far."""

    dialect: Dialect
    lines: Lines
    text: str = ""  # the last line, without severity and id
    open: int = 0  # runs of the tool that go on: one may start another, and show its log
    said: dict[str, str] = field(default_factory=dict)  # version, part, started, ended
    times: Times = field(default_factory=Times)
    tally: Tally = field(default_factory=Tally)

    def read(self, line: str) -> None:
        """Read one line, which is not blank."""
        id, text = None, line
        if line[0] in STARTS and (message := MESSAGE.match(line)):
            severity, id, text = message.groups()
            self.tally.add(severity, id, self.lines.number, text)
            if id == "Common 17-14" and (stopped := STOPPED.match(text)):
                self.tally.stop(stopped[1])
        self.times.read(self.lines.number, text or " ", self.text)
        self._about(line, text, id)
        self.text = text

    def _about(self, line: str, text: str, id: str | None) -> None:
        """Who ran, on what, from when to when."""
        if line[0] in "*#V" or "HLS" in line:
            if banner := self.dialect.banner.match(line):
                self.open += 1
                self.said.setdefault("version", banner["version"])
            elif started := STARTED.match(text):
                self.said.setdefault("started", started[1] or started[2])
        if id == "Common 17-206" and (exit := EXIT.match(text)) and exit[1] in self.dialect.exits:
            self.open -= 1
            self.said["ended"] = exit[2]
        if "part" not in self.said and MENTIONS(line) and (part := PART.match(text)):
            self.said["part"] = part[1] or part[2] or part[3]

    def log(self) -> Log:
        self.times.close()
        return log_of(
            self.lines,
            self.tally,
            self.times.phases,
            incomplete=self._incomplete(),
            cpu_s=self.times.cpu_s,
            elapsed_s=self.times.elapsed_s,
            memory_mb=self.times.memory_mb,
            **self.said,
        )

    def _incomplete(self) -> str:
        if self.dialect.nested and self.open > 0 and self.dialect.last.match(self.lines.text):
            return f"line {self.lines.number}: not as many runs took their leave as began"
        return self.lines.incomplete(self.dialect.leave)
