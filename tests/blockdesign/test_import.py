"""Scripts from elsewhere: imported in a process of their own, and stopped if they are hostile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bitwright.blockdesign import anyfile
from bitwright.blockdesign.interpreter import Interpreter, TclFault, isolated
from bitwright.blockdesign.model import Address, BlockDesign

ROOT = Path(__file__).parents[2]
BEGIN = "create_bd_design d\ncreate_bd_port -dir I before\n"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Writes a script and returns its path; the catalogue is this project's."""
    monkeypatch.chdir(ROOT)

    def write(text: str, begin: str = BEGIN) -> Path:
        path = tmp_path / "design.tcl"
        path.write_text(begin + text, encoding="utf-8")
        return path

    return write


def cli(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bitwright.blockdesign", "import", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "flows"},
        capture_output=True,
        text=True,
    )


def test_a_script_is_printed_as_json_and_unknown_ips_are_marked(script):
    path = script(
        "create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 reset\n"
        "create_bd_cell -type ip -vlnv a.org:ip:odd:1.0 odd\n"
        "set_property CONFIG.DEPTH {4 5} [get_bd_cells odd]\n"
        "connect_bd_net -net n [get_bd_pins odd/rst] [get_bd_pins reset/peripheral_reset]\n"
        "apply_bd_automation -rule xilinx.com:bd_rule:axi4 [get_bd_intf_pins odd/S]\n"
    )
    done = cli(path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    marks = {cell["name"]: cell.get("inferred", False) for cell in said["cells"]}
    assert marks == {"reset": False, "odd": True}
    assert said["cells"][0]["parameters"] == {"DEPTH": "4 5"}
    assert said["nets"] == [{"name": "n", "ends": ["odd/rst", "reset/peripheral_reset"]}]
    assert "design.tcl:7: apply_bd_automation" in done.stderr


def test_a_faulty_script_ends_in_one_line_with_file_and_line(script):
    path = script("proc p {} {\n  connect_bd_net $nowhere\n}\np\n")
    done = cli(path)
    assert (done.returncode, done.stdout) == (2, "")
    problem = 'can\'t read "nowhere": no such variable'
    way = "if another script sets it: --set nowhere=VALUE"
    assert done.stderr == f"{path}:4: {problem}; {way}\n"


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    done = cli(tmp_path / "none.tcl")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "cannot be read" in done.stderr


def test_a_variable_of_another_script_is_set_from_outside(script):
    path = script("create_bd_port -dir I $mine\n")
    done = cli(path, "--set", "mine=theirs")
    assert [port["name"] for port in json.loads(done.stdout)["ports"]] == ["before", "theirs"]
    done = cli(path, "--set", "mine")
    assert (done.returncode, done.stdout) == (2, "")


def test_an_import_as_yaml_is_read_back_as_the_same_design(script, tmp_path):
    path = ROOT / "tests/specimens/bd/write_bd_tcl-2023.2.tcl"
    done = cli(path, "--yaml")
    (tmp_path / "again.yml").write_text(done.stdout)
    assert anyfile.read(tmp_path / "again.yml") == anyfile.read(path)


def test_a_script_that_gives_up_with_an_error_message_is_faulty_although_it_caught_it(script):
    path = script(
        'catch {common::send_gid_msg -ssname BD::TCL -id 2041 -severity "ERROR" "too new"}\n'
        "return 1\n"
    )
    with pytest.raises(TclFault, match=r"design.tcl:3: too new"):
        isolated.read(path)


@pytest.mark.parametrize("command", ["import", "check"])
def test_a_python_without_tcl_is_told_so(command, script):
    lacking = (
        "import importlib.util as util, sys\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == '_tkinter' else find(name, *more)\n"
        "from bitwright.blockdesign.__main__ import main\n"
        f"sys.exit(main([{command!r}, {str(script(''))!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", lacking],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "flows"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "python3-tk" in done.stderr and "Traceback" not in done.stderr


def test_a_script_of_several_designs_gives_the_one_asked_for(script):
    path = script("create_bd_design e\ncreate_bd_port -dir O after\n")
    assert [port.path for port in isolated.imported(path).design.ports] == ["after"]
    found = isolated.imported(path, design="d")
    assert (found.designs, [port.path for port in found.design.ports]) == (("d", "e"), ["before"])


# --- the shapes of several versions ---------------------------------------------------------------

SHAPES = {  # cells, ports, interfaces, nets, interface nets, addresses; and cells nobody knows
    "write_bd_tcl-2017.4": ((6, 6, 3, 10, 6, 2), {"mig"}),
    "write_bd_tcl-2020.2": ((7, 1, 0, 7, 6, 5), {"pulses"}),
    "write_bd_tcl-2023.2": ((5, 10, 2, 11, 2, 3), set()),
    "write_bd_tcl-2025.1": ((4, 4, 0, 6, 0, 0), set()),
    "hand_written": ((7, 0, 2, 6, 8, 4), {"add_0", "multiply_0"}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_script_of_any_version_is_imported_whole(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = isolated.imported(ROOT / "tests/specimens/bd" / f"{name}.tcl")
    made = found.design
    parts = (made.cells, made.ports, made.interface_ports, made.nets)
    counts = tuple(map(len, (*parts, made.interface_nets, made.addresses)))
    assert (counts, set(found.unknown)) == SHAPES[name]


def test_a_hierarchy_in_a_hierarchy_keeps_its_path(monkeypatch):
    monkeypatch.chdir(ROOT)
    made = isolated.read(ROOT / "tests/specimens/bd/write_bd_tcl-2023.2.tcl")
    nets = {net.name: net.ends for net in made.nets}
    assert nets["memory/reset/clk_1"] == ("memory/reset/clk", "memory/reset/sync/slowest_sync_clk")
    assert nets["memory/clk_1"] == ("memory/clk", "memory/hbm/AXI_00_ACLK", "memory/reset/clk")
    assert [a.offset for a in made.addresses] == [0, 0xF000_0000, 0x1_0000_0000]
    assert made.addresses[0].place.line == 158


def test_addresses_of_both_generations_and_excluded_ones_are_read(monkeypatch):
    monkeypatch.chdir(ROOT)
    old = isolated.read(ROOT / "tests/specimens/bd/write_bd_tcl-2017.4.tcl").addresses
    new = isolated.read(ROOT / "tests/specimens/bd/write_bd_tcl-2020.2.tcl").addresses
    by_hand = isolated.imported(ROOT / "tests/specimens/bd/hand_written.tcl")
    assert old[0] == Address("ps7/Data", "buttons/btns_gpio/S_AXI/Reg", 0x4120_0000, 0x1_0000)
    assert new[1] == Address("dma/Data_MM2S", "ps/SAXIGP2/HP0_LPS_OCM", 0xFF00_0000, 1 << 24, True)
    assert by_hand.design.addresses[3].offset == 0x43C1_0000
    assert by_hand.notes == ()


# --- hostile scripts ------------------------------------------------------------------------------


def run(path: Path) -> BlockDesign:
    """In this process: what it must not do, it would do to us."""
    interpreter = Interpreter(None, version="")
    interpreter.run(path.read_text(encoding="utf-8"), str(path))
    return interpreter.designs["d"]


REFUSED = [
    "open {|touch %s}",
    "socket localhost 80",
    "load /lib/libm.so.6",
    "open %s",
    "source %s",
    "interp create -- mine",
    "interp expose {} exec",
    "interp invokehidden {} exec touch %s",
    "vwait forever",
    "fcopy stdin stdout",
    "chan create write mine",
    "encoding system ascii",
    "glob /etc/*",
    "puts $env(PATH)",
    "puts $env(USER)",
    "proc r {x} {r $x}\nr 1",
    "proc r {} {uplevel #0 r}\nr",
    "exit 3",
    "regexp {(} x",
    'get_bd_ports -filter {((NAME == "x"}',
    "get_bd_ports -filter {NAME =~}",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_reaches_the_machine_is_refused_with_its_line(script, tmp_path, text):
    mark = tmp_path / "mark"
    path = script(text.replace("%s", str(mark)) + "\n")
    with pytest.raises(TclFault, match=rf"^{path}:[34]: "):
        run(path)
    assert not mark.exists()


HARMLESS = [
    "exec touch %s",
    "catch {open {|touch %s}}",
    "file delete -force %s/..",
    "file mkdir %s",
    "set channel [open %s w]\nputs $channel x\nclose $channel",
    "cd /etc\nif {[pwd] ne {/etc}} {error pwd}",
    "after 100000",
    "after 0 {exec touch %s}\nupdate",
    "if {[array names env] eq {}} {error env}",
    "if {[file exists /etc/passwd]} {error passwd}",
    "if {[glob -nocomplain /etc/*] ne {}} {error glob}",
    "rename create_bd_port mine",
    "rename puts {}",
    "proc info args {error no}",
    "proc unknown args {}",
    "proc dispatch args {exec touch %s}\nproc python args {}",
    "uplevel #0 {set x 1}",
    "exit",
    "catch {exit}\ncreate_bd_port -dir I late",
    "namespace delete ::tcl",
    "create_bd_port -dir I {a b} ; set x {[exec touch %s]}",
    "namespace eval ::common {proc send_gid_msg args {}}",
    'trace add variable x write "exec touch %s"\nset x 1',
    "catch {interp eval {} {exec touch %s}}",
    "puts [string repeat x 1000000]",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_would_reach_the_machine_does_not(script, tmp_path, text):
    mark = tmp_path / "mark"
    before = sorted(tmp_path.iterdir())
    path = script(text.replace("%s", str(mark)) + "\n")
    assert "before" in {port.path for port in run(path).ports}
    assert sorted(tmp_path.iterdir()) == sorted([*before, path])


ENDLESS = [
    "while 1 {}",
    "while 1 {catch {while 1 {}}}",
    "while 1 {get_bd_cells}",
    "proc unknown args {while 1 {}}\nnosuch",
    "set n 1\nwhile 1 {incr n; set a($n) {}}",
    "set n 9000000\nexpr {7**$n}",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_a_script_that_does_not_end_is_ended(script, text):
    long = "create_bd_port -dir I " + "a" * 60 + "\n"
    with pytest.raises(TclFault, match=r"design.tcl:[34567]: .*(stopped|too long)"):
        isolated.imported(script(long + text + "\n"), seconds=0.3)


BOMBS = [
    "set x a\nwhile 1 {append x $x}",
    "set x a\nwhile 1 {lappend x $x $x}",
    "set x [string repeat a 2000000000]",
]


@pytest.mark.parametrize("text", BOMBS)
def test_a_script_that_takes_all_memory_is_ended(script, text, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = script(text + "\n")
    with pytest.raises(TclFault, match=r"design.tcl:\d+: .*(MiB|alloc)"):
        isolated.imported(path, seconds=10)
    assert list(tmp_path.iterdir()) == [path]  # nothing is left behind


def test_no_process_is_left_of_a_script_that_was_ended(script):
    with pytest.raises(TclFault):
        isolated.imported(script("while 1 {}\n"), seconds=0.2)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    names = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children]
    assert not [name for name in names if b"interpreter.child" in name]
