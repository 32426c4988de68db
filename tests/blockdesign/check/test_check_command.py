"""`python -m bitwright.blockdesign check`: any file, findings, exit status."""

import pytest
from bitwright.blockdesign.__main__ import main
from bitwright.blockdesign.check import RULES

GOOD = """
create_bd_design good
set one [create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant:1.1 one]
set_property CONFIG.CONST_WIDTH 4 $one
create_bd_port -dir O -from 3 -to 0 leds
connect_bd_net [get_bd_pins one/dout] [get_bd_ports leds]
"""
YAML = """design: plain
ports:
  leds: {direction: out, left: 3, right: 0}
cells:
  one: {ip: xilinx.com:ip:xlconstant, parameters: {CONST_WIDTH: 4}}
nets:
  leds: [one/dout, leds]
"""


@pytest.fixture
def made(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_a_clean_script_is_one_line_of_counts(made, capsys):
    path = made("good.tcl", GOOD)
    assert main(["check", path]) == 0
    assert capsys.readouterr().out == (
        f"✓ {path}  good: 1 cell, no interface nets, 1 net, no addresses\n"
    )


def test_a_finding_names_file_and_line_and_what_to_do(made, capsys):
    path = made("twice.yml", YAML + "  again: [one/dout, led]\n")
    assert main(["check", path]) == 1
    out = capsys.readouterr().out
    assert f"{path}:8: error: net again: the design has no pin 'led'; did you mean 'leds'?" in out
    assert f"✗ {path}  plain: 2 errors in 1 cell" in out


def test_what_vivado_itself_passes_is_a_warning_in_a_script_and_an_error_in_yaml(made, capsys):
    script = made("wide.tcl", GOOD.replace("-from 3", "-from 7"))
    ours = made("wide.yml", YAML.replace("left: 3", "left: 7"))
    assert (main(["check", script]), main(["check", ours])) == (0, 1)
    out = capsys.readouterr().out
    assert out.count("[width]") == 2 and out.count("warning:") == 1 and out.count("error:") == 1


def test_the_worst_of_several_files_is_the_exit_status(made):
    good, bad = made("good.tcl", GOOD), made("bad.yml", YAML.replace("leds]", "led]"))
    assert main(["check", good, bad]) == 1 and main(["check", bad, good]) == 1


def test_the_design_of_a_config_is_checked_by_its_name(capsys):
    assert main(["check", "gpt2-medium@pynq-z2"]) == 0
    assert capsys.readouterr().out.startswith("✓ gpt2-medium@pynq-z2  zynq: ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "expected a design, found none"),
        (["bd/zynq.yml"], "a config brings kernels and board into this design"),
        (["no-such-file.tcl"], "no such file"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_status_2(capsys, words, says):
    assert main(["check", *words]) == 2
    told = capsys.readouterr()
    assert says in told.err and told.out == ""


def test_the_rules_are_listed_with_a_sentence_each(capsys):
    assert main(["check", "--rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for rule in RULES:
        assert any(line.startswith(f"{rule.name} ") and rule.sentence in line for line in lines)


def test_of_many_findings_alike_the_first_are_told_and_the_others_counted(made, capsys):
    ends = ", ".join(f"x{i}" for i in range(9))
    assert main(["check", made("many.yml", YAML.replace("[one/dout, leds]", f"[{ends}]"))]) == 1
    out = capsys.readouterr().out
    assert out.count("[unknown-pin]") == 4 and "and 6 more like these [unknown-pin]" in out


# --- what a script does that its design does not hold ---------------------------------------------

LITE = """
create_bd_design system
create_bd_cell -type ip -vlnv xilinx.com:ip:{ps} ps
set_property -dict {{{parameters}}} [get_bd_cells ps]
create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 ic
set_property -dict {{CONFIG.NUM_SI 1 CONFIG.NUM_MI 1}} [get_bd_cells ic]
create_bd_cell -type ip -vlnv xilinx.com:ip:axi_gpio:2.0 gpio
connect_bd_net [get_bd_pins ps/{clock}] [get_bd_pins ps/{taken}] \\
  [get_bd_pins ic/aclk] [get_bd_pins gpio/s_axi_aclk]
connect_bd_net [get_bd_pins ps/{reset}] [get_bd_pins ic/aresetn] [get_bd_pins gpio/s_axi_aresetn]
connect_bd_intf_net [get_bd_intf_pins ps/{master}] [get_bd_intf_pins ic/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins ic/M00_AXI] [get_bd_intf_pins gpio/S_AXI]
"""
ZYNQ = {
    "ps": "processing_system7:5.5",
    "parameters": "CONFIG.PCW_USE_M_AXI_GP0 1",
    "clock": "FCLK_CLK0",
    "taken": "M_AXI_GP0_ACLK",
    "reset": "FCLK_RESET0_N",
    "master": "M_AXI_GP0",
}
ZYNQMP = {
    "ps": "zynq_ultra_ps_e:3.5",
    "parameters": "CONFIG.PSU__USE__M_AXI_GP0 1 CONFIG.PSU__USE__M_AXI_GP1 0 "
    "CONFIG.PSU__USE__M_AXI_GP2 0",
    "clock": "pl_clk0",
    "taken": "maxihpm0_fpd_aclk",
    "reset": "pl_resetn0",
    "master": "M_AXI_HPM0_FPD",
}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "conect_bd_net [get_bd_pins one/dout] [get_bd_ports leds]",
            "error: conect_bd_net: no such command; did you mean 'connect_bd_net'?",
        ),
        (
            "create_bd_cell -tpye ip -vlnv xilinx.com:ip:xlslice:1.0 b",
            "error: create_bd_cell: unknown option -tpye; did you mean '-type'?",
        ),
    ],
)
def test_a_misspelt_command_or_option_of_a_script_is_an_error(made, capsys, line, says):
    path = made("slip.tcl", GOOD + line + "\n")
    assert main(["check", path]) == 1
    assert f"{path}:7: {says}" in capsys.readouterr().out


def test_a_command_that_is_like_none_of_ours_is_a_note(made, capsys):
    path = made("other.tcl", GOOD + "reset_runs synth_1\nmy_own_thing\n")
    assert main(["check", path]) == 0
    out = capsys.readouterr().out
    assert f"{path}:7: note: reset_runs: " in out and f"{path}:8: note: my_own_thing: " in out
    assert f"✓ {path}  good:" in out and "(2 notes)" in out


def test_what_automation_would_have_made_is_a_warning(made, capsys):
    path = made("auto.tcl", GOOD + "apply_bd_automation -rule xilinx.com:bd_rule:board $one\n")
    assert main(["check", path]) == 0
    assert f"{path}:7: warning: apply_bd_automation xilinx.com:bd_rule:board" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(("words", "first"), [(ZYNQ, "0x40000000"), (ZYNQMP, "0xA0000000")])
def test_an_address_left_to_vivado_is_one_that_the_master_sends(made, capsys, words, first):
    path = made("lite.tcl", LITE.format(**words) + "assign_bd_address\n")
    assert main(["check", path]) == 0
    out = capsys.readouterr().out
    assert f"note: gpio/S_AXI/Reg in ps/Data: {first} is the first free" in out
    assert "outside-window" not in out


def test_what_is_wrong_with_an_address_of_our_choice_is_a_warning(made, capsys):
    script = LITE.format(**ZYNQ) + "assign_bd_address [get_bd_addr_segs gpio/S_AXI/Reg] "
    chosen = made("chosen.tcl", script + "-range 2G\n")  # more than M_AXI_GP0 sends
    said = made("said.tcl", script + "-offset 0 -range 64K\n")
    assert main(["check", chosen]) == 0
    assert ": warning: gpio/S_AXI/Reg in ps/Data: M_AXI_GP0 never" in capsys.readouterr().out
    assert main(["check", said]) == 1


def test_many_findings_of_one_rule_are_folded_and_their_cause_comes_first(made, capsys):
    cells = "".join(
        f"  c{i}: {{ip: xilinx.com:ip:xlconstant, parameters: {{X: 1}}}}\n" for i in range(9)
    )
    nets = "".join(f"  n{i}: [one/dout, c{i}/no]\n" for i in range(2))
    path = made("flood.yml", YAML.replace("nets:\n", cells + "nets:\n" + nets))
    assert main(["check", path]) == 1
    out = capsys.readouterr().out
    assert out.count("[unknown-parameter]") == 6
    assert "and 4 more like these [unknown-parameter] (check --all shows them)" in out
    assert out.index("[unknown-parameter]") < out.index("[unknown-pin]")
    assert main(["check", "--all", path]) == 1
    out = capsys.readouterr().out
    assert out.count("[unknown-parameter]") == 9 and "more like these" not in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "README.md"], "README.md:1: taken for a Tcl script, but it has no command"),
        (["check", "ip/ffn/kernel.yml"], "kernel.yml:1: taken for a description in YAML, but it"),
        (["check", "gpt2-medium"], "next      gpt2-medium@u280"),
        (["import", "bd/zynq.yml"], "taken for a description in YAML, and import reads Tcl"),
        (["import", "README.md"], "taken for a Tcl script, but it has no command"),
    ],
)
def test_what_is_no_design_is_one_error_that_says_what_it_was_taken_for(capsys, words, says):
    assert main(words) == 2
    told = capsys.readouterr()
    assert says in told.err and "  next " in told.err and told.out == ""
    assert len(told.err.splitlines()) <= 3
