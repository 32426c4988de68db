"""The two commands: what they print, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright.hls import adopt
from bitwright.hls.__main__ import main
from bitwright.hls.adopt import command

from tests.hls.adopt.conftest import put
from tests.hls.adopt.shapes import OPT1, OPT5

ROOT = Path(__file__).parents[3]
FILES = {"net.cpp", "net_tb.cpp", "kernel.yml", "forward.core", "hls.tcl", "hls_config.cfg"}


def test_the_diff_the_counts_and_the_files_are_told(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, OPT5)
    assert main(["adopt", "net.cpp", "--out", "made"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[:2] == ["--- a/net.cpp", "+++ b/net.cpp"]
    assert "-  #pragma HLS array_partition variable=v8 cyclic dim=1 factor=4" in lines
    assert "net.cpp: top forward, 4 arrays, 0 scalars" in lines
    gone, stay = "10 removed (5 in forward, 5 in nodes)", "7 kept (2 in forward, 5 in nodes)"
    assert f"  array_partition: {gone}, {stay}" in lines
    assert said.err.startswith("warning: net.cpp:")
    assert lines[-2].startswith("  next: fusesoc --cores-root ")
    assert lines[-2].endswith("--cores-root made run --target sim bitwright:net:forward:1.0")
    assert {path.name for path in (tmp_path / "made").iterdir()} == FILES
    assert main(["adopt", "net.cpp", "--out", "made"]) == 0
    assert "  made: nothing written: all is there" in capsys.readouterr().out.splitlines()


def test_a_diff_is_coloured_on_a_terminal_and_cannot_move_its_cursor(tmp_path: Path):
    text = OPT1.replace("void forward(\n", "void forward(\n  // \x1b[2J\n")
    found = adopt.adopt(put(tmp_path, text))
    plain = list(command.diff_lines(found, colour=False))
    assert not any("\x1b" in line for line in plain)
    coloured = list(command.diff_lines(found, colour=True))
    added = [line for line in coloured if "mode=ap_ctrl_hs" in line]
    assert added == ["\x1b[32m+  #pragma HLS interface mode=ap_ctrl_hs port=return\x1b[0m"]
    assert coloured[0] == "\x1b[1m--- a/net.cpp\x1b[0m"


def test_an_unknown_command_is_answered_with_the_usage(capsys):
    assert main(["adapt"]) == 2
    assert "usage: python -m bitwright.hls {adopt" in capsys.readouterr().err
    assert main(["--help"]) == 0


def doit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """./doit adopt as it is called in a folder."""
    environment = {**os.environ, "BITWRIGHT_CWD": str(folder), "PYTHONPATH": str(ROOT / "flows")}
    return subprocess.run(
        [sys.executable, "-m", "doit", "adopt", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_doit_adopts_from_where_it_is_called(tmp_path: Path):
    put(tmp_path, OPT1)
    done = doit(tmp_path, "source=net.cpp", "out=made", "width=512", "bundles=v36=hbm0")
    assert done.returncode == 0, done.stderr
    assert "port=v36 bundle=hbm0 max_widen_bitwidth=512" in done.stdout
    assert {path.name for path in (tmp_path / "made").iterdir()} == FILES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("source=none.cpp",), "none.cpp: cannot be read: No such file"),
        (("source=net.cpp", "out=made", "top=backward"), "net.cpp: no function 'backward'"),
        ((), "adopt needs source=FILE.cpp"),
        (("source=net.cpp", "force=yes"), "force: expected"),
        (("source=net.cpp", "outt=made"), "adopt takes no 'outt'; did you mean 'out'?"),
    ],
)
def test_doit_refuses_with_status_2(tmp_path: Path, arguments, message):
    put(tmp_path, OPT1)
    done = doit(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["net.cpp"]
