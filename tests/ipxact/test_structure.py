"""The structure that written files are held against is strict enough to say no."""

from __future__ import annotations

import pytest
from bitwright.ipxact import write
from bitwright.ipxact.model import (
    BusInterface,
    Component,
    File,
    FileSet,
    Port,
    PortMap,
    Range,
    Value,
    View,
    Vlnv,
)

from tests.ipxact.structure import faults

CLOCK = Vlnv("xilinx.com", "signal", "clock", "1.0")
GOOD = Component(
    Vlnv("bitwright", "rtl", "small", "1.0"),
    bus_interfaces=(
        BusInterface("clk", CLOCK, CLOCK, "slave", port_maps=(PortMap("CLK", "clk"),)),
    ),
    views=(View("synthesis", "Synthesis", ":vivado.xilinx.com:synthesis", file_sets=("all",)),),
    ports=(Port("clk", "in", Range(Value("31", "long"), Value("0"))),),
    file_sets=(FileSet("all", (File("a.v", ("verilogSource",)),)),),
    doc="small",
)
TEXT = write.write(GOOD)


def test_a_component_that_keeps_the_standard_has_no_fault():
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<spirit:slave/>", "", "expected name"),
        ("<spirit:slave/>", "<spirit:slave/><spirit:master/>", "expected name"),
        ("<spirit:description>small</spirit:description>\n", "", ""),
        ("<spirit:direction>in<", "<spirit:direction>input<", "'input'; expected one of in"),
        (">31</spirit:left>", ">W - 1</spirit:left>", "no number: 'W - 1'"),
        ('spirit:format="long"', 'spirit:format="int"', "format='int'"),
        ('spirit:format="long"', 'spirit:resolve="dependent"', "dependent has a dependency"),
        ('spirit:format="long"', 'spirit:choiceRef="c"', "choiceRef c: no such choice"),
        ("<spirit:localName>all", "<spirit:localName>none", "fileSetRef none: no such fileSet"),
        (">verilogSource<", ">verilog<", "'verilog'; expected one of unknown"),
        ("<spirit:name>clk</spirit:name>\n        <spirit:wire>", "<spirit:wire>", "expected name"),
        ("<spirit:version>1.0</spirit:version>", "", "expected vendor"),
        ('spirit:name="clock" ', "", "no name"),
    ],
)
def test_what_breaks_the_standard_is_found(old: str, new: str, fault: str):
    assert old in TEXT
    found = faults(TEXT.replace(old, new, 1))
    assert any(fault in one for one in found) if fault else not found
