"""report_timing_summary of Vivado: worst slacks, clocks, and every path that is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado.header import Header, claims, parse_header
from bitwright.reports.read.vivado.paths import Malformed, Path
from bitwright.reports.read.vivado.timing_details import (
    Details,
    PulseWidth,
    read_details,
)
from bitwright.reports.read.vivado.timing_tables import (
    CLOCKS,
    COLUMNS,
    DETAILS,
    IGNORED,
    INTER,
    INTRA,
    OTHER,
    SUMMARY,
    TABLES,
    UNCONSTRAINED,
    ClockLine,
    Row,
    Slacks,
    clock_lines,
    failing,
    slack_rows,
)
from bitwright.reports.read.vivado.timing_whole import (
    MET,
    NOT_MET,
    agree,
    agree_below,
    breaks_off,
    filtered,
)

COMMAND = "report_timing_summary"
SECTION = re.compile(r"^-{20,}\n\| (\w[^\n]*?) *\n\| -+ *\n-{20,}\n", re.MULTILINE)
CHECK = re.compile(r"^\d+\. checking (\w+)(?: \((\d+)\))?\n-+\n", re.MULTILINE)
CHECKED = re.compile(r"^ There (?:is|are) (\d+) ", re.MULTILINE)
NEWLINE = "\n"
SETTING = re.compile(r"^  (\w[^:\n]*):  ([^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock; its slacks are those of the paths from it to itself."""

    name: str
    parent: str  # the clock it is generated from; empty for a primary one
    depth: int
    waveform_ns: tuple[float, ...]  # edges
    period_ns: float | None
    frequency_mhz: float | None
    wns_ns: float | None
    tns_ns: float | None
    setup_failing_endpoints: int | None
    setup_endpoints: int | None
    whs_ns: float | None
    ths_ns: float | None
    hold_failing_endpoints: int | None
    hold_endpoints: int | None
    wpws_ns: float | None
    tpws_ns: float | None
    pulse_width_failing_endpoints: int | None
    pulse_width_endpoints: int | None


@dataclass(frozen=True, slots=True)
class ClockPair:
    """A row of the tables of paths between clocks, and of the other path groups."""

    path_group: str  # **async_default**; empty between clocks
    from_clock: str  # empty where no clock launches
    to_clock: str
    slacks: Slacks

    def names(self) -> tuple[str, str, str]:
        return self.path_group, self.from_clock, self.to_clock


@dataclass(frozen=True, slots=True)
class TimingSummary:
    """A timing summary. Times in ns as printed; None where the tool left a number open."""

    version: str
    part: str
    design: str
    state: str  # Routed; empty where not printed
    command: str
    met: bool | None
    wns_ns: float | None
    tns_ns: float | None
    whs_ns: float | None
    ths_ns: float | None
    wpws_ns: float | None
    tpws_ns: float | None
    failing_endpoints: int | None  # setup, hold and pulse width together
    setup_failing_endpoints: int | None
    setup_endpoints: int | None
    hold_failing_endpoints: int | None
    hold_endpoints: int | None
    pulse_width_failing_endpoints: int | None
    pulse_width_endpoints: int | None
    clocks: tuple[Clock, ...]
    inter_clocks: tuple[ClockPair, ...]
    path_groups: tuple[ClockPair, ...]
    ignored: tuple[ClockPair, ...]  # by the user: false paths
    unconstrained: tuple[ClockPair, ...]
    checks: Mapping[str, int]  # check_timing: no_clock -> pins
    settings: Mapping[str, str]
    paths: tuple[Path, ...]
    pulse_widths: tuple[PulseWidth, ...]
    missing: Mapping[str, str]
    incomplete: str


@dataclass(frozen=True, slots=True)
class Section:
    """The text below one boxed title."""

    at: int  # offset of its first character
    text: str

    def table(self) -> tuple[list[str], int]:
        """Heading, dashes and rows, and their first character's offset."""
        blank = len(self.text) - len(self.text.lstrip("\n"))
        return self.text[blank:].split("\n\n", 1)[0].rstrip("\n").split("\n"), self.at + blank


def parse_timing_summary(text: str, *, origin: FilePath, paths: bool = True) -> TimingSummary:
    """Read report_timing_summary. `paths`: False leaves out what stands below 'Timing Details'.

    Layouts of Vivado 2013.4 to 2025.2 (UG906). A text that breaks off below the design's summary
    is read as far as it goes and `incomplete`; ReportError where that summary is not there, a
    section is missing between others, a line is not as known, or numbers contradict each other.
    """
    header = parse_header(text, origin=origin)
    whole = text[: text.rfind("\n") + 1]  # a line without an end cannot be trusted
    try:
        read = _read(whole, header, paths)
    except Malformed as error:
        problem, at = error.args
        refuse(
            FilePath(f"{origin}:{text.count(NEWLINE, 0, at) + 1}"),
            problem,
            expected="the layout of report_timing_summary, Vivado 2013.4 to 2025.2",
            found=f"a report of Vivado {header.version}",
        )
    if len(whole) != len(text) and not read.incomplete:
        read = replace(read, incomplete="the last line has no end")
    if read.incomplete:
        read = replace(read, incomplete=f"line {text.count(NEWLINE) + 1}: {read.incomplete}")
    return read


