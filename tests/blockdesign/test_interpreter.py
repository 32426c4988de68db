"""The Tcl interpreter: what its commands make of a design, and what it says of a wrong one."""

from pathlib import Path

import pytest
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.interpreter import Interpreter, TclFault
from bitwright.blockdesign.model import BlockDesign

KNOWN = catalogue.load(Path(__file__).parents[2])


def made(*lines: str, strict: bool = False) -> BlockDesign:
    interpreter = Interpreter(KNOWN, strict=strict)
    interpreter.run("\n".join(("create_bd_design d", *lines)), "made.tcl")
    return interpreter.design()


def ends(design: BlockDesign) -> dict[str, tuple[str, ...]]:
    return {net.name: net.ends for net in (*design.nets, *design.interface_nets)}


def test_a_return_at_file_level_ends_the_script() -> None:
    design = made("create_bd_port -dir I a", "return 1", "create_bd_port -dir I b")
    assert [port.path for port in design.ports] == ["a"]


def test_a_fault_in_a_procedure_is_said_with_its_own_line() -> None:
    with pytest.raises(TclFault, match=r"made.tcl:4: .*no such variable"):
        made("proc p {} {", "  set a 1", "  puts $b", "}", "p")


def test_a_refused_command_is_said_with_its_line_and_what_was_not_found() -> None:
    with pytest.raises(TclFault, match=r"made.tcl:3: .*get_bd_pins found no ps/clk"):
        made("create_bd_port -dir I a", "connect_bd_net [get_bd_ports a] [get_bd_pins ps/clk]")


def test_a_net_within_a_hierarchy_is_named_by_its_path() -> None:
    design = made(
        "create_bd_cell -type hier h",
        "current_bd_instance h",
        "create_bd_pin -dir I -type clk clk",
        "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 x",
        "connect_bd_net -net n [get_bd_pins clk] [get_bd_pins x/c]",
    )
    assert ends(design) == {"h/n": ("h/clk", "h/x/c")}
