"""Laws of the checker over designs that make little sense."""

from bitwright.blockdesign import catalogue
from bitwright.blockdesign.check import check
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Port,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.blockdesign.check import small

KNOWN = catalogue.load()
PATHS = ("a", "b", "h", "h/a", "h/b", "h/k", "h/k/a", "nowhere/a", "reg", "2a")
PINS = (
    "aclk",
    "aresetn",
    "S00_AXI",
    "M00_AXI",
    "dout",
    "In0",
    "FCLK_CLK0",
    "Data",
    "x",
    "S_AXI_HP0",
)
paths = st.sampled_from(PATHS)
ends = st.one_of(st.builds("{}/{}".format, paths, st.sampled_from(PINS)), st.sampled_from(PINS))
values = st.sampled_from(("0", "1", "2", "17", "true", "-1", "0x10", "1e999", "nan", "many", ""))
names = st.sampled_from(("NUM_SI", "NUM_MI", "CONST_VAL", "CONST_WIDTH", "PRIM_IN_FREQ", "X"))
parameters = st.lists(st.tuples(names, values), max_size=3).map(tuple)
types = st.sampled_from((*KNOWN.types, "xilinx.com:ip:unheard_of"))
kinds = st.sampled_from(("ip", "hier", "module", "platform"))
numbers = st.sampled_from((0, 1, 0x1000, 0x1800, 1 << 30, 1 << 64))
nets = st.lists(st.builds(Net, ends, st.lists(ends, max_size=4).map(tuple)), max_size=6)
AXI = "xilinx.com:interface:aximm_rtl:1.0"
designs = st.builds(
    BlockDesign.of,
    st.just("any"),
    cells=st.lists(st.builds(Cell, paths, kinds, types, st.just(""), parameters), max_size=6),
    ports=st.lists(
        st.builds(
            Port, ends, st.sampled_from(("in", "out", "inout")), st.sampled_from(("", "clk"))
        ),
        max_size=4,
    ),
    interface_ports=st.lists(
        st.builds(
            InterfacePort, ends, st.sampled_from(("Master", "Slave", "Monitor")), st.just(AXI)
        ),
        max_size=3,
    ),
    nets=nets,
    interface_nets=nets,
    addresses=st.lists(
        st.builds(
            Address, ends, ends, st.none() | numbers, st.none() | numbers, excluded=st.booleans()
        ),
        max_size=4,
    ),
)


@given(designs)
def test_any_design_is_judged_and_alike_each_time(design):
    seen = looks(design, KNOWN)
    found = check(design, seen, types=KNOWN.types)
    assert found == check(design, seen, types=KNOWN.types)
    for one in found:
        assert one.severity in ("error", "warning")
        assert one.fault.message and one.fault.expected and one.fault.remedy
        assert str(one).count("\n") == 3 if one.fault.found else str(one).count("\n") == 2


@given(designs)
def test_an_imported_design_has_the_same_findings_and_no_more_errors(design):
    seen = looks(design, KNOWN)
    ours, theirs = check(design, seen), check(design, seen, strict=False)
    assert [one.fault for one in ours] == [one.fault for one in theirs]
    assert {one.fault for one in theirs if one.severity == "error"} <= {
        one.fault for one in ours if one.severity == "error"
    }


@given(designs)
def test_what_else_is_in_a_file_takes_no_finding_away(design):
    """Cells and nets that have nothing to do with a fault do not hide it."""
    faulty = small.renet(small.design(), "irq1")
    other = BlockDesign.of(
        "both",
        cells=[*faulty.cells, *(c for c in design.cells if c.path.startswith("nowhere"))],
        ports=faulty.ports,
        interface_ports=faulty.interface_ports,
        nets=faulty.nets,
        interface_nets=faulty.interface_nets,
        addresses=faulty.addresses,
    )
    before = {one.fault.message for one in small.found(faulty)}
    assert before <= {one.fault.message for one in small.found(other)}
