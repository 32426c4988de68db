"""export_design's reports: what Vivado made of the exported core, after synthesis or routing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls.estimates import VERSION, Numbers, Resources, Use
from bitwright.reports.read.hls.export_boxed import (
    BANNER,
    COLUMNS,
    Cell,
    Check,
    Printed,
    TimingPath,
    boxed,
)
from bitwright.reports.read.hls.safe_xml import Node, tree
from bitwright.reports.read.kind import Kind

PLAIN = re.compile(r"\s*(?:Implementation tool: |#=== )")  # before 2022.1
XML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<profile>\s*<(?:RunData|AreaReport|TimingReport)>")
COUNT = re.compile(r"^([A-Z]+): +(\d{1,15})$", re.MULTILINE)  # LUT:              11932
FACT = re.compile(r"^([A-Z][\w -]+): +(\S.*)$", re.MULTILINE)
OTHERS = ("SRL", "SLICE", "CLB", "LATCH")
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
    available: Mapping[str, int] = {}
    if XML.match(text):
        root = tree(text, origin=origin)
        printed = _from_xml(root)
        counts = _counts(root, "Resources", numbers)
        available = _counts(root, "AvailableResources", numbers)
    else:
        whole = text[: text.rfind("\n") + 1]  # a torn last line is no number
        banner = BANNER.search(whole)
        printed = boxed(text, banner[1], numbers) if banner else _plain(whole)
        counts = {name: int(count) for name, count in COUNT.findall(whole)}
    clock = _clock(printed, numbers)
    return ExportImpl(
        printed.version,
        printed.part,
        printed.project,
        printed.solution,
        "implementation" if printed.routed else "synthesis",
        clock,
        _met(printed.verdict, clock, numbers),
        _resources(counts, available, numbers),
        {name.lower(): counts[name] for name in OTHERS if name in counts},
        printed.settings,
        printed.cells,
        printed.checks,
        printed.paths,
        printed.reports,
        numbers.missing,
        printed.incomplete,
    )


def _plain(text: str) -> Printed:
    """The layout before 2022.1; its last line is the verdict."""
    facts = {name: value.rstrip() for name, value in FACT.findall(text)}
    version = VERSION.search(facts.get("Implementation tool", ""))
    verdict = next((line for line in reversed(text.split("\n")) if line in VERDICTS), None)
    return Printed(
        version=version[0] if version else None,
        part=facts.get("Device target"),
        project=facts.get("Project", ""),
        solution=facts.get("Solution", ""),
        routed="Post-Implementation Resource usage" in text or "post-implementation" in text,
        target=facts.get("CP required"),
        post_synthesis=facts.get("CP achieved post-synthesis"),
        post_route=facts.get("CP achieved post-implementation"),
        verdict=verdict,
        incomplete="" if verdict else "it ends before the line 'Timing met' or 'Timing not met'",
    )


def _from_xml(root: Node) -> Printed:
    timing = root.get("TimingReport")
    words = {node.tag: node.text for node in timing.children} if timing is not None else {}
    about = {
        node.attributes.get("NAME", ""): node.attributes.get("VALUE", "")
        for node in root.all("GeneralInfo", "item")
    }
    version = VERSION.search(root.word("RunData", "VIVADO_VERSION") or about.get("Version", ""))
    return Printed(
        version=version[0] if version else None,
        part=about.get("Target device"),
        project=about.get("Project", ""),
        solution=about.get("Solution", ""),
        routed=root.word("RunData", "RUN_TYPE") != "syn" and words.get("CP_ROUTE") != "NA",
        target=words.get("TargetClockPeriod"),
        post_synthesis=words.get("CP_SYNTH"),
        post_route=words.get("CP_ROUTE", words.get("AchievedClockPeriod")),
        verdict=words.get("TIMING_MET"),
        reports={
            node.attributes.get("TYPE", ""): node.attributes.get("PATH", "")
            for node in root.all("VivadoReportFiles", "ReportFile")
        },
    )


def _counts(root: Node, tag: str, numbers: Numbers) -> dict[str, int]:
    parent = root.get("AreaReport", tag)
    read = {
        node.tag: numbers.integer(f"resources.{node.tag}", node.text, line=node.line)
        for node in (parent.children if parent is not None else ())
    }
    return {name: count for name, count in read.items() if count is not None}


def _clock(printed: Printed, numbers: Numbers) -> ExportClock:
    if printed.target is None or (printed.post_synthesis is None and printed.post_route is None):
        found = printed.incomplete or "no such lines"
        numbers.refuse(1, "there is no timing", "the target and what was achieved", found)
    route = printed.post_route
    return ExportClock(
        numbers.decimal("clock_ns.target", printed.target),
        numbers.decimal("clock_ns.post_synthesis", printed.post_synthesis),
        numbers.decimal("clock_ns.post_route", route) if printed.routed else None,
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


def _claims(head: str) -> bool:
    found = (BANNER.search(head), PLAIN.match(head), XML.match(head))
    return any(each is not None for each in found)


KIND = Kind("export_impl", "HLS", _claims, parse_export_impl)
