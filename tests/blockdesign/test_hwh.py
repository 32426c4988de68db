"""A .hwh becomes the block design that was built: cells, nets, and addresses as they are."""

import os
import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, hwh
from bitwright.blockdesign.crossing import End, cross
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import NOWHERE, Address, BlockDesign, parent
from bitwright.errors import ReportError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.standins import handoff

ROOT = Path(__file__).parents[2]
HERE = Path("small.hwh")
SPECIMEN = (ROOT / "tests/specimens/bd/small-2024.1.hwh").read_text("utf-8")
FOLDER = Path(os.environ.get("BITWRIGHT_IP_CORPUS") or ROOT.parent / "shared" / "corpus" / "ip")
FILES = sorted((FOLDER / "hwh").glob("*.hwh"))
ABSENT = f"no real .hwh files in {FOLDER}; set BITWRIGHT_IP_CORPUS to a folder that has hwh/"


def small():
    return hwh.read(SPECIMEN, origin=HERE)


def test_addresses_have_the_names_of_spaces_and_segments_that_scripts_use():
    assert small().addresses == (
        Address("ffn_0/Data_m_axi_gmem0", "ps/SAXIGP2/HP0_DDR_LOW", 0, 1 << 31),
        Address("ps/Data", "ffn_0/s_axi_control/Reg", 0xA001_0000, 0x1_0000),
        Address("ps/Data", "memory/leds/S_AXI/Reg", 0xA000_0000, 0x1_0000),
    )


@pytest.mark.parametrize(
    ("vlnv", "interface", "space"),
    [
        ("xilinx.com:ip:microblaze:11.0", "ILMB", "Instruction"),
        ("xilinx.com:ip:microblaze:11.0", "M_AXI_DP", "Data"),
        ("xilinx.com:ip:axi_vdma:6.3", "M_AXI_MM2S", "Data_MM2S"),
        ("acme.com:hls:anvil:1.0", "m_axi_gmem", "Data_m_axi_gmem"),
        ("acme.com:user:anvil:1.0", "M00_AXI", "M00_AXI"),
    ],
)
def test_spaces_of_an_ip_that_is_not_in_the_catalogue(vlnv, interface, space):
    text = SPECIMEN.replace("bitwright:hls:ffn:1.0", vlnv)
    text = text.replace('MASTERBUSINTERFACE="m_axi_gmem0"', f'MASTERBUSINTERFACE="{interface}"')
    found = {one.space for one in hwh.read(text, origin=HERE).addresses}
    assert found == {f"ffn_0/{space}", "ps/Data"}


def test_a_memory_controller_that_is_not_in_the_catalogue_has_the_map_that_scripts_name():
    text = SPECIMEN.replace("bitwright:hls:ffn:1.0", "xilinx.com:ip:mig_7series:4.2")
    text = text.replace('SLAVEBUSINTERFACE="s_axi_control"', 'SLAVEBUSINTERFACE="S_AXI"')
    segments = {one.segment for one in hwh.read(text, origin=HERE).addresses}
    assert "ffn_0/memmap/Reg" in segments


def test_cells_stand_in_their_hierarchies_and_are_of_their_kinds():
    kinds = {cell.path: (cell.kind, cell.vlnv) for cell in small().cells}
    assert kinds == {
        "ffn_0": ("ip", "bitwright:hls:ffn:1.0"),
        "level_0": ("module", "level"),
        "memory": ("hier", ""),
        "memory/leds": ("ip", "xilinx.com:ip:axi_gpio:2.0"),
        "probe_0": ("inline_hdl", "xilinx.com:inline_hdl:ilvector_logic:1.0"),
        "ps": ("ip", "xilinx.com:ip:zynq_ultra_ps_e:3.5"),
    }


def test_parameters_are_there_but_for_what_vivado_makes_of_them():
    said = dict(small().cell("memory/leds").parameters)
    assert said == {"C_ALL_OUTPUTS": "1", "C_GPIO_WIDTH": "4", "EMPTY": ""}


def test_wires_of_a_joined_interface_are_no_nets_unless_something_else_takes_one():
    nets = {net.name: net.ends for net in small().nets}
    assert nets == {
        "button": ("button", "level_0/raw"),
        "ffn_0_interrupt": ("ffn_0/interrupt", "ps/pl_ps_irq0"),
        "memory_leds_gpio_io_o": ("memory/memory_leds_gpio_io_o", "probe_0/Op1"),
        "memory/memory_leds_gpio_io_o": ("memory/leds/gpio_io_o", "memory/memory_leds_gpio_io_o"),
        "ps_pl_clk0": ("memory/ps_pl_clk0", "ps/pl_clk0"),
        "memory/ps_pl_clk0": ("memory/leds/s_axi_aclk", "memory/ps_pl_clk0"),
    }


