"""The stand-in for Vivado: it runs what is rendered, refuses what Vivado would, and says who it is.

A stand-in that accepted anything would prove nothing about the scripts.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import kernel as kernels
from bitwright.blockdesign import hwh
from bitwright.reports import amd_bit
from bitwright.reports.read import recognise

from tests.standins import packaged, reports
from tests.standins.install import Standins, install
from tests.standins.reports import MARK, Netlist
from tests.standins.scripted import ROOT, STEPS, Scripted, source

NETLIST = Netlist(
    design="zynq_wrapper",
    part="xc7z020clg400-1",
    instance="zynq_i",
    cells=("reset", "ffn", "matmul"),
    kernels=("ffn", "matmul"),
    clocks=(("clk_fpga_0", 10.0),),
    state="Routed",
    missed={},
)


@pytest.fixture(scope="module")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Standins:
    return install(tmp_path_factory.mktemp("standins"), "vivado")


@pytest.fixture(autouse=True)
def behaving(standins: Standins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    standins.behave()


# --- reports --------------------------------------------------------------------------------------

KINDS = [
    *((name, ()) for name in reports.TEXTS),
    ("report_utilization", ("-hierarchical",)),
    ("report_route_status", ()),
]
NETLISTS = {
    "good": NETLIST,
    "setup": replace(NETLIST, missed={"setup": -0.5}),
    "hold": replace(NETLIST, missed={"hold": -0.1}),
    "pulse": replace(NETLIST, missed={"pulse": -0.2}),
    "bad": replace(NETLIST, drc_errors=1, cdc_critical=1, unrouted=2),
    "clocks": replace(NETLIST, clocks=(("a", 10.0), ("b", 4.0))),
}


@pytest.mark.parametrize(("command", "options"), KINDS)
@pytest.mark.parametrize("of", NETLISTS)
def test_readers_of_the_project_accept_every_report_and_find_it_whole(command, options, of):
    words = (*options, "-details", "-file", "x.rpt") if command == "report_cdc" else options
    text = reports.report(command, words, NETLISTS[of], "2024.1")
    assert MARK in text
    origin = Path(f"{command}.rpt")
    reading = recognise.recognise(text[:4096], origin=origin).parse(text, origin=origin)
    assert not getattr(reading, "incomplete", "")


# --- whole builds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["pynq-z2", "u280"])
def test_every_script_of_a_build_runs(target, standins, tmp_path):
    build = Scripted(tmp_path / "build", standins, "tiny", target)
    for step in STEPS:
        done = build.run(step)
        assert done.returncode == 0, done.stdout + done.stderr
        assert MARK in done.stdout
        assert done.stdout.rstrip().endswith("...")
        assert "bitwright: done" in done.stdout
    path = build.folder / "block_design/tiny.hwh"
    made = hwh.read(path.read_text(), origin=path)
    assert {(a.offset, a.range) for a in made.addresses} == {
        (a.offset, a.range) for a in build.model.addresses
    }
    bit = amd_bit.parse((build.folder / "bitstream/tiny.bit").read_bytes(), origin=path)
    assert bit.user_id == bit.usr_access == 0x0123ABCD
    for file in (*path.parent.rglob("design/design.*"), path, build.folder / "bitstream/tiny.bit"):
        if file.is_file():
            assert MARK.encode() in file.read_bytes(), file


def test_design_that_the_checks_refuse_is_not_valid(standins, tmp_path):
    build = Scripted(tmp_path / "build", standins, "tiny", "pynq-z2")
    script = build.folder / "block_design/design.tcl"
    lines = script.read_text().splitlines(keepends=True)
    without = [line for line in lines if not re.search(r"connect_bd_net.*ap_clk", line)]
    if len(without) == len(lines):  # the net is written over several lines
        text = script.read_text()
        without = [re.sub(r"\[get_bd_pins \{?ffn/ap_clk\}?\]", "", text)]
        assert without[0] != text
    script.write_text("".join(without))
    done = build.run("block_design")
    assert done.returncode == 1
    assert "ERROR: [BD 41-1031] Validation failed" in done.stdout
    assert not (build.folder / "block_design/tiny.hwh").exists()


# --- refusals -------------------------------------------------------------------------------------

PROJECT = "create_project -part xc7z020clg400-1 p p\n"
NET = "create_project -in_memory -part xc7z020clg400-1\nread_verilog a.v\nsynth_design -top a\n"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("frobnicate 1", 'invalid command name "frobnicate"'),
        ("open_project none.xpr", "no such file: none.xpr"),
        ("open_checkpoint none.dcp", "no such file: none.dcp"),
        ("open_checkpoint half.dcp", "half.dcp is no checkpoint"),
        ("create_project -part xc9 p p", "Specified part 'xc9' is not known"),
        (PROJECT + PROJECT, "exists. Use '-force'"),
        (PROJECT + "add_files none.v", "no such file: none.v"),
        (
            PROJECT + "set_property ip_repo_paths {none} [current_project]",
            "no IP in the repository",
        ),
        (PROJECT + "create_bd_design d\ncreate_bd_cell -type ip -vlnv x:y:z:1 c", "x:y:z:1"),
        (NET + "place_design", ""),
        (NET + "route_design", "route_design: the design is Synthesized"),
        (NET + "write_bitstream x.bit", "the design is Synthesized, not Routed"),
        (NET + "opt_design -fast", "Unknown option '-fast'"),
        (NET + "get_cells nowhere/x", "No cells matched 'nowhere/x'"),
        ("report_power -file x", "No open design"),
        ("set_param no.such 1", "set_param: no parameter"),
    ],
)
def test_what_vivado_would_refuse_is_refused(script, told, standins, tmp_path):
    (tmp_path / "a.v").write_text("module a; endmodule\n")
    (tmp_path / "half.dcp").write_bytes(b"PK\x03\x04 half")
    (tmp_path / "go.tcl").write_text(f"{script}\nputs {{bitwright: done}}\n")
    done = source(standins, tmp_path, "go.tcl")
    assert done.returncode == (1 if told else 0), done.stdout + done.stderr
    assert ("bitwright: done" in done.stdout) == (not told)
    assert "\nERROR: " in done.stdout or not told
    assert told in done.stdout


def test_another_command_line_is_refused(standins, tmp_path):
    done = source(Standins(standins.folder), tmp_path, "none.tcl")
    assert done.returncode == 1
    assert "source: no file none.tcl" in done.stdout


# --- v++ ------------------------------------------------------------------------------------------

LINK = ("--link", "--target", "hw", "--platform", "xilinx_u280_gen3x16_xdma_1_202211_1", "--config")
LINK += ("link.cfg", "--output", "x.xclbin", "ffn.xo")
GOOD = "[connectivity]\nnk=ffn:1:ffn_1\nsp=ffn_1.m_axi_gmem0:HBM[0:3]\nslr=ffn_1:SLR0\n"
PROBED = "[debug]\nchipscope=ffn_1:m_axi_gmem0\nchipscope=ffn_1:s_axi_control\n"


@pytest.mark.parametrize(
    ("config", "words", "told"),
    [
        (GOOD, LINK, ""),
        (GOOD.replace("nk=ffn", "nk=fft"), LINK, "no kernel fft"),
        (GOOD.replace("gmem0", "gmem9"), LINK, "no such master or memory"),
        (GOOD.replace("0:3", "0:32"), LINK, "no such master or memory"),
        (GOOD + "[nothing]\n", LINK, "no section [nothing]"),
        (GOOD + "what=1\n", LINK, "not understood: what=1"),
        (GOOD + PROBED, LINK, ""),
        (GOOD + PROBED.replace("ffn_1", "ffn"), LINK, "no such unit"),
        (GOOD + PROBED.replace("gmem0", "gmem9"), LINK, "no such interface"),
        (GOOD, (*LINK, "--fast"), "unrecognised option '--fast'"),
        (GOOD, (*LINK, "--to_step", "vpl.none"), "no step vpl.none"),
        (GOOD, (*LINK, "none.xo"), "none.xo is no kernel object"),
        (GOOD, tuple(word.replace("u280", "u999") for word in LINK), "no platform"),
    ],
)
def test_link_refuses_what_vpp_would(config, words, told, tmp_path):
    standins = install(tmp_path / "bin", "v++")
    kernel = kernels.load(ROOT / "ip/ffn/kernel.yml", "kernel.yml", form="int8")
    with zipfile.ZipFile(tmp_path / "ffn.xo", "w") as archive:
        archive.writestr("ip_repo/ffn/component.xml", packaged.component_xml(kernel))
    (tmp_path / "link.cfg").write_text(config)
    argv = [f"{standins.folder}/v++", *words]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if told else 0), done.stdout + done.stderr
    assert told in done.stdout
    assert (tmp_path / "x.xclbin").exists() == (not told)
