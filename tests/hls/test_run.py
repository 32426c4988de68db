"""The run of a Vitis HLS project, with stand-ins for the tools: they imitate a command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.engine import Step
from bitwright.errors import ToolError
from bitwright.hls import probe, project, run, scripts
from bitwright.hls.scripts import Ip, Project
from bitwright.steps import hls

from tests.hls import tools as standins
from tests.hls.tools import EVERYTHING, Tools

ROOT = Path(__file__).parents[2]
KERNEL = Project(
    top="scale",
    part="xcu280-fsvh2892-2L-e",
    clock_ns="4",
    sources=("src/scale.cpp",),
    ip=Ip("bitwright", "hls", "scale", "1.0", "scale", "y = a x"),
    testbench=("src/scale_tb.cpp",),
    stages=("csim", "csynth", "cosim", "export", "impl"),
)
TCL = {"vitis_hls": ["tcl"]}
CONFIGURED = ("--config", "hls_config.cfg", "--work_dir", "component")
UNIFIED = [
    ["vitis-run", "--mode", "hls", "--csim", *CONFIGURED],
    ["v++", "-c", "--mode", "hls", *CONFIGURED],
    ["vitis-run", "--mode", "hls", "--cosim", *CONFIGURED],
    ["vitis-run", "--mode", "hls", "--impl", *CONFIGURED],
]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    made = standins.make(tmp_path / "bin", "<profile/>", KERNEL.ip.vlnv)
    monkeypatch.setenv("PATH", f"{made.folder}:/usr/bin:/bin")
    return made


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A flow's folder with the sources of a kernel, as working directory."""
    folder = tmp_path / "flow"
    for name in (*KERNEL.sources, *KERNEL.testbench):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// {name}\n")
    monkeypatch.chdir(folder)
    return folder


def steps(kernel: Project = KERNEL) -> tuple[Step, Step]:
    """Both steps of a project in the folder `build/scale`, sources in the working directory."""
    base = Path("build/scale")
    names = [f"../../{name}" for name in (*kernel.sources, *kernel.testbench)]
    content = hls.Content(kernel, hls.placed(names))
    laid = hls.project_step(content, base=base, kernel="scale")
    return laid, hls.run_step(laid, kernel, None, (), base=base, kernel="scale")


def lay_out(step: Step) -> None:
    """What the engine does before a command, and the first step whole."""
    step.dir.mkdir(parents=True, exist_ok=True)
    for name, text in step.scripts:
        (step.dir / name).write_text(text)


def go(kernel: Project = KERNEL) -> tuple[int, Path]:
    """Lay out a project and run it; its exit status and folder."""
    laid, made = steps(kernel)
    lay_out(laid)
    project.write(json.loads(dict(laid.scripts)[project.MANIFEST]), laid.dir)
    lay_out(made)
    return run.run(json.loads(dict(made.scripts)[run.REQUEST]), made.dir), made.dir


def left(folder: Path) -> list[str]:
    """What a run keeps, besides its log and the tools' folder."""
    ours = (run.REQUEST, run.LOG, run.WORK)
    return sorted(path.name for path in folder.iterdir() if path.name not in ours)


# --- which tool runs what -------------------------------------------------------------------------


def test_the_config_file_is_preferred_and_the_stages_run_in_order(tools: Tools, flow: Path) -> None:
    status, folder = go()
    assert (status, tools.calls()) == (0, UNIFIED)
    assert left(folder) == ["csynth.xml", "scale.zip"]


