"""The Tcl interpreter: what its commands make of a design, and what it says of a wrong one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.interpreter import (
    CommandError,
    Interpreter,
    TclFault,
    addresses,
    arguments,
    build,
    look,
    project,
    properties,
    words,
)
from bitwright.blockdesign.model import Address, BlockDesign
from hypothesis import given, settings
from hypothesis import strategies as st

KNOWN = catalogue.load(Path(__file__).parents[2])


def made(*lines: str, strict: bool = False) -> BlockDesign:
    interpreter = Interpreter(KNOWN, strict=strict)
    interpreter.run("\n".join(("create_bd_design d", *lines)), "made.tcl")
    return interpreter.design()


def ends(design: BlockDesign) -> dict[str, tuple[str, ...]]:
    return {net.name: net.ends for net in (*design.nets, *design.interface_nets)}


# --- Tcl ------------------------------------------------------------------------------------------


def test_a_return_at_file_level_ends_the_script():
    design = made("create_bd_port -dir I a", "return 1", "create_bd_port -dir I b")
    assert [port.path for port in design.ports] == ["a"]


def test_a_fault_in_a_procedure_is_said_with_its_own_line():
    with pytest.raises(TclFault, match=r"made.tcl:4: .*no such variable"):
        made("proc p {} {", "  set a 1", "  puts $b", "}", "p")


def test_a_refused_command_is_said_with_its_line_and_what_was_not_found():
    with pytest.raises(TclFault, match=r"made.tcl:3: .*get_bd_pins found no ps/clk"):
        made("create_bd_port -dir I a", "connect_bd_net [get_bd_ports a] [get_bd_pins ps/clk]")


def test_a_net_within_a_hierarchy_is_named_by_its_path():
    design = made(
        "create_bd_cell -type hier h",
        "current_bd_instance h",
        "create_bd_pin -dir I -type clk clk",
        "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 x",
        "connect_bd_net -net n [get_bd_pins clk] [get_bd_pins x/c]",
    )
    assert ends(design) == {"h/n": ("h/clk", "h/x/c")}


WIRE = (
    "create_bd_cell -type hier io",
    "create_bd_intf_pin -mode Master -vlnv xilinx.com:interface:uart_rtl:1.0 io/uart",
    "create_bd_port -dir I rxd",
)


@pytest.mark.parametrize("strict", [False, True])
def test_a_wire_of_a_hierarchys_interface_is_joined_by_itself(strict):
    join = "connect_bd_net -net n [get_bd_ports rxd] [get_bd_pins io/uart_rxd]"
    assert ends(made(*WIRE, join, strict=strict)) == {"n": ("io/uart_rxd", "rxd")}
    with pytest.raises(TclFault, match="get_bd_pins found no io/aurt_rxd"):
        made(*WIRE, join.replace("uart_rxd", "aurt_rxd"), strict=strict)


def test_catch_and_try_catch_what_commands_refuse():
    design = made(
        "if {[catch {create_bd_cell -type ip -vlnv nonsense x} why]} {create_bd_port -dir I a}",
        "try {create_bd_port a} on error {why} {create_bd_port -dir O b}",
    )
    assert [(port.path, port.direction) for port in design.ports] == [("a", "in"), ("b", "out")]


def test_an_error_message_is_an_error_that_a_script_may_catch_but_not_hide():
    interpreter = Interpreter(KNOWN)
    with pytest.raises(TclFault, match=r"s.tcl:1: no such board"):
        interpreter.run(
            'catch {send_msg_id A-1 ERROR "no such board"}\ncreate_bd_design d', "s.tcl"
        )
    assert "d" in interpreter.designs  # the script itself went on


def test_a_version_check_hears_what_it_wants_or_what_is_so():
    check = "set scripts_vivado_version 2018.3\nif {[version -short] ne {2018.3}} {error other}"
    Interpreter(KNOWN, version="").run(check, "s.tcl")
    with pytest.raises(TclFault, match=r"s.tcl:2: other"):
        Interpreter(KNOWN, version="2024.1").run(check, "s.tcl")


def test_a_script_runs_in_the_folder_it_was_given_and_nowhere_else(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "ports.tcl").write_text("create_bd_port -dir I a\nerror here")
    interpreter = Interpreter(KNOWN, files=tmp_path / "sub")
    with pytest.raises(TclFault, match="here"):
        interpreter.run("create_bd_design d\nsource ports.tcl", "s.tcl")
    assert [port.path for port in interpreter.design().ports] == ["a"]
    for path in ("../other.tcl", "/etc/passwd"):
        with pytest.raises(TclFault, match="no such file"):
            interpreter.run(f"source {path}", "s.tcl")
    interpreter.run("set c [open made.txt w]; puts $c hello; close $c", "s.tcl")
    interpreter.run("file copy made.txt copy.txt; file rename copy.txt moved.txt", "s.tcl")
    interpreter.run("set c [open ../out.txt w]; puts $c x; close $c", "s.tcl")
    assert (tmp_path / "sub" / "moved.txt").read_text() == "hello\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["sub"]


def test_a_command_of_the_caller_is_added_or_takes_the_place_of_ours():
    said = []

    def command(words):
        if words == ("bad",):
            raise CommandError("not this")
        said.append(words)
        return "answer"

    interpreter = Interpreter(KNOWN, commands={"launch_runs": command, "mine::own": command})
    interpreter.run("if {[mine::own [launch_runs a {b c}]] ne {answer}} {error x}", "s.tcl")
    assert said == [("a", "b c"), ("answer",)]
    with pytest.raises(TclFault, match=r"s.tcl:2: not this"):
        interpreter.run("\nmine::own bad", "s.tcl")


# --- looking for objects --------------------------------------------------------------------------

BOTH = ("create_bd_cell -type ip -vlnv xilinx.com:ip:xlconcat both",)
SOME = (
    "create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset reset",
    "create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect switch",
    "create_bd_cell -type hier h",
    "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 h/x",
    "create_bd_port -dir I -type clk clk",
    "connect_bd_net -net n [get_bd_ports clk] [get_bd_pins reset/slowest_sync_clk]",
)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("get_bd_cells", "/reset /switch /h"),
        ("get_bd_cells r*", "/reset"),
        ("get_bd_cells {r* switch}", "/reset /switch"),
        ("get_bd_cells -hierarchical x", "/h/x"),
        ("get_bd_cells h/*", "/h/x"),
        ("get_bd_cells nothing", ""),
        ("get_bd_cells -filter {TYPE == hier}", "/h"),
        ("get_bd_cells -hier -filter {VLNV =~ *:ip:* && NAME != reset}", "/switch /h/x"),
        ("get_bd_cells -of_objects [get_bd_nets n]", "/reset"),
        ("get_bd_pins -quiet reset/nothing", ""),
        ("get_bd_pins reset/*_aresetn", "/reset/interconnect_aresetn /reset/peripheral_aresetn"),
        ("get_bd_pins -of_objects [get_bd_nets n]", "/reset/slowest_sync_clk"),
        ("get_bd_ports -of_objects [get_bd_nets n]", "/clk"),
        ("get_bd_nets -of_objects [get_bd_pins reset/slowest_sync_clk]", "/n"),
        (
            "get_bd_intf_pins -of_objects [get_bd_cells switch]",
            "/switch/M00_AXI /switch/S00_AXI /switch/S01_AXI",
        ),
        ("get_property VLNV [get_bd_cells h/x]", "a.org:ip:x:1.0"),
        ("get_property TYPE [get_bd_cells /]", "hier"),
        ("get_property DIR [get_bd_ports clk]", "I"),
        ("get_property TYPE [get_bd_pins reset/peripheral_aresetn]", "rst"),
        ("get_property CONFIG.NUM_SI [get_bd_cells switch]", "2"),
        ("get_property NAME [current_bd_instance h]", "h"),
        ("llength [get_ipdefs -all xilinx.com:ip:smartconnect:*]", "1"),
        ("get_ipdefs -filter {NAME == hbm && UPGRADE_VERSIONS == {}}", "xilinx.com:ip:hbm:1.0"),
        ("find_bd_objs -relation connected_to [get_bd_ports clk]", "/reset/slowest_sync_clk"),
    ],
)
def test_objects_are_found_as_scripts_look_for_them(command, answer):
    interpreter = Interpreter(KNOWN)
    interpreter.run("\n".join(("create_bd_design d", *SOME)), "some.tcl")
    assert interpreter.run(command, "asked.tcl") == answer


# --- making ---------------------------------------------------------------------------------------

TWO = (
    "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 a",
    "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 b",
    "create_bd_cell -type ip -vlnv a.org:ip:x:1.0 c",
)


def test_nets_that_are_joined_become_one():
    design = made(
        *TWO,
        "connect_bd_net -net m [get_bd_pins a/x] [get_bd_pins b/x]",
        "connect_bd_net -net n [get_bd_pins c/x] [get_bd_pins c/y]",
        "connect_bd_net [get_bd_pins b/x] [get_bd_pins c/y]",
    )
    assert ends(design) == {"m": ("a/x", "b/x", "c/x", "c/y")}


def test_a_net_without_a_name_is_called_after_its_first_end():
    design = made(
        *TWO,
        "create_bd_port -dir I clk",
        "connect_bd_net [get_bd_pins a/x] [get_bd_pins b/x]",
        "connect_bd_net [get_bd_ports clk] [get_bd_pins b/y]",
        "connect_bd_intf_net [get_bd_intf_pins a/M] [get_bd_intf_pins b/S]",
    )
    assert set(ends(design)) == {"a_x", "clk_1", "a_M"}


def test_a_connection_into_a_hierarchy_makes_a_pin_and_says_so():
    interpreter = Interpreter(KNOWN)
    interpreter.run(
        "create_bd_design d\ncreate_bd_cell -type hier h\n"
        "create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset h/reset\n"
        "create_bd_port -dir O p\n"
        "connect_bd_net [get_bd_pins h/reset/mb_reset] [get_bd_ports p]",
        "s.tcl",
    )
    design = interpreter.design()
    assert [(one.path, one.direction) for one in design.ports] == [
        ("h/mb_reset", "out"),
        ("p", "out"),
    ]
    assert set(ends(design).values()) == {("h/mb_reset", "h/reset/mb_reset"), ("h/mb_reset", "p")}
    assert [str(note) for note in interpreter.notes] == [
        "s.tcl:5: h/mb_reset: made for a connection through the hierarchy, after h/reset/mb_reset"
    ]


def test_cells_are_grouped_and_their_nets_reach_out_through_pins():
    design = made(
        *TWO,
        "connect_bd_net -net in [get_bd_pins a/x] [get_bd_pins b/x]",
        "connect_bd_net -net out [get_bd_pins a/y] [get_bd_pins b/y] [get_bd_pins c/y]",
        "connect_bd_net -net none [get_bd_pins c/v] [get_bd_pins c/w]",
        "assign_bd_address -offset 0 -range 4K -target_address_space a/Data c/S/Reg",
        "group_bd_cells h [get_bd_cells a] [get_bd_cells b]",
        "move_bd_cells [get_bd_cells h] [get_bd_cells c]",
    )
    assert [cell.path for cell in design.cells] == ["h", "h/a", "h/b", "h/c"]
    assert ends(design) == {
        "h/in": ("h/a/x", "h/b/x"),
        "h/none": ("h/c/v", "h/c/w"),
        "h/out": ("h/a/y", "h/b/y", "h/c/y", "h/y"),
    }
    assert [(one.space, one.segment) for one in design.addresses] == [("h/a/Data", "h/c/S/Reg")]


def test_a_cell_that_takes_the_place_of_another_has_its_connections():
    design = made(
        *TWO,
        "connect_bd_net -net n [get_bd_pins a/x] [get_bd_pins b/x]",
        "replace_bd_cell [get_bd_cells a] [get_bd_cells c]",
    )
    assert ends(design) == {"n": ("b/x", "c/x")}


def test_what_is_deleted_is_gone_from_nets_and_addresses():
    design = made(
        *TWO,
        "connect_bd_net -net n [get_bd_pins a/x] [get_bd_pins b/x] [get_bd_pins c/x]",
        "assign_bd_address -offset 0 -range 4K -target_address_space a/Data c/S/Reg",
        "delete_bd_objs [get_bd_cells c]",
    )
    assert ends(design) == {"n": ("a/x", "b/x")}
    assert design.addresses == ()


def test_what_is_renamed_keeps_its_connections():
    design = made(
        *TWO,
        "create_bd_port -dir I p",
        "connect_bd_net -net n [get_bd_ports p] [get_bd_pins a/x]",
        "set_property name q [get_bd_ports p]",
        "set_property NAME z [get_bd_cells a]",
        "set_property name m [get_bd_nets n]",
    )
    assert ends(design) == {"m": ("q", "z/x")}


def test_pins_become_ports_of_their_width_and_direction():
    design = made(
        "create_bd_cell -type ip -vlnv xilinx.com:ip:xlconcat both",
        "set_property CONFIG.NUM_PORTS 3 [get_bd_cells both]",
        "make_bd_pins_external [get_bd_pins both/dout]",
        "make_bd_pins_external [get_bd_pins both/In0] [get_bd_pins both/In1]",
    )
    found = [(port.path, port.direction, port.width) for port in design.ports]
    assert found == [("In0_0", "in", 1), ("In1_0", "in", 1), ("dout_0", "out", 3)]
    assert ends(design)["both_dout"] == ("both/dout", "dout_0")


# --- addresses ------------------------------------------------------------------------------------

REACHED = (
    "create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7 ps",
    "set_property CONFIG.PCW_USE_M_AXI_GP0 1 [get_bd_cells ps]",
    "create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect switch",
    "create_bd_cell -type ip -vlnv xilinx.com:ip:axi_gpio gpio",
    "connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins switch/S00_AXI]",
    "connect_bd_intf_net [get_bd_intf_pins switch/M00_AXI] [get_bd_intf_pins gpio/S_AXI]",
)


@pytest.mark.parametrize(
    "commands",
    [
        "create_bd_addr_seg -range 64K -offset 0x41200000 [get_bd_addr_spaces ps/Data] "
        "[get_bd_addr_segs gpio/S_AXI/Reg] SEG_gpio_Reg",
        "assign_bd_address -offset 0x41200000 -range 0x00010000 -target_address_space "
        "[get_bd_addr_spaces ps/Data] [get_bd_addr_segs gpio/S_AXI/Reg] -force",
        "assign_bd_address -dict {offset 0x41200000 range 64K} [get_bd_addr_segs gpio/S_AXI/Reg]",
        "assign_bd_address\nset_property -dict {offset 0x41200000 range 64K} "
        "[get_bd_addr_segs ps/Data/SEG_gpio_Reg]",
        "assign_bd_address [get_bd_addr_segs -of_objects [get_bd_intf_pins gpio/S_AXI]]\n"
        "foreach s [get_bd_addr_segs ps/Data/*] {\n"
        "set_property offset 0x41200000 $s\nset_property range 64K $s\n}",
        "exclude_bd_addr_seg -offset 0x41200000 -range 64K -target_address_space "
        "[get_bd_addr_spaces ps/Data] [get_bd_addr_segs gpio/S_AXI/Reg]\n"
        "include_bd_addr_seg [get_bd_addr_segs ps/Data/SEG_gpio_Reg]",
    ],
)
def test_every_generation_of_address_commands_says_the_same(commands):
    design = made(*REACHED, commands)
    assert design.addresses == (Address("ps/Data", "gpio/S_AXI/Reg", 0x4120_0000, 0x1_0000),)


def test_an_address_that_vivado_would_choose_is_noted():
    interpreter = Interpreter(KNOWN)
    interpreter.run("\n".join(("create_bd_design d", *REACHED, "assign_bd_address")), "s.tcl")
    assert [one.segment for one in interpreter.design().addresses] == ["gpio/S_AXI/Reg"]
    assert "which one Vivado takes is not known" in str(interpreter.notes[0])


# --- a strict session -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("nosuch_command", 'invalid command name "nosuch_command"'),
        ("create_bd_cell -type ip -vlnv a.org:ip:x:1.0 x", "VLNV <a.org:ip:x:1.0> is not known"),
        ("create_bd_cell -type ip -vlnv xilinx.com:ip:hbm:9.9 x", "there are versions 1.0"),
        ("create_bd_cell -refrence x y", "Unknown option '-refrence'"),
        ("set_property CONFIG.NUM_PORT 3 [get_bd_cells both]", "did you mean 'NUM_PORTS'"),
        ("set_property CONFIG.NUM_MI 99 [get_bd_cells switch]", "'99' is no value of NUM_MI"),
        ("set_property CONFIG.NUM_MI 2 [get_bd_cells nothing]", "get_bd_cells found no nothing"),
        (
            "connect_bd_net [get_bd_pins switch/aclk] [get_bd_pins switch/aclock]",
            "switch/aclock",
        ),
        ("connect_bd_intf_net [get_bd_intf_pins switch/S00_AXI] switch/aclk", "no interface pin"),
        ("assign_bd_address -offset x [get_bd_addr_segs switch/S/Reg]", "get_bd_addr_segs"),
        ("exec ls", "was not run"),
        ("current_bd_instance switch", "no hierarchy"),
        ("create_bd_cell -type hier switch", "already exists"),
        ("create_bd_port -dir X p", "expected I, O or IO"),
        ("create_bd_port -dir I p; set_property LEFT x [get_bd_ports p]", "expected a number"),
        ("create_bd_port -dir I -from x -to 0 p", "expected a bit's number"),
    ],
)
def test_a_strict_session_refuses_what_vivado_refuses(line, fault):
    with pytest.raises(TclFault, match=r"made.tcl:3: .*") as refused:
        made("; ".join(SOME[1:2] + BOTH), line, strict=True)
    assert fault in str(refused.value)


def test_without_a_design_a_strict_session_refuses_and_another_takes_one_for_granted():
    with pytest.raises(TclFault, match="A block design must be open"):
        Interpreter(KNOWN, strict=True).run("create_bd_port -dir I a", "s.tcl")
    interpreter = Interpreter(KNOWN)
    interpreter.run("create_bd_port -dir I a", "s.tcl")
    assert interpreter.design().name == "design_1"
    assert "no design is open" in str(interpreter.notes[0])


# --- words ----------------------------------------------------------------------------------------


def test_options_are_known_by_their_beginning_and_positionals_by_their_name():
    found = arguments(
        *("c", ["-for", "-value", "3", "a", "-objects", "o"]),
        flags=("force", "quick"),
        names=("name", "value", "objects"),
    )
    assert ("force" in found, found.rest) == (True, ("a", "3", "o"))
    with pytest.raises(CommandError, match="Ambiguous option '-q'"):
        arguments("c", ["-q"], flags=("quick",))
    with pytest.raises(CommandError, match="Missing value"):
        arguments("c", ["-name"], values=("name",))


@given(st.text('ANb()!=~&| "{}<>', max_size=12))
def test_a_filter_is_read_or_refused(text):
    with suppress(CommandError):
        words.matches(text, lambda name: "b")


def test_bytes_are_said_in_many_ways():
    texts = ("0x10000", "65536", "64K", "64k", "0x1_0000")
    assert {words.size(text) for text in texts} == {65536}
    assert words.size("0x000100000000") == 1 << 32
    assert words.size("010") == 10
    for text in ("", "x", "64Q", "-1", "1.5K"):
        with pytest.raises(CommandError):
            words.size(text)


# --- anything at all ------------------------------------------------------------------------------

COMMANDS = sorted(
    name
    for group in (addresses, build, look, project, properties)
    for name in group.COMMANDS
    if "::" not in name
)
OPTIONS = (
    "-quiet",
    "-of_objects",
    "-filter",
    "-net",
    "-dict",
    "-offset",
    "-range",
    "-type",
    "-dir",
)
OPTIONS += ("-vlnv", "-intf_net", "-hierarchical", "-target_address_space", "-from", "-name", "-x")
ARGUMENTS = (
    "a",
    "/a",
    "h/b",
    "/",
    ".",
    "..",
    "*",
    "{}",
    "hier",
    "ip",
    "I",
    "4K",
    "0x10",
    "CONFIG.A",
)
ARGUMENTS += (
    "a.org:ip:x:1.0",
    "[get_bd_cells]",
    "[get_bd_pins reset/mb_reset]",
    "switch/S00_AXI",
    "{a b c}",
    "NAME",
    "{NAME == a}",
)
ARGUMENTS += ("[get_bd_nets]", "xilinx.com:ip:smartconnect", "[get_bd_cells *]", "[get_bd_ports]")
LINES = st.tuples(
    st.sampled_from(COMMANDS), st.lists(st.sampled_from(OPTIONS + ARGUMENTS), max_size=5)
)


@given(st.lists(LINES, max_size=8), st.booleans())
@settings(max_examples=100)
def test_any_commands_make_a_design_or_a_fault(lines, strict):
    interpreter = Interpreter(KNOWN, strict=strict)
    interpreter.run("\n".join(("create_bd_design d", *SOME[:3], *SOME[4:])), "some.tcl")
    for name, words_after in lines:
        with suppress(TclFault):
            interpreter.run(" ".join((name, *words_after)), "any.tcl")
    assert set(interpreter.designs) >= {"d"}
