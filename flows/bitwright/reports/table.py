"""Tables for the screen: with rich on a terminal, as plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from bitwright.reports.judge import Verdict

LABELS = {"lut": "LUT", "ff": "FF", "bram_18k": "BRAM, 18 Kbit", "dsp": "DSP", "io": "pins"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line; what a column means depends on the section."""

    name: str
    cells: tuple[str, str, str]
    mark: str = ""  # good | bad | nothing


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    heads: tuple[str, str, str]
    rows: tuple[Row, ...]


def show_tables(
    tables: Iterable[Section], results: Iterable[Path], stream: IO[str] | None = None
) -> None:
    """Print tables and paths: with rich on a terminal, as plain lines elsewhere."""
    out = stream or sys.stdout
    if out.isatty():
        _show_rich(tables, results, out)
    else:
        out.write(plain(tables, results))


def plain(tables: Iterable[Section], results: Iterable[Path]) -> str:
    """The end table as text, columns aligned, no colour."""
    lines: list[str] = []
    for table in tables:
        rows = [(table.title, *table.heads), *((row.name, *row.cells) for row in table.rows)]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
            lines.append("  ".join(cells).rstrip())
        lines.append("")
    lines += [f"{path}" for path in results]
    return "\n".join(lines).rstrip() + "\n"


def _show_rich(tables: Iterable[Section], results: Iterable[Path], out: IO[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, highlight=False)
    colours = {"good": "green", "bad": "bold red", "": ""}
    for section in tables:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
        table.add_column(section.title, min_width=16)
        for head in section.heads:
            table.add_column(head, justify="right", min_width=11)
        for row in section.rows:
            cells = [Text(cell, style=colours[row.mark]) for cell in row.cells]
            table.add_row(Text(row.name, style="bold"), *cells)
        console.print(table)
    for path in results:
        console.print(Text(str(path), style="cyan"), soft_wrap=True)


def limits(verdict: Verdict) -> list[Section]:
    """The limits that the config wrote; none, and there is no such section."""
    rows = []
    for each in verdict.demanded:
        mark = "good" if each.ok else "" if each.waived else "bad"
        margin = "waived" if each.waived else each.room
        rows.append(Row(each.metric, (each.held_to, each.measured, margin), mark))
    return [Section("limit", ("held to", "measured", "margin"), tuple(rows))] if rows else []
