"""report_methodology: which rules of good design are violated, how often, and each one's text."""

from __future__ import annotations

from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import header
from bitwright.reports.read.vivado.rules import Checks, parse_checks


def claims(head: str) -> bool:
    return header.claims(head, "report_methodology")


def parse_methodology(text: str, *, origin: Path) -> Checks:
    """Read a methodology report, layouts of Vivado 2016.3 to 2025.1.

    text: the report that report_methodology writes; specimens in tests/specimens/vivado-*/
    Returns each violated rule with its count and every violation printed.
    Raises ReportError if the summary is absent or its counts contradict the table or the details.
    """
    return parse_checks(text, origin=origin, title="Report Methodology")


KIND = Kind("methodology", "Vivado", claims, parse_methodology)
