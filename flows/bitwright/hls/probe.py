"""Which of the HLS tools that are found can do what, found by asking them, not by their versions.

The same engine has three doors: v++ and vitis-run take hls_config.cfg, vitis-run takes Tcl too, and
vitis_hls takes Tcl alone. Releases differ in which of them are there and in what each can do.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ToolError
from bitwright.hls.scripts import CONFIG, IMPLEMENT, MARK, TCL, Project
from bitwright.vivado import locate, machine
from bitwright.vivado.call import on_this_machine

LAST = 3  # lines of a tool that would not answer
ASK_S = 180  # the tools are slow to start, from a network drive most of all
COMPONENT = "component"  # the folder that v++ and vitis-run work in
TOOLS = ("vitis-run", "v++", "vitis_hls")
GET = "install AMD Vitis (or Vitis HLS) and source its settings64.sh"
_ASKED = "probe.tcl"
_COMMANDS = ("csim_design", "csynth_design", "cosim_design", "export_design")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, in the project's folder, and the stages that it runs."""

    stages: tuple[str, ...]
    argv: tuple[str, ...]


Abilities = Mapping[str, frozenset[str]]  # tool -> stages that it runs, or "tcl"
Said = tuple[frozenset[str], str]  # what a tool can do; if that is nothing, why


@dataclass(frozen=True, slots=True)
class Answers:
    """What the tools can do, and of those that can do nothing for HLS, why."""

    able: Abilities
    unable: Mapping[str, str]


def ask() -> Answers:
    """Ask each tool what it can do; one that is not found is unable, too."""
    found = {name: question() for name, question in _ASK.items()}
    return Answers(
        {name: able for name, (able, _) in found.items() if able},
        {name: why for name, (able, why) in found.items() if not able},
    )


def _vitis_run() -> Said:
    status, text = _said("vitis-run", "--mode", "hls", "--help")
    options = re.findall(r"^\s*--(csim|cosim|impl|tcl)\b", text, re.MULTILINE)
    return frozenset(options if status == 0 else ()), _why("vitis-run", status, text)


def _vpp() -> Said:
    status, text = _said("v++", "-c", "--mode", "hls", "--help")
    able = status == 0 and re.search(r"\[hls\] section|--hls\.", text)
    return frozenset(("csynth", "export") if able else ()), _why("v++", status, text)


def _vitis_hls() -> Said:
    """It has no help that tells commands, so it runs a script that asks for them."""
    lines = [f'puts "{MARK}[info commands {name}]"' for name in _COMMANDS]
    status, text = _said("vitis_hls", "-f", _ASKED, script="\n".join([*lines, "exit", ""]))
    able = all(f"{MARK}{name}" in text.splitlines() for name in _COMMANDS)
    return frozenset(("tcl",) if able else ()), _why("vitis_hls", status, text)


def _why(name: str, status: int, text: str) -> str:
    """Why a tool can do nothing for HLS: not there, or how it ended and its last lines."""
    path = _path(name)
    if not path:
        return "not found"
    last = [line.strip() for line in text.splitlines() if line.strip()][-LAST:]
    said = f": {' / '.join(last)}" if last else ", and said nothing"
    if status:
        return f"{path} ended with {status} when asked{said}"
    return f"{path} does no HLS"


def _path(name: str) -> str:
    """Where a tool is; "" if it is nowhere."""
    found = locate.find(name, machine.load())
    return found.path if found else ""


_ASK: Mapping[str, Callable[[], Said]] = {
    "vitis-run": _vitis_run,
    "v++": _vpp,
    "vitis_hls": _vitis_hls,
}


def _said(tool: str, *arguments: str, script: str = "") -> tuple[int, str]:
    """Exit status and output of a tool, asked in a folder of its own: they leave logs behind."""
    with tempfile.TemporaryDirectory(prefix="hls-probe-") as folder:
        made = on_this_machine(tool, arguments, Path(folder))
        if made is None:
            return 127, ""
        if script:
            Path(folder, _ASKED).write_text(script, encoding="utf-8")
        try:
            done = subprocess.run(
                made.argv,
                cwd=folder,
                env=made.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=ASK_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return 127, str(error)
    return done.returncode, done.stdout


def calls(project: Project, answers: Answers) -> tuple[Call, ...]:
    """The calls that run a project's stages, in order, with tools that can.

    hls_config.cfg comes first, as AMD recommends, where v++ and vitis-run do all that is asked.
    Raises ToolError saying what each tool can do, if none can do what is asked.
    """
    asked, able = set(project.stages), answers.able
    if "v++" in able and asked <= able["v++"] | able.get("vitis-run", frozenset()):
        return tuple(_unified(project))
    if "tcl" in able.get("vitis-run", ()):
        return tuple(_scripted(project, ("vitis-run", "--mode", "hls", "--tcl")))
    if "tcl" in able.get("vitis_hls", ()):
        return tuple(_scripted(project, ("vitis_hls", "-f")))
    raise ToolError(_incapable(project.stages, answers))


def _unified(project: Project) -> Sequence[Call]:
    rest = ("--config", CONFIG, "--work_dir", COMPONENT)
    compiled = tuple(stage for stage in ("csynth", "export") if stage in project.stages)
    found = {
        "csim": Call(("csim",), ("vitis-run", "--mode", "hls", "--csim", *rest)),
        "csynth": Call(compiled, ("v++", "-c", "--mode", "hls", *rest)),
        "cosim": Call(("cosim",), ("vitis-run", "--mode", "hls", "--cosim", *rest)),
        "impl": Call(("impl",), ("vitis-run", "--mode", "hls", "--impl", *rest)),
    }
    return [call for stage, call in found.items() if stage in project.stages]


def _scripted(project: Project, argv: tuple[str, ...]) -> Sequence[Call]:
    first = tuple(stage for stage in project.stages if stage != "impl")
    found = [Call(first, (*argv, TCL))]
    return [*found, Call(("impl",), (*argv, IMPLEMENT))] if "impl" in project.stages else found


def _incapable(stages: Sequence[str], answers: Answers) -> str:
    able = answers.able
    lines = [f"no HLS tool here can run {', '.join(stages)}"]
    for name in TOOLS:
        says = ", ".join(sorted(able[name])) if name in able else answers.unable[name]
        lines.append(f"  found     {name}: {says}")
    if some := sorted(able.get("v++", frozenset()) & set(stages)):
        lines.append(f"  next      ask for the stages {', '.join(some)} alone, which v++ can run")
    there = any(_path(name) for name in answers.unable)
    next_ = "ask it by hand, and mend what it says; or " if there and not able else ""
    return "\n".join([*lines, f"  next      {next_}{GET}"])
