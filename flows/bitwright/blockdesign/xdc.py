"""Constraints of a board as XDC: where ports leave the device, clocks that come in, configuration.

Straight lines out of bd/boards/*.yml. The buffers of differential clocks are IPs whose ports are
vectors, of one bit here, and the port of Vivado's wrapper is then `sysclk_clk_p[0]` where the board
says `sysclk_clk_p`: hence the `*`, which finds either. What is inside (PS, XDMA, clk_wiz, crossings
of a SmartConnect) is constrained by the IPs themselves.
"""

from __future__ import annotations

from pathlib import Path

from bitwright.blockdesign import onboard
from bitwright.blockdesign.board import Board, Clock, Pin
from bitwright.design import Design
from bitwright.tclquote import tcl


def render(design: Design, root: Path = Path()) -> str:
    """The constraints of a design's board; nothing but a comment where none are needed.

    Raises ConfigError for faults of the board's file.
    """
    if design.target.toolchain != "vivado":
        return "# Ports leave the device in the platform, which is constrained already.\n"
    return of(onboard.hardware(design.target, root))


def of(hardware: Board) -> str:
    """The constraints of one board, in the order of its file."""
    lines = [f"# Rendered from {hardware.where}; edit that file, not this one."]
    lines += map(_clock, hardware.clocks)
    for pin in hardware.pins:
        lines += _pin(pin)
    for name, value in hardware.configuration:
        lines.append(f"set_property {tcl(name)} {tcl(value)} [current_design]")
    if not (hardware.clocks or hardware.pins or hardware.configuration):
        lines.append("# Nothing of the fabric leaves the device.")
    return "\n".join(lines) + "\n"


def _clock(clock: Clock) -> str:
    period_ns = f"{1000 / clock.mhz:.3f}"
    return f"create_clock -period {period_ns} -name {tcl(clock.port)} {_ports(clock.port)}"


def _pin(pin: Pin) -> list[str]:
    properties = {
        "PACKAGE_PIN": pin.ball,
        "IOSTANDARD": pin.standard,
        "PULLTYPE": pin.pull,
        "DRIVE": "" if pin.drive is None else str(pin.drive),
    }
    said = [text for name, value in properties.items() if value for text in (name, value)]
    lines = [f"set_property -dict {tcl(said)} {_ports(pin.port)}"]
    if pin.untimed:
        lines.append(f"set_false_path -{pin.untimed} {_ports(pin.port)}")
    return lines


def _ports(name: str) -> str:
    return f"[get_ports {tcl(name + '*')}]"
