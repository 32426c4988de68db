"""A small valid design, and cells of our own making that it is built of.

    host -> bus -> two kernels -> memory/path -> host   (bus and path are smartconnects)

with two clocks, a reset block for each, a concat for interrupts, and a port of the design.
"""

from dataclasses import replace

from bitwright.blockdesign.check import check
from bitwright.blockdesign.ip import Instance, Interface, Parameter, Pin, Segment, Space
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Place,
    Port,
)

HOST, KERNEL, SWITCH = "test:ip:host", "test:ip:kernel", "xilinx.com:ip:smartconnect"
RESET, CONCAT, CONSTANT = (
    "xilinx.com:ip:proc_sys_reset",
    "xilinx.com:ip:xlconcat",
    "xilinx.com:ip:xlconstant",
)
LITE = {"protocol": "AXI4LITE", "data_width": 32}


def instance(type, *parts, **rest):
    """An Instance from its pins, interfaces, spaces, segments and parameters, in any order."""
    fields = {Pin: "pins", Interface: "interfaces", Space: "spaces", Segment: "segments"}
    found = {"parameters": {}} | {name: {} for name in fields.values()}
    for part in parts:
        found[fields.get(part.__class__, "parameters")][part.name] = part
    return Instance(type, **found, **rest)


def host():
    memory_pins = ("S_MEM_ARADDR", "S_MEM_RDATA")
    return instance(
        HOST,
        Pin("CLK0", "out", "clk", mhz=100.0),
        Pin("CLK1", "out", "clk", mhz=250.0),
        Pin("RESET_N", "out", "rst", polarity="low"),
        Pin("M_CTRL_ACLK", "in", "clk"),
        Pin("S_MEM_ACLK", "in", "clk", limit_mhz=300.0),
        Pin("IRQ", "in", "intr", width=2),
        Pin("GPO", "out", "data", width=4),
        Pin("S_MEM_ARADDR", "in", width=32),
        Pin("S_MEM_RDATA", "out", width=64),
        Interface("M_CTRL", "Master", protocol="AXI3", data_width=32, clock="M_CTRL_ACLK"),
        Interface(
            "S_MEM", "Slave", protocol="AXI3", data_width=64, addr_width=32, clock="S_MEM_ACLK",
            pins=memory_pins,
        ),
        Space("Data", ("M_CTRL",), 32),
        Segment("S_MEM/DDR", "S_MEM", 1 << 30, 0, "memory"),
        Parameter("SPEED", "1", values=("1", "2")),
        Parameter("BANKS", "1", low=1, high=4),
        versions=("5.4", "5.5"),
    )  # fmt: skip


def kernel():
    return instance(
        KERNEL,
        Pin("ap_clk", "in", "clk", needed=True),
        Pin("ap_rst_n", "in", "rst", polarity="low", clock="ap_clk", needed=True),
        Pin("interrupt", "out", "intr", polarity="high"),
        Pin("mode", "in", "data", width=4, needed=True),
        Interface(
            "s_axi_control", "Slave", clock="ap_clk", reset="ap_rst_n", needed=True, addr_width=12,
            **LITE,
        ),
        Interface(
            "m_axi_gmem", "Master", protocol="AXI4", data_width=256, clock="ap_clk",
            reset="ap_rst_n", needed=True,
        ),
        Space("Data_m_axi_gmem", ("m_axi_gmem",), 64),
        Segment("s_axi_control/Reg", "s_axi_control", 1 << 12),
    )  # fmt: skip


def switch(slaves, masters, clocks):
    extra = [Pin(f"aclk{i}", "in", "clk", needed=True) for i in range(1, clocks)]
    names = [f"S{i:02}_AXI" for i in range(slaves)], [f"M{i:02}_AXI" for i in range(masters)]
    return instance(
        SWITCH,
        Pin("aclk", "in", "clk", needed=True),
        *extra,
        Pin("aresetn", "in", "rst", polarity="low", clock="aclk", needed=True),
        *(Interface(name, "Slave", needed=True) for name in names[0]),
        *(Interface(name, "Master", needed=True) for name in names[1]),
        Parameter("NUM_SI", "1", low=1, high=16),
        Parameter("NUM_MI", "1", low=1, high=16),
        Parameter("NUM_CLKS", "1", low=1, high=4),
        routes={name: tuple(names[1]) for name in names[0]},
    )


def reset():
    clock = "slowest_sync_clk"
    return instance(
        RESET,
        Pin(clock, "in", "clk", needed=True),
        Pin("ext_reset_in", "in", "rst", needed=True),
        Pin("peripheral_aresetn", "out", "rst", polarity="low", clock=clock),
        Pin("peripheral_reset", "out", "rst", polarity="high", clock=clock),
        whole=False,
    )


def concat():
    inputs = (Pin(f"In{i}", "in", "data", needed=True) for i in range(2))
    return instance(CONCAT, *inputs, Pin("dout", "out", "data", width=None), whole=False)


