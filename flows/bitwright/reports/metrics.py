"""One schema for everything measured about a build; units in the names, no times, no guesses."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.reports.area import COUNTED, RESOURCES, Instance, Part, hierarchy, parts
from bitwright.reports.read.document import refuse
from bitwright.reports.read.open.nextpnr import Clock, CriticalPath, Resource, Routed, Stage
from bitwright.reports.read.open.placement import Cell
from bitwright.reports.read.open.yosys import Netlist

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What was built: names, part, and the clock that was asked for."""

    config: str
    target: str
    part: str
    clock_mhz: float
    usercode: str  # 8 hex digits
    tools: Mapping[str, str]  # name -> version


@dataclass(frozen=True, slots=True)
class Metrics:
    """Everything measured about one build."""

    subject: Subject
    routed: Routed
    netlist: Netlist
    instances: tuple[Instance, ...]
    parts: tuple[Part, ...]

    @property
    def wns_ns(self) -> float:
        """Worst slack over all clocks and between them; negative = violated."""
        slacks = [slack_ns(path, self.routed) for path in self.routed.paths]
        return min(slack for slack in slacks if slack is not None)

    @property
    def met(self) -> bool:
        clocks = self.routed.clocks
        return self.wns_ns >= 0 and all(c.achieved_mhz >= c.constraint_mhz for c in clocks)

    @property
    def worst_paths(self) -> tuple[CriticalPath, ...]:
        """Critical paths, least slack first, those nothing constrains last."""
        slacks = [(slack_ns(path, self.routed), path) for path in self.routed.paths]
        order = sorted(slacks, key=lambda pair: math.inf if pair[0] is None else pair[0])
        return tuple(path for _, path in order)

    @property
    def main_clock(self) -> Clock:
        """The clock the config asked for: the slowest with that constraint."""
        wanted = [c for c in self.routed.clocks if _near(c.constraint_mhz, self.subject.clock_mhz)]
        return min(wanted, key=lambda clock: clock.achieved_mhz)

    @property
    def resources(self) -> dict[str, Resource]:
        """lut, ff, bram_18k, dsp, io: used and available."""
        return {name: self.routed.resources[kind] for kind, name in COUNTED.items()}


def measure(
    subject: Subject,
    routed: Routed,
    netlist: Netlist,
    cells: Sequence[Cell],
    modules: Mapping[str, str],
    *,
    origin: Path,
) -> Metrics:
    """Put the readings together.

    origin: the timing report; used only in messages
    Raises ReportError where they contradict one another: no clock is constrained to what was
    asked for, a resource is not reported, or the placement holds other cells than are counted.
    """
    clocks = [clock.constraint_mhz for clock in routed.clocks]
    if not any(_near(mhz, subject.clock_mhz) for mhz in clocks):
        refuse(
            origin,
            "no clock was held to what was asked for",
            expected=f"a clock constrained to {subject.clock_mhz:g} MHz",
            found=", ".join(f"{mhz:g} MHz" for mhz in clocks),
            next="check the FREQUENCY lines of the LPF (nextpnr assumes 12 MHz without)",
        )
    for kind, name in COUNTED.items():
        placed = sum(cell.kind == kind for cell in cells)
        if kind not in routed.resources or routed.resources[kind].used != placed:
            found = routed.resources.get(kind)
            refuse(
                origin,
                f"report and placement disagree about {name}",
                expected=f"{placed} {kind}, as placed",
                found=f"{found.used} {kind}" if found else f"no {kind}",
            )
    return Metrics(subject, routed, netlist, hierarchy(cells, modules), parts(cells))


def clock_wns_ns(clock: Clock, routed: Routed) -> float:
    """The clock's worst slack over the critical paths that stay within it; negative = violated."""
    own = [path for path in routed.paths if path.clock_net == clock.net]
    return round(min(path.window_ns(clock) - path.delay_ns for path in own), 3)


def slack_ns(path: CriticalPath, routed: Routed) -> float | None:
    """The path's slack, rounded to ps; None where nothing constrains it."""
    window = window_ns(path, routed)
    return None if window is None else round(window - path.delay_ns, 3)


def window_ns(path: CriticalPath, routed: Routed) -> float | None:
    """The time a path has; None where nothing constrains it (from or to a pad, unrelated clocks).

    nextpnr itself judges paths within one clock only. Clocks one of which is a whole multiple of
    the other come from one PLL, in phase, so a path between them has the shorter period.
    """
    nets = {event.partition(" ")[2] for event in (path.launch, path.capture)}
    clocks = sorted((c for c in routed.clocks if c.net in nets), key=lambda c: c.period_ns)
    if not clocks or len(clocks) != len(nets):
        return None
    ratio = clocks[-1].period_ns / clocks[0].period_ns
    return path.window_ns(clocks[0]) if abs(ratio - round(ratio)) < 1e-3 else None


def to_json(metrics: Metrics) -> str:
    """metrics.json: the same build gives the same bytes."""
    subject = metrics.subject
    body = {
        "schema": SCHEMA,
        "config": subject.config,
        "target": subject.target,
        "part": subject.part,
        "clock_mhz": subject.clock_mhz,
        "usercode": subject.usercode,
        "tools": dict(sorted(subject.tools.items())),
        "timing": {
            "met": metrics.met,
            "wns_ns": metrics.wns_ns,
            "clocks": [_clock(clock, metrics.routed) for clock in metrics.routed.clocks],
            "worst_paths": [_path(path, metrics.routed) for path in metrics.worst_paths],
        },
        "utilization": {
            **{name: _resource(resource) for name, resource in metrics.resources.items()},
            "parts": [{"name": part.name, **_area(part)} for part in metrics.parts],
            "hierarchy": [
                {"path": node.path, "module": node.module, **_area(node)}
                for node in metrics.instances
            ],
        },
        "netlist": {"top": metrics.netlist.top, "cells": dict(metrics.netlist.cells)},
    }
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def _near(mhz: float, asked_mhz: float) -> bool:
    """Whether a constraint is the one asked for: a PLL may miss it by a hair."""
    return abs(mhz - asked_mhz) <= 0.01 * asked_mhz


def _clock(clock: Clock, routed: Routed) -> dict[str, Any]:
    return {
        "name": clock.name,
        "constraint_mhz": round(clock.constraint_mhz, 6),
        "achieved_mhz": round(clock.achieved_mhz, 6),
        "wns_ns": clock_wns_ns(clock, routed),
    }


def _path(path: CriticalPath, routed: Routed) -> dict[str, Any]:
    return {
        "launch": path.launch,
        "capture": path.capture,
        "from_cell": path.stages[0].from_cell,
        "to_cell": path.stages[-1].to_cell,
        "slack_ns": slack_ns(path, routed),  # null: nothing constrains it
        "delay_ns": round(path.delay_ns, 3),
        "logic_ns": round(path.logic_ns, 3),
        "routing_ns": round(path.routing_ns, 3),
        "levels": path.levels,
        "stages": [_stage(stage) for stage in path.stages],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "kind": stage.kind,
        "delay_ns": stage.delay_ns,
        "from": f"{stage.from_cell}.{stage.from_port}",
        "to": f"{stage.to_cell}.{stage.to_port}",
        "tile": [stage.x, stage.y],
        "net": stage.net,
        "sources": list(stage.sources),
    }


def _resource(resource: Resource) -> dict[str, int]:
    return {"used": resource.used, "available": resource.available}


def _area(owner: Instance | Part) -> dict[str, int]:
    return {name: getattr(owner.area, name) for name in RESOURCES}
