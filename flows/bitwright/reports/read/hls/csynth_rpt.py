"""FUNCTION_csynth.rpt: what HLS estimates for one function, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.cells import is_open
from bitwright.reports.read.hls import nesting
from bitwright.reports.read.hls.estimates import (
    NO_URAM,
    Clock,
    Latency,
    Loop,
    Numbers,
    Port,
    Range,
    RealTime,
    Resources,
    Use,
)
from bitwright.reports.read.hls.layout import Layout, Table, parse_layout
from bitwright.reports.read.kind import Kind

BANNER = re.compile(r"^== (?:Vivado|Vitis) HLS Report for '(.*)'$", re.MULTILINE)
NO_AVERAGE = "not printed: csynth.rpt has the best and the worst"
NO_TIME = "not printed: HLS before 2019.2"
EARLIER = {"Latency min": "Latency (cycles) min", "Latency max": "Latency (cycles) max"}
EARLIER |= {"DSP48E": "DSP"}  # headings before 2019.2 and 2020.2, as they are called now
CYCLES = ("Latency (cycles) min", "Latency (cycles) max")
II = ("Initiation Interval achieved", "Initiation Interval target")
INTERVAL = ("Interval min", "Interval max")
COLUMNS = {"lut": "LUT", "ff": "FF", "bram_18k": "BRAM_18K", "uram": "URAM", "dsp": "DSP"}
SUM = ("Total", "Available", "Utilization")  # rows that are no parts


@dataclass(frozen=True, slots=True)
class Instance:
    """One function called by this one."""

    name: str
    module: str
    pipeline: str
    latency_cycles: Range
    interval_cycles: Range


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the utilization summary (Expression, FIFO, ...) or of its instances; None: '-'."""

    name: str
    lut: int | None
    ff: int | None
    bram_18k: int | None
    uram: int | None
    dsp: int | None


