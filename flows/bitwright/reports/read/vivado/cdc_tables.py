"""The tables of report_cdc: pairs of clocks, rules, waivers, crossings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read import cells
from bitwright.reports.read.columns import Columns
from bitwright.reports.read.document import refuse

SOURCE, DESTINATION, TYPE = "Source Clock: ", "Destination Clock: ", "CDC Type: "
PAIRS = ("Severity", "Source Clock", "Destination Clock", "CDC Type", "Endpoints")
RULES = ("ID", "Severity", "Count", "Description")
WAIVED = ("ID", "Waived Endpoints")
CROSSINGS = ("Row", "ID", "Severity", "Description", "Depth", "Source (From)", "Destination (To)")
ID = re.compile(r"CDC-\d+")


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule, and how many crossings fall under it that no waiver hides."""

    rule: str  # CDC-3
    severity: str  # Critical, Warning, Info
    description: str
    count: int


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Registers that data from another clock arrives at; None where the report counts none."""

    total: int | None  # safe + unsafe + unknown
    safe: int | None
    unsafe: int | None
    unknown: int | None
    no_async_reg: int | None  # synchronizers without the ASYNC_REG property; of `total`


NOTHING = Endpoints(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One crossing, or one bus of them; with -details only."""

    rule: str
    severity: str
    description: str
    depth: int  # stages of the synchronizer; 0: none
    exception: str  # None, False Path, Asynch Clock Groups, Max Delay Datapath Only
    source: str  # x_reg/C
    destination: str  # sync_reg[0]/D
    waived: bool | None  # None: this report does not say


@dataclass(frozen=True, slots=True)
class ClockPair:
    """All that crosses from one clock to another."""

    source: str
    destination: str
    type: str  # Safely Timed, User Ignored, No Common Primary Clock, No Common Period, ...
    severity: str | None  # the worst; printed without -details
    exceptions: str | None  # printed without -details
    endpoints: Endpoints
    crossings: tuple[Crossing, ...]


def refused(origin: Path, line: int, found: str, expected: str) -> NoReturn:
    where = Path(f"{origin}:{line}")
    refuse(where, "this CDC report is not as known", expected=expected, found=found)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the tables of one report."""

    origin: Path
    lines: Sequence[str]

    def number(self, table: Columns, index: int, name: str) -> int:
        try:
            value = cells.integer(table.rows[index][name])
        except ValueError:
            value = -1
        if value < 0:
            line = table.line + 2 + index
            refused(self.origin, line, repr(self.lines[line - 1][:80]), f"a count under '{name}'")
        return value

    def violations(self, tables: Sequence[Columns]) -> tuple[Violation, ...]:
        found = []
        for table in tables:
            if table.head == RULES:
                for at, row in enumerate(table.rows):
                    self.rule(table, at)
                    count = self.number(table, at, "Count")
                    found.append(Violation(row["ID"], row["Severity"], row["Description"], count))
        if len({violation.rule for violation in found}) != len(found):
            refused(self.origin, 1, "a rule twice in the table of rules", "each rule once")
        return tuple(found)

    def rule(self, table: Columns, at: int) -> None:
        if not ID.fullmatch(table.rows[at]["ID"]):
            line = table.line + 2 + at
            refused(self.origin, line, repr(self.lines[line - 1][:80]), "a rule such as CDC-3")

    def waived(self, tables: Sequence[Columns]) -> dict[str, int]:
        found = {}
        for table in tables:
            if table.head == WAIVED:
                for at, row in enumerate(table.rows):
                    self.rule(table, at)
                    found[row["ID"]] = self.number(table, at, WAIVED[1])
        return found

    def summary(self, tables: Sequence[Columns]) -> list[ClockPair]:
        return [
            self.pair(table, at)
            for table in tables
            if set(PAIRS) <= set(table.head)
            for at in range(len(table.rows))
        ]

    def pair(self, table: Columns, at: int) -> ClockPair:
        row = table.rows[at]
        counts = [
            self.number(table, at, name) if name in table.head else None
            for name in ("Endpoints", "Safe", "Unsafe", "Unknown", "No ASYNC_REG")
        ]
        endpoints = Endpoints(*counts)
        known = [count for count in counts[1:4] if count is not None]
        if len(known) == 3 and sum(known) != endpoints.total:
            line = table.line + 2 + at
            what = f"{endpoints.total} endpoints, but {' + '.join(map(str, known))}"
            refused(self.origin, line, what, "safe, unsafe and unknown ones adding up")
        return ClockPair(
            row["Source Clock"],
            row["Destination Clock"],
            row["CDC Type"],
            row["Severity"],
            row.get("Exceptions"),
            endpoints,
            (),
        )

    def details(self, tables: Sequence[Columns]) -> list[ClockPair]:
        return [
            ClockPair(*self.clocks(table), None, None, NOTHING, self.crossings(table))
            for table in tables
            if set(CROSSINGS) <= set(table.head)
        ]

    def clocks(self, table: Columns) -> tuple[str, str, str]:
        """What stands above a table of crossings: its two clocks and how they relate."""
        above = [line for line in self.lines[: table.line - 1] if line.strip()][-3:]
        known = zip(above, (SOURCE, DESTINATION, TYPE), strict=False)
        if len(above) < 3 or not all(line.startswith(label) for line, label in known):
            refused(self.origin, table.line, repr(above), f"{SOURCE}, {DESTINATION}, {TYPE} above")
        source, destination, kind = (line.partition(": ")[2].strip() for line in above)
        return source, destination, kind

    def crossings(self, table: Columns) -> tuple[Crossing, ...]:
        found = []
        for at, row in enumerate(table.rows):
            self.rule(table, at)
            if self.number(table, at, "Row") != at + 1:
                line = table.line + 2 + at
                refused(self.origin, line, f"row {row['Row']}", f"row {at + 1}")
            found.append(
                Crossing(
                    row["ID"],
                    row["Severity"],
                    row["Description"],
                    self.number(table, at, "Depth"),
                    row.get("Exception", ""),
                    row["Source (From)"],
                    row["Destination (To)"],
                    {"Y": True, "N": False}.get(row.get("Waived", "")),
                )
            )
        return tuple(found)

    def lacking(
        self,
        tables: Sequence[Columns],
        violations: Sequence[Violation],
        pairs: Sequence[ClockPair],
    ) -> str:
        """What shows that the report breaks off: a rule with fewer crossings than were counted."""
        counted = {violation.rule: violation.count for violation in violations}
        seen = Counter(one.rule for pair in pairs for one in pair.crossings if not one.waived)
        for rule in seen:
            if seen[rule] > counted.get(rule, 0):
                what = f"{seen[rule]} crossings under {rule}, {counted.get(rule, 0)} counted"
                refused(self.origin, 1, what, "the table of rules to count each of them")
        for rule, count in counted.items():
            if seen[rule] < count:
                return f"line {len(self.lines)}: {seen[rule]} of {count} under {rule}"
        last = tables[-1] if tables else None
        if last and not last.closed and last.head in (RULES, WAIVED):
            return f"line {len(self.lines)}, in the table of line {last.line}"
        return ""
