"""The self-test of Vivado: it sees where the catalogue is wrong, and sends nothing private."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import toolchains
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.ip import Instance, Interface, Parameter, Pin, Segment, Space
from bitwright.vivado import looks, scripts, scrub, selftest
from bitwright.vivado.looks import Case, Said
from hypothesis import given
from hypothesis import strategies as st

from tests.blockdesign.vivado_help import faults
from tests.engine.test_real_flow_faults import Clone
from tests.standins.install import install

ROOT = Path(__file__).parents[2]

# --- the script -----------------------------------------------------------------------------------

STRANGE = Case("c", "ip", "x:ip:y", (("A", 'a "b" $c [d] {e'), ("B", "")), "xc7z020clg400-1")


def rendered(*cases: Case) -> str:
    return scripts.render("selftest.tcl.j2", {"part": "xc7z020clg400-1", "cases": cases})


def test_every_command_and_option_of_the_script_exists():
    assert faults(rendered(STRANGE)) == []


def test_tclint_has_nothing_to_say(tmp_path):
    (tmp_path / "selftest.tcl").write_text(rendered(replace(STRANGE, parameters=())))
    program = Path(sys.executable).with_name("tclint")
    done = subprocess.run([program, "selftest.tcl"], cwd=tmp_path, capture_output=True, text=True)
    told = [line for line in done.stdout.splitlines() if "line-length" not in line]
    assert told == []


# --- what differs ---------------------------------------------------------------------------------

LOOK = Instance(
    type="x:ip:y",
    pins={
        "clk": Pin("clk", "in", "clk"),
        "data": Pin("data", "out", width=8),
        "s_awaddr": Pin("s_awaddr", "in", width=32),
    },
    interfaces={
        "S": Interface("S", "Slave", protocol="AXI4LITE", data_width=32, pins=("s_awaddr",))
    },
    spaces={"Data": Space("Data", ("M",))},
    segments={"S/Reg": Segment("S/Reg", "S", 4096)},
    parameters={"W": Parameter("W", "8"), "On": Parameter("On", "true")},
    versions=("1.0", "2.0"),
)
KNOWN = Catalogue({"x:ip:y": lambda parameters, version: LOOK})
CASE = Case("y", "ip", "x:ip:y", (), "part")
DUMP = """cell\ty\tx:ip:y:2.0
pin\ty\tclk\tFALSE\tI\tclk\t\t
pin\ty\tdata\tFALSE\tO\tdata\t7\t0
pin\ty\ts_awaddr\tTRUE\tI\tundef\t31\t0
interface\ty\tS\tSlave\txilinx.com:interface:aximm_rtl:1.0\tAXI4LITE\t32\t12
space\ty\t/y/Data\t4G
segment\ty\t/y/S/Reg\t4K
parameter\ty\tCONFIG.W\t8
parameter\ty\tCONFIG.ON\t1
parameter\ty\tCONFIG.Component_Name\tdesign_y_0
"""


def told(dump: str, case: Case = CASE) -> list[str]:
    return list(looks.differences(case, KNOWN, looks.parse(dump).get(case.name)))


def test_cell_that_is_as_believed_is_told_nothing_of():
    assert told(DUMP) == []


def test_wires_of_an_interface_need_not_be_told_as_pins():
    lines = DUMP.splitlines(keepends=True)
    assert told("".join(line for line in lines if "s_awaddr" not in line)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("y:2.0", "y:3.0", "y: version 3.0; the catalogue has 1.0, 2.0"),
        ("pin\ty\tclk", "pin\ty\tclock", "y: no pin clk"),
        ("pin\ty\tclk", "pin\ty\tclock", "y: pin clock is not in the catalogue"),
        ("FALSE\tO", "FALSE\tI", "y: pin data is I, not out"),
        ("I\tclk", "I\trst", "y: pin clk is of type rst, not clk"),
        ("\t7\t0", "\t15\t0", "y: pin data has 16 bits, not 8"),
        ("interface\ty\tS\t", "interface\ty\tT\t", "y: no interface S"),
        ("interface\ty\tS\t", "interface\ty\tT\t", "y: interface T is not in the catalogue"),
        ("Slave", "Master", "y: interface S is a Master, not a Slave"),
        ("aximm", "axis", "y: interface S is xilinx.com:interface:axis_rtl:1.0, not xilinx.com:"
         "interface:aximm_rtl:1.0"),
        ("AXI4LITE", "AXI4", "y: interface S speaks AXI4, not AXI4LITE"),
        ("LITE\t32", "LITE\t64", "y: interface S has 64 bits of data, not 32"),
        ("y/Data", "y/M", "y: no address space Data"),
        ("y/Data", "y/M", "y: address space M is not in the catalogue"),
        ("S/Reg", "S/reg0", "y: no address segment S/Reg"),
        ("W\t8", "W\t9", "y: parameter W is '9' by default, not '8'"),
        ("CONFIG.W", "CONFIG.V", "y: no parameter W"),
        ("cell", "problem", "y: x:ip:y cannot be made: x:ip:y:2.0"),
        (DUMP, "", "y: nothing was said of it"),
    ],
)  # fmt: skip
def test_each_thing_that_differs_is_told(old, new, line):
    assert line in told(DUMP.replace(old, new))


def test_value_that_the_ip_did_not_take_is_told():
    case = replace(CASE, parameters=(("W", "16"),))
    assert told(DUMP, case) == ["y: parameter W became '8' where '16' was set"]
    assert told(DUMP.replace("W\t8", "W\t0x10"), case) == []


@given(st.text(st.sampled_from("cellpinparameterspace\t\ny/CONFIG.01 "), max_size=200))
def test_any_dump_is_read(text):
    for said in looks.parse(text).values():
        assert isinstance(said, Said)
        list(looks.differences(CASE, KNOWN, said))


def test_every_ip_that_vivado_has_is_asked_for_with_a_part_that_has_it():
    known = catalogue.load(ROOT)
    found = {case.type: case.part for case in looks.cases(known, ())}
    assert set(found) == {type for type in known.types if type.startswith("xilinx.com:i")}
    assert found["xilinx.com:ip:processing_system7"].startswith("xc7z020")


# --- what is sent ---------------------------------------------------------------------------------

PRIVATE = [("/home/alice/work", "PROJECT"), ("/home/alice", "HOME"), ("buildhost", "HOST")]
PRIVATE += [("alice", "USER")]


@given(
    st.lists(
        st.sampled_from(
            [
                "alice",
                "Alice",
                "/home/alice",
                "buildhost",
                "BUILDHOST",
                "/home/bob/x",
                "-",
                " ",
                ".",
                "/",
                "place_alice",
                "malice",
                "\n",
            ]
        )
    )
)
def test_no_name_survives_and_words_that_contain_one_do(words):
    text = scrub.scrub("".join(words), PRIVATE)
    assert not re.search(r"(?<![A-Za-z0-9])(alice|buildhost)(?![A-Za-z0-9])", text, re.IGNORECASE)
    assert "/home/bob" not in text
    assert scrub.scrub(" malice ", PRIVATE) == " malice "


def test_licence_servers_hosts_and_homes_are_names(monkeypatch, tmp_path):
    monkeypatch.setattr(socket, "gethostname", lambda: "buildhost.lab.example")
    environ = {"HOME": "/data/alice", "USER": "alice", "XILINXD_LICENSE_FILE": "2100@flexserver"}
    found = dict(scrub.names(tmp_path, environ))
    assert found["/data/alice"] == "HOME"
    assert found["flexserver"] == "LICENCE"
    assert found["buildhost"] == found["buildhost.lab.example"] == "HOST"
    assert "root" not in found and "2100" not in found


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A clone as working directory, the stand-in on PATH, and names that must not be told."""
    clone = Clone(tmp_path / "alicehome" / "clone")
    standins = install(tmp_path / "bin", "vivado", "v++")
    python = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{python}:{standins.folder}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "alicehome"))
    monkeypatch.setenv("USER", "alicename")
    monkeypatch.setattr(socket, "gethostname", lambda: "alicehost")
    said = f"[Any 1-1] on alicehost for alicename in {tmp_path}/alicehome/.Xilinx and /home/alice"
    standins.behave(critical=[said])
    monkeypatch.chdir(clone.root)
    catalogue.load.cache_clear()
    yield clone
    catalogue.load.cache_clear()
    clone.end()


