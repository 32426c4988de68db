"""Timing summaries of any size in Vivado's layout: what the benchmark and the tests read.

    text = render(random_summary(seed=1, clocks=2, paths=10, stages=12))

The design, its names and its numbers are made up; slacks, sums and counts agree with each other as
they do in a real report. Times are whole picoseconds until they are printed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby

from bitwright.reports.read.vivado.paths import END, RULE, Path, Stage
from bitwright.reports.read.vivado.timing_details import PULSE_COLUMNS, PulseWidth
from bitwright.reports.read.vivado.timing_summary import Clock, ClockPair, TimingSummary
from bitwright.reports.read.vivado.timing_tables import COLUMNS, Slacks

VERSION, PART = "2023.2", "xczu7ev-ffvc1156"
NO_SLACKS = dict.fromkeys(COLUMNS.values())
CHECKS = ("no_clock", "constant_clock", "no_input_delay", "loops")
LETTERS = "abcdefghijklmnopqrstuvwxyz_0123456789"
ASYNC, NONE = "**async_default**", "(none)"
CELLS = ("LUT2", "LUT3", "LUT4", "LUT5", "LUT6", "CARRY8", "DSP_ALU", "MUXF7")
SECTION_OF = {"setup": 0, "recovery": 0, "max": 0, "hold": 1, "removal": 1, "min": 1}
TITLES = ("Max Delay Paths", "Min Delay Paths")


def random_summary(seed: int, *, clocks: int, paths: int, stages: int) -> TimingSummary:
    """A timing summary of a made-up design. clocks: each with paths of its own; paths: in each
    section at most; stages: cells and nets of a path, at most twice as many."""
    made = _Maker(random.Random(seed), stages)
    lines = [made.clock(position) for position in range(clocks)]
    found: list[Path] = []
    widths: list[PulseWidth] = []
    rows = {}
    for clock in lines:
        groups = [made.path(clock.name, clock.name, kind) for kind in ("setup", "hold") * paths]
        groups.sort(key=lambda path: (SECTION_OF[path.type], path.slack_ns))
        checks = [made.pulse_width(clock.name) for _ in range(paths)]
        rows[clock.name] = _slacks(groups, checks)
        found += groups
        widths += checks
    return _summary(made, lines, rows, found, widths, paths)


def _summary(
    made: _Maker,
    lines: Sequence[Clock],
    rows: dict[str, Slacks],
    found: list[Path],
    widths: list[PulseWidth],
    paths: int,
) -> TimingSummary:
    pairs: list[ClockPair] = []
    others: list[ClockPair] = []
    loose: list[ClockPair] = []
    if len(lines) > 1 and paths:
        first, second = lines[0].name, lines[1].name
        crossing = [made.path(first, second, "setup")]
        pairs.append(ClockPair("", first, second, _slacks(crossing, ())))
        reset = [made.path(first, first, kind) for kind in ("recovery", "removal")]
        others.append(ClockPair(ASYNC, first, first, _slacks(reset, ())))
        open_ended = [made.path("", second, kind) for kind in ("max", "min")]
        loose.append(ClockPair(NONE, "", second, Slacks()))
        found += crossing + reset + open_ended
    tables = [*rows.values(), *(pair.slacks for pair in pairs + others)]
    design = {
        name: _total(name, [getattr(row, name) for row in tables]) for name in COLUMNS.values()
    }
    failing = [design[name] for name in design if "failing" in name and design[name] is not None]
    total = sum(failing) if failing else None
    met = None if total is None else total == 0
    return TimingSummary(
        version=VERSION,
        part=PART,
        design="mill",
        state="Routed",
        command="report_timing_summary -max_paths 10 -report_unconstrained -file mill.rpt",
        met=met,
        failing_endpoints=total,
        clocks=tuple(_with(clock, rows[clock.name]) for clock in lines),
        inter_clocks=tuple(pairs),
        path_groups=tuple(others),
        ignored=(),
        unconstrained=tuple(loose),
        checks={name: made.rng.choice((0, 0, 7)) for name in CHECKS},
        settings={"Enable Multi Corner Analysis": "Yes", "Ignore I/O Paths": "No"},
        paths=tuple(found),
        pulse_widths=tuple(widths),
        missing={},
        incomplete="",
        **design,
    )


def _with(clock: Clock, slacks: Slacks) -> Clock:
    own = {field.name: getattr(clock, field.name) for field in fields(clock)}
    return Clock(**(own | {name: getattr(slacks, name) for name in COLUMNS.values()}))


def _total(name: str, numbers: Sequence[float | None]) -> float | None:
    there = [number for number in numbers if number is not None]
    if not there:
        return None
    if name in ("wns_ns", "whs_ns", "wpws_ns"):
        return min(there)
    return round(sum(there), 3)


def _slacks(paths: Sequence[Path], checks: Sequence[PulseWidth]) -> Slacks:
    """The row of a table that these paths, were they all there are, would give."""
    found: dict[str, float | int | None] = dict(NO_SLACKS)
    kinds = (
        ("wns_ns", "tns_ns", "setup", [p.slack_ns for p in paths if SECTION_OF[p.type] == 0]),
        ("whs_ns", "ths_ns", "hold", [p.slack_ns for p in paths if SECTION_OF[p.type] == 1]),
        ("wpws_ns", "tpws_ns", "pulse_width", [check.slack_ns for check in checks]),
    )
    for worst, total, name, slacks in kinds:
        if slacks:
            bad = [slack for slack in slacks if slack < 0]
            found[worst], found[total] = min(slacks), round(sum(bad), 3) + 0.0
            found[f"{name}_failing_endpoints"] = len(bad)
            found[f"{name}_endpoints"] = len(slacks)
    return Slacks(**found)


class _Maker:
    """Makes up names, clocks and paths."""

    def __init__(self, rng: random.Random, stages: int) -> None:
        self.rng, self.stages = rng, stages

    def name(self, depth: int = 4) -> str:
        words = [
            "".join(self.rng.choices(LETTERS, k=self.rng.randint(3, 14))) for _ in range(depth)
        ]
        return (
            "u_" + "/".join(words) + self.rng.choice(("", "_reg", f"[{self.rng.randint(0, 63)}]"))
        )

    def ns(self, low: int, high: int) -> int:
        """A time in picoseconds."""
        return self.rng.randint(low, high)

    def site(self) -> str:
        return f"SLICE_X{self.rng.randint(0, 199)}Y{self.rng.randint(0, 479)}"

    def clock(self, position: int) -> Clock:
        name = f"clk_{position}{self.rng.choice(('', '/out[0]', '.div2', '_long_name_of_a_clock'))}"
        period = 2 * self.ns(500, 50_000)
        depth = self.rng.randint(0, 1) if position else 0
        parent = self.root if depth else ""
        self.root = self.root if depth else name
        edges = (0.0, period / 2000)
        mhz = float(f"{1e6 / period:.3f}")
        return Clock(name, parent, depth, edges, period / 1000, mhz, **NO_SLACKS)

    def pulse_width(self, clock: str) -> PulseWidth:
        required, actual = self.ns(300, 3000), self.ns(200, 9000)
        check = self.rng.choice(("Min Period", "Low Pulse Width", "High Pulse Width"))
        corner = "n/a" if check == "Min Period" else self.rng.choice(("Slow", "Fast"))
        times = (required / 1000, actual / 1000, (actual - required) / 1000)
        return PulseWidth(clock, check, corner, "FDRE/C", "n/a", *times, self.site(), self.name())

    def path(self, source: str, destination: str, kind: str) -> Path:
        """A path of one kind, its numbers adding up."""
        late = SECTION_OF[kind] == 0
        launch, begin = self.clock_stages(source, 0) if source else ([], 0)
        data, logic, route = self.data_stages(begin)
        arrival = begin + logic + route
        edge = self.ns(1000, 9000) if late else 0
        capture, end = self.clock_stages(destination, edge)
        constrained = kind not in ("max", "min")
        check = self.ns(-90, 90)
        if constrained:
            end = self.adjust(capture, end, kind, check)
        slack = (end - arrival if late else arrival - end) / 1000
        sign = 1 if late else -1
        group = {"recovery": ASYNC, "removal": ASYNC, "max": NONE, "min": NONE}
        levels: dict[str, int] = {}
        for stage in data[2:-1:2]:
            levels[stage.element] = levels.get(stage.element, 0) + 1
        return Path(
            slack_ns=slack if constrained else None,
            met=slack >= 0 if constrained else None,
            source=launch[-1].resource if launch else data[0].resource,
            destination=data[-1].resource,
            source_clock=source,
            destination_clock=destination if constrained else "",
            group=group.get(kind, destination),
            type=kind,
            corner="Slow" if late else "Fast",
            requirement_ns=edge / 1000 if constrained else None,
            data_path_delay_ns=(logic + route) / 1000,
            logic_ns=logic / 1000,
            route_ns=route / 1000,
            levels=sum(levels.values()),
            level_cells=levels,
            skew_ns=self.ns(-300, 300) / 1000 if constrained else None,
            source_clock_delay_ns=begin / 1000 if constrained else None,
            destination_clock_delay_ns=self.ns(0, 3000) / 1000 if constrained else None,
            pessimism_ns=self.ns(-300, 300) / 1000 if constrained else None,
            uncertainty_ns=0.035 if constrained and late else None,
            exception="" if constrained else "False Path",
            arrival_ns=-sign * arrival / 1000 if constrained else None,
            required_ns=sign * end / 1000 if constrained else None,
            launch=tuple(launch),
            data=tuple(data),
            capture=tuple(capture),
            other_ns={"Discrete Jitter (DJ)": 0.0} if constrained and late else {},
        )

    def adjust(self, capture: list[Stage], end: int, kind: str, check: int) -> int:
        """Add what changes the required time below the capture clock; returns that time."""
        pin = capture[-1]
        for words, incr in (("clock pessimism", self.ns(-200, 200)), ("clock uncertainty", -35)):
            end += incr
            capture.append(Stage("", words, "", None, incr / 1000, end / 1000, "", ""))
        end += check
        arc = f"{kind.title()}_{self.rng.choice(('fdre_C_D', 'BFF_SLICEM_C_D'))}"
        name = pin.resource.rpartition("/")[0]
        times = (check / 1000, end / 1000)
        capture.append(Stage(pin.location, "FDRE", arc, None, *times, "", name))
        return end

    def clock_stages(self, clock: str, at: int) -> tuple[list[Stage], int]:
        """From the clock's edge to a flip-flop, and when it gets there."""
        found = [
            Stage("", f"(clock {clock} rise edge)", "", None, at / 1000, at / 1000, "r", ""),
            Stage("H9", "", "", None, 0.0, at / 1000, "r", "clk (IN)"),
        ]
        buffer = Stage(
            "BUFGCE_X0Y58", "BUFGCE", "Prop_BUFCE_BUFGCE_I_O", None, 0.0, 0.0, "r", "u/O"
        )
        root = self.rng.choice(("", "X2Y2 (CLOCK_ROOT)"))
        net = Stage(root, "net", "routed", self.rng.randint(2, 40_000), 0.0, 0.0, "", self.name())
        for stage in (buffer, net):
            incr = self.ns(20, 2000)
            at += incr
            found.append(_timed(stage, incr, at))
        if self.rng.random() < 0.1:
            found.append(Stage("SLR Crossing[0->1]", "", "", None, None, None, "", ""))
        pin = Stage(self.site(), "FDRE", "", None, None, None, "r", f"{self.name()}/C")
        return [*found, pin], at

    def data_stages(self, at: int) -> tuple[list[Stage], int, int]:
        """From a flip-flop to the next; the delay of logic and of nets."""
        found, logic, route = [], 0, 0
        for number in range(1 + self.rng.randint(0, self.stages)):
            cell = self.rng.choice(CELLS) if number else "FDRE"
            arc = self.rng.choice(
                (f"Prop_{cell.lower()}_I0_O", f"Prop_A6LUT_SLICEM_I{number}_O[7]")
            )
            net = self.rng.choice(("routed", "estimated", "unset", ""))
            pair = (
                (Stage(self.site(), cell, arc, None, 0.0, 0.0, "r", f"{self.name()}/O"), 0),
                (Stage("", "net", net, self.rng.randint(1, 900), 0.0, 0.0, "", self.name()), 1),
            )
            for stage, is_net in pair:
                incr = self.ns(0, 900)
                at += incr
                logic, route = logic + incr * (1 - is_net), route + incr * is_net
                found.append(_timed(stage, incr, at))
        pin = Stage(self.site(), "FDRE", "", None, None, None, "f", f"{self.name()}/D")
        return [*found, pin], logic, route


