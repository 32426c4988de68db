"""A run of a vendor's tool is good only if nothing at all speaks against it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.vivado import run
from bitwright.vivado.request import Gate, Request, Resume

GOOD = """
print("bitwright: place"); print("bitwright: route"); open("out.txt", "w").write("x")
print("bitwright: done")
"""
ASKED = Request(
    "vivado", script="go.tcl", expects=("out.txt",), stages=("place", "route"), arguments=("1",)
)
HERE = Path()


def fault(request: Request = ASKED) -> str:
    with pytest.raises(ToolError) as caught:
        run.run(request, HERE)
    return str(caught.value)


def test_vivado_is_run_in_batch_mode_without_journal(programs, capfd):
    programs.add("vivado", "print(sys.argv[1:])\n" + GOOD)
    assert run.run(ASKED, HERE) == 0
    words = "'-mode', 'batch', '-nojournal', '-nolog', '-source', 'go.tcl', '-tclargs', '1'"
    assert words in capfd.readouterr().out
    assert words in Path("vivado.log").read_text()


def test_another_tool_gets_its_arguments_as_they_are(programs, capfd):
    programs.add("v++", "print(sys.argv[1:])")
    assert run.run(Request("v++", arguments=("-l", "--config", "a b.cfg")), HERE) == 0
    assert "['-l', '--config', 'a b.cfg']" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sys.exit(7)", "exit status 7"),
        ("print('bitwright: place', flush=True); os.abort()", "signal 6 in stage place"),
        (GOOD + "print('ERROR: [Place 30-99] no room')", "told of errors in stage route"),
        (GOOD + "print('ERROR: [Place 30-99] no room')", "ERROR: [Place 30-99] no room"),
        (GOOD.replace("done", "almost"), "not at the end of its script"),
        (GOOD.replace("route", "rout"), "never came to route"),
        (GOOD.replace("out.txt", "other.txt"), "out.txt is missing"),
        (GOOD.replace('"x"', '""'), "out.txt is empty"),
    ],
)
def test_what_speaks_against_a_run_fails_it(programs, text, told):
    programs.add("vivado", text)
    assert told in fault()


def test_errors_of_runs_that_the_tool_started_are_told(programs):
    programs.add(
        "vivado",
        "os.makedirs('p/p.runs/synth_1')\n"
        "open('p/p.runs/synth_1/runme.log', 'w').write('ERROR: [Synth 8-439] module x not found')\n"
        "sys.exit(1)",
    )
    assert "ERROR: [Synth 8-439] module x not found" in fault()


def test_missing_tool_says_where_it_was_looked_for(programs):
    assert "vivado is not installed" in fault()
    assert "machine.yml" in fault()


@pytest.mark.parametrize("name", ["x.dcp", "x.xsa", "x.bit", "x.hwh", "x.xclbin"])
def test_half_of_a_file_is_not_taken_for_one(programs, name, tmp_path):
    whole = tmp_path / name
    if name.endswith((".dcp", ".xsa")):
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr("top.edf", "x" * 1000)
    else:
        from tests.vivado.bits import bit

        texts = {"x.bit": bit(b"\xaa\x99\x55\x66" * 9), "x.hwh": b"<a><b/></a>"}
        whole.write_bytes(texts.get(name, b"xclbin2\0" + bytes(300)))
    request = Request("vivado", script="go.tcl", expects=(name,))
    write = f"d = open({str(whole)!r}, 'rb').read(); open({name!r}, 'wb').write(d[:len(d)-%d])\n"
    programs.add("vivado", write % 0 + "print('bitwright: done')")
    assert run.run(request, HERE) == 0
    cut = whole.stat().st_size - 5
    programs.add("vivado", write % (cut if name == "x.xclbin" else 5) + "print('bitwright: done')")
    assert f"vivado reported success, but {name} " in fault(request)


def test_checkpoint_that_is_damaged_inside_is_not_taken_for_one(programs, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.dcp", "w") as archive:
        archive.writestr("top.edf", "x" * 1000)
    data = (tmp_path / "x.dcp").read_bytes().replace(b"xxxx", b"xxyx", 1)
    (tmp_path / "x.dcp").write_bytes(data)
    text = f"open('x.dcp', 'wb').write(open({str(tmp_path / 'x.dcp')!r}, 'rb').read())\n"
    programs.add("vivado", text + "print('bitwright: done')")
    assert "damaged" in fault(Request("vivado", script="go.tcl", expects=("x.dcp",)))


def test_warnings_are_kept_without_the_folder_of_the_run_and_critical_ones_are_told(
    programs, capfd
):
    said = "CRITICAL WARNING: [Timing 38-282] hold is missed in {}/top"
    programs.add(
        "vivado",
        f"print({said!r}.format(os.getcwd()))\nprint('WARNING: [Synth 8-1] odd')\n" + GOOD,
    )
    assert run.run(ASKED, HERE) == 0
    told = capfd.readouterr().out
    assert "critical warnings: 1 different" in told
    assert "  CRITICAL WARNING: [Timing 38-282] hold is missed in top" in told
    kept = json.loads(Path("messages.json").read_text())["messages"]
    assert [(row["id"], row["text"], row["count"]) for row in kept] == [
        ("Timing 38-282", "hold is missed in top", 1),
        ("Synth 8-1", "odd", 1),
    ]


# --- gates ----------------------------------------------------------------------------------------


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """Makes a request with a gate `placed` of a Python text."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(text: str) -> Request:
        (tmp_path / "placed_gate.py").write_text(text)
        return replace(ASKED, gates=(Gate("placed", "placed_gate"),))

    return make


