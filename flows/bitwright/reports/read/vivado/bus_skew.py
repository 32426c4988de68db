"""report_bus_skew of Vivado: how far apart the bits of a bus arrive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.cells import decimal, decimal_or_none
from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado.header import Header, claims, parse_header
from bitwright.reports.read.vivado.paths import (
    END,
    NUMBER,
    Malformed,
    Stage,
    clock_of,
    last_digit,
    read_heading,
    read_slack,
    read_stages,
    read_table,
    read_times,
    without_pblocks,
)
from bitwright.reports.read.vivado.wrapped import rows

COMMAND = "report_bus_skew"
NOTHING = "\nNo bus skew constraints\n"
SUMMARY, DETAILS = "\n1. Bus Skew Report Summary\n---", "\n2. Bus Skew Report Per Constraint\n---"
COLUMNS = ("Id", "Position", "From", "To", "Corner", "Requirement(ns)", "Actual(ns)", "Slack(ns)")
CONSTRAINT = re.compile(
    rf"^Id: (\d+)\n(set_bus_skew [^\n]*\n(?: [^\n]*\n)*)"
    rf"Requirement: ({NUMBER})ns\nEndpoints: (\d+)\n(No bus skew paths found\.\n)?\n",
    re.MULTILINE,
)
PINS = ("Endpoint Source", "Endpoint Destination", "Reference Source", "Reference Destination")
TIMES = ("Requirement", "Endpoint Relative Delay", "Reference Relative Delay", "Actual Bus Skew")
SOMETIMES = ("Relative CRPR", "Uncertainty")
TOTALS = re.compile(
    rf" +data arrival +({NUMBER}) *\n +clock arrival +({NUMBER}) *\n"
    rf"{END} +relative delay +({NUMBER})"
)
LEGS = ("\nEndpoint path:\n", "\nReference path:\n")
ROUNDING = 3.5  # of the last digit: five numbers, each rounded


@dataclass(frozen=True, slots=True)
class Leg:
    """One of the two paths whose delays are compared. Times in ns as printed."""

    launch: tuple[Stage, ...]
    data: tuple[Stage, ...]
    capture: tuple[Stage, ...]
    data_arrival_ns: float
    clock_arrival_ns: float
    relative_delay_ns: float


@dataclass(frozen=True, slots=True)
class BusPath:
    """A bit of the bus against the one it is furthest from."""

    slack_ns: float
    met: bool
    endpoint_source: str
    endpoint_destination: str
    reference_source: str
    reference_destination: str
    source_clock: str
    destination_clock: str
    requirement_ns: float
    endpoint_delay_ns: float
    reference_delay_ns: float
    crpr_ns: float | None  # clock reconvergence pessimism
    uncertainty_ns: float | None
    actual_ns: float
    endpoint: Leg
    reference: Leg


@dataclass(frozen=True, slots=True)
class Constraint:
    """One set_bus_skew."""

    id: int
    command: str  # as written in Tcl, on one line; empty where the report breaks off before
    endpoints: int | None
    corner: str  # empty where it constrains nothing
    requirement_ns: float
    actual_ns: float | None  # None where it constrains nothing
    slack_ns: float | None
    paths: tuple[BusPath, ...]


@dataclass(frozen=True, slots=True)
class BusSkew:
    """A bus skew report. Times in ns as printed."""

    version: str
    part: str
    design: str
    met: bool | None  # None where nothing is constrained
    worst_slack_ns: float | None
    constraints: tuple[Constraint, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_bus_skew(text: str, *, origin: Path) -> BusSkew:
    """Read a bus skew report, layouts of Vivado 2018.3 to 2025.1 (UG906).

    ReportError where neither a summary nor 'No bus skew constraints' stands, a line is not as known
    or numbers disagree; a report that breaks off is incomplete.
    """
    header = parse_header(text, origin=origin)
    whole = text[: text.rfind("\n") + 1]
    try:
        if NOTHING in whole:
            return _nothing(header, torn=whole != text)
        constraints, incomplete = _constraints(whole)
    except Malformed as error:
        problem, at = error.args
        refuse(
            Path(f"{origin}:{text.count(chr(10), 0, at) + 1}"),
            problem,
            expected="the layout of report_bus_skew, Vivado 2018.3 to 2025.1",
            found=f"a report of Vivado {header.version}",
        )
    incomplete = incomplete or ("the last line has no end" if whole != text else "")
    slacks = [it.slack_ns for it in constraints if it.slack_ns is not None]
    worst = min(slacks) if slacks and not incomplete else None
    why = incomplete or "no constrained path"
    missing = dict.fromkeys(("met", "worst_slack_ns"), why) if worst is None else {}
    if len(slacks) < len(constraints):
        missing["constraints[].slack_ns"] = "no bus skew paths found"
    return BusSkew(
        header.version,
        header.part,
        header.design,
        None if worst is None else worst >= 0,
        worst,
        constraints,
        missing,
        f"line {text.count(chr(10)) + 1}: {incomplete}" if incomplete else "",
    )


def _nothing(header: Header, *, torn: bool) -> BusSkew:
    why = dict.fromkeys(("met", "worst_slack_ns"), NOTHING.strip())
    incomplete = "the last line has no end" if torn else ""
    return BusSkew(header.version, header.part, header.design, None, None, (), why, incomplete)


def _constraints(text: str) -> tuple[tuple[Constraint, ...], str]:
    """Every constraint, and where the report breaks off."""
    begin = text.find(SUMMARY)
    if begin < 0:
        raise Malformed("no 'Bus Skew Report Summary' and no 'No bus skew constraints'", len(text))
    end = text.find(DETAILS, begin)
    if end < 0:
        return tuple(_summary(text[begin:], begin).values()), "ends in the summary"
    summary = _summary(text[begin:end], begin)
    blocks = list(CONSTRAINT.finditer(text, end))
    stops = [*(block.start() for block in blocks[1:]), len(text)][: len(blocks)]
    found, broken = dict(summary), ""
    for block, stop in zip(blocks, stops, strict=True):
        paths, torn = _paths(text, block.end() - 1, stop) if block[5] is None else ((), False)
        if torn and stop < len(text):
            raise Malformed(f"constraint {block[1]} is not whole", block.start())
        if torn:
            broken = f"ends in constraint {block[1]}"
        found[int(block[1])] = _merged(block, summary.get(int(block[1])), paths)
    unread = text.count("\nId: ", end) - len(blocks)
    if unread > 1 or (unread and "\nId: " not in text[blocks[-1].end() if blocks else end :]):
        raise Malformed("a constraint is not as known", end)
    if not broken and (unread or len(found) > len(blocks)):
        broken = f"ends in or before constraint {len(blocks) + 1}"
    return tuple(found[number] for number in sorted(found)), broken


def _merged(block: re.Match[str], row: Constraint | None, paths: tuple[BusPath, ...]) -> Constraint:
    """What the summary and a constraint's own block say. Raises Malformed where they disagree."""
    requirement = float(block[3])
    slacks = [path.slack_ns for path in paths]
    if (row and (row.requirement_ns != requirement)) or (
        slacks and (row is None or min(slacks) != row.slack_ns)
    ):
        raise Malformed(f"constraint {block[1]} and its row of the summary disagree", block.start())
    return Constraint(
        id=int(block[1]),
        command=" ".join(block[2].replace("\\\n", " ").split()),
        endpoints=int(block[4]),
        corner=row.corner if row else "",
        requirement_ns=requirement,
        actual_ns=row.actual_ns if row else None,
        slack_ns=row.slack_ns if row else None,
        paths=paths,
    )


