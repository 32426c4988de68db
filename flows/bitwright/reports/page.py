"""One build on one page: self-contained HTML, no network, no script, light and dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.area import RESOURCES, Area, Instance
from bitwright.reports.metrics import Metrics, clock_wns_ns, slack_ns, window_ns
from bitwright.reports.read.open.nextpnr import (
    ROUTING,
    Clock,
    CriticalPath,
    Resource,
    Stage,
    signal_name,
)
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
PAD = re.compile(r"\$tr_io(\$IOL)?$")
# What autoname appends to the signal a cell drives or feeds: _TRELLIS_FF_Q_6_DI_LUT4_Z
DERIVED = re.compile(r"_(TRELLIS_\w+|LUT4|PFUMX|L6MUX21|CCU2C|MULT18X18D|DP16KD)(_\w*)?(\$.*)?$")
SCOPE = re.compile(r"(.*\.)?(?=[^.\d][^.]*(\.\d[^.]*)*$)")  # up to u_b. in u_b.memory.0.5


@dataclass(frozen=True, slots=True)
class Name:
    """A cell's name, cut for reading."""

    scope: str  # dotted instance path with its last dot; may be empty
    signal: str
    full: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of a path as a bar; left and width in percent of the track."""

    label: str
    name: Name
    detail: str
    kind: str  # logic | routing
    left: float
    width: float
    delay_ns: float
    arrival_ns: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A critical path, ready to be drawn."""

    title: str
    slack_ns: float | None
    window_ns: float | None
    note: str  # why it has no slack, where it has none
    limit: float | None  # where the path should have ended, in percent of the track
    path: CriticalPath
    start: Name
    end: Name
    bars: tuple[Bar, ...]


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
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(
        metrics=metrics,
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


def short(cell: str) -> Name:
    """u_a.gen[0].acc_q_TRELLIS_FF_Q_9 -> scope 'u_a.gen[0].', signal 'acc_q'."""
    match = SCOPE.match(cell)
    scope = match[0] if match else ""
    last = cell[len(scope) :]
    if last.startswith("$"):
        return Name(scope, "(of nextpnr's own making)", cell)
    return Name(scope, DERIVED.sub("", PAD.sub("", last)) or last, cell)


def _clock_row(clock: Clock, metrics: Metrics) -> ClockRow:
    met = clock.achieved_mhz >= clock.constraint_mhz
    return ClockRow(clock, clock_wns_ns(clock, metrics.routed), met)


def _drawing(path: CriticalPath, metrics: Metrics, kinds: Mapping[str, str]) -> Drawing:
    clock = next((c for c in metrics.routed.clocks if c.net == path.clock_net), None)
    window = window_ns(path, metrics.routed)
    scale = max(path.delay_ns, window or 0.0) * 1.02 or 1.0
    bars = _bars(path, scale, kinds)
    return Drawing(
        title=clock.name if clock else f"{_event(path.launch)} to {_event(path.capture)}",
        slack_ns=slack_ns(path, metrics.routed),
        window_ns=window,
        note=_note(path),
        limit=100 * window / scale if window else None,
        path=path,
        start=short(path.stages[0].from_cell),
        end=short(path.stages[-1].to_cell),
        bars=bars,
    )


def _note(path: CriticalPath) -> str:
    """Why nothing judges a path that no clock holds to a period."""
    inside = all(event.partition(" ")[2] for event in (path.launch, path.capture))
    return f"{'between unrelated clocks' if inside else 'to or from outside'}, not judged"


def _event(event: str) -> str:
    """'posedge $glbnet$clk$TRELLIS_IO_IN' -> 'clk', '<async>' -> 'outside'."""
    edge, _, net = event.partition(" ")
    if edge not in ("posedge", "negedge"):
        return "outside"
    return signal_name(net) + (", falling edge" if edge == "negedge" else "")


def _bars(path: CriticalPath, scale: float, kinds: Mapping[str, str]) -> tuple[Bar, ...]:
    """One bar a stage; a carry chain, whose cells touch, is one bar."""
    bars: list[Bar] = []
    arrival = 0.0
    for run in _runs(path.stages):
        delay = sum(stage.delay_ns for stage in run)
        routing = run[0].kind == ROUTING
        bar = Bar(
            label=_label(run, kinds),
            name=_named(run),
            detail=_detail(run[-1]),
            kind="routing" if routing else "logic",
            left=max(0.0, 100 * arrival / scale),
            width=max(0.15, 100 * delay / scale),
            delay_ns=delay,
            arrival_ns=arrival + delay,
        )
        bars.append(bar)
        arrival += delay
    return tuple(bars)


def _runs(stages: Sequence[Stage]) -> list[list[Stage]]:
    """Stages, cells joined where the wire between them takes no time."""
    runs: list[list[Stage]] = []
    touching = False  # the wire that has just been joined waits for its cell
    for stage in stages:
        wire = stage.kind == ROUTING and stage.delay_ns == 0
        after_cell = bool(runs) and runs[-1][-1].kind == "logic"
        if (wire and after_cell) or (touching and stage.kind == "logic"):
            runs[-1].append(stage)
            touching = wire
        else:
            runs.append([stage])
            touching = False
    return runs


def _named(run: Sequence[Stage]) -> Name:
    """The last cell of a run that the designer would know."""
    names = [short(stage.to_cell) for stage in reversed(run)]
    return next((name for name in names if not name.signal.startswith("(")), names[0])


def _label(run: Sequence[Stage], kinds: Mapping[str, str]) -> str:
    last = run[-1]
    kind = kinds.get(last.to_cell, "cell")
    cells = sum(stage.kind == "logic" for stage in run)
    if cells > 1:
        return f"chain of {cells} {kind}s"
    if last.kind in ("setup", "hold"):
        return f"{last.kind} of {kind}"
    return {ROUTING: "wire to", "clk-to-q": f"out of {kind}"}.get(last.kind, kind)


def _detail(stage: Stage) -> str:
    detail = f"tile {stage.x}, {stage.y}; pin {stage.to_port}"
    return "; ".join([f"net {stage.net}", detail, *stage.sources]) if stage.net else detail


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
