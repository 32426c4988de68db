"""The text reports of HLS: sections between `=====`, `+ part:` and `* item:` above boxed tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bitwright.reports.read.boxes import Box, boxes
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.estimates import VERSION

SECTION = re.compile(r"== (\S.*)")
HEADING = re.compile(r"( *)[+*] ([A-Za-z].*)")
FACT = re.compile(r"([A-Za-z][^:]*):\s+(\S.*)")
NOTHING: Mapping[str, str] = MappingProxyType({})
FLOW = re.compile(r"\((\w+) \w+ Flow Target\)")  # solution1 (Vivado IP Flow Target)


@dataclass(frozen=True, slots=True)
class Table:
    """One table and where it stands: ('Performance Estimates', 'Latency', 'Detail', 'Loop')."""

    path: tuple[str, ...]
    box: Box
    origin: Path

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else self.box.title

    def rows(self, *needed: str, renamed: Mapping[str, str] = NOTHING) -> list[dict[str, str]]:
        """Every row by the columns' headings; ReportError where a needed column is not there."""
        heads = [renamed.get(head, head) for head in self.box.head]
        lacks = [head for head in needed if head not in heads]
        if lacks:
            refuse(
                Path(f"{self.origin}:{self.box.line}"),
                f"the table '{self.name}' lacks a column",
                expected=f"'{lacks[0]}'",
                found=f"{', '.join(heads)[:200]}",
            )
        return [dict(zip(heads, row, strict=True)) for row in self.box.rows]


@dataclass(frozen=True, slots=True)
class Layout:
    """A report taken apart; `incomplete` says where it breaks off, if it does."""

    title: str  # Vivado HLS Report for 'mhsa'
    sections: tuple[str, ...]  # without the title
    facts: Mapping[str, str]  # 'Target device' -> 'xc7z020clg484-1'
    tables: tuple[Table, ...]
    notes: tuple[str, ...]  # `* something` without a value: Timing was met
    incomplete: str

    @property
    def version(self) -> str | None:
        found = VERSION.match(self.facts.get("Version", ""))
        return found[0] if found else None

    @property
    def part(self) -> str | None:
        return self.facts.get("Target device")

    @property
    def flow_target(self) -> str:
        """vivado or vitis, as csynth.xml has it; empty before 2020.2."""
        found = FLOW.search(self.facts.get("Solution", ""))
        return found[1].lower() if found else ""

    def table(self, *path: str) -> Table | None:
        """The first table whose path begins with these words, part by part."""
        return next(self.below(*path), None)

    def below(self, *path: str) -> Iterator[Table]:
        """Every such table."""
        for table in self.tables:
            if len(table.path) >= len(path) and all(
                part.startswith(word) for part, word in zip(table.path, path, strict=False)
            ):
                yield table


def parse_layout(text: str, *, origin: Path) -> Layout:
    """Take a report apart. ReportError where a row does not fit its table."""
    lines = text.split("\n")
    torn = _torn(lines)
    lines = lines[: len(lines) - 1]  # what stands after the last newline is nothing, or torn
    if not torn and text and not text.endswith("\n"):
        lines.append(text.rpartition("\n")[2])
    headings = list(_headings(lines))
    tables = tuple(_tables(lines, headings, origin))
    broken = next((table for table in tables if not table.box.closed), None)
    where = f"line {broken.box.line}: '{broken.name}' has no end" if broken else ""
    facts = [(each.path[-1], each.value) for each in headings if each.value]
    sections = [each.path[0] for each in headings if each.section]
    return Layout(
        sections[0] if sections else "",
        tuple(sections[1:]),
        dict(reversed(facts)),  # the first of a name counts
        tables,
        tuple(each.path[-1] for each in headings if not each.value and not each.section),
        torn or where,
    )


def _torn(lines: Sequence[str]) -> str:
    """Where the text ends within a line; a last line that is a whole rule is none."""
    last = lines[-1].strip()
    whole = not last or (last.startswith("+-") and last.endswith("-+") and not set(last) - {*"+-"})
    return "" if whole else f"line {len(lines)}: ends within the line"


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int  # counted from 0
    path: tuple[str, ...]
    value: str  # of a fact
    section: bool


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    section: tuple[str, ...] = ()
    above: list[tuple[int, str]] = []  # indent and text of the parts a line stands in
    for at, line in enumerate(lines):
        mark = line.lstrip(" ")[:2]
        if mark == "==" and (found := SECTION.fullmatch(line.rstrip())):
            section, above = (found[1],), []
            yield _Heading(at, section, "", True)
        elif mark in ("+ ", "* ") and (found := HEADING.fullmatch(line.rstrip())):
            indent, said = len(found[1]), found[2]
            above = [part for part in above if part[0] < indent]
            fact = FACT.fullmatch(said)
            name = (fact[1] if fact else said).removesuffix(":")
            path = (*section, *(part for _, part in above), name)
            if not fact:
                above.append((indent, name))
            yield _Heading(at, path, fact[2] if fact else "", False)


def _tables(lines: Sequence[str], headings: Sequence[_Heading], origin: Path) -> Iterator[Table]:
    at = 0
    path: tuple[str, ...] = ()
    for box in boxes(lines):
        while at < len(headings) and headings[at].line < box.line:
            heading = headings[at]
            path = heading.path[:-1] if heading.value else heading.path
            at += 1
        width = len(box.head)
        wrong = next((row for row in box.rows if len(row) != width), None)
        if wrong is not None:
            refuse(
                Path(f"{origin}:{box.line}"),
                f"a row does not fit the table '{(path or (box.title,))[-1]}'",
                expected=f"{width} cells, as in its heading",
                found=f"{len(wrong)} cells, the first {wrong[0][:40]!r}",
            )
        yield Table(path, box, origin)
