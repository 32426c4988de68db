"""A config on a target becomes a block design: kernels, where they stand, what joins them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import elaborate, linked
from bitwright.blockdesign.model import BlockDesign

ROOT = Path(__file__).parents[2]


def made(config: str, target: str) -> BlockDesign:
    return elaborate.of(design.load(config, target=target, root=ROOT), ROOT)


def ends(block: BlockDesign, net: str) -> set[str]:
    return {end for one in block.nets if one.name == net for end in one.ends}


def test_each_kernel_of_the_config_is_a_cell_with_clock_reset_interrupt_and_registers():
    block = made("tiny", "pynq-z2")
    for number, name in enumerate(("matmul", "mhsa", "ffn")):
        assert f"{name}/ap_clk" in ends(block, "clk")
        assert f"{name}/ap_rst_n" in ends(block, "resetn")
        assert ends(block, f"{name}_interrupt") == {f"{name}/interrupt", f"interrupts/In{number}"}
        (address,) = (a for a in block.addresses if a.segment.startswith(f"{name}/s_axi_control"))
        assert (address.space, address.range) == ("ps/Data", 4096)
        assert address.offset == 0x4000_0000 + number * 0x1_0000
    assert block.cell("interrupts").parameter("NUM_PORTS") == "3"


def test_the_parts_of_a_kernel_say_where_it_stands_in_the_config():
    block = made("tiny", "pynq-z2")
    text = (ROOT / "configs/tiny.yml").read_text().splitlines()
    place = block.cell("mhsa").place
    assert place.file == "configs/tiny.yml"
    assert text[place.line - 1].strip() == "- name: mhsa"
    assert str(block.cell("control").place).startswith("bd/zynq.yml:")


@pytest.mark.parametrize("config", design.names(ROOT))
def test_bundles_are_dealt_out_to_two_ports_of_the_ddr(config):
    block = made(config, "pynq-z2")
    parameters = [block.cell(name).parameter("NUM_SI") for name in ("memory0", "memory2")]
    assert parameters == ["5", "4"]
    seen = {a.segment: (a.offset, a.range) for a in block.addresses if a.space != "ps/Data"}
    assert seen == {
        "ps/S_AXI_HP0/HP0_DDR_LOWOCM": (0, 512 << 20),
        "ps/S_AXI_HP2/HP2_DDR_LOWOCM": (0, 512 << 20),
    }


def test_on_the_u280_each_bundle_has_a_port_of_the_hbm_and_sees_all_of_it():
    block = made("gpt2-medium", "u280")
    hbm = dict(block.cell("hbm").parameters)
    on = sorted(
        name for name, value in hbm.items() if name.startswith("USER_SAXI") and value == "true"
    )
    assert on == [f"USER_SAXI_{port:02}" for port in (*range(9), 31)]
    seen = [a for a in block.addresses if a.space == "ffn/Data_m_axi_gmem2"]
    assert [a.offset for a in seen] == [bank << 28 for bank in range(32)]
    assert {a.range for a in seen} == {1 << 28}
    assert {a.segment for a in seen} == {f"hbm/SAXI_08/HBM_MEM{bank:02}" for bank in range(32)}


def test_the_published_map_has_registers_at_4_gb_on_the_dma_master_and_4_gb_of_memory():
    block = made("gpt2-medium", "u280-published")
    host = {a.segment: a for a in block.addresses if a.space == "xdma/M_AXI"}
    assert host["ffn/s_axi_control/Reg"].offset == 0x1_0002_0000
    memory = [a for a in host.values() if a.segment.startswith("hbm/")]
    assert max(a.offset + a.range for a in memory) == 4 << 30
    assert not any("M_AXI_LITE" in end for net in block.interface_nets for end in net.ends)


@pytest.mark.parametrize(("target", "bank"), [("u280-xrt", 256 << 20), ("u55c-xrt", 512 << 20)])
def test_under_xrt_kernels_see_all_banks_of_the_platform_and_stand_in_three_regions(target, bank):
    block = made("gpt2-medium", target)
    shell = linked.platform(block)
    assert shell.type.startswith("bitwright:platform:xilinx_u")
    assert linked.regions(block) == (("ffn", "SLR2"), ("matmul", "SLR0"), ("mhsa", "SLR1"))
    links = linked.links(block)
    assert links[0] == linked.Link("ffn", "m_axi_gmem0", 0, 31)
    assert len(links) == 9
    assert {a.range for a in block.addresses} == {bank}
