"""Interfaces that are joined: one begins and one answers, of one type, protocol and width."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene, initiates
from bitwright.blockdesign.check.words import bits, some
from bitwright.blockdesign.ip import AXI, PROTOCOLS, Interface
from bitwright.blockdesign.model import Net, parent


def mode(scene: Scene) -> Iterator[Fault]:
    """Vivado refuses to join two masters or two slaves (BD 41-171)."""
    for net, ends in _seen(scene):
        roles = [(end, initiates(interface)) for end, interface in ends]
        for role, word, other in ((True, "masters", "slave"), (False, "slaves", "master")):
            same = [end for end, found in roles if found is role]
            if len(same) > 1:
                yield Fault(
                    net.place,
                    f"interface net {net.name}: {some(same)} are all {word} here",
                    "one master and one slave (an interface of a hierarchy turns within it)",
                    ", ".join(f"{end} {interface.mode}" for end, interface in ends),
                    f"join each to a {other}; several need an interconnect",
                )


def type_of(scene: Scene) -> Iterator[Fault]:
    for net, ends in _seen(scene):
        types = {_base(interface.vlnv): end for end, interface in ends if interface.vlnv}
        if len(types) > 1:
            yield Fault(
                net.place,
                f"interface net {net.name}: {some(types.values())} are of different types",
                "one type",
                ", ".join(f"{end} {base}" for base, end in sorted(types.items())),
                "join interfaces of one type",
            )


def _base(vlnv: str) -> str:
    """The type without its version."""
    return ":".join(vlnv.split(":")[:3])


def protocol(scene: Scene) -> Iterator[Fault]:
    """Vivado joins AXI only where both sides speak the same (BD 41-237)."""
    for net, master, one, slave, other in _pairs(scene):
        if one.protocol and other.protocol and one.protocol != other.protocol:
            first = PROTOCOLS.get(one.protocol, one.protocol)
            second = PROTOCOLS.get(other.protocol, other.protocol)
            yield Fault(
                net.place,
                f"interface net {net.name}: {master} speaks {first}, {slave} {second}",
                "the same protocol on both sides",
                f"{first} to {second}",
                "put a smartconnect, axi_interconnect or axi_protocol_converter between",
            )


def data_width(scene: Scene) -> Iterator[Fault]:
    for net, master, one, slave, other in _pairs(scene):
        if one.data_width and other.data_width and one.data_width != other.data_width:
            yield Fault(
                net.place,
                f"interface net {net.name}: {master} is {bits(one.data_width)} wide,"
                f" {slave} {bits(other.data_width)}",
                "the same data width",
                f"{one.data_width} to {other.data_width}",
                "set one of the widths, or put an interconnect or width converter between",
            )


def _seen(scene: Scene) -> Iterator[tuple[Net, tuple[tuple[str, Interface], ...]]]:
    """Each net with those of its ends whose looks are facts, as the net sees them."""
    for net in scene.design.interface_nets:
        yield (
            net,
            tuple(
                (end, interface)
                for end in net.ends
                if scene.known(parent(end)) and (interface := scene.interface(net, end)) is not None
            ),
        )


def _pairs(scene: Scene) -> Iterator[tuple[Net, str, Interface, str, Interface]]:
    """Masters and slaves that meet, through whatever hierarchies; with the net at the slave."""
    for ends in scene.ends_of_bus.values():
        seen = [
            (end, interface, initiates(interface))
            for end in ends
            if scene.known(parent(end)) and (interface := scene.bus_interface(end)) is not None
        ]
        for master, one, begins in seen:
            for slave, other, answers in seen:
                if begins is True and answers is False and _base(one.vlnv) == _base(other.vlnv):
                    yield scene.interface_nets_of[slave][0], master, one, slave, other


def axi_pairs(scene: Scene) -> Iterator[tuple[Net, str, Interface, str, Interface]]:
    """The pairs that carry transfers under a clock: memory-mapped AXI and streams."""
    for pair in _pairs(scene):
        if _base(pair[2].vlnv) in (_base(AXI), "xilinx.com:interface:axis_rtl"):
            yield pair