def _timed(stage: Stage, incr: int, at: int) -> Stage:
    return Stage(
        stage.location,
        stage.element,
        stage.arc,
        stage.fanout,
        incr / 1000,
        at / 1000,
        stage.edge,
        stage.resource,
    )


def render(summary: TimingSummary) -> str:
    """The text of a report that says what `summary` says."""
    return "".join((*_head(summary), *_tables(summary), *_details(summary))) + "\n\n"


def _head(summary: TimingSummary) -> Iterator[str]:
    yield "Copyright 1986-2023 Xilinx, Inc. All Rights Reserved.\n" + "-" * 99 + "\n"
    lines = {
        "Tool Version": f"Vivado v.{summary.version} (lin64) Build 4029153 Fri Oct 13 2023",
        "Date": "Tue Jun 11 10:31:02 2024",
        "Host": "anvil running 64-bit Debian GNU/Linux 12",
        "Command": summary.command,
        "Design": summary.design,
        "Device": summary.part,
        "Design State": summary.state,
    }
    yield from (f"| {label:<12} : {value}\n" for label, value in lines.items())
    yield "-" * 99 + "\n\nTiming Summary Report\n\n" + _box("Timer Settings")
    yield from (f"  {name:<43}:  {value}\n" for name, value in summary.settings.items())
    yield "\n\n\ncheck_timing report\n\nTable of Contents\n-----------------\n"
    titles = [f"{i}. checking {it[0]} ({it[1]})" for i, it in enumerate(summary.checks.items(), 1)]
    yield "".join(f"{title}\n" for title in titles) + "\n"
    for title, count in zip(titles, summary.checks.values(), strict=True):
        yield f"{title}\n{'-' * len(title)}\n There are {count} things of this kind.\n\n\n"
    yield "\n"


