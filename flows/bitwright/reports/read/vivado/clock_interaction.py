"""report_clock_interaction of Vivado: which clocks pass data to which, and how that is timed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.cells import decimal_or_none, integer_or_none
from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado.header import claims, parse_header
from bitwright.reports.read.vivado.paths import Malformed
from bitwright.reports.read.vivado.wrapped import heads, rows

COMMAND = "report_clock_interaction"
TITLE = re.compile(r"^Clock Interaction Table\n-+\n\n", re.MULTILINE)
NUMBERS = {  # heading -> field; versions and -delay_type print some of them
    "WNS(ns)": "wns_ns",
    "TNS(ns)": "tns_ns",
    "TNS Failing Endpoints": "setup_failing_endpoints",
    "TNS Total Endpoints": "setup_endpoints",
    "WNS Path Requirement(ns)": "setup_requirement_ns",
    "WHS(ns)": "whs_ns",
    "THS(ns)": "ths_ns",
    "THS Failing Endpoints": "hold_failing_endpoints",
    "THS Total Endpoints": "hold_endpoints",
    "WHS Path Requirement(ns)": "hold_requirement_ns",
}
NAMES = ("From Clock", "To Clock")
WORDS = ("WNS Clock Edges", "Clock-Pair Classification", "Inter-Clock Constraints")


@dataclass(frozen=True, slots=True)
class Interaction:
    """Paths from one clock to another. Times in ns as printed; None where nothing is timed."""

    from_clock: str
    to_clock: str
    edges: str  # rise - rise
    wns_ns: float | None
    tns_ns: float | None
    setup_failing_endpoints: int | None
    setup_endpoints: int | None
    setup_requirement_ns: float | None
    whs_ns: float | None
    ths_ns: float | None
    hold_failing_endpoints: int | None
    hold_endpoints: int | None
    hold_requirement_ns: float | None
    classification: str  # Clean, Ignored, No Common Clock, ...
    constraints: str  # Timed, False Path, Asynchronous Groups, Partial False Path, ...


@dataclass(frozen=True, slots=True)
class ClockInteraction:
    """A clock interaction report."""

    version: str
    part: str
    design: str
    interactions: tuple[Interaction, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_clock_interaction(text: str, *, origin: Path) -> ClockInteraction:
    """Read report_clock_interaction, in the layout that UG906 shows.

    Columns are told by their headings. ReportError where the table or one of its columns of names
    and words is absent, or a cell is not as known.
    """
    header = parse_header(text, origin=origin)
    whole = text[: text.rfind("\n") + 1]
    title = TITLE.search(whole)
    try:
        if title is None:
            raise Malformed("no 'Clock Interaction Table'", len(whole))
        found, ended = _table(whole, title.end())
    except Malformed as error:
        problem, at = error.args
        refuse(
            Path(f"{origin}:{text.count(chr(10), 0, at) + 1}"),
            problem,
            expected="the layout of report_clock_interaction as UG906 shows it",
            found=f"a report of Vivado {header.version}",
        )
    missing = {
        f"interactions[].{field}": "blank or not printed: nothing of this kind is timed"
        for field in NUMBERS.values()
        if any(getattr(it, field) is None for it in found)
    }
    where = f"line {text.count(chr(10)) + 1}, in the table"
    return ClockInteraction(
        header.version,
        header.part,
        header.design,
        found,
        missing,
        "" if ended and whole == text else where,
    )


def _table(text: str, at: int) -> tuple[tuple[Interaction, ...], bool]:
    """The rows, and whether the empty line below them is there."""
    body, ended, _ = text[at:].partition("\n\n")
    lines = body.rstrip("\n").split("\n")
    columns = heads(lines)
    words = {*NAMES, *WORDS}
    if not words <= {*columns} <= words | NUMBERS.keys():
        raise Malformed(f"the columns are not as known: {columns}"[:300], at)
    return tuple(_interaction(row, at) for row in rows(lines, columns, at)), bool(ended)


def _interaction(row: Mapping[str, str], at: int) -> Interaction:
    numbers: dict[str, float | int | None] = {}
    for heading, field in NUMBERS.items():
        read = decimal_or_none if field.endswith("_ns") else integer_or_none
        try:
            numbers[field] = read(row.get(heading, ""))
        except ValueError as error:
            raise Malformed(f"'{heading}' of {row['From Clock']}: {error}", at) from None
    return Interaction(
        from_clock=row["From Clock"],
        to_clock=row["To Clock"],
        edges=row["WNS Clock Edges"],
        classification=row["Clock-Pair Classification"],
        constraints=row["Inter-Clock Constraints"],
        **numbers,  # type: ignore[arg-type]  # counts are whole, times are not
    )


KIND = Kind(
    "clock_interaction", "Vivado", lambda head: claims(head, COMMAND), parse_clock_interaction
)
