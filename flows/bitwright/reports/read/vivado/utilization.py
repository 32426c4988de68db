"""report_utilization: every table of sites, and the resources under one set of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read import cells
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections, slr
from bitwright.reports.read.vivado.resources import NOTHING, Amount, Resources, absent
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "Utilization Design Information"
HIERARCHICAL = r"^(1\. Utilization by Hierarchy$|\| Command +: .* -hier)"
ROWS: Mapping[str, str] = {  # 7-series | UltraScale and UltraScale+ | Versal; a * is a footnote
    "lut": r"(Slice |CLB )LUTs",
    "ff": r"(Slice |CLB )?Registers",
    "bram_18k": r"Block RAM Tile",
    "uram": r"URAM",
    "dsp": r"DSPs|DSP Slices|DSP48E\ds?|DSP58s?",
    "io": r"Bonded IOB",
}
OF_SITES = (  # titles of sections whose tables must be of sites
    r"(Slice|CLB|Netlist) Logic|(Slice Logic|CLB Logic|CLB) Distribution|Memory|BLOCKRAM|DSP"
    r"|ARITHMETIC|I/?O.*|CLOCK|Clocking|Specific Feature|ADVANCED|CONFIGURATION"
)
OF_OTHERS = r"SLR .*|Summary of Registers by Type|Primitives|Black Boxes|Instantiated Netlists"
NOTHING_THERE = "-NA-"  # the share of no sites at all: a Pblock may have none of a type
ROUNDING = 0.0101  # percentage points between a share as printed and as computed: 2013.4 cuts off


@dataclass(frozen=True, slots=True)
class Site:
    """One row: a type of site. None where the tool leaves the cell blank, as it does in sub-rows.
    A share printed as `<0.01` is computed from what is used."""

    name: str  # Slice LUTs; without a footnote's *
    depth: int  # 0 for Slice LUTs, 1 for LUT as Logic below it
    used: int | float | None
    fixed: int | float | None
    prohibited: int | float | None  # from 2021.1
    available: int | float | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """One section's table of sites."""

    section: str  # 1.
    title: str  # Slice Logic, CLB Logic, Netlist Logic
    rows: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """How many registers have this control; empty where they have none."""

    total: int
    clock_enable: str  # Yes
    synchronous: str  # Set, Reset
    asynchronous: str


@dataclass(frozen=True, slots=True)
class Cells:
    """How many cells are made of one primitive, black box or netlist."""

    name: str
    used: int
    category: str  # LUT, Register, IO; empty where not printed


@dataclass(frozen=True, slots=True)
class Utilization:
    """A utilization report."""

    version: str
    part: str
    design: str
    state: str  # Synthesized, Fully Placed, Routed
    command: str  # its -cells and -pblocks say of what part of the design the numbers are
    resources: Resources
    sections: tuple[Table, ...]
    registers_by_type: tuple[Registers, ...]
    primitives: tuple[Cells, ...]
    black_boxes: tuple[Cells, ...]
    netlists: tuple[Cells, ...]
    slr: slr.Slr | None  # of parts of several dies
    missing: Mapping[str, str]
    incomplete: str


def parse_utilization(text: str, *, origin: Path) -> Utilization:
    """Read a flat utilization report, layouts of Vivado 2013.4 to 2025.2.

    ReportError where a table is damaged, a share is not that of its numbers, or parts do not add
    up. Source: UG906; tests/specimens/vivado-*/utilization*.rpt.
    """
    report = sections.parse_sections(text, origin=origin)
    missing: dict[str, str] = {}
    tables = tuple(_tables(report, missing))
    resources = Resources(**{name: _amount(name, tables) for name in ROWS})
    if resources == Resources() and not report.incomplete:
        report.refuse(1, "no row of this report is a known resource", tuple(ROWS.values()), "none")
    _check_sums(report, tables)
    reason = f"the report breaks off: {report.incomplete}" if report.incomplete else ""
    missing |= absent(resources, {n: reason or f"no row '{ROWS[n]}' holds it" for n in ROWS})
    return Utilization(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        state=report.header.state,
        command=report.header.command,
        resources=resources,
        sections=tables,
        registers_by_type=_registers(report),
        primitives=_cells(report, "Primitives"),
        black_boxes=_cells(report, "Black Boxes"),
        netlists=_cells(report, "Instantiated Netlists"),
        slr=slr.parse_slr(report),
        missing=missing,
        incomplete=report.incomplete,
    )


