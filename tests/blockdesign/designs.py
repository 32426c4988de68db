"""Block designs out of Hypothesis: any that a script could make, sensible or not."""

from __future__ import annotations

from bitwright.blockdesign.model import Address, BlockDesign, Cell, InterfacePort, Net, Port, pairs
from hypothesis import strategies as st

VALUES = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from('$[]{}"\\; #\n'),
    max_size=8,
)
PARAMETERS = st.dictionaries(st.sampled_from(["NUM_MI", "A", "DATA.B", "POLARITY"]), VALUES).map(
    pairs
)
TYPES = ["xilinx.com:ip:smartconnect", "xilinx.com:ip:axi_dma", "a.org:hls:ffn"]
MODES = ["Master", "Slave", "MirroredMaster", "MirroredSlave", "Monitor"]
NUMBERS = st.integers(0, 2**64 - 1)


def _within(level: str, name: str) -> str:
    return f"{level}/{name}" if level else name


@st.composite
def designs(draw: st.DrawFn) -> BlockDesign:
    """Hierarchies in hierarchies, cells of every kind, nets, interfaces, addresses."""
    levels = ["", *draw(st.sampled_from([[], ["h0"], ["h0", "h1"], ["h0", "h0/h2", "h1"]]))]
    cells = [Cell(level, "hier", parameters=draw(PARAMETERS)) for level in levels[1:]]
    cells += [draw(_cells(number, levels)) for number in range(draw(st.integers(1, 4)))]
    ports = [draw(_ports(number, levels)) for number in range(draw(st.integers(0, 4)))]
    interfaces = [draw(_interfaces(number, levels)) for number in range(draw(st.integers(0, 3)))]
    leaves = [cell.path for cell in cells if cell.kind != "hier"]
    return BlockDesign.of(
        draw(st.sampled_from(["design_1", "top", "x.y"])),
        cells=cells,
        ports=ports,
        interface_ports=interfaces,
        nets=draw(_nets("n", "p", levels, leaves, [port.path for port in ports])),
        interface_nets=draw(_nets("i", "S", levels, leaves, [port.path for port in interfaces])),
        addresses=draw(_addresses(leaves)),
    )


@st.composite
def _cells(draw: st.DrawFn, number: int, levels: list[str]) -> Cell:
    path = _within(draw(st.sampled_from(levels)), f"c{number}")
    kind = draw(st.sampled_from(["ip", "module", "inline_hdl", "container"]))
    if kind not in ("ip", "inline_hdl"):
        return Cell(path, kind, "some_module", parameters=draw(PARAMETERS))
    version = draw(st.sampled_from(["", "1.0", "7.1"]))
    return Cell(path, kind, draw(st.sampled_from(TYPES)), version, draw(PARAMETERS))


@st.composite
def _ports(draw: st.DrawFn, number: int, levels: list[str]) -> Port:
    left = draw(st.none() | st.integers(0, 63))
    right = None if left is None else draw(st.integers(0, 63))
    return Port(
        _within(draw(st.sampled_from(levels)), f"p{number}"),
        draw(st.sampled_from(["in", "out", "inout"])),
        draw(st.sampled_from(["", "clk", "rst", "intr", "data", "ce", "undef"])),
        left,
        right,
        draw(PARAMETERS),
    )


@st.composite
def _interfaces(draw: st.DrawFn, number: int, levels: list[str]) -> InterfacePort:
    return InterfacePort(
        _within(draw(st.sampled_from(levels)), f"s{number}"),
        draw(st.sampled_from(MODES)),
        draw(st.sampled_from(["xilinx.com:interface:aximm_rtl:1.0", "a:b:c:2.0"])),
        draw(PARAMETERS),
    )


@st.composite
def _nets(
    draw: st.DrawFn, name: str, pin: str, levels: list[str], leaves: list[str], ports: list[str]
) -> list[Net]:
    """In each hierarchy a few nets; no end is on two of them."""
    found = []
    for level in levels:
        pins = [f"{cell}/{pin}{number}" for cell in leaves for number in range(3)]
        there = [end for end in pins if end.rpartition("/")[0].rpartition("/")[0] == level]
        for port in ports:
            above = port.rpartition("/")[0]
            if level == above or (above and level == above.rpartition("/")[0]):
                there.append(port)
        ends = draw(st.lists(st.sampled_from(there), unique=True)) if there else []
        cut = draw(st.integers(0, len(ends)))
        for number, some in enumerate((ends[:cut], ends[cut:])):
            if len(some) > 1:
                found.append(Net(_within(level, f"{name}{number}"), tuple(some)))
    return found


@st.composite
def _addresses(draw: st.DrawFn, leaves: list[str]) -> list[Address]:
    spaces = [f"{cell}/{name}" for cell in leaves for name in ("Data", "M_AXI_LITE")]
    segments = [f"{cell}/{name}" for cell in leaves for name in ("S_AXI/Reg", "SAXI/HP0_LOW")]
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(spaces), st.sampled_from(segments)), unique=True, max_size=4
        )
    )
    found = []
    for space, segment in keys:
        excluded = draw(st.booleans())
        numbers = st.none() | NUMBERS if excluded else NUMBERS
        found.append(Address(space, segment, draw(numbers), draw(numbers), excluded))
    return found