def _summary(text: str, at: int) -> dict[int, Constraint]:
    """The rows of the summary by their Id; none where the empty line below them is not there."""
    body = text[text.find("\n\n") :].lstrip("\n")
    if "\n\n" not in body:
        return {}
    found = {}
    for row in rows(body.partition("\n\n")[0].split("\n"), COLUMNS, at):
        try:
            number = int(row["Id"])
            requirement = decimal(row["Requirement(ns)"])
            actual, slack = (decimal_or_none(row[name]) for name in COLUMNS[6:])
        except ValueError:
            raise Malformed(f"a row of the summary holds no numbers: {row}"[:160], at) from None
        apart = 0 if actual is None or slack is None else requirement - actual - slack
        if abs(apart) > ROUNDING * last_digit(row["Requirement(ns)"]):
            raise Malformed(f"{requirement} - {actual} ns is not {slack} ns", at)
        found[number] = Constraint(number, "", None, row["Corner"], requirement, actual, slack, ())
    return found


def _paths(text: str, at: int, stop: int) -> tuple[tuple[BusPath, ...], bool]:
    """The paths of one constraint, and whether the last of them breaks off."""
    found: list[BusPath] = []
    at = text.find("\nSlack", at, stop)
    while at >= 0:
        after = text.find("\nSlack", at + 1, stop)
        block = text[at + 1 : after if after >= 0 else stop]
        if after < 0 and not (block.endswith("\n\n") and "\nReference path:\n" in block):
            return tuple(found), True
        found.append(_path(block, at + 1))
        at = after
    return tuple(found), not found


