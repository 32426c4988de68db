"""nextpnr's --report JSON, with what follows from it: are the clocks met, how long is a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.open.nextpnr import Clock, CriticalPath, Resource, Stage, parse_report

CLAIM = re.compile(r'\s*\{\s*"(?:critical_paths|fmax|utilization|detailed_net_timings)"\s*:')


@dataclass(frozen=True, slots=True)
class TimedPath:
    """A critical path, summed up."""

    launch: str  # 'posedge NET', 'negedge NET' or '<async>'
    capture: str
    delay_ns: float
    logic_ns: float
    routing_ns: float
    levels: int  # cells between its two registers
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Report:
    version: None  # not written
    part: None
    met: bool  # every clock is at least as fast as it was asked to be
    clocks: tuple[Clock, ...]  # by name
    paths: tuple[TimedPath, ...]  # as nextpnr lists them: one per clock, then between clocks
    resources: Mapping[str, Resource]  # by bel type: TRELLIS_COMB, DP16KD, ...
    missing: Mapping[str, str]
    incomplete: str


def parse_nextpnr_report(text: str, *, origin: Path) -> Report:
    """Read nextpnr's --report JSON; numbers and errors are those of `nextpnr.parse_report`."""
    routed = parse_report(text, origin=origin)
    return Report(
        version=None,
        part=None,
        met=all(clock.achieved_mhz >= clock.constraint_mhz for clock in routed.clocks),
        clocks=routed.clocks,
        paths=tuple(_timed(path) for path in routed.paths),
        resources=routed.resources,
        missing={},
        incomplete="",
    )


def _timed(path: CriticalPath) -> TimedPath:
    return TimedPath(
        launch=path.launch,
        capture=path.capture,
        delay_ns=round(path.delay_ns, 3),
        logic_ns=round(path.logic_ns, 3),
        routing_ns=round(path.routing_ns, 3),
        levels=path.levels,
        stages=path.stages,
    )


KIND = Kind("nextpnr_report", "nextpnr", lambda head: bool(CLAIM.match(head)), parse_nextpnr_report)
