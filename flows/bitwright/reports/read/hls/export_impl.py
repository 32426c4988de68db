"""export_design's reports: what Vivado made of the exported core, after synthesis or routing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.cells import is_open
from bitwright.reports.read.hls import nesting
from bitwright.reports.read.hls.estimates import VERSION, Numbers, Resources, Use
from bitwright.reports.read.hls.layout import Layout, Table, parse_layout
from bitwright.reports.read.hls.safe_xml import tree
from bitwright.reports.read.kind import Kind

BOXED = re.compile(r"^== Vivado (Place & Route|RTL Synthesis) Results$", re.MULTILINE)
PLAIN = re.compile(r"\s*(?:Implementation tool: |#=== )")  # before 2022.1
XML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<profile>\s*<(?:RunData|AreaReport|TimingReport)>")
COUNT = re.compile(r"^([A-Z]+): +(\d{1,15})$", re.MULTILINE)  # LUT:              11932
FACT = re.compile(r"^([A-Z][\w -]+): +(\S.*)$", re.MULTILINE)
COLUMNS = {"lut": "LUT", "ff": "FF", "bram_18k": "BRAM", "uram": "URAM", "dsp": "DSP"}
OTHERS = ("SRL", "SLICE", "CLB", "LATCH")
DELAYS = ("DATAPATH DELAY", "DATAPATH LOGIC DELAY", "DATAPATH NET DELAY")
PATH = ("Path", "SLACK", "STARTPOINT PIN", "ENDPOINT PIN", "LOGIC LEVELS", "MAX FANOUT", *DELAYS)
NOT_PRINTED = "not printed here"
VERDICTS = {"Timing met": True, "Timing not met": False, "No Sequential Path": None}
VERDICTS |= {"Timing was met": True, "Timing was NOT met": False}
VERDICTS |= {"TRUE": True, "FALSE": False, "NA": None}


@dataclass(frozen=True, slots=True)
class ExportClock:
    """Periods in ns; achieved is what the netlist could run at."""

    target: float | None
    post_synthesis: float | None
    post_route: float | None  # None after synthesis only


@dataclass(frozen=True, slots=True)
class Cell:
    """One instance with its share; '(name)' is what of `name` stands in no instance below it."""

    name: str
    lut: int | None  # None: none
    ff: int | None
    bram_18k: int | None
    uram: int | None
    dsp: int | None
    source: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of 'Fail Fast', as printed."""

    criteria: str
    guideline: str
    actual: str
    status: str  # OK, REVIEW


@dataclass(frozen=True, slots=True)
class TimingPath:
    slack_ns: float | None
    start: str
    end: str
    levels: int | None
    fanout: int | None
    delay_ns: float | None
    logic_ns: float | None
    net_ns: float | None
    cells: tuple[tuple[str, str], ...]  # name, primitive


@dataclass(frozen=True, slots=True)
class ExportImpl:
    """One report; the layouts before 2022.1 and the XML have no paths and no cells."""

    version: str | None  # of Vivado
    part: str | None
    project: str
    solution: str
    stage: str  # synthesis, implementation
    clock_ns: ExportClock
    met: bool | None  # None: no sequential path
    resources: Resources
    others: Mapping[str, int]  # srl, slice, clb, latch, as far as printed
    settings: Mapping[str, str]
    cells: tuple[Cell, ...]
    checks: tuple[Check, ...]
    paths: tuple[TimingPath, ...]
    reports: Mapping[str, str]  # 'timing' -> path
    missing: Mapping[str, str]
    incomplete: str


def parse_export_impl(text: str, *, origin: Path) -> ExportImpl:
    """Read export_impl.rpt, export_syn.rpt, TOP_export.rpt or export_impl.xml.

    ReportError where resources or timing are not there, or contradict themselves.
    """
    numbers = Numbers(origin)
    if XML.match(text):
        return _from_xml(text, numbers)
    whole = text[: text.rfind("\n") + 1]  # a torn last line is no number
    counts = {name: int(count) for name, count in COUNT.findall(whole)}
    boxed = BOXED.search(whole)
    return _boxed(text, boxed, counts, numbers) if boxed else _plain(whole, counts, numbers)


