"""One path as report_timing, report_timing_summary and report_bus_skew print it, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NoReturn

RULE = f"  {'-' * 67}    {'-' * 19}"  # between the launch clock, the data and the capture clock
END = f"  {'-' * 67}\n"  # above the required time, and above the slack
RESOURCES = 200  # characters of a table within which its heading ends
PBLOCK = re.compile(r"^([^\n]{71}  )\S*[ ]*", re.MULTILINE)  # a cell's, before its pin's name
RULED = re.compile(r"^  -{67}    $", re.MULTILINE)  # what PBLOCK leaves of a RULE
NUMBER = r"-?\d+\.\d+"
ROW = re.compile(
    rf"""^[ ]{{4}}
    (?: (SLR[ ]Crossing\[\S+\]|\S++(?:[ ]\(CLOCK_ROOT\))?)[ ]* | [ ]{{21}} )     # location
    (?: (?: net[ ]\(fo=(-?\d+)(?:,[ ](\w+))?\)                                     # fanout, state
          | (?!net[ ])([A-Za-z]\w*)(?:[ ]\(([^()\n]+)\))?                         # cell, arc
          | (\([^\n]*?\)|[A-Za-z][A-Za-z -]*[a-z]) ) (\n)? )?                      # clock edge, ...
    (?: [ ]+({NUMBER})[ ]+({NUMBER})(?:[ ]([rf])(?![^ \n]))?(?:[ ]+(\S[^\n]*))?    # incr, path
      | [ ]{{9,}}([rf])[ ]+(\S[^\n]*) )?
    [ ]*$""",
    re.MULTILINE | re.VERBOSE,
)
HEADING = re.compile(r"^(?:  (?:  )?([A-Z][^:\n]*): *|  +(?=\())([^\n]*)$", re.MULTILINE)
SLACK = re.compile(rf"Slack(?: \((MET|VIOLATED)\))? ?: +(?:({NUMBER})ns|inf)(?:  \(.*\))?$")
DELAY = re.compile(rf"({NUMBER})ns  \(logic ({NUMBER})ns .*?route ({NUMBER})ns ")
LEVELS = re.compile(r"(\d+)(?: +\((.*)\))?$")
TYPE = re.compile(r"(?:(\w+) \()?(Max|Min) at (\w+) Process Corner\)?$")
TOTALS = re.compile(
    rf" +required time +({NUMBER}) *\n +arrival time +({NUMBER}) *\n{END} +slack +({NUMBER}) *$"
)
NANOSECONDS = re.compile(rf"({NUMBER})ns")
CLOCK = re.compile(
    r"(?:clocked by|against (?:rising|falling)-edge clock) (\S.*?)(?:  \{.*)?\)$"
    r"|\(clock source '(.*?)'"
)
REQUIRED = ("Source", "Destination", "Path Group", "Path Type", "Data Path Delay", "Logic Levels")
TIMES = {  # labels of times; of the others, those that hold a time go to Path.other_ns
    "Requirement",
    "Clock Path Skew",
    "Source Clock Delay (SCD)",
    "Destination Clock Delay (DCD)",
    "Clock Pessimism Removal (CPR)",
    "Clock Uncertainty",
}
ROUNDING = 2.5  # of the last digit: three numbers, each rounded


class Malformed(ValueError):
    """What is not as known, and where in the text: (problem, offset)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of a path: a cell's delay, a net's delay, or something that happens to a clock."""

    location: str  # SLICE_X1Y2, X2Y3 (CLOCK_ROOT), SLR Crossing[0->1]; empty where none stands
    element: str  # FDRE; net; clock pessimism; (clock sys rise edge); empty at a port
    arc: str  # Prop_fdre_C_Q, Setup_fdre_C_D; of a net: routed, estimated, unset
    fanout: int | None  # of a net; -1 where the tool does not know it
    incr_ns: float | None  # None where no delay stands: the pin that a net reaches
    path_ns: float | None  # so far
    edge: str  # r, f or empty
    resource: str  # pin, net or port by its name; `ap_clk (IN)` of a port


@dataclass(frozen=True, slots=True)
class Path:
    """One path. Slack and delays in ns as printed; None where the path's kind has no such number:
    an unconstrained path has no slack, one that is only data has no skew."""

    slack_ns: float | None
    met: bool | None
    source: str
    destination: str
    source_clock: str  # empty where none launches it
    destination_clock: str
    group: str
    type: str  # setup, hold, recovery, removal; max or min of an unconstrained path
    corner: str  # Slow, Fast
    requirement_ns: float | None
    data_path_delay_ns: float
    logic_ns: float
    route_ns: float
    levels: int
    level_cells: Mapping[str, int]  # CARRY4 -> 3
    skew_ns: float | None
    source_clock_delay_ns: float | None
    destination_clock_delay_ns: float | None
    pessimism_ns: float | None  # clock pessimism removal
    uncertainty_ns: float | None
    exception: str  # False Path, MaxDelay Path 20.000ns -datapath_only; empty
    arrival_ns: float | None
    required_ns: float | None
    launch: tuple[Stage, ...]  # clock to the source
    data: tuple[Stage, ...]  # source to destination
    capture: tuple[Stage, ...]  # clock to the destination, and what is required there
    other_ns: Mapping[str, float] = field(default_factory=dict)  # Input Delay, Total System Jitter


def read_stages(text: str, at: int) -> tuple[Stage, ...]:
    """The lines of one section; `at` is where it begins in the report. Raises Malformed."""
    rows = ROW.findall(text)
    stages, lines = [], len(rows)
    for (
        location,
        fanout,
        state,
        cell,
        arc,
        other,
        wrap,
        incr,
        path,
        edge,
        name,
        edge2,
        name2,
    ) in rows:
        if wrap:
            lines += 1
        element = cell or other or (fanout and "net")
        if incr:
            stage = Stage(
                location,
                element,
                arc or state,
                int(fanout) if fanout else None,
                float(incr),
                float(path),
                edge,
                name.rstrip(),
            )
        elif fanout or arc or other or (cell and not edge2):
            raise Malformed(f"no delay stands beside '{element} ({arc or state})'", at)
        else:
            stage = Stage(location, element, "", None, None, None, edge2, name2.rstrip())
        stages.append(stage)
    if lines != text.count("\n") + (not text.endswith("\n")):
        _unknown_line(text, at)
    return tuple(stages)


def _unknown_line(text: str, at: int) -> NoReturn:
    """Say which line no ROW takes in."""
    end = 0
    for match in ROW.finditer(text):
        if match.start() > end:
            break
        end = match.end() + 1
    line = text[end:].partition("\n")[0]
    raise Malformed(f"this is no line of a path: {line.strip()[:60]!r}", at + end)


@dataclass(frozen=True, slots=True)
class Block:
    """The three parts of a path's text and where each begins."""

    heading: str  # from 'Slack' to the empty line
    table: str  # launch clock and data
    capture: str  # capture clock and totals; may be empty where the path has no slack
    at: tuple[int, int, int]


