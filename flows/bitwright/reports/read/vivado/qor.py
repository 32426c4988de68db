"""How good a design's results are: report_design_analysis, _qor_suggestions, _qor_assessment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.boxes import Box, whole_lines
from bitwright.reports.read.cells import decimal_or_none, integer_or_none
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import header
from bitwright.reports.read.vivado.sections import Sections, parse_sections

COMMANDS = ("report_design_analysis", "report_qor_suggestions", "report_qor_assessment")
PATHS = r"(Setup|Hold) Path Characteristics\b.*"
LEVELS = r"Logic Level Distribution.*"
CONGESTION = r"(.*?) (?:Level )?Congestion(?: Reporting)?"
SCORE = "QoR Assessment Score"
WORST = re.compile(r"Distribution is for top worst (\d+) paths")
TIMES = {  # row of the characteristics -> field
    "Requirement": "requirement_ns",
    "Path Delay": "path_delay_ns",
    "Logic Delay": "logic_delay_ns",
    "Net Delay": "net_delay_ns",
    "Clock Skew": "clock_skew_ns",
    "Slack": "slack_ns",
    "Clock Uncertainty": "clock_uncertainty_ns",
}
COUNTS = {"Logic Levels": "logic_levels", "Routes": "routes", "High Fanout": "high_fanout"}


@dataclass(frozen=True, slots=True)
class PathCharacteristics:
    """One of the worst paths. Times in ns as printed; None where the tool left one open."""

    name: str  # Path #1
    type: str  # setup, hold
    requirement_ns: float | None
    path_delay_ns: float | None
    logic_delay_ns: float | None
    net_delay_ns: float | None
    clock_skew_ns: float | None
    slack_ns: float | None
    clock_uncertainty_ns: float | None
    logic_levels: int | None
    routes: int | None
    high_fanout: int | None
    characteristics: Mapping[str, str]  # every row, as printed: Logical Path, Start Point Pin, ...


@dataclass(frozen=True, slots=True)
class LevelDistribution:
    """How many of the worst paths to a clock have how many levels of logic."""

    clock: str
    requirement_ns: float | None
    paths: Mapping[str, int]  # levels -> paths


@dataclass(frozen=True, slots=True)
class Congestion:
    """One window that is congested."""

    stage: str  # Placer Final, Router Initial
    direction: str
    type: str
    level: int | None
    window: str
    columns: Mapping[str, str]  # every cell, as printed: Combined LUTs, Cell Names, ...


@dataclass(frozen=True, slots=True)
class Table:
    """A table of any other section, its cells as printed."""

    section: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Qor:
    """A report on the quality of results."""

    version: str
    part: str
    design: str
    state: str
    report: str  # design_analysis, qor_suggestions, qor_assessment
    score: int | None  # of an assessment: 1 to 5, 5 is met with ease
    paths: tuple[PathCharacteristics, ...]
    logic_levels: tuple[LevelDistribution, ...]
    congestion: tuple[Congestion, ...]
    tables: tuple[Table, ...]
    notes: Mapping[str, tuple[str, ...]]  # section -> its footnotes
    missing: Mapping[str, str]
    incomplete: str


def parse_qor(text: str, *, origin: Path) -> Qor:
    """Read one of the COMMANDS' reports, layouts of Vivado 2018 to 2025.2 (UG906).

    Of report_qor_suggestions and report_qor_assessment the tables are given as they are, and the
    assessment's score. ReportError where a section is missing or a cell is not as known.
    """
    head = header.parse_header(text, origin=origin)
    report = parse_sections(text, origin=origin, empty=".*")
    lines = whole_lines(text)
    paths: list[PathCharacteristics] = []
    levels: list[LevelDistribution] = []
    congestion: list[Congestion] = []
    tables: list[Table] = []
    for section in report.sections:
        for box in section.boxes:
            if match := re.fullmatch(PATHS, section.title):
                paths += _paths(report, box, match[1].lower())
            elif re.fullmatch(LEVELS, section.title):
                levels += _levels(report, box)
            elif match := re.fullmatch(CONGESTION, section.title):
                congestion += _congestion(report, box, match[1])
            else:
                tables.append(Table(section.title, box.head or box.above[0], _body(box)))
    notes = dict(_notes(report, lines))
    _check_levels(report, levels, notes)
    torn = report.incomplete or ("" if text.endswith("\n\n") else f"line {len(lines) + 1}")
    score = _score(tables)
    return Qor(
        version=head.version,
        part=head.part,
        design=head.design,
        state=head.state,
        report=head.command.partition(" ")[0].removeprefix("report_"),
        score=score,
        paths=tuple(paths),
        logic_levels=tuple(levels),
        congestion=tuple(congestion),
        tables=tuple(tables),
        notes=notes,
        missing=_missing(paths, score),
        incomplete=torn,
    )


def _body(box: Box) -> tuple[tuple[str, ...], ...]:
    return box.rows if box.head else box.above[1:]


def _paths(report: Sections, box: Box, kind: str) -> Iterator[PathCharacteristics]:
    """A column each: one path, or what leads to it and away from it."""
    rows = [(row.cells[box.head[0]], row) for row in report.rows(box)]
    for name in box.head[1:]:
        found = {label: row.cells[name] for label, row in rows}
        line = rows[0][1].line if rows else box.line
        try:
            times = {field: decimal_or_none(found.get(row, "")) for row, field in TIMES.items()}
            counts = {field: integer_or_none(found.get(row, "")) for row, field in COUNTS.items()}
        except ValueError as error:
            report.refuse(line, f"a characteristic of '{name}'", "a number, or NA", error)
        yield PathCharacteristics(
            name=name,
            type=kind,
            **times,  # type: ignore[arg-type]  # counts are whole, times are not
            **counts,
            characteristics=found,
        )


def _levels(report: Sections, box: Box) -> Iterator[LevelDistribution]:
    for row in report.rows(box):
        clock, requirement, *levels = box.head
        try:
            yield LevelDistribution(
                row.cells[clock],
                decimal_or_none(row.cells[requirement].removesuffix("ns")),
                {level: integer_or_none(row.cells[level]) or 0 for level in levels},
            )
        except ValueError as error:
            report.refuse(row.line, "a number of the logic levels", "a count of paths", error)


def _congestion(report: Sections, box: Box, stage: str) -> Iterator[Congestion]:
    for row in report.rows(box) if box.rows else ():
        direction, kind, window = (row.cells.get(n, "") for n in ("Direction", "Type", "Window"))
        level = report.number(row, "Level")
        known = int(level) if level is not None else None
        yield Congestion(stage, direction, kind, known, window, row.cells)


def _notes(report: Sections, lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The footnotes below a section's tables."""
    starts = [section.line for section in report.sections]
    for section, stop in zip(report.sections, [*starts[1:], len(lines) + 1], strict=True):
        found = [line for line in lines[section.line : stop - 1] if re.match(r"\*+ ", line)]
        if found:
            yield section.title, tuple(line.lstrip("* ").rstrip() for line in found)


