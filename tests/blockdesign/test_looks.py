"""What cells look like in a design: known ones, hierarchies, and those nobody knows."""

from pathlib import Path

from bitwright.blockdesign import catalogue
from bitwright.blockdesign.looks import inside, looks
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Port,
    pairs,
)
from hypothesis import given
from hypothesis import strategies as st

KNOWN = catalogue.load(Path(__file__).parents[2])
SWITCH = "xilinx.com:ip:smartconnect"
AXI = "xilinx.com:interface:aximm_rtl:1.0"


def design(**parts):
    return BlockDesign.of("d", **parts)


def test_a_known_cell_looks_as_the_catalogue_says():
    found = looks(design(cells=[Cell("s", "ip", SWITCH, parameters=(("NUM_SI", "2"),))]), KNOWN)
    assert found["s"].known
    assert "S01_AXI" in found["s"].interfaces


def test_ports_of_the_design_are_as_its_nets_see_them():
    ports = [
        Port("clk", "in", "clk", parameters=pairs({"FREQ_HZ": 100_000_000})),
        Port("rst", "in", "rst", parameters=pairs({"POLARITY": "ACTIVE_LOW"})),
        Port("leds", "out", left=3, right=0),
    ]
    outside = InterfacePort("S_AXI", "Slave", AXI, pairs({"PROTOCOL": "AXI4", "DATA_WIDTH": 64}))
    found = looks(design(ports=ports, interface_ports=[outside]), KNOWN)[""]
    assert {name: pin.direction for name, pin in found.pins.items()} == {
        "clk": "out",
        "rst": "out",
        "leds": "in",
    }
    assert found.pins["clk"].mhz == 100
    assert found.pins["rst"].polarity == "low"
    assert found.pins["leds"].width == 4
    port = found.interfaces["S_AXI"]
    assert (port.mode, port.protocol, port.data_width) == ("Master", "AXI4", 64)


def test_a_hierarchy_has_the_pins_it_declares_as_seen_from_outside():
    found = looks(
        design(
            cells=[Cell("h", "hier"), Cell("h/s", "ip", SWITCH)],
            ports=[
                Port("h/aclk", "in", "clk", parameters=pairs({"ASSOCIATED_BUSIF": "A:B"})),
            ],
            interface_ports=[InterfacePort("h/A", "Master", AXI)],
        ),
        KNOWN,
    )
    assert found["h"].pins["aclk"].direction == "in"
    assert found["h"].interfaces["A"].clock == "aclk"
    assert inside(found["h"]).pins["aclk"].direction == "out"
    assert inside(found["h"]).interfaces["A"].mode == "Slave"


def unknown():
    """A cell of an unknown IP: clocked and reset by known ones, a slave, a master, an interrupt."""
    return design(
        cells=[
            Cell("x", "ip", "acme.com:ip:anvil", parameters=(("SIZE", "3"),)),
            Cell("s", "ip", SWITCH),
            Cell("r", "ip", "xilinx.com:ip:proc_sys_reset"),
            Cell("c", "ip", "xilinx.com:ip:xlconcat"),
        ],
        ports=[Port("clk", "in", "clk")],
        nets=[
            Net("clk", ("clk", "x/clk", "s/aclk")),
            Net("n", ("r/peripheral_aresetn", "x/rst_n")),
            Net("i", ("x/done", "c/In0")),
        ],
        interface_nets=[Net("a", ("s/M00_AXI", "x/ctrl")), Net("b", ("x/mem", "s/S00_AXI"))],
        addresses=[
            Address("x/mem", "x/ctrl/Reg", 0x1000, 0x1000),
        ],
    )


def test_what_nobody_knows_is_inferred_from_its_use_and_says_so():
    found = looks(unknown(), KNOWN)["x"]
    assert not found.known
    assert not found.whole
    assert {name: (pin.direction, pin.kind) for name, pin in found.pins.items()} == {
        "clk": ("in", "clk"),
        "rst_n": ("in", "rst"),
        "done": ("out", "data"),
    }
    assert {name: one.mode for name, one in found.interfaces.items()} == {
        "ctrl": "Slave",
        "mem": "Master",
    }
    assert found.interfaces["ctrl"].vlnv == AXI
    assert found.spaces["mem"].interfaces == ("mem",)
    segment = found.segments["ctrl/Reg"]
    assert (segment.interface, segment.range) == ("ctrl", 0x1000)


def test_a_space_of_an_unknown_cell_goes_out_through_the_master_it_is_named_after():
    found = looks(
        design(
            cells=[
                Cell("x", "ip", "acme.com:hls:k"),
                Cell("s", "ip", SWITCH, parameters=(("NUM_SI", "2"),)),
            ],
            interface_nets=[
                Net("a", ("x/m_axi_a", "s/S00_AXI")),
                Net("b", ("x/m_axi_b", "s/S01_AXI")),
            ],
            addresses=[Address("x/Data_m_axi_b", "y/S/Reg", 0, 4096)],
        ),
        KNOWN,
    )["x"]
    assert found.spaces["Data_m_axi_b"].interfaces == ("m_axi_b",)


def test_two_unknown_cells_on_a_net_are_left_undecided():
    found = looks(
        design(
            cells=[Cell("x", "module", "left"), Cell("y", "module", "right")],
            nets=[Net("n", ("x/a", "y/b"))],
            interface_nets=[Net("i", ("x/M_AXI", "y/S_AXI"))],
        ),
        KNOWN,
    )
    assert found["x"].pins["a"].direction == "inout"
    assert found["x"].interfaces["M_AXI"].mode == "Master"
    assert found["y"].interfaces["S_AXI"].mode == "Slave"


def test_a_pin_of_a_hierarchy_counts_as_a_driver_within_it():
    found = looks(
        design(
            cells=[Cell("h", "hier"), Cell("h/x", "ip", "acme.com:ip:anvil")],
            ports=[Port("h/clk", "in", "clk")],
            nets=[Net("h/n", ("h/clk", "h/x/go"))],
        ),
        KNOWN,
    )
    assert found["h/x"].pins["go"].direction == "in"
    assert found["h/x"].pins["go"].kind == "clk"


def test_every_cell_has_looks_in_the_order_of_paths():
    found = looks(unknown(), KNOWN)
    assert list(found) == ["", "c", "r", "s", "x"]


PATHS = st.sampled_from(["", "a", "b", "a/c", "a/c/d", "clk", "a/M_AXI", "b/S_AXI", "zz/q"])


@given(st.data())
def test_no_design_breaks_the_inference(data):
    ends = st.lists(PATHS.filter(bool), max_size=4).map(tuple)
    nets = st.lists(st.builds(Net, PATHS, ends), max_size=4)
    kinds = st.sampled_from(["ip", "hier", "module"])
    found = looks(
        design(
            cells=[
                Cell(path, data.draw(kinds), data.draw(st.sampled_from([SWITCH, "a:b:c", ""])))
                for path in data.draw(st.sets(st.sampled_from(["a", "b", "a/c"])))
            ],
            ports=[Port(path, "in") for path in data.draw(st.sets(PATHS.filter(bool), max_size=2))],
            nets=data.draw(nets),
            interface_nets=data.draw(nets),
            addresses=data.draw(
                st.lists(st.builds(Address, PATHS, PATHS, st.none(), st.none()), max_size=2)
            ),
        ),
        KNOWN,
    )
    assert "" in found
