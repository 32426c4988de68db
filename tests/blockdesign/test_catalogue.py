"""The IP catalogue: its files, what they say of the IPs, and what it does with wrong ones."""

import re
from pathlib import Path

import pytest
from bitwright import kernel
from bitwright.blockdesign import catalogue, ipfile, rule, template
from bitwright.blockdesign.expression import ExpressionError
from bitwright.blockdesign.ip import AXI, AXIS, Window
from bitwright.blockdesign.model import Cell, pairs
from bitwright.errors import ConfigError
from bitwright.yamlfile import parse
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
KNOWN = catalogue.load(ROOT)
NAME = re.compile(r"[A-Za-z]\w*")
NEEDED = """
    processing_system7 zynq_ultra_ps_e xdma hbm smartconnect axi_interconnect axi_dma
    proc_sys_reset clk_wiz xlconcat xlconstant util_ds_buf axi_protocol_converter
    axi_clock_converter axi_dwidth_converter axi_register_slice axi_intc system_ila axi_gpio
    axi_bram_ctrl blk_mem_gen axi_timer util_vector_logic xlslice axis_data_fifo
"""


def look(type, version="", /, **parameters):
    made = KNOWN.instance(
        Cell("x", "ip", f"xilinx.com:ip:{type}", version, parameters=pairs(parameters))
    )
    assert made is not None
    return made


def no_members(name, called, names, interface):
    raise ExpressionError(f"no interface file {name!r}")


# ------------------------------------------------------------------------------ what is in it


@pytest.mark.parametrize("type", NEEDED.split())
def test_the_ips_that_designs_use_are_known_with_their_versions_and_a_word_on_them(type):
    made = look(type)
    assert made.doc
    assert KNOWN.versions(f"xilinx.com:ip:{type}") == made.versions != ()


@pytest.mark.parametrize("type", KNOWN.types)
def test_an_instance_holds_together(type):
    made = KNOWN.instance(Cell("x", "ip", type))
    for interface in made.interfaces.values():
        assert interface.vlnv.count(":") == 3
        assert set(interface.pins) <= set(made.pins)
        for pin in filter(None, (interface.clock, interface.reset)):
            assert made.pins[pin].kind in ("clk", "rst")
    for pin in made.pins.values():
        assert not pin.clock or made.pins[pin.clock].kind == "clk"
        assert NAME.fullmatch(pin.name)
    for space in made.spaces.values():
        assert all(made.interfaces[one].mode == "Master" for one in space.interfaces)
    for segment in made.segments.values():
        assert made.interfaces[segment.interface].mode == "Slave"
    for slave, masters in made.routes.items():
        assert made.interfaces[slave].mode == "Slave"
        assert masters
    for parameter in made.parameters.values():
        assert template.allowed(parameter, parameter.default) or parameter.default == ""


def test_the_projects_own_is_read_where_a_folder_has_none(tmp_path):
    assert catalogue.load(tmp_path).types == KNOWN.types


def test_an_unknown_type_has_no_looks_and_no_versions():
    assert KNOWN.instance(Cell("x", "ip", "acme.com:ip:anvil")) is None
    assert KNOWN.versions("acme.com:ip:anvil") == ()


def test_a_smartconnect_has_as_many_sides_and_clocks_as_it_says():
    made = look("smartconnect", NUM_SI=2, NUM_MI=3, NUM_CLKS=2)
    assert sorted(made.interfaces) == ["M00_AXI", "M01_AXI", "M02_AXI", "S00_AXI", "S01_AXI"]
    assert {"aclk", "aclk1", "aresetn"} <= set(made.pins)
    assert "aclk2" not in made.pins
    assert made.routes["S01_AXI"] == ("M00_AXI", "M01_AXI", "M02_AXI")