def test_interfaces_are_joined_by_the_name_of_their_bus_and_ports_take_their_partners_type():
    design = small()
    assert {net.name: net.ends for net in design.interface_nets} == {
        "ffn_0_m_axi_gmem0": ("ffn_0/m_axi_gmem0", "ps/S_AXI_HP0_FPD"),
        "memory_leds_GPIO": ("leds", "memory/memory_leds_GPIO"),
        "memory/memory_leds_GPIO": ("memory/leds/GPIO", "memory/memory_leds_GPIO"),
        "ps_M_AXI_HPM0_FPD": ("memory/ps_M_AXI_HPM0_FPD", "ps/M_AXI_HPM0_FPD"),
        "memory/ps_M_AXI_HPM0_FPD": ("memory/leds/S_AXI", "memory/ps_M_AXI_HPM0_FPD"),
    }
    leds = design.interface_ports[0]
    assert (leds.path, leds.mode, leds.vlnv) == (
        "leds",
        "Master",
        "xilinx.com:interface:gpio_rtl:1.0",
    )


def test_nets_pass_into_a_hierarchy_by_pins_of_it():
    design = small()
    pins = {port.path: (port.direction, port.kind, port.width) for port in design.ports}
    assert pins["memory/ps_pl_clk0"] == ("in", "clk", 1)
    assert pins["memory/memory_leds_gpio_io_o"] == ("out", "", 4)
    modes = {port.path: port.mode for port in design.interface_ports}
    assert modes["memory/ps_M_AXI_HPM0_FPD"] == "Slave"
    assert modes["memory/memory_leds_GPIO"] == "Master"


@given(st.lists(st.sampled_from(["p", "a/p", "h/a/p", "h/b/q", "h/g/c/p", "k/d/r"]), min_size=1))
def test_brought_through_walls_a_net_still_joins_the_same_ends(paths):
    nets, walls = cross("n", [End(path, False) for path in paths], NOWHERE)
    level = [{parent(parent(path)) for path in net.ends if path not in made(walls)} for net in nets]
    assert all(len(one) <= 1 for one in level)
    assert joined(nets) == [set(paths) | made(walls)]


def made(walls):
    return {wall.path for wall in walls}


def joined(nets):
    """Sets of ends that are joined, through however many nets."""
    sets = []
    for net in nets:
        mine = set(net.ends)
        for other in [one for one in sets if one & mine]:
            mine |= other
            sets.remove(other)
        sets.append(mine)
    return sets


def test_of_a_generic_and_a_parameter_of_one_name_the_parameter_counts():
    both = '<PARAMETER NAME="c_gpio_width" VALUE="7"/><PARAMETER NAME="EMPTY"/>'
    text = SPECIMEN.replace('<PARAMETER NAME="EMPTY"/>', both)
    said = dict(hwh.read(text, origin=HERE).cell("memory/leds").parameters)
    assert said == {"C_ALL_OUTPUTS": "1", "EMPTY": "", "c_gpio_width": "7"}


def test_a_wire_of_an_interface_of_the_design_is_no_port():
    ports = {
        port.path: (port.kind, port.parameters) for port in small().ports if "/" not in port.path
    }
    assert ports == {"button": ("", ()), "spare_clk": ("clk", (("FREQ_HZ", "25000000"),))}


def test_everything_stands_on_its_line_of_the_file():
    place = small().cell("ps").place
    assert "<MODULE" in SPECIMEN.splitlines()[place.line - 1]
    assert 'FULLNAME="/ps"' in SPECIMEN.splitlines()[place.line - 1]


