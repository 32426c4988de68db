"""A simulation or a lint of one core: `fusesoc run` in a folder of its own, as anyone calls it.

python -m bitwright.steps.simulate ROOT TARGET VLNV [--PARAMETER VALUE ...]
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.engine import Step, Tool

if TYPE_CHECKING:
    from bitwright.cores import Elaborated

PASSED = "passed.json"
CONFIG = "fusesoc.conf"
WORK, RESULTS = "work", "results.xml"  # of FuseSoC, of cocotb
WARNING = re.compile(r"%?Warning\b|WARNING\b")
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


@dataclass(frozen=True, slots=True)
class Passed:
    """What a run that passed leaves in its file."""

    core: str
    target: str
    tests: int | None  # None: this target counts none
    warnings: int  # lines that tools printed as such


def passed(step: Step) -> Passed | None:
    """What this step's last run left, None if nothing."""
    path = step.dir / PASSED
    return Passed(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def summary(command: str, steps: Iterable[Step]) -> str:
    """`sim: 5 cores passed, 169 tests, no warnings`; empty where no step left anything."""
    every = [found for step in steps if (found := passed(step)) is not None]
    if not every:
        return ""
    tests = sum(found.tests or 0 for found in every)
    words = [f"{command}: {_count(len(every), 'core')} passed"]
    words += [_count(tests, "test")] if tests else []
    return ", ".join([*words, _count(sum(found.warnings for found in every), "warning")])


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


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
    run = ["run", "--no-export", "--work-root", WORK, "--target", target, vlnv, *arguments]
    status, warnings = _run([*fusesoc, *run])
    if status == 0:
        found = Passed(vlnv, target, _tests(Path(WORK, RESULTS)), warnings)
        Path(PASSED).write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    return status


def _run(command: Sequence[str]) -> tuple[int, int]:
    """Exit status of a command, and how many warnings it printed; what it prints, we print."""
    warnings = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            warnings += bool(WARNING.match(line.decode(errors="replace")))
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    return process.returncode, warnings


def _tests(results: Path) -> int | None:
    """How many of cocotb's tests ran; the flow has judged them."""
    from xml.etree import ElementTree

    if not results.is_file():
        return None
    cases = ElementTree.parse(results).iter("testcase")
    return sum(case.find("skipped") is None for case in cases)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
