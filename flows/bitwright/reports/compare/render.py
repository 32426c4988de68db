"""A Diff as text: for a terminal, for a pull request or a job summary, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import IO, Any, Literal

from bitwright.reports.compare.diff import Diff, Row
from bitwright.reports.compare.snapshot import Snapshot, TimingPath
from bitwright.reports.compare.structure import Grown, Moved
from bitwright.reports.measures import MEASURES, measure_of
from bitwright.reports.paths import short

SCHEMA = 1
MOST_ROWS = 40  # shown to people; the JSON has all. A comment holds 65,536 characters
MOST_PATHS = 6
MOST_INSTANCES = 10
COLOURS = {"regression": "bold red", "gone": "bold red", "gain": "green", "noise": "dim"}
MARKS = {
    "regression": "🔴",
    "gone": "🔴",
    "gain": "🟢",
    "changed": "⚪",
    "new": "⚪",
    "noise": "➖",
}
PLURAL = {"regression": "regressions", "gain": "gains"}
BAND = "noise band"
HEADS = ("metric", "before", "after", "change", BAND, "verdict")
GAP = 2  # characters between the columns of a table
NAME = 24  # characters that the name of a measure is given at least


def headline(diff: Diff) -> str:
    """The outcome in a sentence."""
    counts = [f"{n} {PLURAL.get(word, word) if n > 1 else word}" for word, n in _counts(diff)]
    state = "worse" if diff.worse else "not worse" if diff.comparable else "not judged"
    if diff.fell:
        broken = ", ".join(diff.after.broken) or "clock missed"
        counts.insert(0, f"limits broken ({broken})" if diff.after.kind == "build" else broken)
    if not diff.rows and not diff.fell:
        return f"no measure differs ({diff.same} are the same)"
    return f"{state}: {', '.join(counts)}; {diff.same} the same"


def _counts(diff: Diff) -> Iterable[tuple[str, int]]:
    verdicts = [row.verdict for row in diff.rows]
    for word in dict.fromkeys(verdicts):
        yield word, verdicts.count(word)


def sides(diff: Diff) -> tuple[str, str]:
    """Where each side came from."""
    return _side(diff.before), _side(diff.after)


def _side(snapshot: Snapshot) -> str:
    known = [f"commit {snapshot.commit[:10]}" if snapshot.commit else ""]
    known += [f"seed {snapshot.seed}" if snapshot.seed is not None else ""]
    known += ["verdict: failed" if snapshot.ok is False else ""]
    said = ", ".join(filter(None, known))
    return f"{snapshot.label} ({said})" if said else snapshot.label


def notes(diff: Diff) -> tuple[str, ...]:
    """What to know before believing the rows; with noise bands, the test and its rate."""
    band = diff.band
    if band is None or diff.alpha is None:
        return diff.notes
    seeds = f"{band.n} seeds of the baseline and Student's t"
    test = f"where one more build lies, by {seeds}"
    if band.between:
        test = f"how far two builds lie apart, by {seeds} of a difference (sd times sqrt(2))"
    rate = f"of unchanged builds {diff.alpha:.0%} show any gain or regression by chance"
    return (*diff.notes, f"noise band: {test}; {rate}")


def _banded(diff: Diff) -> bool:
    return any(row.band for row in diff.rows)


def cells(row: Row) -> tuple[str, ...]:
    """A row as text, in the columns of HEADS."""
    percent = f" ({row.change_percent:+.1f} %)" if row.change_percent is not None else ""
    change = f"{_number(row.metric, row.change, '+')}{percent}"
    if row.change is None:
        change = "gone" if row.after is None else "new"
    band = ""
    if row.band:
        low, high = (_number(row.metric, value) for value in (row.band.low, row.band.high))
        band = "exact" if row.band.exact else f"{low} to {high}"
    before, after = (
        _number(row.metric, value, unit=True) if value is not None else "-"
        for value in (row.before, row.after)
    )
    return row.metric, before, after, change, band, row.verdict


def _number(metric: str, value: float | None, sign: str = "", *, unit: bool = False) -> str:
    measure = measure_of(metric)
    if value is None:
        return ""
    if measure is None:
        return f"{value:{sign},.0f}" if float(value).is_integer() else f"{value:{sign},.6g}"
    digits = measure.digits or (0 if float(value).is_integer() else 1)
    return f"{value:{sign},.{digits}f} {measure.unit if unit else ''}".rstrip()


# --- for programs -------------------------------------------------------------------------------


def render_json(diff: Diff) -> str:
    """Everything, as one JSON document."""
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "worse": diff.worse,
        "comparable": diff.comparable,
        "headline": headline(diff),
        "notes": list(notes(diff)),
        "alpha": diff.alpha,
        "before": _json_side(diff.before),
        "after": _json_side(diff.after),
        "same": diff.same,
        "rows": [asdict(row) for row in diff.rows],
        "paths": [{**asdict(moved), "change_ns": moved.change_ns} for moved in diff.paths],
        "hierarchy": [asdict(grown) for grown in diff.hierarchy],
    }
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def _json_side(side: Snapshot) -> dict[str, Any]:
    names = ("label", "kind", "config", "target", "part", "clock_mhz", "seed", "usercode")
    more = ("commit", "ok", "broken")
    return {name: getattr(side, name) for name in (*names, *more)}


# --- for a pull request -------------------------------------------------------------------------


def render_markdown(diff: Diff, *, title: str = "") -> str:
    """For a comment or a job summary: what matters first, the rest folded away."""
    title = title or " on ".join(filter(None, (diff.after.config, diff.after.target)))
    title = title or (diff.after.kind if diff.after.kind == diff.before.kind else "Diff")
    mark = "🔴" if diff.worse else "🟢" if diff.comparable else "⚪"
    lines = [f"### {mark} {_md(title)}: {_md(headline(diff))}", ""]
    before, after = sides(diff)
    lines += [f"Before: {_md(before)}  ", f"After: {_md(after)}", ""]
    lines += [f"> {_md(note)}" for note in notes(diff)] + [""]
    loud = [row for row in diff.rows if row.verdict != "noise"]
    quiet = [row for row in diff.rows if row.verdict == "noise"]
    if loud:
        lines += [*_md_rows(loud), ""]
    if quiet:
        lines += _folded(f"{len(quiet)} within noise", _md_rows(quiet))
    if diff.hierarchy:
        lines += _folded("Where the area changed", _md_table(*_instances(diff.hierarchy)))
    if diff.paths:
        lines += _folded("Worst paths", _md_table(*_paths(diff.paths)))
    return "\n".join(lines).rstrip() + "\n"


def _md_rows(rows: Sequence[Row]) -> list[str]:
    table = []
    for row in rows[:MOST_ROWS]:
        *numbers, verdict = cells(row)
        said = f"{MARKS[verdict]} {verdict}" + (f": {row.note}" if row.note else "")
        table.append((*numbers, said))
    more = _more(rows)
    return [*_md_table(HEADS, table), *(["", more] if more else [])]


def _more(rows: Sequence[Row]) -> str:
    """What to say of the rows that people are not shown."""
    left = len(rows) - MOST_ROWS
    return f"and {left:,} more, which matter less; the JSON has all" if left > 0 else ""


def _md_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(heads) - 2), "---"]
    table = [heads, rule, *[[_md(cell) for cell in row] for row in rows]]
    return [f"| {' | '.join(row)} |" for row in table]


def _folded(summary: str, lines: Sequence[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def _md(text: str) -> str:
    """Text that Markdown and the HTML in it leave as it is."""
    for mark in "\\`*_[]<>|#~$":
        text = text.replace(mark, f"&#{ord(mark)};" if mark in "<>|" else f"\\{mark}")
    return " ".join(text.split())


# --- for a terminal -----------------------------------------------------------------------------


def render_rich(diff: Diff, stream: IO[str], *, width: int | None = None) -> None:
    """Tables for people: in colour on a terminal, plain elsewhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, width=width or (None if _tty(stream) else 120))
    for label, side in zip(("before", "after"), sides(diff), strict=True):
        console.print(Text(f"{label:<8}{side}"), soft_wrap=True)
    for note in notes(diff):
        console.print(Text(f"note    {note}", style="yellow"), soft_wrap=True)
    if diff.rows:
        shown = diff.rows[:MOST_ROWS]
        heads, body = _fitting(HEADS, [cells(row) for row in shown], console.width)
        _print_table(console, heads, body, [COLOURS.get(row.verdict, "") for row in shown])
        if BAND not in heads and _banded(diff):
            console.print(Text(f"no room for the {BAND}; format=json has it", style="dim"))
    if more := _more(diff.rows):
        console.print(Text(more))
    for title, (heads, rows) in (
        ("where the area changed", _instances(diff.hierarchy)),
        (
            "worst paths: what lost most slack first, then new ones, then the rest",
            _paths(diff.paths),
        ),
    ):
        if rows:
            console.print(Text(f"\n{title}", style="bold"))
            _print_table(console, heads, rows, [""] * len(rows))
    style = "bold red" if diff.worse else "bold green" if diff.comparable else "bold"
    console.print(Text(headline(diff), style=style), soft_wrap=True)


