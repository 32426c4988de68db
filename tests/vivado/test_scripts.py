"""What Vivado and v++ are told: whole files, every command and option, what may not change them.

`python -m tests.vivado.test_scripts` renders golden/ anew; look at the difference before it is
committed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tkinter
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.implementation import STRATEGIES, Implementation, Pblock
from bitwright.vivado import request, scripts
from bitwright.vivado.scripts import Build
from hypothesis import given
from hypothesis import strategies as st

from tests.blockdesign.vivado_help import faults
from tests.vivado import plans

GOLDEN = Path(__file__).parent / "golden"
OWN = ("ipx-", "hls-", "project-", "package-", "generate", "deploy")  # of others
FOREIGN = (scripts.DESIGN_SCRIPT, "constraints.xdc")  # of the block design and the board
PARTIAL = {"pynq-z2": ("preflight", "block_design", "bitstream")}  # the rest is as on u280
ASKED = Implementation(
    strategy="performance",
    slr=(("ffn", 1),),
    pblocks=(Pblock("engine", ("matmul",), "CLOCKREGION_X0Y0:CLOCKREGION_X3Y3"),),
    probes=("ffn/s_axi_control",),
)
BUILD = Build("tiny", "xcu280-fsvh2892-2L-e", "alveo", "# design\n", "# pins\n", ASKED, "2024.1")


def rendered() -> dict[str, str]:
    """Path in golden/ -> text, of all scripts that are ours."""
    found = {}
    for target in plans.TARGETS:
        for name, step in plans.steps(target).items():
            if name.startswith(OWN) or name not in PARTIAL.get(target, (name,)):
                continue
            for file, text in step.scripts:
                if file not in FOREIGN and not (name == "report" and target == "pynq-z2"):
                    found[f"{target}/{name}/{file}"] = text
    return found


def every_script(build: Build = BUILD) -> dict[str, str]:
    """All that Vivado is told about a build, by file name."""
    makers = (scripts.preflight, scripts.block_design, scripts.ip_synth, scripts.synthesize)
    found: dict[str, str] = {}
    for make in (*makers, scripts.implement, scripts.bitstream):
        found |= make(build)
    return found


TCL = {name: text for name, text in every_script().items() if name.endswith(".tcl")}


@pytest.mark.parametrize("target", plans.TARGETS)
def test_scripts_are_as_they_were_looked_at(target: str):
    ours = {name: text for name, text in rendered().items() if name.startswith(f"{target}/")}
    kept = {
        path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8")
        for path in (GOLDEN / target).rglob("*")
        if path.is_file()
    }
    assert sorted(ours) == sorted(kept)
    for name, text in ours.items():
        assert text == kept[name], name


@pytest.mark.parametrize("name", TCL)
def test_every_command_and_option_exists(name: str):
    assert faults(TCL[name]) == []


def test_constraints_of_places_are_commands_that_exist():
    assert faults(every_script()["placement.xdc"]) == []


def test_the_style_of_every_script_is_the_projects(tmp_path: Path):
    program = Path(sys.executable).with_name("tclint")
    if not program.exists():
        pytest.skip(f"{program} is not installed")
    for name, text in TCL.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run([program, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == "" and done.returncode == 0


@pytest.mark.parametrize("name", TCL)
def test_a_script_announces_its_stages_and_ends_by_saying_that_it_is_done(name: str):
    if name in (scripts.DESIGN_SCRIPT, scripts.USERCODE):
        return
    said = re.findall(r'^puts [{"]bitwright: (.*)[}"]$', TCL[name], re.MULTILINE)
    assert said[-1] == request.DONE and said.count(request.DONE) == 1
    assert TCL[name].rstrip().endswith("puts {bitwright: done}")


@pytest.mark.parametrize("name", ["vivado", "ip_synth", "synthesize", "implement", "bitstream"])
@pytest.mark.parametrize("target", ["u280", "pynq-z2"])
def test_the_stages_that_a_request_expects_are_those_that_its_script_announces(
    target: str, name: str
):
    step = plans.steps(target)["block_design" if name == "vivado" else name]
    asked = request.Request.from_json(plans.scripts(step)[request.REQUEST])
    text = plans.scripts(step)[asked.script]
    said = re.findall(r'^puts [{"]bitwright: (?!judge |done)(.*)[}"]$', text, re.MULTILINE)
    assert tuple(said) == asked.stages
    for resume in asked.resume:
        later = plans.scripts(step)[resume.script]
        assert f"open_checkpoint {resume.checkpoint}\n" in later
        first = re.findall(r'^puts [{"]bitwright: (?!judge )(.*)[}"]$', later, re.MULTILINE)[0]
        assert first == resume.stage


def test_every_script_fixes_the_number_of_threads():
    for name, text in TCL.items():
        if name != scripts.DESIGN_SCRIPT:
            assert text.count("set_param general.maxThreads 8\n") == 1, name


def test_no_script_holds_a_time_or_a_place_of_this_machine():
    for name, text in rendered().items():
        assert str(plans.ROOT) not in text and str(Path.home()) + "/" not in text, name
        assert not re.search(r"clock (seconds|format)|\b20\d\d-\d\d-\d\d", text), name


def test_a_checkpoint_has_its_name_only_once_it_is_whole():
    text = TCL["implement.tcl"]
    for stage in scripts.STAGES:
        part, whole = f"checkpoints/{stage}.part.dcp", f"checkpoints/{stage}.dcp"
        assert f"write_checkpoint -force {part}\nfile rename -force {part} {whole}\n" in text
        assert f"write_checkpoint -force {whole}" not in text


def test_a_run_that_goes_on_does_what_the_whole_run_does_from_there():
    """Each stage of the whole run begins with the checkpoint on the disk, so the tails agree."""
    whole = TCL["implement.tcl"]
    for at, stage in enumerate(scripts.STAGES):
        opened = f"open_checkpoint {scripts.checkpoint(stage)}\n"
        tail = whole[whole.index(opened) :]
        resumed = TCL[scripts.from_(stage)]
        assert resumed[resumed.index(opened) :] == tail, at


def test_a_run_that_goes_on_after_placement_is_judged_again():
    for stage in ("place", "phys_opt", "route"):
        assert 'puts "bitwright: judge placed"' in TCL[scripts.from_(stage)]
    assert 'puts "bitwright: judge placed"' in TCL[scripts.from_("opt")]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_reaches_every_stage(strategy: str):
    asked = Implementation(strategy=strategy)
    text = every_script(replace(BUILD, implementation=asked))["implement.tcl"]
    for stage, directive in STRATEGIES[strategy].items():
        assert f"{stage}_design -directive {directive}" in text


def test_the_default_leaves_every_stage_its_own_way():
    found = every_script(replace(BUILD, implementation=Implementation()))
    assert "_design -directive" not in found["implement.tcl"]
    assert "write_debug_probes" not in found["bitstream.tcl"]
    assert found["placement.xdc"].count("\n") == 1


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_name_becomes_a_command(name: str, design: str):
    """Names are checked where configs are read; the scripts would hold any of them as a word."""
    if any(char > "\uffff" for char in name + design) or "\0" in name + design:
        return
    build = replace(BUILD, name=name, design=design)
    tcl = tkinter.Tcl()
    for script in (scripts.block_design(build), scripts.bitstream(build)):
        for file, text in script.items():
            for line in text.splitlines() if file.endswith(".tcl") else ():
                if line.startswith(("file copy", "write_bitstream", "set_property top")):
                    words = tcl.splitlist(line.partition(" [")[0])
                    assert len(words) in (3, 4, 5)


if __name__ == "__main__":
    import os

    os.chdir(plans.ROOT)
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, text in rendered().items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_text(text, encoding="utf-8")
