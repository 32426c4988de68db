"""report_clock_utilization: clock buffers, the clocks on them, and the regions they reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "Clock Utilization Report"
PRIMITIVES = r"Clock Primitive Utilization"
CLOCKS = r"Global Clock Resources|Details of Global Clocks"
REGION = "Clock Region Name"
REGIONS = r"Clock Regions ?: (Key Resource Utilization|Clock Primitives|Load Primitives)"
PLACEMENT = r"(Load|Device) Cell Placement Summary .*"  # sections of two tables


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type of clock primitive."""

    type: str  # BUFGCTRL, MMCM
    used: int
    available: int
    fixed: int | None  # 2015: Num Fixed; later: LOC


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock on a global buffer; empty or None where the tool's version does not print it."""

    id: str  # g0; of 2015: 1
    driver: str  # BUFGCE/O
    site: str  # BUFGCTRL_X0Y0
    region: str
    loads: int | None  # cells at clock pins
    other_loads: int | None  # cells at other pins
    period_ns: float | None
    clock: str
    driver_pin: str
    net: str


@dataclass(frozen=True, slots=True)
class Amount:
    """How many of one kind, in one clock region."""

    used: int
    available: int


@dataclass(frozen=True, slots=True)
class Region:
    """A clock region."""

    name: str  # X0Y1
    resources: Mapping[str, Amount]  # FF, RAMB36, BUFGCE


@dataclass(frozen=True, slots=True)
class Table:
    """Any table of the report, as printed."""

    section: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ClockUtilization:
    """A clock utilization report."""

    version: str
    part: str
    design: str
    primitives: tuple[Primitive, ...]
    global_clocks: tuple[Clock, ...]
    regions: tuple[Region, ...]
    tables: tuple[Table, ...]  # those that are not in the fields above
    missing: Mapping[str, str]
    incomplete: str


def parse_clock_utilization(text: str, *, origin: Path) -> ClockUtilization:
    """Read a clock utilization report, layouts of Vivado 2015.3 to 2025.1.

    ReportError where a section is not as the table of contents says, or a table damaged.
    Source: UG906; tests/specimens/vivado-*/clock_utilization*.rpt.
    """
    report = _whole(sections.parse_sections(text, origin=origin, empty="Details of .*"))
    return ClockUtilization(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        primitives=tuple(_primitives(report)),
        global_clocks=tuple(_clocks(report)),
        regions=tuple(_regions(report)),
        tables=tuple(_tables(report)),
        missing={},
        incomplete=report.incomplete,
    )


def _whole(report: Sections) -> Sections:
    """A placement's second table is its map: without it, the end is cut."""
    last = report.sections[-1]
    if report.incomplete or not re.fullmatch(PLACEMENT, last.title) or len(last.boxes) > 1:
        return report
    return replace(report, incomplete=f"line {last.boxes[0].end}, in '{last.title}'")


def _rows(report: Sections, pattern: str, *needed: str) -> Iterator[Row]:
    for section in report.sections:
        if re.fullmatch(pattern, section.title):
            for box in section.boxes:
                yield from report.rows(box, *needed)


def _primitives(report: Sections) -> Iterator[Primitive]:
    for row in _rows(report, PRIMITIVES, "Type"):
        fixed = next((report.count(row, c) for c in ("Num Fixed", "LOC") if c in row.cells), None)
        used, available = (report.count(row, column) for column in ("Used", "Available"))
        yield Primitive(row.cells["Type"], used, available, fixed)


def _clocks(report: Sections) -> Iterator[Clock]:
    for row in _rows(report, CLOCKS):
        cell = row.cells
        period = report.number(row, "Clock Period")
        yield Clock(
            id=cell.get("Global Id") or cell.get("Index", ""),
            driver=cell.get("Driver Type/Pin", ""),
            site=cell.get("Site", ""),
            region=cell.get("Clock Region", ""),
            loads=_count(report, row, "Clock Loads", "Num Loads BELs"),
            other_loads=_count(report, row, "Non-Clock Loads"),
            period_ns=None if period is None else float(period),
            clock=cell.get("Clock", ""),
            driver_pin=cell.get("Driver Pin") or cell.get("BUFG Cell", ""),
            net=cell.get("Net") or cell.get("Net Name", ""),
        )


def _count(report: Sections, row: Row, *columns: str) -> int | None:
    return next((report.count(row, column) for column in columns if column in row.cells), None)


def _regions(report: Sections) -> Iterator[Region]:
    """A region's resources, from every table that has them."""
    found: dict[str, dict[str, Amount]] = {}
    for row in _rows(report, REGIONS, REGION):
        resources = found.setdefault(row.cells[REGION], {})
        for column in row.cells:
            kind, _, what = column.rpartition(" ")
            if what == "Used":
                used, available = report.count(row, column), report.count(row, f"{kind} Avail")
                resources[kind] = Amount(used, available)
    for name, resources in found.items():
        yield Region(name, resources)


def _tables(report: Sections) -> Iterator[Table]:
    for section in report.sections:
        if re.fullmatch(f"{PRIMITIVES}|{CLOCKS}|{REGIONS}", section.title):
            continue
        for box in section.boxes:
            if box.head:
                rows = tuple(tuple(row.cells.values()) for row in report.rows(box))
                yield Table(section.number, section.title, box.head, rows)


def _claims(head: str) -> bool:
    return sections.claims(head, "report_clock_utilization", TITLE)


KIND = Kind("clock_utilization", "Vivado", _claims, parse_clock_utilization)
