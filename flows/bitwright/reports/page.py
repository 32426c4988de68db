"""One build on one page: self-contained HTML, no network, no script, light and dark."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.area import RESOURCES, Area, Instance
from bitwright.reports.judge import Verdict
from bitwright.reports.metrics import Metrics, clock_wns_ns, slack_ns, window_ns
from bitwright.reports.paths import Drawing, draw
from bitwright.reports.read.open.nextpnr import Clock, CriticalPath, Resource
from bitwright.reports.read.open.placement import Cell

TEMPLATE = Path(__file__).with_name("report.html.j2")
NAMES: Mapping[str, str] = {
    "lut": "LUT",
    "ff": "Flip-flop",
    "bram_18k": "Block RAM, 18 Kbit",
    "dsp": "Multiplier, 18 x 18",
    "io": "Pin",
}
KINDS: Mapping[str, str] = {  # of placed cells, for people
    "TRELLIS_COMB": "LUT",
    "TRELLIS_FF": "flip-flop",
    "DP16KD": "block RAM",
    "MULT18X18D": "multiplier",
    "TRELLIS_IO": "pin",
    "DCCA": "clock buffer",
    "EHXPLLL": "PLL",
    "IOLOGIC": "pin register",
    "SIOLOGIC": "pin register",
}


@dataclass(frozen=True, slots=True)
class Node:
    """An instance with its children, for the tree of areas."""

    name: str
    instance: Instance
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ClockRow:
    clock: Clock
    wns_ns: float
    met: bool


@dataclass(frozen=True, slots=True)
class Meter:
    """One resource: used of available."""

    name: str
    resource: Resource

    @property
    def percent(self) -> float:
        available = self.resource.available
        return 100 * self.resource.used / available if available else 0.0


def render(
    metrics: Metrics,
    verdict: Verdict,
    cells: Sequence[Cell],
    floorplan_png: bytes,
    *,
    steps: Sequence[str],
    up: str = "..",
) -> str:
    """The page as HTML text.

    steps: names of the build's steps, in order; each gets a link to its log
    up: the way from the page's folder to build/<config>/<target>
    The same arguments give the same bytes.
    """
    import jinja2

    kinds = {cell.name: KINDS.get(cell.kind, cell.kind) for cell in cells}
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(TEMPLATE.parent),
    )
    return environment.get_template(TEMPLATE.name).render(
        metrics=metrics,
        verdict=verdict,
        subject=metrics.subject,
        clocks=[_clock_row(clock, metrics) for clock in metrics.routed.clocks],
        meters=[Meter(NAMES[name], metrics.resources[name]) for name in RESOURCES],
        drawings=[_drawing(path, metrics, kinds) for path in metrics.worst_paths],
        tree=_tree(metrics.instances, metrics.netlist.top),
        whole=metrics.instances[0].area,
        picture=base64.b64encode(floorplan_png).decode(),
        resources=RESOURCES,
        share=_share,
        steps=steps,
        up=up,
    )


def _clock_row(clock: Clock, metrics: Metrics) -> ClockRow:
    met = clock.achieved_mhz >= clock.constraint_mhz
    return ClockRow(clock, clock_wns_ns(clock, metrics.routed), met)


def _drawing(path: CriticalPath, metrics: Metrics, kinds: Mapping[str, str]) -> Drawing:
    clock = next((c for c in metrics.routed.clocks if c.net == path.clock_net), None)
    return draw(
        path,
        slack_ns=slack_ns(path, metrics.routed),
        window_ns=window_ns(path, metrics.routed),
        title=clock.name if clock else "",
        kinds=kinds,
    )


def _tree(instances: Sequence[Instance], top: str) -> Node:
    """The instances as a tree; `instances` is depth first, the top first."""
    children: dict[str, list[Instance]] = {}
    for instance in instances[1:]:
        children.setdefault(instance.path.rpartition(".")[0], []).append(instance)

    def node(instance: Instance) -> Node:
        name = instance.path.rpartition(".")[2] or top
        below = tuple(node(child) for child in children.get(instance.path, ()))
        return Node(name, instance, below)

    return node(instances[0])


def _share(area: Area, whole: Area, name: str) -> float:
    """Percent of the design's own use of one resource."""
    total = getattr(whole, name)
    return 100 * getattr(area, name) / total if total else 0.0
