"""The tables above the paths of a timing summary: columns told by their offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bitwright.reports.read.vivado.paths import Malformed

COLUMNS = {  # heading -> field of Slacks
    "WNS(ns)": "wns_ns",
    "TNS(ns)": "tns_ns",
    "TNS Failing Endpoints": "setup_failing_endpoints",
    "TNS Total Endpoints": "setup_endpoints",
    "WHS(ns)": "whs_ns",
    "THS(ns)": "ths_ns",
    "THS Failing Endpoints": "hold_failing_endpoints",
    "THS Total Endpoints": "hold_endpoints",
    "WPWS(ns)": "wpws_ns",
    "TPWS(ns)": "tpws_ns",
    "TPWS Failing Endpoints": "pulse_width_failing_endpoints",
    "TPWS Total Endpoints": "pulse_width_endpoints",
}
FAILING = tuple(field for field in COLUMNS.values() if "failing" in field)
SUMMARY, CLOCKS, INTRA = "Design Timing Summary", "Clock Summary", "Intra Clock Table"
INTER, OTHER, DETAILS = "Inter Clock Table", "Other Path Groups Table", "Timing Details"
IGNORED, UNCONSTRAINED = "User Ignored Path Table", "Unconstrained Path Table"
TABLES = (SUMMARY, CLOCKS, INTRA, INTER, OTHER)  # in every report, in this order
PAIR, GROUP = ("From Clock", "To Clock"), ("Path Group", "From Clock", "To Clock")
NAMES = {  # of each table: the columns that hold names
    SUMMARY: (),
    INTRA: ("Clock",),
    INTER: PAIR,
    OTHER: GROUP,
    IGNORED: GROUP,
    UNCONSTRAINED: GROUP,
}
OPEN = ("NA", "inf", "-inf")  # what stands where there is no number
WAVEFORM = re.compile(r"([-\d. ]*)\} +(\d+\.\d+) +(\d+\.\d+) *$")  # behind its brace


@dataclass(frozen=True, slots=True)
class Slacks:
    """Worst and total slacks in ns, and endpoints; None where the tool prints no number."""

    wns_ns: float | None = None
    tns_ns: float | None = None
    setup_failing_endpoints: int | None = None
    setup_endpoints: int | None = None
    whs_ns: float | None = None
    ths_ns: float | None = None
    hold_failing_endpoints: int | None = None
    hold_endpoints: int | None = None
    wpws_ns: float | None = None
    tpws_ns: float | None = None
    pulse_width_failing_endpoints: int | None = None
    pulse_width_endpoints: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of slacks, or of one that holds only names."""

    names: Mapping[str, str]  # heading -> name; empty where none stands
    depth: int  # blanks before the first name, in twos
    numbers: Mapping[str, float | int]  # field of Slacks -> number
    open: Mapping[str, str]  # field of Slacks -> NA, inf; absent where the cell is blank

    def pair(self) -> tuple[str, str, str]:
        """Path group, from clock, to clock; a clock's own row is from it to itself."""
        own = self.names.get("Clock", "")
        group, begin, end = (self.names.get(title, own) for title in GROUP)
        return "" if own else group, begin, end


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One line of the clock summary."""

    name: str
    depth: int
    waveform_ns: tuple[float, ...]
    period_ns: float
    frequency_mhz: float


def failing(row: Row) -> int | None:
    """Endpoints that fail setup, hold and pulse width; None where no number stands."""
    counts = [row.numbers[field] for field in FAILING if field in row.numbers]
    return int(sum(counts)) if counts else None


def slack_rows(table: str, lines: Sequence[str], at: int) -> Iterator[Row]:
    """The rows of a table below its heading and dashes; `at` is the offset of lines[0]. Raises
    Malformed where a column is not as known or a number stands under none."""
    head, dashes = (*lines, "", "")[:2]
    spans = [(m.start(), m.end()) for m in re.finditer("-+", dashes)]
    titles = [head[begin:end] for begin, end in spans]
    names = tuple(title for title in titles if title not in COLUMNS)
    if not spans or names != NAMES[table] or set(dashes) - set("- "):
        raise Malformed("the columns of this table are not as known", at)
    at += len(head) + len(dashes) + 2
    for line in lines[2:]:
        yield _row(line, titles, spans, at)
        at += len(line) + 1


def _row(line: str, titles: Sequence[str], spans: Sequence[tuple[int, int]], at: int) -> Row:
    """One row: names begin with their column's dashes, numbers end with theirs."""
    columns = list(zip(titles, spans, strict=True))
    names = [(title, begin) for title, (begin, _) in columns if title not in COLUMNS]
    ends = {end: COLUMNS[title] for title, (_, end) in columns if title in COLUMNS}
    first = min(ends, default=len(line) + 1)
    tokens = [token for token in re.finditer(r"\S+", line) if token.end() >= first]
    fields = [ends.get(token.end(), "") for token in tokens]
    if len(tokens) == len(ends):  # a full row: one number a column, however wide
        fields = [ends[end] for end in sorted(ends)]
    if not all(fields):
        raise Malformed("a number stands under no column", at)
    limit = tokens[0].start() if tokens else len(line)
    stops = [*(begin for _, begin in names[1:]), limit]
    found = {t: line[b:stop].strip() for (t, b), stop in zip(names, stops, strict=False)}
    cells = {field: token[0] for field, token in zip(fields, tokens, strict=True)}
    numbers = {field: _number(field, text, at) for field, text in cells.items() if text not in OPEN}
    depth = (len(line) - len(line.lstrip(" "))) // 2 if names and found[names[0][0]] else 0
    return Row(found, depth, numbers, {f: text for f, text in cells.items() if text in OPEN})


def _number(field: str, text: str, at: int) -> float | int:
    pattern = r"-?\d+\.\d+" if field.endswith("_ns") else r"\d+"
    if not re.fullmatch(pattern, text):
        raise Malformed(f"{text[:40]!r} is no number for {field}", at)
    return float(text) if field.endswith("_ns") else int(text)


def clock_lines(lines: Sequence[str], at: int) -> Iterator[ClockLine]:
    """The rows of the clock summary below its heading and dashes. Raises Malformed."""
    for line in lines[2:]:
        name, _, waveform = line.rpartition("{")
        match = WAVEFORM.match(waveform)
        try:
            edges = tuple(map(float, match[1].split())) if match else ()
        except ValueError:
            match = None
        if match is None or not name.strip():
            raise Malformed(f"this is no clock: {line.strip()[:60]!r}", at)
        depth = (len(name) - len(name.lstrip(" "))) // 2
        yield ClockLine(name.strip(), depth, edges, float(match[2]), float(match[3]))
