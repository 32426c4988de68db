"""A config on a target becomes a block design: kernels, where they stand, what joins them."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, linked, source
from bitwright.blockdesign.check import check
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import BlockDesign
from bitwright.errors import ConfigError
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
CONFIGS = design.names(ROOT)
BUNDLES = {"matmul": 1, "mhsa": 5, "ffn": 3}
KERNELS = tuple(BUNDLES)

# What each design has besides the kernels, and with all three of them: how many masters go each way
# to the memory, and where the registers begin.
ZYNQ = ("control", "interrupts", "ps", "reset")
ALVEO = (
    *("cattrip", "clocks", "control", "hbm", "hbm_reset", "host", "interrupts", "irq_sync"),
    *("pcie_buffer", "refclk_buffer", "reset", "sysclk_buffer", "xdma"),
)
GOLDEN = {
    "pynq-z2": (ZYNQ, {"memory0": 5, "memory2": 4}, ("ps/Data", 0x4000_0000)),
    "zcu104": (
        (*ZYNQ, "clocks"),
        {"memory0": 3, "memory1": 3, "memory3": 3},
        ("ps/Data", 0xA000_0000),
    ),
    "kv260": (
        (*ZYNQ, "clocks"),
        {"memory0": 3, "memory1": 3, "memory3": 3},
        ("ps/Data", 0xA000_0000),
    ),
    "u280": (ALVEO, {f"memory_{n:02}": 1 for n in range(9)}, ("xdma/M_AXI_LITE", 0)),
    "u280-published": (
        ALVEO,
        {f"memory_{n:02}": 1 for n in range(9)},
        ("xdma/M_AXI", 0x1_0000_0000),
    ),
}
MEMORY = {  # what each bundle sees: bytes from 0 up, and bytes elsewhere
    "pynq-z2": {(0, 512 << 20)},
    "zcu104": {(0, 2 << 30)},
    "kv260": {(0, 2 << 30), (8 << 32, 2 << 30)},
    "u280": {(bank << 28, 1 << 28) for bank in range(32)},
    "u280-published": {(bank << 28, 1 << 28) for bank in range(16)},
    "u280-xrt": {(bank << 28, 1 << 28) for bank in range(32)},
    "u55c-xrt": {(bank << 29, 1 << 29) for bank in range(32)},
}
TARGETS = tuple(MEMORY)


def made(config: str, target: str, root: Path = ROOT) -> BlockDesign:
    return elaborate.of(design.load(config, target=target, root=root), root)


def ends(block: BlockDesign, net: str) -> set[str]:
    return {
        end for one in (*block.nets, *block.interface_nets) if one.name == net for end in one.ends
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The part of the project that designs are made of, to be changed."""
    for folder in ("bd", "configs", "cores/matmul", "ip/mhsa", "ip/ffn"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, (path, old)
    path.write_text(text.replace(old, new))


def with_kernels(root: Path, *names: str) -> BlockDesign:
    """tiny on the pynq-z2 with some of its kernels."""
    lines = (ROOT / "configs/tiny.yml").read_text().splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("kernels:")) + 1
    end = next(n for n, line in enumerate(lines) if line.startswith("targets:"))
    entries: list[list[str]] = []
    for line in lines[start:end]:
        entries += [[]] if line.startswith("  - ") else []
        if entries:  # what stands before them is a comment
            entries[-1].append(line)
    kept = [e for e in entries if e[0].split("#")[0].split()[-1] in names]
    model = [line for line in lines[:start] if not line.startswith("#")]
    text = "".join([*model, *(line for entry in kept for line in entry), "targets: [pynq-z2]\n"])
    (root / "configs/some.yml").write_text(text)
    return made("some", "pynq-z2", root)


# --- each design with each config ---------------------------------------------------------------


