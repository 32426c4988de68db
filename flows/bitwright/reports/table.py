"""What stands on the screen when a build has ended: clocks, area, times, where the files are."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bitwright.record import Times
from bitwright.reports.read.document import read_json, refuse

if TYPE_CHECKING:
    from bitwright.engine import Step
    from bitwright.reports.judge import Verdict

METRICS = Path("report/metrics.json")
VERDICT = Path("report/verdict.json")
SHOWN = ("report/index.html", "report/metrics.json", "manifest.json")
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


def sections(build: Path, steps: Sequence[Step]) -> tuple[Section, ...]:
    """The end table of the build in build/<config>/<target>, from its metrics and its steps' times.

    A build without a report (a simulation) has times only. Raises ReportError if the metrics are
    there and damaged.
    """
    found: list[Section] = []
    path = build / METRICS
    if path.exists():
        found += _measured(path)
    if (build / VERDICT).exists():
        found += _limits_of(build / VERDICT)
    rows = tuple(_times(steps))
    if rows:
        found.append(Section("step", ("time", "memory", ""), rows))
    return tuple(found)


def files(build: Path, steps: Sequence[Step]) -> tuple[Path, ...]:
    """Where the results are: the last step's outputs that are there, page, metrics, manifest."""
    results = [path for step in steps if step.name == "bitstream" for path in step.writes]
    paths = [*results, *(build / name for name in SHOWN)]
    return tuple(path for path in paths if path.exists())


def show(build: Path, steps: Sequence[Step], stream: IO[str] | None = None) -> None:
    """Print the end table of a build."""
    show_tables(sections(build, steps), files(build, steps), stream)


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


def _measured(path: Path) -> list[Section]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        refuse(path, "the metrics cannot be read", expected="metrics.json", found=str(error))
    document = read_json(text, origin=path)
    clocks = []
    for clock in document["timing"]["clocks"].items():
        asked, achieved = clock["constraint_mhz"].number(0), clock["achieved_mhz"].number(0)
        cells = (f"{asked:.2f} MHz", f"{achieved:.2f} MHz", f"{clock['wns_ns'].number():+.3f} ns")
        clocks.append(Row(clock["name"].text(), cells, "good" if achieved >= asked else "bad"))
    area = []
    for name, label in LABELS.items():
        item = document["utilization"][name]
        used, available = item["used"].count(), item["available"].count()
        share = f"{100 * used / available:.1f} %" if available else "-"
        area.append(Row(label, (f"{used:,}", f"{available:,}", share)))
    return [
        Section("clock", ("asked", "achieved", "slack"), tuple(clocks)),
        Section("area", ("used", "available", "share"), tuple(area)),
    ]


def _limits_of(path: Path) -> Iterable[Section]:
    from bitwright.reports.judge import read

    return limits(read(path))


def limits(verdict: Verdict) -> list[Section]:
    """The limits that the config wrote; none, and there is no such section."""
    rows = []
    for each in verdict.demanded:
        mark = "good" if each.ok else "" if each.waived else "bad"
        margin = "waived" if each.waived else each.room
        rows.append(Row(each.metric, (each.held_to, each.measured, margin), mark))
    return [Section("limit", ("held to", "measured", "margin"), tuple(rows))] if rows else []


def _times(steps: Sequence[Step]) -> Iterable[Row]:
    for step in steps:
        times = Times.read(step.dir)
        if times is not None:
            note = "from the cache" if times.cached else ""
            yield Row(step.name, (f"{times.wall_s:.1f} s", f"{times.peak_rss_mib:.0f} MiB", note))
