# ruff: noqa: E501, W291
# the lines of a report are as long as they are, and end in blanks
"""Reports as the stand-in for Vivado writes them: our own numbers in the layouts that readers know.

Each says STAND-IN in its second line and as its host. Of a design only what `Netlist` holds counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MARK = "STAND-IN of bitwright's tests, not AMD Vivado"
RULE = "-" * 96


@dataclass(frozen=True, slots=True)
class Netlist:
    """What the reports are about."""

    design: str  # the top module
    part: str
    instance: str  # of the block design in the top; "" where there is none
    cells: tuple[str, ...]  # of the block design, those with logic
    kernels: tuple[str, ...]  # those among them that are ours
    clocks: tuple[tuple[str, float], ...]  # name, period in ns
    state: str  # Synthesized, Optimized, Fully Placed, Physopt postPlace, Routed
    missed: Mapping[str, float]  # setup, hold, pulse: a slack in ns in place of a good one
    drc_errors: int = 0
    unrouted: int = 0
    cdc_critical: int = 0

    @property
    def routed(self) -> bool:
        return self.state == "Routed"

    def slack(self, kind: str) -> float:
        return self.missed.get(kind, {"setup": 0.321, "hold": 0.052, "pulse": 1.5}[kind])


def head(netlist: Netlist, command: str, version: str, state: bool = True) -> str:
    lines = [
        f"{MARK}; layout of a report of its version.",
        RULE,
        f"| Tool Version : Vivado v.{version} (STAND-IN) Build 0 Thu Jan  1 00:00:00 UTC 1970",
        "| Date         : Thu Jan  1 00:00:00 1970",
        "| Host         : STAND-IN",
        f"| Command      : {command}",
        f"| Design       : {netlist.design}",
        f"| Device       : {netlist.part}",
        "| Speed File   : -1",
        *([f"| Design State : {netlist.state}"] if state else []),
        RULE,
    ]
    return "\n".join(lines) + "\n\n"


# --- tables ---------------------------------------------------------------------------------------


def box(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table between +---+ lines, the first column to the left."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *texts, strict=True)]
    rule = "+".join(["", *("-" * (width + 2) for width in widths), ""])

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return f"| {' | '.join(cells)} |"

    return "\n".join([rule, line(list(names)), rule, *map(line, texts), rule]) + "\n"


def sections(titles: Sequence[str], bodies: Sequence[str]) -> str:
    """Contents, then numbered sections."""
    numbered = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    contents = "\n".join(["Table of Contents", "-" * 17, *numbered])
    parts = [
        f"{title}\n{'-' * len(title)}\n\n{body}"
        for title, body in zip(numbered, bodies, strict=True)
    ]
    return contents + "\n\n" + "\n\n".join(parts) + "\n\n"


def columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], left: int, bare: bool = False
) -> str:
    """A table of columns two blanks apart; the first `left` ones to the left.

    bare: lines below the names are as wide as the columns, and no line ends in blanks
    """
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return ("  ".join(cells) + "  ") if not bare else "  ".join(cells).rstrip()

    under = [
        "-" * (width if bare else len(name)) for name, width in zip(names, widths, strict=True)
    ]
    return "\n".join([line(names), line(under), *map(line, rows)]) + "\n"


# --- timing ---------------------------------------------------------------------------------------

SLACKS = ("WNS(ns)", "TNS(ns)", "TNS Failing Endpoints", "TNS Total Endpoints")
HOLDS = ("WHS(ns)", "THS(ns)", "THS Failing Endpoints", "THS Total Endpoints")
WIDTHS = ("WPWS(ns)", "TPWS(ns)", "TPWS Failing Endpoints", "TPWS Total Endpoints")


def numbers(netlist: Netlist) -> list[str]:
    """Slack, total, failing and all endpoints, for setup, hold and pulse width."""
    found = []
    for kind, endpoints in (("setup", 4000), ("hold", 4000), ("pulse", 2000)):
        slack = netlist.slack(kind)
        total, failing = (slack * 3, 3) if slack < 0 else (0.0, 0)
        found += [f"{slack:.3f}", f"{total:.3f}", str(failing), str(endpoints)]
    return found


def titled(title: str, body: str) -> str:
    return f"{RULE}\n| {title}\n| {'-' * len(title)}\n{RULE}\n\n{body}\n\n"


def timing_summary(netlist: Netlist) -> str:
    said = numbers(netlist)
    met = not any(netlist.slack(kind) < 0 for kind in ("setup", "hold", "pulse"))
    verdict = (
        "All user specified timing constraints are met."
        if met
        else ("Timing constraints are not met.")
    )
    clocks = [
        [name, f"{{0.000 {period / 2:.3f}}}", f"{period:.3f}", f"{1000 / period:.3f}"]
        for name, period in netlist.clocks
    ]
    good = Netlist(**{**fields(netlist), "missed": {}})
    intra = [
        [name, *(said if number == 0 else numbers(good))]
        for number, (name, _) in enumerate(netlist.clocks)
    ]
    if len(intra) > 1:  # the design's worst is that of its worst clock
        worst = [min(float(row[column]) for row in intra) for column in (1, 5, 9)]
        for place, column in enumerate((0, 4, 8)):
            said[column] = f"{worst[place]:.3f}"
        for column in (2, 3, 6, 7, 10, 11):
            said[column] = str(sum(int(row[column + 1]) for row in intra))
    every = (*SLACKS, *HOLDS, *WIDTHS)
    between = ("From Clock", "To Clock", *SLACKS, *HOLDS)
    body = "Timing Summary Report\n\n" + titled("Timer Settings", SETTINGS)
    body += CHECKS
    summary = columns(["", *every], [["", *said]], 1).replace("\n\n", "\n")
    body += titled("Design Timing Summary", f"{summary}\n\n{verdict}\n")
    names = ("Clock", "Waveform(ns)", "Period(ns)", "Frequency(MHz)")
    body += titled("Clock Summary", columns(names, clocks, 4))
    body += titled("Intra Clock Table", columns(["Clock", *every], intra, 1))
    body += titled("Inter Clock Table", columns(between, [], 2))
    body += titled("Other Path Groups Table", columns(["Path Group", *between], [], 3))
    periods = dict(netlist.clocks)
    groups = [group(row, periods[row[0]]) for row in intra]
    return body + titled("Timing Details", "\n\n" + "\n\n\n".join(groups))


def fields(netlist: Netlist) -> dict[str, object]:
    return {name: getattr(netlist, name) for name in netlist.__slots__}


def group(row: Sequence[str], period: float) -> str:
    """A clock's own paths: the worst of each kind."""
    name, values = row[0], row[1:]
    lines = [f"From Clock:  {name}", f"  To Clock:  {name}", ""]
    for label, at in (("Setup", 0), ("Hold ", 4), ("PW   ", 8)):
        slack, total, failing, _ = values[at : at + 4]
        lines.append(
            f"{label} : {failing:>12}  Failing Endpoints,  Worst Slack {slack:>12}ns,"
            f"  Total Violation {abs(float(total)):>12.3f}ns"
        )
    rule = "-" * 99
    setup, hold, pulse = float(values[0]), float(values[4]), float(values[8])
    parts = [
        "\n".join([rule, *lines, rule]),
        path("Max Delay Paths", name, period, setup, period, period - setup),
        path("Min Delay Paths", name, period, hold, -0.1, 0.1 + hold),
        pulse_width(name, period, pulse),
    ]
    return "\n\n\n".join(parts)


