"""Build runner `doit` under flows that are not ours: no output is ever stale."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bitwright import runner
from bitwright.errors import ConfigError
from edalize.utils import EdaCommands

from .conftest import Project


def said(project: Project) -> str:
    program = project.work("sim") / "Vtoy"
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def test_a_simulation_is_never_stale(project: Project) -> None:
    """Verilator and g++: changes that no graph of Edalize's knows, and a forged program."""
    assert project.build("sim").steps == ["flow"]
    first = said(project)
    assert first.startswith("value 1 ")
    assert project.build("sim").steps == []

    project.edit("value.h", "1", "2")  # a C++ header
    assert project.build("sim").steps == ["flow"]
    second = said(project)
    assert second == first.replace("value 1", "value 2")

    program = project.work("sim") / "Vtoy"
    program.write_text("#!/bin/sh\necho forged\n")
    run = project.build("sim", "--Count", "3")
    assert run.steps == ["flow"]
    assert said(project) not in (second, "forged\n")


def test_a_lint_is_run_each_time_and_its_finding_fails(project: Project) -> None:
    """The file that Edalize's lint declares never appears, so nothing says it is up to date."""
    assert project.build("lint").steps == ["flow"]
    assert project.build("lint").steps == ["flow"]
    project.edit("toy.sv", "logic [15:0] sum;", "logic [15:0] sum;\n  logic idle;")
    run = project.fusesoc("lint")
    assert run.status == 1
    assert "UNUSED" in run.output


def test_a_flow_with_hooks_is_run_each_time(project: Project) -> None:
    """What a hook reads is known to nobody."""
    assert project.build("hooked").steps == ["flow"]
    assert (project.work("hooked") / "stamp.txt").exists()
    assert project.build("hooked").steps == ["flow"]


TOOL = """#!/bin/sh
# Stands for {name}: its output tells its arguments and the content of every file it was given.
echo {name} >> "$LOG_OF_TOOLS"
for last; do :; done
{{ echo {name} "$@"; for word; do if [ -f "$word" ]; then cat "$word"; fi; done; }} > output.tmp
case {name} in
  yosys) mv output.tmp test_lib_toy_1.0.json ;;
  icetime) rm output.tmp ;;
  icebox_stat) mv output.tmp test_lib_toy_1.0.stat ;;
  *) mv output.tmp "$last" ;;
esac
"""
ICE = ("yosys", "nextpnr-ice40", "icepack", "icetime", "icebox_stat")


@pytest.fixture
def ice(project: Project, tmp_path: Path) -> Path:
    """Tools for iCE40, which no package brings: scripts that note down what they were given."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ICE:
        (tools / name).write_text(TOOL.format(name=name))
        (tools / name).chmod(0o755)
    return tools


def test_a_flow_that_calls_make_itself_is_never_stale(project: Project, ice: Path) -> None:
    """Edalize's icestorm ignores the build runner; its nextpnr does not depend on the PCF."""
    log = ice / "log"
    path = os.pathsep.join((str(ice), str(Path(sys.executable).parent), os.environ["PATH"]))
    packed = project.work("ice") / "test_lib_toy_1.0.bin"

    def build(*arguments: str) -> int:
        log.write_text("")
        project.build("ice", *arguments, PATH=path, LOG_OF_TOOLS=str(log))
        return len(log.read_text().split())

    assert build() >= 3
    first = packed.read_bytes()
    assert build() == 0
    project.edit("toy.pcf", "21", "35")
    assert build() >= 2
    second = packed.read_bytes()
    assert second != first
    assert build("--nextpnr_options", "--seed 7") >= 2
    assert b"--seed 7" in packed.read_bytes()
    project.edit("toy.svh", "24'd1", "24'd9")
    assert build("--nextpnr_options", "--seed 7") >= 3


# --- graphs without FuseSoC -----------------------------------------------------------------------