def _boxed(
    text: str, banner: re.Match[str], counts: Mapping[str, int], numbers: Numbers
) -> ExportImpl:
    layout = parse_layout(text, origin=numbers.origin)
    kind = banner[1]
    table = layout.table(f"{kind} Timing Summary")
    rows = {row["Timing"]: row["Period (ns)"] for row in _rows(table, "Timing", "Period (ns)")}
    verdict = next((note for note in layout.notes if note in VERDICTS), None)
    clock = _clock(
        (rows.get("Target"), rows.get("Post-Synthesis"), rows.get("Post-Route")),
        kind == "Place & Route",
        numbers,
    )
    ends = layout.table(f"{kind} Vivado Reports")
    reports = _rows(ends, "Report Type", "Report Location")
    return ExportImpl(
        layout.version,
        layout.part,
        layout.facts.get("Project", ""),
        layout.facts.get("Solution", ""),
        "implementation" if kind == "Place & Route" else "synthesis",
        clock,
        _met(verdict, clock, numbers),
        _resources(counts, {}, numbers),
        {name.lower(): counts[name] for name in OTHERS if name in counts},
        {name: value for name, value in layout.facts.items() if name not in ("Version", "Date")},
        _cells(layout.table(f"{kind} Resources"), numbers),
        tuple(
            Check(row["Criteria"], row["Guideline"], row["Actual"], row["Status"])
            for row in _rows(
                layout.table(f"{kind} Fail Fast"), "Criteria", "Guideline", "Actual", "Status"
            )
        ),
        tuple(_paths(layout, f"{kind} Timing Paths", numbers)),
        {row["Report Type"]: row["Report Location"] for row in reports},
        numbers.missing,
        layout.incomplete or ("" if ends else f"it ends before '{kind} Vivado Reports'"),
    )


def _plain(text: str, counts: Mapping[str, int], numbers: Numbers) -> ExportImpl:
    facts = {name: value.rstrip() for name, value in FACT.findall(text)}
    routed = "Post-Implementation Resource usage" in text or "post-implementation" in text
    clock = _clock(
        (
            facts.get("CP required"),
            facts.get("CP achieved post-synthesis"),
            facts.get("CP achieved post-implementation"),
        ),
        routed,
        numbers,
    )
    verdict = next((line for line in reversed(text.split("\n")) if line in VERDICTS), None)
    version = VERSION.search(facts.get("Implementation tool", ""))
    settings = {name: value for name, value in facts.items() if name not in counts}
    return ExportImpl(
        version[0] if version else None,
        facts.get("Device target"),
        facts.get("Project", ""),
        facts.get("Solution", ""),
        "implementation" if routed else "synthesis",
        clock,
        _met(verdict, clock, numbers),
        _resources(counts, {}, numbers),
        {name.lower(): counts[name] for name in OTHERS if name in counts},
        settings,
        (),
        (),
        (),
        {},
        numbers.missing,
        "" if verdict else "it ends before the line 'Timing met' or 'Timing not met'",
    )


def _from_xml(text: str, numbers: Numbers) -> ExportImpl:
    root = tree(text, origin=numbers.origin)
    used, has = (
        {node.tag: node.text for node in parent.children} if parent is not None else {}
        for parent in (
            root.get("AreaReport", "Resources"),
            root.get("AreaReport", "AvailableResources"),
        )
    )
    counts, available = (
        {
            name: count
            for name, word in words.items()
            if (count := numbers.integer(f"resources.{name}", word)) is not None
        }
        for words in (used, has)
    )
    timing = root.get("TimingReport")
    words = {node.tag: node.text for node in timing.children} if timing is not None else {}
    routed = root.word("RunData", "RUN_TYPE") != "syn" and words.get("CP_ROUTE") != "NA"
    routed_cp = words.get("CP_ROUTE", words.get("AchievedClockPeriod"))
    clock = _clock(
        (words.get("TargetClockPeriod"), words.get("CP_SYNTH"), routed_cp), routed, numbers
    )
    about = {
        node.attributes.get("NAME", ""): node.attributes.get("VALUE", "")
        for node in root.all("GeneralInfo", "item")
    }
    version = VERSION.search(root.word("RunData", "VIVADO_VERSION") or about.get("Version", ""))
    return ExportImpl(
        version[0] if version else None,
        about.get("Target device"),
        about.get("Project", ""),
        about.get("Solution", ""),
        "implementation" if routed else "synthesis",
        clock,
        _met(words.get("TIMING_MET"), clock, numbers),
        _resources(counts, available, numbers),
        {name.lower(): counts[name] for name in OTHERS if name in counts},
        {},
        (),
        (),
        (),
        {
            node.attributes.get("TYPE", ""): node.attributes.get("PATH", "")
            for node in root.all("VivadoReportFiles", "ReportFile")
        },
        numbers.missing,
        "",
    )


