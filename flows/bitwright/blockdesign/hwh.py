"""A hardware handoff (.hwh) of Vivado -> the block design that was built.

Vivado writes it beside the bitstream; PYNQ and Vitis read it. It is a flat list of modules: nets
that cross hierarchies appear as one, and pins of hierarchies do not appear; they are made anew
(`crossing.py`). Wires of a joined interface that a design joins one by one as well do not show.
Parameters are all that it lists, derived ones among them; where it has the generic
C_SIZE and the parameter c_size, the parameter counts. It says by which interface an address is
reached, where scripts name an address space and a segment: the catalogue translates
(`S_AXI_HP0_FPD` to `SAXIGP2/HP0_DDR_LOW`); of an IP that is not in it, a space is called as HLS and
the packager call it, and a segment by its interface.

Layout as in 13 public files of Vivado 2016.3 to 2025.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from bitwright.blockdesign import catalogue
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.crossing import End, Wall, cross
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Place,
    Port,
    pairs,
)
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.safe_xml import Node, tree

Flat = tuple[str, list[End], Place]  # the name of a net, its ends at any depth
OUTSIDE = ("External_Ports_", "External_Interface_")
UNJOINED = "__NOC__"
DIRECTIONS = {"I": "in", "O": "out", "IO": "inout"}
KINDS = {"clk": "clk", "rst": "rst", "interrupt": "intr", "data": "data", "ce": "ce"}
MODES = {
    "MASTER": "Master",
    "INITIATOR": "Master",
    "SLAVE": "Slave",
    "TARGET": "Slave",
    "MONITOR": "Monitor",
    "MIRROREDMASTER": "MirroredMaster",
    "MIRROREDSLAVE": "MirroredSlave",
}
MADE_BY_VIVADO = frozenset({"Component_Name", "EDK_IPTYPE", "EDK_SPECIAL"})
# Spaces of processors and movers that the catalogue lacks, by type and the interface's name.
MICROBLAZE = "xilinx.com:ip:microblaze"
# Memory maps of controllers that the catalogue lacks, by type and interface: as scripts name them.
MEMORY_MAPS = {
    ("xilinx.com:ip:mig_7series", "S_AXI"): "memmap",
    ("xilinx.com:ip:ddr4", "C0_DDR4_S_AXI"): "C0_DDR4_MEMORY_MAP",
    ("xilinx.com:ip:ddr4", "C0_DDR4_S_AXI_CTRL"): "C0_DDR4_MEMORY_MAP_CTRL",
}
MOVERS = frozenset({"xilinx.com:ip:axi_vdma", "xilinx.com:ip:axi_mcdma"})


def read(text: str, *, origin: Path, known: Catalogue | None = None) -> BlockDesign:
    """The block design of a .hwh.

    origin: where the text came from; for messages and places alone
    known: the catalogue that names spaces and segments; default: the project's
    Raises ReportError for what is no .hwh, broken off or hostile XML.
    """
    root = tree(text.removeprefix("\ufeff"), origin=origin)
    if root.tag != "EDKSYSTEM":
        _refuse(origin, root, "an EDKSYSTEM element, as a .hwh begins", f"<{root.tag}>")
    return _Reader(root, origin, known or catalogue.load()).design()


def _refuse(origin: Path, node: Node, expected: str, found: str) -> NoReturn:
    refuse(
        Path(f"{origin}:{node.line}"),
        "this is no hardware handoff that can be read",
        expected=expected,
        found=found,
    )


class _Reader:
    def __init__(self, root: Node, origin: Path, known: Catalogue) -> None:
        self.root = root
        self.origin = origin
        self.known = known
        self.modules = list(root.all("MODULES", "MODULE"))
        self.paths = {self.name(module): self.path(module) for module in self.modules}
        self.plain = frozenset(self.single())

    def design(self) -> BlockDesign:
        cells = [self.cell(module) for module in self.modules]
        looks = {cell.path: self.known.instance(cell) or Instance(cell.type) for cell in cells}
        addresses = {
            (one.space, one.segment, one.offset, one.range): one
            for module in self.modules
            for one in self.addresses(module, looks)
        }
        nets, pins = _brought(self.nets())
        interface_nets, interface_pins = _brought(self.interface_nets())
        info = self.root.get("SYSTEMINFO")
        return BlockDesign.of(
            (info.attributes.get("NAME") if info else None) or self.origin.stem,
            cells=[*cells, *self.hierarchies(cells)],
            ports=[*self.ports(), *(pin for pin in pins if isinstance(pin, Port))],
            interface_ports=[
                *self.interface_ports(),
                *(pin for pin in interface_pins if isinstance(pin, InterfacePort)),
            ],
            nets=nets,
            interface_nets=interface_nets,
            addresses=addresses.values(),
        )

    # Cells

    def cell(self, module: Node) -> Cell:
        vlnv = self.said(module, "VLNV")
        kind, parts = "ip", vlnv.split(":")
        if len(parts) != 4:
            _refuse(self.origin, module, "VLNV vendor:library:name:version", repr(vlnv))
        if parts[1] == "inline_hdl":
            kind = "inline_hdl"
        elif parts[1] == "module_ref":
            kind = "module"
        return Cell(
            path=self.paths[self.name(module)],
            kind=kind,
            type=parts[2] if kind == "module" else ":".join(parts[:3]),
            version="" if kind == "module" else parts[3],
            parameters=pairs(self.parameters(module)),
            place=self.place(module),
        )

    def parameters(self, module: Node) -> dict[str, str]:
        """Of names that differ in case alone the later counts: generics come first."""
        found: dict[str, tuple[str, str]] = {}
        for one in module.all("PARAMETERS", "PARAMETER"):
            name = one.attributes.get("NAME", "")
            if name and name not in MADE_BY_VIVADO:
                found[name.lower()] = (name, one.attributes.get("VALUE", ""))
        return dict(found.values())

    def hierarchies(self, cells: Iterable[Cell]) -> Iterator[Cell]:
        """The hierarchies that cells stand in; their pins are not in a .hwh."""
        taken = {cell.path for cell in cells}
        for path in sorted(taken):
            parts = path.split("/")[:-1]
            for count in range(1, len(parts) + 1):
                above = "/".join(parts[:count])
                if above not in taken:
                    taken.add(above)
                    yield Cell(above, "hier")

    # Ports and nets

    def ports(self) -> Iterator[Port]:
        inside = _wires(self.root.all("EXTERNALINTERFACES", "BUSINTERFACE"))
        for port in self.root.all("EXTERNALPORTS", "PORT"):
            name = self.said(port, "NAME")
            if name not in inside:
                yield self.port(name, port)

    def port(self, name: str, port: Node) -> Port:
        said = port.attributes
        parameters = {"FREQ_HZ": said.get("CLKFREQUENCY"), "POLARITY": said.get("POLARITY")}
        return Port(
            path=name,
            direction=DIRECTIONS.get(said.get("DIR", ""), "inout"),
            kind=KINDS.get(said.get("SIGIS", "").lower(), ""),
            left=_whole(said.get("LEFT")),
            right=_whole(said.get("RIGHT")),
            parameters=pairs({key: text for key, text in parameters.items() if text}),
            place=self.place(port),
        )

    def interface_ports(self) -> Iterator[InterfacePort]:
        partners = {
            bus.attributes.get("BUSNAME", ""): bus.attributes.get("VLNV", "")
            for module in self.modules
            for bus in module.all("BUSINTERFACES", "BUSINTERFACE")
        }
        for bus in self.root.all("EXTERNALINTERFACES", "BUSINTERFACE"):
            said = bus.attributes
            vlnv = said.get("VLNV") or partners.get(said.get("BUSNAME", ""), "")
            parameters = {
                one.attributes.get("NAME", ""): one.attributes.get("VALUE", "")
                for one in bus.all("PARAMETER")
            }
            yield InterfacePort(
                path=self.said(bus, "NAME"),
                mode=MODES.get(said.get("TYPE", "").upper(), "Slave"),
                vlnv=abstraction(vlnv),
                parameters=pairs({key: text for key, text in parameters.items() if key and text}),
                place=self.place(bus),
            )

    def nets(self) -> Iterator[Flat]:
        """Wires by the name of their signal, without those that an interface net stands for."""
        ends: defaultdict[str, list[End]] = defaultdict(list)
        places: dict[str, Place] = {}
        for owner, part, ports in self.owners():
            joined = _wires(bus for bus in part if _joined(bus))
            for port in ports:
                name, signal = self.said(port, "NAME"), port.attributes.get("SIGNAME", "")
                if signal and (name not in joined or self.leaves(port)):
                    ends[signal].append(self.end(owner, name, port))
                    places.setdefault(signal, self.place(port))
        for signal, those in ends.items():
            if len(set(those)) > 1:
                yield _without(signal), those, places[signal]

    def end(self, owner: str, name: str, port: Node) -> End:
        found = self.port(f"{owner}/{name}" if owner else name, port)
        drives = found.direction == ("out" if owner else "in")
        return End(found.path, drives, found.kind, found.left, found.right)

    def leaves(self, port: Node) -> bool:
        """Whether a wire of an interface also goes where no interface takes it (to a probe)."""
        if port.attributes.get("DIR") != "O":
            return False
        for one in port.all("CONNECTIONS", "CONNECTION"):
            there = (one.attributes.get("INSTANCE", ""), one.attributes.get("PORT", ""))
            if there in self.plain:
                return True
        return False

    def single(self) -> Iterator[tuple[str, str]]:
        """(instance, port) of all ports that are in no joined interface."""
        for module in self.modules:
            wires = _wires(filter(_joined, module.all("BUSINTERFACES", "BUSINTERFACE")))
            for port in module.all("PORTS", "PORT"):
                if port.attributes.get("NAME", "") not in wires:
                    yield self.name(module), port.attributes.get("NAME", "")

    def owners(self) -> Iterator[tuple[str, list[Node], list[Node]]]:
        """The design itself and every module: path, interfaces, ports."""
        yield (
            "",
            list(self.root.all("EXTERNALINTERFACES", "BUSINTERFACE")),
            list(self.root.all("EXTERNALPORTS", "PORT")),
        )
        for module in self.modules:
            yield (
                self.paths[self.name(module)],
                list(module.all("BUSINTERFACES", "BUSINTERFACE")),
                list(module.all("PORTS", "PORT")),
            )

    def interface_nets(self) -> Iterator[Flat]:
        ends: defaultdict[str, list[End]] = defaultdict(list)
        places: dict[str, Place] = {}
        for owner, buses, _ in self.owners():
            for bus in filter(_joined, buses):
                name = self.said(bus, "NAME")
                net = bus.attributes["BUSNAME"]
                mode = MODES.get(bus.attributes.get("TYPE", "").upper(), "Slave")
                vlnv = abstraction(bus.attributes.get("VLNV", "")) or "?"
                path = f"{owner}/{name}" if owner else name
                ends[net].append(End(path, mode == ("Master" if owner else "Slave"), vlnv=vlnv))
                places.setdefault(net, self.place(bus))
        for net, those in ends.items():
            if len(set(those)) > 1:
                yield _without(net), those, places[net]

    # Addresses

    def addresses(self, module: Node, looks: Mapping[str, Instance]) -> Iterator[Address]:
        path = self.paths[self.name(module)]
        for one in module.all("MEMORYMAP", "MEMRANGE"):
            slave = self.paths.get(self.said(one, "INSTANCE"))
            if slave is None:
                found = f"INSTANCE {one.attributes['INSTANCE']!r}"
                _refuse(self.origin, one, "an instance among the modules", found)
            low, high = self.hexadecimal(one, "BASEVALUE"), self.hexadecimal(one, "HIGHVALUE")
            if high < low:
                _refuse(self.origin, one, "HIGHVALUE at or above BASEVALUE", f"{high:#x}")
            master = one.attributes.get("MASTERBUSINTERFACE", "")
            yield Address(
                space=f"{path}/{_space(looks[path], master)}",
                segment=f"{slave}/{_segment(looks[slave], one)}",
                offset=low,
                range=high - low + 1,
                place=self.place(one),
            )

    def hexadecimal(self, node: Node, key: str) -> int:
        text = self.said(node, key)
        try:
            return int(text, 16)
        except ValueError:
            _refuse(self.origin, node, f"{key} as a hexadecimal number", repr(text[:60]))

    # What every element has

    def name(self, module: Node) -> str:
        return self.said(module, "INSTANCE")

    def path(self, module: Node) -> str:
        """memory/ram of FULLNAME /memory/ram; INSTANCE has underscores in the place of slashes."""
        return module.attributes.get("FULLNAME", "").strip("/") or self.name(module)

    def said(self, node: Node, key: str) -> str:
        found = node.attributes.get(key, "")
        if not found:
            _refuse(self.origin, node, f"{key} in <{node.tag}>", "none")
        return found

    def place(self, node: Node) -> Place:
        return Place(str(self.origin), node.line)


def _brought(flat: Iterable[Flat]) -> tuple[list[Net], list[Wall]]:
    """Flat nets as nets of one hierarchy each, and the pins of hierarchies between them."""
    nets: list[Net] = []
    walls: list[Wall] = []
    for name, ends, place in flat:
        more, pins = cross(name, ends, place)
        nets += more
        walls += pins
    return nets, walls


def abstraction(vlnv: str) -> str:
    """The name that block designs use: xilinx.com:interface:aximm:1.0 has aximm_rtl there."""
    parts = vlnv.split(":")
    if len(parts) != 4 or parts[2].endswith("_rtl"):
        return vlnv
    return ":".join((*parts[:2], f"{parts[2]}_rtl", parts[3]))


def _space(looks: Instance, master: str) -> str:
    for space in looks.spaces.values():
        if master in space.interfaces:
            return space.name
    if looks.type == MICROBLAZE:
        return "Instruction" if master in ("ILMB", "M_AXI_IC", "M_AXI_IP") else "Data"
    if looks.type in MOVERS:
        return master.replace("M_AXI_", "Data_")
    return f"Data_{master}" if looks.type.split(":")[1:2] == ["hls"] else master


def _segment(looks: Instance, one: Node) -> str:
    interface, block = (
        one.attributes.get("SLAVEBUSINTERFACE", ""),
        one.attributes.get("ADDRESSBLOCK", ""),
    )
    for segment in looks.segments.values():
        if segment.interface == interface and segment.name.rpartition("/")[2] == block:
            return segment.name
    return f"{MEMORY_MAPS.get((looks.type, interface), interface)}/{block}"


def _wires(buses: Iterable[Node]) -> set[str]:
    return {
        one.attributes.get("PHYSICAL", "")
        for bus in buses
        for one in bus.all("PORTMAPS", "PORTMAP")
    }


def _joined(bus: Node) -> bool:
    return bus.attributes.get("BUSNAME", UNJOINED) not in (UNJOINED, "")


def _without(name: str) -> str:
    """A net's name without what marks one that comes from outside."""
    for prefix in OUTSIDE:
        name = name.removeprefix(prefix)
    return name


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None
