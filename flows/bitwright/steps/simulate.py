"""A simulation or a lint of one core: `fusesoc run` in a folder of its own, as anyone calls it.

python -m bitwright.steps.simulate ROOT TARGET VLNV [--PARAMETER VALUE ...]
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.engine import Step, Tool

if TYPE_CHECKING:
    from bitwright.cores import Elaborated

PASSED = "passed.txt"
CONFIG = "fusesoc.conf"
TOOLS = ("cocotb", "edalize", "fusesoc", "g++", "peakrdl-regblock", "verible", "verilator")
PHASES = (
    (r"^INFO: (Preparing|Generating) (\S+)", r"preparing \2"),
    (r"^(verilator|Verilating)\b", "Verilator"),
    (r"^(g\+\+|ccache|c\+\+)\s", "compiling"),
    (r"running (\S+) \((\d+/\d+)\)", r"test \2: \1"),
    (r"^verible-verilog-(\w+)", r"Verible \1"),
    (r"^(compiling the simulated board|SDRAM initialised.*|M=\d.*)", r"\1"),
)
ERRORS = (r"^ERROR", r"^%Error", r"^%Warning", r"Error:", r"FAILED?\b", r"^make: \*\*\*")


def step(
    found: Elaborated,
    vlnv: str,
    target: str,
    tools: Iterable[Tool],
    *,
    folder: Path,
    code: Iterable[Path],
    parameters: Mapping[str, Any],
) -> Step:
    """One target of one core, from the folder of the step.

    found: the core's EDAM, of which every file is read, and its generators
    code: what the flow and the tests use besides
    parameters: of the core, in place of its defaults
    """
    up = os.path.relpath(".", folder)
    files = (Path(os.path.normpath(folder / file["name"])) for file in found.edam["files"])
    generated = folder / "generate"
    reads = [path for path in files if generated not in path.parents]
    reads += found.cores
    reads += [path for made in found.generations for path in (made.script, *made.reads)]
    reads += code
    command = ["python", "-m", "bitwright.steps.simulate", up, target, vlnv]
    for name, value in sorted(parameters.items()):
        command += [f"--{name}", str(value)]
    core = vlnv.split(":")[2]
    return Step(
        name=f"{target}-{core}",
        title={"sim": "simulation of ", "lint": "lint of "}.get(target, f"{target} of ") + core,
        dir=folder,
        reads=tuple(dict.fromkeys(reads)),
        writes=(folder / PASSED,),
        command=tuple(command),
        tools=tuple(tools),
        phases=PHASES,
        errors=ERRORS,
    )


def main(argv: Sequence[str]) -> int:
    """Run one target of one core with FuseSoC in this folder; say so in a file when it passes."""
    root, target, vlnv, *arguments = argv
    folders = " ".join(
        f"{root}/{name}" for name in ("cores", "ip", "bd") if Path(root, name).is_dir()
    )
    Path(CONFIG).write_text(
        f"[main]\ncores_root = {folders}\ncache_root = cache\n", encoding="utf-8"
    )
    fusesoc = [sys.executable, "-s", "-P", "-m", "fusesoc.main", "--monochrome", "--config", CONFIG]
    run = ["run", "--no-export", "--work-root", "work", "--target", target, vlnv, *arguments]
    status = subprocess.run([*fusesoc, *run]).returncode
    if status == 0:
        Path(PASSED).write_text(f"{vlnv} {target}: passed\n", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