def _box(title: str) -> str:
    return f"{'-' * 96}\n| {title}\n| {'-' * len(title)}\n{'-' * 96}\n\n"


def _tables(summary: TimingSummary) -> Iterator[str]:
    yield _box("Design Timing Summary") + _slack_table({}, [((), summary)], "NA")
    sentence = {
        True: "All user specified timing constraints are met.",
        False: "Timing constraints are not met.",
        None: "There are no user specified timing constraints.",
    }[summary.met]
    yield f"\n\n{sentence}\n\n\n" + _box("Clock Summary") + _clock_table(summary.clocks)
    width = {"Clock": 2 * 9 + max((len(c.name) for c in summary.clocks), default=5)}
    rows = [(("  " * clock.depth + clock.name,), clock) for clock in summary.clocks]
    yield "\n\n" + _box("Intra Clock Table") + _slack_table(width, rows, "")
    width = {"From Clock": 40, "To Clock": 40}
    pairs = [((pair.from_clock, pair.to_clock), pair.slacks) for pair in summary.inter_clocks]
    yield "\n\n" + _box("Inter Clock Table") + _slack_table(width, pairs, "", pulses=False)
    width = {"Path Group": 24, "From Clock": 40, "To Clock": 40}
    groups = [(pair.names(), pair.slacks) for pair in summary.path_groups]
    yield "\n\n" + _box("Other Path Groups Table") + _slack_table(width, groups, "", pulses=False)
    for title, named in (
        ("User Ignored Path Table", summary.ignored),
        ("Unconstrained Path Table", summary.unconstrained),
    ):
        rows = [(pair.names(), Slacks()) for pair in named]
        yield "\n\n" + _box(title) + _slack_table(width, rows, "", numbers=False)
    yield "\n\n" + _box("Timing Details") + "\n"


