"""Synthesis for ECP5: SystemVerilog in, a netlist whose bytes depend on the logic alone out.

The script is straight-line Python that calls pyosys, one pass a line, every value a literal:
nothing is quoted for Tcl or a shell, because neither is there.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Step, Tool

NETLIST = "netlist.json"
STATISTICS = "stat.json"
HIERARCHY = "hierarchy.json"  # which module each instance is of
SCRIPT = "synthesize.py"
CODE = ("bitwright.steps.pyosys",)  # modules that the script imports

# The passes that take the time, and what they do in a word.
PHASES = (
    (r"^Executing SLANG frontend|^\d[\d.]* Executing SLANG", "reading SystemVerilog"),
    (r"Executing HIERARCHY pass", "hierarchy"),
    (r"Executing PROC pass", "processes"),
    (r"Executing FLATTEN pass", "flattening"),
    (r"Executing ALUMACC pass", "arithmetic"),
    (r"Executing MEMORY_LIBMAP pass", "mapping memories"),
    (r"Executing MEMORY_MAP pass", "mapping memories to logic"),
    (r"Executing ABC9? pass|Executing ABC9_EXE pass", "mapping logic to LUTs"),
    (r"Executing AUTONAME pass", "naming"),
    (r"Executing JSON backend", "writing the netlist"),
)
ERRORS = (r"^ERROR:", r":\d+: (?:error|ERROR):", r"^Error:", r"^\w*Error: ")

# Source locations out: the netlist is then the same after a comment, and in any folder.
STRIP = (
    ("delete", "t:$scopeinfo"),
    ("setattr", "-unset", "src", "=*"),
    ("setattr", "-mod", "-unset", "src", "=*"),
    ("setattr", "-unset", "src", "=*/t:*"),
    ("setattr", "-unset", "src", "=*/w:*"),
)
WRITE = ("write_json", NETLIST)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a synthesis reads. Paths are relative to the folder that the flow works in."""

    top: str
    files: tuple[str, ...]  # Verilog and SystemVerilog, in order
    includes: tuple[str, ...] = ()  # files that others include
    include_dirs: tuple[str, ...] = ()
    defines: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()  # of the top module, as SystemVerilog literals
    read_options: tuple[str, ...] = ()
    synth_options: tuple[str, ...] = ()


def literal(value: object) -> str:
    """A parameter's value as a SystemVerilog literal: 1 for true, quotes around text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value)


def passes(sources: Sources, up: str) -> list[tuple[str, ...]]:
    """The Yosys passes that make the netlist, each a tuple of words.

    up: what leads from the step's folder to the folder that sources' paths are relative to
    """
    read: list[str] = ["read_slang", "--single-unit", "--threads", "1", "--best-effort-hierarchy"]
    for folder in sources.include_dirs:
        read += ["-I", posixpath.join(up, folder)]
    for name, value in sources.defines:
        read += ["-D", f"{name}={value}"]
    for name, value in sources.parameters:
        read += ["-G", f"{name}={value}"]
    read += ["--top", sources.top, *sources.read_options]
    read += [posixpath.join(up, name) for name in sources.files]
    return [
        # the primitives first: slang takes what Yosys knows as black boxes
        ("read_verilog", "-lib", "-specify", "+/lattice/cells_sim_ecp5.v"),
        ("read_verilog", "-lib", "-specify", "+/lattice/cells_bb_ecp5.v"),
        tuple(read),
        ("synth_ecp5", "-top", sources.top, *sources.synth_options),
        ("check", "-noinit", "-assert"),
        ("autoname",),
        ("tee", "-q", "-o", STATISTICS, "stat", "-json"),
    ]


def script(sources: Sources, up: str) -> str:
    """The pyosys script of a synthesis."""

    def below(names: Iterable[str]) -> list[str]:
        return [posixpath.join(up, name) for name in names]

    check = (below(sources.files), below(sources.include_dirs), below(sources.includes))
    lines = [
        '"""Rendered by bitwright.steps.synthesize; edit that file, not this one."""',
        "from bitwright.steps import pyosys",
        "",
        f"pyosys.check_includes({', '.join(map(repr, check))})",
        "design = pyosys.Synthesis()",
        *(f"design.run({', '.join(map(repr, words))})" for words in passes(sources, up)),
        f"design.write_hierarchy({HIERARCHY!r})",
        *(f"design.run({', '.join(map(repr, words))})" for words in (*STRIP, WRITE)),
        "design.end()",
    ]
    return "\n".join(lines) + "\n"


def step(sources: Sources, tools: Iterable[Tool], *, base: Path, code: Iterable[Path] = ()) -> Step:
    """The synthesis of sources in the folder `synthesize` below base.

    base: the folder that sources' paths start from; code: the files of CODE, from the root
    """
    folder = base / "synthesize"
    files = dict.fromkeys((*sources.files, *sources.includes))
    return Step(
        name="synthesize",
        title="Yosys synthesis",
        dir=folder,
        reads=(*(located(base, name) for name in files), *code),
        writes=(folder / STATISTICS, folder / HIERARCHY, folder / NETLIST),
        command=("python", SCRIPT),
        scripts=((SCRIPT, script(sources, "..")),),
        tools=tuple(tools),
        phases=PHASES,
        errors=ERRORS,
    )


def located(base: Path, name: str) -> Path:
    """A file named from base, as the engine names it: from the working directory."""
    return Path(os.path.relpath(base / name))


def settings(parameters: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Names and values as literals, in order of name."""
    return tuple((name, literal(value)) for name, value in sorted(parameters.items()))