def _check_levels(
    report: Sections, levels: list[LevelDistribution], notes: Mapping[str, tuple[str, ...]]
) -> None:
    """Refuse a distribution of more paths than there are in it."""
    for section in report.sections:
        for note in notes.get(section.title, ()):
            total = sum(sum(row.paths.values()) for row in levels)
            if (match := WORST.match(note)) and total > int(match[1]):
                report.refuse(section.line, "too many paths", f"at most {match[1]}", total)


def _score(tables: list[Table]) -> int | None:
    """The score of an assessment: `QoR Assessment Score | 4 - Design will likely meet timing`."""
    for table in tables:
        for row in (table.head, *table.rows):
            if row[0] == SCORE and len(row) > 1:
                match = re.match(r"([1-5])\b", row[1])
                return int(match[1]) if match else None
    return None


def _missing(paths: list[PathCharacteristics], score: int | None) -> dict[str, str]:
    found = {} if score is not None else {"score": "only report_qor_assessment gives one"}
    for row, field in {**TIMES, **COUNTS}.items():
        open_paths = [path for path in paths if getattr(path, field) is None]
        if cells := {path.characteristics.get(row, "no such row") for path in open_paths}:
            found[f"paths[].{field}"] = ", ".join(sorted(cells))[:80]
    return found


def _claims(head: str) -> bool:
    return any(header.claims(head, command) for command in COMMANDS)


KIND = Kind("qor", "Vivado", _claims, parse_qor)
