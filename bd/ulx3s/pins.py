"""The pins of an ULX3S (v2.x to v3.x; LFE5U in CABGA381) that the system uses, and their LPF text.

Names as the board's own constraint file has them: `ftdi_rxd` is what the FTDI chip receives, so
the FPGA drives it. Every pin here is the same on v2.0, v3.0 and v3.1 (on v3.1 L2 is the ESP32's
gpio22).
"""

from __future__ import annotations

from dataclasses import dataclass

CLOCK_MHZ = 25.0  # the crystal on clk_25mhz

SDRAM = "IO_TYPE=LVCMOS33 SLEWRATE=FAST"
LED = "IO_TYPE=LVCMOS33 PULLMODE=NONE DRIVE=4"


@dataclass(frozen=True, slots=True)
class Port:
    """One port of the top level: its sites, lowest bit first, and its I/O buffer settings."""

    name: str
    sites: tuple[str, ...]
    buffer: str


def _port(name: str, sites: str, buffer: str) -> Port:
    return Port(name, tuple(sites.split()), buffer)


PORTS = (
    _port("clk_25mhz", "G2", "IO_TYPE=LVCMOS33 PULLMODE=NONE"),
    _port("btn_fire1", "R1", "IO_TYPE=LVCMOS33 PULLMODE=DOWN"),
    _port("ftdi_rxd", "L4", "IO_TYPE=LVCMOS33 PULLMODE=UP DRIVE=4"),
    _port("ftdi_txd", "M1", "IO_TYPE=LVCMOS33 PULLMODE=UP"),
    _port("wifi_gpio0", "L2", "IO_TYPE=LVCMOS33 PULLMODE=UP DRIVE=4"),
    _port("led", "B2 C2 C1 D2 D1 E2 E1 H3", LED),
    _port("sdram_clk", "F19", SDRAM),
    _port("sdram_cke", "F20", SDRAM),
    _port("sdram_csn", "P20", SDRAM),
    _port("sdram_rasn", "R20", SDRAM),
    _port("sdram_casn", "T19", SDRAM),
    _port("sdram_wen", "T20", SDRAM),
    _port("sdram_a", "M20 M19 L20 L19 K20 K19 K18 J20 J19 H20 N19 G20 G19", SDRAM),
    _port("sdram_ba", "P19 N20", SDRAM),
    _port("sdram_dqm", "U19 E20", SDRAM),
    _port("sdram_d", "J16 L18 M18 N18 P18 T18 T17 U20 E19 D20 D19 C20 E18 F18 J18 J17", SDRAM),
)


def lpf() -> str:
    """The constraint file for nextpnr-ecp5; the PLL's clocks are derived from the crystal's."""
    lines = [
        "# Pins of the ULX3S, from bd/ulx3s/pins.py; edit that file, not this one.",
        "SYSCONFIG CONFIG_IOVOLTAGE=3.3 COMPRESS_CONFIG=ON MCCLK_FREQ=62 MASTER_SPI_PORT=ENABLE"
        " SLAVE_SPI_PORT=DISABLE SLAVE_PARALLEL_PORT=DISABLE;",
        f'FREQUENCY PORT "clk_25mhz" {CLOCK_MHZ:g} MHZ;',
    ]
    for port in PORTS:
        for bit, site in enumerate(port.sites):
            name = port.name if len(port.sites) == 1 else f"{port.name}[{bit}]"
            lines.append(f'LOCATE COMP "{name}" SITE "{site}";')
            lines.append(f'IOBUF PORT "{name}" {port.buffer};')
    return "\n".join(lines) + "\n"
