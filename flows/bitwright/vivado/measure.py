"""The reports of a routed design -> metrics.json, the same schema that open builds have.

Beside what those have stand hold and pulse width (timing), power, and counts of what no build may
have (checks). Names of instances are those of the block design's cells: the wrapper, the design's
own instance and the level that an IP adds are left out, so that a limit on `instance.matmul.dsp`
means the same on every target.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bitwright.errors import ReportError
from bitwright.reports.read.document import refuse
from bitwright.reports.read.vivado.cdc import parse_cdc
from bitwright.reports.read.vivado.drc import parse_drc
from bitwright.reports.read.vivado.kernel_utilization import (
    Share,
    Usage,
    parse_kernel_utilization,
)
from bitwright.reports.read.vivado.methodology import parse_methodology
from bitwright.reports.read.vivado.paths import Path as TimingPath
from bitwright.reports.read.vivado.power import parse_power
from bitwright.reports.read.vivado.route_status import parse_route_status
from bitwright.reports.read.vivado.timing_summary import TimingSummary, parse_timing_summary
from bitwright.reports.read.vivado.utilization import Utilization, parse_utilization
from bitwright.reports.read.vivado.utilization_hierarchy import Hierarchy, parse_hierarchy
from bitwright.vivado.findings import Found, Owners, of_cdc, of_methodology, standing

Reading = TypeVar("Reading", covariant=True)


class Parse(Protocol[Reading]):
    """A reader of one kind of report."""

    def __call__(self, text: str, *, origin: Path) -> Reading: ...


SCHEMA = 1
NAMES = ("lut", "ff", "bram_18k", "uram", "dsp", "io")
WORST = 10  # paths that are kept
IP_LEVEL = re.compile(r"^([^/]+)/(?:inst|U0)(?=/|$)")  # what an IP puts around its module


@dataclass(frozen=True, slots=True)
class Subject:
    """What was built."""

    config: str
    target: str
    part: str
    clock_mhz: float
    usercode: str
    tools: Mapping[str, str]
    instance: str  # of the block design in its wrapper


def read(folder: Path, subject: Subject, owners: Owners) -> tuple[dict[str, Any], list[Found]]:
    """The body of metrics.json, and every critical finding, from the reports in a folder.

    Raises ReportError if a report is missing, not whole, of another design or without a number that
    is judged.
    """
    timing = _read(folder, "timing_summary", parse_timing_summary)
    area = _read(folder, "utilization", parse_utilization)
    tree = _read(folder, "utilization_hierarchy", parse_hierarchy)
    power = _read(folder, "power", parse_power)
    rules = _read(folder, "drc", parse_drc)
    nets = _read(folder, "route_status", parse_route_status).nets
    cdc = _read(folder, "cdc", parse_cdc)
    practice = _read(folder, "methodology", parse_methodology)
    for name, report in (("timing_summary", timing), ("utilization", area), ("drc", rules)):
        _whole(folder / f"{name}.rpt", report.incomplete)
    _whole(folder / "methodology.rpt", practice.incomplete)
    found = [*of_cdc(cdc, owners), *of_methodology(practice, owners)]
    checks = {
        "unrouted_nets": _unrouted(nets, folder / "route_status.rpt"),
        "drc_errors": rules.severities.get("Error", 0),
        **{
            f"{name}_critical": sum(each.report == name for each in standing(found))
            for name in ("cdc", "methodology")
        },
    }
    body = {
        **_head(subject),
        "timing": _timing(timing, folder / "timing_summary.rpt"),
        "utilization": {**_area(area), "parts": [], "hierarchy": _hierarchy(tree, subject)},
        "netlist": {"top": tree.hierarchy[0].name, "cells": {}},
        "power": {"power_w": power.total_on_chip_w, "static_w": power.static_w},
        "checks": checks,
    }
    return body, found


def read_linked(folder: Path, subject: Subject) -> dict[str, Any]:
    """The body of metrics.json of what v++ linked: the whole card's timing and area, and kernels.

    What the shell's own build has checked is not reported: crossings, methodology, rules of design.
    Raises ReportError as read() does.
    """
    timing = _read(folder, "timing_summary", parse_timing_summary)
    area = _read(folder, "utilization", parse_utilization)
    kernels = _read(folder, "kernel_utilization", parse_kernel_utilization)
    for name, report in (("timing_summary", timing), ("utilization", area)):
        _whole(folder / f"{name}.rpt", report.incomplete)
    top = {name: row["used"] for name, row in _area(area).items()}
    rows = [{"path": "", "module": timing.design, **top}]
    for kernel in kernels.kernels:
        counts = {name: _used(kernel.usage, name) for name in NAMES}
        own = {name: count for name, count in counts.items() if count is not None}
        rows.append({"path": kernel.name, "module": kernel.name, **own})
    return {
        **_head(subject),
        "timing": _timing(timing, folder / "timing_summary.rpt"),
        "utilization": {**_area(area), "parts": [], "hierarchy": rows},
        "netlist": {"top": timing.design, "cells": {}},
    }


def _used(usage: Usage, name: str) -> int | None:
    share: Share | None = getattr(usage, name, None)
    return None if share is None or share.used is None else round(share.used)


def _head(subject: Subject) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "config": subject.config,
        "target": subject.target,
        "part": subject.part,
        "clock_mhz": subject.clock_mhz,
        "usercode": subject.usercode,
        "tools": dict(sorted(subject.tools.items())),
    }


def to_json(body: Mapping[str, Any]) -> str:
    """metrics.json: the same build gives the same bytes."""
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def _read(folder: Path, name: str, parse: Parse[Reading]) -> Reading:
    path = folder / f"{name}.rpt"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error})") from error
    return parse(text, origin=path)


def _whole(path: Path, incomplete: str) -> None:
    if incomplete:
        refuse(path, "this report is not whole", expected="all of it", found=incomplete)


def _unrouted(nets: Any, path: Path) -> int:
    """Nets that need routing and have none, or have a fault in it; the report counts both ways."""
    if nets.routable is None or nets.routed is None or nets.errors is None:
        refuse(path, "the nets are not counted", expected="routable, routed, errors", found="none")
    return int(max(nets.routable - nets.routed, nets.errors))


def _timing(timing: TimingSummary, path: Path) -> dict[str, Any]:
    numbers = {
        name: getattr(timing, name)
        for name in ("wns_ns", "tns_ns", "whs_ns", "ths_ns", "wpws_ns", "failing_endpoints")
    }
    missing = [name for name, value in numbers.items() if value is None]
    if missing:
        refuse(
            path,
            f"{', '.join(missing)} cannot be judged",
            expected="a number: some clock is constrained, and paths begin and end at it",
            found=timing.missing.get(missing[0], "NA"),
        )
    clocks = [
        {
            "name": clock.name,
            "constraint_mhz": round(1000 / clock.period_ns, 6),
            "achieved_mhz": round(1000 / (clock.period_ns - clock.wns_ns), 6),
            "wns_ns": clock.wns_ns,
        }
        for clock in timing.clocks
        if clock.period_ns and clock.wns_ns is not None and clock.wns_ns < clock.period_ns
    ]
    setup = [path for path in timing.paths if path.type == "setup" and path.slack_ns is not None]
    setup.sort(key=lambda path: (path.slack_ns or 0.0, path.source, path.destination))
    met = all(numbers[name] >= 0 for name in ("wns_ns", "whs_ns", "wpws_ns"))
    paths = [_path(path) for path in setup[:WORST]]
    return {"met": met, **numbers, "clocks": clocks, "worst_paths": paths}


def _path(path: TimingPath) -> dict[str, Any]:
    return {
        "launch": path.source_clock,
        "capture": path.destination_clock,
        "from_cell": path.source.rpartition("/")[0] or path.source,
        "to_cell": path.destination.rpartition("/")[0] or path.destination,
        "slack_ns": path.slack_ns,
        "delay_ns": path.data_path_delay_ns,
        "logic_ns": path.logic_ns,
        "routing_ns": path.route_ns,
        "levels": path.levels,
        "stages": [],
    }


def _area(area: Utilization) -> dict[str, Any]:
    found = {}
    for name in NAMES:
        amount = getattr(area.resources, name)
        if amount.used is not None and amount.available is not None:
            found[name] = {"used": round(amount.used), "available": round(amount.available)}
    return found


def _hierarchy(tree: Hierarchy, subject: Subject) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for node in tree.hierarchy:
        counts = {name: getattr(node, name, None) for name in NAMES}
        area = {name: count for name, count in counts.items() if count is not None}
        path = place(node.path, tree.hierarchy[0].path, subject.instance)
        rows.setdefault(path, {"path": path, "module": node.module, **area})
    return list(rows.values())


def place(path: str, top: str, instance: str) -> str:
    """The name of an instance as limits write it: dotted, from the block design; the top is ''.

    top: the wrapper's name, which begins every path; instance: the block design's own
    """
    inside = path.removeprefix(top).lstrip("/")
    inside = "" if inside == instance else inside.removeprefix(f"{instance}/")
    return IP_LEVEL.sub(r"\1", inside).replace("/", ".")