@pytest.mark.parametrize(
    ("was", "is_now", "why"),
    [
        ("<EDKSYSTEM", "<SYSTEM", "this is no complete XML"),
        ('HIGHVALUE="0xA000FFFF"', 'HIGHVALUE="0x9"', "HIGHVALUE at or above BASEVALUE"),
        ('BASEVALUE="0xA0000000"', 'BASEVALUE="many"', "a hexadecimal number"),
        ('INSTANCE="memory_leds" IS_DATA', 'INSTANCE="nobody" IS_DATA', "among the modules"),
        ("xilinx.com:ip:axi_gpio:2.0", "axi_gpio", "vendor:library:name:version"),
        ('INSTANCE="level_0" IPTYPE', 'INSTANCE="" IPTYPE', "INSTANCE in <MODULE>"),
        ("</EDKSYSTEM>", "", "no complete XML"),
        ("<EDKSYSTEM", '<!DOCTYPE x [<!ENTITY a "b">]><EDKSYSTEM', "cannot be trusted"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(was, is_now, why):
    assert was in SPECIMEN
    with pytest.raises(ReportError, match=re.escape(why)) as caught:
        hwh.read(SPECIMEN.replace(was, is_now, 1), origin=HERE)
    assert re.search(r"small\.hwh:\d+:", str(caught.value))


def test_another_xml_is_no_handoff():
    with pytest.raises(ReportError, match="an EDKSYSTEM element"):
        hwh.read("<profile/>", origin=HERE)


def read_or_refuse(text):
    try:
        assert isinstance(hwh.read(text, origin=HERE), BlockDesign)
    except ReportError as error:
        assert "small.hwh" in str(error)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    read_or_refuse(text)


WORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + '<>/="&:_- \n'), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SPECIMEN)), st.integers(0, 200), WORDS)
def test_no_cut_or_smear_of_a_real_layout_breaks_the_reader(at, length, instead):
    read_or_refuse(SPECIMEN[:at] + instead + SPECIMEN[at + length :])


VALUES = sorted(set(re.findall(r'="([^"\n]*)"', SPECIMEN)))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(VALUES), st.sampled_from(["", "/", ":", "0x", "-1", "a/b", "9" * 40, "::::"])
)
def test_no_value_of_an_attribute_breaks_the_reader(was, is_now):
    read_or_refuse(SPECIMEN.replace(f'="{was}"', f'="{is_now}"'))


@pytest.mark.parametrize("target", ["pynq-z2", "zcu104", "kv260", "u280", "u280-published"])
def test_our_designs_come_back_from_a_handoff_with_every_address_net_and_cell(target):
    found = design.load("tiny", target=target, root=ROOT)
    model = elaborate.of(found, ROOT)
    assigned = [one for one in model.addresses if not one.excluded]  # others no .hwh lists
    model = replace(model, addresses=tuple(assigned))
    known = catalogue.load(ROOT).of_kernels(one for _, one in elaborate.kernels(found, ROOT))
    text = handoff.render(model, looks(model, known), "xc0", "2024.1")
    built = hwh.read(text, origin=HERE)  # without the kernels: their names follow their VLNVs
    assert built.addresses == model.addresses
    assert {net.ends for net in built.nets} == {net.ends for net in model.nets}
    assert {net.ends for net in built.interface_nets} == {net.ends for net in model.interface_nets}
    assert [(one.path, one.type) for one in built.cells] == [
        (one.path, one.type) for one in model.cells
    ]


@pytest.mark.skipif(not FILES, reason=ABSENT)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_a_real_handoff_that_is_broken_off_is_refused(path):
    text = path.read_text("utf-8")
    for cut in (len(text) // 3, 2 * len(text) // 3, len(text) - 20):
        with pytest.raises(ReportError, match=r":\d+: this is no complete XML"):
            hwh.read(text[:cut], origin=path)


@pytest.mark.skipif(not FILES, reason=ABSENT)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_every_address_of_a_real_handoff_is_exactly_the_files(path):
    text = path.read_text("utf-8")
    design = hwh.read(text, origin=path)
    listed = {
        (int(low, 16), int(high, 16) - int(low, 16) + 1)
        for low, high in re.findall(r'<MEMRANGE [^>]*BASEVALUE="(\w+)"[^>]*HIGHVALUE="(\w+)"', text)
    }
    assert {(one.offset, one.range) for one in design.addresses} == listed
    cells = [cell for cell in design.cells if cell.kind != "hier"]
    assert len(cells) == len(re.findall("<MODULE ", text))
    ends = {end for net in (*design.nets, *design.interface_nets) for end in net.ends}
    paths = {cell.path for cell in design.cells}
    assert all(parent(end) in paths | {""} for end in ends)
    for net in (*design.nets, *design.interface_nets):
        here = parent(net.name)
        assert all(parent(end) == here or parent(parent(end)) == here for end in net.ends)
    assert design.interface_nets
