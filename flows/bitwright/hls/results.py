"""What HLS estimates of one kernel: metrics.json, its numbers by name, and their Verdict.

Numbers come from csynth.xml as its reader has them; what a number lacks stands in `missing`, never
a zero. Places in sources hold no folder, so the same kernel gives the same bytes anywhere.

    numbers = metrics(csynth_xml, hls_log, kernel, origin=path)
    judge(numbers, design.demands.of_hls("ffn"))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitwright.hls.complaints import accesses, functions, name_of, place, slow_loops
from bitwright.kernel import Kernel
from bitwright.limits import HLS, Demands
from bitwright.reports.judge import Verdict, judge_numbers
from bitwright.reports.measures import OF_HLS, RESOURCES, Number
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.csynth_hardware import Interface
from bitwright.reports.read.hls.csynth_xml import CsynthXml, Module, parse_csynth_xml
from bitwright.reports.read.hls.estimates import Clock, Loop, Resources

SCHEMA = 1
PLACES = {  # where metrics.json has the number of each name
    "latency_cycles": ("latency_cycles", "worst"),
    "interval_cycles": ("interval_cycles", "max"),
    "clock_ns": ("clock_ns", "estimated"),
    **{name: ("resources", name, "used") for name in RESOURCES if name in OF_HLS},
}
COUNTED = {"ii_violations": ("ii_violations",), "burst_failures": ("bursts", "failed")}


def metrics(
    csynth_xml: str, hls_log: str, kernel: Kernel, *, origin: Path, root: Path | None = None
) -> dict[str, Any]:
    """The body of hls/<kernel>/metrics.json.

    csynth_xml: of the whole design; hls_log: what the tool printed; origin: of csynth_xml, for
    messages; root: the folder that places in sources are told from, else by the file's name
    Cycles, ns, bits and counts as the tool has them. Raises ReportError for no csynth.xml.
    """
    report = parse_csynth_xml(csynth_xml, origin=origin)
    inferred, failed = accesses(report, hls_log, kernel, root)
    return {
        "schema": SCHEMA,
        "kernel": kernel.name,
        "format": kernel.format,
        "vlnv": kernel.vlnv,
        "tools": {"vitis_hls": report.version},
        "part": report.part,
        "flow_target": report.flow_target,
        "clock_ns": _clock(report.clock_ns),
        "latency_cycles": asdict(report.latency_cycles),
        "interval_cycles": asdict(report.interval_cycles),
        "resources": _resources(report.resources),
        "loops": [_loop(loop) for loop in report.loops],
        "modules": [_module(each) for each in report.modules if each.name != report.top],
        "ii_violations": [asdict(each) for each in slow_loops(report, hls_log, root)],
        "timing_violations": _too_long(report, root),
        "bursts": {
            "inferred": [asdict(each) for each in inferred],
            "failed": [asdict(each) for each in failed],
        },
        "interfaces": [_interface(bus) for bus in report.interfaces],
        "missing": dict(sorted(report.missing.items())),
    }


def _clock(clock: Clock) -> dict[str, float | None]:
    return {key: getattr(clock, key) for key in ("target", "uncertainty", "estimated")}


def _resources(found: Resources) -> dict[str, dict[str, int | None]]:
    return {name: asdict(getattr(found, name)) for name in RESOURCES if name in OF_HLS}


def _loop(loop: Loop) -> dict[str, Any]:
    return {
        "name": loop.name,
        "trip_count": asdict(loop.trip_count),
        "latency_cycles": asdict(loop.latency_cycles),
        "ii_cycles": loop.ii_cycles,
        "depth_cycles": loop.depth_cycles,
        "pipelined": loop.pipelined,
        "loops": [_loop(inner) for inner in loop.loops],
    }


def _module(module: Module) -> dict[str, Any]:
    return {
        "name": module.name,
        "pipeline": module.pipeline,
        "latency_cycles": asdict(module.latency_cycles),
        "interval_cycles": asdict(module.interval_cycles),
        "clock_ns": _clock(module.clock_ns),
        "resources": _resources(module.resources),
        "loops": [_loop(loop) for loop in module.loops],
    }


def _too_long(report: CsynthXml, root: Path | None) -> list[dict[str, str]]:
    """The loops and functions whose path is longer than the clock allows, by HLS's estimate."""
    return [
        {"module": name_of(function), "loop": each.loop, "source": place(each.source, root)}
        for function in functions(report)
        for each in function.violations
        if each.issue.startswith("Timing")
    ]


def _interface(bus: Interface) -> dict[str, Any]:
    return {
        "name": bus.name,
        "kind": bus.kind,
        "mode": bus.mode,
        "data_bits": bus.data_bits,
        "address_bits": bus.address_bits,
        "registers": [
            {"name": each.name, "offset": each.offset, "bits": each.bits, "access": each.access}
            for each in bus.registers
        ],
    }


def to_json(body: Mapping[str, Any]) -> str:
    """metrics.json: the same body gives the same bytes."""
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


# ---------------------------------------------------------------------------------------- judging


def numbers(body: Mapping[str, Any]) -> dict[str, Number]:
    """The numbers of a metrics.json by their flat names, hls.ffn.dsp; those left open are absent.

    KeyError or TypeError where the body is not of this schema.
    """
    found = {}
    for name, way in PLACES.items():
        value = _at(body, way)
        room = _at(body, ("resources", name, "available")) if name in RESOURCES else None
        if value is not None:
            found[_flat(body, name)] = Number(value, ".".join(way), room)
    for name, way in COUNTED.items():
        found[_flat(body, name)] = Number(len(_at(body, way)), ".".join(way))
    return {name: found[name] for name in (_flat(body, n) for n in OF_HLS) if name in found}


def _at(body: Mapping[str, Any], way: Iterable[str]) -> Any:
    value: Any = body
    for key in way:
        value = value[key]
    return value


def _flat(body: Mapping[str, Any], name: str) -> str:
    return f"{HLS}{body['kernel']}.{name}"


def judge(body: Mapping[str, Any], demands: Demands, log: Iterable[str] = ()) -> Verdict:
    """Judge a kernel by those demands of a config that are about its HLS, and by its log's lines.

    demands: of the config; what is not about this kernel is left to others
    Raises ReportError for a limit on a number that HLS left open: that is no pass.
    """
    own, source = demands.of_hls(body["kernel"]), f"hls/{body['kernel']}/metrics.json"
    measured = numbers(body)
    for limit in own.limits:
        if limit.metric not in measured:
            _refuse_open(body, limit.metric, source)
    verdict = judge_numbers(measured, own, {f"hls/{body['kernel']}/hls.log": log}, source=source)
    # Whether a message's waiver is needed, the logs of all steps together tell.
    notes = [note for note in verdict.notes if not any(f" {m} " in note for m in own.messages)]
    return Verdict(verdict.judged, tuple(notes))


def _refuse_open(body: Mapping[str, Any], metric: str, source: str) -> None:
    way = ".".join(PLACES[metric.rpartition(".")[2]])
    refuse(
        Path(source),
        f"the limit on {metric} cannot be judged: HLS left the number open",
        expected="a number",
        found=body["missing"].get(way, "none"),
        next="give each loop of unknown length a '#pragma HLS loop_tripcount', or remove the limit",
    )
