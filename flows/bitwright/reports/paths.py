"""A critical path made ready for drawing: stages as bars along its time, names cut for reading.

The page of a build and the site both draw it, with the macro in path.html.j2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bitwright.reports.read.open.nextpnr import ROUTING, CriticalPath, Stage, signal_name

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


def draw(
    path: CriticalPath,
    *,
    slack_ns: float | None,
    window_ns: float | None,
    title: str = "",
    kinds: Mapping[str, str],
) -> Drawing:
    """The path as bars.

    window_ns: the time the path has; None where nothing constrains it, then it has no slack either
    title: of the clock; without, what launches and captures the path
    kinds: cell -> what it is, for people; a cell that is not in it is called a cell
    """
    scale = max(path.delay_ns, window_ns or 0.0) * 1.02 or 1.0
    return Drawing(
        title=title or _ends(path),
        slack_ns=slack_ns,
        window_ns=window_ns,
        note=_note(path),
        limit=100 * window_ns / scale if window_ns else None,
        path=path,
        start=short(path.stages[0].from_cell),
        end=short(path.stages[-1].to_cell),
        bars=_bars(path, scale, kinds),
    )


def _ends(path: CriticalPath) -> str:
    return " to ".join(dict.fromkeys(_event(event) for event in (path.launch, path.capture)))


def short(cell: str) -> Name:
    """u_a.gen[0].acc_q_TRELLIS_FF_Q_9 -> scope 'u_a.gen[0].', signal 'acc_q'."""
    match = SCOPE.match(cell)
    scope = match[0] if match else ""
    last = cell[len(scope) :]
    if last.startswith("$"):
        return Name(scope, "(of nextpnr's own making)", cell)
    return Name(scope, DERIVED.sub("", PAD.sub("", last)) or last, cell)


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
