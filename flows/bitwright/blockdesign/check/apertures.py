"""Where a processor's masters can address at all: anything else never leaves the processor.

Sources: UG585 (Zynq-7000 TRM), table 4-1, system-level address map; UG1085 (Zynq UltraScale+ TRM),
table 10-1, system address map.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Windows = tuple[tuple[int, int], ...]  # first byte, byte after the last

_GIB = 1 << 30
APERTURES: Mapping[str, Mapping[str, Windows]] = MappingProxyType(
    {
        "xilinx.com:ip:processing_system7": MappingProxyType(
            {
                "M_AXI_GP0": ((0x4000_0000, 0x8000_0000),),
                "M_AXI_GP1": ((0x8000_0000, 0xC000_0000),),
            }
        ),
        "xilinx.com:ip:zynq_ultra_ps_e": MappingProxyType(
            {
                "M_AXI_HPM0_LPD": ((0x8000_0000, 0xA000_0000),),
                "M_AXI_HPM0_FPD": (
                    (0xA000_0000, 0xB000_0000),
                    (16 * _GIB, 20 * _GIB),
                    (64 * _GIB, 288 * _GIB),
                ),
                "M_AXI_HPM1_FPD": (
                    (0xB000_0000, 0xC000_0000),
                    (20 * _GIB, 24 * _GIB),
                    (288 * _GIB, 512 * _GIB),
                ),
            }
        ),
    }
)
