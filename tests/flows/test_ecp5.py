"""The flow `ecp5` under plain `fusesoc run`: what rebuilds, what does not, and which bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import Project

FIRST = ["synthesize", "implement", "bitstream"]


def contents(folder: Path, *names: str) -> list[bytes]:
    return [(folder / name).read_bytes() for name in names]


def test_a_bitstream_is_rebuilt_for_what_changed_and_for_nothing_else(project: Project) -> None:
    """One build and then every change in turn, with what each must and must not run."""
    work = project.work("synth")
    bit = work / "bitstream" / "test_lib_toy_1.0.bit"
    assert project.build("synth").steps == FIRST
    first = bit.read_bytes()

    for path in project.core.iterdir():
        os.utime(path)
    assert project.build("synth").steps == []  # nothing changed but times

    run = project.build("synth", "--seed", "2")
    assert run.steps == ["implement", "bitstream"]
    assert run.reasons[0] == "seed changed from 1 to 2"
    assert bit.read_bytes() != first

    assert project.build("synth").steps == ["implement", "bitstream"]
    assert bit.read_bytes() == first

    project.edit("toy.lpf", '"G2"', '"H16"')  # stock flows let a changed LPF pass
    assert project.build("synth").steps == ["implement", "bitstream"]
    assert bit.read_bytes() != first

    bit.unlink()
    assert project.build("synth").steps == ["bitstream"]
    bit.write_bytes(first)  # by hand: no longer what this pin leads to
    assert project.build("synth").steps == ["bitstream"]
    assert bit.read_bytes() != first


def test_the_same_bytes_in_any_folder_and_with_make(project: Project, second: Project) -> None:
    outputs = (
        "synthesize/netlist.json",
        "synthesize/hierarchy.json",
        "synthesize/stat.json",
        "implement/routed.config",
        "implement/placement.json",
        "implement/report.json",
    )
    project.build("synth")
    second.build("synth", "--build_runner", "make")
    ours, others = (contents(each.work("synth"), *outputs) for each in (project, second))
    assert ours == others
    assert (second.work("synth") / "bitstream" / "test_lib_toy_1.0.bit").is_file()


def test_the_netlist_depends_on_the_logic_alone(project: Project, second: Project) -> None:
    netlist = project.work("netlist") / "synthesize" / "netlist.json"
    assert project.build("netlist").steps == ["synthesize"]
    first = netlist.read_bytes()

    project.edit("toy_mul.sv", "endmodule", "// a remark\n\nendmodule")
    run = project.build("netlist")
    assert run.steps == ["synthesize"]
    assert "toy_mul.sv changed" in run.reasons[0]
    assert netlist.read_bytes() == first

    assert project.build("netlist", "--Count", "3").steps == ["synthesize"]
    assert netlist.read_bytes() != first
    assert project.build("netlist").steps == ["synthesize"]
    assert netlist.read_bytes() == first

    project.edit("toy.svh", "24'd1", "24'd3")  # a file that is only included
    assert project.build("netlist").steps == ["synthesize"]
    assert netlist.read_bytes() != first

    second.build("netlist")
    assert (second.work("netlist") / "synthesize" / "netlist.json").read_bytes() == first


def test_the_hierarchy_survives_in_names(project: Project) -> None:
    project.build("netlist")
    folder = project.work("netlist") / "synthesize"
    hierarchy = json.loads((folder / "hierarchy.json").read_text())
    assert hierarchy == {"": "toy", "gen_mul[0].u_mul": "toy_mul", "gen_mul[1].u_mul": "toy_mul"}
    modules = json.loads((folder / "netlist.json").read_text())["modules"]
    cells = modules["toy"]["cells"]
    assert any(name.startswith("gen_mul[1].u_mul.") for name in cells)
    assert not any("src" in cell["attributes"] for cell in cells.values())
    assert "src" not in modules["toy"]["attributes"]


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("if (!rst_ni) count_q", "if (!rst_ni) count_x", "count_x"),
        ("sum[15:8] ^", "sum[15:8] ^ ;", "expected expression"),
        ("toy_mul u_mul", "toy_missing u_mul", "toy_missing"),
    ],
)
def test_a_fault_in_the_source_is_told_and_leaves_no_netlist(
    project: Project, old: str, new: str, told: str
) -> None:
    project.edit("toy.sv", old, new)
    run = project.fusesoc("netlist")
    assert run.status == 1
    assert told in run.output
    assert not (project.work("netlist") / "synthesize" / "netlist.json").exists()
    project.edit("toy.sv", new, old)
    assert project.build("netlist").steps == ["synthesize"]


def test_an_include_that_no_core_lists_is_refused(project: Project) -> None:
    """A change of such a file would go unnoticed."""
    (project.core / "hidden.svh").write_text("`define TOY_STRIDE 24'd5\n")
    project.edit("toy.sv", '"toy.svh"', '"hidden.svh"')
    run = project.fusesoc("netlist", "--build_runner", "doit", stages=("--no-export", "--build"))
    assert run.status == 1
    assert "hidden.svh, which no .core file lists" in run.output


def test_an_interrupt_ends_with_a_status_and_without_a_bitstream(project: Project) -> None:
    """FuseSoC alone ends with status 0 when it is interrupted."""
    command = project.command("synth", stages=("--setup", "--build"))
    process = subprocess.Popen(
        command,
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("nextpnr place and route:"):
            break
    os.killpg(process.pid, signal.SIGINT)
    process.stdout.read()
    assert process.wait() != 0
    work = project.work("synth")
    until = time.monotonic() + 20
    while alive := _processes_in(work):
        assert time.monotonic() < until, alive
    assert not list(work.glob("implement/record.json")) and not list(work.glob("bitstream/*.bit"))
    assert project.build("synth").steps == ["implement", "bitstream"]


def _processes_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = (entry / "cwd").readlink()
            except OSError:
                continue
            if folder in (place, *place.parents):
                found.append(int(entry.name))
    return found


def test_an_option_that_makes_no_sense_is_refused(project: Project) -> None:
    run = project.fusesoc("netlist", "--pnr", "later")
    assert run.status == 1
    assert "expected next or none, found 'later'" in run.output
    run = project.fusesoc("synth", "--device", "LFE5U-99F")
    assert run.status == 1
    assert "expected LFE5U-85F or the like, found 'LFE5U-99F'" in run.output
