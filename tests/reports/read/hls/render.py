"""Tables and reports as HLS prints them, from numbers of our own: what a parser has to undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BAR = "=" * 64


def section(title: str) -> str:
    return f"\n\n{BAR}\n== {title}\n{BAR}\n"


def tight(heads: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], *, indent: int = 0) -> str:
    """`|name  |   12|`: headings in the middle, the first column left, the others right."""
    width = [max(len(each[at]) for each in (*heads, *rows)) + 2 for at in range(len(heads[0]))]
    rule = "+" + "+".join("-" * each for each in width) + "+"
    lines = [rule, *("|" + _cells(head, width, str.center) + "|" for head in heads), rule]
    for row in rows:
        first, *others = row
        cells = [
            first.ljust(width[0]),
            *(c.rjust(w) for c, w in zip(others, width[1:], strict=True)),
        ]
        lines.append("|" + "|".join(cells) + "|")
    return "".join(f"{' ' * indent}{line}\n" for line in (*lines, rule))


def loose(heads: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], *, indent: int = 0) -> str:
    """`| name | 12 |`: everything left."""
    width = [max(len(each[at]) for each in (*heads, *rows)) for at in range(len(heads[0]))]
    rule = "+" + "+".join("-" * (each + 2) for each in width) + "+"
    body = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, width, strict=True)) + " |"
        for row in (*heads, *rows)
    ]
    lines = [rule, *body[: len(heads)], rule, *body[len(heads) :], rule]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _cells(row: Sequence[str], width: Sequence[int], place) -> str:
    return "|".join(place(cell, each) for cell, each in zip(row, width, strict=True))


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop as a test makes it up; bounds None: the tool knows none."""

    name: str
    trips: tuple[int | None, int | None]
    latency: tuple[int | None, int | None]
    each: int
    ii: int | None
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function as a test makes it up."""

    name: str
    latency: tuple[int | None, int | None]
    interval: tuple[int | None, int | None]
    parts: Mapping[str, tuple[int, int, int, int, int]]  # Expression: BRAM, DSP, FF, LUT, URAM
    loops: tuple[Loop, ...]
    ports: Sequence[tuple[str, str, int, str]]  # name, direction, bits, protocol
    target: str = "4.00"
    estimated: str = "2.881"
    uncertainty: str = "1.08"

    @property
    def total(self) -> list[int]:
        return [sum(column) for column in zip(*self.parts.values(), strict=True)]


HAS = (280, 220, 106400, 53200, 96)  # BRAM_18K, DSP, FF, LUT, URAM of the part


def csynth_rpt(function: Function, *, old: bool = False) -> str:
    """FUNCTION_csynth.rpt of Vitis HLS 2023.2, or of Vivado HLS 2018.3."""
    return (
        _head(function.name, old)
        + section("Performance Estimates")
        + _timing(function, old)
        + _latency(function, old)
        + "\n"
        + section("Utilization Estimates")
        + _area(function, old)
        + "\n\n"
        + section("Interface")
        + "* Summary: \n"
        + tight(
            [["RTL Ports", "Dir", "Bits", "Protocol", "Source Object", "C Type"]],
            [
                [name, way, str(bits), protocol, function.name, "return value"]
                for name, way, bits, protocol in function.ports
            ],
        )
        + "\n"
    )


def _head(name: str, old: bool) -> str:
    tool = "Vivado" if old else "Vitis"
    version = "2018.3 (Build 2405991 on Thu Dec 06 23:56:15 MST 2018)"
    return (
        section(f"{tool} HLS Report for '{name}'")
        + "* Date:           Mon Jan 12 08:30:00 2026\n\n"
        + f"* Version:        {version if old else '2023.2 (Build 4023990 on Oct 11 2023)'}\n"
        + "* Project:        toy\n"
        + f"* Solution:       solution1{'' if old else ' (Vivado IP Flow Target)'}\n"
        + "* Product family: zynq\n* Target device:  xc7z020-clg400-1\n"
    )


def _timing(function: Function, old: bool) -> str:
    unit = "" if old else " ns"
    times = [function.target, function.estimated, function.uncertainty]
    return (
        f"+ Timing{' (ns)' if old else ''}: \n    * Summary: \n"
        + tight(
            [["Clock", "Target", "Estimated", "Uncertainty"]],
            [["ap_clk", *(f"{time}{unit}" for time in times)]],
            indent=4,
        )
        + "\n"
    )


def _latency(function: Function, old: bool) -> str:
    cycles = [_open(end) for end in function.latency]
    times = [] if old else [_time(end, function.target) for end in function.latency]
    spans = [_open(end) for end in function.interval]
    loops = list(_loop_rows(function.loops))
    return (
        f"+ Latency{' (clock cycles)' if old else ''}: \n    * Summary: \n"
        + _spanned(old, [[*cycles, *times, *spans, "none" if old else "no"]])
        + "\n    + Detail: \n        * Instance: \n        N/A\n\n        * Loop: \n"
        + (_loop_table(loops, old) if loops else "        N/A\n")
    )


def _spanned(old: bool, rows: list[list[str]]) -> str:
    """The table of the latency, whose upper headings span two columns."""
    low = ["min", "max"] * (2 if old else 3) + ["Type"]
    width = [max(12, *(len(row[at]) + 1 for row in rows)) for at in range(len(low))]
    groups = ["Latency"] if old else ["Latency (cycles)", "Latency (absolute)"]
    pairs = [width[at] + width[at + 1] + 1 for at in range(0, len(low) - 1, 2)]
    high = [each.center(wide) for each, wide in zip([*groups, "Interval"], pairs, strict=True)]
    rule = "+" + "+".join("-" * each for each in width) + "+"
    lines = [rule, "|" + "|".join(high) + "|" + "Pipeline".center(width[-1]) + "|"]
    lines += ["|" + _cells(low, width, str.center) + "|", rule]
    lines += ["|" + _cells(row, width, str.rjust) + "|" for row in rows] + [rule]
    return "".join(f"    {line}\n" for line in lines)


def _loop_rows(loops: Sequence[Loop], depth: int = 0):
    for loop in loops:
        mark = "- " if depth == 0 else f"{' ' * depth}{'+' * depth} "
        trips, latency = ([_open(end) for end in pair] for pair in (loop.trips, loop.latency))
        span = trips[0] if trips[0] == trips[1] else " ~ ".join(trips)
        ii = "-" if loop.ii is None else str(loop.ii)
        piped = "no" if loop.ii is None else "yes"
        yield [f"{mark}{loop.name}", *latency, str(loop.each), ii, ii, span, piped]
        yield from _loop_rows(loop.loops, depth + 1)


def _loop_table(rows: list[list[str]], old: bool) -> str:
    low = ["Loop Name", "min", "max", "Latency", "achieved", "target", "Count", "Pipelined"]
    width = [max(16, len(low[at]) + 2, *(len(row[at]) + 2 for row in rows)) for at in range(8)]
    high = [
        "".center(width[0]),
        ("Latency" if old else "Latency (cycles)").center(width[1] + width[2] + 1),
        "Iteration".center(width[3]),
        "Initiation Interval".center(width[4] + width[5] + 1),
        "Trip".center(width[6]),
        "".center(width[7]),
    ]
    rule = "+" + "+".join("-" * each for each in width) + "+"
    lines = [rule, "|" + "|".join(high) + "|", "|" + _cells(low, width, str.center) + "|", rule]
    for first, *others in rows:
        cells = [
            first.ljust(width[0]),
            *(c.rjust(w) for c, w in zip(others, width[1:], strict=True)),
        ]
        lines.append("|" + "|".join(cells) + "|")
    return "".join(f"        {line}\n" for line in (*lines, rule))


def _area(function: Function, old: bool) -> str:
    head = ["Name", "BRAM_18K", "DSP48E" if old else "DSP", "FF", "LUT", *([] if old else ["URAM"])]
    keep = 4 if old else 5
    rows = [
        [name, *(str(count) if count else "-" for count in counts[:keep])]
        for name, counts in function.parts.items()
    ]
    total = ["Total", *(str(count) for count in function.total[:keep])]
    has = ["Available", *(str(count) for count in HAS[:keep])]
    share = [f"{100 * used // of}" for used, of in zip(function.total, HAS, strict=True)]
    percent = ["Utilization (%)", *(each if each != "0" else "~0" for each in share[:keep])]
    table = tight([head], [*rows, total, has, percent]).splitlines(keepends=True)
    rule = table[0]
    body, sums = table[3 : 3 + len(rows)], table[3 + len(rows) : -1]
    drawn = [*table[:3], *body, rule, sums[0], rule, sums[1], rule, sums[2], rule]
    expression = tight(
        [["Variable Name", "Operation", head[2], "FF", "LUT", "Bitwidth P0", "Bitwidth P1"]],
        [["add_ln7_fu_9_p2", "+", "0", "0", "15", "8", "1"]],
        indent=4,
    )
    return (
        "* Summary: \n"
        + "".join(drawn)
        + "\n+ Detail: \n    * Instance: \n    N/A\n\n    * Expression: \n"
        + expression
    )


def _open(count: int | None) -> str:
    return "?" if count is None else str(count)


def _time(cycles: int | None, period: str) -> str:
    return "?" if cycles is None else f"{cycles * float(period):.3f} ns"


def csynth_xml(function: Function) -> str:
    """FUNCTION_csynth.xml of Vitis HLS 2023.2."""
    low, high = (_undef(end) for end in function.latency)
    least, most = (_undef(end) for end in function.interval)
    tags = ("BRAM_18K", "DSP", "FF", "LUT", "URAM")
    ports = "".join(
        f"<RtlPorts>\n<name>{name}</name>\n<Object>{function.name}</Object>\n<Dir>{way}</Dir>\n"
        f"<Bits>{bits}</Bits>\n<IOProtocol>{protocol}</IOProtocol>\n</RtlPorts>\n"
        for name, way, bits, protocol in function.ports
    )
    return f"""<profile>

