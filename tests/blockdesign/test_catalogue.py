"""The IP catalogue: its language, its files, and the IPs as they are."""

from bitwright.blockdesign import catalogue
from bitwright.blockdesign.model import Cell, pairs

KNOWN = catalogue.load()


def look(type, **parameters):
    made = KNOWN.instance(Cell("x", "ip", f"xilinx.com:ip:{type}", parameters=pairs(parameters)))
    assert made is not None
    return made


def test_a_smartconnect_has_as_many_sides_and_clocks_as_it_says():
    made = look("smartconnect", NUM_SI=2, NUM_MI=3, NUM_CLKS=2)
    assert sorted(made.interfaces) == ["M00_AXI", "M01_AXI", "M02_AXI", "S00_AXI", "S01_AXI"]
    assert {"aclk", "aclk1", "aresetn"} <= set(made.pins)
    assert "aclk2" not in made.pins
    assert made.routes["S01_AXI"] == ("M00_AXI", "M01_AXI", "M02_AXI")


def test_an_unknown_type_has_no_looks():
    assert KNOWN.instance(Cell("x", "ip", "acme.com:ip:anvil")) is None


def test_a_concat_is_as_wide_as_its_inputs_together():
    assert look("xlconcat", NUM_PORTS=3, IN1_WIDTH=8).pins["dout"].width == 10
