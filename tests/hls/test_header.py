"""The register map of an HLS kernel for C and Python: the driver header, and constants."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.hls.header import driver_header, python_map, words
from bitwright.kernel import Kernel, load
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SCALE = """
kernel: scale
vlnv: lab:hls:scale:1.0
bundles: {gmem: {data_width: 64, addr_width: 64}}
dimensions: {count: {max: 64}}
arguments:
  - {name: data, kind: memory, direction: read_write, format: int8, shape: [count],
     layout: row_major, bundle: gmem, align: 64}
  - {name: count, kind: scalar, format: uint32}
  - {name: shift, kind: scalar, format: uint8}
registers:
  - {name: status, format: uint32, bits: {refused: 2}}
"""
HEADER = """\
// Generated from the kernel.yml of lab:hls:scale:1.0; edit that file, not this one.
// control
// 0x000 : Control signals
//         bit 0  - ap_start (Read/Write/COH)
//         bit 1  - ap_done (Read/COR)
//         bit 2  - ap_idle (Read)
//         bit 3  - ap_ready (Read/COR)
//         bit 7  - auto_restart (Read/Write)
//         bit 9  - interrupt (Read)
//         others - reserved
// 0x004 : Global Interrupt Enable Register
//         bit 0  - Global Interrupt Enable (Read/Write)
//         others - reserved
// 0x008 : IP Interrupt Enable Register (Read/Write)
//         bit 0 - enable ap_done interrupt (Read/Write)
//         bit 1 - enable ap_ready interrupt (Read/Write)
//         others - reserved
// 0x00c : IP Interrupt Status Register (Read/TOW)
//         bit 0 - ap_done (Read/TOW)
//         bit 1 - ap_ready (Read/TOW)
//         others - reserved
// 0x010 : Data signal of data
//         bit 31~0 - data[31:0] (Read/Write)
// 0x014 : Data signal of data
//         bit 31~0 - data[63:32] (Read/Write)
// 0x018 : reserved
// 0x01c : Data signal of count
//         bit 31~0 - count[31:0] (Read/Write)
// 0x020 : reserved
// 0x024 : Data signal of shift
//         bit 7~0 - shift[7:0] (Read/Write)
//         others   - reserved
// 0x028 : reserved
// 0x800 : Data signal of status
//         bit 31~0 - status[31:0] (Read)
//         bit 2  - refused
// 0x804 : Control signal of status
//         bit 0  - status_ap_vld (Read/COR)
//         others - reserved
// (SC = Self Clear, COR = Clear on Read, TOW = Toggle on Write, COH = Clear on Handshake)

#define XSCALE_CONTROL_ADDR_AP_CTRL     0x000
#define XSCALE_CONTROL_ADDR_GIE         0x004
#define XSCALE_CONTROL_ADDR_IER         0x008
#define XSCALE_CONTROL_ADDR_ISR         0x00c
#define XSCALE_CONTROL_ADDR_DATA_DATA   0x010
#define XSCALE_CONTROL_BITS_DATA_DATA   64
#define XSCALE_CONTROL_ADDR_COUNT_DATA  0x01c
#define XSCALE_CONTROL_BITS_COUNT_DATA  32
#define XSCALE_CONTROL_ADDR_SHIFT_DATA  0x024
#define XSCALE_CONTROL_BITS_SHIFT_DATA  8
#define XSCALE_CONTROL_ADDR_STATUS_DATA 0x800
#define XSCALE_CONTROL_BITS_STATUS_DATA 32
#define XSCALE_CONTROL_ADDR_STATUS_CTRL 0x804
"""
OURS = [(name, form) for name in ("ffn", "mhsa") for form in ("fp16", "int8", "w4a8")]


def made(tmp_path: Path, text: str = SCALE) -> Kernel:
    path = tmp_path / "kernel.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def ours(name: str, form: str) -> Kernel:
    return load(ROOT / "ip" / name / "kernel.yml", form=form)


def test_the_header_is_laid_out_as_vitis_hls_lays_out_its_own(tmp_path: Path) -> None:
    assert driver_header(made(tmp_path)) == HEADER


def test_a_kernel_without_outputs_has_offsets_of_two_digits_as_the_tool_prints_them(
    tmp_path: Path,
) -> None:
    text = driver_header(made(tmp_path, SCALE.split("registers:")[0]))
    assert "// 0x10 : Data signal of data\n//        bit 31~0 - data[31:0]" in text
    assert re.search(r"#define XSCALE_CONTROL_ADDR_SHIFT_DATA +0x24\n", text)
    assert "STATUS" not in text


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Every constant of the headers of our kernels in int8, as g++ understands it."""
    folder = tmp_path_factory.mktemp("header")
    lines = ["#include <cstdio>"]
    names: list[str] = []
    for kernel in (ours("ffn", "int8"), ours("mhsa", "int8")):
        text = driver_header(kernel)
        (folder / f"x{kernel.name}_hw.h").write_text(text, encoding="utf-8")
        lines.append(f'#include "x{kernel.name}_hw.h"')
        names += re.findall(r"#define (\w+)", text)
    prints = [f'  std::printf("{name} %d\\n", {name});' for name in names]
    source = folder / "print.cpp"
    source.write_text("\n".join([*lines, "int main() {", *prints, "}", ""]), encoding="utf-8")
    program = folder / "print"
    subprocess.run(
        ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True
    )
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return {name: int(value) for name, value in map(str.split, printed.splitlines())}


