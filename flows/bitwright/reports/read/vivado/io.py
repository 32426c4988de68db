"""report_io: every pin of the package, and what is assigned to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read import cells
from bitwright.reports.read.boxes import Box
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "IO Information"
TOTAL = "Total User IO"
DIRECTIONS: Mapping[str, str] = {
    "INPUT": "in",
    "IN": "in",
    "OUTPUT": "out",
    "OUT": "out",
    "TRISTATE": "out",
    "BIDIR": "inout",
    "INOUT": "inout",
}
NAMED = (  # columns with a field of their own
    "Pin Number",
    "Signal Name",
    "Bank Type",
    "Pin Name",
    "Use",
    "IO Standard",
    "IO Bank",
    "Drive (mA)",
    "Slew",
    "Voltage",
    "Constraint",
    "Pull Type",  # not of the oldest tools
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin of the package; a word is empty, a number None, where the tool leaves it blank."""

    pin: str  # Y18
    signal: str  # leds[0]; empty: nothing is assigned
    bank_type: str  # High Range, High Performance, High Density
    site: str  # IO_L17P_T2_34
    use: str  # INPUT, OUTPUT, BIDIR, User IO, VCCO, GND
    direction: str | None  # in, out or inout, of a signal's pin
    standard: str  # LVCMOS33
    standard_by_default: bool  # nobody chose it
    bank: int | None
    drive_ma: int | float | None
    slew: str  # SLOW, FAST
    vcco_v: float | None
    voltage: str  # as printed: 3.30, 0.00-1.80, any
    constraint: str  # FIXED: the pin was chosen, not placed by the tool
    pull: str  # PULLUP, PULLDOWN
    others: Mapping[str, str]  # the tool's further columns that are not blank: Off-Chip Termination


@dataclass(frozen=True, slots=True)
class Io:
    """A report on pins."""

    version: str
    part: str
    design: str
    package: str  # clg400
    total_user_io: int
    pins: tuple[Pin, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_io(text: str, *, origin: Path) -> Io:
    """Read a report on pins, layouts of Vivado 2015.3 to 2025.1.

    ReportError where more pins than the total carry a signal. Source: UG899;
    tests/specimens/vivado-*/io*.rpt.
    """
    report = sections.parse_sections(text, origin=origin)
    summary = report.titled("Summary")
    totals = [
        report.count(row, TOTAL)
        for box in (summary.boxes if summary else ())
        for row in report.rows(box, TOTAL)
    ]
    if not totals:
        report.refuse(1, "no number of pins", f"a table with '{TOTAL}'", "none")
    pins = tuple(_pins(report))
    used = sum(pin.direction is not None for pin in pins)
    if used > totals[0]:
        report.refuse(1, "more pins carry a signal than there are signals", totals[0], used)
    return Io(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        package=report.header.lines.get("Package", ""),
        total_user_io=totals[0],
        pins=pins,
        missing={},
        incomplete=report.incomplete,
    )


def _pins(report: Sections) -> Iterator[Pin]:
    section = report.titled("IO Assignments by Package Pin")
    for box in section.boxes if section else ():
        for row in report.rows(box, *NAMED[:-1]):
            yield _pin(report, box, row)


def _pin(report: Sections, box: Box, row: Row) -> Pin:
    cell = {name: row.cells.get(name, "") for name in NAMED}
    voltage = cell["Voltage"].rstrip("*")
    bank = report.number(row, "IO Bank")
    return Pin(
        pin=cell["Pin Number"],
        signal=cell["Signal Name"],
        bank_type=cell["Bank Type"],
        site=cell["Pin Name"],
        use=cell["Use"],
        direction=DIRECTIONS.get(cell["Use"]) if cell["Signal Name"] else None,
        standard=cell["IO Standard"].rstrip("*"),
        standard_by_default=cell["IO Standard"].endswith("*"),
        bank=None if bank is None else int(bank),
        drive_ma=report.number(row, "Drive (mA)"),
        slew=cell["Slew"],
        vcco_v=_volts(voltage),
        voltage=voltage,
        constraint=cell["Constraint"],
        pull=cell["Pull Type"],
        others={
            name: row.cells[name] for name in box.head if name not in NAMED and row.cells[name]
        },
    )


def _volts(voltage: str) -> float | None:
    """A single voltage; None for a range, or any."""
    try:
        return cells.decimal_or_none(voltage)
    except ValueError:
        return None


def _claims(head: str) -> bool:
    return sections.claims(head, "report_io", TITLE)


KIND = Kind("io", "Vivado", _claims, parse_io)
