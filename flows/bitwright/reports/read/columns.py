"""Tables of columns over a dashed rule, as report_cdc and v++'s estimates print them:

Severity  Source Clock  Endpoints
--------  ------------  ---------
Info      core_clk             12
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

RULE = re.compile(r"^-+(?:  +-+)+$")
DASHES = re.compile(r"-+")
FULL = re.compile(r"^-{60,}$")  # a rule across the page, no table


@dataclass(frozen=True, slots=True)
class Columns:
    """One table; a cell is what stands below its column's dashes, without blanks at the ends."""

    line: int  # of its heading, counted from 1
    title: str  # the line above its heading; empty if that is blank
    head: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    closed: bool  # something follows: a blank line, or a rule across the page


class Misaligned(Exception):
    """A row whose text stands between two columns: `line`, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def columns(lines: Sequence[str], *, start: int = 0) -> Iterator[Columns]:
    """Every table in these lines, top to bottom; Misaligned where a row does not fit its table."""
    at = start + 1
    while at < len(lines):
        if RULE.match(lines[at].rstrip()) and lines[at - 1].strip():
            yield (table := _table(lines, at))
            at += len(table.rows)
        at += 1


def _table(lines: Sequence[str], rule: int) -> Columns:
    spans = [(found.start(), found.end()) for found in DASHES.finditer(lines[rule])]
    spans[-1] = (spans[-1][0], -1)  # the last column is open to the right
    head = tuple(_cells(lines[rule - 1], spans, rule))
    rows = []
    at = rule + 1
    while at < len(lines) and lines[at].strip() and not FULL.match(lines[at].rstrip()):
        rows.append(dict(zip(head, _cells(lines[at], spans, at + 1), strict=True)))
        at += 1
    title = lines[rule - 2].strip() if rule > 1 else ""
    return Columns(rule, title, head, tuple(rows), at < len(lines))


def _cells(line: str, spans: Sequence[tuple[int, int]], number: int) -> Iterator[str]:
    before = 0
    for start, end in spans:
        if line[before:start].strip():
            raise Misaligned(number)
        yield line[start:].strip() if end < 0 else line[start:end].strip()
        before = end
