"""report_power: what the chip takes, by component, supply and instance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read import cells
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "Power Report"
ROUNDING = 0.0015 + 1e-9  # between a sum as printed and the sum of what is printed
HALF = 0.0005  # of the last digit that is printed
SUMMARY: Mapping[str, str] = {
    "total_on_chip_w": "Total On-Chip Power (W)",
    "fpga_w": "FPGA Power (W)",
    "hbm_w": "HBM Power (W)",
    "design_power_budget_w": "Design Power Budget (W)",
    "power_budget_margin_w": "Power Budget Margin (W)",
    "dynamic_w": "Dynamic (W)",
    "static_w": "Device Static (W)",
    "effective_tja_c_per_w": "Effective TJA (C/W)",
    "max_ambient_c": "Max Ambient (C)",
    "junction_temperature_c": "Junction Temperature (C)",
}
BOUND = re.compile(r"<\s*(\d+(?:\.\d+)?)")  # <0.001: less than that, and more than nothing
REMARK = re.compile(r"(-?[\d.]+)\s*\((.*)\)")  # 137.5 (Junction temp exceeded!)
MATCHED = re.compile(r"(\d+)%\s*\((\d+)/(\d+)\)")  # 18%   (308/1667)


@dataclass(frozen=True, slots=True)
class Component:
    """A kind of component; what is printed as `<0.001` is None, and `below_w` says below what."""

    name: str  # Clocks, LUT as Logic
    depth: int  # 0 for CLB Logic, 1 for LUT as Logic below it
    power_w: float | None
    below_w: float | None
    used: int | float | None
    available: int | float | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class Supply:
    """A supply rail; None where the tool leaves a cell open."""

    name: str  # Vccint
    voltage_v: float | None
    total_a: float | None
    dynamic_a: float | None
    static_a: float | None
    powerup_a: float | None  # from 2021.1
    budget_a: float | None
    margin_a: float | None


@dataclass(frozen=True, slots=True)
class Confidence:
    """How much the tool was told about one kind of input."""

    input: str  # I/O nodes activity
    level: str  # Low, Medium, High
    details: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that the estimate assumes."""

    name: str
    domain: str
    period_ns: float | None


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance with all below it; its dynamic power."""

    path: str  # top/u_array
    depth: int
    power_w: float | None
    below_w: float | None  # see Component


@dataclass(frozen=True, slots=True)
class NetsMatched:
    """How many of the design's nets the activity file knows."""

    matched: int
    total: int


