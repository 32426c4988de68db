"""report_route_status: how many nets there are, how many are routed, how many are at fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind

TITLE = "Design Route Status"
COLUMNS = re.compile(r"^ +: +# nets :$")
RULE = re.compile(r"^ +-+ : -+ :$")
LINE = re.compile(r"^( *)# of ([A-Za-z ]+?)\.* : +([0-9]{1,12}) :$")
INDENT = 4  # blanks a level
LOGICAL, ROUTABLE, UNROUTED = "logical nets", "routable nets", "unrouted nets"
ROUTED, ERRORS = "fully routed nets", "nets with routing errors"
IDLE, FIXED = "nets not needing routing", "nets with fixed routing"


@dataclass(frozen=True, slots=True)
class Nets:
    """The counts that every report has; each is in `lines` too, if it is printed."""

    total: int | None  # logical nets
    not_needing_routing: int | None  # inside a site, or without a load
    routable: int | None
    routed: int | None  # fully; of the routable nets
    errors: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line as printed; most are printed only where their count is not 0."""

    depth: int  # 0: logical nets; 1: of these; 2: of these again
    label: str  # nets with no loads
    nets: int


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """How far the nets of a design are routed."""

    version: None  # never printed
    part: None  # never printed
    nets: Nets
    lines: tuple[Line, ...]
    notes: tuple[str, ...]  # what stands below the table: the nets at fault by name
    missing: Mapping[str, str]
    incomplete: str


def claims(head: str) -> bool:
    return head.lstrip().startswith(TITLE + "\n")


def parse_route_status(text: str, *, origin: Path) -> RouteStatus:
    """Read a route status, layouts of Vivado 2015.3 to 2025.1; the report itself names no version.

    text: the report that report_route_status writes; specimens in tests/specimens/vivado-*/
    Returns every count printed. Of a report cut short, counts below the cut are None.
    Raises ReportError if a line is not as known, or if counts do not add up.
    """
    lines, cut = text.split("\n")[:-1], not text.endswith("\n")
    start = next((at for at, line in enumerate(lines) if line.rstrip() == TITLE), None)
    if start is None:
        _refuse(origin, 0, lines, f"the title '{TITLE}'")
    for at, known in ((start + 1, COLUMNS), (start + 2, RULE)):
        if at < len(lines) and not known.match(lines[at]):
            _refuse(origin, at, lines, "a table of nets")
    end = next((at for at in range(start + 3, len(lines)) if RULE.match(lines[at])), None)
    rows = [_line(at, lines, origin) for at in range(start + 3, end or len(lines))]
    incomplete = ""
    if end is None or cut:
        incomplete = f"line {len(lines) + 1}, {'below' if end else 'in'} the table of nets"
    nets, missing = _nets(rows, whole=end is not None)
    if end is not None:
        _add_up(rows, origin)
    notes = tuple(line.rstrip() for line in lines[end + 1 :] if line.strip()) if end else ()
    return RouteStatus(None, None, nets, tuple(rows), notes, missing, incomplete)


def _line(at: int, lines: Sequence[str], origin: Path) -> Line:
    found = LINE.match(lines[at])
    depth, rest = divmod(len(found[1]) - 3, INDENT) if found else (0, 1)
    if found is None or rest or depth < 0:
        _refuse(origin, at, lines, "'# of ... nets... : 12 :'")
    return Line(depth, found[2], int(found[3]))


def _refuse(origin: Path, at: int, lines: Sequence[str], expected: str) -> NoReturn:
    found = repr(lines[at][:80]) if at < len(lines) else "the end of the report"
    where = Path(f"{origin}:{at + 1}")
    refuse(where, "this is no route status as known", expected=expected, found=found)


def _nets(rows: Sequence[Line], *, whole: bool) -> tuple[Nets, dict[str, str]]:
    counts = {row.label: row.nets for row in rows}
    routed = counts.get(ROUTED)
    if whole and routed is None and counts.get(ROUTABLE) == counts.get(UNROUTED, 0):
        routed = 0  # not printed: all that could be routed is unrouted
    found = {
        "total": counts.get(LOGICAL),
        "not_needing_routing": counts.get(IDLE),
        "routable": counts.get(ROUTABLE),
        "routed": routed,
        "errors": counts.get(ERRORS),
    }
    why = "no such line" if whole else "the report is cut short"
    missing = {f"nets.{name}": why for name, value in found.items() if value is None}
    return Nets(**found), missing


def _add_up(rows: Sequence[Line], origin: Path) -> None:
    """The laws of the counts. A net at fault is among the routable ones, unless it lacks placed
    pins: then it stands beside them. One may have several faults. Fixed ones are counted twice."""
    counts = {row.label: row.nets for row in rows}
    errors, routable = counts.get(ERRORS, 0), counts.get(ROUTABLE, 0)
    inside = routable + counts.get(FIXED, 0) - sum(_below(rows, ROUTABLE))  # routable, at fault
    beside = sum(row.nets for row in rows if row.depth == 1 and row.label != ERRORS)
    faults = _below(rows, ERRORS)
    kept = (
        len(counts) == len(rows)
        and {LOGICAL, ROUTABLE, ERRORS} <= counts.keys()
        and 0 <= inside <= errors
        and counts[LOGICAL] == beside + errors - inside
        and (not (idle := _below(rows, IDLE)) or counts.get(IDLE) == sum(idle))
        and (not faults or max(faults) <= errors <= sum(faults))
    )
    if not kept:
        found = ", ".join(f"{row.label} {row.nets}" for row in rows)
        refuse(
            origin,
            "the counts of this route status do not add up",
            expected="each count of nets the sum of those below it",
            found=found[:400] or "no line at all",
        )


def _below(rows: Sequence[Line], label: str) -> list[int]:
    """The counts that stand indented below this line."""
    at = next((at for at, row in enumerate(rows) if row.label == label), len(rows))
    found = []
    for row in rows[at + 1 :]:
        if row.depth <= rows[at].depth:
            break
        found.append(row.nets)
    return found


KIND = Kind("route_status", "Vivado", claims, parse_route_status)