def path(
    title: str, clock: str, period: float, slack: float, required: float, arrival: float
) -> str:
    """One path, with a cell and a net."""
    longest = title.startswith("Max")
    edge = period if longest else 0.0
    kind = "Setup (Max at Slow Process Corner)" if longest else "Hold (Min at Fast Process Corner)"
    order = "required time - arrival time" if longest else "arrival time - required time"
    ends = f"(rising edge-triggered cell FDRE clocked by {clock}  {{rise@0.000ns fall@{period / 2:.3f}ns period={period:.3f}ns}})"
    delay = arrival
    rule = "-" * 86
    lines = [
        title,
        rule,
        f"Slack ({'MET' if slack >= 0 else 'VIOLATED'}) :            {slack:.3f}ns  ({order})",
        "  Source:                 standin/a_reg/C",
        f"                            {ends}",
        "  Destination:            standin/b_reg/D",
        f"                            {ends}",
        f"  Path Group:             {clock}",
        f"  Path Type:              {kind}",
        f"  Requirement:            {edge:.3f}ns  ({clock} rise@{edge:.3f}ns - {clock} rise@0.000ns)",
        f"  Data Path Delay:        {delay:.3f}ns  (logic {delay:.3f}ns (100.000%)  route 0.000ns (0.000%))",
        "  Logic Levels:           0  ",
        "",
        "    Location             Delay type                Incr(ns)  Path(ns)    Netlist Resource(s)",
        "  -------------------------------------------------------------------    -------------------",
        f"                         (clock {clock} rise edge)",
        "                                                      0.000     0.000 r  ",
        "    SLICE_X0Y0           FDRE                                         r  standin/a_reg/C",
        "  -------------------------------------------------------------------    -------------------",
        f"    SLICE_X0Y0           FDRE (Prop_fdre_C_Q)      {delay:8.3f}  {arrival:8.3f} r  standin/a_reg/Q",
        "    SLICE_X0Y0           FDRE                                         r  standin/b_reg/D",
        "  -------------------------------------------------------------------    -------------------",
        "",
        f"                         (clock {clock} rise edge)",
        f"                                                   {edge:8.3f}  {edge:8.3f} r  ",
        "    SLICE_X0Y0           FDRE                                         r  standin/b_reg/C",
        "  -------------------------------------------------------------------",
        f"                         required time                        {required:8.3f}    ",
        f"                         arrival time                         {-arrival if longest else arrival:8.3f}    ",
        "  -------------------------------------------------------------------",
        f"                         slack                                {slack:8.3f}    ",
        "",
    ]
    return "\n".join(lines)


