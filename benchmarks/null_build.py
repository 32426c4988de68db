"""Null build and change of seed: this project, FuseSoC with its make runner, plain make.

    .venv/bin/python benchmarks/null_build.py [config]          (default: tiny; some minutes)

The same design three times, in one run on one machine: the sources that the config's plan hands to
synthesis, the same part, the same tools. Each contender builds once, then with nothing changed
(the median of some runs), then with another seed; last, this project goes back to the first seed.
The seeds are new ones in every run, so that nothing lies in the cache. A contender that still holds
the bitstream of the first seed after the second is told to be stale.
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
from collections.abc import Callable, Mapping, Sequence
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


def measure(contender: Contender, seeds: tuple[int, int]) -> Result:
    """Build, build again, change the seed."""
    say(f"{contender.name}: building")
    run(contender.build(seeds[0]), contender.folder)
    before = sha(contender.output)
    nulls = [run(contender.build(seeds[0]), contender.folder) for _ in range(RUNS)]
    if sha(contender.output) != before:
        raise SystemExit(f"{contender.name}: a null build changed {contender.output}")
    null_s = statistics.median(nulls)
    say(f"{contender.name}: null build {null_s:.3f} s; another seed")
    seed_s = run(contender.build(seeds[1]), contender.folder)
    return Result(contender.name, null_s, seed_s, sha(contender.output) == before)


def ours(config: str, target: str) -> Contender:
    """./doit bitstream."""
    command = ["./doit", "bitstream", f"config={config}", f"target={target}"]
    return Contender(
        "bitwright",
        lambda seed: [*command, f"seed={seed}"],
        ROOT,
        ROOT / "build" / config / target / "bitstream" / f"{config}.bit",
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """What goes into synthesis and place and route."""

    files: tuple[Path, ...]
    constraints: tuple[Path, ...]
    options: Mapping[str, str]  # of the flow `ecp5`
    top: str


def sources_of(config: str, target: str) -> Sources:
    """The design as the plan has it; what is generated must have been."""
    from bitwright import design, plan

    found = design.load(config, target=target, root=ROOT)
    steps = {step.name: step for step in plan.plan(found, {})}
    part = {"device": found.target.part, "package": found.target.package}
    return Sources(
        files=_of_kind(steps["synthesize"].reads, (".sv", ".v", ".svh")),
        constraints=_of_kind(steps["implement"].reads, (".lpf",)),
        options={**part, "speed": found.target.speed},
        top=found.target.system.rpartition(":")[2],
    )


def _of_kind(paths: Sequence[Path], endings: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.suffix in endings)


def core_of(sources: Sources, seed: int) -> str:
    """A FuseSoC core of exactly these files and options. JSON is YAML."""
    files: list[dict[str, Any]] = []
    for path in sources.files:
        kept = {"file_type": "systemVerilogSource", "is_include_file": path.suffix == ".svh"}
        files.append({path.name: kept})
    files += [{path.name: {"file_type": "LPF"}} for path in sources.constraints]
    synth = {
        "flow": "ecp5",
        "flow_options": {**sources.options, "seed": seed, "build_runner": "make"},
        "filesets": ["all"],
        "toplevel": sources.top,
    }
    body = {
        "name": "bench:null:design:1.0.0",
        "filesets": {"all": {"files": files}},
        "targets": {"default": {"filesets": ["all"]}, "synth": synth},
    }
    return f"CAPI=2:\n{json.dumps(body, indent=1)}\n"


def fusesoc(sources: Sources, folder: Path) -> Contender:
    """`fusesoc run` with Edalize's make runner; the seed stands in the core file."""
    folder.mkdir(parents=True)
    for path in (*sources.files, *sources.constraints):
        shutil.copy(path, folder)
    core, tool = folder / "design.core", str(BINARIES / "fusesoc")
    command = [tool, "--cores-root", ".", "run", "--build-root", "out", "--target", "synth"]

    def build(seed: int) -> Sequence[str]:
        text = core_of(sources, seed)
        if not core.exists() or core.read_text() != text:
            core.write_text(text)
        return [*command, "bench:null:design"]

    work = folder / "out" / "bench_null_design_1.0.0" / "synth"
    bit = work / "bitstream" / "bench_null_design_1.0.0.bit"
    return Contender("fusesoc + make", build, folder, bit)


def plain_make(fuse: Contender, seed: int, place: Path) -> Contender:
    """`make` alone, with the rules that FuseSoC wrote; the copy is as deep as what it is of.

    The seed is a variable of the Makefile, as people write it.
    """
    work = fuse.output.parents[1]
    folder = place / work.relative_to(fuse.folder)
    made = shutil.ignore_patterns("*.bit", "*.config", "netlist.json", "stat.json")
    shutil.copytree(work, folder, ignore=made)
    makefile = folder / "Makefile"
    rules = makefile.read_text().replace(f"--seed {seed}", "--seed $(SEED)")
    if "$(SEED)" not in rules:
        raise SystemExit(f"{work / 'Makefile'}: no --seed {seed} in it")
    makefile.write_text(rules)
    bit = folder / fuse.output.relative_to(work)
    goal = str(bit.relative_to(folder))
    return Contender("plain make", lambda seed: ["make", f"SEED={seed}", goal], folder, bit)


def show(results: Sequence[Result], back_s: float, imports_s: float) -> None:
    """The table, in seconds and as ratios to this project."""
    mine = results[0]
    print(f"{'':16}{'null build':>12}{'ratio':>8}{'new seed':>12}   bitstream then")
    for one in results:
        kept = "STALE: still that of the first seed" if one.stale else "new"
        ratio = one.null_s / mine.null_s
        print(f"{one.name:16}{one.null_s:10.3f} s{ratio:8.2f}{one.seed_s:10.2f} s   {kept}")
    print(f"\nbitwright, back to the first seed, from the cache: {back_s:.3f} s")
    print(
        f"importing doit and FuseSoC: {imports_s:.3f} s; "
        f"null build of bitwright: {mine.null_s / imports_s:.2f} times that"
    )


def say(text: str) -> None:
    """How far it is; standard output holds the table alone."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    config, target = (arguments[0] if arguments else "tiny"), "ulx3s-85f"
    os.chdir(ROOT)
    place = Path("build/benchmark/null_build").absolute()
    shutil.rmtree(place, ignore_errors=True)
    os.environ["PATH"] = f"{BINARIES}:{os.environ['PATH']}"  # as in an activated environment
    first = time.time_ns() // 1_000_000_000 % 1_000_000 * 2
    seeds = (first, first + 1)
    own = ours(config, target)
    results = [measure(own, seeds)]
    back_s = run(own.build(seeds[0]), ROOT)
    fuse = fusesoc(sources_of(config, target), place / "fusesoc")
    results.append(measure(fuse, seeds))
    results.append(measure(plain_make(fuse, seeds[1], place / "make"), seeds))
    imports = [run([sys.executable, "-c", IMPORTS], ROOT) for _ in range(RUNS)]
    show(results, back_s, statistics.median(imports))


if __name__ == "__main__":
    main(sys.argv[1:])
