"""The words for what is measured: one flat name per number, its unit, and which way is better.

Limits, diffs, history, the site and the nightly summary all speak of these names. A number that
belongs to something has that before its name: `clock.sys.achieved_mhz`, `instance.u_array.lut`,
`hls.ffn.interval_cycles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HIGHER, LOWER, NEITHER = "higher", "lower", ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured."""

    name: str  # wns_ns
    label: str  # for people
    unit: str  # ns, MHz, W, MiB, s, cycles; empty for a count
    better: str  # HIGHER, LOWER or NEITHER
    digits: int = 0  # behind the point, for people
    weight: float = 1  # how much a relative change of it matters beside that of the others


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("wns_ns", "worst setup slack", "ns", HIGHER, 3, 4),
        Measure("tns_ns", "total setup slack", "ns", HIGHER, 3, 2),
        Measure("whs_ns", "worst hold slack", "ns", HIGHER, 3, 4),
        Measure("ths_ns", "total hold slack", "ns", HIGHER, 3, 2),
        Measure("wpws_ns", "worst pulse width slack", "ns", HIGHER, 3, 2),
        Measure("failing_endpoints", "failing endpoints", "", LOWER, 0, 4),
        Measure("achieved_mhz", "clock achieved", "MHz", HIGHER, 2, 4),
        Measure("clock_mhz", "clock asked for", "MHz", NEITHER, 2),
        Measure("latency_cycles", "latency", "cycles", LOWER, 0, 4),
        Measure("interval_cycles", "interval", "cycles", LOWER, 0, 4),
        Measure("lut", "LUT", "", LOWER),
        Measure("ff", "flip-flops", "", LOWER),
        Measure("bram_18k", "block RAM, 18 Kbit", "", LOWER, 0, 2),
        Measure("uram", "UltraRAM", "", LOWER, 0, 2),
        Measure("dsp", "multipliers", "", LOWER, 0, 2),
        Measure("io", "pins", "", NEITHER),
        Measure("power_w", "power on chip", "W", LOWER, 3, 2),
        Measure("unrouted_nets", "nets not routed", "", LOWER, 0, 4),
        Measure("drc_errors", "errors of design rules", "", LOWER, 0, 4),
        Measure("cdc_critical", "unsafe clock crossings of ours", "", LOWER, 0, 4),
        Measure("methodology_critical", "bad practice of ours", "", LOWER, 0, 2),
        Measure("wall_s", "time to build", "s", LOWER, 1),
        Measure("peak_rss_mib", "peak memory", "MiB", LOWER),
    )
}
REPORTED: Mapping[str, Measure] = {  # in reports of tools only: for diffs, not for limits
    measure.name: measure
    for measure in (
        Measure("tpws_ns", "total pulse width slack", "ns", HIGHER, 3, 2),
        Measure("slack_ns", "slack", "ns", HIGHER, 3, 2),
        Measure("estimated", "period estimated", "ns", LOWER, 3, 4),
        Measure("post_synthesis", "period after synthesis", "ns", LOWER, 3, 2),
        Measure("post_route", "period after routing", "ns", LOWER, 3, 4),
        Measure("worst_slack_ns", "worst slack", "ns", HIGHER, 3, 4),
        Measure("setup_failing_endpoints", "failing setup endpoints", "", LOWER, 0, 4),
        Measure("hold_failing_endpoints", "failing hold endpoints", "", LOWER, 0, 4),
        Measure("total_on_chip_w", "power on chip", "W", LOWER, 3, 2),
        Measure("dynamic_w", "dynamic power", "W", LOWER, 3),
        Measure("static_w", "static power", "W", LOWER, 3),
        Measure("errors", "errors", "", LOWER, 0, 4),
        Measure("violations", "violations", "", LOWER, 0, 2),
        Measure("ERROR", "error messages", "", LOWER, 0, 4),
        Measure("CRITICAL WARNING", "critical warnings", "", LOWER, 0, 2),
    )
}
OF_TIMING = ("tns_ns", "whs_ns", "ths_ns", "wpws_ns", "failing_endpoints")  # beside wns_ns
RESOURCES = ("lut", "ff", "bram_18k", "uram", "dsp", "io")
ESTIMATED: Mapping[str, Measure] = {  # by HLS alone: hls.KERNEL.NAME, beside those of OF_HLS
    measure.name: measure
    for measure in (
        Measure("clock_ns", "clock period, estimated", "ns", LOWER, 3, 4),
        Measure("ii_violations", "loops slower than asked", "", LOWER, 0, 4),
        Measure("burst_failures", "accesses without burst or full width", "", LOWER, 0, 2),
    )
}
OF_HLS = ("latency_cycles", "interval_cycles", *RESOURCES[:-1], *ESTIMATED)  # of a kernel


def measure_of(name: str) -> Measure | None:
    """What a flat name measures: `clock.sys.wns_ns` is a `wns_ns`; None for an unknown name."""
    last = name.rpartition(".")[2]
    return MEASURES.get(last) or REPORTED.get(last) or ESTIMATED.get(last)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a metrics.json, and the place it stands at."""

    value: float
    place: str  # timing.clocks[0].wns_ns
    available: float | None = None  # of a resource: what the part has


def numbers(metrics: Mapping[str, Any]) -> dict[str, Number]:
    """Every number of a metrics.json body by its flat name, the design's own ones first.

    KeyError, TypeError or ValueError where the body is not of a known schema.
    """
    timing, area = metrics["timing"], metrics["utilization"]
    main = [
        (clock["achieved_mhz"], at)
        for at, clock in enumerate(timing["clocks"])
        if abs(clock["constraint_mhz"] / metrics["clock_mhz"] - 1) < 0.01
    ]
    slowest_mhz, at = min(main)
    found = {
        "wns_ns": Number(timing["wns_ns"], "timing.wns_ns"),
        "achieved_mhz": Number(slowest_mhz, f"timing.clocks[{at}].achieved_mhz"),
        "clock_mhz": Number(metrics["clock_mhz"], "clock_mhz"),
    }
    for name in OF_TIMING:
        if timing.get(name) is not None:
            found[name] = Number(timing[name], f"timing.{name}")
    for section in ("power", "checks"):
        for name, value in metrics.get(section, {}).items():
            if name in MEASURES and value is not None:
                found[name] = Number(value, f"{section}.{name}")
    room = {name: area[name]["available"] for name in RESOURCES if name in area}
    for name in room:
        found[name] = Number(area[name]["used"], f"utilization.{name}.used", room[name])
    for at, clock in enumerate(timing["clocks"]):
        for name in ("wns_ns", "achieved_mhz"):
            place = f"timing.clocks[{at}].{name}"
            found[f"clock.{clock['name']}.{name}"] = Number(clock[name], place)
    for at, node in enumerate(area["hierarchy"]):
        for name in filter(node.__contains__, RESOURCES if node["path"] else ()):
            place = f"utilization.hierarchy[{at}].{name}"
            found[f"instance.{node['path']}.{name}"] = Number(node[name], place, room.get(name))
    for number in found.values():
        for value in (number.value, number.available or 0):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"{number.place} is no number: {value!r}")
    return found


def flatten(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The values of `numbers`."""
    return {name: number.value for name, number in numbers(metrics).items()}