@pytest.mark.parametrize("target", GOLDEN)
@pytest.mark.parametrize("config", CONFIGS)
def test_a_design_has_these_cells_and_these_counts(config, target):
    own, ways, (space, first) = GOLDEN[target]
    block = made(config, target)
    assert {cell.path for cell in block.cells} == {*own, *ways, *KERNELS}
    assert {way: int(block.cell(way).parameter("NUM_SI")) for way in ways} == ways
    assert {block.cell(way).parameter("NUM_MI") for way in ways} == {"1"}
    assert block.cell("control").parameter("NUM_MI") == "3"
    assert block.cell("interrupts").parameter("NUM_PORTS") == "3"
    registers = [a for a in block.addresses if "/s_axi_control/" in a.segment]
    assert {(a.segment.split("/")[0], a.space, a.offset, a.range) for a in registers} == {
        (name, space, first + n * 0x1_0000, 4096) for n, name in enumerate(KERNELS)
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("config", CONFIGS)
def test_each_bundle_sees_all_of_the_memory_and_nothing_else(config, target):
    block = made(config, target)
    seen: dict[str, set[tuple[int, int]]] = {}
    for one in block.addresses:
        if one.space.split("/")[0] in KERNELS and not one.excluded:
            seen.setdefault(one.space, set()).add((one.offset, one.range))
    assert len(seen) == sum(BUNDLES.values())
    assert all(ranges == MEMORY[target] for ranges in seen.values())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("config", CONFIGS)
def test_no_two_segments_of_a_space_share_an_address(config, target):
    spaces: dict[str, list[tuple[int, int]]] = {}
    for one in made(config, target).addresses:
        if not one.excluded:
            spaces.setdefault(one.space, []).append((one.offset, one.offset + one.range))
    for ranges in spaces.values():
        assert all(end <= start for (_, end), (start, _) in pairwise(sorted(ranges)))


@pytest.mark.parametrize("target", TARGETS)
def test_the_checks_find_nothing_and_the_design_survives_being_written(target):
    found = design.load("gpt2-medium", target=target, root=ROOT)
    block = elaborate.of(found, ROOT)
    known = catalogue.load(ROOT).of_kernels(one for _, one in elaborate.kernels(found, ROOT))
    assert not check(block, looks(block, known))
    assert source.read(source.dump(block), "x.yml") == block


@pytest.mark.parametrize("target", TARGETS)
def test_every_object_says_where_it_was_written(target):
    block = made("tiny", target)
    for one in (*block.cells, *block.ports, *block.nets, *block.interface_nets, *block.addresses):
        assert one.place.line > 0, one
        assert (ROOT / one.place.file).is_file(), one


# --- kernels ------------------------------------------------------------------------------------


def test_each_kernel_has_clock_reset_interrupt_and_control():
    block = made("tiny", "pynq-z2")
    for number, name in enumerate(KERNELS):
        assert f"{name}/ap_clk" in ends(block, "clk")
        assert f"{name}/ap_rst_n" in ends(block, "resetn")
        assert ends(block, f"{name}_interrupt") == {f"{name}/interrupt", f"interrupts/In{number}"}
        control = {f"{name}/s_axi_control", f"control/M{number:02}_AXI"}
        assert ends(block, f"{name}_s_axi_control") == control


def test_adding_a_kernel_adds_its_cell_and_all_that_joins_it_and_moves_nothing(project):
    before, after = with_kernels(project, "matmul"), with_kernels(project, "matmul", "ffn")
    assert {c.path for c in after.cells} - {c.path for c in before.cells} == {"ffn", "memory2"}
    added = {net.name for net in (*after.nets, *after.interface_nets)} - {
        net.name for net in (*before.nets, *before.interface_nets)
    }
    masters = {f"ffn_m_axi_gmem{n}" for n in range(3)}
    assert added == {"ffn_interrupt", "ffn_s_axi_control", "memory2_M00_AXI", *masters}
    assert set(before.addresses) < set(after.addresses)
    assert {a.space for a in set(after.addresses) - set(before.addresses)} == {
        "ps/Data",
        *(f"ffn/Data_m_axi_gmem{n}" for n in range(3)),
    }
    assert before.cell("interrupts").parameter("NUM_PORTS") == "1"
    assert after.cell("interrupts").parameter("NUM_PORTS") == "2"


def test_a_way_to_the_memory_that_no_bundle_takes_is_not_built(project):
    block = with_kernels(project, "matmul")
    assert "memory2" not in {cell.path for cell in block.cells}
    assert block.cell("ps").parameter("PCW_USE_S_AXI_HP0") == "1"
    assert block.cell("ps").parameter("PCW_USE_S_AXI_HP2") == ""


def test_the_parts_of_a_kernel_say_where_it_stands_in_the_config():
    block = made("tiny", "pynq-z2")
    text = (ROOT / "configs/tiny.yml").read_text().splitlines()
    place = block.cell("mhsa").place
    assert place.file == "configs/tiny.yml"
    assert text[place.line - 1].strip() == "- name: mhsa"
    assert str(block.cell("control").place).startswith("bd/zynq.yml:")


@pytest.mark.parametrize(
    ("target", "cell", "parameter"),
    [
        ("pynq-z2", "ps", "PCW_FPGA0_PERIPHERAL_FREQMHZ"),
        ("kv260", "clocks", "CLKOUT1_REQUESTED_OUT_FREQ"),
        ("u280", "clocks", "CLKOUT1_REQUESTED_OUT_FREQ"),
        ("u280", "hbm", "USER_AXI_CLK_FREQ"),
        ("u280", "hbm", "USER_AXI_INPUT_CLK1_FREQ"),
    ],
)
def test_the_clock_is_what_the_design_asks_for(target, cell, parameter):
    found = design.load("tiny", target=target, options={"clock_mhz": "142.5"}, root=ROOT)
    assert elaborate.of(found, ROOT).cell(cell).parameter(parameter) == "142.5"


# --- Alveo --------------------------------------------------------------------------------------


def test_on_the_u280_each_bundle_has_a_port_of_the_hbm_of_its_own():
    block = made("gpt2-medium", "u280")
    hbm = dict(block.cell("hbm").parameters)
    saxi = {name: value for name, value in hbm.items() if name.startswith("USER_SAXI")}
    assert len(saxi) == 32
    on = sorted(name for name, value in saxi.items() if value == "true")
    assert on == [f"USER_SAXI_{port:02}" for port in (*range(9), 31)]
    assert ends(block, "memory_08_M00_AXI") == {"memory_08/M00_AXI", "hbm/SAXI_08"}
    assert {"hbm/AXI_08_ACLK", "hbm/AXI_31_ACLK"} < ends(block, "clk")


def test_the_hbm_has_its_reference_its_apb_and_its_overtemperature_pin():
    block = made("tiny", "u280")
    clocks = {f"hbm/{pin}_{n}{end}" for n in (0, 1) for pin, end in (("HBM_REF_CLK", ""),)}
    assert clocks | {"hbm/APB_0_PCLK", "hbm/APB_1_PCLK"} < ends(block, "refclk")
    assert {"hbm/APB_0_PRESET_N", "hbm/APB_1_PRESET_N"} < ends(block, "apb_resetn")
    assert ends(block, "cattrip") == {"cattrip/dout", "hbm_cattrip"}
    assert block.cell("cattrip").parameter("CONST_VAL") == "0"


def test_interrupts_come_to_the_host_in_its_own_clock():
    block = made("gpt2-medium", "u280")
    sync = block.cell("irq_sync")
    assert sync.parameter("CDC_TYPE") == "xpm_cdc_array_single"
    assert sync.parameter("WIDTH") == block.cell("xdma").parameter("xdma_num_usr_irq") == "3"
    assert ends(block, "irq") == {"interrupts/dout", "irq_sync/src_in"}
    assert ends(block, "usr_irq") == {"irq_sync/dest_out", "xdma/usr_irq_req"}
    assert {"irq_sync/src_clk", "ffn/ap_clk"} < ends(block, "clk")
    assert {"irq_sync/dest_clk", "xdma/axi_aclk"} < ends(block, "axi_aclk")


def test_an_interrupt_that_goes_past_its_synchroniser_is_found(project):
    file, straight = project / "bd/alveo.yml", "irq: [interrupts/dout, xdma/usr_irq_req]"
    edit(file, "usr_irq: [irq_sync/dest_out, xdma/usr_irq_req]", "usr_irq: [irq_sync/dest_out]")
    edit(file, "irq: [interrupts/dout, irq_sync/src_in]", straight)
    found = design.load("tiny", target="u280", root=project)
    known = catalogue.load(project).of_kernels(one for _, one in elaborate.kernels(found, project))
    block = elaborate.of(found, project)
    crossed = [str(one) for one in check(block, looks(block, known)) if one.rule == "wire-clock"]
    said = "error: {} comes to xdma/usr_irq_req from another clock"
    for kernel in KERNELS:
        assert any(said.format(f"{kernel}/interrupt") in one for one in crossed), crossed


def test_the_reference_of_pcie_goes_through_a_transceivers_buffer():
    block = made("tiny", "u280")
    assert block.cell("pcie_buffer").parameter("C_BUF_TYPE") == "IBUFDSGTE"
    assert ends(block, "pcie_refclk_div2") == {"pcie_buffer/IBUF_DS_ODIV2", "xdma/sys_clk"}
    assert ends(block, "pcie_refclk_gt") == {"pcie_buffer/IBUF_OUT", "xdma/sys_clk_gt"}
    assert "xdma/sys_rst_n" in ends(block, "pcie_perst_n")


def test_the_published_map_has_no_lite_master_and_one_stack():
    block = made("gpt2-medium", "u280-published")
    host = [a for a in block.addresses if a.space == "xdma/M_AXI"]
    memory = [a.offset + a.range for a in host if a.segment.startswith("hbm/SAXI_15/")]
    assert max(memory) == 4 << 30  # where the registers begin
    assert block.cell("hbm").parameter("USER_HBM_STACK") == "1"
    pins = {end for net in (*block.nets, *block.interface_nets) for end in net.ends}
    assert not {"xdma/M_AXI_LITE", "hbm/HBM_REF_CLK_1", "hbm/APB_1_PCLK", "hbm/SAXI_31"} & pins


@pytest.mark.parametrize("target", ["u280-xrt", "u55c-xrt"])
def test_under_xrt_kernels_see_all_banks_and_stand_in_three_regions(target):
    block = made("gpt2-medium", target)
    platform = design.read_target(target, ROOT).platform
    assert linked.platform(block).type == f"bitwright:platform:{platform}"
    assert linked.regions(block) == (("ffn", "SLR2"), ("matmul", "SLR0"), ("mhsa", "SLR1"))
    links = linked.links(block)
    assert links[0] == linked.Link("ffn", "m_axi_gmem0", 0, 31)
    assert [link.cell for link in links] == ["ffn"] * 3 + ["matmul"] + ["mhsa"] * 5
    assert not any("/s_axi_control/" in one.segment for one in block.addresses)


def test_kernels_beyond_the_regions_begin_again_with_the_first(tmp_path):
    found = with_bundles(tmp_path, "u280-xrt", [1, 1, 1, 1])
    (tmp_path / "bd").symlink_to(ROOT / "bd")
    regions = linked.regions(elaborate.of(found, tmp_path))
    assert regions == (("k0", "SLR0"), ("k1", "SLR1"), ("k2", "SLR2"), ("k3", "SLR0"))


# --- what is refused ----------------------------------------------------------------------------

ZYNQ_FAULTS = [
    (
        "preset: processor ",
        "preset: procesor ",
        r"bd/zynq.yml:\d+: preset: no 'procesor' in bd/boards",
    ),
    ("FREQMHZ: clock_mhz", "FREQMHZ: clock", r"bd/zynq.yml:\d+: ps: PCW_FPGA0.*: no value 'clock'"),
    ("stride: 64K", "stride: 2K", r"bd/zynq.yml:\d+: stride: 0x800 bytes; the registers of matmul"),
    ("stride: 64K", "stride: many", r"bd/zynq.yml:\d+: control: stride: expected bytes"),
    ("  clock: clk\n", "", r"bd/zynq.yml:\d+: kernels: missing clock"),
    ("each: [{hp: 0}, {hp: 2}]", "each: {hp: [2, 0]}", r"bd/zynq.yml:\d+: each: expected"),
    ("each: [{hp: 0}, {hp: 2}]", "each: [{hp: no}]", r"bd/zynq.yml:\d+: each: expected"),
    (
        "  memory:\n",
        "  memory: none\n  foo:\n",
        r"bd/zynq.yml:\d+: memory: expected a list of ways",
    ),
]


@pytest.mark.parametrize(("old", "new", "fault"), ZYNQ_FAULTS)
def test_a_fault_of_a_design_is_told_with_its_line(project, old, new, fault):
    edit(project / "bd/zynq.yml", old, new)
    with pytest.raises(ConfigError, match=fault):
        made("tiny", "pynq-z2", project)


def test_a_fault_of_a_way_is_told_once_and_not_for_each_of_its_ports(project):
    edit(
        project / "bd/alveo.yml",
        'clk: ["memory_{p:02}/aclk", ',
        'clk: ["memory_{p:02}/aclk", 1, 1, ',
    )
    with pytest.raises(ConfigError) as caught:
        made("tiny", "u280", project)
    assert len(str(caught.value).splitlines()) == 1


def test_more_masters_than_the_ways_take_are_refused(project):
    edit(
        project / "ip/mhsa/kernel.yml",
        "  gmem4: {",
        "".join(f"  more{n}: {{data_width: 256, addr_width: 64}}\n" for n in range(24))
        + "  gmem4: {",
    )
    with pytest.raises(
        ConfigError, match=r"zynq.yml:\d+: kernels: 33 AXI masters; 2 ways .* 16 each"
    ):
        made("tiny", "pynq-z2", project)


def test_a_platform_takes_as_many_masters_as_it_has_ports(project):
    edit(project / "bd/alveo-xrt.yml", "each: {p: [0, banks - 1]}", "each: {p: [0, 7]}")
    with pytest.raises(
        ConfigError, match=r"kernels: 9 AXI masters; 8 ways to the memory take 1 each"
    ):
        made("tiny", "u280-xrt", project)


def test_an_option_that_the_design_has_not_is_refused(project):
    edit(project / "configs/targets/u280-published.yml", "[published_map]", "[publishd_map]")
    with pytest.raises(ConfigError, match=r"no option 'publishd_map'.*\(options: published_map\)"):
        made("tiny", "u280-published", project)


def test_a_target_without_a_block_design_is_refused():
    with pytest.raises(ConfigError, match=r"configs/targets/ulx3s-85f.yml:1: no block design"):
        made("tiny", "ulx3s-85f")


# --- files without a config ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zynq", "zynqmp", "alveo", "alveo-xrt"])
def test_a_design_alone_has_no_kernels_and_nothing_of_a_board(name):
    block = elaborate.of_file(ROOT / "bd" / f"{name}.yml")
    assert block.cells
    assert not {cell.path for cell in block.cells} & set(KERNELS)
    assert not any("DDR_FREQ" in key for cell in block.cells for key, _ in cell.parameters)


def test_a_file_that_names_everything_itself_is_a_design(tmp_path):
    block = made("tiny", "zcu104")
    (tmp_path / "whole.yml").write_text(source.dump(block))
    assert elaborate.of_file(tmp_path / "whole.yml") == block


def test_of_a_file_alone_counts_are_filled_in_that_its_ips_would_not_have_anyway(tmp_path):
    (tmp_path / "whole.yml").write_text(
        "design: counts\n"
        "cells:\n"
        "  bus: {ip: 'xilinx.com:ip:smartconnect'}\n"
        "  as_always: {ip: 'xilinx.com:ip:smartconnect'}\n"
        "interface_nets:\n"
        "  a: [bus/M02_AXI, as_always/S01_AXI]\n"
        "  b: [as_always/M00_AXI, bus/S00_AXI]\n"
        "nets:\n"
        "  clk: [bus/aclk1, as_always/aclk]\n"
    )
    block = elaborate.of_file(tmp_path / "whole.yml")
    assert block.cell("bus").parameters == (("NUM_CLKS", "2"), ("NUM_MI", "3"), ("NUM_SI", "1"))
    assert block.cell("as_always").parameters == ()


# --- whatever is asked for ----------------------------------------------------------------------


def kernel_text(name: str, bundles: int) -> str:
    rows = [f"kernel: {name}", f"vlnv: bitwright:hls:{name}:1.0", "bundles:"]
    rows += [f"  g{n}: {{data_width: 256, addr_width: 64}}" for n in range(bundles)]
    rows += ["arguments:"]
    for n in range(bundles):
        what = "kind: memory, direction: read, format: int8, layout: row_major, align: 64"
        rows.append(f"  - {{name: p{n}, {what}, shape: [1], bundle: g{n}}}")
    return "\n".join(rows) + "\n"


def with_bundles(root: Path, target: str, counts: list[int]) -> design.Design:
    """A design of so many kernels, with so many bundles each, on a target."""
    names = [f"k{n}" for n in range(len(counts))]
    for name, bundles in zip(names, counts, strict=True):
        (root / "cores" / name).mkdir(parents=True)
        (root / "cores" / name / "kernel.yml").write_text(kernel_text(name, bundles))
    (root / "c.yml").write_text("kernels:\n" + "".join(f"  - name: {name}\n" for name in names))
    specs = tuple(design.KernelSpec(name, "rtl", "int8", ()) for name in names)
    found = design.load("tiny", target=target, root=ROOT)
    return replace(found, source=Path("c.yml"), kernels=specs)


@settings(max_examples=20)
@given(
    st.sampled_from(sorted(set(TARGETS))),
    st.lists(st.integers(1, 9), min_size=1, max_size=16),
)
def test_any_kernels_are_joined_once_each_within_what_an_interconnect_takes(target, counts):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found = with_bundles(root, target, counts)
        (root / "bd").symlink_to(ROOT / "bd")
        try:
            block = elaborate.of(found, root)
        except ConfigError as error:
            assert "AXI masters" in str(error)
            return
    joined = [end for net in block.interface_nets for end in net.ends]
    assert len(joined) == len(set(joined))
    for number, bundles in enumerate(counts):
        ports = {f"k{number}/m_axi_g{n}" for n in range(bundles)}
        assert ports | {f"k{number}/s_axi_control"} <= set(joined)
        assert f"k{number}/ap_clk" in ends(block, "clk")
    numbers = [
        int(value)
        for cell in block.cells
        if cell.type == "xilinx.com:ip:smartconnect"
        for name, value in cell.parameters
        if name in ("NUM_SI", "NUM_MI")
    ]
    assert all(1 <= number <= 16 for number in numbers)
    spaces: dict[str, list[tuple[int, int]]] = {}
    for one in block.addresses:
        spaces.setdefault(one.space, []).append((one.offset, one.offset + one.range))
    for ranges in spaces.values():
        assert all(end <= start for (_, end), (start, _) in pairwise(sorted(ranges)))


FILES = {"zynq": "pynq-z2", "zynqmp": "kv260", "alveo": "u280", "alveo-xrt": "u280-xrt"}
MARKS = ("", ":", "{", "}", "- ", "\n", "[", "]", "0", "{bank}", "{n:02}", ",", "  ")


@settings(max_examples=60)
@given(st.sampled_from(sorted(FILES)), st.floats(0, 1), st.sampled_from(MARKS), st.integers(0, 9))
def test_a_damaged_file_is_a_design_or_one_error_with_file_and_line(name, where, mark, length):
    text = (ROOT / "bd" / f"{name}.yml").read_text()
    start = text.index("\ndesign:") + 1  # comments before it are no matter
    at = start + int(where * (len(text) - start))
    found = design.load("tiny", target=FILES[name], root=ROOT)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.yml"
        path.write_text(text[:at] + mark + text[at + length :])
        try:
            elaborate.of_file(path, design=found, root=ROOT)
        except ConfigError as error:
            first = str(error).splitlines()[0]
            assert re.match(rf"{re.escape(str(path))}:\d+: \S", first), error