def _clock_table(clocks: Sequence[Clock]) -> str:
    if not clocks:
        return ""
    width = max(len(clock.name) + 2 * clock.depth for clock in clocks) + 2
    text = f"{'Clock':<{width}}Waveform(ns)         Period(ns)      Frequency(MHz)\n"
    text += f"{'-----':<{width}}------------         ----------      --------------\n"
    for clock in clocks:
        wave = "{" + " ".join(f"{edge:.3f}" for edge in clock.waveform_ns) + "}"
        name = "  " * clock.depth + clock.name
        text += f"{name:<{width}}{wave:<21}{clock.period_ns:<16.3f}{clock.frequency_mhz:<16.3f}\n"
    return text


def _slack_table(
    names: dict[str, int],
    rows: Sequence[tuple[Sequence[str], object]],
    absent: str,
    *,
    pulses: bool = True,
    numbers: bool = True,
) -> str:
    """A table of slacks; `absent` stands where there is no number."""
    titles = list(COLUMNS)[: (12 if pulses else 8) if numbers else 0]
    widths = [max(len(title) + 2, 13) for title in titles]
    dashes = ["-" * len(title) for title in titles]
    text = ""
    for cells, of in ((list(names), titles), (["-" * len(name) for name in names], dashes)):
        text += "".join(f"{c:<{w}}" for c, w in zip(cells, names.values(), strict=True))
        text += "".join(f"{c:>{w}}" for c, w in zip(of, widths, strict=True)) + "  \n"
    for cells, of_row in rows:
        text += "".join(f"{c:<{w}}" for c, w in zip(cells, names.values(), strict=True))
        values = [getattr(of_row, COLUMNS[title]) for title in titles]
        text += "".join(f"{_cell(v, absent):>{w}}" for v, w in zip(values, widths, strict=True))
        text += "  \n"
    return text


