"""What stands beside an adopted source: signature, core, scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import kernel
from bitwright.hls import adopt
from bitwright.hls.adopt import tclfile
from hypothesis import given
from hypothesis import strategies as st

from tests.hls import csynth
from tests.hls import tools as standins
from tests.hls.adopt.conftest import OPEN, put
from tests.hls.adopt.shapes import SHAPES

SCRIPT = """
open_project hls_[lindex $argv 0]
set_top forward
add_files src/[lindex $argv 0].cpp
add_files -tb src/[lindex $argv 0]_tb.cpp
open_solution "solution1" -flow_target vitis
# set_part xcu200-fsgd2104-2-e
set_part {xcu250-figd2104-2L-e}
create_clock -name ap_clk -period 2.50
config_compile -unsafe_math_optimizations \\
  -name_max_length 80
set_directive_inline node0 ; # not ours to know
if {[lindex $argv 1] == "csim"} {
  csim_design
} elseif {[lindex $argv 1] == "syn"} {
  set_part {never}
  csynth_design
} else {
  puts "Error: [lindex $argv 1] is not a valid argument"
}
exit"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The shape with a scalar, adopted as Stream-HLS lays it out: hls.tcl above src/."""
    put(tmp_path / "hls", SCRIPT, "hls.tcl")
    found = adopt.adopt(put(tmp_path / "hls" / "src", SHAPES["handled"]))
    adopt.write(found, tmp_path / "made")
    assert [r.partition("hls.tcl:")[2] for r in found.remarks if "hls.tcl" in r] == [
        "12: `set_directive_inline` is not carried over"
    ]
    return tmp_path / "made"


def test_the_signature_has_the_arguments_of_the_source_in_their_order(made: Path):
    found = kernel.load(made / "kernel.yml")
    assert (found.name, found.vlnv) == ("forward", "bitwright:net:forward:1.0")
    assert [
        (a.name, a.kind, a.direction, a.format, a.shape, a.bundle) for a in found.arguments
    ] == [
        ("a", "memory", "read", "fp32", (4, 8), "gmem0"),
        ("b", "memory", "read", "fp32", (8,), "gmem1"),
        ("scale", "scalar", "read", "fp32", (), None),
        ("c", "memory", "write", "fp32", (4, 8), "gmem2"),
    ]
    assert [(r.name, r.offset) for r in found.registers[4:]] == [
        ("a", 0x10), ("b", 0x1C), ("scale", 0x28), ("c", 0x30)
    ]  # fmt: skip
    assert {b.data_width for b in found.bundles} == {256}
    assert found.argument("a").doc == "float a[4][8]"


def test_scripts_take_part_clock_and_settings_of_the_source_and_export(made: Path):
    tcl = (made / "hls.tcl").read_text()
    assert "argv" not in tcl
    lines = tcl.splitlines()
    for line in (
        "set_top forward", "add_files net.cpp", "add_files -tb net_tb.cpp",
        "open_solution -reset solution1 -flow_target vitis", "set_part xcu250-figd2104-2L-e",
        "create_clock -period 2.50ns -name default",
        "config_compile -unsafe_math_optimizations=true", "config_compile -name_max_length 80",
        "config_interface -m_axi_alignment_byte_size 64",
    ):  # fmt: skip
        assert line in lines, line
    assert lines.index("csynth_design") < max(
        i for i, x in enumerate(lines) if "export_pinned" in x
    )
    config = (made / "hls_config.cfg").read_text().splitlines()
    for line in (
        "part=xcu250-figd2104-2L-e", "clock=2.50ns", "flow_target=vitis", "syn.top=forward",
        "syn.file=net.cpp", "tb.file=net_tb.cpp", "syn.compile.unsafe_math_optimizations=true",
        "syn.compile.name_max_length=80", "syn.interface.m_axi_alignment_byte_size=64",
        "package.output.format=ip_catalog", "package.ip.library=net", "package.ip.name=forward",
    ):  # fmt: skip
        assert line in config, line


def test_without_a_script_the_project_is_as_stream_hls_has_it(adopted):
    tcl = adopted(SHAPES["opt1"]).files["hls.tcl"].decode()
    assert "set_part xcu280-fsvh2892-2L-e" in tcl
    assert "create_clock -period 3.33ns" in tcl
    said = adopted(SHAPES["opt1"]).aims.split(", ")
    assert said[0] == "part xcu280-fsvh2892-2L-e (as Stream-HLS has it)"
    assert said[1] == "clock 3.33 ns (as Stream-HLS has it)"


