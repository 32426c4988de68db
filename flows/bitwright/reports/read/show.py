"""A reading as people like it: its single numbers side by side, every list as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bitwright.reports.read.archive import Unread
from bitwright.reports.read.recognise import Report

ROWS = 15  # of a list that are shown
LONG = 14  # characters; a text that is longer may be cut short for want of room
WIDE = 20  # characters; a single value that is longer has a line of its own
GAP = 3  # characters between columns
INDENT = 2
ABOUT = ("missing", "incomplete")  # shown last, in words
WORDS = {True: "yes", False: "no", None: "—"}
RANK = (
    "FATAL ERROR",
    "FATAL",
    "ERROR",
    "CRITICAL WARNING",
    "WARNING",
    "ADVISORY",
    "INFO",
    "STATUS",
)  # worst first
STYLES = {"ERROR": "bold red", "CRITICAL WARNING": "magenta", "WARNING": "yellow"}


def show(result: Report | Unread, console: Console | None = None) -> None:
    """Print what was read, or why it was not."""
    console = console or Console(highlight=False)
    body = result.to_json() | {"path": _printable(str(result.path))}
    whole = _unread(body) if isinstance(result, Unread) else _report(body, console.width)
    console.print(whole)
    console.print()


def _unread(body: Mapping[str, Any]) -> RenderableType:
    error = body["error"]
    place = body["path"] + (f":{error['line']}" if error["line"] else "")
    told = [(name, _printable(error[name])) for name in ("expected", "found", "next")]
    rows = [row for row in told if row[1]]
    return Group(
        Text(place, "bold"), Text(_printable(error["problem"]), "red"), _inset(_pairs(rows))
    )


def _report(body: Mapping[str, Any], width: int) -> RenderableType:
    values = {name: value for name, value in body["values"].items() if name not in ABOUT}
    about = _printable(" ".join(filter(None, (body["tool"], body["version"], body["part"]))))
    single = [(name, _word(value)) for name, value in _singles(values)]
    long = [pair for pair in single if len(pair[1]) > WIDE]
    parts: list[RenderableType] = [
        Text.assemble((body["kind"], "bold cyan"), "  ", about),
        Text(body["path"], "dim"),
        _inset(_side_by_side([pair for pair in single if pair not in long], width - INDENT)),
        *([_inset(_pairs(long))] if long else []),
    ]
    for name, rows in _lists(values):
        parts += [Text(), _inset(_table(name, rows, width - INDENT))]
    said = body["values"].get("missing", {}).items()
    notes = [("incomplete", body["values"]["incomplete"])] if "incomplete" in body["values"] else []
    notes += [(f"no {name}", why) for name, why in said]
    notes = [(_printable(name), _printable(why)) for name, why in notes]
    parts += [Text(), _inset(_pairs(notes, "yellow"))] if notes else []
    return Group(*parts)


def _inset(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, INDENT))


def _singles(values: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, Any]]:
    """Whatever is no list, by its dotted name."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _singles(value, f"{way}{name}.")
        elif not isinstance(value, list):
            yield _printable(f"{way}{name}"), value


def _lists(values: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, list[Any]]]:
    """The lists that are not empty, by their dotted names."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _lists(value, f"{way}{name}.")
        elif isinstance(value, list) and value:
            yield _printable(f"{way}{name}"), value


def _pairs(rows: Sequence[tuple[str, str]], style: str = "dim") -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=style, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, Text(value))
    return grid


def _side_by_side(rows: Sequence[tuple[str, str]], width: int) -> Table:
    """Names and values, in as many columns as there is room for, read downwards."""
    needs = sum(max((len(row[at]) for row in rows), default=1) + GAP for at in (0, 1))
    columns = max(1, min(3, width // needs))
    lines = -(-len(rows) // columns)
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for _ in range(columns):
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
    for at in range(lines):
        grid.add_row(*(Text(cell) for pair in rows[at::lines] for cell in pair))
    return grid


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a list, in words."""

    name: str
    cells: tuple[str, ...]
    number: bool

    @property
    def needs(self) -> int:
        """Characters without which it cannot be read: a number is never cut, a text may be."""
        widest = max(map(len, self.cells))
        return max(len(self.name), widest if self.number else min(widest, LONG))


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[_Column]:
    """The columns in which anything stands; of a list within a row, how many elements it has."""
    flat = [{**dict(_singles(row)), **{n: len(v) for n, v in _lists(row)}} for row in rows]
    names = dict.fromkeys(key for row in flat for key in row)
    columns = ((name, [row.get(name) for row in flat]) for name in names)
    return [
        _column(n, cells) for n, cells in columns if any(c not in (None, "", False) for c in cells)
    ]


def _column(name: str, cells: Sequence[Any]) -> _Column:
    """One column, all of its numbers with as many digits behind the point."""
    number = all(isinstance(cell, int | float | None) for cell in cells)
    floats = [_word(cell) for cell in cells if isinstance(cell, float)]
    if not number or not floats or any("e" in word for word in floats):
        return _Column(name, tuple(map(_word, cells)), number)
    digits = max(len(word.partition(".")[2]) for word in floats)
    return _Column(
        name, tuple(f"{c:,.{digits}f}" if isinstance(c, float) else _word(c) for c in cells), True
    )


def _table(name: str, rows: Sequence[Any], width: int) -> RenderableType:
    """The first rows of a list, messages by severity; columns that find no room are named."""
    dicts = [row if isinstance(row, Mapping) else {"": row} for row in rows]
    dicts = sorted(dicts, key=_rank)[:ROWS]
    columns, left_out = _columns(dicts), []
    while len(columns) > 1 and sum(column.needs + GAP for column in columns) > width:
        left_out.append(columns.pop().name)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, GAP - 2, 0, 0))
    for column in columns:
        table.add_column(
            column.name, justify="right" if column.number else "left", no_wrap=column.number
        )
    for row, cells in zip(
        dicts, zip(*(column.cells for column in columns), strict=True), strict=True
    ):
        style = STYLES.get(_severity(row), "")
        table.add_row(*(Text(c, no_wrap=True, overflow="ellipsis") for c in cells), style=style)
    notes = [f"{len(rows) - ROWS} more rows"] if len(rows) > ROWS else []
    notes += [f"no room for {', '.join(reversed(left_out))}"] if left_out else []
    return Group(
        Text.assemble((name, "bold"), f"  {len(rows)}"),
        table,
        *([Text("; ".join(notes), "dim")] if notes else []),
    )


def _severity(row: Mapping[str, Any]) -> str:
    return str(row.get("severity", "")).upper()


def _rank(row: Mapping[str, Any]) -> int:
    severity = _severity(row)
    return RANK.index(severity) if severity in RANK else len(RANK)


def _word(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.10g}" if isinstance(value, float) else _printable(str(value))


def _printable(text: str) -> str:
    """In one line, and nothing in it that a terminal would obey, or could not write."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)