def make(work: Path, commands: EdaCommands, *goals: str) -> str:
    """Write a graph and bring it up to date; what was printed."""
    runner.write_graph(commands, work, [], time.time_ns())
    done = subprocess.run(
        [sys.executable, "-s", "-m", "edalize.build_runners.doit", *goals],
        cwd=work,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_change_behind_an_order_only_dependency_counts(tmp_path: Path) -> None:
    def graph() -> EdaCommands:
        commands = EdaCommands()
        commands.add(["sh", "-c", "'cat source > middle'"], ["middle"], ["source"])
        command = ["sh", "-c", "'cat middle > result'"]
        commands.add(command, ["result"], [], order_only_deps=["middle"])
        commands.set_default_target("result")
        return commands

    work = tmp_path / "work"
    work.mkdir()
    (work / "source").write_text("one")
    make(work, graph())
    assert (work / "result").read_text() == "one"
    assert make(work, graph()) == ""
    (work / "source").write_text("two")
    os.utime(work / "source", (1, 1))
    assert "source changed" in make(work, graph())
    assert (work / "result").read_text() == "two"


def test_what_was_made_and_then_touched_by_hand_is_made_again(tmp_path: Path) -> None:
    def graph() -> EdaCommands:
        commands = EdaCommands()
        line = ["g++", "-E", "-P", "main.cpp", "-o", "result"]  # the header is no dependency
        commands.add(line, ["result"], ["main.cpp"])
        commands.set_default_target("result")
        return commands

    result, header = tmp_path / "result", tmp_path / "value.h"
    (tmp_path / "main.cpp").write_text('#include "value.h"\n')
    header.write_text("one\n")
    make(tmp_path, graph())
    assert result.read_text() == "one\n"
    result.write_text("forged\n")
    assert "result was edited" in make(tmp_path, graph())
    assert result.read_text() == "one\n"
    result.unlink()
    assert "result is missing" in make(tmp_path, graph())

    header.write_text("two\n")
    os.utime(header, (1, 1))  # older than everything else
    assert "value.h changed" in make(tmp_path, graph())
    assert result.read_text() == "two\n"


def test_what_a_killed_run_left_behind_is_not_taken_for_a_source(tmp_path: Path) -> None:
    commands = EdaCommands()
    line = (
        "'test -f half || { echo x > half; kill -9 $$(cat .doit/.lock); sleep 60; }; ls > result'"
    )
    commands.add(["sh", "-c", line], ["result"], [])
    commands.set_default_target("result")
    with pytest.raises(AssertionError):
        make(tmp_path, commands)
    assert (tmp_path / "half").exists()
    commands = EdaCommands()
    commands.add(["sh", "-c", "'ls > result'"], ["result"], [])
    commands.set_default_target("result")
    make(tmp_path, commands)
    assert "half" not in (tmp_path / "result").read_text()


def test_environment_and_text_of_a_command_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def graph(word: str) -> EdaCommands:
        commands = EdaCommands()
        line = ["sh", "-c", f"'echo {word} $${{SAID}} $$GIVEN > result'"]
        commands.add(line, ["result"], [], variables={"GIVEN": "given"})
        commands.set_default_target("result")
        return commands

    def result() -> str:
        return (tmp_path / "work" / "result").read_text()

    (tmp_path / "work").mkdir()
    monkeypatch.setenv("SAID", "first")
    make(tmp_path / "work", graph("a"))
    assert result() == "a first given\n"
    monkeypatch.setenv("SAID", "second")
    assert "SAID" in make(tmp_path / "work", graph("a"))
    assert result() == "a second given\n"
    make(tmp_path / "work", graph("b"))
    assert result() == "b second given\n"


def test_secrets_of_the_environment_are_neither_passed_on_nor_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_TOKEN", "hush-hush")
    commands = EdaCommands()
    commands.add(["sh", "-c", "'env > result'"], ["result"], [])
    commands.set_default_target("result")
    make(tmp_path, commands)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"hush-hush" not in path.read_bytes(), path


def test_a_failed_command_leaves_no_target_and_runs_again(tmp_path: Path) -> None:
    commands = EdaCommands()
    commands.add(["sh", "-c", "'echo half > result; test -f wanted'"], ["result"], [])
    commands.set_default_target("result")
    with pytest.raises(AssertionError, match="exit status 1"):
        make(tmp_path, commands)
    assert not (tmp_path / "result").exists()
    (tmp_path / "wanted").write_text("")
    make(tmp_path, commands)
    assert (tmp_path / "result").read_text() == "half\n"


@pytest.mark.parametrize(
    "make_line, shell_line",
    [
        ("cp a b", "cp a b"),
        ("@echo $$HOME", "echo $HOME"),
        ("$(shell which python3) x", "$(which python3) x"),
        ("a.out $(EXTRA_OPTIONS)", "a.out ${EXTRA_OPTIONS}"),
        ("echo ${F4PGA_SHARE_DIR}/x", "echo ${F4PGA_SHARE_DIR}/x"),
        ("load $(cocotb-config --lib-dir)", "load $(cocotb-config --lib-dir)"),
        ("echo $$(date)", "echo $(date)"),
    ],
)
def test_make_syntax_becomes_the_shell_s(make_line: str, shell_line: str) -> None:
    assert runner.for_shell(make_line) == shell_line


def test_a_circle_and_an_unknown_goal_are_told() -> None:
    circle = [
        {"targets": ["a"], "depends": ["b"], "lines": ["x"], "step": None},
        {"targets": ["b"], "depends": ["a"], "lines": ["y"], "step": None},
    ]
    with pytest.raises(ConfigError, match="a -> b -> a"):
        runner.ordered(circle, ["a"])
    with pytest.raises(ConfigError, match="makes no c"):
        runner.ordered(circle, ["c"])
