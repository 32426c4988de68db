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