def test_a_ps7_has_the_ports_that_are_switched_on_and_their_irregular_segments():
    made = look("processing_system7", PCW_USE_S_AXI_HP0=1, PCW_DDR_RAM_HIGHADDR="0x1FFFFFFF")
    assert made.interfaces["S_AXI_HP0"].protocol == "AXI3"
    assert "S_AXI_HP1" not in made.interfaces
    memory = made.segments["S_AXI_HP0/HP0_DDR_LOWOCM"]
    assert (memory.offset, memory.range, memory.kind) == (0, 512 << 20, "memory")
    assert made.spaces["Data"].windows == (Window("M_AXI_GP0", 0x4000_0000, 1 << 30),)


def test_an_mpsoc_calls_the_segments_of_its_ports_by_other_numbers():
    made = look(
        "zynq_ultra_ps_e",
        PSU__USE__S_AXI_GP2=1,
        PSU__USE__S_AXI_GP3=1,
        PSU__DDR_HIGH_ADDRESS_GUI_ENABLE=1,
    )
    assert made.segments["SAXIGP2/HP0_DDR_LOW"].interface == "S_AXI_HP0_FPD"
    assert made.segments["SAXIGP3/HP1_DDR_HIGH"].offset == 0x8_0000_0000


def test_hbm_is_cut_into_equal_segments_that_every_port_reaches():
    made = look("hbm", USER_HBM_DENSITY="8GB", USER_SAXI_01="false")
    assert "SAXI_01" not in made.interfaces
    port = made.interfaces["SAXI_31"]
    assert (port.protocol, port.data_width, port.addr_width) == ("AXI3", 256, 33)
    mine = [one for one in made.segments.values() if one.interface == "SAXI_31"]
    assert [one.name for one in mine] == [f"SAXI_31/HBM_MEM{i:02}" for i in range(32)]
    assert [one.offset for one in mine] == [i << 28 for i in range(32)]
    assert {one.range for one in mine} == {1 << 28}


def test_tall_stacks_of_hbm_have_other_names_and_one_more_address_bit():
    made = look("hbm", USER_HBM_DENSITY="16GB")
    assert made.interfaces["SAXI_00_8HI"].addr_width == 34
    assert made.segments["SAXI_00_8HI/HBM_MEM31"].range == 512 << 20


def test_one_stack_of_hbm_has_sixteen_ports_and_one_reference_clock():
    made = look("hbm", USER_HBM_DENSITY="4GB")
    assert len([one for one in made.interfaces if one.startswith("SAXI")]) == 16
    assert "HBM_REF_CLK_1" not in made.pins


def test_the_lite_master_of_an_xdma_sees_a_space_of_32_bits():
    made = look("xdma", axilite_master_en="true", axi_data_width="512_bit", axisten_freq=250)
    assert made.spaces["M_AXI_LITE"].addr_width == 32
    assert made.spaces["M_AXI"].addr_width == 64
    assert made.interfaces["M_AXI"].data_width == 512
    assert made.pins["axi_aclk"].mhz == 250


def test_a_concat_is_as_wide_as_its_inputs_together():
    assert look("xlconcat", NUM_PORTS=3, IN1_WIDTH=8).pins["dout"].width == 10


def test_inline_hdl_looks_like_the_ip_that_it_replaces():
    made = KNOWN.instance(
        Cell(
            "x", "inline_hdl", "xilinx.com:inline_hdl:ilconcat", parameters=pairs({"NUM_PORTS": 4})
        )
    )
    assert set(made.pins) == {"In0", "In1", "In2", "In3", "dout"}
    assert made.versions == ("1.0",)


def test_a_clock_output_is_called_as_the_user_calls_it():
    made = look("clk_wiz", CLK_OUT1_PORT="clk_kernel", CLKOUT1_REQUESTED_OUT_FREQ="225.000")
    assert made.pins["clk_kernel"].mhz == 225
    assert "clk_out1" not in made.pins
    assert look("clk_wiz", RESET_TYPE="ACTIVE_LOW").pins["resetn"].polarity == "low"