def _cell(value: float | int | None, absent: str) -> str:
    return absent if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _key(path: Path, summary: TimingSummary) -> tuple[str, str, str]:
    if path.group == NONE:
        return summary.unconstrained[0].names()
    return path.group if path.group == ASYNC else "", path.source_clock, path.destination_clock


def _details(summary: TimingSummary) -> Iterator[str]:
    """Group by group, in the order of the tables."""
    keys = [(("", c.name, c.name), c) for c in summary.clocks if c.wns_ns is not None]
    keys += [(pair.names(), pair.slacks) for pair in (*summary.inter_clocks, *summary.path_groups)]
    keys += [(pair.names(), None) for pair in summary.unconstrained]
    groups = {key: list(it) for key, it in groupby(summary.paths, lambda p: _key(p, summary))}
    for key, slacks in keys:
        paths = groups[key]
        yield "\n" + "-" * 99 + "\n" + (f"Path Group:  {key[0]}\n" if key[0] else "")
        yield f"From Clock:  {key[1]}\n  To Clock:  {key[2]}\n\n"
        yield _announced(slacks, of_clock=not key[0] and key[1] == key[2])
        yield "-" * 99 + "\n\n\n"
        for section, title in enumerate(TITLES):
            of_section = [path for path in paths if SECTION_OF[path.type] == section]
            if of_section:
                yield f"{title}\n{'-' * 86}\n"
                yield "\n\n".join(_path(path) for path in of_section) + "\n\n\n\n\n"
        if not key[0] and key[1] == key[2]:
            clock = next(clock for clock in summary.clocks if clock.name == key[1])
            checks = [check for check in summary.pulse_widths if check.clock == key[1]]
            yield _pulse_widths(clock, checks) + "\n\n"


def _announced(slacks: Clock | Slacks | None, *, of_clock: bool) -> str:
    """What stands below a group's clocks."""
    if slacks is None:
        return "Max Delay             1 Endpoint\nMin Delay             1 Endpoint\n"
    text = ""
    names = (("Setup", "wns_ns", "tns_ns", "setup"), ("Hold ", "whs_ns", "ths_ns", "hold"))
    for label, worst, total, name in (*names, ("PW   ", "wpws_ns", "tpws_ns", "pulse_width")):
        if label == "PW   " and not of_clock:
            continue
        slack, failing = getattr(slacks, worst), getattr(slacks, f"{name}_failing_endpoints")
        if slack is None:
            text += f"{label} :           NA  Failing Endpoints,  Worst Slack           NA  ,"
            text += "  Total Violation           NA\n"
        else:
            text += f"{label} :{failing:>13}  Failing Endpoints,  Worst Slack  {slack:>11.3f}ns,"
            text += f"  Total Violation  {getattr(slacks, total):>11.3f}ns\n"
    return text


