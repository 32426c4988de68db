"""Every core under cores/ keeps its promise: its simulation passes, its lint finds nothing, and
`fusesoc run` fails when a test does."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORES = sorted(p.stem for p in ROOT.glob("cores/*/*.core") if "flow: cocotb" in p.read_text())


def test_all_cores_are_here():
    assert CORES == ["axi", "control", "matmul", "stream", "systolic"]


@pytest.mark.parametrize("core", CORES)
def test_the_simulation_of_a_core_passes(core, fusesoc, tmp_path):
    library = "sim" if core == "axi" else "rtl"
    ran = fusesoc(tmp_path, "sim", f"bitwright:{library}:{core}")
    assert ran.status == 0, ran.text[-8000:]
    (results,) = tmp_path.glob("*/sim/results.xml")
    cases = list(ElementTree.parse(results).iter("testcase"))
    assert len(cases) >= 10
    assert not [case for case in cases if case.find("failure") is not None]


def test_the_compiled_memory_model_catches_every_breach(tmp_path):
    program, axi = tmp_path / "test", ROOT / "cores" / "axi"
    source = axi / "tb" / "axi_memory_test.cpp"
    strict = ("-std=c++20", "-Wall", "-Werror", f"-I{axi / 'sim'}")
    subprocess.run(("g++", *strict, source, "-o", program), check=True)
    ended = subprocess.run([program], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("core", [core for core in CORES if core != "axi"])
def test_lint_of_a_core_finds_nothing(core, fusesoc, tmp_path):
    ran = fusesoc(tmp_path, "lint", f"bitwright:rtl:{core}")
    assert ran.status == 0, ran.text[-8000:]
    assert "%Warning" not in ran.text


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("  assign y_o = x_i + 2'b1;", "WIDTH"),  # Verilator
        ("  assign y_o = x_i;   ", "trailing"),  # Verible's linter
        ("    assign   y_o = x_i;", "Needs formatting"),  # Verible's formatter
    ],
)
def test_lint_fails_on(line, finding, fusesoc, tmp_path):
    write_inverter(tmp_path, line)
    ran = fusesoc(tmp_path / "build", "lint", "test:test:inverter", cores=tmp_path / "core")
    assert ran.status != 0
    assert finding in ran.text


# What a failing test, a missing one and a dead simulator come to. One build, some runs.


@pytest.fixture(scope="module")
def inverter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inverter")
    write_inverter(folder, "  assign y_o = !x_i;")
    return folder


@pytest.mark.parametrize(
    ("chosen", "passes", "says"),
    [
        ("it_inverts", True, ""),
        ("it_follows", False, "1 of 1 tests failed: it_follows"),
        ("no_such_test", False, "no test ran"),
        ("it_dies", False, "the simulation left no readable"),
        ("it_inverts|it_follows", False, "1 of 2 tests failed"),
    ],
)
def test_fusesoc_ends_with_what_the_tests_say(chosen, passes, says, fusesoc, inverter):
    options = ("--cocotb_filter", chosen)
    ran = fusesoc(
        inverter / "build", "sim", "test:test:inverter", *options, cores=inverter / "core"
    )
    assert (ran.status == 0) == passes, ran.text[-8000:]
    assert says in ran.text


CORE = """\
    CAPI=2:
    name: test:test:inverter:1
    filesets:
      rtl: {files: [inverter.sv: {file_type: systemVerilogSource}]}
      tb: {files: [test_inverter.py: {file_type: user}]}
    targets:
      sim:
        flow: cocotb
        flow_options: {cocotb_module: test_inverter}
        filesets: [rtl, tb]
        toplevel: inverter
      lint: {flow: sv_lint, filesets: [rtl], toplevel: inverter}
    """
TESTS = """\
    import os
    import cocotb
    from cocotb.triggers import Timer

    async def answer(dut, x):
        dut.x_i.value = x
        await Timer(1, "ns")
        return int(dut.y_o.value)

    @cocotb.test
    async def it_inverts(dut):
        assert [await answer(dut, x) for x in (0, 1)] == [1, 0]

    @cocotb.test
    async def it_follows(dut):
        assert [await answer(dut, x) for x in (0, 1)] == [0, 1]

    @cocotb.test
    async def it_dies(dut):
        os._exit(0)
    """


def write_inverter(folder: Path, line: str) -> None:
    """A core of one module, whose only assignment is `line`, and three tests."""
    ports = "    input  logic x_i,\n    output logic y_o\n"
    source = f"module inverter (\n{ports});\n{line}\nendmodule\n"
    (folder / "core").mkdir()
    (folder / "core" / "inverter.sv").write_text(source)
    (folder / "core" / "inverter.core").write_text(textwrap.dedent(CORE))
    (folder / "core" / "test_inverter.py").write_text(textwrap.dedent(TESTS))
