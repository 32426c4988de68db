"""A kernel as a cell of a block design: its kernel.yml becomes an Instance.

Kernels look as Vitis HLS makes them, whichever language they are in: ap_clk, ap_rst_n, interrupt,
s_axi_control and one m_axi_<bundle> each. What differs are the names of what is addressed: packages
of HLS say segment s_axi_control/Reg and space Data_m_axi_<bundle>; Vivado's packager, which makes
those of kernels in RTL, says s_axi_control/reg0 and m_axi_<bundle>.
"""

from __future__ import annotations

from bitwright.blockdesign.ip import Instance, Interface, Parameter, Pin, Segment, Space
from bitwright.kernel import Bundle, Kernel

CLOCK, RESET, INTERRUPT = "ap_clk", "ap_rst_n", "interrupt"
CONTROL = "s_axi_control"


def type_of(kernel: Kernel) -> str:
    """The kernel's VLNV without its version."""
    return kernel.vlnv.rpartition(":")[0]


def is_rtl(kernel: Kernel) -> bool:
    """Whether Vivado's packager makes its package: its VLNV's library is rtl."""
    return kernel.vlnv.split(":")[1] == "rtl"


def instance(kernel: Kernel) -> Instance:
    """What a cell of this kernel looks like; it has no parameters that a design must set."""
    rtl = is_rtl(kernel)
    control = Interface(
        name=CONTROL,
        mode="Slave",
        protocol="AXI4LITE",
        data_width=32,
        addr_width=kernel.control_addr_width,
        clock=CLOCK,
        reset=RESET,
        needed=True,
    )
    masters = tuple(map(_master, kernel.bundles))
    segment = f"{CONTROL}/{'reg0' if rtl else 'Reg'}"
    spaces = (
        Space(one.name if rtl else f"Data_{one.name}", (one.name,), one.addr_width or 64)
        for one in masters
    )
    return Instance(
        type=type_of(kernel),
        pins={pin.name: pin for pin in _PINS},
        interfaces={one.name: one for one in (control, *masters)},
        spaces={space.name: space for space in spaces},
        segments={segment: Segment(segment, CONTROL, 1 << kernel.control_addr_width)},
        parameters={} if rtl else {p.name: p for b in kernel.bundles for p in _parameters(b)},
        whole=rtl,
        versions=(kernel.vlnv.rpartition(":")[2],),
        doc=kernel.doc,
    )


_PINS = (
    Pin(CLOCK, "in", "clk", needed=True),
    Pin(RESET, "in", "rst", polarity="low", clock=CLOCK, needed=True),
    Pin(INTERRUPT, "out", "intr", polarity="high"),
)


def _master(bundle: Bundle) -> Interface:
    return Interface(
        name=f"m_axi_{bundle.name}",
        mode="Master",
        protocol="AXI4",
        data_width=bundle.data_width,
        addr_width=bundle.addr_width,
        clock=CLOCK,
        reset=RESET,
        needed=True,
    )


def _parameters(bundle: Bundle) -> tuple[Parameter, ...]:
    """Parameters of a bundle's AXI master, as packages of Vitis HLS 2018.3 to 2025.1 have them."""
    name = f"C_M_AXI_{bundle.name.upper()}"
    widths = (("ID_WIDTH", 1), ("ADDR_WIDTH", bundle.addr_width), ("DATA_WIDTH", bundle.data_width))
    return tuple(Parameter(f"{name}_{key}", str(width)) for key, width in widths)
