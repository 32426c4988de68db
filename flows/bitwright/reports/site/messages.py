"""What the reports and logs of a build say besides its metrics: messages by severity, and power.

Every file of a step that a reader claims is read; what no reader knows is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.record import RECORD
from bitwright.reports.read import recognise
from bitwright.reports.read.kind import HEAD, values
from bitwright.reports.site.gather import STEPS, shown

SUFFIXES = (".log", ".rpt")
# From the gravest; a severity that is not here comes last, under the tool's own word.
SEVERITIES = ("fatal", "error", "critical warning", "warning", "status", "info")
ERRORS = ("fatal", "error")
QUIET = ("status", "info")  # not a reason to look
OWN = re.compile(r"ERROR:\s*")  # as the steps of bitwright print an error
MOST = 40  # messages of a log that the page lists


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    severity: str  # lower case
    count: int
    text: str  # of the first
    line: int | None  # where the first stands


@dataclass(frozen=True, slots=True)
class Log:
    """The messages of one log, the gravest first."""

    path: str
    tool: str
    counts: tuple[tuple[str, int], ...]  # severity, how many; the gravest first
    messages: tuple[Message, ...]
    left_out: int  # kinds of message beyond MOST
    incomplete: str  # where the log breaks off; empty for a whole one
    failed: bool = False  # its step did not end well, and an error says why

    @property
    def loud(self) -> int:
        """Messages that are a reason to look."""
        return sum(count for severity, count in self.counts if severity not in QUIET)


@dataclass(frozen=True, slots=True)
class Power:
    """What a power report estimates, in W."""

    path: str
    tool: str
    total_w: float
    confidence: str  # as the tool judges its own estimate; empty where it does not
    rows: tuple[tuple[str, float], ...]  # dynamic, static, then the components, in W


@dataclass(frozen=True, slots=True)
class Readings:
    logs: tuple[Log, ...]
    power: Power | None


NOTHING = Readings((), None)


def of(folder: Path, root: Path, problems: list[str]) -> Readings:
    """Read the logs and reports of the steps; what is damaged is added to `problems`."""
    logs, power = [], None
    for path, tool, found in _read(folder, root, problems):
        if "messages" in found:
            # A step that left its Record ended well: then its log is whole, whatever its last line.
            whole = (root / path).with_name(RECORD).is_file()
            log = _log(str(path), tool, {**found, "incomplete": ""} if whole else found)
            logs.append(replace(log, failed=not whole and any(n in ERRORS for n, _ in log.counts)))
        elif found.get("incomplete"):
            problems.append(f"{path}: breaks off: {found['incomplete']}")
        elif "total_on_chip_w" in found:
            power = _power(str(path), tool, found)
    return Readings(tuple(logs), power)


def _read(
    folder: Path, root: Path, problems: list[str]
) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Path from the root, tool and values of each file that a reader claims."""
    for step in STEPS:
        for path in sorted((folder / step).glob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            if not _claimed(path):
                if path.name == f"{step}.log" and (errors := _own_errors(path)):
                    yield shown(path, root), "bitwright", errors
                continue
            try:
                report = recognise.read(path)
            except ReportError as error:
                problems.append(str(error))
                continue
            yield shown(path, root), report.kind.tool, values(report.reading)


def _own_errors(path: Path) -> Mapping[str, Any]:
    """The error lines in the log of a step of bitwright's own, such as each limit that is broken;
    empty without one."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        lines = [(at, line.rstrip()) for at, line in enumerate(stream, 1) if OWN.match(line)]
    rows = [
        {"severity": "error", "count": 1, "text": OWN.sub("", line), "line": at}
        for at, line in lines
    ]
    return {"messages": rows, "counts": {"error": len(rows)}} if rows else {}


def _claimed(path: Path) -> bool:
    """Whether a reader knows this kind of file."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        head = stream.read(HEAD)
    return any(kind.claims(head) for kind in recognise.kinds())


def _log(path: str, tool: str, found: Mapping[str, Any]) -> Log:
    messages = [
        Message(
            str(row.get("id") or ""),
            str(row["severity"]).lower(),
            int(row["count"]),
            str(row["text"]),
            row.get("line"),
        )
        for row in found["messages"]
    ]
    messages.sort(key=lambda message: (_rank(message.severity), -message.count, message.id))
    counts = [(str(name).lower(), int(count)) for name, count in found["counts"].items()]
    counts.sort(key=lambda row: _rank(row[0]))
    breaks = str(found.get("incomplete") or "")
    return Log(path, tool, tuple(counts), tuple(messages[:MOST]), len(messages[MOST:]), breaks)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _power(path: str, tool: str, found: Mapping[str, Any]) -> Power | None:
    """None where the tool left the total open."""
    if found["total_on_chip_w"] is None:
        return None
    rows = [("Dynamic", found.get("dynamic_w")), ("Static", found.get("static_w"))]
    rows += [
        (row["name"], row["power_w"])
        for row in found.get("components", ())
        if row["depth"] == 0 and row["name"] not in ("Total", "Static Power")
    ]
    known = tuple((str(name), float(watts)) for name, watts in rows if watts is not None)
    return Power(path, tool, found["total_on_chip_w"], str(found.get("confidence") or ""), known)