def _tty(stream: IO[str]) -> bool:
    return stream.isatty()


def _fitting(
    heads: Sequence[str], rows: Sequence[tuple[str, ...]], width: int
) -> tuple[Sequence[str], list[tuple[str, ...]]]:
    """The table without its noise bands where there are none, or no room for them."""
    at = heads.index(BAND)
    if any(row[at] for row in rows) and _least(heads, rows) <= width:
        return heads, list(rows)
    return (*heads[:at], *heads[at + 1 :]), [(*row[:at], *row[at + 1 :]) for row in rows]


def _least(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Characters that a table takes at least: only the names in its first column may be folded."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return min(widths[0], NAME) + sum(widths[1:]) + GAP * len(widths)


def _print_table(
    console: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str]
) -> None:
    """A table whose numbers are never broken; names and remarks are, where there is no room."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, header_style="dim")
    for at, head in enumerate(heads):
        inner = 0 < at < len(heads) - 1
        justify: Literal["left", "right"] = "right" if inner else "left"
        whole = inner or (at > 0 and bool(head))
        table.add_column(head, justify=justify, overflow="fold", no_wrap=whole)
    for row, style in zip(rows, styles, strict=True):
        table.add_row(*(Text(cell, style=style) for cell in row))
    console.print(table)


# --- tables that both show ----------------------------------------------------------------------


def _instances(hierarchy: Sequence[Grown]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Where area changed by itself; what only holds such instances is left out."""
    shown = [grown for grown in hierarchy if grown.own or grown.fate != "changed"]
    names = [name for name in MEASURES if any(name in grown.own for grown in shown)]
    rows = []
    for grown in shown[:MOST_INSTANCES]:
        place = grown.after if grown.after is not None else grown.before
        numbers = [f"{grown.own[name]:+,}" if name in grown.own else "" for name in names]
        fate = f"was {grown.before}" if grown.fate == "renamed" else grown.fate
        rows.append((f"{place or '(top)'} {grown.module}".rstrip(), *numbers, fate))
    if len(shown) > MOST_INSTANCES:
        more = f"and {len(shown) - MOST_INSTANCES} more"
        rows.append((more, *[""] * len(names), ""))
    return ("instance, without what is below it", *names, ""), rows


def _paths(paths: Sequence[Moved]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    rows: list[tuple[str, ...]] = []
    for moved in paths[:MOST_PATHS]:
        path = moved.after or moved.before
        assert path is not None
        change = f"{moved.change_ns:+.3f}" if moved.change_ns is not None else ""
        fate = moved.note or ("new" if not moved.before else "gone" if not moved.after else "")
        slacks = (_slack(moved.before), _slack(moved.after))
        rows.append((f"{_cell(path.start)} → {_cell(path.end)}", *slacks, change, fate))
    return ("from → to", "slack before", "slack after", "change, ns", ""), rows


def _slack(path: TimingPath | None) -> str:
    if path is None:
        return "-"
    return (
        f"{path.slack_ns:+.3f} ns" if path.slack_ns is not None else f"{path.delay_ns:.3f} ns long"
    )


def _cell(name: str) -> str:
    said = short(name)
    return said.scope + said.signal