@pytest.mark.parametrize(
    ("can", "first"),
    [
        ({"vitis_hls": ["tcl"]}, ["vitis_hls", "-f"]),
        ({"vitis-run": ["csim", "tcl"]}, ["vitis-run", "--mode", "hls", "--tcl"]),
        # v++ of a release before HLS was in it; vitis_hls that no longer runs scripts
        ({"v++": [], "vitis_hls": ["tcl"]}, ["vitis_hls", "-f"]),
        ({"vitis-run": ["tcl"], "vitis_hls": []}, ["vitis-run", "--mode", "hls", "--tcl"]),
        # the one that is able is taken, not the one that is there
        ({"v++": ["hls"], "vitis-run": ["csim"], "vitis_hls": ["tcl"]}, ["vitis_hls", "-f"]),
    ],
)
def test_a_tool_is_taken_for_what_it_can_do(
    can: dict[str, list[str]], first: list[str], tools: Tools, flow: Path
) -> None:
    tools.behave(can)
    status, folder = go()
    assert status == 0
    assert tools.calls() == [[*first, "run_hls.tcl"], [*first, "implement.tcl"]]
    assert left(folder) == ["csynth.xml", "scale.zip"]


def test_vpp_alone_synthesises_and_exports(tools: Tools, flow: Path) -> None:
    tools.behave({"v++": ["hls"]})
    assert go(replace(KERNEL, stages=("csynth", "export")))[0] == 0
    assert tools.calls() == [UNIFIED[1]]


def test_when_no_tool_can_do_it_each_is_told_with_what_it_can(tools: Tools, flow: Path) -> None:
    tools.behave({"v++": ["hls"], "vitis_hls": []})
    with pytest.raises(ToolError) as caught:
        go()
    assert str(caught.value).splitlines() == [
        "no HLS tool here can run csim, csynth, cosim, export, impl",
        "  found     vitis-run: not found",
        "  found     v++: csynth, export",
        f"  found     vitis_hls: {tools.folder}/vitis_hls does no HLS",
        "  next      ask for the stages csynth, export alone, which v++ can run",
        f"  next      {probe.GET}",
    ]
    assert tools.calls() == []


def test_a_tool_that_fails_when_asked_is_told_with_its_last_lines(tools: Tools, flow: Path) -> None:
    tools.behave({"vitis_hls": []})
    program = tools.folder / "vitis_hls"
    program.write_text(
        "#!/bin/sh\necho Starting\n\necho 'ERROR: no license for vitis_hls'\nexit 1\n"
    )
    with pytest.raises(ToolError) as caught:
        go()
    told = "ended with 1 when asked: Starting / ERROR: no license for vitis_hls"
    assert f"  found     vitis_hls: {program} {told}" in str(caught.value).splitlines()
    assert "  next      ask it by hand, and mend what it says; or install" in str(caught.value)


def test_probing_leaves_nothing_and_starts_no_stage(tools: Tools, flow: Path) -> None:
    before = sorted(flow.rglob("*"))
    assert probe.ask().able == {
        "vitis-run": {"csim", "cosim", "impl", "tcl"},
        "v++": {"csynth", "export"},
        "vitis_hls": {"tcl"},
    }
    assert (sorted(flow.rglob("*")), tools.calls()) == (before, [])


def test_an_xo_is_found_by_the_ip_inside(tools: Tools, flow: Path) -> None:
    status, folder = go(replace(KERNEL, export="xo", flow_target="vitis"))
    assert (status, left(folder)) == (0, ["csynth.xml", "scale.xo"])


# --- what is kept, and what is not ----------------------------------------------------------------


def test_two_exports_of_one_kernel_are_the_same_bytes(tools: Tools, flow: Path) -> None:
    _, folder = go()
    first = (folder / "scale.zip").read_bytes()
    shutil.rmtree(folder)
    standins.make(tools.folder, "<profile/>", KERNEL.ip.vlnv, revision="2114444999")
    _, folder = go()
    assert (folder / "scale.zip").read_bytes() == first
    with zipfile.ZipFile(folder / "scale.zip") as archive:
        assert "hdl/verilog/kernel.v" in archive.namelist()


