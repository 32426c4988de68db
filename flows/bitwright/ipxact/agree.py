"""Whether the ports of a kernel's RTL are those that its signature says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bitwright.blockdesign.kernelcell import CLOCK, CONTROL, INTERRUPT, RESET
from bitwright.ipxact.model import BusInterface, Port, by_name
from bitwright.kernel import Kernel

CONTROL_BITS = 32
_DATA, _ADDRESS = ("WDATA", "RDATA"), ("AWADDR", "ARADDR")


def faults(
    kernel: Kernel, interfaces: Iterable[BusInterface], ports: Iterable[Port]
) -> Iterator[str]:
    """Everything that differs, one clause each; nothing if the RTL is the kernel's."""
    named = by_name(interfaces)
    yield from _interfaces(kernel, named)
    known = by_name(ports)
    for name, (data, address) in _widths(kernel).items():
        if name in named:
            wires = {one.logical: one.physical for one in named[name].port_maps}
            for signals, width in ((_DATA, data), (_ADDRESS, address)):
                for wire in (wires[signal] for signal in signals if signal in wires):
                    if known[wire].width != width:
                        yield f"{wire}: expected {width} bits, found {known[wire].width}"


def _interfaces(kernel: Kernel, named: Mapping[str, BusInterface]) -> Iterator[str]:
    kinds = {CONTROL: ("aximm", "slave"), CLOCK: ("clock", "slave"), RESET: ("reset", "slave")}
    kinds[INTERRUPT] = ("interrupt", "master")
    kinds |= {f"m_axi_{one.name}": ("aximm", "master") for one in kernel.bundles}
    for name, (kind, mode) in kinds.items():
        found = named.get(name)
        if found is None or (found.bus_type.name, found.mode) != (kind, mode):
            there = f"{found.bus_type.name} {found.mode}" if found else "none"
            yield f"{name}: expected {kind} {mode}, found {there}"
    for name in sorted(named.keys() - kinds.keys()):
        yield f"{name}: an interface that the signature does not have"


def _widths(kernel: Kernel) -> dict[str, tuple[int, int]]:
    """Bits of data and addresses of each AXI interface."""
    masters = {f"m_axi_{one.name}": (one.data_width, one.addr_width) for one in kernel.bundles}
    return {CONTROL: (CONTROL_BITS, kernel.control_addr_width), **masters}
