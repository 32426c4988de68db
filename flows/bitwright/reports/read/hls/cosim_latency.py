"""lat.rpt: the latencies of a co-simulation, for the tool's own use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls.cosim import Interval
from bitwright.reports.read.hls.estimates import Latency, Numbers
from bitwright.reports.read.kind import Kind

LINE = re.compile(r'\$([A-Z_]+) = "([^"]*)"')
LATENCY = ("MIN_LATENCY", "AVER_LATENCY", "MAX_LATENCY")
INTERVAL = ("MIN_THROUGHPUT", "AVER_THROUGHPUT", "MAX_THROUGHPUT")
TOTAL = "TOTAL_EXECUTE_TIME"
NO_INTERVAL = "0: one transaction has no interval; cosim.rpt says NA"


@dataclass(frozen=True, slots=True)
class CosimLatency:
    """What every transaction of a co-simulation took."""

    version: str | None
    part: str | None
    latency_cycles: Latency
    interval_cycles: Interval
    total_cycles: int | None  # printed from 2020.2
    missing: Mapping[str, str]
    incomplete: str


def parse_cosim_latency(text: str, *, origin: Path) -> CosimLatency:
    """Read lat.rpt. ReportError where one of its six numbers is not there."""
    numbers = Numbers(origin)
    printed: dict[str, tuple[str, int]] = {}
    for line, words in enumerate(text.split("\n"), start=1):
        found = LINE.fullmatch(words.strip())
        if found is None and words.strip():
            numbers.refuse(line, "this is no line of lat.rpt", '$MAX_LATENCY = "804"', repr(words))
        printed |= {found[1]: (found[2], line)} if found else {}
    lacks = [name for name in (*LATENCY, *INTERVAL) if name not in printed]
    if lacks:
        numbers.refuse(1, "a number is missing", f"${lacks[0]}", f"only {', '.join(printed)}")
    names = [f"latency_cycles.{end}" for end in ("best", "average", "worst")]
    names += [f"interval_cycles.{end}" for end in ("min", "average", "max")]
    read = {}
    for name, source in zip(names, (*LATENCY, *INTERVAL), strict=True):
        cell, line = printed[source]
        value = numbers.integer(name, cell, line=line)
        if value == 0 and source in INTERVAL:
            numbers.missing[name] = NO_INTERVAL
            value = None
        read[name] = value
    counts = list(read.values())
    numbers.ordered("latency_cycles", *counts[:3])
    numbers.ordered("interval_cycles", *counts[3:])
    total, line = printed.get(TOTAL, (None, 1))
    return CosimLatency(
        None,
        None,
        Latency(*counts[:3]),
        Interval(*counts[3:]),
        numbers.integer("total_cycles", total, line=line),
        numbers.missing,
        "",
    )


def _claims(head: str) -> bool:
    return head.lstrip().startswith('$MAX_LATENCY = "')


KIND = Kind("cosim_latency", "HLS", _claims, parse_cosim_latency)
