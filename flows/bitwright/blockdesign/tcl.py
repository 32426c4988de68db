"""A block design as the Tcl that makes it: straight-line, in the commands of write_bd_tcl.

    text = render(design, catalogue=catalogue.load())

IPs without a version are created by vendor:library:name, and Vivado takes the newest it has for
the part, as it does for its own scripts of `write_bd_tcl -no_ip_version` (UG835). A hierarchy is
entered by current_bd_instance, as in those scripts; all cells are made before anything is joined,
since a hierarchy's pins are ends of nets above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.looks import inside, looks
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Pairs,
    Place,
    Port,
    parent,
)
from bitwright.errors import ConfigError
from bitwright.tclquote import tcl
from bitwright.templates import render as render_template

TEMPLATE = Path(__file__).with_name("design.tcl.j2")
LINE = 100  # characters, of a line that can be broken
_DIRECTIONS = {"in": "I", "out": "O", "inout": "IO"}
_NAME = re.compile(r"[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)*")  # holds no pattern of get_bd_*
Options = Sequence[tuple[str, str]]  # of a command: -name value


@dataclass(frozen=True, slots=True)
class _Made:
    """A port, pin or cell: what makes it and what it is called in its hierarchy."""

    name: str
    options: Options


@dataclass(frozen=True, slots=True)
class _Interface:
    name: str
    mode: str
    vlnv: str


@dataclass(frozen=True, slots=True)
class _Setting:
    """Parameters of something, and the command that gets it."""

    name: str
    command: str
    parameters: Pairs


@dataclass(frozen=True, slots=True)
class _Joined:
    """A net of a hierarchy; ends are commands that get them."""

    name: str
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """What stands in one hierarchy."""

    path: str  # as current_bd_instance takes it
    title: str
    port: str  # port of the design, pin of a hierarchy
    interfaces: tuple[_Interface, ...]
    ports: tuple[_Made, ...]
    cells: tuple[_Made, ...]
    settings: tuple[_Setting, ...]
    interface_nets: tuple[_Joined, ...]
    monitors: tuple[_Joined, ...]  # further ends of interface nets
    nets: tuple[_Joined, ...]


@dataclass(frozen=True, slots=True)
class _Assigned:
    command: str
    options: Options
    space: str
    segment: str
    force: str


def render(design: BlockDesign, *, catalogue: Catalogue) -> str:
    """The script that makes the design in the open project, up to 2 KB a cell.

    The catalogue says which end of an interface net is the master, which is written first.
    Raises ConfigError for what no script can say: a cell of a platform, a name with characters
    that Tcl or get_bd_cells would take for a pattern.
    """
    _check(design)
    known = looks(design, catalogue)
    paths = ["", *(cell.path for cell in design.cells if cell.kind == "hier")]
    values = {
        "name": design.name,
        "levels": [_level(design, path, known) for path in sorted(paths, key=_depth)],
        "addresses": [_address(one) for one in design.addresses],
    }
    text = render_template(TEMPLATE, **values, options=_options, ends=_ends)
    return "".join(f"{_folded(line.rstrip())}\n" for line in text.splitlines())


def _options(options: Options) -> str:
    return " ".join(f"-{name} {tcl(value)}" for name, value in options)


def _ends(ends: Sequence[str]) -> str:
    """One a line where there are more than two."""
    return " ".join(("", *ends)) if len(ends) <= 2 else "".join(f" \\\n    {end}" for end in ends)


def _folded(line: str) -> str:
    """A command that is too long for one line on several; quoted values stay on theirs."""
    if len(line) <= LINE or '"' in line or not line.startswith(("create_", "connect_")):
        return line
    lines = [""]
    for word in re.findall(r"\[[^]]*\]|\S+", line):
        if len(lines[-1]) + len(word) > LINE - 3:  # room for a blank, and a backslash after it
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return " \\\n".join(lines)


def _depth(path: str) -> tuple[int, str]:
    return (path.count("/") + bool(path), path)


# --- what no script can say -----------------------------------------------------------------------


def _check(design: BlockDesign) -> None:
    """Raises ConfigError with all of it."""
    faults = [*_bad_names(design), *_bad_cells(design)]
    if faults:
        raise ConfigError("\n".join(faults))


def _bad_names(design: BlockDesign) -> Iterator[str]:
    named: list[tuple[Place | None, str]] = [(None, design.name)]
    named += [(one.place, one.path) for one in _things(design)]
    for net in (*design.nets, *design.interface_nets):
        named += [(net.place, name) for name in (net.name, *net.ends)]
    for one in design.addresses:
        named += [(one.place, one.space), (one.place, one.segment)]
    for place, name in named:
        if not _NAME.fullmatch(name):
            where = f"{place}: " if place else ""
            yield f"{where}{name!r} is no name that Vivado takes: letters, digits, _ . : - and /"


def _things(design: BlockDesign) -> Iterator[Cell | Port | InterfacePort]:
    yield from design.cells
    yield from design.ports
    yield from design.interface_ports


def _bad_cells(design: BlockDesign) -> Iterator[str]:
    hierarchies = {"", *(cell.path for cell in design.cells if cell.kind == "hier")}
    for cell in design.cells:
        if cell.kind == "platform":
            yield f"{cell.place}: {cell.path} is a vendor's platform: v++ links to it, no Tcl does"
    for one in _things(design):
        if parent(one.path) not in hierarchies:
            yield f"{one.place}: {one.path} stands in no hierarchy of the design"
    for net in (*design.nets, *design.interface_nets):
        if parent(net.name) not in hierarchies:
            yield f"{net.place}: net {net.name} stands in no hierarchy of the design"


# --- a hierarchy ----------------------------------------------------------------------------------


def _level(design: BlockDesign, path: str, known: Mapping[str, Instance]) -> _Level:
    cells = [cell for cell in design.cells if parent(cell.path) == path]
    ports = [port for port in design.ports if parent(port.path) == path]
    interfaces = [port for port in design.interface_ports if parent(port.path) == path]
    joined = [
        _interface_net(net, path, known)
        for net in design.interface_nets
        if parent(net.name) == path
    ]
    nets = [_net(net, path) for net in design.nets if parent(net.name) == path]
    return _Level(
        path=f"/{path}",
        title=f"hierarchy {path}" if path else f"design {design.name}",
        port="pin" if path else "port",
        interfaces=tuple(_Interface(_name(one.path), one.mode, one.vlnv) for one in interfaces),
        ports=tuple(_Made(_name(port.path), tuple(_of_port(port))) for port in ports),
        cells=tuple(_Made(_name(cell.path), tuple(_of_cell(cell))) for cell in cells),
        settings=tuple(_settings(interfaces, ports, cells)),
        interface_nets=tuple(first for first, _ in joined),
        monitors=tuple(more for _, rest in joined for more in rest),
        nets=tuple(nets),
    )


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _of_cell(cell: Cell) -> Iterator[tuple[str, str]]:
    yield "type", cell.kind
    if cell.kind in ("ip", "inline_hdl"):
        yield "vlnv", cell.vlnv
    elif cell.kind != "hier":
        yield "reference", cell.type


def _of_port(port: Port) -> Iterator[tuple[str, str]]:
    yield "dir", _DIRECTIONS[port.direction]
    if port.left is not None and port.right is not None:
        yield "from", str(port.left)
        yield "to", str(port.right)
    if port.kind:
        yield "type", port.kind


def _settings(
    interfaces: Iterable[InterfacePort], ports: Iterable[Port], cells: Iterable[Cell]
) -> Iterator[_Setting]:
    for group, of_level, within in (
        (interfaces, "get_bd_intf_ports", "get_bd_intf_pins"),
        (ports, "get_bd_ports", "get_bd_pins"),
        (cells, "get_bd_cells", "get_bd_cells"),
    ):
        for one in group:
            if one.parameters:
                said = tuple((f"CONFIG.{name}", value) for name, value in one.parameters)
                command = within if parent(one.path) else of_level
                yield _Setting(_name(one.path), command, said)


# --- connections ----------------------------------------------------------------------------------


def _net(net: Net, level: str) -> _Joined:
    return _Joined(_name(net.name), tuple(_got(end, level, "") for end in net.ends))


def _interface_net(
    net: Net, level: str, known: Mapping[str, Instance]
) -> tuple[_Joined, list[_Joined]]:
    """The two ends of an interface net, master first, and what else listens to it."""
    ends = sorted(net.ends, key=lambda end: (_rank(end, level, known), end))
    words = [_got(end, level, "intf_") for end in ends]
    first = _Joined(_name(net.name), tuple(words[:2]))
    return first, [_Joined(first.name, (words[0], more)) for more in words[2:]]


def _rank(end: str, level: str, known: Mapping[str, Instance]) -> int:
    owner, _, name = end.rpartition("/")
    instance = known.get(owner)
    if instance is not None and owner == level and owner:
        instance = inside(instance)
    one = instance.interfaces.get(name) if instance else None
    mode = one.mode if one else "Slave"
    return {"Monitor": 2, "Slave": 1, "MirroredMaster": 1}.get(mode, 0)


def _got(end: str, level: str, kind: str) -> str:
    """The command that gets an end from within a hierarchy."""
    within = end[len(level) + 1 :] if level else end
    what = "pins" if "/" in end else "ports"
    return f"[get_bd_{kind}{what} {tcl(within)}]"


# --- addresses ------------------------------------------------------------------------------------


def _address(one: Address) -> _Assigned:
    options = []
    if one.offset is not None:
        options.append(("offset", f"0x{one.offset:08X}"))
    if one.range is not None:
        options.append(("range", f"0x{one.range:08X}"))
    command = "exclude_bd_addr_seg" if one.excluded else "assign_bd_address"
    return _Assigned(command, options, one.space, one.segment, "" if one.excluded else " -force")
