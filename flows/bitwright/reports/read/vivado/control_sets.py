"""report_control_sets: which clock, enable and reset drive which registers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "Control Set Information"
TOTAL = ("Total control sets", "Number of unique control sets")
UNUSED = (
    "Unused register locations in slices containing registers",
    "Minimum Number of register sites lost to control set restrictions",
)
COUNTS = ("Count", "Control Sets", "Number of ControlSets")  # of 2019.2, 2017.4, 2016.1 and later
CONTROLS = ("Clock Enable", "Synchronous Set/Reset", "Asynchronous Set/Reset")
DETAILED = ("Clock Signal", "Enable Signal", "Set/Reset Signal")
RANGE = re.compile(r">= (\d+)(?: to < (\d+))?|(\d+)(\+)?")  # >= 4 to < 6, >= 16, 15, 16+


@dataclass(frozen=True, slots=True)
class Fanout:
    """How many control sets drive so many cells."""

    least: int
    most: int | None  # None: no limit
    count: int


@dataclass(frozen=True, slots=True)
class Registers:
    """How many registers have this control, and in how many slices they lie."""

    clock_enable: bool
    synchronous: bool
    asynchronous: bool
    registers: int
    slices: int


@dataclass(frozen=True, slots=True)
class ControlSet:
    """One clock, enable and reset; empty where there is none."""

    clock: str
    inverted: bool  # the registers take the falling edge
    enable: str
    set_reset: str
    slices: int
    cells: int


@dataclass(frozen=True, slots=True)
class ControlSets:
    """A control set report."""

    version: str
    part: str
    design: str
    total: int | None
    unused_registers: int | None  # places in used slices that no register can take
    summary: Mapping[str, int]  # every line, as printed
    fanout: tuple[Fanout, ...]
    registers: tuple[Registers, ...]
    control_sets: tuple[ControlSet, ...]  # with -verbose only
    missing: Mapping[str, str]
    incomplete: str


def parse_control_sets(text: str, *, origin: Path) -> ControlSets:
    """Read a control set report, layouts of Vivado 2015.3 to 2025.1.

    ReportError where the tables do not have as many control sets as the summary says.
    Source: UG906; tests/specimens/vivado-*/control_sets*.rpt.
    """
    report = _whole(sections.parse_sections(text, origin=origin))
    rows = _rows(report, "Summary", "Status", "Count")
    summary = {row.cells["Status"]: report.count(row, "Count") for row in rows}
    found = ControlSets(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        total=next((summary[name] for name in TOTAL if name in summary), None),
        unused_registers=next((summary[name] for name in UNUSED if name in summary), None),
        summary=summary,
        fanout=tuple(_fanouts(report)),
        registers=tuple(_registers(report)),
        control_sets=tuple(_control_sets(report)),
        missing={},
        incomplete=report.incomplete,
    )
    absent = {
        name: f"no line '{line}'"
        for name, line in (("total", TOTAL[0]), ("unused_registers", UNUSED[0]))
        if getattr(found, name) is None
    }
    _check(report, found)
    return replace(found, missing=absent)


def _whole(report: Sections) -> Sections:
    """Up to 2017.2 the histogram follows the last section's table: without it, the end is cut."""
    last = report.sections[-1]
    status = [row.cells["Status"] for row in _rows(report, "Summary", "Status")]
    follows = report.titled("Histogram") is None and UNUSED[0] in status
    if report.incomplete or not follows or not last.title.startswith("Detailed"):
        return report
    cut = f"line {last.boxes[-1].end}, after '{last.number}. {last.title}'"
    return replace(report, incomplete=cut) if len(last.boxes) < 2 else report


def _rows(report: Sections, title: str, *needed: str, table: int = 0) -> list[Row]:
    section = report.titled(title)
    boxes = section.boxes[table : table + 1] if section else ()
    return [row for box in boxes for row in report.rows(box, *needed)]


def _fanouts(report: Sections) -> Iterator[Fanout]:
    """The histogram: a section of its own, or the last section's second table."""
    for row in _rows(report, "Histogram", "Fanout") or _rows(
        report, "Detailed .*", "Fanout", table=1
    ):
        label, column = row.cells.get("Fanout", ""), next((c for c in COUNTS if c in row.cells), "")
        if label == TOTAL[0]:
            continue
        found = RANGE.fullmatch(label)
        if found is None:
            report.refuse(row.line, "this row's fanout is not clear", "as '>= 4 to < 6'", label)
        low, below, exact, more = found.groups()
        least = int(low or exact)
        most = None if more or (low and not below) else int(below) - 1 if below else least
        yield Fanout(least, most, report.count(row, column))


def _registers(report: Sections) -> Iterator[Registers]:
    for row in _rows(report, "Flip-Flop Distribution", *CONTROLS):
        control = [row.cells[column] == "Yes" for column in CONTROLS]
        counts = (report.count(row, column) for column in ("Total Registers", "Total Slices"))
        yield Registers(*control, *counts)


def _control_sets(report: Sections) -> Iterator[ControlSet]:
    for row in _rows(report, "Detailed .*", *DETAILED):
        yield ControlSet(
            row.cells["Clock Signal"].removeprefix("~"),
            row.cells["Clock Signal"].startswith("~"),
            row.cells["Enable Signal"],
            row.cells["Set/Reset Signal"],
            report.count(row, "Slice Load Count"),
            report.count(row, "Bel Load Count"),
        )


def _check(report: Sections, found: ControlSets) -> None:
    """Every table has all control sets."""
    if found.total is None and not report.incomplete:
        report.refuse(1, "the summary has no number of control sets", TOTAL, [*found.summary])
    counted = {
        "the histogram": sum(one.count for one in found.fanout),
        "the detailed table": len(found.control_sets),
    }
    detailed = report.titled("Detailed .*") is not None
    for what, count in counted.items():
        known = found.fanout if what == "the histogram" else detailed
        if known and not report.incomplete and count != found.total:
            report.refuse(1, f"{what} has not all control sets", found.total, count)


def _claims(head: str) -> bool:
    return sections.claims(head, "report_control_sets", TITLE)


KIND = Kind("control_sets", "Vivado", _claims, parse_control_sets)
