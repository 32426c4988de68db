"""What is drawn, without where: per hierarchy its nodes, and the edges that run between them.

Interfaces between the same two cells are one edge (a bundle). Clocks, resets and constants are no
edges: `tags` says them on the cells. What has nothing else to say stands in a strip below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bitwright.blockdesign.draw.facts import Facts, last
from bitwright.blockdesign.draw.labels import addresses, protocol
from bitwright.blockdesign.draw.marks import SIGNS, Label, Marks
from bitwright.blockdesign.draw.text import natural
from bitwright.blockdesign.draw.twins import twins
from bitwright.blockdesign.model import Net, parent

# Styles of edges; a cycle is broken at the last. Control comes first: who starts it all is left.
STYLES = ("lite", "axi", "stream", "other", "irq", "wire")


@dataclass(frozen=True, slots=True)
class Edge:
    """A bundle of connections of one style from one node of a level to another."""

    source: str  # path of a cell, or of a port of this level
    sink: str
    style: str  # one of STYLES
    source_pins: tuple[str, ...]
    sink_pins: tuple[str, ...]
    nets: tuple[str, ...]
    above: Label | None = None  # what it is, at the sink
    below: tuple[Label, ...] = ()  # addresses, at the sink
    mark: str = ""

    @property
    def count(self) -> int:
        return len(self.nets)


@dataclass(frozen=True, slots=True)
class Level:
    """What stands directly in one hierarchy."""

    path: str
    cells: tuple[str, ...]  # with edges
    quiet: tuple[str, ...]  # without: clocks, resets, constants
    ports: tuple[str, ...]  # of this level, with edges
    edges: tuple[Edge, ...]
    stacks: Mapping[str, tuple[str, ...]]  # of twins: the cell that stands for them -> all of them


def levels(facts: Facts, marks: Marks) -> dict[str, Level]:
    """Every hierarchy of a design by its path; the design itself is ""."""
    loud = _loud(facts)
    found: dict[str, list[_Link]] = {}
    for link in _links(facts, loud):
        found.setdefault(link.level, []).append(link)
    hierarchies = [cell.path for cell in facts.design.cells if cell.kind == "hier"]
    made = {}
    for path in ["", *hierarchies]:
        links, stacks = _stacked(facts, marks, found.get(path, []))
        inside = [cell.path for cell in facts.design.cells if parent(cell.path) == path]
        used = {node for link in links for node in (link.source[0], link.sink[0])}
        hidden = {twin for stack in stacks.values() for twin in stack} - stacks.keys()
        shown = [cell for cell in inside if cell in loud or cell in used]
        cells = tuple(sorted((cell for cell in shown if cell not in hidden), key=natural))
        quiet = tuple(sorted((cell for cell in inside if cell not in shown), key=natural))
        ports = tuple(sorted((n for n in used if n not in inside), key=natural))
        made[path] = Level(path, cells, quiet, ports, _bundled(facts, links, marks), stacks)
    return made


def _stacked(
    facts: Facts, marks: Marks, links: list[_Link]
) -> tuple[list[_Link], dict[str, tuple[str, ...]]]:
    """Links between cells of which one stands for all its twins; and those twins."""
    joints: dict[str, list[tuple[str, str, str, str]]] = {}
    for link in links:
        mark = _mark(marks, link)
        joints.setdefault(link.source[0], []).append(
            ("out", link.source[1], link.sink[0], link.style + mark)
        )
        joints.setdefault(link.sink[0], []).append(
            ("in", link.sink[1], link.source[0], link.style + mark)
        )
    first = twins(facts, marks, joints, (link.net for link in links))
    stacks: dict[str, list[str]] = {}
    for cell, one in first.items():
        stacks.setdefault(one, []).append(cell)
    moved = [
        replace(
            link,
            source=(first.get(link.source[0], link.source[0]), link.source[1]),
            sink=(first.get(link.sink[0], link.sink[0]), link.sink[1]),
        )
        for link in links
    ]
    return moved, {one: tuple(cells) for one, cells in stacks.items()}


@dataclass(frozen=True, slots=True)
class _Link:
    """One source and one sink of a net."""

    level: str
    net: str
    style: str
    source: tuple[str, str]  # node, pin
    sink: tuple[str, str]


def _loud(facts: Facts) -> set[str]:
    """Cells that have more than clocks, resets and constants to say."""
    found: set[str] = set()
    data: list[set[str]] = []
    for net in facts.design.interface_nets:
        if facts.bus(net.ends) != "clock":
            found |= {parent(end) for end in net.ends}
    for net in facts.design.nets:
        owners = {parent(end) for end in net.ends} & facts.cells.keys()
        kind = facts.kind(net)
        if kind == "intr":
            found |= {path for path in owners if not facts.is_quiet_type(path)}
        elif kind == "data" and len(owners) > 1:
            data.append({path for path in owners if not facts.is_quiet_type(path)})
    for owners in data:
        if len(owners) > 1:
            found |= owners
    found &= facts.cells.keys()
    for path in sorted(found):  # what holds something loud is drawn as a frame
        while path := parent(path):
            found.add(path)
    return found & facts.cells.keys()


def is_drawn(facts: Facts, net: Net, loud: set[str]) -> bool:
    """Whether a net of single wires is an edge; otherwise it is a tag."""
    kind = facts.kind(net)
    if kind in ("clk", "rst"):
        return False
    owners = [parent(end) for end in net.ends]
    level = parent(net.name)
    return len(net.ends) > 1 and all(path in loud or path == level for path in owners)


def drawn_nets(facts: Facts) -> set[str]:
    """Names of the nets of single wires that are edges."""
    loud = _loud(facts)
    return {net.name for net in facts.design.nets if is_drawn(facts, net, loud)}


def _links(facts: Facts, loud: set[str]) -> Iterable[_Link]:
    for net in facts.design.interface_nets:
        bus = facts.bus(net.ends)
        if bus != "clock":
            sources, sinks = facts.sources(net)
            yield from _of_net(net, bus, sources, sinks)
    for net in facts.design.nets:
        if is_drawn(facts, net, loud):
            sources, sinks = facts.drivers(net)
            style = "irq" if facts.kind(net) == "intr" else "wire"
            yield from _of_net(net, style, sources or list(net.ends[:1]), sinks)


def _of_net(net: Net, style: str, sources: list[str], sinks: list[str]) -> Iterable[_Link]:
    level = parent(net.name)
    for source in sources[:1]:
        for sink in (end for end in (*sources[1:], *sinks) if end != source):
            yield _Link(level, net.name, style, _at(source, level), _at(sink, level))


def _at(end: str, level: str) -> tuple[str, str]:
    """Node and pin of an end; a port of the level is its own node."""
    owner = parent(end)
    return (end, "") if owner == level else (owner, last(end))


def _bundled(facts: Facts, links: Iterable[_Link], marks: Marks) -> tuple[Edge, ...]:
    groups: dict[tuple[str, ...], list[_Link]] = {}
    for link in links:
        what = protocol(facts, _end(link.source), _end(link.sink), link.style)
        style = "lite" if link.style == "axi" and what.startswith("AXI4-Lite") else link.style
        mark = _mark(marks, link)
        key = (link.source[0], link.sink[0], style, what, mark)
        groups.setdefault(key, []).append(link)
    edges = []
    for (source, sink, style, what, mark), group in sorted(groups.items()):
        group.sort(key=lambda link: (natural(link.source[1]), natural(link.sink[1]), link.net))
        pins = tuple(dict.fromkeys(link.sink[1] for link in group))
        sign = f"{SIGNS[mark]} " if mark else ""
        count = f" ×{len(group)}" if len(group) > 1 and what else ""
        edges.append(
            Edge(
                source,
                sink,
                style,
                tuple(dict.fromkeys(link.source[1] for link in group)),
                pins,
                tuple(link.net for link in group),
                Label(sign + what + count) if what else None,
                addresses(facts, sink, pins, marks) if style in ("axi", "lite") else (),
                mark,
            )
        )
    return tuple(edges)


def _mark(marks: Marks, link: _Link) -> str:
    """Of the net, or of the end of it that came or went."""
    ends = (marks.pins.get((link.net, _end(at)), "") for at in (link.sink, link.source))
    return marks.nets.get(link.net) or next(filter(None, ends), "")


def _end(at: tuple[str, str]) -> str:
    return f"{at[0]}/{at[1]}" if at[1] else at[0]
