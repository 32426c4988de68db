"""The ports and parameters of a module, from Verilator's own elaboration of its sources.

    module = elaborate(sources, "matmul", parameters={"Rows": 4}, folder=scratch)
    module.ports[0]        # ap_clk, in, a single wire

Verilator 5 writes its tree as JSON (--json-only); widths are numbers there, with the parameters
applied. What a Verilog-2001 module cannot have as a port (structs, interfaces, several dimensions)
is refused, for Vivado's packager refuses it too (UG1118, "Top-Level HDL Requirements").
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import ConfigError, ToolError

DIRECTIONS = {"INPUT": "in", "OUTPUT": "out", "INOUT": "inout"}
LIMIT_S = 300
_RANGE = re.compile(r"(-?\d+):(-?\d+)")
_NUMBER = re.compile(r"(?:\d+)?'s?h([0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Wire:
    """A port as the module declares it."""

    name: str
    direction: str  # in | out | inout
    left: int | None = None  # 31 of [31:0]; None for a single wire
    right: int | None = None

    @property
    def vector(self) -> str:
        """[31:0], or nothing for a single wire."""
        return "" if self.left is None else f"[{self.left}:{self.right}]"


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    ports: tuple[Wire, ...]
    parameters: tuple[tuple[str, int], ...]  # those that are whole numbers, in order


def elaborate(
    sources: Sequence[Path],
    top: str,
    *,
    parameters: Mapping[str, int] | None = None,
    includes: Iterable[Path] = (),
    folder: Path,
) -> Module:
    """The top module of these sources, packages before what uses them.

    parameters: of the top module; the rest have their defaults
    includes: folders of files that others include
    folder: for what Verilator writes
    Raises ConfigError for what Verilator refuses, ToolError if it is not there or ends badly.
    """
    command = [_verilator(), "--json-only", "--Mdir", str(folder), "-Wno-fatal", "-Wno-lint"]
    command += ["-Wno-style", "--prefix", "V", "--top-module", top]
    command += [f"-G{name}={value}" for name, value in (parameters or {}).items()]
    command += [f"-I{path}" for path in includes]
    command += [str(path) for path in sources]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"verilator: {error}\n  next      ./doit doctor") from None
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith("%Error")]
        raise ConfigError(
            f"{top}: Verilator refuses it\n  found     " + "\n            ".join(said[:5])
        )
    return read((folder / "V.tree.json").read_text(encoding="utf-8"), top)


def _verilator() -> str:
    """The Verilator beside this Python, else that of PATH."""
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))
    found = shutil.which("verilator", path=path)
    if found is None:
        raise ToolError("verilator is missing (ports of RTL)\n  next      ./doit doctor")
    return found


def read(text: str, top: str) -> Module:
    """The module `top` of Verilator's tree. ConfigError, all faults at once, for its ports."""
    tree = json.loads(text)
    modules = [each for each in tree["modulesp"] if each.get("origName") == top]
    if not modules:
        raise ConfigError(f"{top}: no module of that name in its sources")
    types = {each["addr"]: each for each in tree["miscsp"][0]["typesp"]}
    variables = [each for each in modules[0]["stmtsp"] if each["type"] == "VAR"]
    ports = [each for each in variables if each.get("direction") in DIRECTIONS]
    faults = [text for each in ports for text in _faults(each, types)]
    if faults:
        raise ConfigError(
            "\n".join(f"{top}: port {text}" for text in faults)
            + "\n  expected  wires and vectors, which a Verilog module can have"
        )
    return Module(
        top, tuple(_wire(each, types) for each in ports), tuple(_parameters(variables, types))
    )


def _faults(port: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[str]:
    kind = types[port["dtypep"]]
    if kind["type"] != "BASICDTYPE" or kind.get("keyword") in ("real", "string", "chandle"):
        yield f"{port['origName']} is a {kind.get('keyword') or kind['type'].lower()}"


def _wire(port: Mapping[str, Any], types: Mapping[str, Any]) -> Wire:
    found = _RANGE.fullmatch(types[port["dtypep"]].get("range", ""))
    ends = (int(found[1]), int(found[2])) if found else (None, None)
    return Wire(port["origName"], DIRECTIONS[port["direction"]], *ends)


def _parameters(
    variables: Iterable[Mapping[str, Any]], types: Mapping[str, Any]
) -> Iterator[tuple[str, int]]:
    """Whole numbers alone: real ones and texts keep their defaults. A text is unsigned bits."""
    for each in variables:
        number = each.get("dtypeName") in ("int", "integer") or (
            each.get("dtypeName") == "logic" and types[each["dtypep"]].get("signed")
        )
        if each.get("varType") == "GPARAM" and number:
            found = _NUMBER.fullmatch(each["valuep"][0].get("name", ""))
            if found:
                yield each["origName"], int(found[1], 16)