@dataclass(frozen=True, slots=True)
class Details:
    """One table below 'Utilization Estimates, Detail': rows by their headings, as printed."""

    name: str  # Instance, DSP, Memory, FIFO, Expression, Multiplexer, Register
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class CsynthRpt:
    """One function's report. Cycles, ns and counts as printed."""

    version: str | None
    part: str | None
    top: str  # the function
    project: str
    solution: str
    product_family: str
    flow_target: str  # vivado, vitis; empty before 2020.2
    pipeline: str
    clock_ns: Clock
    latency_cycles: Latency
    latency_ns: RealTime
    interval_cycles: Range
    resources: Resources
    parts: tuple[Part, ...]
    instances: tuple[Instance, ...]
    loops: tuple[Loop, ...]
    details: tuple[Details, ...]
    ports: tuple[Port, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_csynth_rpt(text: str, *, origin: Path) -> CsynthRpt:
    """Read FUNCTION_csynth.rpt of Vivado HLS 2016.4 to 2020.1 or Vitis HLS 2020.2 to 2025.1.

    ReportError where clock, latency or the total of the area is not there.
    """
    numbers = Numbers(origin)
    layout = parse_layout(text, origin=origin)
    banner = BANNER.search(text)
    if banner is None or layout.version is None:
        wanted = "'== Vitis HLS Report for ...' and '* Version: 2023.2 ...'"
        numbers.refuse(1, "this is no report of a function", wanted, repr(text[:40]))
    estimates, area = "Performance Estimates", "Utilization Estimates"
    timing = _one(layout, numbers, estimates, "Timing", "Summary")
    summary = _one(layout, numbers, estimates, "Latency", "Summary")
    latency = summary.rows(*CYCLES, *INTERVAL, "Pipeline Type", renamed=EARLIER)[0]
    line = summary.box.line
    parts = list(_parts(_one(layout, numbers, area, "Summary"), numbers))
    ports = layout.table("Interface", "Summary")
    incomplete = layout.incomplete or ("" if ports else "it ends before the table of the interface")
    return CsynthRpt(
        layout.version,
        layout.part,
        banner[1],
        layout.facts.get("Project", ""),
        layout.facts.get("Solution", ""),
        layout.facts.get("Product family", ""),
        layout.flow_target,
        latency["Pipeline Type"],
        _clock(timing, numbers),
        _latency(latency, numbers, line),
        _real_time(latency, numbers, line),
        _span(latency, INTERVAL, numbers, "interval_cycles", line),
        _resources(parts, numbers, layout),
        tuple(part for part in parts if not part.name.startswith(SUM)),
        tuple(_instances(layout.table(estimates, "Latency", "Detail", "Instance"), numbers)),
        _loops(layout.table(estimates, "Latency", "Detail", "Loop"), numbers),
        tuple(Details(each.name, tuple(each.rows())) for each in layout.below(area, "Detail")),
        tuple(_ports(ports, numbers)),
        numbers.missing,
        incomplete,
    )


def _one(layout: Layout, numbers: Numbers, *path: str) -> Table:
    """A table that every report has, with at least one row."""
    table = layout.table(*path)
    if table is None or not table.box.rows:
        last = layout.tables[-1].path if layout.tables else layout.sections
        numbers.refuse(
            table.box.line if table else 1,
            f"no table '{', '.join(path)}'",
            "a table of numbers",
            f"{layout.incomplete or 'no such table'}; the last part is {', '.join(last) or 'none'}",
        )
    return table


def _clock(table: Table, numbers: Numbers) -> Clock:
    """One clock; the unit stands in the cells, before 2019.2 above the table."""
    heads = ("Target", "Estimated", "Uncertainty")
    rows, line = table.rows(*heads), table.box.line
    if len(rows) > 1:
        numbers.refuse(line, "there are several clocks", "one clock", f"{len(rows)} rows")
    target, estimated, uncertainty = (
        numbers.time_ns(f"clock_ns.{head.lower()}", rows[0][head], line=line) for head in heads
    )
    return Clock(target, estimated, uncertainty)


def _span(
    row: Mapping[str, str], heads: tuple[str, str], numbers: Numbers, name: str, line: int
) -> Range:
    least, most = (
        numbers.integer(f"{name}.{end}", row[head], line=line)
        for end, head in zip(("min", "max"), heads, strict=True)
    )
    numbers.ordered(name, least, most, line=line)
    return Range(least, most)


def _latency(row: Mapping[str, str], numbers: Numbers, line: int) -> Latency:
    best, worst = (
        numbers.integer(f"latency_cycles.{name}", row[head], line=line)
        for name, head in zip(("best", "worst"), CYCLES, strict=True)
    )
    numbers.ordered("latency_cycles", best, worst, line=line)
    numbers.missing["latency_cycles.average"] = NO_AVERAGE
    return Latency(best, None, worst)


def _real_time(row: Mapping[str, str], numbers: Numbers, line: int) -> RealTime:
    best, worst = (
        numbers.time_ns(f"latency_ns.{name}", row.get(f"Latency (absolute) {end}"), line=line)
        for name, end in (("best", "min"), ("worst", "max"))
    )
    numbers.ordered("latency_ns", best, worst, line=line)
    numbers.missing["latency_ns.average"] = NO_AVERAGE
    if "Latency (absolute) min" not in row:
        numbers.missing |= {f"latency_ns.{name}": NO_TIME for name in ("best", "average", "worst")}
    return RealTime(best, None, worst)


def _parts(table: Table, numbers: Numbers) -> Iterator[Part]:
    heads = [head for head in COLUMNS.values() if head != "URAM"]
    for row in table.rows("Name", *heads, renamed=EARLIER):
        name = row["Name"]
        counts = {}
        for key, head in COLUMNS.items():
            cell = row.get(head, "-")
            none = is_open(cell) or name.startswith("Utilization")  # '-': the part has none
            way = f"parts.{name}.{key}"
            counts[key] = None if none else numbers.integer(way, cell, line=table.box.line)
        yield Part(name, **counts)


def _resources(parts: Sequence[Part], numbers: Numbers, layout: Layout) -> Resources:
    """The rows 'Total' and 'Available'; every other part adds up to the total."""
    rows = {part.name: part for part in parts}
    if not {"Total", "Available"} <= rows.keys():
        found = f"{layout.incomplete or 'no such row'}; rows {', '.join(rows)[:80]}"
        numbers.refuse(1, "the area has no total", "the rows 'Total' and 'Available'", found)
    uses = {}
    for key in COLUMNS:
        counts = {"used": getattr(rows["Total"], key), "available": getattr(rows["Available"], key)}
        for share, count in counts.items():
            if count is None:
                numbers.missing[f"resources.{key}.{share}"] = NO_URAM if key == "uram" else "'-'"
        summed = [getattr(part, key) or 0 for part in parts if not part.name.startswith(SUM)]
        if counts["used"] is not None and sum(summed) != counts["used"]:
            wanted = f"{counts['used']}, the total"
            numbers.refuse(1, f"the parts of '{key}' are not the total", wanted, f"{sum(summed)}")
        uses[key] = Use(**counts)
    return Resources(**uses)


def _instances(table: Table | None, numbers: Numbers) -> Iterator[Instance]:
    if table is None:
        return
    heads = ("Instance", "Module", "Pipeline Type", *CYCLES, *INTERVAL)
    for row in table.rows(*heads, renamed=EARLIER):
        way, line = f"instances.{row['Instance']}", table.box.line
        yield Instance(
            row["Instance"],
            row["Module"],
            row["Pipeline Type"],
            _span(row, CYCLES, numbers, f"{way}.latency_cycles", line),
            _span(row, INTERVAL, numbers, f"{way}.interval_cycles", line),
        )


def _loops(table: Table | None, numbers: Numbers) -> tuple[Loop, ...]:
    """`- Loop 1`, ` + Loop 1.1`, `  ++ Loop 1.1.1`: as many `+` as loops around it."""
    if table is None:
        return ()
    heads = ("Loop Name", *CYCLES, "Iteration Latency", "Trip Count", "Pipelined", *II)
    rows, line = table.rows(*heads, renamed=EARLIER), table.box.line
    printed = [row["Loop Name"].partition(" ") for row in rows]
    labels = [label.strip() for _, _, label in printed]
    depths = [mark.count("+") for mark, _, _ in printed]
    above = numbers.parents(depths, "loops", "'- Loop', ' + Loop within'", line=line)
    names = nesting.names(labels, above)

    def loop(at: int, within: tuple[Loop, ...]) -> Loop:
        return _loop(labels[at], rows[at], within, numbers, f"loops.{names[at]}", line)

    return nesting.build(above, loop)


def _loop(
    label: str,
    row: Mapping[str, str],
    within: tuple[Loop, ...],
    numbers: Numbers,
    way: str,
    line: int,
) -> Loop:
    achieved, target = (
        None if row[head] == "-" else numbers.integer(f"{way}.{name}", row[head], line=line)
        for name, head in zip(("ii_cycles", "ii_target_cycles"), II, strict=True)
    )
    each = f"{way}.iteration_latency_cycles"
    return Loop(
        label,
        numbers.range(f"{way}.trip_count", row["Trip Count"], line=line),
        _span(row, CYCLES, numbers, f"{way}.latency_cycles", line),
        numbers.range(each, row["Iteration Latency"], line=line),
        achieved,
        target,
        None,
        not row["Pipelined"].startswith("no"),
        row["Pipelined"],
        None,
        within,
    )


def _ports(table: Table | None, numbers: Numbers) -> Iterator[Port]:
    heads = ("RTL Ports", "Dir", "Bits", "Protocol", "Source Object", "C Type")
    for row in table.rows(*heads) if table else ():
        name, direction, bits, protocol, source, kind = (row[head] for head in heads)
        line = table.box.line if table else 1
        width = numbers.integer(f"ports.{name}.bits", bits, line=line)
        if width is None:
            numbers.refuse(line, f"the port '{name}' has no width", "a number of bits", bits)
        yield Port(name, direction, width, protocol, source, kind)


def _claims(head: str) -> bool:
    return BANNER.search(head) is not None


KIND = Kind("csynth_rpt", "HLS", _claims, parse_csynth_rpt)
