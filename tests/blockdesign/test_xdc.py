"""Constraints: every port that leaves the device has its pin, and every value its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import board, elaborate, xdc

ROOT = Path(__file__).parents[2]
DIFFERENTIAL = "xilinx.com:interface:diff_clock_rtl:1.0"
VIVADO = [
    name
    for name in design.names(ROOT, "configs/targets")
    if design.read_target(name, ROOT).toolchain == "vivado"
]


def rendered(target: str) -> str:
    return xdc.render(design.load("tiny", target=target, root=ROOT), ROOT)


@pytest.mark.parametrize("target", VIVADO)
def test_each_port_has_a_pin_and_each_pin_a_port(target):
    block = elaborate.of(design.load("tiny", target=target, root=ROOT), ROOT)
    pairs = [port.path for port in block.interface_ports if port.vlnv == DIFFERENTIAL]
    ports = {port.path for port in block.ports} | {
        f"{name}_clk_{end}" for name in pairs for end in "pn"
    }
    placed = re.findall(
        r'^set_property -dict "PACKAGE_PIN .*get_ports "(\w+)\*"', rendered(target), re.M
    )
    assert set(placed) == ports
    assert len(placed) == len(ports)


@pytest.mark.parametrize("target", VIVADO)
def test_each_clock_that_comes_in_has_its_period(target):
    block = elaborate.of(design.load("tiny", target=target, root=ROOT), ROOT)
    mhz = {
        f"{port.path}_clk_p": int(dict(port.parameters)["FREQ_HZ"]) / 1e6
        for port in block.interface_ports
        if port.vlnv == DIFFERENTIAL
    }
    found = re.findall(
        r'^create_clock -period (\S+) -name (\w+) .*"\2\*"\]$', rendered(target), re.M
    )
    assert {name: 1000 / float(period) for period, name in found} == mhz


def test_the_u280_has_its_hbm_overtemperature_pin_where_the_card_looks_for_it():
    assert (
        'set_property -dict "PACKAGE_PIN D32 IOSTANDARD LVCMOS18 PULLTYPE PULLDOWN"'
        ' [get_ports "hbm_cattrip*"]'
    ) in rendered("u280")


def test_a_platform_needs_no_constraints():
    assert "get_ports" not in rendered("u280-xrt")


def test_what_a_board_says_is_one_word_of_tcl_whatever_it_holds():
    text = 'board: B\npins: {"led[0]": {pin: A1}}\nconfiguration: {A: "x; exit [y]"}\n'
    found = xdc.of(board.parse(text, "b.yml"))
    assert 'get_ports "led\\[0\\]*"' in found
    assert 'set_property A "x; exit \\[y\\]" [current_design]' in found