def _read(text: str, header: Header, paths: bool) -> TimingSummary:
    end = text.find(f"\n| {DETAILS}\n")
    head = text if end < 0 else text[: text.rfind("\n", 0, end) + 1]
    sections = _sections(head, whole=end >= 0)
    design, sentence = _design(sections)
    names = (INTRA, INTER, OTHER, IGNORED, UNCONSTRAINED)
    tables = {name: list(_rows(name, sections)) for name in names}
    details = Details()
    if paths and end >= 0:
        details = read_details(text, end, filtered=filtered(header))
    clocks = _clocks(sections.get(CLOCKS), tables[INTRA])
    incomplete = breaks_off(text, header, sections, tables, details if paths else None)
    met = {MET: True, NOT_MET: False}.get(sentence)
    if not incomplete:
        agree(design, met, tables, sections[SUMMARY].at)
        agree_below(tables, details, max(end, 0))
    return TimingSummary(
        version=header.version,
        part=header.part,
        design=header.design,
        state=header.state,
        command=header.command,
        met=met,
        failing_endpoints=failing(design),
        clocks=clocks,
        inter_clocks=tuple(_pair(row) for row in tables[INTER]),
        path_groups=tuple(_pair(row) for row in tables[OTHER]),
        ignored=tuple(_pair(row) for row in tables[IGNORED]),
        unconstrained=tuple(_pair(row) for row in tables[UNCONSTRAINED]),
        checks=_checks(head[: sections[SUMMARY].at]),
        settings={
            name.rstrip(): value.rstrip()
            for name, value in SETTING.findall(head[: sections[SUMMARY].at])
        },
        paths=tuple(details.paths),
        pulse_widths=tuple(details.pulse_widths),
        missing=_missing(design, met, sentence, tables[INTRA], details.paths),
        incomplete=incomplete,
        **_slacks(design),
    )


def _sections(head: str, *, whole: bool) -> dict[str, Section]:
    """The sections above the details. Raises Malformed if one is missing between others."""
    boxes = list(SECTION.finditer(head))
    ends = [*(box.start() for box in boxes[1:]), len(head)][: len(boxes)]
    found: dict[str, Section] = {}
    for box, end in zip(boxes, ends, strict=True):
        found[box[1]] = Section(box.end(), head[box.end() : end])
    here = [name in found for name in TABLES]
    if not here[0]:
        last = [box[1] for box in boxes][-1:] or ["the head"]
        raise Malformed(f"no '{SUMMARY}' table; the last section was '{last[0]}'", len(head))
    if not all(here[: max(i for i, it in enumerate(here) if it) + 1]) or (whole and not all(here)):
        raise Malformed(f"no '{TABLES[here.index(False)]}' between the others", len(head))
    return found


def _design(sections: Mapping[str, Section]) -> tuple[Row, str]:
    """The row of the design's summary, and the sentence below it."""
    section = sections[SUMMARY]
    lines, at = section.table()
    rows = list(slack_rows(SUMMARY, lines, at))
    columns = len(lines[1].split()) if len(lines) == 3 else 0
    if not rows or len(_printed(rows[0])) != columns:
        raise Malformed(f"'{SUMMARY}' holds no whole row of numbers", at)
    rest = section.text.strip().split("\n\n", 1)[1:]
    return rows[0], rest[0].strip() if rest else ""


def _rows(name: str, sections: Mapping[str, Section]) -> Iterator[Row]:
    if name in sections:
        lines, at = sections[name].table()
        if any(lines):
            yield from slack_rows(name, lines, at)


def _clocks(section: Section | None, intra: Sequence[Row]) -> tuple[Clock, ...]:
    """The clocks of the summary, each with its numbers of the intra clock table."""
    numbers = {row.names["Clock"]: row for row in intra}
    lines, at = section.table() if section else ([], 0)
    found, parents = [], [""]
    for line in clock_lines(lines, at) if any(lines) else ():
        del parents[line.depth + 1 :]
        row = numbers.pop(line.name, None)
        found.append(
            Clock(
                parent=parents[-1],
                **{name: getattr(line, name) for name in ClockLine.__slots__},
                **_slacks(row),
            )
        )
        parents.append(line.name)
    for name, row in numbers.items():  # no clock of its own: the clock of unclocked inputs
        found.append(Clock(name, "", 0, (), None, None, **_slacks(row)))
    return tuple(found)


def _slacks(row: Row | None) -> dict[str, Any]:
    return {field: row.numbers.get(field) if row else None for field in COLUMNS.values()}


def _pair(row: Row) -> ClockPair:
    return ClockPair(*row.pair(), Slacks(**_slacks(row)))


def _checks(text: str) -> dict[str, int]:
    """check_timing's counts; where the title has none, the sum of what is below it."""
    _, *parts = CHECK.split(text)
    return {
        name: int(count) if count else sum(map(int, CHECKED.findall(body)))
        for name, count, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


def _missing(
    design: Row, met: bool | None, sentence: str, intra: Sequence[Row], paths: Sequence[Path]
) -> dict[str, str]:
    """Why a number is None."""
    why = sentence if met is None and sentence else "no path of this kind"
    found = {field: f"{text}: {why}" for field, text in design.open.items()}
    found |= {field: "not reported" for field in COLUMNS.values() if field not in _printed(design)}
    if met is None:
        found["met"] = sentence or "no sentence that says so"
    if failing(design) is None:
        found["failing_endpoints"] = "NA: no path of any kind"
    for field in COLUMNS.values():
        if any(field not in row.numbers for row in intra):
            found[f"clocks[].{field}"] = "blank: the clock has no paths of this kind"
    if any(path.slack_ns is None for path in paths):
        found["paths[].slack_ns"] = "inf: the path is not constrained"
    return found


def _printed(row: Row) -> set[str]:
    return {*row.numbers, *row.open}


KIND = Kind("timing_summary", "Vivado", lambda head: claims(head, COMMAND), parse_timing_summary)
