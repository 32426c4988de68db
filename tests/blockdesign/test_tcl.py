"""What a block design is as Tcl: straight lines that tclint has no word to say of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, tcl
from bitwright.blockdesign.model import Address, BlockDesign, Cell, InterfacePort, Net, Place, Port
from bitwright.errors import ConfigError

ROOT = Path(__file__).parents[2]
KNOWN = catalogue.load(ROOT)
AXI = "xilinx.com:interface:aximm_rtl:1.0"
SMALL = BlockDesign.of(
    "small",
    cells=[
        Cell("h", "hier"),
        Cell("h/switch", "ip", "xilinx.com:ip:smartconnect", "1.0", (("NUM_SI", "1"),)),
        Cell("low", "inline_hdl", "xilinx.com:inline_hdl:ilconstant", parameters=(("V", "a b"),)),
        Cell("ours", "module", "pulse_counter"),
        Cell("watch", "ip", "xilinx.com:ip:system_ila", parameters=(("C_MON_TYPE", "INTERFACE"),)),
    ],
    ports=[
        Port("clk", "in", "clk", parameters=(("FREQ_HZ", "100000000"),)),
        Port("h/clk", "in", "clk"),
        Port("lights", "out", "", 7, 0),
    ],
    interface_ports=[InterfacePort("S", "Slave", AXI), InterfacePort("h/S", "Slave", AXI)],
    nets=[
        Net("clk_1", ("clk", "h/clk", "ours/clk")),
        Net("h/clk_1", ("h/clk", "h/switch/aclk")),
    ],
    interface_nets=[
        Net("s", ("h/S", "S", "watch/SLOT_0_AXI")),
        Net("h/s", ("h/S", "h/switch/S00_AXI")),
    ],
    addresses=[
        Address("S", "ours/S/reg0", 0x4000_0000, 4096),
        Address("S", "ours/S/reg1", None, None, True),
    ],
)


def lines(made: BlockDesign = SMALL) -> list[str]:
    """Commands, each on one line."""
    text = tcl.render(made, catalogue=KNOWN).replace(" \\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines() if line and line[0] != "#"]


@pytest.mark.parametrize("target", ["kv260", "pynq-z2", "u280", "zcu104", ""])
def test_tclint_finds_nothing_in_a_design(target, tmp_path):
    text = tcl.render(SMALL, catalogue=KNOWN)
    if target:
        loaded = design.load("tiny", target=target, root=ROOT)
        known = KNOWN.of_kernels(kernel for _, kernel in elaborate.kernels(loaded))
        text = tcl.render(elaborate.of(loaded, ROOT), catalogue=known)
    (tmp_path / "design.tcl").write_text(text)
    tclint = Path(sys.prefix, "bin", "tclint")
    done = subprocess.run([tclint, "design.tcl"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_design_is_straight_line():
    words = {line.split()[0] for line in lines()}
    assert words == {
        *("create_bd_design", "current_bd_instance", "create_bd_cell", "create_bd_port"),
        *("create_bd_pin", "create_bd_intf_port", "create_bd_intf_pin", "set_property"),
        *("connect_bd_net", "connect_bd_intf_net", "assign_bd_address", "exclude_bd_addr_seg"),
    }


def test_a_version_is_said_where_the_design_has_one():
    said = lines()
    assert "create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 switch" in said
    assert "create_bd_cell -type ip -vlnv xilinx.com:ip:system_ila watch" in said
    assert "create_bd_cell -type inline_hdl -vlnv xilinx.com:inline_hdl:ilconstant low" in said
    assert "create_bd_cell -type module -reference pulse_counter ours" in said


def test_what_stands_in_a_hierarchy_is_made_within_it():
    said = lines()
    within = said[said.index("current_bd_instance /h") :]
    assert "create_bd_pin -dir I -type clk clk" in within
    assert f"create_bd_intf_pin -mode Slave -vlnv {AXI} S" in within
    assert "connect_bd_net -net clk_1 [get_bd_pins clk] [get_bd_pins switch/aclk]" in within
    assert "create_bd_port -dir I -type clk clk" in said[: said.index("current_bd_instance /h")]


def test_cells_are_made_before_anything_is_joined():
    said = [line.split()[0] for line in lines()]
    last = max(place for place, word in enumerate(said) if word.startswith("create_bd_"))
    first = min(place for place, word in enumerate(said) if word.startswith("connect_bd_"))
    assert last < first


def test_a_listener_is_joined_to_the_net_that_is_there():
    said = [line for line in lines() if line.startswith("connect_bd_intf_net")]
    assert said[:2] == [
        "connect_bd_intf_net -intf_net s [get_bd_intf_ports S] [get_bd_intf_pins h/S]",
        "connect_bd_intf_net -intf_net [get_bd_intf_nets s] [get_bd_intf_ports S]"
        " [get_bd_intf_pins watch/SLOT_0_AXI]",
    ]


def test_addresses_are_assigned_and_excluded():
    said = lines()
    assert (
        "assign_bd_address -offset 0x40000000 -range 0x00001000"
        " -target_address_space [get_bd_addr_spaces S] [get_bd_addr_segs ours/S/reg0] -force"
    ) in said
    assert (
        "exclude_bd_addr_seg -target_address_space [get_bd_addr_spaces S]"
        " [get_bd_addr_segs ours/S/reg1]"
    ) in said


def test_the_same_design_is_the_same_text():
    mixed = BlockDesign.of(
        "small",
        cells=reversed(SMALL.cells),
        ports=reversed(SMALL.ports),
        interface_ports=reversed(SMALL.interface_ports),
        nets=[Net(net.name, net.ends[::-1]) for net in reversed(SMALL.nets)],
        interface_nets=[Net(net.name, net.ends[::-1]) for net in reversed(SMALL.interface_nets)],
        addresses=reversed(SMALL.addresses),
    )
    assert tcl.render(mixed, catalogue=KNOWN) == tcl.render(SMALL, catalogue=KNOWN)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (Cell("a*", "ip", "a:b:c", place=Place("d.yml", 3)), "d.yml:3: 'a\\*' is no name"),
        (Cell("a", "platform", place=Place("d.yml", 4)), "d.yml:4: a is a vendor's platform"),
        (Cell("x/a", "ip", "a:b:c", place=Place("d.yml", 5)), "d.yml:5: x/a stands in no hier"),
    ],
)
def test_what_no_script_can_say_is_refused_with_its_place(cell, fault):
    with pytest.raises(ConfigError, match=fault):
        tcl.render(BlockDesign.of("d", cells=[cell]), catalogue=KNOWN)
