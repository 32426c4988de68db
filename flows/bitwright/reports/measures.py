"""The words for what is measured: one flat name per number, its unit, and which way is better.

Limits, diffs, history, the site and the nightly summary all speak of these names. A number that
belongs to something has that before its name: `clock.sys.achieved_mhz`, `instance.u_array.lut`.
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


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("wns_ns", "worst setup slack", "ns", HIGHER, 3),
        Measure("tns_ns", "total setup slack", "ns", HIGHER, 3),
        Measure("whs_ns", "worst hold slack", "ns", HIGHER, 3),
        Measure("ths_ns", "total hold slack", "ns", HIGHER, 3),
        Measure("wpws_ns", "worst pulse width slack", "ns", HIGHER, 3),
        Measure("failing_endpoints", "failing endpoints", "", LOWER),
        Measure("achieved_mhz", "clock achieved", "MHz", HIGHER, 2),
        Measure("clock_mhz", "clock asked for", "MHz", NEITHER, 2),
        Measure("latency_cycles", "latency", "cycles", LOWER),
        Measure("interval_cycles", "interval", "cycles", LOWER),
        Measure("lut", "LUT", "", LOWER),
        Measure("ff", "flip-flops", "", LOWER),
        Measure("bram_18k", "block RAM, 18 Kbit", "", LOWER),
        Measure("uram", "UltraRAM", "", LOWER),
        Measure("dsp", "multipliers", "", LOWER),
        Measure("io", "pins", "", NEITHER),
        Measure("power_w", "power on chip", "W", LOWER, 3),
        Measure("wall_s", "time to build", "s", LOWER, 1),
        Measure("peak_rss_mib", "peak memory", "MiB", LOWER),
    )
}
RESOURCES = ("lut", "ff", "bram_18k", "uram", "dsp", "io")


def measure_of(name: str) -> Measure | None:
    """What a flat name measures: `clock.sys.wns_ns` is a `wns_ns`; None for an unknown name."""
    return MEASURES.get(name.rpartition(".")[2])


def flatten(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Every number of a metrics.json body by its flat name, the design's own ones first.

    KeyError, TypeError or ValueError where the body is not of a known schema.
    """
    timing, area = metrics["timing"], metrics["utilization"]
    main = [
        c for c in timing["clocks"] if abs(c["constraint_mhz"] / metrics["clock_mhz"] - 1) < 0.01
    ]
    found: dict[str, float] = {
        "wns_ns": timing["wns_ns"],
        "achieved_mhz": min(clock["achieved_mhz"] for clock in main),
        "clock_mhz": metrics["clock_mhz"],
    }
    found |= {name: area[name]["used"] for name in RESOURCES if name in area}
    for clock in timing["clocks"]:
        for name in ("wns_ns", "achieved_mhz"):
            found[f"clock.{clock['name']}.{name}"] = clock[name]
    for node in filter(lambda node: node["path"], area["hierarchy"]):  # the top is the design
        found |= {
            f"instance.{node['path']}.{name}": node[name] for name in RESOURCES if name in node
        }
    return found
