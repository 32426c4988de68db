"""The top csynth.rpt, and hls_compile.rpt of v++: the whole design on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.cells import is_open, percent_or_none
from bitwright.reports.read.hls import nesting
from bitwright.reports.read.hls.estimates import (
    Clock,
    Latency,
    Numbers,
    Range,
    RealTime,
    Resources,
    Use,
)
from bitwright.reports.read.hls.layout import Layout, Table, parse_layout
from bitwright.reports.read.hls.summary_tables import (
    Bind,
    Named,
    Pragma,
    Register,
    binds,
    named,
    pragmas,
    registers,
)
from bitwright.reports.read.kind import Kind

BANNER = re.compile(r"^== Synthesis Summary Report of '(.*)'$", re.MULTILINE)
ESTIMATES = "Performance & Resource Estimates"
COLUMNS = {"lut": "LUT", "ff": "FF", "bram_18k": "BRAM", "uram": "URAM", "dsp": "DSP"}
LATER = ("HW Interfaces", "SW I/O Information", "Bind Op Report", "Storage Report", "Pragma Report")
HEADS: tuple[str, ...] = (
    "Modules & Loops",
    "Issue Type",
    "Slack",
    "Latency (cycles)",
    "Latency (ns)",
)
HEADS += ("Iteration Latency", "Interval", "Trip Count", "Pipelined", *COLUMNS.values())
FIRST_WITH_ALL = 2022  # the first year whose reports have all of LATER
WORST = ("best", "average", "worst")
ONE_NUMBER = "one number is printed, the worst"
NOT_PRINTED = "not printed here: csynth.xml has it"


@dataclass(frozen=True, slots=True)
class Area:
    """Counts, or per cent of what the part has; None: '-', none; of per cent also '~0'."""

    lut: float | None
    ff: float | None
    bram_18k: float | None
    uram: float | None
    dsp: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One module or loop with what stands in it. None: '-', unknown or not of this row."""

    name: str
    kind: str  # module, loop
    dataflow: bool
    issue: str  # Timing, II, ...; empty for none
    slack_ns: float | None  # negative: violated
    latency_cycles: Range
    latency_ns: float | None  # four digits
    iteration_latency_cycles: Range
    interval_cycles: Range
    trip_count: Range
    pipeline: str  # no, yes, yes(flp), rewind, dataflow
    used: Area
    percent: Area
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CsynthSummary:
    """The whole design. Cycles, ns and counts as printed; its area is the top row's."""

    version: str | None
    part: str | None
    top: str
    project: str
    solution: str
    product_family: str
    flow_target: str  # vivado, vitis
    clock_ns: Clock
    latency_cycles: Latency
    latency_ns: RealTime
    interval_cycles: Range
    resources: Resources
    design: tuple[Row, ...]
    hardware: tuple[Named, ...]  # M_AXI, S_AXILITE Interfaces, AXIS, TOP LEVEL CONTROL, ...
    registers: tuple[Register, ...]
    software: tuple[Named, ...]  # Top Function Arguments, SW-to-HW Mapping
    bursts: tuple[Named, ...]
    pragmas: tuple[Pragma, ...]
    binds: tuple[Bind, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_csynth_summary(text: str, *, origin: Path) -> CsynthSummary:
    """Read csynth.rpt of Vitis HLS 2020.2 to 2025.1, or hls_compile.rpt of v++ --mode hls.

    ReportError where the table of the modules and loops is not there.
    """
    numbers = Numbers(origin)
    layout = parse_layout(text, origin=origin)
    banner = BANNER.search(text)
    if banner is None or layout.version is None:
        wanted = "'== Synthesis Summary Report of ...' and '* Version: 2023.2 ...'"
        numbers.refuse(1, "this is no summary of a design", wanted, repr(text[:40]))
    table = layout.table(layout.title, ESTIMATES)
    if table is None or not table.box.rows:
        found = layout.incomplete or "no such table"
        numbers.refuse(1, f"no table '{ESTIMATES}'", "a row for every module and loop", found)
    design = _design(table, numbers)
    top, line = design[0], table.box.line
    return CsynthSummary(
        layout.version,
        layout.part,
        banner[1],
        layout.facts.get("Project", ""),
        layout.facts.get("Solution", ""),
        layout.facts.get("Product family", ""),
        layout.flow_target,
        _no_clock(numbers),
        Latency(*_ends(top.latency_cycles, "latency_cycles", WORST, numbers)),
        _real_time(top, numbers),
        Range(*_ends(top.interval_cycles, "interval_cycles", ("min", "max"), numbers)),
        _resources(top, numbers),
        design,
        tuple(named(layout, "HW Interfaces")),
        tuple(registers(layout, numbers)),
        tuple(named(layout, "SW I/O Information")),
        tuple(named(layout, "M_AXI Burst Information")),
        tuple(pragmas(layout)),
        tuple(binds(layout, numbers)),
        numbers.missing,
        layout.incomplete or _lacking(layout, text, line),
    )


def _lacking(layout: Layout, text: str, line: int) -> str:
    """Where a report that ends after a whole table breaks off: two blank lines end it."""
    if int((layout.version or "0")[:4]) < FIRST_WITH_ALL:
        return ""
    there = " ".join(layout.sections)
    lacks = next((name for name in LATER if name not in there), "")
    last = layout.tables[-1].path[:1] if layout.tables else ()
    if lacks or last != layout.sections[-1:]:
        return f"it ends before '{lacks or layout.sections[-1]}'"
    whole = text.endswith("+\n\n\n")
    return "" if whole else f"it ends in '{last[0]}', not with two blank lines"


def _design(table: Table, numbers: Numbers) -> tuple[Row, ...]:
    """`+ module`, ` o loop`: as many blanks as rows around it; `*` behind a name for dataflow."""
    rows, line = table.rows(*HEADS), table.box.line
    head = HEADS[0]
    labels = [row[head][2:].rstrip("*").strip() for row in rows]
    above = numbers.parents(table.box.indents, "rows", "'+ module', ' o loop'", line=line)
    names = nesting.names(labels, above)

    def make(at: int, within: tuple[Row, ...]) -> Row:
        mark = rows[at][head][:2]
        if mark not in ("+ ", "o "):
            numbers.refuse(line, "a row is neither module nor loop", "'+ ' or 'o '", repr(mark))
        return _row(labels[at], rows[at], within, numbers, f"design.{names[at]}", line)

    return nesting.build(above, make)


def _row(
    label: str,
    row: Mapping[str, str],
    within: tuple[Row, ...],
    numbers: Numbers,
    way: str,
    line: int,
) -> Row:
    printed, issue = row[HEADS[0]], row["Issue Type"]
    slack, time = (_decimal(row[head], way, numbers, line) for head in ("Slack", "Latency (ns)"))
    latency, each, interval, trips = (
        _range(row[head], way, numbers, line)
        for head in ("Latency (cycles)", "Iteration Latency", "Interval", "Trip Count")
    )
    return Row(
        label,
        "loop" if printed.startswith("o ") else "module",
        printed.endswith("*"),
        "" if issue == "-" else issue,
        slack,
        latency,
        time,
        each,
        interval,
        trips,
        row["Pipelined"],
        Area(**{key: _count(row[head], way, numbers, line) for key, head in COLUMNS.items()}),
        Area(**{key: _percent(row[head], way, numbers, line) for key, head in COLUMNS.items()}),
        within,
    )


def _range(cell: str, name: str, numbers: Numbers, line: int) -> Range:
    """'-' stands where a row has no such number; only what the top row lacks is `missing`."""
    return Range(None, None) if is_open(cell) else numbers.range(name, cell, line=line)


def _count(cell: str, name: str, numbers: Numbers, line: int) -> int | None:
    return None if is_open(cell) else numbers.integer(name, cell, line=line)


def _decimal(cell: str, name: str, numbers: Numbers, line: int) -> float | None:
    return None if is_open(cell) else numbers.decimal(name, cell, line=line)


def _percent(cell: str, name: str, numbers: Numbers, line: int) -> float | None:
    try:
        return percent_or_none(cell)
    except ValueError:
        numbers.refuse(line, f"'{name}' has no share", "'115 (26%)', '3 (~0%)' or '-'", repr(cell))


def _ends(
    printed: Range, name: str, ends: tuple[str, ...], numbers: Numbers
) -> Iterator[int | None]:
    """What the top row says of each end; where it prints one number, that is the worst."""
    several = printed.min != printed.max
    for end in ends:
        value = printed.max if end == ends[-1] else None
        value = printed.min if end == ends[0] and several else value
        if value is None:
            numbers.missing[f"{name}.{end}"] = ONE_NUMBER if printed.max is not None else "'-'"
        yield value


def _real_time(top: Row, numbers: Numbers) -> RealTime:
    said = "'-'" if top.latency_ns is None else ONE_NUMBER
    for end in WORST[:-1] if top.latency_ns is not None else WORST:
        numbers.missing[f"latency_ns.{end}"] = said
    return RealTime(None, None, top.latency_ns)


def _no_clock(numbers: Numbers) -> Clock:
    numbers.missing |= {
        f"clock_ns.{name}": NOT_PRINTED for name in ("target", "estimated", "uncertainty")
    }
    return Clock(None, None, None)


def _resources(top: Row, numbers: Numbers) -> Resources:
    """'-' is none of them: csynth.xml of the same design has zero there."""
    uses = {key: Use(int(getattr(top.used, key) or 0), None) for key in COLUMNS}
    numbers.missing |= {f"resources.{key}.available": NOT_PRINTED for key in COLUMNS}
    return Resources(**uses)


def _claims(head: str) -> bool:
    return BANNER.search(head) is not None


KIND = Kind("csynth_summary", "HLS", _claims, parse_csynth_summary)
