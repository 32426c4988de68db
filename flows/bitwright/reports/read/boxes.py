"""Tables drawn with `+---+` rules and `|` columns, as Vivado and Vitis HLS print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Box:
    """One table. A heading of several lines is joined column by column with a space; a cell that
    spans several columns stands before each of them: 'Latency (cycles) min'."""

    line: int  # of its first rule, counted from 1
    title: str  # the nearest line of text above it, empty if a rule or nothing stands there
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # cells stripped of blanks at both ends
    indents: tuple[int, ...]  # blanks before each row's first cell: the depth, where a tool indents
    closed: bool  # the bottom rule is there


def boxes(lines: Sequence[str], *, start: int = 0) -> Iterator[Box]:
    """Every table in these lines of a report, top to bottom, from line index `start`."""
    at = start
    while at < len(lines):
        if _rule(lines[at]) and at + 1 < len(lines) and lines[at + 1].lstrip().startswith("|"):
            box, at = _box(lines, at)
            yield box
        else:
            at += 1


def _box(lines: Sequence[str], top: int) -> tuple[Box, int]:
    """The table whose first rule is lines[top], and the index of the line after it."""
    sections: list[list[str]] = [[]]
    at, rules = top + 1, 1
    while at < len(lines):
        line = lines[at]
        if _rule(line):
            rules += 1
            sections.append([])
            after = lines[at + 1] if at + 1 < len(lines) else ""
            if rules > 2 and not after.lstrip().startswith("|"):
                at += 1
                break
        elif line.lstrip().startswith("|"):
            sections[-1].append(line)
        else:
            break
        at += 1
    body = [line for section in sections[1:] for line in section]
    rows = tuple(_cells(line) for line in body)
    indents = tuple(_indent(line) for line in body)
    return Box(top + 1, _title(lines, top), _heads(sections[0]), rows, indents, rules > 2), at


def _heads(lines: Sequence[str]) -> tuple[str, ...]:
    """The columns' names: those of the lowest line, below what spans them."""
    bars = [[at for at, mark in enumerate(line) if mark == "|"] for line in lines]
    heads = []
    for left, right in pairwise(bars[-1] if bars else []):
        cells = []
        for line, marks in zip(lines, bars, strict=True):
            begin = max((mark for mark in marks if mark <= left), default=left)
            end = min((mark for mark in marks if mark >= right), default=right)
            cells.append(line[begin + 1 : end].strip())
        heads.append(" ".join(filter(None, cells)))
    return tuple(heads)


def _rule(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("+-") and stripped.endswith("+") and not set(stripped) - set("+-")


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _indent(line: str) -> int:
    cell = line.lstrip()[1:]
    return len(cell) - len(cell.lstrip(" "))


def _title(lines: Sequence[str], top: int) -> str:
    for line in reversed(lines[max(0, top - 4) : top]):
        text = line.strip()
        if text and set(text) - set("-=+|"):
            return text
    return ""