JUDGING = "print('bitwright: place'); print('bitwright: judge placed', flush=True)\n"


def test_bad_gate_ends_the_tool_at_once_with_its_reasons(programs, gate, capfd):
    programs.add("vivado", JUDGING + "print(os.getpid(), flush=True)\nsignal.pause()")
    request = gate("print('wns is -9 ns'); raise SystemExit(3)")
    assert run.run(request, HERE) == 3
    told = capfd.readouterr().out
    assert "ERROR: wns is -9 ns" in told
    assert "bitwright: done" not in told


def test_good_gate_lets_the_tool_go_on_and_a_broken_one_fails(programs, gate):
    programs.add("vivado", JUDGING + GOOD)
    assert run.run(gate("pass"), HERE) == 0
    assert "gate placed ended with exit status 1" in fault(gate("raise SystemExit(1)"))


# --- resuming -------------------------------------------------------------------------------------


def test_run_goes_on_from_the_latest_whole_checkpoint(programs, capfd):
    programs.add(
        "vivado",
        "print('from', sys.argv[-1])\nprint('bitwright: route')\n"
        "open('out.txt', 'w').write('x'); print('bitwright: done')",
    )
    resume = (Resume("placed.dcp", "placed.tcl", "route"), Resume("opt.dcp", "opt.tcl", "place"))
    request = replace(ASKED, arguments=(), resume=resume)
    with zipfile.ZipFile("placed.dcp", "w") as archive:
        archive.writestr("top.edf", "x" * 1000)
    assert run.run(request, HERE) == 0
    assert "from placed.tcl" in capfd.readouterr().out
    whole = Path("placed.dcp").read_bytes()
    Path("opt.dcp").write_bytes(whole)
    Path("placed.dcp").write_bytes(whole[: len(whole) // 2])
    assert "never came to place" in fault(request)  # of opt.tcl, which was to place
    assert "from opt.tcl" in capfd.readouterr().out


CUT_OFF = """
def stage(name, *said):
    print("bitwright:", name)
    for line in said: print(line)
    with zipfile.ZipFile(f"{name}.dcp", "w") as archive: archive.writestr("a", "b")
OPENED = "WARNING: [Project 1-1] odd"
start = sys.argv[-1]
if start == "go.tcl":
    stage("opt", "CRITICAL WARNING: [Opt 31-67] a pin is open")
    print(OPENED)
if start != "route.tcl": stage("place", TOLD)
else: print(OPENED)
print("bitwright: route")
if os.path.exists("kill"): os.remove("kill"); sys.stdout.flush(); os.kill(os.getpid(), 9)
open("out.txt", "w").write("x"); print("bitwright: done")
"""
GOES_ON = (Resume("place.dcp", "route.tcl", "route"), Resume("opt.dcp", "place.tcl", "place"))
STAGED = replace(ASKED, arguments=(), stages=("opt", "place", "route"), resume=GOES_ON)


def test_what_was_said_before_a_run_was_cut_off_is_said_of_the_whole(programs):
    programs.add("vivado", f"import zipfile\nTOLD = 'WARNING: [Place 1-1] odd'\n{CUT_OFF}")
    assert run.run(STAGED, HERE) == 0
    whole = Path("messages.json").read_bytes()
    assert b"Opt 31-67" in whole
    for path in HERE.glob("*.dcp"):
        path.unlink()
    Path("kill").touch()
    assert "signal 9 in stage route" in fault(STAGED)
    assert run.run(STAGED, HERE) == 0
    assert Path("messages.json").read_bytes() == whole


def test_what_was_written_after_an_error_is_not_gone_on_from(programs, capfd):
    programs.add("vivado", f"import zipfile\nTOLD = 'ERROR: [Place 1-1] but on it goes'\n{CUT_OFF}")
    assert "told of errors" in fault(STAGED)
    assert Path("place.dcp").exists()
    capfd.readouterr()
    assert "told of errors" in fault(STAGED)
    assert "goes on at place, from opt.dcp" in capfd.readouterr().out


# --- ending ---------------------------------------------------------------------------------------

STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if not os.fork():
    os.setsid()
    if os.fork(): os._exit(0)
    print("pid", os.getpid(), flush=True)
    while True: signal.pause()
print("pid", os.getpid(), flush=True)
while True: signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_of_a_tool_outlives_its_runner(programs, number):
    programs.add("vivado", STUBBORN)
    Path("vivado.json").write_text(ASKED.to_json())
    process = subprocess.Popen(
        [sys.executable, "-m", "bitwright.vivado.run", "vivado.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    found = []
    for line in process.stdout:
        if line.startswith("pid "):
            found.append(os.pidfd_open(int(line.split()[1])))
        if len(found) == 2:
            break
    process.send_signal(number)
    for pidfd in found:
        assert select.select([pidfd], [], [], 10)[0], "a process of the tool is alive"
        os.close(pidfd)
    process.stdout.close()
    assert process.wait(10) != 0


def test_faults_are_told_in_lines_that_the_engine_takes_for_errors(programs):
    programs.add("vivado", "print('ERROR: [A 1-1] bad'); sys.exit(1)")
    Path("vivado.json").write_text(ASKED.to_json())
    done = subprocess.run(
        [sys.executable, "-m", "bitwright.vivado.run", "vivado.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ERROR: vivado ended with exit status 1\nERROR: [A 1-1] bad" in done.stdout
