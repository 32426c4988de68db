"""Null build and change of seed: this project, FuseSoC with its make runner, plain make.

    .venv/bin/python benchmarks/null_build.py [config]          (default: tiny; some minutes)

The same design three times, in one run on one machine: the sources that the config's plan hands to
synthesis, the same options, the same tools. Each contender first builds once, then builds again with
nothing changed (the median of some runs), then with another seed; last, this project goes back to
the first seed. A contender whose bitstream stays the same after another seed is told to be stale.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BINARIES = ROOT / ".venv" / "bin"
RUNS = 7  # of a null build; the median counts
IMPORTS = "import doit.doit_cmd, fusesoc.coremanager, fusesoc.edalizer"


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to build. `build(seed)` gives the command; `output` is the bitstream it keeps."""

    name: str
    build: Callable[[int], Sequence[str]]
    folder: Path
    output: Path


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    null_s: float
    seed_s: float
    stale: bool  # the bitstream of the old seed was kept


def run(command: Sequence[str], folder: Path) -> float:
    """Run to the end; wall seconds. The output is shown only if it fails."""
    begin = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - begin
    if ended.returncode != 0:
        raise SystemExit(f"{shlex.join(command)}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")
    return wall_s


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measure(contender: Contender) -> Result:
    """Build, build again, change the seed."""
    say(f"{contender.name}: building")
    run(contender.build(1), contender.folder)
    before = sha(contender.output)
    nulls = [run(contender.build(1), contender.folder) for _ in range(RUNS)]
    if sha(contender.output) != before:
        raise SystemExit(f"{contender.name}: a null build changed {contender.output}")
    say(f"{contender.name}: null build {statistics.median(nulls):.3f} s; another seed")
    seed_s = run(contender.build(2), contender.folder)
    return Result(contender.name, statistics.median(nulls), seed_s, sha(contender.output) == before)


def ours(config: str, target: str) -> Contender:
    """./doit bitstream."""
    command = ["./doit", "bitstream", f"config={config}", f"target={target}"]
    return Contender(
        "bitwright",
        lambda seed: [*command, f"seed={seed}"],
        ROOT,
        ROOT / "build" / config / target / "bitstream" / f"{config}.bit",
    )


def edam_of(config: str, target: str) -> dict[str, Any]:
    """The design as FuseSoC hands it to the flow, generated files by their place in the build."""
    os.chdir(ROOT)
    from bitwright import design, plan
    from bitwright.cores import Cores

    found = design.load(config, target=target, options={}, root=ROOT, installed=lambda *_: True)
    values = plan._values(found)
    system = found.target.system
    elaborated = Cores().elaborate(
        system, "synth", work_root=found.build, name=config, values=values
    )
    edam: dict[str, Any] = plan._options(found, elaborated.edam)
    base = ROOT / found.build
    edam["files"] = [
        {**file, "name": str((base / file["name"]).resolve())} for file in edam["files"]
    ]
    return edam


def core_of(edam: dict[str, Any], seed: int, runner: str) -> str:
    """A FuseSoC core of exactly these files and options. JSON is YAML."""
    files = []
    for file in edam["files"]:
        kept = {
            k: v for k, v in file.items() if k in ("file_type", "is_include_file", "include_path")
        }
        files.append({Path(file["name"]).name: kept})
    options = {**edam["flow_options"], "seed": seed, "build_runner": runner}
    body = {
        "name": "bench:null:design:1.0.0",
        "filesets": {"all": {"files": files}},
        "targets": {
            "synth": {
                "flow": "ecp5",
                "flow_options": options,
                "filesets": ["all"],
                "toplevel": edam["toplevel"],
            }
        },
    }
    return f"CAPI=2:\n{json.dumps(body, indent=1)}\n"


def fusesoc(edam: dict[str, Any], folder: Path) -> Contender:
    """`fusesoc run` with Edalize's make runner; the seed stands in the core file."""
    folder.mkdir(parents=True)
    for file in edam["files"]:
        shutil.copy(file["name"], folder)
    core, tool = folder / "design.core", str(BINARIES / "fusesoc")
    command = [tool, "--cores-root", ".", "run", "--build-root", "out", "--target", "synth"]

    def build(seed: int) -> Sequence[str]:
        text = core_of(edam, seed, "make")
        if not core.exists() or core.read_text() != text:
            core.write_text(text)
        return [*command, "bench:null:design"]

    work = folder / "out" / "bench_null_design_1.0.0" / "synth"
    return Contender(
        "fusesoc + make", build, folder, work / "bitstream/bench_null_design_1.0.0.bit"
    )


def plain_make(fuse: Contender, folder: Path) -> Contender:
    """`make` alone in a copy of what FuseSoC set up: the same rules, nobody to write them again.

    The seed is a variable of the Makefile, as people write it.
    """
    work = fuse.output.parents[1]
    shutil.copytree(
        work, folder, ignore=shutil.ignore_patterns("*.bit", "*.config", "netlist.json")
    )
    makefile = folder / "Makefile"
    text = makefile.read_text().replace("--seed 1", "--seed $(SEED)")
    makefile.write_text(f"SEED ?= 1\n{text}")
    bit = folder / fuse.output.relative_to(work)
    goal = str(bit.relative_to(folder))
    return Contender("plain make", lambda seed: ["make", f"SEED={seed}", goal], folder, bit)


def show(results: Sequence[Result], back_s: float, imports_s: float) -> None:
    """The table, in seconds and as ratios to this project."""
    mine = results[0]
    print(f"\n{'':16}{'null build':>12}{'ratio':>8}{'seed=2':>12}   bitstream after seed=2")
    for one in results:
        kept = "STALE, still that of seed=1" if one.stale else "new"
        ratio = one.null_s / mine.null_s
        print(f"{one.name:16}{one.null_s:10.3f} s{ratio:8.2f}{one.seed_s:10.2f} s   {kept}")
    print(f"\nback to seed=1, from the cache: {back_s:.3f} s")
    print(
        f"importing doit and FuseSoC: {imports_s:.3f} s; "
        f"null build of bitwright: {mine.null_s / imports_s:.2f} times that"
    )


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str]) -> None:
    config, target = (arguments[0] if arguments else "tiny"), "ulx3s-85f"
    place = ROOT / "build" / "benchmark" / "null_build"
    shutil.rmtree(place, ignore_errors=True)
    environment = {"PATH": f"{BINARIES}:{os.environ['PATH']}", "PYTHONNOUSERSITE": "1"}
    os.environ.update(environment)
    own = ours(config, target)
    results = [measure(own)]
    back_s = run(own.build(1), ROOT)
    fuse = fusesoc(edam_of(config, target), place / "fusesoc")
    results.append(measure(fuse))
    results.append(measure(plain_make(fuse, place / "make")))
    python = str(BINARIES / "python")
    imports = [run([python, "-c", IMPORTS], ROOT) for _ in range(RUNS)]
    show(results, back_s, statistics.median(imports))


if __name__ == "__main__":
    main(sys.argv[1:])
