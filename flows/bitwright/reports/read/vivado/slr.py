"""The tables that report_utilization adds for a part of several dies (SLR)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bitwright.reports.read.boxes import Box
from bitwright.reports.read.vivado.sections import Row, Sections

CROSSING = re.compile(r"SLR\d+ (<->|->) SLR\d+")
TOTAL = "Total SLLs Used"
DIE = re.compile(r"SLR\d+")


@dataclass(frozen=True, slots=True)
class Crossing:
    """Wires between two dies, both ways (<->) or one way (->)."""

    name: str  # SLR1 <-> SLR0, SLR0 -> SLR1
    used: int
    available: int | float | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """A type of site, die by die."""

    name: str  # CLB LUTs
    depth: int
    used: Mapping[str, int | float | None]  # SLR0 -> how many
    percent: Mapping[str, float | None]  # of the die's own


@dataclass(frozen=True, slots=True)
class Slr:
    """What lies in which die, and what crosses between them."""

    crossings: tuple[Crossing, ...]
    crossings_used: int | None  # all of them; None where not printed
    matrix: Mapping[str, Mapping[str, int | float | None]]  # from -> to -> wires
    rows: tuple[Spread, ...]
    io: Mapping[str, Mapping[str, int | float | None]]  # SLR0 -> Used IOBs -> how many


def parse_slr(report: Sections) -> Slr | None:
    """The tables of the dies; None where the report has none: the part is of one die."""
    tables = [
        (box, list(report.rows(box)))
        for section in report.sections
        if section.title.startswith("SLR")
        for box in section.boxes
        if box.head
    ]
    if not tables:
        return None
    lines = [row for box, rows in tables if box.head[0] == "" for row in rows]
    totals = [report.count(row, "Used") for row in lines if row.cells[""] == TOTAL]
    crossings = tuple(_crossings(report, lines))
    wires = sum(one.used for one in crossings if "<->" in one.name)
    if totals and totals[0] != wires:
        report.refuse(lines[0].line, f"'{TOTAL}' is not the sum of the crossings", wires, totals[0])
    return Slr(
        crossings,
        totals[0] if totals else None,
        _by(report, tables, "FROM \\ TO"),
        tuple(_spread(report, box, row) for box, rows in tables for row in rows if _dies(box)),
        _by(report, tables, "SLR Index"),
    )


def _crossings(report: Sections, rows: list[Row]) -> Iterator[Crossing]:
    for row in rows:
        if CROSSING.fullmatch(row.cells[""]):
            yield Crossing(
                row.cells[""],
                report.count(row, "Used"),
                report.number(row, "Available"),
                report.share(row, "Util%"),
            )


def _dies(box: Box) -> list[str]:
    """The dies of the table of sites, which has a column for each and one more for its share."""
    return [name for name in box.head if DIE.fullmatch(name) and f"{name} %" in box.head]


def _spread(report: Sections, box: Box, row: Row) -> Spread:
    return Spread(
        row.cells[box.head[0]].rstrip("*"),
        (row.indent - 1) // 2,
        {die: report.number(row, die) for die in _dies(box)},
        {die: report.share(row, f"{die} %") for die in _dies(box)},
    )


def _by(
    report: Sections, tables: list[tuple[Box, list[Row]]], corner: str
) -> dict[str, dict[str, int | float | None]]:
    """The tables with this first heading: row -> column -> number."""
    return {
        row.cells[corner]: {name: report.number(row, name) for name in box.head[1:]}
        for box, rows in tables
        if box.head[0] == corner
        for row in rows
    }