def next_block(text: str, at: int) -> tuple[Block | None, int]:
    """The path whose 'Slack' stands at `at`, and where it ends; None if the text ends before."""
    middle = text.find("\n\n", at)
    end = text.find("\n\n", middle + 2)
    if middle < 0 or end < 0:
        return None, len(text)
    heading, table = text[at:middle], text[middle + 2 : end]
    if not text.startswith("    ", end + 2):  # an unconstrained path may have no capture clock
        return Block(heading, table, "", (at, middle + 2, end)), end
    last = text.find("\n\n", end + 2)
    if last < 0:
        return None, len(text)
    return Block(heading, table, text[end + 2 : last], (at, middle + 2, end + 2)), last


def without_pblocks(table: str, text: str) -> str:
    """Part of a path without the column that its table has where the design has Pblocks."""
    if "    PBlock " not in table[:RESOURCES]:
        return text
    return RULED.sub(RULE, PBLOCK.sub(r"\1", text))


def read_path(block: Block) -> Path:
    """One path. Raises Malformed where a line is not as known, or numbers contradict each other."""
    block = Block(
        block.heading,
        without_pblocks(block.table, block.table),
        without_pblocks(block.table, block.capture),
        block.at,
    )
    met, slack = read_slack(block.heading, block.at[0])
    facts, notes = read_heading(block.heading, block.at[0], REQUIRED)
    launch, data = read_table(block.table, block.at[1])
    capture, required, arrival = _capture(block, slack)
    arrives = next((stage.path_ns for stage in reversed(data) if stage.path_ns is not None), None)
    if arrival is not None and arrives is not None and abs(arrival) != abs(arrives):
        raise Malformed(f"the data arrives at {arrives} ns, and at {arrival} ns", block.at[2])
    delay = _match(DELAY, facts, "Data Path Delay", block)
    levels = _match(LEVELS, facts, "Logic Levels", block)
    kind = _match(TYPE, facts, "Path Type", block)
    numbers = read_times(facts, TIMES, block.at[0])
    return Path(
        slack_ns=slack,
        met=met,
        source=facts["Source"],
        destination=facts["Destination"],
        source_clock=clock_of(notes.get("Source", "")),
        destination_clock=clock_of(notes.get("Destination", "")),
        group=facts["Path Group"],
        type=(kind[1] or kind[2]).lower(),
        corner=kind[3],
        requirement_ns=numbers.pop("Requirement", None),
        data_path_delay_ns=float(delay[1]),
        logic_ns=float(delay[2]),
        route_ns=float(delay[3]),
        levels=int(levels[1]),
        level_cells=_cells(levels[2] or "", block),
        skew_ns=numbers.pop("Clock Path Skew", None),
        source_clock_delay_ns=numbers.pop("Source Clock Delay (SCD)", None),
        destination_clock_delay_ns=numbers.pop("Destination Clock Delay (DCD)", None),
        pessimism_ns=numbers.pop("Clock Pessimism Removal (CPR)", None),
        uncertainty_ns=numbers.pop("Clock Uncertainty", None),
        exception=facts.get("Timing Exception", ""),
        arrival_ns=arrival,
        required_ns=required,
        launch=launch,
        data=data,
        capture=capture,
        other_ns=numbers,
    )


