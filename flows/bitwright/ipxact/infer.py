"""Ports -> bus interfaces, as Vivado's IP packager infers them from names.

Names of clocks and resets: UG1118, "Inferring Clock and Reset Interfaces"; of AXI: the interface's
name, an underscore and the signal's, in either case. What belongs together is not in UG1118: here a
clock has the interfaces and the reset of its own prefix, or all of them where it is the only one;
one without a prefix has what no other claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bitwright.ipxact.model import BusInterface, Parameter, Port, PortMap, Value, Vlnv

_ADDRESS = ("ADDR", "ID", "LEN", "SIZE", "BURST", "LOCK", "CACHE", "PROT", "QOS", "REGION", "USER")
_CHANNELS = {  # of memory-mapped AXI; VALID and READY stand in each
    "AW": _ADDRESS,
    "W": ("ID", "DATA", "STRB", "LAST", "USER"),
    "B": ("ID", "RESP", "USER"),
    "AR": _ADDRESS,
    "R": ("ID", "DATA", "RESP", "LAST", "USER"),
    "T": ("DATA", "STRB", "KEEP", "LAST", "ID", "DEST", "USER"),  # of AXI4-Stream
}
_SIGNALS = {
    channel: frozenset(f"{channel}{name}" for name in (*names, "VALID", "READY"))
    for channel, names in _CHANNELS.items()
}
_CLOCK = re.compile(r"(.*_)?(clk|clkin|clk_p|clk_n|clock(_.*)?|aclk|aclkin)", re.I)
_RESET = re.compile(
    r"(.*_)?(aresetn|axi_resetn|reset(_.*)?|resetin|resetn|rst|rst_n|rstin|rstn)", re.I
)
_INTERRUPT = re.compile(r"(.*_)?(interrupt|intr|irq)", re.I)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of interface made of several ports."""

    name: str  # in AMD's library `interface`
    channels: tuple[str, ...]
    needed: tuple[frozenset[str], ...]  # signals, of which one of these sets must be whole
    leads: tuple[str, ...]  # signals that a master drives

    @property
    def signals(self) -> frozenset[str]:
        return frozenset().union(*(_SIGNALS[channel] for channel in self.channels))


MEMORY_MAPPED = Kind(
    "aximm",
    ("AW", "W", "B", "AR", "R"),
    (
        frozenset({"AWADDR", "AWVALID", "AWREADY", "WDATA", "WVALID", "WREADY"})
        | {"BVALID", "BREADY"},
        frozenset({"ARADDR", "ARVALID", "ARREADY", "RDATA", "RVALID", "RREADY"}),
    ),
    ("AWVALID", "ARVALID"),
)
STREAM = Kind("axis", ("T",), (frozenset({"TVALID"}),), ("TVALID",))


@dataclass(frozen=True, slots=True)
class _Found:
    interface: BusInterface
    prefix: str  # of its ports, in small letters; of a clock and a reset, what stands before


def interfaces(ports: Iterable[Port]) -> tuple[BusInterface, ...]:
    """The bus interfaces of a module: those of several ports, resets, clocks, interrupts."""
    ports = tuple(ports)
    buses = [found for kind in (MEMORY_MAPPED, STREAM) for found in _buses(ports, kind)]
    order = {port.name: place for place, port in enumerate(ports)}
    buses.sort(key=lambda found: order[found.interface.port_maps[0].physical])
    taken = {one.physical for found in buses for one in found.interface.port_maps}
    free = [port for port in ports if port.name not in taken and port.width == 1]
    resets = [_signal(port, "reset", "RST") for port in free if _RESET.fullmatch(port.name)]
    clocks = [_signal(port, "clock", "CLK") for port in free if _CLOCK.fullmatch(port.name)]
    return (
        *(found.interface for found in buses),
        *(_polarised(found.interface) for found in resets),
        *(_associated(found, clocks, resets, buses) for found in clocks),
        *(_interrupt(port) for port in free if _INTERRUPT.fullmatch(port.name)),
    )


def _buses(ports: Sequence[Port], kind: Kind) -> Iterator[_Found]:
    groups: dict[str, dict[str, Port]] = {}
    for port in ports:
        prefix, _, signal = port.name.rpartition("_")
        if prefix and signal.upper() in kind.signals:
            groups.setdefault(prefix, {}).setdefault(signal.upper(), port)
    for prefix, members in groups.items():
        if any(needed <= members.keys() for needed in kind.needed):
            lead = next(members[name] for name in kind.leads if name in members)
            interface = BusInterface(
                prefix,
                *_types("interface", kind.name),
                mode="master" if lead.direction == "out" else "slave",
                port_maps=tuple(PortMap(name, port.name) for name, port in members.items()),
            )
            yield _Found(interface, prefix.lower())


def _types(library: str, name: str) -> tuple[Vlnv, Vlnv]:
    """Bus type and abstraction of an interface that Vivado brings."""
    bus = Vlnv("xilinx.com", library, name, "1.0")
    return bus, replace(bus, name=f"{name}_rtl")


def _signal(port: Port, kind: str, logical: str) -> _Found:
    mode = "master" if port.direction == "out" else "slave"
    maps = (PortMap(logical, port.name),)
    prefix = port.name.lower().rpartition("_")[0]
    return _Found(BusInterface(port.name, *_types("signal", kind), mode, port_maps=maps), prefix)


def _interrupt(port: Port) -> BusInterface:
    found = _signal(port, "interrupt", "INTERRUPT").interface
    return with_parameters(found, SENSITIVITY="LEVEL_HIGH")


def _polarised(reset: BusInterface) -> BusInterface:
    """UG1118: a name that ends in n is active low; of any other the polarity is not said."""
    name = reset.name.lower()
    low = name.endswith("n") and not name.endswith("in")
    return with_parameters(reset, POLARITY="ACTIVE_LOW") if low else reset


def _associated(
    clock: _Found, clocks: list[_Found], resets: list[_Found], buses: list[_Found]
) -> BusInterface:
    """The clock with the interfaces and the reset that are its own."""
    inputs = [one for one in clocks if one.interface.mode == "slave"]
    if clock not in inputs:
        return clock.interface
    incoming = [one for one in resets if one.interface.mode == "slave"]
    claimed = {one.prefix for one in inputs}
    mine = [
        one
        for one in buses
        if len(inputs) == 1
        or one.prefix == clock.prefix
        or (not clock.prefix and one.prefix not in claimed)
    ]
    reset = [one for one in incoming if len(incoming) == 1 or one.prefix == clock.prefix]
    parameters = {
        "ASSOCIATED_BUSIF": ":".join(one.interface.name for one in mine),
        "ASSOCIATED_RESET": reset[0].interface.name if reset else "",
    }
    said = {name: text for name, text in parameters.items() if text}
    return with_parameters(clock.interface, **said)


def with_parameters(interface: BusInterface, **values: str) -> BusInterface:
    """The interface with further parameters, each with the id that AMD's tools give it."""
    made = tuple(
        Parameter(name, Value(text, id=f"BUSIFPARAM_VALUE.{interface.name.upper()}.{name}"))
        for name, text in values.items()
    )
    return replace(interface, parameters=(*interface.parameters, *made))
