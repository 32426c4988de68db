"""What a cell looks like from outside: the pins, interfaces, spaces and segments of one instance.

An IP's looks depend on its parameters (NUM_MI of an interconnect, PCW_USE_S_AXI_HP0 of a PS7). The
catalogue (bd/catalogue/*.yml, `catalogue.py`) says how; `Instance` is the answer for one cell, with
every width a number. Names are those that Vivado's pins have; widths are bits, ranges bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

AXI = "xilinx.com:interface:aximm_rtl:1.0"
AXIS = "xilinx.com:interface:axis_rtl:1.0"
POLARITIES = {"ACTIVE_LOW": "low", "ACTIVE_HIGH": "high"}  # of a parameter POLARITY
PROTOCOLS = {"AXI4": "AXI4", "AXI3": "AXI3", "AXI4LITE": "AXI4-Lite"}  # as people write them
TURNED = {"in": "out", "out": "in", "inout": "inout"}  # a pin seen from its other side


@dataclass(frozen=True, slots=True)
class Pin:
    name: str
    direction: str  # in | out | inout
    kind: str = ""  # clk | rst | intr | data | ce
    width: int | None = 1  # bits; None where it is not known (an inferred pin)
    polarity: str = ""  # of a reset or interrupt: low | high; "" where it is not known
    clock: str = ""  # of a reset: the clock pin that it is synchronous to, if the IP says so
    needed: bool = False  # an input that must be driven
    mhz: float | None = None  # of a clock output whose parameters say it; of an input: must be
    limit_mhz: float | None = None  # of a clock input: at most


@dataclass(frozen=True, slots=True)
class Interface:
    name: str
    mode: str  # Master | Slave | MirroredMaster | Monitor
    vlnv: str = AXI
    protocol: str = ""  # AXI4 | AXI3 | AXI4LITE; "" for what is no memory-mapped AXI, or any
    data_width: int | None = None  # bits; None: takes that of its partner, or unknown
    addr_width: int | None = None  # bits
    clock: str = ""  # the clock pin that it is synchronous to; "" where it is not known
    reset: str = ""
    needed: bool = False  # must be joined
    pins: tuple[str, ...] = ()  # those that it is made of and that may be joined one by one


@dataclass(frozen=True, slots=True)
class Space:
    """What a master can address."""

    name: str  # Data, M_AXI_LITE, Data_m_axi_gmem0
    interfaces: tuple[str, ...]  # the master interfaces it goes out through
    addr_width: int = 32  # bits: the space holds 2**addr_width bytes
    windows: tuple[Window, ...] = ()  # where each master can be; () is anywhere


@dataclass(frozen=True, slots=True)
class Window:
    """Addresses that go out through one master interface: a PS has some for each."""

    interface: str
    first: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """What can be addressed."""

    name: str  # S_AXI/Reg, SAXI_00/HBM_MEM00
    interface: str  # the slave interface it is reached by
    range: int | None = None  # bytes that it takes; None where it is not known
    offset: int | None = None  # where it must stand (HBM, PS memory); None: anywhere
    kind: str = "register"  # register | memory


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    default: str = ""
    values: tuple[str, ...] = ()  # allowed; () is not listed
    low: float | None = None
    high: float | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """One cell from outside."""

    type: str  # vendor:library:name
    pins: Mapping[str, Pin] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    spaces: Mapping[str, Space] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    routes: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # slave -> masters behind it
    known: bool = True  # False: pins and interfaces are those that a script used (inferred)
    whole: bool = True  # False: parameters that are not listed may exist (a PS has hundreds)
    versions: tuple[str, ...] = ()  # known, oldest first
    doc: str = ""