def test_a_version_can_look_otherwise():
    assert "axis_data_count" in look("axis_data_fifo", "1.1").pins
    assert "axis_data_count" not in look("axis_data_fifo").pins


def test_wires_of_an_interface_can_be_joined_one_by_one():
    made = look("processing_system7")
    assert "M_AXI_GP0_ARVALID" in made.interfaces["M_AXI_GP0"].pins
    assert made.pins["M_AXI_GP0_ARVALID"].direction == "out"
    assert look("hbm").pins["AXI_00_ARVALID"].direction == "in"
    assert look("axi_dma").pins["m_axis_mm2s_tdata"].width == 32


def test_parameters_are_found_whatever_the_case_of_their_names():
    assert "M_AXI_SG" not in look("axi_dma", C_INCLUDE_SG=0).interfaces


# ------------------------------------------------------------------------- values it is given


@pytest.mark.parametrize("value", ["0", "99999999", "many", "", "-1", "1.5e3"])
def test_a_value_that_is_not_allowed_counts_as_not_given(value):
    assert look("smartconnect", NUM_MI=value) == look("smartconnect")


TEXTS = st.one_of(
    st.sampled_from(
        ["0", "1", "2", "16", "64", "true", "false", "0x10", "AXI3", "1.5", "ACTIVE_LOW"]
    ),
    st.text(max_size=8),
    st.integers(-5, 5000).map(str),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_parameters_of_any_ip_break_its_looks(data):
    type = data.draw(st.sampled_from(KNOWN.types))
    names = sorted(KNOWN.instance(Cell("x", "ip", type)).parameters) or ["NONE"]
    given = data.draw(st.dictionaries(st.sampled_from(names[:80]), TEXTS, max_size=6))
    made = KNOWN.instance(Cell("x", "ip", type, parameters=pairs(given)))
    assert made.known
    assert all(set(one.pins) <= set(made.pins) for one in made.interfaces.values())


# ------------------------------------------------------------------------------------ kernels


def test_a_kernel_in_hls_looks_as_its_signature_says():
    ffn = kernel.load(ROOT / "ip/ffn/kernel.yml", form="int8")
    known = KNOWN.of_kernels([ffn])
    made = known.instance(Cell("ffn_0", "ip", "bitwright:hls:ffn"))
    assert made.interfaces["m_axi_gmem1"].data_width == 256
    assert made.interfaces["s_axi_control"].protocol == "AXI4LITE"
    assert made.spaces["Data_m_axi_gmem1"].interfaces == ("m_axi_gmem1",)
    assert made.segments["s_axi_control/Reg"].range == 1 << ffn.control_addr_width
    assert made.pins["ap_rst_n"].polarity == "low"
    assert made.pins["interrupt"].kind == "intr"
    assert KNOWN.instance(Cell("ffn_0", "ip", "bitwright:hls:ffn")) is None


def test_a_kernel_in_rtl_has_the_names_that_vivados_packager_gives():
    matmul = kernel.load(ROOT / "cores/matmul/kernel.yml")
    made = KNOWN.of_kernels([matmul]).instance(Cell("m", "ip", "bitwright:rtl:matmul"))
    assert made.spaces["m_axi_gmem"].addr_width == 64
    assert set(made.segments) == {"s_axi_control/reg0"}
    assert made.versions == ("1.0",)


# -------------------------------------------------------------------------------- wrong files


def faults(tmp_path, text, more=""):
    folder = tmp_path / "bd/catalogue"
    folder.mkdir(parents=True)
    (folder / "bad.yml").write_text(text, "utf-8")
    if more:
        (folder / "worse.yml").write_text(more, "utf-8")
    with pytest.raises(ConfigError) as caught:
        catalogue.load(tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "entry", "why"),
    [
        (3, "a: {direction: sideways}", "direction 'sideways'; expected one of in, out, inout"),
        (3, "a: {direction: in, width: N}", "unknown name 'N'"),
        (3, "a: {direction: in, wide: 3}", "unknown key 'wide'"),
        (3, "a: {direction: in, when: 1 +}", "is no expression"),
        (3, "a: {direction: in, kind: clock}", "kind 'clock'"),
        (3, "a: in", "expected a mapping"),
        (3, '"a{i}": {direction: in, each: {i: [0]}}', "expected {name: [first, last]}"),
        (3, '"a{j}": {direction: in}', "unknown name 'j'"),
    ],
)
def test_a_fault_of_a_file_is_named_with_its_line(tmp_path, line, entry, why):
    said = faults(tmp_path, f"type: a:b:c\npins:\n  {entry}\n")
    assert f"bad.yml:{line}: " in said
    assert why in said


