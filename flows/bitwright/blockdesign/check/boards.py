"""Ports against the pins of the board: what Vivado would only refuse before the bitstream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bitwright.blockdesign import onboard
from bitwright.blockdesign.board import Board
from bitwright.blockdesign.check.clocks import TOLERANCE
from bitwright.blockdesign.check.entries import mapped
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import mhz, some, span
from bitwright.blockdesign.model import InterfacePort, Place, Port, parent
from bitwright.design import Target

DIFFERENTIAL = "diff_clock_rtl"
# These leave by pins that the processor or the transceivers have anyway.
PLACED = ("ddrx_rtl", "fixedio_rtl", "pcie_7x_mgt_rtl", "gt_rtl")


def of_target(target: Target, root: Path = Path()) -> Board | None:
    """The hardware that a target's ports leave by; None where a shell is in between."""
    if target.toolchain != "vivado" or not target.hardware:
        return None
    return onboard.hardware(target, root)


def no_pin(scene: Scene) -> Iterator[Fault]:
    """A port without a ball: write_bitstream refuses it (DRC UCIO-1, NSTD-1), after hours."""
    if scene.board is None:
        return
    pins = {pin.port for pin in scene.board.pins}
    for name, place in _wires(scene):
        if name not in pins:
            yield Fault(
                place,
                f"port {name} has no pin of the board",
                f"a row {name} under pins of {scene.board.where}",
                some(pins),
                f"add it to {scene.board.where}, or drop the port",
            )


def no_port(scene: Scene) -> Iterator[Fault]:
    """A pin that nothing uses: its constraint finds no port, and Vivado warns critically."""
    if scene.board is None:
        return
    names = {name for name, _ in _wires(scene)}
    others = tuple(f"{port.path}_" for port in _interfaces(scene))
    for pin in scene.board.pins:
        if pin.port not in names and not pin.port.startswith(others):
            yield Fault(
                pin.place,
                f"pin {pin.port} ({pin.ball}) is used by no port of design {scene.design.name}",
                "a port of that name",
                some(names),
                "add the port to the design, or drop the pin",
            )


def beyond_memory(scene: Scene) -> Iterator[Fault]:
    """Addresses of a memory of which the board has less: a processor's segments do not say it."""
    banks = {bank.name: bank for bank in scene.board.memory} if scene.board else {}
    for entry, offset, length in mapped(scene):
        name = entry.segment.rpartition("/")[2]  # HP0_DDR_LOW is the bank DDR_LOW
        bank = banks.get(name) or banks.get(name.partition("_")[2])
        if bank is None or scene.board is None:
            continue
        if offset < bank.offset or offset + length > bank.offset + bank.range:
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: the board has no such memory",
                f"{span(bank.offset, bank.range)}, as {scene.board.where} says",
                span(offset, length),
                "map what is there, or mend memory of the board",
            )


def other_clock(scene: Scene) -> Iterator[Fault]:
    """FREQ_HZ of a port that the board gives another clock."""
    if scene.board is None:
        return
    given = {clock.port: clock.mhz for clock in scene.board.clocks}
    clocks: dict[str, Port | InterfacePort]
    clocks = {port.path: port for port in scene.design.ports if port.kind == "clk"}
    clocks |= {f"{port.path}_clk_p": port for port in _interfaces(scene)}
    for name, port in sorted(clocks.items()):
        hertz = dict(port.parameters).get("FREQ_HZ", "")
        if name not in given or not hertz.isdigit():
            continue
        wanted = int(hertz) / 1e6
        if abs(given[name] - wanted) > TOLERANCE * wanted:
            yield Fault(
                port.place,
                f"port {port.path} says {mhz(wanted)}; the board gives {mhz(given[name])}",
                f"FREQ_HZ {given[name] * 1e6:.0f}",
                f"FREQ_HZ {hertz}",
                f"set FREQ_HZ, or the clock in {scene.board.where}",
            )


def _wires(scene: Scene) -> Iterator[tuple[str, Place]]:
    """The ports of the wrapper, as far as their names are known."""
    for port in scene.design.ports:
        if not parent(port.path):
            yield port.path, port.place
    for interface in _interfaces(scene):
        if DIFFERENTIAL in interface.vlnv:
            yield from ((f"{interface.path}_clk_{end}", interface.place) for end in "pn")


def _interfaces(scene: Scene) -> Iterator[InterfacePort]:
    """Those of the design that leave by pins of the fabric."""
    for port in scene.design.interface_ports:
        if not parent(port.path) and not any(name in port.vlnv for name in PLACED):
            yield port
