"""A block design while a script makes it: everything by its path, changeable until `model()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bitwright.blockdesign.interpreter.words import CommandError
from bitwright.blockdesign.model import (
    NOWHERE,
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Place,
    Port,
    pairs,
    parent,
)


@dataclass(slots=True)
class Thing:
    """A cell, a port or pin of a hierarchy, or an interface of one."""

    path: str
    kind: str  # of a cell: model.KINDS; of a port: clk, rst, ...
    type: str = ""  # of a cell; of an interface its VLNV
    version: str = ""
    direction: str = ""  # of a port; of an interface its mode
    left: int | None = None
    right: int | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    place: Place = NOWHERE

    def set(self, name: str, value: str) -> None:
        """A parameter; IPs tell no upper from lower case in their names."""
        for known in self.parameters:
            if known.lower() == name.lower():
                name = known
        self.parameters[name] = value


@dataclass(slots=True)
class Wire:
    """A net; `ends` are in the order in which they came."""

    path: str
    ends: list[str]
    place: Place


@dataclass(slots=True)
class Mapping:
    """A segment in an address space, or kept from it."""

    space: str
    segment: str
    name: str  # of the mapped segment, below the space: SEG_gpio_Reg
    offset: int | None
    range: int | None
    excluded: bool = False
    guessed: bool = False  # whether Vivado may have taken another offset
    place: Place = NOWHERE


class Draft:
    """One design."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: dict[str, Thing] = {}
        self.ports: dict[str, Thing] = {}  # of the design and of hierarchies
        self.interface_ports: dict[str, Thing] = {}
        self.nets: dict[str, Wire] = {}
        self.interface_nets: dict[str, Wire] = {}
        self.mappings: list[Mapping] = []
        self.used: dict[str, set[str]] = {}  # cell -> names of pins that it must have
        self.used_interfaces: dict[str, set[str]] = {}
        self.guessed: list[tuple[str, str]] = []  # pins of hierarchies made here, and what for
        self.properties: dict[str, dict[str, str]] = {}  # what is neither CONFIG nor known

    # --- names ------------------------------------------------------------------------------------

    def add_cell(self, cell: Thing) -> None:
        self._free(cell.path, self.cells)
        self.cells[cell.path] = cell

    def add_port(self, port: Thing) -> None:
        self._free(port.path, self.ports)
        self.ports[port.path] = port

    def add_interface_port(self, port: Thing) -> None:
        self._free(port.path, self.interface_ports)
        self.interface_ports[port.path] = port

    def _free(self, path: str, among: dict[str, Thing]) -> None:
        if path in among:
            raise CommandError(f"[BD 5-183] The name '{path}' already exists in the design.")
        above = parent(path)
        if above and (above not in self.cells or self.cells[above].kind != "hier"):
            raise CommandError(f"[BD 5-232] No hierarchy '{above}' to put '{path}' into.")

    def owner(self, path: str) -> str | None:
        """The cell of a pin, space or segment: the longest beginning of its path that is one."""
        while path := parent(path):
            if path in self.cells:
                return path
        return None

    # --- connections ------------------------------------------------------------------------------

    def connect(
        self,
        ends: Iterable[str],
        *,
        interface: bool,
        level: str,
        name: str = "",
        place: Place = NOWHERE,
    ) -> Wire:
        """Join ends, with whatever is on the nets that they are on already.

        level: the current hierarchy, taken where both sides of a boundary are meant by an end.
        name: of the net, below its hierarchy.
        """
        ends = list(dict.fromkeys(ends))
        nets = self.interface_nets if interface else self.nets
        home, ends = self._home(ends, interface, level)
        joined = [
            net for net in nets.values() if parent(net.path) == home and set(net.ends) & set(ends)
        ]
        wanted = f"{home}/{name}" if home and name else name
        if wanted and wanted in nets and nets[wanted] not in joined:
            joined.insert(0, nets[wanted])
        if joined:
            net = joined[0]
        else:
            net = Wire(wanted or self._unnamed(ends, home, nets), [], place)
            nets[net.path] = net
        for other in joined[1:]:
            net.ends.extend(other.ends)
            del nets[other.path]
        net.ends = list(dict.fromkeys([*net.ends, *ends]))
        return net

    def _home(self, ends: list[str], interface: bool, level: str) -> tuple[str, list[str]]:
        """The hierarchy that a net of these ends stands in, and the ends as it sees them.

        Where no one hierarchy holds them all, the net stands in the one around them, and reaches in
        through pins that are made for it, as Vivado makes them.
        """
        sides = [set(self._sides(end, interface)) for end in ends]
        common = set.intersection(*sides)
        if common:
            home = level if level in common else min(common, key=_depth)
            return home, ends
        around = _around([max(side, key=_depth) for side in sides])
        return around, [
            end if around in side else self._through(end, around, interface)
            for end, side in zip(ends, sides, strict=True)
        ]

    def _sides(self, end: str, interface: bool) -> list[str]:
        """The hierarchies from which an end can be seen."""
        ports = self.interface_ports if interface else self.ports
        cell = parent(end)
        if end not in ports:
            return [parent(self.owner(end) or cell)]
        return [parent(cell), cell] if cell else [""]

    def _through(self, end: str, around: str, interface: bool) -> str:
        """A pin at the edge of the hierarchy of an end, and of each around it up to `around`."""
        while around not in self._sides(end, interface):
            level = min(self._sides(end, interface), key=_depth)
            end = self._edge(end, level, interface)
        return end

    def _edge(self, end: str, level: str, interface: bool) -> str:
        """A pin of hierarchy `level` that leads to this end in it; the one there is, or a new."""
        ports = self.interface_ports if interface else self.ports
        net = self.net_of(end, interface=interface, level=level)
        for other in net.ends if net and parent(net.path) == level else ():
            if other in ports and parent(other) == level:
                return other
        path = self.free_name(f"{level}/{end.rpartition('/')[2]}", ports)
        inner = ports.get(end)
        made = Thing(path, "", direction="Slave" if interface else "in")
        if inner is not None:
            made.kind, made.type, made.direction = inner.kind, inner.type, inner.direction
            made.left, made.right = inner.left, inner.right
        self.guessed.append((path, end))
        ports[path] = made
        self.connect([end, path], interface=interface, level=level)
        return path

    def _unnamed(self, ends: list[str], home: str, nets: dict[str, Wire]) -> str:
        """As Vivado names: of a pin <cell>_<pin>, of a port <port>_1."""
        end = ends[0]
        cell, _, pin = end.rpartition("/")
        name = f"{pin}_1" if cell == home else f"{cell.rpartition('/')[2]}_{pin}"
        return self.free_name(f"{home}/{name}" if home else name, nets)

    @staticmethod
    def free_name(path: str, among: dict[str, Wire] | dict[str, Thing]) -> str:
        """The path, or the path with the first number that nobody has."""
        if path not in among:
            return path
        count = 1
        while f"{path}_{count}" in among:
            count += 1
        return f"{path}_{count}"

    def net_of(self, end: str, *, interface: bool, level: str = "") -> Wire | None:
        """The net that an end is on; of a hierarchy's pin the one within `level`, else any."""
        nets = self.interface_nets if interface else self.nets
        on = [net for net in nets.values() if end in net.ends]
        inner = [net for net in on if parent(net.path) == level]
        return next(iter(inner or on), None)

    def disconnect(self, net: str, ends: Iterable[str], *, interface: bool) -> None:
        nets = self.interface_nets if interface else self.nets
        if net in nets:
            gone = set(ends)
            nets[net].ends = [end for end in nets[net].ends if end not in gone]
            if not nets[net].ends:
                del nets[net]

    # --- addresses --------------------------------------------------------------------------------

    def map(self, mapping: Mapping) -> Mapping:
        """Put a segment into a space; one that is there already moves."""
        for place, other in enumerate(self.mappings):
            if (other.space, other.segment) == (mapping.space, mapping.segment):
                self.mappings[place] = mapping
                return mapping
        self.mappings.append(mapping)
        return mapping

    # --- other names ------------------------------------------------------------------------------

    def move(self, old: str, new: str) -> None:
        """Give a cell another path; whatever stands in it goes with it."""
        if new in self.cells:
            raise CommandError(f"[BD 5-183] The name '{new}' already exists in the design.")

        def moved(path: str) -> str:
            return _renamed(path, old, new)

        for among in (self.cells, self.ports, self.interface_ports):
            things = [(moved(path), thing) for path, thing in among.items()]
            among.clear()
            for path, thing in things:
                thing.path = path
                among[path] = thing
        for nets in (self.nets, self.interface_nets):
            wires = list(nets.values())
            nets.clear()
            for wire in wires:
                wire.path = moved(wire.path)
                wire.ends = [moved(end) for end in wire.ends]
                nets[wire.path] = wire
        for one in self.mappings:
            one.space, one.segment = moved(one.space), moved(one.segment)
        for used in (self.used, self.used_interfaces):
            for path in list(used):
                used[moved(path)] = used.pop(path)

    def replace(self, old: str, new: str) -> None:
        """Give a cell's connections and addresses to another cell beside it."""
        for nets in (self.nets, self.interface_nets):
            for net in nets.values():
                if not net.path.startswith(f"{old}/"):
                    net.ends = [_renamed(end, old, new) for end in net.ends]
        for one in self.mappings:
            one.space, one.segment = _renamed(one.space, old, new), _renamed(one.segment, old, new)

    def gather(self, hierarchy: str, cells: list[str]) -> None:
        """Move cells from beside a hierarchy into it.

        A net that stays outside by some of its ends reaches the others through a pin of the
        hierarchy, which is named after the first of them.
        """
        level = parent(hierarchy)
        for interface in (False, True):
            nets = self.interface_nets if interface else self.nets
            for net in [net for net in nets.values() if parent(net.path) == level]:
                inside = [end for end in net.ends if self.owner(end) in cells]
                if inside:
                    self._gather_net(net, inside, hierarchy, interface)
        for cell in cells:
            self.move(cell, f"{hierarchy}/{cell.rpartition('/')[2]}")

    def _gather_net(self, net: Wire, inside: list[str], hierarchy: str, interface: bool) -> None:
        nets = self.interface_nets if interface else self.nets
        ports = self.interface_ports if interface else self.ports
        outside = [end for end in net.ends if end not in inside]
        path = self.free_name(f"{hierarchy}/{net.path.rpartition('/')[2]}", nets)
        edges = [end for end in outside if end in ports and parent(end) == hierarchy]
        if outside and not edges:
            edge = self.free_name(f"{hierarchy}/{inside[0].rpartition('/')[2]}", ports)
            ports[edge] = Thing(edge, "", direction="Slave" if interface else "in")
            within = inside[0].removeprefix(f"{parent(hierarchy)}/")
            self.guessed.append((edge, f"{hierarchy}/{within}"))  # where it will be
            outside, edges = [*outside, edge], [edge]
        inner = next(
            (self.net_of(edge, interface=interface, level=hierarchy) for edge in edges), None
        )
        if inner is not None and parent(inner.path) == hierarchy:
            inner.ends = list(dict.fromkeys([*inner.ends, *edges, *inside]))
        else:
            nets[path] = Wire(path, [*edges, *inside], net.place)
        net.ends = outside
        if len(outside) < 2:
            del nets[net.path]

    def rename_end(self, old: str, new: str, *, interface: bool) -> None:
        """Give a port, or a pin of a hierarchy, another path."""
        among = self.interface_ports if interface else self.ports
        if new in among:
            raise CommandError(f"[BD 5-183] The name '{new}' already exists in the design.")
        if old in among:
            among[new] = among.pop(old)
            among[new].path = new
        for net in (self.interface_nets if interface else self.nets).values():
            net.ends = [new if end == old else end for end in net.ends]
        for one in self.mappings if interface else ():
            one.space = new if one.space == old else one.space
            one.segment = _renamed(one.segment, old, new)

    def extracted(self, path: str, name: str) -> Draft:
        """The contents of a hierarchy as a design of their own; its pins become ports."""
        made, begin = Draft(name), f"{path}/"
        for mine, theirs in (
            (self.cells, made.cells),
            (self.ports, made.ports),
            (self.interface_ports, made.interface_ports),
        ):
            for old, thing in mine.items():
                if old.startswith(begin):
                    new = old.removeprefix(begin)
                    theirs[new] = replace(thing, path=new, parameters=dict(thing.parameters))
        for wires, copies in (
            (self.nets, made.nets),
            (self.interface_nets, made.interface_nets),
        ):
            for old, wire in wires.items():
                if old.startswith(begin):
                    new = old.removeprefix(begin)
                    ends = [end.removeprefix(begin) for end in wire.ends]
                    copies[new] = Wire(new, ends, wire.place)
        for one in self.mappings:
            if one.space.startswith(begin) and one.segment.startswith(begin):
                space, segment = one.space.removeprefix(begin), one.segment.removeprefix(begin)
                made.mappings.append(replace(one, space=space, segment=segment))
        return made

    # --- removal ----------------------------------------------------------------------------------

    def remove(self, path: str, kind: str) -> None:
        if kind == "cell":
            self._remove_cell(path)
        elif kind in ("net", "intf_net"):
            (self.nets if kind == "net" else self.interface_nets).pop(path, None)
        elif kind in ("port", "pin"):
            self.ports.pop(path, None)
            self._unplug(lambda end: end == path, self.nets)
        elif kind in ("intf_port", "intf_pin"):
            self.interface_ports.pop(path, None)
            self._unplug(lambda end: end == path, self.interface_nets)
            self._unmap(lambda name: name == path or name.startswith(f"{path}/"))
        elif kind == "mapping":
            self.mappings = [one for one in self.mappings if f"{one.space}/{one.name}" != path]

    def _remove_cell(self, path: str) -> None:
        inside = f"{path}/"

        def gone(name: str) -> bool:
            return name == path or name.startswith(inside)

        for among in (self.cells, self.ports, self.interface_ports):
            for name in [name for name in among if gone(name)]:
                del among[name]
        for nets in (self.nets, self.interface_nets):
            for name in [name for name in nets if name.startswith(inside)]:
                del nets[name]
            self._unplug(gone, nets)
        self._unmap(gone)

    def _unmap(self, gone: Callable[[str], bool]) -> None:
        self.mappings = [
            one for one in self.mappings if not gone(one.space) and not gone(one.segment)
        ]

    @staticmethod
    def _unplug(gone: Callable[[str], bool], nets: dict[str, Wire]) -> None:
        for name, net in list(nets.items()):
            net.ends = [end for end in net.ends if not gone(end)]
            if not net.ends:
                del nets[name]

    # --- the result -------------------------------------------------------------------------------

    def model(self) -> BlockDesign:
        """The design as it stands; nets with a single end say nothing and are left out."""
        return BlockDesign.of(
            self.name,
            cells=(
                Cell(one.path, one.kind, one.type, one.version, pairs(one.parameters), one.place)
                for one in self.cells.values()
            ),
            ports=(
                Port(
                    *(one.path, one.direction, one.kind, one.left, one.right),
                    *(pairs(one.parameters), one.place),
                )
                for one in self.ports.values()
            ),
            interface_ports=(
                InterfacePort(one.path, one.direction, one.type, pairs(one.parameters), one.place)
                for one in self.interface_ports.values()
            ),
            nets=map(_net, self.nets.values()),
            interface_nets=map(_net, self.interface_nets.values()),
            addresses=(
                Address(one.space, one.segment, one.offset, one.range, one.excluded, one.place)
                for one in self.mappings
            ),
        )


def _renamed(path: str, old: str, new: str) -> str:
    """A path after what it begins with has got another name."""
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path


def _depth(path: str) -> tuple[int, str]:
    return (path.count("/") + bool(path), path)


def _around(paths: list[str]) -> str:
    """The innermost hierarchy that all of these stand in, or are."""
    common: list[str] = []
    for parts in zip(*(path.split("/") if path else [] for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common)


def _net(wire: Wire) -> Net:
    return Net(wire.path, tuple(wire.ends), wire.place)