def _tables(report: Sections, missing: dict[str, str]) -> Iterator[Table]:
    for section in report.sections:
        if re.fullmatch(OF_OTHERS, section.title):
            continue
        for box in section.boxes:
            if "Site Type" in box.head or re.fullmatch(OF_SITES, section.title):
                found = report.rows(box, "Site Type", "Used", "Available", "Util%")
                rows = tuple(_site(report, row, missing) for row in found)
                yield Table(section.number, section.title, rows)


def _site(report: Sections, row: Row, missing: dict[str, str]) -> Site:
    name = row.cells["Site Type"].rstrip("*")
    fixed = "Loced" if "Loced" in row.cells else "Fixed"  # 2013.4 spells it so
    for column in ("Used", "Available"):
        if cells.is_open(cell := row.cells.get(column, "")) and cell:
            missing[f"sections.{name}.{column.lower()}"] = cell
    if (cell := row.cells["Util%"]) == NOTHING_THERE:
        missing[f"sections.{name}.percent"] = cell
    return Site(
        name,
        (row.indent - 1) // 2,
        report.number(row, "Used"),
        report.number(row, fixed),
        report.number(row, "Prohibited"),
        report.number(row, "Available"),
        _percent(report, row),
    )


def _percent(report: Sections, row: Row) -> float | None:
    """The share as printed, which must be that of the numbers before it: of what is available,
    with or without the sites that are prohibited."""
    used, available = report.number(row, "Used"), report.number(row, "Available")
    cell, printed = row.cells["Util%"], report.share(row, "Util%")
    if used is None or available is None or (not available and cell == NOTHING_THERE):
        return printed
    share = 100 * used / available if available else 0.0
    if printed is None and cell == "<0.01" and 0 < share < 0.01:
        return share
    barred = report.number(row, "Prohibited") or 0
    wholes = [available - barred, available, available + barred]
    shares = [100 * used / whole for whole in wholes if whole > 0] or [0.0]
    if printed is None or all(abs(found - printed) > ROUNDING for found in shares):
        problem = f"'{row.cells['Site Type']}' contradicts itself"
        report.refuse(row.line, problem, f"{share:.2f} %, for {used} of {available}", cell)
    return printed


def _amount(name: str, tables: Sequence[Table]) -> Amount:
    """The first row of this resource; all later ones repeat it."""
    for table in tables:
        for row in table.rows:
            if row.depth == 0 and re.fullmatch(ROWS[name], row.name):
                scale = 2 if name == "bram_18k" else 1
                return Amount(_times(row.used, scale), _times(row.available, scale))
    return NOTHING


def _times(value: int | float | None, scale: int) -> int | float | None:
    whole = None if value is None else value * scale
    return int(whole) if isinstance(whole, float) and whole.is_integer() else whole


def _check_sums(report: Sections, tables: Sequence[Table]) -> None:
    """LUTs and registers are the sum of their parts; ReportError where they are not."""
    for table in tables[:1]:
        tops = [at for at, row in enumerate(table.rows) if row.depth == 0]
        for at, end in zip(tops, [*tops[1:], len(table.rows)], strict=False):
            row = table.rows[at]
            parts = [part.used for part in table.rows[at:end] if part.depth == 1]
            cut = end == len(table.rows) and report.incomplete  # further parts may be missing
            known = [part for part in parts if part is not None]
            if row.used is None or not parts or len(known) < len(parts) or cut:
                continue
            if re.fullmatch(f"{ROWS['lut']}|{ROWS['ff']}", row.name) and row.used != sum(known):
                line = report.sections[0].line
                report.refuse(line, f"'{row.name}' is not its parts' sum", sum(known), row.used)


def _registers(report: Sections) -> tuple[Registers, ...]:
    section = report.titled("Summary of Registers by Type")
    return tuple(
        Registers(
            report.count(row, "Total"),
            *(
                row.cells[column].strip("_-")
                for column in ("Clock Enable", "Synchronous", "Asynchronous")
            ),
        )
        for box in (section.boxes if section else ())
        for row in report.rows(box, "Total", "Clock Enable", "Synchronous", "Asynchronous")
    )


def _cells(report: Sections, title: str) -> tuple[Cells, ...]:
    section = report.titled(title)
    return tuple(
        Cells(
            row.cells["Ref Name"],
            report.count(row, "Used"),
            row.cells.get("Functional Category", ""),
        )
        for box in (section.boxes if section else ())
        for row in report.rows(box, "Ref Name")
    )


def _claims(head: str) -> bool:
    ours = sections.claims(head, "report_utilization", TITLE)
    return ours and not re.search(HIERARCHICAL, head, re.MULTILINE)


KIND = Kind("utilization", "Vivado", _claims, parse_utilization)