LOOKS = {
    "host": host(),
    "ffn": kernel(),
    "mhsa": kernel(),
    "bus": switch(1, 2, 2),
    "memory/path": switch(2, 1, 1),
    "reset0": reset(),
    "reset1": reset(),
    "irq": concat(),
    "mode": instance(CONSTANT, Pin("dout", "out", "data", width=4), whole=False),
}
KINDS = {
    "host": HOST, "ffn": KERNEL, "mhsa": KERNEL, "bus": SWITCH, "memory/path": SWITCH,
    "reset0": RESET, "reset1": RESET, "irq": CONCAT, "mode": CONSTANT,
}  # fmt: skip
PARAMETERS = {
    "bus": (("NUM_CLKS", "2"), ("NUM_MI", "2")),
    "memory/path": (("NUM_SI", "2"),),
    "mode": (("CONST_VAL", "3"), ("CONST_WIDTH", "4")),
}
NETS = {
    "clk0": "host/CLK0 host/M_CTRL_ACLK bus/aclk reset0/slowest_sync_clk",
    "clk1": "host/CLK1 host/S_MEM_ACLK bus/aclk1 ffn/ap_clk mhsa/ap_clk reset1/slowest_sync_clk"
    " memory/aclk",
    "memory/clk1": "memory/aclk memory/path/aclk",
    "reset": "host/RESET_N reset0/ext_reset_in reset1/ext_reset_in",
    "resetn0": "reset0/peripheral_aresetn bus/aresetn",
    "resetn1": "reset1/peripheral_aresetn ffn/ap_rst_n mhsa/ap_rst_n memory/aresetn",
    "memory/resetn1": "memory/aresetn memory/path/aresetn",
    "irq0": "ffn/interrupt irq/In0",
    "irq1": "mhsa/interrupt irq/In1",
    "irqs": "irq/dout host/IRQ",
    "mode": "mode/dout ffn/mode mhsa/mode",
    "leds": "host/GPO leds",
}
INTERFACE_NETS = {
    "control": "host/M_CTRL bus/S00_AXI",
    "control_ffn": "bus/M00_AXI ffn/s_axi_control",
    "control_mhsa": "bus/M01_AXI mhsa/s_axi_control",
    "gmem_ffn": "ffn/m_axi_gmem memory/S00",
    "gmem_mhsa": "mhsa/m_axi_gmem memory/S01",
    "memory/s00": "memory/S00 memory/path/S00_AXI",
    "memory/s01": "memory/S01 memory/path/S01_AXI",
    "memory/m00": "memory/M00 memory/path/M00_AXI",
    "ddr": "memory/M00 host/S_MEM",
}
AXI = "xilinx.com:interface:aximm_rtl:1.0"
ADDRESSES = (
    ("host/Data", "ffn/s_axi_control/Reg", 0x4000_0000, 0x1000),
    ("host/Data", "mhsa/s_axi_control/Reg", 0x4000_1000, 0x1000),
    ("ffn/Data_m_axi_gmem", "host/S_MEM/DDR", 0, 1 << 30),
    ("mhsa/Data_m_axi_gmem", "host/S_MEM/DDR", 0, 1 << 30),
)


def design():
    """The valid one; every object has a line of its own in small.yml."""
    lines = iter(range(1, 1000))

    def here():
        return Place("small.yml", next(lines))

    def nets(table):
        return [Net(name, tuple(ends.split()), here()) for name, ends in table.items()]

    cells = [
        Cell(path, "ip", type, parameters=PARAMETERS.get(path, ()), place=here())
        for path, type in KINDS.items()
    ]
    return BlockDesign.of(
        "small",
        cells=[*cells, Cell("memory", "hier", place=here())],
        ports=[
            Port("leds", "out", "data", 3, 0, place=here()),
            Port("memory/aclk", "in", "clk", place=here()),
            Port("memory/aresetn", "in", "rst", place=here()),
        ],
        interface_ports=[
            InterfacePort("memory/S00", "Slave", AXI, place=here()),
            InterfacePort("memory/S01", "Slave", AXI, place=here()),
            InterfacePort("memory/M00", "Master", AXI, place=here()),
        ],
        nets=nets(NETS),
        interface_nets=nets(INTERFACE_NETS),
        addresses=[Address(*entry, place=here()) for entry in ADDRESSES],
    )


# --- changing it --------------------------------------------------------------------------------


def _tables(one):
    names = ("cells", "ports", "interface_ports", "nets", "interface_nets", "addresses")
    return {name: list(getattr(one, name)) for name in names}


def remade(one, **tables):
    return BlockDesign.of(tables.pop("name", one.name), **{**_tables(one), **tables})


def renet(one, name, ends=None):
    """The design with other ends of a net (text), with a new net, or without the net."""
    tables = _tables(one)
    for key in ("nets", "interface_nets"):
        kept = [net for net in tables[key] if net.name != name]
        if len(kept) < len(tables[key]):
            place = next(net.place for net in tables[key] if net.name == name)
            tables[key] = [*kept, *([Net(name, tuple(ends.split()), place)] if ends else [])]
            return remade(one, **tables)
    return remade(one, nets=[*one.nets, Net(name, tuple(ends.split()), Place("small.yml", 900))])


def interface_net(one, name, ends):
    extra = Net(name, tuple(ends.split()), Place("small.yml", 901))
    return remade(one, interface_nets=[*one.interface_nets, extra])


def recell(one, path, **change):
    cells = [replace(cell, **change) if cell.path == path else cell for cell in one.cells]
    return remade(one, cells=cells)


def readdress(one, of, within=None, /, **change):
    addresses = [
        replace(entry, **change) if entry.segment == of and within in (None, entry.space) else entry
        for entry in one.addresses
    ]
    return remade(one, addresses=addresses)


def looks_of(one, other=None):
    """As looks.looks gives them: cells by path, hierarchies as declared, "" from within."""
    from bitwright.blockdesign.catalogue import Catalogue
    from bitwright.blockdesign.looks import looks

    known = {**LOOKS, **(other or {})}
    hier = {
        path: found
        for path, found in looks(one, Catalogue()).items()
        if path == "" or path not in known
    }
    cells = {cell.path: known[cell.path] for cell in one.cells if cell.path in known}
    return {**hier, **cells}


def found(one, other=None, strict=True):
    return check(one, looks_of(one, other), strict=strict, types=tuple(sorted(set(KINDS.values()))))
