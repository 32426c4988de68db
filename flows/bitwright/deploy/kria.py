"""Firmware of a Kria card for `xmutil loadapp`: bitstream without header, overlay, shell.json.

    /lib/firmware/xilinx/<app>/{<app>.bit.bin, <app>.dtbo, shell.json}

The FPGA manager of a ZynqMP takes the payload of a .bit with the bytes of each word swapped, as
`bootgen -process_bitstream bin` writes it. The overlay loads it, sets the widths of the AXI ports
between processor and fabric (the kernel's bindings xlnx,afi-fpga), starts pl_clk0 and gives each
kernel's registers to userspace (generic-uio). Not tried on a card.
"""

from __future__ import annotations

import json
from pathlib import Path

from bitwright.blockdesign.model import Cell
from bitwright.deploy.devicetree import Label, Node, Value, overlay
from bitwright.deploy.place import Placed
from bitwright.errors import ReportError
from bitwright.reports import amd_bit

SHELL = json.dumps({"shell_type": "XRT_FLAT", "num_slots": "1"}, indent=4) + "\n"
PL_CLK0, PL_RESET0 = 71, 116  # of the kernel's dt-bindings xlnx-zynqmp-clk.h and -resets.h
FIRST_SPI = 89  # of pl_ps_irq0[0]: GIC 121, counted from its first shared interrupt, 32
LEVEL_HIGH = 4
SLAVE_CODE = {"128": 0, "64": 1, "32": 2}  # AFIFM_RDCTRL and _WRCTRL, field FABRIC_WIDTH (UG1087)
MASTER_CODE = {"32": 0, "64": 1, "128": 2}  # AFI_FS, fields DW_SS0_SEL and DW_SS1_SEL
PORTS = range(7)  # SAXIGP0 to SAXIGP6: HPC0, HPC1, HP0 to HP3, LPD


def bit_bin(data: bytes, *, origin: Path) -> bytes:
    """What the FPGA manager takes of a .bit. Raises ReportError for one that is not whole words."""
    found = amd_bit.parse(data, origin=origin)
    payload = data[len(data) - found.payload_bytes :]
    if len(payload) % 4:
        raise ReportError(f"{origin}: {len(payload)} bytes of payload are no whole words")
    swapped = bytearray(len(payload))
    for byte in range(4):
        swapped[byte::4] = payload[3 - byte :: 4]
    return bytes(swapped)


def tree(app: str, processor: Cell, clock_mhz: float, kernels: tuple[Placed, ...]) -> Node:
    """The overlay. processor: the cell of the PS, whose parameters say how wide its ports are."""
    region = Node(
        {
            "#address-cells": (2,),
            "#size-cells": (2,),
            "firmware-name": f"{app}.bit.bin",
            "resets": (Label("zynqmp_reset"), PL_RESET0),
        }
    )
    ports = Node({"compatible": "xlnx,afi-fpga", "config-afi": _widths(processor)})
    clock = Node(
        {
            "compatible": "xlnx,fclk",
            "#clock-cells": (0,),
            "clocks": (Label("zynqmp_clk"), PL_CLK0),
            "assigned-clocks": (Label("zynqmp_clk"), PL_CLK0),
            "assigned-clock-rates": (round(clock_mhz * 1e6),),
            "clock-output-names": "fabric_clk",
        }
    )
    below = {"afi0": ports, "clocking0": clock}
    below |= {f"{each.cell}@{each.base:x}": _registers(each) for each in kernels}
    bus = Node({"#address-cells": (2,), "#size-cells": (2,)}, below)
    return overlay({"fpga_full": region, "amba": bus})


def _widths(processor: Cell) -> tuple[int, ...]:
    """config-afi: pairs of a register's number and its value."""
    pairs: list[int] = []
    for port in PORTS:
        code = SLAVE_CODE[processor.parameter(f"PSU__SAXIGP{port}__DATA_WIDTH", "128")]
        pairs += [2 * port, code, 2 * port + 1, code]
    first, second, low = (
        MASTER_CODE[processor.parameter(f"PSU__MAXIGP{port}__DATA_WIDTH", default)]
        for port, default in ((0, "128"), (1, "128"), (2, "32"))
    )
    return (*pairs, 14, first << 8 | second << 10, 15, low << 8)


def _registers(placed: Placed) -> Node:
    halves = (placed.base >> 32, placed.base & 0xFFFFFFFF, 0, placed.range)
    found: dict[str, Value] = {"compatible": "generic-uio", "reg": halves}
    if placed.interrupt is None:
        return Node(found)
    line = (0, FIRST_SPI + placed.interrupt, LEVEL_HIGH)
    return Node({**found, "interrupt-parent": (Label("gic"),), "interrupts": line})
