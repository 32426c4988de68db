"""What a machine lacks for a build is told before it begins; what would end it stops it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.front import amd
from bitwright.vivado import machine, ready
from bitwright.vivado.machine import Machine
from bitwright.vivado.ready import Needs

SMALL, LARGE = 53_200, 1_303_680
LITTLE = Needs(1, 1)


def told(folder: Path, *, asked=LITTLE, lut=SMALL, here=None, environ=None) -> str:
    found = ready.findings(folder, asked, lut, here or Machine(), environ or {})
    return "\n".join(f"{'stops' if one.stops else 'note'}: {one.what}; {one.next}" for one in found)


def test_machine_that_has_all_is_told_nothing(tmp_path):
    assert told(tmp_path / "build" / "not there yet".replace(" ", "_")) == ""


def test_full_disk_stops_a_build_unless_the_machine_file_says_that_less_is_enough(tmp_path):
    asked = Needs(disk_gib=10**6, memory_gib=1)
    assert told(tmp_path, asked=asked).startswith(f"stops: {tmp_path}: ")
    assert "such a build takes up to 1000000 GiB" in told(tmp_path, asked=asked)
    assert told(tmp_path, asked=asked, here=Machine(disk_gib=1)) == ""
    with pytest.raises(ToolError, match="disk_gib"):
        ready.check(tmp_path, asked, SMALL, Machine())


def test_little_memory_is_told_unless_the_tool_runs_elsewhere(tmp_path):
    asked = Needs(1, 10**6)
    assert "note: " in told(tmp_path, asked=asked)
    assert "memory" in told(tmp_path, asked=asked)
    assert told(tmp_path, asked=asked, here=Machine(wrapper=("srun",))) == ""


@pytest.mark.parametrize("environ", [{name: "2100@x"} for name in ready.LICENCES])
def test_large_part_without_a_licence_is_told(tmp_path, environ):
    assert "needs a licence" in told(tmp_path, lut=LARGE)
    assert told(tmp_path, lut=LARGE, environ=environ) == ""
    assert told(tmp_path, lut=LARGE, here=Machine(licence="2100@x")) == ""
    assert told(tmp_path, lut=SMALL) == ""


@pytest.mark.parametrize("name", ["a b", "a[1]", "a$b", "a{b"])
def test_path_that_tcl_takes_apart_stops_a_build(tmp_path, name):
    assert "in the path" in told(tmp_path / name)
    assert told(tmp_path / name).startswith("stops: ")


def test_long_path_is_told(tmp_path):
    assert "characters" in told(tmp_path / ("x" * ready.LONGEST))


@pytest.mark.parametrize(("toolchain", "lut"), [("vivado", SMALL), ("vivado", LARGE), ("vitis", 1)])
def test_needs_are_tens_of_gigabytes(toolchain, lut):
    found = ready.needs(toolchain, lut)
    assert 10 <= found.disk_gib <= 100
    assert found.memory_gib < found.disk_gib


def test_doctor_shows_the_machine_file_and_what_builds_take(tmp_path, monkeypatch, capsys):
    path = tmp_path / "machine.yml"
    path.write_text("wrapper: env CPUS=8\nlicence: 2100@x\n")
    monkeypatch.setenv(machine.VARIABLE, str(path))
    for name in ready.LICENCES:
        monkeypatch.delenv(name, raising=False)
    amd.doctor(tmp_path)
    text = capsys.readouterr().out
    for part in (str(path), "env CPUS=8", "licence in", "GiB free", "for a U280"):
        assert part in text