@pytest.mark.parametrize("name", ["ffn", "mhsa"])
def test_what_the_compiler_reads_is_what_the_signature_says(
    name: str, compiled: dict[str, int]
) -> None:
    kernel, prefix = ours(name, "int8"), f"X{name.upper()}_CONTROL"
    expected = {f"{prefix}_ADDR_{n}": 4 * i for i, n in enumerate(("AP_CTRL", "GIE", "IER", "ISR"))}
    for register in kernel.registers[4:]:
        expected[f"{prefix}_ADDR_{register.name.upper()}_DATA"] = register.offset
    expected[f"{prefix}_ADDR_STATUS_CTRL"] = 0x804
    addresses = {k: v for k, v in compiled.items() if k.startswith(f"{prefix}_ADDR")}
    assert addresses == expected
    bits = {k: v for k, v in compiled.items() if k.startswith(f"{prefix}_BITS")}
    assert len(bits) == len(kernel.registers) - 4
    for argument in kernel.arguments:
        found = bits[f"{prefix}_BITS_{argument.name.upper()}_DATA"]
        assert found == (64 if argument.kind == "memory" else {"uint8": 8}.get(argument.format, 32))


@pytest.mark.parametrize(("name", "form"), OURS)
def test_c_and_python_have_one_map(name: str, form: str) -> None:
    kernel = ours(name, form)
    python: dict[str, dict[str, int]] = {}
    exec(python_map(kernel), python)
    c = dict(re.findall(r"#define (\w+) +(\w+)", driver_header(kernel)))
    control = {"ctrl": "AP_CTRL", "gie": "GIE", "ier": "IER", "isr": "ISR"}
    prefix = f"X{name.upper()}_CONTROL"
    for register, offset in python["OFFSET"].items():
        macro = control.get(register, f"{register.upper()}_DATA")
        assert int(c[f"{prefix}_ADDR_{macro}"], 16) == offset == kernel.register(register).offset
        if register not in control:
            assert int(c[f"{prefix}_BITS_{macro}"]) == python["WIDTH"][register]
    assert python["OFFSET"].keys() == {r.name for r in kernel.registers}
    assert python["VALID"] == {"status": 0x804}
    assert python["BITS"]["status"] == {
        "read_error": (0, 1),
        "write_error": (1, 1),
        "bad_argument": (2, 1),
    }


def test_no_word_lies_on_another_and_every_register_has_its_words(tmp_path: Path) -> None:
    kernel = made(tmp_path)
    found = words(kernel)
    assert [(w.name, w.offset, w.bits, w.access) for w in found[4:]] == [
        ("data_1", 0x10, 32, "W"),
        ("data_2", 0x14, 32, "W"),
        ("count", 0x1C, 32, "W"),
        ("shift", 0x24, 8, "W"),
        ("status", 0x800, 32, "R"),
        ("status_ctrl", 0x804, 1, "R"),
    ]


def test_an_output_whose_valid_word_has_no_room_is_refused(tmp_path: Path) -> None:
    wide = SCALE.replace("bits: {refused: 2}", "doc: x").replace(
        "format: uint32, doc", "format: uint64, doc"
    )
    wide += "  - {name: cycles, format: uint32}\n"
    with pytest.raises(ConfigError, match="status_ctrl and cycles are both at 0x808"):
        words(made(tmp_path, wide))


@given(st.lists(st.sampled_from(["memory", "uint64", "int32", "uint8"]), max_size=20))
def test_offsets_follow_the_rule_of_ap_ctrl_hs(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str]
) -> None:
    entries = [
        f"  - {{name: a{at}, kind: memory, direction: read, format: int8, shape: [4],"
        " layout: row_major, bundle: gmem, align: 64}"
        if kind == "memory"
        else f"  - {{name: a{at}, kind: scalar, format: {kind}}}"
        for at, kind in enumerate(kinds)
    ]
    text = SCALE[: SCALE.index("dimensions")] + "arguments:" + ("\n" if entries else " []\n")
    kernel = made(tmp_path_factory.mktemp("k"), text + "\n".join([*entries, ""]))
    offset, expected = 0x10, []
    for at, kind in enumerate(kinds):
        expected.append((f"A{at}", offset))
        offset += 12 if kind in ("memory", "uint64") else 8
    found = re.findall(r"_ADDR_(A\d+)_DATA +0x(\w+)", driver_header(kernel))
    assert [(name, int(value, 16)) for name, value in found] == expected
