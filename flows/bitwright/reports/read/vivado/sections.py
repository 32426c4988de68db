"""A Vivado report in numbered sections of tables: its table of contents says what must follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read import cells
from bitwright.reports.read.boxes import Box, boxes, whole_lines
from bitwright.reports.read.document import refuse
from bitwright.reports.read.vivado.header import Header, parse_header

CONTENTS = "Table of Contents"
CHANGED = "was the report changed after Vivado wrote it? write it again"
ENTRY = re.compile(r"(\d+(?:\.\d+)*)\.? +(\S.*)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, by the names of its columns."""

    cells: Mapping[str, str]
    indent: int  # blanks before its first cell
    line: int  # counted from 1


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered section."""

    number: str  # 1.1
    title: str  # Summary of Registers by Type
    line: int  # of its heading, counted from 1
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Sections:
    """A report: its head, and as many of its sections as are there."""

    header: Header
    sections: tuple[Section, ...]
    incomplete: str  # empty; else where it breaks off
    origin: Path

    def titled(self, pattern: str) -> Section | None:
        """The first section whose title matches."""
        return next((s for s in self.sections if re.fullmatch(pattern, s.title)), None)

    def rows(self, box: Box, *needed: str) -> Iterator[Row]:
        """A table's rows. ReportError where one of the columns `needed` is not there, or a row has
        not a cell for each column; of a table that breaks off in its heading there are none."""
        if box.head and not set(needed) <= set(box.head):
            self.refuse(box.line, "the columns are not as known", ", ".join(needed), box.head)
        for row, indent, line in zip(box.rows, box.indents, box.numbers, strict=True):
            if len(row) != len(box.head):
                self.refuse(line, "this row has not a cell for each column", len(box.head), row)
            yield Row(dict(zip(box.head, row, strict=True)), indent, line)

    def number(self, row: Row, column: str) -> int | float | None:
        """What stands in a column: an int, or a float if it has a point; None where the tool left
        it open or has no such column. ReportError where it is no number."""
        cell = row.cells.get(column, "")
        if cell.isascii() and cell.isdecimal():  # nearly all are: large reports are read faster
            return int(cell)
        try:
            if cells.is_open(cell):
                return None
            whole = "." not in cell.partition("(")[0]  # 21943(1.25%): the share may have a point
            return cells.integer(cell) if whole else cells.decimal(cell)
        except ValueError as error:
            self.refuse(row.line, f"'{column}' holds no number", "a number", error)

    def count(self, row: Row, column: str) -> int:
        """A whole number that must be there."""
        value = self.number(row, column)
        if isinstance(value, int):
            return value
        found = row.cells.get(column, f"only {', '.join(row.cells)}")
        self.refuse(row.line, f"'{column}' holds no count", "a count", found)

    def share(self, row: Row, column: str) -> float | None:
        """A percentage; None where the tool left it open, or gave a bound (<0.01)."""
        try:
            return cells.percent_or_none(row.cells.get(column, ""))
        except ValueError as error:
            self.refuse(row.line, f"'{column}' holds no share", "a percentage", error)

    def refuse(self, line: int, problem: str, expected: object, found: object) -> NoReturn:
        """Refuse the report for what stands at a line."""
        refuse(
            Path(f"{self.origin}:{line}"),
            problem,
            expected=str(expected),
            found=str(found)[:200],
            next=CHANGED,
        )


def claims(head: str, command: str, title: str) -> bool:
    """Whether this command of Vivado wrote the report with this head, or this is its title."""
    either = rf"^(\| Command +: {command}(?![\w])|{title}$)"
    return re.search(either, head, re.MULTILINE) is not None


def parse_sections(text: str, *, origin: Path, empty: str = "") -> Sections:
    """Read the head, the table of contents, and every section's tables.

    empty: the titles of sections that may hold no table
    ReportError where there is no table, one lacks its end while lines follow it, or sections are
    missing from the middle; what breaks off at its end is incomplete.
    """
    header = parse_header(text, origin=origin)
    lines = whole_lines(text)
    entries, after = _contents(lines, origin)
    starts = _starts(lines, entries, after, origin)
    ends = [*(start for start, _ in starts[1:]), len(lines)]
    sections = tuple(
        Section(*_numbered(title), start + 1, tuple(boxes(lines, start=start, stop=end)))
        for (start, title), end in zip(starts, ends, strict=True)
    )
    report = Sections(header, sections, _torn(sections, entries, lines), origin)
    _check(report, lines, empty)
    return report


def _contents(lines: Sequence[str], origin: Path) -> tuple[list[str], int]:
    """The entries of the table of contents, and the index of the line after it."""
    if CONTENTS in lines:
        start = lines.index(CONTENTS) + 2
        if "" in lines[start:]:
            end = lines.index("", start)
            return list(lines[start:end]), end
    refuse(
        Path(f"{origin}:{len(lines) or 1}"),
        "this report has no whole table of contents",
        expected=f"'{CONTENTS}', its entries, and sections after it",
        found=f"the end after {len(lines)} whole lines",
    )


def _starts(
    lines: Sequence[str], entries: Sequence[str], after: int, origin: Path
) -> list[tuple[int, str]]:
    """Index and text of every section's heading, which are the contents' entries in their order."""
    starts = list(_headings(lines, entries, after, origin))
    for at, (start, title) in enumerate(starts):
        entry = entries[at] if at < len(entries) else "no further section"
        if title != entry:
            refuse(
                Path(f"{origin}:{start + 1}"),
                "a section is missing, out of its place or not in the table of contents",
                expected=repr(entry),
                found=repr(title),
                next=CHANGED,
            )
    if not starts:
        refuse(
            Path(f"{origin}:{len(lines)}"),
            "this report has no section",
            expected=f"'{entries[0] if entries else '1. ...'}', underlined",
            found=f"the end after {len(lines)} whole lines",
        )
    return starts


def _headings(
    lines: Sequence[str], entries: Sequence[str], after: int, origin: Path
) -> Iterator[tuple[int, str]]:
    """Index and text of every underlined line; ReportError where a heading was damaged, for then
    its tables would be taken for those of the section before."""
    known = tuple(entries)
    for at in range(after, len(lines) - 1):
        line, below = lines[at], lines[at + 1]
        if below and not below.strip("-") and len(below) == len(line) and ENTRY.fullmatch(line):
            yield at, line
        elif (below and not below.strip("-")) or line.startswith(known):
            refuse(
                Path(f"{origin}:{at + 1}"),
                "this heading of a section is damaged",
                expected="a number, a title, and a line of dashes as long below it",
                found=repr(f"{line}\n{below}"),
                next=CHANGED,
            )


def _numbered(entry: str) -> tuple[str, str]:
    found = ENTRY.fullmatch(entry)
    return (found[1], found[2]) if found else ("", entry)


def _torn(sections: Sequence[Section], entries: Sequence[str], lines: Sequence[str]) -> str:
    """Where the report breaks off; empty if it does not."""
    if len(sections) < len(entries):
        return f"line {len(lines)}, before '{entries[len(sections)]}'"
    last = sections[-1]
    if not last.boxes or not last.boxes[-1].closed:
        return f"line {len(lines)}, in '{last.number}. {last.title}'"
    return ""


def _check(report: Sections, lines: Sequence[str], empty: str) -> None:
    """Refuse a report without any table, and a section or a table that was cut in the middle."""
    tables = [box for section in report.sections for box in section.boxes]
    if not any(box.head or len(box.above) > 1 for box in tables):
        report.refuse(len(lines) or 1, "this report has no table", "tables in its sections", "none")
    for box in tables:
        if not box.closed and box.end != len(lines):
            report.refuse(box.line, "this table has no end", "a rule '+---+' below it", "none")
    inside = {line for box in tables for line in range(box.line, box.end + 1)}
    for line in range(report.sections[0].line, len(lines) + 1):
        if lines[line - 1].startswith(("|", "+-")) and line not in inside:
            report.refuse(line, "this line is of no table", "a rule above it", lines[line - 1])
    for section in report.sections[: -1 if report.incomplete else None]:
        if not section.boxes and not re.fullmatch(empty, section.title):
            report.refuse(section.line, f"'{section.title}' has no table", "a table", "none")
