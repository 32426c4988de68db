"""csynth.xml and FUNCTION_csynth.xml: what HLS estimates, for programs to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls import csynth_hardware as hardware
from bitwright.reports.read.hls.estimates import (
    NO_URAM,
    VERSION,
    Clock,
    Latency,
    Loop,
    Numbers,
    Port,
    Range,
    RealTime,
    Resources,
    Use,
)
from bitwright.reports.read.hls.safe_xml import Node, tree
from bitwright.reports.read.kind import Kind

ROOT = re.compile(r"<profile>\s*<ReportVersion>")
AREA = {
    "lut": ("LUT",),
    "ff": ("FF",),
    "bram_18k": ("BRAM_18K",),
    "uram": ("URAM",),
    "dsp": ("DSP", "DSP48E"),  # from 2020.2; up to 2020.1
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where HLS could not do as told."""

    loop: str  # empty for the function itself
    issue: str  # 'Timing Violation', 'II Violation'
    violation: str
    source: str  # file:line


@dataclass(frozen=True, slots=True)
class Module:
    """One function of the design with its own estimates."""

    name: str
    pipeline: str  # no, yes, dataflow, 'loop auto-rewind ...'
    latency_cycles: Latency
    latency_ns: RealTime
    interval_cycles: Range
    clock_ns: Clock
    resources: Resources
    loops: tuple[Loop, ...]
    violations: tuple[Violation, ...]
    ports: tuple[Port, ...]  # printed by HLS 2020.2 only
    binds: tuple[hardware.Bind, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance below the top; the functions are `modules`."""

    name: str
    module: str
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class CsynthXml:
    """One csynth.xml: of the whole design (with modules, interfaces, pragmas), or one function."""

    version: str | None
    part: str | None
    top: str
    product_family: str
    flow_target: str  # vivado, vitis; empty before 2020.2
    pipeline: str  # none, no, yes, function, dataflow
    clock_ns: Clock
    latency_cycles: Latency
    latency_ns: RealTime
    interval_cycles: Range
    throughput_cycles: Range | None  # of the slowest process; None: no dataflow, or not printed
    resources: Resources
    loops: tuple[Loop, ...]
    violations: tuple[Violation, ...]  # of the top; those of each function are in `modules`
    modules: tuple[Module, ...]
    instances: tuple[Instance, ...]
    ports: tuple[Port, ...]
    interfaces: tuple[hardware.Interface, ...]
    arguments: tuple[hardware.Argument, ...]
    pragmas: tuple[hardware.Pragma, ...]
    bursts: tuple[Mapping[str, str], ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_csynth_xml(text: str, *, origin: Path) -> CsynthXml:
    """Read csynth.xml or FUNCTION_csynth.xml, HLS 2016.4 to 2025.1.

    Cycles, ns and counts as printed. ReportError for XML that is cut off, hostile, or not of HLS.
    """
    root = tree(text, origin=origin)
    numbers = Numbers(origin)
    user, estimates = _need(root, numbers, "UserAssignments"), "PerformanceEstimates"
    overall = _need(root, numbers, estimates, "SummaryOfOverallLatency")
    timing = _need(root, numbers, estimates, "SummaryOfTimingAnalysis")
    used = _need(root, numbers, "AreaEstimates", "Resources")
    available = _need(root, numbers, "AreaEstimates", "AvailableResources")
    performance = _need(root, numbers, estimates)
    version = VERSION.match(root.word("ReportVersion", "Version") or "")
    throughput = overall.get("DataflowPipelineThroughput")
    return CsynthXml(
        version[0] if version else None,
        user.word("Part") or None,
        user.word("TopModelName") or "",
        user.word("ProductFamily") or "",
        user.word("FlowTarget") or "",
        performance.word("PipelineType") or "",
        _clock(user, timing, numbers, "clock_ns"),
        _latency(overall, numbers, "latency_cycles"),
        _real_time(overall, numbers, "latency_ns"),
        _interval(overall, numbers),
        None if throughput is None else _range(throughput, numbers, "throughput_cycles"),
        _resources(used, available, numbers, "resources"),
        tuple(_loops(performance.get("SummaryOfLoopLatency"), numbers, "loops")),
        tuple(_violations(performance.get("SummaryOfViolations"))),
        tuple(_module(node, numbers) for node in root.all("ModuleInformation", "Module")),
        tuple(_instances(root.get("RTLDesignHierarchy", "TopModule"))),
        tuple(hardware.ports(root, numbers)),
        tuple(hardware.interfaces(root, numbers)),
        tuple(hardware.arguments(root, numbers)),
        tuple(hardware.pragmas(root)),
        tuple(hardware.bursts(root)),
        numbers.missing,
        "",
    )


def _need(root: Node, numbers: Numbers, *path: str) -> Node:
    node = root.get(*path)
    if node is None:
        numbers.refuse(root.line, "a part is missing", f"<{'> <'.join(path)}>", "no such element")
    return node


def _clock(target: Node, estimate: Node, numbers: Numbers, name: str) -> Clock:
    words = {
        "target": target.word("TargetClockPeriod"),
        "estimated": estimate.word("EstimatedClockPeriod"),
        "uncertainty": target.word("ClockUncertainty"),
    }
    return Clock(
        **{
            key: numbers.decimal(f"{name}.{key}", word, line=target.line)
            for key, word in words.items()
        }
    )


def _latency(node: Node, numbers: Numbers, name: str) -> Latency:
    best, average, worst = (
        numbers.integer(f"{name}.{key}", node.word(f"{key.title()}-caseLatency"), line=node.line)
        for key in ("best", "average", "worst")
    )
    numbers.ordered(name, best, average, worst, line=node.line)
    return Latency(best, average, worst)


def _real_time(node: Node, numbers: Numbers, name: str) -> RealTime:
    best, average, worst = (
        numbers.time_ns(
            f"{name}.{key}", node.word(f"{key.title()}-caseRealTimeLatency"), line=node.line
        )
        for key in ("best", "average", "worst")
    )
    numbers.ordered(name, best, average, worst, line=node.line)
    return RealTime(best, average, worst)


def _interval(node: Node, numbers: Numbers) -> Range:
    least, most = (
        numbers.integer(f"interval_cycles.{key}", node.word(f"Interval-{key}"), line=node.line)
        for key in ("min", "max")
    )
    numbers.ordered("interval_cycles", least, most, line=node.line)
    return Range(least, most)


def _resources(
    used: Node, available: Node, numbers: Numbers, name: str, prefix: str = ""
) -> Resources:
    """prefix: AVAIL_ where what the part has stands beside what is used, as in a module."""
    uses = {}
    for key, tags in AREA.items():
        there = [f"{prefix}{tag.removesuffix('_18K')}" if prefix else tag for tag in tags]
        way = f"{name}.{key}"
        uses[key] = Use(
            _count(used, tags, numbers, f"{way}.used"),
            _count(available, there, numbers, f"{way}.available"),
        )
    return Resources(**uses)


def _count(node: Node, tags: Sequence[str], numbers: Numbers, name: str) -> int | None:
    """The number in the first of these elements that there is."""
    word = next((word for tag in tags if (word := node.word(tag)) is not None), None)
    count = numbers.integer(name, word, line=node.line)
    if word is None and ".uram." in name:
        numbers.missing[name] = NO_URAM
    return count


def _loops(parent: Node | None, numbers: Numbers, name: str) -> Iterator[Loop]:
    """The loops are elements whose tags are the labels; so is a loop within a loop."""
    for node in parent.children if parent is not None else ():
        if node.get("TripCount") is None and node.get("Latency") is None:
            continue
        label = node.word("Name") or node.tag
        way = f"{name}.{label}"
        depth, interval, kind = node.get("PipelineDepth"), node.get("PipelineII"), "PipelineType"
        slack, each = node.word("Slack"), node.get("IterationLatency") or depth
        pipeline = node.word(kind) or ""
        yield Loop(
            label,
            _range(node.get("TripCount"), numbers, f"{way}.trip_count"),
            _range(node.get("Latency"), numbers, f"{way}.latency_cycles"),
            _range(each, numbers, f"{way}.iteration_latency_cycles"),
            numbers.integer(f"{way}.ii_cycles", interval.text) if interval else None,
            None,
            numbers.integer(f"{way}.depth_cycles", depth.text) if depth else None,
            pipeline.startswith(("yes", "rewind")) if pipeline else interval is not None,
            pipeline,
            numbers.decimal(f"{way}.slack_ns", slack) if slack is not None else None,
            tuple(_loops(node, numbers, way)),
        )


def _range(node: Node | None, numbers: Numbers, name: str) -> Range:
    """`12`, `undef`, `1 ~ 12`, or <range><min>1</min><max>12</max></range>."""
    if node is None or node.get("range") is None:
        return numbers.range(name, node.text if node is not None else None)
    least, most = (
        numbers.integer(f"{name}.{key}", node.word("range", key), line=node.line)
        for key in ("min", "max")
    )
    numbers.ordered(name, least, most, line=node.line)
    return Range(least, most)


def _violations(node: Node | None, loop: str = "") -> Iterator[Violation]:
    if node is None:
        return
    issue, violation = node.word("IssueType") or "-", node.word("ViolationType") or "-"
    if (issue, violation) != ("-", "-"):
        yield Violation(loop, issue, violation, node.word("SourceLocation") or "")
    below = node.get("SummaryOfLoopViolations")
    for child in [*node.children, *(below.children if below is not None else ())]:
        if child.get("IssueType") is not None:
            yield from _violations(child, child.word("Name") or child.tag)


def _module(node: Node, numbers: Numbers) -> Module:
    label = node.word("Name") or ""
    name, estimates = f"modules.{label}", "PerformanceEstimates"
    overall = _need(node, numbers, estimates, "SummaryOfOverallLatency")
    timing = _need(node, numbers, estimates, "SummaryOfTimingAnalysis")
    used = _need(node, numbers, "AreaEstimates", "Resources")
    interval = overall.get("PipelineInitiationInterval")
    return Module(
        label,
        overall.word("PipelineType") or "",
        _latency(overall, numbers, f"{name}.latency_cycles"),
        _real_time(overall, numbers, f"{name}.latency_ns"),
        _range(interval, numbers, f"{name}.interval_cycles"),
        _clock(timing, timing, numbers, f"{name}.clock_ns"),
        _resources(used, used, numbers, f"{name}.resources", "AVAIL_"),
        tuple(_loops(node.get(estimates, "SummaryOfLoopLatency"), numbers, f"{name}.loops")),
        tuple(_violations(node.get(estimates, "SummaryOfViolations"))),
        tuple(hardware.ports(node, numbers)),
        tuple(hardware.binds(node, numbers)),
    )


def _instances(node: Node | None) -> Iterator[Instance]:
    for child in node.all("InstancesList", "Instance") if node is not None else ():
        below = tuple(_instances(child))
        yield Instance(child.word("InstName") or "", child.word("ModuleName") or "", below)


def _claims(head: str) -> bool:
    return ROOT.search(head) is not None


KIND = Kind("csynth_xml", "HLS", _claims, parse_csynth_xml)