<ReportVersion>
<Version>2023.2</Version>
</ReportVersion>

<UserAssignments>
<unit>ns</unit>
<Part>xc7z020-clg400-1</Part>
<TopModelName>{function.name}</TopModelName>
<TargetClockPeriod>{function.target}</TargetClockPeriod>
<ClockUncertainty>{function.uncertainty}</ClockUncertainty>
</UserAssignments>

<PerformanceEstimates>
<PipelineType>no</PipelineType>
<SummaryOfTimingAnalysis>
<EstimatedClockPeriod>{function.estimated}</EstimatedClockPeriod>
</SummaryOfTimingAnalysis>
<SummaryOfOverallLatency>
<Best-caseLatency>{low}</Best-caseLatency>
<Average-caseLatency>undef</Average-caseLatency>
<Worst-caseLatency>{high}</Worst-caseLatency>
<Interval-min>{least}</Interval-min>
<Interval-max>{most}</Interval-max>
</SummaryOfOverallLatency>
<SummaryOfLoopLatency>
{"".join(_xml_loop(loop) for loop in function.loops)}</SummaryOfLoopLatency>
</PerformanceEstimates>

<AreaEstimates>
<Resources>
{_elements(tags, function.total)}</Resources>
<AvailableResources>
{_elements(tags, HAS)}</AvailableResources>
</AreaEstimates>

<InterfaceSummary>
{ports}</InterfaceSummary>
</profile>
"""


def _elements(tags: Sequence[str], counts: Sequence[int]) -> str:
    return "".join(f"<{tag}>{n}</{tag}>\n" for tag, n in zip(tags, counts, strict=True))


def _xml_loop(loop: Loop) -> str:
    """The label is a tag; XML knows the same words as an element's names."""
    ii = "" if loop.ii is None else f"<PipelineII>{loop.ii}</PipelineII>\n"
    return (
        f"<{loop.name}>\n<Name>{loop.name}</Name>\n"
        f"<TripCount>{_xml_range(loop.trips)}</TripCount>\n"
        f"<Latency>{_xml_range(loop.latency)}</Latency>\n"
        f"<IterationLatency>{loop.each}</IterationLatency>\n{ii}"
        f"{''.join(_xml_loop(each) for each in loop.loops)}</{loop.name}>\n"
    )


def _xml_range(span: tuple[int | None, int | None]) -> str:
    low, high = (_undef(end) for end in span)
    if low == high:
        return low
    return f"\n<range>\n<min>{low}</min>\n<max>{high}</max>\n</range>\n"


def _undef(count: int | None) -> str:
    return "undef" if count is None else str(count)
