"""v++'s system estimate (.xtxt): clock, latency and area of each kernel, as HLS expects them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read import cells
from bitwright.reports.read.columns import FULL, Columns, Misaligned, columns
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.estimates import Latency, Range, RealTime, nanoseconds
from bitwright.reports.read.kind import Kind

VERSION = re.compile(r"^Version: +v\+\+ v(\S+)", re.MULTILINE)
LABEL = re.compile(r"^([A-Z][A-Za-z ]*): +(\S.*?)\s*$")
MHZ = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)MHz")
COUNT = re.compile(r"[0-9]{1,9}")
KERNELS, TIMING = "Kernel Summary", "Timing Information (MHz)"
LATENCY, AREA = "Latency Information", "Area Information"
MODULE = ("Compute Unit", "Kernel Name", "Module Name")
CASES = ("Best", "Avg", "Worst")
OPEN = "undef: the loops' trip counts are not known"


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel of the design."""

    name: str
    type: str  # c, clc, rtl
    target: str  # fpga0:OCL_REGION_0
    library: str
    compute_units: int


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a kernel: the kernel's top carries the kernel's name."""

    compute_unit: str
    kernel: str
    module: str
    target_mhz: float | None
    estimated_mhz: float | None
    interval_cycles: Range  # one start to the next
    latency_cycles: Latency
    latency_ns: RealTime  # from 2020.2
    resources: Mapping[str, int | None]  # ff, lut, dsp, bram_18k, uram


@dataclass(frozen=True, slots=True)
class SystemEstimate:
    """What v++ expects of a design before placing it."""

    version: str
    part: None  # not printed, only the platform
    platform: str | None  # xilinx:u200:xdma:201830.1
    design: str
    target_clock_mhz: float | None
    kernels: tuple[Kernel, ...]
    modules: tuple[Module, ...]
    missing: Mapping[str, str]
    incomplete: str


def claims(head: str) -> bool:
    return bool(VERSION.search(head[:2048]) and re.search(r"^Target Clock: ", head, re.MULTILINE))


def parse_system_estimate(text: str, *, origin: Path) -> SystemEstimate:
    """Read a system estimate, layouts of v++ 2019.1 and 2020.2.

    text: the .xtxt file of reports/*/system_estimate_*; specimens in tests/specimens/vpp-*/
    Returns each kernel, and of each module its clock, its latency and its area.
    Raises ReportError if the head is absent, or if a row or a number is not as known.
    """
    lines, cut = text.split("\n")[:-1], not text.endswith("\n")
    version = VERSION.search(text)
    if version is None:
        _refuse(origin, 1, "no version", "the line 'Version: v++ v2020.2 ...'")
    try:
        tables = list(columns(lines))
    except Misaligned as error:
        _refuse(origin, error.line, repr(lines[error.line - 1][:80]), "text below the columns")
    labels = {found[1]: found[2] for line in lines if (found := LABEL.match(line))}
    reader = _Reader(origin, lines, tables)
    kernels, modules = reader.kernels(), reader.modules()
    last = next((line for line in reversed(lines) if line.strip()), "")
    incomplete = f"line {len(lines) + 1}" if cut or not FULL.match(last) else ""
    incomplete = incomplete or reader.lacking(labels.get("Total number of kernels", "?"))
    clock = MHZ.fullmatch(labels.get("Target Clock", ""))
    platform = labels.get("Target Device")
    missing = dict(reader.missing(modules))
    for name, value in (("platform", platform), ("target_clock_mhz", clock)):
        if value is None:
            missing[name] = "the line is not there"
    return SystemEstimate(
        version[1],
        None,
        platform,
        labels.get("Design Name", ""),
        float(clock[1]) if clock else None,
        kernels,
        modules,
        missing,
        incomplete,
    )


def _refuse(origin: Path, line: int, found: str, expected: str) -> NoReturn:
    where = Path(f"{origin}:{line}")
    refuse(where, "this system estimate is not as known", expected=expected, found=found)


@dataclass(frozen=True, slots=True)
class _Reader:
    origin: Path
    lines: Sequence[str]
    tables: Sequence[Columns]

    def refuse(self, line: int, found: str) -> NoReturn:
        _refuse(self.origin, line, found, "tables as v++ 2019.1 and 2020.2 print them")

    def titled(self, title: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Every row below this title, in all blocks of the report, with its line."""
        for table in self.tables:
            if table.title.startswith(title):
                yield from enumerate(table.rows, start=table.line + 2)

    def kernels(self) -> tuple[Kernel, ...]:
        names = ("Kernel Name", "Type", "Target", "OpenCL Library", "Compute Units")
        found = []
        for line, row in self.titled(KERNELS):
            if tuple(row) != names or not COUNT.fullmatch(row["Compute Units"]):
                self.refuse(line, repr(self.lines[line - 1][:80]))
            name, kind, target, library, units = row.values()
            found.append(Kernel(name, kind, target, library, int(units)))
        return tuple(found)

    def modules(self) -> tuple[Module, ...]:
        """The tables joined: a module has one row in each; ones cut off lack in the last."""
        parts = [self.rows(title) for title in (TIMING, LATENCY, AREA)]
        order = max(parts, key=len)
        if any(list(part) != list(order)[: len(part)] for part in parts):
            self.refuse(1, "tables of different modules")
        return tuple(self.module(key, *[part.get(key) for part in parts]) for key in order)

    def rows(self, title: str) -> dict[tuple[str, ...], tuple[int, Mapping[str, str]]]:
        found: dict[tuple[str, ...], tuple[int, Mapping[str, str]]] = {}
        for line, row in self.titled(title):
            key = tuple(row.get(name, "") for name in MODULE)
            if not all(key) or key in found:
                self.refuse(line, repr(self.lines[line - 1][:80]))
            found[key] = (line, row)
        return found

    def module(self, key: tuple[str, ...], *parts: tuple[int, Mapping[str, str]] | None) -> Module:
        timing, latency, area = ({} if part is None else part[1] for part in parts)
        unit, kernel, module = key
        try:
            cycles = [_one(latency, f"{case} (cycles)", f"{case} Case") for case in CASES]
            times = [nanoseconds(latency.get(f"{case} (absolute)", "")) for case in CASES]
            return Module(
                unit,
                kernel,
                module,
                cells.decimal_or_none(timing.get("Target Frequency", "")),
                cells.decimal_or_none(timing.get("Estimated Frequency", "")),
                _interval(latency.get("Start Interval", "")),
                Latency(*[cells.integer_or_none(cell) for cell in cycles]),
                RealTime(*times),
                {
                    "bram_18k" if name == "BRAM" else name.lower(): cells.integer_or_none(cell)
                    for name, cell in area.items()
                    if name not in MODULE
                },
            )
        except ValueError as error:
            line = max(part[0] for part in parts if part)
            self.refuse(line, str(error))

    def lacking(self, total: str) -> str:
        """What shows that the report breaks off: kernels or compute units that are not there."""
        kernels = self.kernels()
        known = {name for title in (TIMING, LATENCY, AREA) for name, *_ in self.rows(title)}
        units = sum(kernel.compute_units for kernel in kernels if kernel.type != "rtl")
        if COUNT.fullmatch(total) and len(kernels) > int(total):
            self.refuse(1, f"{len(kernels)} kernels, but '{total}' in the head")
        if str(len(kernels)) != total:
            return f"line {len(self.lines)}: {len(kernels)} of {total} kernels"
        if len(known) < units:
            return f"line {len(self.lines)}: {len(known)} of {units} compute units"
        return ""

    def missing(self, modules: Sequence[Module]) -> Iterator[tuple[str, str]]:
        for at, module in enumerate(modules):
            if module.interval_cycles.min is None:
                yield f"modules[{at}].interval_cycles", OPEN
            if None in (module.latency_cycles.best, module.latency_cycles.worst):
                yield f"modules[{at}].latency_cycles", OPEN
                yield f"modules[{at}].latency_ns", OPEN
            elif module.latency_ns.best is None:
                yield "modules[].latency_ns", "not printed before 2020.2"


def _one(row: Mapping[str, str], *names: str) -> str:
    return next((row[name] for name in names if name in row), "")


def _interval(cell: str) -> Range:
    """`16503`, or `16503 ~ 16515`."""
    low, tilde, high = cell.partition(" ~ ")
    least = cells.integer_or_none(low)
    return Range(least, cells.integer_or_none(high) if tilde else least)


KIND = Kind("system_estimate", "v++", claims, parse_system_estimate)