def _rows(table: Table | None, *heads: str) -> list[dict[str, str]]:
    return table.rows(*heads) if table is not None else []


def _clock(
    printed: tuple[str | None, str | None, str | None], routed: bool, numbers: Numbers
) -> ExportClock:
    target, synthesis, route = printed
    if target is None or (synthesis is None and route is None):
        wanted = "the target and what was achieved"
        numbers.refuse(1, "there is no timing", wanted, "the report breaks off, or has none")
    return ExportClock(
        numbers.decimal("clock_ns.target", target),
        numbers.decimal("clock_ns.post_synthesis", synthesis),
        numbers.decimal("clock_ns.post_route", route) if routed else None,
    )


def _met(verdict: str | None, clock: ExportClock, numbers: Numbers) -> bool | None:
    """What the report says; it cannot be met with a longer period than was asked for."""
    met = VERDICTS.get(verdict or "")
    if met is None:
        numbers.missing["met"] = f"{verdict or 'no verdict'}: the tool left it open"
    achieved = clock.post_route if clock.post_route is not None else clock.post_synthesis
    if met and achieved is not None and clock.target is not None and achieved > clock.target:
        found = f"{achieved} ns for {clock.target} ns"
        numbers.refuse(1, "'Timing met' contradicts the periods", "no longer than asked", found)
    return met


def _resources(
    counts: Mapping[str, int], available: Mapping[str, int], numbers: Numbers
) -> Resources:
    if "LUT" not in counts or "FF" not in counts:
        found = ", ".join(counts) or "none"
        numbers.refuse(1, "there are no resources", "LUT, FF, DSP, BRAM", found)
    uses = {}
    for key, name in COLUMNS.items():
        uses[key] = Use(counts.get(name), available.get(name))
        for share, of in (("used", counts), ("available", available)):
            if name not in of:
                numbers.missing[f"resources.{key}.{share}"] = NOT_PRINTED
    return Resources(**uses)


def _cells(table: Table | None, numbers: Numbers) -> tuple[Cell, ...]:
    """Two blanks for every instance around one."""
    rows = _rows(table, "Name", *COLUMNS.values(), "Source")
    if table is None or not rows:
        return ()
    line, indents = table.box.line, table.box.indents
    try:
        above = nesting.parents([(indent - indents[0]) // 2 for indent in indents])
    except ValueError as error:
        numbers.refuse(line, "the cells do not nest", "two blanks deeper", str(error))

    def make(at: int, within: tuple[Cell, ...]) -> Cell:
        row = rows[at]
        way = f"cells.{row['Name']}"
        counts = {
            key: None if is_open(row[head]) else numbers.integer(way, row[head], line=line)
            for key, head in COLUMNS.items()
        }
        return Cell(row["Name"], **counts, source=row["Source"], cells=within)

    return nesting.build(above, make)


def _paths(layout: Layout, section: str, numbers: Numbers) -> Iterator[TimingPath]:
    """The table of the paths, and behind it one table of cells for each."""
    tables = list(layout.below(section))
    cells = {
        table.box.head[0].removesuffix(" Cells"): tuple((row[0], row[1]) for row in table.box.rows)
        for table in tables[1:]
        if len(table.box.head) > 1
    }
    for row in tables[0].rows(*PATH) if tables else ():
        name, slack, start, end, levels, fanout, *delays = (row[head] for head in PATH)
        way, line = f"paths.{name}", tables[0].box.line
        total, logic, net = (
            numbers.decimal(f"{way}.{what}", delay, line=line)
            for what, delay in zip(("delay_ns", "logic_ns", "net_ns"), delays, strict=True)
        )
        yield TimingPath(
            numbers.decimal(f"{way}.slack_ns", slack, line=line),
            start,
            end,
            numbers.integer(f"{way}.levels", levels, line=line),
            numbers.integer(f"{way}.fanout", fanout, line=line),
            total,
            logic,
            net,
            cells.get(name, ()),
        )


def _claims(head: str) -> bool:
    return any(
        found is not None for found in (BOXED.search(head), PLAIN.match(head), XML.match(head))
    )


KIND = Kind("export_impl", "HLS", _claims, parse_export_impl)