def _path(block: str, at: int) -> BusPath:
    heading, *legs = re.split("|".join(LEGS), block)
    if len(legs) != 2:
        raise Malformed("a bus skew is not between two paths", at)
    heading = heading.rstrip("\n")
    met, slack = read_slack(heading, at)
    facts, notes = read_heading(heading, at, (*PINS, *TIMES))
    times = read_times(facts, {*TIMES, *SOMETIMES}, at)
    if slack is None or met is None:
        raise Malformed("a bus skew without a slack", at)
    requirement, endpoint, reference, actual = (times[name] for name in TIMES)
    crpr, uncertainty = (times.get(name) for name in SOMETIMES)
    skew = endpoint - reference - (crpr or 0) + (uncertainty or 0)
    rounding = ROUNDING * last_digit(facts[TIMES[0]].partition("ns")[0])
    if max(abs(skew - actual), abs(requirement - actual - slack)) > rounding:
        raise Malformed(f"skew {skew:.3f} or {actual} ns, slack {slack} ns: they disagree", at)
    first, second = (_leg(leg, at) for leg in legs)
    if (first.relative_delay_ns, second.relative_delay_ns) != (endpoint, reference):
        raise Malformed("relative delays above and below the paths disagree", at)
    return BusPath(
        slack_ns=slack,
        met=met,
        endpoint_source=facts[PINS[0]],
        endpoint_destination=facts[PINS[1]],
        reference_source=facts[PINS[2]],
        reference_destination=facts[PINS[3]],
        source_clock=clock_of(notes.get(PINS[0], "")),
        destination_clock=clock_of(notes.get(PINS[1], "")),
        requirement_ns=requirement,
        endpoint_delay_ns=endpoint,
        reference_delay_ns=reference,
        crpr_ns=crpr,
        uncertainty_ns=uncertainty,
        actual_ns=actual,
        endpoint=first,
        reference=second,
    )


def _leg(text: str, at: int) -> Leg:
    table, _, rest = without_pblocks(text, text).partition("\n\n")
    stages, _, totals = rest.partition(END)
    match = TOTALS.match(totals)
    if match is None:
        raise Malformed("no data arrival, clock arrival and relative delay below a path", at)
    data, clock, relative = float(match[1]), float(match[2]), float(match[3])
    if abs(data - clock - relative) > ROUNDING * last_digit(match[3]):
        raise Malformed(f"{data} - {clock} ns is not {relative} ns", at)
    return Leg(*read_table(table, at), read_stages(stages, at), data, clock, relative)


KIND = Kind("bus_skew", "Vivado", lambda head: claims(head, COMMAND), parse_bus_skew)