@pytest.mark.parametrize("can", [EVERYTHING, TCL], ids=["config", "tcl"])
@pytest.mark.parametrize("how", ["status", "silent status", "error"])
@pytest.mark.parametrize("stage", scripts.STAGES)
def test_a_stage_that_fails_is_named_and_nothing_is_kept(
    stage: str, how: str, can: dict[str, list[str]], tools: Tools, flow: Path
) -> None:
    tools.behave(can, fail={stage: how})
    with pytest.raises(ToolError) as caught:
        go()
    first, *rest = str(caught.value).splitlines()
    merged = can is EVERYTHING and stage == "export"  # v++ -c packages what it synthesised
    assert first.startswith(f"{'csynth' if merged else stage}: ")
    status = "exit status 0, but told of errors" if how == "error" else "exit status 1"
    assert first.endswith(status)
    told = [] if how == "silent status" else [f"ERROR: [HLS 200-70] {stage} went wrong"]
    assert [line.partition(", but nobody")[0] for line in rest] == told
    assert left(Path("build/scale/run")) == []


def test_a_tcl_tool_that_stops_half_way_with_status_0_has_failed(tools: Tools, flow: Path) -> None:
    tools.behave(TCL, fail={"cosim": "stop"})
    with pytest.raises(ToolError, match="cosim: vitis_hls ended with exit status 0, but not at"):
        go()
    assert left(Path("build/scale/run")) == []


@pytest.mark.parametrize(
    ("missing", "says"),
    [("no_report", "csynth: not one report below"), ("no_ip", "export: no .zip of bitwright:hls")],
)
@pytest.mark.parametrize("can", [EVERYTHING, TCL], ids=["config", "tcl"])
def test_a_tool_that_says_it_went_well_and_left_nothing_has_failed(
    missing: str, says: str, can: dict[str, list[str]], tools: Tools, flow: Path
) -> None:
    tools.behave(can, **{missing: True})
    with pytest.raises(ToolError, match=says):
        go()
    assert left(Path("build/scale/run")) == []


def test_an_ip_of_another_name_is_not_taken(tools: Tools, flow: Path) -> None:
    standins.make(tools.folder, "<profile/>", "xilinx.com:hls:scale:1.0")
    with pytest.raises(ToolError) as caught:
        go()
    assert "export: no .zip of bitwright:hls:scale:1.0 below" in str(caught.value)
    assert "scale.zip: xilinx.com:hls:scale:1.0" in str(caught.value)


def test_an_error_before_the_revision_was_pinned_is_forgiven_and_one_after_it_is_not() -> None:
    late = "ERROR: [Common 17-39] 'ipx::package_core' failed"
    watch = run.Watch("csim")
    watch("ERROR: [SIM 211-100] csim went wrong")
    watch(f"{scripts.MARK}export")
    watch("ERROR: [IMPL 213-28] Failed to generate IP.")
    watch(f"{scripts.MARK}{scripts.PINNED}")
    watch(late)
    watch(f"{scripts.MARK}{scripts.DONE}")
    assert watch.errors == [("csim", "ERROR: [SIM 211-100] csim went wrong"), ("export", late)]
    assert (watch.guilty, watch.done) == ("csim", True)


@pytest.mark.parametrize("can", [EVERYTHING, TCL], ids=["config", "tcl"])
def test_an_interrupted_run_leaves_no_output_and_no_process(
    can: dict[str, list[str]], tools: Tools, flow: Path
) -> None:
    tools.behave(can, fail={"cosim": "hang"})
    laid, made = steps()
    lay_out(laid)
    project.write(json.loads(dict(laid.scripts)[project.MANIFEST]), laid.dir)
    lay_out(made)
    command = [sys.executable, "-s", *made.command[1:]]
    path = {**os.environ, "PYTHONPATH": str(ROOT / "flows")}
    with subprocess.Popen(command, cwd=made.dir, env=path, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert any(line == b"hanging\n" for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    assert process.returncode == 128 + signal.SIGTERM
    assert left(made.dir) == []
    assert standing(tools) == []
    assert not (tools.folder / "woke").exists()


def standing(tools: Tools) -> list[str]:
    """The processes that are a stand-in of this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(tools.folder / "standin.py") in words:
            found.append(place.name)
    return found