def test_whole_self_test_finds_what_is_wrong_and_sends_no_name(site, capsys):
    path = Path("bd/catalogue/proc_sys_reset.yml")
    path.write_text(path.read_text().replace("slowest_sync_clk", "slow_clk"))
    said: list[str] = []
    tools = toolchains.probe("vivado")
    found, archive = selftest.selftest(tools, said.append, targets=())
    assert not found.good
    assert "proc_sys_reset: no pin slow_clk" in found.cells["proc_sys_reset"]
    assert "  proc_sys_reset: pin slowest_sync_clk is not in the catalogue" in said
    assert sum(map(bool, found.cells.values())) == 1  # all else is as the stand-in has it
    assert f"{len(found.cells) - 1} of {len(found.cells)} cells" in found.lines()[0]
    path.write_text(path.read_text().replace("slow_clk", "slowest_sync_clk"))
    catalogue.load.cache_clear()
    tools |= toolchains.probe("vitis")
    found, archive = selftest.selftest(tools, said.append, targets=("pynq-z2",))
    assert found.builds == {"pynq-z2": "", "u280-xrt": ""}
    assert "u280-xrt: validated and generated" in found.lines()
    assert not list(Path("build/selftest/u280-xrt/link").glob("*.xclbin"))
    assert found.good
    assert len(found.cells) > 20
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        texts = {name: packed.read(name).decode() for name in names}
    assert any(name.endswith("block_design/vivado.log") for name in names)
    assert any(name.endswith("summary.json") for name in names)
    critical = [text for text in texts.values() if "[Any 1-1] on HOST for USER in HOME" in text]
    assert critical
    for name, text in texts.items():
        for word in ("alicehost", "alicename", "alicehome", "/home/alice"):
            assert word not in text and word not in name, name


def test_ip_that_cannot_be_made_is_told_and_the_others_are_asked(site):
    known = catalogue.load()
    case = next(c for c in looks.cases(known, ()) if c.name == "proc_sys_reset")
    other = replace(case, type="xilinx.com:ip:nothing", name="nothing")
    text, _ = selftest.dump([other, case], case.part, Path("build/cells"))
    said = looks.parse(text)
    assert "xilinx.com:ip:nothing" in said["nothing"].problem
    assert list(looks.differences(case, known, said["proc_sys_reset"])) == []