@dataclass(frozen=True, slots=True)
class Power:
    """A power report; None for what its `missing` gives a reason."""

    version: str
    part: str
    design: str
    state: str
    total_on_chip_w: float | None
    dynamic_w: float | None
    static_w: float | None
    fpga_w: float | None  # of parts with HBM
    hbm_w: float | None
    design_power_budget_w: float | None
    power_budget_margin_w: float | None
    effective_tja_c_per_w: float | None
    max_ambient_c: float | None
    junction_temperature_c: float | None
    confidence: str | None  # Low, Medium, High
    nets_matched: NetsMatched | None
    remarks: Mapping[str, str]  # field -> what the tool adds: 'Junction temp exceeded!'
    settings: Mapping[str, str]  # Setting File, Simulation Activity File, as printed
    components: tuple[Component, ...]
    supplies: tuple[Supply, ...]
    confidence_by_input: tuple[Confidence, ...]
    environment: Mapping[str, str]  # as printed: Ambient Temp (C) -> 25.0
    clocks: tuple[Clock, ...]
    hierarchy: tuple[Instance, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_power(text: str, *, origin: Path) -> Power:
    """Read a power report, layouts of Vivado 2015.2 to 2025.1.

    ReportError where dynamic and static power do not make the total, or components not theirs.
    Source: UG907; tests/specimens/vivado-*/power*.rpt.
    """
    report = sections.parse_sections(text, origin=origin, empty="Settings|Detailed Reports")
    summary = _labels(report, "Summary")
    missing: dict[str, str] = {}
    remarks: dict[str, str] = {}
    numbers = {field: _summed(report, summary, field, missing, remarks) for field in SUMMARY}
    power = Power(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        state=report.header.state,
        **numbers,
        confidence=_word(summary, "Confidence Level", "confidence", missing),
        nets_matched=_matched(summary, missing),
        remarks=remarks,
        settings={name: summary[name] for name in summary if name.endswith(" File")},
        components=tuple(_components(report)),
        supplies=tuple(_supplies(report)),
        confidence_by_input=tuple(_confidence(report)),
        environment=_labels(report, "Environment"),
        clocks=tuple(_clocks(report)),
        hierarchy=tuple(_hierarchy(report)),
        missing=missing,
        incomplete=report.incomplete,
    )
    _check(report, power)
    return power


def _labels(report: Sections, title: str) -> dict[str, str]:
    """A table of labels and values, without a heading."""
    section = report.titled(title)
    lines = [line for box in (section.boxes[:1] if section else ()) for line in box.above]
    for line in lines:
        if len(line) != 2 and section:
            report.refuse(section.line, "this table is not of labels and values", "two cells", line)
    return {line[0]: line[1] for line in lines}


def _summed(
    report: Sections,
    summary: Mapping[str, str],
    field: str,
    missing: dict[str, str],
    remarks: dict[str, str],
) -> float | None:
    """A number of the summary; None with its reason where the tool printed none."""
    cell = summary.get(SUMMARY[field])
    if cell is None:
        missing[field] = f"no line '{SUMMARY[field]}'"
        return None
    if remark := REMARK.fullmatch(cell):
        cell, remarks[field] = remark.groups()
    if cells.is_open(cell):
        missing[field] = cell.rstrip("*")
        return None
    try:
        return cells.decimal(cell)
    except ValueError as error:
        report.refuse(1, f"'{SUMMARY[field]}' holds no number", "a number", error)


def _word(
    summary: Mapping[str, str], label: str, field: str, missing: dict[str, str]
) -> str | None:
    word = summary.get(label, "")
    if cells.is_open(word):
        missing[field] = word or f"no line '{label}'"
        return None
    return word


def _matched(summary: Mapping[str, str], missing: dict[str, str]) -> NetsMatched | None:
    cell = summary.get("Design Nets Matched", "no line 'Design Nets Matched'")
    found = MATCHED.fullmatch(cell)
    if found is None:
        missing["nets_matched"] = cell
        return None
    return NetsMatched(int(found[2]), int(found[3]))


def _rows(report: Sections, title: str, *needed: str) -> Iterator[Row]:
    section = report.titled(title)
    for box in section.boxes if section else ():
        yield from report.rows(box, *needed)


def _watts(report: Sections, row: Row) -> tuple[float | None, float | None]:
    """The power of a row and, where only that is printed, what it lies below."""
    bound = BOUND.fullmatch(row.cells.get("Power (W)", ""))
    power = report.number(row, "Power (W)")
    return (None if power is None else float(power)), (float(bound[1]) if bound else None)


def _components(report: Sections) -> Iterator[Component]:
    for row in _rows(report, "On-Chip Components", "On-Chip", "Power (W)"):
        yield Component(
            row.cells["On-Chip"],
            (row.indent - 1) // 2,
            *_watts(report, row),
            report.number(row, "Used"),
            report.number(row, "Available"),
            report.share(row, "Utilization (%)"),
        )


def _supplies(report: Sections) -> Iterator[Supply]:
    for row in _rows(report, "Power Supply Summary", "Source", "Voltage (V)", "Total (A)"):
        amounts = [
            report.number(row, f"{column} (A)")
            for column in ("Total", "Dynamic", "Static", "Powerup", "Budget", "Margin")
        ]
        known = [amount for amount in amounts[:3] if amount is not None]
        if len(known) == 3 and abs(known[0] - known[1] - known[2]) > ROUNDING:
            report.refuse(row.line, "the total is not the sum", sum(known[1:]), known[0])
        yield Supply(row.cells["Source"], report.number(row, "Voltage (V)"), *amounts)


def _confidence(report: Sections) -> Iterator[Confidence]:
    for row in _rows(report, "Confidence Level", "User Input Data", "Confidence"):
        if row.cells["User Input Data"]:
            yield Confidence(
                row.cells["User Input Data"],
                row.cells.get("Confidence", ""),
                row.cells.get("Details", ""),
            )


def _clocks(report: Sections) -> Iterator[Clock]:
    for row in _rows(report, "Clock Constraints", "Clock", "Constraint (ns)"):
        period = report.number(row, "Constraint (ns)")
        yield Clock(row.cells["Clock"], row.cells.get("Domain", ""), period)


def _hierarchy(report: Sections) -> Iterator[Instance]:
    way: list[str] = []
    for row in _rows(report, "By Hierarchy", "Name", "Power (W)"):
        depth, odd = divmod(row.indent - 1, 2)
        if odd or depth > len(way):
            report.refuse(row.line, "this row hangs from nothing", "its parent above", row.indent)
        way[depth:] = [row.cells["Name"]]
        yield Instance("/".join(way), depth, *_watts(report, row))


def _check(report: Sections, power: Power) -> None:
    """Refuse numbers that contradict each other."""
    total, dynamic, static = power.total_on_chip_w, power.dynamic_w, power.static_w
    if total is None and not power.incomplete:
        report.refuse(1, "no total power", SUMMARY["total_on_chip_w"], power.missing)
    parts = [part for part in (dynamic, static) if part is not None]
    if total is not None and len(parts) == 2 and abs(total - sum(parts)) > ROUNDING:
        problem = "dynamic and static power together contradict the summary"
        report.refuse(1, problem, total, f"{sum(parts):.3f}")
    tops = [one for one in power.components if one.depth == 0]
    for said in [one.power_w for one in tops if one.name == "Total"]:
        _check_sum(report, said, [one for one in tops if one.name != "Total"])


def _check_sum(report: Sections, total: float | None, parts: Sequence[Component]) -> None:
    """The components' total is theirs: a real 2016.3 has 13 mW more in its summary."""
    known = sum(one.power_w or 0 for one in parts)
    slack = HALF * (len(parts) + 1) + sum(one.below_w or 0 for one in parts)
    if total is not None and abs(total - known) > slack + 1e-9:
        report.refuse(1, "the components' total is not their sum", f"{known:.3f}", total)


def _claims(head: str) -> bool:
    return sections.claims(head, "report_power", TITLE)


KIND = Kind("power", "Vivado", _claims, parse_power)
