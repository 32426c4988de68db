"""Metrics as plain text, for logs and for the message of a build that missed its clock."""

from __future__ import annotations

from bitwright.reports.metrics import Metrics, clock_wns_ns
from bitwright.reports.paths import short
from bitwright.reports.read.open.nextpnr import ROUTING, CriticalPath

HOPS = 4  # the costliest stages that a message names; the log has all


def summary(metrics: Metrics) -> str:
    """Clocks and resources, one a line."""
    lines = []
    for clock in metrics.routed.clocks:
        wns = clock_wns_ns(clock, metrics.routed)
        lines.append(
            f"clock {clock.name}: {clock.achieved_mhz:.2f} MHz achieved, "
            f"{clock.constraint_mhz:.2f} MHz asked, worst slack {wns:+.3f} ns"
        )
    for name, resource in metrics.resources.items():
        lines.append(f"{name}: {resource.used} of {resource.available}")
    return "\n".join(lines)


def worst_path(metrics: Metrics) -> str:
    """The worst path, every stage: delay, arrival, kind, cell. For the log."""
    path = metrics.worst_paths[0]
    lines = [f"worst path: {_sum(path)}"]
    arrival = 0.0
    for stage in path.stages:
        arrival += stage.delay_ns
        lines.append(f"|{stage.delay_ns:8.3f} {arrival:8.3f}  {stage.kind:8s}  {stage.to_cell}")
    return "\n".join(lines)


def missed(metrics: Metrics) -> str:
    """What to tell who asked for this clock; short enough for a terminal."""
    lines = []
    for clock in metrics.routed.clocks:
        if clock.achieved_mhz < clock.constraint_mhz:
            wns = clock_wns_ns(clock, metrics.routed)
            lines.append(
                f"ERROR: clock {clock.name} reaches {clock.achieved_mhz:.2f} MHz of the "
                f"{clock.constraint_mhz:.2f} MHz asked ({wns:+.3f} ns)"
            )
    path = metrics.worst_paths[0]
    if not lines:
        lines.append(f"ERROR: a path between two clocks is too long ({metrics.wns_ns:+.3f} ns)")
    first, last = path.stages[0].from_cell, path.stages[-1].to_cell
    lines += [f"  worst path  {_sum(path)}", f"  from        {_name(first)}"]
    costly = sorted(path.stages, key=lambda stage: -stage.delay_ns)[:HOPS]
    for stage in path.stages:
        if stage in costly:
            what = "wire to" if stage.kind == ROUTING else "through"
            lines.append(f"  {stage.delay_ns:7.3f} ns  {what} {_name(stage.to_cell)}")
    lines += [f"  to          {_name(last)}"]
    return "\n".join(lines)


def _sum(path: CriticalPath) -> str:
    return (
        f"{path.delay_ns:.3f} ns = {path.logic_ns:.3f} logic + {path.routing_ns:.3f} wire, "
        f"{path.levels} cell{'' if path.levels == 1 else 's'} on the way"
    )


def _name(cell: str) -> str:
    name = short(cell)
    return name.scope + name.signal