def pulse_width(clock: str, period: float, slack: float) -> str:
    names = ("Check Type", "Corner", "Lib Pin", "Reference Pin", "Required(ns)", "Actual(ns)")
    names += ("Slack(ns)", "Location", "Pin")
    half = period / 2
    row = ("Low Pulse Width", "Fast", "FDRE/C", "n/a", f"{half - slack:.3f}", f"{half:.3f}")
    row += (f"{slack:.3f}", "SLICE_X0Y0", "standin/a_reg/C")
    widths = [max(len(name), len(cell)) for name, cell in zip(names, row, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in (names, row)
    ]
    head = [
        "Pulse Width Checks",
        "-" * 86,
        f"Clock Name:         {clock}",
        f"Waveform(ns):       {{ 0.000 {half:.3f} }}",
        f"Period(ns):         {period:.3f}",
        f"Sources:            {{ {clock} }}",
        "",
    ]
    return "\n".join([*head, *table, ""])


SETTINGS = """  Enable Multi Corner Analysis               :  Yes
  Ignore I/O Paths                           :  No

  Corner  Analyze    Analyze    
  Name    Max Paths  Min Paths  
  ------  ---------  ---------  
  Slow    Yes        Yes        
  Fast    Yes        Yes        

"""
CHECKS = """
check_timing report

Table of Contents
-----------------
1. checking no_clock

1. checking no_clock
--------------------
 There are 0 register/latch pins with no clock.



"""


def clock_interaction(netlist: Netlist) -> str:
    slack = f"{netlist.slack('setup'):.2f}"
    rows = [
        [name, name, "rise - rise", slack, "0.00", "0", "4000", f"{period:.2f}", "0.05", "0.00",
         "0", "4000", "0.00", "Clean", "Timed"]
        for name, period in netlist.clocks
    ]  # fmt: skip
    heads = (
        ("", "", "WNS", "", "", "TNS Failing", "TNS Total", "WNS Path", "", "", "THS Failing",
         "THS Total", "WHS Path", "Clock-Pair", "Inter-Clock"),
        ("From Clock", "To Clock", "Clock Edges", "WNS(ns)", "TNS(ns)", "Endpoints", "Endpoints",
         "Requirement(ns)", "WHS(ns)", "THS(ns)", "Endpoints", "Endpoints", "Requirement(ns)",
         "Classification", "Constraints"),
    )  # fmt: skip
    widths = [max(len(row[place]) for row in (*heads, *rows)) for place in range(15)]
    left = (0, 1, 2, 13, 14)

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells)

    under = "  ".join("-" * width for width in widths)
    table = "\n".join([*map(line, heads), under, *map(line, rows)])
    title = "Clock Interaction Table\n-----------------------"
    return f"Clock Interaction Report\n\n{title}\n\n{table}\n\n"


# --- area -----------------------------------------------------------------------------------------

# what a cell takes: LUTs, flip-flops, RAMB36, RAMB18, UltraRAM, multipliers
KERNEL, OTHER = (900, 1100, 2, 1, 0, 4), (150, 210, 0, 0, 0, 0)