def read_slack(heading: str, at: int) -> tuple[bool | None, float | None]:
    """Whether the first line says that the path meets its requirement, and by how much."""
    line = heading.partition("\n")[0]
    match = SLACK.match(line)
    if match is None:
        raise Malformed(f"this is no slack: {line[:60]!r}", at)
    if match[2] is None:
        return None, None
    slack, met = float(match[2]), match[1] == "MET"
    if slack and met != (slack > 0):
        raise Malformed(f"a slack of {slack} ns that is {match[1]}", at)
    return met, slack


def read_heading(
    heading: str, at: int, required: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Every labelled line below the first, and what stands in parentheses below a label."""
    rows = HEADING.findall(heading)
    if len(rows) != heading.count("\n"):
        raise Malformed("a line above the path's table is not as known", at)
    facts: dict[str, str] = {}
    notes: dict[str, str] = {}
    label = ""
    for name, value in rows:
        if name:
            label = " ".join(name.split()) if "  " in name else name
            facts[label] = value.rstrip()
        else:
            notes[label] = value.rstrip()
    if len(facts) + len(notes) != len(rows):
        raise Malformed("a label stands twice above the path's table", at)
    for name in required:
        if name not in facts:
            raise Malformed(f"no '{name}:' above the path's table", at)
    return facts, notes


def read_times(facts: Mapping[str, str], known: Set[str], at: int) -> dict[str, float]:
    """Every labelled time, in ns. Raises Malformed where one of the known labels holds none."""
    times = {name: NANOSECONDS.match(value) for name, value in facts.items()}
    for name in known & times.keys():
        if times[name] is None:
            raise Malformed(f"'{name}' is no time: {facts[name][:60]!r}", at)
    return {name: float(time[1]) for name, time in times.items() if time and name not in REQUIRED}


def read_table(text: str, at: int) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    """The launch clock's stages, and those of the data."""
    parts = text.split(RULE)
    if len(parts) not in (3, 4) or "Incr(ns)  Path(ns)" not in parts[0] or parts[-1]:
        raise Malformed("the path's table is not as known", at)
    at += len(parts[0]) + len(RULE) + 1
    launch = read_stages(parts[1][1:], at) if len(parts) == 4 else ()
    at += len(parts[1]) + len(RULE) if launch else 0
    return launch, read_stages(parts[-2][1:], at)


def _capture(
    block: Block, slack: float | None
) -> tuple[tuple[Stage, ...], float | None, float | None]:
    """The capture clock's stages, the required time and the arrival time."""
    if slack is None:
        return read_stages(block.capture, block.at[2]) if block.capture else (), None, None
    rows, _, totals = block.capture.partition(END)
    match = TOTALS.match(totals)
    if match is None:
        raise Malformed("no required time, arrival time and slack below the path", block.at[2])
    required, arrival, below = float(match[1]), float(match[2]), float(match[3])
    if below != slack or abs(required + arrival - below) > ROUNDING * last_digit(match[3]):
        raise Malformed(
            f"slack {slack} ns above the path, {required} {arrival:+} = {below} ns below it",
            block.at[2],
        )
    return read_stages(rows, block.at[2]), required, arrival


def last_digit(number: str) -> float:
    """What the last digit printed stands for: 0.001 of 1.234; -significant_digits sets it."""
    return float(10.0 ** -len(number.partition(".")[2]))


def _match(pattern: re.Pattern[str], facts: Mapping[str, str], name: str, block: Block) -> Any:
    match = pattern.match(facts[name])
    if match is None:
        raise Malformed(f"'{name}' is not as known: {facts[name][:60]!r}", block.at[0])
    return match


def _cells(text: str, block: Block) -> Mapping[str, int]:
    try:
        return {name: int(count) for name, count in (item.split("=") for item in text.split())}
    except ValueError:
        raise Malformed(f"'Logic Levels' is not as known: {text[:60]!r}", block.at[0]) from None


def clock_of(note: str) -> str:
    """The clock named below a source or a destination; empty where none is."""
    match = CLOCK.search(note)
    return match[1] or match[2] if match else ""
