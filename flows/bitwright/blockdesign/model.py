"""A block design as values: cells, ports, what joins them, and where in memory they stand.

Everything is named by its path from the design's top: cell `memory/switch` is in hierarchy
`memory`, `memory/switch/M00_AXI` is an interface of it, `memory/aclk` a pin of the hierarchy itself
and `pcie_refclk` a port of the design. A net stands in one hierarchy, so its name has a path too;
a pin of a hierarchy has one net outside and one inside.

Values are as Tcl would have them: parameters are text, without the leading `CONFIG.`. Two designs
are equal when they say the same, in whatever order and from whatever file: `BlockDesign.of` sorts,
and places do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("ip", "module", "hier", "inline_hdl", "container", "platform")
Pairs = tuple[tuple[str, str], ...]  # names and values, by name


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written; for messages alone."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("?", 0)


def pairs(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Pairs:
    """Names and values as a model keeps them; text() of what is no text."""
    items = values.items() if isinstance(values, Mapping) else values
    return tuple(sorted((name, str(value)) for name, value in items))


@dataclass(frozen=True, slots=True)
class Cell:
    """One block. kind: platform is a vendor's shell that v++ links kernels into."""

    path: str
    kind: str  # one of KINDS
    type: str = ""  # ip, inline_hdl: vendor:library:name; module, container: its name; hier: ""
    version: str = ""  # of the IP, such as 5.5; "" is whatever the catalogue at hand has
    parameters: Pairs = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def vlnv(self) -> str:
        """vendor:library:name:version, without the version where none is said."""
        return f"{self.type}:{self.version}" if self.version else self.type

    def parameter(self, name: str, default: str = "") -> str:
        return dict(self.parameters).get(name, default)


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the design, or a pin of a hierarchy."""

    path: str
    direction: str  # in | out | inout
    kind: str = ""  # clk | rst | intr | data | ce | undef; "" where none is said
    left: int | None = None  # of a vector, 31 of [31:0]; None for a single wire
    right: int | None = None
    parameters: Pairs = ()  # FREQ_HZ, POLARITY, ASSOCIATED_BUSIF, ...
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def width(self) -> int:
        return 1 if self.left is None or self.right is None else abs(self.left - self.right) + 1


@dataclass(frozen=True, slots=True)
class InterfacePort:
    """An interface of the design, or one of a hierarchy."""

    path: str
    mode: str  # Master | Slave | MirroredMaster | MirroredSlave | Monitor, seen from outside
    vlnv: str  # xilinx.com:interface:aximm_rtl:1.0
    parameters: Pairs = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Net:
    """Pins or interfaces that are joined. The driver is not first: the catalogue knows it."""

    name: str  # with the path of its hierarchy
    ends: tuple[str, ...]  # paths, sorted
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """A segment seen from an address space, or kept from it."""

    space: str  # path of the cell and name of the space: ps/Data, xdma/M_AXI_LITE
    segment: str  # path of the cell and name of the segment: ffn/s_axi_control/Reg
    offset: int | None  # bytes; None of what is excluded without one
    range: int | None  # bytes
    excluded: bool = False
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BlockDesign:
    """A whole block design; make it with `of`, which brings everything into one order."""

    name: str
    cells: tuple[Cell, ...] = ()
    ports: tuple[Port, ...] = ()
    interface_ports: tuple[InterfacePort, ...] = ()
    nets: tuple[Net, ...] = ()
    interface_nets: tuple[Net, ...] = ()
    addresses: tuple[Address, ...] = ()

    @classmethod
    def of(
        cls,
        name: str,
        *,
        cells: Iterable[Cell] = (),
        ports: Iterable[Port] = (),
        interface_ports: Iterable[InterfacePort] = (),
        nets: Iterable[Net] = (),
        interface_nets: Iterable[Net] = (),
        addresses: Iterable[Address] = (),
    ) -> BlockDesign:
        return cls(
            name,
            tuple(sorted(cells, key=lambda cell: cell.path)),
            tuple(sorted(ports, key=lambda port: port.path)),
            tuple(sorted(interface_ports, key=lambda port: port.path)),
            tuple(sorted(map(_ordered, nets), key=lambda net: (net.name, net.ends))),
            tuple(sorted(map(_ordered, interface_nets), key=lambda net: (net.name, net.ends))),
            tuple(sorted(addresses, key=lambda one: (one.space, one.segment))),
        )

    def cell(self, path: str) -> Cell:
        """KeyError if there is none of that path."""
        return {cell.path: cell for cell in self.cells}[path]


def _ordered(net: Net) -> Net:
    return Net(net.name, tuple(sorted(set(net.ends))), net.place)


def parent(path: str) -> str:
    """The hierarchy that something stands in; "" is the design's top."""
    return path.rpartition("/")[0]


def to_json(design: BlockDesign) -> dict[str, Any]:
    """The design for programs: what `python -m bitwright.blockdesign import` prints."""
    return {
        "name": design.name,
        "cells": [_row(cell, "kind", "vlnv") for cell in design.cells],
        "ports": [_row(port, "direction", "kind", "left", "right") for port in design.ports],
        "interface_ports": [_row(port, "mode", "vlnv") for port in design.interface_ports],
        "interface_nets": [{"name": n.name, "ends": list(n.ends)} for n in design.interface_nets],
        "nets": [{"name": net.name, "ends": list(net.ends)} for net in design.nets],
        "addresses": [
            {
                "space": one.space,
                "segment": one.segment,
                "offset": one.offset,
                "range": one.range,
                "excluded": one.excluded,
            }
            for one in design.addresses
        ],
    }


def _row(one: Cell | Port | InterfacePort, *fields: str) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in fields}
    return {"name": one.path, **values, "parameters": dict(one.parameters)}
