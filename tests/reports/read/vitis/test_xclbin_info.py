"""xclbinutil --info: the platform, its clocks and memories, kernels and how they are wired."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vitis.xclbin_info import parse_xclbin_info

from tests.reports.read.specimens import text_of

HERE = Path("matvec.xclbin.info")
SPECIMENS = ("xrt-2.8.0/matvec.xclbin.info", "xrt-2.14.0/emulated.xclbin.info")


def test_an_xclbin_says_what_it_is_and_where_it_runs():
    info = parse_xclbin_info(text_of(SPECIMENS[0]), origin=HERE)
    assert (info.version, info.part, info.xrt_version) == ("2020.2", "xcu250", "2.8.0")
    assert info.uuid == "5f0c9a1e-3b77-4c1d-9a52-0d6f1e2b8c44"
    assert info.sections[-2:] == ("CLOCK_FREQ_TOPOLOGY", "BUILD_METADATA")
    assert info.platform["platform_vbnv"] == "example_bench_base_1_0"
    assert info.command_line == "v++ --target hw --link --output matvec.xclbin matvec.xo"
    assert info.key_values == {"owner": "bench: nightly"}
    assert (info.missing, info.incomplete) == ({}, "")


def test_clocks_and_memories_have_their_numbers():
    info = parse_xclbin_info(text_of(SPECIMENS[0]), origin=HERE)
    assert [(c.name, c.type, c.frequency_mhz) for c in info.clocks] == [
        ("DATA_CLK", "DATA", 220.0),
        ("KERNEL_CLK", "KERNEL", 500.0),
    ]
    assert [(m.name, m.size_bytes >> 10, m.used) for m in info.memories] == [
        ("bank0", 1 << 24, True),
        ("bank1", 1 << 24, False),
        ("PLRAM[0]", 128, True),
    ]
    assert info.memories[0].base_address == 0x4000000000


def test_a_kernel_has_its_signature_its_ports_and_its_wired_instances():
    (kernel,) = parse_xclbin_info(text_of(SPECIMENS[0]), origin=HERE).kernels
    assert kernel.signature == "matvec (void* x, void* y, unsigned int rows)"
    assert [(one.type, one.name) for one in kernel.arguments][-1] == ("unsigned int", "rows")
    assert (kernel.ports[0].data_width_bits, kernel.ports[1].range_bytes) == (512, 0x1000)
    first, second = kernel.instances
    assert (first.name, first.base_address) == ("matvec_1", 0x1800000)
    assert first.arguments[0].memories == ("bank0", "PLRAM[0]")
    assert (second.arguments[2].memories, second.arguments[2].register_offset) == ((), 0x28)


def test_an_emulated_xclbin_has_no_memory_and_no_address_and_says_why():
    info = parse_xclbin_info(text_of(SPECIMENS[1]), origin=HERE)
    assert (info.memories, info.missing["memories"]) == ((), "not in this xclbin")
    assert info.kernels[0].instances[0].base_address is None
    assert "kernels[0].instances[0].base_address" in info.missing
    assert info.kernels[0].ports[0].range_bytes is None


def test_later_versions_name_scalable_and_system_clocks():
    wizard, kernel = parse_xclbin_info(text_of(SPECIMENS[1]), origin=HERE).clocks
    assert (wizard.name, wizard.frequency_mhz, wizard.requested_mhz) == (
        "clk_wizard_0_clk_out1",
        62.5,
        None,
    )
    assert (kernel.requested_mhz, kernel.achieved_mhz) == (250.0, 249.997)


def test_a_comma_within_a_type_parts_no_arguments():
    (kernel,) = parse_xclbin_info(text_of(SPECIMENS[1]), origin=HERE).kernels
    assert [one.name for one in kernel.arguments] == ["out"]
    assert kernel.arguments[0].type == "stream<std::array<ap_fixed<16, 4, AP_TRN>, 5>, 0>*"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("xclbin Information\n------", "xclbin\n------", "xclbin Information"),
        ("220 MHz", "220 apples", "a frequency in MHz"),
        ("220 MHz", f"{'9' * 400} MHz", "a frequency in MHz"),
        ("0x1800000", "018", "a number under 'Base Address'"),
        ("   Index:     0\n", f"   Index:     {'9' * 5000}\n", "a number under 'Index'"),
        ("Size: 0x400000000", "Size: a lot", "a number under 'Address Size'"),
        ("Bank Used:    Yes", "Bank Used:    Maybe", "'Bank Used: Yes' or 'No'"),
        ("   Argument:          y\n", "   Argument:          z\n", "the arguments of 'matvec"),
        (
            "Kernels:                matvec",
            "Kernels:                matmul",
            "the kernels 'matvec'",
        ),
        ("   Type:         MEM_DDR4\n", "", "'Type:' once"),
        ("bank0 (MEM_DDR4)", "bank0 of DDR4", "Memory: bank0"),
    ],
)
def test_what_is_not_as_known_is_refused(old, new, problem):
    text = text_of(SPECIMENS[0])
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_xclbin_info(text.replace(old, new), origin=HERE)
