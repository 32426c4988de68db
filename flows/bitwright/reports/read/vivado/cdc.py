"""report_cdc: where data crosses from one clock to another, and how safely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from bitwright.reports.read.columns import Columns, Misaligned, columns
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import header
from bitwright.reports.read.vivado.cdc_tables import (
    NOTHING,
    ClockPair,
    Endpoints,
    Reader,
    Violation,
    refused,
)

TITLE, SAFE = "CDC Report", "All paths are Safely Timed."


@dataclass(frozen=True, slots=True)
class Cdc:
    """A report of clock domain crossings. Without -details it counts endpoints by pairs of clocks,
    with -details crossings by rules: what the other one prints is None or empty, and in missing."""

    version: str
    part: str | None
    design: str
    safely_timed: bool | None  # no crossing between unrelated clocks, or no clock is defined
    endpoints: Endpoints  # of all pairs
    severities: Mapping[str, int]  # crossings by severity
    violations: tuple[Violation, ...]
    waived: Mapping[str, int]  # endpoints hidden by waivers, by rule
    clock_pairs: tuple[ClockPair, ...]
    missing: Mapping[str, str]
    incomplete: str


def claims(head: str) -> bool:
    return header.claims(head, "report_cdc")


def parse_cdc(text: str, *, origin: Path) -> Cdc:
    """Read a report of clock domain crossings, layouts of Vivado 2019.1 to 2025.2.

    text: the report that report_cdc writes, with or without -details and -show_waiver
    Rests on UG906 (Report Clock Domain Crossings) for the columns' meaning, and for the layout on
    real reports in public repositories: 2019.1 and 2022.2, 2025.2 with eight pairs of clocks,
    2026.1 with 204 crossings; specimens in tests/specimens/vivado-2022.2/. A report without any
    crossing may end below its title, just as one that is cut there: it is marked incomplete.
    Raises ReportError if no table is there, a row does not fit, or counts contradict one another.
    """
    found = header.parse_header(text, origin=origin)
    lines = text.split("\n")[:-1]
    tables = _tables(lines, origin)
    reader = Reader(origin, lines)
    safe, rows = SAFE in lines, bool(tables) and all(table.rows for table in tables)
    summary, details = reader.summary(tables), reader.details(tables)
    violations = reader.violations(tables)
    incomplete = reader.lacking(tables, violations, [*summary, *details])
    if not (rows or safe):
        incomplete = f"line {len(lines) + 1}: no crossing, or the report is cut"
    elif not text.endswith("\n"):
        incomplete = f"line {len(lines) + 1}"
    elif tables and not tables[-1].closed and "-file" in found.command.split():
        incomplete = incomplete or f"line {len(lines) + 1}: no blank line at the end"
    endpoints = NOTHING if incomplete else _total([pair.endpoints for pair in summary], safe)
    missing = {} if found.part else {"part": "no 'Device' line in the head"}
    if endpoints.total is None:
        why = "report_cdc prints endpoints only without -details"
        missing["endpoints"] = "the report is cut short" if incomplete else why
    if summary:
        missing["violations"] = "report_cdc prints rules only with -details"
    return Cdc(
        found.version,
        found.part or None,
        found.design,
        True if safe else False if rows else None,
        endpoints,
        {} if incomplete else _severities(violations),
        violations,
        reader.waived(tables),
        (*summary, *details),
        missing,
        incomplete,
    )


def _tables(lines: Sequence[str], origin: Path) -> list[Columns]:
    """Every table below the title."""
    titles = [at for at, line in enumerate(lines) if line.rstrip() == TITLE]
    if len(titles) != 1:
        refused(origin, len(lines), f"{len(titles)} titles '{TITLE}'", "exactly one report a file")
    try:
        return list(columns(lines, start=titles[0]))
    except Misaligned as error:
        refused(origin, error.line, repr(lines[error.line - 1][:80]), "text below the columns")


def _severities(violations: Sequence[Violation]) -> dict[str, int]:
    found = Counter[str]()
    for violation in violations:
        found[violation.severity] += violation.count
    return dict(found)


def _total(found: Sequence[Endpoints], safe: bool) -> Endpoints:
    """Sums over all pairs; if all paths are safely timed, no pair is printed."""
    if not found:
        return Endpoints(None, None, 0, 0, None) if safe else NOTHING
    counts = [[getattr(one, field.name) for one in found] for field in fields(Endpoints)]
    return Endpoints(*[None if None in column else sum(column) for column in counts])


KIND = Kind("cdc", "Vivado", claims, parse_cdc)
