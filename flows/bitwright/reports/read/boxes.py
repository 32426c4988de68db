"""Tables drawn with `+---+` rules and `|` columns, as Vivado and Vitis HLS print them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Box:
    """One table. A heading of several lines is joined column by column with a space; a cell that
    spans several columns stands before each of them: 'Latency (cycles) min'.

    A table between two rules only is one without rows, or one without a heading (label | value):
    which, its reader knows. Its lines are in `above`.
    """

    line: int  # of its first rule, counted from 1
    title: str  # the nearest line of text above it, empty if a rule or nothing stands there
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # cells stripped of blanks at both ends
    indents: tuple[int, ...]  # blanks before each row's first cell: the depth, where a tool indents
    closed: bool  # the bottom rule is there, and what follows it shows that it is the bottom
    above: tuple[tuple[str, ...], ...]  # cells of the lines between the first rules, one by one
    numbers: tuple[int, ...]  # the line of each row, counted from 1
    end: int  # the last line of it, counted from 1


def whole_lines(text: str) -> list[str]:
    """The lines of a report that have their end; one that breaks off cannot be trusted."""
    return text.split("\n")[:-1]


def boxes(lines: Sequence[str], *, start: int = 0, stop: int | None = None) -> Iterator[Box]:
    """Every table in these lines of a report, top to bottom, from line index `start` to `stop`."""
    at, end = start, len(lines) if stop is None else stop
    while at < end:
        if _rule(lines[at]) and at + 1 < end and lines[at + 1].lstrip().startswith("|"):
            box, at = _box(lines, at, end)
            yield box
        else:
            at += 1


def _box(lines: Sequence[str], top: int, end: int) -> tuple[Box, int]:
    """The table whose first rule is lines[top], and the index of the line after it."""
    rules, at = [top], top + 1
    while at < end:
        if _rule(lines[at]):
            rules.append(at)
            if len(rules) > 2 and not (at + 1 < end and lines[at + 1].lstrip().startswith("|")):
                at += 1
                break
        elif not lines[at].lstrip().startswith("|"):
            break
        at += 1
    split = _heading(lines, rules)
    body = [n for n in range(rules[split] + 1, at) if n not in rules] if split else []
    heading = [lines[n] for n in range(top + 1, rules[split] if split else at) if n not in rules]
    widths = [n for n, mark in enumerate(lines[rules[split]]) if mark == "+"]
    box = Box(
        top + 1,
        _title(lines, top),
        _heads(heading) if split else (),
        tuple(_cells(lines[n], widths) for n in body),
        tuple(_indent(lines[n]) for n in body),
        bool(split) and (len(rules) > split + 1 or (not body and at < len(lines))),
        tuple(_cells(line, widths) for line in heading),
        tuple(n + 1 for n in body),
        at,
    )
    return box, at


def _heading(lines: Sequence[str], rules: Sequence[int]) -> int:
    """Which rule ends the heading: the second, or a later one where columns divide below what
    spans them; 0 where it is not there."""
    at = 1
    while at < len(rules):
        corners, above = lines[rules[at]].count("+"), lines[rules[at - 1]].count("+")
        if corners <= above or lines[rules[at] - 1].count("|") != above:
            return at
        at += 1
    return 0


def _heads(lines: Sequence[str]) -> tuple[str, ...]:
    """The columns' names: those of the lowest line, below what spans them."""
    bars = [[at for at, mark in enumerate(line) if mark == "|"] for line in lines]
    heads = []
    for left, right in pairwise(bars[-1] if bars else []):
        cells = []
        for line, marks in zip(lines, bars, strict=True):
            before, after = bisect_right(marks, left), bisect_left(marks, right)
            begin = marks[before - 1] if before else left
            end = marks[after] if after < len(marks) else right
            cells.append(line[begin + 1 : end].strip())
        heads.append(" ".join(filter(None, cells)))
    return tuple(heads)


def _rule(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("+-") and stripped.endswith("+") and not stripped.strip("+-")


def _cells(line: str, bars: Sequence[int]) -> tuple[str, ...]:
    """The cells of a row; where a name holds a `|` of its own, the rule's corners tell."""
    text = line.strip()
    cells = text[1:].removesuffix("|").split("|")
    if len(cells) >= len(bars) and all(line[at : at + 1] == "|" for at in bars):
        cells = [line[left + 1 : right] for left, right in pairwise(bars)]
    return tuple([cell.strip() for cell in cells])


def _indent(line: str) -> int:
    cell = line.lstrip()[1:]
    return len(cell) - len(cell.lstrip(" "))


def _title(lines: Sequence[str], top: int) -> str:
    for line in reversed(lines[max(0, top - 4) : top]):
        text = line.strip()
        if text and set(text) - set("-=+|"):
            return text
    return ""
