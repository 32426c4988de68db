"""What every cell of a design looks like from outside, known or inferred.

A cell of the catalogue has the catalogue's looks; a hierarchy has the pins it declares; of anything
else the looks are guessed from the nets and addresses that use it, and marked so (known=False).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.ip import POLARITIES, TURNED, Instance, Interface, Pin, Segment, Space
from bitwright.blockdesign.model import BlockDesign, Cell, InterfacePort, Port, parent

OPPOSITE = {
    "Master": "Slave",
    "Slave": "Master",
    "MirroredMaster": "Master",
    "MirroredSlave": "Slave",
    "Monitor": "Monitor",
}


def looks(design: BlockDesign, catalogue: Catalogue) -> dict[str, Instance]:
    """Every cell by its path, and under "" the ports of the design as its nets see them.

    Seen by the nets within, an input port drives: its Pin is `out`, and a Slave interface of the
    design is a Master. Pins of a hierarchy are as seen from outside, like those of any cell; within
    it the same turn applies (`inside`).
    """
    found: dict[str, Instance] = {}
    unknown: list[Cell] = []
    for cell in design.cells:
        known = catalogue.instance(cell) if cell.kind != "hier" else _declared(design, cell.path)
        if known is None:
            unknown.append(cell)
        else:
            found[cell.path] = known
    found[""] = inside(_declared(design, ""))
    if unknown:
        used = _Use(design, found)
        found |= {cell.path: used.instance(cell) for cell in unknown}
    return dict(sorted(found.items()))


def inside(instance: Instance) -> Instance:
    """A hierarchy, or the design, as the nets within it see its pins: turned round."""
    pins = {
        name: Pin(name, TURNED[pin.direction], pin.kind, pin.width, pin.polarity, mhz=pin.mhz)
        for name, pin in instance.pins.items()
    }
    interfaces = {
        name: Interface(
            *(name, OPPOSITE[one.mode], one.vlnv, one.protocol, one.data_width, one.addr_width),
            clock=one.clock,
        )
        for name, one in instance.interfaces.items()
    }
    return Instance(instance.type, pins, interfaces, doc=instance.doc)


def _declared(design: BlockDesign, path: str) -> Instance:
    """A hierarchy's pins and interfaces as it declares them, seen from outside."""
    ports = [port for port in design.ports if parent(port.path) == path]
    clocks = _clocks_of(ports)
    interfaces = [
        _interface(port, clocks) for port in design.interface_ports if parent(port.path) == path
    ]
    return Instance(
        type="",
        pins={pin.name: pin for pin in map(_pin, ports)},
        interfaces={one.name: one for one in interfaces},
    )


def _pin(port: Port) -> Pin:
    said = dict(port.parameters)
    return Pin(
        name=port.path.rpartition("/")[2],
        direction=port.direction,
        kind="" if port.kind == "undef" else port.kind,
        width=port.width,
        polarity=POLARITIES.get(said.get("POLARITY", ""), ""),
        mhz=_mhz(said.get("FREQ_HZ", "")),
    )


def _interface(port: InterfacePort, clocks: Mapping[str, str]) -> Interface:
    said, name = dict(port.parameters), port.path.rpartition("/")[2]
    return Interface(
        name=name,
        mode=port.mode,
        vlnv=port.vlnv,
        protocol=said.get("PROTOCOL", ""),
        data_width=_number(said.get("DATA_WIDTH", "")),
        addr_width=_number(said.get("ADDR_WIDTH", "")),
        clock=clocks.get(name, ""),
    )