def area(netlist: Netlist) -> dict[str, tuple[int, ...]]:
    """By cell of the block design."""
    return {cell: KERNEL if cell in netlist.kernels else OTHER for cell in netlist.cells}


def total(netlist: Netlist) -> tuple[int, ...]:
    sums = [sum(column) for column in zip(*area(netlist).values(), strict=True)] or [0] * 6
    return (sums[0] + 10, sums[1] + 10, *sums[2:])


AVAILABLE = {  # by how a part begins: LUTs, flip-flops, RAMB36, UltraRAM, multipliers, pins
    "xc7z020": (53200, 106400, 140, 0, 220, 200),
    "xczu7ev": (230400, 460800, 312, 96, 1728, 464),
    "xck26": (117120, 234240, 144, 64, 1248, 186),
    "xcu280": (1303680, 2607360, 2016, 960, 9024, 624),
    "xcu55c": (1303680, 2607360, 2016, 960, 9024, 624),
}


def plain(number: float) -> str:
    """A count; block RAM comes in halves."""
    return str(int(number)) if number == int(number) else f"{number:.1f}"


def utilization(netlist: Netlist) -> str:
    lut, ff, ram36, ram18, uram, dsp = total(netlist)
    there = next((v for k, v in AVAILABLE.items() if netlist.part.startswith(k)), (10**6,) * 6)
    seven = netlist.part.startswith("xc7")
    names = ("Site Type", "Used", "Fixed", "Prohibited", "Available", "Util%")

    def row(name: str, used: float, of: float) -> list[object]:
        return [name, plain(used), 0, 0, of, f"{100 * used / of if of else 0:.2f}"]

    word = "Slice" if seven else "CLB"
    logic = [
        row(f"{word} LUTs", lut, there[0]),
        row("  LUT as Logic", lut, there[0]),
        row("  LUT as Memory", 0, there[0] // 3),
        row(f"{word} Registers", ff, there[1]),
        row("  Register as Flip Flop", ff, there[1]),
        row("  Register as Latch", 0, there[1]),
    ]
    memory = [
        row("Block RAM Tile", ram36 + ram18 / 2, there[2]),
        row("  RAMB36/FIFO", ram36, there[2]),
        row("  RAMB18", ram18, 2 * there[2]),
        *([] if seven else [row("URAM", uram, there[3])]),
    ]
    titles = (f"{word} Logic", "Memory", "DSP", "IO and GT Specific", "Primitives")
    bodies = (
        box(names, logic),
        box(names, memory),
        box(names, [row("DSPs", dsp, there[4])]),
        box(names, [row("Bonded IOB", 0, there[5])]),
        box(("Ref Name", "Used", "Functional Category"), [("FDRE", ff, "Flop & Latch")]),
    )
    return "Utilization Design Information\n\n" + sections(titles, bodies)


def utilization_hierarchy(netlist: Netlist) -> str:
    names = ("Instance", "Module", "Total LUTs", "Logic LUTs", "LUTRAMs", "SRLs", "FFs", "RAMB36")
    names += ("RAMB18", "URAM", "DSP Blocks")

    def row(depth: int, name: str, module: str, used: Sequence[int]) -> list[object]:
        lut, ff, ram36, ram18, uram, dsp = used
        shown = "  " * depth + name
        return [shown, module, lut, lut, 0, 0, ff, ram36, ram18, uram, dsp]

    whole = total(netlist)
    rows = [row(0, netlist.design, "(top)", whole)]
    rows.append(row(1, f"({netlist.design})", "(top)", (10, 10, 0, 0, 0, 0)))
    used = area(netlist)
    if netlist.instance:
        inside = tuple(a - b for a, b in zip(whole, (10, 10, 0, 0, 0, 0), strict=True))
        rows.append(row(1, netlist.instance, netlist.instance.removesuffix("_i"), inside))
    for cell, numbers in used.items():
        rows.append(row(2, cell, f"{cell}_0", numbers))
        rows.append(row(3, "inst", f"{cell}_inst", numbers))
        if cell == "matmul":  # as its core is built, for limits on what is inside
            array = (*numbers[:5], numbers[5])
            rows += [row(4, "u_engine", "engine", numbers), row(5, "u_array", "array", array)]
    note = (
        "* Note: The sum of lower-level cells may be larger than their parent cells total, due to"
    )
    table = f"{box(names, rows)}{note} cross-hierarchy LUT combining\n"
    return "Utilization Design Information\n\n" + sections(("Utilization by Hierarchy",), (table,))


# --- the rest -------------------------------------------------------------------------------------


def checks(title: str, netlist: Netlist, rows: Sequence[tuple[str, str, str, str]]) -> str:
    """report_drc and report_methodology: rule, severity, description, and what it says."""
    contents = "Table of Contents\n-----------------\n1. REPORT SUMMARY\n2. REPORT DETAILS\n\n"
    names = ("Rule", "Severity", "Description", "Violations")
    table = box(names, [(rule, severity, text, 1) for rule, severity, text, _ in rows])
    found = [
        f"{rule}#1 {severity}\n{text}  \n{said}\nRelated violations: <none>\n"
        for rule, severity, text, said in rows
    ]
    return (
        f"{title}\n\n{contents}1. REPORT SUMMARY\n-----------------\n"
        f"            Netlist: netlist\n          Floorplan: design_1\n"
        f"      Design limits: <entire design considered>\n             Max violations: <unlimited>\n"
        f"             Violations found: {len(rows)}\n{table}\n"
        f"2. REPORT DETAILS\n-----------------\n" + "\n".join(found) + "\n"
    )


def drc(netlist: Netlist) -> str:
    said = "The stand-in was told to find an error."
    rows = [("NSTD-1", "Error", "Unspecified I/O Standard", said)] * min(netlist.drc_errors, 1)
    return checks("Report DRC", netlist, rows)


def methodology(netlist: Netlist) -> str:
    return checks("Report Methodology", netlist, [])


def cdc(netlist: Netlist) -> str:
    if not netlist.cdc_critical:
        return "CDC Report\n\nAll paths are Safely Timed.\n"
    clock = netlist.clocks[0][0]
    cell = f"{netlist.instance}/{netlist.kernels[0]}/inst"
    first = columns(
        ("ID", "Severity", "Count", "Description"),
        [("CDC-1", "Critical", "1", "1-bit unknown CDC circuitry")],
        2,
        bare=True,
    )
    names = ("Row", "ID", "Severity", "Description", "Depth", "Exception", "Source (From)")
    row = ("1", "CDC-1", "Critical", "1-bit unknown CDC circuitry", "0", "None", f"{cell}/a_reg/C")
    table = columns((*names, "Destination (To)"), [(*row, f"{cell}/b_reg/D")], 8, bare=True)
    return (
        f"CDC Report\n\n{first}\nSource Clock: other\nDestination Clock: {clock}\n"
        f"CDC Type: No Common Primary Clock\n\n{table}\n"
    )


def route_status(netlist: Netlist) -> str:
    nets = 4000
    routed = nets - netlist.unrouted if netlist.routed else 0
    rows = (
        ("# of logical nets..........................", nets + 1000),
        ("    # of nets not needing routing..........", 1000),
        ("    # of routable nets.....................", nets),
        ("        # of fully routed nets.............", routed),
        ("    # of nets with routing errors..........", nets - routed),
    )
    rule = "   ------------------------------------------- : ----------- :"
    lines = [f"   {name} : {count:>11} :" for name, count in rows]
    title = "Design Route Status\n                                               :      # nets :"
    return "\n".join([title, rule, *lines, rule, "", ""])


def power(netlist: Netlist) -> str:
    rows = [
        ("Total On-Chip Power (W)", "2.000"),
        ("Dynamic (W)", "1.800"),
        ("Device Static (W)", "0.200"),
        ("Effective TJA (C/W)", "11.5"),
        ("Max Ambient (C)", "60.0"),
        ("Junction Temperature (C)", "48.0"),
        ("Confidence Level", "Low"),
    ]
    chips = [
        ("Clocks", "1.800", 1, "---", "---"),
        ("Static Power", "0.200", "", "", ""),
        ("Total", "2.000", "", "", ""),
    ]
    names = ("On-Chip", "Power (W)", "Used", "Available", "Utilization (%)")
    summary = headless(rows)
    contents = "Table of Contents\n-----------------\n1. Summary\n1.1 On-Chip Components\n\n"
    return (
        f"Power Report\n\n{contents}1. Summary\n----------\n\n{summary}\n\n"
        f"1.1 On-Chip Components\n----------------------\n\n{box(names, chips)}\n\n"
    )


def headless(rows: Sequence[tuple[str, str]]) -> str:
    """A table of names and values, without a line of headings."""
    widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
    rule = f"+{'-' * (widths[0] + 2)}+{'-' * (widths[1] + 2)}+"
    lines = [f"| {name.ljust(widths[0])} | {text.ljust(widths[1])} |" for name, text in rows]
    return "\n".join([rule, *lines, rule]) + "\n"


def qor_assessment(netlist: Netlist) -> str:
    first = headless([("QoR Assessment Score", "4 - Design will likely meet timing")])
    names = ("Name", "Threshold", "Actual", "Used", "Available", "Status")
    slack = f"{netlist.slack('setup'):.3f}"
    second = box(names, [("Timing", "", "", "", "", ""), ("  WNS", "0.000", slack, "-", "-", "OK")])
    titles = ("Overall Assessment Summary", "QoR Assessment Details")
    return "Report QoR Assessment\n\n" + sections(titles, (first, second))


def control_sets(netlist: Netlist) -> str:
    summary = box(
        ("Status", "Count"),
        [
            ("Total control sets", 2),
            ("   Minimum number of control sets", 2),
            ("Unused register locations in slices containing registers", 4),
        ],
    )
    spread = box(("Fanout", "Count"), [("Total control sets", 2), (">= 16", 2)])
    flops = box(
        ("Clock Enable", "Synchronous Set/Reset", "Asynchronous Set/Reset", "Total Registers",
         "Total Slices"),
        [("No", "No", "No", 14, 4), ("Yes", "Yes", "No", 20, 6)],
    )  # fmt: skip
    titles = ("Summary", "Histogram", "Flip-Flop Distribution")
    return "Control Set Information\n\n" + sections(titles, (summary, spread, flops))


def ip_status(netlist: Netlist) -> str:
    return f"IP Status Summary ({MARK})\n\n1. Project IP Status\n\nAll IPs are up to date.\n"


def kernel_utilization(netlist: Netlist) -> str:
    """What v++ has of its kernels."""
    there = next(v for k, v in AVAILABLE.items() if netlist.part.startswith(k))
    of = (there[1], there[0], there[0] // 2, there[2], there[3], there[4])

    def row(name: str, used: Sequence[float]) -> list[str]:
        cells = [
            f"{plain(n)} [{100 * n / (all or 1):6.2f}%]" for n, all in zip(used, of, strict=True)
        ]
        return [name, *cells]

    lut, ff, ram36, ram18, uram, dsp = KERNEL
    each = (ff, lut, 0, ram36 + ram18 / 2, uram, dsp)
    count = len(netlist.cells)
    whole = [number * count for number in each]
    rows = [
        row("Platform", (0,) * 6),
        row("User Budget", of),
        row("   Used Resources", whole),
        row("   Unused Resources", [a - b for a, b in zip(of, whole, strict=True)]),
    ]
    for unit in netlist.cells:
        rows += [row(unit.removesuffix("_1"), each), row(f"   {unit}", each)]
    names = ("Name", "REG", "LUT", "LUTAsMem", "BRAM", "URAM", "DSP")
    title = "Accelerator Utilization Design Information"
    return f"{title}\n\n" + sections(("System Utilization",), (box(names, rows),))


TEXTS: Mapping[str, tuple[Callable[[Netlist], str], bool]] = {  # text, whether the head has a state
    "report_timing_summary": (timing_summary, True),
    "report_clock_interaction": (clock_interaction, True),
    "report_utilization": (utilization, True),
    "report_drc": (drc, True),
    "report_methodology": (methodology, True),
    "report_cdc": (cdc, False),
    "report_power": (power, True),
    "report_qor_assessment": (qor_assessment, True),
    "report_control_sets": (control_sets, True),
    "report_accelerator_utilization": (kernel_utilization, True),
}


def report(command: str, words: Sequence[str], netlist: Netlist, version: str) -> str:
    """The text of a report. Raises KeyError for a command that is not known here."""
    if command == "report_route_status":
        return route_status(netlist) + f"({MARK})\n"
    if command == "report_ip_status":
        return ip_status(netlist)
    text, state = TEXTS[command]
    if command == "report_utilization" and "-hierarchical" in words:
        text = utilization_hierarchy
    return head(netlist, " ".join([command, *words]), version, state) + text(netlist)
