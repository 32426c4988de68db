"""Interfaces that are watched: an ILA for each clock domain, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, probes
from bitwright.blockdesign.check import check
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import BlockDesign, Place
from bitwright.errors import ConfigError

ROOT = Path(__file__).parents[2]


def made(target: str):
    found = design.load("tiny", target=target, root=ROOT)
    known = catalogue.load(ROOT).of_kernels(one for _, one in elaborate.kernels(found, ROOT))
    return elaborate.of(found, ROOT), known


def watched(target: str, *interfaces: str) -> BlockDesign:
    block, known = made(target)
    return probes.watch(block, interfaces, looks(block, known), place=Place("c.yml", 3))


def test_an_ila_watches_interfaces_of_one_clock_and_the_rest_stays_as_it_was():
    before, known = made("zcu104")
    block = watched("zcu104", "matmul/m_axi_gmem", "memory0/M00_AXI", "matmul/m_axi_gmem")
    ila = block.cell("ila_clk")
    assert ila.type == probes.TYPE
    assert ila.parameter("C_NUM_MONITOR_SLOTS") == "2"
    nets = {net.name: net.ends for net in block.interface_nets}
    assert "ila_clk/SLOT_0_AXI" in nets["matmul_m_axi_gmem"]
    assert "ila_clk/SLOT_1_AXI" in nets["memory0_M00_AXI"]
    assert {net.name for net in block.nets if "ila_clk/clk" in net.ends} == {"clk"}
    assert {cell.path for cell in block.cells} - {cell.path for cell in before.cells} == {"ila_clk"}
    assert block.addresses == before.addresses
    assert not check(block, looks(block, known))


def test_interfaces_of_two_clocks_need_two_ilas():
    block = watched("u280", "ffn/m_axi_gmem0", "xdma/M_AXI")
    ilas = {cell.path for cell in block.cells if cell.type == probes.TYPE}
    assert ilas == {"ila_clk", "ila_axi_aclk"}


def test_without_probes_the_design_is_the_same():
    assert watched("pynq-z2") == made("pynq-z2")[0]


def test_an_interface_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(ConfigError, match=r"c.yml:3: probes: no interface 'matmul/m_axi_gmen' is"):
        watched("pynq-z2", "matmul/m_axi_gmen")


def test_what_has_no_known_clock_is_refused():
    with pytest.raises(ConfigError, match="ps/DDR: no AXI interface whose clock is"):
        watched("pynq-z2", "ps/DDR")
