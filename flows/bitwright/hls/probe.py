"""Which of the HLS tools on PATH can do what, found by asking them, not by their versions.

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


def abilities() -> Abilities:
    """What the tools on PATH can do; a tool that is absent, or cannot do HLS, is left out."""
    found = {name: ask() for name, ask in _ASK.items()}
    return {name: able for name, able in found.items() if able}


def _vitis_run() -> frozenset[str]:
    status, text = _said("vitis-run", "--mode", "hls", "--help")
    options = re.findall(r"^\s*--(csim|cosim|impl|tcl)\b", text, re.MULTILINE)
    return frozenset(options) if status == 0 else frozenset()


def _vpp() -> frozenset[str]:
    status, text = _said("v++", "-c", "--mode", "hls", "--help")
    able = status == 0 and re.search(r"\[hls\] section|--hls\.", text)
    return frozenset(("csynth", "export") if able else ())


def _vitis_hls() -> frozenset[str]:
    """It has no help that tells commands, so it runs a script that asks for them."""
    lines = [f'puts "{MARK}[info commands {name}]"' for name in _COMMANDS]
    _, text = _said("vitis_hls", "-f", _ASKED, script="\n".join([*lines, "exit", ""]))
    able = all(f"{MARK}{name}" in text.splitlines() for name in _COMMANDS)
    return frozenset(("tcl",) if able else ())


_ASK: Mapping[str, Callable[[], frozenset[str]]] = {
    "vitis-run": _vitis_run,
    "v++": _vpp,
    "vitis_hls": _vitis_hls,
}


def _said(*argv: str, script: str = "") -> tuple[int, str]:
    """Exit status and output of a tool, asked in a folder of its own: they leave logs behind."""
    with tempfile.TemporaryDirectory(prefix="hls-probe-") as folder:
        if script:
            Path(folder, _ASKED).write_text(script, encoding="utf-8")
        try:
            done = subprocess.run(
                argv,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=ASK_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return 127, ""
    return done.returncode, done.stdout


def calls(project: Project, able: Abilities) -> tuple[Call, ...]:
    """The calls that run a project's stages, in order, with tools that can.

    hls_config.cfg comes first, as AMD recommends, where v++ and vitis-run do all that is asked.
    Raises ToolError saying what each tool can do, if none can do what is asked.
    """
    asked = set(project.stages)
    if "v++" in able and asked <= able["v++"] | able.get("vitis-run", frozenset()):
        return tuple(_unified(project))
    if "tcl" in able.get("vitis-run", ()):
        return tuple(_scripted(project, ("vitis-run", "--mode", "hls", "--tcl")))
    if "tcl" in able.get("vitis_hls", ()):
        return tuple(_scripted(project, ("vitis_hls", "-f")))
    raise ToolError(_incapable(project.stages, able))


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


def _incapable(stages: Sequence[str], able: Abilities) -> str:
    lines = [f"no HLS tool on PATH can run {', '.join(stages)}"]
    for name in TOOLS:
        says = ", ".join(sorted(able[name])) if name in able else "absent, or does no HLS"
        lines.append(f"  found     {name}: {says}")
    if some := sorted(able.get("v++", frozenset()) & set(stages)):
        lines.append(f"  next      ask for the stages {', '.join(some)} alone, which v++ can run")
    return "\n".join([*lines, f"  next      {GET}"])
