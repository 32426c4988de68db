"""export_impl.rpt and export_syn.rpt from 2022.1 on: sections, boxed tables, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bitwright.reports.read.cells import is_open
from bitwright.reports.read.hls import nesting
from bitwright.reports.read.hls.estimates import Numbers
from bitwright.reports.read.hls.layout import Layout, Table, parse_layout

BANNER = re.compile(r"^== Vivado (Place & Route|RTL Synthesis) Results$", re.MULTILINE)
COLUMNS = {"lut": "LUT", "ff": "FF", "bram_18k": "BRAM", "uram": "URAM", "dsp": "DSP"}
DELAYS = ("DATAPATH DELAY", "DATAPATH LOGIC DELAY", "DATAPATH NET DELAY")
PATH = ("Path", "SLACK", "STARTPOINT PIN", "ENDPOINT PIN", "LOGIC LEVELS", "MAX FANOUT", *DELAYS)
CHECK = ("Criteria", "Guideline", "Actual", "Status")
ABOUT = ("Date", "Version", "Project", "Solution", "Target device")  # no settings
VERDICTS = ("Timing was met", "Timing was NOT met")


@dataclass(frozen=True, slots=True)
class Cell:
    """One instance with its share; '(name)' is what of `name` stands in no instance below it."""

    name: str
    lut: int | None  # None: none
    ff: int | None
    bram_18k: int | None
    uram: int | None
    dsp: int | None
    source: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of 'Fail Fast', as printed."""

    criteria: str
    guideline: str
    actual: str
    status: str  # OK, REVIEW


@dataclass(frozen=True, slots=True)
class TimingPath:
    slack_ns: float | None
    start: str
    end: str
    levels: int | None
    fanout: int | None
    delay_ns: float | None
    logic_ns: float | None
    net_ns: float | None
    cells: tuple[tuple[str, str], ...]  # name, primitive


@dataclass(frozen=True, slots=True)
class Printed:
    """What a layout prints of one run, its numbers still text."""

    version: str | None = None
    part: str | None = None
    project: str = ""
    solution: str = ""
    routed: bool = False
    target: str | None = None
    post_synthesis: str | None = None
    post_route: str | None = None
    verdict: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    checks: tuple[Check, ...] = ()
    paths: tuple[TimingPath, ...] = ()
    reports: Mapping[str, str] = field(default_factory=dict)
    incomplete: str = ""


def boxed(text: str, kind: str, numbers: Numbers) -> Printed:
    """kind: 'Place & Route' or 'RTL Synthesis', with which its sections begin."""
    layout = parse_layout(text, origin=numbers.origin)
    timing = _rows(layout.table(f"{kind} Timing Summary"), "Timing", "Period (ns)")
    periods = {row["Timing"]: row["Period (ns)"] for row in timing}
    ends = layout.table(f"{kind} Vivado Reports")
    checks = _rows(layout.table(f"{kind} Fail Fast"), *CHECK)
    reports = _rows(ends, "Report Type", "Report Location")
    return Printed(
        version=layout.version,
        part=layout.part,
        project=layout.facts.get("Project", ""),
        solution=layout.facts.get("Solution", ""),
        routed=kind == "Place & Route",
        target=periods.get("Target"),
        post_synthesis=periods.get("Post-Synthesis"),
        post_route=periods.get("Post-Route"),
        verdict=next((note for note in layout.notes if note in VERDICTS), None),
        settings={name: fact for name, fact in layout.facts.items() if name not in ABOUT},
        cells=_cells(layout.table(f"{kind} Resources"), numbers),
        checks=tuple(Check(*(row[head] for head in CHECK)) for row in checks),
        paths=tuple(_paths(layout, f"{kind} Timing Paths", numbers)),
        reports={row["Report Type"]: row["Report Location"] for row in reports},
        incomplete=layout.incomplete or ("" if ends else f"it ends before '{kind} Vivado Reports'"),
    )


def _rows(table: Table | None, *heads: str) -> list[dict[str, str]]:
    return table.rows(*heads) if table is not None else []


def _cells(table: Table | None, numbers: Numbers) -> tuple[Cell, ...]:
    """Two blanks for every instance around one."""
    rows = _rows(table, "Name", *COLUMNS.values(), "Source")
    if table is None or not rows:
        return ()
    line, indents = table.box.line, table.box.indents
    depths = [(indent - indents[0]) // 2 for indent in indents]
    above = numbers.parents(depths, "cells", "two blanks deeper", line=line)

    def make(at: int, within: tuple[Cell, ...]) -> Cell:
        row = rows[at]
        way = f"cells.{row['Name']}"
        counts = {
            key: None if is_open(row[head]) else numbers.integer(way, row[head], line=line)
            for key, head in COLUMNS.items()
        }
        return Cell(row["Name"], **counts, source=row["Source"], cells=within)

    return nesting.build(above, make)


def _paths(layout: Layout, section: str, numbers: Numbers) -> Iterator[TimingPath]:
    """The table of the paths, and behind it one table of cells for each."""
    tables = list(layout.below(section))
    cells = {
        table.box.head[0].removesuffix(" Cells"): tuple((row[0], row[1]) for row in table.box.rows)
        for table in tables[1:]
        if len(table.box.head) > 1
    }
    for row in tables[0].rows(*PATH) if tables else ():
        name, slack, start, end, levels, fanout, *delays = (row[head] for head in PATH)
        way, line = f"paths.{name}", tables[0].box.line
        total, logic, net = (
            numbers.decimal(f"{way}.{what}", delay, line=line)
            for what, delay in zip(("delay_ns", "logic_ns", "net_ns"), delays, strict=True)
        )
        yield TimingPath(
            numbers.decimal(f"{way}.slack_ns", slack, line=line),
            start,
            end,
            numbers.integer(f"{way}.levels", levels, line=line),
            numbers.integer(f"{way}.fanout", fanout, line=line),
            total,
            logic,
            net,
            cells.get(name, ()),
        )