def test_all_faults_of_all_files_are_named_at_once(tmp_path):
    pin = "pins:\n  a: {direction: up}\n  b: {direction: down}\n"
    said = faults(tmp_path, f"type: a:b:c\n{pin}", f"type: a:b:d\n{pin}")
    assert said.count("\n") == 3
    assert "worse.yml:4" in said


def test_a_type_may_stand_in_one_file_only(tmp_path):
    assert "stands already in" in faults(tmp_path, "type: a:b:c\n", "type: a:b:c\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("versions: [1]\n", "missing type"),
        ("type: smartconnect\n", "expected vendor:library:name"),
        ("type: a:b:c\nderived: {A: B}\n", "unknown name 'B'"),
        ("type: a:b:c\ninterfaces:\n  I: {mode: Slave, clock: clk}\n", "no pin 'clk'"),
        ("type: a:b:c\ninterfaces:\n  I: {mode: Slave, members: pci}\n", "no interface file 'pci'"),
        (
            "type: a:b:c\nspaces:\n  D: {windows: [M 0]}\n",
            "expected interface, first byte and bytes",
        ),
    ],
)
def test_what_does_not_hold_together_is_refused(tmp_path, text, why):
    assert why in faults(tmp_path, text)


def test_no_parameter_makes_a_rule_repeat_without_end():
    pin = '"p{i}_{j}": {direction: in, each: {i: [0, N], j: [0, N]}}'
    text = f"type: a:b:c\nparameters: {{N: {{default: 1}}}}\npins:\n  {pin}\n"
    ip = ipfile.of_table(parse(text, "x.yml"), "x.yml", no_members)
    assert len(ip.instance({"N": "9" * 20}, no_members).pins) == rule.MOST


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "type: a:b:c\n",
                "pins:\n",
                "  a: {direction: in}\n",
                '  "b{i}": {each: {i: [0, 9]}}\n',
            ),
            *("interfaces:\n", "  I: {mode: Slave}\n", "  I: {mode: Slave, clock: a}\n", "  - 1\n"),
            *(
                "parameters:\n",
                "  N: {default: 2, low: 1}\n",
                "routes: {I: [I]}\n",
                "derived: {A: N}\n",
            ),
            *(
                "spaces: {D: {interfaces: [I], windows: [I 0 N]}}\n",
                "segments:\n  I/R: {interface: I}\n",
            ),
            *(
                "versions: 3\n",
                "whole: maybe\n",
                "twins: {x: [y]}\n",
                "  when: N\n",
                "  width: N\n",
            ),
        ]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.one_of(FRAGMENTS, st.text(max_size=80)))
def test_any_file_becomes_an_ip_or_a_config_error_with_a_line(text):
    try:
        ip = ipfile.of_table(parse(text, "x.yml"), "x.yml", no_members)
    except ConfigError as error:
        assert re.match(r"x\.yml:\d+: ", str(error))
    else:
        assert ip.instance({"N": "5"}, no_members).type == ip.type


def test_interfaces_have_the_types_that_designs_join():
    assert look("axi_dma").interfaces["M_AXI_MM2S"].vlnv == AXI
    assert look("axi_dma").interfaces["M_AXIS_MM2S"].vlnv == AXIS