def test_what_is_asked_goes_before_the_script(tmp_path: Path):
    put(tmp_path, SCRIPT, "hls.tcl")
    asked = adopt.Request(
        part="xc7z020clg400-1", clock_ns="10", export="xo", vlnv="a:b:forward:2.0"
    )
    tcl = adopt.adopt(put(tmp_path, SHAPES["opt1"]), asked).files["hls.tcl"].decode()
    assert "set_part xc7z020clg400-1" in tcl
    assert "create_clock -period 10ns" in tcl
    assert "config_export -format xo" in tcl
    said = adopt.adopt(tmp_path / "net.cpp", adopt.Request(clock_ns="10")).aims
    assert said == f"part xcu250-figd2104-2L-e (of {tmp_path / 'hls.tcl'}), clock 10 ns (as asked)"
    assert "-version 2.0" in tcl


def test_the_core_builds_as_our_own_kernels_do(made: Path, tmp_path: Path):
    """FuseSoC, our flow, and stand-ins for the tools that report the signature's register map."""
    signature = kernel.load(made / "kernel.yml")
    tools = standins.make(tmp_path / "bin", csynth.report(signature), signature.vlnv)
    command = [sys.executable, "-s", "-m", "fusesoc.main", "--cores-root", str(made), "run"]
    command += ["--target", "hls", "--setup", "--build", signature.vlnv]
    path = os.pathsep.join((str(Path(sys.executable).parent), str(tools.folder), "/usr/bin:/bin"))
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert list(tmp_path.rglob("forward.zip")), done.stdout
    project = next(tmp_path.rglob("build/**/hls_config.cfg"))
    names = [line.split("=")[1] for line in project.read_text().splitlines() if ".file=" in line]
    assert [Path(name).name for name in names] == ["net.cpp", "net_tb.cpp"]


def test_the_core_simulates_with_open_headers(made: Path, tmp_path: Path):
    """FuseSoC, g++ and the rendered bench; no tool of the vendor."""
    if shutil.which("g++") is None:
        pytest.skip("no g++")
    command = [sys.executable, "-s", "-m", "fusesoc.main", "--cores-root", str(made)]
    command += ["--cores-root", str(OPEN.parent), "run", "--target", "sim"]
    done = subprocess.run(
        [*command, kernel.load(made / "kernel.yml").vlnv],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "c: 32 elements left in c_found.bin" in done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("set a b;set c {d e}\n", [(1, ["set", "a", "b"]), (1, ["set", "c", "d e"])]),
        ('# set x\nputs "a {b\\" c"', [(2, ["puts", 'a {b\\" c'])]),
        ("if 1 {\n set y {z}\n}\nexit", [(1, ["if", "1", "\n set y {z}\n"]), (4, ["exit"])]),
        ("a \\\n  b\nc", [(1, ["a", "b"]), (3, ["c"])]),
        ("a {b", [(1, ["a", "b"])]),
    ],
)
def test_commands_of_a_script_are_found_with_their_line(text, words):
    assert list(tclfile.commands(text)) == words


WORD = st.text("abc_-./0123", min_size=1, max_size=6)


@given(st.lists(st.lists(WORD, min_size=1, max_size=4), max_size=6))
def test_words_of_a_script_come_back_however_they_are_written(commands):
    for form in ("{0}", "{{{0}}}", '"{0}"'):
        text = "\n".join(" ".join(form.format(word) for word in words) for words in commands)
        assert [words for _, words in tclfile.commands(text)] == commands


@given(st.text(alphabet='ab \t\n\r;{}"\\#[]$-=', max_size=60))
def test_no_script_makes_the_reader_fail(text):
    tclfile.parse(text, "hls.tcl")


def test_the_bench_fits_scalars_types_and_references(tmp_path: Path):
    if shutil.which("g++") is None:
        pytest.skip("no g++")
    text = """#include <ap_int.h>
#include <hls_half.h>
#include <stdint.h>
void forward(const half (&x)[2][3], ap_int<8> n[4], const int32_t &k, bool on, uint16_t y[5]) {
  n[0] = k + on;
  y[0] = (float)x[0][0];
}
"""
    adopt.write(adopt.adopt(put(tmp_path, text)), tmp_path / "made")
    from bitwright.hls import csim

    done = subprocess.run(
        ["g++", "-std=c++17", "-fsyntax-only", "-Wall", "-Wno-unknown-pragmas", f"-I{OPEN}",
         "-isystem", csim.ap_types(), str(tmp_path / "made" / "net_tb.cpp")],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.stderr == ""
