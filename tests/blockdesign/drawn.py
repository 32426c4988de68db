"""Designs to draw and compare: small ones by name, and any number of random ones."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bitwright.blockdesign.ip import AXI
from bitwright.blockdesign.model import KINDS, Address, BlockDesign, Cell, InterfacePort, Net, Port
from hypothesis import strategies as st

HOSTILE = ('a<b>&"c', "]]>", "&amp;", "ä\x01ö", "<script>", "'quoted'", "very_long_" * 9)
CELL = "acme.com:ip:box"


def chain(*names: str) -> BlockDesign:
    """Cells in a row, each the master of the next, all of one clock."""
    steps = pairwise(names)
    return BlockDesign.of(
        "row",
        cells=[Cell(name, "ip", CELL) for name in names],
        ports=[Port("clk", "in", "clk")],
        nets=[Net("clk", ("clk", *(f"{name}/aclk" for name in names)))],
        interface_nets=[
            Net(f"n{i}", (f"{one}/M_AXI", f"{two}/S_AXI")) for i, (one, two) in enumerate(steps)
        ],
    )


def shuffled(design: BlockDesign, seed: int) -> BlockDesign:
    """The same design with everything in another order, ends of nets too."""
    draw = random.Random(seed)

    def mixed(values: Any) -> tuple[Any, ...]:
        found = list(values)
        draw.shuffle(found)
        return tuple(found)

    return replace(
        design,
        cells=mixed(design.cells),
        ports=mixed(design.ports),
        interface_ports=mixed(design.interface_ports),
        nets=mixed(replace(net, ends=mixed(net.ends)) for net in design.nets),
        interface_nets=mixed(replace(net, ends=mixed(net.ends)) for net in design.interface_nets),
        addresses=mixed(design.addresses),
    )


@st.composite
def designs(draw: st.DrawFn, most: int = 12, cyclic: bool = True) -> BlockDesign:
    """Any design: masters and slaves joined at random, hierarchies, clocks, interrupts."""
    number = draw(st.integers(1, most))
    hostile = draw(st.lists(st.sampled_from(HOSTILE), max_size=2, unique=True))
    names = [*hostile, *(f"cell{i}" for i in range(number - len(hostile)))]
    cells = [Cell(name, "ip", CELL) for name in names]
    arrows = draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=2 * most))
    nets, wires, addresses = [], [], []
    for i, (one, two) in enumerate(arrows):
        a, b = one % len(names), two % len(names)
        if not cyclic:
            a, b = min(a, b), max(a, b)
            if a == b:
                continue
        ends = (f"{names[a]}/M{i:02}_AXI", f"{names[b]}/S{i:02}_AXI")
        if draw(st.booleans()):
            nets.append(Net(f"i{i}", ends))
            place = (i << 16, 1 << draw(st.integers(0, 40)))
            space = f"{names[a]}/Data"
            addresses.append(Address(space, f"{names[b]}/S{i:02}_AXI/Reg", *place))
        else:
            wires.append(Net(f"w{i}", (f"{names[a]}/interrupt{i}", f"{names[b]}/In{i}")))
    clocked = draw(st.lists(st.sampled_from(names), unique=True))
    if clocked:
        wires.append(Net("clk", ("clk_in", *(f"{name}/aclk" for name in clocked))))
    design = BlockDesign.of(
        "any",
        cells=cells,
        ports=[Port("clk_in", "in", "clk")],
        nets=wires,
        interface_nets=nets,
        addresses=addresses,
    )
    return _nested(design, names) if draw(st.booleans()) else design


def _nested(design: BlockDesign, names: list[str]) -> BlockDesign:
    """The same with a hierarchy beside it, that the first cell is the master of."""
    return BlockDesign.of(
        design.name,
        cells=[
            *design.cells,
            Cell("deep", "hier"),
            Cell("deep/er", "hier"),
            Cell("deep/er/core", "ip", CELL),
            Cell("deep/beside", "ip", CELL),
        ],
        ports=[*design.ports, Port("deep/aclk", "in", "clk")],
        interface_ports=[
            InterfacePort("deep/S_AXI", "Slave", AXI),
            InterfacePort("deep/er/S_AXI", "Slave", AXI),
            InterfacePort("deep/M_AXI", "Master", AXI),
        ],
        nets=[*design.nets, Net("deep/clk", ("deep/aclk", "deep/beside/aclk"))],
        interface_nets=[
            *design.interface_nets,
            Net("into", (f"{names[0]}/M_AXI_DEEP", "deep/S_AXI")),
            Net("deep/further", ("deep/S_AXI", "deep/er/S_AXI")),
            Net("deep/er/last", ("deep/er/S_AXI", "deep/er/core/S_AXI")),
            Net("deep/out", ("deep/beside/M_AXI", "deep/M_AXI")),
        ],
        addresses=design.addresses,
    )


_OWNERS = st.sampled_from(["", "a", "b", "h", "h/c", "h/d", "x y", "h/h"])
_ENDS = st.builds(
    lambda owner, pin: f"{owner}/{pin}".lstrip("/"),
    _OWNERS,
    st.sampled_from(["M_AXI", "S_AXI", "clk", "rst", "irq", "p"]),
)
_NETS = st.lists(
    st.builds(
        Net,
        st.builds(
            lambda owner, name: f"{owner}/{name}".lstrip("/"), _OWNERS, st.sampled_from("nmk")
        ),
        st.lists(_ENDS, max_size=5).map(tuple),
    ),
    max_size=8,
)
VLNVS = ("", "bad", AXI, "a:b:diff_clock_rtl:1.0")
TYPES = ("", CELL, "xilinx.com:ip:xlconcat:2.1", "xilinx.com:ip:processing_system7")


@st.composite
def wild(draw: st.DrawFn) -> BlockDesign:
    """What no tool would take: nets of nothing, ends of no cell, pins across levels, twins."""
    number = st.one_of(st.none(), st.integers(0, 99))

    def some(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, max_size=5, unique_by=lambda value: value.path))

    return BlockDesign.of(
        "wild",
        cells=some(
            st.builds(Cell, _OWNERS.filter(bool), st.sampled_from(KINDS), st.sampled_from(TYPES))
        ),
        ports=some(st.builds(Port, _ENDS, st.sampled_from(["in", "out", "inout"]))),
        interface_ports=some(
            st.builds(
                InterfacePort,
                _ENDS,
                st.sampled_from(["Master", "Slave", "Monitor"]),
                st.sampled_from(VLNVS),
            )
        ),
        nets=draw(_NETS),
        interface_nets=draw(_NETS),
        addresses=draw(
            st.lists(st.builds(Address, _ENDS, _ENDS, number, number, st.booleans()), max_size=4)
        ),
    )
