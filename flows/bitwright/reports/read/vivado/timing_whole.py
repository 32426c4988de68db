"""Whether a timing summary is whole, and agrees with itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bitwright.reports.read.vivado.header import Header
from bitwright.reports.read.vivado.paths import Malformed
from bitwright.reports.read.vivado.timing_details import Details
from bitwright.reports.read.vivado.timing_tables import (
    DETAILS,
    FAILING,
    IGNORED,
    INTER,
    INTRA,
    OTHER,
    TABLES,
    UNCONSTRAINED,
    Row,
    failing,
)

MET = "All user specified timing constraints are met."
NOT_MET = "Timing constraints are not met."
DETAILS_OFF = "-no_detailed_paths"
FILTERS = ("-slack_lesser_than", "-slack_greater_than", "-setup", "-hold")
NONE = "-report_unconstrained"  # gives the paths without a requirement as well
WORST = ("wns_ns", "whs_ns", "wpws_ns")


def filtered(header: Header) -> bool:
    """Whether the command leaves out paths that its tables count."""
    return header.has(*FILTERS)


def agree(design: Row, met: bool | None, tables: Mapping[str, Sequence[Row]], at: int) -> None:
    """Raises Malformed where the summary contradicts itself or the tables below it."""
    for worst, failed in zip(WORST, FAILING, strict=True):
        slack, count = design.numbers.get(worst), design.numbers.get(failed)
        if slack is not None and count is not None and (slack < 0) > (count > 0):
            raise Malformed(f"{worst} is {slack}, and no endpoint fails", at)
        rows = [
            row.numbers[worst] for name in tables for row in tables[name] if worst in row.numbers
        ]
        if slack is not None and rows and min(rows) != slack:
            raise Malformed(f"{worst} is {slack} of the design, {min(rows)} of its clocks", at)
    failing_at_all = bool(failing(design))
    if met is not None and met == failing_at_all:
        raise Malformed(f"'{MET if met else NOT_MET}', and {failing(design)} endpoints fail", at)


def agree_below(tables: Mapping[str, Sequence[Row]], details: Details, at: int) -> None:
    """Raises Malformed where a group among the paths says another slack than its table."""
    rows = {row.pair(): row for row in tables[INTRA]}
    rows |= {row.pair(): row for name in (INTER, OTHER) for row in tables[name]}
    for group in details.groups:
        row = rows.get((group.path_group, group.from_clock, group.to_clock))
        for field, slack in group.worst.items() if row else ():
            if row and row.numbers.get(field) != slack:
                names = f"from '{group.from_clock}' to '{group.to_clock}'"
                there = row.numbers.get(field)
                raise Malformed(f"{field} {names} is {there} in its table, {slack} below", at)


def breaks_off(
    text: str,
    header: Header,
    sections: Collection[str],
    tables: Mapping[str, Sequence[Row]],
    details: Details | None,
) -> str:
    """Where the report breaks off; empty if it is whole."""
    absent = [name for name in TABLES if name not in sections]
    if absent:
        return f"ends before '{absent[0]}'"
    if f"\n| {DETAILS}\n" not in text:
        if not header.has(DETAILS_OFF):
            return f"ends before '{DETAILS}'"
    elif details is not None and (
        why := details.broken or _without_details(header, tables, details)
    ):
        return f"ends in '{DETAILS}': {why}"
    if header.has("-datasheet") and "\n| Data sheet\n" not in text:
        return "ends before 'Data sheet'"
    return "" if text.endswith("\n\n\n") else "ends without the empty lines after a section"


def _without_details(header: Header, tables: Mapping[str, Sequence[Row]], details: Details) -> str:
    """The first row of the tables that has paths, but no group among the details."""
    if filtered(header):
        return ""
    due = [row.pair() for row in tables[INTRA] if row.numbers]
    for name in (INTER, OTHER, *((IGNORED, UNCONSTRAINED) if header.has(NONE) else ())):
        due += [row.pair() for row in tables[name]]
    seen = {(group.path_group, group.from_clock, group.to_clock) for group in details.groups}
    late = [names for names in due if names not in seen]
    return "no details of {} from '{}' to '{}'".format(*late[0]) if late else ""
