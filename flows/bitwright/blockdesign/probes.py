"""Interfaces to be watched in the running device: a System ILA for each clock domain.

An ILA has one clock, so interfaces are gathered by the net that clocks them. Which that is, the
catalogue says of their cells; where a cell takes any (a SmartConnect), its partner's counts. The
ILA's reset is one that is released with that clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bitwright.blockdesign.ip import AXI, Instance, Interface
from bitwright.blockdesign.model import NOWHERE, BlockDesign, Cell, Net, Place, pairs, parent
from bitwright.errors import ConfigError
from bitwright.schema import nearest

TYPE = "xilinx.com:ip:system_ila"
SLOTS = 16  # of one ILA (PG261)
DEPTH = 1024  # samples kept


def watch(
    design: BlockDesign,
    interfaces: Iterable[str],
    looks: Mapping[str, Instance],
    *,
    place: Place = NOWHERE,
) -> BlockDesign:
    """The design with an ILA on these interfaces, such as matmul/m_axi_gmem.

    looks: of the design, by looks.looks: which clock an interface has
    place: of what asks, for messages
    Raises ConfigError for an interface that is not joined, is not AXI, or whose clock is not known,
    and for more than an ILA takes.
    """
    groups: dict[str, dict[str, Net]] = {}  # clock, net
    for path in interfaces:
        clock, net = _watched(design, path, looks, place)
        groups.setdefault(clock, {})[net.name] = net
    for clock, nets in sorted(groups.items()):
        if len(nets) > SLOTS:
            raise ConfigError(f"{place}: probes: {len(nets)} on {clock}; an ILA takes {SLOTS}")
        reset = _reset(design, clock, looks)
        if not reset:
            raise ConfigError(f"{place}: probes: no reset, active low, is released with {clock}")
        design = _added(design, {clock: "clk", reset: "resetn"}, list(nets.values()), place)
    return design


def _watched(
    design: BlockDesign, path: str, looks: Mapping[str, Instance], place: Place
) -> tuple[str, Net]:
    """The net that clocks an interface, and the one that joins it."""
    net = next((net for net in design.interface_nets if path in net.ends), None)
    if net is None:
        known = [end for net in design.interface_nets for end in net.ends if "/" in end]
        raise ConfigError(
            f"{place}: probes: no interface {path!r} is joined{nearest(path, known)}\n"
            "  expected  a cell's interface, such as matmul/m_axi_gmem"
        )
    for end in (path, *net.ends):
        found = _interface(end, looks)
        if found and found.vlnv == AXI and found.clock:
            clock = _net_of(design, f"{parent(end)}/{found.clock}")
            if clock:
                return clock, net
    raise ConfigError(
        f"{place}: probes: {path}: no AXI interface whose clock is known\n"
        "  next      watch the interface of a kernel, or that of the memory it is joined to"
    )


def _reset(design: BlockDesign, clock: str, looks: Mapping[str, Instance]) -> str:
    """A net that is driven by a reset, active low, synchronous to a clock; "" if there is none."""
    for cell in design.cells:
        for pin in looks[cell.path].pins.values() if cell.path in looks else ():
            if (pin.direction, pin.kind, pin.polarity) == ("out", "rst", "low") and pin.clock:
                reset = _net_of(design, f"{cell.path}/{pin.name}")
                if reset and _net_of(design, f"{cell.path}/{pin.clock}") == clock:
                    return reset
    return ""


def _interface(end: str, looks: Mapping[str, Instance]) -> Interface | None:
    cell, _, name = end.rpartition("/")
    return looks[cell].interfaces.get(name) if cell in looks else None


def _net_of(design: BlockDesign, pin: str) -> str:
    """The net that joins a pin; "" if none does."""
    return next((net.name for net in design.nets if pin in net.ends), "")


def _added(
    design: BlockDesign, wires: Mapping[str, str], watched: list[Net], place: Place
) -> BlockDesign:
    """wires: nets, and the ILA's pins that they go to; the clock first."""
    ila = f"ila_{next(iter(wires)).replace('/', '_')}"
    parameters = {"C_MON_TYPE": "INTERFACE", "C_DATA_DEPTH": DEPTH} | {
        "C_NUM_MONITOR_SLOTS": len(watched),
        **{f"C_SLOT_{slot}_INTF_TYPE": AXI for slot in range(len(watched))},
    }
    slots = {net.name: f"{ila}/SLOT_{slot}_AXI" for slot, net in enumerate(watched)}
    return BlockDesign.of(
        design.name,
        cells=(*design.cells, Cell(ila, "ip", TYPE, "", pairs(parameters), place)),
        ports=design.ports,
        interface_ports=design.interface_ports,
        nets=_more(design.nets, {net: f"{ila}/{pin}" for net, pin in wires.items()}),
        interface_nets=_more(design.interface_nets, slots),
        addresses=design.addresses,
    )


def _more(nets: Iterable[Net], ends: Mapping[str, str]) -> list[Net]:
    """The nets, those named with one end more."""
    return [
        replace(net, ends=(*net.ends, ends[net.name])) if net.name in ends else net for net in nets
    ]