def _clocks_of(ports: Iterable[Port]) -> dict[str, str]:
    """Interface -> the clock port that says it belongs to it (ASSOCIATED_BUSIF)."""
    return {
        interface: port.path.rpartition("/")[2]
        for port in ports
        for interface in dict(port.parameters).get("ASSOCIATED_BUSIF", "").split(":")
        if interface
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _mhz(text: str) -> float | None:
    hertz = _number(text) if len(text) <= 9 else None
    return hertz / 1e6 if hertz else None


class _Use:
    """How the cells nobody knows are used: the ends, modes and addresses that a design gives."""

    def __init__(self, design: BlockDesign, known: Mapping[str, Instance]) -> None:
        self.known = known
        self.pins: defaultdict[str, dict[str, Pin]] = defaultdict(dict)
        self.interfaces: defaultdict[str, dict[str, Interface]] = defaultdict(dict)
        self.spaces: defaultdict[str, dict[str, Space]] = defaultdict(dict)
        self.segments: defaultdict[str, dict[str, Segment]] = defaultdict(dict)
        unknown = {cell.path for cell in design.cells} - set(known)
        for net in design.nets:
            self._net(net.ends, parent(net.name), unknown)
        for net in design.interface_nets:
            self._interface_net(net.ends, parent(net.name), unknown)
        for address in design.addresses:
            self._space(address.space, unknown)
            self._segment(address.segment, address.range, unknown)

    def instance(self, cell: Cell) -> Instance:
        path = cell.path
        return Instance(
            type=cell.type,
            pins=dict(sorted(self.pins[path].items())),
            interfaces=dict(sorted(self.interfaces[path].items())),
            spaces=dict(sorted(self.spaces[path].items())),
            segments=dict(sorted(self.segments[path].items())),
            known=False,
            whole=False,
        )

    def _end(self, end: str, level: str) -> tuple[Instance | None, str, str]:
        """The looks of an end's owner as the net sees it, the owner's path, and the pin's name."""
        owner, _, name = end.rpartition("/")
        looks = self.known.get(owner)
        if looks is not None and owner == level and owner:
            looks = inside(looks)
        return looks, owner, name

    def _net(self, ends: Iterable[str], level: str, unknown: set[str]) -> None:
        """An unknown pin is an input where a known one drives; alone with inputs, it drives."""
        met = [self._end(end, level) for end in ends]
        pins = [looks.pins[name] for looks, _, name in met if looks and name in looks.pins]
        mine = [(owner, name) for _, owner, name in met if owner in unknown]
        driven = any(pin.direction == "out" for pin in pins)
        drives = not driven and len(mine) == 1 and any(pin.direction == "in" for pin in pins)
        direction = "in" if driven else "out" if drives else "inout"
        kinds = {pin.kind for pin in pins if pin.kind}
        widths = {pin.width for pin in pins}
        for owner, name in mine:
            self.pins[owner][name] = Pin(
                name,
                direction,
                kind=kinds.pop() if len(kinds) == 1 else "",
                width=next(iter(widths)) if len(widths) == 1 else None,
            )

    def _interface_net(self, ends: Iterable[str], level: str, unknown: set[str]) -> None:
        met = [self._end(end, level) for end in ends]
        partners = [
            looks.interfaces[name] for looks, _, name in met if looks and name in looks.interfaces
        ]
        for _, owner, name in met:
            if owner not in unknown:
                continue
            by_name = "Master" if name.upper().startswith("M") else "Slave"
            mode = OPPOSITE[partners[0].mode] if partners else by_name
            vlnv = partners[0].vlnv if partners else ""
            self.interfaces[owner][name] = Interface(name, mode, vlnv)

    def _space(self, path: str, unknown: set[str]) -> None:
        for owner in _owners(path):
            if owner in unknown:
                name = path[len(owner) + 1 :]
                masters = [
                    one.name for one in self.interfaces[owner].values() if one.mode == "Master"
                ]
                mine = [one for one in masters if name.endswith(one)] or masters
                self.spaces[owner][name] = Space(name, tuple(sorted(mine)), 64)

    def _segment(self, path: str, range: int | None, unknown: set[str]) -> None:
        for owner in _owners(path):
            if owner in unknown:
                name = path[len(owner) + 1 :]
                slaves = {
                    one.name.lower(): one.name
                    for one in self.interfaces[owner].values()
                    if one.mode == "Slave"
                }
                interface = slaves.get(name.partition("/")[0].lower(), "")
                self.segments[owner][name] = Segment(name, interface, range)


def _owners(path: str) -> Iterable[str]:
    """The paths that a space or segment may belong to: every beginning of it."""
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))
