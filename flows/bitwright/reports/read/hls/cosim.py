"""FUNCTION_cosim.rpt: what the simulated RTL took, against what csynth estimated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls.estimates import Latency, Numbers
from bitwright.reports.read.kind import Kind

HEAD = re.compile(r"^\+ +RTL +\+ +Status +\+", re.MULTILINE)
FACT = re.compile(r"^(Report time|Solution|Simulation tool) +: (.*?)\.?$", re.MULTILINE)
COLUMNS = ["min", "avg", "max", "min", "avg", "max"]
WIDTHS = (8, 9)  # RTL, status, COLUMNS, and from 2020.2 the total execution time
RULE = re.compile(r"\+(?:-+\+)+")


@dataclass(frozen=True, slots=True)
class Interval:
    """Cycles from one start to the next."""

    min: int | None
    average: int | None
    max: int | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """One language of the RTL, as simulated or not."""

    rtl: str  # VHDL, Verilog
    status: str  # Pass, Fail, NA
    latency_cycles: Latency
    interval_cycles: Interval
    total_cycles: int | None  # printed from 2020.2


@dataclass(frozen=True, slots=True)
class Cosim:
    """The RTL that was simulated (Verilog, where both were), and every row."""

    version: str | None
    part: str | None
    solution: str
    simulator: str  # xsim; empty where none ran
    status: str
    passed: bool | None  # None: nothing was simulated
    latency_cycles: Latency
    interval_cycles: Interval
    total_cycles: int | None
    simulations: tuple[Simulation, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_cosim(text: str, *, origin: Path) -> Cosim:
    """Read FUNCTION_cosim.rpt, Vivado HLS 2018.3 to Vitis HLS 2025.1.

    ReportError where the table is cut off: a simulation that was not run cannot be told from one
    whose row is not there.
    """
    numbers = Numbers(origin)
    lines = text.split("\n")
    at = next((at for at, line in enumerate(lines) if HEAD.match(line)), None)
    heads = _cells(lines[at + 1]) if at is not None and at + 1 < len(lines) else []
    known = [head for head in heads if head] == COLUMNS and len(heads) in WIDTHS
    if at is None or not known:
        wanted = "'+ RTL + Status +' above min, avg, max of latency and interval"
        numbers.refuse((at or 0) + 1, "no table of a co-simulation", wanted, repr(text[:40]))
    rules = [n for n, line in enumerate(lines) if n > at and RULE.fullmatch(line.strip())]
    if len(rules) < 2:
        wanted = "rows of VHDL and Verilog, and the rule below"
        numbers.refuse(len(lines), "the table breaks off", wanted, "the end of the file")
    body = range(rules[0] + 1, rules[1])
    rows = {cells[0]: (n + 1, cells) for n in body if (cells := _cells(lines[n]))}
    ran = next((name for name in ("Verilog", "VHDL", *rows) if _ran(rows.get(name))), None)
    chosen = ran or next(iter(rows), None)
    if chosen is None:
        numbers.refuse(rules[0] + 1, "the table has no row", "VHDL and Verilog", "none")
    line, cells = rows[chosen]
    shown = _simulation(cells, len(heads), numbers, line)
    if ran is None:
        numbers.missing["passed"] = "NA: nothing was simulated"
    facts = dict(FACT.findall(text))
    rest = Numbers(origin)  # what is open is said once, of the row that counts
    return Cosim(
        None,
        None,
        facts.get("Solution", ""),
        facts.get("Simulation tool", ""),
        shown.status,
        None if ran is None else shown.status == "Pass",
        shown.latency_cycles,
        shown.interval_cycles,
        shown.total_cycles,
        tuple(_simulation(row, len(heads), rest, n) for n, row in rows.values()),
        numbers.missing,
        "",
    )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _ran(row: tuple[int, list[str]] | None) -> bool:
    return row is not None and len(row[1]) > 1 and row[1][1] != "NA"


def _simulation(cells: list[str], width: int, numbers: Numbers, line: int) -> Simulation:
    if len(cells) != width:
        numbers.refuse(line, "a row does not fit", f"{width} cells", f"{len(cells)} cells")
    rtl, status, *counts = cells
    names = [
        *(f"latency_cycles.{name}" for name in ("best", "average", "worst")),
        *(f"interval_cycles.{name}" for name in ("min", "average", "max")),
        "total_cycles",
    ]
    read = [
        numbers.integer(name, cell, line=line)
        for name, cell in zip(names, [*counts, None][:7], strict=True)
    ]
    for name, values in (("latency_cycles", read[:3]), ("interval_cycles", read[3:6])):
        numbers.ordered(name, *values, line=line)
    return Simulation(rtl, status, Latency(*read[:3]), Interval(*read[3:6]), read[6])


def _claims(head: str) -> bool:
    return HEAD.search(head) is not None


KIND = Kind("cosim", "HLS", _claims, parse_cosim)
