"""What nextpnr found: clocks, critical paths and resources, from its --report JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import Item, read_json, refuse

SIGNED = frozenset({"setup", "hold", "clk-to-clk", "clk-skew"})  # may be less than nothing
LOGIC = frozenset({"clk-to-q", "source", "logic", *SIGNED})
ROUTING = "routing"
AGREE_NS = 0.005  # a path and the frequency nextpnr derived from it may differ by rounding only
EVENT = re.compile(r"(posedge|negedge) (\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock domain. `net` is nextpnr's name, `name` the designer's."""

    name: str
    net: str
    constraint_mhz: float
    achieved_mhz: float

    @property
    def period_ns(self) -> float:
        return 1000 / self.constraint_mhz


@dataclass(frozen=True, slots=True)
class Stage:
    """One hop of a path: through a cell (any kind but routing) or along a net (routing)."""

    kind: str  # routing, or one of LOGIC
    delay_ns: float
    from_cell: str
    from_port: str
    to_cell: str
    to_port: str
    x: int  # tile of to_cell
    y: int
    net: str  # empty unless routing
    sources: tuple[str, ...]  # file:line of the net, where the netlist kept them


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """A critical path, from the clock edge that launches it to the one that captures it."""

    launch: str  # 'posedge NET', 'negedge NET' or '<async>'
    capture: str
    stages: tuple[Stage, ...]

    @property
    def delay_ns(self) -> float:
        return sum(stage.delay_ns for stage in self.stages)

    @property
    def routing_ns(self) -> float:
        return sum(stage.delay_ns for stage in self.stages if stage.kind == ROUTING)

    @property
    def logic_ns(self) -> float:
        return self.delay_ns - self.routing_ns

    @property
    def levels(self) -> int:
        """Cells the signal passes through between its two registers."""
        return sum(stage.kind == "logic" for stage in self.stages)

    @property
    def clock_net(self) -> str | None:
        """The one clock at both ends; None when the ends differ or one is asynchronous."""
        ends = [EVENT.fullmatch(event) for event in (self.launch, self.capture)]
        nets = {end[2] if end else "" for end in ends}
        return nets.pop() if len(nets) == 1 and "" not in nets else None

    def window_ns(self, clock: Clock) -> float:
        """The time the path has: a period, or half of one between opposite edges."""
        same_edge = self.launch.split()[0] == self.capture.split()[0]
        return clock.period_ns if same_edge else clock.period_ns / 2


@dataclass(frozen=True, slots=True)
class Resource:
    used: int
    available: int


@dataclass(frozen=True, slots=True)
class Routed:
    """A placed and routed design, measured."""

    clocks: tuple[Clock, ...]  # by name
    paths: tuple[CriticalPath, ...]  # as nextpnr lists them: one per clock, then between clocks
    resources: Mapping[str, Resource]  # by bel type: TRELLIS_COMB, DP16KD, ...


def parse_report(text: str, *, origin: Path) -> Routed:
    """Read nextpnr's --report JSON.

    text: the whole file, layout of nextpnr 0.7 to 0.11
    origin: where the text came from; used only in messages
    Delays in ns, frequencies in MHz, as nextpnr computed them.
    Raises ReportError if anything is missing or malformed, if no clock is there, or if a clock's
    frequency does not follow from its own critical path.
    """
    document = read_json(text, origin=origin)
    clocks = tuple(_clock(net, item) for net, item in document["fmax"].entries())
    paths = tuple(_path(item) for item in document["critical_paths"].items())
    resources = {name: _resource(item) for name, item in document["utilization"].entries()}
    if not clocks:
        refuse(
            origin,
            "no clock was timed",
            expected="at least one clock under 'fmax'",
            found="an empty object",
            next="check that the design has a clocked path",
        )
    for clock in clocks:
        _agree(clock, paths, origin)
    return Routed(tuple(sorted(clocks, key=lambda clock: clock.name)), paths, resources)


def signal_name(net: str) -> str:
    """The designer's name of a net: nextpnr's global and pad decorations removed."""
    return net.removeprefix("$glbnet$").split("$TRELLIS_IO_")[0] or net


def _clock(net: str, item: Item) -> Clock:
    return Clock(
        name=signal_name(net),
        net=net,
        constraint_mhz=item["constraint"].number(0.001, 1e6),
        achieved_mhz=item["achieved"].number(0.001, 1e6),
    )


def _path(item: Item) -> CriticalPath:
    stages = tuple(_stage(stage) for stage in item["path"].items())
    if not stages:
        item["path"].refuse("at least one stage")
    return CriticalPath(item["from"].text(), item["to"].text(), stages)


def _stage(item: Item) -> Stage:
    kind = item["type"].text()
    if kind != ROUTING and kind not in LOGIC:
        item["type"].refuse(f"one of {', '.join(sorted({*LOGIC, ROUTING}))}")
    ends = item["from"], item["to"]
    _, place = (_tile(end["loc"]) for end in ends)
    return Stage(
        kind=kind,
        # nextpnr counts picoseconds
        delay_ns=round(item["delay"].number(-1e6 if kind in SIGNED else 0, 1e6), 3),
        from_cell=ends[0]["cell"].text(),
        from_port=ends[0]["port"].text(),
        to_cell=ends[1]["cell"].text(),
        to_port=ends[1]["port"].text(),
        x=place[0],
        y=place[1],
        net=item["net"].text() if kind == ROUTING else "",
        sources=_sources(item) if kind == ROUTING else (),
    )


def _tile(item: Item) -> tuple[int, int]:
    place = [number.count() for number in item.items()]
    if len(place) != 2:
        item.refuse("two coordinates")
    return (place[0], place[1])


def _sources(item: Item) -> tuple[str, ...]:
    if "sources" not in item.table():
        return ()
    return tuple(source.text() for source in item["sources"].items())


def _resource(item: Item) -> Resource:
    resource = Resource(item["used"].count(), item["available"].count())
    if resource.used > resource.available:
        item.refuse("no more used than available")
    return resource


def _agree(clock: Clock, paths: tuple[CriticalPath, ...], origin: Path) -> None:
    """Refuse a frequency that none of the clock's own critical paths explains."""
    own = [path for path in paths if path.clock_net == clock.net]
    implied = [path.delay_ns * clock.period_ns / path.window_ns(clock) for path in own]
    slowest = max(implied, default=None)
    if slowest is None or abs(slowest - 1000 / clock.achieved_mhz) > AGREE_NS:
        refuse(
            origin,
            f"clock '{clock.name}' and its critical path disagree",
            expected=f"a path of {1000 / clock.achieved_mhz:.3f} ns ({clock.achieved_mhz:.2f} MHz)",
            found="no path of that clock" if slowest is None else f"{slowest:.3f} ns",
        )
