"""Tables of columns over a dashed rule whose long cells push what follows to the next line.

Id  From                To    Slack(ns)
--  ------------------  ----  ---------
1   u_a/much_longer_than_its_column
                        u_b       8.872
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bitwright.reports.read.vivado.paths import Malformed


def heads(lines: Sequence[str]) -> list[str]:
    """The columns' names: what stands above each column's dashes, line by line."""
    rule = _rule(lines)
    return [" ".join(_above(lines[:rule], begin, end)) for begin, end in _spans(lines[rule])]


def rows(lines: Sequence[str], columns: Sequence[str], at: int) -> Iterator[dict[str, str]]:
    """The rows of the table whose dashes are the first line of only dashes; a row begins where
    something stands in the first column. Raises Malformed (problem, at) for other columns."""
    rule = _rule(lines)
    spans = _spans(lines[rule])
    if not rule or heads(lines) != list(columns):
        raise Malformed(f"the columns are {heads(lines)}, not {list(columns)}"[:300], at)
    row: list[list[str]] = []
    for line in lines[rule + 1 :]:
        if not line.startswith(" "):
            if row:
                yield _joined(columns, row)
            row = [[]]
        if not row:
            raise Malformed(f"this is no row: {line.strip()[:60]!r}", at)
        _take(line.rstrip(), spans, row)
    if row:
        yield _joined(columns, row)


def _rule(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(lines) if line and not set(line) - set("- ")), 0)


def _spans(line: str) -> list[tuple[int, int]]:
    return [(dashes.start(), dashes.end()) for dashes in re.finditer("-+", line)]


def _above(lines: Sequence[str], begin: int, end: int) -> Iterator[str]:
    """What stands above a column's dashes, line by line."""
    for line in lines:
        if text := line[begin:end].strip():
            yield text


def _take(line: str, spans: Sequence[tuple[int, int]], row: list[list[str]]) -> None:
    """Add what a line holds: to the cells that begin in it, or to the one that goes on."""
    begin = len(line) - len(line.lstrip(" "))
    first = next((n for n, (_, end) in enumerate(spans) if begin < end), len(spans) - 1)
    if first < len(row) - 1 or (first == len(row) - 1 and row[first]):
        row[-1].append(line.strip())  # a cell of several lines goes on, wherever it stands
        return
    for number in range(first, len(spans)):
        start, end = spans[number]
        row.extend([] for _ in range(number + 1 - len(row)))
        if line[end : end + 1].strip():  # longer than its column: the rest of the line is its own
            row[number].append(line[start:].strip())
            return
        if cell := line[start:end].strip():
            row[number].append(cell)


def _joined(columns: Sequence[str], row: Sequence[Sequence[str]]) -> dict[str, str]:
    cells = [" ".join(cell) for cell in row] + [""] * (len(columns) - len(row))
    return dict(zip(columns, cells, strict=True))