def _pulse_widths(clock: Clock, checks: Sequence[PulseWidth]) -> str:
    text = f"Pulse Width Checks\n{'-' * 86}\nClock Name:         {clock.name}\n"
    text += f"Waveform(ns):       {{ 0.000 {clock.waveform_ns[1]:.3f} }}\n"
    text += f"Period(ns):         {clock.period_ns:.3f}\nSources:            {{ clk }}\n\n"
    rows = [PULSE_COLUMNS] + [
        tuple(
            f"{value:.3f}" if isinstance(value, float) else value
            for value in (getattr(check, field.name) for field in fields(check)[1:])
        )
        for check in checks
    ]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(PULSE_COLUMNS))]
    lines = [
        "".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return text + "\n".join(lines) + "\n"


def _path(path: Path) -> str:
    """One path, up to its slack."""
    text = "\n".join(_heading(path)) + "\n\n"
    text += "    Location             Delay type                Incr(ns)  Path(ns)    "
    text += f"Netlist Resource(s)\n{RULE}\n"
    if path.launch:
        text += "".join(map(_row, path.launch)) + f"{RULE}\n"
    text += "".join(map(_row, path.data)) + RULE
    if path.capture:
        text += "\n\n" + "".join(map(_row, path.capture))
    if path.slack_ns is None:
        return text.rstrip("\n")
    text += f"{END}{' ' * 25}required time{path.required_ns:>31.3f}    \n"
    text += f"{' ' * 25}arrival time{path.arrival_ns:>32.3f}    \n"
    return f"{text}{END}{' ' * 25}slack{path.slack_ns:>39.3f}    "


def _heading(path: Path) -> Iterator[str]:
    if path.slack_ns is None:
        yield "Slack:                    inf"
    else:
        word = f"Slack ({'MET' if path.met else 'VIOLATED'}) :"
        yield f"{word:<19}{path.slack_ns:>12.3f}ns  (required time - arrival time)"
    for label, pin, clock in (
        ("Source", path.source, path.source_clock),
        ("Destination", path.destination, path.destination_clock),
    ):
        by = f" clocked by {clock}  {{rise@0.000ns fall@1.000ns period=2.000ns}}" if clock else ""
        yield f"  {label + ':':<24}{pin}"
        yield f"{' ' * 28}(rising edge-triggered cell FDRE{by})"
    late = "Max" if SECTION_OF[path.type] == 0 else "Min"
    corner = f"{late} at {path.corner} Process Corner"
    named = path.type not in ("max", "min")
    rows = {
        "Path Group": path.group,
        "Path Type": f"{path.type.title()} ({corner})" if named else corner,
        "Requirement": _time(path.requirement_ns, "  (clk rise@1.000ns - clk rise@0.000ns)"),
        "Data Path Delay": f"{path.data_path_delay_ns:.3f}ns  (logic {path.logic_ns:.3f}ns "
        f"(50.000%)  route {path.route_ns:.3f}ns (50.000%))",
        "Logic Levels": f"{path.levels}  " + _levels(path),
        "Timing Exception": path.exception,
        "Clock Path Skew": _time(path.skew_ns, " (DCD - SCD + CPR)"),
        "  Destination Clock Delay (DCD)": _time(path.destination_clock_delay_ns, ""),
        "  Source Clock Delay      (SCD)": _time(path.source_clock_delay_ns, ""),
        "  Clock Pessimism Removal (CPR)": _time(path.pessimism_ns, ""),
        "Clock Uncertainty": _time(path.uncertainty_ns, "  ((TSJ^2 + TIJ^2)^1/2 + DJ) / 2 + PE"),
    }
    rows |= {f"  {name}": _time(value, "") for name, value in path.other_ns.items()}
    yield from (f"  {label + ':':<24}{value}" for label, value in rows.items() if value)


def _time(value: float | None, after: str) -> str:
    return "" if value is None else f"{value:.3f}ns{after}"


def _levels(path: Path) -> str:
    cells = " ".join(f"{name}={count}" for name, count in path.level_cells.items())
    return f"({cells})" if cells else ""


def _row(stage: Stage) -> str:
    """One line of a path, or two where the delay's name leaves no room."""
    what = stage.element
    if stage.fanout is not None:
        what = f"net (fo={stage.fanout}{', ' + stage.arc if stage.arc else ''})"
    elif stage.arc:
        what = f"{stage.element} ({stage.arc})"
    left = f"    {stage.location:<20} {what}"
    if stage.incr_ns is None:
        return (f"{left:<69} {stage.edge}  {stage.resource}" if stage.resource else left) + "\n"
    wrap = "\n" + " " * 49 if len(what) > 24 else ""
    left = left + wrap if wrap else f"{left:<49}"
    numbers = f"{stage.incr_ns:>10.3f}{stage.path_ns:>10.3f} {stage.edge or ' '}"
    return f"{left}{numbers}  {stage.resource}\n"
